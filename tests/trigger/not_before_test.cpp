// SPDX-License-Identifier: MIT
#include <trimtab/trigger/all_of.hpp>
#include <trimtab/trigger/drift_band.hpp>
#include <trimtab/trigger/not_before.hpp>

#include "laws/trigger_laws.hpp"

namespace trimtab {
namespace {

using trigger::not_before;
constexpr timestamp opening = at_unix(1'700'000'040);
constexpr not_before rule{.from = opening};
constexpr firing at(timestamp now) {
  return rule.fired(rule.step({}, {.now = now}));
}
static_assert(rule.validate() == errc::ok);
static_assert(!at(opening - seconds{1}).fired && at(opening - seconds{1}).why == errc::not_yet);
static_assert(at(opening).fired && at(opening).towards == direction::none);
static_assert(rule.quiet({}).permits_only);
static_assert(!rule.fired({}).fired, "before the first look nobody knows what time it is");

TEST(NotBefore, ItHoldsBackABandButNoEmergency) {
  constexpr trigger::all_of both{trigger::drift_band{.lower = 1.15, .target = 1.25, .emergency = 1.05}, rule};
  const auto look = [&](double health, timestamp now) {
    return both.fired(both.step({}, {.health = health, .now = now}));
  };
  EXPECT_FALSE(look(1.10, opening - seconds{1}).fired);
  EXPECT_EQ(look(1.10, opening - seconds{1}).why, errc::not_yet);
  EXPECT_EQ(look(1.10, opening - seconds{1}).towards, direction::deleverage) << "which way it leans is said";
  EXPECT_EQ(look(1.40, opening - seconds{1}).why, errc::inside_band);
  EXPECT_TRUE(look(1.10, opening).fired);
  EXPECT_TRUE(look(1.05, opening - seconds{1}).emergency);
}

}  // namespace

namespace laws {
namespace {

struct not_before_case : cooldown_grid {
  static constexpr double emergency = -infinity;
  static constexpr trigger::not_before trigger() { return {.from = opening}; }
};
INSTANTIATE_TYPED_TEST_SUITE_P(NotBefore, TriggerLaws, not_before_case);

}  // namespace
}  // namespace laws
}  // namespace trimtab
