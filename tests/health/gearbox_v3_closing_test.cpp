// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/health/gearbox_v3_closing.hpp>

#include "support/tolerance.hpp"
#include <array>
#include <limits>

namespace trimtab {
namespace {

using T = test::tolerance<double>;

constexpr asset_id usdc{0}, steth{1};
constexpr std::array<health::gearbox_v3_token, 1> table{
    {{.asset = steth, .slot = {1}, .safe_slot = {1}, .threshold = {9000.0}, .quota = 1e6}}};
constexpr health::gearbox_v3 manager{.underlying = usdc,
                                     .underlying_slot = {0},
                                     .underlying_safe_slot = {0},
                                     .debt_slot = {0},
                                     .underlying_threshold = {9450.0},
                                     .tokens = table,
                                     .liquidation_discount = {9600.0},
                                     .liquidation_fee = {150.0}};
constexpr double quotes[] = {1.0, 2000.0};
const oracle_prices<double> at(quotes);
constexpr account<> position(double eth, double cash, double debt) {
  account<> a;
  static_cast<void>(a.add({.asset = usdc, .collateral = cash, .debt = debt}));
  static_cast<void>(a.add({.asset = steth, .collateral = eth}));
  return a;
}

// Everywhere 4 stETH and 2000 USDC: value 10,000, weighted 9090; discount 4 %: funds 9600; fee 1.5 %: 150.
TEST(GearboxV3Closing, TheOwnerGetsWhatPoolAndLiquidatorLeave) {
  const auto paid = closing_payments(manager, position(4.0, 2000.0, 9200.0), at, 100.0);
  ASSERT_TRUE(paid.has_value());
  EXPECT_TRUE(test::close(paid->to_pool, 9350.0, T::formula));
  EXPECT_TRUE(test::close(paid->to_owner, 250.0, T::route));
  EXPECT_TRUE(test::close(paid->profit, 250.0, T::route)) << "100 of fees and 150 of the liquidation";
  EXPECT_EQ(paid->loss, 0.0);
}

TEST(GearboxV3Closing, TheFeeGoesBeforeALossDoes) {
  // Asked 9550 + 150 of 9600: 9600 to the pool. Of the 9550, 50 are fees: 100 of profit are left.
  const auto short_of_fee = closing_payments(manager, position(4.0, 2000.0, 9550.0), at, 50.0);
  EXPECT_TRUE(test::close(short_of_fee->to_pool, 9600.0, T::formula));
  EXPECT_EQ(short_of_fee->to_owner, 0.0);
  EXPECT_TRUE(test::close(short_of_fee->profit, 100.0, T::route));
  EXPECT_EQ(short_of_fee->loss, 0.0);
  // 10,000 owed, of which 300 are fees: lenders get 9600 of 9700.
  const auto lost = closing_payments(manager, position(4.0, 2000.0, 10'000.0), at, 300.0);
  EXPECT_TRUE(test::close(lost->to_pool, 9600.0, T::formula));
  EXPECT_EQ(lost->profit, 0.0);
  EXPECT_TRUE(test::close(lost->loss, 100.0, T::route));
}

TEST(GearboxV3Closing, WhatTheFundsCoverIsAlwaysAllOfThem) {
  for (const double debt : {9100.0, 9300.0, 9450.0, 9500.0, 9700.0, 12'000.0}) {
    const auto paid = closing_payments(manager, position(4.0, 2000.0, debt), at);
    ASSERT_TRUE(paid.has_value()) << debt;
    EXPECT_TRUE(test::close(paid->to_pool + paid->to_owner, 9600.0, T::formula)) << debt;
    EXPECT_TRUE(test::close(paid->to_pool, debt + paid->profit - paid->loss, T::formula)) << debt;
    EXPECT_TRUE(paid->profit == 0.0 || paid->loss == 0.0) << debt;
  }
}

TEST(GearboxV3Closing, ThePriceOfTheDebtMayCarryItsIndex) {
  const double indexed[] = {1.0, 2000.0, 1.25};
  health::gearbox_v3 m = manager;
  m.debt_slot = {2};
  const auto paid = closing_payments(m, position(4.0, 2000.0, 9200.0 / 1.25), oracle_prices<double>(indexed));
  EXPECT_TRUE(test::close(paid->to_pool * 1.25, 9350.0, T::formula));
}

TEST(GearboxV3Closing, RefusesWhatTheContractWould) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(closing_payments(manager, position(4.0, 2000.0, 9000.0), at).error(), errc::not_liquidatable);
  EXPECT_EQ(closing_payments(manager, position(4.0, 2000.0, 0.0), at).error(), errc::not_liquidatable);
  EXPECT_EQ(closing_payments(manager, position(4.0, 2000.0, nan), at).error(), errc::not_finite);
  for (const double bad : {-1.0, 9201.0, nan})
    EXPECT_EQ(closing_payments(manager, position(4.0, 2000.0, 9200.0), at, bad).error(), errc::negative_amount) << bad;
  EXPECT_EQ(closing_payments(manager, position(4000.0, 2000.0, 9e6), at).error(), errc::outside_validity)
      << "its quota caps the token, and this is not that piece";
}

}  // namespace
}  // namespace trimtab
