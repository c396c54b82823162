// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/forecast/band_exit.hpp>
#include <trimtab/forecast/band_occupation.hpp>

#include "support/random.hpp"
#include "support/tolerance.hpp"
#include <cmath>
#include <cstdio>
#include <utility>

namespace trimtab {
namespace {

using namespace forecast;

/// The Green's function as it stands in the handbook, in long double.
long double green(const motion& m, long double low, long double start, long double high, long double y) {
  const long double variance = static_cast<long double>(m.volatility) * m.volatility, tilt = 2.0L * m.drift / variance;
  const auto scale = [&](long double x) { return tilt == 0.0L ? x - low : -std::expm1(-tilt * (x - low)) / tilt; };
  const long double s_low = y < start ? y : start, s_high = y < start ? start : y;
  return 2.0L / variance * scale(s_low) * (scale(high) - scale(s_high)) / scale(high) * std::exp(tilt * (y - low));
}

/// Gauss's rule of five points on panels either side of the start, where the integrand has its kink.
template <class F>
double expected(const motion& m, double low, double start, double high, F&& f) {
  const long double root = std::sqrt(10.0L / 7.0L), inner = std::sqrt(5.0L - 2.0L * root) / 3.0L;
  const long double outer = std::sqrt(5.0L + 2.0L * root) / 3.0L, tilt = 13.0L * std::sqrt(70.0L);
  const std::pair<long double, long double> nodes[] = {{0.0L, 512.0L / 900.0L},
                                                       {inner, (322.0L + tilt) / 900.0L},
                                                       {-inner, (322.0L + tilt) / 900.0L},
                                                       {outer, (322.0L - tilt) / 900.0L},
                                                       {-outer, (322.0L - tilt) / 900.0L}};
  long double sum = 0.0L;
  for (const auto& [from, to] : {std::pair<long double, long double>{low, start}, {start, high}}) {
    const int panels = 100;
    const long double half = 0.5L * (to - from) / panels;
    for (int k = 0; k < panels; ++k)
      for (const auto& [node, weight] : nodes) {
        const long double y = from + half * (2 * k + 1 + node);
        sum += weight * half * green(m, low, start, high, y) * f(y);
      }
  }
  return static_cast<double>(sum);
}

TEST(BandOccupation, IsTheIntegralAgainstTheGreensFunction) {
  test::random_numbers random(1962);
  double worst = 0.0;
  for (int n = 0; n < 120; ++n) {
    const double low = random.uniform(0.02, 0.5), start = low + random.log_uniform(0.01, 0.6);
    const double high = start + random.log_uniform(0.01, 0.6), volatility = random.uniform(0.2, 1.5);
    const double tilt = random.log_uniform(1e-9, 12.0) * (n % 2 == 0 ? 1.0 : -1.0);
    const double drift = n % 10 == 0 ? 0.0 : 0.5 * tilt * volatility * volatility / (high - low);
    // Decays on both sides of the tilt, at it, nothing and growth.
    const double decay = n % 5 == 0   ? 2.0 * drift / (volatility * volatility)
                         : n % 5 == 1 ? 0.0
                                      : random.log_uniform(0.1, 60.0) * (n % 5 == 2 ? -0.2 : 1.0);
    const motion m{drift, volatility};
    const band_occupation stay = occupation_of(m, low, start, high);
    const auto check = [&](double got, double want, double scale) {
      worst = std::fmax(worst, std::fabs(got - want) / scale);
      EXPECT_LE(std::fabs(got - want), 1e-13 * scale) << n << " drift " << drift << " decay " << decay;
    };
    const double years = expected(m, low, start, high, [](long double) { return 1.0L; });
    const double second = expected(m, low, start, high, [&](long double y) { return (y - start) * (y - start); });
    check(stay.years, years, years);
    check(stay.second, second, second);
    check(stay.first, expected(m, low, start, high, [&](long double y) { return y - start; }),
          std::sqrt(second * years));
    const double hazard =
        expected(m, low, start, high, [&](long double y) { return std::exp(-static_cast<long double>(decay) * y); });
    check(stay.exponential(decay, start), hazard, hazard);
  }
  std::printf("worst against quadrature: %.1e\n", worst);
}

TEST(BandOccupation, LeavesAsTheExitSays) {
  test::random_numbers random(2002);
  for (int n = 0; n < 3000; ++n) {
    const double low = random.uniform(0.0, 1.0), start = low + random.log_uniform(1e-3, 1.0);
    const double high = start + random.log_uniform(1e-3, 1.0), volatility = random.log_uniform(0.05, 2.0);
    const double tilt = random.log_uniform(1e-18, 600.0) * (n % 2 == 0 ? 1.0 : -1.0);
    const motion m{n % 50 == 0 ? 0.0 : 0.5 * tilt * volatility * volatility / (high - low), volatility};
    const band_occupation stay = occupation_of(m, low, start, high);
    const band_exit exit = exit_of(m, low, high, start);
    // The widths are rounded here and not there: an ulp of start − low, and of it in the exponent.
    const double bar = 1e-15 * (16.0 + std::fabs(tilt) + 1.0 / (start - low) + 1.0 / (high - start));
    EXPECT_TRUE(test::close(stay.below, exit.below, bar)) << n << ' ' << stay.below << ' ' << exit.below;
    EXPECT_TRUE(test::close(stay.above, exit.above, bar)) << n << ' ' << stay.above << ' ' << exit.above;
    EXPECT_TRUE(test::close(stay.years, exit.mean_years, 4.0 * bar)) << n;
  }
}

TEST(BandOccupation, TheMirrorImageIsTheMirrorImage) {
  const motion up{0.7, 0.6}, down{-0.7, 0.6};
  const band_occupation a = occupation_of(up, -0.25, 0.125, 0.375), b = occupation_of(down, -0.375, -0.125, 0.25);
  EXPECT_EQ(a.below, b.above);
  EXPECT_EQ(a.above, b.below);
  EXPECT_EQ(a.years, b.years);
  EXPECT_EQ(a.first, -b.first);
  EXPECT_EQ(a.second, b.second);
  EXPECT_EQ(a.exponential(3.0, 0.125), b.exponential(-3.0, -0.125));
}

TEST(BandOccupation, NoDriftIsTooStrong) {
  for (const double drift : {1e3, -1e3, 1e6, -1e6}) {
    const band_occupation stay = occupation_of({drift, 0.5}, 0.2, 0.5, 0.9);
    const double way = drift > 0.0 ? 0.4 : 0.3, speed = std::fabs(drift);
    EXPECT_TRUE(test::close(stay.years, way / speed, 1e-12)) << drift;
    EXPECT_TRUE(test::close(stay.above + stay.below, 1.0, 1e-15));
    EXPECT_TRUE(test::close(stay.second, way * way * way / 3.0 / speed, 2e-3)) << drift;
    const double target = 0.5, end = drift > 0.0 ? 0.9 : 0.2;
    EXPECT_TRUE(test::close(stay.exponential(40.0, target),
                            std::fabs(std::exp(-40.0 * target) - std::exp(-40.0 * end)) / 40.0 / speed, 6e-3))
        << drift;
  }
}

TEST(BandOccupation, IsNothingForNonsense) {
  const motion good{0.1, 0.5};
  const double nan = std::nan("");
  for (const band_occupation& bad :
       {occupation_of({0.1, 0.0}, 0.1, 0.2, 0.3), occupation_of({nan, 0.5}, 0.1, 0.2, 0.3),
        occupation_of(good, 0.2, 0.2, 0.3), occupation_of(good, 0.1, 0.3, 0.3), occupation_of(good, 0.3, 0.2, 0.1),
        occupation_of(good, nan, 0.2, 0.3), occupation_of(good, 0.1, 0.2, infinity)}) {
    EXPECT_NE(bad.years, bad.years);
    EXPECT_NE(bad.below, bad.below);
    EXPECT_NE(bad.second, bad.second);
    EXPECT_NE(bad.exponential(1.0, 0.2), bad.exponential(1.0, 0.2));
  }
}

}  // namespace
}  // namespace trimtab
