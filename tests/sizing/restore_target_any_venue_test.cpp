// SPDX-License-Identifier: MIT
// restore_target through every kind of venue: what blind sizing misses and it does not, the pool that pays above the
// fair price, the band's other edge, a venue that is not concave.
#include <gtest/gtest.h>

#include <trimtab/liquidity/any_venue.hpp>
#include <trimtab/liquidity/build_supply_curve.hpp>
#include <trimtab/liquidity/concentrated.hpp>
#include <trimtab/liquidity/constant_price.hpp>
#include <trimtab/liquidity/constant_product.hpp>
#include <trimtab/liquidity/order_book.hpp>
#include <trimtab/liquidity/power_impact.hpp>
#include <trimtab/liquidity/quadratic_impact.hpp>
#include <trimtab/liquidity/stable_swap.hpp>
#include <trimtab/liquidity/stable_swap_dynamic_fee.hpp>
#include <trimtab/liquidity/weighted.hpp>
#include <trimtab/sizing/in_chunks.hpp>
#include <trimtab/sizing/leverage_up.hpp>
#include <trimtab/sizing/restore_target.hpp>

#include "laws/sizer_laws.hpp"
#include "support/cases.hpp"
#include "support/random.hpp"
#include "support/unlike_venues.hpp"
#include <array>
#include <cmath>
#include <cstdio>

namespace {

using namespace trimtab;
using liquidity::constant_price;
using liquidity::constant_product;
using liquidity::weighted;
using sizing::funding_mode;
using sizing::limit;
using sizing::restore_target;

constexpr restore_target wide{.max_slippage = basis_points{2000.0}};

// Half of a pool, half of another and a level, as one.
struct two_pools_and_a_level {
  liquidity::supply_room<8> room{};
  liquidity::supply_curve curve{};
  two_pools_and_a_level(const two_pools_and_a_level&) = delete;  // the curve looks into the room
  two_pools_and_a_level& operator=(const two_pools_and_a_level&) = delete;
  [[nodiscard]] double amount_out(double x) const { return curve.amount_out(x); }
  explicit two_pools_and_a_level(double depth) {
    const constant_product pool{.reserve_in = 0.45 * depth, .reserve_out = 0.45 * depth, .fee = {0.0}};
    const constant_price level{.price = 0.93, .cap = 0.05 * depth};
    curve = *liquidity::build_supply_curve(room.memory(), pool, pool, level);
  }
};

// What the two sizes leave through a venue whose average price at the blind size is 1 − slippage.
template <class V>
void expect_that_only_one_lands(const V& venue, double blind_health, const char* what, int& landed) {
  const cases::worked w;
  const auto p = w.problem(venue);
  EXPECT_NEAR(wide.at_size(p, 1450.0 / 0.42).health_after, blind_health, 5e-4) << what;
  const auto s = wide.size(p);
  if (!s.has_value()) {  // beyond what the venue can do: every size says so
    EXPECT_EQ(s.status, is_concave<V>() ? errc::infeasible : errc::no_convergence) << what;
    EXPECT_EQ(s.binding, limit::depth) << what;
    for (double x = 10.0; x < 10000.0; x += 10.0)
      EXPECT_LE(wide.at_size(p, x).health_after, s.best_health * (1.0 + 1e-12)) << what;
    EXPECT_LT(s.best_health, 1.25);
    return;
  }
  ++landed;
  const double read = health_factor_after(p.liquidation, p.prices,
                                          {p.collateral, -s.trade.sold, p.debt, -venue.amount_out(s.trade.sold)});
  EXPECT_GE(read, 1.25) << what;
  EXPECT_LE(read, 1.25 * (1.0 + 1e-12)) << what;
  EXPECT_TRUE(s.proven || !is_concave<V>());
}

// The depth of a venue, made by `with`, at which it pays 1 − slippage on the average for the blind size.
template <class F>
double depth_for(double slippage, F&& with) {
  const double blind = 1450.0 / 0.42;
  double low = 1e3, high = 1e9;
  for (int i = 0; i < 200; ++i) {
    const double middle = std::sqrt(low * high);
    (with(middle).amount_out(blind) < (1.0 - slippage) * blind ? low : high) = middle;
  }
  return high;
}

TEST(RestoreTargetAnyVenue, BlindSizingMissesAndThisDoesNot) {
  struct row {
    double slippage, blind_health;
  };
  int landed = 0;
  for (const auto& [slippage, blind] : {row{0.01, 1.240}, row{0.05, 1.202}, row{0.10, 1.158}}) {
    const auto pool = [](double depth) {
      return constant_product{.reserve_in = depth, .reserve_out = depth, .fee = {0.0}};
    };
    const auto eighty = [](double depth) {
      return weighted{
          .balance_in = depth, .balance_out = depth / 4.0, .weight_in = 0.8, .weight_out = 0.2, .fee = {0.0}};
    };
    const constant_product at = pool(depth_for(slippage, pool));
    expect_that_only_one_lands(at, blind, "constant product", landed);
    expect_that_only_one_lands(test_venue::unpieced<constant_product>{at}, blind, "only asked", landed);
    expect_that_only_one_lands(test_venue::kinked<constant_product>{at}, blind, "asked without a slope", landed);
    expect_that_only_one_lands(test_venue::unpromised<constant_product>{at}, blind, "not known to be concave", landed);
    expect_that_only_one_lands(liquidity::any_venue<weighted, constant_product>{at}, blind, "one of several kinds",
                               landed);
    expect_that_only_one_lands(eighty(depth_for(slippage, eighty)), blind, "weighted", landed);
    const two_pools_and_a_level together(
        depth_for(slippage, [](double depth) { return two_pools_and_a_level(depth); }));
    expect_that_only_one_lands(together.curve, blind, "aggregate", landed);
  }
  EXPECT_GE(landed, 14) << "at 10 % a pool has no more to give";
}

struct landing {
  int reached = 0, out_of_reach = 0, other = 0;
  long asked = 0;
};

// Sizes a random account through a venue and measures what that leaves: from the amounts alone, in 80 bits.
template <class V>
void expect_to_land(const V& venue, double fair, test::random_numbers& d, int i, landing& n) {
  ASSERT_EQ(venue.validate(), errc::ok) << i;
  const double held = 1e4, threshold = d.uniform(0.5, 0.9);
  cases::worked w(held, held * fair * threshold / d.uniform(1.0, 1.2));
  w.model.table[0].threshold = threshold;
  w.price[0] = fair;
  auto p = w.problem(venue);
  p.target = d.uniform(1.2, 1.6);
  p.funding = {i % 2 == 0 ? funding_mode::flash_debt : funding_mode::flash_collateral, {d.uniform(0.0, 10.0)}};
  const restore_target sizer{.max_slippage = basis_points{3000.0}};
  const auto root = sizer.root(p);
  const auto s = sizer.size(p);
  const auto health = [&](double x) {
    const auto t = sizer.at_size(p, x);
    const long double debt = static_cast<long double>(w.account[1].debt) + t.debt_change;
    return debt > 0 ? static_cast<long double>(threshold) * fair *
                          (static_cast<long double>(held) + t.collateral_change) / debt
                    : static_cast<long double>(infinity);
  };
  if (s.has_value()) {
    ++n.reached, n.asked += root.evaluations;
    const long double kappa = w.account[1].debt / (w.account[1].debt + s.trade.debt_change);
    const long double off = health(s.trade.sold) / p.target - 1;
    ASSERT_GE(off, -2 * cases::eps * kappa) << i;
    ASSERT_LE(off, 1e-12L + 16 * cases::eps * kappa) << i;
    ASSERT_LT(health(s.trade.sold * (1 - 1e-8)), p.target) << i << ": the least size";
    ASSERT_GE(sizer.best(p).health_after, p.target) << i << ": in reach by a margin";
  } else if (s.binding == limit::depth || s.binding == limit::pole) {
    ++n.out_of_reach;
    ASSERT_LT(sizer.best(p).health_after, p.target) << i << ": out of reach by a margin";
    ASSERT_NEAR(sizer.best(p).health_after, s.best_health, 1e-12 * s.best_health) << i;
    ASSERT_EQ(s.status == errc::no_convergence, !is_concave<V>()) << i << ' ' << name(s.status);
    for (int k = 1; k <= 100; ++k)
      ASSERT_LE(health(0.01 * k * held), s.best_health * (1 + (is_concave<V>() ? 1e-9L : 1e-5L))) << i << ' ' << k;
  } else {
    ++n.other;
  }
}

TEST(RestoreTargetAnyVenue, LandsOnTheTargetThroughEveryKind) {
  test::random_numbers d(808);
  landing stable, moving, square_root, linear, ticks;
  std::array<liquidity::tick_node, 32> nodes{};
  for (int i = 0; i < 4000; ++i) {
    const double fair = d.log_uniform(0.01, 1e4), depth = 1e4 * d.log_uniform(0.5, 300.0);
    liquidity::stable_pool pool{.coins = 2 + d.below(3), .amplification = d.log_uniform(5.0, 2000.0)};
    for (double& balance : pool.balances) balance = depth * fair * d.log_uniform(0.3, 3.0);
    pool.rates[0] = fair * d.uniform(0.98, 1.02);
    const auto curve = liquidity::stable_swap::of(pool, 0, 1);
    const auto dynamic = liquidity::stable_swap_dynamic_fee::of(pool, 0, 1, d.uniform(1.0, 20.0));
    ASSERT_TRUE(curve.has_value() && dynamic.has_value());
    expect_to_land(*curve, fair, d, i, stable);
    if (i % 8 == 0) expect_to_land(*dynamic, fair, d, i, moving);
    expect_to_land(liquidity::power_impact{.price = fair,
                                           .volume = depth,
                                           .strength = d.log_uniform(0.01, 0.5),
                                           .exponent = d.uniform(0.3, 1.5),
                                           .traded = i % 3 == 0 ? 0.0 : depth * d.uniform(0.0, 0.1)},
                   fair, d, i, square_root);
    expect_to_land(liquidity::quadratic_impact{.price = fair, .depth = 4.0 * depth}, fair, d, i, linear);
    if (i % 4 != 0) continue;
    std::array<liquidity::initialised_tick, 32> at{};
    const int middle = static_cast<int>(std::floor(std::log(fair) / std::log(1.0001)));
    for (int k = 0; k < 16; ++k) {
      const double size = std::sqrt(fair) * depth * d.log_uniform(0.1, 10.0);
      at[static_cast<std::size_t>(15 - k)] = {middle - 200 * (k + 1), size};
      at[static_cast<std::size_t>(16 + k)] = {middle + 200 * (k + 1), -size};
    }
    const auto table = liquidity::build_tick_table(at, nodes);
    ASSERT_TRUE(table.has_value());
    expect_to_land(liquidity::concentrated{.ticks = *table, .sqrt_price = std::sqrt(fair), .fee = {5.0}}, fair, d, i,
                   ticks);
    if (HasFatalFailure()) return;
  }
  const auto report = [](const char* what, const landing& n) {
    std::printf("%s: %d reached, asked %.2f times each, %d out of reach, %d kept short by another limit\n", what,
                n.reached, static_cast<double>(n.asked) / n.reached, n.out_of_reach, n.other);
    EXPECT_GT(n.reached, 50) << what;
  };
  report("stable swap", stable);
  report("stable swap with a moving fee", moving);
  report("power impact", square_root);
  report("quadratic impact", linear);
  report("ticks", ticks);
}

template <class V>
void expect_cheapest(const V& venue, const sizing::problem<V>& p, const restore_target& sizer, int& sold_on, int i) {
  restore_target cheap = sizer;
  cheap.cheapest = true;
  const auto least = sizer.size(p), best = cheap.size(p);
  ASSERT_EQ(least.status, best.status) << i;
  if (!least.has_value()) return;
  ASSERT_GE(best.trade.sold, least.trade.sold) << i;
  ASSERT_GE(best.trade.health_after, p.target) << i;
  ASSERT_LE(best.trade.health_after, p.band_high) << i;
  ASSERT_LE(best.trade.cost.total(), least.trade.cost.total()) << i;
  sold_on += best.trade.sold > least.trade.sold;
  // No other size that reaches the target, keeps to the band and may be made costs less.
  const double scale = p.fair_rate * best.trade.sold * 1e-9;
  for (int k = 0; k <= 200; ++k) {
    const double x = least.trade.sold * std::pow(10.0, 2.0 * k / 200.0);
    const auto t = sizer.at_size(p, x);
    if (-t.collateral_change > p.liquidation.collateral.find(p.collateral)->amount) break;
    if (t.expected_out < t.min_out) break;
    if (t.min_out >= p.liquidation.debt.find(p.debt)->amount) break;  // the loan, and its premium, grow no more
    if (t.health_after < p.target || t.health_after > p.band_high) continue;
    if (sizer.objection_to(p, t).why != errc::ok || t.flash > p.debt_limits.flash_loan_room()) continue;
    ASSERT_GE(t.cost.total(), best.trade.cost.total() - scale) << i << ": " << x << " instead of " << best.trade.sold;
  }
  (void)venue;
}

TEST(RestoreTargetAnyVenue, AVenueThatPaysMoreThanTheFairPriceIsSoldToUpToThere) {
  test::random_numbers d(314);
  int sold_on = 0;
  for (int i = 0; i < 3000; ++i) {
    const cases::worked w(10000.0, d.uniform(6700.0, 7900.0));
    const double depth = d.log_uniform(2e4, 1e7), above = d.uniform(0.99, 1.04);
    const constant_product pool{.reserve_in = depth, .reserve_out = depth * above};
    const weighted bent{.balance_in = depth, .balance_out = depth * above * 0.25, .weight_in = 0.8, .weight_out = 0.2};
    restore_target sizer{.max_slippage = basis_points{2500.0}};
    const auto set = [&](auto p) {
      p.funding = {static_cast<funding_mode>(1 + i % 2), {d.uniform(0.0, 20.0)}};
      if (d.below(3) == 0) p.band_high = d.uniform(1.26, 1.5);
      if (d.below(4) == 0) p.debt_limits.flash_loan_available = d.uniform(2000.0, 9000.0);
      return p;
    };
    if (i % 2 == 0) {
      expect_cheapest(pool, set(w.problem(pool)), sizer, sold_on, i);
    } else {
      expect_cheapest(bent, set(w.problem(bent)), sizer, sold_on, i);
    }
    if (HasFatalFailure()) return;
  }
  std::printf("sold on: %d of 3000\n", sold_on);
  EXPECT_GT(sold_on, 500);
}

TEST(RestoreTargetAnyVenue, TheBandsOtherEdgeIsNeverCrossed) {
  const cases::worked w;
  const constant_product pool{.reserve_in = 1e6, .reserve_out = 1.1e6};
  auto p = w.problem(pool);
  p.band_high = 1.24;
  EXPECT_EQ(wide.size(p).status, errc::bad_configuration) << "a target above the band";
  p.band_high = std::nan("");
  EXPECT_EQ(wide.size(p).status, errc::bad_configuration);
  p.band_high = 1.3;
  restore_target cheap = wide;
  cheap.cheapest = true;
  const auto s = cheap.size(p);
  ASSERT_TRUE(s.has_value());
  EXPECT_LE(s.trade.health_after, 1.3);
  EXPECT_NEAR(s.trade.health_after, 1.3, 1e-9) << "up to the edge: the pool pays 10 % too much";
  const auto beyond = cheap.at_size(p, s.trade.sold * 1.01);
  EXPECT_EQ(cheap.objection_to(p, beyond).why, errc::infeasible);
  EXPECT_EQ(cheap.objection_to(p, beyond).binding, limit::band);
}

TEST(RestoreTargetAnyVenue, WhatIsNotProvenIsNotCalledInfeasible) {
  const cases::worked w;
  const constant_product thin{.reserve_in = 4000.0, .reserve_out = 4000.0};
  const restore_target careless{.max_slippage = basis_points{5000.0}};
  const test_venue::unpromised<constant_product> looked_at{thin};
  const auto proven = careless.size(w.problem(thin));
  const auto seen = careless.size(w.problem(looked_at));
  EXPECT_EQ(proven.status, errc::infeasible);
  EXPECT_TRUE(proven.proven);
  EXPECT_EQ(seen.status, errc::no_convergence);
  EXPECT_FALSE(seen.proven);
  EXPECT_EQ(seen.binding, proven.binding);
  EXPECT_NEAR(seen.best_health, proven.best_health, 1e-9);
  EXPECT_GT(seen.trade.sold, 0.0);
}

TEST(RestoreTargetAnyVenue, APoolThatPaysMoreForMoreReachesWhatItsFirstUnitDoesNot) {
  // The first unit pays 0.6, below 0.83/1.25 = 0.664: a pole, to whoever trusts the slope.
  const test_venue::rebate venue{
      .pool = {.reserve_in = 1e6, .reserve_out = 1e6, .fee = {0.0}}, .most = 0.4, .half = 50.0};
  const cases::worked w;
  const auto p = w.problem(venue);
  ASSERT_LT(p.target * venue.marginal_price(0.0).value, 0.83);
  const auto s = wide.size(p);
  ASSERT_TRUE(s.has_value()) << name(s.status) << ' ' << name(s.binding);
  EXPECT_FALSE(s.proven);
  EXPECT_GE(s.trade.health_after, 1.25);
  EXPECT_LE(s.trade.health_after, 1.25 * (1 + 1e-12));
  EXPECT_LT(wide.at_size(p, 0.999 * s.trade.sold).health_after, 1.25);
}

// A pool whose gas grows with every tick, paid from the proceeds: the size carries its own gas, and no smaller one
// does.
TEST(RestoreTargetAnyVenue, TheGasIsThatOfTheSize) {
  std::array<liquidity::initialised_tick, 32> at{};
  std::array<liquidity::tick_node, 32> nodes{};
  for (int k = 0; k < 16; ++k) {
    at[static_cast<std::size_t>(15 - k)] = {-15 * (k + 1), 3e4};
    at[static_cast<std::size_t>(16 + k)] = {15 * (k + 1), -3e4};
  }
  const auto table = liquidity::build_tick_table(at, nodes);
  ASSERT_TRUE(table.has_value());
  const liquidity::concentrated pool{
      .ticks = *table, .sqrt_price = 1.0, .fee = {5.0}, .gas_units = 1e5, .gas_per_tick = 2e4};
  test::random_numbers d(31000);
  int crossing = 0, dear = 0;
  for (int i = 0; i < 500; ++i) {
    const cases::worked w(10000.0, d.uniform(6650.0, 7300.0));
    auto p = w.problem(pool);
    p.funding = {static_cast<funding_mode>(i % 3), {5.0}};
    p.gas = {.transaction_gas = 4e5,
             .price_native = d.log_uniform(1e-6, 3e-4),
             .paid_from = gas_payer::proceeds,
             .native = price_slot{2}};
    const auto s = wide.size(p);
    if (!s.has_value()) {
      ++dear;
      continue;
    }
    const double gas = (4e5 + pool.gas(s.trade.sold)) * p.gas.price_native;
    ASSERT_NEAR(s.trade.gas_in_kind, gas, 1e-12 * gas) << i;
    ASSERT_EQ(s.trade.cost.gas, s.trade.gas_in_kind) << i;
    crossing += pool.gas(s.trade.sold) > pool.gas(1e-9);
    ASSERT_GE(s.trade.health_after, 1.25) << i;
    ASSERT_LE(s.trade.health_after, 1.25 * (1 + 1e-12)) << i;
    for (int k = 1; k <= 200; ++k)
      ASSERT_LT(wide.at_size(p, s.trade.sold * (1 - 1e-8) * k / 200.0).health_after, 1.25) << i << ' ' << k;
    // From the tank: what pays for the first unit may not pay for all ticks.
    auto q = p;
    q.gas.paid_from = gas_payer::tank;
    const auto from_tank = wide.size(q);
    ASSERT_TRUE(from_tank.has_value()) << i;
    q.gas.tank_native = q.gas.fee_native(pool.gas(from_tank.trade.sold)) * (1 - 1e-9);
    EXPECT_EQ(wide.size(q).status, errc::gas_tank) << i;
    q.gas.tank_native *= 1 + 2e-9;
    EXPECT_TRUE(wide.size(q).has_value()) << i;
  }
  std::printf("gas by the tick: %d cross at least one, %d out of reach\n", crossing, dear);
  EXPECT_GT(crossing, 100);
  EXPECT_LT(dear, 250);
}

TEST(RestoreTargetAnyVenue, ChunksOfAnyVenue) {
  const cases::worked w;
  const constant_product pool{.reserve_in = 1e5, .reserve_out = 1e5, .fee = {1.0}};
  const test_venue::unpieced<constant_product> asked{pool};
  const sizing::in_chunks pieces{wide, {1.0}, 8};
  const auto known = pieces.size(w.problem(pool)), s = pieces.size(w.problem(asked));
  ASSERT_TRUE(known.has_value() && s.has_value());
  EXPECT_EQ(known.binding, limit::chunk);
  EXPECT_EQ(s.binding, limit::chunk);
  EXPECT_NEAR(s.trade.sold, known.trade.sold, 1e-9 * known.trade.sold);
}

// Gas that grows with the size and comes out of the proceeds takes from the limits too.
TEST(RestoreTargetAnyVenue, WhatIsReturnedMayBeMadeWithItsOwnGas) {
  test::random_numbers d(4712);
  int sold_on = 0, short_of = 0;
  for (int i = 0; i < 4000; ++i) {
    std::array<liquidity::book_level, 5> bids{};
    double price = d.uniform(0.97, 1.12);
    for (auto& level : bids) level = {price, d.log_uniform(10.0, 5000.0)}, price *= d.uniform(0.95, 1.0);
    std::array<liquidity::book_node, 5> levels{};
    ASSERT_TRUE(liquidity::build_order_book(bids, levels).has_value());
    const liquidity::order_book book{.levels = levels, .gas_units = 5e4, .gas_per_level = 5e5};
    const cases::worked w;
    auto p = w.problem(book);
    p.target = 1.0641025641025641 * (1.0 + d.log_uniform(1e-9, 0.5));
    p.funding = {i % 2 == 0 ? funding_mode::flash_debt : funding_mode::flash_collateral, {d.uniform(0.0, 20.0)}};
    if (d.below(2) == 0) p.withdrawal = withdrawal_check::borrow_form;
    if (d.below(2) == 0) p.debt_limits.flash_loan_available = d.log_uniform(100.0, 8000.0);
    p.gas = {.transaction_gas = 1e5, .price_native = 1e-5, .paid_from = gas_payer::proceeds, .native = {1}};
    const restore_target sizer{.max_slippage = {d.uniform(100.0, 3000.0)}, .cheapest = d.below(2) == 0};
    const auto s = sizer.size(p);
    if (!(s.trade.sold > 0.0)) continue;
    (s.has_value() ? sold_on : short_of) += 1;
    const auto& t = s.trade;
    ASSERT_LE(t.health_after, s.has_value() ? infinity : p.target) << i;
    if (p.funding.mode == funding_mode::flash_debt) {
      ASSERT_LE(t.flash, p.debt_limits.flash_loan_room()) << i;
    }
    const double back =
        t.min_out - t.gas_in_kind - (p.funding.mode == funding_mode::flash_debt ? t.flash_premium : 0.0);
    if (p.withdrawal == withdrawal_check::borrow_form) {
      ASSERT_GE(health_factor_after(p.borrow, p.prices, {p.collateral, t.collateral_change, p.debt, -back}), 1.0) << i;
    }
  }
  EXPECT_GT(sold_on, 1000);
  EXPECT_GT(short_of, 200);
}

// One whose average price rises with the size, up to a last one.
struct capped_rebate : test_venue::rebate {
  [[nodiscard]] static constexpr double capacity() { return 8000.0; }
  [[nodiscard]] constexpr capped_rebate after(double x) const noexcept { return {rebate::after(x)}; }
};

TEST(RestoreTargetAnyVenue, NoTradeAsksForMoreThanTheVenueIsSeenToPay) {
  const cases::worked w;
  const capped_rebate venue{{{.reserve_in = 1e6, .reserve_out = 1e6}, 0.3, 300.0}};
  auto p = w.problem(venue);
  int reached = 0;
  for (double target = 1.065; target < 1.3; target += 0.005)
    for (const double slippage : {300.0, 1000.0, 1500.0}) {
      p.target = target;
      const auto s = restore_target{.max_slippage = {slippage}}.size(p);
      reached += s.has_value();
      EXPECT_GE(s.trade.expected_out, s.trade.min_out) << target;
      EXPECT_FALSE(s.proven) << target;
      EXPECT_TRUE(s.has_value() || s.status == errc::no_convergence) << name(s.status);
      const auto lev = sizing::leverage_up{.max_slippage = {slippage}};
      auto up = cases::worked(10000.0, 6500.0).problem(venue);
      up.target = 1.25;
      const auto l = lev.size(up);
      EXPECT_TRUE(!l.has_value() || l.trade.expected_out >= l.trade.min_out);
      EXPECT_TRUE(l.has_value() || l.status == errc::no_convergence || l.binding != limit::slippage);
    }
  EXPECT_GT(reached, 50);
}

TEST(RestoreTargetAnyVenue, AProceedsPaidGasThatTakesTheMinimumOutputIsDust) {
  // Far above the fair price: what comes in pays for gas and target, the minimum output not even for gas.
  const cases::worked w;
  const constant_product rich{.reserve_in = 1e6, .reserve_out = 3e6};
  auto p = w.problem(rich);
  p.gas = {.transaction_gas = 5e5, .price_native = 1e-5, .paid_from = gas_payer::proceeds, .native = {1}};
  p.target = health_factor(p.liquidation, p.prices) * (1.0 + 1e-9);
  const auto s = wide.size(p);
  EXPECT_EQ(s.status, errc::dust) << name(s.status) << " " << name(s.binding);
  EXPECT_EQ(s.trade.sold, 0.0);
}

}  // namespace

namespace laws {

struct restore_weighted {
  static constexpr auto sizer() {
    return trimtab::sizing::restore_target{.max_slippage = trimtab::basis_points{1000.0}};
  }
  static auto venue(double scale) {
    return trimtab::liquidity::weighted{
        .balance_in = 2e5 * scale, .balance_out = 5e4 * scale, .weight_in = 0.8, .weight_out = 0.2};
  }
  static constexpr auto account(double scale) { return cases::worked(10000.0 * scale, 7800.0 * scale); }
  static constexpr double target() { return 1.25; }
};
struct restore_asked : restore_weighted {
  static constexpr auto venue(double scale) {
    return test_venue::kinked<trimtab::liquidity::constant_product>{
        {.reserve_in = 2e5 * scale, .reserve_out = 2e5 * scale}};
  }
};
struct restore_aggregate : restore_weighted {
  static auto venue(double scale) {
    static trimtab::liquidity::supply_room<8> room;
    const trimtab::liquidity::constant_product pool{.reserve_in = 1e5 * scale, .reserve_out = 1e5 * scale};
    const trimtab::liquidity::constant_price level{.price = 0.98, .cap = 500.0 * scale};
    return *trimtab::liquidity::build_supply_curve(room.memory(), pool, pool, level);
  }
};

INSTANTIATE_TYPED_TEST_SUITE_P(RestoreWeighted, SizerLaws, restore_weighted);
INSTANTIATE_TYPED_TEST_SUITE_P(RestoreAsked, SizerLaws, restore_asked);
INSTANTIATE_TYPED_TEST_SUITE_P(RestoreAggregate, SizerLaws, restore_aggregate);

}  // namespace laws
