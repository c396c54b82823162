// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/forecast/band_exit.hpp>

#include "support/random.hpp"
#include "support/tolerance.hpp"
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#ifdef TRIMTAB_TESTS_WITH_THIRD_PARTIES
#include <boost/math/quadrature/gauss_kronrod.hpp>
#endif

namespace trimtab::forecast {
namespace {

constexpr double epsilon = std::numeric_limits<double>::epsilon();
constexpr double bar = 50.0 * epsilon;

std::array<double, 5> fields(const band_exit& e) {
  return {e.below, e.above, e.mean_years, e.mean_years_given_below, e.mean_years_given_above};
}

TEST(BandExit, WithoutDriftItIsGeometry) {
  const band_exit e = exit_of({0.0, 0.5}, 1.0, 2.0, 1.25);
  EXPECT_DOUBLE_EQ(e.below, 0.75);
  EXPECT_DOUBLE_EQ(e.above, 0.25);
  EXPECT_DOUBLE_EQ(e.mean_years, 0.25 * 0.75 / 0.25);
  EXPECT_DOUBLE_EQ(e.mean_years_given_below, (1.0 - 0.75 * 0.75) / (3.0 * 0.25));
  EXPECT_DOUBLE_EQ(e.mean_years_given_above, (1.0 - 0.25 * 0.25) / (3.0 * 0.25));
}

TEST(BandExit, AMirrorSwapsTheEdges) {
  test::random_numbers random(1);
  for (int n = 0; n < 1000; ++n) {
    const motion m{random.uniform(-3.0, 3.0), random.uniform(0.1, 2.0)}, back{-m.drift, m.volatility};
    const double low = random.uniform(-1.0, 1.0), high = low + random.log_uniform(1e-6, 2.0);
    const double start = low + (high - low) * random.uniform(0.0, 1.0);
    const band_exit e = exit_of(m, low, high, start), f = exit_of(back, -high, -low, -start);
    EXPECT_EQ(e.below, f.above);
    EXPECT_EQ(e.mean_years, f.mean_years);
    EXPECT_EQ(e.mean_years_given_below, f.mean_years_given_above);
    EXPECT_EQ(e.mean_years_given_above, f.mean_years_given_below);
    EXPECT_NEAR(e.below + e.above, 1.0, 4.0 * epsilon);
  }
}

/// The textbook's formulas in 64 bits of mantissa, and how many digits they lose there.
TEST(BandExit, AgreesWithTheTextbookInLongDoubleWhereThatIsSound) {
  test::random_numbers random(2);
  std::size_t steep = 0;
  for (int n = 0; n < 20'000; ++n) {
    const long double product = random.log_uniform(0.5, 700.0) * (random.below(2) == 0 ? 1.0 : -1.0);  // θl
    const double volatility = random.log_uniform(0.01, 3.0), low = random.uniform(-1.0, 1.0);
    const double high = low + random.log_uniform(1e-4, 2.0);
    const double start = low + (high - low) * random.uniform(0.02, 0.98);
    const long double l = static_cast<long double>(high) - low, u = static_cast<long double>(start) - low;
    const long double v = static_cast<long double>(volatility) * volatility;
    const double drift = static_cast<double>(product * v / (2.0L * l));
    const long double k = drift / v, theta = 2.0L * k, speed = std::fabs(drift);
    const band_exit e = exit_of({drift, volatility}, low, high, start);
    // The upper probability below 0 and the lower above, where neither numerator is nearly the denominator.
    const auto reach = [&](long double t, long double d) {
      return t > 0.0L ? std::expm1(-t * d) / std::expm1(-t * l)
                      : std::exp(t * (l - d)) * std::expm1(t * d) / std::expm1(t * l);
    };
    const auto given = [&](long double d) {
      return (l / std::tanh(std::fabs(k) * l) - d / std::tanh(std::fabs(k) * d)) / speed;
    };
    EXPECT_LE(std::fabs(e.above / reach(theta, u) - 1.0L), bar) << static_cast<double>(product);
    EXPECT_LE(std::fabs(e.below / reach(-theta, l - u) - 1.0L), bar) << static_cast<double>(product);
    EXPECT_LE(std::fabs(e.mean_years_given_above / given(u) - 1.0L), bar) << static_cast<double>(product);
    EXPECT_LE(std::fabs(e.mean_years_given_below / given(l - u) - 1.0L), bar) << static_cast<double>(product);
    const long double mean = reach(theta, u) * given(u) + reach(-theta, l - u) * given(l - u);
    EXPECT_LE(std::fabs(e.mean_years / mean - 1.0L), bar) << static_cast<double>(product);
    steep += std::fabs(product) > 300.0L ? 1 : 0;
  }
  EXPECT_GT(steep, 1000U);
}

/// A drift of next to nothing: the first two terms of every series in θ.
TEST(BandExit, TinyDriftsChangeNothingAbruptly) {
  for (double theta = 1e-300; theta < 1e-7; theta *= 1e7) {
    for (const double sign : {1.0, -1.0}) {
      const double low = 0.25, high = 1.0, start = 0.375, u = start - low, l = high - low, v = 0.25;
      const band_exit e = exit_of({sign * theta * v / (2.0 * l), 0.5}, low, high, start),
                      flat = exit_of({0.0, 0.5}, low, high, start);
      const double t = sign * theta / l;
      EXPECT_LE(std::fabs(e.above / (u / l * (1.0 + 0.5 * t * (l - u))) - 1.0), bar + t * t) << theta;
      EXPECT_LE(std::fabs(e.below / ((l - u) / l * (1.0 - 0.5 * t * u)) - 1.0), bar + t * t) << theta;
      EXPECT_LE(std::fabs(e.mean_years / flat.mean_years - 1.0 - t * (l - 2.0 * u) / 6.0), bar + t * t) << theta;
      EXPECT_LE(std::fabs(e.mean_years_given_above / flat.mean_years_given_above - 1.0), bar + t * t) << theta;
      EXPECT_LE(std::fabs(e.mean_years_given_below / flat.mean_years_given_below - 1.0), bar + t * t) << theta;
    }
  }
}

/// Where the branch changes, nothing does.
TEST(BandExit, IsContinuousWhereItsFormChanges) {
  const double low = 0.0, high = 1.0, start = 0.3, sigma = 1.0;
  for (const double rate : {0.5, 3.0, 1e-100, 0.5 / 0.3, 0.5 / 0.7}) {
    const auto before = fields(exit_of({0.5 * rate * (1.0 - 4.0 * epsilon), sigma}, low, high, start));
    const auto after = fields(exit_of({0.5 * rate * (1.0 + 4.0 * epsilon), sigma}, low, high, start));
    for (std::size_t k = 0; k < before.size(); ++k) EXPECT_NEAR(before[k], after[k], bar * after[k]) << rate << k;
  }
}

#ifdef TRIMTAB_TESTS_WITH_THIRD_PARTIES
/// ½σ²U'' + νU' = −f with U = 0 at both edges, by the Green's function: f = 1 gives E τ, f = P(above) gives E[τ;
/// above].
TEST(BandExit, TimesAreIntegralsOfTheGreensFunction) {
  using boost::math::quadrature::gauss_kronrod;
  test::random_numbers random(3);
  for (int n = 0; n < 30; ++n) {
    const double low = random.uniform(-0.5, 0.5), high = low + random.uniform(0.05, 1.0);
    const double start = low + (high - low) * random.uniform(0.01, 0.99), sigma = random.uniform(0.2, 1.5);
    const double theta = random.uniform(-12.0, 12.0) / (high - low), nu = 0.5 * theta * sigma * sigma;
    const motion m{nu, sigma};
    const auto scale = [&](double from, double to) { return -std::expm1(-theta * (to - from)) / theta; };
    const auto green = [&](double y) {
      const double below = scale(low, std::min(start, y));
      const double above = scale(low, high) - scale(low, std::max(start, y));
      return 2.0 / (sigma * sigma) * below * above / scale(low, high) * std::exp(theta * (y - low));
    };
    const auto integral = [&](auto&& f) {
      return gauss_kronrod<double, 31>::integrate(f, low, start, 12, 1e-13) +
             gauss_kronrod<double, 31>::integrate(f, start, high, 12, 1e-13);
    };
    const band_exit e = exit_of(m, low, high, start);
    const double mean = integral(green);
    const double above = integral([&](double y) { return green(y) * scale(low, y) / scale(low, high); });
    const double below =
        integral([&](double y) { return green(y) * (scale(low, high) - scale(low, y)) / scale(low, high); });
    EXPECT_TRUE(test::close(e.mean_years, mean, 1e-11)) << theta << ' ' << e.mean_years << ' ' << mean;
    EXPECT_TRUE(test::close(e.above * e.mean_years_given_above, above, 1e-11)) << theta;
    EXPECT_TRUE(test::close(e.below * e.mean_years_given_below, below, 1e-11)) << theta;
  }
}
#endif

TEST(BandExit, FromAnEdgeOrOutsideItIsImmediate) {
  for (const double drift : {-40.0, -0.3, 0.0, 0.3, 40.0}) {
    const motion m{drift, 0.4};
    for (const double start : {0.5, 0.4, -infinity}) {
      const band_exit e = exit_of(m, 0.5, 0.75, start);
      EXPECT_EQ(e.below, 1.0);
      EXPECT_EQ(e.above, 0.0);
      EXPECT_EQ(e.mean_years, 0.0);
      EXPECT_EQ(e.mean_years_given_below, 0.0);
      const band_exit inside = exit_of(m, 0.5, 0.75, 0.5 + 1e-9);
      EXPECT_TRUE(test::close(e.mean_years_given_above, inside.mean_years_given_above, 1e-6)) << drift;
    }
    for (const double start : {0.75, 0.9, infinity}) {
      const band_exit e = exit_of(m, 0.5, 0.75, start);
      EXPECT_EQ(e.above, 1.0);
      EXPECT_EQ(e.below, 0.0);
      EXPECT_EQ(e.mean_years, 0.0);
      EXPECT_EQ(e.mean_years_given_above, 0.0);
      EXPECT_GT(e.mean_years_given_below, 0.0);
    }
  }
}

TEST(BandExit, WhatIsNoBandIsNaNAndExtremesAreNumbers) {
  const double nan = std::nan("");
  const auto all_nan = [](const band_exit& e) {
    const auto all = fields(e);
    return std::all_of(all.begin(), all.end(), [](double x) { return x != x; });
  };
  const motion good{0.1, 0.5};
  for (const motion& m : {motion{nan, 0.5}, motion{0.1, nan}, motion{0.1, 0.0}, motion{0.1, -0.5},
                          motion{infinity, 0.5}, motion{0.1, infinity}, motion{1e76, 0.5}, motion{0.1, 1e-76}})
    EXPECT_TRUE(all_nan(exit_of(m, 0.0, 1.0, 0.5))) << m.drift << ' ' << m.volatility;
  EXPECT_TRUE(all_nan(exit_of(good, 1.0, 1.0, 1.0)));
  EXPECT_TRUE(all_nan(exit_of(good, 1.0, 0.0, 0.5)));
  EXPECT_TRUE(all_nan(exit_of(good, nan, 1.0, 0.5)));
  EXPECT_TRUE(all_nan(exit_of(good, 0.0, nan, 0.5)));
  EXPECT_TRUE(all_nan(exit_of(good, 0.0, 1.0, nan)));
  EXPECT_TRUE(all_nan(exit_of(good, -infinity, 1.0, 0.5)));
  EXPECT_TRUE(all_nan(exit_of(good, 0.0, infinity, 0.5)));

  test::random_numbers random(4);
  for (int n = 0; n < 50'000; ++n) {
    const auto any = [&] { return (random.below(2) == 0 ? 1.0 : -1.0) * random.log_uniform(1e-75, 1e75); };
    const motion m{any(), std::fabs(any())};
    double low = any(), high = any();
    if (high < low) std::swap(low, high);
    const double start = random.below(4) == 0 ? any() : low + (high - low) * random.uniform(0.0, 1.0);
    const band_exit e = exit_of(m, low, high, start);
    for (const double x : fields(e)) EXPECT_TRUE(x >= 0.0) << m.drift << ' ' << m.volatility << ' ' << low;
    EXPECT_NEAR(e.below + e.above, 1.0, 4.0 * epsilon);
    const double least = std::min(e.mean_years_given_below, e.mean_years_given_above);
    const double most = std::max(e.mean_years_given_below, e.mean_years_given_above);
    EXPECT_GE(e.mean_years, least * (1.0 - bar));
    EXPECT_LE(e.mean_years, most * (1.0 + bar));
    const discounted_exit d = discounted_exit_of(m, low, high, start, random.log_uniform(1e-75, 1e75));
    EXPECT_TRUE(d.below >= 0.0 && d.above >= 0.0 && d.below + d.above <= 1.0 + 4.0 * epsilon);
  }
}

TEST(DiscountedExit, BeginsAtTheProbabilitiesAndFallsWithTheMeanTimes) {
  test::random_numbers random(5);
  for (int n = 0; n < 2000; ++n) {
    const motion m{random.uniform(-2.0, 2.0), random.uniform(0.3, 1.5)};
    const double low = random.uniform(-1.0, 1.0), high = low + random.uniform(0.05, 1.0);
    const double start = low + (high - low) * random.uniform(0.05, 0.95);
    const band_exit e = exit_of(m, low, high, start);
    const discounted_exit now = discounted_exit_of(m, low, high, start, 0.0);
    EXPECT_TRUE(test::close(now.below, e.below, 1e-13)) << n;
    EXPECT_TRUE(test::close(now.above, e.above, 1e-13)) << n;
    // −dE[e^{−ατ}; edge]/dα at 0 is P·E[τ | edge]: a one-sided difference of third order.
    const double h = 1e-4 / std::max(e.mean_years_given_below, e.mean_years_given_above);
    const discounted_exit a = discounted_exit_of(m, low, high, start, h),
                          b = discounted_exit_of(m, low, high, start, 2.0 * h);
    EXPECT_TRUE(
        test::close((3.0 * now.below - 4.0 * a.below + b.below) / (2.0 * h * e.mean_years_given_below), e.below, 1e-6))
        << n;
    EXPECT_TRUE(
        test::close((3.0 * now.above - 4.0 * a.above + b.above) / (2.0 * h * e.mean_years_given_above), e.above, 1e-6))
        << n;
  }
}

/// V = E[e^{−ατ}; edge] solves ½σ²V'' + νV' = αV, with 1 at its edge and 0 at the other.
TEST(DiscountedExit, SolvesItsEquation) {
  test::random_numbers random(6);
  for (int n = 0; n < 500; ++n) {
    const motion m{random.uniform(-2.0, 2.0), random.uniform(0.3, 1.5)};
    const double low = 0.1, high = 0.9, z = random.uniform(0.2, 0.8), alpha = random.uniform(0.01, 5.0), h = 1e-3;
    const auto value = [&](double x) { return discounted_exit_of(m, low, high, x, alpha); };
    const discounted_exit up = value(z + h), at = value(z), down = value(z - h);
    const auto residual = [&](double a, double b, double c) {
      const double half = 0.5 * m.volatility * m.volatility;
      return half * (a - 2.0 * b + c) / (h * h) + m.drift * (a - c) / (2.0 * h) - alpha * b;
    };
    EXPECT_NEAR(residual(up.below, at.below, down.below), 0.0, 1e-2 * alpha * at.below + 1e-4) << n;
    EXPECT_NEAR(residual(up.above, at.above, down.above), 0.0, 1e-2 * alpha * at.above + 1e-4) << n;
    EXPECT_EQ(value(low).below, 1.0);
    EXPECT_EQ(value(low).above, 0.0);
    EXPECT_EQ(value(high).above, 1.0);
    EXPECT_EQ(value(high).below, 0.0);
  }
  const double nan = std::nan("");
  for (const double rate : {nan, -1.0, infinity}) {
    const discounted_exit d = discounted_exit_of({0.0, 1.0}, 0.0, 1.0, 0.5, rate);
    EXPECT_TRUE(std::isnan(d.below) && std::isnan(d.above)) << rate;
  }
  EXPECT_TRUE(std::isnan(discounted_exit_of({0.0, -1.0}, 0.0, 1.0, 0.5, 0.1).below));
  EXPECT_TRUE(std::isnan(discounted_exit_of({0.0, 1.0}, 0.0, 1.0, nan, 0.1).below));
}

}  // namespace
}  // namespace trimtab::forecast
