// SPDX-License-Identifier: MIT
#include "columns.hpp"

#include <fmt/format.h>

#include <trimtab/oracle.hpp>
#include <trimtab/simulate/opening.hpp>
#include <trimtab/simulate/tended.hpp>
#include <trimtab/simulate/worst_fall.hpp>
#include <trimtab/sizing.hpp>
#include <trimtab/trigger.hpp>

#include "presets.hpp"
#include <algorithm>
#include <array>
#include <chrono>
#include <iterator>
#include <span>
#include <type_traits>
#include <utility>

namespace replay {

using namespace trimtab;
using namespace trimtab::simulate;
using namespace std::chrono_literals;

namespace {

constexpr int most_pieces_of_a_way_in_steps = 48;
constexpr std::array<bar_order, 2> both_orders = {bar_order::high_first, bar_order::low_first};

/// Everything that the columns share on one tape.
struct stage {
  const arguments& a;
  const market_tape& tape;
  std::vector<health::aave_v3_reserve> table;
  health::aave_v3 model;
  world_rules rules;
  account<> opening;

  stage(const arguments& given, const market_tape& on)
      : a(given),
        tape(on),
        table(reserves_of(given, on.assets.size())),
        model{.reserves = table},
        rules(world_rules_of(given)) {
    std::vector<double> prices;
    for (const asset_tape& t : tape.assets) prices.push_back(t.oracle.price[0]);
    prices.insert(prices.end(), {1.0, tape.native[0]});
    const std::vector<double> shares = a.shares.empty() ? std::vector<double>(tape.assets.size(), 1.0) : a.shares;
    opening = open_account(model, shares, oracle_prices<double>(prices), a.debt, a.health);
  }
  stage(const stage&) = delete;
  stage& operator=(const stage&) = delete;

  [[nodiscard]] auto guard() const { return oracle::all_of{oracle::max_age{}, oracle::max_deviation{}}; }
  [[nodiscard]] trigger::drift_band band() const {
    return {.lower = a.lower, .target = a.target, .emergency = a.emergency};
  }
  [[nodiscard]] sizing::restore_target sizer() const { return {.max_slippage = to_basis_points(a.max_slippage)}; }
  [[nodiscard]] execution how() const {
    execution e;
    e.funding.premium = to_basis_points(a.premium);
    e.wait = std::max(120s, seconds{a.delay + 60});  // longer than a transaction takes
    return e;
  }
  [[nodiscard]] auto one_shot() const { return policy{model, guard(), band(), sizer(), how()}; }
  [[nodiscard]] auto in_chunks() const {
    return policy{model, guard(), band(), sizing::in_chunks{sizer(), to_basis_points(a.fee), a.chunks}, how()};
  }
  /// @brief The same without a loan where health stands it.
  [[nodiscard]] auto thrifty() const {
    return policy{model, guard(), band(),
                  sizing::own_funds_first{sizing::in_chunks{sizer(), to_basis_points(a.fee), a.chunks}}, how()};
  }
  /// @brief Steps at the band's edge: 5 % of the way to the target and at least to the edge, as much more as gas
  /// makes worth while, in pieces, without a loan where health stands it.
  [[nodiscard]] auto recentring() const {
    trigger::drift_band to_the_edge = band();
    to_the_edge.speed = 0.05;
    to_the_edge.rearm = to_the_edge.lower + 0.01 * (to_the_edge.target - to_the_edge.lower);
    return policy{model, guard(), to_the_edge,
                  sizing::own_funds_first{sizing::worth_the_gas{
                      sizing::in_chunks{sizer(), to_basis_points(a.fee), most_pieces_of_a_way_in_steps}, a.target}},
                  how()};
  }
};

/// Refuses an account that the policies were not made for.
void check(const stage& s) {
  const world<health::aave_v3> first(s.tape, s.model, s.opening, s.rules);
  for (const errc e : {s.one_shot().validate(first.look()), s.in_chunks().validate(first.look())}) {
    if (e != errc::ok) throw user_error(fmt::format("the policy refuses this account: {}", name(e)));
  }
}

/// Hands each column's keeper, in the table's order, to `take(column, keeper)`.
template <class Take>
void for_each_column(const stage& s, cast who, Take take) {
  take(column{.who = "static", .how = "", .name = "static"}, sits_still{});
  const auto person = [&](arithmetic sums, seconds delay, const char* title, const char* how, const char* name) {
    take(column{.who = title, .how = how, .name = name}, tended(s.one_shot(), delay, sums));
  };
  if (who != cast::systems) {
    person(arithmetic::same_sizer, 600s, "manual", "10 min", "manual_10min");
    person(arithmetic::same_sizer, 1'800s, "manual", "30 min", "manual_30min");
    person(arithmetic::same_sizer, 28'800s, "manual", "8 h", "manual_8h");
  }
  if (who == cast::everybody) {
    person(arithmetic::slippage_blind, 600s, "blind", "10 min", "blind_10min");
    person(arithmetic::slippage_blind, 1'800s, "blind", "30 min", "blind_30min");
    person(arithmetic::slippage_blind, 28'800s, "blind", "8 h", "blind_8h");
  }
  take(column{.who = "policy", .how = "one-shot", .name = "policy_one_shot", .automatic = true}, steered(s.one_shot()));
  take(column{.who = "policy", .how = "chunks", .name = "policy_chunks", .automatic = true}, steered(s.in_chunks()));
  if (who != cast::systems) return;
  take(column{.who = "policy", .how = "own funds", .name = "policy_own_funds", .automatic = true},
       steered(s.thrifty()));
  take(column{.who = "policy", .how = "recentring", .name = "policy_recentring", .automatic = true},
       steered(s.recentring()));
  const preset_cast known(s.a, s.model, s.tape.assets[0].oracle.price[0]);
  const auto system = [&](const char* title, const char* how, const char* name, const auto& policy) {
    // The position was opened a day ago: a rebalance interval has begun, and every cooldown is over.
    typename std::decay_t<decltype(policy)>::state_type opened;
    opened.last_fill = at_unix(s.tape.clock.first_time) - 24h;
    take(column{.who = title, .how = how, .name = name, .automatic = true}, steered(policy, opened));
  };
  system("Index Coop", "", "index_coop", known.index_coop(false));
  system("Index Coop", "mended", "index_coop_mended", known.index_coop(true));
  system("Oasis", "sell", "oasis_sell", known.oasis_sell());
  system("DeFi Saver", "repay", "defi_saver", known.defi_saver());
  system("Kamino", "order", "kamino", known.kamino());
  system("Morpho", "pre-liq.", "morpho_pre_liquidation", known.morpho_pre_liquidation());
}

/// Columns of each cast.
std::size_t columns_of(cast who) {
  return who == cast::essential ? 6 : who == cast::everybody ? 9 : 11;
}

constexpr std::size_t blocks_a_step = 4'096;

double untraded_minimum(const stage& s) {
  const auto form = s.model.liquidation_form<double>(s.opening);
  std::vector<double> prices(s.tape.assets.size() + 2, 1.0);
  double lowest = infinity;
  for (std::size_t b = 0; b < s.tape.clock.blocks; ++b) {
    for (std::size_t k = 0; k < s.tape.assets.size(); ++k) prices[k] = s.tape.assets[k].oracle.price[b];
    lowest = std::min(lowest, health_factor(form, oracle_prices<double>(prices)));
  }
  return lowest;
}

void add_facts(market_facts& f, const arguments& a, const stage& s) {
  const market_tape& tape = s.tape;
  const asset_tape& first = tape.assets[0];
  const auto delay_blocks = static_cast<std::size_t>((a.delay + tape.clock.seconds - 1) / tape.clock.seconds);
  f.blocks = tape.clock.blocks;
  f.first_time = tape.clock.first_time;
  f.last_time = tape.clock.time(tape.clock.blocks - 1);
  f.bar_seconds = tape.bar_seconds;
  f.opening_price = first.market[0];
  const auto [low, high] = std::minmax_element(first.market.begin(), first.market.end());
  f.lowest = f.lowest == 0.0 ? *low : std::min(f.lowest, *low);
  f.highest = std::max(f.highest, *high);
  f.prints = std::max(f.prints, first.oracle.prints.size());
  f.spikes = std::max(f.spikes, first.oracle.spikes);
  f.worst_fall = std::max(f.worst_fall, worst_fall(first.market, delay_blocks));
  f.worst_unanswered = std::max(f.worst_unanswered, worst_unanswered_fall(first.oracle, delay_blocks));
  f.edge = lower_edge_for(f.worst_fall, feed_rules{}.deviation);
  f.untraded_minimum = std::min(f.untraded_minimum, untraded_minimum(s));
  f.opening_collateral = 0.0;
  for (std::size_t k = 0; k < tape.assets.size(); ++k)
    f.opening_collateral += s.opening[k].collateral * tape.assets[k].oracle.price[0];
}

}  // namespace

std::size_t steps_of(const scenario& s, cast who) {
  const auto& rows = s.sources[0].prices.rows;
  const std::int64_t from = s.rules.from.value_or(rows.front().time);
  const std::int64_t to = s.rules.to.value_or(rows.back().time);
  const auto blocks = static_cast<std::size_t>(std::max<std::int64_t>(to - from, 0) / s.rules.block_seconds);
  return both_orders.size() * columns_of(who) * (blocks / blocks_a_step + 1);
}

outcome replay_all(const arguments& a, const scenario& s, cast who, progress& shown) {
  outcome out;
  for (const bar_order order : both_orders) {
    const market_tape tape = tape_of(s, order);
    const stage on(a, tape);
    check(on);
    add_facts(out.facts, a, on);
    std::size_t at = 0;
    for_each_column(on, who, [&](column c, auto keeper) {
      const auto tick = [&](std::size_t block, const auto&, const auto&) {
        if (block % blocks_a_step == 0) shown.advance();
      };
      c.report =
          run(tape, on.model, on.opening, on.rules, keeper, {.lower_edge = a.lower, .automatic = c.automatic}, tick);
      c.report.order = order;
      if (at == out.columns.size()) {
        out.columns.push_back(std::move(c));
      } else if (worse(c.report, out.columns[at].report)) {
        out.columns[at] = std::move(c);
      }
      ++at;
    });
  }
  return out;
}

void write_csv(const arguments& a, const scenario& s, cast who, const outcome& o, whole_file& file, progress& shown) {
  file.write(
      "column,order,unix_seconds,market,oracle,pool_mid,gas_gwei,health,collateral,debt,equity,liquidations,trades,"
      "reverts\n");
  for (const bar_order order : both_orders) {
    const market_tape tape = tape_of(s, order);
    const stage on(a, tape);
    std::size_t at = 0;
    for_each_column(on, who, [&](const column& c, auto keeper) {
      const column& reported = o.columns[at++];
      if (reported.report.order != order) return;
      fmt::memory_buffer lines;
      const auto write = [&](std::size_t b, const auto& w, const auto&) {
        if (b % blocks_a_step == 0) shown.advance();
        fmt::format_to(
            std::back_inserter(lines), "{},{},{},{:.8g},{:.8g},{:.8g},{:.6g},{:.8g},{:.12g},{:.12g},{:.12g},{},{},{}\n",
            c.name, order == bar_order::high_first ? "high_first" : "low_first", tape.clock.time(b),
            tape.assets[0].market[b], tape.assets[0].oracle.price[b], w.pool().mid(), tape.gas_gwei[b], w.health(),
            w.held(0), w.owed(), w.equity(), w.counts().liquidations, w.counts().trades, w.counts().reverts);
        if (lines.size() > (1U << 20U) || b + 1 == tape.clock.blocks) {
          file.write({lines.data(), lines.size()});
          lines.clear();
        }
      };
      run(tape, on.model, on.opening, on.rules, keeper, {.lower_edge = a.lower, .automatic = c.automatic}, write);
    });
  }
}

}  // namespace replay
