// SPDX-License-Identifier: MIT
#include <boost/math/distributions/non_central_chi_squared.hpp>
#include <gtest/gtest.h>

#include <trimtab/sensitivity/imhof.hpp>

#include "support/moves.hpp"
#include <cmath>
#include <complex>
#include <cstdio>

namespace trimtab {
namespace {

using sensitivity::imhof_probability;
using sensitivity::quadratic_form;

TEST(Imhof, OfALinearFormIsTheNormal) {
  const quadratic_form y{.constant = 0.3, .slope = {0.3, 0.4}, .curvature = {}, .size = 2};
  for (const double z : {-6.0, -2.0, -0.1, 0.0, 1.0, 5.0}) {
    const auto p = imhof_probability(y, 0.3 + 0.5 * z, 1e-12);
    ASSERT_TRUE(p.has_value()) << name(p.error());
    EXPECT_LE(std::fabs(p->probability - normal_cdf(z)), 1e-12) << z;
    EXPECT_LE(p->error, 1e-12);
  }
}

TEST(Imhof, OfPairsOfEqualCurvaturesIsGamma) {
  // Six equal λ: Y = ½λ·χ²₆, P(χ²₆ > x) = e^{−x/2}(1 + x/2 + x²/8).
  const quadratic_form y{.constant = 0.0, .slope = {}, .curvature = {2, 2, 2, 2, 2, 2}, .size = 6};
  for (const double x : {0.1, 1.0, 5.0, 12.0, 30.0}) {
    const double exact = 1.0 - std::exp(-0.5 * x) * (1.0 + 0.5 * x + x * x / 8.0);
    const auto p = imhof_probability(y, x, 1e-10);
    ASSERT_TRUE(p.has_value()) << name(p.error());
    EXPECT_LE(std::fabs(p->probability - exact), p->error + 1e-13) << x;
  }
}

TEST(Imhof, OfAParabolaIsTheNormalBetweenItsRoots) {
  // ½λ(z + d/λ)² ≤ y − lowest between two roots; the shortfall from the moments of z between them. In 64 bits.
  const auto below = [](long double z) { return 0.5L * std::erfc(-z / std::sqrt(2.0L)); };
  const auto density = [](long double z) { return std::exp(-0.5L * z * z) / std::sqrt(6.283185307179586476925L); };
  test::random_numbers random(1980);
  long double worst = 0.0L, worst_shortfall = 0.0L;
  for (int k = 0; k < 300; ++k) {
    const double bend = random.log_uniform(1e-3, 10.0), lean = k % 10 == 0 ? 0.0 : random.uniform(-2.0, 2.0);
    const quadratic_form y{.constant = 0.1, .slope = {lean}, .curvature = {bend}, .size = 1};
    const double value = y.lowest() + random.log_uniform(1e-3, 30.0) * y.standard_deviation();
    const auto p = imhof_probability(y, value, 1e-12);
    ASSERT_TRUE(p.has_value()) << name(p.error());
    const long double shift = static_cast<long double>(lean) / bend, lowest = 0.1 - 0.5L * lean * shift;
    const long double reach = std::sqrt(2.0L * (value - lowest) / bend), from = -shift - reach, to = -shift + reach;
    const long double between = from > 0.0L ? below(-from) - below(-to) : below(to) - below(from);
    const long double outside = below(from) + below(-to);
    const long double shortfall = (value - 0.1) * between - lean * (density(from) - density(to)) -
                                  0.5L * bend * (between + from * density(from) - to * density(to));
    // The error that is stated is enough, for the smaller tail relative to itself; the larger is one less it, rounded.
    const bool low = between < outside;
    const long double error = low ? std::fabs(p->probability - between) : std::fabs(p->above - outside);
    EXPECT_LE(error, p->error + 1e-300) << bend << ' ' << lean << ' ' << value;
    EXPECT_NEAR(p->probability + p->above, 1.0, 2.3e-16);
    const long double tail = std::fmin(between, outside);
    if (tail > 1e-290L) worst = std::fmax(worst, error / tail);
    EXPECT_LE(std::fabs(p->shortfall - shortfall), p->shortfall_error + 1e-15 * (1.0 + std::fabs(value)));
    worst_shortfall = std::fmax(worst_shortfall, std::fabs(p->shortfall - shortfall) / y.standard_deviation());
  }
  std::printf("parabolas: tails within %.2Lg of themselves, shortfalls within %.2Lg standard deviations\n", worst,
              worst_shortfall);
  EXPECT_LE(worst, 1e-11L);
}

TEST(Imhof, OfEqualCurvaturesIsTheNoncentralChiSquareOfBoost) {
  for (const std::size_t n : {2U, 3U, 8U, 16U}) {
    quadratic_form y{.constant = 0.0, .slope = {}, .curvature = {}, .size = n};
    double noncentrality = 0.0;
    for (std::size_t j = 0; j < n; ++j) {  // Y = Σ (z + d/2)²
      y.curvature[j] = 2.0;
      y.slope[j] = 0.2 * static_cast<double>(j);
      y.constant += 0.25 * y.slope[j] * y.slope[j];
      noncentrality += 0.25 * y.slope[j] * y.slope[j];
    }
    const boost::math::non_central_chi_squared law(static_cast<double>(n), noncentrality);
    for (const double value : {0.05, 1.0, 5.0, 20.0, 60.0}) {
      const auto p = imhof_probability(y, value);
      ASSERT_TRUE(p.has_value()) << name(p.error());
      EXPECT_NEAR(p->probability / cdf(law, value), 1.0, 1e-10) << n << ' ' << value;
      EXPECT_NEAR(p->above / cdf(complement(law, value)), 1.0, 1e-10) << n << ' ' << value;
    }
  }
}

TEST(Imhof, AlongTheImaginaryAxisItIsTheSame) {
  // ½ − (1/π)·∫ Im e^{K(is) − is·value}/s ds by Simpson's rule: six axes die out fast enough for it.
  const quadratic_form y{.constant = 0.2,
                         .slope = {0.5, -0.2, 0.1, 0.4, 0.3, -0.6},
                         .curvature = {-0.7, -0.3, 0.2, 0.5, 0.8, 0.9},
                         .size = 6};
  for (const double value : {-2.0, -0.5, 0.2, 1.0, 3.0}) {
    const int n = 200000;
    const double step = 400.0 / n;
    double sum = y.mean() - value;  // the limit at 0
    for (int k = 1; k <= n; ++k) {
      const double s = step * k;
      std::complex<double> exponent(0.0, s * (y.constant - value));
      for (std::size_t j = 0; j < y.size; ++j) {
        const std::complex<double> left(1.0, -s * y.curvature[j]);
        exponent -= 0.5 * (s * s * y.slope[j] * y.slope[j] / left + std::log(left));
      }
      sum += (k == n ? 1.0 : k % 2 == 1 ? 4.0 : 2.0) * std::exp(exponent).imag() / s;
    }
    const auto p = imhof_probability(y, value);
    ASSERT_TRUE(p.has_value()) << name(p.error());
    EXPECT_NEAR(p->probability, 0.5 - sum * step / 3.0 / 3.141592653589793, 1e-9) << value;
  }
}

TEST(Imhof, EveryFormGetsAnAnswerInRelativeAccuracy) {
  // Among them an axis of large slope and small curvature against others, along which a leaning path rises first.
  test::random_numbers random(7);
  double worst = 0.0, least = 1.0;
  for (const double bend : {0.01, 0.1, 1.0, 10.0}) {
    for (int k = 0; k < 100; ++k) {
      quadratic_form y{
          .constant = random.uniform(-1.0, 1.0), .slope = {}, .curvature = {}, .size = 1 + random.below(6)};
      for (std::size_t j = 0; j < y.size; ++j) {
        y.slope[j] = random.uniform(-1.0, 1.0);
        y.curvature[j] = bend * random.uniform(-1.0, 1.0);
      }
      for (const double z : {-8.0, -3.0, -1.0, 0.0, 0.5, 2.0, 5.0}) {
        const auto p = imhof_probability(y, y.mean() + z * y.standard_deviation());
        ASSERT_TRUE(p.has_value()) << name(p.error()) << ' ' << bend << ' ' << k << ' ' << z;
        const double tail = std::fmin(p->probability, p->above);
        if (!(tail > 0.0)) continue;
        worst = std::fmax(worst, p->error / tail);
        least = std::fmin(least, tail);
      }
    }
  }
  std::printf("2800 points, tails down to %.2g: stated errors within %.2g of them\n", least, worst);
  EXPECT_LE(worst, 1e-10);
}

TEST(Imhof, TheShortfallRisesByTheProbability) {
  const quadratic_form y{.constant = 0.3, .slope = {0.5, -0.2, 0.1}, .curvature = {-0.3, 0.0, 0.4}, .size = 3};
  for (const double value : {-4.0, -1.0, 0.3, 0.35, 1.0, 5.0}) {
    const double h = 1e-4;
    const auto up = imhof_probability(y, value + h), at = imhof_probability(y, value),
               down = imhof_probability(y, value - h);
    ASSERT_TRUE(up && at && down);
    EXPECT_NEAR((up->shortfall - down->shortfall) / (2.0 * h), at->probability, 1e-7 * at->probability + 1e-10);
    EXPECT_NEAR(at->probability + at->above, 1.0, 1e-15);
  }
}

TEST(Imhof, AgainstDraws) {
  test::random_numbers random(1961);
  const test::random_moves m(random, 4, 3, 1.0);
  const auto y = sensitivity::make_quadratic_form(m.constant, m.delta, m.gamma, m.covariance);
  ASSERT_TRUE(y.has_value());
  const int draws = 100000;
  const double level = y->mean() - y->standard_deviation();
  int below = 0;
  for (int k = 0; k < draws; ++k) below += m.at(m.draw(random)) <= level ? 1 : 0;
  const auto p = imhof_probability(*y, level);
  ASSERT_TRUE(p.has_value()) << name(p.error());
  EXPECT_LE(std::fabs(p->probability - 1.0 * below / draws),
            3.0 * std::sqrt(p->probability * (1.0 - p->probability) / draws));
}

TEST(Imhof, RefusesByName) {
  const quadratic_form y{.constant = 0.0, .slope = {1.0}, .curvature = {0.1}, .size = 1};
  EXPECT_EQ(imhof_probability(y, std::nan("")).error(), errc::not_finite);
  EXPECT_EQ(imhof_probability(y, infinity).error(), errc::not_finite);
  EXPECT_EQ(imhof_probability(y, 0.0, 0.0).error(), errc::bad_configuration);
  EXPECT_EQ(imhof_probability(y, 0.0, 1e-18).error(), errc::no_convergence);
  EXPECT_EQ(imhof_probability(y, 0.0, std::nan("")).error(), errc::bad_configuration);
  quadratic_form broken = y;
  broken.curvature[0] = std::nan("");
  EXPECT_EQ(imhof_probability(broken, 0.0).error(), errc::not_finite);
  broken.size = 17;
  EXPECT_EQ(imhof_probability(broken, 0.0).error(), errc::capacity);
  const quadratic_form still{.constant = 1.0};
  EXPECT_EQ(imhof_probability(still, 0.9)->probability, 0.0);
  EXPECT_EQ(imhof_probability(still, 1.0)->probability, 1.0);
}

}  // namespace
}  // namespace trimtab
