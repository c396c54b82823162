// SPDX-License-Identifier: MIT
#include <trimtab/trigger/cooldown.hpp>

#include "laws/trigger_laws.hpp"

namespace trimtab {
namespace {

using trigger::cooldown;

constexpr cooldown wait{.wait = seconds{600}};
constexpr timestamp fill = at_unix(1'700'000'000);
constexpr firing at(seconds after_fill) {
  return wait.fired(wait.step({}, {.now = fill + after_fill, .last_fill = fill}));
}
static_assert(!at(seconds{599}).fired && at(seconds{599}).why == errc::cooldown);
static_assert(at(seconds{600}).fired);
static_assert(at(seconds{600}).towards == direction::none && at(seconds{600}).target == 0.0);
static_assert(wait.fired(wait.step({}, {.now = fill})).fired, "no fill yet");
static_assert(wait.quiet({}).permits_only);

TEST(Cooldown, ASecondTooEarlyIsTooEarly) {
  EXPECT_FALSE(at(seconds{599}).fired);
  EXPECT_TRUE(at(seconds{600}).fired);
  EXPECT_TRUE(at(seconds{601}).fired);
}

TEST(Cooldown, OnlyTheFillCountsWhateverWasSeenBefore) {
  for (const bool ready : {false, true}) {
    EXPECT_FALSE(wait.fired(wait.step({ready}, {.now = fill, .last_fill = fill})).fired);
    EXPECT_TRUE(wait.fired(wait.step({ready}, {.now = fill + seconds{600}, .last_fill = fill})).fired);
  }
}

}  // namespace

namespace laws {
namespace {

struct cooldown_case {
  static constexpr double emergency = -infinity;
  static constexpr double healths[] = {0.9, 1.2, infinity};
  static constexpr seconds pauses[] = {seconds{1}, seconds{599}, seconds{600}};
  static constexpr bool fills = true;
  static constexpr std::size_t longest = 4;
  static constexpr trigger::cooldown trigger() { return {.wait = seconds{600}}; }
};
INSTANTIATE_TYPED_TEST_SUITE_P(Cooldown, TriggerLaws, cooldown_case);

}  // namespace
}  // namespace laws

namespace {

TEST(Cooldown, AFillFromTheFutureIsNotOver) {
  EXPECT_FALSE(at(seconds{-1}).fired);
}

TEST(Cooldown, NoWaitIsAlwaysReadyAndANegativeOneIsRefused) {
  constexpr cooldown none{.wait = seconds{0}};
  EXPECT_EQ(none.validate(), errc::ok);
  EXPECT_TRUE(none.fired(none.step({}, {.now = fill, .last_fill = fill})).fired);
  EXPECT_EQ((cooldown{.wait = seconds{-1}}.validate()), errc::bad_configuration);
}

}  // namespace
}  // namespace trimtab
