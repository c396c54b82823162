// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/sensitivity/cornish_fisher.hpp>

#include "support/random.hpp"
#include "support/tolerance.hpp"
#include <cmath>

namespace trimtab {
namespace {

using sensitivity::cornish_fisher_is_monotone;
using sensitivity::cornish_fisher_quantile;
using sensitivity::cornish_fisher_shortfall;
using sensitivity::four_moments;
using sensitivity::raw_cornish_fisher_quantile;
using sensitivity::raw_cornish_fisher_shortfall;

TEST(CornishFisher, OfANormalIsTheNormal) {
  const four_moments normal{0.3, 0.04, 0.0, 0.0};
  for (const double alpha : {0.001, 0.01, 0.05, 0.5, 0.9}) {
    const double z = sensitivity::normal_quantile(alpha);
    EXPECT_TRUE(test::close(*cornish_fisher_quantile(normal, alpha), 0.3 + 0.2 * z, 1e-15)) << alpha;
    EXPECT_TRUE(test::close(*cornish_fisher_shortfall(normal, alpha),
                            0.3 - 0.2 * sensitivity::normal_density(z) / alpha, 1e-15))
        << alpha;
  }
}

TEST(CornishFisher, ShortfallIsTheMeanOfTheQuantile) {
  test::random_numbers random(1938);
  for (int n = 0; n < 20; ++n) {
    const four_moments m{random.uniform(-1.0, 1.0), random.uniform(0.1, 2.0), random.uniform(-1.0, 1.0),
                         random.uniform(0.0, 4.0)};
    const double alpha = random.uniform(0.01, 0.6), end = sensitivity::normal_quantile(alpha);
    double sum = 0.0;  // midpoints in z, where the integrand is smooth
    const int steps = 4000;
    for (int k = 0; k < steps; ++k) {
      const double z = end - 12.0 * (k + 0.5) / steps;
      sum += raw_cornish_fisher_quantile(m, sensitivity::normal_probability(z)) * sensitivity::normal_density(z);
    }
    EXPECT_LE(std::fabs(sum * 12.0 / steps / alpha - raw_cornish_fisher_shortfall(m, alpha)), 1e-5) << n;
  }
}

TEST(CornishFisher, IsMonotoneExactlyWhereItSaysSo) {
  test::random_numbers random(2012);
  int monotone = 0, clear = 0;
  for (int n = 0; n < 2000; ++n) {
    const double s = random.uniform(-3.0, 3.0), k = random.uniform(-1.0, 12.0);
    double least = infinity, leading = k / 8.0 - s * s / 6.0;  // slope of the map over a fine grid and at infinity
    for (int i = -4000; i <= 4000; ++i) {
      const double z = 0.005 * i;
      least = std::fmin(least, 1.0 + z * s / 3.0 + (z * z - 1.0) * k / 8.0 - (6.0 * z * z - 5.0) * s * s / 36.0);
    }
    if (std::fabs(least) < 1e-3 || std::fabs(leading) < 1e-2) continue;  // too close to tell on a grid
    ++clear;
    monotone += cornish_fisher_is_monotone(s, k) ? 1 : 0;
    EXPECT_EQ(cornish_fisher_is_monotone(s, k), least > 0.0 && leading > 0.0) << s << ' ' << k;
  }
  EXPECT_GT(monotone, 200);
  EXPECT_GT(clear - monotone, 200);
}

TEST(CornishFisher, RefusesByName) {
  const double nan = std::nan("");
  const four_moments good{0.0, 1.0, 0.1, 1.0}, steep{0.0, 1.0, 3.0, 1.0};
  EXPECT_EQ(cornish_fisher_quantile(good, 0.01).error(), errc::ok);
  EXPECT_EQ(cornish_fisher_quantile(steep, 0.01).error(), errc::outside_validity);
  EXPECT_EQ(cornish_fisher_shortfall(steep, 0.01).error(), errc::outside_validity);
  for (const double alpha : {0.0, 1.0, -0.1, 1.1}) {
    EXPECT_EQ(cornish_fisher_quantile(good, alpha).error(), errc::bad_configuration);
    EXPECT_EQ(cornish_fisher_shortfall(good, alpha).error(), errc::bad_configuration);
  }
  EXPECT_EQ(cornish_fisher_quantile(good, nan).error(), errc::not_finite);
  EXPECT_EQ(cornish_fisher_quantile({nan, 1.0, 0.0, 0.0}, 0.1).error(), errc::not_finite);
  EXPECT_EQ(cornish_fisher_quantile({0.0, infinity, 0.0, 0.0}, 0.1).error(), errc::not_finite);
  EXPECT_EQ(cornish_fisher_quantile({0.0, -1.0, 0.0, 0.0}, 0.1).error(), errc::bad_configuration);
  EXPECT_EQ(cornish_fisher_quantile({0.0, 1.0, nan, 0.0}, 0.1).error(), errc::not_finite);
  EXPECT_FALSE(cornish_fisher_is_monotone(nan, 1.0));
}

}  // namespace
}  // namespace trimtab
