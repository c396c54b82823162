// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/math.hpp>
#include <trimtab/trigger/concept.hpp>

namespace trimtab::trigger {

/// @brief Fires when the price has moved far enough since the last fill, or since the first look, or from its extreme
/// since then; and brings health to the target.
///
/// Fires     price ≤ anchor·(1 − down), price ≥ anchor·(1 + up), price ≤ highest·(1 − trail_down) or
///           price ≥ lowest·(1 + trail_up); 0 switches a condition off
/// Once moved, an episode lasts until a fill, which sets anchor and extremes to the price of the next look, or until
/// the move is back within `rearm`, a share of each threshold. Health is moved from whichever side of the target it is
/// on; where that would be leveraging up, only if `may_leverage`. A stop is a `down` or `trail_down` with the target
/// far above where health is, a take profit an `up`; for a constant leverage both, and `may_leverage`.
/// A price that is none (zero, NaN) is no move: guards judge prices.
struct price_move {
  double down = 0.05;
  double up = 0.0;
  double trail_down = 0.0;
  double trail_up = 0.0;
  double target = 1.5;
  double rearm = 0.5;
  bool may_leverage = false;

  static constexpr unsigned reads = reading::price;
  struct state_type {
    double anchor = 0.0;  ///< 0: no price seen
    double highest = 0.0, lowest = 0.0;
    timestamp fill = never;  ///< the one the anchor belongs to
    bool moved = false;
    direction leans = direction::none;
    friend constexpr bool operator==(const state_type&, const state_type&) = default;
  };

  /// @errors not_finite, bad_configuration (nothing to watch, a fall of everything, a target that is not above 1, a
  /// share that is none)
  [[nodiscard]] constexpr errc validate() const noexcept {
    for (const double x : {down, up, trail_down, trail_up, target, rearm})
      if (!is_finite(x)) return errc::not_finite;
    const bool watches = down > 0.0 || up > 0.0 || trail_down > 0.0 || trail_up > 0.0;
    const bool sound = watches && down >= 0.0 && down < 1.0 && up >= 0.0 && trail_down >= 0.0 && trail_down < 1.0 &&
                       trail_up >= 0.0 && target > 1.0 && rearm > 0.0 && rearm <= 1.0;
    return sound ? errc::ok : errc::bad_configuration;
  }
  [[nodiscard]] constexpr state_type step(state_type s, const signal& now) const noexcept {
    if (now.price > 0.0 && is_finite(now.price)) {
      if (s.anchor == 0.0 || now.last_fill != s.fill) s = {now.price, now.price, now.price, now.last_fill};
      s.highest = larger(s.highest, now.price);
      s.lowest = smaller(s.lowest, now.price);
      s.moved = beyond(s, now.price, s.moved ? rearm : 1.0);
    }
    s.leans = direction::none;
    if (!s.moved) return s;
    if (!(now.health >= target)) s.leans = direction::deleverage;  // a NaN is no reason to sleep
    if (may_leverage && now.health > target) s.leans = direction::leverage;
    return s;
  }
  [[nodiscard]] constexpr firing fired(const state_type& s) const noexcept {
    if (s.leans == direction::none) return {};
    return {.fired = true, .towards = s.leans, .target = target};
  }
  [[nodiscard]] constexpr calm quiet(const state_type&) const noexcept { return restless(); }
  [[nodiscard]] constexpr double aim(direction d) const noexcept {
    return d == direction::deleverage || may_leverage ? target : 0.0;
  }

private:
  [[nodiscard]] constexpr bool beyond(const state_type& s, double price, double share) const noexcept {
    return (down > 0.0 && price <= s.anchor * (1.0 - share * down)) ||
           (up > 0.0 && price >= s.anchor * (1.0 + share * up)) ||
           (trail_down > 0.0 && price <= s.highest * (1.0 - share * trail_down)) ||
           (trail_up > 0.0 && price >= s.lowest * (1.0 + share * trail_up));
  }
};

}  // namespace trimtab::trigger
