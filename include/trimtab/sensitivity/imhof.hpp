// SPDX-License-Identifier: MIT
#pragma once

#include <boost/math/quadrature/gauss_kronrod.hpp>

#include <trimtab/sensitivity/quadratic_form.hpp>
#include <trimtab/sensitivity/standard_normal.hpp>

namespace trimtab::sensitivity {

/// A probability and how far it may be off.
struct inverted_probability {
  double probability = 0.0;
  double error = 0.0;  ///< absolute: the quadrature's estimate and a bound on what was cut off
};

/// @brief P(Y ≤ value), exactly but for quadrature: the inversion of the characteristic function.
///
/// Formula   ½ − (1/π)·∫₀^∞ ρ(s)·sin β(s) / s ds
///           ln ρ = −¼Σ ln(1+s²λ²) − ½s²Σ d²/(1+s²λ²)
///           β = (θ−value)·s + ½Σ atan(sλ) − ½s³Σ d²λ/(1+s²λ²)
/// cut off at S where (1/π)∫_S^∞ ρ/s ds is below a tenth of `wanted`, in panels that halve towards 0. It is slow, and
/// refuses what decays too slowly (one or two axes without slopes): use it to check `saddlepoint_probability`.
/// @param wanted  absolute error, at least 1e-13
/// @errors   not_finite, capacity; bad_configuration: `wanted` too small; no_convergence: the error is not below
/// `wanted`, or cutting off needs S that is too far
/// @source   Imhof 1961, "Computing the distribution of quadratic forms in normal variables"; Gil-Pelaez 1951
inline result<inverted_probability> imhof_probability(const quadratic_form& y, double value,
                                                      double wanted = 1e-9) noexcept {
  if (y.size > quadratic_form::capacity) return errc::capacity;
  const double deviation = y.standard_deviation();
  if (!is_finite(value) || !is_finite(y.mean()) || !is_finite(deviation)) return errc::not_finite;
  if (!(wanted >= 1e-13)) return errc::bad_configuration;
  if (!(deviation > 0.0)) return inverted_probability{value >= y.mean() ? 1.0 : 0.0, 0.0};

  const auto log_size = [&](double s) {
    double sum = 0.0;
    for (std::size_t j = 0; j < y.size; ++j) {
      const double bend = s * y.curvature[j], lean = s * y.slope[j], both = 1.0 + bend * bend;
      sum -= 0.25 * std::log1p(bend * bend) + 0.5 * lean * lean / both;
    }
    return sum;
  };
  const auto phase = [&](double s) {
    double sum = (y.constant - value) * s;
    for (std::size_t j = 0; j < y.size; ++j) {
      const double bend = s * y.curvature[j], lean = s * y.slope[j];
      sum += 0.5 * std::atan(bend) - 0.5 * lean * lean * bend / (1.0 + bend * bend);
    }
    return sum;
  };
  // What is left of the integral beyond S, the less of two bounds. ρ falls at least as fast as its rate −d ln ρ/d ln s
  // at S, less what may fade: ≤ ρ/rate. And β′ nears a constant to within `bends`, so that the oscillations cancel:
  // integrated by parts, ≤ 2ρ/(S·m)·(1 + bends/m), m = |β′(∞)| − bends.
  const auto cut_off = [&](double s) {
    double rate = 0.0, turns = y.constant - value, bends = 0.0;
    for (std::size_t j = 0; j < y.size; ++j) {
      const double bend = s * y.curvature[j], lean = s * y.slope[j], both = 1.0 + bend * bend;
      if (y.curvature[j] == 0.0) {
        rate += lean * lean;
        continue;
      }
      const double half = 0.5 * y.slope[j] * (y.slope[j] / y.curvature[j]);
      rate += 0.5 * bend * bend / both;
      turns -= half;
      bends += (0.5 * std::fabs(y.curvature[j]) + std::fabs(half)) / both;
    }
    const double least = std::fabs(turns) - bends, plain = 1.0 / rate;
    const double cancelled = least > 0.0 ? 2.0 / (s * least) * (1.0 + bends / least) : infinity;
    return std::exp(log_size(s)) * std::fmin(plain, cancelled) * boost::math::constants::one_div_pi<double>();
  };
  double end = 1.0 / deviation;
  for (int k = 0; !(cut_off(end) <= 0.1 * wanted); ++k, end *= 1.5)
    if (k > 60 || std::fabs(phase(end)) > 1e5) return errc::no_convergence;

  const auto integrand = [&](double s) { return std::exp(log_size(s)) * std::sin(phase(s)) / s; };
  double sum = 0.0, error = 0.0;
  for (double high = end; high > 0.0;) {
    // The last octave reaches 0, where the integrand is smooth: β is proportional to s. Panels of a few turns each.
    const double low = high * deviation > 1.0 ? 0.5 * high : 0.0;
    const int panels = 1 + static_cast<int>(std::fabs(phase(high) - phase(low)) / 16.0);
    const double width = (high - low) / panels;
    for (int k = 0; k < panels; ++k) {
      double off = 0.0;
      const double from = low + k * width;
      sum += boost::math::quadrature::gauss_kronrod<double, 31, quiet>::integrate(integrand, from, from + width, 8,
                                                                                  1e-11, &off);
      error += off;
    }
    high = low;
  }
  const double probability = 0.5 - sum * boost::math::constants::one_div_pi<double>();
  error = error * boost::math::constants::one_div_pi<double>() + cut_off(end);
  if (!is_finite(probability)) return errc::not_finite;
  if (!(error <= wanted)) return errc::no_convergence;
  return inverted_probability{probability, error};
}

}  // namespace trimtab::sensitivity
