// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/erfcx.hpp>

namespace trimtab {

/// erfcx at both ends of a step and how far it falls between them.
struct erfcx_step {
  double here = 0.0;   ///< erfcx(u)
  double there = 0.0;  ///< erfcx(u + h)
  double fall = 0.0;   ///< erfcx(u) − erfcx(u + h), not their difference where that would cancel
};

namespace detail {

/// p(x) and (p(x) − p(y))/(x − y) for p(x) = E(x²) + x·O(x²): Horner's scheme on both, no subtraction of values.
inline erfcx_step erfcx_step_in_piece(const std::array<double, 16>& a, double x, double h) noexcept {
  const double y = x + h, xx = x * x, yy = y * y;
  double even = a[14], odd = a[15], even_difference = 0.0, odd_difference = 0.0;
  for (std::size_t k = 14; k > 0; k -= 2) {
    even_difference = even_difference * yy + even;
    odd_difference = odd_difference * yy + odd;
    even = even * xx + a[k - 2];
    odd = odd * xx + a[k - 1];
  }
  const double here = even + x * odd, fall = -h * (odd + (x + y) * (even_difference + y * odd_difference));
  return {here, here - fall, fall};
}

/// The same where both ends are in the asymptotic series: an odd polynomial of z = 1/x.
inline erfcx_step erfcx_step_in_series(double u, double h) noexcept {
  const double z = 1.0 / u, y = 1.0 / (u + h), zz = z * z, yy = y * y;
  double odd = 0.0, odd_difference = 0.0;
  for (std::size_t k = erfcx_series.size(); k-- > 0;) {
    odd_difference = odd_difference * yy + odd;
    odd = odd * zz + erfcx_series[k];
  }
  const double here = one_over_root_pi * z * odd;
  const double fall = one_over_root_pi * (h * z * y) * (odd + (z + y) * y * odd_difference);
  return {here, h < u ? here - fall : erfcx_of_positive(u + h), fall};
}

/// The same for u < 0 and steps short enough that a power series about u converges fast: all of its coefficients have
/// one sign, so that their recurrence loses nothing.
inline erfcx_step erfcx_step_of_powers(double u, double h, double here) noexcept {
  // c[n] = (−1)ⁿ·(n-th derivative)/n!, relative to c[0]: (n + 1)·c[n+1] = 2c[n−1] − 2u·c[n].
  double before = 1.0, now = 2.0 * one_over_root_pi / here - 2.0 * u, power = h, fall = h * now;
  for (int n = 1; n < 40; ++n) {
    const double next = (2.0 * before - 2.0 * u * now) / (n + 1);
    before = now, now = next, power *= -h;
    const double term = power * now;
    fall += term;
    if (std::fabs(term) <= 1e-17 * fall) break;
  }
  fall *= here;
  return {here, here - fall, fall};
}

}  // namespace detail

/// @brief erfcx at u and at u + h, and how far it falls from the one to the other, to full relative precision however
/// short the step.
///
/// Formula   D(u, h) = erfcx(u) − erfcx(u + h)
/// The kernel of the price of an option out of the money and of the probability to stay away from a barrier. Long steps
/// are subtracted; short ones take the divided difference of erfcx's own polynomial, its asymptotic series, or a power
/// series below 0. D within 20 units of 2⁻⁵², the ends within 8.
/// @param u  any number; below −26.62…, where erfcx is no double, D is +∞
/// @param h  the step, h ≥ 0, +∞ allowed
/// @return   D ≥ 0; NaN where an argument is NaN or h < 0
/// @source   Horner's scheme for divided differences; Abramowitz and Stegun, section 7.2, for the derivatives of erfcx;
///           Jäckel 2015, "Let's be rational", for the use in option prices
inline erfcx_step erfcx_over_step(double u, double h) noexcept {
  const double middle = u + 0.5 * h;
  const bool in_series = u >= detail::erfcx_series_from - 1.0;  // early, so that short steps from below fit the table
  if (!in_series && middle >= 0.0 && middle < detail::erfcx_series_from && h >= 0.0 && h <= 0.125 * (1.0 + middle)) {
    const auto [centre, a] = detail::erfcx_piece_of(middle);
    return detail::erfcx_step_in_piece(a, u - centre, h);
  }
  if (!(h > 0.0)) {
    const double here = erfcx(u), nan = std::numeric_limits<double>::quiet_NaN();
    return h == 0.0 ? erfcx_step{here, here, u == u ? 0.0 : nan} : erfcx_step{here, nan, nan};
  }
  if (in_series && h < infinity) return detail::erfcx_step_in_series(u, h);
  const double end = u + h, here = erfcx(u);
  if (here == infinity) return {here, erfcx(end), here};
  if (middle < 0.0 && h * (u < -1.0 ? -u : 1.0) < 0.3) return detail::erfcx_step_of_powers(u, h, here);
  double there = erfcx(end);
  // Far below 0 the rounding of u + h shows: its first-order effect is 2·end·there, the rest of the slope is nothing.
  if (end < 0.0) there += there * (2.0 * end * sum_error(u, h, end));
  return {here, there, here - there};
}

/// D(u, h) alone.
inline double erfcx_difference(double u, double h) noexcept {
  return erfcx_over_step(u, h).fall;
}

}  // namespace trimtab
