// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/policy/decision.hpp>

#include "support/keepers.hpp"
#include <type_traits>

namespace {

using namespace trimtab;

static_assert(std::is_trivially_copyable_v<cases::keeper_decision>);
static_assert(std::is_trivially_copyable_v<cases::keeper_state>);
static_assert(std::is_trivially_copyable_v<std::remove_const_t<decltype(cases::keeper)>>);
static_assert(std::is_nothrow_default_constructible_v<cases::keeper_decision>);
static_assert(cases::keeper_decision{}.verdict == verdict::hold && cases::keeper_decision{}.trade.sold == 0.0);

TEST(Decision, VerdictsHaveNames) {
  EXPECT_STREQ(name(verdict::hold), "hold");
  EXPECT_STREQ(name(verdict::rebalance), "rebalance");
  EXPECT_STREQ(name(verdict::refuse), "refuse");
}

TEST(Decision, HoldAndRefusalsLeaveTheTradeEmpty) {
  const auto held = cases::keeper({}, cases::watching(1.4).look());
  EXPECT_EQ(held.verdict, verdict::hold);
  EXPECT_EQ(held.trade.towards, direction::none);
  EXPECT_EQ(held.trade.sold, 0.0);
  auto w = cases::watching(1.10);
  w.gas.tank_native = 0.0;
  const auto refused = cases::keeper({}, w.look());
  EXPECT_EQ(refused.verdict, verdict::refuse);
  EXPECT_EQ(refused.trade.sold, 0.0);
}

}  // namespace
