// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/health/maker.hpp>
#include <trimtab/liquidity/constant_product.hpp>
#include <trimtab/preset/defi_saver.hpp>
#include <trimtab/preset/oasis.hpp>
#include <trimtab/preset/off_chain_size.hpp>

#include "support/cases.hpp"
#include <array>

namespace {

using namespace trimtab;
using liquidity::constant_product;
using preset::off_chain_size;

static_assert(Sizer<off_chain_size>);
static_assert(off_chain_size{.max_slippage = {0.0}}.validate() == errc::bad_configuration);
static_assert(!off_chain_size{}.can(direction::none));

const cases::worked world{};
constexpr constant_product pool{.reserve_in = 20'000.0, .reserve_out = 20'000.0, .fee = {30.0}};

TEST(OffChainSize, AsksTheVenueOrBelievesTheOracle) {
  auto p = world.problem(pool);
  p.funding.mode = sizing::funding_mode::flash_debt;
  const double before = health_factor(p.liquidation, p.prices);
  p.target = before * 1.02;
  const off_chain_size asks{.max_slippage = {1'000.0}}, believes{.max_slippage = {1'000.0}, .asks_venue = false};
  const auto there = asks.size(p), short_of_it = believes.size(p);
  ASSERT_EQ(there.status, errc::ok);
  ASSERT_EQ(short_of_it.status, errc::ok);
  EXPECT_GE(there.trade.health_after, p.target);
  EXPECT_LT(there.trade.health_after, p.target * (1.0 + 1e-12));
  EXPECT_LT(short_of_it.trade.health_after, p.target * (1.0 - 1e-4)) << "fee and impact are missing";
  EXPECT_EQ(asks.objection_to(p, there.trade).why, errc::ok);
  EXPECT_EQ(asks.at_size(p, there.trade.sold).sold, there.trade.sold);
  // Beyond what the venue pays within the slippage, who asks sends what comes closest, and who does not, nothing.
  p.target = before * 1.5;
  EXPECT_EQ(asks.size(p).status, errc::infeasible);
  EXPECT_GT(asks.size(p).trade.sold, 0.0);
  EXPECT_GT(asks.size(p).trade.health_after, before);
  EXPECT_EQ(believes.size(p).status, errc::infeasible);
  EXPECT_EQ(believes.size(p).trade.sold, 0.0);
}

// A vault against a pool: the sale at the oracle's price falls outside the deviation and would revert, and the vault
// would be left to its liquidators.
TEST(OffChainSize, AnOasisSaleThatFitsItsDeviationIsFound) {
  constexpr asset_id eth{1}, dai{2};
  const std::array<double, 2> prices{2'000.0, 1.0};
  const health::maker model{.collateral = eth,
                            .dai = dai,
                            .price = price_slot{0},
                            .next_price = price_slot{0},
                            .par = price_slot{1},
                            .mat = 1.5};
  snapshot<constant_product> s;
  s.now = at_unix(1'700'000'000);
  s.prices = oracle_prices<double>(prices);
  ASSERT_EQ(s.account.add({.asset = eth, .collateral = 16.0}), errc::ok);
  ASSERT_EQ(s.account.add({.asset = dai, .debt = 20'000.0}), errc::ok);
  s.sell = {.in = eth, .out = dai, .venue = {.reserve_in = 40.0, .reserve_out = 8e4, .fee = {30.0}}};
  preset::oasis_order o{.execution = {16'500}, .target = {18'000}, .deviation = {100}, .max_slippage = {1'000.0}};
  const auto ask = [&] {
    const auto p = preset::oasis_basic_sell(model, o);
    return p(typename decltype(p)::state_type{}, s);
  };
  const auto d = ask();
  ASSERT_EQ(d.verdict, verdict::rebalance) << name(d.reason);
  const double ends = (16.0 + d.trade.collateral_change) * 2'000.0 / (20'000.0 + d.trade.debt_change);
  EXPECT_NEAR(ends, 1.8, 1e-9);
  o.asks_venue = false;
  EXPECT_EQ(ask().reason, errc::infeasible);
  EXPECT_EQ(ask().binding, sizing::limit::band);
  // What the venue cannot bring into the deviation is not sent, whoever asks.
  o.asks_venue = true, o.max_slippage = {100.0};
  EXPECT_EQ(ask().verdict, verdict::refuse);
  EXPECT_EQ(ask().trade.sold, 0.0);
  // Short of its target, but within the deviation, it is.
  o.max_slippage = {1'000.0}, o.deviation = {1'000.0}, o.execution = {16'100};
  s.sell.venue = {.reserve_in = 20.0, .reserve_out = 4e4, .fee = {30.0}};
  const auto near = ask();
  ASSERT_EQ(near.verdict, verdict::rebalance) << name(near.reason);
  const double end = (16.0 + near.trade.collateral_change) * 2'000.0 / (20'000.0 + near.trade.debt_change);
  EXPECT_GT(end, 1.62);
  EXPECT_LT(end, 1.8 - 1e-3);
}

}  // namespace
