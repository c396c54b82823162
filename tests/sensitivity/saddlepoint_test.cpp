// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/sensitivity/imhof.hpp>
#include <trimtab/sensitivity/saddlepoint.hpp>

#include "support/moves.hpp"
#include "support/tolerance.hpp"
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <vector>

namespace trimtab {
namespace {

using sensitivity::imhof_probability;
using sensitivity::make_quadratic_form;
using sensitivity::quadratic_form;
using sensitivity::saddlepoint_probability;
using sensitivity::saddlepoint_quantile;
using sensitivity::saddlepoint_shortfall;

TEST(Saddlepoint, OfALinearFormIsTheNormal) {
  const quadratic_form y{.constant = 0.3, .slope = {0.3, 0.4}, .curvature = {}, .size = 2};
  for (const double z : {-30.0, -5.0, -1.0, -1e-3, -1e-9, 0.0, 1e-6, 0.5, 4.0}) {
    const auto p = saddlepoint_probability(y, 0.3 + 0.5 * z);
    ASSERT_TRUE(p.has_value());
    // The bar: what rounding the value does to the tail.
    EXPECT_TRUE(test::close(p->probability, trimtab::normal_cdf(z), 1e-15 * (10.0 + 4.0 * z * z))) << z;
    EXPECT_LE(p->residual, 1e-14 * (1.0 + std::fabs(z)));
  }
  for (const double alpha : {1e-200, 1e-6, 0.01, 0.3, 0.5, 0.8}) {
    const double z = trimtab::normal_quantile(alpha);
    EXPECT_LE(std::fabs(saddlepoint_quantile(y, alpha)->value - (0.3 + 0.5 * z)), 1e-14 * (1.0 + std::fabs(z)));
    const auto es = saddlepoint_shortfall(y, alpha);
    ASSERT_TRUE(es.has_value()) << name(es.error());
    const double expected = 0.3 - 0.5 * trimtab::normal_density(z) / alpha;
    EXPECT_LE(std::fabs(es->value - expected), 1e-12 * std::fabs(expected)) << alpha;
  }
}

TEST(Saddlepoint, AgainstTheExactInversion) {
  test::random_numbers random(1980);
  double worst[3] = {}, pure[3] = {};
  std::vector<double> all[3];
  const double levels[3] = {0.05, 0.01, 0.001};
  int compared = 0;
  for (int n = 0; n < 60; ++n) {
    const std::size_t count = 2 + random.below(5);
    test::random_moves m(random, count, count, random.uniform(0.1, 2.0));
    const auto y = make_quadratic_form(m.constant, m.delta, m.gamma, m.covariance);
    ASSERT_TRUE(y.has_value());
    for (int k = 0; k < 3; ++k) {
      const auto q = saddlepoint_quantile(*y, levels[k]);
      ASSERT_TRUE(q.has_value()) << name(q.error());
      EXPECT_LE(q->residual, 1e-13);
      const auto back = saddlepoint_probability(*y, q->value);
      ASSERT_TRUE(back.has_value());
      EXPECT_TRUE(test::close(back->probability, levels[k], 1e-8)) << n;
      EXPECT_LE(back->residual, 1e-13);
      const auto exact = imhof_probability(*y, q->value, 1e-8);
      if (!exact) {
        EXPECT_EQ(exact.error(), errc::no_convergence);
        continue;
      }
      ++compared;
      const double error = std::fabs(exact->probability - levels[k]) / exact->probability;
      worst[k] = std::max(worst[k], error);
      // Towards the end of a form that bends one way it goes to Stirling's error at Γ(½): √(π)/(√(2π)·e^{−½}) = 1.166.
      EXPECT_LE(error, 0.166) << n;
      all[k].push_back(error);
    }
  }
  EXPECT_GT(compared, 150);
  // The hard case of Cornish–Fisher: no slope at all, λ of one sign, so that Y is a sum of χ².
  for (const double sign : {-1.0, 1.0}) {
    const quadratic_form y{
        .constant = 0.0, .slope = {}, .curvature = {sign, 0.7 * sign, 0.5 * sign, 0.2 * sign}, .size = 4};
    for (int k = 0; k < 3; ++k) {
      const auto q = saddlepoint_quantile(y, levels[k]);
      ASSERT_TRUE(q.has_value());
      const auto exact = imhof_probability(y, q->value, 1e-7);
      ASSERT_TRUE(exact.has_value()) << name(exact.error());
      pure[k] = std::max(pure[k], std::fabs(exact->probability - levels[k]) / exact->probability);
      EXPECT_LE(pure[k], 0.166);
    }
  }
  for (auto& errors : all) std::sort(errors.begin(), errors.end());
  std::printf(
      "saddlepoint against inversion, relative error of P at 5 %%, 1 %%, 0.1 %%: worst %.2g, %.2g, %.2g; median %.2g, "
      "%.2g, "
      "%.2g (%d points); sums of chi-squares: %.2g, %.2g, %.2g\n",
      worst[0], worst[1], worst[2], all[0][all[0].size() / 2], all[1][all[1].size() / 2], all[2][all[2].size() / 2],
      compared, pure[0], pure[1], pure[2]);
}

TEST(Saddlepoint, WorstWhereASmallCurvatureOfTheOtherSignPassesTheEnd) {
  // ½·0.726·z₁² ends at 0, −½·0.0163·z₂² carries it a little beyond: 5 % by saddlepoint are 3.5 %, too much risk.
  const quadratic_form y{.constant = 0.0, .slope = {}, .curvature = {0.726, -0.0163}, .size = 2};
  const auto q = saddlepoint_quantile(y, 0.05);
  ASSERT_TRUE(q.has_value());
  const auto exact = imhof_probability(y, q->value);
  ASSERT_TRUE(exact.has_value()) << name(exact.error());
  EXPECT_NEAR(0.05 / exact->probability, 1.44, 0.01);
  test::random_numbers random(1980);
  const int draws = 400000;
  int below = 0;
  for (int k = 0; k < draws; ++k) {
    const double first = test::normal(random), second = test::normal(random);
    below += 0.5 * (0.726 * first * first - 0.0163 * second * second) <= q->value ? 1 : 0;
  }
  EXPECT_NEAR(1.0 * below / draws, exact->probability, 3.0 * std::sqrt(0.035 * 0.965 / draws));
  // The worst of what was searched, over forms without slopes and of either sign.
  double worst = 0.0;
  for (int n = 0; n < 300; ++n) {
    quadratic_form any{.constant = 0.0, .slope = {}, .curvature = {}, .size = 1 + random.below(6)};
    for (std::size_t j = 0; j < any.size; ++j)
      any.curvature[j] = (random.below(2) == 0 ? 1.0 : -1.0) * random.log_uniform(1e-2, 1.0);
    const auto at = saddlepoint_quantile(any, 0.05);
    ASSERT_TRUE(at.has_value());
    const auto there = imhof_probability(any, at->value);
    ASSERT_TRUE(there.has_value()) << name(there.error());
    worst = std::max(worst, std::fabs(0.05 / there->probability - 1.0));
  }
  std::printf("saddlepoint at 5 %% of 300 forms without slopes: worst %.2g\n", worst);
  EXPECT_LE(worst, 0.45);
}

TEST(Saddlepoint, ProbabilityRisesThroughTheMeanAndToTheEnds) {
  test::random_numbers random(1986);
  for (int n = 0; n < 40; ++n) {
    const std::size_t count = 1 + random.below(4);
    const test::random_moves m(random, count, count, 2.0);
    const auto y = make_quadratic_form(m.constant, m.delta, m.gamma, m.covariance);
    ASSERT_TRUE(y.has_value());
    double before = -1.0;
    for (const double z : {-40.0, -9.0, -4.0, -2.0, -1.0, -0.1, -1e-3, -1e-4, -2e-5, -1e-5, -5e-6, -1e-6, -1e-9, 0.0,
                           1e-9,  1e-6, 5e-6, 1e-5, 2e-5, 1e-4, 1e-3,  0.1,   1.0,   2.0,   4.0,   9.0,   40.0}) {
      const auto p = saddlepoint_probability(*y, y->mean() + z * y->standard_deviation());
      ASSERT_TRUE(p.has_value()) << name(p.error()) << ' ' << z;
      EXPECT_GE(p->probability, before - 2e-11) << n << ' ' << z;  // the series joins the formula to this
      EXPECT_LE(p->probability, 1.0);
      before = p->probability;
    }
  }
}

TEST(Saddlepoint, AnswersForAnyFormAndCertifiesIt) {
  test::random_numbers random(1954);
  double worst = 0.0;
  for (int n = 0; n < 2000; ++n) {
    quadratic_form y{.constant = random.uniform(-1.0, 1.0), .slope = {}, .curvature = {}, .size = 1 + random.below(4)};
    for (std::size_t j = 0; j < y.size; ++j) {  // over seven decades, either sign, and zero
      if (random.below(4) != 0) y.slope[j] = random.log_uniform(1e-6, 10.0) * (random.below(2) != 0 ? 1.0 : -1.0);
      if (random.below(4) != 0) y.curvature[j] = random.log_uniform(1e-6, 10.0) * (random.below(2) != 0 ? 1.0 : -1.0);
    }
    double below = -infinity;
    for (const double alpha : {1e-12, 1e-3, 0.05, 0.5, 0.95, 0.999}) {
      const auto q = saddlepoint_quantile(y, alpha);
      ASSERT_TRUE(q.has_value()) << name(q.error()) << ' ' << n;
      EXPECT_GE(q->value, below) << n;
      below = q->value;
      worst = std::max(worst, q->residual);
      const auto back = saddlepoint_probability(y, q->value);
      ASSERT_TRUE(back.has_value()) << name(back.error()) << ' ' << n;
      const double room = std::fmin(q->value - y.lowest(), y.highest() - q->value);
      if (room > 1e-9 * (1.0 + y.standard_deviation())) {  // nearer an end the value itself has no digits left
        EXPECT_TRUE(test::close(back->probability, alpha, 1e-4)) << n << ' ' << alpha;
        worst = std::max(worst, back->residual);
      }
    }
    const auto es = saddlepoint_shortfall(y, 0.05);
    ASSERT_TRUE(es.has_value()) << name(es.error()) << ' ' << n;
    EXPECT_LE(es->value, saddlepoint_quantile(y, 0.05)->value + 1e-9 * y.standard_deviation()) << n;
    EXPECT_GE(es->value, y.lowest() - 1e-9 * y.standard_deviation()) << n;
  }
  EXPECT_LE(worst, 1e-9);
  std::printf("saddlepoints of 2000 forms: worst residual %.2g standard deviations\n", worst);
}

TEST(Saddlepoint, AgainstDraws) {
  test::random_numbers random(1949);
  const test::random_moves m(random, 3, 3, 0.3);
  const auto y = make_quadratic_form(m.constant, m.delta, m.gamma, m.covariance);
  ASSERT_TRUE(y.has_value());
  const int draws = 100000;
  std::vector<double> drawn(draws);
  for (double& d : drawn) d = m.at(m.draw(random));
  for (const double alpha : {0.05, 0.01}) {
    const double q = saddlepoint_quantile(*y, alpha)->value;
    double below = 0.0, sum = 0.0, squares = 0.0;
    for (const double d : drawn)
      if (d <= q) ++below, sum += d, squares += d * d;
    // Three standard errors, and what the saddlepoint itself is off by (measured above).
    const double p = below / draws, mean = sum / below;
    EXPECT_LE(std::fabs(p - alpha), 3.0 * std::sqrt(alpha * (1.0 - alpha) / draws) + 0.02 * alpha);
    const auto es = saddlepoint_shortfall(*y, alpha);
    ASSERT_TRUE(es.has_value());
    EXPECT_LE(std::fabs(es->value - mean),
              3.0 * std::sqrt((squares / below - mean * mean) / below) + 0.02 * std::fabs(q - es->value));
    EXPECT_LE(es->error, 1e-8 * std::fabs(es->value));
  }
}

TEST(Saddlepoint, OneBowlIsAShiftedChiSquare) {
  // Z² has P(Z² ≤ x) = 2Φ(√x) − 1; with slope, ½λ(Z + d/λ)² − d²/2λ. One axis is the saddlepoint's hardest case.
  const quadratic_form bowl{.constant = 0.0, .slope = {}, .curvature = {2.0}, .size = 1};
  for (const double x : {0.01, 0.1, 1.0, 4.0, 9.0}) {
    const double exact = 2.0 * trimtab::normal_cdf(std::sqrt(x)) - 1.0;
    EXPECT_LE(std::fabs(saddlepoint_probability(bowl, x)->probability - exact), 0.1 * exact) << x;
  }
  EXPECT_EQ(saddlepoint_probability(bowl, 0.0)->probability, 0.0);
  EXPECT_EQ(saddlepoint_probability(bowl, -1.0)->probability, 0.0);
  const quadratic_form dome{.constant = 0.0, .slope = {}, .curvature = {-2.0}, .size = 1};
  EXPECT_EQ(saddlepoint_probability(dome, 0.0)->probability, 1.0);
  EXPECT_LE(std::fabs(saddlepoint_probability(dome, -9.0)->probability / 2.0 / trimtab::normal_cdf(-3.0) - 1.0), 0.1);
}

TEST(Saddlepoint, EdgesAndNonsense) {
  const quadratic_form still{.constant = 1.0};
  EXPECT_EQ(saddlepoint_probability(still, 0.9)->probability, 0.0);
  EXPECT_EQ(saddlepoint_probability(still, 1.0)->probability, 1.0);
  EXPECT_EQ(saddlepoint_quantile(still, 0.01)->value, 1.0);
  EXPECT_EQ(saddlepoint_shortfall(still, 0.01)->value, 1.0);
  const quadratic_form y{.constant = 0.0, .slope = {1.0}, .curvature = {-0.5}, .size = 1};
  EXPECT_EQ(saddlepoint_probability(y, -infinity)->probability, 0.0);
  EXPECT_EQ(saddlepoint_probability(y, infinity)->probability, 1.0);
  EXPECT_EQ(saddlepoint_probability(y, -1e300)->probability, 0.0);
  EXPECT_EQ(saddlepoint_probability(y, std::nan("")).error(), errc::not_finite);
  EXPECT_EQ(saddlepoint_quantile(y, std::nan("")).error(), errc::not_finite);
  EXPECT_EQ(saddlepoint_shortfall(y, std::nan("")).error(), errc::not_finite);
  for (const double alpha : {0.0, 1.0, -1.0, 2.0}) {
    EXPECT_EQ(saddlepoint_quantile(y, alpha).error(), errc::bad_configuration);
    EXPECT_EQ(saddlepoint_shortfall(y, alpha).error(), errc::bad_configuration);
  }
  quadratic_form broken = y;
  broken.slope[0] = std::nan("");
  EXPECT_EQ(saddlepoint_probability(broken, 0.0).error(), errc::not_finite);
  EXPECT_EQ(saddlepoint_quantile(broken, 0.1).error(), errc::not_finite);
  EXPECT_EQ(saddlepoint_shortfall(broken, 0.1).error(), errc::not_finite);
  quadratic_form large = y;
  large.size = 17;
  EXPECT_EQ(saddlepoint_probability(large, 0.0).error(), errc::capacity);
  EXPECT_EQ(saddlepoint_quantile(large, 0.1).error(), errc::capacity);
}

}  // namespace
}  // namespace trimtab
