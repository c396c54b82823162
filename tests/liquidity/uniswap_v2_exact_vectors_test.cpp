// SPDX-License-Identifier: MIT
// The pair in integers against swaps executed by the real contracts: every row and column, to the unit.
#include <gtest/gtest.h>

#include <trimtab/liquidity/uniswap_v2_exact.hpp>

#include "support/vectors.hpp"
#include <string>

namespace trimtab {
namespace {

using liquidity::uniswap_v2_exact;
using test::row;
using test::vector_file;

units units_of(const row& r, const char* column) {
  const auto wide = uint256::parse(r.text(column));
  const auto amount = narrow(wide.value());
  EXPECT_TRUE(wide.has_value() && amount.has_value()) << column << ": " << r.text(column);
  return *amount;
}

uniswap_v2_exact pair_of(const row& r) {
  return {.reserve_in = units_of(r, "reserve_in"), .reserve_out = units_of(r, "reserve_out")};
}

TEST(UniswapV2ExactVectors, ExactInput) {
  vector_file swaps("pools/univ2_exact_in.csv");
  for (const row& r : swaps.rows()) {
    const uniswap_v2_exact pair = pair_of(r);
    ASSERT_EQ(pair.validate(), errc::ok);
    const units x = units_of(r, "amount_in"), y = units_of(r, "amount_out"), one{1};
    EXPECT_EQ(*pair.amount_out(x), y) << r.text("amount_in");
    EXPECT_EQ(*pair.amount_out(x), units_of(r, "router_amount_out")) << r.text("amount_in");
    EXPECT_EQ(pair.accepts(x, y), y == units{} ? errc::dust : errc::ok);
    const std::string& reason = r.text("reject_reason");
    ASSERT_TRUE(reason == "K" || reason == "INSUFFICIENT_LIQUIDITY") << reason;
    EXPECT_EQ(pair.accepts(x, *y.add(one)), reason == "K" ? errc::slippage : errc::infeasible) << reason;
    swaps.count();
  }
  swaps.report();
  EXPECT_EQ(swaps.checked(), swaps.rows().size());
}

TEST(UniswapV2ExactVectors, ExactOutput) {
  vector_file swaps("pools/univ2_exact_out.csv");
  for (const row& r : swaps.rows()) {
    const uniswap_v2_exact pair = pair_of(r);
    const units y = units_of(r, "amount_out"), least = units_of(r, "min_amount_in"), one{1};
    EXPECT_EQ(*pair.smallest_amount_in(y), least) << r.text("amount_out");
    EXPECT_EQ(*pair.amount_in(y), units_of(r, "router_amount_in")) << r.text("amount_out");
    EXPECT_EQ(pair.accepts(least, y), errc::ok);
    EXPECT_EQ(pair.accepts(*least.subtract(one), y), least == one ? errc::dust : errc::slippage);
    swaps.count();
  }
  swaps.report();
  EXPECT_EQ(swaps.checked(), swaps.rows().size());
}

}  // namespace
}  // namespace trimtab
