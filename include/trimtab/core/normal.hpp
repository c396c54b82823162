// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/erfcx.hpp>

#include <cmath>
#include <limits>

namespace trimtab {

namespace detail {

inline constexpr double sqrt_half = 0.70710678118654752440;
inline constexpr double inverse_sqrt_two_pi = 0.39894228040143267794;

/// Formula   e^{−x²/2}, within 3 eps: the rounding of x² made good, which in the tail would cost x²/4 eps.
inline double gaussian(double x) noexcept {
  const double square = x * x, power = std::exp(-0.5 * square);
  return power > 0.0 ? power - power * (0.5 * product_error(x, x, square)) : power;
}

/// 0 < p ≤ ½. A fit that is good to 6e-6, then one step of Halley's method.
inline double lower_normal_quantile(double p) noexcept {
  const double d = p - 0.5;
  if (d > -0.25) {
    const double v = d * d;
    const double start =
        d * (2.50662824544 +
             v * (2.6249685176 + v * (5.7663722358 + v * (16.0748471862 + v * (35.2186759621 + v * 297.141883718)))));
    const double step =
        (0.5 * std::erf(start * sqrt_half) - d) / (inverse_sqrt_two_pi * std::exp(-0.5 * start * start));
    return start - step / (1.0 + 0.5 * start * step);
  }
  // In logarithms, where the tail is nearly a parabola: g(x) = log Φ(x) − log p, g' = φ/Φ = λ, g'' = −λ(x + λ).
  const double log_p = std::log(p), r = std::sqrt(-2.0 * log_p);
  const double start =
      (2.74538110112 + r * (2.772659017546 + r * (0.32132459876 + r * 0.00399263728704))) /
          (1.0 + r * (2.503726552885 + r * (1.028465647559 + r * (0.07042582296805 + r * 0.0005494726987026)))) -
      r;
  const double tail = erfcx(-start * sqrt_half), lambda = 2.0 * inverse_sqrt_two_pi / tail;
  const double step = (std::log(0.5 * tail) - 0.5 * start * start - log_p) / lambda;
  return start - step / (1.0 + 0.5 * step * (start + lambda));
}

}  // namespace detail

/// Formula   φ(x) = e^{−x²/2}/√(2π). @return within 4 eps where it is no denormal number
inline double normal_density(double x) noexcept {
  return detail::inverse_sqrt_two_pi * detail::gaussian(x);
}

/// Formula   Φ(x) = ½·erfcx(−x/√2)·e^{−x²/2} below zero, 1 − Φ(−x) above. @return relative to itself within 6 eps, in
/// the lower tail too
inline double normal_cdf(double x) noexcept {
  if (x > 0.0) return 1.0 - normal_cdf(-x);
  const double tail = 0.5 * detail::gaussian(x);
  return tail > 0.0 || x != x ? erfcx(-x * detail::sqrt_half) * tail : 0.0;
}

/// @brief log Φ(x), which does not underflow: finite down to x = −1.9e154.
///
/// Formula   log(½·erfcx(−x/√2)) − x²/2 below −1, log1p(−Φ(−x)) above
inline double log_normal_cdf(double x) noexcept {
  if (x > -1.0) return std::log1p(-normal_cdf(-x));
  return std::log(0.5 * erfcx(-x * detail::sqrt_half)) - 0.5 * x * x;
}

/// @brief The x with Φ(x) = p.
/// @return   within 4 eps of the exact inverse at the double p, tiny p included; ∓inf at 0 and 1; NaN outside [0, 1].
///           Near 1 a double p itself knows little: ask for −normal_quantile(1 − p) with the complement at hand
/// @source   derived here: fits in 40 digits, Halley's step on ½erf(x/√2) in the middle and on log Φ in the tails
inline double normal_quantile(double p) noexcept {
  if (!(p >= 0.0 && p <= 1.0)) return std::numeric_limits<double>::quiet_NaN();
  if (p == 0.0) return -infinity;
  if (p == 1.0) return infinity;
  return p <= 0.5 ? detail::lower_normal_quantile(p) : -detail::lower_normal_quantile(1.0 - p);
}

}  // namespace trimtab
