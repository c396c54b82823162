// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/liquidity/constant_product.hpp>
#include <trimtab/liquidity/segment.hpp>

#include "support/random.hpp"
#include "support/tolerance.hpp"
#include <cmath>
#include <limits>

namespace trimtab {
namespace {

using liquidity::segment;
using T = test::tolerance<double>;

constexpr segment<> straight{.price = 2000.0, .curvature = 0.0, .capacity = 10.0};
constexpr segment<> bent{.price = 2000.0, .curvature = 1e-3};
static_assert(straight.amount_out(4.0) == 8000.0 && straight.marginal_price(4.0) == 2000.0);
static_assert(bent.amount_out(1000.0) == 1e6 && bent.marginal_price(1000.0) == 500.0);
static_assert(bent.capacity == infinity);
static_assert(segment<float>{.price = 1.0F, .curvature = 0.0F}.capacity == std::numeric_limits<float>::infinity());

TEST(Segment, IsTheConstantProductWithCurvatureOneOverDepth) {
  constexpr liquidity::constant_product pool{.reserve_in = 500.0, .reserve_out = 1e6, .fee = {30.0}};
  segment<> piece;
  ASSERT_EQ(pool.segments({&piece, 1}), 1U);
  for (const double x : {1e-9, 1.0, 499.0, 1e5}) {
    EXPECT_TRUE(test::close(piece.amount_out(x), pool.amount_out(x), T::formula)) << x;
    EXPECT_TRUE(test::close(piece.marginal_price(x), pool.marginal_price(x).value, T::formula)) << x;
  }
}

TEST(Segment, ItsMarginalPriceIsTheSlopeOfWhatItPays) {
  test::random_numbers random(20231217);
  for (int i = 0; i < 1000; ++i) {
    const segment<> piece{.price = random.log_uniform(1e-3, 1e3), .curvature = random.log_uniform(1e-6, 1.0)};
    const double t = random.log_uniform(1e-2, 1e2), h = T::bump_step * t;
    const double slope = (piece.amount_out(t + h) - piece.amount_out(t - h)) / (2.0 * h);
    EXPECT_TRUE(test::close(slope, piece.marginal_price(t), T::bump)) << piece.curvature << " " << t;
    EXPECT_LE(piece.amount_out(t), piece.price * t);
    EXPECT_LT(piece.marginal_price(t), piece.price);
  }
}

TEST(Segment, NothingInPaysNothing) {
  EXPECT_EQ(straight.amount_out(0.0), 0.0);
  EXPECT_EQ(bent.amount_out(0.0), 0.0);
  EXPECT_EQ(bent.marginal_price(0.0), 2000.0);
}

TEST(Segment, ANaNAmountPaysNaN) {
  EXPECT_TRUE(std::isnan(bent.amount_out(std::numeric_limits<double>::quiet_NaN())));
}

}  // namespace
}  // namespace trimtab
