// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/math.hpp>
#include <trimtab/trigger/concept.hpp>

#include <cstdint>

namespace trimtab::trigger {

/// @brief Holds a leveraged position while it pays: up to `target` while the carry is good, back to `safe` when it is
/// not.
///
/// Hysteresis: in from a carry of `enter` on, out at or below `leave`; between the two as before, and at first neither.
/// In, it leverages up when health is above target·(1 + tolerance); out, it deleverages when health is below
/// safe·(1 − tolerance). A carry of NaN changes nothing.
///
///     leave < enter, 1 < target < safe
struct carry {
  double enter = 0.02;  ///< a year, on equity
  double leave = 0.0;
  double target = 1.25;    ///< health while in
  double safe = 3.0;       ///< health to go back to
  double tolerance = 0.1;  ///< relative

  enum class stance : std::uint8_t { neither, in, out };
  struct state_type {
    stance holds = stance::neither;
    direction leans = direction::none;
    friend constexpr bool operator==(const state_type&, const state_type&) = default;
  };

  /// @errors not_finite, bad_configuration (levels out of order, tolerances that overlap)
  [[nodiscard]] constexpr errc validate() const noexcept {
    for (const double x : {enter, leave, target, safe, tolerance})
      if (!is_finite(x)) return errc::not_finite;
    const bool sound =
        leave < enter && target > 1.0 && tolerance >= 0.0 && tolerance < 1.0 && target * (1.0 + tolerance) < safe;
    return sound ? errc::ok : errc::bad_configuration;
  }
  [[nodiscard]] constexpr state_type step(state_type s, const signal& now) const noexcept {
    if (now.carry >= enter) s.holds = stance::in;
    if (now.carry <= leave) s.holds = stance::out;
    s.leans = direction::none;
    if (s.holds == stance::in && now.health > target * (1.0 + tolerance)) s.leans = direction::leverage;
    if (s.holds == stance::out && !(now.health >= safe * (1.0 - tolerance))) s.leans = direction::deleverage;
    return s;
  }
  [[nodiscard]] constexpr firing fired(state_type s) const noexcept {
    if (s.leans == direction::none) return {};
    return {.fired = true, .towards = s.leans, .target = s.leans == direction::leverage ? target : safe};
  }
  /// Carry moves while health does not.
  [[nodiscard]] constexpr calm quiet(state_type) const noexcept { return restless(); }
  [[nodiscard]] constexpr double aim(direction d) const noexcept { return d == direction::leverage ? target : safe; }
};

}  // namespace trimtab::trigger
