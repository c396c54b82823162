// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/health/health_factor.hpp>
#include <trimtab/health/liquidation_price.hpp>

#include "support/random.hpp"
#include "support/tolerance.hpp"
#include <array>
#include <cmath>

namespace trimtab {
namespace {

using T = test::tolerance<double>;

// 10 of an asset at a weight of ½ against 8000: liquidatable below 1600.
constexpr form<> long_position() {
  form<> f;
  static_cast<void>(f.collateral.add({10.0, 0.5, {0}, {1}}));
  static_cast<void>(f.debt.add({8000.0, 1.0, {1}, {2}}));
  return f;
}
constexpr double quoted[] = {2000.0, 1.0};
constexpr oracle_prices<double> prices{quoted};
constexpr liquidation_point falling = liquidation_price(long_position(), prices, {0});
static_assert(falling.side == liquidation_side::danger_below && falling.price == 1600.0 && !falling.already);
constexpr liquidation_point rising = liquidation_price(long_position(), prices, {1});
static_assert(rising.side == liquidation_side::danger_above && rising.price == 1.25 && !rising.already);
static_assert(liquidation_price(long_position(), prices, {5}).side == liquidation_side::unreachable);

TEST(LiquidationPrice, AtThePointHealthIsOne) {
  test::random_numbers random(20230310);
  int reached = 0;
  for (int i = 0; i < 3000; ++i) {
    form<> f;
    std::array<double, 3> p{};
    for (std::uint16_t k = 0; k < 3; ++k) {
      ASSERT_EQ(f.collateral.add({random.log_uniform(1e-2, 1e2), random.uniform(0.3, 0.9), {k}, {k}}), errc::ok);
      ASSERT_EQ(f.debt.add({random.log_uniform(1e-2, 1e2), random.uniform(1.0, 1.2), {k}, {k}}), errc::ok);
      p[k] = random.log_uniform(1e-2, 1e2);
    }
    const price_slot slot{static_cast<std::uint16_t>(random.below(3))};
    const liquidation_point point = liquidation_price(f, oracle_prices<double>(p), slot);
    EXPECT_EQ(point.already, health_factor(f, oracle_prices<double>(p)) < 1.0);
    if (point.side == liquidation_side::unreachable) {
      EXPECT_TRUE(std::isnan(point.price));
      continue;
    }
    ++reached;
    const auto gap_at = [&](double price) {  // headroom in units of what is added up
      auto moved = p;
      moved[slot.index] = price;
      const oracle_prices<double> there(moved);
      return headroom(f, there) / (weighted_value(f.collateral, there) + weighted_value(f.debt, there));
    };
    EXPECT_LE(std::fabs(gap_at(point.price)), T::sum) << i;
    const double worse = point.side == liquidation_side::danger_below ? 0.9 : 1.1;
    EXPECT_LT(gap_at(point.price * worse), 0.0) << i;
    EXPECT_GT(gap_at(point.price * (2.0 - worse)), 0.0) << i;
  }
  EXPECT_GT(reached, 1000);
}

TEST(LiquidationPrice, AnAccountBelowOneSaysSoAndStillNamesThePoint) {
  const double low[] = {1500.0, 1.0};
  const liquidation_point point = liquidation_price(long_position(), oracle_prices<double>(low), {0});
  EXPECT_TRUE(point.already);
  EXPECT_EQ(point.price, 1600.0);
}

TEST(LiquidationPrice, AtExactlyOneNothingHasHappenedYet) {
  const double at[] = {1600.0, 1.0};
  EXPECT_FALSE(liquidation_price(long_position(), oracle_prices<double>(at), {0}).already);
}

TEST(LiquidationPrice, WithoutDebtNoPriceIsDangerous) {
  form<> f = long_position();
  f.debt = {};
  EXPECT_EQ(liquidation_price(f, prices, {0}).side, liquidation_side::unreachable);
}

TEST(LiquidationPrice, ASlotOnBothSidesInEqualMeasureIsUnreachable) {
  form<> f = long_position();
  ASSERT_EQ(f.debt.add({5.0, 1.0, {0}, {1}}), errc::ok);
  EXPECT_EQ(liquidation_price(f, prices, {0}).side, liquidation_side::unreachable);
}

TEST(LiquidationPrice, OtherCollateralThatCoversEverythingMakesItUnreachable) {
  form<> f = long_position();
  ASSERT_EQ(f.collateral.add({9000.0, 1.0, {1}, {3}}), errc::ok);
  EXPECT_EQ(liquidation_price(f, prices, {0}).side, liquidation_side::unreachable);
}

TEST(LiquidationPrice, WhatCannotBeReadIsUnknownAndNeverSafe) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const auto expect_unknown = [](const liquidation_point& point) {
    EXPECT_EQ(point.side, liquidation_side::unknown);
    EXPECT_TRUE(point.already);
    EXPECT_TRUE(std::isnan(point.price));
    EXPECT_TRUE(std::isnan(point.move));
  };
  expect_unknown({});
  for (const price_slot slot : {price_slot{0}, price_slot{1}, price_slot{7}}) {
    for (const double bad : {nan, infinity, 0.0, -1.0}) {
      const double here[] = {bad, 1.0}, there[] = {2000.0, bad};
      expect_unknown(liquidation_price(long_position(), oracle_prices<double>(here), slot));
      expect_unknown(liquidation_price(long_position(), oracle_prices<double>(there), slot));
    }
    expect_unknown(liquidation_price(long_position(), oracle_prices<double>{}, slot));
    for (const double bad : {nan, infinity}) {
      form<> held = long_position(), owed = long_position(), weighed = long_position();
      held.collateral[0].amount = bad;
      owed.debt[0].amount = bad;
      weighed.collateral[0].weight = bad;
      for (const form<>& f : {held, owed, weighed}) expect_unknown(liquidation_price(f, prices, slot));
    }
    form<> huge = long_position();
    huge.collateral[0].amount = 1e308;
    expect_unknown(liquidation_price(huge, prices, slot));
  }
}

TEST(LiquidationPrice, EqualityIsAlreadyWhereTheProtocolSaysSo) {
  const double at[] = {1600.0, 1.0}, above[] = {std::nextafter(1600.0, 2000.0), 1.0};
  EXPECT_FALSE(liquidation_price(long_position(), oracle_prices<double>(at), {0}, boundary::below_one).already);
  EXPECT_TRUE(liquidation_price(long_position(), oracle_prices<double>(at), {0}, boundary::at_or_below_one).already);
  EXPECT_FALSE(
      liquidation_price(long_position(), oracle_prices<double>(above), {0}, boundary::at_or_below_one).already);
  EXPECT_EQ(liquidation_price(long_position(), oracle_prices<double>(at), {0}).move, 0.0);
}

TEST(LiquidationPrice, AnAccountThatNoPriceOfTheSlotCuresIsAlreadyAndUnreachable) {
  form<> f = long_position();
  f.collateral[0].weight = 0.0;
  const liquidation_point point = liquidation_price(f, prices, {0});
  EXPECT_TRUE(point.already);
  EXPECT_EQ(point.side, liquidation_side::unreachable);
}

TEST(LiquidationPrice, NearThePointTheDistanceKeepsItsDigits) {
  // 3 · 0.1 (as a double) against 0.3: the exact liquidation price is 0.3 / (3 · 0.1), a fraction of an ulp below 1.
  form<> f;
  ASSERT_EQ(f.collateral.add({3.0, 0.1, {0}, {}}), errc::ok);
  ASSERT_EQ(f.debt.add({0.3, 1.0, {1}, {}}), errc::ok);
  const double one[] = {1.0, 1.0};
  const liquidation_point point = liquidation_price(f, oracle_prices<double>(one), {0});
  const long double excess = 3.0L * 0.1 - 0.3;  // exact in 64 bits
  const auto expected = static_cast<double>(-excess / (3.0L * 0.1));
  EXPECT_LT(std::fabs(expected), 2.0 * T::epsilon);
  EXPECT_NE(expected, 0.0);
  EXPECT_TRUE(test::close(point.move, expected, T::formula)) << point.move << " " << expected;
  EXPECT_TRUE(test::close(log_distance(point, {1.0}), expected, T::formula));
}

TEST(LiquidationPrice, TheDistanceIsTheLogOfTheRatioFromNearToFar) {
  test::random_numbers random(20230311);
  for (int i = 0; i < 2000; ++i) {
    const double ratio = random.log_uniform(1e-12, 1e12);
    const double now[] = {1600.0 * ratio, 1.0};
    const liquidation_point point = liquidation_price(long_position(), oracle_prices<double>(now), {0});
    const double expected = static_cast<double>(std::log(1600.0L / static_cast<long double>(now[0])));
    EXPECT_LE(std::fabs(log_distance(point, {now[0]}) - expected), T::formula * std::fabs(expected)) << ratio;
    EXPECT_EQ(point.price, 1600.0);
  }
  EXPECT_TRUE(std::isnan(log_distance(liquidation_point{}, {1.0})));
}

TEST(LiquidationPrice, WhereBothSidesOfTheSlotNearlyCancelThePointIsStillThere) {
#if __LDBL_MANT_DIG__ < 64
  GTEST_SKIP() << "long double is no wider than double";
#endif
  test::random_numbers random(20230312);
  for (int i = 0; i < 2000; ++i) {
    const double held = random.log_uniform(1.0, 1e6), weight = random.uniform(0.5, 1.0);
    const double owed = held * weight * (1.0 - random.log_uniform(1e-12, 1e-2));
    form<> f;
    ASSERT_EQ(f.collateral.add({held, weight, {0}, {1}}), errc::ok);
    ASSERT_EQ(f.debt.add({owed, 1.0, {0}, {1}}), errc::ok);
    ASSERT_EQ(f.debt.add({1.0, 1.0, {1}, {2}}), errc::ok);
    const double p[] = {random.log_uniform(1e-3, 1e3), random.log_uniform(1e-3, 1e3)};
    const long double balance = static_cast<long double>(held) * weight, net = balance - owed;
    const auto expected = static_cast<double>(p[1] / net);
    // What 64 bits know of the difference.
    const double known = static_cast<double>(balance * 0x1p-64L / net);
    EXPECT_TRUE(test::close(liquidation_price(f, oracle_prices<double>(p), {0}).price, expected, T::formula + known));
  }
}

TEST(LiquidationPrice, BisectionFindsTheSamePoint) {
  test::random_numbers random(20230313);
  int reached = 0;
  for (int i = 0; i < 1000; ++i) {
    form<> f;
    std::array<double, 4> p{};
    for (std::uint16_t k = 0; k < 4; ++k) {
      if (k != 3) {
        ASSERT_EQ(f.collateral.add({random.log_uniform(1e-12, 1e12), random.uniform(0.3, 0.9), {k}, {k}}), errc::ok);
      }
      if (k != 0) {
        ASSERT_EQ(f.debt.add({random.log_uniform(1e-12, 1e12), random.uniform(1.0, 1.2), {k}, {k}}), errc::ok);
      }
      p[k] = random.log_uniform(1e-12, 1e9);
    }
    const price_slot slot{static_cast<std::uint16_t>(random.below(4))};
    form<long double> wide;
    std::array<long double, 4> there{p[0], p[1], p[2], p[3]};
    for (const term<>& t : f.collateral) static_cast<void>(wide.collateral.add({t.amount, t.weight, t.slot, t.asset}));
    for (const term<>& t : f.debt) static_cast<void>(wide.debt.add({t.amount, t.weight, t.slot, t.asset}));
    const auto health_at = [&](long double price) {
      there[slot.index] = price;
      return health_factor(wide, oracle_prices<long double>(there));
    };
    const liquidation_point point = liquidation_price(f, oracle_prices<double>(p), slot);
    long double low = 1e-40L, high = 1e40L;
    const bool low_safe = health_at(low) > 1.0L, high_safe = health_at(high) > 1.0L;
    if (low_safe == high_safe) {
      EXPECT_FALSE(point.price > 1e-39 && point.price < 1e39);
      continue;
    }
    ++reached;
    EXPECT_EQ(point.side, high_safe ? liquidation_side::danger_below : liquidation_side::danger_above);
    for (int step = 0; step < 200; ++step) {
      const long double middle = std::sqrt(low) * std::sqrt(high);
      ((health_at(middle) > 1.0L) == low_safe ? low : high) = middle;
    }
    // How far health is from telling the point: what is added up over what moves with the price.
    const double at[] = {p[0], p[1], p[2], p[3]};
    const double held = weighted_value(f.collateral, oracle_prices<double>(at));
    double net = 0.0;
    for (const term<>& t : f.collateral) net += t.slot == slot ? t.weight * t.amount : 0.0;
    for (const term<>& t : f.debt) net -= t.slot == slot ? t.weight * t.amount : 0.0;
    const double parts = held + weighted_value(f.debt, oracle_prices<double>(at));
    const double blur = 0x1p-60 * (1.0 + parts / (std::fabs(net) * point.price));
    if (!(blur < 1e-2)) continue;
    EXPECT_TRUE(test::close(point.price, static_cast<double>(low), T::formula + blur)) << i;
  }
  EXPECT_GT(reached, 300);
}

TEST(LiquidationPrice, AFormOfAnyLengthAndSinglePrecision) {
  std::array<term<float>, 40> held{};
  held.fill({1.0F, 0.5F, {0}, {1}});
  const std::array<term<float>, 1> owed{{{8.0F, 1.0F, {1}, {2}}}};
  const float p[] = {1.0F, 1.0F};
  const liquidation_point point =
      liquidation_price(form_view<float>{held, owed}, oracle_prices<float>(p), price_slot{0});
  EXPECT_EQ(point.price, static_cast<double>(0.4F));
  EXPECT_EQ(point.side, liquidation_side::danger_below);
}

}  // namespace
}  // namespace trimtab
