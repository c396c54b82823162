// SPDX-License-Identifier: MIT
// Decisions taken on a curve and executed by a contract's own integers: Uniswap v2 pairs, v3 pools over several ticks,
// and a pair beside a book. Health is at the target after the contract's rounding, and less than a basis point above.
#include <gtest/gtest.h>

#include <trimtab/liquidity/uniswap_v2_exact.hpp>
#include <trimtab/liquidity/uniswap_v3_exact.hpp>
#include <trimtab/oracle/all_of.hpp>
#include <trimtab/oracle/max_age.hpp>
#include <trimtab/oracle/max_deviation.hpp>
#include <trimtab/sizing/both_ways.hpp>
#include <trimtab/sizing/integer_size.hpp>
#include <trimtab/sizing/with_margin.hpp>

#include "support/drawn_audit.hpp"
#include <array>
#include <cstdio>
#include <optional>

namespace {

using namespace trimtab;
using cases::drawn_world;
using cases::real;
using sizing::limit;

#if defined(__OPTIMIZE__)
constexpr int how_many = 8'000;
#else
constexpr int how_many = 800;
#endif

// A contract as settlement sees a venue: whole tokens in and out, by its own integers.
struct pair_in_tokens {
  liquidity::uniswap_v2_exact pair{};
  int in_decimals = 18, out_decimals = 18;

  [[nodiscard]] units in_units(double x) const {
    return *units::floor(x + 0.5 * units::smallest(in_decimals), in_decimals);
  }
  [[nodiscard]] double amount_out(double x) const {
    const auto out = pair.amount_out(in_units(x));
    return out.has_value() ? out->to_tokens_up(out_decimals) : 0.0;
  }
  [[nodiscard]] errc validate() const { return pair.validate(); }
  [[nodiscard]] double capacity() const { return infinity; }
  [[nodiscard]] pair_in_tokens after(double x) const {
    const auto out = pair.amount_out(in_units(x));
    return out.has_value() ? pair_in_tokens{*pair.after(in_units(x), *out), in_decimals, out_decimals} : *this;
  }
};

struct pool_in_tokens {
  liquidity::uniswap_v3_exact pool{};
  int in_decimals = 18, out_decimals = 18;

  [[nodiscard]] result<units> pays(units in) const {
    const auto s = pool.swap({.amount = widen(in)});
    if (!s.has_value()) return s.error();
    return s->filled ? narrow(s->amount_out) : result<units>(errc::infeasible);
  }
  [[nodiscard]] int steps(units in) const { return pool.swap({.amount = widen(in)})->steps; }
  [[nodiscard]] units in_units(double x) const {
    return *units::floor(x + 0.5 * units::smallest(in_decimals), in_decimals);
  }
  [[nodiscard]] double amount_out(double x) const {
    const auto out = pays(in_units(x));
    return out.has_value() ? out->to_tokens_up(out_decimals) : 0.0;
  }
  [[nodiscard]] errc validate() const { return pool.validate(); }
  [[nodiscard]] double capacity() const { return infinity; }
  [[nodiscard]] pool_in_tokens after(double x) const {
    pool_in_tokens left = *this;
    left.pool = pool.after(*pool.swap({.amount = widen(in_units(x))}));
    return left;
  }
};

auto keeper_of(const cases::protocol& model, const drawn_world& w) {
  return policy{model, oracle::all_of{oracle::max_age{}, oracle::max_deviation{}}, w.band,
                sizing::both_ways{w.restore, w.lever}, w.execution};
}

basis_points premium_of(const drawn_world& w) {
  return w.execution.funding.mode == sizing::funding_mode::none ? basis_points{} : w.execution.funding.premium;
}

struct tally {
  int at_target = 0, other = 0, refused = 0, unsettled = 0, unbalanced = 0, low = 0, high = 0;
  real worst_low = 0, worst_high = 0;
  void judge(const char* what) const {
    std::printf(
        "%s: %d at the target, %d cut to a limit, %d refused; %d unsettled, %d unbalanced, %d low, %d high; "
        "relative to the target at most %.3Lg below, %.3Lg above\n",
        what, at_target, other, refused, unsettled, unbalanced, low, high, worst_low, worst_high);
    EXPECT_EQ(unsettled + unbalanced + low + high, 0) << what;
    EXPECT_GT(at_target, how_many / 8) << what;
  }
};

// Settles on the contract, measures; `allowed` is how far below the target rounding may go.
template <class D, class E>
void execute(const cases::protocol& model, const drawn_world& w, const E& exact, const D& d, const plan<>& p,
             real allowed, tally& n) {
  const asset_id c = w.collateral[0].asset, o = w.debt[0].asset;
  const listing<E> market{w.down ? c : o, w.down ? o : c, exact, exact.in_decimals, exact.out_decimals};
  const oracle_prices<double> prices{w.price};
  const auto after = settle(model, w.before, p, market, prices, w.limits, cases::drawn_at, premium_of(w));
  if (!after.has_value()) {
    if (++n.unsettled <= 3) ADD_FAILURE() << name(after.error()) << (w.down ? " down" : " up") << ' ' << d.trade.sold;
    return;
  }
  n.unbalanced += cases::wrong_in_ledger(w, p, exact, *after);
  const real health = health_factor(model.template liquidation_form<double>(after->account), prices);
  const bool to_target = d.reason == errc::ok && d.binding == limit::none;
  ++(to_target ? n.at_target : n.other);
  const real gap = health / w.band.target - 1;
  if (to_target) n.worst_low = std::max(n.worst_low, -gap), n.worst_high = std::max(n.worst_high, gap);
  if ((to_target || !w.down) && gap < -allowed && ++n.low <= 3)
    ADD_FAILURE() << "low by " << static_cast<double>(-gap) << (w.down ? " down " : " up ") << d.trade.sold;
  if (to_target && gap > 1e-4L && ++n.high <= 3) ADD_FAILURE() << "high by " << static_cast<double>(gap);
}

// How much of health double arithmetic of settlement may lose.
real ulps(const drawn_world& w, const sizing::trade& t) {
  const real debt = static_cast<real>(w.owed());
  return 4 * cases::eps * (w.down && debt + t.debt_change > 0 ? 1 + debt / (debt + t.debt_change) : 2);
}

TEST(DecideInteger, APairPaysItsFloor) {
  test::random_numbers d(91);
  tally n;
  for (int i = 0; i < how_many; ++i) {
    const drawn_world w = cases::draw_world(d, i % 2 == 0, cases::in_lending::can, true);
    const cases::in_lending protocol(w);
    const int in = w.down ? w.collateral[0].decimals : w.debt[0].decimals,
              out = w.down ? w.debt[0].decimals : w.collateral[0].decimals;
    const double depth = cases::depth_for(w, d);
    const auto reserve_in = units::floor(depth, in), reserve_out = units::floor(depth * cases::opening_for(w, d), out);
    ASSERT_TRUE(reserve_in.has_value() && reserve_out.has_value());
    const pair_in_tokens exact{{*reserve_in, *reserve_out}, in, out};
    const liquidity::constant_product curve{.reserve_in = reserve_in->to_tokens(in),
                                            .reserve_out = reserve_out->to_tokens(out)};
    if (exact.pair.validate() != errc::ok || curve.validate() != errc::ok) continue;
    const auto s = cases::look_at(w, curve);
    const auto keeper = keeper_of(protocol.model, w);
    if (keeper.validate(s) != errc::ok) continue;
    const auto decided = keeper({}, s);
    if (decided.verdict != verdict::rebalance) {
      ++n.refused;
      continue;
    }
    const auto p = keeper.plan_for(decided, s);
    ASSERT_TRUE(p.has_value()) << name(p.error());
    execute(protocol.model, w, exact, decided, *p, ulps(w, decided.trade), n);
  }
  n.judge("v2 pairs");
}

// A pool in whole units that starts on a tick, three positions around it, one farther on; and its curve.
struct exact_pool {
  std::array<liquidity::exact_tick, 6> exact_ticks{};
  std::array<liquidity::initialised_tick, 6> ticks{};
  std::array<liquidity::tick_node, 6> nodes{};
  pool_in_tokens contract{};
  liquidity::concentrated curve{};
  bool sound = false;

  exact_pool(const drawn_world& w, test::random_numbers& d) {
    const int in = w.down ? w.collateral[0].decimals : w.debt[0].decimals,
              out = w.down ? w.debt[0].decimals : w.collateral[0].decimals;
    const double opening = cases::opening_for(w, d), in_units = opening * std::pow(10.0, out - in);
    constexpr std::int32_t spacing = 10;
    const auto at = static_cast<std::int32_t>(std::lround(std::log(in_units) / std::log(1.0001) / spacing)) * spacing;
    const double deep = std::floor(cases::depth_for(w, d) * std::sqrt(opening) * std::pow(10.0, 0.5 * (in + out)));
    const double nets[3] = {std::floor(deep * d.uniform(0.1, 3.0)), std::floor(deep * d.log_uniform(0.01, 1.0)), deep};
    const auto whole = [&](double low, double high) {
      return static_cast<std::int32_t>(d.uniform(low, high)) * spacing;
    };
    const std::int32_t places[6] = {at - whole(300, 700), at - whole(50, 290), at - whole(1, 40),
                                    at + whole(1, 40),    at + whole(50, 290), at + whole(300, 700)};
    double in_range = 0.0;
    for (std::size_t i = 0; i < 6; ++i) {
      const double net = nets[i < 3 ? i : 5 - i];
      if (i < 3) in_range += net;
      const auto integer = units::floor(net, 0);
      if (!integer.has_value() || net < 1.0) return;
      exact_ticks[i] = {places[i], i >= 3, widen(*integer)};
      ticks[i] = {places[i], {i < 3 ? net : -net}};
    }
    const auto root = liquidity::sqrt_price_at(at);
    const auto liquidity_now = units::floor(in_range, 0);
    const auto table = liquidity::build_tick_table(ticks, nodes, {in, out});
    if (!root.has_value() || !liquidity_now.has_value() || !table.has_value()) return;
    uint256 sum;
    for (std::size_t i = 0; i < 3; ++i) sum = *sum.add(exact_ticks[i].net);
    contract = {{.sqrt_price = *root,
                 .tick = at,
                 .liquidity = sum,
                 .fee_pips = 500,
                 .tick_spacing = spacing,
                 .ticks = exact_ticks},
                in,
                out};
    curve = {.ticks = *table,
             .sqrt_price =
                 liquidity::sqrt_price_from_x96(liquidity::sqrt_price_at_tick(at) * doubled<double>(0x1p96), {in, out}),
             .fee = {5.0}};
    sound = contract.pool.validate() == errc::ok && curve.validate() == errc::ok;
  }
  exact_pool(const exact_pool&) = delete;
  exact_pool& operator=(const exact_pool&) = delete;
};

// What the policy asked its sizer.
template <class V>
sizing::problem<V> problem_of(const cases::protocol& model, const drawn_world& w, const V& venue) {
  sizing::problem<V> p;
  p.liquidation = model.liquidation_form<double>(w.before);
  p.borrow = model.borrow_form<double>(w.before);
  p.prices = oracle_prices<double>{w.price};
  p.collateral = w.collateral[0].asset;
  p.debt = w.debt[0].asset;
  p.venue = &venue;
  p.collateral_limits = w.limits[0];
  p.debt_limits = w.limits[1];
  p.funding = w.execution.funding;
  p.gas = w.gas;
  p.fair_rate = w.fair_rate;
  p.collateral_unit = units::smallest(w.collateral[0].decimals);
  p.debt_unit = units::smallest(w.debt[0].decimals);
  p.minimum_debt = model.minimum_debt(p.prices);
  p.withdrawal = model.withdrawal_checked_by();
  p.target = w.band.target;
  p.band_low = w.band.lower;
  p.band_high = w.band.upper;
  return p;
}

// A pool's swap is cut at ticks and at ends of words, and each cut takes units: a plan as it is lands within them, one
// sized with a margin above them, and a size that is asked of the contract is at the target.
TEST(DecideInteger, APoolOverItsTicks) {
  test::random_numbers d(92);
  tally as_it_is, asked, with_margin;
  int most_steps = 0, corrected = 0;
  for (int i = 0; i < how_many; ++i) {
    const drawn_world w = cases::draw_world(d, i % 4 != 0, cases::in_lending::can, true);
    const cases::in_lending protocol(w);
    const exact_pool pool(w, d);
    if (!pool.sound) continue;
    const auto s = cases::look_at(w, pool.curve);
    const auto keeper = keeper_of(protocol.model, w);
    if (keeper.validate(s) != errc::ok) continue;
    const auto decided = keeper({}, s);
    if (decided.verdict != verdict::rebalance) {
      ++as_it_is.refused;
      continue;
    }
    if (decided.binding == limit::slippage) continue;  // at its minimum output already: a unit less undoes it
    const auto& t = decided.trade;
    const units sold = *units::ceil(t.sold, pool.contract.in_decimals);
    const auto paid = pool.contract.pays(sold);
    if (!paid.has_value()) continue;  // the curve's own end
    const int steps = pool.contract.steps(sold);
    most_steps = std::max(most_steps, steps);
    // Units of the output that the cuts may take, as a share of what is compared with the target.
    const double price = w.fair(), in_unit = units::smallest(pool.contract.in_decimals),
                 out_unit = units::smallest(pool.contract.out_decimals);
    const real lost =
        steps * (out_unit + 3.0 * price * in_unit) * w.price[(w.down ? w.debt : w.collateral)[0].slot.index];
    const auto f = protocol.model.liquidation_form<double>(w.before);
    const real side = w.down ? weighted_value(f.debt, s.prices) + 1.5L * t.debt_change * w.price[w.debt[0].slot.index]
                             : weighted_value(f.collateral, s.prices);
    const auto p = keeper.plan_for(decided, s);
    ASSERT_TRUE(p.has_value()) << name(p.error());
    if (side > 0) execute(protocol.model, w, pool.contract, decided, *p, 2 * lost / side + ulps(w, t), as_it_is);

    const policy careful{protocol.model, keeper.guard, w.band,
                         sizing::with_margin{sizing::both_ways{w.restore, w.lever}}, w.execution};
    const auto above = careful({}, s);
    // A trade that barely pays for its rounding is not one the margin is for.
    if (above.verdict == verdict::rebalance && above.binding == limit::none && above.reason == errc::ok && side > 0 &&
        2 * lost / side < 4e-6L) {
      const auto steps_of_it = careful.plan_for(above, s);
      ASSERT_TRUE(steps_of_it.has_value()) << name(steps_of_it.error());
      execute(protocol.model, w, pool.contract, above, *steps_of_it, 0, with_margin);
    }
    if (!w.down || decided.reason != errc::ok || decided.binding != limit::none) continue;

    const auto problem = problem_of(protocol.model, w, pool.curve);
    const auto exact = sizing::size_in_units(problem, t, pool.contract.in_decimals, pool.contract.out_decimals,
                                             [&](units in) { return pool.contract.pays(in); });
    if (!exact.has_value()) {
      ++asked.refused;
      EXPECT_EQ(exact.error(), errc::infeasible) << name(exact.error());
      continue;
    }
    corrected += exact->corrections > 0;
    auto again = decided;
    again.trade = w.restore.at_size(problem, exact->sold.to_tokens_down(pool.contract.in_decimals));
    const auto whole = keeper.plan_for(again, s);
    ASSERT_TRUE(whole.has_value()) << name(whole.error());
    execute(protocol.model, w, pool.contract, again, *whole, ulps(w, t), asked);
  }
  std::printf("v3 pools: up to %d steps, %d sizes corrected\n", most_steps, corrected);
  EXPECT_GT(most_steps, 3);
  as_it_is.judge("v3 pools, the plan as it is");
  asked.judge("v3 pools, the contract asked");
  with_margin.judge("v3 pools, a twentieth of a basis point above");
}

// A pair and a book of levels, traded together at one price: decided on the aggregate of both, executed by the pair's
// integers and the book's levels.
TEST(DecideInteger, APairBesideABook) {
  test::random_numbers d(93);
  tally n;
  int asked = 0;
  liquidity::supply_room<32> room;
  for (int i = 0; i < how_many; ++i) {
    const drawn_world w = cases::draw_world(d, true, cases::in_lending::can, true);
    const cases::in_lending protocol(w);
    const int in = w.collateral[0].decimals, out = w.debt[0].decimals;
    const double depth = cases::depth_for(w, d);
    const auto reserve_in = units::floor(depth, in), reserve_out = units::floor(depth * cases::opening_for(w, d), out);
    ASSERT_TRUE(reserve_in.has_value() && reserve_out.has_value());
    const pair_in_tokens pair{{*reserve_in, *reserve_out}, in, out};
    const liquidity::constant_product curve{.reserve_in = reserve_in->to_tokens(in),
                                            .reserve_out = reserve_out->to_tokens(out)};
    const cases::by_book book(w, d);
    const auto together = liquidity::build_supply_curve(room.memory(), curve, book.venue);
    if (pair.pair.validate() != errc::ok || !together.has_value()) continue;
    const auto s = cases::look_at(w, *together);
    const auto keeper = keeper_of(protocol.model, w);
    if (keeper.validate(s) != errc::ok) continue;
    const auto decided = keeper({}, s);
    if (decided.verdict != verdict::rebalance || decided.reason != errc::ok || decided.binding != limit::none) continue;
    // Each venue's share at the common price, in whole units; both outputs rounded down.
    const auto pays = [&](units sold) -> result<units> {
      const double x = sold.to_tokens(in);
      const double own = std::min(x, curve.amount_at(together->marginal_price(x)));
      const auto to_pair = units::floor(own, in);
      const auto rest = sold.subtract(*to_pair);
      if (!rest.has_value()) return rest;
      const auto first = *to_pair == units{} ? result<units>(units{}) : pair.pair.amount_out(*to_pair);
      const auto second = units::floor(book.venue.amount_out(rest->to_tokens(in)), out);
      if (!first.has_value() || !second.has_value()) return errc::infeasible;
      return first->add(*second);
    };
    const auto problem = problem_of(protocol.model, w, *together);
    const auto exact = sizing::size_in_units(problem, decided.trade, in, out, pays);
    if (!exact.has_value()) {
      ++n.refused;
      continue;
    }
    ++asked;
    const real gap = static_cast<real>(exact->health) / w.band.target - 1;
    n.worst_low = std::max(n.worst_low, -gap), n.worst_high = std::max(n.worst_high, gap);
    n.low += gap<0, n.high += gap> 1e-4L;
    ++n.at_target;
    EXPECT_EQ(*pays(exact->sold), exact->out);
  }
  EXPECT_GT(asked, 0);
  EXPECT_LT(n.refused, asked / 20);
  n.judge("a pair beside a book");
}

}  // namespace
