// SPDX-License-Identifier: MIT
// A policy's own plan, tried on the account as it will be.
#include <gtest/gtest.h>

#include <trimtab/health/aave_v3.hpp>
#include <trimtab/plan/settle.hpp>
#include <trimtab/policy/policy.hpp>

#include "support/keepers.hpp"

namespace {

using namespace trimtab;
using cases::watching;

TEST(PolicyPlan, IsThePlainOneWhereNothingGrows) {
  const auto w = watching(1.10);
  const auto s = w.look();
  const auto d = cases::keeper({}, s);
  ASSERT_EQ(d.verdict, verdict::rebalance);
  const auto plain = cases::keeper.plan_for(d, s), tried = cases::keeper.rehearsed_plan(d, s);
  ASSERT_TRUE(plain.has_value() && tried.has_value());
  ASSERT_EQ(plain->count, tried->count);
  for (std::uint32_t i = 0; i < plain->count; ++i) {
    EXPECT_EQ(plain->steps[i].what, tried->steps[i].what) << i;
    EXPECT_EQ(plain->steps[i].amount, tried->steps[i].amount) << i;
  }
  EXPECT_EQ(plain->deadline, tried->deadline);
}

TEST(PolicyPlan, SettlesOnTheGrownAccountAndSaysWhatTheProtocolWouldRefuse) {
  const auto w = watching(1.10);
  const auto s = w.look();
  const auto d = cases::keeper({}, s);
  // A year's 50 % over ten minutes.
  const growth debts[] = {growth_until(cases::debt_asset, 0.5 / static_cast<double>(year.count()), seconds{600})};
  const auto tried = cases::keeper.rehearsed_plan(d, s, debts);
  ASSERT_TRUE(tried.has_value()) << name(tried.error());
  auto grown = s.account;
  grown.find(cases::debt_asset)->debt *= debts[0].factor;
  const auto end = settle(cases::home.model, grown, *tried, s.sell, s.prices, s.reserves, s.now,
                          cases::plain_execution.funding.premium);
  ASSERT_TRUE(end.has_value()) << name(end.error());
  EXPECT_TRUE(end->moved.conserved());

  // A floor above what its minimum output leaves: the minimum rises to it.
  const double floor = 0.5 * (d.trade.health_at_min_out + d.trade.health_after);
  const auto dearer = cases::keeper.rehearsed_plan(d, s, {}, floor);
  ASSERT_TRUE(dearer.has_value()) << name(dearer.error());
  const auto least = [](const plan<>& p) {
    for (const step& each : p)
      if (each.what == action::swap) return each.min_out;
    return units{};
  };
  const auto plain = cases::keeper.plan_for(d, s);
  EXPECT_GT(least(*dearer), least(*plain));

  auto closed = watching(1.10);
  closed.reserves[0].paused = true;
  EXPECT_EQ(cases::keeper.rehearsed_plan(d, closed.look()).error(), errc::reserve_closed);
}

}  // namespace
