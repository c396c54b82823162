// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/sensitivity/saddlepoint.hpp>

#include <complex>
#include <limits>

namespace trimtab::sensitivity {

/// A point of the distribution, exact but for quadrature, and how far it may be off.
struct inverted_probability {
  double probability = 0.0;  ///< P(Y ≤ value)
  double error = 0.0;        ///< absolute, of the smaller of `probability` and `above`
  double above = 1.0;        ///< P(Y > value), with its own digits
  double shortfall = 0.0;    ///< E[max(value − Y, 0)]: E[Y | Y ≤ value] = value − shortfall/probability
  double shortfall_error = 0.0;
};

namespace detail {

struct line_integral {
  double value = 0.0, error = 0.0;
};

// ∫ f over the whole line, for an analytic f that dies out both ways: the trapezoidal rule, whose relative error is
// about squared when its step is halved (Trefethen and Weideman 2014). Halved until it changes less than
// 1e-10 of ∫|f|; a factor of 1e4 is left for how far from a square that is.
template <class F>
line_integral whole_line(F&& f) noexcept {
  line_integral out{0.0, infinity};
  double step = 0.5;
  for (int level = 0; level < 8; ++level, step *= 0.5) {
    double sum = f(0.0), size = std::fabs(sum);
    for (const double side : {step, -step}) {
      for (int k = 1, small = 0; k < 1 << 14 && small < 4; ++k) {
        const double term = f(side * k);
        sum += term, size += std::fabs(term);
        small = std::fabs(term) <= 1e-18 * size ? small + 1 : 0;
      }
    }
    if (size == 0.0) return {};
    const double change = level > 0 ? std::fabs(step * sum - out.value) / (step * size) : 1.0;
    out.value = step * sum;
    out.error = step * size * (change * std::fmin(1.0, 1e4 * change) + 16.0 * std::numeric_limits<double>::epsilon());
    if (!(change > 1e-10)) break;
  }
  return out;
}

// (1/2πi)·∫ e^{K(s) − s·value}·s^{−power} ds upwards along a hyperbola through c whose far ends lean by `bend`.
inline line_integral along(const quadratic_form& y, double value, double c, int power, double bend) noexcept {
  const double width = 1.0 / std::sqrt(y.log_moment_curvature(c));
  return whole_line([&](double v) noexcept {
    const double up = width * std::sinh(v), out = width * std::cosh(v);
    const std::complex<double> s(c + bend * (out - width), up), turn(bend * up, out);
    std::complex<double> exponent = (y.constant - value) * s;
    for (std::size_t j = 0; j < y.size; ++j) {
      const std::complex<double> left = 1.0 - s * y.curvature[j], lean = s * y.slope[j];
      exponent += 0.5 * (lean * lean / left - std::log(left));
    }
    if (exponent.real() < -745.0) return 0.0;  // e^{−∞}, whatever it multiplies
    return 0.159154943091895335769 * (std::exp(exponent) * turn / (power == 1 ? s : s * s)).imag();
  });
}

// The same along whichever path states the smallest error. Far out e^{K − s·value} dies out to the side that all axes
// together say, and leaning to it is fast; an axis of large slope and small curvature can make it rise first, and then
// upright, where nothing rises, is better.
inline line_integral inverted(const quadratic_form& y, double value, double c, int power) noexcept {
  double side = y.constant - value;
  for (std::size_t j = 0; j < y.size; ++j)
    if (y.curvature[j] != 0.0) side -= 0.5 * y.slope[j] * (y.slope[j] / y.curvature[j]);
  line_integral best{0.0, infinity};
  for (const double bend : {0.577350269189625764509, 0.1, 0.0}) {
    const line_integral found = along(y, value, c, power, side > 0.0 ? -bend : bend);
    if (found.error < best.error) best = found;
    if (best.error <= 1e-12 * std::fabs(best.value)) break;
  }
  // And what rounding of the exponent's terms does to all of it.
  double terms = std::fabs((y.constant - value) * c);
  for (std::size_t j = 0; j < y.size; ++j) {
    const double left = 1.0 - c * y.curvature[j], lean = c * y.slope[j];
    terms += 0.5 * (lean * lean / left + std::fabs(std::log(left))) / std::fmin(left, 1.0);
  }
  best.error += std::numeric_limits<double>::epsilon() * terms * std::fabs(best.value);
  return best;
}

}  // namespace detail

/// @brief P(Y ≤ value) and P(Y > value), each in relative accuracy, and the expected shortfall below, exactly but for
/// quadrature: the inversion of the moment function.
///
/// Formula   P(Y > value) = (1/2πi)·∫ e^{K(s) − s·value}/s ds upwards through c > 0; P(Y ≤ value) through c < 0, with
/// −1/s;
///           E[max(value − Y, 0)] with 1/s². Imhof's path is the imaginary axis, where a small tail is what is left of
///           terms of size 1; here c is the saddlepoint, or half a standard deviation from 0, and nothing cancels.
/// It is slow (hundreds of points, one complex logarithm an axis): use it to check `saddlepoint_probability`.
/// @param wanted  absolute error of the probability, positive
/// @errors   those of `saddlepoint_probability`; bad_configuration: `wanted` not positive; no_convergence: the error is
/// not
///           below `wanted` or, of probability or shortfall, above 1e-6 of it; a value next to the end of what Y can be
/// @source   Imhof 1961, "Computing the distribution of quadratic forms in normal variables"; the path: Rice 1980,
///           "Distribution of quadratic forms in normal random variables: evaluation by numerical integration"
inline result<inverted_probability> imhof_probability(const quadratic_form& y, double value,
                                                      double wanted = 1e-9) noexcept {
  if (!(wanted > 0.0)) return errc::bad_configuration;
  if (!is_finite(value)) return errc::not_finite;
  const auto near = saddlepoint_probability(y, value);
  if (!near) return near.error();
  const double mean = y.mean();
  if (!(y.variance() > 0.0))
    return value >= mean ? inverted_probability{1.0, 0.0, 0.0, value - mean, 0.0} : inverted_probability{};
  if (value <= y.lowest()) return inverted_probability{};
  if (value >= y.highest()) return inverted_probability{1.0, 0.0, 0.0, value - mean, 0.0};
  if (!is_finite(near->at)) return errc::no_convergence;

  const auto domain = y.domain();
  const double half = (value > mean ? 0.5 : -0.5) / y.standard_deviation();
  const double least = half / (1.0 + half / (half < 0.0 ? domain.low : domain.high));
  const double c = std::fabs(near->at) > std::fabs(least) ? near->at : least;
  const detail::line_integral tail = detail::inverted(y, value, c, 1), excess = detail::inverted(y, value, c, 2);
  for (const detail::line_integral& part : {tail, excess})
    if (!(part.error <= 1e-6 * std::fabs(part.value))) return errc::no_convergence;
  if (!(tail.error <= wanted)) return errc::no_convergence;
  if (c < 0.0) return inverted_probability{-tail.value, tail.error, 1.0 + tail.value, excess.value, excess.error};
  return inverted_probability{1.0 - tail.value, tail.error, tail.value, (value - mean) + excess.value, excess.error};
}

}  // namespace trimtab::sensitivity
