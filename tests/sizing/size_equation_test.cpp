// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/liquidity/constant_price.hpp>
#include <trimtab/liquidity/constant_product.hpp>
#include <trimtab/liquidity/frictionless.hpp>
#include <trimtab/sizing/size_equation.hpp>

#include "support/cases.hpp"
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <random>
#include <span>
#include <type_traits>

namespace {

using namespace trimtab;
using sizing::curve;
using sizing::size_equation;
using verdict = sizing::size_root::verdict;

// gain·y − give·x = deficit on a pool with a = R = 100: 2·100·x/(100 + x) − x = 20 at x = 40 − …
constexpr liquidity::constant_product unit_pool{.reserve_in = 100.0, .reserve_out = 100.0, .fee = {0.0}};
constexpr auto worked_root = solve(size_equation{2.0, 1.0, 12.5}, curve(unit_pool), infinity);
static_assert(worked_root.what == verdict::reached);
static_assert(cases::relative_gap(200.0 * worked_root.x / (100.0 + worked_root.x) - worked_root.x, 12.5) <
              8 * cases::eps);
static_assert(solve(size_equation{1.0, 2.0, 1.0}, curve(unit_pool), infinity).what == verdict::pole);
static_assert(solve(size_equation{2.0, 1.0, 50.0}, curve(unit_pool), 1e6).what == verdict::depth);
static_assert(solve(size_equation{2.0, 1.0, 12.5}, curve(unit_pool), 5.0).what == verdict::cap_reached);
static_assert(std::is_trivially_copyable_v<sizing::size_root>);

// Three firm quotes one behind the other, then a pool: a venue of several pieces, test-sized.
struct stack {
  std::array<liquidity::segment<>, 4> piece{};
  static constexpr std::size_t max_segments = 4;
  constexpr std::size_t segments(std::span<liquidity::segment<>> out) const noexcept {
    for (std::size_t i = 0; i < 4; ++i) out[i] = piece[i];
    return 4;
  }
  [[nodiscard]] long double amount_out(long double x) const {
    long double y = 0;
    for (const auto& s : piece) {
      const long double t = x < s.capacity ? x : s.capacity;
      y += s.price * t / (1 + s.curvature * t);
      x -= t;
    }
    return y;
  }
};

struct draws {
  std::mt19937_64 engine;
  double between(double low, double high) { return std::uniform_real_distribution<>(low, high)(engine); }
  double magnitude(double low, double high) { return std::exp(between(std::log(low), std::log(high))); }
};

stack random_stack(draws& d) {
  stack s;
  double price = d.magnitude(1e-3, 1e3);
  for (std::size_t i = 0; i < 4; ++i) {
    s.piece[i] = {.price = price,
                  .curvature = d.between(0, 1) < 0.5 ? 0.0 : d.magnitude(1e-4, 1e-1),
                  .capacity = d.magnitude(0.1, 100.0)};
    const double end = s.piece[i].marginal_price(s.piece[i].capacity);
    price = end * d.between(0.8, 1.0);
  }
  s.piece[3].capacity = infinity;
  if (s.piece[3].curvature == 0.0) s.piece[3].curvature = 0.01;
  return s;
}

template <class F>
long double bisect(long double low, long double high, F&& above) {  // above(low) false, above(high) true
  for (int i = 0; i < 200; ++i) {
    const long double middle = 0.5L * (low + high);
    (above(middle) ? high : low) = middle;
  }
  return high;
}

long double maximum(const stack& s, const size_equation& q, long double cap) {  // argmax of the concave φ
  const auto phi = [&](long double x) { return q.gain * s.amount_out(x) - q.give * x; };
  long double low = 0, high = cap;
  for (int i = 0; i < 300; ++i) {
    const long double third = (high - low) / 3;
    if (phi(low + third) < phi(high - third)) {
      low += third;
    } else {
      high -= third;
    }
  }
  return low;
}

constexpr std::uint64_t seed = 20200312;

TEST(SizeEquation, RootsOnManyPiecesAgreeWithBisection) {
  draws d{std::mt19937_64(seed)};
  std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
  int reached = 0, depth = 0, cap_hit = 0, pole = 0;
  for (int i = 0; i < 20000; ++i) {
    const stack s = random_stack(d);
    size_equation q{1.0, s.piece[0].price * d.between(0.05, 1.05), 0.0};
    q.deficit = s.piece[0].price * d.magnitude(1e-3, 300.0);
    const double cap = d.magnitude(1.0, 1e4);
    const auto phi = [&](long double x) { return q.gain * s.amount_out(x) - q.give * x - q.deficit; };
    const auto root = solve(q, curve(s), cap);
    const long double top = maximum(s, q, cap), best = phi(top);
    if (std::fabs(best) < 1e-9L * q.deficit) continue;  // on the edge: the boundary test looks there
    if (best > 0) {
      ASSERT_EQ(root.what, verdict::reached) << i;
      const long double x = bisect(0, top, [&](long double at) { return phi(at) >= 0; });
      const long double slope = (phi(x * (1 + 1e-9L)) - phi(x)) / (x * 1e-9L);
      // The size is as good as the data allow: eps of the terms over the slope.
      ASSERT_LE(std::fabs(root.x - x),
                16 * cases::eps * (x + (q.gain * s.amount_out(x) + q.give * x) / std::fabs(slope)))
          << i;
      ++reached;
    } else {
      ASSERT_NE(root.what, verdict::reached) << i;
      pole += root.what == verdict::pole;
      depth += root.what == verdict::depth;
      cap_hit += root.what == verdict::cap_reached;
      if (root.what == verdict::depth) {
        ASSERT_GE(phi(root.x), best - 1e-12L * (q.deficit + q.give * root.x)) << i;
      }
      if (root.what == verdict::cap_reached) {
        ASSERT_NEAR(root.x, cap, 1e-12 * cap);
      }
    }
  }
  std::printf("size equation: %d reached, %d pole, %d depth, %d cap\n", reached, pole, depth, cap_hit);
  EXPECT_GT(reached, 1000);
  EXPECT_GT(depth, 100);
  EXPECT_GT(cap_hit, 100);
  EXPECT_GT(pole, 100);
}

TEST(SizeEquation, TheLastRootIsTheOtherEndOfTheInterval) {
  draws d{std::mt19937_64(seed)};
  for (int i = 0; i < 20000; ++i) {
    const stack s = random_stack(d);
    size_equation q{1.0, s.piece[0].price * d.between(0.3, 3.0), 0.0};
    q.deficit = -s.piece[0].price * d.magnitude(1e-3, 300.0);
    const double cap = d.magnitude(1.0, 1e4);
    const auto phi = [&](long double x) { return q.gain * s.amount_out(x) - q.give * x - q.deficit; };
    const double x = last_root(q, curve(s), cap);
    if (phi(cap) >= 0) {
      ASSERT_GE(x, cap * (1 - 1e-13)) << i;
    } else {
      const long double top = maximum(s, q, cap);
      const long double expected = bisect(top, cap, [&](long double at) { return phi(at) < 0; });
      const long double slope = (phi(expected * (1 + 1e-9L)) - phi(expected)) / (expected * 1e-9L);
      ASSERT_LE(
          std::fabs(x - expected),
          32 * cases::eps * (expected + (s.amount_out(expected) + q.give * expected - q.deficit) / std::fabs(slope)))
          << i;
    }
  }
}

TEST(SizeEquation, TheAveragePriceFloorIsWhereItSays) {
  draws d{std::mt19937_64(seed)};
  for (int i = 0; i < 20000; ++i) {
    const stack s = random_stack(d);
    const double floor = s.piece[0].price * d.between(0.2, 0.99);
    const double x = size_at_average_price(curve(s), floor);
    ASSERT_TRUE(is_finite(x));
    ASSERT_NEAR(static_cast<double>(s.amount_out(x)) / x, floor, 1e-12 * floor) << i;
    ASSERT_EQ(size_at_average_price(curve(s), s.piece[0].price * 1.001), 0.0)
        << "no size pays more than the first unit";
  }
  EXPECT_EQ(size_at_average_price(curve(liquidity::frictionless{1.0}), 0.99), infinity);
  EXPECT_EQ(size_at_average_price(curve(liquidity::constant_price{.price = 1.0, .cap = 10.0}), 0.99), infinity);
  EXPECT_EQ(size_at_average_price(curve(unit_pool), 0.0), infinity);
}

TEST(SizeEquation, TheBestRatioBeatsEveryOtherSize) {
  draws d{std::mt19937_64(seed)};
  for (int i = 0; i < 5000; ++i) {
    const stack s = random_stack(d);
    const double debt = d.magnitude(10.0, 1e4) * s.piece[0].price, collateral = debt * d.between(0.8, 1.3);
    const double give = s.piece[0].price * d.between(0.3, 1.0), lost = s.piece[0].price * d.between(0.0, 1e-3);
    const double cap = smaller(d.magnitude(1.0, 1e4), collateral / give * 0.999);
    if (static_cast<double>(s.amount_out(cap)) >= debt) continue;
    const auto ratio = [&](long double x) { return (collateral - give * x) / (debt - (s.amount_out(x) - lost * x)); };
    const double x = smaller(size_of_best_ratio(curve(s), collateral, debt, give, 1.0, lost, cap), cap);
    const long double best = ratio(x);
    for (int k = 0; k <= 200; ++k) {
      const long double at = cap * k / 200.0L, kappa = debt / (debt - s.amount_out(at));
      ASSERT_LE(ratio(at), best * (1 + 16 * cases::eps * kappa)) << i << " " << k;
    }
  }
}

TEST(SizeEquation, TheVerdictHoldsAPartInTenToTheTwelfthFromTheBoundary) {
  draws d{std::mt19937_64(seed)};
  int inside = 0, outside = 0;
  for (int i = 0; i < 200000; ++i) {
    const double depth = d.magnitude(1.0, 1e12), out = depth * d.magnitude(1e-4, 1e4);
    const liquidity::constant_product pool{.reserve_in = depth, .reserve_out = out};
    const long double a = pool.depth(), price = static_cast<long double>(out) / a;
    size_equation q{d.magnitude(1e-3, 1e3), 0.0, 0.0};
    q.give = static_cast<double>(q.gain * price * static_cast<long double>(d.between(0.05, 0.98)));
    const long double root = std::sqrt(q.gain * static_cast<long double>(out)) - std::sqrt(q.give * a),
                      e_max = root * root;
    for (const double nudge : {-1e-12, 1e-12}) {
      q.deficit = static_cast<double>(e_max * (1.0L + nudge));
      const auto what = solve(q, curve(pool), 1e6 * depth).what;
      // give is rounded, and so is the pool's first price: near the pole both weigh 1/(1 − give/first) of themselves.
      (nudge < 0 ? inside : outside) += what == (nudge < 0 ? verdict::reached : verdict::depth);
    }
  }
  EXPECT_EQ(inside, 200000);
  EXPECT_EQ(outside, 200000);
}

TEST(SizeEquation, NothingWorksOnNothing) {
  const liquidity::constant_price empty{.price = 1.0, .cap = 0.0};
  EXPECT_NE(solve(size_equation{2.0, 1.0, 1.0}, curve(empty), infinity).what, verdict::reached);
  EXPECT_EQ(size_of_best_ratio(curve(empty), 10.0, 9.0, 0.8, 1.0, 0.0, infinity), 0.0);
  EXPECT_EQ(last_root(size_equation{1.0, 1.0, 1.0}, curve(unit_pool), 10.0), 0.0)
      << "φ(0) < 0 has no last root to find";
}

TEST(SizeEquation, OutOfReachIsOutOfReachWithoutACapToo) {
  EXPECT_EQ(solve(size_equation{2.0, 1.0, 50.0}, curve(unit_pool), infinity).what, verdict::depth);
}

TEST(SizeEquation, ACapOfNothingIsACapAndNotAPole) {
  EXPECT_EQ(solve(size_equation{2.0, 1.0, 1.0}, curve(unit_pool), 0.0).what, verdict::cap_reached);
}

}  // namespace
