// SPDX-License-Identifier: MIT
// A hundred thousand random swaps each of v2 pairs and v3 pools, against sums over the results of the protocol's own
// software: one word per thousand cases, every amount, price, tick and liquidity in it.
#include <gtest/gtest.h>

#include <trimtab/liquidity/uniswap_v2_exact.hpp>
#include <trimtab/liquidity/uniswap_v3_exact.hpp>

#include "support/uniswap_cases.hpp"
#include "support/uniswap_checksums.hpp"
#include <cstdint>
#include <cstdio>
#include <optional>

namespace trimtab {
namespace {

TEST(UniswapSdk, V3Swaps) {
  long long filled = 0, exact_out = 0, steps = 0, crossed = 0;
  std::optional<test::uniswap_v3_case_pool> from;
  for (std::uint64_t block = 0; block < test::uniswap_blocks; ++block) {
    test::running_sum sum;
    for (std::uint64_t i = 1000 * block; i < 1000 * (block + 1); ++i) {
      if (i % 5 == 0) {
        from.emplace(i / 5);
        ASSERT_EQ(from->pool.validate(), errc::ok) << i;
      }
      const liquidity::exact_order order = from->order(i);
      const auto done = from->pool.swap(order);
      ASSERT_TRUE(done.has_value()) << i << ": " << name(done.error());
      sum.add(done->amount_in);
      sum.add(done->amount_out);
      sum.add(done->sqrt_price);
      sum.add(done->liquidity);
      sum.add(static_cast<std::uint64_t>(std::int64_t{done->tick}));
      sum.add(std::uint64_t{done->filled});
      filled += done->filled, exact_out += !order.exact_in, steps += done->steps, crossed += done->ticks_crossed;
    }
    EXPECT_EQ(sum.value(), test::uniswap_v3_checksums[block])
        << "cases " << 1000 * block << " to " << 1000 * block + 999;
  }
  std::printf("v3: %d swaps, %lld exact out, %lld filled, %lld steps, %lld ticks crossed\n",
              static_cast<int>(1000 * test::uniswap_blocks), exact_out, filled, steps, crossed);
  EXPECT_GT(exact_out, 30'000);
  EXPECT_GT(filled, 60'000);
  EXPECT_GT(crossed, 50'000);
}

TEST(UniswapSdk, V2Swaps) {
  long long nothing = 0, too_large = 0;
  for (std::uint64_t block = 0; block < test::uniswap_blocks; ++block) {
    test::running_sum sum;
    for (std::uint64_t i = 1000 * block; i < 1000 * (block + 1); ++i) {
      const test::uniswap_v2_case c(i);
      const auto out = c.pair.amount_out(c.paid);
      ASSERT_TRUE(out.has_value()) << i;
      const auto after = c.pair.after(c.paid, *out);
      ASSERT_EQ(after.error(), *out == units{} ? errc::dust : errc::ok) << i;  // the pair sends something or refuses
      if (*out == units{}) ++nothing;
      const auto& left = after.has_value() ? *after : c.pair;
      sum.add(widen(*out));
      sum.add(widen(left.reserve_in));
      sum.add(widen(left.reserve_out));
      const auto in = c.wanted < c.pair.reserve_out ? c.pair.amount_in(c.wanted) : result<units>(units{});
      if (!in.has_value()) {
        ASSERT_EQ(in.error(), errc::overflow) << i;
        ++too_large;
      }
      sum.add(in.has_value() ? widen(*in) : uint256::from_words(0, 1, 0, 0));
    }
    EXPECT_EQ(sum.value(), test::uniswap_v2_checksums[block])
        << "cases " << 1000 * block << " to " << 1000 * block + 999;
  }
  std::printf("v2: %d swaps, %lld too small for a unit, %lld beyond 112 bits\n",
              static_cast<int>(1000 * test::uniswap_blocks), nothing, too_large);
}

}  // namespace
}  // namespace trimtab
