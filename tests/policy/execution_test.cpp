// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/policy/execution.hpp>

#include <limits>
#include <type_traits>

namespace {

using namespace trimtab;

constexpr double nan_value = std::numeric_limits<double>::quiet_NaN();
constexpr execution capped{.gas_ceiling = 50e-9};

static_assert(std::is_trivially_copyable_v<execution>);
static_assert(validate(execution{}) == errc::ok);
static_assert(gas_limit(capped, 0.0, false) == 50e-9, "the ceiling itself at the band's edge");
static_assert(gas_limit(capped, 0.5, false) == 100e-9);
static_assert(gas_limit(capped, 1.0, false) == infinity);
static_assert(gas_limit(capped, 0.0, true) == infinity);
static_assert(gas_limit(execution{}, 0.3, false) == infinity);
static_assert(least_replacement_fee(execution{}, 80e-9) == 90e-9, "an eighth more");

TEST(Execution, TheGasLimitRisesWithUrgencyAndNeverFallsBelowTheCeiling) {
  double last = 0.0;
  for (int i = -10; i <= 110; ++i) {
    const double limit = gas_limit(capped, i / 100.0, false);
    EXPECT_GE(limit, last);
    EXPECT_GE(limit, capped.gas_ceiling);
    EXPECT_GE(gas_limit(capped, i / 100.0, true), limit);
    last = limit;
  }
  EXPECT_EQ(last, infinity);
  EXPECT_EQ(gas_limit(capped, nan_value, false), capped.gas_ceiling) << "nobody knows how urgent: not at all";
  EXPECT_EQ(gas_limit(capped, nan_value, true), infinity);
}

TEST(Execution, TheRewardGrowsFromTheEdgeToTheEmergency) {
  constexpr execution e{.reward = {2.0, basis_points{10.0}}, .urgent_reward = {10.0, basis_points{50.0}}};
  EXPECT_EQ(reward_at(e, 0.0, false).flat, 2.0);
  EXPECT_EQ(reward_at(e, 0.25, false).flat, 4.0);
  EXPECT_EQ(reward_at(e, 0.25, false).share.count, 20.0);
  for (const double u : {1.0, 2.0, infinity}) EXPECT_EQ(reward_at(e, u, false).flat, 10.0) << "the cap";
  for (const double u : {-1.0, nan_value}) EXPECT_EQ(reward_at(e, u, false).flat, 2.0);
  EXPECT_EQ(reward_at(e, 0.0, true).share.count, 50.0);
  EXPECT_EQ(reward_at({}, 0.5, true).flat, 0.0);
}

TEST(Execution, ValidateNamesWhatContradicts) {
  const auto bad = [](const execution& e) { return validate(e) == errc::bad_configuration; };
  EXPECT_TRUE(bad({.wait = seconds{0}}));
  EXPECT_TRUE(bad({.wait = seconds::max()})) << "a deadline beyond it would be long past";
  EXPECT_FALSE(bad({.wait = forever.time_since_epoch(), .pace = seconds::max(), .resend_after = seconds::max()}));
  EXPECT_TRUE(bad({.gas_ceiling = nan_value}));
  EXPECT_TRUE(bad({.least_gain = nan_value}));
  EXPECT_TRUE(bad({.pace = seconds{-1}}));
  EXPECT_TRUE(bad({.resend_after = seconds{-1}}));
  EXPECT_TRUE(bad({.tank_transactions = nan_value}));
  EXPECT_TRUE(bad({.tank_transactions = -1.0}));
  for (const double x : {nan_value, infinity, -1.0}) {
    EXPECT_TRUE(bad({.funding = {.premium = basis_points{x}}})) << x;
    EXPECT_TRUE(bad({.fee_raise = basis_points{x}})) << x;
    EXPECT_TRUE(bad({.reward = {.flat = x}, .urgent_reward = {.flat = 1e9}})) << x;
    EXPECT_TRUE(bad({.urgent_reward = {.flat = x}})) << x;
    EXPECT_TRUE(bad({.urgent_reward = {.share = basis_points{x}}})) << x;
  }
  EXPECT_TRUE(bad({.urgent_reward = {.share = basis_points{1e4}}})) << "all of it";
  EXPECT_TRUE(bad({.reward = {.flat = 2.0}, .urgent_reward = {.flat = 1.0}})) << "less when it matters";
  EXPECT_FALSE(bad({.reward = {.flat = 1.0}, .urgent_reward = {.flat = 1.0}}));
}

}  // namespace
