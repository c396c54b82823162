// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/sizing/network_laplacian.hpp>

#include "support/random.hpp"
#include <cmath>
#include <vector>

namespace trimtab {
namespace {

struct arc {
  std::size_t j, k;
  double weight;
};

// L·step = −residual on the free tokens, the others' steps given: every row multiplied out again.
void solves(std::size_t n, std::size_t more_arcs, std::uint64_t seed) {
  test::random_numbers random(seed);
  std::vector<arc> arcs;
  for (std::size_t j = 1; j < n; ++j) arcs.push_back({j, random.below(j), random.log_uniform(0.1, 10.0)});
  for (std::size_t i = 0; i < more_arcs; ++i) {
    const std::size_t j = random.below(n), k = random.below(n);
    if (j != k) arcs.push_back({j, k, random.log_uniform(0.1, 10.0)});
  }
  std::vector<std::uint8_t> free(n, 1);
  std::vector<double> residual(n), given(n, 0.0), step(n, 0.0);
  free[0] = 0;  // the numeraire, and one token that stands at its bound and is moved by hand
  free[n / 2] = 0;
  given[n / 2] = step[n / 2] = 0.25;
  for (double& r : residual) r = random.uniform(-1.0, 1.0);

  sizing::detail::laplacian graph;
  graph.shape(n, arcs.size());
  graph.begin(free, residual, given);
  for (const arc& a : arcs) graph.add(a.j, a.k, a.weight);
  ASSERT_TRUE(graph.solve(step, 0.0));

  std::vector<long double> row(n, 0.0L), size(n, 0.0L);
  for (const arc& a : arcs) {
    const long double flow = a.weight * (static_cast<long double>(step[a.j]) - step[a.k]);
    row[a.j] += flow, row[a.k] -= flow;
    for (const std::size_t at : {a.j, a.k}) size[at] += a.weight * (std::fabs(step[a.j]) + std::fabs(step[a.k]));
  }
  for (std::size_t j = 0; j < n; ++j) {
    if (free[j] == 0) continue;
    EXPECT_LE(std::fabs(row[j] + residual[j]), 1e-12L * (size[j] + 1.0L)) << j << " of " << n;
  }
}

TEST(NetworkLaplacian, DenseGraphsAreSolved) {
  for (const std::size_t n : {3U, 20U, 100U, 128U}) solves(n, 5 * n, n);
}

TEST(NetworkLaplacian, ThinGraphsOfManyTokensAreSolved) {
  for (const std::size_t n : {129U, 400U, 2500U}) solves(n, n, n);
}

TEST(NetworkLaplacian, ATokenThatNothingTradesDoesNotStopTheOthers) {
  const std::vector<std::uint8_t> free{0, 1, 1};
  const std::vector<double> residual{0.0, -2.0, 0.0}, given(3, 0.0);
  std::vector<double> step(3, 0.0);
  sizing::detail::laplacian graph;
  graph.shape(3, 1);
  graph.begin(free, residual, given);
  graph.add(0, 1, 4.0);
  ASSERT_TRUE(graph.solve(step, 0.0));
  EXPECT_NEAR(step[1], 0.5, 1e-15);
  EXPECT_EQ(step[2], 0.0);
}

TEST(NetworkLaplacian, WithoutAnArcThereIsNothingToSolve) {
  const std::vector<std::uint8_t> free{1, 1};
  const std::vector<double> residual{1.0, 1.0}, given(2, 0.0);
  std::vector<double> step(2, 0.0);
  sizing::detail::laplacian graph;
  graph.shape(2, 0);
  graph.begin(free, residual, given);
  EXPECT_FALSE(graph.solve(step, 0.0));
}

}  // namespace
}  // namespace trimtab
