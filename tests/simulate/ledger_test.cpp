// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/simulate/ledger.hpp>

namespace {

using namespace trimtab::simulate;

static_assert(costs{.impact = 1, .fee = 2, .premium = 3, .gas = 4, .reward = 5}.trading() == 15);
static_assert(costs{.impact = 1, .liquidation = 5, .interest = 2, .written_off = 3}.total() == 5);
static_assert(equity_split{.opening = 10, .exposure = -4, .costs = {.fee = 1}, .closing = 5}.unexplained() == 0);

TEST(Ledger, SumsWithoutLosingTheSmall) {
  long_sum sum;
  sum.add(1e16);
  for (int k = 0; k < 10; ++k) sum.add(1.0);
  sum.add(-1e16);
  EXPECT_EQ(sum.value(), 10.0);
}

TEST(Ledger, ReportsEachLineUnderItsName) {
  ledger books;
  books.impact.add(1);
  books.fee.add(2);
  books.premium.add(3);
  books.gas.add(4);
  books.reward.add(8);
  books.liquidation.add(5);
  books.interest.add(6);
  books.written_off.add(7);
  const costs c = books.costs();
  EXPECT_EQ(c.impact, 1);
  EXPECT_EQ(c.fee, 2);
  EXPECT_EQ(c.premium, 3);
  EXPECT_EQ(c.gas, 4);
  EXPECT_EQ(c.reward, 8);
  EXPECT_EQ(c.liquidation, 5);
  EXPECT_EQ(c.interest, 6);
  EXPECT_EQ(c.written_off, 7);
}

}  // namespace
