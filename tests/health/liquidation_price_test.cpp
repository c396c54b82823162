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

TEST(LiquidationPrice, ANaNElsewhereIsUnreachable) {
  const double bad[] = {2000.0, std::numeric_limits<double>::quiet_NaN()};
  EXPECT_EQ(liquidation_price(long_position(), oracle_prices<double>(bad), {0}).side, liquidation_side::unreachable);
}

}  // namespace
}  // namespace trimtab
