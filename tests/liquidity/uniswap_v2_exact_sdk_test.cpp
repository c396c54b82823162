// SPDX-License-Identifier: MIT
// A hundred thousand random swaps of pairs against sums over the results of the protocol's own software: one word per
// thousand cases, every amount and reserve in it.
#include <gtest/gtest.h>

#include <trimtab/liquidity/uniswap_v2_exact.hpp>

#include "support/uniswap_cases.hpp"
#include "support/uniswap_checksums.hpp"
#include <cstdint>
#include <cstdio>

namespace trimtab {
namespace {

TEST(UniswapV2ExactSdk, HundredThousandSwaps) {
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
