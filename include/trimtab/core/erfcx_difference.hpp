// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/erfcx.hpp>

namespace trimtab {

namespace detail {

/// (p(x) − p(y))/(x − y) for p(x) = E(x²) + x·O(x²), without a subtraction of values.
inline double divided_difference(const std::array<double, 16>& a, double x, double y) noexcept {
  const double xx = x * x, yy = y * y;
  double even = a[14], odd = a[15], even_difference = 0.0, odd_difference = 0.0;
  for (std::size_t k = 14; k > 0; k -= 2) {
    even_difference = even_difference * yy + even;
    odd_difference = odd_difference * yy + odd;
    even = even * xx + a[k - 2];
    odd = odd * xx + a[k - 1];
  }
  return odd + (x + y) * (even_difference + y * odd_difference);
}

/// erfcx(u) − erfcx(u + h) where both are in the asymptotic series: an odd polynomial of z = 1/x.
inline double erfcx_difference_of_series(double u, double h) noexcept {
  const double z = 1.0 / u, y = 1.0 / (u + h), zz = z * z, yy = y * y;
  double odd = 0.0, odd_difference = 0.0;
  for (std::size_t k = erfcx_series.size(); k-- > 0;) {
    odd_difference = odd_difference * yy + odd;
    odd = odd * zz + erfcx_series[k];
  }
  return one_over_root_pi * (h * z * y) * (odd + (z + y) * y * odd_difference);
}

/// The same for u < 0 and steps short enough that a power series about u converges fast: all of its coefficients have
/// one sign, so that their recurrence loses nothing.
inline double erfcx_difference_of_powers(double u, double h) noexcept {
  // c[n] = (−1)ⁿ·(n-th derivative)/n!: (n + 1)·c[n+1] = 2c[n−1] − 2u·c[n].
  double before = erfcx(u), now = 2.0 * one_over_root_pi - 2.0 * u * before, power = h, sum = h * now;
  for (int n = 1; n < 40; ++n) {
    const double next = (2.0 * before - 2.0 * u * now) / (n + 1);
    before = now, now = next, power *= -h;
    const double term = power * now;
    sum += term;
    if (std::fabs(term) <= 1e-17 * sum) break;
  }
  return sum;
}

}  // namespace detail

/// @brief How far erfcx falls from u to u + h, to full relative precision however short the step.
///
/// Formula   D(u, h) = erfcx(u) − erfcx(u + h)
/// The kernel of the price of an option out of the money and of the probability to stay away from a barrier. Long steps
/// are subtracted; short ones take the divided difference of erfcx's own polynomial, its asymptotic series, or a power
/// series below 0. Within 20 units of 2⁻⁵².
/// @param u  any number; below −26.7, where erfcx is no double, the result is +∞ (NaN-free)
/// @param h  the step, h ≥ 0, +∞ allowed
/// @return   D, ≥ 0; NaN where an argument is NaN or h < 0
/// @source   Horner's scheme for divided differences; Abramowitz and Stegun, section 7.2, for the derivatives of erfcx;
///           Jäckel 2015, "Let's be rational", for the use in option prices
inline double erfcx_difference(double u, double h) noexcept {
  if (!(h > 0.0)) return h == 0.0 && u == u ? 0.0 : std::numeric_limits<double>::quiet_NaN();
  if (u < -26.7) return infinity;
  // From 14, where the series is good already, so that the middle of a short step from below is in the table.
  if (u >= detail::erfcx_series_from - 1.0 && h < infinity) return detail::erfcx_difference_of_series(u, h);
  const double middle = u + 0.5 * h;
  if (middle >= 0.0 && h <= 0.125 * (1.0 + middle) && middle < detail::erfcx_series_from) {
    const auto [centre, a] = detail::erfcx_piece_of(middle);
    const double x = u - centre;
    return -h * detail::divided_difference(a, x, x + h);
  }
  if (u < 0.0 && middle < 0.0 && h * (u < -1.0 ? -u : 1.0) < 0.3) return detail::erfcx_difference_of_powers(u, h);
  const double end = u + h, here = erfcx(u), there = erfcx(end);
  // Far below 0 the rounding of u + h shows: its first-order effect is 2·end·there, the rest of the slope is nothing.
  const double correction = end < 0.0 ? 2.0 * end * there * sum_error(u, h, end) : 0.0;
  return (here - there) - correction;
}

}  // namespace trimtab
