// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/math.hpp>

#include <array>
#include <cstddef>

namespace trimtab::forecast {

/// @brief Least squares, one row at a time, with forgetting: constant memory, stable for any number of rows.
///
/// Formula   minimises Σ weight·(y − x'b)² over the rows so far, older ones discounted. What is kept is X'WX = U'DU, U
///           unit upper triangular and D > 0 diagonal, by plane rotations without square roots: it cannot lose
///           positive definiteness, as a covariance updated by subtraction does
/// @source   Gentleman 1974, "Basic procedures for large, sparse or weighted linear least squares problems" (AS 75)
template <std::size_t N>
struct recursive_least_squares {
  std::array<double, N> information{};            ///< D
  std::array<double, N*(N - 1) / 2 + 1> upper{};  ///< U above its diagonal, row by row
  std::array<double, N> rotated{};                ///< right-hand side: U·b = rotated
  static constexpr std::size_t size = N;

  /// Starts at these coefficients, believed like `strength` rows that each show one of them.
  static constexpr recursive_least_squares at(const std::array<double, N>& coefficients, double strength) noexcept {
    recursive_least_squares start;
    start.information.fill(strength);
    start.rotated = coefficients;
    return start;
  }

  /// Older rows count less by this factor.
  constexpr void discount(double factor) noexcept {
    for (double& d : information) d *= factor;
  }

  /// One more row; `from`: the position of its first entry that is not 0, if known. Entries must be finite.
  constexpr void add(std::array<double, N> x, double y, double weight = 1.0, std::size_t from = 0) noexcept {
    for (std::size_t i = from; i < N; ++i) {
      const double xi = x[i];
      if (xi == 0.0) continue;
      const double scaled = weight * xi, total = information[i] + scaled * xi;
      if (!(total > 0.0)) return;  // no weight left
      const double inverse = 1.0 / total, kept = information[i] * inverse, taken = scaled * inverse;
      information[i] = total;
      weight *= kept;
      std::size_t at = row(i);
      for (std::size_t k = i + 1; k < N; ++k, ++at) {
        const double xk = x[k];
        x[k] = xk - xi * upper[at];
        upper[at] = kept * upper[at] + taken * xk;
      }
      const double before = y;
      y -= xi * rotated[i];
      rotated[i] = kept * rotated[i] + taken * before;
    }
  }

  /// b; the prior where there was one, else meaningless while a direction has never been seen.
  [[nodiscard]] constexpr std::array<double, N> coefficients() const noexcept {
    std::array<double, N> b = rotated;
    for (std::size_t i = N; i-- > 0;) {
      std::size_t at = row(i);
      for (std::size_t k = i + 1; k < N; ++k, ++at) b[i] -= upper[at] * b[k];
    }
    return b;
  }

  /// Where row i of `upper` starts.
  static constexpr std::size_t row(std::size_t i) noexcept { return i * (2 * N - i - 1) / 2; }
};

}  // namespace trimtab::forecast
