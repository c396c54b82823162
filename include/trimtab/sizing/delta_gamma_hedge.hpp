// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <Eigen/Eigenvalues>

#include <trimtab/sizing/bounded_least_squares.hpp>

#include <cmath>

namespace trimtab::sizing {

/// What is to be hedged: its second-order value in n prices, and how those move. An empty gamma is none.
struct delta_gamma_book {
  Eigen::VectorXd delta{};       ///< n, units
  Eigen::MatrixXd gamma{};       ///< n × n, symmetric, units per base currency
  Eigen::MatrixXd covariance{};  ///< n × n, of price changes over the horizon, base currency squared
};

/// What it is hedged with: m instruments, per unit held. Empty gammas are none, empty limits no limits, empty costs 0.
struct hedge_instruments {
  Eigen::MatrixXd deltas{};  ///< n × m
  Eigen::MatrixXd gammas{};  ///< n × (n·m): m symmetric matrices side by side
  Eigen::VectorXd low{};     ///< m, least position, −inf without limit
  Eigen::VectorXd high{};    ///< m
  Eigen::VectorXd cost{};    ///< m, base currency per unit held either way
};

struct hedge_weights {
  double ridge = 0.0;  ///< ρ, of squared positions: what keeps near-copies from hedging each other
  double cost = 0.0;   ///< λ, base currency squared of variance given up per base currency of cost
};

/// Positions and what they do.
struct delta_gamma_hedge {
  Eigen::VectorXd position{};    ///< m, units
  double variance_before = 0.0;  ///< κ₂ of the book alone, base currency squared
  double variance_after = 0.0;   ///< κ₂ hedged
  double cost = 0.0;             ///< Σ cost·|position|, base currency
  double kkt_residual = 0.0;     ///< how far from stationary, of the size of the unhedged gradient: the certificate
  int rank = 0;                  ///< of the instruments' effects; below m, some are copies of others
};

namespace detail {

inline bool symmetric(const Eigen::Ref<const Eigen::MatrixXd>& m) {
  return (m - m.transpose()).cwiseAbs().maxCoeff() <= 1e-9 * m.cwiseAbs().maxCoeff();
}

}  // namespace detail

/// @brief The positions that leave the least variance of the second-order value, under limits and costs.
///
/// Formula   κ₂(h) = (δ + A·h)'Σ(δ + A·h) + ½·tr(((Γ + Σₖ hₖ·Gₖ)Σ)²), the variance of δ'X + ½·X'ΓX for X ~ N(0, Σ);
///           minimised together with ρ·‖h‖² + λ·Σ cost·|h| over low ≤ h ≤ high
/// With Σ = L·L' it is ‖L'(δ + A·h)‖² + ½·‖L'(Γ + …)L‖², least squares in h. Without gammas, limits and costs it is the
/// minimum-variance hedge −(A'ΣA)⁻¹A'Σδ.
/// @errors size_mismatch (shapes), not_finite, negative_amount (ρ, λ, a cost), bad_configuration (an asymmetric matrix,
///         a covariance with a negative eigenvalue, a lower limit above the upper), no_convergence
/// @source Mathai and Provost 1992, "Quadratic forms in random variables", theorem 3.2b.2: the second cumulant
inline result<delta_gamma_hedge> hedge_delta_gamma(const delta_gamma_book& book, const hedge_instruments& with,
                                                   const hedge_weights& weights = {}) {
  const Eigen::Index n = book.delta.size(), m = with.deltas.cols();
  const bool has_gamma = book.gamma.size() > 0, have_gammas = with.gammas.size() > 0;
  if (n == 0 || with.deltas.rows() != n || book.covariance.rows() != n || book.covariance.cols() != n ||
      (has_gamma && (book.gamma.rows() != n || book.gamma.cols() != n)) ||
      (have_gammas && (with.gammas.rows() != n || with.gammas.cols() != n * m)))
    return errc::size_mismatch;
  for (const Eigen::VectorXd* v : {&with.low, &with.high, &with.cost})
    if (v->size() != 0 && v->size() != m) return errc::size_mismatch;
  if (!book.delta.allFinite() || !book.gamma.allFinite() || !book.covariance.allFinite() || !with.deltas.allFinite() ||
      !with.gammas.allFinite() || !with.cost.allFinite() || !is_finite(weights.ridge) || !is_finite(weights.cost))
    return errc::not_finite;
  if (weights.ridge < 0.0 || weights.cost < 0.0 || (with.cost.array() < 0.0).any()) return errc::negative_amount;
  if (!detail::symmetric(book.covariance) || (has_gamma && !detail::symmetric(book.gamma)))
    return errc::bad_configuration;
  for (Eigen::Index k = 0; have_gammas && k < m; ++k)
    if (!detail::symmetric(with.gammas.middleCols(k * n, n))) return errc::bad_configuration;

  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen(book.covariance);
  if (eigen.info() != Eigen::Success) return errc::no_convergence;
  const double largest = eigen.eigenvalues().cwiseAbs().maxCoeff();
  if (eigen.eigenvalues().minCoeff() < -1e-10 * largest) return errc::bad_configuration;
  const Eigen::MatrixXd root = eigen.eigenvectors() * eigen.eigenvalues().cwiseMax(0.0).cwiseSqrt().asDiagonal();

  // The rows: n of delta, n·n of gamma, m of the ridge.
  const auto effect = [&](const Eigen::Ref<const Eigen::VectorXd>& delta, const Eigen::MatrixXd& gamma) {
    Eigen::VectorXd rows = Eigen::VectorXd::Zero(n + n * n + m);
    rows.head(n) = root.transpose() * delta;
    if (gamma.size() > 0) {
      const Eigen::MatrixXd seen = std::sqrt(0.5) * (root.transpose() * gamma * root);
      rows.segment(n, n * n) = Eigen::Map<const Eigen::VectorXd>(seen.data(), n * n);
    }
    return rows;
  };
  const Eigen::VectorXd alone = effect(book.delta, book.gamma);
  Eigen::MatrixXd effects(n + n * n + m, m);
  for (Eigen::Index k = 0; k < m; ++k) {
    effects.col(k) =
        effect(with.deltas.col(k), have_gammas ? Eigen::MatrixXd(with.gammas.middleCols(k * n, n)) : Eigen::MatrixXd());
    effects(n + n * n + k, k) = std::sqrt(weights.ridge);
  }
  const Eigen::VectorXd cost = with.cost.size() > 0 ? with.cost : Eigen::VectorXd::Zero(m);
  const auto result_of = bounded_least_squares(
      effects, alone, weights.cost * cost, with.low.size() > 0 ? with.low : Eigen::VectorXd::Constant(m, -infinity),
      with.high.size() > 0 ? with.high : Eigen::VectorXd::Constant(m, infinity));
  if (!result_of) return result_of.error();

  delta_gamma_hedge h;
  h.position = result_of->position;
  h.variance_before = alone.squaredNorm();
  h.variance_after = (alone + effects * h.position).head(n + n * n).squaredNorm();
  h.cost = cost.dot(h.position.cwiseAbs());
  h.kkt_residual = result_of->kkt_residual;
  h.rank = result_of->rank;
  if (!is_finite(h.variance_before) || !is_finite(h.variance_after)) return errc::not_finite;
  return h;
}

}  // namespace trimtab::sizing
