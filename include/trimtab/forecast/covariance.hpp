// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/math.hpp>
#include <trimtab/core/result.hpp>

#include <array>
#include <cstddef>
#include <span>

namespace trimtab::forecast {

/// @brief Covariance of N returns of ln price, per year. Trivially copyable, of constant size.
template <std::size_t N>
requires(N > 0) struct covariance_state {
  std::array<double, N*(N + 1) / 2> lower{};  ///< row by row, the diagonal at the end of each
  double years = 0.0;                         ///< of history that went in; 0: none, and all below is NaN

  /// Cov of the returns of two assets, per year. @return NaN before the first observation or for a slot beyond N
  [[nodiscard]] constexpr double covariance(std::size_t i, std::size_t j) const noexcept {
    if (i >= N || j >= N || !(years > 0.0)) return std::numeric_limits<double>::quiet_NaN();
    return i < j ? lower[j * (j + 1) / 2 + i] : lower[i * (i + 1) / 2 + j];
  }
  /// σ, per √year.
  [[nodiscard]] double volatility(std::size_t i) const noexcept { return std::sqrt(covariance(i, i)); }

  /// ρ in [−1, 1]. @return NaN where one of the two has not moved
  [[nodiscard]] double correlation(std::size_t i, std::size_t j) const noexcept {
    const double rho = covariance(i, j) / (volatility(i) * volatility(j));  // the product of variances may underflow
    return rho > 1.0 ? 1.0 : (rho < -1.0 ? -1.0 : rho);
  }

  /// @brief Variance per year of a weighted sum of the returns: of ln HF with its sensitivities ∂ln HF/∂ln p as
  /// weights.
  ///
  /// Formula   w'Σw
  /// @param weights  N of them
  /// @errors   size_mismatch; not_finite: a weight, or no observation yet
  [[nodiscard]] constexpr result<double> variance_of(std::span<const double> weights) const noexcept {
    if (weights.size() != N) return errc::size_mismatch;
    double sum = 0.0;
    for (std::size_t i = 0; i < N; ++i) {
      double off_diagonal = 0.0;
      for (std::size_t j = 0; j < i; ++j) off_diagonal += covariance(i, j) * weights[j];
      sum += weights[i] * (2.0 * off_diagonal + covariance(i, i) * weights[i]);
    }
    if (!is_finite(sum)) return errc::not_finite;
    return larger(sum, 0.0);  // positive semidefinite but for rounding
  }
};

/// @brief Covariance with exponentially fading memory, fed one observation of all assets at a time.
///
/// Formula   Σ ← λ'Σ + (1 − λ')·rr'/Δt, λ' = λ^{Δt/Δ₀}; the first observation is taken as it is
///
/// A weighted mean of outer products, so positive semidefinite whatever comes in; of full rank only after N
/// observations, and well conditioned only if λ remembers many more: see `shrinkage.hpp`. One asset that is missing
/// makes the whole observation wait: add its return to the next, over the longer time.
/// @source   J.P. Morgan/Reuters 1996, "RiskMetrics technical document", 5.2; uneven times derived here
struct ewma_covariance {
  double decay = 0.94;                ///< λ, weight of the past after one period, in [0, 1)
  double period_years = 1.0 / 365.0;  ///< Δ₀

  /// @errors not_finite, bad_configuration
  [[nodiscard]] constexpr errc validate() const noexcept {
    if (!is_finite(decay) || !is_finite(period_years)) return errc::not_finite;
    return decay >= 0.0 && decay < 1.0 && period_years > 0.0 ? errc::ok : errc::bad_configuration;
  }

  /// @brief The next state.
  /// @param returns  of ln price since the observation before, N of them
  /// @param years    Δt since then
  /// @return         the state as it was if a return is no number, the time not above 0 or their number not N
  template <std::size_t N>
  [[nodiscard]] covariance_state<N> step(const covariance_state<N>& state, std::span<const double> returns,
                                         double years) const noexcept {
    if (returns.size() != N || !is_finite(years) || !(years > 0.0)) return state;
    for (const double r : returns)
      if (!is_finite(r * r / years)) return state;
    // 1 − λ' by expm1: a short step keeps the digits of what it adds.
    const double fades = state.years > 0.0 ? -std::expm1(years / period_years * std::log(decay)) : 1.0;
    covariance_state<N> next = state;
    next.years += years;
    std::size_t at = 0;
    for (std::size_t i = 0; i < N; ++i)
      for (std::size_t j = 0; j <= i; ++j, ++at)
        next.lower[at] += fades * (returns[i] * returns[j] / years - next.lower[at]);
    return next;
  }
};

}  // namespace trimtab::forecast
