// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/preset/threshold.hpp>

#include <limits>
#include <utility>

namespace {

using namespace trimtab::preset;

static_assert(above(1.0 + 1e-12, 1.0) && !above(1.0, 1.0) && !above(1.0 + 2e-16, 1.0) && !above(1.0 - 1e-12, 1.0));
static_assert(below(1.0 - 1e-12, 1.0) && !below(1.0, 1.0) && !below(1.0 - 2e-16, 1.0) && !below(1.0 + 1e-12, 1.0));
static_assert(above(1e-30, 0.0) && !above(0.0, 0.0) && below(-1e-30, 0.0));
static_assert(whole_part(8299.9999999999) == 8300.0 && whole_part(8299.99) == 8299.0 && whole_part(0.0) == 0.0);

// What is 1.6 in integers is not in doubles, and yet neither above nor below it.
TEST(Threshold, WhatIntegersCallEqualIsEqual) {
  int unequal = 0;
  for (int collateral = 1; collateral < 2'000; ++collateral) {
    const double ratio = collateral * 0.1 * 1.1 / (collateral * 0.06875);
    unequal += ratio != 1.6 ? 1 : 0;
    EXPECT_FALSE(above(ratio, 1.6) || below(ratio, 1.6)) << collateral;
    EXPECT_TRUE(above(ratio * (1.0 + 1e-12), 1.6) && below(ratio * (1.0 - 1e-12), 1.6)) << collateral;
  }
  EXPECT_GT(unequal, 100);
}

TEST(Threshold, ANotANumberIsNeither) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  for (const auto& [x, edge] : {std::pair{nan, 1.0}, std::pair{1.0, nan}, std::pair{nan, nan}}) {
    EXPECT_FALSE(above(x, edge));
    EXPECT_FALSE(below(x, edge));
  }
}

TEST(Threshold, InfinityIsAboveWhatIsFinite) {
  EXPECT_TRUE(above(trimtab::infinity, 1e300));
  EXPECT_TRUE(below(1e300, trimtab::infinity)) << "an order without a limit is within it";
  EXPECT_FALSE(above(1e300, trimtab::infinity));
}

}  // namespace
