// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/forecast/first_passage.hpp>

#include <limits>

namespace trimtab::forecast {

/// How a probability of liquidation, or its logarithm, moves with what it is made of.
struct first_passage_slopes {
  double log_health = 0.0;  ///< ∂/∂x, below 0
  double volatility = 0.0;  ///< ∂/∂σ: above 0 unless the drift alone leads to liquidation
  double drift = 0.0;       ///< ∂/∂ν, below 0
  double years = 0.0;       ///< ∂/∂T: of the probability, the density
};

/// Of the probability, and of its logarithm: that is finite where the probability has vanished.
struct first_passage_greeks {
  first_passage_slopes of_hit{};
  first_passage_slopes of_log_hit{};
};

namespace detail {

/// −erfcx'(y) = 2/√π − 2y·erfcx(y), which cancels above 0, as a short fall of erfcx divided by its step: second order.
inline double erfcx_slope(double y) noexcept {
  const double h = 1e-7 * larger(1.0, magnitude(y));
  return erfcx_difference(y - 0.5 * h, h) / h;
}

/// What slopes and probability share, in units of e^{−a²/2}, or of e^{−2νx/σ²} where b < 0 and the former vanishes.
struct passage_parts {
  double unit;  ///< that exponential
  double bell;  ///< φ(a)
  double far;   ///< e^{−2νx/σ²}·Φ(−b), the reflected part
  double hit;   ///< the probability
  double slope;  ///< −∂p/∂x = 2φ(a)/(σ√T) + 2ν/σ²·far: for ν < 0 rearranged so that both terms are positive
};

inline passage_parts parts_of(const motion& m, double log_health, double years, const in_deviations& at,
                              double hit) noexcept {
  const double spread = m.volatility * std::sqrt(years), n = m.drift * years / spread;
  if (at.against < 0.0) {
    const double near = 0.5 * gaussian(at.against), far = normal_cdf(-at.against);
    const double bell = 2.0 * inverse_sqrt_two_pi * near;
    return {std::exp(-reflection_exponent(m, log_health)), bell, far, far + near * erfcx(at.with * sqrt_half),
            2.0 * (bell + n * far) / spread};
  }
  const double b = at.against * sqrt_half, scaled = erfcx(b), unit = gaussian(at.with);
  const double slope =
      n >= 0.0 ? 2.0 * inverse_sqrt_two_pi + n * scaled : sqrt_half * erfcx_slope(b) + log_health / spread * scaled;
  const double all = at.with >= 0.0 ? 0.5 * (erfcx(at.with * sqrt_half) + scaled) : hit / unit;
  return {unit, inverse_sqrt_two_pi, 0.5 * scaled, all, slope / spread};
}

}  // namespace detail

/// @brief Sensitivities of the probability of liquidation before the horizon.
///
/// Formula   ∂p/∂x = −2φ(a)/(σ√T) − 2ν/σ²·R, ∂p/∂ν = −2x/σ²·R, ∂p/∂σ = 2x/σ·(φ(a)/(σ√T) + 2ν/σ²·R),
///           ∂p/∂T = xφ(a)/(σT√T), with R = e^{−2νx/σ²}Φ(−b)
/// @param    as `liquidation_probability`, with x > 0 and T > 0, finite
/// @return   NaN in every field otherwise
/// @source   derived here, from the formula of `liquidation_probability`
inline first_passage_greeks first_passage_greeks_of(const motion& m, double log_health, double years) noexcept {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  constexpr first_passage_slopes none{nan, nan, nan, nan};
  if (!detail::is_asked_well(m, log_health, years) || !(log_health > 0.0 && log_health < infinity) ||
      !(years > 0.0 && years < infinity))
    return {none, none};
  const detail::in_deviations at = detail::in_deviations_of(m, log_health, years);
  const detail::passage_parts parts =
      detail::parts_of(m, log_health, years, at, liquidation_probability(m, log_health, years));
  const double spread = m.volatility * std::sqrt(years), per_variance = 1.0 / (m.volatility * m.volatility);
  const first_passage_slopes scaled{
      -parts.slope, 2.0 * log_health / m.volatility * (parts.bell / spread + 2.0 * m.drift * per_variance * parts.far),
      -2.0 * log_health * per_variance * parts.far, log_health * parts.bell / (spread * years)};
  const auto times = [&](double factor) {
    return first_passage_slopes{scaled.log_health * factor, scaled.volatility * factor, scaled.drift * factor,
                                scaled.years * factor};
  };
  return {times(parts.unit), times(1.0 / parts.hit)};
}

}  // namespace trimtab::forecast
