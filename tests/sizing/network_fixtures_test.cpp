// SPDX-License-Identifier: MIT
// Problems on which published routers gave wrong answers without saying so, with their right ones.
#include <gtest/gtest.h>

#include <trimtab/sizing/network.hpp>

#include "support/network_audit.hpp"
#include "support/network_venues.hpp"
#include <cmath>
#include <vector>

namespace {

using namespace trimtab;
using liquidity::constant_product;
using sizing::network_route;
using sizing::network_workspace;
using pools = test::edges_of<constant_product>;
using numbers = std::vector<double>;

network_route checked(const pools& edges, const numbers& worth, const numbers& supply, network_workspace& workspace) {
  const network_route r = sizing::route<constant_product>(edges, {worth, supply}, workspace);
  EXPECT_EQ(r.status, errc::ok);
  const auto seen = test::audit<constant_product>(edges, worth, supply, r);
  EXPECT_LE(seen.overspent, 1e-14L);
  EXPECT_LE(seen.unsold, 1e-13L);
  EXPECT_LE(seen.mispriced, 1e-8L);
  EXPECT_EQ(seen.below, 0.0L);
  EXPECT_NEAR(static_cast<double>(seen.value), r.value, 1e-13 * static_cast<double>(seen.gross));
  return r;
}

// github.com/bcc-research/CFMMRouter.jl issue 11: raw on-chain amounts, an arbitrage that came out with two negative
// net flows.
TEST(NetworkFixtures, RawAmountsOfAnArbitrage) {
  pools edges;
  test::add_pool(edges, 0, 1, 6.02764852e20, 1.509e13, 20.0);
  test::add_pool(edges, 1, 2, 9.33e12, 4.631077e22, 20.0);
  test::add_pool(edges, 0, 2, 5.96761757e22, 6.56508707e24, 30.0);
  network_workspace workspace;
  const network_route r = checked(edges, {1.0, 1.0, 1.0}, {}, workspace);
  EXPECT_NEAR(r.net[2], 8.864481533e19, 5e9 * 1e1);
  EXPECT_NEAR(r.price[0], 110.393, 5e-4);
  EXPECT_NEAR(r.price[1], 4.6196e9, 5e4);
  EXPECT_EQ(r.price[2], 1.0);
  EXPECT_NEAR(r.net[0] * r.price[0], 0.0, 1e-13 * r.gross);
  EXPECT_NEAR(r.net[1] * r.price[1], 0.0, 1e-13 * r.gross);
}

// Issue 12 of the same: 10⁹ sold into reserves of 10² to 2·10⁴; the dual price lies below the router's fixed bound.
TEST(NetworkFixtures, FarMoreThanTheReserves) {
  pools edges;
  test::add_pool(edges, 0, 1, 1e3, 1e4, 30.0);
  test::add_pool(edges, 1, 2, 1e3, 1e2, 30.0);
  test::add_pool(edges, 0, 2, 1e3, 2e4, 30.0);
  network_workspace workspace;
  const network_route r = checked(edges, {1.0, 0.0, 0.0}, {0.0, 1e9, 0.0}, workspace);
  EXPECT_NEAR(r.value, 1004.949792, 5e-7);
  EXPECT_NEAR(r.price[1], 1.04805e-11, 5e-17);
  EXPECT_NEAR(r.net[1], -1e9, 1e-3);
  // 10⁴ times more leaves the reserves all but empty: 1000 and what 100 of token 2 fetch.
  const network_route all = checked(edges, {1.0, 0.0, 0.0}, {0.0, 1e13, 0.0}, workspace);
  EXPECT_NEAR(all.value, 1e3 + edges[5].venue.amount_out(100.0), 1e-5);
  EXPECT_LT(all.value, 1e3 + edges[5].venue.amount_out(100.0));
  EXPECT_GT(all.value, r.value);
}

// The example of its documentation: a basket of two tokens into the first.
TEST(NetworkFixtures, ABasketIntoOneToken) {
  pools edges;
  test::add_pool(edges, 0, 1, 1e3, 1e4, 30.0);
  test::add_pool(edges, 1, 2, 1e3, 1e2, 30.0);
  test::add_pool(edges, 0, 2, 1e3, 2e4, 30.0);
  network_workspace workspace;
  const network_route r = checked(edges, {1.0, 0.0, 0.0}, {0.0, 10.0, 100.0}, workspace);
  // More than each sold for itself where it is deepest.
  EXPECT_GT(r.value, edges[1].venue.amount_out(10.0) + edges[5].venue.amount_out(100.0));
  EXPECT_NEAR(r.net[1], -10.0, 1e-12);
  EXPECT_NEAR(r.net[2], -100.0, 1e-11);
}

// Pull request 17: more was sold than there was; the pools also hold an arbitrage.
TEST(NetworkFixtures, NoMoreThanTheBasket) {
  pools edges;
  test::add_pool(edges, 0, 1, 14e3, 15e6, 100.0);
  test::add_pool(edges, 0, 1, 19e3, 11e6, 100.0);
  network_workspace workspace;
  const network_route r = checked(edges, {1.0, 0.0}, {0.0, 3000.0}, workspace);
  EXPECT_NEAR(r.value, 727.3894982, 5e-8);
  EXPECT_NEAR(r.price[1], 0.00124125, 5e-9);
  EXPECT_NEAR(r.net[1], -3000.0, 1e-8);
}

// The router's own benchmark family: m pools, reserves uniform up to 1000, half with a fee of 30 basis points.
TEST(NetworkFixtures, TheArbitrageFamily) {
  network_workspace workspace;
  for (std::uint64_t seed = 1; seed <= 10; ++seed)
    for (const auto& [n, m] : {std::pair{5, 20}, {20, 100}, {31, 250}}) {
      test::random_numbers random(seed);
      const auto tokens = static_cast<std::size_t>(n);
      pools edges;
      for (int i = 0; i < m; ++i) {
        const std::size_t a = random.below(tokens);
        std::size_t b = random.below(tokens - 1);
        if (b >= a) ++b;
        test::add_pool(edges, a, b, random.uniform(1.0, 1e3), random.uniform(1.0, 1e3),
                       random.below(2) != 0 ? 30.0 : 0.0);
      }
      numbers worth(tokens);
      for (double& w : worth) w = random.uniform(0.5, 1.5);
      const network_route r = checked(edges, worth, {}, workspace);
      EXPECT_GT(r.value, 0.0);
      EXPECT_LE(r.iterations, 60);
    }
}

}  // namespace
