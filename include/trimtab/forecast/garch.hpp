// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/math.hpp>
#include <trimtab/forecast/concept.hpp>

#include <cmath>
#include <limits>
#include <span>

namespace trimtab::forecast {

/// @brief GARCH(1,1), with a leverage term GJR: variance that rises after large returns and reverts to its mean.
///
/// Formula   h' = ω + (α + γ·1{r<0})·r² + β·h, variances per period. Persistence φ = α + γ/2 + β, mean ω/(1 − φ)
///
/// It learns from squared returns, which its likelihood is of, and not from realised variances (those are for `har`).
/// Returns of less than a period are added up until they fill one. A return over n > 1 periods counts as its last one:
/// h is carried there by its expectation, and r² is shared out in proportion to the variances expected.
/// Untouched, a state starts at the mean (without one, φ = 1, at the first r²); or start it: `state_type{.next = h}`.
/// @source   Bollerslev 1986, "Generalized autoregressive conditional heteroskedasticity", J. Econometrics 31, (1);
///           Glosten, Jagannathan and Runkle 1993, J. Finance 48, for the leverage term
struct garch {
  double omega = 1e-5;          ///< ω, variance per period
  double alpha = 0.1;           ///< α
  double leverage = 0.0;        ///< γ, added to α after a fall; may be negative, down to −α
  double beta = 0.88;           ///< β
  double period = 1.0 / 365.0;  ///< years

  struct state_type {
    double next = std::numeric_limits<double>::quiet_NaN();  ///< variance expected of the next period; NaN: not started
    double open_return = 0.0;                                ///< of a period that is not over
    double open_years = 0.0;
  };

  [[nodiscard]] constexpr double persistence() const noexcept { return alpha + 0.5 * leverage + beta; }
  /// Variance per period in the long run; NaN where there is none.
  [[nodiscard]] constexpr double mean() const noexcept {
    const double lost = 1.0 - persistence();
    return lost > 0.0 ? omega / lost : std::numeric_limits<double>::quiet_NaN();
  }

  /// @errors not_finite, bad_configuration (ω or the period not above 0, α, β or α + γ below 0, persistence above 1)
  [[nodiscard]] constexpr errc validate() const noexcept {
    for (const double x : {omega, alpha, leverage, beta, period})
      if (!is_finite(x)) return errc::not_finite;
    const bool sound = omega > 0.0 && period > 0.0 && alpha >= 0.0 && beta >= 0.0 && alpha + leverage >= 0.0;
    return sound && persistence() <= 1.0 ? errc::ok : errc::bad_configuration;
  }

  /// The variance of the period after one with variance h and return r.
  [[nodiscard]] constexpr double after(double h, double r) const noexcept {
    return omega + (r < 0.0 ? alpha + leverage : alpha) * r * r + beta * h;
  }

  [[nodiscard]] state_type step(const state_type& state, const observation& seen) const noexcept;
  [[nodiscard]] double variance(const state_type& state, double years) const noexcept {
    return years >= 0.0 ? ahead(state.next, years / period).total : std::numeric_limits<double>::quiet_NaN();
  }

  /// Expected variance of the n-th period after the next, E h₁₊ₙ, and of all up to it, E[h₁ + … + hₙ]. Between whole
  /// numbers of periods variance is constant.
  struct expectation {
    double then = 0.0;
    double total = 0.0;
  };
  /// Formula   h̄ + φⁿ(h − h̄) and n·h̄ + (h − h̄)(1 − φⁿ)/(1 − φ), h̄ = ω/(1 − φ), in forms that do not cancel as φ → 1
  [[nodiscard]] expectation ahead(double h, double periods) const noexcept;
};

inline garch::expectation garch::ahead(double h, double periods) const noexcept {
  const double n = std::floor(periods), part = periods - n;
  if (!(n >= 1.0)) return {h, part * h};  // also NaN
  const double lost = 1.0 - persistence();
  const double log_kept = std::log1p(-lost);
  // S₁ = 1 + φ + … + φⁿ⁻¹ weighs h, S₂ = Σ of the S₁ of fewer periods weighs ω.
  const double s1 = lost == 0.0 ? n : -std::expm1(n * log_kept) / lost;
  double s2 = 0.0;
  if (magnitude(n * lost) > 0.5) {
    s2 = (n - s1) / lost;
  } else {
    double term = 0.5 * n * (n - 1.0);  // binomial series of the same
    for (double k = 2.0; k <= n && s2 + term != s2; term *= -lost * (n - k) / (k + 1.0), k += 1.0) s2 += term;
  }
  const double then = h * std::exp(n * log_kept) + omega * s1;
  return {then, h * s1 + omega * s2 + part * then};
}

inline garch::state_type garch::step(const state_type& state, const observation& seen) const noexcept {
  if (seen.validate() != errc::ok) return state;
  state_type open = state;
  open.open_return += seen.log_return;
  open.open_years += seen.years;
  if (open.open_years < period * (1.0 - 1e-9)) return open;  // what adds up to a period but for rounding is one
  double h = state.next, r = open.open_return;
  if (!(h > 0.0)) h = persistence() < 1.0 ? mean() : r * r * (period / open.open_years);
  if (open.open_years > period * (1.0 + 1e-9)) {
    const double periods = open.open_years / period;
    const double last = ahead(h, std::floor(periods * (1.0 + 1e-9)) - 1.0).then;
    r *= std::sqrt(last / ahead(h, periods).total);
    h = last;
  }
  const double next = after(h, r);
  return is_finite(next) ? state_type{.next = next} : state;
}

/// @brief Gaussian log-likelihood of returns, one per period.
///
/// Formula   −½·Σ(ln 2π + ln hₜ + rₜ²/hₜ), h₁ = `first`
/// @param    first  variance of the first period; NaN: the mean of the squared returns
/// @return   NaN for no returns or a NaN among them, and where a variance is not above 0
/// @source   Bollerslev and Wooldridge 1992, Econometric Reviews 11
inline double garch_log_likelihood(const garch& model, std::span<const double> returns,
                                   double first = std::numeric_limits<double>::quiet_NaN()) noexcept {
  double h = first;
  if (!(h > 0.0)) {
    h = 0.0;
    for (const double r : returns) h += r * r;
    h /= static_cast<double>(returns.size());
  }
  constexpr double log_two_pi = 1.83787706640934548356;
  double sum = 0.0;
  for (const double r : returns) {
    sum += log_two_pi + std::log(h) + r * r / h;
    h = model.after(h, r);
  }
  return returns.empty() ? std::numeric_limits<double>::quiet_NaN() : -0.5 * sum;
}

}  // namespace trimtab::forecast
