// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/sizing/look_at_sizes.hpp>

#include <vector>

namespace trimtab {
namespace {

TEST(LookAtSizes, AScanGoesUpByTenthsToTheEndOrUntilToldToStop) {
  std::vector<double> seen;
  sizing::detail::scan(50.0, [&](double x) {
    seen.push_back(x);
    return true;
  });
  EXPECT_DOUBLE_EQ(seen.front(), 5e-5);
  EXPECT_EQ(seen.back(), 50.0);
  for (std::size_t i = 1; i < seen.size(); ++i) {
    EXPECT_GT(seen[i], seen[i - 1]);
    EXPECT_LE(seen[i], 1.1 * seen[i - 1] * (1.0 + 1e-15));
  }
  int looks = 0;
  sizing::detail::scan(50.0, [&](double x) { return ++looks, x < 1.0; });
  EXPECT_LT(looks, static_cast<int>(seen.size()));
}

TEST(LookAtSizes, ReachFindsTheScaleAtWhichSomethingEnds) {
  for (const double end : {1e-12, 1.0, 1e9}) {
    const double found = sizing::detail::reach(infinity, [&](double x) { return x < end; });
    EXPECT_GE(found, end);
    EXPECT_LE(found, 1e7 * end);
  }
  EXPECT_EQ(sizing::detail::reach(3.0, [](double) { return true; }), 3.0);
}

TEST(LookAtSizes, TheHighestPointToHalfTheDigits) {
  EXPECT_NEAR(sizing::detail::highest(0.0, 10.0, [](double x) { return -(x - 2.5) * (x - 2.5); }), 2.5, 1e-6);
  EXPECT_NEAR(sizing::detail::highest(0.0, 10.0, [](double x) { return x; }), 10.0, 1e-6);
}

}  // namespace
}  // namespace trimtab
