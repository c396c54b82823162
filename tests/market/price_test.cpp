// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/market/price.hpp>

#include <type_traits>
#include <vector>

namespace trimtab {
namespace {

constexpr double quoted[] = {2000.0, 1.0};
constexpr oracle_prices<double> prices{quoted};
static_assert(prices.size() == 2 && prices[{0}].value == 2000.0 && prices[{1}].value == 1.0);
static_assert(prices.has({1}) && !prices.has({2}) && !oracle_prices<double>{}.has({0}));
// What health is judged on and what a trade gets are different things.
static_assert(!std::is_convertible_v<oracle_price<double>, executable_price<double>>);
static_assert(!std::is_convertible_v<executable_price<double>, oracle_price<double>>);
static_assert(!std::is_convertible_v<double, oracle_price<double>>);
static_assert(!std::is_convertible_v<double, executable_price<double>>);
static_assert(!std::is_convertible_v<std::vector<double>&, oracle_prices<double>>, "only when asked");
static_assert(std::is_trivially_copyable_v<oracle_prices<double>>);

TEST(OraclePrices, LookAtTheCallersArray) {
  std::vector<double> mine{1.0, 2.0};
  const oracle_prices<double> view(mine);
  mine[1] = 3.0;
  EXPECT_EQ(view[{1}].value, 3.0);
}

TEST(OraclePrices, HoldNothingByDefault) {
  EXPECT_EQ(oracle_prices<double>{}.size(), 0U);
}

}  // namespace
}  // namespace trimtab
