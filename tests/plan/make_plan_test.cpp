// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/plan/make_plan.hpp>

#include "support/plans.hpp"
#include <cmath>
#include <limits>
#include <vector>

namespace {

using namespace trimtab;
using enum action;
using cases::funding_mode;

constexpr auto down_with_debt_lent = cases::make(direction::deleverage, funding_mode::flash_debt);
static_assert(down_with_debt_lent.plan.count == 6);
static_assert(down_with_debt_lent.plan.steps[0].what == flash_borrow &&
              down_with_debt_lent.plan.steps[5].what == repay);
static_assert(noexcept(make_plan(sizing::trade{}, 18, 6, never)));

std::vector<action> order(direction towards, funding_mode mode, bool in_kind) {
  std::vector<action> out;
  for (const step& s : cases::make(towards, mode, in_kind).plan) out.push_back(s.what);
  return out;
}

TEST(MakePlan, StepsComeInTheDocumentedOrder) {
  using v = std::vector<action>;
  constexpr auto down = direction::deleverage, up = direction::leverage;
  EXPECT_EQ(order(down, funding_mode::flash_debt, false), (v{flash_borrow, repay, withdraw, swap, flash_repay, repay}));
  EXPECT_EQ(order(down, funding_mode::flash_debt, true),
            (v{flash_borrow, repay, withdraw, swap, flash_repay, action::pay, repay}));
  EXPECT_EQ(order(down, funding_mode::flash_collateral, false), (v{flash_borrow, swap, repay, withdraw, flash_repay}));
  EXPECT_EQ(order(down, funding_mode::flash_collateral, true),
            (v{flash_borrow, swap, action::pay, repay, withdraw, flash_repay}));
  EXPECT_EQ(order(down, funding_mode::none, false), (v{withdraw, swap, repay}));
  EXPECT_EQ(order(down, funding_mode::none, true), (v{withdraw, swap, action::pay, repay}));
  EXPECT_EQ(order(up, funding_mode::flash_debt, false), (v{flash_borrow, swap, supply, borrow, flash_repay}));
  EXPECT_EQ(order(up, funding_mode::flash_debt, true),
            (v{flash_borrow, swap, supply, borrow, flash_repay, action::pay}));
  EXPECT_EQ(order(up, funding_mode::flash_collateral, false),
            (v{flash_borrow, supply, borrow, swap, flash_repay, supply}));
  EXPECT_EQ(order(up, funding_mode::flash_collateral, true),
            (v{flash_borrow, supply, borrow, swap, action::pay, flash_repay, supply}));
  EXPECT_EQ(order(up, funding_mode::none, false), (v{borrow, swap, supply}));
  EXPECT_EQ(order(up, funding_mode::none, true), (v{borrow, swap, action::pay, supply}));
}

TEST(MakePlan, EveryRoundingIsAgainstUs) {
  for (const auto towards : cases::directions)
    for (const auto mode : cases::modes)
      for (const int decimals : {0, 2, 6, 8, 18}) {
        const auto c = cases::make(towards, mode, false, decimals, decimals);
        const bool down = towards == direction::deleverage;
        for (const step& s : c.plan)
          if (s.what == swap) {
            // Collateral sold up, new debt down, the minimum output never above what was sized.
            if (down) {
              EXPECT_GE(s.amount.to_tokens(decimals), c.trade.sold * (1 - 2 * cases::eps));
            }
            if (!down) {
              EXPECT_LE(s.amount.to_tokens(decimals), c.trade.sold * (1 + 2 * cases::eps));
            }
            EXPECT_LE(s.min_out.to_tokens(decimals), c.trade.min_out * (1 + 2 * cases::eps));
            EXPECT_LE(std::fabs(s.amount.to_tokens(decimals) - c.trade.sold),
                      std::pow(10.0, -decimals) + c.trade.sold * 2 * cases::eps);
          }
        const auto after = c.settle();
        ASSERT_TRUE(after.has_value()) << name(after.error()) << " " << static_cast<int>(towards)
                                       << static_cast<int>(mode) << decimals;
        // A whole unit of rounding on either side, no more.
        const double units_of_health = 4.0 * std::pow(10.0, -decimals) / after->account[1].debt * 1.3;
        EXPECT_GE(c.health(after->account),
                  (down ? 1.25 : c.trade.health_after) * (1 - 8 * cases::eps) - units_of_health);
      }
}

TEST(MakePlan, TheMinimumOutputPaysEverythingBack) {
  for (const auto towards : cases::directions)
    for (const auto mode : {funding_mode::flash_debt, funding_mode::flash_collateral})
      for (const bool in_kind : {false, true}) {
        const auto c = cases::make(towards, mode, in_kind);
        const bool pays_debt = (towards == direction::deleverage) == (mode == funding_mode::flash_debt);
        units owed{}, lent{}, gas{}, minimum{};
        for (const step& s : c.plan) {
          if (s.what == flash_repay) owed = s.amount;
          if (s.what == flash_borrow) lent = s.amount;
          if (s.what == action::pay) gas = s.amount;
          if (s.what == swap) minimum = s.min_out;
        }
        EXPECT_GT(owed, lent) << "premium";
        if (pays_debt && towards == direction::deleverage) {
          EXPECT_LE(*owed.add(gas), minimum);
        } else if (pays_debt) {
          EXPECT_LE(owed, minimum);
        }
      }
}

constexpr sizing::trade some_trade() {
  return down_with_debt_lent.trade;
}

template <class F>
errc refusal(F&& spoil, int collateral_decimals = 18, int debt_decimals = 6) {
  auto t = some_trade();
  spoil(t);
  const auto p = make_plan(t, collateral_decimals, debt_decimals, cases::deadline);
  return p.has_value() ? errc::ok : p.error();
}

TEST(MakePlan, WhatMakesNoPlanIsNamed) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(refusal([](auto& t) { t.towards = direction::none; }), errc::dust);
  EXPECT_EQ(refusal([](auto& t) { t.sold = 0.0; }), errc::dust);
  EXPECT_EQ(refusal([=](auto& t) { t.sold = nan; }), errc::dust);
  EXPECT_EQ(refusal([](auto& t) { t.sold = 1e25; }), errc::overflow);
  EXPECT_EQ(refusal([](auto& t) { t.sold = infinity; }), errc::not_finite);
  EXPECT_EQ(refusal([=](auto& t) { t.min_out = nan; }), errc::not_finite);
  EXPECT_EQ(refusal([](auto& t) { t.min_out = -1.0; }), errc::negative_amount);
  EXPECT_EQ(refusal([](auto& t) { t.gas_in_kind = -1.0; }), errc::negative_amount);
  EXPECT_EQ(refusal([](auto&) {}, 28), errc::bad_configuration);
  EXPECT_EQ(refusal([](auto&) {}, 18, -1), errc::bad_configuration);
  EXPECT_EQ(refusal([](auto& t) { t.gas_in_kind = 2.0 * t.min_out; }), errc::dust) << "gas eats the loan";
  EXPECT_EQ(make_plan<3>(some_trade(), 18, 6, cases::deadline).error(), errc::capacity);
}

TEST(MakePlan, ATradeThatRoundsToNothingIsDust) {
  auto t = cases::make(direction::leverage, funding_mode::none).trade;
  t.sold = 1e-9;  // below one smallest unit of six decimals
  EXPECT_EQ(make_plan(t, 18, 6, cases::deadline).error(), errc::dust);
}

}  // namespace
