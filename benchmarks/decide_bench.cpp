// SPDX-License-Identifier: MIT
// decide_3_assets_4_venues: two collaterals, one debt, four venues of different kinds as one curve, which is given.
// decide_hold_all_guards: a hold that every guard without a memory has looked at, all of a feed filled in.
#include <benchmark/benchmark.h>

#include <trimtab/liquidity/build_supply_curve.hpp>
#include <trimtab/liquidity/concentrated.hpp>
#include <trimtab/liquidity/order_book.hpp>
#include <trimtab/liquidity/stable_swap.hpp>

#include "plain.hpp"
#include <algorithm>
#include <memory>

namespace {

using namespace bench;

// --- four venues as one curve

/// The first collateral is sold for the debt through a pool, ranges of concentrated liquidity, a stable pool and a
/// book.
struct four_venues {
  pool product{};
  std::array<liquidity::initialised_tick, 6> ticks{};
  std::array<liquidity::tick_node, 6> nodes{};
  liquidity::concentrated ranges{};
  liquidity::stable_swap stable{};
  std::array<liquidity::book_level, 12> levels{};
  std::array<liquidity::book_node, 12> places{};
  liquidity::order_book book{};
  liquidity::supply_room<96> room{};
  liquidity::supply_curve curve{};
  std::array<double, 3> price{};
  std::array<feed, 3> feeds{};
  account<> holdings{};
  bool sound = false;

  template <class Draw>
  four_venues(const Draw& between, double lowest_health, double highest_health) {
    price = {between(0.95, 1.2), between(20000.0, 70000.0), between(0.99, 1.01)};  // a staked token, bitcoin, a dollar
    for (std::size_t i = 0; i < 3; ++i)
      feeds[i] = {.protocol_at = start - seconds{600},
                  .reference = {.price = price[i] * between(0.999, 1.001), .at = start - seconds{5}}};
    const double first = between(1e5, 1e7), second = first * price[0] * between(0.05, 0.5) / price[1];
    const double weighted = 0.83 * first * price[0] + 0.78 * second * price[1];
    holdings.add({.asset = {1}, .collateral = first});
    holdings.add({.asset = {2}, .collateral = second});
    holdings.add({.asset = {3}, .debt = weighted / between(lowest_health, highest_health) / price[2]});

    const double fair = price[0] / price[2], depth = first * between(0.5, 5.0);
    product = {.reserve_in = depth, .reserve_out = depth * fair * between(0.999, 1.0), .fee = 30_bps};
    const auto at = static_cast<std::int32_t>(std::log(fair) / std::log(1.0001));
    const double deep = 20.0 * depth;
    ticks = {{{at - 900, {deep}},
              {at - 300, {deep}},
              {at - 60, {deep}},
              {at + 60, {-deep}},
              {at + 300, {-deep}},
              {at + 900, {-deep}}}};
    const auto table = liquidity::build_tick_table(ticks, nodes);
    if (!table) return;
    ranges = liquidity::concentrated{.ticks = *table, .sqrt_price = std::sqrt(fair * 0.9995), .fee = 5_bps}.placed();
    const auto coins = liquidity::stable_swap::of({.coins = 2,
                                                   .balances = {depth * fair, depth * fair},
                                                   .rates = {fair, 1.0},
                                                   .amplification = 200.0,
                                                   .fee = 4_bps},
                                                  0, 1);
    double level = fair * 0.9998;
    for (auto& l : levels) l = {level, depth * between(0.002, 0.01)}, level *= 0.9996;
    const auto orders = liquidity::build_order_book(levels, places, 2_bps);
    if (!coins || !orders) return;
    stable = *coins, book = *orders;
    const auto built = liquidity::build_supply_curve(room.memory(), product, ranges, stable, book);
    if (!built) return;
    curve = *built;
    sound = true;
  }
  four_venues(const four_venues&) = delete;
  four_venues& operator=(const four_venues&) = delete;

  [[nodiscard]] snapshot<liquidity::supply_curve> look() const {
    snapshot<liquidity::supply_curve> s;
    s.now = start;
    s.account = holdings;
    s.prices = oracle_prices<double>{price};
    s.feeds = feeds;
    s.sell = {.in = {1}, .out = {3}, .venue = curve};
    return s;
  }
  [[nodiscard]] double paid_at(double marginal) const {
    double out = 0.0;
    each([&](const auto& v) { out += v.amount_out(v.amount_at(executable_price<double>{marginal})); });
    return out;
  }
  [[nodiscard]] double taken_at(double marginal) const {
    double in = 0.0;
    each([&](const auto& v) { in += v.amount_at(executable_price<double>{marginal}); });
    return in;
  }

private:
  template <class F>
  void each(const F& visit) const {
    visit(product), visit(ranges), visit(stable), visit(book);
  }
};

// Health as a function of the price at which all four venues are left, and a bracketing root finder on it.
plain_answer plain_four(const four_venues& w) {
  const double collateral = 0.83 * w.holdings[0].collateral * w.price[0] + 0.78 * w.holdings[1].collateral * w.price[1];
  const double debt = w.holdings[2].debt * w.price[2];
  plain_answer out{.trade = true, .health = collateral / debt};
  for (const feed& f : w.feeds)
    if (start - f.protocol_at > seconds{3900} || start - f.reference.at > seconds{30}) return {};
  const double floor = w.feeds[0].reference.price / w.feeds[2].reference.price * 0.9, kept = 0.0005 * floor / 1.0005;
  const auto lacking = [&](double marginal) {
    const double x = w.taken_at(marginal), y = w.paid_at(marginal) - kept * x;
    return collateral - 0.83 * w.price[0] * x - bonus_free_target * (debt - w.price[2] * y);
  };
  const double high = w.price[0] / w.price[2] * 1.1, low = 0.83 * high / bonus_free_target;
  if (lacking(low) < 0.0) return {};
  std::uintmax_t iterations = 100;
  const auto bracket =
      boost::math::tools::toms748_solve(lacking, low, high, boost::math::tools::eps_tolerance<double>(40), iterations);
  // Within a level of the book the price stays, and the size is in between.
  const double more = w.taken_at(bracket.first), less = w.taken_at(bracket.second);
  const double over = lacking(bracket.first), under = lacking(bracket.second);
  out.sold = over > under ? less + (more - less) * (0.0 - under) / (over - under) : more;
  return out;
}

struct four_inputs {
  std::vector<std::unique_ptr<four_venues>> worlds;
  std::vector<snapshot<liquidity::supply_curve>> looks;
  double worst = 0.0;
  bool sound = true;
  four_inputs() {
    std::mt19937_64 engine(20200312);
    const auto between = [&](double low, double high) { return std::uniform_real_distribution<>(low, high)(engine); };
    for (std::size_t i = 0; i < how_many; ++i) {
      worlds.push_back(std::make_unique<four_venues>(between, 1.01, 1.15));
      looks.push_back(worlds.back()->look());
      const auto d = keeper({}, looks[i]);
      const auto p = plain_four(*worlds[i]);
      sound = sound && worlds[i]->sound && d.verdict == verdict::rebalance && p.trade && p.sold > 0.0;
      worst = std::max(worst, std::fabs(d.trade.sold / p.sold - 1.0));
    }
    sound =
        sound && worst < 1e-3;  // where the root is in a level of the book, the peer knows the price and not the size
  }
};
const four_inputs& four_cases() {
  static const four_inputs all;
  return all;
}

void four_ours(benchmark::State& state) {
  if (!four_cases().sound) return state.SkipWithError("the answers differ");
  const keeper_state fresh{};
  std::size_t i = 0;
  for (auto _ : state) {
    const auto d = keeper(fresh, four_cases().looks[i++ % how_many]);
    benchmark::DoNotOptimize(d.verdict);
    benchmark::DoNotOptimize(d.trade);
  }
}
void four_peer(benchmark::State& state) {
  std::size_t i = 0;
  for (auto _ : state) benchmark::DoNotOptimize(plain_four(*four_cases().worlds[i++ % how_many]));
}
BENCHMARK(four_ours)->Name("decide_3_assets_4_venues/ours");
BENCHMARK(four_peer)->Name("decide_3_assets_4_venues/peer");

// --- every guard that remembers nothing

constexpr policy watchful{
    health::aave_v3{.reserves = reserve_table},
    oracle::all_of{oracle::max_age{}, oracle::max_deviation{.limit = 50_bps}, oracle::bounds{.low = 0.01, .high = 1e6},
                   oracle::contractual_rate{}, oracle::executable_divergence{}, oracle::median_of_sources{},
                   oracle::next_price{}, oracle::sequencer_grace{}, oracle::twap_tolerance{}},
    trigger::all_of{trigger::drift_band{.lower = 1.15, .target = bonus_free_target, .emergency = 1.05},
                    trigger::cooldown{}},
    sizing::restore_target{.max_slippage = 1000_bps}};
using watchful_state = decltype(watchful)::state_type;

struct watched_inputs {
  std::vector<world> worlds = bench::worlds(1.3, 3.0);
  std::vector<std::array<std::array<observation, 3>, 4>> sources =
      std::vector<std::array<std::array<observation, 3>, 4>>(how_many);
  std::vector<snapshot<pool>> looks;
  bool sound = true;
  watched_inputs() {
    std::mt19937_64 engine(20200313);
    const auto near = [&](double price) { return price * std::uniform_real_distribution<>(0.998, 1.002)(engine); };
    for (std::size_t i = 0; i < how_many; ++i) {
      for (std::size_t k = 0; k < 4; ++k) {
        feed& f = worlds[i].feeds[k];
        const double price = worlds[i].price[k];
        for (observation& o : sources[i][k]) o = {.price = near(price), .at = start - seconds{10}};
        f.others = sources[i][k];
        f.average = {.price = near(price), .at = start - seconds{10}};
        f.contractual = {.price = near(price), .at = start - seconds{10}};
        f.executable = {.price = {near(price)}, .at = start - seconds{10}};
        f.next = {.price = near(price), .at = start + seconds{600}};
      }
      auto s = worlds[i].look();
      s.sequencer = {.up = true, .since = start - seconds{86'400}};
      looks.push_back(s);
      const auto d = watchful({}, s);
      sound = sound && d.verdict == verdict::hold && d.trust == trust::ok;
    }
  }
};
const watched_inputs& watched_cases() {
  static const watched_inputs all;
  return all;
}

// The same comparisons written down one after the other, on the same feeds.
bool plain_watch(const snapshot<pool>& s) {
  double collateral = 0.0, debt = 0.0;
  const std::array<double, 4> thresholds{0.83, 0.78, 0.78, 0.68};
  if (!s.sequencer.up || s.now - s.sequencer.since <= seconds{3600}) return false;
  for (std::size_t k = 0; k < 4; ++k) {
    const feed& f = s.feeds[k];
    const double p = s.prices[price_slot{static_cast<std::uint16_t>(k)}].value, r = f.reference.price;
    const auto away = [](double x, double from, double by) { return std::fabs(x - from) > by * from; };
    const auto recent = [&](timestamp at, long most) { return at <= s.now && s.now - at <= seconds{most}; };
    if (!std::isfinite(p) || p <= 0.0 || !std::isfinite(r) || r <= 0.0) return false;
    if (!recent(f.protocol_at, 3900) || !recent(f.reference.at, 30)) return false;
    if (away(r, p, 0.005) || p < 0.01 || p > 1e6) return false;
    std::vector<double> prices{r};
    for (const observation& o : f.others)
      if (recent(o.at, 60)) prices.push_back(o.price);
    std::sort(prices.begin(), prices.end());
    const double middle = prices.size() % 2 == 1 ? prices[prices.size() / 2]
                                                 : 0.5 * (prices[prices.size() / 2 - 1] + prices[prices.size() / 2]);
    if (away(p, middle, 0.02) || away(r, middle, 0.02)) return false;
    if (away(p, f.contractual.price, 0.02) || away(p, f.executable.price.value, 0.03)) return false;
    if (away(p, f.average.price, 0.02) || away(f.next.price, p, 0.05)) return false;
    collateral += thresholds[k] * s.account[k].collateral * p;
    debt += s.account[k].debt * p;
  }
  return collateral > 1.15 * debt;
}

void watched_ours(benchmark::State& state) {
  if (!watched_cases().sound) return state.SkipWithError("not all hold");
  const watchful_state fresh{};
  std::size_t i = 0;
  for (auto _ : state) {
    const auto d = watchful(fresh, watched_cases().looks[i++ % how_many]);
    benchmark::DoNotOptimize(d.verdict);
    benchmark::DoNotOptimize(d.health);
  }
}
void watched_peer(benchmark::State& state) {
  for (const auto& s : watched_cases().looks)
    if (!plain_watch(s)) return state.SkipWithError("not all hold");
  std::size_t i = 0;
  for (auto _ : state) benchmark::DoNotOptimize(plain_watch(watched_cases().looks[i++ % how_many]));
}
BENCHMARK(watched_ours)->Name("decide_hold_all_guards/ours");
BENCHMARK(watched_peer)->Name("decide_hold_all_guards/peer");

}  // namespace
