// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/forecast/qlike.hpp>
#include <trimtab/simulate/counter_random.hpp>

#include <cmath>
#include <limits>

namespace trimtab::forecast {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN(), infinity = std::numeric_limits<double>::infinity();

TEST(Qlike, IsTheFormulaWithoutItsCancellation) {
  for (const double realised : {1e-9, 0.5, 0.999999, 1.0, 1.0 + 1e-9, 3.0, 1e6}) {
    const long double q = static_cast<long double>(realised) / 0.7L;
    EXPECT_NEAR(qlike(realised, 0.7), static_cast<double>(q - 1.0L - std::log(q)),
                4e-16 * static_cast<double>(q + std::fabs(std::log(q)) + 1.0L));
  }
  // near the truth: half the square of what it is off by
  EXPECT_NEAR(qlike(1.0 + 0x1p-30, 1.0), 0.5 * 0x1p-60, 1e-9 * 0x1p-61);
  EXPECT_EQ(qlike(0.3, 0.3), 0.0);
}

TEST(Qlike, PunishesTooLowMoreThanTooHigh) {
  EXPECT_GT(qlike(1.0, 0.5), qlike(1.0, 2.0));
  EXPECT_GT(qlike(1.0, 2.0), 0.0);
}

TEST(Qlike, IsLeastAtTheTruthEvenOfANoisyProxy) {
  const simulate::counter_random normals{.seed = 2011};
  double losses[3] = {};
  for (std::uint64_t n = 0; n < 100'000; ++n) {
    const double z = normals.normal(n);
    for (int k = 0; k < 3; ++k) losses[k] += qlike(z * z, 0.9 + 0.1 * k);
  }
  EXPECT_LT(losses[1], losses[0]);
  EXPECT_LT(losses[1], losses[2]);
}

TEST(Qlike, IsTotal) {
  EXPECT_EQ(qlike(0.0, 1.0), infinity);
  for (const double bad : {0.0, -1.0, nan}) EXPECT_TRUE(std::isnan(qlike(1.0, bad)));
  EXPECT_TRUE(std::isnan(qlike(-1.0, 1.0)));
  EXPECT_TRUE(std::isnan(qlike(nan, 1.0)));
}

}  // namespace
}  // namespace trimtab::forecast
