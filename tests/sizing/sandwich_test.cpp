// SPDX-License-Identifier: MIT
// Sandwiches on a constant-product pool: every closed form against the three trades made one after another.
#include <gtest/gtest.h>

#include <trimtab/sizing/sandwich.hpp>

#include "support/random.hpp"
#include <cmath>
#include <cstdio>
#include <limits>

namespace {

using namespace trimtab;
using liquidity::constant_product;
using sizing::largest_safe_tolerance;
using sizing::worst_sandwich;

// The pool's rule, and the fee that stays in it, in 80 bits.
struct played {
  long double in, out, gamma;
  explicit played(const constant_product& p)
      : in(p.reserve_in), out(p.reserve_out), gamma(1.0L - static_cast<long double>(p.fee.count) / 1e4L) {}
  long double sell(long double x) {
    const long double y = out * gamma * x / (in + gamma * x);
    in += x, out -= y;
    return y;
  }
  long double sell_back(long double y) {
    const long double x = in * gamma * y / (out + gamma * y);
    out += y, in -= x;
    return x;
  }
};
struct outcome {
  long double profit, victim;
};
outcome play(const constant_product& pool, long double front, long double sold) {
  played p(pool);
  const long double got = p.sell(front), victim = p.sell(sold);
  return {p.sell_back(got) - front, victim};
}

TEST(Sandwich, TheWorstOneIsTheBestOfAllThatTheMinimumLetsThrough) {
  test::random_numbers d(101);
  int pay = 0, bounded = 0, free = 0;
  for (int i = 0; i < 1500; ++i) {
    const double depth = d.log_uniform(1e-6, 1e12);
    const constant_product pool{.reserve_in = depth,
                                .reserve_out = depth * d.log_uniform(1e-6, 1e6),
                                .fee = {d.below(4) == 0 ? 0.0 : d.log_uniform(1.0, 300.0)}};
    const double sold = depth * d.log_uniform(1e-5, 1.0), quiet = pool.amount_out(sold);
    const double tolerance = d.log_uniform(1e-4, 0.9), min_out = quiet * (1.0 - tolerance);
    const auto w = worst_sandwich(pool, sold, min_out);
    ASSERT_TRUE(w.has_value()) << i;
    if (w->front_run > 0.0) {
      const outcome o = play(pool, w->front_run, sold);
      ASSERT_NEAR(static_cast<double>(o.profit), w->profit, 1e-9 * w->profit + 1e-15 * depth) << i;
      ASSERT_NEAR(static_cast<double>(o.victim), w->victim_out, 1e-12 * w->victim_out) << i;
      ASSERT_GE(w->victim_out, min_out * (1.0 - 1e-12)) << i;
      ++pay;
      (w->victim_out < min_out * (1.0 + 1e-9) ? bounded : free)++;
    } else {
      ASSERT_EQ(w->profit, 0.0) << i;
      ASSERT_NEAR(w->victim_out, quiet, 1e-14 * quiet) << i;
    }
    for (int k = 0; k <= 300; ++k) {
      const long double front = depth * std::pow(10.0L, -9.0L + 12.0L * k / 300.0L);
      const outcome o = play(pool, front, sold);
      if (o.victim < min_out) break;
      ASSERT_LE(o.profit, w->profit * (1 + 1e-9L) + 1e-15L * depth)
          << i << " at " << static_cast<double>(front / depth);
    }
  }
  std::printf("sandwiches: %d pay, %d of them up to the minimum output, %d short of it\n", pay, bounded, free);
  EXPECT_GT(bounded, 500);
  EXPECT_GT(pay, bounded);
}

TEST(Sandwich, NoneThatPaysFitsIntoTheSafeTolerance) {
  test::random_numbers d(109);
  int never = 0, always = 0, some = 0;
  for (int i = 0; i < 2000; ++i) {
    const double depth = d.log_uniform(1e-6, 1e12);
    const constant_product pool{
        .reserve_in = depth, .reserve_out = depth * d.log_uniform(1e-6, 1e6), .fee = {d.log_uniform(1.0, 100.0)}};
    const double sold = depth * d.log_uniform(1e-4, 0.3), quiet = pool.amount_out(sold);
    const double attack = d.below(5) == 0 ? 0.0 : depth * d.log_uniform(1e-9, 1e-2);
    const auto safe = largest_safe_tolerance(pool, sold, attack);
    ASSERT_TRUE(safe.has_value()) << i;
    const double share = safe->largest.fraction();
    ASSERT_GE(share, 0.0);
    ASSERT_LE(share, 1.0);
    // At the tolerance itself nothing pays; just beyond it, something does.
    for (int k = 0; k <= 300; ++k) {
      const long double front = depth * std::pow(10.0L, -9.0L + 13.0L * k / 300.0L);
      const outcome o = play(pool, front, sold);
      if (o.victim < quiet * (1.0L - share)) break;
      ASSERT_LE(o.profit, attack * (1 + 1e-9L) + 1e-16L * depth) << i << " at " << static_cast<double>(front / depth);
    }
    if (share == 1.0) {
      ++never;
      ASSERT_EQ(safe->front_run, infinity);
      ASSERT_LE(worst_sandwich(pool, sold, 0.0)->profit, attack * (1 + 1e-9) + 1e-15 * depth) << i;
    } else if (attack == 0.0) {
      ++always;
      ASSERT_EQ(share, 0.0) << i;
      ASSERT_GT(play(pool, depth * 1e-6L, sold).profit, 0) << i;
    } else {
      ++some;
      const outcome o = play(pool, safe->front_run, sold);
      ASSERT_NEAR(static_cast<double>(o.profit), attack, 1e-8 * attack) << i;
      ASSERT_NEAR(static_cast<double>(1 - o.victim / quiet), share, 1e-10 * share + 1e-15) << i;
      const auto beyond = worst_sandwich(pool, sold, quiet * (1.0 - share) * (1.0 - 1e-6));
      ASSERT_GT(beyond->profit, attack) << i;
    }
  }
  std::printf("safe tolerances: %d where none ever pays, %d where all do, %d between\n", never, always, some);
  EXPECT_GT(never, 200);
  EXPECT_GT(always, 100);
  EXPECT_GT(some, 500);
}

TEST(Sandwich, ASaleSmallAgainstTheFeeIsSafeByItself) {
  // γ²(1 + ξ)(1 + γξ) ≤ 1: below about ξ = fee nothing pays, whatever the tolerance.
  const constant_product pool{.reserve_in = 1e6, .reserve_out = 1e6, .fee = {30.0}};
  EXPECT_EQ(largest_safe_tolerance(pool, 0.0029 * 1e6, 0.0)->largest, basis_points{1e4});
  EXPECT_EQ(largest_safe_tolerance(pool, 0.0031 * 1e6, 0.0)->largest, basis_points{0.0});
  EXPECT_EQ(worst_sandwich(pool, 0.0029 * 1e6, 0.0)->profit, 0.0);
  EXPECT_GT(worst_sandwich(pool, 0.0031 * 1e6, 0.0)->profit, 0.0);
}

TEST(Sandwich, EveryRefusalHasAName) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  const constant_product pool{.reserve_in = 1e6, .reserve_out = 1e6}, empty{};
  EXPECT_EQ(worst_sandwich(empty, 1.0, 0.5).error(), errc::negative_amount);
  EXPECT_EQ(worst_sandwich(pool, 0.0, 0.0).error(), errc::negative_amount);
  EXPECT_EQ(worst_sandwich(pool, nan, 0.0).error(), errc::not_finite);
  EXPECT_EQ(worst_sandwich(pool, 1.0, nan).error(), errc::not_finite);
  EXPECT_EQ(worst_sandwich(pool, 1.0, 2.0).error(), errc::slippage);
  EXPECT_EQ(largest_safe_tolerance(pool, -1.0, 0.0).error(), errc::negative_amount);
  EXPECT_EQ(largest_safe_tolerance(pool, 1.0, -1.0).error(), errc::negative_amount);
  EXPECT_EQ(largest_safe_tolerance(pool, 1.0, nan).error(), errc::not_finite);
}

}  // namespace
