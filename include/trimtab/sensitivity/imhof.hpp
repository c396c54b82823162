// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/sensitivity/saddlepoint.hpp>

#include <cmath>
#include <complex>

namespace trimtab::sensitivity {

/// One point of a distribution, exact but for the quadrature.
struct exact_tail {
  double below{};      ///< P(Y ≤ y)
  double above{};      ///< P(Y > y)
  double shortfall{};  ///< E[max(y − Y, 0)]: E[Y | Y ≤ y] = y − shortfall/below
  /// Of the quadrature and of rounding, on the smaller of the two probabilities; 0 beyond what Y can take.
  double error{};
  double shortfall_error{};
};

namespace detail {

/// (1/2πi) ∫ e^{K(s) − sy} s^{−power} ds upwards along a hyperbola through c whose far ends lean by `bend` per unit of
/// height.
inline line_integral invert_along(const quadratic_form& form, double y, double c, int power, double bend) noexcept {
  const double width = 1.0 / std::sqrt(form.cumulant(2, c));
  const auto integrand = [&](double v) noexcept {
    const double up = width * std::sinh(v), out = width * std::cosh(v);
    const std::complex<double> s(c + bend * (out - width), up), along(bend * up, out);
    std::complex<double> exponent = (form.constant - y) * s;
    for (std::size_t j = 0; j < form.size; ++j) {
      const std::complex<double> u = 1.0 - s * form.curvature[j], e = s * form.slope[j];
      exponent += 0.5 * (e * e / u - std::log(u));
    }
    if (exponent.real() < -745.0) return 0.0;
    return 0.159154943091895335769 * (std::exp(exponent) * along / (power == 1 ? s : s * s)).imag();
  };
  return whole_line(integrand, 1e-8);
}

/// The same along whichever path states the smallest error. Far out e^{K(s) − sy} dies out to the side that the sum of
/// all moves says, and leaning to it is fast; a move of large d and small λ can make it rise first, and then upright,
/// where nothing rises, is better.
inline line_integral invert(const quadratic_form& form, double y, double c, int power) noexcept {
  double slant = form.constant - y;
  for (std::size_t j = 0; j < form.size; ++j)
    if (form.curvature[j] != 0.0) slant -= 0.5 * form.slope[j] * form.slope[j] / form.curvature[j];
  line_integral best{.error = infinity};
  for (const double bend : {0.577350269189625764509, 0.1, 0.0}) {
    const line_integral found = invert_along(form, y, c, power, slant > 0.0 ? -bend : bend);
    if (found.error < best.error) best = found;
    if (best.error <= 1e-12 * std::fabs(best.value)) break;
  }
  return best;
}

}  // namespace detail

/// @brief P(Y ≤ y) and the expected shortfall of a quadratic form by inversion of its characteristic function: the
/// reference that the saddlepoint approximation is measured against.
///
/// Formula   P(Y > y) = (1/2πi) ∫ e^{K(s) − sy} ds/s through a point c > 0, P(Y ≤ y) the same with −1/s through c < 0,
///           E[max(y − Y, 0)] with 1/s². Imhof integrates along the imaginary axis, where a tail of 1e−9 is what is
///           left of terms of size 1; here c is the saddlepoint, where nothing cancels, and the path bends to the side
///           where the integrand dies out
/// @param y  any value but NaN
/// @cost     some thousands of complex logarithms: for tests and reports, not for a decision
/// @errors   those of `saddlepoint`; no_convergence where an error is above 1e-6 of what it is the error of
/// @source   Imhof 1961, "Computing the distribution of quadratic forms in normal variables"; the path through the
///           saddlepoint: Rice 1980, "Distribution of quadratic forms in normal random variables: evaluation by
///           numerical integration"
inline result<exact_tail> imhof_tail(const quadratic_form& form, double y) noexcept {
  const auto near = saddlepoint(form, y);
  if (!near) return near.error();
  const double mean = form.mean();
  if (near->saddlepoint == -infinity) return exact_tail{.below = 0.0, .above = 1.0};
  if (near->saddlepoint == infinity) return exact_tail{.below = 1.0, .above = 0.0, .shortfall = y - mean};
  // At least half a deviation from the pole at 0.
  const double half = detail::tilt_line(form).at((y > mean ? 0.5 : -0.5) / std::sqrt(form.variance()));
  const double c = std::fabs(near->saddlepoint) > std::fabs(half) ? near->saddlepoint : half;
  const detail::line_integral tail = detail::invert(form, y, c, 1), excess = detail::invert(form, y, c, 2);
  for (const detail::line_integral& part : {tail, excess})
    if (!(part.error <= 1e-6 * std::fabs(part.value))) return errc::no_convergence;
  if (c > 0.0) return exact_tail{1.0 - tail.value, tail.value, (y - mean) + excess.value, tail.error, excess.error};
  return exact_tail{-tail.value, 1.0 + tail.value, excess.value, tail.error, excess.error};
}

}  // namespace trimtab::sensitivity
