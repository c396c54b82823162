// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/sensitivity/saddlepoint.hpp>

#include <array>
#include <cmath>
#include <span>

namespace trimtab::sensitivity {

/// What prices are taken to do until the horizon: correlated lognormal moves.
struct lognormal_moves {
  std::span<const double> drift;       ///< growth per year: E[pᵢ at T] = pᵢ·e^{driftᵢ·T}; shape n × 1
  std::span<const double> covariance;  ///< of log returns, per year; shape n × n, row-major
  double years{};                      ///< T
};

/// @brief The distribution of the health factor at a horizon, to second order in log returns.
/// @warning An approximation twice over: ln HF is cut after its Hessian (`curvature_share` says how much the Hessian
///          matters already), and probabilities come from the saddlepoint. Exact where ln HF is linear in log prices:
///          one collateral against one debt, or a weighted pool's share against one. Liquidation on the way is not in
///          it, and neither is an instrument that leaves its regime: revalue those.
struct horizon_health {
  quadratic_form log_health;  ///< ln HF at the horizon

  /// P(HF < h). @param h  NaN is refused; 0 for h ≤ 0 @errors those of `saddlepoint`
  [[nodiscard]] result<double> probability_below(double h) const noexcept {
    if (h <= 0.0) return 0.0;
    return saddlepoint(log_health, std::log(h)).transform([](const saddlepoint_tail& t) { return t.below; });
  }
  /// The health factor that it stays below with this probability. @errors those of `saddlepoint_quantile`
  [[nodiscard]] result<double> quantile(double probability) const noexcept {
    return saddlepoint_quantile(log_health, probability).transform([](const saddlepoint_tail& t) {
      return std::exp(t.value);
    });
  }
  /// @brief E[HF | HF ≤ its quantile]: health in the worst cases.
  ///
  /// Formula   e^q − ∫ e^y·P(ln HF ≤ y) dy / P(ln HF ≤ q) up to q: finite where E[HF] is not
  /// @param probability  inside (0, 1), and meant for small ones: towards 1 the error of the whole distribution adds up
  /// @errors   those of `saddlepoint_quantile`
  [[nodiscard]] result<double> expected_shortfall(double probability) const noexcept {
    const auto q = saddlepoint_quantile(log_health, probability);
    if (!q) return q.error();
    const double at = std::exp(q->value);
    if (log_health.variance() == 0.0) return at;
    return at -
           detail::weighted_below(log_health, q->saddlepoint, [](double y) noexcept { return std::exp(y); }) / q->below;
  }
  /// E[HF], exact for the quadratic; +∞ where a curvature is 1 or more.
  [[nodiscard]] double mean() const noexcept { return std::exp(log_health.cumulant_generating(1.0)); }
  /// The share of the variance of ln HF that comes from curvature, in [0, 1].
  [[nodiscard]] double curvature_share() const noexcept {
    const double variance = log_health.variance();
    double bent = 0.0;
    for (const double bend : log_health.curvature) bent += 0.5 * bend * bend;
    return variance > 0.0 ? bent / variance : 0.0;
  }
};

/// @brief The health factor at a horizon under correlated lognormal moves of its prices.
///
/// Formula   ln HF at T ≈ ln HF + ℓ·x + ½ xᵀΛx, x ~ N(ν, ΣT), ν = (drift − ½ diag Σ)·T; as a form of x − ν,
///           θ = ln HF + ℓ·ν + ½ νᵀΛν and δ = ℓ + Λν
/// @param health    now, positive and finite
/// @param gradient  ℓ = ∂ln HF/∂ln p, shape n × 1, n at most 16; without instruments ℓᵢ = αᵢ − βᵢ, the shares of slot i
/// in
///                  weighted collateral and debt
/// @param hessian   Λ = ∂²ln HF/∂ln pᵢ∂ln pⱼ, shape n × n, row-major; without instruments δᵢⱼ(αᵢ − βᵢ) − αᵢαⱼ + βᵢβⱼ
/// @errors   outside_validity: a health that has no logarithm; bad_configuration: a negative horizon, and as
///           `make_quadratic_form`, as are size_mismatch, capacity, not_finite, overflow
/// @source   delta–gamma in log prices (their second derivatives are the smaller ones); the shift is algebra
inline result<horizon_health> health_at_horizon(double health, std::span<const double> gradient,
                                                std::span<const double> hessian,
                                                const lognormal_moves& moves) noexcept {
  const std::size_t n = gradient.size();
  if (n > quadratic_form::capacity) return errc::capacity;
  if (moves.drift.size() != n || moves.covariance.size() != n * n || hessian.size() != n * n)
    return errc::size_mismatch;
  if (!is_finite(health) || !is_finite(moves.years)) return errc::not_finite;
  if (!(health > 0.0)) return errc::outside_validity;
  if (moves.years < 0.0) return errc::bad_configuration;

  std::array<double, quadratic_form::capacity> drift{}, slope{};
  std::array<double, quadratic_form::capacity * quadratic_form::capacity> covariance{};
  for (std::size_t i = 0; i < n; ++i) drift[i] = (moves.drift[i] - 0.5 * moves.covariance[n * i + i]) * moves.years;
  double constant = std::log(health);
  for (std::size_t i = 0; i < n; ++i) {
    double bent = 0.0;
    for (std::size_t j = 0; j < n; ++j) {
      bent += 0.5 * (hessian[n * i + j] + hessian[n * j + i]) * drift[j];
      covariance[n * i + j] = moves.covariance[n * i + j] * moves.years;
    }
    slope[i] = gradient[i] + bent;
    constant += drift[i] * (gradient[i] + 0.5 * bent);
  }
  return make_quadratic_form(constant, {slope.data(), n}, hessian, {covariance.data(), n * n})
      .transform([](const quadratic_form& form) { return horizon_health{form}; });
}

}  // namespace trimtab::sensitivity
