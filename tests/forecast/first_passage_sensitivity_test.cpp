// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/forecast/first_passage_sensitivity.hpp>

#ifdef TRIMTAB_TESTS_WITH_THIRD_PARTIES
#include <boost/multiprecision/cpp_bin_float.hpp>
#endif

#include "support/random.hpp"
#include "support/tolerance.hpp"
#include <cmath>
#include <limits>

namespace trimtab::forecast {
namespace {

constexpr double eps = std::numeric_limits<double>::epsilon();

/// The slope of f at x, from four points: error of the fifth order.
template <class F>
double slope_of(F f, double x, double step) {
  return (8.0 * (f(x + step) - f(x - step)) - (f(x + 2.0 * step) - f(x - 2.0 * step))) / (12.0 * step);
}

TEST(FirstPassageSensitivity, SlopesOfTheLogarithmAreDifferences) {
  test::random_numbers random(1997);
  for (int n = 0; n < 4000; ++n) {
    const double years = random.log_uniform(1e-5, 4.0), volatility = random.log_uniform(0.05, 3.0);
    const double spread = volatility * std::sqrt(years);
    const double x = spread * random.uniform(0.1, 60.0), drift = spread / years * random.uniform(-30.0, 30.0);
    const motion m{drift, volatility};
    const first_passage_slopes got = first_passage_slopes_of(m, x, years);
    const double log_hit = first_passage_of(m, x, years).log_hit, a = (x + drift * years) / spread;
    if (a < -6.0) continue;  // p is 1 but for what differences cannot see

    const double step =
        1e-3 * spread / (1.0 + std::fabs(a));  // in x, where ln p is a parabola with curvature 1/spread²
    const auto check = [&](double slope, double difference, double unit_step) {
      const double noise = 1e-8 * std::fabs(slope) + 64.0 * eps * (1.0 + a * a + std::fabs(log_hit)) / unit_step;
      EXPECT_LE(std::fabs(slope - difference), noise)
          << drift << ' ' << volatility << ' ' << x << ' ' << years << ": " << slope << ' ' << difference;
    };
    const auto log_p = [&](double d, double v, double h, double t) { return first_passage_of({d, v}, h, t).log_hit; };
    check(got.of_log_hit.by_log_health, slope_of([&](double h) { return log_p(drift, volatility, h, years); }, x, step),
          step);
    const double reach = x / spread + std::fabs(drift) * years / spread, relative = 1e-3 / (1.0 + reach * reach);
    check(got.of_log_hit.by_volatility,
          slope_of([&](double v) { return log_p(drift, v, x, years); }, volatility, relative * volatility),
          relative * volatility);
    check(got.of_log_hit.by_years,
          slope_of([&](double t) { return log_p(drift, volatility, x, t); }, years, relative * years),
          relative * years);
    check(got.of_log_hit.by_drift,
          slope_of([&](double d) { return log_p(d, volatility, x, years); }, drift, step / years), step / years);
  }
}

TEST(FirstPassageSensitivity, OfTheProbabilityAreTheLogarithmsTimesIt) {
  test::random_numbers random(3);
  for (int n = 0; n < 4000; ++n) {
    const double years = random.log_uniform(1e-5, 4.0), volatility = random.log_uniform(0.05, 3.0);
    const double spread = volatility * std::sqrt(years);
    const double x = spread * random.log_uniform(1e-6, 10.0), drift = spread / years * random.uniform(-8.0, 8.0);
    const first_passage_slopes got = first_passage_slopes_of({drift, volatility}, x, years);
    const double hit = liquidation_probability({drift, volatility}, x, years);
    const passage_slopes &p = got.of_hit, &log_p = got.of_log_hit;
    const double a = (x + drift * years) / spread, few = 8.0 * eps * (1.0 + a * a);
    EXPECT_TRUE(test::close(p.by_log_health, log_p.by_log_health * hit, few));
    EXPECT_TRUE(test::close(p.by_volatility, log_p.by_volatility * hit, few));
    EXPECT_TRUE(test::close(p.by_drift, log_p.by_drift * hit, few));
    EXPECT_TRUE(test::close(p.by_years, log_p.by_years * hit, few));
    EXPECT_TRUE(test::close(p.by_years, hitting_density({drift, volatility}, x, years), few));
    EXPECT_LE(p.by_log_health, 0.0);
    EXPECT_LE(p.by_drift, 0.0);
    // Units of ln HF and of time do not matter: two identities of Euler's.
    const double most = std::fabs(x * p.by_log_health) + std::fabs(volatility * p.by_volatility) +
                        std::fabs(drift * p.by_drift) + years * p.by_years;
    EXPECT_LE(std::fabs(x * p.by_log_health + volatility * p.by_volatility + drift * p.by_drift),
              16.0 * eps * (1.0 + a * a) * most);
    EXPECT_LE(std::fabs(years * p.by_years - drift * p.by_drift - 0.5 * volatility * p.by_volatility),
              16.0 * eps * (1.0 + a * a) * most);
  }
}

#ifdef TRIMTAB_TESTS_WITH_THIRD_PARTIES
TEST(FirstPassageSensitivity, KeepsItsDigitsInQuadruplePrecision) {
  using quad = boost::multiprecision::cpp_bin_float_quad;
  const auto normal = [](const quad& z) { return erfc(-z / sqrt(quad(2))) / 2; };
  test::random_numbers random(128);
  for (int n = 0; n < 1000; ++n) {
    const double years = random.log_uniform(1e-5, 4.0), volatility = random.log_uniform(0.05, 3.0);
    const double spread_of = volatility * std::sqrt(years);
    const double x = spread_of * random.log_uniform(1e-3, 10.0),
                 drift = spread_of / years * random.uniform(-12.0, 12.0);
    const first_passage_slopes got = first_passage_slopes_of({drift, volatility}, x, years);
    const quad spread = volatility * sqrt(quad(years)), a = (x + quad(drift) * years) / spread,
               b = (x - quad(drift) * years) / spread, bell = exp(-a * a / 2) / sqrt(2 * acos(quad(-1)));
    const quad w = exp(-2 * quad(drift) * x / (quad(volatility) * volatility)) * normal(-b);
    const quad by_health = -2 * bell / spread - 2 * quad(drift) / (quad(volatility) * volatility) * w;
    const quad by_drift = -2 * quad(x) / (quad(volatility) * volatility) * w;
    const double condition = 16.0 * eps * (1.0 + static_cast<double>(a * a));
    EXPECT_TRUE(test::close(got.of_hit.by_log_health, static_cast<double>(by_health), condition)) << a << ' ' << b;
    EXPECT_TRUE(test::close(got.of_hit.by_drift, static_cast<double>(by_drift), condition)) << a << ' ' << b;
  }
}
#endif

TEST(FirstPassageSensitivity, Edges) {
  const double nan = std::nan("");
  const motion m{.drift = 0.1, .volatility = 0.5};
  const auto all_nan = [](const passage_slopes& s) {
    return std::isnan(s.by_log_health) && std::isnan(s.by_volatility) && std::isnan(s.by_drift) &&
           std::isnan(s.by_years);
  };
  const auto all_zero = [](const passage_slopes& s) {
    return s.by_log_health == 0.0 && s.by_volatility == 0.0 && s.by_drift == 0.0 && s.by_years == 0.0;
  };
  const first_passage_slopes over = first_passage_slopes_of(m, -0.1, 1.0), now = first_passage_slopes_of(m, 0.1, 0.0);
  EXPECT_TRUE(all_zero(over.of_hit) && all_zero(over.of_log_hit));
  EXPECT_TRUE(all_zero(now.of_hit) && all_nan(now.of_log_hit));
  for (const auto& bad : {first_passage_slopes_of({nan, 0.5}, 0.1, 1.0), first_passage_slopes_of({0.1, 0.0}, 0.1, 1.0),
                          first_passage_slopes_of(m, nan, 1.0), first_passage_slopes_of(m, 0.1, -1.0),
                          first_passage_slopes_of(m, 0.1, infinity)}) {
    EXPECT_TRUE(all_nan(bad.of_hit) && all_nan(bad.of_log_hit));
  }
  // 1000 deviations away the probability is 0 and its logarithm still leans: −a/(σ√T).
  const first_passage_slopes far = first_passage_slopes_of({0.0, 0.1}, 100.0, 1.0);
  EXPECT_EQ(far.of_hit.by_log_health, 0.0);
  EXPECT_TRUE(test::close(far.of_log_hit.by_log_health, -1e4, 1e-5));
}

}  // namespace
}  // namespace trimtab::forecast
