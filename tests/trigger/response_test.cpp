// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/trigger/response.hpp>

#include "support/random.hpp"
#include <algorithm>
#include <cmath>
#include <limits>

namespace {

using namespace trimtab;
using trigger::part_way;
using trigger::urgency;
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

static_assert(urgency(1.15, 1.15, 1.05) == 0.0 && urgency(1.05, 1.15, 1.05) == 1.0);
static_assert(part_way(1.1, 1.3, 0.5) == 0.5 * 1.1 + 0.5 * 1.3 && part_way(1.1, 1.3, 1.0) == 1.3);

TEST(Response, UrgencyIsTheShareOfTheWay) {
  test::random_numbers random(72);
  for (int i = 0; i < 20'000; ++i) {
    const double worst = random.uniform(1.0, 1.2), edge = worst * random.uniform(1.0001, 1.5);
    const double health = random.uniform(0.9 * worst, 1.1 * edge);
    const long double share = (static_cast<long double>(edge) - health) / (static_cast<long double>(edge) - worst);
    EXPECT_NEAR(urgency(health, edge, worst), static_cast<double>(std::clamp(share, 0.0L, 1.0L)), 1e-11);
    EXPECT_GE(urgency(health * 0.999, edge, worst), urgency(health, edge, worst)) << "worse is never less urgent";
  }
  EXPECT_EQ(urgency(nan, 1.2, 1.0), 1.0);
  EXPECT_EQ(urgency(-1.0, 1.2, 1.0), 1.0);
  EXPECT_EQ(urgency(infinity, 1.2, 1.0), 0.0);
  EXPECT_EQ(urgency(1.0, 1.0, 1.0), 1.0) << "no way between the two";
  EXPECT_EQ(urgency(1.1, nan, 1.0), 0.0);
}

TEST(Response, PartOfTheWayIsBetweenHereAndThere) {
  test::random_numbers random(73);
  for (int i = 0; i < 20'000; ++i) {
    const double health = random.uniform(0.5, 4.0), target = random.uniform(1.0, 2.0), speed = random.uniform(0.0, 1.0);
    const double there = part_way(health, target, speed);
    EXPECT_GE(there, std::min(health, target));
    EXPECT_LE(there, std::max(health, target));
    EXPECT_NEAR((there - health), speed * (target - health), 1e-15 * 8) << "the share of the distance";
    EXPECT_NE(there, health) << "a trade that goes nowhere is none";
  }
  EXPECT_EQ(part_way(1.2, std::nextafter(1.2, 2.0), 0.5), std::nextafter(1.2, 2.0));
  EXPECT_EQ(part_way(nan, 1.3, 0.5), 1.3);
  EXPECT_EQ(part_way(infinity, 1.3, 0.5), infinity);
  EXPECT_EQ(part_way(infinity, 1.3, 1.0), 1.3);
  EXPECT_EQ(part_way(1.1, 1.3, nan), 1.3);
}

}  // namespace
