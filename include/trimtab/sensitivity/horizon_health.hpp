// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/sensitivity/coordinates.hpp>
#include <trimtab/sensitivity/log_health_greeks.hpp>
#include <trimtab/sensitivity/saddlepoint.hpp>

namespace trimtab::sensitivity {

/// Correlated lognormal moves of every price: ln(p_T/p) ~ N((drift − ½ variance)·years, covariance·years).
struct lognormal_moves {
  std::span<const double> drift{};       ///< expected growth of each price, per year: E[p_T] = p·e^{drift·years}
  std::span<const double> covariance{};  ///< of log prices, per year, row-major: σᵢσⱼρᵢⱼ
  double years = 0.0;
};

/// A value from a distribution of health, approximated: by second order in log prices and, for probabilities, by
/// saddlepoint.
struct approximate_tail {
  double health = 0.0;
  double error = 0.0;  ///< of the quadrature alone
};

/// @brief The health factor at a horizon, its logarithm taken to second order in log prices.
///
/// Formula   ln H_T ≈ ln H + ℓᵀx + ½xᵀΛx, x = (drift − ½σ²)T + √T·N(0, Σ)
/// All of this is an approximation: exact where ln H is linear in log prices (one collateral asset against one debt
/// asset), else off by third order in the moves. Amounts stay as they are: interest is not in it (add the growth of
/// ln H over the horizon to `log_health` if it matters), nor is a liquidation on the way.
class horizon_health {
public:
  constexpr horizon_health() noexcept = default;

  /// @brief From ln H and its derivatives in log prices.
  /// @param log_health  ln H now; @param gradient ∂ln H/∂ln pᵢ; @param hessian row-major; one per price
  /// @errors   those of `make_quadratic_form`; not_finite also without debt, where health is infinite for ever;
  ///           bad_configuration: a negative horizon
  static result<horizon_health> make(double log_health, std::span<const double> gradient,
                                     std::span<const double> hessian, const lognormal_moves& moves) noexcept {
    const std::size_t n = gradient.size();
    if (n > quadratic_form::capacity) return errc::capacity;
    if (hessian.size() != n * n || moves.drift.size() != n || moves.covariance.size() != n * n)
      return errc::size_mismatch;
    if (!is_finite(moves.years)) return errc::not_finite;
    if (!(moves.years >= 0.0)) return errc::bad_configuration;
    // About the middle of the moves, m: θ = ln H + ℓᵀm + ½mᵀΛm, δ = ℓ + Λm.
    std::array<double, quadratic_form::capacity> middle{}, slope{};
    std::array<double, quadratic_form::capacity * quadratic_form::capacity> spread{};
    for (std::size_t i = 0; i < n; ++i) middle[i] = (moves.drift[i] - 0.5 * moves.covariance[i * n + i]) * moves.years;
    for (std::size_t k = 0; k < n * n; ++k) spread[k] = moves.covariance[k] * moves.years;
    double there = log_health;
    for (std::size_t i = 0; i < n; ++i) {
      double bent = 0.0;
      for (std::size_t j = 0; j < n; ++j) bent += hessian[i * n + j] * middle[j];
      slope[i] = gradient[i] + bent;
      there += middle[i] * (gradient[i] + 0.5 * bent);
    }
    const auto form = make_quadratic_form(there, {slope.data(), n}, hessian, {spread.data(), n * n});
    if (!form) return form.error();
    horizon_health made;
    made.form_ = *form;
    return made;
  }

  /// @brief From an account. @pre up to 16 price slots
  /// @errors   those of `make`; of the form and its prices: size_mismatch, not_finite, non_positive_price
  static result<horizon_health> from(const form_view<double>& f, oracle_prices<double> prices,
                                     const lognormal_moves& moves) noexcept {
    if (prices.size() > quadratic_form::capacity) return errc::capacity;
    if (const errc bad = validate(f, prices); bad != errc::ok) return bad;
    const auto g = in_log_prices(log_health_greeks<quadratic_form::capacity>(f, prices), prices);
    std::array<double, quadratic_form::capacity * quadratic_form::capacity> hessian{};
    for (std::size_t i = 0; i < g.size; ++i)
      for (std::size_t j = 0; j < g.size; ++j) hessian[i * g.size + j] = g.gamma(i, j);
    return make(g.value, {g.delta.data(), g.size}, {hessian.data(), g.size * g.size}, moves);
  }
  template <std::size_t N>
  static result<horizon_health> from(const form<double, N>& f, oracle_prices<double> prices,
                                     const lognormal_moves& moves) noexcept {
    return from(f.view(), prices, moves);
  }

  /// ln H_T as a quadratic form: its cumulants are those of the approximation, exactly.
  [[nodiscard]] const quadratic_form& log_health() const noexcept { return form_; }

  /// @brief E[H_T]. Formula: e^{K(1)}
  /// @errors   outside_validity: the approximation's mean is infinite (a curvature λ ≥ 1: too long a horizon);
  ///           not_finite: beyond what doubles hold
  [[nodiscard]] result<double> mean() const noexcept { return moment(1.0); }

  /// @brief The standard deviation of H_T. Formula: e^{K(1)}·√(e^{K(2) − 2K(1)} − 1)
  /// @errors   as `mean`, of a curvature λ ≥ ½
  [[nodiscard]] result<double> standard_deviation() const noexcept {
    const result<double> first = moment(1.0), second = moment(2.0);
    if (!second) return second.error();
    // K(2) − 2K(1) without what is linear: −½Σ [ln(1−2λ) − 2ln(1−λ)] + Σ d²·[2/(1−2λ) − 1/(1−λ)].
    double spread = 0.0;
    for (std::size_t j = 0; j < form_.size; ++j) {
      const double bend = form_.curvature[j], twice = 1.0 - 2.0 * bend, once = 1.0 - bend;
      spread += form_.slope[j] * form_.slope[j] / (twice * once) - 0.5 * std::log1p(-bend * bend / (once * once));
    }
    const double deviation = *first * std::sqrt(std::expm1(spread));
    return is_finite(deviation) ? result<double>(deviation) : errc::not_finite;
  }

  /// @brief P(H_T < health), an approximation. @errors those of `saddlepoint_probability`
  [[nodiscard]] result<saddlepoint> probability_below(double health) const noexcept {
    if (!(health == health)) return errc::not_finite;
    if (!(health > 0.0)) return saddlepoint{-infinity, 0.0, -infinity, 0.0};
    return saddlepoint_probability(form_, std::log(health));
  }

  /// @brief The α-quantile of H_T, an approximation. @errors those of `saddlepoint_quantile`
  [[nodiscard]] result<double> quantile(double alpha) const noexcept {
    return saddlepoint_quantile(form_, alpha).transform([](const saddlepoint& p) { return std::exp(p.value); });
  }

  /// @brief E[H_T | H_T ≤ q_α], an approximation: e^{ln H_T} integrated over the saddlepoint's tail.
  /// @errors   those of `saddlepoint_tail_mean`
  [[nodiscard]] result<approximate_tail> expected_shortfall(double alpha) const noexcept {
    return saddlepoint_tail_mean(form_, alpha, [](double value) { return std::exp(value); })
        .transform([](const tail_mean& t) {
          return approximate_tail{t.value, t.error};
        });
  }

private:
  [[nodiscard]] result<double> moment(double order) const noexcept {
    if (!(order < form_.domain().high)) return errc::outside_validity;
    const double value = std::exp(form_.log_moment(order));
    return is_finite(value) ? result<double>(value) : errc::not_finite;
  }

  quadratic_form form_{};
};

}  // namespace trimtab::sensitivity
