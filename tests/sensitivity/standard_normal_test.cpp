// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/sensitivity/standard_normal.hpp>

#include "support/tolerance.hpp"
#include <cmath>

namespace trimtab {
namespace {

using sensitivity::normal_density;
using sensitivity::normal_probability;
using sensitivity::normal_quantile;
using T = test::tolerance<double>;

TEST(StandardNormal, IsTheStandardLibrarysErrorFunctionInMorePlaces) {
  for (int k = -370; k <= 370; ++k) {
    const double z = 0.1 * k;
    const long double expected = 0.5L * std::erfc(-static_cast<long double>(z) / std::sqrt(2.0L));
    // z²·eps is what rounding z/√2 does to the tail.
    EXPECT_TRUE(test::close(static_cast<long double>(normal_probability(z)), expected,
                            static_cast<long double>(T::formula) * (1.0L + z * z)))
        << z;
  }
}

TEST(StandardNormal, DensityIsTheSlope) {
  for (int k = -60; k <= 60; ++k) {
    const double z = 0.1 * k, h = 1e-5;
    const double slope = (normal_probability(z + h) - normal_probability(z - h)) / (2.0 * h);
    EXPECT_LE(std::fabs(slope - normal_density(z)), 1e-10) << z;
  }
}

TEST(StandardNormal, QuantileInvertsIt) {
  for (double p = 1e-300; p < 1.0; p *= 1.7) {
    const double z = normal_quantile(p);
    EXPECT_TRUE(test::close(normal_probability(z), p, T::formula * (1.0 + z * z))) << p;
  }
  EXPECT_EQ(normal_quantile(0.5), 0.0);
}

TEST(StandardNormal, EndsAndNonsense) {
  EXPECT_EQ(normal_probability(-infinity), 0.0);
  EXPECT_EQ(normal_probability(infinity), 1.0);
  EXPECT_EQ(normal_quantile(0.0), -infinity);
  EXPECT_EQ(normal_quantile(1.0), infinity);
  EXPECT_TRUE(std::isnan(normal_probability(std::nan(""))));
  EXPECT_TRUE(std::isnan(normal_quantile(std::nan(""))));
  EXPECT_TRUE(std::isnan(normal_quantile(1.5)));
}

}  // namespace
}  // namespace trimtab
