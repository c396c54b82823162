// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/sizing/network.hpp>

#include "support/network_audit.hpp"
#include "support/network_venues.hpp"
#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace {

using namespace trimtab;
using liquidity::constant_price;
using liquidity::constant_product;
using sizing::network_edge;
using sizing::network_route;
using sizing::network_workspace;
using sizing::reroute;
using sizing::route;
using test::add_pool;
using pools = test::edges_of<constant_product>;
using mixed = test::edges_of<test::mixed>;
using numbers = std::vector<double>;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

template <class Edges>
network_route solve(const Edges& edges, const numbers& worth, const numbers& supply, network_workspace& workspace) {
  using V = decltype(edges[0].venue);
  return route<std::remove_cvref_t<V>>(edges, {worth, supply}, workspace);
}

// Two hops and one, both ways round, against a search over how much goes which way.
long double best_of_two_ways(const pools& edges, double amount) {
  const auto paid = [&](std::size_t e, long double x) {
    const auto& v = edges[e].venue;
    const long double a = v.reserve_in / (1.0L - v.fee.count * 1e-4L);
    return v.reserve_out * x / (a + x);
  };
  const auto total = [&](long double direct) { return paid(0, direct) + paid(4, paid(2, amount - direct)); };
  long double low = 0.0L, high = amount;
  for (int i = 0; i < 300; ++i) {
    const long double a = low + (high - low) / 3.0L, b = high - (high - low) / 3.0L;
    if (total(a) < total(b)) {
      low = a;
    } else {
      high = b;
    }
  }
  return total(0.5L * (low + high));
}

TEST(Network, OnePairIsWaterFilling) {
  // Sorted by first price, while the next pool's is above the common one: output Y − B²/(X + A).
  test::random_numbers random(11);
  for (int c = 0; c < 200; ++c) {
    pools edges;
    const std::size_t m = 1 + random.below(9);
    for (std::size_t i = 0; i < m; ++i)
      edges.push_back(
          {0, 1, {.reserve_in = random.log_uniform(1e2, 1e5), .reserve_out = random.log_uniform(1e2, 1e5)}});
    const double amount = random.log_uniform(1e-3, 1e6);
    auto sorted = edges;
    std::sort(sorted.begin(), sorted.end(), [](const auto& l, const auto& r) {
      return l.venue.marginal_price(0.0).value > r.venue.marginal_price(0.0).value;
    });
    long double A = 0.0L, B = 0.0L, Y = 0.0L;
    for (const auto& e : sorted) {
      const long double a = e.venue.depth(), out = e.venue.reserve_out;
      if (B > 0.0L && (amount + A) / B * std::sqrt(out / a) <= 1.0L) break;
      A += a;
      B += std::sqrt(a * out);
      Y += out;
    }
    // Y − B²/(X + A) without its cancellation: every pool in use pays R·(1 − √(λ/p₀)).
    const long double s = (amount + A) / B;
    long double expected = 0.0L;
    for (const auto& e : sorted) {
      const long double a = e.venue.depth(), x = std::sqrt(a * e.venue.reserve_out) * s - a;
      if (x > 0.0L) expected += e.venue.reserve_out * x / (a + x);
    }
    EXPECT_NEAR(static_cast<double>((Y - B * B / (amount + A)) / expected), 1.0, 1e-9);
    network_workspace workspace;
    const network_route r = solve(edges, {0.0, 1.0}, {amount, 0.0}, workspace);
    ASSERT_EQ(r.status, errc::ok) << c;
    EXPECT_NEAR(r.value, static_cast<double>(expected), 1e-13 * r.value + 1e-17 * static_cast<double>(Y)) << c;
    EXPECT_NEAR(r.net[0], -amount, 1e-12 * amount);
    // The price of the token sold is the common marginal price 1/s².
    EXPECT_NEAR(r.price[0] * static_cast<double>(s * s), 1.0, 1e-12);
  }
}

TEST(Network, TwoWaysAgainstASearch) {
  test::random_numbers random(12);
  network_workspace workspace;
  for (int c = 0; c < 100; ++c) {
    pools edges;
    add_pool(edges, 0, 2, random.log_uniform(1e3, 1e5), random.log_uniform(1e3, 1e5), 30.0);
    add_pool(edges, 0, 1, random.log_uniform(1e3, 1e5), random.log_uniform(1e3, 1e5), 5.0);
    add_pool(edges, 1, 2, random.log_uniform(1e3, 1e5), random.log_uniform(1e3, 1e5), 5.0);
    const double amount = random.log_uniform(1e3, 1e5);
    const network_route r = solve(edges, {0.0, 0.0, 1.0}, {amount, 0.0, 0.0}, workspace);
    ASSERT_EQ(r.status, errc::ok) << c;
    const double searched = static_cast<double>(best_of_two_ways(edges, amount));
    EXPECT_GE(r.value, searched * (1.0 - 1e-14)) << c;  // more where the pools also hold an arbitrage
    if (r.flows[1].in == 0.0 && r.flows[3].in == 0.0 && r.flows[5].in == 0.0) {
      EXPECT_NEAR(r.value, searched, 1e-13 * searched) << c;
    }
  }
}

TEST(Network, DiamondSharesAlikeAndIsSymmetric) {
  pools edges;
  add_pool(edges, 0, 1, 1e5, 1e5, 30.0);
  add_pool(edges, 0, 2, 1e5, 1e5, 30.0);
  add_pool(edges, 1, 3, 1e5, 1e5, 30.0);
  add_pool(edges, 2, 3, 1e5, 1e5, 30.0);
  network_workspace workspace;
  const network_route r = solve(edges, {0.0, 0.0, 0.0, 1.0}, {2e4, 0.0, 0.0, 0.0}, workspace);
  ASSERT_EQ(r.status, errc::ok);
  const constant_product pool = edges[0].venue;
  const double expected = 2.0 * pool.amount_out(pool.amount_out(1e4));
  EXPECT_NEAR(r.value, expected, 1e-13 * expected);
  EXPECT_NEAR(r.flows[0].in, 1e4, 1e-9);
  EXPECT_NEAR(r.flows[2].in, 1e4, 1e-9);
  EXPECT_EQ(r.price[1], r.price[2]);
}

TEST(Network, ABottleneckTakesWhatItCanAndTheRestGoesRound) {
  // 0 → 1 is deep, 1 → 3 is a fixed price for 10 at most, and 0 → 2 → 3 is worse: the cap binds, the rest goes round.
  mixed edges;
  add_pool(edges, 0, 1, 1e6, 1e6, 0.0);
  edges.push_back({1, 3, constant_price{.price = 1.0, .cap = 10.0}});
  add_pool(edges, 0, 2, 1e4, 9e3, 30.0);
  add_pool(edges, 2, 3, 1e4, 9e3, 30.0);
  network_workspace workspace;
  const network_route r = solve(edges, {0.0, 0.0, 0.0, 1.0}, {1e3, 0.0, 0.0, 0.0}, workspace);
  ASSERT_EQ(r.status, errc::ok);
  EXPECT_EQ(r.flows[2].in, 10.0);
  const double first = edges[0].venue.amount_in(10.0);
  const double expected = 10.0 + edges[5].venue.amount_out(edges[3].venue.amount_out(1e3 - first));
  EXPECT_NEAR(r.value, expected, 1e-12 * expected);
  EXPECT_GT(1.0 / r.price[1], 1.0 + 1e-6);  // the bottleneck has a rent
}

TEST(Network, ABookAndAPoolInParallel) {
  // Pool's marginal price falls to the book's second level, whose fill is what the pool leaves.
  test::ladder book{.count = 3};
  book.level = {{{.price = 2.0, .capacity = 5.0}, {.price = 1.9, .capacity = 50.0}, {.price = 1.8, .capacity = 50.0}}};
  const constant_product pool{.reserve_in = 1e3, .reserve_out = 2e3, .fee = {0.0}};
  const mixed edges{{0, 1, book}, {0, 1, pool}};
  network_workspace workspace;
  const double into_pool = pool.amount_at(executable_price<double>{1.9}), amount = 5.0 + 20.0 + into_pool;
  const network_route r = solve(edges, {0.0, 1.0}, {amount, 0.0}, workspace);
  ASSERT_EQ(r.status, errc::ok);
  EXPECT_NEAR(r.price[0], 1.9, 1e-14);
  EXPECT_NEAR(r.flows[0].in, 25.0, 1e-11);
  EXPECT_NEAR(r.flows[1].in, into_pool, 1e-11);
  EXPECT_NEAR(r.value, 10.0 + 38.0 + pool.amount_out(into_pool), 1e-11);
}

TEST(Network, EqualFixedPricesShareAndNeverTakeMoreThanTheirCaps) {
  const mixed edges{{0, 1, constant_price{.price = 1.0, .cap = 10.0}},
                    {0, 1, constant_price{.price = 1.0, .cap = 30.0}},
                    {0, 1, constant_price{.price = 0.9, .cap = 1e9}}};
  network_workspace workspace;
  network_route r = solve(edges, {0.0, 1.0}, {25.0, 0.0}, workspace);
  ASSERT_EQ(r.status, errc::ok);
  EXPECT_NEAR(r.value, 25.0, 1e-12);
  EXPECT_NEAR(r.flows[0].in + r.flows[1].in, 25.0, 1e-12);
  EXPECT_EQ(r.flows[2].in, 0.0);
  r = solve(edges, {0.0, 1.0}, {45.0, 0.0}, workspace);
  ASSERT_EQ(r.status, errc::ok);
  EXPECT_NEAR(r.value, 40.0 + 0.9 * 5.0, 1e-12);
  EXPECT_EQ(r.flows[0].in, 10.0);
  EXPECT_EQ(r.flows[1].in, 30.0);
}

TEST(Network, WhatNobodyTakesIsKept) {
  const mixed edges{{0, 1, constant_price{.price = 2.0, .cap = 10.0}},
                    {1, 2, constant_price{.price = 1.0, .cap = 8.0}}};
  network_workspace workspace;
  const network_route r = solve(edges, {0.0, 0.0, 1.0}, {1e6, 0.0, 0.0}, workspace);
  ASSERT_EQ(r.status, errc::ok);
  EXPECT_NEAR(r.value, 8.0, 1e-12);
  EXPECT_GE(r.net[0], -10.0 * (1.0 + 1e-15));
  EXPECT_LE(r.net[0], -4.0 * (1.0 - 1e-15));
  EXPECT_LT(r.price[0], 1e-20);
  EXPECT_LE(r.gap, 1e-11);
}

TEST(Network, NoArbitrageMeansNoTrades) {
  // Prices agree within the fees: the whole network is in its no-trade cone.
  test::random_numbers random(13);
  network_workspace workspace;
  for (int c = 0; c < 100; ++c) {
    const std::size_t n = 2 + random.below(10);
    numbers value;
    const auto edges = test::random_network<constant_product>(random, n, n + random.below(30), 3.0, value, 1e-4);
    const network_route r = solve(edges, value, {}, workspace);
    ASSERT_EQ(r.status, errc::ok) << c << " " << r.kkt << " " << r.gap;
    EXPECT_EQ(r.value, 0.0);
    for (const auto& f : r.flows) EXPECT_EQ(f.in, 0.0);
  }
}

TEST(Network, ACycleThatGainsIsArbitrage) {
  // One triangle mispriced by 5 %: against a search over the amount that goes round.
  pools edges;
  add_pool(edges, 0, 1, 1e4, 1.05e4, 30.0);
  add_pool(edges, 1, 2, 1e4, 1e4, 30.0);
  add_pool(edges, 2, 0, 1e4, 1e4, 30.0);
  network_workspace workspace;
  const network_route r = solve(edges, {1.0, 0.0, 0.0}, {}, workspace);
  ASSERT_EQ(r.status, errc::ok);
  long double best = 0.0L;
  for (int i = 0; i <= 200000; ++i) {
    const long double x = 1e-3L * i;
    long double y = x;
    for (const std::size_t e : {0U, 2U, 4U}) {
      const auto& v = edges[e].venue;
      y = v.reserve_out * y / (v.reserve_in / 0.997L + y);
    }
    best = std::max(best, y - x);
  }
  EXPECT_GE(r.value, static_cast<double>(best) * (1.0 - 1e-12));
  EXPECT_NEAR(r.value, static_cast<double>(best), 1e-8 * r.value);
}

TEST(Network, TokensApartAndTokensWithoutWorth) {
  // 0–1 and 2–3 are apart; 4 can be bought and never sold; 5 is in no market.
  pools edges;
  add_pool(edges, 0, 1, 1e3, 2e3, 30.0);
  add_pool(edges, 2, 3, 1e3, 1e3, 30.0);
  edges.push_back({0, 4, {.reserve_in = 1.0, .reserve_out = 1e9}});
  network_workspace workspace;
  const network_route r = solve(edges, {0.0, 1.0, 0.0, 0.0, 0.0, 0.0}, {10.0, 0.0, 7.0, 0.0, 3.0, 4.0}, workspace);
  ASSERT_EQ(r.status, errc::ok);
  EXPECT_NEAR(r.value, edges[0].venue.amount_out(10.0), 1e-12 * r.value);
  for (const std::size_t j : {2U, 3U, 4U, 5U}) {
    EXPECT_EQ(r.price[j], 0.0) << j;
    EXPECT_EQ(r.net[j], 0.0) << j;
  }
  const network_route both = solve(edges, {0.0, 1.0, 0.0, 5.0, 0.0, 0.0}, {10.0, 0.0, 7.0, 0.0, 3.0, 4.0}, workspace);
  ASSERT_EQ(both.status, errc::ok);
  EXPECT_NEAR(both.value, edges[0].venue.amount_out(10.0) + 5.0 * edges[2].venue.amount_out(7.0), 1e-11);
}

TEST(Network, NothingToDoIsOk) {
  network_workspace workspace;
  const network_route none = solve(pools{}, {1.0, 0.0}, {0.0, 5.0}, workspace);
  EXPECT_EQ(none.status, errc::ok);
  EXPECT_EQ(none.value, 0.0);
  const mixed shut{{0, 1, constant_price{.price = 1.0, .cap = 0.0}}, {0, 1, test::ladder{}}};
  const network_route closed = solve(shut, {0.0, 1.0}, {5.0, 0.0}, workspace);
  EXPECT_EQ(closed.status, errc::ok);
  EXPECT_EQ(closed.value, 0.0);
  EXPECT_EQ(closed.flows[0].in, 0.0);
}

TEST(Network, DustIsRoutedAsWellAsMore) {
  pools edges;
  add_pool(edges, 0, 2, 1e9, 1e9, 30.0);
  add_pool(edges, 0, 1, 1e9, 2e9, 5.0);
  add_pool(edges, 1, 2, 2e9, 1e9, 5.0);
  network_workspace workspace;
  for (const double amount : {1e-100, 1e-18, 1e-9, 1e-3}) {
    const network_route r = solve(edges, {0.0, 0.0, 1.0}, {amount, 0.0, 0.0}, workspace);
    ASSERT_EQ(r.status, errc::ok) << amount;
    EXPECT_NEAR(r.value / amount, 0.9995 * 0.9995, 1e-11) << amount;
    EXPECT_EQ(r.flows[0].in, 0.0);
  }
}

TEST(Network, TokenUnitsDoNotMatter) {
  test::random_numbers random(14);
  network_workspace workspace, again;
  double worst = 0.0;
  for (int c = 0; c < 60; ++c) {
    const std::size_t n = 3 + random.below(6);
    numbers value;
    const auto edges = test::random_network<constant_product>(random, n, 4 * n, 1.0, value);
    numbers worth(n, 0.0), supply(n, 0.0);
    worth[n - 1] = 1.0;
    supply[0] = 1e4 / value[0];
    const network_route r = solve(edges, worth, supply, workspace);
    ASSERT_EQ(r.status, errc::ok);
    // By a power of two bit for bit, by 10^±18 to a few ulps.
    for (const double unit : {0x1p60, 0x1p-60, 1e18, 1e-18}) {
      const std::size_t j = random.below(n);
      auto scaled = edges;
      for (auto& e : scaled) {
        if (e.in == j) e.venue.reserve_in *= unit;
        if (e.out == j) e.venue.reserve_out *= unit;
      }
      auto worth_scaled = worth, supply_scaled = supply;
      worth_scaled[j] /= unit;
      supply_scaled[j] *= unit;
      const network_route s = solve(scaled, worth_scaled, supply_scaled, again);
      ASSERT_EQ(s.status, errc::ok);
      const bool exact = unit == 0x1p60 || unit == 0x1p-60;
      if (exact) {
        EXPECT_EQ(s.iterations, r.iterations);
      }
      for (std::size_t e = 0; e < edges.size(); ++e) {
        const double back = s.flows[e].in / (e < edges.size() && edges[e].in == j ? unit : 1.0);
        if (exact) {
          EXPECT_EQ(back, r.flows[e].in) << c << " " << unit;
        } else {
          worst = std::max(worst, std::fabs(back - r.flows[e].in) / (r.flows[e].in + edges[e].venue.depth()));
        }
      }
      if (exact) {
        EXPECT_EQ(s.value, r.value);
      } else {
        EXPECT_NEAR(s.value, r.value, 1e-14 * r.value);
      }
    }
  }
  EXPECT_LE(worst, 1e-14);
}

TEST(Network, WarmAgreesWithCold) {
  test::random_numbers random(15);
  network_workspace warm, cold;
  int warm_steps = 0, cold_steps = 0;
  for (int c = 0; c < 40; ++c) {
    numbers value;
    auto edges = test::random_network<constant_product>(random, 10, 60, 1.0, value);
    numbers worth(10, 0.0), supply(10, 0.0);
    worth[9] = 1.0;
    supply[0] = 1e4 / value[0];
    (void)solve(edges, worth, supply, warm);
    // A block later a few pools have moved.
    for (int i = 0; i < 5; ++i) {
      auto& venue = edges[random.below(edges.size())].venue;
      venue = venue.after(1e-3 * venue.reserve_in);
    }
    const network_route w = reroute<constant_product>(edges, {worth, supply}, warm);
    const network_route k = solve(edges, worth, supply, cold);
    ASSERT_EQ(w.status, errc::ok);
    ASSERT_EQ(k.status, errc::ok);
    EXPECT_NEAR(w.value, k.value, 1e-12 * k.value);
    warm_steps += w.iterations;
    cold_steps += k.iterations;
  }
  EXPECT_LT(3 * warm_steps, 2 * cold_steps) << warm_steps << " " << cold_steps;
  // A workspace of another problem is no start: it is not used.
  numbers value;
  const auto other = test::random_network<constant_product>(random, 4, 8, 1.0, value);
  EXPECT_EQ(reroute<constant_product>(other, {value, {}}, warm).status, errc::ok);
}

TEST(Network, GainWithoutEndIsNotAnAnswer) {
  const mixed edges{{0, 1, constant_price{.price = 1.0, .cap = infinity}},
                    {1, 0, constant_price{.price = 1.1, .cap = infinity}}};
  for (const auto& e : edges)
    if (e.venue.validate() != errc::ok) GTEST_SKIP() << "a fixed price without a cap is refused by itself";
  network_workspace workspace;
  const network_route r = solve(edges, {1.0, 0.0}, {}, workspace);
  EXPECT_EQ(r.status, errc::no_convergence);
}

TEST(Network, SaysSoWhenItRunsOutOfSteps) {
  test::random_numbers random(16);
  numbers value;
  const auto edges = test::random_network<constant_product>(random, 10, 60, 1.0, value);
  network_workspace workspace;
  const network_route r = route<constant_product>(edges, {value, {}}, workspace, {.iterations = 1});
  EXPECT_EQ(r.status, errc::no_convergence);
  EXPECT_GT(r.kkt, 1e-11);
  EXPECT_EQ(solve(edges, value, {}, workspace).status, errc::ok);
}

TEST(Network, AVenueThatAnswersNaNIsNeverCertified) {
  // Its numbers pass their check, its curve does not exist.
  network_workspace workspace;
  for (const double power : {nan, -infinity}) {
    const mixed edges{{0, 1, test::power_pool{.depth = 1.0, .reserve = 1.0, .power = power}},
                      {0, 1, constant_product{.reserve_in = 1e3, .reserve_out = 1e3}}};
    EXPECT_EQ(solve(edges, {0.0, 1.0}, {1.0, 0.0}, workspace).status, errc::no_convergence);
    EXPECT_EQ(solve(mixed{edges[0]}, {0.0, 1.0}, {1.0, 0.0}, workspace).status, errc::no_convergence);
  }
}

TEST(Network, NamesWhatIsWrong) {
  network_workspace workspace;
  const pools good{{0, 1, {.reserve_in = 1.0, .reserve_out = 1.0}}};
  const auto status = [&](const pools& edges, const numbers& worth, const numbers& supply) {
    return solve(edges, worth, supply, workspace).status;
  };
  EXPECT_EQ(status(good, {0.0, 1.0}, {1.0, 0.0}), errc::ok);
  EXPECT_EQ(status(good, {0.0, 1.0}, {1.0}), errc::size_mismatch);
  EXPECT_EQ(status(good, {0.0, nan}, {1.0, 0.0}), errc::not_finite);
  EXPECT_EQ(status(good, {0.0, 1.0}, {infinity, 0.0}), errc::not_finite);
  EXPECT_EQ(status(good, {0.0, -1.0}, {1.0, 0.0}), errc::negative_amount);
  EXPECT_EQ(status(good, {0.0, 1.0}, {-1.0, 0.0}), errc::negative_amount);
  EXPECT_EQ(status(good, {0.0, 0.0}, {1.0, 0.0}), errc::non_positive_price);
  EXPECT_EQ(status(pools{}, {}, {}), errc::non_positive_price);
  pools bad = good;
  bad.push_back({1, 1, good[0].venue});
  EXPECT_EQ(status(bad, {0.0, 1.0}, {1.0, 0.0}), errc::asset_mismatch);
  bad[1] = {0, 2, good[0].venue};
  const network_route outside = solve(bad, {0.0, 1.0}, {1.0, 0.0}, workspace);
  EXPECT_EQ(outside.status, errc::asset_mismatch);
  EXPECT_EQ(outside.culprit, 1U);
  bad[1] = {0, 1, {.reserve_in = 0.0, .reserve_out = 1.0}};  // one side is empty
  const network_route empty = solve(bad, {0.0, 1.0}, {1.0, 0.0}, workspace);
  EXPECT_EQ(empty.status, errc::negative_amount);
  EXPECT_EQ(empty.culprit, 1U);
  bad[1].venue = {.reserve_in = nan, .reserve_out = 1.0};
  EXPECT_EQ(status(bad, {0.0, 1.0}, {1.0, 0.0}), errc::not_finite);
  EXPECT_EQ(status(good, {0.0, 1.0}, {1.0, 0.0}), errc::ok);  // the workspace is none the worse
}

}  // namespace
