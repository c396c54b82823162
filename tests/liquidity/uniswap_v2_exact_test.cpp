// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/liquidity/constant_product.hpp>
#include <trimtab/liquidity/uniswap_v2_exact.hpp>

#include "support/random.hpp"
#include <cmath>
#include <cstdint>
#include <type_traits>

namespace trimtab {
namespace {

using liquidity::uniswap_v2_exact;

constexpr units largest = uniswap_v2_exact::largest_reserve;
constexpr uniswap_v2_exact pair_of(std::uint64_t in, std::uint64_t out) {
  return {.reserve_in = units{in}, .reserve_out = units{out}};
}

static_assert(std::is_trivially_copyable_v<uniswap_v2_exact>);
static_assert(*pair_of(10'000, 10'000).amount_out(units{1'000}) == units{906}, "9970000·10000/(10000000 + 997000)");
static_assert(*pair_of(10'000, 10'000).amount_in(units{906}) == units{1'000});
static_assert(*pair_of(1'000'000, 1).amount_out(units{5}) == units{}, "less than a unit is nothing");
static_assert(uniswap_v2_exact{}.validate() == errc::infeasible, "empty");
static_assert(pair_of(0, 5).amount_out(units{1}).error() == errc::infeasible);
static_assert(pair_of(5, 0).amount_in(units{1}).error() == errc::infeasible);
static_assert(pair_of(5, 5).amount_out(units{}).error() == errc::dust);
static_assert(pair_of(5, 5).amount_in(units{}).error() == errc::dust);
static_assert(pair_of(5, 5).amount_in(units{5}).error() == errc::infeasible);
static_assert(pair_of(5, 5).smallest_amount_in(units{6}).error() == errc::infeasible);
static_assert(pair_of(5, 5).amount_out(largest).error() == errc::overflow, "balances are of 112 bits");
static_assert(pair_of(5, 5).amount_out(*largest.subtract(units{5})).has_value());
static_assert(uniswap_v2_exact{largest, largest}.amount_out(units{1}).error() == errc::overflow);
static_assert(uniswap_v2_exact{largest, largest}.amount_in(*largest.subtract(units{1})).error() == errc::overflow);
static_assert(uniswap_v2_exact{*largest.add(units{1}), units{1}}.validate() == errc::overflow);
static_assert(uniswap_v2_exact{units{1}, units{1}, 0, 1000}.validate() == errc::bad_configuration);
static_assert(uniswap_v2_exact{units{1}, units{1}, 1001, 1000}.validate() == errc::bad_configuration);
static_assert(uniswap_v2_exact{units{1}, units{1}, 1'000'001, 1'000'001}.validate() == errc::bad_configuration);
static_assert(pair_of(10, 10).accepts(units{1}, units{}) == errc::dust);
static_assert(pair_of(10, 10).accepts(units{}, units{1}) == errc::dust);
static_assert(pair_of(10, 10).accepts(units{1}, units{10}) == errc::infeasible);
static_assert(pair_of(10, 10).after(units{1}, units{1}).error() == errc::slippage);
static_assert(pair_of(10, 10).after(units{2}, units{1})->reserve_in == units{12} &&
              pair_of(10, 10).after(units{2}, units{1})->reserve_out == units{9});

/// Every pair with reserves up to 12 and every trade up to 40 units, also without a fee and with a large one: the
/// formulas are the edges of the pair's own check.
TEST(UniswapV2Exact, FormulasAreTheEdgesOfTheCheck) {
  long long trades = 0;
  for (const auto& [kept, scale] : {std::pair{997U, 1000U}, std::pair{1U, 1U}, std::pair{3U, 10U}}) {
    for (std::uint64_t in = 1; in <= 12; ++in) {
      for (std::uint64_t out = 1; out <= 12; ++out) {
        const uniswap_v2_exact pair{units{in}, units{out}, kept, scale};
        for (std::uint64_t x = 1; x <= 40; ++x) {
          std::uint64_t most = 0;
          for (std::uint64_t y = 1; y < out; ++y)
            if (pair.accepts(units{x}, units{y}) == errc::ok) most = y;
          ASSERT_EQ(*pair.amount_out(units{x}), units{most});
          ++trades;
        }
        for (std::uint64_t y = 1; y < out; ++y) {
          std::uint64_t least = 1;
          while (pair.accepts(units{least}, units{y}) != errc::ok) ++least;
          ASSERT_EQ(*pair.smallest_amount_in(units{y}), units{least});
          const units asked = *pair.amount_in(units{y});
          ASSERT_TRUE(asked == units{least} || asked == units{least + 1});
        }
      }
    }
  }
  EXPECT_EQ(trades, 3 * 12 * 12 * 40);
}

units random_units(test::random_numbers& random, int bits) {
  const auto shift = 128 - 1 - static_cast<int>(random.below(static_cast<std::uint64_t>(bits)));
  const std::uint64_t high = random.bits(), low = random.bits() | (std::uint64_t{1} << 63);
  if (shift >= 64) return units{(high | (std::uint64_t{1} << 63)) >> (shift - 64)};
  return units::from_words((high | (std::uint64_t{1} << 63)) >> shift, low);
}

/// Sizes of all magnitudes: the invariant never falls, and one unit more would make it fall.
TEST(UniswapV2Exact, NothingIsGivenAwayAndNothingKept) {
  test::random_numbers random(20200505);
  int traded = 0;
  for (int i = 0; i < 20'000; ++i) {
    const uniswap_v2_exact pair{.reserve_in = random_units(random, 111), .reserve_out = random_units(random, 111)};
    const units x = random_units(random, 111);
    const auto y = pair.amount_out(x);
    if (!y.has_value()) {
      ASSERT_EQ(y.error(), errc::overflow);
      continue;
    }
    ASSERT_LT(*y, pair.reserve_out);
    ASSERT_NE(pair.accepts(x, *y->add(units{1})), errc::ok);
    if (*y == units{}) continue;
    ++traded;
    ASSERT_EQ(pair.accepts(x, *y), errc::ok);
    const units least = *pair.smallest_amount_in(*y);
    ASSERT_LE(least, x);
    ASSERT_EQ(pair.accepts(least, *y), errc::ok);
    ASSERT_TRUE(pair.after(x, *y)->validate() == errc::ok);
  }
  EXPECT_GT(traded, 5'000);
}

/// The curve that decisions are taken on pays what the pair pays, to the unit that the pair drops.
TEST(UniswapV2Exact, TheCurveOfDecisionsIsWithinAUnit) {
  test::random_numbers random(18150618);
  for (int i = 0; i < 20'000; ++i) {
    const uniswap_v2_exact pair{.reserve_in = units{1 + random.below(1ULL << 40)},
                                .reserve_out = units{1 + random.below(1ULL << 40)}};
    const units x{1 + random.below(1ULL << random.below(50))};
    const liquidity::constant_product curve{
        .reserve_in = pair.reserve_in.to_tokens(0), .reserve_out = pair.reserve_out.to_tokens(0), .fee = {30.0}};
    const double exact = pair.amount_out(x)->to_tokens(0), real = curve.amount_out(x.to_tokens(0));
    ASSERT_GE(real, exact - 1e-14 * real) << i;
    ASSERT_LE(real, exact + 1.0 + 1e-14 * real) << i;
  }
}

}  // namespace
}  // namespace trimtab
