// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/plan/step.hpp>

#include <iterator>
#include <set>
#include <string>
#include <type_traits>

namespace {

using namespace trimtab;

static_assert(std::is_trivially_copyable_v<step>);
static_assert(std::is_trivially_copyable_v<plan<>>);
static_assert(plan<>{}.begin() == plan<>{}.begin() || plan<>{}.count == 0);

constexpr auto overfull() {
  plan<2> p;
  const errc first = p.add({}), second = p.add({}), third = p.add({});
  return first == errc::ok && second == errc::ok && third == errc::capacity && p.count == 2;
}
static_assert(overfull());

TEST(Step, EveryActionHasItsOwnName) {
  std::set<std::string> names;
  for (int i = 0; i <= static_cast<int>(action::pay_gas); ++i) names.insert(name(static_cast<action>(i)));
  EXPECT_EQ(names.size(), 8U);
  EXPECT_STREQ(name(action::flash_borrow), "flash_borrow");
  EXPECT_STREQ(name(action::pay_gas), "pay_gas");
}

TEST(Step, APlanListsItsStepsInOrderAndKnowsDecimals) {
  plan<> p{.collateral = asset_id{1}, .debt = asset_id{2}, .collateral_decimals = 18, .debt_decimals = 6};
  p.add({.what = action::withdraw, .asset = asset_id{1}, .amount = units{5}});
  p.add({.what = action::repay, .asset = asset_id{2}, .everything = true});
  EXPECT_EQ(std::distance(p.begin(), p.end()), 2);
  EXPECT_EQ(p.begin()->what, action::withdraw);
  EXPECT_EQ(p.decimals(asset_id{1}), 18);
  EXPECT_EQ(p.decimals(asset_id{2}), 6);
  EXPECT_EQ(plan<>{}.deadline, never) << "a plan nobody dated is expired";
}

}  // namespace
