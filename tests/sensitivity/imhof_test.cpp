// SPDX-License-Identifier: MIT
#include <boost/math/distributions/non_central_chi_squared.hpp>
#include <gtest/gtest.h>

#include <trimtab/sensitivity/imhof.hpp>

#include "support/random.hpp"
#include <cmath>
#include <cstdio>

namespace trimtab {
namespace {

using sensitivity::imhof_tail;
using sensitivity::quadratic_form;

constexpr long double pi = 3.14159265358979323846264338327950288L;

long double normal_cdf(long double z) {
  return 0.5L * std::erfc(-z / std::sqrt(2.0L));
}
long double density(long double z) {
  return std::exp(-0.5L * z * z) / std::sqrt(2.0L * pi);
}
long double relative(double value, long double expected) {
  return expected == 0.0L ? std::fabs(static_cast<long double>(value)) : std::fabs(value / expected - 1.0L);
}

TEST(Imhof, OneParabolaIsTwoNormalProbabilities) {
  // Y = ½λ(Z + d/λ)² + lowest ≤ y between two values of Z; the shortfall from the moments of Z between them.
  test::random_numbers random(1961);
  long double worst = 0.0L, worst_shortfall = 0.0L;
  for (int k = 0; k < 300; ++k) {
    const double bend = random.log_uniform(1e-3, 10.0), slope = random.uniform(-2.0, 2.0);
    const quadratic_form f{.constant = 0.1, .slope = {slope}, .curvature = {bend}, .size = 1};
    const double y = f.lowest() + random.log_uniform(1e-3, 30.0) * std::sqrt(f.variance());
    const auto e = imhof_tail(f, y);
    ASSERT_TRUE(e.has_value()) << name(e.error());
    const long double shift = static_cast<long double>(slope) / bend, low = 0.1L - 0.5L * slope * shift;
    const long double reach = std::sqrt(2.0L * (y - low) / bend), a = -shift - reach, b = -shift + reach;
    const long double below = a > 0.0L ? normal_cdf(-a) - normal_cdf(-b) : normal_cdf(b) - normal_cdf(a);
    const long double above = normal_cdf(a) + normal_cdf(-b);
    // The error that is stated is enough.
    EXPECT_LE(std::fabs(e->below - below), e->error + 4e-16) << bend << ", " << slope << ", " << y;
    EXPECT_LE(std::fabs(e->above - above), e->error + 4e-16);
    worst = std::fmax(worst, std::fmin(relative(e->below, below), relative(e->above, above)));
    const long double between = (y - 0.1L) * below - slope * (density(a) - density(b)) -
                                0.5L * bend * (below + a * density(a) - b * density(b));
    EXPECT_LE(std::fabs(e->shortfall - between), e->shortfall_error + 1e-15 * (1.0 + std::fabs(y))) << bend;
    worst_shortfall = std::fmax(worst_shortfall, std::fabs(e->shortfall - between) / std::sqrt(f.variance()));
  }
  std::printf("worst: tails %.2Lg relative, shortfall %.2Lg deviations\n", worst, worst_shortfall);
  EXPECT_LE(worst, 1e-12L);
}

TEST(Imhof, EqualCurvaturesAreANoncentralChiSquare) {
  for (const std::size_t n : {2U, 3U, 8U, 16U}) {
    quadratic_form f{.size = n};
    double noncentrality = 0.0;
    for (std::size_t j = 0; j < n; ++j) {
      f.curvature[j] = 2.0;
      f.slope[j] = 0.2 * static_cast<double>(j);
      f.constant += 0.25 * f.slope[j] * f.slope[j];  // so that Y = Σ (Z + d/2)²
      noncentrality += 0.25 * f.slope[j] * f.slope[j];
    }
    const boost::math::non_central_chi_squared law(static_cast<double>(n), noncentrality);
    for (const double y : {0.05, 1.0, 5.0, 20.0, 60.0}) {
      const auto e = imhof_tail(f, y);
      ASSERT_TRUE(e.has_value());
      EXPECT_NEAR(e->below / cdf(law, y), 1.0, 1e-10) << n << " at " << y;
      EXPECT_NEAR(e->above / cdf(complement(law, y)), 1.0, 1e-10) << n << " at " << y;
    }
  }
}

TEST(Imhof, AlongTheImaginaryAxisAsImhofDid) {
  // ½ − (1/π) ∫ Im(e^{K(iu) − iuy})/u du by Simpson's rule: six moves die out fast enough for it.
  const quadratic_form f{.constant = 0.2,
                         .slope = {0.5, -0.2, 0.1, 0.4, 0.3, -0.6},
                         .curvature = {-0.7, -0.3, 0.2, 0.5, 0.8, 0.9},
                         .size = 6};
  for (const double y : {-2.0, -0.5, 0.2, 1.0, 3.0}) {
    const auto integrand = [&](double u) {
      std::complex<double> exponent(0.0, u * (f.constant - y));
      for (std::size_t j = 0; j < f.size; ++j) {
        const std::complex<double> w(1.0, -u * f.curvature[j]);
        exponent -= 0.5 * (u * u * f.slope[j] * f.slope[j] / w + std::log(w));
      }
      return std::exp(exponent).imag() / u;
    };
    const int n = 200000;
    const double step = 400.0 / n;
    double sum = f.mean() - y;  // the limit at u = 0
    for (int k = 1; k <= n; ++k) sum += (k == n ? 1.0 : k % 2 == 1 ? 4.0 : 2.0) * integrand(step * k);
    const auto e = imhof_tail(f, y);
    ASSERT_TRUE(e.has_value());
    EXPECT_NEAR(e->below, 0.5 - sum * step / 3.0 / static_cast<double>(pi), 1e-9) << y;
    EXPECT_NEAR(e->below + e->above, 1.0, 1e-15);
  }
}

TEST(Imhof, TheShortfallsSlopeIsTheProbability) {
  const quadratic_form f{.constant = 0.3, .slope = {0.5, -0.2, 0.1}, .curvature = {-0.3, 0.0, 0.4}, .size = 3};
  for (const double y : {-4.0, -1.0, 0.3, 0.35, 1.0, 5.0}) {
    const double h = 1e-4;
    const auto up = imhof_tail(f, y + h), at = imhof_tail(f, y), down = imhof_tail(f, y - h);
    ASSERT_TRUE(up && at && down);
    EXPECT_NEAR((up->shortfall - down->shortfall) / (2.0 * h), at->below, 1e-7 * at->below + 1e-10) << y;
  }
}

TEST(Imhof, EndsAndGarbage) {
  const quadratic_form f{.constant = 1.0, .curvature = {2.0}, .size = 1};
  EXPECT_EQ(imhof_tail(f, 1.0)->below, 0.0);
  EXPECT_EQ(imhof_tail(f, 0.0)->shortfall, 0.0);
  EXPECT_EQ(imhof_tail(f, infinity)->below, 1.0);
  EXPECT_EQ(imhof_tail(f, std::nan("")).error(), errc::not_finite);
  const quadratic_form still{.constant = 1.0};
  EXPECT_EQ(imhof_tail(still, 0.5)->below, 0.0);
  EXPECT_EQ(imhof_tail(still, 1.5)->below, 1.0);
  EXPECT_EQ(imhof_tail(still, 1.5)->shortfall, 0.5);
}

}  // namespace
}  // namespace trimtab
