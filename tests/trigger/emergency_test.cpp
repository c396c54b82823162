// SPDX-License-Identifier: MIT
#include <trimtab/trigger/all_of.hpp>
#include <trimtab/trigger/any_of.hpp>
#include <trimtab/trigger/cooldown.hpp>
#include <trimtab/trigger/emergency.hpp>
#include <trimtab/trigger/not_before.hpp>

#include "laws/trigger_laws.hpp"
#include <initializer_list>

namespace trimtab {
namespace {

using trigger::emergency;
constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr emergency alarm{.level = 1.05, .target = 1.25};
constexpr firing after_path(std::initializer_list<double> path) {
  emergency::state_type state;
  for (const double health : path) state = alarm.step(state, {.health = health});
  return alarm.fired(state);
}
static_assert(alarm.validate() == errc::ok && alarm.rearm_at() == 0.5 * (1.05 + 1.25));
static_assert(after_path({1.05}).emergency && after_path({1.05}).urgency == 1.0 && after_path({1.05}).target == 1.25);
static_assert(!after_path({1.06}).fired);

TEST(Emergency, OneThatEasesIsStillAnEpisodeUntilRearm) {
  EXPECT_TRUE(after_path({1.04, 1.14}).fired);
  EXPECT_FALSE(after_path({1.04, 1.14}).emergency);
  EXPECT_FALSE(after_path({1.04, alarm.rearm_at()}).fired);
  EXPECT_FALSE(after_path({1.04, 1.16, 1.10}).fired) << "re-armed: 1.10 alone is no reason";
  EXPECT_TRUE(after_path({1.04, 1.14, 1.05}).emergency);
  EXPECT_TRUE(after_path({nan}).emergency);
  EXPECT_FALSE(after_path({infinity}).fired);
}

TEST(Emergency, NoPermissionHoldsItBack) {
  constexpr trigger::all_of held{alarm, trigger::cooldown{.wait = seconds{600}},
                                 trigger::not_before{.from = at_unix(2'000'000'000)}};
  const timestamp fill = at_unix(1'700'000'000);
  const auto look = [&](double health) {
    return held.fired(held.step({}, {.health = health, .now = fill, .last_fill = fill}));
  };
  EXPECT_TRUE(look(1.05).emergency);
  EXPECT_FALSE(look(1.06).fired);
}

TEST(Emergency, EdgesOutOfOrderAreRefused) {
  EXPECT_EQ((emergency{.level = 1.05, .target = 1.05}.validate()), errc::bad_configuration);
  EXPECT_EQ((emergency{.level = 0.0, .target = 1.25}.validate()), errc::bad_configuration);
  EXPECT_EQ((emergency{.level = 1.05, .target = 1.25, .rearm = 1.05}.validate()), errc::bad_configuration);
  EXPECT_EQ((emergency{.level = 1.05, .target = 1.25, .rearm = 1.26}.validate()), errc::bad_configuration);
  EXPECT_EQ((emergency{.level = 1.05, .target = 1.25, .rearm = -1.0}.validate()), errc::bad_configuration);
  for (double emergency::*field : {&emergency::level, &emergency::target, &emergency::rearm})
    for (const double bad : {nan, infinity}) {
      emergency e = alarm;
      e.*field = bad;
      EXPECT_EQ(e.validate(), errc::not_finite);
    }
}

}  // namespace

namespace laws {
namespace {

struct emergency_alone : band_grid {
  static constexpr double emergency = 1.05;
  static constexpr trigger::emergency trigger() { return {.level = 1.05, .target = 1.25}; }
};
struct emergency_beside_a_cooldown : cooldown_grid {
  static constexpr double emergency = 1.05;
  static constexpr auto trigger() {
    return trigger::any_of{trigger::emergency{.level = 1.05, .target = 1.25}, trigger::cooldown{.wait = seconds{24}}};
  }
};
using alarms_of = testing::Types<emergency_alone, emergency_beside_a_cooldown>;
INSTANTIATE_TYPED_TEST_SUITE_P(Emergency, TriggerLaws, alarms_of);

}  // namespace
}  // namespace laws
}  // namespace trimtab
