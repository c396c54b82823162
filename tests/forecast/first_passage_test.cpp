// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/forecast/first_passage.hpp>

#include "support/random.hpp"
#include "support/tolerance.hpp"
#include <cmath>
#include <limits>

namespace trimtab::forecast {
namespace {

constexpr double eps = std::numeric_limits<double>::epsilon();

struct question {
  motion m{};
  double x = 0.0, years = 0.0;
};
/// Volatility over the horizon from 1e-4 to 10, health and drift up to a dozen deviations.
question any(test::random_numbers& random) {
  question q;
  q.years = random.log_uniform(1e-7, 10.0);
  q.m.volatility = random.log_uniform(0.01, 3.0);
  const double spread = q.m.volatility * std::sqrt(q.years);
  q.x = spread * (random.below(2) == 0 ? random.log_uniform(1e-8, 1.0) : random.uniform(0.01, 12.0));
  q.m.drift = spread / q.years * random.uniform(-8.0, 8.0) * (random.below(2) == 0 ? 1.0 : 0.01);
  return q;
}

/// The textbook's two terms, in the 64 bits of x87.
long double plain(const question& q) {
  const long double s = q.m.volatility * std::sqrt(static_cast<long double>(q.years)), x = q.x,
                    moved = static_cast<long double>(q.m.drift) * q.years, root2 = std::sqrt(2.0L);
  const long double exponent = 2.0L * q.m.drift * x / (static_cast<long double>(q.m.volatility) * q.m.volatility);
  return 0.5L * (std::erfc((x + moved) / (s * root2)) + std::exp(-exponent) * std::erfc((x - moved) / (s * root2)));
}

TEST(FirstPassage, IsTheTextbook) {
  test::random_numbers random(2002);
  for (int n = 0; n < 20000; ++n) {
    const question q = any(random);
    const first_passage got = first_passage_of(q.m, q.x, q.years);
    const double a = (q.x + q.m.drift * q.years) / (q.m.volatility * std::sqrt(q.years));
    const double b = (q.x - q.m.drift * q.years) / (q.m.volatility * std::sqrt(q.years));
    const double condition = a * a + b * b + std::fabs(a * a - b * b);
    const long double p = plain(q);
    ASSERT_TRUE(
        test::close(static_cast<long double>(got.hit), p, 4.0L * static_cast<long double>(eps * (1.0 + condition))))
        << q.m.drift << ' ' << q.m.volatility << ' ' << q.x << ' ' << q.years;
    ASSERT_EQ(got.hit, liquidation_probability(q.m, q.x, q.years));
    ASSERT_LE(std::fabs((got.hit - 1.0) + got.survive), 2.0 * eps);
    ASSERT_LE(std::fabs(got.log_hit - std::log(p)), 8.0L * static_cast<long double>(eps * (1.0 + condition)));
    if (got.survive > 1e-6) {  // as far as the plain difference has digits
      ASSERT_TRUE(test::close(static_cast<long double>(got.survive), 1.0L - p, 1e-12L)) << q.m.drift;
      ASSERT_LE(std::fabs(got.log_survive - std::log(got.survive)), 2.0 * eps - 1e-12 * got.log_survive);
    }
  }
}

TEST(FirstPassage, SurvivalKeepsItsDigitsByTheHitting) {
  // Survival is the rest of the density: ∫ from T on, which these motions do not escape. Simpson's rule in ln t.
  for (const auto& [drift, x] :
       {std::pair(-3.0, 0.02), std::pair(-9.0, 0.3), std::pair(-0.5, 1e-5), std::pair(0.0, 1e-9)}) {
    const motion m{.drift = drift, .volatility = 0.8};
    const double years = 0.4;
    double later = 0.0;
    const int steps = 100000;
    const double width = (drift < 0.0 ? 8.0 : 80.0) / steps;
    for (int k = 0; k <= steps; ++k) {
      const double t = years * std::exp(k * width), weight = k == 0 || k == steps ? 1.0 : (k % 2 == 1 ? 4.0 : 2.0);
      later += weight / 3.0 * t * hitting_density(m, x, t) * width;
    }
    const first_passage got = first_passage_of(m, x, years);
    EXPECT_TRUE(test::close(got.survive, later, 1e-8)) << drift << ' ' << got.survive;
    EXPECT_TRUE(test::close(got.log_survive, std::log(later), 1e-8)) << drift;
  }
}

TEST(FirstPassage, RisesWithTimeAndFallsWithHealth) {
  test::random_numbers random(7);
  for (int n = 0; n < 20000; ++n) {
    const question q = any(random);
    const double more = 1.0 + random.log_uniform(1e-6, 10.0);
    const first_passage here = first_passage_of(q.m, q.x, q.years);
    // Steps may be smaller than rounding, which the condition of the logarithm multiplies.
    const double a = (q.x + q.m.drift * q.years) / (q.m.volatility * std::sqrt(q.years));
    const double slack = 4.0 * eps * (1.0 + a * a), most = here.hit * (1.0 + slack);
    EXPECT_LE(liquidation_probability(q.m, q.x * more, q.years), most);
    EXPECT_LE(here.hit, liquidation_probability(q.m, q.x, q.years * more) * (1.0 + 100.0 * slack * more));
    EXPECT_LE(liquidation_probability({q.m.drift + std::fabs(q.m.drift) * more, q.m.volatility}, q.x, q.years), most);
    // With volatility where the drift alone does not reach the barrier; else the drift is the danger, and volatility a
    // way out.
    if (q.x + q.m.drift * q.years >= 0.0) {
      EXPECT_LE(here.hit, liquidation_probability({q.m.drift, q.m.volatility * more}, q.x, q.years) *
                              (1.0 + 100.0 * slack * more));
    }
  }
  const motion calm{.drift = -1.0, .volatility = 0.01}, wild{.drift = -1.0, .volatility = 1.0};
  EXPECT_GT(liquidation_probability(calm, 0.5, 1.0), liquidation_probability(wild, 0.5, 1.0));
}

TEST(FirstPassage, IsContinuousWhereItsFormChanges) {
  for (const double spread : {1e-6, 0.1, 3.0}) {
    for (const double years : {1e-6, 1.0}) {
      const double volatility = spread / std::sqrt(years);
      for (const double deviations : {1e-9, 0.01, 0.349, 0.36, 3.0, 20.0}) {
        const double x = deviations * spread;
        for (const double sign : {-1.0, 1.0}) {  // νT = ∓x: a = 0, and b = 0
          const double drift = sign * x / years;
          const first_passage below = first_passage_of({drift * (1.0 - 1e-14), volatility}, x, years);
          const first_passage above = first_passage_of({drift * (1.0 + 1e-14), volatility}, x, years);
          EXPECT_TRUE(test::close(below.hit, above.hit, 1e-11));
          EXPECT_TRUE(test::close(below.survive, above.survive, 1e-11));
          EXPECT_TRUE(test::close(below.log_hit, above.log_hit, 1e-11));
          EXPECT_TRUE(test::close(below.log_survive, above.log_survive, 1e-11));
        }
      }
    }
  }
}

TEST(FirstPassage, LogarithmsOutlastTheProbabilities) {
  const first_passage safe = first_passage_of({.drift = 0.0, .volatility = 0.01}, 2.0, 0.01);  // 2000 deviations
  EXPECT_EQ(safe.hit, 0.0);
  EXPECT_TRUE(test::close(safe.log_hit, -2e6 - std::log(2000.0 * std::sqrt(std::acos(-1.0) / 2.0)), 1e-12));
  const first_passage lost = first_passage_of({.drift = -100.0, .volatility = 0.1}, 0.5, 1.0);  // textbook: inf·0
  EXPECT_EQ(lost.hit, 1.0);
  EXPECT_EQ(lost.survive, 0.0);
  EXPECT_TRUE(lost.log_survive < -490000.0 && lost.log_survive > -500000.0) << lost.log_survive;
}

TEST(FirstPassage, IsANumberForEveryNumber) {
  const double numbers[] = {5e-324, 1e-310, 1e-300, 1e-160, 1e-20, 0.3, 1.0, 1e20, 1e160, 1e300, 1.7e308};
  const auto probability = [](double p) { return p >= 0.0 && p <= 1.0; };
  for (const double x : numbers) {
    for (const double volatility : numbers) {
      for (const double years : numbers) {
        for (const double size : numbers) {
          for (const double drift : {-size, 0.0, size, -x / years, x / years}) {
            if (!is_finite(drift)) continue;
            const motion m{drift, volatility};
            const first_passage got = first_passage_of(m, x, years);
            ASSERT_TRUE(probability(got.hit) && probability(got.survive))
                << drift << ' ' << volatility << ' ' << x << ' ' << years;
            ASSERT_LE(std::fabs(got.hit + got.survive - 1.0), 2.0 * eps)
                << drift << ' ' << volatility << ' ' << x << ' ' << years;
            ASSERT_TRUE(got.log_hit <= 0.0 && got.log_survive <= 0.0)
                << drift << ' ' << volatility << ' ' << x << ' ' << years;
            ASSERT_EQ(got.hit, liquidation_probability(m, x, years));
            ASSERT_GE(hitting_density(m, x, years), 0.0);
            ASSERT_TRUE(probability(liquidation_probability_ever(m, x)));
            const double alive = expected_time_alive(m, x, years);
            ASSERT_TRUE(alive >= 0.0 && alive <= years * (1.0 + 1e-12))
                << drift << ' ' << volatility << ' ' << x << ' ' << years << ' ' << alive;
          }
        }
      }
    }
  }
  // Units do not matter, even ones that take the products out of the range of doubles.
  const motion m{-0.5, 0.8};
  const first_passage plain_units = first_passage_of(m, 0.3, 0.7);
  const double big = 0x1p510;
  const first_passage odd_units =
      first_passage_of({m.drift * big, m.volatility * big * 0x1p255}, 0.3 * big * 0x1p510, 0.7 * 0x1p510);
  EXPECT_TRUE(test::close(odd_units.hit, plain_units.hit, 8.0 * eps));
  EXPECT_TRUE(test::close(odd_units.log_survive, plain_units.log_survive, 16.0 * eps));
}

TEST(FirstPassage, TimesAreIntegralsOfSurvivalAndDensity) {
  test::random_numbers random(17);
  for (int n = 0; n < 300; ++n) {
    const question q = any(random);
    double sum = 0.0;  // midpoints in ln t, up to ln T
    const double width = 0.01;
    for (int k = 0; k < 6000; ++k) {
      const double t = q.years * std::exp(-(k + 0.5) * width);
      sum += t * first_passage_of(q.m, q.x, t).survive * width;
    }
    const double alive = expected_time_alive(q.m, q.x, q.years);
    EXPECT_TRUE(test::close(alive, sum, 1e-4)) << q.m.drift << ' ' << q.m.volatility << ' ' << q.x << ' ' << q.years;
    EXPECT_LE(alive, std::fmin(q.years, mean_time_to_liquidation(q.m, q.x)) * (1.0 + 8.0 * eps));
  }
  const motion m{.drift = -0.6, .volatility = 0.8};
  double mean = 0.0, square = 0.0, total = 0.0;
  for (int k = 0; k < 40000; ++k) {
    const double t = std::exp(-12.0 + (k + 0.5) * 18.0 / 40000), mass = t * hitting_density(m, 0.4, t) * 18.0 / 40000;
    total += mass, mean += mass * t, square += mass * t * t;
  }
  EXPECT_TRUE(test::close(total, 1.0, 1e-9));
  EXPECT_TRUE(test::close(mean_time_to_liquidation(m, 0.4), mean, 1e-9));
  EXPECT_TRUE(test::close(variance_of_time_to_liquidation(m, 0.4), square - mean * mean, 1e-8));
  EXPECT_TRUE(test::close(expected_time_alive(m, 0.4, 1e4), mean, 1e-9));
}

TEST(FirstPassage, TimeAliveIsSmoothThroughNoDrift) {
  for (const double x : {1e-6, 0.01, 0.3, 2.0}) {
    const double none = expected_time_alive({0.0, 0.8}, x, 0.5);
    // dE/dν at 0, from steps that are far above rounding.
    const double slope = (expected_time_alive({1e-3, 0.8}, x, 0.5) - expected_time_alive({-1e-3, 0.8}, x, 0.5)) / 2e-3;
    for (const double drift : {-1e-5, -1e-9, -1e-100, 1e-100, 1e-9, 1e-5})
      EXPECT_LE(std::fabs(expected_time_alive({drift, 0.8}, x, 0.5) - none - slope * drift),
                16.0 * eps * none + 1e-9 * std::fabs(drift) + drift * drift);
    EXPECT_GT(slope, 0.0);
  }
}

TEST(FirstPassage, Edges) {
  const double nan = std::nan("");
  const motion m{.drift = -0.2, .volatility = 0.5}, rising{.drift = 0.2, .volatility = 0.5};
  for (const double x : {0.0, -0.1, -infinity}) {
    EXPECT_EQ(liquidation_probability(m, x, 0.0), 1.0);
    EXPECT_EQ(liquidation_probability_ever(rising, x), 1.0);
    const first_passage got = first_passage_of(m, x, 1.0);
    EXPECT_TRUE(got.hit == 1.0 && got.survive == 0.0 && got.log_hit == 0.0 && got.log_survive == -infinity);
    EXPECT_EQ(hitting_density(m, x, 1.0), 0.0);
    EXPECT_EQ(mean_time_to_liquidation(rising, x), 0.0);
    EXPECT_EQ(expected_time_alive(m, x, 1.0), 0.0);
  }
  for (const double x : {1e-300, 0.1, infinity}) {
    const first_passage now = first_passage_of(m, x, 0.0);
    EXPECT_TRUE(now.hit == 0.0 && now.survive == 1.0 && now.log_hit == -infinity && now.log_survive == 0.0);
    EXPECT_EQ(expected_time_alive(m, x, 0.0), 0.0);
  }
  EXPECT_EQ(liquidation_probability(m, infinity, 1.0), 0.0);
  EXPECT_EQ(liquidation_probability(m, 0.1, infinity), 1.0);
  EXPECT_EQ(liquidation_probability(rising, 0.1, infinity), liquidation_probability_ever(rising, 0.1));
  EXPECT_TRUE(test::close(liquidation_probability(rising, 0.1, 1e6), std::exp(-0.16), 4.0 * eps));
  EXPECT_TRUE(
      test::close(first_passage_of(rising, 0.1, infinity).log_survive, std::log(1.0 - std::exp(-0.16)), 8.0 * eps));
  EXPECT_EQ(mean_time_to_liquidation(rising, 0.1), infinity);
  EXPECT_EQ(mean_time_to_liquidation({0.0, 0.5}, 0.1), infinity);
  EXPECT_EQ(variance_of_time_to_liquidation(rising, 0.1), infinity);
  EXPECT_TRUE(test::close(mean_time_to_liquidation(m, 0.1), 0.5, 2.0 * eps));

  const motion bad[] = {{nan, 0.5}, {infinity, 0.5}, {0.1, nan}, {0.1, 0.0}, {0.1, -0.5}, {0.1, infinity}};
  for (const motion& b : bad) {
    for (const double x : {0.1, -0.1}) {
      EXPECT_TRUE(std::isnan(liquidation_probability(b, x, 1.0)));
      EXPECT_TRUE(std::isnan(liquidation_probability_ever(b, x)));
      const first_passage got = first_passage_of(b, x, 1.0);
      EXPECT_TRUE(std::isnan(got.hit) && std::isnan(got.survive) && std::isnan(got.log_hit) &&
                  std::isnan(got.log_survive));
      EXPECT_TRUE(std::isnan(hitting_density(b, x, 1.0)));
      EXPECT_TRUE(std::isnan(mean_time_to_liquidation(b, x)));
      EXPECT_TRUE(std::isnan(variance_of_time_to_liquidation(b, x)));
      EXPECT_TRUE(std::isnan(expected_time_alive(b, x, 1.0)));
    }
  }
  EXPECT_TRUE(std::isnan(liquidation_probability(m, nan, 1.0)));
  EXPECT_TRUE(std::isnan(liquidation_probability(m, 0.1, nan)));
  EXPECT_TRUE(std::isnan(liquidation_probability(m, 0.1, -1.0)));
  EXPECT_TRUE(std::isnan(first_passage_of(m, nan, 1.0).survive));
}

}  // namespace
}  // namespace trimtab::forecast
