// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/simulate/oracle_feed.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

namespace {

using namespace trimtab::simulate;

block_clock blocks(std::size_t n) {
  return {.first_time = 0, .seconds = 12, .blocks = n};
}

TEST(OracleFeed, PrintsAMoveOfTheDeviationOneBlockLate) {
  const std::vector<double> market = {100, 100, 99, 99, 99};
  const auto feed = make_feed(market, blocks(5));
  EXPECT_EQ(feed.price, (std::vector<double>{100, 100, 100, 99, 99}));
  ASSERT_EQ(feed.prints.size(), 2U);
  EXPECT_EQ(feed.prints[1].block, 3U);
}

TEST(OracleFeed, KeepsQuietBelowTheDeviationUntilTheHeartbeat) {
  std::vector<double> market(302, 100.0);
  std::fill(market.begin() + 1, market.end(), 99.6);
  const auto feed = make_feed(market, blocks(market.size()));
  EXPECT_EQ(feed.price[299], 100.0);
  EXPECT_EQ(feed.price[300], 99.6);  // 300 blocks of 12 s
  EXPECT_EQ(feed.prints.size(), 2U);
}

TEST(OracleFeed, NeverPrintsASingleObservation) {
  const std::vector<double> market = {100, 100, 1, 100, 100, 900, 100, 100};
  const auto feed = make_feed(market, blocks(market.size()));
  for (double p : feed.price) EXPECT_EQ(p, 100.0);
  EXPECT_EQ(feed.spikes, 2U);
}

TEST(OracleFeed, PrintsWhatLastsTwoObservations) {
  const std::vector<double> market = {100, 100, 50, 50, 100, 100};
  const auto feed = make_feed(market, blocks(market.size()));
  EXPECT_EQ(feed.price, (std::vector<double>{100, 100, 100, 50, 50, 100}));
  EXPECT_EQ(feed.spikes, 0U);
}

TEST(OracleFeed, StaysWithinTheDeviationOfTheMedianItSaw) {
  std::vector<double> market;
  for (int k = 0; k < 5'000; ++k) market.push_back(100.0 * std::exp(0.3 * std::sin(k / 40.0)));
  const auto feed = make_feed(market, blocks(market.size()));
  for (std::size_t b = 2; b < market.size(); ++b) {
    const double seen = detail::median(market[b - 2], market[b - 1], market[b]);
    EXPECT_LT(std::abs(seen / feed.price[b] - 1.0), 0.005);
  }
}

TEST(OracleFeed, DoesNotSeeAWickThatIsScreenedAndSeesTheCrashAroundIt) {  // LINK-like hour
  const price_series raw{
      "link",
      series_kind::bars,
      {{0, 4.2, 4.25, 4.15, 4.2, 0, 0}, {3600, 4.2, 4.2, 0.0001, 2.47, 0, 0}, {7200, 2.47, 2.6, 2.0, 2.35, 0, 0}}};
  const auto screened = screen_wicks(raw);
  EXPECT_EQ(screened.wicks.size(), 1U);
  for (const auto order : {bar_order::high_first, bar_order::low_first}) {
    const auto path = make_path(screened.series, {.order = order});
    ASSERT_TRUE(path);
    const auto clock = clock_over(path->first_time, path->last_time);
    const auto feed = make_feed(prices_at_blocks(*path, clock), clock);
    const double lowest = *std::min_element(feed.price.begin(), feed.price.end());
    EXPECT_GE(lowest, 2.0);
    EXPECT_LT(lowest, 2.02);
  }
  const auto path = make_path(raw);  // and without the screen a median over blocks could not have helped
  const auto clock = clock_over(path->first_time, path->last_time);
  const auto feed = make_feed(prices_at_blocks(*path, clock), clock);
  EXPECT_LT(*std::min_element(feed.price.begin(), feed.price.end()), 0.0002);
}

TEST(OracleFeed, SeesTheLowOfAGenuineCrash) {  // ETH/USDT, 2020-03-13 01:00 to 04:00
  const price_series raw{"eth",
                         series_kind::bars,
                         {{0, 106.97, 112, 96, 96.62, 0, 0},
                          {3600, 96.51, 120.2, 86, 111.12, 0, 0},
                          {7200, 111.25, 138, 110, 124.24, 0, 0}}};
  const auto path = make_path(screen_wicks(raw).series);
  const auto clock = clock_over(path->first_time, path->last_time);
  const auto feed = make_feed(prices_at_blocks(*path, clock), clock);
  EXPECT_LT(*std::min_element(feed.price.begin(), feed.price.end()), 86.0 * 1.006);
}

TEST(OracleFeed, ReplaysARecordedFeedAsItIs) {
  const price_series samples{
      "feed.csv", series_kind::samples, {{-5, 10, 10, 10, 10, 0, 2}, {13, 9, 9, 9, 9, 0, 3}, {36, 8, 8, 8, 8, 0, 4}}};
  const auto feed = replay_feed(samples, blocks(5));
  ASSERT_TRUE(feed);
  EXPECT_EQ(feed->price, (std::vector<double>{10, 10, 9, 8, 8}));
  ASSERT_EQ(feed->prints.size(), 3U);
  EXPECT_EQ(feed->prints[1].block, 2U);
}

TEST(OracleFeed, RefusesARecordedFeedThatStartsLateOrGoesStale) {
  const price_series late{"feed.csv", series_kind::samples, {{5, 10, 10, 10, 10, 0, 2}}};
  EXPECT_EQ(replay_feed(late, blocks(5)).error().text(), "feed.csv:2: starts at 5, after 0");
  const price_series stale{"feed.csv", series_kind::samples, {{0, 10, 10, 10, 10, 0, 2}}};
  EXPECT_EQ(replay_feed(stale, blocks(5), {.max_age_seconds = 30}).error().text(),
            "feed.csv:2: no sample after this row for more than the maximum age of 30 s");
  EXPECT_TRUE(replay_feed(stale, blocks(5), {.max_age_seconds = 30, .holes = hole_rule::carry}));
}

}  // namespace
