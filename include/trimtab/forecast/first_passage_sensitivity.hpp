// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/forecast/first_passage.hpp>

namespace trimtab::forecast {

/// Slopes of a probability of liquidation, or of its logarithm.
struct passage_slopes {
  double by_log_health = 0.0;  ///< ∂/∂x
  double by_volatility = 0.0;  ///< ∂/∂σ with the drift ν held: add −σ·∂/∂ν where the growth of the price is held
  double by_drift = 0.0;  ///< ∂/∂ν
  double by_years = 0.0;  ///< ∂/∂T, of the probability the density of the time of liquidation
};

/// The slopes of the probability and of its logarithm.
struct first_passage_slopes {
  passage_slopes of_hit{};
  passage_slopes of_log_hit{};  ///< no underflow: these are numbers where the probability and its slopes are 0
};

namespace detail {

/// p, φ(a), q = φ(a) + νe^{−2νx/σ²}Φ(−b)√T/σ and w = e^{−2νx/σ²}Φ(−b), all over e^log_scale, which is what may vanish.
struct scaled_passage {
  double log_scale, scale;
  double hit, bell, leaning, reflected;
};

inline scaled_passage scaled_passage_of(const motion& m, double log_health, const in_deviations& at) noexcept {
  constexpr double bell = trimtab::detail::inverse_sqrt_two_pi;
  if (at.against < 0.0) {
    const double tail = gaussian(at.against), exponent = reflection_exponent(m, log_health);
    const double reflected = 1.0 - 0.5 * tail * erfcx_of_positive(-at.against * sqrt_half);
    return {-exponent,
            std::exp(-exponent),
            1.0 - 0.5 * tail * fall_beyond(-at.against, at.both),
            bell * tail,
            bell * tail + 0.5 * at.apart * reflected,
            reflected};
  }
  const double y = at.against * sqrt_half, reflected = 0.5 * erfcx_of_positive(y), scale = gaussian(at.with);
  // Against the barrier the two terms of q cancel: instead, with ½(a − b) = ½(a + b) − b, by minus the slope of erfcx.
  constexpr double tiny = 1e-150;
  const double leaning = at.apart < 0.0 ? 0.5 * (at.both * reflected + sqrt_half * (erfcx_difference(y, tiny) / tiny))
                                        : bell + 0.5 * at.apart * reflected;
  if (at.with >= 0.0)
    return {-0.5 * at.with * at.with,
            scale,
            reflected + 0.5 * erfcx_of_positive(at.with * sqrt_half),
            bell,
            leaning,
            reflected};
  return {
      0.0, 1.0, 1.0 - 0.5 * scale * fall_beyond(-at.with, at.both), bell * scale, leaning * scale, reflected * scale};
}

}  // namespace detail

/// @brief How the probability of liquidation depends on health, volatility, drift and horizon.
///
/// Formula   w = e^{−2νx/σ²}Φ(−b), q = φ(a) + (ν√T/σ)·w:  ∂p/∂x = −2q/(σ√T), ∂p/∂ν = −2xw/σ²,
///           ∂p/∂T = xφ(a)/(σT√T), ∂p/∂σ = 2x(2q − φ(a))/(σ²√T)
/// Volatility raises the probability unless the drift alone leads past the barrier: then it may be a way out.
/// @return   no slope for x ≤ 0; at T = 0 slopes of the logarithm are NaN; all are for T = ∞ and where
///           `liquidation_probability` is NaN
/// @source   derived here; ∂p/∂x also in Borodin and Salminen 2002, 2.1.2.4, differentiated
inline first_passage_slopes first_passage_slopes_of(const motion& m, double log_health, double years) noexcept {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  constexpr passage_slopes none{nan, nan, nan, nan};
  if (!detail::is_asked_well(m, log_health, years) || years == infinity) return {none, none};
  if (log_health <= 0.0) return {};
  if (years == 0.0) return {{}, none};
  const detail::in_deviations at = detail::in_deviations_of(m, log_health, years);
  const detail::scaled_passage p = detail::scaled_passage_of(m, log_health, at);
  const passage_slopes slopes{
      -(at.both / log_health) * p.leaning, (at.both / m.volatility) * (2.0 * p.leaning - p.bell),
      -at.both * (std::sqrt(years) / m.volatility) * p.reflected, 0.5 * at.both / years * p.bell};
  const auto times = [&](double by) {
    return passage_slopes{slopes.by_log_health * by, slopes.by_volatility * by, slopes.by_drift * by,
                          slopes.by_years * by};
  };
  return {times(p.scale), times(1.0 / p.hit)};
}

}  // namespace trimtab::forecast
