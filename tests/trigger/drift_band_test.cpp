// SPDX-License-Identifier: MIT
#include <trimtab/trigger/drift_band.hpp>

#include "laws/trigger_laws.hpp"
#include <string>

namespace trimtab {
namespace {

using trigger::drift_band;
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

constexpr drift_band band{.lower = 1.15, .target = 1.25, .upper = 1.70, .emergency = 1.05};
constexpr firing after_path(std::initializer_list<double> path) {
  drift_band::state_type state;
  for (const double health : path) state = band.step(state, {.health = health});
  return band.fired(state);
}
static_assert(band.validate() == errc::ok);
static_assert(!after_path({1.40}).fired);
static_assert(after_path({1.14}).fired && after_path({1.14}).towards == direction::deleverage);
static_assert(after_path({1.14}).target == 1.25 && !after_path({1.14}).emergency);
static_assert(after_path({1.05}).emergency);
static_assert(after_path({1.70}).towards == direction::leverage);
static_assert(band.rearm_below() == 0.5 * (1.15 + 1.25) && band.rearm_up() == 0.5 * (1.70 + 1.25));

TEST(DriftBand, AtTheLowerEdgeItFires) {
  EXPECT_TRUE(after_path({1.15}).fired);
  EXPECT_FALSE(after_path({std::nextafter(1.15, 2.0)}).fired);
}

TEST(DriftBand, AtTheUpperEdgeItFires) {
  EXPECT_TRUE(after_path({1.70}).fired);
  EXPECT_FALSE(after_path({std::nextafter(1.70, 0.0)}).fired);
}

TEST(DriftBand, AnEpisodeLastsUntilHealthHasComeBackAcrossTheRearmLevel) {
  EXPECT_TRUE(after_path({1.14, 1.16}).fired);
  EXPECT_TRUE(after_path({1.14, 1.19}).fired);
  EXPECT_FALSE(after_path({1.14, band.rearm_below()}).fired);
  EXPECT_FALSE(after_path({1.14, 1.21, 1.16}).fired) << "inside again: 1.16 alone is no reason";
  EXPECT_TRUE(after_path({1.75, 1.60}).fired);
  EXPECT_FALSE(after_path({1.75, band.rearm_up()}).fired);
}

TEST(DriftBand, AnEmergencyThatEasesIsStillAnEpisode) {
  const firing eased = after_path({1.01, 1.10});
  EXPECT_TRUE(eased.fired);
  EXPECT_FALSE(eased.emergency);
  EXPECT_TRUE(after_path({1.01, 1.19}).fired);
  EXPECT_FALSE(after_path({1.01, 1.21}).fired);
}

TEST(DriftBand, ItGoesItsShareOfTheWayAndAtLeastToTheEdge) {
  constexpr drift_band slow{.lower = 1.15, .target = 1.25, .upper = 1.70, .emergency = 1.05, .speed = 0.25};
  static_assert(slow.validate() == errc::ok);
  const auto target = [&](double health) { return slow.fired(slow.step({}, {.health = health})).target; };
  EXPECT_DOUBLE_EQ(target(1.15), 1.15 + 0.25 * 0.10);
  EXPECT_DOUBLE_EQ(target(1.14), 1.14 + 0.25 * 0.11);
  EXPECT_EQ(target(1.10), 1.15) << "a quarter of the way would be short of the edge";
  EXPECT_EQ(target(1.05), 1.25) << "an emergency goes all of it";
  EXPECT_DOUBLE_EQ(target(1.70), 1.70 - 0.25 * 0.45);
  EXPECT_EQ(target(2.50), 1.70);
  EXPECT_EQ(target(infinity), 1.70);
  EXPECT_EQ(target(nan), 1.25);
  // Followed without loss it gets to the re-arm level, and there it stops.
  double health = 1.06;
  drift_band::state_type s;
  int trades = 0;
  for (; trades < 50; ++trades) {
    s = slow.step(s, {.health = health});
    const firing f = slow.fired(s);
    if (!f.fired) break;
    EXPECT_GT(f.target, health);
    EXPECT_LE(f.target, 1.25);
    health = f.target;
  }
  EXPECT_GE(health, slow.rearm_below());
  EXPECT_EQ(trades, 4) << "to the edge, and from there 0.1 · 0.75ⁿ ≤ 0.05";
  EXPECT_EQ(s, drift_band::state_type{}) << "inside nothing is remembered";
}

TEST(DriftBand, UrgencyIsNoneAtTheEdgeAndAllAtTheEmergency) {
  const auto urgency = [](const drift_band& b, double health) {
    return b.fired(b.step({}, {.health = health})).urgency;
  };
  EXPECT_EQ(urgency(band, 1.15), 0.0);
  EXPECT_NEAR(urgency(band, 1.10), 0.5, 1e-14) << "half way";
  EXPECT_EQ(urgency(band, 1.05), 1.0);
  EXPECT_EQ(urgency(band, nan), 1.0);
  EXPECT_EQ(urgency(band, 1.70), 0.0) << "nothing is lost by leveraging up a little later";
  constexpr drift_band without{.lower = 1.15, .target = 1.25};
  EXPECT_NEAR(urgency(without, 1.075), 0.5, 1e-14) << "without an emergency it ends at liquidation";
  EXPECT_EQ(urgency(without, 1.0), 1.0);
  EXPECT_FALSE(without.fired(without.step({}, {.health = 0.9})).emergency);
  const auto s = band.step(band.step({}, {.health = 1.10}), {.health = 1.18});
  EXPECT_TRUE(band.fired(s).fired);
  EXPECT_EQ(band.fired(s).urgency, 0.0) << "above the edge again";
}

TEST(DriftBand, AJumpAcrossTheBandChangesTheDirection) {
  EXPECT_EQ(after_path({1.10, 1.80}).towards, direction::leverage);
  EXPECT_EQ(after_path({1.80, 1.10}).towards, direction::deleverage);
}

TEST(DriftBand, BetweenEdgeAndRearmLevelOnlyThePastDecides) {
  for (const double health : {1.16, 1.18, 1.199}) {
    EXPECT_FALSE(after_path({1.40, health}).fired) << health;
    EXPECT_TRUE(after_path({1.10, health}).fired) << health;
    EXPECT_TRUE(after_path({1.10, health, health, health}).fired) << health;
  }
}

TEST(DriftBand, ItSaysNothingInsideAndOnlyInside) {
  EXPECT_EQ(band.quiet({drift_band::side::inside}).low, 1.15);
  EXPECT_EQ(band.quiet({drift_band::side::inside}).high, 1.70);
  for (const auto side : {drift_band::side::below, drift_band::side::emergency, drift_band::side::above})
    EXPECT_GE(band.quiet({side}).low, band.quiet({side}).high);
}

}  // namespace

namespace laws {
namespace {

struct whole_band : band_grid {
  static constexpr double emergency = 1.05;
  static constexpr trigger::drift_band trigger() {
    return {.lower = 1.15, .target = 1.25, .upper = 1.70, .emergency = 1.05};
  }
};
struct lower_band : band_grid {
  static constexpr double emergency = 0.0;
  static constexpr trigger::drift_band trigger() { return {}; }
};
struct own_rearm_band : band_grid {
  static constexpr double emergency = 1.10;
  static constexpr trigger::drift_band trigger() {
    return {.lower = 1.15, .target = 1.25, .upper = 1.60, .emergency = 1.10, .rearm = 1.25, .rearm_above = 1.25};
  }
};
struct slow_band : band_grid {
  static constexpr double emergency = 1.05;
  static constexpr trigger::drift_band trigger() {
    return {.lower = 1.15, .target = 1.25, .upper = 1.60, .emergency = 1.05, .speed = 0.1};
  }
};
using bands = testing::Types<whole_band, lower_band, own_rearm_band, slow_band>;
INSTANTIATE_TYPED_TEST_SUITE_P(DriftBand, TriggerLaws, bands);

}  // namespace
}  // namespace laws

namespace {

TEST(DriftBand, ANaNHealthIsAnEmergency) {
  EXPECT_TRUE(after_path({nan}).emergency);
  EXPECT_TRUE(after_path({1.40, nan}).emergency);
}

TEST(DriftBand, NoDebtNeverFiresWithoutAnUpperEdge) {
  constexpr drift_band lower_only;
  static_assert(lower_only.upper == infinity);
  EXPECT_FALSE(lower_only.fired(lower_only.step({}, {.health = std::numeric_limits<double>::max()})).fired);
}

TEST(DriftBand, InfiniteHealthIsNoReasonToAct) {
  constexpr drift_band lower_only;
  EXPECT_FALSE(lower_only.fired(lower_only.step({}, {.health = infinity})).fired);
}

TEST(DriftBand, EdgesOutOfOrderAreRefused) {
  const auto with = [](double lower, double target, double upper, double emergency, double rearm, double rearm_above) {
    return drift_band{lower, target, upper, emergency, rearm, rearm_above}.validate();
  };
  EXPECT_EQ(with(1.15, 1.25, 1.7, 1.05, 0.0, 0.0), errc::ok);
  EXPECT_EQ(with(1.15, 1.25, infinity, 0.0, 0.0, 0.0), errc::ok);
  EXPECT_EQ(with(1.0, 1.25, 1.7, 0.0, 0.0, 0.0), errc::bad_configuration);
  EXPECT_EQ(with(1.25, 1.25, 1.7, 0.0, 0.0, 0.0), errc::bad_configuration);
  EXPECT_EQ(with(1.15, 1.70, 1.7, 0.0, 0.0, 0.0), errc::bad_configuration);
  EXPECT_EQ(with(1.15, 1.25, 1.7, 1.15, 0.0, 0.0), errc::bad_configuration);
  EXPECT_EQ(with(1.15, 1.25, 1.7, -0.1, 0.0, 0.0), errc::bad_configuration);
  EXPECT_EQ(with(1.15, 1.25, 1.7, 0.0, 1.26, 0.0), errc::bad_configuration);
  EXPECT_EQ(with(1.15, 1.25, 1.7, 0.0, 1.15, 0.0), errc::bad_configuration);
  EXPECT_EQ(with(1.15, 1.25, 1.7, 0.0, 0.0, 1.7), errc::bad_configuration);
  EXPECT_EQ(with(1.15, 1.25, 1.7, 0.0, 0.0, 1.24), errc::bad_configuration);
  EXPECT_EQ(with(1.15, 1.25, nan, 0.0, 0.0, 0.0), errc::bad_configuration);
  for (const double speed : {0.0, -0.5, 1.0 + 1e-12})
    EXPECT_EQ(drift_band{.speed = speed}.validate(), errc::bad_configuration);
  EXPECT_EQ(drift_band{.speed = nan}.validate(), errc::not_finite);
  // Where to re-arm is either said or left to be half way: what is neither is no place.
  for (const double nowhere : {nan, -1.0})
    EXPECT_EQ((drift_band{.upper = 2.0, .rearm_above = nowhere}.validate()), errc::bad_configuration);
  EXPECT_EQ((drift_band{.rearm = -1.0}.validate()), errc::bad_configuration);
  for (const double bad : {nan, infinity}) {
    EXPECT_EQ(with(bad, 1.25, 1.7, 0.0, 0.0, 0.0), errc::not_finite);
    EXPECT_EQ(with(1.15, bad, 1.7, 0.0, 0.0, 0.0), errc::not_finite);
    EXPECT_EQ(with(1.15, 1.25, 1.7, bad, 0.0, 0.0), errc::not_finite);
    EXPECT_EQ(with(1.15, 1.25, 1.7, 0.0, bad, 0.0), errc::not_finite);
  }
}

}  // namespace
}  // namespace trimtab
