// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/sensitivity/coordinates.hpp>

#include "support/random.hpp"
#include "support/tolerance.hpp"
#include <cmath>
#include <vector>

namespace trimtab {
namespace {

using sensitivity::factored_greeks;
using sensitivity::log_ratio_greeks;
using T = test::tolerance<double>;

constexpr double quoted[] = {2000.0, 0.5, 1.0};
constexpr oracle_prices<double> prices{quoted};

template <class G>
G sample();
template <>
factored_greeks<double, 4> sample() {
  return {1.5, {0.001, -0.4, -1.8}, {0.0, 0.25, 0.9}, 3};
}
template <>
log_ratio_greeks<double, 4> sample() {
  return {0.5, {0.0003, -0.2, -0.5}, {0.0004, 0.2, 0.1}, {0.0001, 0.4, 0.6}, 3};
}

template <class G>
class Coordinates : public testing::Test {};
using shapes = testing::Types<factored_greeks<double, 4>, log_ratio_greeks<double, 4>>;
TYPED_TEST_SUITE(Coordinates, shapes);

TYPED_TEST(Coordinates, InLogPricesTheDiagonalHasDelta) {
  const TypeParam g = sample<TypeParam>();
  const auto log = sensitivity::in_log_prices(g, prices);
  std::vector<double> dense(9);
  ASSERT_EQ(log.dense(dense), errc::ok);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(log.delta[i], g.delta[i] * quoted[i]);
    for (std::size_t j = 0; j < 3; ++j) {
      const double scaled = g.gamma(i, j) * quoted[i] * quoted[j];
      EXPECT_NEAR(log.gamma(i, j), i == j ? scaled + log.delta[i] : scaled, T::sum * (1.0 + std::fabs(scaled)));
      EXPECT_EQ(dense[3 * i + j], log.gamma(i, j));
    }
  }
}

TYPED_TEST(Coordinates, PerCentAreHundredthsOfTodaysPrice) {
  const TypeParam g = sample<TypeParam>();
  const auto cent = sensitivity::per_cent(g, prices);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_DOUBLE_EQ(cent.delta[i], g.delta[i] * quoted[i] / 100.0);
    for (std::size_t j = 0; j < 3; ++j)
      EXPECT_NEAR(cent.gamma(i, j), g.gamma(i, j) * quoted[i] * quoted[j] / 1e4, 1e-17);
  }
}

TYPED_TEST(Coordinates, TheSecondOrderMoveIsTheQuadraticForm) {
  test::random_numbers random(7);
  const TypeParam g = sample<TypeParam>();
  const auto log = sensitivity::in_log_prices(g, prices);
  for (int n = 0; n < 100; ++n) {
    std::vector<double> move(3);
    for (double& m : move) m = random.uniform(-0.1, 0.1);
    const auto whole = [&](const auto& of) {
      double sum = of.value;
      for (std::size_t i = 0; i < 3; ++i) {
        sum += of.delta[i] * move[i];
        for (std::size_t j = 0; j < 3; ++j) sum += 0.5 * move[i] * of.gamma(i, j) * move[j];
      }
      return sum;
    };
    EXPECT_NEAR(sensitivity::second_order(g, move), whole(g), 1e-14);
    EXPECT_NEAR(sensitivity::second_order(log, move), whole(log), 1e-12);
  }
}

}  // namespace
}  // namespace trimtab
