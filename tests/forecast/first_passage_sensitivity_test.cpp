// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/forecast/first_passage_sensitivity.hpp>

#include "support/random.hpp"
#include <cmath>
#include <limits>

namespace trimtab::forecast {
namespace {

/// Central differences of ln p from two steps, extrapolated, with an error estimate.
template <class F>
std::pair<double, double> difference(F&& f, double at, double step) {
  const auto slope = [&](double h) { return (f(at + h) - f(at - h)) / (2.0 * h); };
  const double wide = slope(step), narrow = slope(0.5 * step), rough = slope(0.25 * step);
  const double best = narrow + (narrow - wide) / 3.0, better = rough + (rough - narrow) / 3.0;
  return {better, std::fabs(better - best) + 4e-14 * std::fabs(f(at)) / step + 1e-13 * std::fabs(better)};
}

TEST(FirstPassageSensitivity, DifferencesAgreeOnLogarithms) {
  test::random_numbers random(3);
  double worst = 0.0;
  for (int k = 0; k < 20'000; ++k) {
    const motion m{.drift = random.uniform(-3.0, 3.0), .volatility = random.log_uniform(0.1, 2.0)};
    const double years = random.log_uniform(0.01, 1.0);
    const double x = m.volatility * std::sqrt(years) * random.log_uniform(0.05, 12.0);
    const first_passage_slopes s = first_passage_greeks_of(m, x, years).of_log_hit;
    const auto log_hit = [&](double dx, double dsigma, double dnu, double dt) {
      return first_passage_of({.drift = m.drift + dnu, .volatility = m.volatility + dsigma}, x + dx, years + dt)
          .log_hit;
    };
    const auto check = [&](double got, auto f, double step, const char* what) {
      const auto [expected, error] = difference(f, 0.0, step);
      ASSERT_NEAR(got, expected, 8.0 * error)
          << what << ' ' << m.drift << ' ' << m.volatility << ' ' << x << ' ' << years;
      worst = std::fmax(worst, std::fabs(got - expected) / error);
    };
    check(
        s.log_health, [&](double h) { return log_hit(h, 0, 0, 0); }, 0.01 * x, "x");
    check(
        s.volatility, [&](double h) { return log_hit(0, h, 0, 0); }, 0.004 * m.volatility, "sigma");
    check(
        s.drift, [&](double h) { return log_hit(0, 0, h, 0); }, 0.01 * m.volatility / std::sqrt(years), "nu");
    check(
        s.years, [&](double h) { return log_hit(0, 0, 0, h); }, 0.005 * years, "T");
  }
  EXPECT_GT(worst, 0.01);
}

TEST(FirstPassageSensitivity, TheProbabilitysOwnAreItsLogarithmsTimesIt) {
  test::random_numbers random(4);
  for (int k = 0; k < 20'000; ++k) {
    const motion m{.drift = random.uniform(-30.0, 30.0), .volatility = random.log_uniform(0.05, 2.0)};
    const double years = random.log_uniform(0.01, 1.0), x = random.log_uniform(1e-3, 1.0);
    const auto greeks = first_passage_greeks_of(m, x, years);
    const double p = liquidation_probability(m, x, years);
    if (p < 1e-290) continue;
    const auto same = [&](double a, double b) { return std::fabs(a - p * b) <= 1e-11 * std::fabs(a) + 1e-300; };
    ASSERT_TRUE(same(greeks.of_hit.log_health, greeks.of_log_hit.log_health)) << m.drift << ' ' << x;
    ASSERT_TRUE(same(greeks.of_hit.volatility, greeks.of_log_hit.volatility));
    ASSERT_TRUE(same(greeks.of_hit.drift, greeks.of_log_hit.drift));
    ASSERT_TRUE(same(greeks.of_hit.years, greeks.of_log_hit.years));
    const double density = hitting_density(m, x, years);
    ASSERT_NEAR(greeks.of_hit.years, density, 1e-11 * density + 1e-300);
    ASSERT_LE(greeks.of_hit.log_health, 0.0);
    ASSERT_LE(greeks.of_hit.drift, 0.0);
  }
}

TEST(FirstPassageSensitivity, FiniteWhereTheProbabilityIsNot) {
  const auto greeks = first_passage_greeks_of({.drift = 0.1, .volatility = 0.5}, 30.0, 0.1);
  EXPECT_EQ(greeks.of_hit.log_health, 0.0);
  EXPECT_TRUE(is_finite(greeks.of_log_hit.log_health) && greeks.of_log_hit.log_health < -1000.0);
}

TEST(FirstPassageSensitivity, NonsenseIsNotANumber) {
  constexpr motion m{.drift = 0.1, .volatility = 0.5};
  for (const auto& g : {first_passage_greeks_of({}, 0.1, 1.0), first_passage_greeks_of(m, 0.0, 1.0),
                        first_passage_greeks_of(m, 0.1, 0.0), first_passage_greeks_of(m, 0.1, infinity)}) {
    EXPECT_TRUE(std::isnan(g.of_hit.log_health));
    EXPECT_TRUE(std::isnan(g.of_log_hit.years));
  }
}

}  // namespace
}  // namespace trimtab::forecast
