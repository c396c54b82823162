// SPDX-License-Identifier: MIT
// After the first call routing allocates nothing for problems of that size, up to the dense Laplacian's limit.
#include <gtest/gtest.h>

#include <trimtab/sizing/network_costs.hpp>

#include "support/allocations.hpp"
#include "support/network_venues.hpp"
#include <cstddef>
#include <vector>

namespace {

using namespace trimtab;
using liquidity::constant_product;
using numbers = std::vector<double>;

struct task {
  numbers value{}, worth{}, supply{};

  void sell(std::size_t n, double amount) {
    worth.assign(n, 0.0);
    supply.assign(n, 0.0);
    worth[n - 1] = 1.0;
    supply[0] = amount / value[0];
  }
};

template <Venue V>
void route_again(std::uint64_t seed, std::size_t n, std::size_t m) {
#if defined(TRIMTAB_TEST_SANITIZED)
  GTEST_SKIP() << "the sanitizer owns the allocator";
#endif
  test::random_numbers random(seed);
  task t;
  auto edges = test::random_network<V>(random, n, m, 1.0, t.value);
  t.sell(n, 1e4);
  sizing::network_workspace workspace;
  const auto first = [&] { return sizing::route<V>(edges, {t.worth, t.supply}, workspace); };
  const auto again = [&] { return sizing::reroute<V>(edges, {t.worth, t.supply}, workspace); };
  EXPECT_GT(test::counted([&] { EXPECT_EQ(first().status, errc::ok); }), 0);
  for (int block = 0; block < 10; ++block) {
    t.sell(n, random.log_uniform(1e2, 1e5));
    if constexpr (std::is_same_v<V, constant_product>) {
      for (auto& e : edges) e.venue.reserve_in *= random.uniform(0.999, 1.001);
    }
    errc cold = errc::ok, warm = errc::ok;
    EXPECT_EQ(test::counted([&] {
                cold = first().status;
                warm = again().status;
              }),
              0);
    EXPECT_EQ(cold, errc::ok);
    EXPECT_EQ(warm, errc::ok);
  }
}

TEST(NetworkAllocation, NoneAfterTheFirstCall) {
  for (const auto& [n, m] : {std::pair{2U, 4U}, {5U, 20U}, {20U, 100U}}) {
    route_again<constant_product>(51, n, m);
    route_again<test::mixed>(52, n, m);
  }
}
TEST(NetworkAllocation, NoneUpToTheDenseLimit) {
  constexpr std::size_t n = sizing::detail::laplacian::dense_limit;
  route_again<constant_product>(53, n, 4 * n);
}

TEST(NetworkAllocation, NorWhereEdgesCostSomething) {
#if defined(TRIMTAB_TEST_SANITIZED)
  GTEST_SKIP() << "the sanitizer owns the allocator";
#endif
  test::random_numbers random(54);
  task t;
  const std::size_t n = 5, m = 15;
  const auto edges = test::random_network<constant_product>(random, n, m, 1.0, t.value);
  numbers costs(edges.size());
  sizing::network_costs_workspace<constant_product> workspace;
  for (int block = 0; block < 10; ++block) {
    const double amount = random.log_uniform(1e2, 1e5);
    t.sell(n, amount);
    for (double& c : costs) c = random.log_uniform(1e-4, 1e-2) * amount / t.value[n - 1];
    sizing::costed_route r;
    const long count = test::counted([&] {
      r = sizing::route_with_costs<constant_product>(edges, {t.worth, t.supply}, costs, workspace, {}, 200);
    });
    EXPECT_EQ(r.status, errc::ok);
    if (block > 0) {
      EXPECT_EQ(count, 0);
    }
  }
}

}  // namespace
