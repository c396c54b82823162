// SPDX-License-Identifier: MIT
#include <trimtab/trigger/all_of.hpp>
#include <trimtab/trigger/any_of.hpp>
#include <trimtab/trigger/cooldown.hpp>
#include <trimtab/trigger/drift_band.hpp>

#include "laws/trigger_laws.hpp"

namespace trimtab {
namespace {

using trigger::all_of;
using trigger::cooldown;
using trigger::drift_band;

constexpr all_of both{drift_band{.lower = 1.15, .target = 1.25, .upper = 1.70, .emergency = 1.05},
                      cooldown{.wait = seconds{600}}};
constexpr timestamp fill = at_unix(1'700'000'000);
constexpr firing at(double health, seconds after_fill) {
  return both.fired(both.step({}, {.health = health, .now = fill + after_fill, .last_fill = fill}));
}
static_assert(both.validate() == errc::ok);
static_assert(at(1.10, seconds{600}).fired && at(1.10, seconds{600}).target == 1.25);
static_assert(!at(1.10, seconds{599}).fired && at(1.10, seconds{599}).why == errc::cooldown);
static_assert(!at(1.40, seconds{600}).fired && at(1.40, seconds{600}).why == errc::inside_band);
static_assert(!at(1.40, seconds{0}).fired && at(1.40, seconds{0}).why == errc::inside_band);
static_assert(at(1.05, seconds{0}).emergency, "a cooldown never outlasts an emergency");

TEST(TriggerAllOf, TheOrderOfTheNotFiringPartsDoesNotHideTheBand) {
  constexpr all_of turned{cooldown{.wait = seconds{600}}, drift_band{.lower = 1.15, .target = 1.25}};
  const auto why = [&](double health, seconds after) {
    return turned.fired(turned.step({}, {.health = health, .now = fill + after, .last_fill = fill})).why;
  };
  EXPECT_EQ(why(1.40, seconds{0}), errc::inside_band);
  EXPECT_EQ(why(1.10, seconds{0}), errc::cooldown);
}

TEST(TriggerAllOf, PartsThatLeanInOppositeDirectionsCancel) {
  constexpr all_of opposed{drift_band{.lower = 1.50, .target = 1.60},
                           drift_band{.lower = 1.10, .target = 1.20, .upper = 1.30}};
  EXPECT_FALSE(opposed.fired(opposed.step({}, {.health = 1.40})).fired);
  EXPECT_TRUE(opposed.fired(opposed.step({}, {.health = 1.05})).fired) << "both want less debt";
}

TEST(TriggerAllOf, TheTargetIsTheFarthest) {
  constexpr all_of two{cooldown{}, drift_band{.lower = 1.15, .target = 1.25}, drift_band{.lower = 1.2, .target = 1.3}};
  EXPECT_EQ(two.fired(two.step({}, {.health = 1.10})).target, 1.3);
}

}  // namespace

namespace laws {
namespace {

struct band_and_cooldown : cooldown_grid {
  static constexpr double emergency = 1.05;
  static constexpr auto trigger() {
    return trigger::all_of{trigger::drift_band{.lower = 1.15, .target = 1.25, .upper = 1.70, .emergency = 1.05},
                           trigger::cooldown{.wait = seconds{24}}};
  }
};
struct two_bands : band_grid {
  static constexpr double emergency = 1.10;
  static constexpr auto trigger() {
    return trigger::all_of{trigger::drift_band{.lower = 1.15, .target = 1.25, .upper = 1.60, .emergency = 1.10},
                           trigger::drift_band{.lower = 1.18, .target = 1.70, .emergency = 1.0}};
  }
};
struct nested : band_and_cooldown {
  static constexpr auto trigger() {
    return trigger::all_of{trigger::cooldown{.wait = seconds{24}},
                           trigger::any_of{trigger::drift_band{.lower = 1.15, .target = 1.25, .emergency = 1.05},
                                           trigger::drift_band{.lower = 1.10, .target = 1.20, .upper = 1.70}}};
  }
};
using combinations = testing::Types<band_and_cooldown, two_bands, nested>;
INSTANTIATE_TYPED_TEST_SUITE_P(TriggerAllOf, TriggerLaws, combinations);

}  // namespace
}  // namespace laws

namespace {

TEST(TriggerAllOf, WhileItWaitsItSaysWhichWayItLeans) {
  const firing f = at(1.10, seconds{0});
  EXPECT_FALSE(f.fired);
  EXPECT_EQ(f.towards, direction::deleverage);
  EXPECT_EQ(f.target, 1.25);
  EXPECT_EQ(f.why, errc::cooldown);
  EXPECT_GT(f.urgency, 0.0);
  EXPECT_EQ(at(1.40, seconds{0}).towards, direction::none);
}

TEST(TriggerAllOf, PermissionsAloneArePermission) {
  constexpr all_of permissions{cooldown{.wait = seconds{10}}, cooldown{.wait = seconds{20}}};
  const auto fired = [&](seconds after) {
    return permissions.fired(permissions.step({}, {.now = fill + after, .last_fill = fill})).fired;
  };
  EXPECT_FALSE(fired(seconds{19}));
  EXPECT_TRUE(fired(seconds{20}));
  EXPECT_TRUE(permissions.quiet({}).permits_only);
}

TEST(TriggerAllOf, AnEmergencyOfAnyPartIsAnEmergencyOfAll) {
  constexpr all_of three{cooldown{}, drift_band{.lower = 1.15, .target = 1.25, .emergency = 1.05},
                         drift_band{.lower = 1.01, .target = 1.02}};
  const firing f = three.fired(three.step({}, {.health = 1.04, .now = fill, .last_fill = fill}));
  EXPECT_TRUE(f.emergency);
  EXPECT_EQ(f.target, 1.25);
}

}  // namespace
}  // namespace trimtab
