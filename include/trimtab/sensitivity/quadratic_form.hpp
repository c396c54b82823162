// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Dense>

#include <trimtab/core/math.hpp>
#include <trimtab/core/result.hpp>
#include <trimtab/core/scalar.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

namespace trimtab::sensitivity {

/// @brief A second-order polynomial of normal moves, on its own axes: Y = constant + Σ (slopeⱼ·Zⱼ + ½·curvatureⱼ·Zⱼ²),
/// Z independent standard normal.
///
/// Every number about Y is then a sum over the axes. `make_quadratic_form` finds the axes of a form in correlated
/// moves.
struct quadratic_form {
  static constexpr std::size_t capacity = 16;

  double constant = 0.0;
  std::array<double, capacity> slope{};      ///< d
  std::array<double, capacity> curvature{};  ///< λ
  std::size_t size = 0;                      ///< axes in use

  /// @brief The r-th cumulant; r ≥ 1.
  ///
  /// Formula   κ₁ = θ + ½Σλ;  κᵣ = ½(r−1)!·Σ λʳ + ½r!·Σ d²·λʳ⁻²
  /// @source   Mathai and Provost 1992, "Quadratic Forms in Random Variables", ch. 3
  [[nodiscard]] double cumulant(int r) const noexcept {
    double factorial = 1.0;  // (r−1)!
    for (int k = 2; k < r; ++k) factorial *= k;
    double sum = 0.0;
    for (std::size_t j = 0; j < size; ++j) {
      double power = 1.0;  // λʳ⁻²
      for (int k = 2; k < r; ++k) power *= curvature[j];
      sum += r < 2 ? 0.5 * curvature[j] : power * (curvature[j] * curvature[j] + r * slope[j] * slope[j]);
    }
    return r < 2 ? constant + sum : 0.5 * factorial * sum;
  }
  [[nodiscard]] double mean() const noexcept { return cumulant(1); }
  [[nodiscard]] double variance() const noexcept { return cumulant(2); }
  [[nodiscard]] double standard_deviation() const noexcept { return std::sqrt(variance()); }
  /// κ₃/κ₂^{3/2}; 0 where nothing moves.
  [[nodiscard]] double skewness() const noexcept {
    const double v = variance();
    return v > 0.0 ? cumulant(3) / (v * std::sqrt(v)) : 0.0;
  }
  /// κ₄/κ₂²; 0 where nothing moves.
  [[nodiscard]] double excess_kurtosis() const noexcept {
    const double v = variance();
    return v > 0.0 ? cumulant(4) / (v * v) : 0.0;
  }

  /// The least and the greatest value that Y can take; ∓∞ where there is none.
  [[nodiscard]] double lowest() const noexcept { return edge(1.0); }
  [[nodiscard]] double highest() const noexcept { return edge(-1.0); }

  /// The open interval of s where E[e^{sY}] is finite: (1/λ_min, 1/λ_max), ∓∞ where no curvature has that sign.
  struct interval {
    double low = -infinity, high = infinity;
  };
  [[nodiscard]] interval domain() const noexcept {
    double least = 0.0, most = 0.0;
    for (std::size_t j = 0; j < size; ++j) {
      least = std::min(least, curvature[j]);
      most = std::max(most, curvature[j]);
    }
    interval within;
    if (least < 0.0) within.low = 1.0 / least;
    if (most > 0.0) within.high = 1.0 / most;
    return within;
  }

  /// @brief K(s) = ln E[e^{sY}]; NaN outside `domain`.
  ///
  /// Formula   K = θs − ½Σ ln(1 − sλ) + ½s²Σ d²/(1 − sλ)
  [[nodiscard]] double log_moment(double s) const noexcept {
    double sum = constant * s;
    for (std::size_t j = 0; j < size; ++j) {
      const double t = s * curvature[j];
      if (!(t < 1.0)) return std::nan("");
      sum += 0.5 * (s * slope[j] * (s * slope[j] / (1.0 - t)) - std::log1p(-t));
    }
    return sum;
  }
  /// @brief K′(s) − κ₁, in proportion to s however small: 0 at s = 0.
  ///
  /// Formula   Σ ½λ·t/(1−t) + s·d²·(1−t/2)/(1−t)²,  t = sλ
  [[nodiscard]] double log_moment_slope_less_mean(double s) const noexcept {
    double sum = 0.0;
    for (std::size_t j = 0; j < size; ++j) {
      const double t = s * curvature[j], left = 1.0 - t;
      if (!(t < 1.0)) return std::nan("");
      sum += 0.5 * curvature[j] * (t / left) + slope[j] * (s * slope[j] / left) * ((1.0 - 0.5 * t) / left);
    }
    return sum;
  }
  /// K′(s): the mean of Y under weights e^{sY}.
  [[nodiscard]] double log_moment_slope(double s) const noexcept { return mean() + log_moment_slope_less_mean(s); }
  /// @brief K″(s) > 0: its variance under those weights.
  ///
  /// Formula   Σ ½λ²/(1−t)² + d²/(1−t)³
  [[nodiscard]] double log_moment_curvature(double s) const noexcept {
    double sum = 0.0;
    for (std::size_t j = 0; j < size; ++j) {
      const double left = 1.0 - s * curvature[j];
      if (!(left > 0.0)) return std::nan("");
      const double bend = curvature[j] / left, lean = slope[j] / left;
      sum += 0.5 * bend * bend + lean * lean / left;
    }
    return sum;
  }

private:
  // θ − Σ d²/2λ, if every axis that moves bends towards `sign`.
  [[nodiscard]] double edge(double sign) const noexcept {
    double at = constant;
    for (std::size_t j = 0; j < size; ++j) {
      if (curvature[j] * sign > 0.0) {
        at -= 0.5 * slope[j] * (slope[j] / curvature[j]);
      } else if (curvature[j] != 0.0 || slope[j] != 0.0) {
        return -sign * infinity;
      }
    }
    return at;
  }
};

namespace detail {

using small_matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor, quadratic_form::capacity,
                                   quadratic_form::capacity>;
using small_vector = Eigen::Matrix<double, Eigen::Dynamic, 1, Eigen::ColMajor, quadratic_form::capacity, 1>;

// Rounding of a product of n terms is let pass as asymmetry; anything more is two different numbers for one.
inline bool symmetric(const small_matrix& m) noexcept {
  const double allowed = 1e-12 * m.cwiseAbs().maxCoeff();
  return (m - m.transpose()).cwiseAbs().maxCoeff() <= allowed;
}

// Σ of correlations between what moves, whatever the size of the moves: an entry for what does not is 0, or Σ is none.
inline bool correlations(const small_matrix& spread, const small_vector& deviation, small_matrix& out) noexcept {
  for (Eigen::Index i = 0; i < spread.rows(); ++i) {
    for (Eigen::Index j = 0; j < spread.cols(); ++j) {
      const bool moves = deviation[i] > 0.0 && deviation[j] > 0.0;
      if (!moves && spread(i, j) != 0.0) return false;
      out(i, j) = moves ? spread(i, j) / deviation[i] / deviation[j] : 0.0;
    }
  }
  return true;
}

}  // namespace detail

/// @brief The axes of Y = θ + δᵀx + ½·xᵀΓx, x ~ N(0, Σ).
///
/// Formula   Σ = LLᵀ, LᵀΓL = Q·diag(λ)·Qᵀ, d = QᵀLᵀδ. L = diag(σ)·V·√diag(e) of the eigenvectors of Σ's correlations:
///           Σ may be semidefinite, and what moves little is checked and kept as well as what moves much
/// @param constant    θ; @param delta δ, one per move
/// @param gamma       Γ, row-major; @param covariance Σ, row-major, per the same time as the moves
/// @errors   size_mismatch, capacity (more than 16 moves), not_finite; bad_configuration: Γ or Σ is not symmetric
///           (1e-12 of Γ's largest entry, or of a correlation), or Σ's correlations have an eigenvalue below −1e-12 of
///           their largest
/// @source   Glasserman 2004, "Monte Carlo Methods in Financial Engineering", §9.1.2
inline result<quadratic_form> make_quadratic_form(double constant, std::span<const double> delta,
                                                  std::span<const double> gamma,
                                                  std::span<const double> covariance) noexcept {
  const std::size_t n = delta.size();
  if (n > quadratic_form::capacity) return errc::capacity;
  if (gamma.size() != n * n || covariance.size() != n * n) return errc::size_mismatch;
  if (!is_finite(constant)) return errc::not_finite;
  for (const auto& values : {delta, gamma, covariance})
    for (const double x : values)
      if (!is_finite(x)) return errc::not_finite;
  quadratic_form y{.constant = constant, .slope = {}, .curvature = {}, .size = n};
  if (n == 0) return y;

  const auto count = static_cast<Eigen::Index>(n);
  const detail::small_matrix bend = Eigen::Map<const detail::small_matrix>(gamma.data(), count, count);
  const detail::small_matrix spread = Eigen::Map<const detail::small_matrix>(covariance.data(), count, count);
  if (!detail::symmetric(bend) || spread.diagonal().minCoeff() < 0.0) return errc::bad_configuration;
  const detail::small_vector deviation = spread.diagonal().cwiseSqrt();
  detail::small_matrix together(count, count);
  if (!detail::correlations(spread, deviation, together) || !detail::symmetric(together))
    return errc::bad_configuration;
  const Eigen::SelfAdjointEigenSolver<detail::small_matrix> of_spread(together);
  if (of_spread.info() != Eigen::Success) return errc::no_convergence;
  const detail::small_vector& spectrum = of_spread.eigenvalues();
  if (spectrum.minCoeff() < -1e-12 * spectrum.cwiseAbs().maxCoeff()) return errc::bad_configuration;
  const detail::small_matrix root =
      deviation.asDiagonal() * of_spread.eigenvectors() * spectrum.cwiseMax(0.0).cwiseSqrt().asDiagonal();
  detail::small_matrix on_root = root.transpose() * bend * root;
  on_root = 0.5 * (on_root + on_root.transpose()).eval();
  const Eigen::SelfAdjointEigenSolver<detail::small_matrix> axes(on_root);
  if (axes.info() != Eigen::Success) return errc::no_convergence;
  const detail::small_vector slope = axes.eigenvectors().transpose() *
                                     (root.transpose() * Eigen::Map<const detail::small_vector>(delta.data(), count));
  for (std::size_t j = 0; j < n; ++j) {
    y.slope[j] = slope[static_cast<Eigen::Index>(j)];
    y.curvature[j] = axes.eigenvalues()[static_cast<Eigen::Index>(j)];
    if (!is_finite(y.slope[j]) || !is_finite(y.curvature[j])) return errc::not_finite;
  }
  return y;
}

}  // namespace trimtab::sensitivity
