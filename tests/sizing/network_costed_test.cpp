// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/sizing/network_costed.hpp>

namespace {

using namespace trimtab;
using sizing::costed_route;

TEST(NetworkCosted, AnEmptyAnswerClaimsNothing) {
  constexpr costed_route nothing{};
  static_assert(nothing.status != errc::ok && !nothing.exhausted);
  static_assert(nothing.flows.empty() && nothing.net.empty() && nothing.price.empty() && nothing.used == 0);
  static_assert(nothing.bound == infinity && nothing.gap() == infinity && nothing.net_value() == 0.0);
}

// The bound may be far off, or by rounding below what was found; what was searched to the end has no gap.
TEST(NetworkCosted, TheGapIsWhatTheBoundLeavesUnlessAllWasLookedAt) {
  EXPECT_EQ((costed_route{.value = 10.0, .cost = 3.0, .bound = 8.0}.net_value()), 7.0);
  EXPECT_EQ((costed_route{.value = 10.0, .cost = 3.0, .bound = 8.0}.gap()), 1.0);
  EXPECT_EQ((costed_route{.value = 10.0, .cost = 3.0, .bound = 7.0 - 1e-14}.gap()), 0.0);
  EXPECT_EQ((costed_route{.value = 10.0, .cost = 3.0, .bound = 8.0, .exhausted = true}.gap()), 0.0);
}

}  // namespace
