// SPDX-License-Identifier: MIT
#pragma once

#include <boost/math/quadrature/gauss_kronrod.hpp>

#include <trimtab/core/normal.hpp>
#include <trimtab/core/root.hpp>
#include <trimtab/sensitivity/quadratic_form.hpp>

#include <optional>

namespace trimtab::sensitivity {

/// A point of the distribution by saddlepoint, and what certifies it.
struct saddlepoint {
  double value = 0.0;        ///< y
  double probability = 0.0;  ///< P(Y ≤ y), an approximation
  double at = 0.0;           ///< ŝ; ∓∞ at and beyond the ends of what Y can be
  double residual = 0.0;  ///< |K′(ŝ) − y| / √κ₂: how far ŝ is from solving its equation, in standard deviations
};

namespace detail {

// What Boost would throw for is an answer that is no number, and looked at.
using no_throw =
    boost::math::policies::policy<boost::math::policies::domain_error<boost::math::policies::ignore_error>>;

// t/(1−t) + ln(1−t) ≥ 0, in proportion to t² however small; t < 1.
inline double bend_distance(double t) noexcept {
  if (std::fabs(t) > 0.05) return t / (1.0 - t) + std::log1p(-t);
  double sum = 0.0, power = t * t;  // Σ (1 − 1/k)·tᵏ, k ≥ 2; 0.05¹³ is below an ulp of the first term
  for (int k = 2; k <= 15; ++k, power *= t) sum += power * (1.0 - 1.0 / k);
  return sum;
}

// r* of the saddlepoint s: the standard normal value with the probability of K′(s).
inline double normal_value_at(const quadratic_form& y, double s) noexcept {
  double w_squared = 0.0, u_squared = 0.0;
  for (std::size_t j = 0; j < y.size; ++j) {
    const double t = s * y.curvature[j], left = 1.0 - t;
    const double bend = t / left, lean = s * y.slope[j] / left;
    w_squared += bend_distance(t) + lean * lean;
    u_squared += 0.5 * bend * bend + lean * (lean / left);
  }
  const double w = std::copysign(std::sqrt(w_squared), s);
  // Below, ln(u/w)/w loses more to rounding than its series to truncation.
  if (w_squared < 1e-10) {
    const double skew = y.skewness(), kurtosis = y.excess_kurtosis();
    return w + skew / 6.0 + w * (kurtosis / 8.0 - 7.0 * skew * skew / 36.0);
  }
  return w + 0.5 * std::log(u_squared / w_squared) / w;
}

// A bracket of s, growing from 0 towards the end of the domain on `sign`'s side until `beyond(s)`; nothing if there is
// none that doubles can tell from the end.
template <class F>
std::optional<quadratic_form::interval> bracket(const quadratic_form& y, double sign, F&& beyond) noexcept {
  const quadratic_form::interval domain = y.domain();
  const double end = sign < 0.0 ? domain.low : domain.high;
  double near = 0.0, step = sign / y.standard_deviation();
  for (int k = 0; k < 1000; ++k, step *= 2.0) {
    // Doubles far from the end of the domain, and halves the distance near a finite one.
    const double far = step / (1.0 + step / end);
    if (!(far * sign > near * sign && far * sign < end * sign)) return std::nullopt;
    if (beyond(far)) return sign < 0.0 ? quadratic_form::interval{far, near} : quadratic_form::interval{near, far};
    near = far;
  }
  return std::nullopt;
}

inline errc check(const quadratic_form& y) noexcept {
  if (y.size > quadratic_form::capacity) return errc::capacity;
  const double v = y.variance();
  return is_finite(y.mean()) && is_finite(v) && is_finite(y.cumulant(4)) ? errc::ok : errc::not_finite;
}

inline saddlepoint solved(const quadratic_form& y, double value, double probability, double s) noexcept {
  const double error = std::fabs(y.log_moment_slope_less_mean(s) - (value - y.mean()));
  return {value, probability, s, error / y.standard_deviation()};
}

// The saddlepoint of the normal value z: r*(s) = z.
inline result<saddlepoint> at_normal_value(const quadratic_form& y, double z) noexcept {
  const double probability = normal_cdf(z);
  if (!(y.variance() > 0.0)) return saddlepoint{y.mean(), probability, 0.0, 0.0};
  const double at_mean = normal_value_at(y, 0.0);
  if (z == at_mean) return saddlepoint{y.mean(), probability, 0.0, 0.0};
  const double sign = z < at_mean ? -1.0 : 1.0;
  const auto gap = [&](double s) { return normal_value_at(y, s) - z; };
  const auto within = bracket(y, sign, [&](double s) { return gap(s) * sign >= 0.0; });
  if (!within) return errc::outside_validity;
  const auto s = find_root(gap, within->low, within->high);
  if (!s) return s.error();
  return solved(y, y.log_moment_slope(s->at), probability, s->at);
}

}  // namespace detail

/// @brief P(Y ≤ value), by saddlepoint: in relative accuracy far into either tail.
///
/// Formula   K′(ŝ) = value;  P ≈ Φ(w + ln(u/w)/w), w = sgn(ŝ)·√(2(ŝK′−K)), u = ŝ√K″. In the reduced form
///           w² = Σ [t/(1−t) + ln(1−t)] + ŝ²d²/(1−t)², t = ŝλ: every term positive, so that nothing cancels near the
///           mean, where ln(u/w)/w → κ₃/(6κ₂^{3/2}) + w·(κ₄/8κ₂² − 7κ₃²/36κ₂³).
/// Exact where Y is normal (every λ = 0). Against exact inversion: some 1e-4 of P for accounts' log health; half to
/// four per cent (medians) for strongly bent forms; up to 17 % (Stirling's error at Γ(½)) near the end of one that is
/// one parabola, and up to 44 % at the 5 % level where a small curvature of the other sign carries Y past that end.
/// Exactly 0 or 1 beyond the ends of what Y can be.
/// @errors   not_finite, capacity, no_convergence
/// @source   Lugannani and Rice 1980; Barndorff-Nielsen 1986, "Inference on full or partial parameters…" (the form in
///           r*, always within [0, 1]); the sums derived here
inline result<saddlepoint> saddlepoint_probability(const quadratic_form& y, double value) noexcept {
  if (const errc bad = detail::check(y); bad != errc::ok) return bad;
  if (!(value == value)) return errc::not_finite;
  const double moved = value - y.mean();
  if (!(y.variance() > 0.0)) return saddlepoint{value, moved >= 0.0 ? 1.0 : 0.0, 0.0, 0.0};
  if (value <= y.lowest()) return saddlepoint{value, 0.0, -infinity, 0.0};
  if (value >= y.highest()) return saddlepoint{value, 1.0, infinity, 0.0};
  if (moved == 0.0) return saddlepoint{value, normal_cdf(detail::normal_value_at(y, 0.0)), 0.0, 0.0};
  const double sign = moved < 0.0 ? -1.0 : 1.0;
  const auto gap = [&](double s) { return y.log_moment_slope_less_mean(s) - moved; };
  const auto within = detail::bracket(y, sign, [&](double s) { return gap(s) * sign >= 0.0; });
  if (!within) return saddlepoint{value, sign < 0.0 ? 0.0 : 1.0, sign * infinity, 0.0};
  const auto s = find_root(gap, within->low, within->high);
  if (!s) return s.error();
  return detail::solved(y, value, normal_cdf(detail::normal_value_at(y, s->at)), s->at);
}

/// @brief The α-quantile by saddlepoint.
///
/// Formula   r*(ŝ) = Φ⁻¹(α), one equation in ŝ; q = K′(ŝ)
/// @errors   not_finite; capacity; bad_configuration: α outside (0, 1); outside_validity: the quantile is at an end of
///           what Y can be, closer than doubles tell; no_convergence
inline result<saddlepoint> saddlepoint_quantile(const quadratic_form& y, double alpha) noexcept {
  if (const errc bad = detail::check(y); bad != errc::ok) return bad;
  if (!is_finite(alpha)) return errc::not_finite;
  if (!(alpha > 0.0 && alpha < 1.0)) return errc::bad_configuration;
  return detail::at_normal_value(y, normal_quantile(alpha)).transform([&](saddlepoint p) {
    p.probability = alpha;
    return p;
  });
}

/// An integral and how far its quadrature may be off.
struct tail_mean {
  double value = 0.0;
  double error = 0.0;  ///< estimated by the quadrature; the saddlepoint's own error is not in it
};

/// @brief E[f(Y) | Y ≤ q_α], f increasing, by quadrature of the saddlepoint quantile.
///
/// Formula   (1/α)·∫ f(q(Φ(z)))·φ(z) dz over z ≤ z_α, from z_α − 9: below it less than 1e-17 of the weight is left
/// @errors   those of `saddlepoint_quantile`; no_convergence: the quadrature's own error estimate is above 1e-6 of ∫|f|
template <class F>
result<tail_mean> saddlepoint_tail_mean(const quadratic_form& y, double alpha, F&& f) noexcept {
  if (const errc bad = detail::check(y); bad != errc::ok) return bad;
  if (!is_finite(alpha)) return errc::not_finite;
  if (!(alpha > 0.0 && alpha < 1.0)) return errc::bad_configuration;
  if (!(y.variance() > 0.0)) return tail_mean{f(y.mean()), 0.0};
  const double end = normal_quantile(alpha);
  errc failure = errc::ok;
  const auto weighted = [&](double z) -> double {
    if (failure != errc::ok) return 0.0;
    const auto q = detail::at_normal_value(y, z);
    if (!q) failure = q.error();
    return q ? f(q->value) * normal_density(z) : 0.0;
  };
  double error = 0.0, size = 0.0;
  const double integral = boost::math::quadrature::gauss_kronrod<double, 31, detail::no_throw>::integrate(
      weighted, end - 9.0, end, 5, 1e-10, &error, &size);
  if (failure != errc::ok) return failure;
  if (!is_finite(integral)) return errc::not_finite;
  if (!(error <= 1e-6 * size)) return errc::no_convergence;
  return tail_mean{integral / alpha, error / alpha};
}

/// @brief The expected shortfall of the lower tail, E[Y | Y ≤ q_α]. @errors as `saddlepoint_tail_mean`
inline result<tail_mean> saddlepoint_shortfall(const quadratic_form& y, double alpha) noexcept {
  return saddlepoint_tail_mean(y, alpha, [](double value) { return value; });
}

}  // namespace trimtab::sensitivity
