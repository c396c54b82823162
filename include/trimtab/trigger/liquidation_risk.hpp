// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/forecast/first_passage.hpp>
#include <trimtab/forecast/required_health.hpp>
#include <trimtab/trigger/concept.hpp>
#include <trimtab/trigger/response.hpp>

#include <cmath>

namespace trimtab::trigger {

/// @brief Fires when liquidation within the horizon is likelier than wanted, and restores the health at which it is
/// unlikely enough.
///
/// Probability   of ln HF, a Brownian motion, to touch 0 within `years`, watched continuously: what a keeper that looks
///               once a block sees is a little less
/// An edge in probability moves with volatility, where one in health does not. Once out, an episode lasts until the
/// probability has come back to `rearm`. A new forecast is a new trigger: its state carries over, its quiet band is to
/// be asked for again. Urgency: 0 at the edge, 1 at the emergency, in the logarithm of the probability.
///
///     target_probability < rearm ≤ probability < emergency
///
/// Where jumps matter, find the health with `forecast::kou_first_passage` and give it to a `drift_band`.
struct liquidation_risk {
  forecast::motion health{};   ///< of ln HF
  double years = 1.0 / 365.0;  ///< how far to look ahead: the time it takes to act, and to act again
  double probability = 0.01;
  double rearm = 0.0;               ///< 0: a quarter of `probability`
  double target_probability = 0.0;  ///< of the health to restore; 0: half of `rearm`
  double emergency = 1.0;           ///< at or above it, it fires whatever anybody else says

  enum class side : std::uint8_t { calm, risky, emergency };
  struct state_type {
    side where = side::calm;
    double risk = 0.0;  ///< at the last step, while not calm
    friend constexpr bool operator==(const state_type&, const state_type&) = default;
  };

  /// @errors not_finite, bad_configuration (probabilities out of order, no time, no volatility), infeasible or
  /// no_convergence (no double is the health with that probability)
  [[nodiscard]] errc validate() const noexcept {
    if (const errc e = health.validate(); e != errc::ok) return e;
    for (const double x : {years, probability, rearm, target_probability, emergency})
      if (!is_finite(x)) return errc::not_finite;
    const bool ordered = target_probability >= 0.0 && target_probability < rearm_at() && target() > 0.0 &&
                         rearm >= 0.0 && rearm_at() <= probability && probability < emergency && emergency <= 1.0;
    if (!ordered || !(years > 0.0)) return errc::bad_configuration;
    const auto restored = forecast::required_health(health, target(), years);
    const auto edge = forecast::required_health(health, probability, years);
    if (!restored) return restored.error();
    if (!edge) return edge.error();
    return *restored > *edge && is_finite(*restored) ? errc::ok : errc::infeasible;
  }
  /// Liquidation within the horizon from a health factor; a NaN is certain death.
  [[nodiscard]] double risk(double health_factor) const noexcept {
    if (!(health_factor > 1.0)) return 1.0;
    if (health_factor == infinity) return 0.0;
    return forecast::liquidation_probability(health, std::log1p(health_factor - 1.0), years);
  }
  [[nodiscard]] state_type step(state_type before, const signal& now) const noexcept {
    const double p = risk(now.health);
    if (!(p < emergency)) return {side::emergency, p};
    if (!(p < probability)) return {side::risky, p};
    return before.where != side::calm && p > rearm_at() ? state_type{side::risky, p} : state_type{};
  }
  [[nodiscard]] firing fired(state_type s) const noexcept {
    if (s.where == side::calm) return {};
    return {.fired = true,
            .emergency = s.where == side::emergency,
            .towards = direction::deleverage,
            .target = forecast::required_health(health, target(), years).value_or(0.0),
            .urgency = trigger::urgency(-std::log(s.risk), -std::log(probability), -std::log(emergency))};
  }
  [[nodiscard]] calm quiet(state_type s) const noexcept {
    if (s.where != side::calm) return {.low = 0.0, .high = 0.0};
    // A few ulps up: what the inverse rounds, the trigger must not miss.
    const auto edge = forecast::required_health(health, probability, years);
    return {.low = edge ? *edge * (1.0 + 0x1p-40) : infinity, .high = infinity};
  }

  [[nodiscard]] constexpr double rearm_at() const noexcept { return rearm > 0.0 ? rearm : 0.25 * probability; }
  [[nodiscard]] constexpr double target() const noexcept {
    return target_probability > 0.0 ? target_probability : 0.5 * rearm_at();
  }
};

}  // namespace trimtab::trigger
