// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/forecast/damped_newton.hpp>

#include <array>
#include <cmath>

namespace trimtab {
namespace {

using forecast::descend;

/// A function of a few numbers as a space, bounded below in the first.
template <std::size_t N, class F>
struct plane {
  F f;
  double bound = -infinity;

  struct place {
    std::array<double, N> x{};
    bool bounded = false;
  };
  std::size_t dimensions(const place& p) const { return N - (p.bounded ? 1U : 0U); }
  place moved(place p, const std::array<double, 4>& by) const {
    for (std::size_t i = p.bounded ? 1 : 0; i < N; ++i) p.x[i] += by[p.bounded ? i - 1 : i];
    return p;
  }
  place kept(place p) const {
    if (p.x[0] < bound) p = {p.x, true}, p.x[0] = bound;
    return p;
  }
  double value(const place& p) const { return f(p.x); }
};
template <std::size_t N, class F>
plane<N, F> plane_of(F f, double bound = -infinity) {
  return {f, bound};
}

TEST(DampedNewton, FindsTheBottomOfACurvedValley) {
  auto space = plane_of<2>([](const auto& x) {
    const double a = 1.0 - x[0], b = x[1] - x[0] * x[0];
    return 1.0 + a * a + 100.0 * b * b;
  });
  const auto end = descend(space, {{-1.2, 1.0}, false});
  EXPECT_TRUE(end.converged);
  EXPECT_NEAR(end.at.x[0], 1.0, 1e-5);
  EXPECT_NEAR(end.at.x[1], 1.0, 1e-5);
  EXPECT_NEAR(end.value, 1.0, 1e-11);
  EXPECT_LT(end.gradient, 1e-5);
}

TEST(DampedNewton, GetsOffASaddle) {
  auto space = plane_of<3>([](const auto& x) {
    double sum = 3.0 + std::cos(x[0]);
    for (std::size_t i = 1; i < 3; ++i) sum += x[i] * x[i] * (1.0 + 0.1 * x[0]);
    return sum;
  });
  const auto end = descend(space, {{0.2, 0.5, -0.5}, false});
  EXPECT_TRUE(end.converged);
  EXPECT_NEAR(std::fabs(end.at.x[0]), 3.14159265, 1e-5);
  EXPECT_NEAR(end.value, 2.0, 1e-12);
}

TEST(DampedNewton, StopsAtABoundAndGoesAlongIt) {
  auto space = plane_of<2>(
      [](const auto& x) {
        const double a = x[0] - 0.25, b = x[1] - x[0];
        return 1.0 + a * a + b * b;
      },
      0.5);
  const auto end = descend(space, {{3.0, -2.0}, false});
  EXPECT_TRUE(end.converged);
  EXPECT_TRUE(end.at.bounded);
  EXPECT_EQ(end.at.x[0], 0.5);
  EXPECT_NEAR(end.at.x[1], 0.5, 1e-6);
}

TEST(DampedNewton, GoesAlongAWall) {
  auto space = plane_of<2>([](const auto& x) {
    if (x[0] < 0.0) return infinity;
    return 1.0 + 1e-9 * x[0] + (x[1] - 2.0) * (x[1] - 2.0) + x[0] * x[0];
  });
  const auto end = descend(space, {{0.0, 0.0}, false});
  EXPECT_TRUE(end.converged);
  EXPECT_NEAR(end.at.x[1], 2.0, 1e-6);
}

TEST(DampedNewton, DoesNotClaimWhatItDidNotFind) {
  auto falling = plane_of<1>([](const auto& x) { return std::exp(-x[0]); });
  EXPECT_FALSE(descend(falling, {{0.0}, false}).converged) << "no bottom";
  auto nowhere = plane_of<2>([](const auto&) { return infinity; });
  EXPECT_FALSE(descend(nowhere, {{0.0, 0.0}, false}).converged);
  auto nan = plane_of<1>([](const auto&) { return std::nan(""); });
  EXPECT_FALSE(descend(nan, {{0.0}, false}).converged);
  auto kink = plane_of<1>([](const auto& x) { return 1.0 + std::fabs(x[0] - 1.0 / 3.0); });
  EXPECT_FALSE(descend(kink, {{1.0}, false}).converged) << "no slope to vanish";
}

}  // namespace
}  // namespace trimtab
