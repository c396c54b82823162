// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/liquidity/constant_product.hpp>
#include <trimtab/sizing/basket_line.hpp>

namespace {

using namespace trimtab;
using liquidity::constant_product;
using line = sizing::basket_line<constant_product>;

constexpr constant_product pool{.reserve_in = 1e3, .reserve_out = 2e6, .fee = {30.0}};

TEST(BasketLine, StaysInItsRange) {
  const line l{.venue = &pool, .low = 2.0, .high = 10.0};
  EXPECT_EQ(l.at(1e9), 2.0);
  EXPECT_EQ(l.at(1.0), 10.0);
  EXPECT_EQ(l.at(1980.0), pool.amount_at(executable_price<double>{1980.0}));
  EXPECT_EQ(l.out(5.0), pool.amount_out(5.0));
  EXPECT_EQ(l.marginal(5.0), pool.marginal_price(5.0).value);
}

TEST(BasketLine, WithoutAVenueIsOneForOne) {
  const line l{.high = 10.0, .most = 7.0};
  EXPECT_EQ(l.out(5.0), 5.0);
  EXPECT_EQ(l.out(9.0), 7.0);
  EXPECT_EQ(l.at(0.999), 10.0);
  EXPECT_EQ(l.at(1.0), 0.0);
  EXPECT_EQ(l.marginal(3.0), 1.0);
}

TEST(BasketLine, WhatBuysAllBuysExactlyAll) {
  int differ = 0;
  for (double all = 1.0; all < 1e6; all *= 1.37) {
    const double in = pool.amount_in(all);
    const line l{.venue = &pool, .high = in, .most = all, .most_in = in};
    EXPECT_EQ(l.out(in), all);
    differ += pool.amount_out(in) != all ? 1 : 0;
    const line capped{.venue = &pool, .high = 0.5 * in, .most = all, .most_in = in};
    EXPECT_EQ(capped.out(0.5 * in), pool.amount_out(0.5 * in)) << "less than all";
  }
  EXPECT_GT(differ, 0) << "or the rule is not needed";
}

// Against every amount in the range.
TEST(BasketLine, BestIsTheMostThatARangeIsWorth) {
  for (const auto& [low, high] : {std::pair{0.0, 100.0}, std::pair{3.0, 50.0}, std::pair{5.0, 5.0}})
    for (const double price : {100.0, 1500.0, 1900.0, 1990.0, 2500.0}) {
      const line l{.venue = &pool, .low = low, .high = high};
      double most = -infinity;
      for (int i = 0; i <= 100'000; ++i) {
        const double x = low + (high - low) * i * 1e-5;
        most = larger(most, pool.amount_out(x) - price * x);
      }
      EXPECT_GE(l.best(price), most - 1e-9);
      EXPECT_LE(l.best(price), most + 1e-3);
    }
}

}  // namespace
