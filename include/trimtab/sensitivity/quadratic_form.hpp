// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <Eigen/Eigenvalues>

#include <trimtab/core/math.hpp>
#include <trimtab/core/result.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>

namespace trimtab::sensitivity {

/// @brief A delta–gamma portfolio of normal moves, in coordinates in which its terms are independent.
///
/// Formula   Y = θ + Σⱼ (dⱼ·Zⱼ + ½ λⱼ·Zⱼ²), Z independent standard normals: one sum for every cumulant, for the
///           cumulant generating function and for each of its derivatives
/// Units     those of Y, for all three
/// @source   Rouvinez 1997, "Going Greek with VaR"; cumulants of quadratic forms in normal variables: Mathai and
/// Provost
///           1992, theorem 3.2b.2
struct quadratic_form {
  static constexpr std::size_t capacity = 16;

  double constant{};                         ///< θ
  std::array<double, capacity> slope{};      ///< dⱼ
  std::array<double, capacity> curvature{};  ///< λⱼ, ascending
  std::size_t size = 0;

  /// @brief The r-th cumulant; with a tilt s, of the law whose density is e^{sY} times this one's: K⁽ʳ⁾(s), the r-th
  /// derivative of the cumulant generating function.
  ///
  /// Formula   K′ = θ + Σ ½λ/u + s·d²(1 − ½sλ)/u²;  K⁽ʳ⁾ = Σ ½(r−1)!·(λ/u)ʳ + ½r!·d²·λʳ⁻²/uʳ⁺¹, u = 1 − sλ
  /// @param r  1 and up; @param s inside (lowest_tilt, highest_tilt)
  [[nodiscard]] double cumulant(int r, double s = 0.0) const noexcept {
    double factorial = 1.0;  // (r − 1)!
    for (int k = 2; k < r; ++k) factorial *= k;
    double sum = r == 1 ? constant : 0.0;
    for (std::size_t j = 0; j < size; ++j) {
      const double u = 1.0 - s * curvature[j], tilted = curvature[j] / u, square = slope[j] * slope[j];
      if (r == 1) {
        sum += 0.5 * tilted + s * square * (1.0 - 0.5 * s * curvature[j]) / (u * u);
      } else {
        double power = 1.0;  // tiltedʳ⁻²
        for (int k = 2; k < r; ++k) power *= tilted;
        sum += 0.5 * factorial * power * (tilted * tilted + r * square / (u * u * u));
      }
    }
    return sum;
  }
  /// ln E[e^{sY}] = θs − ½Σ ln(1 − sλ) + ½s²Σ d²/(1 − sλ); infinite outside (lowest_tilt, highest_tilt).
  [[nodiscard]] double cumulant_generating(double s) const noexcept {
    if (!(s > lowest_tilt() && s < highest_tilt())) return std::numeric_limits<double>::infinity();
    double sum = constant * s;
    for (std::size_t j = 0; j < size; ++j) {
      const double x = s * curvature[j];
      sum += 0.5 * (s * slope[j] * (s * slope[j]) / (1.0 - x) - std::log1p(-x));
    }
    return sum;
  }
  /// 1/λ of the most negative λ, −∞ without one: E[e^{sY}] is finite above it.
  [[nodiscard]] double lowest_tilt() const noexcept {
    const double lowest = size == 0 ? 0.0 : curvature[0];
    return lowest < 0.0 ? 1.0 / lowest : -std::numeric_limits<double>::infinity();
  }
  /// 1/λ of the most positive λ, +∞ without one: E[e^{sY}] is finite below it.
  [[nodiscard]] double highest_tilt() const noexcept {
    const double highest = size == 0 ? 0.0 : curvature[size - 1];
    return highest > 0.0 ? 1.0 / highest : std::numeric_limits<double>::infinity();
  }

  [[nodiscard]] double mean() const noexcept { return cumulant(1); }
  [[nodiscard]] double variance() const noexcept { return cumulant(2); }
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
  /// The lowest value Y can take, −∞ where there is none: θ − Σ d²/(2λ) when no λ is negative and every slope bends.
  [[nodiscard]] double lowest() const noexcept { return edge(1.0); }
  /// The highest value Y can take, +∞ where there is none.
  [[nodiscard]] double highest() const noexcept { return edge(-1.0); }

private:
  [[nodiscard]] double edge(double side) const noexcept {
    double at = constant;
    for (std::size_t j = 0; j < size; ++j) {
      const double bend = side * curvature[j];
      if (bend < 0.0 || (bend == 0.0 && slope[j] != 0.0)) return -side * std::numeric_limits<double>::infinity();
      if (bend > 0.0) at -= 0.5 * slope[j] * slope[j] / curvature[j];
    }
    return at;
  }
};

namespace detail {

// Sizes bounded at compile time: no memory is asked for.
using bounded_matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::ColMajor, 16, 16>;
using bounded_vector = Eigen::Matrix<double, Eigen::Dynamic, 1, Eigen::ColMajor, 16, 1>;
using row_major_map =
    Eigen::Map<const Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>, Eigen::Unaligned>;

inline bool all_finite(std::span<const double> values) noexcept {
  for (const double x : values)
    if (!is_finite(x)) return false;
  return true;
}

}  // namespace detail

/// @brief Y = θ + δᵀX + ½ XᵀΓX for X ~ N(0, Σ), in its independent coordinates.
///
/// Formula   Σ = LLᵀ, LᵀΓL = Q·diag(λ)·Qᵀ, d = QᵀLᵀδ. L comes from the eigenvalues of the correlation matrix, not of Σ:
///           a stable coin's variance next to a volatile one's keeps its digits, and a singular Σ (a token that moves
///           exactly as another) is as good as any
/// @param constant    θ
/// @param delta       δ, shape n × 1, n at most 16
/// @param gamma       Γ, shape n × n, row-major; only its symmetric part counts
/// @param covariance  Σ over the horizon, shape n × n, row-major
/// @errors   size_mismatch, capacity, not_finite; bad_configuration: a covariance that is not symmetric or, beyond the
///           rounding of its entries, not positive semidefinite; overflow: a λ or d that does not fit a double
/// @source   as the struct; the reduction is linear algebra
inline result<quadratic_form> make_quadratic_form(double constant, std::span<const double> delta,
                                                  std::span<const double> gamma,
                                                  std::span<const double> covariance) noexcept {
  const std::size_t size = delta.size();
  if (gamma.size() != size * size || covariance.size() != size * size) return errc::size_mismatch;
  if (size > quadratic_form::capacity) return errc::capacity;
  if (!is_finite(constant) || !detail::all_finite(delta) || !detail::all_finite(gamma) ||
      !detail::all_finite(covariance))
    return errc::not_finite;
  quadratic_form out{.constant = constant, .size = size};
  if (size == 0) return out;

  const auto n = static_cast<Eigen::Index>(size);
  const detail::row_major_map sigma(covariance.data(), n, n), given(gamma.data(), n, n);
  const double rounding = 16.0 * static_cast<double>(size) * std::numeric_limits<double>::epsilon();
  detail::bounded_vector deviation(n);
  for (Eigen::Index i = 0; i < n; ++i) {
    if (sigma(i, i) < 0.0) return errc::bad_configuration;
    deviation(i) = std::sqrt(sigma(i, i));
  }
  detail::bounded_matrix correlation(n, n);
  for (Eigen::Index i = 0; i < n; ++i) {
    for (Eigen::Index j = 0; j < n; ++j) {
      const bool moves = deviation(i) > 0.0 && deviation(j) > 0.0;
      if (!moves && sigma(i, j) != 0.0) return errc::bad_configuration;
      correlation(i, j) = moves ? sigma(i, j) / deviation(i) / deviation(j) : 0.0;
    }
    correlation(i, i) = deviation(i) > 0.0 ? 1.0 : 0.0;
  }
  if (!((correlation - correlation.transpose()).cwiseAbs().maxCoeff() <= rounding)) return errc::bad_configuration;

  const Eigen::SelfAdjointEigenSolver<detail::bounded_matrix> axes(correlation);
  if (axes.info() != Eigen::Success) return errc::no_convergence;
  if (axes.eigenvalues()(0) < -rounding) return errc::bad_configuration;
  const detail::bounded_matrix root =
      deviation.asDiagonal() * axes.eigenvectors() * axes.eigenvalues().cwiseMax(0.0).cwiseSqrt().asDiagonal();
  const detail::bounded_matrix symmetric = 0.5 * given + 0.5 * given.transpose();
  const detail::bounded_matrix bend = root.transpose() * symmetric * root;
  const detail::bounded_vector tilt =
      root.transpose() * Eigen::Map<const Eigen::VectorXd, Eigen::Unaligned>(delta.data(), n);
  if (!bend.allFinite() || !tilt.allFinite()) return errc::overflow;
  const Eigen::SelfAdjointEigenSolver<detail::bounded_matrix> turned(bend);
  if (turned.info() != Eigen::Success) return errc::no_convergence;
  Eigen::Map<Eigen::VectorXd>(out.curvature.data(), n) = turned.eigenvalues();
  Eigen::Map<Eigen::VectorXd>(out.slope.data(), n) = turned.eigenvectors().transpose() * tilt;
  if (!detail::all_finite(out.curvature) || !detail::all_finite(out.slope)) return errc::overflow;
  return out;
}

}  // namespace trimtab::sensitivity
