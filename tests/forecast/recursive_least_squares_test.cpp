// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/forecast/recursive_least_squares.hpp>
#include <trimtab/simulate/counter_random.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <type_traits>

#ifdef TRIMTAB_TESTS_WITH_THIRD_PARTIES
#include <Eigen/Dense>
#endif

namespace trimtab::forecast {
namespace {

constexpr std::size_t size = 4;
using recursion = recursive_least_squares<size>;
static_assert(std::is_trivially_copyable_v<recursion>);
constexpr simulate::counter_random normals{.seed = 1974};

struct shown {
  std::array<double, size> x;
  double y;
};
/// Rows that are nearly collinear, as means of 1, 7 and 30 days are.
shown row_of(std::uint64_t n) {
  const double common = 3.0 * normals.normal(5 * n), near = 0.1 * normals.normal(5 * n + 1);
  const std::array<double, size> x{1.0, common, common + near, common - near + 0.05 * normals.normal(5 * n + 2)};
  return {x, 0.3 + 0.5 * x[1] - 0.2 * x[2] + 0.6 * x[3] + 0.1 * normals.normal(5 * n + 3)};
}

TEST(RecursiveLeastSquares, SolvesTwoRowsByHand) {
  recursive_least_squares<2> fit;
  fit.add({1.0, 1.0}, 3.0);
  fit.add({1.0, -1.0}, 1.0);
  EXPECT_NEAR(fit.coefficients()[0], 2.0, 1e-15);
  EXPECT_NEAR(fit.coefficients()[1], 1.0, 1e-15);
  fit.add({0.0, 0.0}, 7.0);  // says nothing
  EXPECT_NEAR(fit.coefficients()[0], 2.0, 1e-15);
}

TEST(RecursiveLeastSquares, AWeightIsSoManyRows) {
  recursion once, often;
  for (std::uint64_t n = 0; n < 20; ++n) {
    const auto [x, y] = row_of(n);
    once.add(x, y, 3.0);
    for (int k = 0; k < 3; ++k) often.add(x, y);
  }
  for (std::size_t i = 0; i < size; ++i) EXPECT_NEAR(once.coefficients()[i], often.coefficients()[i], 1e-10);
}

TEST(RecursiveLeastSquares, StartsAtItsPriorAndLeavesItForTheData) {
  const std::array<double, size> prior{1.0, 2.0, 3.0, 4.0};
  recursion fit = recursion::at(prior, 2.0);
  EXPECT_EQ(fit.coefficients(), prior);
  // Ridge with one coefficient shown: (2·2 + 10·5)/(2 + 10).
  for (int k = 0; k < 10; ++k) fit.add({0.0, 1.0, 0.0, 0.0}, 5.0, 1.0, 1);
  EXPECT_NEAR(fit.coefficients()[1], 54.0 / 12.0, 1e-14);
  EXPECT_EQ(fit.coefficients()[0], 1.0);
}

/// Normal equations in long double: (A, b) after so many rows.
struct normal_equations {
  std::array<std::array<long double, size>, size> a{};
  std::array<long double, size> b{};
  void add(const shown& row, long double memory) {
    for (std::size_t i = 0; i < size; ++i) {
      for (std::size_t j = 0; j < size; ++j)
        a[i][j] = memory * a[i][j] + static_cast<long double>(row.x[i]) * static_cast<long double>(row.x[j]);
      b[i] = memory * b[i] + static_cast<long double>(row.x[i]) * static_cast<long double>(row.y);
    }
  }
};

TEST(RecursiveLeastSquares, AMillionRowsLaterItIsStillTheLeastSquaresSolution) {
  for (const double memory : {1.0, 0.999}) {
    recursion fit;
    normal_equations sums;
    for (std::uint64_t n = 0; n < 1'000'000; ++n) {
      const shown row = row_of(n % 50'000);
      fit.discount(memory);
      fit.add(row.x, row.y);
      sums.add(row, static_cast<long double>(memory));
    }
    for (const double d : fit.information) EXPECT_GT(d, 0.0);
    // U'DU is the information matrix, and b makes the residual orthogonal to every column.
    const auto b = fit.coefficients();
    for (std::size_t i = 0; i < size; ++i) {
      long double left = sums.b[i];
      for (std::size_t j = 0; j < size; ++j) {
        long double product = 0.0L;
        for (std::size_t k = 0; k <= std::min(i, j); ++k) {
          const auto u = [&](std::size_t col) {
            return col == k ? 1.0L : static_cast<long double>(fit.upper[recursion::row(k) + col - k - 1]);
          };
          product += static_cast<long double>(fit.information[k]) * u(i) * u(j);
        }
        const long double scale = std::sqrt(sums.a[i][i] * sums.a[j][j]);
        EXPECT_LE(std::fabs(product - sums.a[i][j]), 1e-10L * scale);
        left -= sums.a[i][j] * static_cast<long double>(b[j]);
      }
      EXPECT_LE(std::fabs(left), 1e-10L * sums.a[i][i]);
    }
  }
}

#ifdef TRIMTAB_TESTS_WITH_THIRD_PARTIES
TEST(RecursiveLeastSquares, EqualsABatchSolutionByHouseholder) {
  constexpr int rows = 20'000;
  const double memory = 0.9995, strength = 10.0;
  const std::array<double, size> prior{0.0, 0.5, 0.3, 0.2};
  recursion fit = recursion::at(prior, strength);
  Eigen::MatrixXd x = Eigen::MatrixXd::Zero(rows + 4, 4);
  Eigen::VectorXd y(rows + 4);
  for (int i = 0; i < 4; ++i) {
    const double w = std::sqrt(strength * std::pow(memory, rows));
    x(i, i) = w;
    y[i] = w * prior[static_cast<std::size_t>(i)];
  }
  for (int n = 0; n < rows; ++n) {
    const shown row = row_of(static_cast<std::uint64_t>(n));
    fit.discount(memory);
    fit.add(row.x, row.y);
    const double w = std::sqrt(std::pow(memory, rows - 1 - n));
    for (int k = 0; k < 4; ++k) x(n + 4, k) = w * row.x[static_cast<std::size_t>(k)];
    y[n + 4] = w * row.y;
  }
  const Eigen::VectorXd batch = x.householderQr().solve(y);
  for (std::size_t k = 0; k < size; ++k) EXPECT_NEAR(fit.coefficients()[k], batch[static_cast<Eigen::Index>(k)], 1e-10);
}
#endif

}  // namespace
}  // namespace trimtab::forecast
