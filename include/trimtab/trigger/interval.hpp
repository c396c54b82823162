// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/math.hpp>
#include <trimtab/trigger/concept.hpp>
#include <trimtab/trigger/response.hpp>

namespace trimtab::trigger {

/// @brief Brings health back to the target once enough time has passed since the last fill, or, before there is one,
/// since the first look.
///
/// From whichever side, unless `may_leverage` is off; within `tolerance` of the target there is nothing to do. `speed`
/// is the share of the way one trade goes.
struct interval {
  seconds every{86'400};
  double target = 1.5;
  double tolerance = 0.01;  ///< relative to the target
  double speed = 1.0;
  bool may_leverage = true;

  struct state_type {
    timestamp since = never;  ///< the last fill, or the first look
    bool due = false;
    direction leans = direction::none;
    double health = 0.0;  ///< at the last step, where it leans; 0 where it is unknown
    friend constexpr bool operator==(const state_type&, const state_type&) = default;
  };

  /// @errors not_finite, bad_configuration (no time, a target that is not above 1, no speed or more than all, a
  /// tolerance below 0 or of everything)
  [[nodiscard]] constexpr errc validate() const noexcept {
    for (const double x : {target, tolerance, speed})
      if (!is_finite(x)) return errc::not_finite;
    const bool sound =
        every.count() > 0 && target > 1.0 && tolerance >= 0.0 && tolerance < 1.0 && speed > 0.0 && speed <= 1.0;
    return sound ? errc::ok : errc::bad_configuration;
  }
  [[nodiscard]] constexpr state_type step(const state_type& before, const signal& s) const noexcept {
    state_type next;
    next.since = before.since == never && s.last_fill == never ? s.now : before.since;
    if (s.last_fill > next.since) next.since = s.last_fill;  // never back: its quiet time is promised
    next.due = s.now - next.since >= every;
    if (!next.due) return next;
    if (!(s.health >= lowest())) next.leans = direction::deleverage;  // a NaN is no reason to sleep
    if (s.health > highest()) next.leans = direction::leverage;
    if (next.leans != direction::none && s.health == s.health) next.health = s.health;
    return next;
  }
  [[nodiscard]] constexpr firing fired(const state_type& s) const noexcept {
    if (!s.due) return {.why = errc::not_yet};
    if (s.leans == direction::none) return {};
    const double there = s.health > 0.0 ? part_way(s.health, target, speed) : target;
    return {.fired = true, .towards = s.leans, .target = is_finite(there) ? there : target};
  }
  [[nodiscard]] constexpr calm quiet(const state_type& s) const noexcept {
    if (s.since == never) return restless();  // the first look starts the clock
    if (!s.due) return {.until = every < forever - s.since ? s.since + every : forever};
    if (s.leans != direction::none) return {.low = 0.0, .high = 0.0};
    return {.low = lowest(), .high = highest()};
  }
  [[nodiscard]] constexpr double aim(direction d) const noexcept {
    return d == direction::deleverage || may_leverage ? target : 0.0;
  }

  /// Between these two, both left alone, there is nothing to do.
  [[nodiscard]] constexpr double lowest() const noexcept { return target * (1.0 - tolerance); }
  [[nodiscard]] constexpr double highest() const noexcept {
    return may_leverage ? target * (1.0 + tolerance) : infinity;
  }
};

}  // namespace trimtab::trigger
