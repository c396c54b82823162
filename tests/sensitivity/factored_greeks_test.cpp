// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/sensitivity/factored_greeks.hpp>

#include "support/random.hpp"
#include "support/tolerance.hpp"
#include <cmath>
#include <vector>

namespace trimtab {
namespace {

using sensitivity::factored_greeks;
using sensitivity::per;
using T = test::tolerance<double>;

constexpr double quoted[] = {2000.0, 0.5, 1.0};
constexpr oracle_prices<double> prices{quoted};
constexpr factored_greeks<double, 4> sample{1.5, {0.001, -0.4, -1.8}, {0.0, 0.25, 0.9}, 3};

TEST(FactoredGreeks, TheDenseHessianIsItsEntries) {
  std::vector<double> dense(9);
  ASSERT_EQ(sample.dense(dense), errc::ok);
  for (std::size_t i = 0; i < 3; ++i)
    for (std::size_t j = 0; j < 3; ++j) {
      EXPECT_EQ(dense[3 * i + j], sample.gamma(i, j));
      EXPECT_EQ(dense[3 * i + j], dense[3 * j + i]);
    }
  factored_greeks<double, 3> full{sample.value, {}, {}, 3};
  for (std::size_t i = 0; i < 3; ++i) full.delta[i] = sample.delta[i], full.cofactor[i] = sample.cofactor[i];
  std::vector<double> again(9);
  ASSERT_EQ(full.dense(again), errc::ok) << "no slot to spare: another loop";
  EXPECT_EQ(again, dense);
  std::vector<double> gradient(3);
  ASSERT_EQ(sample.gradient(gradient), errc::ok);
  EXPECT_EQ(gradient, (std::vector<double>{0.001, -0.4, -1.8}));
}

TEST(FactoredGreeks, SpansOfTheWrongSizeAreRefused) {
  std::vector<double> eight(8), two(2);
  EXPECT_EQ(sample.dense(eight), errc::size_mismatch);
  EXPECT_EQ(sample.gradient(two), errc::size_mismatch);
}

TEST(FactoredGreeks, InLogPricesTheDiagonalHasDelta) {
  const auto log = sensitivity::in_log_prices(sample, prices);
  std::vector<double> dense(9);
  ASSERT_EQ(log.dense(dense), errc::ok);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(log.delta[i], sample.delta[i] * quoted[i]);
    for (std::size_t j = 0; j < 3; ++j) {
      const double scaled = sample.gamma(i, j) * quoted[i] * quoted[j];
      EXPECT_NEAR(log.gamma(i, j), i == j ? scaled + log.delta[i] : scaled, T::sum * (1.0 + std::fabs(scaled)));
      EXPECT_EQ(dense[3 * i + j], log.gamma(i, j));
    }
  }
}

TEST(FactoredGreeks, PerCentAreHundredthsOfTodaysPrice) {
  const auto cent = sensitivity::per_cent(sample, prices);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_DOUBLE_EQ(cent.delta[i], sample.delta[i] * quoted[i] / 100.0);
    for (std::size_t j = 0; j < 3; ++j)
      EXPECT_NEAR(cent.gamma(i, j), sample.gamma(i, j) * quoted[i] * quoted[j] / 1e4, 1e-17);
  }
}

TEST(FactoredGreeks, TheSecondOrderMoveIsTheQuadraticForm) {
  test::random_numbers random(7);
  const auto log = sensitivity::in_log_prices(sample, prices);
  for (int n = 0; n < 100; ++n) {
    std::vector<double> move(3);
    for (double& m : move) m = random.uniform(-0.1, 0.1);
    const auto whole = [&](const auto& g) {
      double sum = g.value;
      for (std::size_t i = 0; i < 3; ++i) {
        sum += g.delta[i] * move[i];
        for (std::size_t j = 0; j < 3; ++j) sum += 0.5 * move[i] * g.gamma(i, j) * move[j];
      }
      return sum;
    };
    EXPECT_NEAR(sensitivity::second_order(sample, move), whole(sample), 1e-14);
    EXPECT_NEAR(sensitivity::second_order(log, move), whole(log), 1e-12);
  }
}

}  // namespace
}  // namespace trimtab
