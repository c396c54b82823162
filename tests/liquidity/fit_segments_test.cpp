// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/liquidity/build_supply_curve.hpp>
#include <trimtab/liquidity/constant_product.hpp>
#include <trimtab/liquidity/fit_segments.hpp>
#include <trimtab/liquidity/power_impact.hpp>
#include <trimtab/liquidity/quadratic_impact.hpp>
#include <trimtab/liquidity/stable_swap.hpp>
#include <trimtab/liquidity/weighted.hpp>

#include "support/random.hpp"
#include "support/tolerance.hpp"
#include <cmath>
#include <vector>

namespace trimtab {
namespace {

using liquidity::segment;
using T = test::tolerance<double>;

/// How far n pieces are from the curve on a dense grid: at most below, and at most above.
struct distance {
  double below = 0.0, above = 0.0;
};

template <class V>
distance distance_of(const V& venue, const std::vector<segment<>>& pieces, double most_out) {
  distance found;
  const auto look = [&](double x) {
    double left = x, paid = 0.0;
    for (const segment<>& piece : pieces) {
      if (!(left > 0.0)) break;
      paid += piece.amount_out(smaller(left, piece.capacity));
      left -= piece.capacity;
    }
    const double gap = (venue.amount_out(x) - paid) / most_out;
    found.below = larger(found.below, gap), found.above = larger(found.above, -gap);
  };
  double from = 0.0;
  for (const segment<>& piece : pieces) {  // thirty points in each, crowded towards both ends, and far beyond
    const double width = piece.capacity < infinity ? piece.capacity : 1e3 / piece.curvature;
    for (int i = 1; i <= 30; ++i) {
      const double way = 0.5 - 0.5 * std::cos(3.14159265358979 * i / 30.0);
      look(from + width * way);
      look(from + width * way * way * way);
    }
    from += width;
  }
  look(from * 1e3);
  return found;
}

template <class V>
void expect_sound(const V& venue, double most_out, double order, const char* what) {
  double last = 0.0, early = 0.0, middle = 0.0;
  for (const std::size_t n : {std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{8}, std::size_t{32},
                              std::size_t{128}, std::size_t{512}}) {
    std::vector<segment<>> pieces(n);
    pieces.resize(venue.segments(pieces));
    ASSERT_FALSE(pieces.empty());
    const double error = venue.segment_error(n) / most_out;
    const distance found = distance_of(venue, pieces, most_out);
    EXPECT_LE(found.below, error) << what << " " << n << ": the stated bound holds";
    EXPECT_LE(found.above, 32.0 * T::epsilon) << what << " " << n << ": from below";
    EXPECT_GE(found.below, 0.5 * (error - 64.0 * T::epsilon)) << what << " " << n << ": and says no more than it must";
    double price = venue.marginal_price(0.0).value * (1.0 + T::formula);
    for (const segment<>& piece : pieces) {
      EXPECT_LE(piece.price, price) << what << " " << n;
      EXPECT_GE(piece.curvature, 0.0);
      EXPECT_GT(piece.capacity, 0.0);
      price = piece.marginal_price(piece.capacity) * (1.0 + 1e-11);
    }
    if (n == 3) early = error;
    if (n == 32) middle = error;
    last = error;
  }
  const double at_first = std::log(early / middle) / std::log(32.0 / 3.0), later = std::log2(middle / last) / 4.0;
  std::printf("%-16s 32 pieces %.2e, 512 pieces %.2e of all it pays: order %.2f, later %.2f\n", what, middle, last,
              at_first, later);
  EXPECT_GE(at_first, 2.4) << what;
  EXPECT_GE(later, order) << what;
}

TEST(FitSegments, ConvergesToTheThirdOrderFromBelowWithABoundThatHolds) {
  using namespace liquidity;
  for (const double ratio : {4.0, 0.25, 0.9, 19.0}) {
    weighted pool{.balance_in = 1000.0, .balance_out = 2e6, .weight_in = ratio, .weight_out = 1.0};
    expect_sound(pool, 2e6, 2.3, "weighted");
    pool.cap = pool.largest_input();
    expect_sound(pool, pool.amount_out(pool.cap), 2.3, "weighted, capped");
  }
  for (const double in : {1e6, 1e3, 3e5, 3e6}) {
    for (const double amplification : {1.0, 200.0, 5000.0}) {
      const stable_pool pool{.coins = 2, .balances = {in, 1e6}, .amplification = amplification};
      const auto venue = *stable_swap::of(pool, 0, 1);
      expect_sound(venue, venue.most_out(), 2.3, "stable");
    }
  }
  expect_sound(quadratic_impact{.price = 2000.0, .depth = 1000.0}, 1e6, 2.3, "quadratic");
  for (const double exponent : {0.3, 0.5, 0.7, 1.5}) {
    const power_impact market{.price = 2000.0, .volume = 1e4, .strength = 0.03, .exponent = exponent};
    expect_sound(market, market.most_out(), 1.6, "power");
    const power_impact rest = market.after(0.1 * market.depth());
    expect_sound(rest, rest.most_out(), 2.3, "power, traded");
  }
}

TEST(FitSegments, OfAMoebiusCurveOnePieceIsTheCurve) {
  const liquidity::constant_product pool{.reserve_in = 1e3, .reserve_out = 2e6};
  segment<> exact, fitted;
  ASSERT_EQ(pool.segments({&exact, 1}), 1U);
  ASSERT_EQ(liquidity::fit_segments(pool, {.most_out = 2e6}, {&fitted, 1}), 1U);
  EXPECT_TRUE(test::close(fitted.price, exact.price, T::formula));
  EXPECT_TRUE(test::close(fitted.curvature, exact.curvature, T::formula));
  EXPECT_EQ(fitted.capacity, infinity);
  EXPECT_LE(liquidity::fit_error(pool, {.most_out = 2e6}, 1), 2e6 * 32.0 * T::epsilon);
}

TEST(FitSegments, NothingToPayIsNoPieceAndNoPieceMissesAll) {
  const liquidity::constant_product pool{.reserve_in = 1e3, .reserve_out = 2e6};
  segment<> piece;
  EXPECT_EQ(liquidity::fit_segments(pool, {.most_out = 0.0}, {&piece, 1}), 0U);
  EXPECT_EQ(liquidity::fit_segments(pool, {.most_out = 2e6}, {}), 0U);
  EXPECT_EQ(liquidity::fit_error(pool, {.most_out = 2e6}, 0), 2e6);
}

TEST(FitSegments, UnitsDoNotMatter) {
  liquidity::weighted pool{.balance_in = 1e3, .balance_out = 2e6, .weight_in = 0.8, .weight_out = 0.2};
  std::vector<segment<>> here(16), there(16);
  ASSERT_EQ(pool.segments(here), 16U);
  const double error = pool.segment_error(16);
  pool.balance_in *= 1e18, pool.balance_out *= 1e-18;
  ASSERT_EQ(pool.segments(there), 16U);
  EXPECT_TRUE(test::close(pool.segment_error(16), 1e-18 * error, 1e-9));
  for (std::size_t i = 0; i < 15; ++i) EXPECT_TRUE(test::close(there[i].capacity, 1e18 * here[i].capacity, 1e-9)) << i;
}

TEST(FitSegments, RandomPoolsKeepTheirBound) {
  test::random_numbers random(20221111);
  for (int i = 0; i < 60; ++i) {
    const liquidity::weighted pool{.balance_in = random.log_uniform(1e-9, 1e9),
                                   .balance_out = random.log_uniform(1e-9, 1e9),
                                   .weight_in = random.uniform(0.01, 0.99),
                                   .weight_out = random.uniform(0.05, 0.99)};
    const liquidity::stable_pool coins{.coins = 3,
                                       .balances = {random.log_uniform(1e-4, 1e4), random.log_uniform(1e-4, 1e4), 50.0},
                                       .amplification = random.log_uniform(0.1, 1e5)};
    const std::size_t n = 1 + random.below(40);
    std::vector<segment<>> pieces(n);
    pieces.resize(pool.segments(pieces));
    const distance of_pool = distance_of(pool, pieces, pool.balance_out);
    EXPECT_LE(of_pool.below, pool.segment_error(n) / pool.balance_out) << i;
    EXPECT_LE(of_pool.above, 32.0 * T::epsilon) << i;
    const auto venue = *liquidity::stable_swap::of(coins, 0, 1);
    pieces.assign(n, {});
    pieces.resize(venue.segments(pieces));
    const distance of_coins = distance_of(venue, pieces, venue.most_out());
    EXPECT_LE(of_coins.below, venue.segment_error(n) / venue.most_out()) << i;
    EXPECT_LE(of_coins.above, 32.0 * T::epsilon) << i;
  }
}

TEST(FitSegments, OfACurveThatIsNearlyStraightTheLastPieceIsNoSteeperThanTheOneBefore) {
  // A weighted pool that is all but at its cap: its price hardly falls, and rounding must not make it rise.
  test::random_numbers random(20200906);
  for (int i = 0; i < 2000; ++i) {
    liquidity::weighted pool{.balance_in = random.log_uniform(1.0, 1e8),
                             .balance_out = random.log_uniform(1.0, 1e8),
                             .weight_in = 0.8,
                             .weight_out = 0.2,
                             .fee = {30.0}};
    pool.cap = pool.depth() * random.log_uniform(1e-12, 1e-3);
    liquidity::supply_room<liquidity::fitted_pieces> room;
    const auto curve = liquidity::build_supply_curve(room.memory(), pool);
    ASSERT_TRUE(curve) << pool.cap / pool.depth();
    EXPECT_NEAR(curve->amount_out(pool.cap), pool.amount_out(pool.cap), 1e-12 * pool.amount_out(pool.cap));
  }
}

}  // namespace
}  // namespace trimtab
