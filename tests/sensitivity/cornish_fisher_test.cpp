// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/sensitivity/cornish_fisher.hpp>

#include <cmath>

namespace trimtab {
namespace {

using sensitivity::cornish_fisher;

TEST(CornishFisher, WithoutShapeItIsTheNormalLaw) {
  const cornish_fisher standard{};
  EXPECT_TRUE(standard.monotone());
  EXPECT_NEAR(*standard.quantile(0.01), -2.3263478740408411, 1e-14);
  EXPECT_NEAR(*standard.expected_shortfall(0.01), -2.6652142203457953, 5e-14);
  EXPECT_NEAR(*standard.quantile(0.5), 0.0, 1e-16);
  EXPECT_NEAR((*cornish_fisher{.mean = 2.0, .deviation = 3.0}.quantile(0.975)), 2.0 + 3.0 * 1.9599639845400545, 1e-13);
}

TEST(CornishFisher, TheShortfallIsTheMeanOfTheQuantileBelow) {
  // Midpoint rule in u = √probability, where the quantile's singularity at 0 is mild.
  const cornish_fisher law{0.1, 0.4, -0.3, 0.5};
  ASSERT_TRUE(law.monotone());
  for (const double p : {0.01, 0.3, 0.9}) {
    const int steps = 200000;
    double sum = 0.0;
    for (int k = 0; k < steps; ++k) {
      const double u = std::sqrt(p) * (k + 0.5) / steps;
      sum += 2.0 * u * law.unchecked_quantile(u * u) * std::sqrt(p) / steps;
    }
    EXPECT_NEAR(*law.expected_shortfall(p), sum / p, 1e-8) << p;
  }
}

TEST(CornishFisher, RefusesExactlyWhereTheCubicTurnsBack) {
  int rising = 0, turning = 0;
  for (double s = -3.0; s <= 3.0; s += 0.05) {
    for (double k = -1.0; k <= 12.0; k += 0.05) {
      const cornish_fisher law{.skewness = s, .excess_kurtosis = k};
      // The slope is a parabola in z: it stays above zero where both far ends and its vertex do.
      const double a = k / 8.0 - s * s / 6.0, b = s / 3.0, c = 1.0 - k / 8.0 + 5.0 * s * s / 36.0;
      const double vertex = a > 0.0 ? c - b * b / (4.0 * a) : a < 0.0 || b != 0.0 ? -1.0 : c;
      if (std::fabs(vertex) < 1e-9) continue;
      EXPECT_EQ(law.monotone(), vertex > 0.0) << s << ", " << k;
      EXPECT_EQ(law.quantile(0.01).error(), vertex > 0.0 ? errc::ok : errc::outside_validity);
      EXPECT_EQ(law.expected_shortfall(0.01).error(), vertex > 0.0 ? errc::ok : errc::outside_validity);
      (vertex > 0.0 ? rising : turning) += 1;
      if (vertex < 0.0) continue;
      double before = -infinity;
      for (double p = 0.0005; p < 1.0; p += 0.037) {
        EXPECT_GT(law.unchecked_quantile(p), before);
        before = law.unchecked_quantile(p);
      }
    }
  }
  EXPECT_GT(rising, 1000);
  EXPECT_GT(turning, 1000);
}

TEST(CornishFisher, SaysWhatIsWrongWithItsInputs) {
  const cornish_fisher standard{};
  for (const double p : {0.0, 1.0, -0.1, 1.1, std::nan(""), infinity}) {
    EXPECT_EQ(standard.quantile(p).error(), errc::bad_configuration) << p;
    EXPECT_EQ(standard.expected_shortfall(p).error(), errc::bad_configuration) << p;
  }
  EXPECT_EQ((cornish_fisher{.deviation = -1.0}.quantile(0.1).error()), errc::bad_configuration);
  for (const double bad : {std::nan(""), infinity}) {
    EXPECT_EQ((cornish_fisher{.mean = bad}.quantile(0.1).error()), errc::not_finite);
    EXPECT_EQ((cornish_fisher{.deviation = bad}.quantile(0.1).error()), errc::not_finite);
    EXPECT_EQ((cornish_fisher{.skewness = bad}.quantile(0.1).error()), errc::not_finite);
    EXPECT_EQ((cornish_fisher{.excess_kurtosis = bad}.expected_shortfall(0.1).error()), errc::not_finite);
  }
}

}  // namespace
}  // namespace trimtab
