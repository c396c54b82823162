// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/liquidity/exact_swap_step.hpp>

#include "support/random.hpp"
#include <cstdint>

namespace trimtab {
namespace {

using liquidity::amount0_between;
using liquidity::amount1_between;
using liquidity::price_after_input;
using liquidity::price_after_output;
using liquidity::swap_step;

constexpr auto down = rounding::down, up = rounding::up;
constexpr uint256 zero, one{1}, q96 = uint256::from_words(0, 0, 1ULL << 32, 0),
                                q160 = uint256::from_words(0, 1ULL << 32, 0, 0);
constexpr uint256 top = uint256::from_words(~0ULL, ~0ULL, ~0ULL, ~0ULL);

// Price 1 to 4, √price 1 to 2: half the liquidity in token 0, all of it in token 1.
static_assert(*amount0_between(q96, *q96.add(q96), uint256{1000}, down) == uint256{500});
static_assert(*amount1_between(q96, *q96.add(q96), uint256{1000}, up) == uint256{1000});
static_assert(*amount0_between(*q96.add(q96), q96, uint256{1001}, down) == uint256{500}, "either order");
static_assert(*amount0_between(*q96.add(q96), q96, uint256{1001}, up) == uint256{501});
static_assert(*amount0_between(q96, q96, uint256{7}, up) == zero && *amount1_between(q96, q96, uint256{7}, up) == zero);
static_assert(amount0_between(zero, q96, uint256{7}, up).error() == errc::bad_configuration);

static_assert(*price_after_input(q96, uint256{1000}, uint256{1000}, false) == *q96.add(q96));
static_assert(*price_after_input(q96, uint256{1000}, uint256{1000}, true) == *divide(q96, uint256{2}, up));
static_assert(*price_after_output(*q96.add(q96), uint256{1000}, uint256{1000}, true) == q96);
static_assert(*price_after_output(q96, uint256{1000}, uint256{500}, false) == *q96.add(q96));
static_assert(price_after_input(q96, zero, one, true).error() == errc::infeasible);
static_assert(price_after_input(zero, one, one, true).error() == errc::infeasible);
static_assert(price_after_output(q96, uint256{1000}, uint256{1000}, true).error() == errc::infeasible, "all of it");
static_assert(price_after_output(q96, uint256{1000}, uint256{1000}, false).error() == errc::infeasible);
static_assert(price_after_output(q96, uint256{1000}, top, true).error() == errc::infeasible);
static_assert(price_after_output(q96, uint256{1000}, top, false).error() == errc::infeasible);
static_assert(price_after_output(q96, zero, one, false).error() == errc::infeasible);
static_assert(price_after_input(*q160.subtract(one), one, one, false).error() == errc::overflow);
static_assert(price_after_input(q96, one, top, false).error() == errc::overflow);
static_assert(*price_after_input(*q160.subtract(one), uint256{1000}, *top.subtract(q160), true) == one, "second form");
static_assert(price_after_input(q96, uint256{1000}, top, true).error() == errc::overflow,
              "nor does the second form fit");

// Nothing in range: the price moves, nobody pays.
static_assert(swap_step(q96, one, zero, uint256{5}, 3000, true)->sqrt_price == one);
static_assert(swap_step(q96, one, zero, uint256{5}, 3000, true)->fee == zero);
static_assert(swap_step(q96, q96, uint256{5}, uint256{5}, 3000, false)->amount_out == zero, "no way to go");

uint256 random_wide(test::random_numbers& random, int low, int high) {
  const auto bits = static_cast<int>(random.below(static_cast<std::uint64_t>(high - low))) + low + 1;
  std::uint64_t w[4] = {random.bits(), random.bits(), random.bits(), random.bits()};
  for (int i = 0; i < 4; ++i) {
    const int left = bits - 64 * i;
    if (left < 64) w[i] &= left <= 0 ? 0 : (std::uint64_t{1} << left) - 1;
  }
  const int last = bits - 1;
  w[last / 64] |= std::uint64_t{1} << (last % 64);
  return uint256::from_words(w[3], w[2], w[1], w[0]);
}

/// What a step may never do, whatever the numbers: pass the target, give away more than the curve allows, charge less
/// than the fee, use more than was left.
TEST(ExactSwapStep, RoundsAgainstTheTrader) {
  test::random_numbers random(20210504);
  int reached = 0, stopped = 0, refused = 0;
  for (int i = 0; i < 60'000; ++i) {
    const uint256 price = random_wide(random, 34, 159);
    const uint256 target = *multiply_divide(price, uint256{random.below(2'000'000) + 1}, uint256{1'000'000}, up);
    const uint256 liquidity = random_wide(random, 0, 127), left = random_wide(random, 0, 200);
    const auto fee = static_cast<std::uint32_t>(random.below(4) == 0 ? random.below(1'000'000) : random.below(10'000));
    const bool exact_in = random.below(2) == 0, falls = target <= price;
    if (!liquidity::detail::fits_160(target)) continue;
    const auto step = swap_step(price, target, liquidity, left, fee, exact_in);
    if (!step.has_value()) {
      ASSERT_EQ(step.error(), errc::overflow);
      ++refused;
      continue;
    }
    const uint256 end = step->sqrt_price;
    ASSERT_TRUE(falls ? end <= price && end >= target : end >= price && end <= target) << i;
    const uint256 paid = *step->amount_in.add(step->fee);
    // The curve between the two prices, rounded the other way: nobody gets more or pays less than that.
    const auto in = falls ? amount0_between(end, price, liquidity, down) : amount1_between(price, end, liquidity, down);
    const auto out = falls ? amount1_between(end, price, liquidity, up) : amount0_between(price, end, liquidity, up);
    ASSERT_GE(step->amount_in, *in) << i;
    ASSERT_LE(step->amount_out, *out) << i;
    // fee/(amount + fee) is at least the share.
    ASSERT_GE(step->fee, *multiply_divide(paid, uint256{fee}, uint256{1'000'000}, down)) << i;
    if (exact_in) {
      ASSERT_LE(paid, left);
      ASSERT_TRUE(end == target || paid == left) << i;
    } else {
      ASSERT_LE(step->amount_out, left);
      ASSERT_TRUE(end == target || step->amount_out == left) << i;
    }
    ++(end == target ? reached : stopped);
  }
  EXPECT_GT(reached, 10'000);
  EXPECT_GT(stopped, 5'000);
  EXPECT_LT(refused, 5'000);
}

/// In both forms of the price after token 0 has gone in, paying what the contract then asks leads no further.
TEST(ExactSwapStep, PricesMoveTooLittleForInputAndTooFarForOutput) {
  test::random_numbers random(16111);
  for (int i = 0; i < 40'000; ++i) {
    const uint256 price = random_wide(random, 34, 159), liquidity = random_wide(random, 0, 127);
    const uint256 amount = random_wide(random, 0, 240);
    for (const bool falls : {true, false}) {
      const auto in = price_after_input(price, liquidity, amount, falls);
      if (in.has_value()) {
        const auto needed =
            falls ? amount0_between(*in, price, liquidity, up) : amount1_between(price, *in, liquidity, up);
        ASSERT_TRUE(falls ? *in <= price : *in >= price);
        ASSERT_TRUE(needed.has_value() && *needed <= amount) << i;
      } else {
        ASSERT_EQ(in.error(), errc::overflow);
      }
      const auto out = price_after_output(price, liquidity, amount, falls);
      if (out.has_value()) {
        const auto given =
            falls ? amount1_between(*out, price, liquidity, down) : amount0_between(price, *out, liquidity, down);
        ASSERT_TRUE(falls ? *out <= price : *out >= price);
        ASSERT_TRUE(given.has_value() && *given >= amount) << i;
      } else {
        ASSERT_TRUE(out.error() == errc::infeasible || out.error() == errc::overflow);
      }
    }
  }
}

}  // namespace
}  // namespace trimtab
