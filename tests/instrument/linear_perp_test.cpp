// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/instrument/linear_perp.hpp>

#include "laws/instrument_laws.hpp"
#include <limits>
#include <utility>

namespace trimtab {
namespace {

using instrument::linear_perp;

constexpr linear_perp bought{
    .units = 10.0, .entry_price = 2000.0, .margin = 4000.0, .funding = 100.0, .maintenance = 0.05};
constexpr linear_perp sold{
    .units = -10.0, .entry_price = 2000.0, .margin = 4000.0, .funding = -100.0, .maintenance = 0.05};

constexpr double down[] = {1800.0};
static_assert(bought.value<double>(down) == 1900.0 && sold.value<double>(down) == 6100.0);
static_assert(bought.at<double>(down).gradient[0] == 10.0 && sold.at<double>(down).gradient[0] == -10.0);
static_assert(bought.headroom(1800.0) == 1000.0);

TEST(LinearPerp, TheLiquidationPriceIsWhereEquityIsTheMaintenanceMargin) {
  // (10·2000 − 4000 + 100)/(10·0.95) = 16100/9.5
  const liquidation_point below = bought.liquidation_price(2000.0);
  EXPECT_EQ(below.side, liquidation_side::danger_below);
  EXPECT_DOUBLE_EQ(below.price, 16100.0 / 9.5);
  EXPECT_NEAR(below.move, below.price / 2000.0 - 1.0, 1e-15);
  EXPECT_FALSE(below.already);
  // A short: (10·2000 + 4000 + 100)/(10·1.05)
  const liquidation_point above = sold.liquidation_price(2000.0);
  EXPECT_EQ(above.side, liquidation_side::danger_above);
  EXPECT_DOUBLE_EQ(above.price, 24100.0 / 10.5);
  for (const auto& [perp, at] : {std::pair{bought, below.price}, std::pair{sold, above.price}}) {
    EXPECT_NEAR(perp.headroom(at), 0.0, 1e-11);
    EXPECT_NEAR(perp.value<double>({&at, 1}), 0.05 * 10.0 * at, 1e-11);
  }
  EXPECT_TRUE(bought.liquidation_price(1600.0).already);
  EXPECT_TRUE(sold.liquidation_price(2400.0).already);
}

TEST(LinearPerp, ALongThatIsPaidForIsNeverLiquidated) {
  const linear_perp paid{.units = 1.0, .entry_price = 2000.0, .margin = 2001.0, .maintenance = 0.01};
  EXPECT_EQ(paid.liquidation_price(2000.0).side, liquidation_side::unreachable);
  EXPECT_FALSE(paid.liquidation_price(2000.0).already);
  EXPECT_EQ(linear_perp{}.liquidation_price(2000.0).side, liquidation_side::unreachable);
}

TEST(LinearPerp, WhatCannotBeComputedIsNotSafe) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  for (const double price : {nan, infinity, 0.0, -1.0}) {
    EXPECT_EQ(bought.liquidation_price(price).side, liquidation_side::unknown);
    EXPECT_TRUE(bought.liquidation_price(price).already);
  }
  EXPECT_EQ(linear_perp{.margin = nan}.liquidation_price(1.0).side, liquidation_side::unknown);
}

TEST(LinearPerp, TheValueMayBeBelowZero) {
  const double crash[] = {1000.0};
  EXPECT_EQ(bought.value<double>(crash), -6100.0);
}

TEST(LinearPerp, LongsPayPositiveFunding) {
  EXPECT_EQ(bought.carry(2000.0, 0.1), 2000.0);
  EXPECT_EQ(sold.carry(2000.0, 0.1), -2000.0);
}

TEST(LinearPerp, BadTermsAreNamed) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(linear_perp{}.validate(), errc::ok);
  EXPECT_EQ(bought.validate(), errc::ok);
  EXPECT_EQ(linear_perp{.units = nan}.validate(), errc::not_finite);
  EXPECT_EQ(linear_perp{.entry_price = infinity}.validate(), errc::not_finite);
  EXPECT_EQ(linear_perp{.margin = nan}.validate(), errc::not_finite);
  EXPECT_EQ(linear_perp{.funding = -infinity}.validate(), errc::not_finite);
  EXPECT_EQ(linear_perp{.maintenance = nan}.validate(), errc::not_finite);
  EXPECT_EQ((linear_perp{.units = 1e200, .entry_price = 1e200}.validate()), errc::not_finite);
  EXPECT_EQ(linear_perp{.entry_price = 0.0}.validate(), errc::non_positive_price);
  EXPECT_EQ(linear_perp{.margin = -1.0}.validate(), errc::negative_amount);
  EXPECT_EQ(linear_perp{.maintenance = 1.0}.validate(), errc::bad_configuration);
  EXPECT_EQ(linear_perp{.maintenance = -0.01}.validate(), errc::bad_configuration);
}

struct linear_perp_case {
  static constexpr bool homogeneous = false;
  // The value is what is left of the entry notional: rounding is measured against that.
  static constexpr double scale_of_rounding = 100.0;
  static std::vector<linear_perp> instruments() { return {{.units = 1.0}, bought, sold}; }
  static std::vector<double> underlyings(const linear_perp& perp, test::random_numbers& random) {
    return {perp.entry_price * random.log_uniform(0.1, 10.0)};
  }
};

}  // namespace

namespace laws {
INSTANTIATE_TYPED_TEST_SUITE_P(LinearPerp, InstrumentLaws, linear_perp_case);
}  // namespace laws
}  // namespace trimtab
