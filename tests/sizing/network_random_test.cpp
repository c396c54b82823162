// SPDX-License-Identifier: MIT
// Random networks, audited from outside: nothing overspent, nothing unsold that has a price, every marginal price its
// tokens'; for a concave problem that is optimality.
#include <gtest/gtest.h>

#include <trimtab/sizing/network.hpp>

#include "support/network_audit.hpp"
#include "support/network_venues.hpp"
#include <algorithm>
#include <cmath>
#include <vector>

namespace {

using namespace trimtab;
using liquidity::constant_product;
using sizing::network_route;
using sizing::network_workspace;
using numbers = std::vector<double>;

struct family {
  double decades = 0.0;  ///< how far token units spread
  double off = 0.01;     ///< how far markets are off the fair price
  int cases = 300;
  int unproven = 0;  ///< how many may end without a certificate
};

/// Each third case sells one token, a basket, and trades on arbitrage alone.
template <Venue V>
void run(std::uint64_t seed, const family& f) {
  test::random_numbers random(seed);
  network_workspace workspace;
  int unproven = 0, steps = 0;
  long double worst_spent = 0.0L, worst_unsold = 0.0L, worst_price = 0.0L;
  double worst_gap = 0.0;
  for (int c = 0; c < f.cases; ++c) {
    const std::size_t n = 2 + random.below(12), m = n - 1 + random.below(3 * n);
    numbers value;
    const auto edges = test::random_network<V>(random, n, m, f.decades, value, f.off);
    numbers worth(n, 0.0), supply(n, 0.0);
    if (c % 3 == 2) {
      worth = value;
    } else {
      worth[n - 1] = 1.0;
      for (std::size_t j = 0; j < (c % 3 == 0 ? 1 : n); ++j) supply[j] = random.log_uniform(1e-4, 1e6) / value[j];
    }
    const network_route r = sizing::route<V>(edges, {worth, supply}, workspace);
    steps += r.iterations;
    if (r.status != errc::ok) {
      EXPECT_EQ(r.status, errc::no_convergence);
      ++unproven;
      continue;
    }
    EXPECT_LE(r.kkt, 1e-11);
    EXPECT_LE(r.balance, 1e-12);
    EXPECT_LE(r.gap, 1e-11);
    const auto seen = test::audit<V>(edges, worth, supply, r);
    EXPECT_EQ(seen.below, 0.0L) << c;
    EXPECT_LE(seen.overspent, 1e-12L) << c;
    EXPECT_LE(seen.unsold, 1e-11L) << c;
    EXPECT_LE(seen.mispriced, 1e-8L) << c;
    worst_spent = std::max(worst_spent, seen.overspent);
    worst_unsold = std::max(worst_unsold, seen.unsold);
    worst_price = std::max(worst_price, seen.mispriced);
    worst_gap = std::max(worst_gap, r.gap);
  }
  EXPECT_LE(unproven, f.unproven);
  std::cout << f.cases << " networks, " << unproven << " unproven, " << steps / f.cases << " steps each; overspent "
            << worst_spent << ", unsold " << worst_unsold << ", mispriced " << worst_price << ", gap " << worst_gap
            << '\n';
}

TEST(NetworkRandom, Pools) {
  run<constant_product>(21, {});
}
TEST(NetworkRandom, PoolsWhoseUnitsSpreadOverEighteenDecades) {
  run<constant_product>(22, {.decades = 9.0});
}
TEST(NetworkRandom, PoolsFarFromFair) {
  run<constant_product>(23, {.decades = 2.0, .off = 0.9});
}
TEST(NetworkRandom, PoolsAllButFair) {
  run<constant_product>(24, {.off = 2e-4});
}
TEST(NetworkRandom, EveryKindOfVenue) {
  run<test::mixed>(25, {.unproven = 1});
}
TEST(NetworkRandom, EveryKindOverEighteenDecades) {
  run<test::mixed>(26, {.decades = 9.0, .unproven = 1});
}
TEST(NetworkRandom, EveryKindFarFromFair) {
  run<test::mixed>(27, {.decades = 2.0, .off = 0.9, .unproven = 1});
}
TEST(NetworkRandom, EveryKindAllButFair) {
  run<test::mixed>(28, {.off = 2e-4, .unproven = 1});
}
TEST(NetworkRandom, CurvesThatKnowTheirSlope) {
  // The power pool by itself is asked for its slope instead of differences.
  test::random_numbers random(29);
  network_workspace workspace;
  for (int c = 0; c < 100; ++c) {
    const std::size_t n = 3 + random.below(5);
    test::edges_of<test::power_pool> edges;
    for (std::size_t i = 0; i < 4 * n; ++i) {
      const std::size_t a = i < n ? i : random.below(n), b = (a + 1 + random.below(n - 1)) % n;
      const double depth = random.log_uniform(1e3, 1e6), power = random.uniform(0.3, 3.0);
      edges.push_back({a, b, {.depth = depth, .reserve = 0.998 * depth / power, .power = power}});
      edges.push_back({b, a, {.depth = depth, .reserve = 0.997 * depth / power, .power = power}});
    }
    numbers worth(n, 0.0), supply(n, 0.0);
    worth[n - 1] = 1.0;
    supply[0] = random.log_uniform(1e-3, 1e6);
    const network_route r = sizing::route<test::power_pool>(edges, {worth, supply}, workspace);
    ASSERT_EQ(r.status, errc::ok) << c;
    const auto seen = test::audit<test::power_pool>(edges, worth, supply, r);
    EXPECT_LE(seen.overspent, 1e-12L);
    EXPECT_LE(seen.unsold, 1e-11L);
    EXPECT_LE(seen.mispriced, 1e-8L);
  }
}

TEST(NetworkRandom, ManyTokensTakeTheSparseRoad) {
  test::random_numbers random(30);
  network_workspace workspace;
  for (const std::size_t n : {129U, 400U}) {
    numbers value;
    const auto edges = test::random_network<constant_product>(random, n, 3 * n, 1.0, value);
    numbers worth(n, 0.0), supply(n, 0.0);
    worth[n - 1] = 1.0;
    for (std::size_t j = 0; j < n; j += 7) supply[j] = 1e3 / value[j];
    for (const bool arbitrage : {false, true}) {
      const auto& wanted = arbitrage ? value : worth;
      const network_route r = sizing::route<constant_product>(edges, {wanted, supply}, workspace);
      ASSERT_EQ(r.status, errc::ok) << n << " " << arbitrage << " " << r.kkt << " " << r.balance << " " << r.gap;
      const auto seen = test::audit<constant_product>(edges, wanted, supply, r);
      EXPECT_LE(seen.overspent, 1e-12L);
      EXPECT_LE(seen.unsold, 1e-11L);
      EXPECT_LE(seen.mispriced, 1e-8L);
    }
  }
}

}  // namespace
