// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/forecast/first_passage.hpp>
#include <trimtab/simulate/counter_random.hpp>

#include "support/random.hpp"
#include <cmath>
#include <limits>

#ifdef TRIMTAB_TESTS_WITH_THIRD_PARTIES
#include <boost/math/quadrature/exp_sinh.hpp>
#include <boost/math/quadrature/tanh_sinh.hpp>
#endif

namespace trimtab::forecast {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN(), unit = 0x1p-52;
constexpr motion falling{.drift = -0.32, .volatility = 0.8}, rising{.drift = 0.5, .volatility = 0.6};

TEST(FirstPassage, Edges) {
  for (const motion& m : {falling, rising}) {
    EXPECT_EQ(liquidation_probability(m, 0.0, 1.0), 1.0);
    EXPECT_EQ(liquidation_probability(m, -0.1, 0.0), 1.0) << "liquidatable already";
    EXPECT_EQ(liquidation_probability(m, 0.1, 0.0), 0.0);
    EXPECT_EQ(liquidation_probability(m, infinity, 1.0), 0.0);
    EXPECT_EQ(liquidation_probability(m, 0.1, infinity), liquidation_probability_ever(m, 0.1));
    EXPECT_EQ(expected_time_alive(m, 0.1, 0.0), 0.0);
  }
  EXPECT_EQ(liquidation_probability_ever(falling, 3.0), 1.0);
  EXPECT_EQ(mean_time_to_liquidation(rising, 0.1), infinity);
  EXPECT_EQ(mean_time_to_liquidation(falling, 0.32), 1.0);
  EXPECT_NEAR(variance_of_time_to_liquidation(falling, 0.32), 0.64 / (0.32 * 0.32), 1e-12);
}

TEST(FirstPassage, NonsenseIsNotANumber) {
  for (const auto& [m, x, t] :
       {std::tuple{motion{.drift = nan, .volatility = 1.0}, 0.1, 1.0},
        std::tuple{motion{.drift = 0.0, .volatility = 0.0}, 0.1, 1.0},
        std::tuple{motion{.drift = 0.0, .volatility = -1.0}, 0.1, 1.0}, std::tuple{falling, nan, 1.0},
        std::tuple{falling, 0.1, nan}, std::tuple{falling, 0.1, -1.0}}) {
    EXPECT_TRUE(std::isnan(liquidation_probability(m, x, t)));
    EXPECT_TRUE(std::isnan(first_passage_of(m, x, t).hit) && std::isnan(first_passage_of(m, x, t).log_survive));
    EXPECT_TRUE(std::isnan(hitting_density(m, x, t)));
    EXPECT_TRUE(std::isnan(expected_time_alive(m, x, t)));
  }
}

// For any finite input a number, probabilities that add up, and no step the wrong way.
TEST(FirstPassage, IsTotalAndMonotone) {
  test::random_numbers random(20261125);
  for (int k = 0; k < 200'000; ++k) {
    const double sigma = random.log_uniform(1e-12, 1e6), years = random.log_uniform(1e-12, 1e6);
    const double scale = sigma * std::sqrt(years);
    const double x = scale * random.log_uniform(1e-12, 1e3);
    const double nu = random.uniform(-1.0, 1.0) * random.log_uniform(1e-6, 1e3) * sigma / std::sqrt(years);
    const motion m{.drift = nu, .volatility = sigma};
    const first_passage p = first_passage_of(m, x, years);
    ASSERT_TRUE(p.hit >= 0.0 && p.hit <= 1.0 && p.survive >= 0.0 && p.survive <= 1.0) << k;
    ASSERT_LE(std::fabs(p.hit + p.survive - 1.0), 2.0 * unit);
    ASSERT_TRUE(p.log_hit <= 0.0 && p.log_survive <= 0.0);
    ASSERT_TRUE(is_finite(p.log_hit)) << nu << ' ' << sigma << ' ' << x << ' ' << years;
    ASSERT_EQ(p.hit, liquidation_probability(m, x, years));
    // Steps large enough to be seen through rounding.
    const double slack = 1e-12;
    ASSERT_LE(first_passage_of(m, 1.1 * x, years).log_hit, p.log_hit + slack * (1.0 + std::fabs(p.log_hit)));
    ASSERT_GE(first_passage_of(m, x, 1.1 * years).log_hit, p.log_hit - slack * (1.0 + std::fabs(p.log_hit)));
    // At a fixed growth of the price, the drift falls with the variance.
    if (nu <= 0.0) {
      const motion wilder{.drift = nu, .volatility = 1.1 * sigma};
      const motion drier{.drift = -0.5 * sigma * sigma, .volatility = sigma};
      const motion drier_wilder{.drift = -0.5 * 1.21 * sigma * sigma, .volatility = 1.1 * sigma};
      if (x + nu * years >= 0.0) {
        ASSERT_GE(first_passage_of(wilder, x, years).log_hit, p.log_hit - slack * (1.0 + std::fabs(p.log_hit)));
      }
      const double calm = first_passage_of(drier, x, years).log_hit;
      ASSERT_GE(first_passage_of(drier_wilder, x, years).log_hit, calm - slack * (1.0 + std::fabs(calm)));
    }
  }
}

TEST(FirstPassage, ExtremeMagnitudesStillMakeNumbers) {
  for (const double x : {5e-324, 1e-310, 1e-160, 1.0, 1e160, 1.7e308})
    for (const double nu : {-1.7e308, -1.0, -1e-310, 0.0, 1e-310, 1.0, 1.7e308})
      for (const double sigma : {5e-324, 1e-160, 1.0, 1e160, 1.7e308})
        for (const double years : {5e-324, 1e-160, 1.0, 1e160, 1.7e308}) {
          const first_passage p = first_passage_of({.drift = nu, .volatility = sigma}, x, years);
          EXPECT_FALSE(std::isnan(p.hit) || std::isnan(p.survive) || std::isnan(p.log_hit) || std::isnan(p.log_survive))
              << x << ' ' << nu << ' ' << sigma << ' ' << years;
          EXPECT_FALSE(std::isnan(expected_time_alive({.drift = nu, .volatility = sigma}, x, years)))
              << x << ' ' << nu << ' ' << sigma << ' ' << years;
        }
}

// A path on a grid, and between its points the bridge's own probability to touch 0: no grid error.
TEST(FirstPassage, SimulatedBridgesAgree) {
  const simulate::counter_random random{.seed = 7};
  constexpr int paths = 40'000, steps = 16;
  for (const motion& m : {falling, rising}) {
    constexpr double x = 0.35, years = 0.5, dt = years / steps;
    double sum = 0.0, squares = 0.0, alive = 0.0;
    std::uint64_t n = 0;
    for (int path = 0; path < paths; ++path) {
      double at = x, survive = 1.0;
      for (int k = 0; k < steps && survive > 0.0; ++k) {
        const double next = at + m.drift * dt + m.volatility * std::sqrt(dt) * random.normal(n++);
        survive *= next > 0.0 ? -std::expm1(-2.0 * at * next / (m.volatility * m.volatility * dt)) : 0.0;
        at = next;
      }
      sum += 1.0 - survive;
      squares += (1.0 - survive) * (1.0 - survive);
      alive += survive;
    }
    const double mean = sum / paths, error = std::sqrt((squares / paths - mean * mean) / paths);
    EXPECT_NEAR(liquidation_probability(m, x, years), mean, 3.0 * error);
    EXPECT_NEAR(first_passage_of(m, x, years).survive, alive / paths, 3.0 * error);
  }
}

#ifdef TRIMTAB_TESTS_WITH_THIRD_PARTIES
// The probability is the integral of the density, the time alive that of survival.
TEST(FirstPassage, IntegralsAgree) {
  boost::math::quadrature::tanh_sinh<double> integrate;
  for (const motion& m :
       {falling, rising, motion{.drift = 0.0, .volatility = 0.3}, motion{.drift = -4.0, .volatility = 0.5}})
    for (const double x : {0.01, 0.2, 1.0})
      for (const double years : {0.01, 0.3, 2.0}) {
        const double p = integrate.integrate([&](double t) { return hitting_density(m, x, t); }, 0.0, years);
        EXPECT_NEAR(liquidation_probability(m, x, years), p, 1e-10 * p + 1e-300);
        const double alive =
            integrate.integrate([&](double t) { return first_passage_of(m, x, t).survive; }, 0.0, years);
        EXPECT_NEAR(expected_time_alive(m, x, years), alive, 1e-10 * alive) << m.drift << ' ' << x << ' ' << years;
      }
}
#endif

}  // namespace
}  // namespace trimtab::forecast
