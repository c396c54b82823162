// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/math.hpp>
#include <trimtab/trigger/concept.hpp>

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
struct drift_band {
  double lower = 1.15;
  double target = 1.25;
  double upper = infinity;
  double emergency = 0.0;
  double rearm = 0.0;
  double rearm_above = 0.0;

  enum class side : std::uint8_t { inside, below, emergency, above };
  struct state_type {
    side where = side::inside;
    friend constexpr bool operator==(const state_type&, const state_type&) = default;
  };

  /// @errors not_finite, bad_configuration (edges out of order, or a lower edge that is not above 1)
  [[nodiscard]] constexpr errc validate() const noexcept {
    if (!is_finite(lower) || !is_finite(target) || !is_finite(emergency) || !is_finite(rearm)) return errc::not_finite;
    const bool ordered = lower > 1.0 && emergency >= 0.0 && emergency < lower && lower < rearm_below() &&
                         rearm_below() <= target && target < upper && (upper == infinity || rearm_up() < upper) &&
                         (upper == infinity || target <= rearm_up());
    return ordered ? errc::ok : errc::bad_configuration;
  }
  [[nodiscard]] constexpr state_type step(state_type s, const signal& now) const noexcept {
    const double h = now.health;
    if (!(h > emergency)) return {side::emergency};  // a NaN health is no reason to sleep
    if (!(h > lower)) return {side::below};
    if (h >= upper && upper != infinity) return {side::above};  // without an upper edge, no debt is no reason to borrow
    if (s.where == side::emergency) s.where = side::below;
    if (s.where == side::below && h >= rearm_below()) return {side::inside};
    if (s.where == side::above && h <= rearm_up()) return {side::inside};
    return s;
  }
  [[nodiscard]] constexpr firing fired(state_type s) const noexcept {
    switch (s.where) {
      case side::inside:
        break;
      case side::below:
        return {true, false, direction::deleverage, target};
      case side::emergency:
        return {true, true, direction::deleverage, target};
      case side::above:
        return {true, false, direction::leverage, target};
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
