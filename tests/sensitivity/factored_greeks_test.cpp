// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/sensitivity/factored_greeks.hpp>

#include <vector>

namespace trimtab {
namespace {

using sensitivity::factored_greeks;

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

TEST(LogRatioGreeks, TheDenseHessianIsItsEntries) {
  const sensitivity::log_ratio_greeks<double, 2> g{0.1, {0.5, -0.5}, {0.75, 0.25}, {0.25, 0.75}, 2};
  std::vector<double> dense(4), three(3);
  ASSERT_EQ(g.dense(dense), errc::ok);
  EXPECT_EQ(dense, (std::vector<double>{-0.5, 0.0, 0.0, 0.5}));
  EXPECT_EQ(g.dense(three), errc::size_mismatch);
  EXPECT_EQ(g.gradient(three), errc::size_mismatch);
}

}  // namespace
}  // namespace trimtab
