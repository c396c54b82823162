// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/health/hyperliquid.hpp>
#include <trimtab/health/model_liquidation_price.hpp>
#include <trimtab/health/morpho_blue.hpp>

#include "support/tolerance.hpp"
#include <limits>

namespace trimtab {
namespace {

using T = test::tolerance<double>;
constexpr asset_id eth{0}, usd{1};
constexpr price_slot eth_slot{0}, usd_slot{1};

account<> position(double held, double owed) {
  account<> a;
  static_cast<void>(a.add({.asset = eth, .collateral = held}));
  static_cast<void>(a.add({.asset = usd, .debt = owed}));
  return a;
}

// 1 % of margin up to 15,000 of notional, 5 % beyond, with a deduction of 600.
constexpr health::hyperliquid_tier tiers[] = {{.from_notional = 0.0, .maintenance = {100.0}},
                                              {.from_notional = 15'000.0, .maintenance = {500.0}}};
constexpr health::hyperliquid_market markets[] = {
    {.index = eth, .slot = eth_slot, .tiers = tiers, .initial_margin = {1000.0}}};
constexpr health::hyperliquid venue{.quote = usd, .quote_slot = usd_slot, .markets = markets};

TEST(ModelLiquidationPrice, IsThatOfTheFormWhereTheFormIsTheProtocols) {
  const health::morpho_blue market{
      .collateral = eth, .loan = usd, .collateral_slot = eth_slot, .loan_slot = usd_slot, .lltv = {8600.0}};
  const double quoted[] = {2000.0, 1.0};
  const auto point = liquidation_price(market, position(10.0, 12'900.0), oracle_prices<double>(quoted), eth_slot);
  ASSERT_TRUE(point.has_value());
  EXPECT_EQ(point->side, liquidation_side::danger_below);
  EXPECT_TRUE(test::close(point->price, 1500.0, T::formula));
  EXPECT_FALSE(point->already);
}

TEST(ModelLiquidationPrice, BeyondTheEdgeOfTheFormIsNoAnswer) {
  // 10 ETH at 2000 are 20,000, the upper tier; 14,200 owed. The upper form reaches 1 at 9.5·p + 600 = 14,200,
  // p = 1431.58, but below 1500 the lower tier counts: 9.9·p = 14,200, p = 1434.34.
  const account<> a = position(10.0, 14'200.0);
  const double quoted[] = {2000.0, 1.0};
  const auto upper = venue.at(a, oracle_prices<double>(quoted));
  EXPECT_EQ(liquidation_price(upper, a, oracle_prices<double>(quoted), eth_slot).error(), errc::outside_validity);
  const price_range range = upper.valid_prices(a, oracle_prices<double>(quoted), eth_slot);
  EXPECT_EQ(range.low, 1500.0);
  const double at_edge[] = {range.low * (1.0 - 1e-12), 1.0};
  const auto lower = venue.at(a, oracle_prices<double>(at_edge));
  const auto point = liquidation_price(lower, a, oracle_prices<double>(at_edge), eth_slot);
  ASSERT_TRUE(point.has_value());
  EXPECT_TRUE(test::close(point->price, 14'200.0 / 9.9, T::formula));
}

TEST(ModelLiquidationPrice, ThatAPieceReachesNoPointProvesNothingBeyondItsEdge) {
  // Cash and a debt in cash: no price of ETH matters, and the whole of the quote's prices is one piece. With a position
  // in a tier that ends, the same silence is no answer.
  const double quoted[] = {2000.0, 1.0};
  const oracle_prices<double> prices(quoted);
  const account<> a = position(1.0, 0.0);  // nothing owed: no price is dangerous in this tier
  const auto piece = venue.at(a, prices);
  EXPECT_EQ(liquidation_price(piece, a, prices, eth_slot).error(), errc::outside_validity);
}

TEST(ModelLiquidationPrice, TheDoorComesFirst) {
  const double zero[] = {0.0, 1.0}, nan[] = {std::numeric_limits<double>::quiet_NaN(), 1.0}, fine[] = {2000.0, 1.0};
  const account<> a = position(10.0, 12'000.0);
  EXPECT_EQ(liquidation_price(venue, a, oracle_prices<double>(zero), eth_slot).error(), errc::non_positive_price);
  EXPECT_EQ(liquidation_price(venue, a, oracle_prices<double>(nan), eth_slot).error(), errc::not_finite);
  const auto piece = venue.at(a, oracle_prices<double>(fine));
  EXPECT_EQ(liquidation_price(piece, a, oracle_prices<double>(fine), {7}).error(), errc::size_mismatch);
  EXPECT_EQ(liquidation_price(venue, a, oracle_prices<double>(fine), eth_slot).error(), errc::outside_validity)
      << "not built for this tier";
}

}  // namespace
}  // namespace trimtab
