// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/liquidity/constant_product.hpp>
#include <trimtab/sizing/network_edge.hpp>

namespace trimtab {
namespace {

// A pool that trades both ways is two edges: their first prices leave the cone of the fee between them.
TEST(NetworkEdge, BetweenTheTwoDirectionsOfAPoolLiesItsNoTradeCone) {
  using pool = liquidity::constant_product;
  constexpr pool sell{.reserve_in = 100.0, .reserve_out = 2e5, .fee = {30.0}};
  constexpr sizing::network_edge<pool> there{.in = 0, .out = 1, .venue = sell};
  constexpr sizing::network_edge<pool> back{.in = 1, .out = 0, .venue = sell.reversed()};
  static_assert(there.in == back.out && there.out == back.in);
  const double round_trip = there.venue.marginal_price(0.0).value * back.venue.marginal_price(0.0).value;
  EXPECT_NEAR(round_trip, 0.997 * 0.997, 1e-15);
}

// What nobody has solved is not ok and certifies nothing.
TEST(NetworkEdge, AnEmptyAnswerClaimsNothing) {
  constexpr sizing::network_route nothing{};
  static_assert(nothing.status != errc::ok);
  static_assert(nothing.kkt == infinity && nothing.balance == infinity && nothing.gap == infinity);
  static_assert(nothing.flows.empty() && nothing.value == 0.0);
  constexpr sizing::network_limits limits{};
  static_assert(limits.kkt <= 1e-11 && limits.balance <= 1e-12 && limits.gap <= 1e-11);
}

}  // namespace
}  // namespace trimtab
