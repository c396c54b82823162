// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/liquidity/any_venue.hpp>
#include <trimtab/liquidity/build_supply_curve.hpp>
#include <trimtab/liquidity/constant_price.hpp>
#include <trimtab/liquidity/constant_product.hpp>
#include <trimtab/liquidity/weighted.hpp>
#include <trimtab/sizing/restore_target.hpp>
#include <trimtab/sizing/trade_cost.hpp>

#include "support/cases.hpp"
#include "support/random.hpp"

namespace {

using namespace trimtab;
using liquidity::constant_price;
using liquidity::constant_product;
using sizing::trade_cost;

// A level that pays 0.98 after 50 bp, fair at 1: of the 2 per cent, what the venue keeps is 0.98·0.005/0.995.
constexpr auto level =
    trade_cost(constant_price{.price = 0.98 / 0.995, .cap = 1e6, .fee = {50.0}}, 100.0, 1.0, 2.0, 3.0, 4.0);
static_assert(cases::relative_gap(level.spread, 0.02 * 100.0 * 2.0) < 64 * cases::eps && level.impact == 0.0);
static_assert(level.gas == 3.0 && level.premium == 4.0 && level.total() == level.spread + 7.0);
static_assert(cases::relative_gap(level.fee, 0.98 * 0.005 / 0.995 * 200.0) < 16 * cases::eps);

template <class V>
void expect_itemised(const V& venue, double x, double fair, double price) {
  const auto c = trade_cost(venue, x, fair, price);
  // Spread and impact together are what the fair rate would have brought more.
  const double lost = (fair * x - venue.amount_out(x)) * price;
  EXPECT_NEAR(c.total(), lost, 1e-14 * fair * x * price);
  EXPECT_GE(c.impact, 0.0);
}

TEST(TradeCost, SpreadAndImpactAreWhatTheFairRateWouldHaveBroughtMore) {
  test::random_numbers d(9);
  liquidity::supply_room<8> room;
  for (int i = 0; i < 2000; ++i) {
    const double depth = d.log_uniform(1e-6, 1e9), fair = d.log_uniform(1e-6, 1e6),
                 x = depth * d.log_uniform(1e-9, 3.0);
    const constant_product pool{.reserve_in = depth, .reserve_out = depth * fair * d.uniform(0.9, 1.1)};
    expect_itemised(pool, x, fair, 3.0);
    expect_itemised(liquidity::any_venue<constant_price, constant_product>{pool}, x, fair, 3.0);
    expect_itemised(liquidity::weighted{.balance_in = depth, .balance_out = depth * fair}, x, fair, 0.5);
    const constant_price quote{.price = fair, .cap = 0.1 * depth, .fee = {20.0}};
    const auto together = liquidity::build_supply_curve(room.memory(), pool, quote);
    ASSERT_TRUE(together.has_value());
    expect_itemised(*together, x, fair, 1.0);
  }
}

TEST(TradeCost, TheFeeIsWhatTheSamePoolWithoutItWouldHavePaidMoreAtFirst) {
  const constant_product pool{.reserve_in = 1e6, .reserve_out = 2e6, .fee = {30.0}};
  constant_product free = pool;
  free.fee = {0.0};
  const double x = 1e-3;  // too small for impact
  EXPECT_NEAR(trade_cost(pool, x, 2.0, 1.0).fee, free.amount_out(x) - pool.amount_out(x), 1e-9 * x);
  EXPECT_EQ(trade_cost(free, x, 2.0, 1.0).fee, 0.0);
  EXPECT_EQ(trade_cost(liquidity::any_venue<constant_product>{pool}, x, 2.0, 1.0).fee, 0.0) << "it does not say";
}

TEST(TradeCost, LegsAddUp) {
  const constant_product pool{.reserve_in = 1e6, .reserve_out = 2e6, .fee = {30.0}};
  const constant_price quote{.price = 1.99, .cap = 1e3};
  sizing::cost all = trade_cost(pool, 500.0, 2.0, 1.0, 5.0);
  const sizing::cost one = all, two = trade_cost(quote, 200.0, 2.0, 1.0, 7.0, 0.5);
  all += two;
  EXPECT_EQ(all.gas, 12.0);
  EXPECT_EQ(all.premium, 0.5);
  EXPECT_EQ(all.fee, one.fee + two.fee);
  EXPECT_DOUBLE_EQ(all.total(), one.total() + two.total());
}

TEST(TradeCost, IsWhatASizedTradeCarries) {
  const cases::worked w;
  const constant_product pool{.reserve_in = 1e6, .reserve_out = 1e6};
  auto p = w.problem(pool);
  p.funding.premium = {9.0};
  p.gas = {.transaction_gas = 1.0, .price_native = 20.0, .native = price_slot{2}};
  const auto s = sizing::restore_target{.max_slippage = {1000.0}}.size(p);
  ASSERT_TRUE(s.has_value());
  const auto c = trade_cost(pool, s.trade.sold, p.fair_rate, 1.0, 20.0, s.trade.flash_premium);
  EXPECT_EQ(s.trade.cost.total(), c.total());
  EXPECT_GT(s.trade.cost.fee, 0.0);
  // The account's own loss: what left less what was repaid, at fair prices, and the gas from the tank.
  const double lost = -s.trade.collateral_change + s.trade.debt_change + 20.0;
  EXPECT_NEAR(c.total(), lost, 1e-9);
}

}  // namespace
