// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/math.hpp>
#include <trimtab/trigger/concept.hpp>

#include <cstdint>

namespace trimtab::trigger {

/// @brief A level of health that nothing holds back: no cooldown, no gas ceiling, no cost limit.
///
/// For `any_of`, beside triggers that know no emergency of their own. One that has eased is still an episode, though no
/// emergency, until health is back at `rearm`; 0 puts that half way to the target.
///
///     level < rearm ≤ target
struct emergency {
  double level = 1.05;
  double target = 1.25;
  double rearm = 0.0;

  enum class side : std::uint8_t { calm, urgent, eased };
  struct state_type {
    side where = side::calm;
    friend constexpr bool operator==(const state_type&, const state_type&) = default;
  };

  /// @errors not_finite, bad_configuration (levels out of order, none below which to act)
  [[nodiscard]] constexpr errc validate() const noexcept {
    for (const double x : {level, target, rearm})
      if (!is_finite(x)) return errc::not_finite;
    const bool ordered = level > 0.0 && rearm >= 0.0 && level < rearm_at() && rearm_at() <= target;
    return ordered ? errc::ok : errc::bad_configuration;
  }
  [[nodiscard]] constexpr state_type step(state_type before, const signal& s) const noexcept {
    if (!(s.health > level)) return {side::urgent};  // a NaN health is no reason to sleep
    return before.where != side::calm && s.health < rearm_at() ? state_type{side::eased} : state_type{};
  }
  [[nodiscard]] constexpr firing fired(state_type s) const noexcept {
    if (s.where == side::calm) return {};
    const bool urgent = s.where == side::urgent;
    return {.fired = true,
            .emergency = urgent,
            .towards = direction::deleverage,
            .target = target,
            .urgency = urgent ? 1.0 : 0.0};
  }
  [[nodiscard]] constexpr calm quiet(state_type s) const noexcept {
    if (s.where != side::calm) return {.low = 0.0, .high = 0.0};
    return {.low = level};
  }

  [[nodiscard]] constexpr double rearm_at() const noexcept { return rearm > 0.0 ? rearm : 0.5 * (level + target); }
};

}  // namespace trimtab::trigger
