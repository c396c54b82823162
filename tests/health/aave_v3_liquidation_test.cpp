// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/health/aave_v3_liquidation.hpp>

#include "support/tolerance.hpp"
#include <cmath>

namespace trimtab {
namespace {

using health::aave_v3_liquidation;
using health::aave_v3_release;
using T = test::tolerance<double>;

// 10 of a collateral at 3000 against a debt at 1.
constexpr aave_v3_liquidation call(double owed, double health, double of_others = 0.0) {
  return {.held = 10.0,
          .owed = owed,
          .collateral_price = 3000.0,
          .debt_price = 1.0,
          .bonus = {500.0},
          .protocol_fee = {1000.0},
          .health = health,
          .all_debt_value = owed + of_others};
}
constexpr aave_v3_liquidation before_v3_3(aave_v3_liquidation c) {
  c.release = aave_v3_release::v3_2;
  return c;
}

static_assert(call(25'000.0, 0.96).closable() == 12'500.0);
static_assert(call(25'000.0, 0.95).closable() == 25'000.0, "at 0.95 exactly, everything");
static_assert(before_v3_3(call(25'000.0, 0.95)).closable() == 25'000.0);

TEST(AaveV3Liquidation, HalfOfTheWholePositionMayBeClosedUntilHealthIsNinetyFive) {
  EXPECT_EQ(call(25'000.0, std::nextafter(0.95, 1.0)).closable(), 12'500.0);
  EXPECT_EQ(call(10'000.0, 0.96, 15'300.0).closable(), 10'000.0) << "this reserve's debt is less than half of all";
  EXPECT_EQ(call(15'000.0, 0.96, 10'200.0).closable(), 12'600.0) << "half of 25,200";
}

TEST(AaveV3Liquidation, BeforeVersionThreeThreeTheHalfWasOfTheReserve) {
  EXPECT_EQ(before_v3_3(call(15'000.0, 0.96, 10'200.0)).closable(), 7500.0);
  EXPECT_EQ(before_v3_3(call(1300.0, 0.96)).closable(), 650.0) << "small positions too";
}

TEST(AaveV3Liquidation, SmallSidesMayBeClosedWhole) {
  EXPECT_EQ(call(1999.0, 0.96).closable(), 1999.0) << "debt below 2000";
  EXPECT_EQ(call(2000.0, 0.96).closable(), 1000.0);
  auto little = call(2500.0, 0.96);
  little.held = 0.66;
  EXPECT_EQ(little.closable(), 2500.0) << "collateral below 2000";
}

TEST(AaveV3Liquidation, TheNumbersMayBeOthers) {
  auto c = call(25'000.0, 0.92);
  c.close_factor = {.partial = {2000.0}, .full_at_or_below = 0.9, .minimum_leftover_base = 0.0};
  EXPECT_EQ(c.closable(), 5000.0);
  c.owed = 2100.0;
  c.all_debt_value = 5000.0;
  EXPECT_TRUE(c.seize(2000.0).has_value()) << "a hundred may be left";
}

TEST(AaveV3Liquidation, TheWorkedCallTakesWhatTheContractTakes) {
  // v3.6: 412992480636560260 to the liquidator and a fee of 1976040577208422.
  const aave_v3_liquidation worked{.held = 3.0,
                                   .owed = 8000.0,
                                   .collateral_price = 3123.45678901,
                                   .debt_price = 0.99987654,
                                   .bonus = {500.0},
                                   .protocol_fee = {1000.0},
                                   .health = 0.97,
                                   .all_debt_value = 8000.0};
  const auto out = worked.seize(1234.567891);
  ASSERT_TRUE(out.has_value());
  EXPECT_NEAR(out->seized - out->protocol_fee, 0.412992480636560260, 2e-16);
  EXPECT_NEAR(out->protocol_fee, 0.001976040577208422, 2e-16);
}

TEST(AaveV3Liquidation, NoDustIsLeftOnBothSides) {
  EXPECT_EQ(call(27'000.0, 0.92).seize(26'500.0).error(), errc::dust) << "500 of debt would be left";
  EXPECT_TRUE(call(27'000.0, 0.92).seize(26'000.0).has_value()) << "1000 is enough";
  EXPECT_TRUE(call(27'000.0, 0.92).seize(27'000.0).has_value()) << "nothing of it is left";
  EXPECT_TRUE(before_v3_3(call(27'000.0, 0.92)).seize(26'500.0).has_value());
  // 28,000·1.05 of 30,000 is left 600 of collateral, and 1500 of debt.
  EXPECT_EQ(call(29'500.0, 0.85).seize(28'000.0).error(), errc::dust);
}

TEST(AaveV3Liquidation, WhatNoCollateralCoversIsWrittenOffSinceVersionThreeThree) {
  const auto out = call(30'000.0, 0.8).seize(infinity);
  ASSERT_TRUE(out.has_value());
  EXPECT_EQ(out->seized, 10.0);
  EXPECT_TRUE(test::close(out->repaid, 30'000.0 / 1.05, T::formula));
  EXPECT_TRUE(test::close(out->bad_debt + out->repaid, 30'000.0, T::formula));
  EXPECT_EQ(out->debt_left, 0.0);
  EXPECT_TRUE(out->all_debt_written_off);
  auto among_others = call(30'000.0, 0.8);
  among_others.only_collateral = false;
  EXPECT_EQ(among_others.seize(infinity)->bad_debt, 0.0);
  EXPECT_GT(among_others.seize(infinity)->debt_left, 0.0);
  EXPECT_FALSE(among_others.seize(infinity)->all_debt_written_off);
  EXPECT_EQ(before_v3_3(call(30'000.0, 0.8)).seize(infinity)->bad_debt, 0.0);
}

}  // namespace
}  // namespace trimtab
