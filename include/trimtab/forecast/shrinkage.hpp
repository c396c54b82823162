// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Cholesky>
#include <Eigen/Core>

#include <trimtab/core/math.hpp>
#include <trimtab/core/result.hpp>

namespace trimtab::forecast {

/// A sample covariance drawn towards a simple one.
struct shrunk_covariance {
  Eigen::MatrixXd covariance{};  ///< of the rows given, symmetric and positive definite
  double intensity = 0.0;        ///< share of the simple one, in [0, 1]
};

namespace detail {

struct centred_sample {
  Eigen::MatrixXd returns{};     ///< less their means
  Eigen::MatrixXd covariance{};  ///< mean of their outer products (divided by T, not T − 1)
};

inline result<centred_sample> centre(const Eigen::Ref<const Eigen::MatrixXd>& returns) {
  if (returns.rows() < 2 || returns.cols() < 1) return errc::size_mismatch;
  centred_sample sample{.returns = returns.rowwise() - returns.colwise().mean()};
  sample.covariance = sample.returns.transpose() * sample.returns / static_cast<double>(returns.rows());
  if (!sample.covariance.allFinite()) return errc::not_finite;
  return sample;
}

inline result<shrunk_covariance> certified(const Eigen::MatrixXd& covariance, double intensity) {
  if (!covariance.allFinite()) return errc::overflow;
  // A Cholesky factor whose smallest pivot is rounding only would invert to noise.
  const Eigen::LLT<Eigen::MatrixXd> factor(covariance);
  if (factor.info() != Eigen::Success) return errc::infeasible;
  const auto pivots = factor.matrixLLT().diagonal().array().square() / covariance.diagonal().array();
  const double noise = static_cast<double>(covariance.rows()) * std::numeric_limits<double>::epsilon();
  if (!(pivots.minCoeff() > noise)) return errc::infeasible;
  return shrunk_covariance{.covariance = covariance, .intensity = intensity};
}

}  // namespace detail

/// @brief Covariance shrunk towards equal variances without correlation: well conditioned also with more assets than
/// observations.
///
/// Formula   Σ = δ·mI + (1 − δ)·S,  m = tr S/N,  δ = min(b², d²)/d²,
///           d² = ‖S − mI‖²,  b² = (1/T²)·Σ_t ‖x_t x_t' − S‖²  (Frobenius), x_t less their mean
///
/// For assets of like volatility; where those differ by much, shrink returns over their volatilities.
/// @param returns  T rows, one per period, of N columns, one per asset
/// @errors   size_mismatch: fewer than 2 rows, no column; not_finite; overflow; infeasible: no positive definite result
///           (nothing moved, or the intensity is 0 and S is singular)
/// @source   Ledoit and Wolf 2004, "A well-conditioned estimator for large-dimensional covariance matrices", equations
///           (12)–(14) and section 3.3
inline result<shrunk_covariance> shrink_to_equal_variances(const Eigen::Ref<const Eigen::MatrixXd>& returns) {
  const auto sample = detail::centre(returns);
  if (!sample) return sample.error();
  const Eigen::MatrixXd& s = sample->covariance;
  const double count = static_cast<double>(returns.rows()), mean = s.trace() / static_cast<double>(s.rows());
  Eigen::MatrixXd apart = s;
  apart.diagonal().array() -= mean;
  const double distance = apart.squaredNorm();
  double noise = 0.0;
  for (Eigen::Index t = 0; t < returns.rows(); ++t) {
    noise += (sample->returns.row(t).transpose() * sample->returns.row(t) - s).squaredNorm() / (count * count);
  }
  const double intensity = distance > 0.0 ? smaller(noise, distance) / distance : 0.0;
  Eigen::MatrixXd shrunk = (1.0 - intensity) * s;
  shrunk.diagonal().array() += intensity * mean;
  return detail::certified(shrunk, intensity);
}

/// @brief Covariance shrunk towards its own variances with one correlation for all pairs: the better choice for assets
/// that move together.
///
/// Formula   f_ij = r̄·√(s_ii s_jj), r̄ the mean correlation;  δ = clamp((π − ρ)/(γT), 0, 1),  γ = ‖F − S‖²,
///           π = Σ π_ij,  π_ij = mean (x_i x_j − s_ij)²,  ϑ_ij = mean (x_i² − s_ii)(x_i x_j − s_ij),
///           ρ = Σ π_ii + (r̄/2)·Σ_{i≠j} [ √(s_jj/s_ii)·ϑ_ij + √(s_ii/s_jj)·ϑ_ji ]
/// @param returns  as above; two columns at least, each of which moves
/// @errors   as above; infeasible: an asset that did not move, or no positive definite result
/// @source   Ledoit and Wolf 2004, "Honey, I shrunk the sample covariance matrix", appendix
inline result<shrunk_covariance> shrink_to_equal_correlations(const Eigen::Ref<const Eigen::MatrixXd>& returns) {
  const auto sample = detail::centre(returns);
  if (!sample) return sample.error();
  const Eigen::MatrixXd &x = sample->returns, &s = sample->covariance;
  const Eigen::Index assets = s.rows();
  if (assets < 2) return errc::size_mismatch;
  const Eigen::VectorXd deviation = s.diagonal().cwiseSqrt();
  if (!(deviation.minCoeff() > 0.0)) return errc::infeasible;

  double correlations = 0.0;
  for (Eigen::Index i = 0; i < assets; ++i)
    for (Eigen::Index j = 0; j < i; ++j) correlations += s(i, j) / (deviation(i) * deviation(j));
  const double pairs = static_cast<double>(assets) * static_cast<double>(assets - 1) / 2.0, mean = correlations / pairs;
  Eigen::MatrixXd simple = mean * deviation * deviation.transpose();
  simple.diagonal() = s.diagonal();

  double noise = 0.0, shared = 0.0;
  for (Eigen::Index i = 0; i < assets; ++i)
    for (Eigen::Index j = 0; j < assets; ++j) {
      const Eigen::ArrayXd off = x.col(i).array() * x.col(j).array() - s(i, j);
      const double variance = off.square().mean();
      noise += variance;
      // Both halves of the bracket are the same sum over all pairs i ≠ j.
      const double with_own = ((x.col(i).array().square() - s(i, i)) * off).mean();
      shared += i == j ? variance : mean * (deviation(j) / deviation(i)) * with_own;
    }
  const double distance = (simple - s).squaredNorm(), count = static_cast<double>(returns.rows());
  const double wanted = distance > 0.0 ? (noise - shared) / (distance * count) : 0.0;
  const double intensity = wanted > 1.0 ? 1.0 : (wanted > 0.0 ? wanted : 0.0);
  return detail::certified(intensity * simple + (1.0 - intensity) * s, intensity);
}

/// @brief Correlations of a covariance: ρ_ij = s_ij/√(s_ii s_jj), ones on the diagonal, none beyond ±1.
/// @errors   size_mismatch: no square matrix; not_finite; infeasible: a variance not above 0
inline result<Eigen::MatrixXd> correlations_of(const Eigen::Ref<const Eigen::MatrixXd>& covariance) {
  if (covariance.rows() != covariance.cols() || covariance.rows() < 1) return errc::size_mismatch;
  if (!covariance.allFinite()) return errc::not_finite;
  if (!(covariance.diagonal().minCoeff() > 0.0)) return errc::infeasible;
  const Eigen::VectorXd inverse = covariance.diagonal().cwiseSqrt().cwiseInverse();
  Eigen::MatrixXd correlations = inverse.asDiagonal() * covariance * inverse.asDiagonal();
  correlations = correlations.cwiseMin(1.0).cwiseMax(-1.0);
  correlations.diagonal().setOnes();
  return correlations;
}

}  // namespace trimtab::forecast
