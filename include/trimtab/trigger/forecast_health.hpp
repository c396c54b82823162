// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/math.hpp>
#include <trimtab/trigger/concept.hpp>
#include <trimtab/trigger/response.hpp>

#include <chrono>
#include <cmath>

namespace trimtab::trigger {

/// @brief Fires when health, forecast to second order over the time it takes to react, may fall below an edge.
///
/// Move      |s| ≤ z·σ·√τ of the log price, either way: what hurts a long helps a short
/// Forecast  min over both ends of ln H + δ·s + ½γ·s², less √3/108·|s|³
/// The ends suffice: health is a quotient of two lines in any one price, so it has no valley between them. The last
/// term is all that the quadratic can promise too much. A side of the health factor is ln(a·eˢ + b), whose third
/// derivative is k(q) = q(1 − q)(1 − 2q) with q the price's share of it, at most √3/18. At the worse end, the falling
/// one while the collateral's share is the larger, only k(q) − k(r) > 0 is against us, and of the two no more than one
/// at a time: where q ≥ r, k(q) > 0 means r ≤ q < ½ and k(r) ≥ 0. The rising end mirrors it.
/// Edges and target are forecast healths: the firing's target is the health from which the same move leaves `target`.
/// An episode lasts until the forecast is back at `rearm`; 0 puts that half way to the target.
/// Urgency: 0 at the edge, 1 where the account can be liquidated now.
///
///     1 ≤ lower < rearm < target
/// @source   derived here; Taylor's theorem with its remainder
struct forecast_health {
  double volatility = 0.8;  ///< σ, a year
  seconds reaction{600};    ///< τ: until a transaction is in, and until the next one would be
  double deviations = 3.0;  ///< z
  double lower = 1.0;
  double target = 1.05;
  double rearm = 0.0;

  static constexpr unsigned reads = reading::greeks;
  struct state_type {
    bool low = false;
    double health = 0.0, forecast = 0.0;  ///< while low
    friend constexpr bool operator==(const state_type&, const state_type&) = default;
  };

  /// @errors not_finite, bad_configuration (levels out of order or below 1, no volatility, time or move)
  [[nodiscard]] constexpr errc validate() const noexcept {
    for (const double x : {volatility, deviations, lower, target, rearm})
      if (!is_finite(x)) return errc::not_finite;
    const bool sound = volatility > 0.0 && reaction.count() > 0 && deviations > 0.0 && lower >= 1.0 && rearm >= 0.0 &&
                       lower < rearm_at() && rearm_at() < target;
    return sound ? errc::ok : errc::bad_configuration;
  }
  /// The largest move of the log price that is reckoned with. Formula   z·σ·√(τ/year)
  [[nodiscard]] double move() const noexcept {
    const std::chrono::duration<double> t = reaction, one = year;
    return deviations * volatility * std::sqrt(t / one);
  }
  /// The factor of health left after the worst move, NaN of greeks that are
  [[nodiscard]] double left_of_health(double log_delta, double log_gamma) const noexcept {
    const double s = move(), worst = 0.5 * log_gamma * s * s - magnitude(log_delta) * s;
    constexpr double root_three = 1.73205080756887729353;
    return std::exp(worst - root_three / 108.0 * s * s * s);
  }
  [[nodiscard]] state_type step(const state_type& before, const signal& now) const noexcept {
    const double forecast = now.health * left_of_health(now.log_delta, now.log_gamma);
    const double edge = before.low ? rearm_at() : lower;
    if (forecast > edge || (before.low && forecast >= edge)) return {};
    return {true, now.health == now.health ? now.health : 0.0, forecast == forecast ? forecast : 0.0};
  }
  [[nodiscard]] firing fired(const state_type& s) const noexcept {
    if (!s.low) return {};
    const double left = s.forecast / s.health;  // NaN and zero where either is unknown
    const bool known = left > 0.0;
    return {.fired = true,
            .towards = direction::deleverage,
            .target = known ? target / left : target,
            .urgency = known ? trigger::urgency(s.health, lower / left, 1.0) : 1.0};
  }
  [[nodiscard]] constexpr calm quiet(const state_type&) const noexcept { return restless(); }
  [[nodiscard]] constexpr double aim(direction d) const noexcept { return d == direction::deleverage ? target : 0.0; }

  [[nodiscard]] constexpr double rearm_at() const noexcept { return rearm > 0.0 ? rearm : 0.5 * (lower + target); }
};

}  // namespace trimtab::trigger
