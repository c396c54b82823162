// SPDX-License-Identifier: MIT
#include <trimtab/trigger/any_of.hpp>
#include <trimtab/trigger/drift_band.hpp>
#include <trimtab/trigger/interval.hpp>

#include "laws/trigger_laws.hpp"

namespace trimtab {
namespace {

using trigger::interval;
constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr timestamp start = at_unix(1'700'000'000);
constexpr seconds day{86'400};
constexpr interval daily{.every = day, .target = 1.5, .tolerance = 0.02};
constexpr firing at(const interval& rule, double health, seconds after, bool filled = true) {
  auto s = rule.step({}, {.health = health, .now = start, .last_fill = filled ? start : never});
  s = rule.step(s, {.health = health, .now = start + after, .last_fill = filled ? start : never});
  return rule.fired(s);
}
static_assert(daily.validate() == errc::ok);
static_assert(!at(daily, 1.2, day - seconds{1}).fired && at(daily, 1.2, day - seconds{1}).why == errc::not_yet);
static_assert(at(daily, 1.2, day).fired && at(daily, 1.2, day).towards == direction::deleverage);
static_assert(at(daily, 1.8, day).towards == direction::leverage && at(daily, 1.8, day).target == 1.5);
static_assert(at(daily, 1.2, day, false).fired && !at(daily, 1.2, day - seconds{1}, false).fired,
              "from the first look");
static_assert(!at(daily, 1.5, day).fired && at(daily, 1.5, day).why == errc::inside_band);
constexpr interval once{.every = seconds::max()};
static_assert(once.quiet(once.step({}, {.health = 1.2, .now = start})).until == forever, "never due");

TEST(Interval, TheToleranceIsLeftAlone) {
  EXPECT_FALSE(at(daily, daily.lowest(), day).fired);
  EXPECT_TRUE(at(daily, std::nextafter(daily.lowest(), 0.0), day).fired);
  EXPECT_FALSE(at(daily, daily.highest(), day).fired);
  EXPECT_TRUE(at(daily, std::nextafter(daily.highest(), 9.0), day).fired);
}

TEST(Interval, ItGoesItsShareOfTheWay) {
  constexpr interval slow{.every = day, .target = 1.5, .speed = 0.25};
  EXPECT_DOUBLE_EQ(at(slow, 1.2, day).target, 1.275);
  EXPECT_DOUBLE_EQ(at(slow, 2.0, day).target, 1.875);
  EXPECT_EQ(at(slow, infinity, day).target, 1.5) << "of no debt there is no share";
  EXPECT_EQ(at(slow, nan, day).target, 1.5);
}

TEST(Interval, AFillStartsTheClockAnewAndARevertDoesNot) {
  auto s = daily.step({}, {.health = 1.2, .now = start});
  s = daily.step(s, {.health = 1.2, .now = start + day});
  EXPECT_TRUE(daily.fired(s).fired);
  s = daily.step(s, {.health = 1.2, .now = start + day + seconds{12}});
  EXPECT_TRUE(daily.fired(s).fired) << "still due";
  s = daily.step(s, {.health = 1.2, .now = start + day + seconds{24}, .last_fill = start + day + seconds{20}});
  EXPECT_EQ(daily.fired(s).why, errc::not_yet);
  EXPECT_EQ(daily.quiet(s).until, start + 2 * day + seconds{20});
}

TEST(Interval, OnlyDeleveragesWhereItIsTold) {
  constexpr interval down{.every = day, .target = 1.5, .may_leverage = false};
  EXPECT_FALSE(at(down, 3.0, day).fired);
  EXPECT_FALSE(at(down, infinity, day).fired);
  EXPECT_TRUE(at(down, 1.2, day).fired);
  EXPECT_TRUE(at(down, nan, day).fired) << "a NaN is no reason to sleep";
}

// What it says until when it is silent, it keeps to the second, and beside a band the first of the two ends the calm.
TEST(Interval, ItsSilenceEndsWhenItIsDue) {
  EXPECT_EQ(daily.quiet({}).until, never) << "the first look starts the clock: it may not be left out";
  const auto s = daily.step({}, {.health = 1.2, .now = start});
  EXPECT_EQ(daily.quiet(s).until, start + day);
  EXPECT_EQ(daily.quiet(s).low, 0.0);
  const auto due = daily.step(s, {.health = 1.5, .now = start + day});
  EXPECT_EQ(daily.quiet(due).until, forever);
  EXPECT_EQ(daily.quiet(due).low, daily.lowest());
  constexpr trigger::any_of both{trigger::drift_band{.lower = 1.15, .target = 1.25, .upper = 1.7}, daily};
  const auto b = both.step({}, {.health = 1.4, .now = start});
  EXPECT_EQ(both.quiet(b).until, start + day);
  EXPECT_EQ(both.quiet(b).low, 1.15);
  EXPECT_EQ(both.quiet(b).high, 1.7);
}

TEST(Interval, BadConfigurationIsRefusedByName) {
  for (double interval::*field : {&interval::target, &interval::tolerance, &interval::speed}) {
    interval bad = daily;
    bad.*field = nan;
    EXPECT_EQ(bad.validate(), errc::not_finite);
    bad.*field = -0.5;
    EXPECT_EQ(bad.validate(), errc::bad_configuration);
  }
  EXPECT_EQ(interval{.every = seconds{0}}.validate(), errc::bad_configuration);
  EXPECT_EQ(interval{.target = 1.0}.validate(), errc::bad_configuration);
  EXPECT_EQ(interval{.tolerance = 1.0}.validate(), errc::bad_configuration);
  EXPECT_EQ(interval{.speed = 1.1}.validate(), errc::bad_configuration);
  EXPECT_EQ(interval{.speed = 0.0}.validate(), errc::bad_configuration);
}

}  // namespace

namespace laws {
namespace {

struct interval_case : cooldown_grid {
  static constexpr double emergency = -infinity;
  static constexpr trigger::interval trigger() { return {.every = seconds{36}, .target = 1.18, .tolerance = 0.05}; }
};
struct interval_part_way : cooldown_grid {
  static constexpr double emergency = -infinity;
  static constexpr trigger::interval trigger() {
    return {.every = seconds{24}, .target = 1.15, .tolerance = 0.0, .speed = 0.05};
  }
};
struct interval_and_band : cooldown_grid {
  static constexpr double emergency = 1.05;
  static constexpr auto trigger() {
    return trigger::any_of{trigger::drift_band{.lower = 1.10, .target = 1.18, .upper = 1.4, .emergency = 1.05},
                           trigger::interval{.every = seconds{36}, .target = 1.18, .tolerance = 0.02}};
  }
};
using intervals = testing::Types<interval_case, interval_part_way, interval_and_band>;
INSTANTIATE_TYPED_TEST_SUITE_P(Interval, TriggerLaws, intervals);

}  // namespace
}  // namespace laws
}  // namespace trimtab
