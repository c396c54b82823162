// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/sensitivity/one_factor.hpp>

#include "support/random.hpp"
#include <cmath>
#include <cstdio>

namespace trimtab {
namespace {

using sensitivity::one_factor_health;

long double normal_cdf(long double z) {
  return 0.5L * std::erfc(-z * 0.707106781186547524400844362104849039L);
}

TEST(OneFactor, AWeekOfEther) {
  // HF 1.5 at 80 % volatility, no drift of price: P(HF < 1) = Φ((ln(1/1.5) + 0.32/52)/(0.8/√52)).
  const one_factor_health h{.risky = 1.5, .log_drift = -0.32, .volatility = 0.8, .years = 1.0 / 52.0};
  EXPECT_NEAR(*h.probability_below(1.0), 1.595110e-04, 1e-9);
  EXPECT_DOUBLE_EQ(*h.mean(), 1.5);
  EXPECT_NEAR(*h.quantile(0.5), 1.5 * std::exp(-0.32 / 52.0), 1e-15);
  EXPECT_LT(*h.expected_shortfall(0.01), *h.quantile(0.01));
}

TEST(OneFactor, AgreesWithQuadrature) {
  test::random_numbers random(1973);
  double worst_probability = 0.0, worst_shortfall = 0.0, worst_mean = 0.0;
  for (int k = 0; k < 200; ++k) {
    const one_factor_health h{k % 2 == 0 ? 0.0 : random.uniform(0.0, 1.0), random.uniform(0.2, 2.0),
                              random.uniform(-0.5, 0.5), random.uniform(0.05, 1.5), random.log_uniform(1e-3, 1.0)};
    const double p = random.log_uniform(1e-4, 0.99);
    const auto q = h.quantile(p), shortfall = h.expected_shortfall(p), mean = h.mean();
    ASSERT_TRUE(q && shortfall && mean);
    worst_probability = std::fmax(worst_probability, std::fabs(*h.probability_below(*q) / p - 1.0));
    // ∫ HF(z)·φ(z) dz by Simpson's rule in 64 bits, up to z(q) and over the whole line.
    const long double drift = static_cast<long double>(h.log_drift) * h.years;
    const long double deviation = h.volatility * std::sqrt(static_cast<long double>(h.years));
    const long double z = (std::log(static_cast<long double>(*q - h.stable) / h.risky) - drift) / deviation;
    const auto integral = [&](long double to) {
      const int n = 4000;
      const long double low = -14.0L, step = (to - low) / n;
      long double sum = 0.0L;
      for (int i = 0; i <= n; ++i) {
        const long double x = low + step * i, weight = i == 0 || i == n ? 1.0L : i % 2 == 1 ? 4.0L : 2.0L;
        sum += weight * (h.stable + h.risky * std::exp(drift + deviation * x)) * std::exp(-0.5L * x * x) *
               0.398942280401432677939946059934381868L;
      }
      return sum * step / 3.0L;
    };
    worst_shortfall =
        std::fmax(worst_shortfall, static_cast<double>(std::fabs(*shortfall * normal_cdf(z) / integral(z) - 1.0L)));
    worst_mean = std::fmax(worst_mean, static_cast<double>(std::fabs(*mean / integral(16.0L) - 1.0L)));
  }
  std::printf("worst: probability of the quantile %.2g, shortfall %.2g, mean %.2g, relative\n", worst_probability,
              worst_shortfall, worst_mean);
  EXPECT_LE(worst_probability, 1e-9);  // exp and log lose the digits of a small deviation: eps/deviation
  EXPECT_LE(worst_shortfall, 1e-9);
  EXPECT_LE(worst_mean, 1e-13);
}

TEST(OneFactor, TheStablePartIsAFloor) {
  const one_factor_health h{.stable = 0.6, .risky = 0.9, .volatility = 1.0, .years = 1.0};
  EXPECT_EQ(*h.probability_below(0.6), 0.0);
  EXPECT_EQ(*h.probability_below(-1.0), 0.0);
  EXPECT_GT(*h.probability_below(0.61), 0.0);
  EXPECT_GT(*h.quantile(1e-300), 0.6 - 1e-15);
  EXPECT_EQ(*h.probability_below(infinity), 1.0);
}

TEST(OneFactor, WithoutMovesItIsACertainty) {
  const one_factor_health still{.stable = 0.5, .risky = 1.0, .log_drift = 0.1, .years = 1.0};
  const double at = 0.5 + std::exp(0.1);
  EXPECT_EQ(*still.probability_below(at - 1e-9), 0.0);
  EXPECT_EQ(*still.probability_below(at + 1e-9), 1.0);
  EXPECT_DOUBLE_EQ(*still.quantile(0.01), at);
  EXPECT_DOUBLE_EQ(*still.expected_shortfall(0.01), at);
  const one_factor_health all_stable{.stable = 2.0, .volatility = 1.0, .years = 1.0};
  EXPECT_EQ(*all_stable.probability_below(1.9), 0.0);
  EXPECT_EQ(*all_stable.probability_below(2.1), 1.0);
}

TEST(OneFactor, SaysWhatIsWrongWithItsInputs) {
  const one_factor_health fine{.risky = 1.5, .volatility = 0.8, .years = 1.0};
  for (const double p : {0.0, 1.0, -1.0, std::nan("")}) {
    EXPECT_EQ(fine.quantile(p).error(), errc::bad_configuration);
    EXPECT_EQ(fine.expected_shortfall(p).error(), errc::bad_configuration);
  }
  EXPECT_EQ(fine.probability_below(std::nan("")).error(), errc::not_finite);
  for (double one_factor_health::*part : {&one_factor_health::stable, &one_factor_health::risky,
                                          &one_factor_health::volatility, &one_factor_health::years}) {
    one_factor_health bad = fine;
    bad.*part = -1.0;
    EXPECT_EQ(bad.mean().error(), errc::negative_amount);
    bad.*part = std::nan("");
    EXPECT_EQ(bad.probability_below(1.0).error(), errc::not_finite);
    EXPECT_EQ(bad.quantile(0.1).error(), errc::not_finite);
    EXPECT_EQ(bad.expected_shortfall(0.1).error(), errc::not_finite);
  }
}

}  // namespace
}  // namespace trimtab
