// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/forecast/required_health.hpp>

#include "support/random.hpp"
#include <cmath>
#include <limits>

namespace trimtab::forecast {
namespace {

constexpr motion daily{.drift = -0.3, .volatility = 0.8};

TEST(RequiredHealth, ThereAndBackAgain) {
  test::random_numbers random(11);
  for (int k = 0; k < 100'000; ++k) {
    const motion m{.drift = random.uniform(-20.0, 20.0), .volatility = random.log_uniform(0.01, 3.0)};
    const double years = random.log_uniform(1e-7, 5.0);
    const double p = k % 2 == 0 ? random.log_uniform(1e-300, 0.5) : 1.0 - random.log_uniform(1e-12, 0.5);
    const auto x = required_log_health(m, p, years);
    ASSERT_TRUE(x) << name(x.error()) << ' ' << m.drift << ' ' << m.volatility << ' ' << p << ' ' << years;
    const double elasticity = std::fabs(first_passage_greeks_of(m, *x, years).of_log_hit.log_health * *x);
    ASSERT_NEAR(liquidation_probability(m, *x, years), p, p * (1e-13 + 4e-16 * (elasticity - std::log(p))))
        << m.drift << ' ' << m.volatility << ' ' << years;
  }
}

TEST(RequiredHealth, ScalesWithTheRootOfTime) {
  const motion driftless{.drift = 0.0, .volatility = 0.8};
  EXPECT_NEAR(*required_log_health(driftless, 1e-3, 4e-4) / *required_log_health(driftless, 1e-3, 1e-4), 2.0, 1e-13);
  EXPECT_GT(*required_health(daily, 1e-3, 0.1), *required_health(daily, 1e-2, 0.1));
}

TEST(RequiredHealth, BadInputHasAName) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(required_log_health({}, 0.1, 1.0).error(), errc::bad_configuration);
  for (const double p : {0.0, 1.0, -0.1, 1.1})
    EXPECT_EQ(required_log_health(daily, p, 1.0).error(), errc::bad_configuration);
  EXPECT_EQ(required_log_health(daily, 0.1, 0.0).error(), errc::bad_configuration);
  EXPECT_EQ(required_log_health(daily, nan, 1.0).error(), errc::not_finite);
  EXPECT_EQ(required_log_health(daily, 0.1, infinity).error(), errc::not_finite);
  EXPECT_EQ(required_health({.drift = -1e6, .volatility = 0.1}, 0.1, 1.0).error(), errc::overflow);
}

}  // namespace
}  // namespace trimtab::forecast
