// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/sensitivity/liquidation_distance_greeks.hpp>

#include "support/books.hpp"
#include "support/tolerance.hpp"
#include <cmath>
#include <limits>

namespace trimtab {
namespace {

using sensitivity::liquidation_distance_greeks;
using T = test::tolerance<double>;

constexpr double quoted[] = {1000.0, 1.0, 1.0};
constexpr oracle_prices<double> prices{quoted};

// 8 · ½ · p against 2000: liquidation at 500, a fall of ln 2.
using test::position;

TEST(LiquidationDistanceGreeks, OneCollateralAndOneDebt) {
  const auto g = liquidation_distance_greeks(position(), prices, {0});
  ASSERT_TRUE(g.has_value());
  EXPECT_DOUBLE_EQ(g->value, -std::log(2.0));
  EXPECT_DOUBLE_EQ(g->delta[0], -1.0 / 1000.0);
  EXPECT_DOUBLE_EQ(g->delta[1], 1.0) << "the liquidation price rises with the price of the debt";
  EXPECT_DOUBLE_EQ(g->gamma(0, 0), 1e-6);
  EXPECT_DOUBLE_EQ(g->gamma(1, 1), -1.0);
  EXPECT_EQ(g->gamma(0, 1), 0.0);
  EXPECT_EQ(g->delta[2], 0.0);
}

TEST(LiquidationDistanceGreeks, AreSlopesAndCurvaturesAndElasticitiesSumToZero) {
  test::random_numbers random(20200312);
  int seen = 0;
  for (int n = 0; n < 500; ++n) {
    const test::random_book book(random);
    const price_slot slot{static_cast<std::uint16_t>(random.below(4))};
    const auto g = liquidation_distance_greeks(book.f, book.prices(), slot);
    if (!g || std::fabs(g->value) > 3.0) continue;  // far away the point is ill-conditioned for differences
    double along = 0.0, most = 1.0;
    for (std::size_t i = 0; i < 4; ++i) most = std::max(most, std::fabs(g->delta[i]) * book.p[i]);
    if (most > 20.0) continue;
    ++seen;
    for (std::size_t i = 0; i < 4; ++i) {
      along += g->delta[i] * book.p[i];
      const double h = T::bump_step * book.p[i];
      const auto above = liquidation_distance_greeks(book.f, book.moved(i, h).prices(), slot);
      const auto below = liquidation_distance_greeks(book.f, book.moved(i, -h).prices(), slot);
      ASSERT_TRUE(above.has_value() && below.has_value());
      const double allowed = T::bump * most * most * most;
      EXPECT_LE(std::fabs((above->value - below->value) / (2.0 * h) - g->delta[i]) * book.p[i], allowed) << n;
      for (std::size_t j = 0; j < 4; ++j)
        EXPECT_LE(std::fabs((above->delta[j] - below->delta[j]) / (2.0 * h) - g->gamma(i, j)) * book.p[i] * book.p[j],
                  allowed * most)
            << n;
    }
    EXPECT_LE(std::fabs(along), T::route * most) << n;
  }
  EXPECT_GT(seen, 100);
}

TEST(LiquidationDistanceGreeks, WhereThereIsNoPointThereIsNoSlope) {
  EXPECT_EQ(liquidation_distance_greeks(position(), prices, {2}).error(), errc::infeasible);
  EXPECT_EQ(liquidation_distance_greeks(position(), prices, {7}).error(), errc::size_mismatch);
  const double bad[] = {std::numeric_limits<double>::quiet_NaN(), 1.0, 1.0};
  EXPECT_EQ(liquidation_distance_greeks(position(), oracle_prices<double>(bad), {0}).error(), errc::not_finite);
  const double zero[] = {0.0, 1.0, 1.0};
  EXPECT_EQ(liquidation_distance_greeks(position(), oracle_prices<double>(zero), {0}).error(),
            errc::non_positive_price);
}

}  // namespace
}  // namespace trimtab
