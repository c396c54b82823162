// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/math.hpp>
#include <trimtab/trigger/concept.hpp>
#include <trimtab/trigger/response.hpp>

#include <cstdint>

namespace trimtab::trigger {

/// @brief Lower edge, target, upper edge: leave health alone inside the band, bring it back to the target when it
/// leaves.
///
/// Hysteresis: once out, an episode lasts until health has come back across `rearm` (below) or `rearm_above` (above); 0
/// puts each half way between its edge and the target. At or below `emergency` it fires whatever anybody else says. An
/// upper edge at +inf, the default, never leverages up.
///
///     emergency < lower < rearm ≤ target ≤ rearm_above < upper
///
/// Recentring: `speed` is the share of the way from here to the target that one trade goes, and at least to the edge;
/// 1, the default, is all of it, and so is an emergency. With less, an episode takes several trades, and a cooldown
/// beside the band spaces them.
/// Urgency: 0 at the lower edge and above, 1 at the emergency or where the account can be liquidated.
struct drift_band {
  double lower = 1.15;
  double target = 1.25;
  double upper = infinity;
  double emergency = 0.0;
  double rearm = 0.0;
  double rearm_above = 0.0;
  double speed = 1.0;

  enum class side : std::uint8_t { inside, below, emergency, above };
  struct state_type {
    side where = side::inside;
    double health = 0.0;  ///< at the last step, while outside; 0 inside, in an emergency, and where it is unknown
    friend constexpr bool operator==(const state_type&, const state_type&) = default;
  };

  /// @errors not_finite, bad_configuration (edges out of order, a lower edge that is not above 1, no speed or more than
  /// all)
  [[nodiscard]] constexpr errc validate() const noexcept {
    if (!is_finite(lower) || !is_finite(target) || !is_finite(emergency) || !is_finite(rearm) || !is_finite(speed))
      return errc::not_finite;
    const bool ordered = rearm >= 0.0 && rearm_above >= 0.0 && lower > 1.0 && emergency >= 0.0 && emergency < lower &&
                         lower < rearm_below() && rearm_below() <= target && target < upper &&
                         (upper == infinity || rearm_up() < upper) && (upper == infinity || target <= rearm_up()) &&
                         speed > 0.0 && speed <= 1.0;
    return ordered ? errc::ok : errc::bad_configuration;
  }
  [[nodiscard]] constexpr state_type step(state_type s, const signal& now) const noexcept {
    const double h = now.health;
    if (!(h > emergency)) return {side::emergency};  // a NaN health is no reason to sleep
    if (!(h > lower)) return {side::below, h};
    if (h >= upper && upper != infinity) return {side::above, h};  // without one, no debt is no reason to borrow
    if (s.where == side::emergency) s.where = side::below;
    if (s.where == side::below && h >= rearm_below()) return {};
    if (s.where == side::above && h <= rearm_up()) return {};
    if (s.where != side::inside) s.health = h;
    return s;
  }
  [[nodiscard]] constexpr firing fired(state_type s) const noexcept {
    switch (s.where) {
      case side::inside:
        break;
      case side::below:
        return {.fired = true,
                .towards = direction::deleverage,
                .target = larger(lower, part_way(s.health, target, speed)),
                .urgency = trigger::urgency(s.health, lower, larger(emergency, 1.0))};
      case side::emergency:
        return {.fired = true, .emergency = true, .towards = direction::deleverage, .target = target, .urgency = 1.0};
      case side::above:
        return {
            .fired = true, .towards = direction::leverage, .target = smaller(upper, part_way(s.health, target, speed))};
    }
    return {};
  }
  [[nodiscard]] constexpr calm quiet(state_type s) const noexcept {
    if (s.where != side::inside) return {.low = 0.0, .high = 0.0};
    return {.low = lower, .high = upper};
  }

  [[nodiscard]] constexpr double rearm_below() const noexcept { return rearm > 0.0 ? rearm : 0.5 * (lower + target); }
  [[nodiscard]] constexpr double rearm_up() const noexcept {
    return rearm_above > 0.0 ? rearm_above : 0.5 * (upper + target);
  }
};

}  // namespace trimtab::trigger
