// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/sizing/activation.hpp>
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
using sizing::network_route;
using sizing::network_workspace;
using sizing::route;
using sizing::route_with_costs;
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
    const network_route r = route<V>(some, {worth, supply}, workspace);
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
  int cases = 200;
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

costed_route solve(const pools& edges, const numbers& worth, const numbers& supply, const numbers& costs,
                   network_costs_workspace<constant_product>& workspace) {
  const costed_route r = route_with_costs<constant_product>(edges, {worth, supply}, costs, workspace);
  check(edges, worth, supply, costs, r);
  return r;
}

// Two routes of all but one price: the dearer pays a little more and costs a lot more.
TEST(NetworkCosts, TheCheapRouteWinsWhereGasDominates) {
  const pools edges{{0, 1, {.reserve_in = 1e6, .reserve_out = 1.001e6, .fee = {30.0}}},
                    {0, 1, {.reserve_in = 1e6, .reserve_out = 1e6, .fee = {30.0}}}};
  network_costs_workspace<constant_product> workspace;
  const numbers worth{0.0, 1.0}, supply{1e4, 0.0};
  const network_route free = route<constant_product>(edges, {worth, supply}, workspace.route);
  EXPECT_GT(free.flows[0].in, 0.0);
  EXPECT_GT(free.flows[1].in, 0.0);
  const costed_route r = solve(edges, worth, supply, {100.0, 5.0}, workspace);
  EXPECT_EQ(r.flows[0].in, 0.0);
  EXPECT_NEAR(r.flows[1].in, 1e4, 1e-9);
  EXPECT_NEAR(r.net_value(), edges[1].venue.amount_out(1e4) - 5.0, 1e-8);
  EXPECT_EQ(r.gap(), 0.0);
}

// What splitting gains over one pool alone is known in closed form; a second cost just below it is paid, just above it
// is not.
TEST(NetworkCosts, ASplitIsMadeWhereItIsWorthItsCost) {
  const struct {
    double first, second, amount;
  } cases[] = {{100.0, 400.0, 50.0}, {100.0, 100.0, 50.0}, {1e6, 3e5, 1e4}};
  network_costs_workspace<constant_product> workspace;
  for (const auto& c : cases) {
    const pools edges{{0, 1, {.reserve_in = c.first, .reserve_out = c.first, .fee = {0.0}}},
                      {0, 1, {.reserve_in = c.second, .reserve_out = c.second, .fee = {0.0}}}};
    // Pools of one price share in proportion to their depth, and together are one pool of both depths.
    const long double all = static_cast<long double>(c.first) + c.second, deep = std::max(c.first, c.second);
    const long double gain = all * c.amount / (all + c.amount) - deep * c.amount / (deep + c.amount);
    for (const double of : {0.0, 0.5, 1.0 - 1e-9, 1.0 + 1e-9, 2.0}) {
      const double cost = of * static_cast<double>(gain);
      const costed_route r = solve(edges, {0.0, 1.0}, {c.amount, 0.0}, {cost, cost}, workspace);
      EXPECT_EQ(r.used, of < 1.0 ? 2U : 1U) << of;
      EXPECT_LE(r.gap(), 1e-12 * c.amount);
      if (of < 1.0) {
        EXPECT_NEAR(r.flows[0].in / r.flows[1].in, c.first / c.second, 1e-12 * c.first / c.second);
      }
    }
  }
}

TEST(NetworkCosts, ADiamondUsesOneSideWhereTheOtherIsNotWorthItsGas) {
  pools edges;
  for (const auto& [a, b] : {std::pair{0U, 1U}, {0U, 2U}, {1U, 3U}, {2U, 3U}})
    edges.push_back({a, b, {.reserve_in = 1e5, .reserve_out = 1e5, .fee = {5.0}}});
  const auto side = [&](double x) { return edges[2].venue.amount_out(edges[0].venue.amount_out(x)); };
  const double amount = 1e3, gain = 2.0 * side(0.5 * amount) - side(amount);
  network_costs_workspace<constant_product> workspace;
  const numbers worth{0.0, 0.0, 0.0, 1.0}, supply{amount, 0.0, 0.0, 0.0};
  const double low = 0.49 * gain, high = 0.51 * gain;
  const costed_route both = solve(edges, worth, supply, {low, low, low, low}, workspace);
  EXPECT_EQ(both.used, 4U);
  EXPECT_NEAR(both.flows[0].in, 0.5 * amount, 1e-9);
  EXPECT_NEAR(both.net_value(), 2.0 * side(0.5 * amount) - 4.0 * low, 1e-9);
  const costed_route one = solve(edges, worth, supply, {high, high, high, high}, workspace);
  EXPECT_EQ(one.used, 2U);
  EXPECT_NEAR(one.net_value(), side(amount) - 2.0 * high, 1e-9);
  EXPECT_EQ(one.gap(), 0.0);
  // All of the cost on one hop, and that of the other side nothing.
  const costed_route cheap = solve(edges, worth, supply, {0.0, 0.0, 0.0, 1.02 * gain}, workspace);
  EXPECT_EQ(cheap.used, 2U);
  EXPECT_GT(cheap.flows[0].in, 0.0);
  EXPECT_EQ(cheap.flows[3].in, 0.0);
  EXPECT_EQ(cheap.cost, 0.0);
}

TEST(NetworkCosts, OneDearHopBeatsTwoWhoseGasIsMore) {
  pools edges;
  add_pool(edges, 0, 1, 1e6, 1e6, 5.0);
  add_pool(edges, 1, 2, 1e6, 1e6, 5.0);
  add_pool(edges, 0, 2, 1e6, 0.99e6, 30.0);
  network_costs_workspace<constant_product> workspace;
  const numbers worth{0.0, 0.0, 1.0}, supply{1e3, 0.0, 0.0};
  EXPECT_EQ(solve(edges, worth, supply, numbers(6, 1.0), workspace).flows[4].in, 0.0);
  EXPECT_NEAR(solve(edges, worth, supply, numbers(6, 30.0), workspace).flows[4].in, 1e3, 1e-9);
}

TEST(NetworkCosts, NoTradeWhereNoneIsWorthItsGas) {
  pools edges;
  add_pool(edges, 0, 1, 1e6, 1e6, 5.0);
  add_pool(edges, 1, 2, 1e6, 1e6, 5.0);
  add_pool(edges, 0, 2, 1e6, 1.01e6, 30.0);
  network_costs_workspace<constant_product> workspace;
  for (const bool arbitrage : {false, true}) {
    const numbers worth = arbitrage ? numbers{1.0, 1.0, 1.0} : numbers{0.0, 0.0, 1.0};
    const numbers supply{arbitrage ? 0.0 : 10.0, 0.0, 0.0};
    EXPECT_GT(route<constant_product>(edges, {worth, supply}, workspace.route).value, 0.0);
    const costed_route r = solve(edges, worth, supply, numbers(6, 1e5), workspace);
    EXPECT_EQ(r.used, 0U);
    EXPECT_EQ(r.net_value(), 0.0);
    EXPECT_EQ(r.gap(), 0.0);
    for (const auto& flow : r.flows) EXPECT_EQ(flow.in + flow.out, 0.0);
    for (const double net : r.net) EXPECT_EQ(net, 0.0);
    // Shut markets trade nothing without costs either.
    const costed_route none = solve({}, worth, supply, {}, workspace);
    EXPECT_EQ(none.net_value(), 0.0);
    EXPECT_EQ(none.gap(), 0.0);
  }
}

TEST(NetworkCosts, WithoutCostsItIsTheRoute) {
  test::random_numbers random(44);
  network_costs_workspace<constant_product> workspace;
  network_workspace plain;
  for (int c = 0; c < 50; ++c) {
    const std::size_t n = 2 + random.below(8);
    numbers value, worth(n, 0.0), supply(n, 0.0);
    const auto edges = test::random_network<constant_product>(random, n, 3 * n, 3.0, value);
    worth[n - 1] = 1.0;
    supply[0] = random.log_uniform(1.0, 1e6) / value[0];
    const costed_route r = solve(edges, worth, supply, numbers(edges.size(), 0.0), workspace);
    const network_route free = route<constant_product>(edges, {worth, supply}, plain);
    EXPECT_EQ(r.value, free.value);
    EXPECT_LE(r.gap(), 1e-11 * free.gross);
  }
}

// One pair: the choice of parallel pools, found there by another search.
TEST(NetworkCosts, OnePairIsActivation) {
  test::random_numbers random(45);
  network_costs_workspace<constant_product> workspace;
  for (int c = 0; c < 200; ++c) {
    const std::size_t m = 1 + random.below(10);
    std::vector<constant_product> venues(m);
    pools edges;
    numbers costs(m), into(m);
    const double amount = random.log_uniform(1e2, 1e5);
    for (std::size_t i = 0; i < m; ++i) {
      const double depth = random.log_uniform(1e4, 1e6);
      venues[i] = {.reserve_in = depth, .reserve_out = depth * random.uniform(0.98, 1.02), .fee = {30.0}};
      edges.push_back({0, 1, venues[i]});
      costs[i] = random.log_uniform(1e-5, 1e-2) * amount;
    }
    std::vector<sizing::activation_row> memory(2 * m);
    const auto chosen = sizing::activate(venues, amount, costs, into, memory);
    ASSERT_TRUE(chosen && chosen->exhausted);
    const costed_route r = solve(edges, {0.0, 1.0}, {amount, 0.0}, costs, workspace);
    EXPECT_TRUE(r.exhausted);
    EXPECT_NEAR(r.net_value(), std::max(0.0, chosen->net()), 1e-10 * amount) << c;
  }
}

/// The most of the whole supply along a path without a token twice.
double best_path(const pools& edges, const numbers& worth, const numbers& costs, std::size_t at, double amount,
                 std::vector<bool>& passed) {
  double best = worth[at] * amount;
  passed[at] = true;
  for (std::size_t e = 0; e < edges.size(); ++e)
    if (edges[e].in == at && !passed[edges[e].out])
      best = std::max(
          best, best_path(edges, worth, costs, edges[e].out, edges[e].venue.amount_out(amount), passed) - costs[e]);
  passed[at] = false;
  return best;
}

// Too many edges for all choices: the certificate holds against what can be had otherwise, however few choices may be
// looked at.
TEST(NetworkCosts, LargerNetworksAreNeverWorseThanAPathOrTheRouteWithoutCosts) {
  test::random_numbers random(46);
  network_costs_workspace<constant_product> workspace;
  network_workspace plain;
  int exhausted = 0, above = 0;
  double widest = 0.0;
  for (int c = 0; c < 60; ++c) {
    const std::size_t n = 6, m = 15;
    numbers value, worth(n, 0.0), supply(n, 0.0), costs;
    const auto edges = test::random_network<constant_product>(random, n, m, 1.0, value);
    worth[n - 1] = 1.0;
    const double amount = random.log_uniform(1e2, 1e5);
    supply[0] = amount / value[0];
    double dearest = 0.0;
    for (std::size_t e = 0; e < edges.size(); ++e) {
      costs.push_back(random.log_uniform(1e-5, 1e-2) * amount / value[n - 1]);
      dearest = std::max(dearest, costs.back());
    }
    const network_route free = route<constant_product>(edges, {worth, supply}, plain);
    double spent = 0.0;
    for (std::size_t e = 0; e < edges.size(); ++e) spent += free.flows[e].in > 0.0 ? costs[e] : 0.0;
    std::vector<bool> passed(n, false);
    const double path = best_path(edges, worth, costs, 0, supply[0], passed), rounding = 1e-9 * free.value;
    double full = 0.0;
    for (const int looks : {4096, 0}) {
      const costed_route r = route_with_costs<constant_product>(edges, {worth, supply}, costs, workspace, {}, looks);
      check(edges, worth, supply, costs, r);
      EXPECT_GE(r.net_value(), free.value - spent - rounding);
      EXPECT_GE(r.net_value(), path - rounding);
      EXPECT_LE(r.bound, free.value + rounding);
      if (looks > 0) {
        full = r.net_value();
        exhausted += r.exhausted ? 1 : 0;
        above += full > std::max(path, free.value - spent) + 1e-6 * dearest ? 1 : 0;
        widest = std::max(widest, r.gap() / dearest);
      } else {
        EXPECT_GE(r.net_value() + r.gap(), full - rounding);
        EXPECT_LE(r.net_value(), full + rounding);
      }
    }
  }
  EXPECT_LE(widest, 3.0);
  EXPECT_GE(above, 10);
  std::cout << exhausted << " of 60 exhausted, " << above << " better than both, gap at most " << widest
            << " of the dearest cost\n";
}

TEST(NetworkCosts, TokenUnitsDoNotMatter) {
  test::random_numbers random(47);
  network_costs_workspace<constant_product> workspace;
  numbers value, costs;
  const auto edges = test::random_network<constant_product>(random, 4, 8, 0.0, value);
  for (std::size_t e = 0; e < edges.size(); ++e) costs.push_back(random.log_uniform(0.1, 100.0));
  const numbers worth{0.0, 0.0, 0.0, 1.0}, supply{1e4, 1e3, 0.0, 0.0};
  const costed_route plain = solve(edges, worth, supply, costs, workspace);
  const double net = plain.net_value(), bound = plain.bound;
  std::vector<bool> used;
  for (const auto& f : plain.flows) used.push_back(f.in > 0.0);
  for (const double unit : {1e-18, 1e18})
    for (std::size_t j = 0; j < 4; ++j) {
      auto scaled = edges;
      for (auto& [in, out, venue] : scaled) {
        venue.reserve_in *= in == j ? unit : 1.0;
        venue.reserve_out *= out == j ? unit : 1.0;
      }
      auto w = worth, s = supply;
      w[j] /= unit;
      s[j] *= unit;
      const costed_route r = solve(scaled, w, s, costs, workspace);
      EXPECT_NEAR(r.net_value(), net, 1e-11 * net);
      EXPECT_NEAR(r.bound, bound, 1e-6 * bound);
      for (std::size_t e = 0; e < edges.size(); ++e) EXPECT_EQ(r.flows[e].in > 0.0, used[e]);
    }
}

TEST(NetworkCosts, NamesWhatIsWrong) {
  pools edges;
  add_pool(edges, 0, 1, 1e3, 1e3, 30.0);
  network_costs_workspace<constant_product> workspace;
  const numbers worth{0.0, 1.0}, supply{1.0, 0.0};
  const auto status = [&](const numbers& costs, std::size_t culprit) {
    const costed_route r = route_with_costs<constant_product>(edges, {worth, supply}, costs, workspace);
    EXPECT_TRUE(r.flows.empty());
    EXPECT_EQ(r.bound, infinity);
    EXPECT_TRUE(culprit == 9 || r.culprit == culprit);
    return r.status;
  };
  EXPECT_EQ(status({1.0}, 9), errc::size_mismatch);
  EXPECT_EQ(status({1.0, -1.0}, 1), errc::negative_amount);
  EXPECT_EQ(status({infinity, 1.0}, 0), errc::not_finite);
  EXPECT_EQ(status({1.0, std::numeric_limits<double>::quiet_NaN()}, 1), errc::not_finite);
  EXPECT_EQ(
      route_with_costs<constant_product>(edges, {worth, supply}, numbers(2, 0.1), workspace, {.iterations = 0}).status,
      errc::no_convergence);
  edges[1].out = 7;
  EXPECT_EQ(status({1.0, 1.0}, 1), errc::asset_mismatch);
}

TEST(NetworkCosts, SalesAgainstAllChoices) {
  run<constant_product>(41, {});
}
TEST(NetworkCosts, ArbitrageAgainstAllChoices) {
  run<constant_product>(42, {.arbitrage = true, .least = 1e-5});
}
TEST(NetworkCosts, EveryKindOfVenueAgainstAllChoices) {
  run<test::mixed>(43, {.cases = 80});
}

}  // namespace
