// SPDX-License-Identifier: MIT
// Curves that are only asked, against the closed forms of the same curves in pieces and against bisection in 80 bits.
#include <gtest/gtest.h>

#include <trimtab/liquidity/any_venue.hpp>
#include <trimtab/liquidity/concentrated.hpp>
#include <trimtab/liquidity/constant_price.hpp>
#include <trimtab/liquidity/constant_product.hpp>
#include <trimtab/liquidity/frictionless.hpp>
#include <trimtab/liquidity/weighted.hpp>
#include <trimtab/sizing/size_on_any_venue.hpp>

#include "support/random.hpp"
#include "support/unlike_venues.hpp"
#include <array>
#include <cmath>
#include <cstdio>
#include <limits>

namespace trimtab {
namespace {

using liquidity::constant_price;
using liquidity::constant_product;
using sizing::curve;
using sizing::size_equation;
using sizing::size_root;
using verdict = sizing::size_root::verdict;
using test_venue::kinked;
using test_venue::unpieced;
using test_venue::unpromised;

static_assert(sizing::Unpieced<unpieced<constant_product>> && Smooth<unpieced<constant_product>>);
static_assert(sizing::Unpieced<kinked<constant_product>> && !Smooth<kinked<constant_product>>);
static_assert(!is_concave<unpromised<constant_product>>() && !is_concave<test_venue::rebate>());
static_assert(sizing::Unpieced<liquidity::weighted> && sizing::Unpieced<liquidity::concentrated>);
static_assert(sizing::Unpieced<liquidity::any_venue<constant_product, constant_price>>);
static_assert(!sizing::Unpieced<constant_product> && !sizing::Unpieced<liquidity::supply_curve>);

// All four answers through `asked` are those of `known`, which has closed forms.
template <class Asked, class Known>
void expect_the_same(const Asked& asked, const Known& known, test::random_numbers& d, double price, double scale, int i,
                     double coarse) {
  const curve<Asked> a(asked);
  const curve<Known> k(known);
  const double cap =
      d.below(3) != 0 ? scale * d.log_uniform(0.1, 10.0) : (is_concave<Asked>() ? infinity : 1e3 * scale);
  size_equation q{d.log_uniform(0.1, 10.0), 0.0, 0.0};
  q.give = q.gain * price * d.uniform(0.1, 1.05);
  q.deficit = q.gain * price * scale * d.log_uniform(1e-4, 1.0);
  const size_root ours = solve(q, a, cap), theirs = solve(q, k, cap);
  // Looking begins at a millionth of all: what turns before that looks like a pole.
  if (!is_concave<Asked>() && theirs.what == verdict::depth && theirs.x < 1e-5 * cap) return;
  ASSERT_EQ(ours.what, theirs.what) << i;
  ASSERT_EQ(ours.proven, is_concave<Asked>()) << i;
  const double terms = q.gain * known.amount_out(theirs.x) + q.give * theirs.x;
  if (theirs.what == verdict::reached) {
    ASSERT_LE(std::fabs(ours.x - theirs.x), 0x1p-45 * (theirs.x + terms / theirs.slope)) << i;
  } else {
    ASSERT_NEAR(ours.x, theirs.x, coarse * theirs.x) << i;
  }

  q.deficit = -q.deficit;
  const double last = last_root(q, a, cap), expected = last_root(q, k, cap);
  if (is_finite(expected)) {
    const double drop = q.give - q.gain * known.marginal_price(expected).value;
    ASSERT_LE(std::fabs(last - expected),
              0x1p-45 * (expected + (q.gain * known.amount_out(expected) + q.give * expected) / std::fabs(drop)))
        << i;
  } else {
    ASSERT_EQ(last, expected) << i;
  }

  const double floor = price * d.uniform(0.3, 1.05);
  const double average = size_at_average_price(a, floor), of_pieces = size_at_average_price(k, floor);
  if (is_finite(of_pieces)) {
    ASSERT_NEAR(average, of_pieces, 1e-9 * of_pieces) << i;
  } else {
    ASSERT_EQ(average, of_pieces) << i;
  }

  const double debt = price * scale * d.log_uniform(1.0, 100.0), collateral = debt * d.uniform(0.8, 1.3);
  const double give = price * d.uniform(0.3, 1.0), lost = price * d.uniform(0.0, 1e-3);
  const double most = smaller(scale * 10.0, 0.999 * collateral / give);
  if (known.amount_out(most) > 0.99 * debt) return;
  const double best = size_of_best_ratio(a, collateral, debt, give, 1.0, lost, most);
  const double of_best = smaller(size_of_best_ratio(k, collateral, debt, give, 1.0, lost, most), most);
  const auto ratio = [&](double x) { return (collateral - give * x) / (debt - known.amount_out(x) + lost * x); };
  ASSERT_NEAR(ratio(best), ratio(of_best), 1e-12 * ratio(of_best)) << i << ' ' << best << ' ' << of_best;
}

TEST(SizeOnAnyVenue, GivesTheAnswersOfTheClosedForms) {
  test::random_numbers d(20220505);
  using mixed = liquidity::any_venue<constant_product, constant_price>;
  for (int i = 0; i < 8000; ++i) {
    const double price = d.log_uniform(1e-6, 1e6), scale = d.log_uniform(1e-9, 1e9);
    const constant_product pool{.reserve_in = scale, .reserve_out = scale * price};
    const constant_price level{.price = price, .cap = scale * d.log_uniform(0.01, 1.0)};
    const double first = pool.marginal_price(0.0).value;
    switch (i % 5) {
      case 0:
        expect_the_same(unpieced<constant_product>{pool}, pool, d, first, scale, i, 1e-12);
        break;
      case 1:
        expect_the_same(kinked<constant_product>{pool}, pool, d, first, scale, i, 1e-12);
        break;
      case 2:
        expect_the_same(kinked<constant_price>{level}, level, d, price, scale, i, 1e-12);
        break;
      case 3:
        expect_the_same(mixed{pool}, pool, d, first, scale, i, 1e-12);
        break;
      case 4:  // looked at size by size: a top is found to half the digits
        expect_the_same(unpromised<constant_product>{pool}, pool, d, first, scale, i, 1e-4);
        break;
    }
    if (HasFatalFailure()) return;
  }
}

TEST(SizeOnAnyVenue, WeightedPoolsAgreeWithBisection) {
  test::random_numbers d(80);
  int reached = 0, depth = 0, asked = 0, most_asked = 0;
  for (int i = 0; i < 5000; ++i) {
    const double scale = d.log_uniform(1e-9, 1e9), weight = d.uniform(0.05, 0.95);
    const liquidity::weighted pool{.balance_in = scale,
                                   .balance_out = scale * d.log_uniform(1e-6, 1e6),
                                   .weight_in = weight,
                                   .weight_out = 1.0 - weight};
    const double price = pool.marginal_price(0.0).value;
    const size_equation q{1.0, price * d.uniform(0.05, 0.99), price * scale * d.log_uniform(1e-6, 1.0)};
    const size_root root = solve(q, curve(pool), infinity);
    const auto phi = [&](long double x) { return q.gain * pool.amount_out(x) - q.give * x - q.deficit; };
    const long double top = pool.amount_at(executable_price<long double>{q.give / static_cast<long double>(q.gain)});
    if (std::fabs(phi(top)) < 1e-12L * q.deficit) continue;
    ASSERT_EQ(root.what, phi(top) > 0 ? verdict::reached : verdict::depth) << i;
    ASSERT_TRUE(root.proven);
    if (root.what == verdict::depth) {
      ++depth;
      ASSERT_NEAR(root.x, static_cast<double>(top), 1e-9 * root.x) << i;
      continue;
    }
    ++reached, asked += root.evaluations, most_asked = std::max(most_asked, root.evaluations);
    long double low = 0, high = top;
    for (int k = 0; k < 90; ++k) (phi((low + high) / 2) < 0 ? low : high) = (low + high) / 2;
    ASSERT_LE(std::fabs(root.x - high), 0x1p-45L * (high + (pool.amount_out(high) + q.give * high) / root.slope)) << i;
  }
  std::printf("weighted pools: %d reached, %d out of reach; the curve was asked %.2f times, %d at most\n", reached,
              depth, static_cast<double>(asked) / reached, most_asked);
  EXPECT_GT(reached, 1000);
  EXPECT_GT(depth, 300);
  EXPECT_LT(asked, 5 * reached);
}

struct read_whole {
  static constexpr std::size_t max_segments = 64;
  std::array<liquidity::segment<>, 64> piece;
  std::size_t count;
  std::size_t segments(std::span<liquidity::segment<>> out) const noexcept {
    for (std::size_t k = 0; k < count; ++k) out[k] = piece[k];
    return count;
  }
};

TEST(SizeOnAnyVenue, TicksAgreeWithTheirPieces) {
  test::random_numbers d(300);
  std::array<liquidity::tick_node, 64> nodes{};
  int reached = 0;
  for (int i = 0; i < 500; ++i) {
    std::array<liquidity::initialised_tick, 64> ticks{};
    for (int k = 0; k < 32; ++k) {  // positions around the price, an end of each at its own tick
      const double size = d.log_uniform(1e2, 1e5);
      ticks[static_cast<std::size_t>(31 - k)] = {-30 * (k + 1), size};
      ticks[static_cast<std::size_t>(32 + k)] = {30 * (k + 1), -size};
    }
    const auto table = liquidity::build_tick_table(ticks, nodes);
    ASSERT_TRUE(table.has_value());
    const liquidity::concentrated pool{.ticks = *table, .sqrt_price = 1.0001, .fee = {5.0}};
    std::array<liquidity::segment<>, 64> pieces{};
    const std::size_t count = pool.segments(pieces);
    const read_whole whole{pieces, count};
    const size_equation q{1.0, d.uniform(0.9, 0.999), d.log_uniform(1e-3, 1e3)};
    const size_root asked = solve(q, curve(pool), infinity), known = solve(q, curve(whole), infinity);
    ASSERT_EQ(asked.what, known.what) << i;
    if (known.what != verdict::reached) continue;
    ++reached;
    ASSERT_LE(std::fabs(asked.x - known.x), 1e-13 * (known.x + 2.0 * known.x / known.slope)) << i;
  }
  EXPECT_GT(reached, 200);
}

TEST(SizeOnAnyVenue, ACurveThatIsNotConcaveIsLookedAt) {
  test::random_numbers d(1987);
  int reached = 0, short_of_it = 0, later = 0;
  for (int i = 0; i < 1500; ++i) {
    const double scale = d.log_uniform(1e-6, 1e6);
    const test_venue::rebate venue{.pool = {.reserve_in = scale, .reserve_out = scale},
                                   .most = d.uniform(0.05, 0.9),
                                   .half = scale * d.log_uniform(0.003, 0.3)};
    const size_equation q{1.0, d.uniform(0.2, 0.9), scale * d.log_uniform(1e-3, 0.3)};
    const double all = 2.0 * scale;
    const size_root root = solve(q, curve(venue), all);
    EXPECT_FALSE(root.proven);
    const auto phi = [&](double x) { return q.gain * venue.amount_out(x) - q.give * x - q.deficit; };
    double least = infinity, most = -infinity;
    for (int k = 1; k <= 4000; ++k) {
      const double x = all * k / 4000.0;
      if (phi(x) >= 0.0 && least == infinity) least = x;
      most = std::max(most, phi(x));
    }
    if (root.what == verdict::reached) {
      ++reached;
      ASSERT_GE(phi(root.x), -1e-13 * scale) << i;
      ASSERT_LT(phi(root.x * (1.0 - 1e-9)), 0.0) << i << ": a root, not only a size that does";
      ASSERT_LE(root.x, least) << i;
      later += q.gain * venue.marginal_price(0.0).value < q.give;  // what the slope at 0 would have called a pole
    } else {
      ++short_of_it;
      ASSERT_LE(most, 1e-6 * scale) << i;
    }
    const double floor = d.uniform(0.2, 1.0), x = size_at_average_price(curve(venue), floor);
    if (x > 0.0 && is_finite(x)) {
      ASSERT_GE(venue.amount_out(x), floor * x * (1.0 - 1e-12)) << i;
      ASSERT_LT(venue.amount_out(1.01 * x), floor * 1.01 * x) << i;
    }
  }
  std::printf("not concave: %d reached, %d of them where the first unit does not pay; %d short\n", reached, later,
              short_of_it);
  EXPECT_GT(reached, 300);
  EXPECT_GT(short_of_it, 100);
  EXPECT_GT(later, 20);
}

TEST(SizeOnAnyVenue, EmptyVenuesAndNumbersThatAreNone) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  const kinked<constant_price> empty{{.price = 1.0, .cap = 0.0}};
  EXPECT_NE(solve(size_equation{2.0, 1.0, 1.0}, curve(empty), infinity).what, verdict::reached);
  EXPECT_EQ(size_of_best_ratio(curve(empty), 10.0, 9.0, 0.8, 1.0, 0.0, infinity), 0.0);
  const unpieced<constant_product> pool{{.reserve_in = 100.0, .reserve_out = 100.0}};
  EXPECT_EQ(solve(size_equation{2.0, 1.0, 1.0}, curve(pool), 0.0).what, verdict::cap_reached);
  EXPECT_EQ(solve(size_equation{1.0, 2.0, 1.0}, curve(pool), infinity).what, verdict::pole);
  EXPECT_EQ(last_root(size_equation{1.0, 1.0, 1.0}, curve(pool), 10.0), 0.0) << "φ(0) < 0 has no last root to find";
  EXPECT_EQ(size_at_average_price(curve(pool), 0.0), infinity);
  const unpieced<liquidity::frictionless> straight{{1.0}};
  EXPECT_EQ(size_at_average_price(curve(straight), 0.99), infinity);
  EXPECT_EQ(last_root(size_equation{1.0, 0.5, -1.0}, curve(straight), infinity), infinity);
  EXPECT_NEAR(solve(size_equation{1.0, 0.0, 5.0}, curve(straight), infinity).x, 5.0, 1e-14);
  EXPECT_NE(solve(size_equation{1.0, 0.0, 100.5}, curve(pool), infinity).what, verdict::reached)
      << "more than it holds";
  for (const size_equation q :
       {size_equation{nan, 1.0, 1.0}, size_equation{1.0, nan, 1.0}, size_equation{1.0, 0.5, nan}})
    EXPECT_NE(solve(q, curve(pool), infinity).what, verdict::reached) << "NaN reaches nothing";
}

}  // namespace
}  // namespace trimtab
