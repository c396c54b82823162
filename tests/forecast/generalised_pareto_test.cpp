// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/forecast/generalised_pareto.hpp>
#include <trimtab/simulate/counter_random.hpp>

#include "support/random.hpp"
#include "support/tolerance.hpp"
#include <array>
#include <cmath>

namespace trimtab {
namespace {

using namespace forecast;

TEST(GeneralisedPareto, QuantileAndProbabilityAreInverse) {
  test::random_numbers random(1975);
  for (int n = 0; n < 2000; ++n) {
    const double tiny = random.log_uniform(1e-18, 1.0), sign = n % 2 == 0 ? 1.0 : -0.5;
    const pareto_tail tail{.threshold = random.uniform(0.0, 0.2),
                           .shape = n % 10 == 0 ? 0.0 : sign * tiny,
                           .scale = random.log_uniform(1e-3, 1.0),
                           .exceed_share = random.uniform(0.01, 0.2)};
    const double beyond = tail.exceed_share * random.log_uniform(1e-6, 1.0);
    const result<double> excess = pareto_excess(tail, 1.0 - beyond);
    ASSERT_TRUE(excess.has_value()) << name(excess.error());
    const double rounded = 1.0 - (1.0 - beyond);
    EXPECT_TRUE(test::close(excess_probability(tail, *excess), rounded, 1e-12)) << tail.shape << ' ' << beyond;
    EXPECT_EQ(*pareto_value_at_risk(tail, 1.0 - beyond), tail.threshold + *excess);
  }
}

TEST(GeneralisedPareto, DensityIsTheSlopeAndShortfallTheMeanBeyond) {
  for (const double shape : {-0.4, -1e-9, 0.0, 1e-12, 0.25, 0.45}) {
    const pareto_tail tail{.threshold = 0.1, .shape = shape, .scale = 0.05, .exceed_share = 0.05};
    for (const double y : {0.001, 0.02, 0.07}) {
      const double h = 1e-5 * y;
      const double slope =
          (std::exp(log_excess_survival(tail, y - h)) - std::exp(log_excess_survival(tail, y + h))) / (2 * h);
      EXPECT_TRUE(test::close(slope, std::exp(log_excess_density(tail, y)), 1e-7)) << shape;
    }
    // E[loss | loss > VaR] = VaR + ∫ P(loss > VaR + s)/P(loss > VaR) ds, in s = e^w
    const double at = *pareto_excess(tail, 0.99), sure = excess_probability(tail, at);
    double mean = 0.0;
    const double step = 1e-3;
    for (double w = -30.0; w < 60.0; w += step) {
      const double s = std::exp(w);
      mean += excess_probability(tail, at + s) / sure * s * step;
    }
    EXPECT_TRUE(test::close(tail.threshold + at + mean, *pareto_expected_shortfall(tail, 0.99), 1e-5)) << shape;
  }
}

TEST(GeneralisedPareto, BoundedTailsKeepTheirEnd) {
  const pareto_tail tail{.shape = -0.25, .scale = 0.5, .exceed_share = 0.1};  // ends at 2
  EXPECT_EQ(excess_probability(tail, 2.0), 0.0);
  EXPECT_EQ(excess_probability(tail, 3.0), 0.0);
  EXPECT_EQ(log_excess_survival(tail, 3.0), -infinity);
  EXPECT_EQ(log_excess_density(tail, 3.0), -infinity);
  for (const double off : {1e-3, 1e-9, 0x1p-50}) {
    const double y = 2.0 - off;
    EXPECT_TRUE(test::close(log_excess_survival(tail, y), 4.0 * std::log((2.0 - y) / 2.0), 1e-14)) << off;
  }
  EXPECT_TRUE(test::close(*pareto_expected_shortfall(tail, 0.9), 0.4, 1e-14));  // β/(1 − ξ)
}

TEST(GeneralisedPareto, LiquidationAtTheEndOfTheHorizonAgreesWithSimulatedLosses) {
  // Losses drawn with a Pareto tail beyond the threshold; a share 1 − ζ below it.
  const pareto_tail tail{.threshold = 0.08, .shape = 0.25, .scale = 0.03, .exceed_share = 0.1};
  const simulate::counter_random random{.seed = 2000};
  const std::size_t count = 400000;
  const std::array<double, 3> healths{0.09, 0.15, 0.3};
  std::array<double, 3> below{}, scaled_below{};
  const double mean = -0.01, deviation = 1.7;
  for (std::size_t n = 0; n < count; ++n) {
    const double v = random.uniform(n);
    const double loss =
        v < tail.exceed_share
            ? tail.threshold + tail.scale / tail.shape * (std::pow(v / tail.exceed_share, -tail.shape) - 1.0)
            : 0.0;
    for (std::size_t k = 0; k < healths.size(); ++k) {
      below[k] += loss > healths[k] ? 1.0 : 0.0;
      scaled_below[k] += mean + deviation * loss > 2.0 * healths[k] ? 1.0 : 0.0;
    }
  }
  const double n = static_cast<double>(count);
  for (std::size_t k = 0; k < healths.size(); ++k) {
    const double p = *tail_liquidation_probability(tail, healths[k]);
    const double q = *tail_liquidation_probability(tail, 2.0 * healths[k], mean, deviation);
    EXPECT_NEAR(below[k] / n, p, 3.0 * std::sqrt(p / n)) << k;
    EXPECT_NEAR(scaled_below[k] / n, q, 3.0 * std::sqrt(q / n)) << k;
    EXPECT_EQ(*tail_liquidation_probability(tail, healths[k], 0.0, 1.0), p);
  }
}

TEST(GeneralisedPareto, RefusesByName) {
  const double nan = std::nan("");
  const pareto_tail good{.threshold = 0.1, .shape = 0.2, .scale = 0.05, .exceed_share = 0.05};
  EXPECT_EQ(good.validate(), errc::ok);
  for (const auto& [bad, why] : {std::pair{pareto_tail{.threshold = nan}, errc::not_finite},
                                 std::pair{pareto_tail{.shape = nan}, errc::not_finite},
                                 std::pair{pareto_tail{.scale = infinity}, errc::not_finite},
                                 std::pair{pareto_tail{.scale = 0.0}, errc::bad_configuration},
                                 std::pair{pareto_tail{.exceed_share = 0.0}, errc::bad_configuration},
                                 std::pair{pareto_tail{.exceed_share = 1.1}, errc::bad_configuration}}) {
    EXPECT_EQ(bad.validate(), why);
    EXPECT_EQ(pareto_value_at_risk(bad, 0.99).error(), why);
    EXPECT_EQ(pareto_expected_shortfall(bad, 0.99).error(), why);
    EXPECT_EQ(tail_liquidation_probability(bad, 1.0).error(), why);
    EXPECT_EQ(tail_liquidation_probability(bad, 1.0, 0.0, 1.0).error(), why);
  }
  EXPECT_EQ(pareto_excess(good, 0.94).error(), errc::outside_validity);
  EXPECT_EQ(pareto_excess(good, nan).error(), errc::not_finite);
  for (const double alpha : {0.0, 1.0, -1.0, 2.0})
    EXPECT_EQ(pareto_excess(good, alpha).error(), errc::bad_configuration);
  EXPECT_EQ(pareto_expected_shortfall({.shape = 1.0}, 0.99).error(), errc::infeasible);
  EXPECT_TRUE(pareto_value_at_risk({.shape = 1.0}, 0.99).has_value());

  EXPECT_EQ(*tail_liquidation_probability(good, 0.0), 1.0);
  EXPECT_EQ(*tail_liquidation_probability(good, -1.0), 1.0);
  EXPECT_EQ(*tail_liquidation_probability(good, -1.0, 0.0, 1.0), 1.0);
  EXPECT_EQ(tail_liquidation_probability(good, 0.05).error(), errc::outside_validity);
  EXPECT_EQ(tail_liquidation_probability(good, 0.05, 0.0, 1.0).error(), errc::outside_validity);
  EXPECT_EQ(tail_liquidation_probability(good, nan).error(), errc::not_finite);
  EXPECT_EQ(tail_liquidation_probability(good, 1.0, nan, 1.0).error(), errc::not_finite);
  EXPECT_EQ(tail_liquidation_probability(good, 1.0, 0.0, 0.0).error(), errc::bad_configuration);
  for (const double y : {-1e-300, nan}) {
    EXPECT_TRUE(std::isnan(excess_probability(good, y)));
    EXPECT_TRUE(std::isnan(log_excess_density(good, y)));
  }
}

}  // namespace
}  // namespace trimtab
