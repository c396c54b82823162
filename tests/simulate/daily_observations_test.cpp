// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/simulate/daily_observations.hpp>

#include <cmath>

namespace trimtab::simulate {
namespace {

/// Four bars a day: closes 101, 102, 103, 104, …; the bars `missing` says are left out.
price_series six_hourly(int days, auto missing) {
  price_series s;
  for (int k = 0; k < 4 * days; ++k)
    if (!missing(k)) {
      const double open = 100.0 + k, close = open + 1.0;
      s.rows.push_back({21'600 * k, open, close, open, close, 0.0, 0});
    }
  return s;
}

TEST(DailyObservations, ADayIsItsReturnAndTheSumOfItsSquares) {
  const auto days = daily_observations(six_hourly(3, [](int) { return false; }));
  ASSERT_EQ(days.size(), 3U);
  EXPECT_FALSE(days[0].follows);
  EXPECT_TRUE(days[1].follows);
  EXPECT_EQ(days[1].start, 86'400);
  EXPECT_EQ(days[1].close, 108.0);
  EXPECT_DOUBLE_EQ(days[1].seen.log_return, std::log(108.0 / 104.0));
  double squares = 0.0;
  for (const double p : {104.0, 105.0, 106.0, 107.0}) squares += std::pow(std::log((p + 1.0) / p), 2);
  EXPECT_DOUBLE_EQ(days[1].seen.realised_variance, squares);
}

TEST(DailyObservations, ADayWithTooFewBarsIsLeftOut) {
  const auto days = daily_observations(six_hourly(4, [](int k) { return k == 5 || k == 6; }));
  ASSERT_EQ(days.size(), 3U);
  EXPECT_EQ(days[1].start, 2 * 86'400);
  EXPECT_FALSE(days[1].follows);
  EXPECT_DOUBLE_EQ(days[1].seen.log_return, std::log(112.0 / 108.0)) << "from its own opening";
}

TEST(DailyObservations, AMissingBarIsMadeUpFor) {
  const auto days = daily_observations(six_hourly(40, [](int k) { return k == 41; }), 0.5);
  ASSERT_EQ(days.size(), 40U);
  double squares = 0.0;
  for (const double p : {140.0, 141.0, 142.0, 143.0}) squares += std::pow(std::log((p + 1.0) / p), 2);
  EXPECT_NEAR(days[10].seen.realised_variance / squares, 6.0 / 4.0 * 4.0 / 3.0, 0.01) << "two steps in one";
}

TEST(DailyObservations, WeeksAreNoDays) {
  price_series weekly;
  for (int k = 0; k < 9; ++k) weekly.rows.push_back({604'800 * k, 100.0, 101.0, 99.0, 100.0, 0.0, 0});
  EXPECT_TRUE(daily_observations(weekly).empty());
}

}  // namespace
}  // namespace trimtab::simulate
