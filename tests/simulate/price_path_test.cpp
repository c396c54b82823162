// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/simulate/price_path.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

namespace {

using namespace trimtab::simulate;

static_assert(clock_over(0, 120).blocks == 10);
static_assert(clock_over(0, 121).blocks == 11);
static_assert(clock_over(100, 0).blocks == 0);
static_assert(clock_over(100, 200).time(2) == 124);

constexpr double ulps = 8 * std::numeric_limits<double>::epsilon();

price_series minutes(std::vector<bar> rows) {
  return {"m.csv", series_kind::bars, std::move(rows)};
}

const price_series two = minutes({{0, 100, 200, 50, 100, 0, 2}, {60, 100, 100, 100, 100, 0, 3}});

TEST(PricePath, SpendsTimeInProportionToTheLogDistance) {  // ln 2 up, 2 ln 2 down, ln 2 up: 15 s, 30 s, 15 s
  const auto path = make_path(two, {.order = bar_order::high_first});
  ASSERT_TRUE(path);
  price_cursor cursor(*path);
  EXPECT_EQ(cursor.price(0), 100.0);
  EXPECT_NEAR(cursor.price(7.5), 100 * std::sqrt(2.0), 100 * ulps);
  EXPECT_NEAR(cursor.price(15), 200.0, 200 * ulps);
  EXPECT_NEAR(cursor.price(30), 100.0, 100 * ulps);
  EXPECT_NEAR(cursor.price(45), 50.0, 50 * ulps);
  EXPECT_EQ(cursor.price(60), 100.0);
}

TEST(PricePath, VisitsTheLowFirstInTheOtherOrder) {
  const auto path = make_path(two, {.order = bar_order::low_first});
  ASSERT_TRUE(path);
  price_cursor cursor(*path);
  EXPECT_NEAR(cursor.price(15), 50.0, 50 * ulps);
  EXPECT_NEAR(cursor.price(45), 200.0, 200 * ulps);
}

TEST(PricePath, StaysInsideItsBarsAndTouchesTheirExtremes) {
  const std::vector<bar> rows = {
      {0, 10, 11, 9, 10.5, 0, 0}, {60, 10.6, 10.6, 8, 8.5, 0, 0}, {120, 8.5, 9, 8.5, 9, 0, 0}};
  for (const auto order : {bar_order::high_first, bar_order::low_first}) {
    const auto path = make_path(minutes(rows), {.order = order});
    ASSERT_TRUE(path);
    price_cursor cursor(*path);
    for (const bar& b : rows) {
      double low = b.open;
      double high = b.open;
      for (double t = 0.0; t < 60.0; t += 0.001) {
        const double p = cursor.price(static_cast<double>(b.time) + t);
        low = std::min(low, p);
        high = std::max(high, p);
      }
      EXPECT_GE(low, b.low * (1 - ulps));
      EXPECT_LE(high, b.high * (1 + ulps));
      EXPECT_NEAR(low, b.low, 1e-4 * b.low);
      EXPECT_NEAR(high, b.high, 1e-4 * b.high);
    }
  }
}

TEST(PricePath, JumpsFromCloseToOpen) {
  const auto path = make_path(minutes({{0, 10, 10, 10, 10, 0, 0}, {60, 8, 8, 8, 8, 0, 0}}));
  price_cursor cursor(*path);
  EXPECT_EQ(cursor.price(59.999), 10.0);
  EXPECT_EQ(cursor.price(60), 8.0);
  EXPECT_EQ(cursor.price(119), 8.0);
  EXPECT_EQ(path->last_time, 120);
  EXPECT_EQ(cursor.price(1e6), 8.0);
  EXPECT_EQ(cursor.price(-5), 10.0);  // backwards too
}

TEST(PricePath, StepsBetweenSamples) {
  const auto path = make_path({"s.csv", series_kind::samples, {{0, 5, 5, 5, 5, 0, 2}, {70, 6, 6, 6, 6, 0, 3}}});
  price_cursor cursor(*path);
  EXPECT_EQ(cursor.price(69), 5.0);
  EXPECT_EQ(cursor.price(70), 6.0);
  EXPECT_EQ(path->last_time, 70);
}

TEST(PricePath, CarriesTheCloseAcrossAHoleUpToTheMaximumAge) {
  const auto series = minutes(
      {{0, 10, 12, 10, 11, 0, 2}, {60, 11, 11, 11, 11, 0, 3}, {120, 11, 12, 11, 12, 0, 4}, {600, 9, 9, 9, 9, 0, 5}});
  const auto path = make_path(series, {.max_age_seconds = 420});
  ASSERT_TRUE(path);
  EXPECT_EQ(path->longest_hole_seconds, 420);
  price_cursor cursor(*path);
  EXPECT_EQ(cursor.price(599), 12.0);
  EXPECT_EQ(cursor.price(600), 9.0);

  const auto refused = make_path(series, {.max_age_seconds = 419});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().text(),
            "m.csv:5: hole of 420 s before this row (from 180 to 600); the maximum age is 419 s");
  EXPECT_TRUE(make_path(series, {.max_age_seconds = 419, .holes = hole_rule::carry}));
}

TEST(PricePath, RefusesASeriesWithoutAStep) {
  const auto path = make_path(minutes({{0, 10, 10, 10, 10, 0, 2}}));
  ASSERT_FALSE(path);
  EXPECT_EQ(path.error().text(), "m.csv: one row only: the length of a step cannot be inferred");
}

TEST(PricePath, SaysWhichSpanItCannotServe) {
  const auto path = make_path(two, {.max_age_seconds = 100});
  const path_rules rules{.max_age_seconds = 100};
  EXPECT_FALSE(coverage_fault(*path, 0, 220, rules));
  EXPECT_TRUE(coverage_fault(*path, 0, 221, rules));
  EXPECT_TRUE(coverage_fault(*path, -1, 100, rules));
  EXPECT_FALSE(coverage_fault(*path, 0, 999, {.max_age_seconds = 100, .holes = hole_rule::carry}));
}

TEST(PricePath, ReadsTheSamePriceInAnyOrder) {
  const auto path = make_path(two);
  price_cursor forward(*path);
  std::vector<double> there;
  for (int t = 0; t <= 130; ++t) there.push_back(forward.price(t));
  price_cursor backward(*path);
  for (int t = 130; t >= 0; --t) EXPECT_EQ(backward.price(t), there[static_cast<std::size_t>(t)]);
  EXPECT_EQ(prices_at_blocks(*path, clock_over(0, 120))[5], there[60]);
}

}  // namespace
