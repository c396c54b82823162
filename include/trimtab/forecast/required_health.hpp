// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/result.hpp>
#include <trimtab/forecast/first_passage_sensitivity.hpp>

#include <cmath>
#include <limits>

namespace trimtab::forecast {

namespace detail {

/// The logarithm that is solved for, and its first two derivatives in y = x/(σ√T).
struct log_and_slopes {
  double value, slope, curvature;
};

/// Of a motion with volatility 1, drift δ and horizon 1, at health y.
inline passage_parts parts_at(double y, double delta, const in_deviations& at) noexcept {
  const motion unit{delta, 1.0};
  return parts_of(unit, y, 1.0, at, at.with < 0.0 ? liquidation_probability(unit, y, 1.0) : 0.0);
}

/// ln p. From the two first derivatives of p by ½σ²p'' + νp' = ∂p/∂T.
inline log_and_slopes log_hit_at(double y, double delta) noexcept {
  const in_deviations at{y + delta, y - delta, 2.0 * y, 2.0 * delta};
  const passage_parts p = parts_at(y, delta, at);
  const double log_unit = at.against < 0.0 ? -2.0 * delta * y : -0.5 * at.with * at.with;
  const double slope = -p.slope / p.hit, second = (2.0 * y * p.bell + 2.0 * delta * p.slope) / p.hit;
  return {log_unit + std::log(p.hit), slope, second - slope * slope};
}

/// ln(1 − p) likewise, but in ln y, in which it is a straight line near the barrier.
inline log_and_slopes log_survive_at(double y, double delta) noexcept {
  const passage_parts p = parts_at(y, delta, {y + delta, y - delta, 2.0 * y, 2.0 * delta});
  const double log_survive = first_passage_of({delta, 1.0}, y, 1.0).log_survive;
  const double inverse = p.unit * std::exp(-log_survive), slope = p.slope * inverse;
  const double second = -(2.0 * y * p.bell + 2.0 * delta * p.slope) * inverse;
  return {log_survive, y * slope, y * slope + y * y * (second - slope * slope)};
}

/// Where to start: bounds that are sharp far from and near to the barrier.
inline double start_of_log_hit(double probability, double log_probability, double delta) noexcept {
  const double y = -normal_quantile(larger(0.5 * probability, std::numeric_limits<double>::denorm_min()));
  if (delta <= 0.0) return y - delta;
  return y > 2.0 * delta ? y - delta : -log_probability / (2.0 * delta);
}
inline double start_of_log_survive(double survive, double delta) noexcept {
  if (delta < -12.0) return normal_quantile(survive) - delta;
  // Survival is about (e^{|δ|y} − 1)/|δ| times its slope at the barrier, or less than the slope times y.
  const passage_parts p = parts_at(0.0, delta, {delta, -delta, 0.0, 2.0 * delta});
  const double y = survive / (p.unit * p.slope);
  if (delta > -1e-9) return y;
  return larger(std::log1p(-delta * y) / -delta, normal_quantile(survive) - delta);
}

/// Health in standard deviations of ln HF at the horizon, from Halley steps inside a bracket that every value narrows.
inline result<double> required_deviations(double probability, double delta) noexcept {
  constexpr double eps = std::numeric_limits<double>::epsilon();
  const bool likely = probability > 0.5;  // then 1 − p is exact, and its logarithm is the one with digits
  const double wanted = std::log(likely ? 1.0 - probability : probability);
  double y = likely ? start_of_log_survive(1.0 - probability, delta) : start_of_log_hit(probability, wanted, delta);
  double low = 0.0, high = infinity;
  for (int n = 0; n < 64; ++n) {
    if (!(y > low && y < high)) y = high < infinity ? 0.5 * (low + high) : 2.0 * low + 1.0;
    const log_and_slopes at = likely ? log_survive_at(y, delta) : log_hit_at(y, delta);
    const double off = at.value - wanted, newton = -off / at.slope;
    const double step = newton / (1.0 + larger(0.5 * newton * at.curvature / at.slope, -0.5));
    const double there = likely ? y * std::exp(step) : y + step;
    // The rounding of y and of the logarithm's own terms is all that may be left.
    const double rounding = eps * (1.0 + magnitude(wanted) + magnitude(at.slope) * (likely ? 1.0 : y));
    if (magnitude(off) <= 8.0 * rounding && there > 0.0 && there < infinity) return there;
    ((off < 0.0) == likely ? low : high) = y;  // survival rises with health, the probability falls
    y = there;
  }
  return errc::no_convergence;
}

}  // namespace detail

/// @brief The ln HF at which the probability of liquidation before the horizon is the given one: the inverse of
/// `liquidation_probability` in health, and so the health an account must open with.
///
/// Halley's method on ln p (p ≤ ½) or on ln(1 − p), about four values of it. Certified: the last value of the logarithm
/// is within a few roundings of the wanted one. Error of ln HF at most 16 eps·(1 + 1/|∂ln p/∂ln x|).
/// @param probability  accepted risk, in (0, 1)
/// @param years        T > 0; T = ∞ asks for the probability ever
/// @return   x > 0
/// @errors   not_finite: a NaN, an infinite drift or volatility; bad_configuration: a volatility not above 0, a
///           probability outside (0, 1), T < 0; infeasible: T = 0, when no account above the barrier is liquidated, and
///           T = ∞ without upward drift, when all are; outside_validity: σ√T, ν√T/σ or x is no double;
///           no_convergence
/// @source   derived here: ln p is concave in x, and its second derivative follows from ½σ²p'' + νp' = ∂p/∂T
inline result<double> required_log_health(const motion& m, double probability, double years) noexcept {
  if (const errc bad = m.validate(); bad != errc::ok) return bad;
  if (probability != probability || years != years) return errc::not_finite;
  if (!(probability > 0.0 && probability < 1.0) || years < 0.0) return errc::bad_configuration;
  if (years == 0.0) return errc::infeasible;
  double health = 0.0;
  if (years == infinity) {
    if (m.drift <= 0.0) return errc::infeasible;
    health = -0.5 * std::log(probability) * (m.volatility / m.drift) * m.volatility;
  } else {
    const double root = std::sqrt(years), spread = m.volatility * root, delta = m.drift / m.volatility * root;
    if (!(spread > 0.0) || !is_finite(spread) || magnitude(delta) > 1e150) return errc::outside_validity;
    const result<double> deviations = detail::required_deviations(probability, delta);
    if (!deviations) return deviations.error();
    health = *deviations * spread;
  }
  if (!(health > 0.0) || !is_finite(health)) return errc::outside_validity;
  return health;
}

/// @brief The health factor of `required_log_health`. @errors likewise, and overflow (no double)
inline result<double> required_health(const motion& m, double probability, double years) noexcept {
  const result<double> log_health = required_log_health(m, probability, years);
  if (!log_health) return log_health;
  const double health = std::exp(*log_health);
  if (!is_finite(health)) return errc::overflow;
  return health;
}

}  // namespace trimtab::forecast
