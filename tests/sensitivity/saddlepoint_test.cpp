// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/sensitivity/imhof.hpp>
#include <trimtab/sensitivity/saddlepoint.hpp>

#include "support/random.hpp"
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <vector>

namespace trimtab {
namespace {

using sensitivity::imhof_tail;
using sensitivity::quadratic_form;
using sensitivity::saddlepoint;
using sensitivity::saddlepoint_quantile;
using sensitivity::saddlepoint_shortfall;

double normal_cdf(double z) {
  return 0.5 * std::erfc(-z / std::sqrt(2.0));
}

// `bending` is how large curvatures are next to slopes.
quadratic_form random_form(test::random_numbers& random, double bending) {
  quadratic_form f{.constant = random.uniform(-1.0, 1.0), .size = 1 + random.below(6)};
  for (std::size_t j = 0; j < f.size; ++j) {
    f.slope[j] = random.uniform(0.3, 1.0) * (random.below(2) == 0 ? 1.0 : -1.0);
    f.curvature[j] = bending * random.uniform(-1.0, 1.0);
  }
  std::sort(f.curvature.begin(), f.curvature.begin() + static_cast<std::ptrdiff_t>(f.size));
  return f;
}

TEST(Saddlepoint, WithoutCurvatureItIsTheNormalLawExactly) {
  const quadratic_form f{.constant = 1.0, .slope = {3.0, -4.0}, .size = 2};
  for (const double z : {-37.0, -8.0, -2.0, -1e-9, 0.0, 0.3, 5.0, 30.0}) {
    const auto p = saddlepoint(f, 1.0 + 5.0 * z);
    ASSERT_TRUE(p.has_value());
    EXPECT_NEAR(p->below / normal_cdf(z), 1.0, 1e-12) << z;
    EXPECT_NEAR(p->above / normal_cdf(-z), 1.0, 1e-12) << z;
  }
  const auto q = saddlepoint_quantile(f, 0.01);
  EXPECT_NEAR(q->value, 1.0 - 5.0 * 2.3263478740408411, 1e-13);
  EXPECT_NEAR(*saddlepoint_shortfall(f, 0.01), 1.0 - 5.0 * 2.6652142203457953, 1e-8);
}

TEST(Saddlepoint, TheSaddlepointIsCertified) {
  test::random_numbers random(1954);
  double worst = 0.0;
  int most = 0;
  for (int k = 0; k < 5000; ++k) {
    const quadratic_form f = random_form(random, random.log_uniform(1e-6, 10.0));
    const double y = f.mean() + random.uniform(-8.0, 8.0) * std::sqrt(f.variance());
    const auto p = saddlepoint(f, y);
    ASSERT_TRUE(p.has_value()) << name(p.error());
    if (std::isinf(p->saddlepoint)) continue;
    ASSERT_GT(p->saddlepoint, f.lowest_tilt());
    ASSERT_LT(p->saddlepoint, f.highest_tilt());
    // In digits of s: at a bracket of two ulps the residual is what two ulps of s, or of 1 − sλ, make of it.
    double nearest = 1.0;
    for (std::size_t j = 0; j < f.size; ++j)
      nearest = std::fmin(nearest, std::fabs(1.0 - p->saddlepoint * f.curvature[j]));
    const double unit = std::sqrt(f.variance()), s = p->saddlepoint;
    const double allowed = (std::fabs(s) * f.cumulant(2, s) + std::fabs(y) + std::fabs(f.constant) + unit) / unit;
    worst = std::fmax(worst, std::fabs(f.cumulant(1, s) - y) / unit / allowed * nearest);
    EXPECT_NEAR(p->below + p->above, 1.0, 1e-15);
    most = std::max(most, p->evaluations);
  }
  std::printf("worst residual %.2g of its scale, at most %d evaluations\n", worst, most);
  EXPECT_LE(worst, 1e-14);
  EXPECT_LE(most, 40);
}

TEST(Saddlepoint, ContinuousThroughTheMean) {
  // At the mean s = 0 and the formula is 0/0: its limit is Φ(skewness/6), and neighbours lie on a line.
  test::random_numbers random(1980);
  for (int k = 0; k < 200; ++k) {
    const quadratic_form f = random_form(random, random.log_uniform(1e-3, 3.0));
    const double mean = f.mean(), deviation = std::sqrt(f.variance());
    const auto at = saddlepoint(f, mean);
    ASSERT_TRUE(at.has_value());
    EXPECT_NEAR(at->below, normal_cdf(f.skewness() / 6.0), 1e-13);
    for (const double z : {1e-12, 1e-9, 1e-7, 1e-5, 1e-3}) {
      const auto up = saddlepoint(f, mean + z * deviation), down = saddlepoint(f, mean - z * deviation);
      ASSERT_TRUE(up && down);
      EXPECT_NEAR(0.5 * (up->below + down->below), at->below, 2.0 * z * z + 1e-13) << z;
      EXPECT_GE(up->below - down->below, 0.0) << z;
    }
  }
}

TEST(Saddlepoint, RisesWithTheValueAndItsQuantileGoesBack) {
  test::random_numbers random(1990);
  for (int k = 0; k < 100; ++k) {
    const quadratic_form f = random_form(random, random.log_uniform(1e-3, 3.0));
    const double mean = f.mean(), deviation = std::sqrt(f.variance());
    double before = -1.0;
    for (double z = -6.0; z <= 6.0; z += 0.25) {
      const auto p = saddlepoint(f, mean + z * deviation);
      ASSERT_TRUE(p.has_value());
      EXPECT_GE(p->below, before) << z;
      before = p->below;
    }
    for (const double p : {1e-9, 1e-4, 0.01, 0.3, 0.5, 0.9, 0.9999}) {
      const auto q = saddlepoint_quantile(f, p);
      ASSERT_TRUE(q.has_value()) << name(q.error());
      // ∂ln P/∂y is about −s: next to an end of what Y can take the digits of y are few.
      const double digits = 4e-16 * (std::fabs(q->value) + std::fabs(f.constant)) * std::fabs(q->saddlepoint);
      EXPECT_NEAR(saddlepoint(f, q->value)->below / p, 1.0, 1e-11 + 4.0 * digits) << p;
      EXPECT_LE(std::fabs(q->residual), 1e-11);
    }
  }
}

// What it costs to approximate, against exact inversion: printed, and held to what was measured when it was written.
TEST(Saddlepoint, ErrorsInTheTails) {
  struct kind {
    const char* what;
    double bending, flat, bar[3], bar_shortfall;
  };
  const kind kinds[] = {{"curvature 0.1 of slope", 0.1, 1.0, {3e-3, 5e-3, 1e-2}, 4e-4},
                        {"as large as slope", 1.0, 1.0, {0.1, 0.12, 0.13}, 3.5e-2},
                        {"pure quadratic", 1.0, 0.0, {0.3, 0.2, 0.2}, 2.5e-2}};
  for (const kind& k : kinds) {
    test::random_numbers random(2003);
    double worst[3] = {}, worst_shortfall = 0.0;
    for (int n = 0; n < 200; ++n) {
      quadratic_form f = random_form(random, k.bending);
      for (double& d : f.slope) d *= k.flat;
      int i = 0;
      for (const double p : {0.05, 0.01, 0.001}) {
        const auto q = saddlepoint_quantile(f, p);
        ASSERT_TRUE(q.has_value()) << name(q.error());
        const auto exact = imhof_tail(f, q->value);
        ASSERT_TRUE(exact.has_value()) << name(exact.error());
        EXPECT_LE(exact->error, 1e-9 * p);
        worst[i] = std::fmax(worst[i], std::fabs(p / exact->below - 1.0));
        ++i;
        const auto mean = saddlepoint_shortfall(f, p);
        ASSERT_TRUE(mean.has_value());
        EXPECT_LE(*mean, q->value);
        worst_shortfall = std::fmax(
            worst_shortfall, std::fabs(*mean - (q->value - exact->shortfall / exact->below)) / std::sqrt(f.variance()));
      }
    }
    std::printf("%s: worst relative error of P %.2g at 5 %%, %.2g at 1 %%, %.2g at 0.1 %%; shortfall %.2g deviations\n",
                k.what, worst[0], worst[1], worst[2], worst_shortfall);
    for (int i = 0; i < 3; ++i) EXPECT_LE(worst[i], k.bar[i]) << k.what;
    EXPECT_LE(worst_shortfall, k.bar_shortfall) << k.what;
  }
}

TEST(Saddlepoint, TheEndsOfWhatItCanTake) {
  const quadratic_form up{.constant = 1.0, .slope = {2.0}, .curvature = {4.0}, .size = 1};  // at least 0.5
  EXPECT_EQ(saddlepoint(up, 0.5)->below, 0.0);
  EXPECT_EQ(saddlepoint(up, -infinity)->above, 1.0);
  EXPECT_EQ(saddlepoint(up, infinity)->above, 0.0);
  const auto near = saddlepoint(up, 0.5 + 1e-9);
  ASSERT_TRUE(near.has_value());
  EXPECT_GT(near->below, 0.0);
  EXPECT_LT(near->below, 1e-3);
  const quadratic_form down{.constant = -1.0, .slope = {2.0}, .curvature = {-4.0}, .size = 1};
  EXPECT_EQ(saddlepoint(down, -0.5)->below, 1.0);
  EXPECT_EQ(saddlepoint(down, -0.5)->above, 0.0);
  const auto far = saddlepoint(down, -1e4);
  ASSERT_TRUE(far.has_value());
  EXPECT_LT(far->below, 1e-300);
  // Closer to the end than rounding can tell: a refusal or a probability next to nothing, not a wrong number.
  for (double gap = 1e-10; gap > 1e-17; gap *= 0.3) {
    const auto p = saddlepoint(up, 0.5 + gap);
    if (p) {
      EXPECT_LT(p->below, 1e-4) << gap;
    } else {
      EXPECT_EQ(p.error(), errc::no_convergence);
    }
  }
}

TEST(Saddlepoint, ACertaintyIsAStep) {
  const quadratic_form still{.constant = 2.0, .size = 3};
  EXPECT_EQ(saddlepoint(still, 1.9)->below, 0.0);
  EXPECT_EQ(saddlepoint(still, 2.0)->below, 1.0);
  EXPECT_EQ(saddlepoint_quantile(still, 0.3)->value, 2.0);
  EXPECT_EQ(*saddlepoint_shortfall(still, 0.3), 2.0);
}

TEST(Saddlepoint, RefusesWhatIsNoProbability) {
  const quadratic_form f{.slope = {1.0}, .curvature = {0.3}, .size = 1};
  EXPECT_EQ(saddlepoint(f, std::nan("")).error(), errc::not_finite);
  for (const double p : {0.0, 1.0, -0.5, 2.0, std::nan("")}) {
    EXPECT_EQ(saddlepoint_quantile(f, p).error(), errc::bad_configuration);
    EXPECT_EQ(saddlepoint_shortfall(f, p).error(), errc::bad_configuration);
  }
  const quadratic_form garbage{.slope = {std::nan("")}, .curvature = {0.3}, .size = 1};
  EXPECT_FALSE(saddlepoint(garbage, 1.0).has_value());
  EXPECT_FALSE(saddlepoint_quantile(garbage, 0.1).has_value());
}

}  // namespace
}  // namespace trimtab
