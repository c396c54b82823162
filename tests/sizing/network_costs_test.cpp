// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/sizing/network_costs.hpp>

#include "support/network_audit.hpp"
#include "support/network_venues.hpp"
#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace {

using namespace trimtab;
using liquidity::constant_product;
using sizing::costed_route;
using sizing::network_costs_workspace;
using sizing::network_workspace;
using sizing::route;
using sizing::route_with_costs;
using sizing::routed;
using test::add_pool;
using pools = test::edges_of<constant_product>;
using numbers = std::vector<double>;

/// The best of all choices of the edges that cost something and that some choice could use.
template <Venue V>
double exhaustive(const test::edges_of<V>& edges, const numbers& worth, const numbers& supply, const numbers& costs,
                  bool& sure) {
  network_workspace workspace;
  double best = 0.0;
  for (std::size_t set = 0; set < std::size_t{1} << edges.size(); ++set) {
    test::edges_of<V> some;
    numbers cost;
    for (std::size_t e = 0; e < edges.size(); ++e) {
      if ((set >> e & 1U) == 0) continue;
      some.push_back(edges[e]);
      cost.push_back(costs[e]);
    }
    const routed r = route<V>(some, {worth, supply}, workspace);
    sure = sure && r.status == errc::ok;
    if (r.status != errc::ok) continue;
    double net = r.value;
    for (std::size_t i = 0; i < some.size(); ++i) net -= r.flows[i].in > 0.0 ? cost[i] : 0.0;
    best = std::max(best, net);
  }
  return best;
}

/// What the answer says of itself, measured anew in 80 bits: flows on the venues, costs, and the bound at its prices.
template <Venue V>
void check(const test::edges_of<V>& edges, const numbers& worth, const numbers& supply, const numbers& costs,
           const costed_route& r) {
  ASSERT_EQ(r.status, errc::ok);
  std::vector<long double> left(worth.size(), 0.0L), passed(worth.size(), 0.0L);
  long double value = 0.0L, cost = 0.0L, bound = 0.0L, gross = 0.0L;
  for (std::size_t j = 0; j < worth.size(); ++j) {
    left[j] = passed[j] = supply.empty() ? 0.0 : supply[j];
    EXPECT_GE(r.price[j], worth[j]);
    bound += (static_cast<long double>(r.price[j]) - worth[j]) * left[j];
    value -= worth[j] * left[j];
  }
  std::size_t used = 0;
  for (std::size_t e = 0; e < edges.size(); ++e) {
    const auto& [in, out, venue] = edges[e];
    const long double u = r.price[in], v = r.price[out];
    if (v > 0.0L) {
      const double x =
          std::min(venue.capacity(), venue.amount_at(executable_price<double>{static_cast<double>(u / v)}));
      bound += std::max(0.0L, v * venue.amount_out(x) - u * x - costs[e]);
      gross += v * venue.amount_out(x);
    }
    if (!(r.flows[e].in > 0.0)) {
      EXPECT_EQ(r.flows[e].out, 0.0);
      continue;
    }
    ++used;
    cost += costs[e];
    const double y = venue.amount_out(r.flows[e].in);
    EXPECT_EQ(r.flows[e].out, y);
    left[in] -= r.flows[e].in;
    left[out] += y;
    passed[out] += y;
  }
  for (std::size_t j = 0; j < worth.size(); ++j) {
    EXPECT_GE(left[j], -1e-12L * passed[j]);
    value += worth[j] * left[j];
  }
  EXPECT_EQ(r.used, used);
  const double rounding = 1e-12 * (static_cast<double>(gross) + r.value + r.bound);
  EXPECT_NEAR(r.value, static_cast<double>(value), rounding);
  EXPECT_NEAR(r.cost, static_cast<double>(cost), rounding);
  EXPECT_NEAR(r.bound, static_cast<double>(bound), rounding);
  EXPECT_GE(r.net_value(), 0.0);
  EXPECT_GE(r.bound, r.net_value() - rounding);
}

struct family {
  int cases = 300;
  bool arbitrage = false;
  double least = 1e-6, most = 1e-2;  ///< of the amount traded, a cost
};

template <Venue V>
void run(std::uint64_t seed, const family& f) {
  test::random_numbers random(seed);
  network_costs_workspace<V> workspace;
  int equal = 0, exhausted = 0, compared = 0, met = 0;
  double widest = 0.0, looks = 0.0, most_gap = 0.0;
  for (int c = 0; c < f.cases; ++c) {
    const std::size_t n = 2 + random.below(3), m = n - 1 + random.below(6 - n + 1);
    numbers value, worth(n, 0.0), supply(n, 0.0), costs;
    const auto edges = test::random_network<V>(random, n, m, 1.0, value, f.arbitrage ? 0.05 : 0.01);
    const double amount = random.log_uniform(1e2, 1e5);
    if (f.arbitrage) {
      worth = value;
    } else {
      worth[n - 1] = 1.0;
      supply[0] = amount / value[0];
    }
    const double unit = f.arbitrage ? 1.0 : 1.0 / value[n - 1];  // of the goal
    double dearest = 0.0;
    for (std::size_t e = 0; e < edges.size(); ++e) {
      costs.push_back(random.log_uniform(f.least, f.most) * amount * unit);
      dearest = std::max(dearest, costs.back());
    }
    const costed_route r = route_with_costs<V>(edges, {worth, supply}, costs, workspace);
    if (r.status != errc::ok) {
      EXPECT_EQ(r.status, errc::no_convergence);
      continue;
    }
    check(edges, worth, supply, costs, r);
    bool sure = true;
    const double best = exhaustive(edges, worth, supply, costs, sure);
    const double rounding = 1e-9 * (best + dearest);
    EXPECT_GE(r.bound, best - rounding) << c;
    EXPECT_GE(best, r.net_value() - rounding) << c;
    EXPECT_GE(r.net_value() + r.gap(), best - rounding) << c;
    ++compared;
    equal += r.net_value() >= best - rounding ? 1 : 0;
    exhausted += r.exhausted ? 1 : 0;
    met += r.bound <= r.net_value() + rounding ? 1 : 0;
    widest = std::max(widest, (r.bound - r.net_value()) / dearest);
    most_gap = std::max(most_gap, r.gap() / dearest);
    looks += r.looks;
  }
  std::cout << compared << " networks: " << equal << " equal to exhaustive, " << exhausted << " exhausted, " << met
            << " by the bound alone; widest bound " << widest << ", gap " << most_gap << " of the dearest cost; "
            << looks / compared << " choices each\n";
  EXPECT_EQ(equal, compared);
  EXPECT_GE(compared, f.cases - 1);
}

TEST(NetworkCosts, SalesAgainstAllChoices) {
  run<constant_product>(41, {});
}
TEST(NetworkCosts, ArbitrageAgainstAllChoices) {
  run<constant_product>(42, {.arbitrage = true, .least = 1e-5});
}
TEST(NetworkCosts, EveryKindOfVenueAgainstAllChoices) {
  run<test::mixed>(43, {.cases = 200});
}

}  // namespace
