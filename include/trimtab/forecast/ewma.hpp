// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/forecast/concept.hpp>

#include <cmath>
#include <limits>

namespace trimtab::forecast {

/// @brief Exponentially weighted variance: the latest period has weight 1 − λ, the one before (1 − λ)λ, and so on. The
/// forecaster to copy.
///
/// Formula   v ← λ'·v + (1 − λ')·(variance of the period, per year), λ' = λ^(length/period): periods may differ in
/// length.
///           The first observation is taken whole. Variance to come: v·T at every horizon
/// @source   J.P. Morgan and Reuters 1996, "RiskMetrics — Technical Document", section 5.2 (λ = 0.94 for daily data)
struct ewma {
  double decay = 0.94;          ///< λ, in (0, 1)
  double period = 1.0 / 365.0;  ///< years in which a weight decays by λ

  struct state_type {
    double per_year = std::numeric_limits<double>::quiet_NaN();  ///< variance per year; NaN until it has seen one
  };

  /// The one whose weights halve in so many years.
  static ewma from_half_life(double years) noexcept { return {.decay = 0.5, .period = years}; }

  /// @errors not_finite, bad_configuration (decay outside (0, 1), a period not above 0)
  [[nodiscard]] constexpr errc validate() const noexcept {
    if (!is_finite(decay) || !is_finite(period)) return errc::not_finite;
    return decay > 0.0 && decay < 1.0 && period > 0.0 ? errc::ok : errc::bad_configuration;
  }
  [[nodiscard]] state_type step(const state_type& state, const observation& seen) const noexcept {
    if (seen.validate() != errc::ok) return state;
    const double now = seen.variance() / seen.years;
    if (!(state.per_year >= 0.0)) return {now};
    const double kept = seen.years == period ? decay : std::pow(decay, seen.years / period);
    return {kept * state.per_year + (1.0 - kept) * now};
  }
  [[nodiscard]] constexpr double variance(const state_type& state, double years) const noexcept {
    return state.per_year * (years >= 0.0 ? years : std::numeric_limits<double>::quiet_NaN());
  }
};

}  // namespace trimtab::forecast
