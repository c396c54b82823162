// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/instrument/inverse_perp.hpp>

#include "laws/instrument_laws.hpp"
#include <cmath>
#include <limits>
#include <utility>

namespace trimtab {
namespace {

using instrument::inverse_perp;

constexpr inverse_perp bought{.contracts = 10000.0, .entry_price = 2000.0, .margin = 1.0, .maintenance = 0.02};
constexpr inverse_perp sold{
    .contracts = -10000.0, .entry_price = 2000.0, .margin = 1.25, .funding = 0.25, .maintenance = 0.02};

constexpr double up[] = {2500.0};
// Ten thousand contracts and a quarter up: 2500 of profit, and the coin of margin.
static_assert(bought.value<double>(up) == 5000.0 && bought.at<double>(up).gradient[0] == 6.0);
static_assert(sold.value<double>(up) == 0.0 && sold.delta() == -4.0);

TEST(InversePerp, AFullyMarginedShortIsADollar) {
  const inverse_perp dollar{.contracts = -10000.0, .entry_price = 2000.0, .margin = 5.0, .maintenance = 0.02};
  for (const double price : {0.01, 500.0, 1999.0, 2000.0, 1e6}) {
    EXPECT_NEAR(dollar.value<double>({&price, 1}), 10000.0, 1e-14 * (10000.0 + 10.0 * price)) << price;
    EXPECT_EQ(dollar.at<double>({&price, 1}).gradient[0], 0.0);
    EXPECT_EQ(dollar.liquidation_price(price).side, liquidation_side::unreachable);
    EXPECT_FALSE(dollar.liquidation_price(price).already);
  }
}

TEST(InversePerp, CoinsAreTheValueOverThePrice) {
  for (const inverse_perp& perp : {bought, sold})
    for (const double price : {700.0, 2000.0, 2001.0, 9000.0}) {
      const double h = 1e-4 * price;
      const auto coins = [&](double p) { return perp.value<double>({&p, 1}) / p; };
      EXPECT_NEAR(perp.coin_value(price), coins(price), 1e-14 * 20.0);
      EXPECT_NEAR(perp.coin_value(price),
                  perp.margin - perp.funding + perp.contracts / perp.entry_price - perp.contracts / price, 1e-13);
      const double slope = (coins(price + h) - coins(price - h)) / (2.0 * h);
      EXPECT_NEAR(perp.coin_delta(price), slope, 1e-7 * std::fabs(slope));
      const double bend = (perp.coin_delta(price + h) - perp.coin_delta(price - h)) / (2.0 * h);
      EXPECT_NEAR(perp.coin_gamma(price), bend, 1e-7 * std::fabs(bend));
    }
  EXPECT_DOUBLE_EQ(bought.coin_delta(2000.0), 0.0025);
  EXPECT_DOUBLE_EQ(bought.coin_gamma(2000.0), -2.5e-6);
}

TEST(InversePerp, TheLiquidationPriceIsWhereCoinsAreTheMaintenanceMargin) {
  // Long: 10000·1.02/(1 + 5); short: 10000·0.98/(5 − 1).
  const liquidation_point below = bought.liquidation_price(2000.0), above = sold.liquidation_price(2000.0);
  EXPECT_EQ(below.side, liquidation_side::danger_below);
  EXPECT_DOUBLE_EQ(below.price, 1700.0);
  EXPECT_EQ(above.side, liquidation_side::danger_above);
  EXPECT_DOUBLE_EQ(above.price, 2450.0);
  EXPECT_NEAR(above.move, 0.225, 1e-15);
  for (const auto& [perp, at] : {std::pair{bought, below.price}, std::pair{sold, above.price}})
    EXPECT_NEAR(perp.coin_value(at), 0.02 * 10000.0 / at, 1e-14);
  EXPECT_TRUE(bought.liquidation_price(1699.0).already);
  EXPECT_FALSE(bought.liquidation_price(1701.0).already);
  EXPECT_TRUE(sold.liquidation_price(2451.0).already);
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(bought.liquidation_price(nan).side, liquidation_side::unknown);
  EXPECT_TRUE(bought.liquidation_price(nan).already);
}

TEST(InversePerp, LongsPayPositiveFunding) {
  EXPECT_EQ(bought.carry(0.1), 1000.0);
  EXPECT_EQ(sold.carry(0.1), -1000.0);
}

TEST(InversePerp, BadTermsAreNamed) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(inverse_perp{}.validate(), errc::ok);
  EXPECT_EQ(sold.validate(), errc::ok);
  EXPECT_EQ(inverse_perp{.contracts = nan}.validate(), errc::not_finite);
  EXPECT_EQ(inverse_perp{.entry_price = infinity}.validate(), errc::not_finite);
  EXPECT_EQ(inverse_perp{.margin = nan}.validate(), errc::not_finite);
  EXPECT_EQ(inverse_perp{.funding = infinity}.validate(), errc::not_finite);
  EXPECT_EQ(inverse_perp{.maintenance = nan}.validate(), errc::not_finite);
  EXPECT_EQ((inverse_perp{.contracts = 1e200, .entry_price = 1e-200}.validate()), errc::not_finite);
  EXPECT_EQ(inverse_perp{.entry_price = -1.0}.validate(), errc::non_positive_price);
  EXPECT_EQ(inverse_perp{.margin = -1.0}.validate(), errc::negative_amount);
  EXPECT_EQ(inverse_perp{.maintenance = 1.0}.validate(), errc::bad_configuration);
}

struct inverse_perp_case {
  static constexpr bool homogeneous = false;
  static constexpr double scale_of_rounding = 100.0;
  static std::vector<inverse_perp> instruments() { return {{.contracts = 1.0}, bought, sold}; }
  static std::vector<double> underlyings(const inverse_perp& perp, test::random_numbers& random) {
    return {perp.entry_price * random.log_uniform(0.1, 10.0)};
  }
};

}  // namespace

namespace laws {
INSTANTIATE_TYPED_TEST_SUITE_P(InversePerp, InstrumentLaws, inverse_perp_case);
}  // namespace laws
}  // namespace trimtab
