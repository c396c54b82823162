// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/forecast/reflecting_band.hpp>

#include <cmath>

namespace trimtab {
namespace {

using namespace forecast;

band_economics investor(double leverage, double spread, double aversion) {
  band_economics e{.health = {.drift = 0.0, .volatility = 0.8},
                   .threshold = 0.8,
                   .equity = 1.0,
                   .cost = spread,
                   .wanted = 0.8 * leverage / (leverage - 1.0)};
  e.tracking = tracking_for(aversion, e);
  return e;
}

TEST(ReflectingBand, AgreesWithTheStationaryDensity) {
  for (const double drift : {0.0, 1e-9, -0.02, 0.5, -0.5, 6.0, -6.0}) {
    auto e = investor(2.0, 5e-4, 1.0);
    e.health.drift = drift;
    const double a = 0.3, b = 0.62, m = std::log(e.wanted), variance = 0.64;
    const auto cost = cost_of_reflecting(e, a, b);
    ASSERT_TRUE(cost);
    const long double theta = 2.0L * drift / variance;
    long double mass = 0.0L, mean = 0.0L, square = 0.0L;
    const int n = 4000;
    for (int k = 0; k <= n; ++k) {
      const long double x = a + (b - a) * static_cast<long double>(k) / n;
      const long double p = (k == 0 || k == n ? 1.0L : k % 2 == 1 ? 4.0L : 2.0L) * std::exp(theta * (x - a));
      mass += p, mean += p * x, square += p * (x - m) * (x - m);
    }
    EXPECT_NEAR(cost->mean, static_cast<double>(mean / mass), 1e-11);
    EXPECT_NEAR(cost->tracking / static_cast<double>(e.tracking * square / mass), 1.0, 1e-9);
    const long double density = 3.0L * n / (mass * (static_cast<long double>(b) - a));
    EXPECT_NEAR(cost->pushed_up / static_cast<double>(0.5L * variance * density), 1.0, 1e-9);
    EXPECT_NEAR(cost->pushed_down - cost->pushed_up, drift, 1e-12);  // ln health goes nowhere in the long run
  }
}

TEST(ReflectingBand, BestIsAMinimumNearTheRule) {
  for (const auto& e : {investor(2, 5e-4, 1), investor(3, 5e-4, 1), investor(2, 5e-4, 10), investor(2, 1e-5, 1)}) {
    const auto best = best_reflecting_of(e);
    ASSERT_TRUE(best) << name(best.error());
    const double rule = half_width_reflecting(costs_of_health(e)), half = 0.5 * (best->upper - best->lower);
    EXPECT_NEAR(half / rule, 1.0, 0.12);
    EXPECT_NEAR(best->cost.per_year / cost_of_reflecting(costs_of_health(e), rule), 1.0, 0.03);
    for (const double d : {-0.02 * half, 0.02 * half}) {
      EXPECT_GT(cost_of_reflecting(e, best->lower + d, best->upper)->per_year, best->cost.per_year);
      EXPECT_GT(cost_of_reflecting(e, best->lower, best->upper + d)->per_year, best->cost.per_year);
    }
    EXPECT_LT(best->gradient, 1e-5);
    // With proportional cost alone small trades are the best there is: no jumping band is cheaper.
    const auto jumping = best_band_of(e);
    ASSERT_TRUE(jumping) << name(jumping.error());
    EXPECT_LT(best->cost.per_year, jumping->cost.per_year);
  }
}

TEST(ReflectingBand, Refuses) {
  auto e = investor(2, 5e-4, 1);
  EXPECT_EQ(cost_of_reflecting(e, 0.5, 0.4).error(), errc::bad_configuration);
  EXPECT_EQ(cost_of_reflecting(e, 0.5, infinity).error(), errc::not_finite);
  e.gas = 1.0;
  EXPECT_EQ(cost_of_reflecting(e, 0.4, 0.5).error(), errc::infeasible);
  EXPECT_EQ(best_reflecting_of(e).error(), errc::infeasible);
  e.gas = 0.0, e.tracking = 0.0;
  EXPECT_EQ(best_reflecting_of(e).error(), errc::bad_configuration);
  e.equity = -1.0;
  EXPECT_EQ(best_reflecting_of(e).error(), errc::negative_amount);
}

}  // namespace
}  // namespace trimtab
