// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/erfcx.hpp>

#include <numbers>

namespace trimtab {

namespace detail {

inline constexpr double one_over_root_two = 0.70710678118654752440;
inline constexpr double root_half_pi = 1.25331413731550025121;
inline constexpr double root_two_pi = 2.50662827463100050242;

/// exp(−x²/2) with the rounding of the square put back, which is what counts far out.
inline double exp_of_minus_half_square(double x) noexcept {
  const double square = x * x;
  return square < infinity ? std::exp(-0.5 * square) * (1.0 - 0.5 * product_error(x, x, square)) : 0.0;
}

}  // namespace detail

/// @brief Density of the standard normal distribution.
///
/// Formula   φ(x) = exp(−x²/2)/√(2π)
inline double normal_density(double x) noexcept {
  return x == x ? detail::exp_of_minus_half_square(x) / detail::root_two_pi : x;
}

/// @brief Probability that a standard normal variable is at most x.
///
/// Formula   Φ(x) = ½·erfc(−x/√2); below −1 as ½·exp(−x²/2)·erfcx(−x/√2), so that the tail keeps its digits
/// @source   Abramowitz and Stegun 26.2.29
inline double normal_cdf(double x) noexcept {
  if (!(x < -1.0)) return 0.5 * std::erfc(-x * detail::one_over_root_two);
  return 0.5 * detail::exp_of_minus_half_square(x) * erfcx(-x * detail::one_over_root_two);
}

/// @brief Logarithm of Φ(x), also where Φ itself is no double any more.
///
/// Formula   ln Φ(x) = ln(1 − ½·erfc(x/√2)), and −x²/2 + ln(½·erfcx(−x/√2)) below −1
/// @return   finite for every x down to −1e154
inline double log_normal_cdf(double x) noexcept {
  if (!(x < -1.0)) return std::log1p(-0.5 * std::erfc(x * detail::one_over_root_two));
  return std::log(0.5 * erfcx(-x * detail::one_over_root_two)) - 0.5 * x * x;
}

/// @brief The x below which a standard normal variable is with probability p.
///
/// Two steps of Halley's method from a start good to three digits, on the tail or, near the median, on the distance to
/// it, so that small results keep their digits.
/// @param p  probability; −∞ for 0, +∞ for 1, NaN outside and for NaN
/// @source   start: Abramowitz and Stegun 26.2.23 (tail), the inverse series of erf (middle)
inline double normal_quantile(double p) noexcept {
  if (!(p >= 0.0 && p <= 1.0)) return std::numeric_limits<double>::quiet_NaN();
  if (p == 0.0) return -infinity;
  if (p == 1.0) return infinity;
  if (p > 0.75) return -normal_quantile(1.0 - p);  // the difference is exact
  if (p >= 0.25) {
    const double q = p - 0.5, qq = std::numbers::pi * q * q;
    double x = detail::root_two_pi * q * (1.0 + qq * (1.0 / 3.0 + qq * (7.0 / 30.0 + qq * (127.0 / 630.0))));
    for (int i = 0; i < 2; ++i) {
      const double miss = 0.5 * std::erf(x * detail::one_over_root_two) - q;
      const double step = miss * detail::root_two_pi / std::exp(-0.5 * x * x);
      x -= step / (1.0 + 0.5 * x * step);
    }
    return x;
  }
  const double t = std::sqrt(-2.0 * std::log(p));
  double x = (2.515517 + t * (0.802853 + t * 0.010328)) / (1.0 + t * (1.432788 + t * (0.189269 + t * 0.001308))) - t;
  for (int i = 0; i < 2; ++i) {
    const double tail_over_density = detail::root_half_pi * erfcx(-x * detail::one_over_root_two);
    const double tail = detail::exp_of_minus_half_square(x) / detail::root_two_pi * tail_over_density;
    const double step = (1.0 - p / tail) * tail_over_density;
    x -= step / (1.0 + 0.5 * x * step);
  }
  return x;
}

}  // namespace trimtab
