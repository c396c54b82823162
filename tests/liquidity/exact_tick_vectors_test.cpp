// SPDX-License-Identifier: MIT
// Ticks and prices against the contract's own library: every row and column, to the last bit.
#include <gtest/gtest.h>

#include <trimtab/liquidity/exact_tick.hpp>

#include "support/exact_pools.hpp"
#include "support/vectors.hpp"

namespace trimtab {
namespace {

using test::row;
using test::vector_file;

TEST(ExactTickVectors, PriceOfATick) {
  vector_file file("pools/univ3_tick_to_sqrt.csv");
  for (const row& r : file.rows()) {
    const auto price = liquidity::sqrt_price_at(test::tick_of(r, "tick"));
    ASSERT_TRUE(price.has_value());
    EXPECT_EQ(test::text_of(*price), r.text("sqrt_price_x96")) << r.text("tick");
    file.count();
  }
  file.report();
  EXPECT_EQ(file.checked(), file.rows().size());
}

TEST(ExactTickVectors, TickOfAPrice) {
  vector_file file("pools/univ3_sqrt_to_tick.csv");
  for (const row& r : file.rows()) {
    const auto tick = liquidity::tick_at(test::wide_of(r, "sqrt_price_x96"));
    ASSERT_TRUE(tick.has_value());
    EXPECT_EQ(*tick, test::tick_of(r, "tick")) << r.text("sqrt_price_x96");
    file.count();
  }
  file.report();
  EXPECT_EQ(file.checked(), file.rows().size());
}

}  // namespace
}  // namespace trimtab
