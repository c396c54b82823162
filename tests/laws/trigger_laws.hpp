// SPDX-License-Identifier: MIT
#pragma once

#include <gtest/gtest.h>

#include <trimtab/trigger/concept.hpp>

#include <cmath>
#include <cstddef>
#include <limits>

namespace trimtab::laws {

/// @brief What every trigger obeys, on every path of up to `longest` steps over a grid of health and time. A case has
///
/// - `static constexpr T trigger()`
/// - `static constexpr double healths[]`  the grid: edges, between them, just outside
/// - `static constexpr double emergency`  at or below it the trigger never is silent; −infinity where it knows no
/// emergency
/// - `static constexpr seconds pauses[]`  between two steps
/// - `static constexpr bool fills`        whether a fill may come with a step: only for what remembers fills
/// - `static constexpr std::size_t longest`
/// and, where the trigger reads more than health and time,
/// - `static constexpr int variants`, `static signal vary(signal, int)`  what else a signal may say
template <class Case>
class TriggerLaws : public testing::Test {
protected:
  static constexpr auto trigger = Case::trigger();
  using state_type = typename decltype(Case::trigger())::state_type;
  /// Acts: fires in a direction, or calls an emergency. A trigger that only permits never acts.
  static bool acts(const firing& f) { return f.fired && (f.emergency || f.towards != direction::none); }
  static bool inside(const calm& c, const signal& s) {
    return c.permits_only || (c.low < s.health && s.health < c.high && s.now < c.until);
  }
  static bool same(const firing& a, const firing& b) {
    return a.fired == b.fired && a.emergency == b.emergency && a.towards == b.towards && a.target == b.target &&
           a.why == b.why && a.urgency == b.urgency;
  }

  struct walk {
    state_type state{};     ///< stepped every time
    state_type skipping{};  ///< not stepped inside the quiet region
    timestamp now = at_unix(1'700'000'000);
    timestamp last_fill = never;
  };
  /// Calls `visit(walk before, signal)` for every step of every path, depth first; `visit` returns the walk after the
  /// step.
  static constexpr int variants() {
    if constexpr (requires { Case::variants; })
      return Case::variants;
    else
      return 1;
  }
  static signal varied(const signal& s, [[maybe_unused]] int variant) {
    if constexpr (requires { Case::variants; })
      return Case::vary(s, variant);
    else
      return s;
  }
  template <class F>
  static void for_steps(F visit, const walk& from = {}, std::size_t length = 0) {
    if (length == Case::longest) return;
    for (const double health : Case::healths)
      for (const seconds pause : Case::pauses)
        for (const bool filled : {false, true}) {
          if (filled && !Case::fills) continue;
          const timestamp now = from.now + pause;
          const timestamp fill = filled ? from.now : from.last_fill;
          for (int variant = 0; variant < variants(); ++variant) {
            walk next = visit(from, varied({.health = health, .now = now, .last_fill = fill}, variant));
            if (testing::Test::HasFailure()) return;
            next.now = now;
            next.last_fill = fill;
            for_steps(visit, next, length + 1);
          }
        }
  }
};
TYPED_TEST_SUITE_P(TriggerLaws);

TYPED_TEST_P(TriggerLaws, IsATriggerWithASoundConfiguration) {
  static_assert(Trigger<decltype(TypeParam::trigger())>);
  EXPECT_EQ(TypeParam::trigger().validate(), errc::ok);
}

TYPED_TEST_P(TriggerLaws, IsNeverSilentAtOrBelowEmergency) {
  this->for_steps([](const auto& before, const signal& s) {
    auto after = before;
    after.state = TestFixture::trigger.step(before.state, s);
    const firing f = TestFixture::trigger.fired(after.state);
    if (TypeParam::emergency > -infinity && !(s.health > TypeParam::emergency)) {
      EXPECT_TRUE(f.fired && f.emergency && f.towards == direction::deleverage) << s.health;
    }
    return after;
  });
}

TYPED_TEST_P(TriggerLaws, TheQuietRegionIsSilentAndSkippingItChangesNoLaterAnswer) {
  this->for_steps([](const auto& before, const signal& s) {
    auto after = before;
    after.state = TestFixture::trigger.step(before.state, s);
    const firing full = TestFixture::trigger.fired(after.state);
    const calm quiet = TestFixture::trigger.quiet(before.skipping);
    if constexpr (reads_of<decltype(TypeParam::trigger())>() != 0) {
      EXPECT_TRUE(quiet.low >= quiet.high || quiet.until <= s.now) << "what it reads may move while health does not";
    }
    if (TestFixture::inside(quiet, s)) {
      EXPECT_FALSE(TestFixture::acts(full)) << "silent region at " << s.health;
    } else {
      after.skipping = TestFixture::trigger.step(before.skipping, s);
      EXPECT_TRUE(TestFixture::same(full, TestFixture::trigger.fired(after.skipping))) << s.health;
    }
    return after;
  });
}

TYPED_TEST_P(TriggerLaws, TheSameSignalTwiceIsTheSameSignal) {
  this->for_steps([](const auto& before, const signal& s) {
    auto after = before;
    after.state = TestFixture::trigger.step(before.state, s);
    const firing once = TestFixture::trigger.fired(after.state);
    const firing twice = TestFixture::trigger.fired(TestFixture::trigger.step(after.state, s));
    EXPECT_TRUE(TestFixture::same(once, twice)) << s.health;
    return after;
  });
}

TYPED_TEST_P(TriggerLaws, FiresTowardsItsTarget) {
  this->for_steps([](const auto& before, const signal& s) {
    auto after = before;
    after.state = TestFixture::trigger.step(before.state, s);
    const firing f = TestFixture::trigger.fired(after.state);
    EXPECT_FALSE(f.fired && f.towards == direction::deleverage && s.health >= f.target) << s.health;
    EXPECT_FALSE(f.fired && f.towards == direction::leverage && s.health <= f.target) << s.health;
    EXPECT_FALSE(f.emergency && !f.fired);
    EXPECT_FALSE(!f.fired && f.why == errc::ok);
    EXPECT_TRUE(0.0 <= f.urgency && f.urgency <= 1.0) << f.urgency;
    EXPECT_FALSE(f.emergency && f.urgency != 1.0);
    return after;
  });
}

REGISTER_TYPED_TEST_SUITE_P(TriggerLaws, IsATriggerWithASoundConfiguration, IsNeverSilentAtOrBelowEmergency,
                            TheQuietRegionIsSilentAndSkippingItChangesNoLaterAnswer, TheSameSignalTwiceIsTheSameSignal,
                            FiresTowardsItsTarget);

/// A grid around the edges of the bands that the tests use.
struct band_grid {
  static constexpr double healths[] = {
      std::numeric_limits<double>::quiet_NaN(), 0.99, 1.05, 1.10, 1.15, 1.18, 1.20, 1.25, 1.60, infinity};
  static constexpr seconds pauses[] = {seconds{12}};
  static constexpr bool fills = false;
  static constexpr std::size_t longest = 5;
};

/// Fewer levels of health, but with pauses shorter and longer than a cooldown of 24 s, and fills.
struct cooldown_grid {
  static constexpr double healths[] = {std::numeric_limits<double>::quiet_NaN(), 1.05, 1.10, 1.18, 1.25, infinity};
  static constexpr seconds pauses[] = {seconds{12}, seconds{24}};
  static constexpr bool fills = true;
  static constexpr std::size_t longest = 4;
};

}  // namespace trimtab::laws
