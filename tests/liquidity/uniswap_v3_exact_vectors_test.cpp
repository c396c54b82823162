// SPDX-License-Identifier: MIT
// The pool in integers against swaps and positions of the real contract: every row and column, to the unit.
#include <gtest/gtest.h>

#include <trimtab/liquidity/uniswap_v3_exact.hpp>

#include "support/exact_pools.hpp"
#include "support/vectors.hpp"
#include <string>

namespace trimtab {
namespace {

using liquidity::uniswap_v3_exact;
using test::row;
using test::text_of;
using test::tick_of;
using test::vector_file;
using test::wide_of;

TEST(UniswapV3ExactVectors, Swaps) {
  const test::exact_pools pools;
  vector_file swaps("pools/univ3_swaps.csv");
  std::string pool;
  int expected_number = 0;
  for (const row& r : swaps.rows()) {
    SCOPED_TRACE(r.text("pool") + " " + r.text("swap"));
    if (r.text("pool") != pool) pool = r.text("pool"), expected_number = 0;
    EXPECT_EQ(r.small("swap"), expected_number++);
    const std::string& kind = r.text("kind");
    ASSERT_TRUE(kind == "exact_in" || kind == "exact_out") << kind;
    const uniswap_v3_exact& state = pools.at(pool);
    const liquidity::exact_order order{.zero_for_one = r.flag("zero_for_one"),
                                       .exact_in = kind == "exact_in",
                                       .amount = wide_of(r, "amount_specified"),
                                       .sqrt_price_limit = wide_of(r, "sqrt_price_limit_x96")};
    const auto done = state.swap(order);
    ASSERT_TRUE(done.has_value()) << name(done.error());
    EXPECT_EQ(text_of(done->amount_in), r.text("amount_in"));
    EXPECT_EQ(text_of(done->amount_out), r.text("amount_out"));
    EXPECT_EQ(done->filled, r.flag("filled"));
    EXPECT_EQ(text_of(done->sqrt_price), r.text("sqrt_price_after_x96"));
    EXPECT_EQ(done->tick, tick_of(r, "tick_after"));
    EXPECT_EQ(text_of(done->liquidity), r.text("liquidity_after"));
    EXPECT_EQ(done->ticks_crossed, r.small("ticks_crossed"));
    EXPECT_EQ(state.after(*done).validate(), errc::ok);
    swaps.count();
  }
  swaps.report();
  EXPECT_EQ(swaps.checked(), swaps.rows().size());
}

TEST(UniswapV3ExactVectors, Positions) {
  vector_file positions("pools/univ3_position_amounts.csv");
  for (const row& r : positions.rows()) {
    const uniswap_v3_exact pool{.sqrt_price = wide_of(r, "sqrt_price_x96"), .tick = tick_of(r, "tick")};
    const uint256 liquidity = wide_of(r, "liquidity");
    const std::int32_t lower = tick_of(r, "tick_lower"), upper = tick_of(r, "tick_upper");
    const auto burnt = pool.position(liquidity, lower, upper, rounding::down);
    const auto minted = pool.position(liquidity, lower, upper, rounding::up);
    ASSERT_TRUE(burnt.has_value() && minted.has_value());
    EXPECT_EQ(text_of(burnt->amount0), r.text("burn_amount0"));
    EXPECT_EQ(text_of(burnt->amount1), r.text("burn_amount1"));
    EXPECT_EQ(text_of(minted->amount0), r.text("mint_amount0"));
    EXPECT_EQ(text_of(minted->amount1), r.text("mint_amount1"));

    const uint256 low = *liquidity::sqrt_price_at(lower), high = *liquidity::sqrt_price_at(upper), one{1};
    const std::string& regime = r.text("regime");
    EXPECT_EQ(regime, pool.sqrt_price == low                   ? "at_lower"
                      : pool.sqrt_price == *low.subtract(one)  ? "lower_minus_1"
                      : pool.sqrt_price == high                ? "at_upper"
                      : pool.sqrt_price == *high.subtract(one) ? "upper_minus_1"
                      : pool.sqrt_price < low                  ? "below"
                      : pool.sqrt_price > high                 ? "above"
                                                               : "inside");
    const auto of_price = liquidity::tick_at(pool.sqrt_price);
    ASSERT_TRUE(of_price.has_value());
    EXPECT_TRUE(pool.tick == *of_price || (pool.tick == *of_price - 1 && regime.rfind("at_", 0) == 0));
    positions.count();
  }
  positions.report();
  EXPECT_EQ(positions.checked(), positions.rows().size());
}

}  // namespace
}  // namespace trimtab
