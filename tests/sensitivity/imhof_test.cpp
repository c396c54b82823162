// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/sensitivity/imhof.hpp>

#include "support/moves.hpp"
#include <cmath>

namespace trimtab {
namespace {

using sensitivity::imhof_probability;
using sensitivity::normal_probability;
using sensitivity::quadratic_form;

TEST(Imhof, OfALinearFormIsTheNormal) {
  const quadratic_form y{.constant = 0.3, .slope = {0.3, 0.4}, .curvature = {}, .size = 2};
  for (const double z : {-6.0, -2.0, -0.1, 0.0, 1.0, 5.0}) {
    const auto p = imhof_probability(y, 0.3 + 0.5 * z, 1e-12);
    ASSERT_TRUE(p.has_value()) << name(p.error());
    EXPECT_LE(std::fabs(p->probability - normal_probability(z)), 1e-12) << z;
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
  // ½λz² + dz ≤ y between the roots of the parabola.
  for (const double bend : {-0.6, -0.2, 0.1, 0.4}) {
    const quadratic_form y{.constant = 0.0, .slope = {2.0}, .curvature = {bend}, .size = 1};
    for (const double value : {-3.0, -1.0, 0.5, 2.0}) {
      const double root = 4.0 + 2.0 * bend * value;
      const double from = (-2.0 - std::sqrt(std::fmax(root, 0.0))) / bend,
                   to = (-2.0 + std::sqrt(std::fmax(root, 0.0))) / bend;
      const double between = normal_probability(std::fmax(from, to)) - normal_probability(std::fmin(from, to));
      const double exact = bend > 0.0 ? between : 1.0 - between;
      const auto p = imhof_probability(y, value, 1e-8);
      if (!p) {
        EXPECT_EQ(p.error(), errc::no_convergence);
        EXPECT_GT(std::fabs(bend), 0.3);  // only where the slope damps too little
        continue;
      }
      EXPECT_LE(std::fabs(p->probability - exact), p->error + 1e-12) << bend << ' ' << value;
    }
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
  EXPECT_EQ(imhof_probability(y, 0.0, 1e-15).error(), errc::bad_configuration);
  EXPECT_EQ(imhof_probability(y, 0.0, std::nan("")).error(), errc::bad_configuration);
  quadratic_form broken = y;
  broken.curvature[0] = std::nan("");
  EXPECT_EQ(imhof_probability(broken, 0.0).error(), errc::not_finite);
  broken.size = 17;
  EXPECT_EQ(imhof_probability(broken, 0.0).error(), errc::capacity);
  const quadratic_form slow{.constant = 0.0, .slope = {}, .curvature = {1.0}, .size = 1};
  EXPECT_EQ(imhof_probability(slow, 0.5).error(), errc::no_convergence);
  const quadratic_form still{.constant = 1.0};
  EXPECT_EQ(imhof_probability(still, 0.9)->probability, 0.0);
  EXPECT_EQ(imhof_probability(still, 1.0)->probability, 1.0);
}

}  // namespace
}  // namespace trimtab
