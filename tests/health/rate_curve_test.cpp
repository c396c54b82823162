// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/health/rate_curve.hpp>

#include "support/random.hpp"
#include "support/scalar_archetype.hpp"
#include "support/tolerance.hpp"
#include <cmath>
#include <limits>
#include <type_traits>

namespace trimtab {
namespace {

using health::aave_rate_strategy;
using health::aave_rate_strategy_v2;
using health::aave_reserve_state;
using health::comet_rate_curve;
using health::kinked_rate;
using T = test::tolerance<double>;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

// Half used at the kink, 2⁻⁵ there, 1 + 2⁻⁵ at full usage.
constexpr kinked_rate curve{.optimal_usage = 0.5, .base = 0.0, .slope1 = 0x1p-5, .slope2 = 1.0};
static_assert(curve.at(0.0) == 0.0 && curve.at(0.25) == 0x1p-6 && curve.at(0.5) == 0x1p-5);
static_assert(curve.at(0.75) == 0.5 + 0x1p-5 && curve.at(1.0) == 1.0 + 0x1p-5);
// Corners of the kink: at no usage and at full usage, both finite.
static_assert(kinked_rate{.optimal_usage = 1.0, .slope1 = 0.5, .slope2 = 9.0}.at(1.0) == 0.5);
static_assert(kinked_rate{.optimal_usage = 0.0, .slope1 = 0.5, .slope2 = 1.0}.at(0.0) == 0.0);
static_assert(kinked_rate{.optimal_usage = 0.0, .slope1 = 0.5, .slope2 = 1.0}.at(0.5) == 1.0);
static_assert(kinked_rate{.optimal_usage = 1.5}.validate() == errc::bad_configuration);
static_assert(kinked_rate{.base = -0.1}.validate() == errc::bad_configuration);
static_assert(kinked_rate{.slope2 = nan}.validate() == errc::not_finite);
static_assert(curve.validate() == errc::ok);
static_assert(health::comet_utilisation(200.0, 50.0) == 0.25 && health::comet_utilisation(0.0, 50.0) == 0.0);
static_assert(requires(test::archetype a) {
  curve.at(a);
  health::comet_utilisation(a, a);
});
static_assert(std::is_trivially_copyable_v<aave_rate_strategy> && std::is_trivially_copyable_v<comet_rate_curve>);

constexpr aave_rate_strategy_v2 usdc{.optimal_usage = 9000_bps, .base = 0_bps, .slope1 = 600_bps, .slope2 = 6000_bps};

TEST(RateCurve, WorkedFiguresOfAnAaveReserve) {
  // 45 of 100 lent out, half of the kink: 3 % for debt, 3 % · 45 % · 90 % for supply.
  const auto calm = usdc.rates({.available = 55.0, .variable_debt = 45.0, .reserve_factor = 1000_bps});
  ASSERT_TRUE(calm.has_value());
  EXPECT_TRUE(test::close(calm->variable_borrow, 0.03, T::formula));
  EXPECT_TRUE(test::close(calm->liquidity, 0.01215, T::formula));
  EXPECT_EQ(calm->stable_borrow, 0.0);
  // 95 of 100: 6 % + 60 % · ½.
  const auto tight = usdc.rates({.available = 5.0, .variable_debt = 95.0, .reserve_factor = 1000_bps});
  ASSERT_TRUE(tight.has_value());
  EXPECT_TRUE(test::close(tight->variable_borrow, 0.36, T::formula));
  EXPECT_TRUE(test::close(tight->liquidity, 0.36 * 0.95 * 0.9, T::formula));
  const auto idle = usdc.rates({.available = 100.0});
  ASSERT_TRUE(idle.has_value());
  EXPECT_TRUE(idle->variable_borrow == 0.0 && idle->liquidity == 0.0);
  const auto empty = usdc.rates({});
  ASSERT_TRUE(empty.has_value());
  EXPECT_TRUE(empty->variable_borrow == 0.0 && empty->liquidity == 0.0);
}

TEST(RateCurve, WorkedFiguresOfTheStableRate) {
  const aave_rate_strategy strategy{.variable = {.optimal_usage = 0.8, .base = 0.01, .slope1 = 0.04, .slope2 = 0.75},
                                    .stable_slope1 = 0.005,
                                    .stable_slope2 = 0.75,
                                    .base_stable_offset = 0.02,
                                    .stable_excess_offset = 0.05,
                                    .optimal_stable_share = 0.2};
  // 40 of 100, a quarter of the debt stable: u/u* = ½, excess share 1/16.
  const auto r = strategy.rates({.available = 60.0,
                                 .unbacked = 25.0,
                                 .stable_debt = 10.0,
                                 .variable_debt = 30.0,
                                 .average_stable_rate = 0.07,
                                 .reserve_factor = 2000_bps});
  ASSERT_TRUE(r.has_value());
  EXPECT_TRUE(test::close(r->variable_borrow, 0.03, T::formula));
  EXPECT_TRUE(test::close(r->stable_borrow, 0.06 + 0.0025 + 0.05 / 16.0, T::formula));
  EXPECT_TRUE(test::close(r->liquidity, (30.0 * 0.03 + 10.0 * 0.07) / 125.0 * 0.8, T::formula));
}

TEST(RateCurve, RatesRiseWithDebtAndSupplyNeverEarnsMoreThanDebtPays) {
  test::random_numbers random(20190101);
  for (int i = 0; i < 20'000; ++i) {
    const kinked_rate k{random.uniform(0.01, 0.99), random.uniform(0.0, 0.1), random.uniform(0.0, 0.3),
                        random.uniform(0.0, 5.0)};
    const aave_rate_strategy_v2 strategy{to_basis_points(k.optimal_usage), to_basis_points(k.base),
                                         to_basis_points(k.slope1), to_basis_points(k.slope2)};
    const double available = random.log_uniform(1e-6, 1e12), debt = random.log_uniform(1e-6, 1e12);
    const basis_points factor{random.uniform(0.0, 1e4)};
    const auto less = strategy.rates({.available = available, .variable_debt = debt, .reserve_factor = factor});
    const auto more = strategy.rates({.available = available, .variable_debt = debt * 1.01, .reserve_factor = factor});
    ASSERT_TRUE(less.has_value() && more.has_value());
    const double slack = 1.0 + T::route;
    EXPECT_LE(less->variable_borrow, more->variable_borrow * slack);
    EXPECT_LE(less->liquidity, less->variable_borrow * slack);
    EXPECT_LE(less->liquidity * (available + debt), debt * less->variable_borrow * slack);
    // By hand, in long double.
    const long double d = debt, u = d / (static_cast<long double>(available) + d), o = k.optimal_usage;
    const long double rate = u > o ? k.base + k.slope1 + k.slope2 * (u - o) / (1.0L - o) : k.base + k.slope1 * u / o;
    EXPECT_TRUE(test::within(less->variable_borrow, static_cast<double>(rate), 1e-13 * (1.0 + k.slope2)));
  }
}

TEST(RateCurve, BadStatesAreNamed) {
  const aave_reserve_state good{.available = 1.0, .variable_debt = 1.0};
  const auto refused = [&](auto change) {
    aave_reserve_state s = good;
    change(s);
    return usdc.rates(s).error();
  };
  EXPECT_EQ(refused([](aave_reserve_state&) {}), errc::ok);
  EXPECT_EQ(refused([](aave_reserve_state& s) { s.available = nan; }), errc::not_finite);
  EXPECT_EQ(refused([](aave_reserve_state& s) { s.variable_debt = infinity; }), errc::not_finite);
  EXPECT_EQ(refused([](aave_reserve_state& s) { s.unbacked = -1.0; }), errc::negative_amount);
  EXPECT_EQ(refused([](aave_reserve_state& s) { s.reserve_factor = 10'001_bps; }), errc::bad_configuration);
  EXPECT_EQ(refused([](aave_reserve_state& s) { s.stable_debt = 1.0; }), errc::bad_configuration);
  EXPECT_EQ(aave_rate_strategy_v2{.optimal_usage = {nan}}.rates(good).error(), errc::not_finite);
  EXPECT_EQ(aave_rate_strategy_v2{.optimal_usage = 10'001_bps}.rates(good).error(), errc::bad_configuration);

  aave_rate_strategy early{.variable = {.optimal_usage = 0.0, .slope1 = 0.1, .slope2 = 0.1}};
  EXPECT_TRUE(early.rates(good).has_value());
  EXPECT_EQ(early.rates({.available = 1.0}).error(), errc::bad_configuration) << "the contract divides by zero";
  early.variable.optimal_usage = 0.5;
  EXPECT_TRUE(early.rates({.available = 1.0}).has_value());
  early.base_stable_offset = -1.0;
  EXPECT_EQ(early.rates(good).error(), errc::bad_configuration);
  early.base_stable_offset = nan;
  EXPECT_EQ(early.rates(good).error(), errc::not_finite);
  early.base_stable_offset = 0.0;
  early.optimal_stable_share = 1.5;
  EXPECT_EQ(early.rates(good).error(), errc::bad_configuration);
}

TEST(RateCurve, WorkedFiguresOfComet) {
  // Integers of 10⁻¹⁸ a second: base 100, low 1001 per unit, high 5001 beyond a kink at ½.
  const comet_rate_curve c{.kink = 0.5, .base = 100e-18, .slope_low = 1001e-18, .slope_high = 5001e-18};
  const auto units = [&](double u) { return c.at(u).value_or(nan) * 1e18; };
  EXPECT_TRUE(test::close(units(0.0), 100.0, T::formula));
  EXPECT_TRUE(test::close(units(0.25), 350.0, T::formula)) << "250.25 is floored";
  EXPECT_TRUE(test::close(units(0.5), 600.0, T::formula));
  EXPECT_TRUE(test::close(units(0.75), 600.0 + 1250.0, T::formula));
  EXPECT_TRUE(test::close(units(1.0), 600.0 + 2500.0, T::formula));
  EXPECT_TRUE(test::close(units(1.5), 600.0 + 5001.0, T::formula)) << "a whole product stays whole; usage may exceed 1";
  EXPECT_EQ(c.at(-0.1).error(), errc::negative_amount);
  EXPECT_EQ(c.at(nan).error(), errc::not_finite);
  EXPECT_EQ((comet_rate_curve{.base = -1.0}.at(0.5).error()), errc::bad_configuration);
  EXPECT_EQ((comet_rate_curve{.slope_high = infinity}.at(0.5).error()), errc::not_finite);
}

// Full usage, and the kink itself: products that are whole in the contract's integers must not lose a unit to a double.
TEST(RateCurve, WholeProductsOfCometStayWhole) {
  test::random_numbers random(20220826);
  for (int i = 0; i < 20'000; ++i) {
    const auto low = static_cast<double>(2 * random.below(50'000'000'000)),
               high = static_cast<double>(random.below(100'000'000'000));
    const comet_rate_curve c{.kink = 0.5, .slope_low = low / 1e18, .slope_high = high / 1e18};
    EXPECT_TRUE(test::close(*c.at(0.5) * 1e18, low / 2.0, T::formula)) << low;
    EXPECT_TRUE(test::close(*c.at(1.5) * 1e18, low / 2.0 + high, T::formula)) << low << " " << high;
  }
}

}  // namespace
}  // namespace trimtab
