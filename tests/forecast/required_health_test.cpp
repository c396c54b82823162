// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/core/root.hpp>
#include <trimtab/forecast/required_health.hpp>

#include "support/random.hpp"
#include "support/tolerance.hpp"
#include <cmath>
#include <limits>

namespace trimtab::forecast {
namespace {

constexpr double eps = std::numeric_limits<double>::epsilon();

/// From 1e-300 to all but certain.
double any_probability(test::random_numbers& random) {
  switch (random.below(3)) {
    case 0:
      return random.log_uniform(1e-300, 0.5);
    case 1:
      return random.uniform(0.001, 0.999);
    default:
      return 1.0 - random.log_uniform(1e-15, 0.5);
  }
}

TEST(RequiredHealth, IsTheInverse) {
  test::random_numbers random(1881);
  double worst = 0.0;
  for (int n = 0; n < 40000; ++n) {
    const double p = any_probability(random), years = random.log_uniform(1e-7, 10.0);
    const motion m{.drift = random.uniform(-1.0, 1.0) * random.log_uniform(1e-4, 1e5),
                   .volatility = random.log_uniform(0.01, 3.0)};
    const result<double> x = required_log_health(m, p, years);
    ASSERT_TRUE(x) << p << ' ' << m.drift << ' ' << m.volatility << ' ' << years << ' ' << name(x.error());
    // What the rounding of x alone does to the probability comes on top.
    const double spread = m.volatility * std::sqrt(years), reach = (*x + std::fabs(m.drift) * years) / spread,
                 condition = 1.0 + (1.0 + std::fabs(*x + m.drift * years) / spread) * reach -
                             2.0 * std::log(std::fmin(p, 1.0 - p));
    const first_passage back = first_passage_of(m, *x, years);
    const double off = std::fabs(p > 0.5 ? std::log(back.survive / (1.0 - p)) : back.log_hit - std::log(p));
    ASSERT_LE(off, 16.0 * eps * condition) << p << ' ' << m.drift << ' ' << m.volatility << ' ' << years;
    worst = std::fmax(worst, off / (eps * condition));
  }
  std::printf("required health: round trip %.2g eps of its condition\n", worst);
}

TEST(RequiredHealth, IsTheRootOfABracketingSearch) {
  test::random_numbers random(1997);
  for (int n = 0; n < 500; ++n) {
    const double p = random.log_uniform(1e-30, 0.999), years = random.log_uniform(1e-4, 2.0);
    const motion m{.drift = random.uniform(-2.0, 2.0), .volatility = random.log_uniform(0.1, 2.0)};
    const result<double> x = required_log_health(m, p, years);
    ASSERT_TRUE(x);
    const auto found =
        find_root([&](double y) { return first_passage_of(m, y, years).log_hit - std::log(p); }, 1e-12, 60.0);
    ASSERT_TRUE(found);
    const double elasticity = std::fabs(*x * first_passage_greeks_of(m, *x, years).of_log_hit.log_health);
    EXPECT_TRUE(test::close(*x, found->at, 64.0 * eps * (1.0 + 1.0 / elasticity))) << p;
    EXPECT_EQ(*required_health(m, p, years), std::exp(*x));
  }
}

TEST(RequiredHealth, LessRiskOrMoreDriftDownNeedsMore) {
  test::random_numbers random(5);
  for (int n = 0; n < 5000; ++n) {
    const double p = random.log_uniform(1e-12, 0.98), years = random.log_uniform(1e-4, 2.0);
    const motion m{.drift = random.uniform(-3.0, 3.0), .volatility = random.log_uniform(0.1, 2.0)};
    const double x = *required_log_health(m, p, years);
    EXPECT_GT(*required_log_health(m, p * 0.99, years), x);
    EXPECT_GT(*required_log_health({m.drift - 0.1, m.volatility}, p, years), x);
    EXPECT_GE(*required_log_health(m, p, years * 1.01),
              x * (1.0 - 64.0 * eps));  // none where the drift has won long ago
  }
}

TEST(RequiredHealth, WithoutDriftIsTheQuantile) {
  for (const double p : {1e-100, 1e-9, 0.02, 0.5, 0.7, 0.9999}) {
    const double x = -normal_quantile(0.5 * p) * 0.8 * std::sqrt(0.25);
    EXPECT_TRUE(test::close(*required_log_health({0.0, 0.8}, p, 0.25), x, 32.0 * eps / (p > 0.5 ? 1.0 - p : 1.0))) << p;
  }
  // Far up the exponential alone: x = −σ²·ln p/(2ν); and so for ever.
  const motion up{.drift = 4.0, .volatility = 0.1};
  EXPECT_TRUE(test::close(*required_log_health(up, 1e-6, 1.0), 0.01 * 6.0 * std::log(10.0) / 8.0, 8.0 * eps));
  EXPECT_TRUE(test::close(*required_log_health(up, 1e-6, infinity), 0.01 * 6.0 * std::log(10.0) / 8.0, 8.0 * eps));
}

TEST(RequiredHealth, RefusesByName) {
  const double nan = std::nan("");
  const motion m{.drift = -0.1, .volatility = 0.8};
  EXPECT_EQ(required_log_health(m, 0.01, 1.0).error(), errc::ok);
  EXPECT_EQ(required_log_health({nan, 0.8}, 0.01, 1.0).error(), errc::not_finite);
  EXPECT_EQ(required_log_health({infinity, 0.8}, 0.01, 1.0).error(), errc::not_finite);
  EXPECT_EQ(required_log_health(m, nan, 1.0).error(), errc::not_finite);
  EXPECT_EQ(required_log_health(m, 0.01, nan).error(), errc::not_finite);
  EXPECT_EQ(required_log_health({0.0, 0.0}, 0.01, 1.0).error(), errc::bad_configuration);
  for (const double p : {-0.1, 0.0, 1.0, 1.5, infinity})
    EXPECT_EQ(required_log_health(m, p, 1.0).error(), errc::bad_configuration);
  EXPECT_EQ(required_log_health(m, 0.01, -1.0).error(), errc::bad_configuration);
  EXPECT_EQ(required_log_health(m, 0.01, 0.0).error(), errc::infeasible);
  EXPECT_EQ(required_log_health(m, 0.01, infinity).error(), errc::infeasible);
  EXPECT_EQ(required_log_health({0.0, 1e300}, 0.01, 1e300).error(), errc::outside_validity);
  EXPECT_EQ(required_log_health({0.0, 1e-300}, 0.01, 1e-300).error(), errc::outside_validity);
  EXPECT_EQ(required_log_health({-1e300, 1e-10}, 0.01, 1.0).error(), errc::outside_validity);
  EXPECT_EQ(required_health(m, nan, 1.0).error(), errc::not_finite);
  EXPECT_EQ(required_health({0.0, 1e4}, 0.01, 1.0).error(), errc::overflow);
  EXPECT_TRUE(required_log_health({0.0, 1e4}, 0.01, 1.0));
}

TEST(RequiredHealth, AnswersOrRefusesForEveryNumber) {
  const double numbers[] = {5e-324, 1e-300, 1e-160, 1e-20, 0.3, 1.0, 1e20, 1e160, 1e300, 1.7e308};
  const double probabilities[] = {5e-324, 1e-300, 1e-9, 0.3, 0.5, 0.9, 1.0 - 1e-16};
  int answered = 0;
  for (const double volatility : numbers) {
    for (const double years : numbers) {
      for (const double size : numbers) {
        for (const double drift : {-size, 0.0, size}) {
          for (const double p : probabilities) {
            const result<double> x = required_log_health({drift, volatility}, p, years);
            if (x) {
              ++answered;
              ASSERT_TRUE(*x > 0.0 && is_finite(*x));
            } else {
              ASSERT_EQ(x.error(), errc::outside_validity) << p << ' ' << drift << ' ' << volatility << ' ' << years;
            }
          }
        }
      }
    }
  }
  EXPECT_GT(answered, 5000);
}

}  // namespace
}  // namespace trimtab::forecast
