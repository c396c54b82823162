// SPDX-License-Identifier: MIT
#include <trimtab/trigger/any_of.hpp>
#include <trimtab/trigger/cooldown.hpp>
#include <trimtab/trigger/drift_band.hpp>

#include "laws/trigger_laws.hpp"

namespace trimtab {
namespace {

using trigger::any_of;
using trigger::cooldown;
using trigger::drift_band;

constexpr any_of two{drift_band{.lower = 1.10, .target = 1.20, .upper = 1.60},
                     drift_band{.lower = 1.30, .target = 1.40}};
constexpr firing at(double health) {
  return two.fired(two.step({}, {.health = health}));
}
static_assert(two.validate() == errc::ok);
static_assert(at(1.25).fired && at(1.25).target == 1.40);
static_assert(at(1.05).fired && at(1.05).target == 1.40, "one trade answers both");
static_assert(!at(1.45).fired && at(1.45).why == errc::inside_band);
static_assert(at(1.65).towards == direction::leverage);

TEST(TriggerAnyOf, DeleveragingComesBeforeLeveragingUp) {
  constexpr any_of opposed{drift_band{.lower = 1.10, .target = 1.20, .upper = 1.30},
                           drift_band{.lower = 1.50, .target = 1.60}};
  EXPECT_EQ(opposed.fired(opposed.step({}, {.health = 1.40})).towards, direction::deleverage);
}

TEST(TriggerAnyOf, EmergenciesComeFirst) {
  constexpr any_of calm_first{drift_band{.lower = 1.10, .target = 1.20},
                              drift_band{.lower = 1.10, .target = 1.30, .emergency = 1.05}};
  const firing f = calm_first.fired(calm_first.step({}, {.health = 1.04}));
  EXPECT_TRUE(f.emergency);
  EXPECT_EQ(f.target, 1.30);
}

TEST(TriggerAnyOf, TheUrgencyIsTheGreatestOfThoseThatGoThatWay) {
  constexpr drift_band low{.lower = 1.10, .target = 1.20, .emergency = 1.02},
      high{.lower = 1.30, .target = 1.40, .emergency = 1.01};
  constexpr any_of both{low, high};
  const auto urgency = [](const auto& t, double health) { return t.fired(t.step({}, {.health = health})).urgency; };
  for (const double health : {1.03, 1.08, 1.10, 1.2, 1.3})
    EXPECT_EQ(urgency(both, health), std::fmax(urgency(low, health), urgency(high, health))) << health;
  EXPECT_EQ(urgency(both, 1.02), 1.0);
  constexpr any_of opposed{drift_band{.lower = 1.10, .target = 1.20, .upper = 1.30},
                           drift_band{.lower = 1.50, .target = 1.60}};
  EXPECT_GT(urgency(opposed, 1.40), 0.0);
  EXPECT_EQ(opposed.fired(opposed.step({}, {.health = 1.40})).target, 1.60) << "not that of the other direction";
}

TEST(TriggerAnyOf, LeveragingUpGoesAsFarAsAnyPartWants) {
  constexpr any_of both{drift_band{.lower = 1.10, .target = 1.50, .upper = 1.90},
                        drift_band{.lower = 1.10, .target = 1.20, .upper = 2.00}};
  EXPECT_EQ(both.fired(both.step({}, {.health = 1.95})).target, 1.50);
  EXPECT_EQ(both.fired(both.step({}, {.health = 2.00})).target, 1.20);
}

TEST(TriggerAnyOf, APermissionAloneIsNoReasonToAct) {
  constexpr any_of permission{cooldown{}, drift_band{}};
  EXPECT_FALSE(permission.fired(permission.step({}, {.health = 2.0})).fired);
}

}  // namespace

namespace laws {
namespace {

struct two_bands : band_grid {
  static constexpr double emergency = 1.10;
  static constexpr auto trigger() {
    return trigger::any_of{trigger::drift_band{.lower = 1.15, .target = 1.25, .upper = 1.60, .emergency = 1.10},
                           trigger::drift_band{.lower = 1.18, .target = 1.70, .emergency = 1.05}};
  }
};
struct band_or_permission : cooldown_grid {
  static constexpr double emergency = 1.05;
  static constexpr auto trigger() {
    return trigger::any_of{trigger::cooldown{.wait = seconds{24}},
                           trigger::drift_band{.lower = 1.15, .target = 1.25, .upper = 1.70, .emergency = 1.05}};
  }
};
using combinations = testing::Types<two_bands, band_or_permission>;
INSTANTIATE_TYPED_TEST_SUITE_P(TriggerAnyOf, TriggerLaws, combinations);

}  // namespace
}  // namespace laws

namespace {

TEST(TriggerAnyOf, NoPartsNeverFire) {
  constexpr any_of<> none;
  EXPECT_FALSE(none.fired(none.step({}, {.health = 0.5})).fired);
  EXPECT_TRUE(none.quiet({}).permits_only);
}

}  // namespace
}  // namespace trimtab
