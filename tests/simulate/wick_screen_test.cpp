// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/simulate/wick_screen.hpp>

#include <vector>

namespace {

using namespace trimtab::simulate;

price_series hourly(std::vector<bar> rows) {
  for (std::size_t k = 0; k < rows.size(); ++k) rows[k].time = static_cast<std::int64_t>(3600 * k);
  return {"hourly", series_kind::bars, std::move(rows)};
}

price_series samples(const std::vector<double>& prices) {
  price_series s{"samples", series_kind::samples, {}};
  for (double p : prices) s.rows.push_back({static_cast<std::int64_t>(60 * s.rows.size()), p, p, p, p, 0.0, 0});
  return s;
}

TEST(WickScreen, TakesOutALowThatNoOracleWouldHavePrinted) {  // LINK/USDT, 2020-03-12 10:00, one venue
  const auto out = screen_wicks(hourly({{0, 3.1745, 3.1966, 3.0600, 3.0647, 0, 0},
                                        {0, 3.0634, 3.0765, 0.0001, 2.4693, 0, 0},
                                        {0, 2.4467, 2.6052, 2.0000, 2.3479, 0, 0}}));
  ASSERT_EQ(out.wicks.size(), 1U);
  EXPECT_EQ(out.wicks[0].time, 3600);
  EXPECT_EQ(out.wicks[0].printed, 0.0001);
  EXPECT_EQ(out.wicks[0].kept, 2.0);  // the neighbour's low: the fall itself stays
  EXPECT_EQ(out.series.rows[1].low, 2.0);
  EXPECT_EQ(out.series.rows[1].close, 2.4693);
}

TEST(WickScreen, TakesOutAHighToo) {  // USDC/USDT, 2022-05-11 20:00
  const auto out = screen_wicks(hourly({{0, 1.0028, 1.0031, 1.0025, 1.0030, 0, 0},
                                        {0, 1.0029, 3.9900, 1.0029, 1.0051, 0, 0},
                                        {0, 1.0053, 1.0200, 1.0033, 1.0050, 0, 0}}));
  ASSERT_EQ(out.wicks.size(), 1U);
  EXPECT_EQ(out.series.rows[1].high, 1.02);
}

TEST(WickScreen, KeepsACrashThatRevertsWithinItsHour) {
  const auto night = screen_wicks(hourly({{0, 106.97, 112, 96, 96.62, 0, 0},  // ETH/USDT, 2020-03-13 01:00 to 04:00
                                          {0, 96.51, 120.2, 86, 111.12, 0, 0},
                                          {0, 111.25, 138, 110, 124.24, 0, 0},
                                          {0, 124.17, 124.24, 106, 109.7, 0, 0}}));
  EXPECT_TRUE(night.wicks.empty());
  EXPECT_EQ(night.series.rows[1].low, 86.0);
  const auto evening = screen_wicks(hourly({{0, 130.99, 134.95, 126.2, 127.26, 0, 0},  // 2020-03-12 22:00 to 00:00
                                            {0, 127.32, 127.32, 101.2, 107.82, 0, 0},
                                            {0, 107.67, 116.36, 104.2, 106.89, 0, 0}}));
  EXPECT_TRUE(evening.wicks.empty());
}

TEST(WickScreen, KeepsTheMinuteLowsOfMay2021) {  // ETH/USDT spot, 2021-05-19 13:08 to 13:11
  const auto out = screen_wicks(hourly({{0, 2118.73, 2167.52, 2000, 2000.02, 0, 0},
                                        {0, 2000.77, 2008.5, 1920, 1925.16, 0, 0},
                                        {0, 1920.02, 2000, 1888, 1981.07, 0, 0},
                                        {0, 1981.07, 2151.99, 1977.52, 2149.98, 0, 0}}));
  EXPECT_TRUE(out.wicks.empty());
}

TEST(WickScreen, KeepsAJumpThatStays) {
  EXPECT_TRUE(
      screen_wicks(hourly({{0, 10, 10, 10, 10, 0, 0}, {0, 10, 10, 5, 5, 0, 0}, {0, 5, 5, 5, 5, 0, 0}})).wicks.empty());
  EXPECT_TRUE(screen_wicks(samples({10, 10, 10, 5, 5, 5})).wicks.empty());
}

TEST(WickScreen, TakesOutASampleThatStandsAlone) {
  const auto out = screen_wicks(samples({1.0, 1.001, 0.7, 1.0, 0.999}));
  ASSERT_EQ(out.wicks.size(), 1U);
  EXPECT_EQ(out.wicks[0].printed, 0.7);
  EXPECT_EQ(out.series.rows[2].close, 1.0);
}

TEST(WickScreen, WorksAtBothEndsOfTheFile) {
  const std::vector<bar> calm = {{0, 10, 10.1, 9.9, 10, 0, 0}, {0, 10, 10.1, 9.9, 10, 0, 0}};
  auto first = calm;
  first[0].low = 1.0;
  auto last = calm;
  last[1].low = 1.0;
  EXPECT_EQ(screen_wicks(hourly(first)).wicks.size(), 1U);
  EXPECT_EQ(screen_wicks(hourly(last)).wicks.size(), 1U);
  EXPECT_TRUE(screen_wicks(hourly({{0, 10, 11, 1, 10, 0, 0}})).wicks.empty());  // nothing contradicts a single bar
}

TEST(WickScreen, LeavesEveryBarAPossibleBar) {
  const auto out =
      screen_wicks(hourly({{0, 10, 10, 10, 10, 0, 0}, {0, 10, 90, 1, 9, 0, 0}, {0, 12, 12, 12, 12, 0, 0}}));
  EXPECT_EQ(out.wicks.size(), 2U);
  for (const bar& b : out.series.rows) EXPECT_EQ(detail::bar_fault(b), std::nullopt);
}

}  // namespace
