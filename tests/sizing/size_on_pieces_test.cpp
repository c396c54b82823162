// SPDX-License-Identifier: MIT
// Many pieces by halving, against the same pieces one after another, and against bisection in 80 bits.
#include <gtest/gtest.h>

#include <trimtab/liquidity/build_supply_curve.hpp>
#include <trimtab/liquidity/constant_price.hpp>
#include <trimtab/liquidity/constant_product.hpp>
#include <trimtab/sizing/size_on_pieces.hpp>

#include "support/random.hpp"
#include "support/unlike_venues.hpp"
#include <array>
#include <cmath>
#include <cstdio>
#include <limits>
#include <vector>

namespace trimtab {
namespace {

using liquidity::segment;
using liquidity::supply_curve;
using sizing::curve;
using sizing::size_equation;
using verdict = sizing::size_root::verdict;

constexpr std::size_t most_pieces = 40;

// The pieces of a supply curve as a venue that is read whole.
struct read_whole {
  static constexpr std::size_t max_segments = most_pieces;
  std::array<segment<>, most_pieces> piece{};
  std::size_t count = 0;

  explicit read_whole(const supply_curve& from) { count = from.segments(piece); }
  std::size_t segments(std::span<segment<>> out) const noexcept {
    for (std::size_t i = 0; i < count; ++i) out[i] = piece[i];
    return count;
  }
};
static_assert(Pieced<read_whole> && !sizing::Placed<read_whole>);
static_assert(sizing::Placed<supply_curve> && !Pieced<supply_curve>);

struct random_curve {
  liquidity::supply_room<most_pieces / 2> room{};
  supply_curve curve{};

  random_curve(test::random_numbers& d, bool bounded) {
    liquidity::supply_builder builder(room.memory());
    const double price = d.log_uniform(1e-3, 1e3), scale = d.log_uniform(1e-9, 1e9);
    for (std::size_t k = bounded ? 0 : 1 + d.below(4); k > 0; --k) {
      const double depth = scale * d.log_uniform(0.1, 10.0);
      EXPECT_EQ(builder.add(liquidity::constant_product{.reserve_in = depth,
                                                        .reserve_out = depth * price * d.uniform(0.9, 1.1)}),
                errc::ok);
    }
    for (std::size_t k = 1 + d.below(8); k > 0; --k)
      EXPECT_EQ(builder.add(liquidity::constant_price{.price = price * d.uniform(0.6, 1.1),
                                                      .cap = scale * d.log_uniform(1e-3, 1.0)}),
                errc::ok);
    const auto built = builder.build();
    EXPECT_TRUE(built.has_value());
    curve = *built;
    if (d.below(3) == 0) curve = curve.after(scale * d.log_uniform(1e-3, 0.3));
  }
};

double first_price(const supply_curve& c) {
  return c.marginal_price(0.0).value;
}

TEST(SizeOnPieces, AgreesWithReadingThemAll) {
  test::random_numbers d(20210505);
  std::array<int, 4> seen{};
  int roots = 0, floors = 0, ratios = 0;
  for (int i = 0; i < 20000; ++i) {
    const random_curve r(d, i % 4 == 0);
    const double price = first_price(r.curve), scale = r.curve.pieces[0].piece.capacity * d.log_uniform(0.1, 30.0);
    if (!(price > 0.0)) continue;
    const curve many(r.curve);
    const curve few(read_whole(r.curve));
    const double cap = d.below(2) == 0 ? infinity : scale * d.log_uniform(0.1, 10.0);

    const size_equation q{d.log_uniform(0.1, 10.0), 0.0, 0.0};
    size_equation lacks = q, spares = q;
    lacks.give = spares.give = q.gain * price * d.uniform(0.1, 1.05);
    lacks.deficit = q.gain * price * scale * d.log_uniform(1e-4, 1.0);
    spares.deficit = -lacks.deficit;
    const auto a = solve(lacks, many, cap), b = solve(lacks, few, cap);
    ++seen[static_cast<std::size_t>(a.what)];
    ASSERT_EQ(a.what, b.what) << i;
    // As near as the terms of φ are known, over its slope.
    const double known = 0x1p-45 * (a.x + (q.gain * r.curve.amount_out(a.x) + lacks.give * a.x) /
                                              std::fmax(std::fabs(a.slope), 1e-6 * lacks.give));
    if (a.what == verdict::reached) {
      ASSERT_LE(std::fabs(a.x - b.x), known) << i;
    } else {
      ASSERT_NEAR(a.x, b.x, 1e-9 * b.x) << i;
    }

    const double far = last_root(spares, many, cap), near = last_root(spares, few, cap);
    if (is_finite(near)) {
      ++roots;
      const double drop = spares.give - q.gain * r.curve.marginal_price(near).value;
      ASSERT_LE(std::fabs(far - near), 0x1p-46 * (near + (q.gain * r.curve.amount_out(near) + spares.give * near) /
                                                             std::fmax(std::fabs(drop), 1e-6 * spares.give)))
          << i;
    } else {
      ASSERT_EQ(far, near) << i;
    }

    const double floor = price * d.uniform(0.3, 1.05), average = size_at_average_price(many, floor);
    const double average_few = size_at_average_price(few, floor);
    floors += is_finite(average) && average > 0.0;
    if (is_finite(average_few)) {
      ASSERT_NEAR(average, average_few, 1e-9 * average_few) << i;
    } else {
      ASSERT_EQ(average, average_few) << i;
    }

    const double debt = price * scale * d.log_uniform(1.0, 100.0), collateral = debt * d.uniform(0.8, 1.3);
    const double give = price * d.uniform(0.3, 1.0), lost = price * d.uniform(0.0, 1e-3);
    const double most = smaller(cap, 0.999 * collateral / give);  // all there is to sell
    const double best = size_of_best_ratio(many, collateral, debt, give, 1.0, lost, most);
    const double best_few = size_of_best_ratio(few, collateral, debt, give, 1.0, lost, most);
    ratios += best > 0.0 && is_finite(best);
    // Reading them all answers +inf where the last one goes on for ever and the ratio rises on: the cap is what is
    // meant.
    ASSERT_NEAR(best, smaller(best_few, most), 1e-7 * best) << i;
  }
  std::printf("many pieces: %d reached, %d pole, %d depth, %d cap; %d last roots, %d floors, %d ratios\n", seen[0],
              seen[1], seen[2], seen[3], roots, floors, ratios);
  for (const int n : seen) EXPECT_GT(n, 100);
  EXPECT_GT(roots, 1000);
  EXPECT_GT(floors, 1000);
  EXPECT_GT(ratios, 1000);
}

TEST(SizeOnPieces, TheRootIsWhereEightyBitsPutIt) {
  test::random_numbers d(7);
  int reached = 0;
  for (int i = 0; i < 3000; ++i) {
    const random_curve r(d, false);
    const test_venue::exact_curve exact(r.curve);
    const double price = first_price(r.curve), scale = r.curve.pieces[0].piece.capacity * d.log_uniform(0.1, 30.0);
    const size_equation q{1.0, price * d.uniform(0.1, 0.95), price * scale * d.log_uniform(1e-3, 0.5)};
    const auto root = solve(q, curve(r.curve), infinity);
    if (root.what != verdict::reached) continue;
    ++reached;
    const auto phi = [&](long double x) { return q.gain * exact.amount_out(x) - q.give * x - q.deficit; };
    long double low = 0, high = root.x * 1.001L;
    ASSERT_GT(phi(high), 0) << i;
    for (int k = 0; k < 80; ++k) (phi((low + high) / 2) < 0 ? low : high) = (low + high) / 2;
    ASSERT_LE(std::fabs(root.x - high), 0x1p-46L * (high + (exact.amount_out(high) + q.give * high) / root.slope)) << i;
  }
  EXPECT_GT(reached, 1000);
}

// N12: many accounts on one curve, each a size equation of its own; what they leave is measured from the amounts.
TEST(SizeOnPieces, AHundredThousandAccountsOnOneCurve) {
  test::random_numbers d(100000);
  liquidity::supply_room<64> room;
  liquidity::supply_builder builder(room.memory());
  for (int k = 0; k < 3; ++k)
    ASSERT_EQ(builder.add(liquidity::constant_product{.reserve_in = 1e4, .reserve_out = 2.5e7 * d.uniform(0.99, 1.01)}),
              errc::ok);
  for (int k = 0; k < 40; ++k)
    ASSERT_EQ(
        builder.add(liquidity::constant_price{.price = 2500.0 * d.uniform(0.9, 1.0), .cap = d.uniform(1.0, 20.0)}),
        errc::ok);
  const auto built = builder.build();
  ASSERT_TRUE(built.has_value());
  const curve shared(*built);
  const double target = 1.25, weight = 0.83, price = 2500.0;
  int reached = 0;
  for (int i = 0; i < 100000; ++i) {
    const double collateral = d.log_uniform(0.4, 4e3), debt = weight * price * collateral / d.uniform(1.02, 1.24);
    const double held = weight * price * collateral;
    const auto root = solve(size_equation{target, weight * price, target * debt - held}, shared, collateral);
    if (root.what != verdict::reached) continue;
    ++reached;
    const double left = debt - built->amount_out(root.x), kappa = debt / left;
    const double health = (held - weight * price * root.x) / left;
    ASSERT_NEAR(health / target, 1.0, 24 * std::numeric_limits<double>::epsilon() * kappa) << i;
  }
  EXPECT_GT(reached, 80000);
}

TEST(SizeOnPieces, NothingWorksOnNothing) {
  const curve empty{supply_curve{}};
  EXPECT_NE(solve(size_equation{2.0, 1.0, 1.0}, empty, infinity).what, verdict::reached);
  EXPECT_EQ(solve(size_equation{2.0, 1.0, 1.0}, empty, infinity).x, 0.0);
  EXPECT_EQ(size_of_best_ratio(empty, 10.0, 9.0, 0.8, 1.0, 0.0, infinity), 0.0);
  EXPECT_EQ(last_root(size_equation{1.0, 1.0, 1.0}, empty, 10.0), 0.0);
  EXPECT_EQ(last_root(size_equation{1.0, 1.0, -1.0}, empty, 10.0), 0.0) << "it takes nothing";
}

}  // namespace
}  // namespace trimtab
