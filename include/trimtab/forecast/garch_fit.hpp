// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Dense>

#include <trimtab/core/result.hpp>
#include <trimtab/forecast/garch.hpp>

#include <cmath>
#include <span>

namespace trimtab::forecast {

struct garch_fit_options {
  bool leverage = false;        ///< fit γ too; else it is 0
  double period = 1.0 / 365.0;  ///< years between returns
  int most_steps = 200;         ///< of the optimiser, per start
};

/// How far a fit can be trusted.
struct garch_fit {
  garch model{};
  double log_likelihood = 0.0;  ///< as `garch_log_likelihood`
  double gradient = 0.0;  ///< largest |∂/∂θ| of the mean log-likelihood in the optimiser's parameters: 0 at an optimum
  double spread = 0.0;  ///< best less worst log-likelihood over the starts that converged
  int converged = 0;    ///< starts that ended at the best log-likelihood, of `starts`
  int starts = 0;
  bool boundary = false;  ///< a parameter ran to the edge of what is possible: standard errors mean nothing there
  double omega_error = 0.0, alpha_error = 0.0, leverage_error = 0.0, beta_error = 0.0;  ///< robust standard errors
};

/// @brief GARCH(1,1) by quasi-maximum likelihood: right for any distribution of the returns with these variances.
///
/// Parameters of the optimiser: logit of the persistence φ, of the share of it that is news (the rest is β), with
/// leverage of the share of news after falls, and ln of the mean variance. Steps are by the method of scoring, damped;
/// four starts. Gradients are exact, by recursion; h₁ is the mean square. Standard errors hold for non-normal returns.
/// @param    returns  of equal periods; their mean is taken to be 0
/// @errors   size_mismatch (fewer than 100), not_finite, infeasible (all of the same size: nothing varies),
///           bad_configuration, no_convergence (no start ended where the gradient vanishes), outside_validity (squares
///           of the returns are no doubles)
/// @source   Bollerslev and Wooldridge 1992, "Quasi-maximum likelihood estimation and inference in dynamic models with
///           time-varying covariances", Econometric Reviews 11, (2.14)–(2.17); Fiorentini, Calzolari and Panattoni
///           1996, J. Applied Econometrics 11, for scoring in GARCH
result<garch_fit> fit_garch(std::span<const double> returns, const garch_fit_options& options = {}) noexcept;

namespace detail {

/// Likelihood of returns that are divided by their root mean square, in the optimiser's parameters.
struct garch_objective {
  using vector = Eigen::Vector4d;  // (logit φ, logit of the news, logit of the falls' share of it, ln mean)
  using matrix = Eigen::Matrix4d;

  std::span<const double> returns;
  double inverse_scale = 1.0;
  bool leverage = false;

  struct value {
    double mean_log_likelihood = 0.0;  // less constants
    vector gradient{};                 // of it
    matrix information{};              // its expected curvature: ½·mean of (∂h/h)(∂h/h)'
    matrix outer{};                    // mean of the scores' squares
  };

  static double logistic(double x) noexcept { return 1.0 / (1.0 + std::exp(-x)); }

  /// In units of the mean square.
  [[nodiscard]] garch model(const vector& at) const noexcept {
    const double kept = logistic(at[0]), news = kept * logistic(at[1]), level = std::exp(at[3]);
    const double falls = leverage ? 2.0 * news * logistic(at[2]) : news;
    const double alpha = leverage ? 2.0 * news * logistic(-at[2]) : news;
    return {
        .omega = level * logistic(-at[0]), .alpha = alpha, .leverage = falls - alpha, .beta = kept * logistic(-at[1])};
  }

  /// ∂(ω, α, γ, β)/∂(parameters).
  [[nodiscard]] matrix jacobian(const vector& at) const noexcept {
    const garch m = model(at);
    const double lost = logistic(-at[0]), kept = logistic(at[0]), quiet = logistic(-at[1]), loud = logistic(at[1]);
    matrix j = matrix::Zero();
    j.col(0) << -m.omega * kept, m.alpha * lost, m.leverage * lost, m.beta * lost;
    j.col(1) << 0.0, m.alpha * quiet, m.leverage * quiet, -m.beta * loud;
    if (leverage) {
      const double moved = 2.0 * kept * loud * logistic(at[2]) * logistic(-at[2]);
      j.col(2) << 0.0, -moved, 2.0 * moved, 0.0;
    }
    j(0, 3) = m.omega;
    return j;
  }

  /// Derivatives with respect to (ω, α, γ, β).
  [[nodiscard]] value natural(const garch& m) const noexcept {
    value out;
    out.gradient.setZero();
    out.information.setZero();
    out.outer.setZero();
    double h = 1.0;
    vector slope = vector::Zero();
    for (const double seen : returns) {
      const double r = seen * inverse_scale, square = r * r, standardised = square / h;
      out.mean_log_likelihood -= 0.5 * (std::log(h) + standardised);
      const vector relative = slope / h;
      const double score = 0.5 * (standardised - 1.0);
      out.gradient += score * relative;
      out.information.noalias() += 0.5 * relative * relative.transpose();
      out.outer.noalias() += (score * score) * relative * relative.transpose();
      slope = m.beta * slope + vector{1.0, square, r < 0.0 ? square : 0.0, h};
      h = m.after(h, r);
    }
    const double count = static_cast<double>(returns.size());
    out.mean_log_likelihood /= count;
    out.gradient /= count;
    out.information /= count;
    out.outer /= count;
    return out;
  }
  /// Derivatives with respect to the optimiser's parameters.
  [[nodiscard]] value operator()(const vector& at) const noexcept {
    value out = natural(model(at));
    const matrix j = jacobian(at);
    out.gradient = (j.transpose() * out.gradient).eval();
    out.information = (j.transpose() * out.information * j).eval();
    return out;
  }
};

constexpr double garch_gradient_bar = 1e-9;

/// Climbs from there. @return whether the gradient vanished
inline bool climb(const garch_objective& objective, Eigen::Vector4d& at, garch_objective::value& best,
                  int most_steps) noexcept {
  best = objective(at);
  double damping = 1e-3;
  for (int step = 0; step < most_steps; ++step) {
    if (best.gradient.cwiseAbs().maxCoeff() <= garch_gradient_bar) return true;
    Eigen::Matrix4d damped = best.information;
    damped.diagonal() += damping * best.information.diagonal();
    damped.diagonal().array() += 1e-12;
    Eigen::Vector4d move = damped.ldlt().solve(best.gradient);
    if (const double longest = move.cwiseAbs().maxCoeff(); longest > 2.0) move *= 2.0 / longest;
    const Eigen::Vector4d there = (at + move).cwiseMax(-30.0).cwiseMin(30.0);
    const garch_objective::value found = objective(there);
    if (found.mean_log_likelihood >= best.mean_log_likelihood) {
      at = there;
      best = found;
      damping = damping * 0.2 > 1e-12 ? damping * 0.2 : 1e-12;
    } else {
      damping = 8.0 * (damping > 1e-6 ? damping : 1e-6);
      if (damping > 1e12) break;
    }
  }
  return best.gradient.cwiseAbs().maxCoeff() <= garch_gradient_bar;
}

}  // namespace detail

inline result<garch_fit> fit_garch(std::span<const double> returns, const garch_fit_options& options) noexcept {
  if (!is_finite(options.period)) return errc::not_finite;
  if (!(options.period > 0.0) || options.most_steps < 1) return errc::bad_configuration;
  if (returns.size() < 100) return errc::size_mismatch;
  double largest = 0.0, least = infinity, squares = 0.0;
  for (const double r : returns) {
    if (!is_finite(r)) return errc::not_finite;
    largest = larger(largest, magnitude(r));
    least = smaller(least, magnitude(r));
  }
  if (!(largest > least)) return errc::infeasible;
  for (const double r : returns) squares += (r / largest) * (r / largest);
  const double count = static_cast<double>(returns.size());
  const double scale = largest * std::sqrt(squares / count);

  const detail::garch_objective objective{returns, 1.0 / scale, options.leverage};
  constexpr double starts[][2] = {{4.0, -2.2}, {3.0, -3.0}, {1.4, -1.4}, {0.0, 0.0}};  // logits of φ and of news
  garch_fit out;
  Eigen::Vector4d best_at = Eigen::Vector4d::Zero();
  double best = -infinity, worst = infinity, all[4] = {};
  for (const auto& start : starts) {
    Eigen::Vector4d at{start[0], start[1], 0.0, 0.0};
    detail::garch_objective::value found;
    all[out.starts] = -infinity;
    if (detail::climb(objective, at, found, options.most_steps)) {
      all[out.starts] = found.mean_log_likelihood;
      worst = smaller(worst, found.mean_log_likelihood);
      if (found.mean_log_likelihood > best) {
        best = found.mean_log_likelihood;
        best_at = at;
        out.gradient = found.gradient.cwiseAbs().maxCoeff();
      }
    }
    ++out.starts;
  }
  if (!is_finite(best)) return errc::no_convergence;
  for (const double value : all) out.converged += count * (best - value) <= 1e-4 ? 1 : 0;
  out.spread = count * (best - worst);
  const garch unit = objective.model(best_at);
  out.model = unit;
  out.model.omega *= scale * scale;
  out.model.period = options.period;
  out.log_likelihood = garch_log_likelihood(out.model, returns);
  if (out.model.validate() != errc::ok || !is_finite(out.log_likelihood)) return errc::outside_validity;
  for (int k = 0; k < 3; ++k)  // shares within about 1e-5 of 0 or 1
    out.boundary = out.boundary || (magnitude(best_at[k]) > 11.5 && (k != 2 || options.leverage));

  auto at_best = objective.natural(unit);
  if (!options.leverage) {  // γ is known
    at_best.information.row(2).setZero();
    at_best.information.col(2).setZero();
    at_best.information(2, 2) = 1.0;
    at_best.outer.row(2).setZero();
    at_best.outer.col(2).setZero();
  }
  const Eigen::Matrix4d bread = at_best.information.ldlt().solve(Eigen::Matrix4d::Identity());
  const Eigen::Vector4d error = (bread * at_best.outer * bread).diagonal().cwiseSqrt() / std::sqrt(count);
  out.omega_error = error[0] * scale * scale;
  out.alpha_error = error[1];
  out.leverage_error = error[2];
  out.beta_error = error[3];
  return out;
}

}  // namespace trimtab::forecast
