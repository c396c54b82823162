// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/math.hpp>
#include <trimtab/trigger/concept.hpp>

namespace trimtab::trigger {

/// @brief Shows a trigger the worse of health now and health at the prices the protocol has already published, where
/// those come within the horizon. Itself a trigger.
///
/// What it then wants restored is a health at the next prices; the firing's target is that in today's:
/// target·health/next_health, exact within one pair, where the ratio of the two is the same after the trade.
/// Leveraging up needs both.
template <Trigger T>
struct look_ahead {
  T trigger;
  seconds horizon{3600};

  static constexpr unsigned reads = reads_of<T>() | reading::next_prices;
  struct state_type {
    typename T::state_type inner{};
    double scale = 1.0;  ///< health now over the one the trigger was shown
    friend constexpr bool operator==(const state_type&, const state_type&) = default;
  };

  constexpr explicit look_ahead(const T& inner, seconds within = seconds{3600}) noexcept
      : trigger(inner), horizon(within) {}

  /// @errors the trigger's; bad_configuration (a horizon below zero)
  [[nodiscard]] constexpr errc validate() const noexcept {
    if (const errc e = trigger.validate(); e != errc::ok) return e;
    return horizon.count() >= 0 ? errc::ok : errc::bad_configuration;
  }
  [[nodiscard]] constexpr state_type step(const state_type& before, const signal& s) const noexcept {
    signal shown = s;
    double scale = 1.0;
    const bool soon = s.next_at != never && s.next_at - s.now <= horizon;
    if (soon && s.health == s.health && !(s.next_health >= s.health)) {  // a NaN is the worse
      shown.health = s.next_health;
      if (s.next_health == s.next_health) scale = s.health / larger(s.next_health, 0.0);
    }
    return {trigger.step(before.inner, shown), scale};
  }
  [[nodiscard]] constexpr firing fired(const state_type& s) const noexcept {
    firing f = trigger.fired(s.inner);
    if (f.target > 0.0) f.target *= s.scale;
    return f;
  }
  [[nodiscard]] constexpr calm quiet(const state_type& s) const noexcept { return restless(trigger.quiet(s.inner)); }
  [[nodiscard]] constexpr double aim(direction d) const noexcept { return aim_of(trigger, d); }
};

}  // namespace trimtab::trigger
