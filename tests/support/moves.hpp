// SPDX-License-Identifier: MIT
#pragma once

#include "support/random.hpp"
#include <cmath>
#include <cstddef>
#include <vector>

namespace trimtab::test {

/// Standard normal, one of two uniforms.
/// @source Box and Muller 1958
inline double normal(random_numbers& random) {
  const double radius = std::sqrt(-2.0 * std::log(random.uniform(0x1p-53, 1.0)));
  return radius * std::cos(random.uniform(0.0, 6.283185307179586));
}

/// A quadratic form of correlated normal moves, and a square root of their covariance to draw them with.
struct random_moves {
  double constant = 0.0;
  std::vector<double> delta, gamma, root, covariance;
  std::size_t size = 0;

  /// @param bend size of the second-order part; @param axes rank of the covariance, of `count` moves
  random_moves(random_numbers& random, std::size_t count, std::size_t axes, double bend)
      : constant(random.uniform(-0.5, 0.5)),
        delta(count),
        gamma(count * count),
        root(count * axes),
        covariance(count * count),
        size(count) {
    for (double& d : delta) d = random.uniform(-1.0, 1.0);
    for (double& r : root) r = random.uniform(-0.4, 0.4);
    for (std::size_t i = 0; i < count; ++i)
      for (std::size_t j = 0; j < count; ++j) {
        if (j <= i) gamma[i * count + j] = gamma[j * count + i] = random.uniform(-bend, bend);
        for (std::size_t k = 0; k < axes; ++k) covariance[i * count + j] += root[i * axes + k] * root[j * axes + k];
      }
    for (std::size_t i = 0; i < count; ++i)  // sums of the same products in another order
      for (std::size_t j = 0; j < i; ++j) covariance[i * count + j] = covariance[j * count + i];
  }

  /// One draw of the moves.
  std::vector<double> draw(random_numbers& random) const {
    const std::size_t axes = root.size() / size;
    std::vector<double> x(size);
    for (std::size_t k = 0; k < axes; ++k) {
      const double z = normal(random);
      for (std::size_t i = 0; i < size; ++i) x[i] += root[i * axes + k] * z;
    }
    return x;
  }
  /// Y of these moves.
  [[nodiscard]] double at(const std::vector<double>& x) const {
    double y = constant;
    for (std::size_t i = 0; i < size; ++i) {
      y += delta[i] * x[i];
      for (std::size_t j = 0; j < size; ++j) y += 0.5 * x[i] * gamma[i * size + j] * x[j];
    }
    return y;
  }
};

}  // namespace trimtab::test
