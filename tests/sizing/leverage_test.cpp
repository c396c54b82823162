// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/liquidity/constant_product.hpp>
#include <trimtab/sizing/leverage.hpp>

#include "support/cases.hpp"

namespace trimtab {
namespace {

using sizing::funding_mode;

constexpr liquidity::constant_product pool{.reserve_in = 1e5, .reserve_out = 1e5, .fee = {30.0}};

// The size equation is the balance of health that the trade itself shows, in every funding mode.
TEST(Leverage, TheEquationIsTheBalanceOfTheTrade) {
  for (const auto mode : {funding_mode::none, funding_mode::flash_debt, funding_mode::flash_collateral}) {
    const cases::worked w(10'000.0, 2000.0);
    auto p = w.problem(pool);
    p.funding = {.mode = mode, .premium = {9.0}};
    const sizing::leverage k(p, {100.0}, 1.0);
    for (const double x : {1.0, 50.0, 500.0}) {
      const sizing::trade t = k.at(x);
      const auto q = k.equation(1.3);
      const double phi = q.gain * pool.amount_out(x) - q.give * x - q.deficit;
      const double after_collateral = k.collateral_value + k.weighted_price * t.collateral_change;
      const double after_debt = k.debt_value + k.weighted_debt_price * t.debt_change;
      EXPECT_NEAR(phi, after_collateral - 1.3 * after_debt, 1e-11 * (after_collateral + after_debt)) << x;
      EXPECT_NEAR(t.health_after, after_collateral / after_debt, 1e-14 * t.health_after);
      EXPECT_LT(t.health_at_min_out, t.health_after);
      EXPECT_NEAR(t.flash_premium, 9e-4 * t.flash, 1e-12);
      // What it costs is what a balance at fair prices would show.
      const double value_in = k.debt_price * t.debt_change,
                   value_out = p.fair_rate * k.debt_price * t.collateral_change;
      EXPECT_NEAR(t.cost.total(), value_in - value_out, 0.02 * t.cost.total() + 1e-9) << static_cast<int>(mode);
    }
  }
}

TEST(Leverage, EveryLimitIsASize) {
  const cases::worked w(10'000.0, 2000.0);
  auto p = w.problem(pool);
  const sizing::curve venue(pool);
  p.debt_limits.borrow_room = 500.0;
  const auto borrow = sizing::leverage(p, {100.0}, 1.0).largest_size(venue);
  EXPECT_EQ(borrow.why, sizing::limit::borrow_room);
  EXPECT_LE(borrow.x * (1.0 + p.funding.premium.fraction()), 500.0);
  p.collateral_limits.supply_room = 10.0;
  const auto supply = sizing::leverage(p, {100.0}, 1.0).largest_size(venue);
  EXPECT_EQ(supply.why, sizing::limit::supply_room);
  EXPECT_NEAR(pool.amount_out(supply.x), 10.0, 1e-9);
}

}  // namespace
}  // namespace trimtab
