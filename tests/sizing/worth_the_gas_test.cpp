// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/liquidity/constant_price.hpp>
#include <trimtab/liquidity/constant_product.hpp>
#include <trimtab/sizing/in_chunks.hpp>
#include <trimtab/sizing/restore_target.hpp>
#include <trimtab/sizing/worth_the_gas.hpp>

#include "laws/sizer_laws.hpp"
#include "support/cases.hpp"
#include <cmath>

namespace {

using namespace trimtab;
using sizing::restore_target;
using sizing::worth_the_gas;

constexpr restore_target least{.max_slippage = {2000.0}};
constexpr worth_the_gas step{least, 1.25};
static_assert(step.validate() == errc::ok);
static_assert(worth_the_gas{least, 1.0}.validate() == errc::bad_configuration);
static_assert(worth_the_gas{least, infinity}.validate() == errc::bad_configuration);
static_assert(worth_the_gas{restore_target{.max_slippage = {0.0}}}.validate() == errc::bad_configuration);
static_assert(step.can(direction::deleverage) && !step.can(direction::leverage));

/// Health 1.1447, to be brought to 1.15; a transaction costs `gas`.
struct looked {
  liquidity::constant_product venue{.reserve_in = 1e6, .reserve_out = 1e6, .fee = {30.0}};
  cases::worked account{10000.0, 7250.0};
  sizing::problem<liquidity::constant_product> p = account.problem(venue);

  explicit looked(double gas) {
    p.target = 1.15;
    p.gas = {.transaction_gas = 1.0, .price_native = gas, .native = {2}};
  }
};

/// What a unit sold costs, gas included.
double unit_cost(const sizing::trade& t) {
  return t.cost.total() / t.sold;
}

TEST(WorthTheGas, IsTheInnerTradeWhileGasIsCheap) {
  const looked at(0.0);
  EXPECT_EQ(step.size(at.p).trade.sold, least.size(at.p).trade.sold);
  const looked cheap(1e-6);
  EXPECT_EQ(step.size(cheap.p).trade.sold, least.size(cheap.p).trade.sold);
}

TEST(WorthTheGas, AFlatRewardIsAFixedCostToo) {
  looked paid(1e-9);
  paid.p.reward.flat = 0.25;
  const double small = least.size(paid.p).trade.sold, sold = step.size(paid.p).trade.sold;
  EXPECT_GT(sold, 2.0 * small);
  EXPECT_NEAR(sold, step.size(looked(0.25).p).trade.sold, 0.1 * sold);
}

TEST(WorthTheGas, MakesAUnitSoldCheapest) {
  const looked at(0.25);
  const auto s = step.size(at.p), small = least.size(at.p);
  ASSERT_TRUE(s.has_value());
  EXPECT_GT(s.trade.sold, 2.0 * small.trade.sold);
  EXPECT_GT(s.trade.health_after, 1.15);
  EXPECT_LT(s.trade.health_after, 1.25);
  EXPECT_EQ(s.best_health, s.trade.health_after);
  const double here = unit_cost(s.trade);
  for (const double factor : {0.5, 0.8, 1.25, 2.0})
    EXPECT_LT(here, unit_cost(least.at_size(at.p, factor * s.trade.sold))) << factor;
  EXPECT_LT(here, unit_cost(small.trade));
  EXPECT_NEAR(s.trade.cost.gas / s.trade.cost.impact, 1.0, 0.01) << "at the cheapest size both are alike";
}

TEST(WorthTheGas, GoesNoFurtherThanAllTheWay) {
  const looked at(1e3);
  const auto s = step.size(at.p);
  ASSERT_TRUE(s.has_value());
  EXPECT_GE(s.trade.health_after, 1.25);
  EXPECT_LT(s.trade.health_after, 1.25 + 1e-9);
  looked narrow(1e3);
  narrow.p.band_high = 1.2;
  EXPECT_LE(step.size(narrow.p).trade.health_after, 1.2) << "never across the band's other edge";
  looked there(1e3);
  there.p.target = 1.25;
  EXPECT_EQ(step.size(there.p).trade.sold, least.size(there.p).trade.sold);
}

TEST(WorthTheGas, WithoutImpactItIsAllTheWay) {
  const liquidity::constant_price flat{.price = 1.0, .cap = 1e6};
  cases::worked account{10000.0, 7250.0};
  auto p = account.problem(flat);
  p.target = 1.15;
  p.gas = {.transaction_gas = 1.0, .price_native = 0.25, .native = {2}};
  const auto s = step.size(p);
  ASSERT_TRUE(s.has_value());
  EXPECT_NEAR(s.trade.health_after, 1.25, 1e-9);
}

TEST(WorthTheGas, LeavesEmergenciesPiecesAndRefusalsAlone) {
  looked at(1.0);
  at.p.urgent = true;
  EXPECT_EQ(step.size(at.p).trade.sold, least.size(at.p).trade.sold);
  looked far(1.0);
  far.p.target = 1.4;
  far.venue.reserve_in = far.venue.reserve_out = 5e4;
  const sizing::in_chunks pieces{least};
  const auto piece = pieces.size(far.p);
  ASSERT_EQ(piece.binding, sizing::limit::chunk);
  EXPECT_EQ((worth_the_gas{pieces, 1.5}.size(far.p).trade.sold), piece.trade.sold);
  looked never(1.0);
  never.p.collateral_limits.paused = true;
  EXPECT_EQ(step.size(never.p).status, least.size(never.p).status);
  looked limited(0.25);
  limited.p.collateral_limits.withdrawable = 1.01 * least.size(limited.p).trade.sold;
  EXPECT_LE(step.size(limited.p).trade.sold, limited.p.collateral_limits.withdrawable) << "a limit is one for it, too";
}

}  // namespace

namespace laws {

struct gas_case {
  static constexpr auto sizer() {
    return trimtab::sizing::worth_the_gas{
        trimtab::sizing::restore_target{.max_slippage = trimtab::basis_points{800.0}}};
  }
  static constexpr auto venue(double scale) {
    return trimtab::liquidity::constant_product{.reserve_in = 2e5 * scale, .reserve_out = 2e5 * scale};
  }
  static constexpr auto account(double scale) { return cases::worked(10000.0 * scale, 7800.0 * scale); }
  static constexpr double target() { return 1.25; }
};
INSTANTIATE_TYPED_TEST_SUITE_P(WorthTheGas, SizerLaws, gas_case);

}  // namespace laws
