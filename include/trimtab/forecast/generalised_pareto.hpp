// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/math.hpp>
#include <trimtab/core/result.hpp>

namespace trimtab::forecast {

/// @brief Losses beyond a threshold, generalised Pareto: P(loss > u + y) = ζ(1 + ξy/β)^{−1/ξ}.
///
/// A loss is anything that is worse when larger and in units of its own; here mostly −Δ ln HF over a horizon.
/// @source   Pickands 1975, "Statistical inference using extreme order statistics"; McNeil, Frey and Embrechts 2015,
///           "Quantitative risk management", 5.2
struct pareto_tail {
  double threshold = 0.0;      ///< u, in the unit of the loss
  double shape = 0.0;          ///< ξ: above 0 a power law, at 0 exponential, below 0 with an end at u − β/ξ
  double scale = 1.0;          ///< β, in the unit of the loss
  double exceed_share = 0.05;  ///< ζ, share of all losses that exceed the threshold

  /// @errors not_finite, bad_configuration (a scale not above 0, a share outside (0, 1])
  [[nodiscard]] constexpr errc validate() const noexcept {
    for (const double x : {threshold, shape, scale, exceed_share})
      if (!is_finite(x)) return errc::not_finite;
    return scale > 0.0 && exceed_share > 0.0 && exceed_share <= 1.0 ? errc::ok : errc::bad_configuration;
  }
};

/// @brief ln P(loss > u + y | loss > u) for an excess y from 0 on.
///
/// Formula   −ln(1 + ξy/β)/ξ, −y/β at ξ = 0; one formula whatever ξ: log1p keeps what a small ξ leaves
/// @return   −inf from the end of the tail on; NaN for an excess below 0, about which the tail knows nothing
inline double log_excess_survival(const pareto_tail& tail, double excess) noexcept {
  if (!(excess >= 0.0)) return std::numeric_limits<double>::quiet_NaN();
  const double bend = tail.shape * excess / tail.scale;
  if (magnitude(bend) < 1e-300) return -excess / tail.scale;
  // Near the end of a bounded tail 1 + ξy/β cancels; the fused sum keeps it.
  const double log_base =
      bend > -0.5 ? std::log1p(bend) : std::log(larger(0.0, std::fma(tail.shape, excess, tail.scale)) / tail.scale);
  return -log_base / tail.shape;
}

/// @brief P(loss > u + y). @return 0 from the end of the tail on; NaN for an excess below 0
inline double excess_probability(const pareto_tail& tail, double excess) noexcept {
  return tail.exceed_share * std::exp(log_excess_survival(tail, excess));
}

/// @brief ln of the density of an excess, given that there is one: −ln β − (1 + 1/ξ)·ln(1 + ξy/β).
/// @return   −inf beyond the end of the tail; NaN for an excess below 0
inline double log_excess_density(const pareto_tail& tail, double excess) noexcept {
  const double log_survival = log_excess_survival(tail, excess);
  if (log_survival == -infinity) return -infinity;
  return (1.0 + tail.shape) * log_survival - std::log(tail.scale);
}

/// @brief The loss exceeded with probability 1 − α, beyond the threshold: by how much (`pareto_excess`), and in all.
///
/// Formula   y = (β/ξ)·expm1(ξ·ln(ζ/(1 − α))), VaR = u + y
/// @param alpha      level, from 1 − ζ up to below 1, e.g. 0.99
/// @errors   outside_validity: a level below 1 − ζ, where the quantile is no excess; bad_configuration: a level outside
///           (0, 1); those of the tail
inline result<double> pareto_excess(const pareto_tail& tail, double alpha) noexcept {
  if (const errc bad = tail.validate(); bad != errc::ok) return bad;
  if (!is_finite(alpha)) return errc::not_finite;
  if (!(alpha > 0.0 && alpha < 1.0)) return errc::bad_configuration;
  const double beyond = 1.0 - alpha, more = tail.exceed_share - beyond;
  if (more < 0.0) return errc::outside_validity;
  const double log_ratio = more < beyond ? std::log1p(more / beyond) : std::log(tail.exceed_share / beyond);
  const double bend = tail.shape * log_ratio;
  return tail.scale * (magnitude(bend) < 1e-300 ? log_ratio : std::expm1(bend) / tail.shape);
}

inline result<double> pareto_value_at_risk(const pareto_tail& tail, double alpha) noexcept {
  return pareto_excess(tail, alpha).transform([&](double excess) { return tail.threshold + excess; });
}

/// @brief Mean loss given that the value at risk is exceeded.
///
/// Formula   ES = u + (y + β)/(1 − ξ), y the excess of the value at risk
/// @errors   as `pareto_excess`; infeasible: ξ from 1 on, where the mean is infinite
inline result<double> pareto_expected_shortfall(const pareto_tail& tail, double alpha) noexcept {
  const result<double> excess = pareto_excess(tail, alpha);
  if (!excess) return excess;
  if (!(tail.shape < 1.0)) return errc::infeasible;
  return tail.threshold + (*excess + tail.scale) / (1.0 - tail.shape);
}

/// @brief Probability that health is below liquidation at the end of the horizon of which the losses −Δ ln HF are.
///
/// Formula   P(loss > x) = ζ(1 + ξ(x − u)/β)^{−1/ξ}, x = ln HF
///
/// A cross-check of first passage, free of its Brownian motion, and not the same question: this counts paths that *end*
/// below, a floor for those that were below at some time. A motion without drift passes exactly twice as often as it
/// ends below (reflection), one that drifts towards liquidation less than that, one that drifts away more.
/// @param tail       of −Δ ln HF over the horizon
/// @param log_health x = ln HF now
/// @return           1 for health at liquidation or below
/// @errors   outside_validity: a loss of x is no tail event (x below u): ask the body of the distribution;
///           not_finite; those of the tail
/// @source   McNeil, Frey and Embrechts 2015, equation (5.20)
inline result<double> tail_liquidation_probability(const pareto_tail& tail, double log_health) noexcept {
  if (const errc bad = tail.validate(); bad != errc::ok) return bad;
  if (!is_finite(log_health)) return errc::not_finite;
  if (log_health <= 0.0) return 1.0;
  if (log_health < tail.threshold) return errc::outside_validity;
  return excess_probability(tail, log_health - tail.threshold);
}

/// @brief The same with the volatility of today: a tail of standardised residuals, scaled by a forecast.
///
/// Formula   loss = m + s·Z, so P = P(Z > (x − m)/s)
/// @param residuals  tail of Z = (loss − m)/s, past losses over what was forecast of them
/// @param mean       m, expected loss −E Δ ln HF over the horizon
/// @param deviation  s, forecast standard deviation over the horizon: √`variance(state, years)`
/// @errors   as above; bad_configuration: a deviation not above 0
/// @source   McNeil and Frey 2000, "Estimation of tail-related risk measures for heteroscedastic financial time series"
inline result<double> tail_liquidation_probability(const pareto_tail& residuals, double log_health, double mean,
                                                   double deviation) noexcept {
  if (const errc bad = residuals.validate(); bad != errc::ok) return bad;
  for (const double x : {log_health, mean, deviation})
    if (!is_finite(x)) return errc::not_finite;
  if (!(deviation > 0.0)) return errc::bad_configuration;
  if (log_health <= 0.0) return 1.0;
  const double standardised = (log_health - mean) / deviation;
  if (standardised < residuals.threshold) return errc::outside_validity;
  return excess_probability(residuals, standardised - residuals.threshold);
}

}  // namespace trimtab::forecast
