// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/math.hpp>
#include <trimtab/trigger/concept.hpp>

#include <cstddef>
#include <cstdint>

namespace trimtab::trigger {

/// What a hedge trigger is shown. Both amounts in the same units (of the underlying, or contracts), signed.
struct hedge_signal {
  double wanted = 0.0;       ///< the hedge that would be right now
  double held = 0.0;         ///< the hedge there is, from receipts
  double health = infinity;  ///< the least over the venues of the book
  timestamp now{};
  timestamp last_fill = never;  ///< of the hedge
};

/// What made a hedge trigger fire.
enum class hedge_reason : std::uint8_t { none, drift, interval, health };

/// The enumerator's own spelling, for logs.
constexpr const char* name(hedge_reason r) noexcept {
  constexpr const char* names[] = {"none", "drift", "interval", "health"};
  return names[static_cast<std::size_t>(r)];
}

/// What a hedge trigger says.
struct hedge_firing {
  bool fired = false;
  hedge_reason reason = hedge_reason::none;
  double trade = 0.0;            ///< wanted − held; NaN where that is unknown, which no sizer takes
  errc why = errc::inside_band;  ///< what it is waiting for, when it does not fire

  constexpr explicit operator bool() const noexcept { return fired; }
};

/// @brief Re-hedge when the hedge has drifted from what it should be, when it is old, or when the book is in danger.
///
/// Drift     |held / wanted − 1|, +inf for a hedge of nothing
/// Fires     on drift > band, until drift ≤ rearm (hysteresis); on a hedge older than `interval`; on health below
///           `health_floor`, which a hedge does not cure but a desk wants to know
/// A trade smaller than `minimum_trade` is left: errc::dust; within `wait` of the last fill: errc::cooldown. Danger
/// overrides both. A NaN in the amounts is a drift, one in the health is a danger.
/// @source   the three conditions are those of RageTrade's delta-neutral GMX vault: a day, 5 %, health 1.2
struct hedge_drift {
  double band = 0.05;
  double rearm = 0.0;          ///< 0: half the band
  double minimum_trade = 0.0;  ///< in the signal's units
  seconds interval{86'400};    ///< 0: never for its age alone
  seconds wait{0};
  double health_floor = 1.2;  ///< 0: health is not looked at

  struct state_type {
    bool drifting = false;  ///< out of the band, and not yet back within `rearm`
    bool aged = false;
    bool in_danger = false;
    bool waiting = false;
    bool small = false;
    double trade = 0.0;
    friend constexpr bool operator==(const state_type&, const state_type&) = default;
  };

  /// @errors not_finite, bad_configuration (no band, rearm above it), negative_amount
  [[nodiscard]] constexpr errc validate() const noexcept {
    for (const double x : {band, rearm, minimum_trade, health_floor})
      if (!is_finite(x)) return errc::not_finite;
    if (minimum_trade < 0.0 || health_floor < 0.0) return errc::negative_amount;
    const bool sound = band > 0.0 && rearm >= 0.0 && rearm <= band && interval.count() >= 0 && wait.count() >= 0;
    return sound ? errc::ok : errc::bad_configuration;
  }
  [[nodiscard]] constexpr state_type step(const state_type& before, const hedge_signal& s) const noexcept {
    state_type next;
    next.trade = s.wanted - s.held;
    const double gap = magnitude(next.trade), size = magnitude(s.wanted);
    const double edge = before.drifting ? (rearm > 0.0 ? rearm : 0.5 * band) : band;
    next.drifting = !(gap <= edge * size);  // a NaN drifts
    next.small = gap == 0.0 || gap < minimum_trade;
    const bool filled = s.last_fill != never;
    next.aged = interval.count() > 0 && (!filled || s.now - s.last_fill >= interval);
    next.waiting = filled && s.now - s.last_fill < wait;
    next.in_danger = health_floor > 0.0 && !(s.health >= health_floor);
    return next;
  }
  [[nodiscard]] constexpr hedge_firing fired(const state_type& s) const noexcept {
    if (s.in_danger) return {true, hedge_reason::health, s.trade, errc::ok};
    if (!s.drifting && !s.aged) return {};
    if (s.small) return {.why = errc::dust};
    if (s.waiting) return {.why = errc::cooldown};
    return {true, s.drifting ? hedge_reason::drift : hedge_reason::interval, s.trade, errc::ok};
  }
};

}  // namespace trimtab::trigger
