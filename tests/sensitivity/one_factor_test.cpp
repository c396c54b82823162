// SPDX-License-Identifier: MIT
#ifdef TRIMTAB_TESTS_WITH_THIRD_PARTIES  // its reference is a quadrature
#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <gtest/gtest.h>

#include <trimtab/sensitivity/one_factor.hpp>

#include "support/moves.hpp"
#include "support/tolerance.hpp"
#include <cmath>

namespace trimtab {
namespace {

using sensitivity::log_move;

using sensitivity::one_factor_health;

one_factor_health drawn(test::random_numbers& random) {
  return {.stable = random.below(2) != 0 ? random.uniform(0.1, 1.0) : 0.0,
          .risky = random.uniform(0.2, 3.0),
          .factor = {.drift = random.uniform(-0.5, 0.5),
                     .volatility = random.uniform(0.05, 1.5),
                     .years = random.log_uniform(1e-3, 2.0)}};
}

TEST(OneFactor, AgainstQuadrature) {
  test::random_numbers random(1973);
  for (int n = 0; n < 200; ++n) {
    const one_factor_health h = drawn(random);
    const double alpha = random.log_uniform(1e-4, 0.9), end = trimtab::normal_quantile(alpha);
    const auto health = [&](double z) {
      return h.stable +
             h.risky * std::exp(h.factor.drift * h.factor.years + h.factor.volatility * std::sqrt(h.factor.years) * z);
    };
    const auto integrate = [&](double from, double to) {
      return boost::math::quadrature::gauss_kronrod<double, 61>::integrate(
          [&](double z) { return health(z) * normal_density(z); }, from, to, 8, 1e-13);
    };
    EXPECT_TRUE(test::close(*h.quantile(alpha), health(end), 1e-14)) << n;
    EXPECT_TRUE(test::close(*h.expected_shortfall(alpha), integrate(end - 10.0, end) / alpha, 1e-12)) << n;
    EXPECT_TRUE(test::close(*h.mean(), integrate(-10.0, 14.0), 1e-12)) << n;
  }
}

TEST(OneFactor, QuantileAndProbabilityInvertEachOther) {
  test::random_numbers random(1900);
  for (int n = 0; n < 1000; ++n) {
    const one_factor_health h = drawn(random);
    const double alpha = random.log_uniform(1e-6, 0.99), q = *h.quantile(alpha), z = trimtab::normal_quantile(alpha);
    // What rounding q does to its logarithm, over the deviation, is what it does to z.
    const double bar = 16.0 * test::tolerance<double>::epsilon * (1.0 + std::fabs(z)) *
                       (1.0 + std::fabs(z) + (2.0 + q / (q - h.stable)) / h.factor.deviation());
    EXPECT_TRUE(test::close(*h.probability_below(q), alpha, bar / std::fmin(1.0 - alpha, 1.0))) << n;
    EXPECT_LT(*h.expected_shortfall(alpha), q);
    EXPECT_GE(*h.expected_shortfall(alpha), h.stable);
  }
}

TEST(OneFactor, AgainstDraws) {
  test::random_numbers random(1827);
  const one_factor_health h{.stable = 0.4, .risky = 1.1, .factor = {.drift = -0.1, .volatility = 0.8, .years = 0.25}};
  const int draws = 200000;
  const double q = *h.quantile(0.05);
  double sum = 0.0, squares = 0.0, below = 0.0, tail = 0.0, tail_squares = 0.0;
  for (int k = 0; k < draws; ++k) {
    const double x = 0.4 + 1.1 * std::exp(-0.025 + 0.4 * test::normal(random));
    sum += x, squares += x * x;
    if (x < q) ++below, tail += x, tail_squares += x * x;
  }
  const double mean = sum / draws, tail_mean = tail / below;
  EXPECT_LE(std::fabs(mean - *h.mean()), 3.0 * std::sqrt((squares / draws - mean * mean) / draws));
  EXPECT_LE(std::fabs(below / draws - 0.05), 3.0 * std::sqrt(0.05 * 0.95 / draws));
  EXPECT_LE(std::fabs(tail_mean - *h.expected_shortfall(0.05)),
            3.0 * std::sqrt((tail_squares / below - tail_mean * tail_mean) / below));
}

TEST(OneFactor, EdgesAndNonsense) {
  const double nan = std::nan("");
  const one_factor_health h{.stable = 0.4, .risky = 1.1, .factor = {.drift = -0.1, .volatility = 0.8, .years = 0.25}};
  EXPECT_EQ(*h.probability_below(0.4), 0.0);  // the stable part is never lost
  EXPECT_EQ(*h.probability_below(-1.0), 0.0);
  EXPECT_EQ(*h.probability_below(infinity), 1.0);
  EXPECT_EQ(h.probability_below(nan).error(), errc::not_finite);
  for (const double alpha : {0.0, 1.0, -0.5}) {
    EXPECT_EQ(h.quantile(alpha).error(), errc::bad_configuration);
    EXPECT_EQ(h.expected_shortfall(alpha).error(), errc::bad_configuration);
  }
  EXPECT_EQ(h.quantile(nan).error(), errc::not_finite);
  const auto refused = [](one_factor_health x, errc why) {
    EXPECT_EQ(x.check(), why);
    EXPECT_EQ(x.mean().error(), why);
    EXPECT_EQ(x.quantile(0.1).error(), why);
    EXPECT_EQ(x.expected_shortfall(0.1).error(), why);
    EXPECT_EQ(x.probability_below(1.0).error(), why);
  };
  refused({nan, 1.0, h.factor}, errc::not_finite);
  refused({0.0, infinity, h.factor}, errc::not_finite);
  refused({-0.1, 1.0, h.factor}, errc::negative_amount);
  refused({0.1, -1.0, h.factor}, errc::negative_amount);
  refused({0.1, 1.0, log_move{0.0, -0.1, 1.0}}, errc::bad_configuration);
  refused({0.1, 1.0, log_move{0.0, 0.1, -1.0}}, errc::bad_configuration);
  refused({0.1, 1.0, log_move{nan, 0.1, 1.0}}, errc::not_finite);
  EXPECT_EQ((one_factor_health{0.0, 1.0, log_move{1e6, 0.1, 1.0}}).mean().error(), errc::not_finite);
  const one_factor_health still{0.5, 1.0, log_move{0.0, 0.8, 0.0}};
  EXPECT_EQ(*still.quantile(0.01), 1.5);
  EXPECT_TRUE(test::close(*still.expected_shortfall(0.01), 1.5, 1e-14));
  EXPECT_EQ(*still.probability_below(1.5), 0.0);
  EXPECT_EQ(*still.probability_below(1.6), 1.0);
  EXPECT_EQ(*(one_factor_health{0.5, 0.0, h.factor}).probability_below(0.6), 1.0);
}

}  // namespace
}  // namespace trimtab
#endif
