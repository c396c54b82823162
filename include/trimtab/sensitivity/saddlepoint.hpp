// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/root.hpp>
#include <trimtab/sensitivity/detail/normal.hpp>
#include <trimtab/sensitivity/quadratic_form.hpp>

#include <cmath>

namespace trimtab::sensitivity {

/// One point of a distribution, from its saddlepoint.
struct saddlepoint_tail {
  double value{};        ///< y
  double below{};        ///< P(Y ≤ y), approximate
  double above{};        ///< P(Y > y), approximate and with its own digits: not 1 − below
  double saddlepoint{};  ///< s with K′(s) = y; ∓∞ at and beyond the ends of what Y can take
  double residual{};     ///< certificate: (K′(s) − y)/deviation, or of a quantile the miss of its normal score
  int evaluations = 0;
};

namespace detail {

// log1p(y) − y + y²/2 without the cancellation at small y; `log` is log1p(y), exact where y is not.
inline double cubic_log(double y, double log) noexcept {
  if (!(std::fabs(y) < 0.25)) return log - y + 0.5 * y * y;
  double sum = 0.0;
  for (int k = 27; k >= 3; --k) sum = 1.0 / k - y * sum;
  return y * y * y * sum;
}

/// @brief The normal score of P(Y ≤ K′(s)): r* = w + ln(u/w)/w, w = sgn(s)√(2(sK′ − K)), u = s√K″.
///
/// With y = sλ/(1 − sλ) and e = sd/(1 − sλ), w² = Σ (y − log1p y) + e² and u² − w² = Σ (log1p y − y + y²/2) + e²y: sums
/// that do not cancel, so the limit at s = 0, where both are 0, needs no special neighbourhood.
inline double normal_score(const quadratic_form& form, double s) noexcept {
  double square = 0.0, excess = 0.0;
  for (std::size_t j = 0; j < form.size; ++j) {
    const double x = s * form.curvature[j], u = 1.0 - x, y = x / u, e = s * form.slope[j] / u;
    const double cubic = cubic_log(y, -std::log1p(-x));
    square += 0.5 * y * y - cubic + e * e;
    excess += cubic + e * e * y;
  }
  const double w = std::copysign(std::sqrt(square), s);
  return std::fabs(w) < 1e-90 ? form.skewness() / 6.0 : w + 0.5 * std::log1p(excess / square) / w;
}

/// The whole line onto the tilts for which E[e^{sY}] is finite, 0 onto 0 and with slope 1 there: s = t/(1 + |t|·λ),
/// λ the curvature that ends them on that side.
struct tilt_line {
  explicit tilt_line(const quadratic_form& form) noexcept
      : down(std::fmax(0.0, form.size == 0 ? 0.0 : -form.curvature[0])),
        up(std::fmax(0.0, form.size == 0 ? 0.0 : form.curvature[form.size - 1])) {}
  [[nodiscard]] double at(double t) const noexcept { return t / stretch(t); }
  [[nodiscard]] double stretch(double t) const noexcept { return 1.0 + (t < 0.0 ? -t * down : t * up); }
  [[nodiscard]] double inverse(double s) const noexcept { return s / (1.0 - (s < 0.0 ? -s * down : s * up)); }

  double down, up;
};

/// A tilt at which the increasing f changes sign, sought outwards from 0 in steps of one deviation that double.
template <class F>
result<root<double>> tilt_where_zero(const quadratic_form& form, F&& f) noexcept {
  const tilt_line line(form);
  const double sign = f(0.0) < 0.0 ? 1.0 : -1.0;
  double near = 0.0, step = 1.0 / std::sqrt(form.variance());
  for (int k = 0; k < 1024; ++k, step *= 2.0) {
    const double far = line.at(sign * step), value = f(far);
    if (!(far * sign < infinity) || !(value == value)) return errc::no_convergence;
    if (value * sign >= 0.0) return sign > 0.0 ? find_root(f, near, far) : find_root(f, far, near);
    if (far == near) return errc::no_convergence;  // the end of the tilts, to the last digit
    near = far;
  }
  return errc::no_convergence;
}

struct line_integral {
  double value{}, error{};
};

/// @brief ∫ f over the whole line, for an analytic f that dies out both ways: the trapezoidal rule, whose relative
/// error is about squared when the step is halved.
/// @param tolerance  halving stops when it changes the sum by less than this, relative to ∫|f|: the error is the square
/// @source Trefethen and Weideman 2014, "The exponentially convergent trapezoidal rule"
template <class F>
line_integral whole_line(F&& f, double tolerance) noexcept {
  line_integral out{.error = infinity};
  double step = 0.5;
  for (int level = 0; level < 8; ++level, step *= 0.5) {
    double sum = f(0.0), size = std::fabs(sum);
    for (const double side : {step, -step}) {
      for (int k = 1, small = 0; k < 1 << 14 && small < 4; ++k) {
        const double term = f(side * k);
        sum += term;
        size += std::fabs(term);
        small = std::fabs(term) <= 1e-18 * size ? small + 1 : 0;
      }
    }
    if (size == 0.0) return {};
    const double change = level > 0 ? std::fabs(step * sum - out.value) / (step * size) : 1.0;
    out.value = step * sum;
    out.error = step * size * (change * change + 16.0 * std::numeric_limits<double>::epsilon());
    if (!(change > tolerance)) return out;
  }
  return out;
}

/// ∫ weight(y)·P(Y ≤ y) dy up to y = K′(s), along the saddlepoints: no root is solved for.
template <class W>
double weighted_below(const quadratic_form& form, double s, W&& weight) noexcept {
  const tilt_line line(form);
  const double from = line.inverse(s);
  const double scale = 1.0 / (std::sqrt(form.variance()) * (1.0 + std::fabs(normal_score(form, s))));
  // t = from − scale·e^{v − e^{−v}}: double-exponential at the near end, exponential at the far one.
  const auto integrand = [&](double v) noexcept {
    const double fall = std::exp(-v), apart = scale * std::exp(v - fall), t = from - apart, stretch = line.stretch(t);
    const double tilt = line.at(t), below = normal_cdf(normal_score(form, tilt));
    if (!(below > 0.0)) return 0.0;
    return weight(form.cumulant(1, tilt)) * below * form.cumulant(2, tilt) / (stretch * stretch) * apart * (1.0 + fall);
  };
  return whole_line(integrand, 1e-5).value;
}

}  // namespace detail

/// @brief P(Y ≤ y) and P(Y > y) of a quadratic form, each with small relative error far into its tail.
///
/// Formula   Φ(r*), r* = w + ln(u/w)/w at the root s of K′(s) = y (quadratic_form::cumulant). Exact where no λ bends
/// @param y      any value but NaN; beyond what Y can take the probabilities are 0 and 1
/// @return       an approximation: measured against `imhof_tail`, see there
/// @errors       not_finite: a NaN, a form without finite moments; no_convergence: a value so near the end of what Y
/// can take that rounding hides it
/// @source   Lugannani and Rice 1980, in Barndorff-Nielsen's form (1986, 1990), which stays inside (0, 1)
inline result<saddlepoint_tail> saddlepoint(const quadratic_form& form, double y) noexcept {
  if (!(y == y) || !is_finite(form.mean()) || !is_finite(form.variance())) return errc::not_finite;
  if (y >= form.highest()) return saddlepoint_tail{.value = y, .below = 1.0, .above = 0.0, .saddlepoint = infinity};
  if (y <= form.lowest()) return saddlepoint_tail{.value = y, .below = 0.0, .above = 1.0, .saddlepoint = -infinity};
  const double deviation = std::sqrt(form.variance());
  quadratic_form shifted = form;
  shifted.constant -= y;
  const auto at =
      detail::tilt_where_zero(shifted, [&](double s) noexcept { return shifted.cumulant(1, s) / deviation; });
  if (!at) return at.error();
  const double score = detail::normal_score(form, at->at);
  return saddlepoint_tail{.value = y,
                          .below = detail::normal_cdf(score),
                          .above = detail::normal_cdf(-score),
                          .saddlepoint = at->at,
                          .residual = at->residual,
                          .evaluations = at->evaluations};
}

/// @brief The value that Y stays below with this probability, by the saddlepoint approximation.
///
/// The root is sought in s, where r*(s) = Φ⁻¹(probability) and then y = K′(s): one root, not one inside another.
/// @param probability  inside (0, 1)
/// @errors   bad_configuration: a probability outside (0, 1); not_finite: a form without finite moments; no_convergence
inline result<saddlepoint_tail> saddlepoint_quantile(const quadratic_form& form, double probability) noexcept {
  if (!(probability > 0.0 && probability < 1.0)) return errc::bad_configuration;
  if (!is_finite(form.mean()) || !is_finite(form.variance())) return errc::not_finite;
  if (form.variance() == 0.0) return saddlepoint_tail{.value = form.constant, .below = 1.0};
  const double z = detail::normal_quantile(probability);
  const auto at = detail::tilt_where_zero(form, [&](double s) noexcept { return detail::normal_score(form, s) - z; });
  if (!at) return at.error();
  return saddlepoint_tail{.value = form.cumulant(1, at->at),
                          .below = detail::normal_cdf(z + at->residual),
                          .above = detail::normal_cdf(-z - at->residual),
                          .saddlepoint = at->at,
                          .residual = at->residual,
                          .evaluations = at->evaluations};
}

/// @brief E[Y | Y ≤ its quantile] by the same approximation, so that it never lies above the quantile.
///
/// Formula   q − ∫ P(Y ≤ y) dy / P(Y ≤ q) up to q = K′(s): by parts, with dy = K″(s) ds
/// @param probability  inside (0, 1)
/// @errors   those of `saddlepoint_quantile`
inline result<double> saddlepoint_shortfall(const quadratic_form& form, double probability) noexcept {
  const auto q = saddlepoint_quantile(form, probability);
  if (!q) return q.error();
  if (form.variance() == 0.0) return q->value;
  return q->value - detail::weighted_below(form, q->saddlepoint, [](double) noexcept { return 1.0; }) / q->below;
}

}  // namespace trimtab::sensitivity
