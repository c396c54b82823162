// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/sizing/capped_weights.hpp>

#include "support/random.hpp"
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

namespace {

using namespace trimtab;
using sizing::cap_weights;
using sizing::feed_cap;
using sizing::wanted_weight;

TEST(CappedWeights, SharesWhatACapCutsOff) {
  const std::array wanted{wanted_weight{.weight = 0.6, .cap = 0.4}, wanted_weight{.weight = 0.3, .feed = {1}},
                          wanted_weight{.weight = 0.1, .feed = {2}}};
  std::array<double, 3> out{};
  ASSERT_EQ(cap_weights(wanted, {}, out), errc::ok);
  EXPECT_NEAR(out[0], 0.4, 1e-15);
  EXPECT_NEAR(out[1], 0.45, 1e-15);
  EXPECT_NEAR(out[2], 0.15, 1e-15);
  const std::array feeds{feed_cap{{1}, 0.35}};
  ASSERT_EQ(cap_weights(wanted, feeds, out), errc::ok);
  EXPECT_NEAR(out[1], 0.35, 1e-15);
  EXPECT_NEAR(out[2], 0.25, 1e-15);
}

TEST(CappedWeights, NeedNotAddUpToOneAtFirst) {
  const std::array wanted{wanted_weight{.weight = 3.0}, wanted_weight{.weight = 1.0}};
  std::array<double, 2> out{};
  ASSERT_EQ(cap_weights(wanted, {}, out), errc::ok);
  EXPECT_EQ(out[0], 0.75);
  EXPECT_EQ(out[1], 0.25);
}

TEST(CappedWeights, SaysWhatIsWrong) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  std::array<double, 2> out{};
  const auto answer = [&](wanted_weight a, wanted_weight b, double cap = 1.0) {
    const std::array wanted{a, b};
    const std::array feeds{feed_cap{{0}, cap}};
    return cap_weights(wanted, feeds, out);
  };
  EXPECT_EQ(answer({.weight = nan}, {}), errc::not_finite);
  EXPECT_EQ(answer({.weight = -1.0}, {}), errc::negative_amount);
  EXPECT_EQ(answer({.weight = 1.0, .cap = nan}, {}), errc::negative_amount);
  EXPECT_EQ(answer({.weight = 1.0}, {.weight = 1.0}, nan), errc::negative_amount);
  EXPECT_EQ(answer({.weight = 0.0}, {.weight = 0.0}), errc::infeasible);
  EXPECT_EQ(answer({.weight = 1.0, .cap = 0.4}, {.weight = 1.0, .cap = 0.5}), errc::infeasible);
  EXPECT_EQ(answer({.weight = 1.0}, {.weight = 1.0}, 0.9), errc::infeasible) << "one feed prices both";
  EXPECT_EQ(answer({.weight = 1.0, .cap = 0.5}, {.weight = 0.0}), errc::infeasible) << "zero stays zero";
  EXPECT_EQ(answer({.weight = 1.0, .cap = 0.4}, {.weight = 1.0, .cap = 0.6}), errc::ok) << "just one";
  const std::array one{wanted_weight{.weight = 1.0}};
  EXPECT_EQ(cap_weights(one, {}, {}), errc::size_mismatch);
}

// Relative entropy is strictly convex: at its least, moving any weight to any other where the caps let it raises it.
TEST(CappedWeights, IsTheClosestPointWithinTheCaps) {
  test::random_numbers r(19511951);
  int bound = 0;
  for (int i = 0; i < 2000; ++i) {
    const std::size_t n = 2 + r.below(7);
    std::vector<wanted_weight> wanted(n);
    std::vector<feed_cap> feeds;
    std::array<double, 4> cap_of{2.0, 2.0, 2.0, 2.0};
    for (std::uint16_t f = 0; f < 4; ++f)
      if (r.below(2) == 0) feeds.push_back({{f}, cap_of[f] = r.uniform(0.1, 0.8)});
    double all = 0.0;
    for (auto& w : wanted) {
      w = {r.log_uniform(1e-3, 1.0), r.uniform(0.1, 1.0), {static_cast<std::uint16_t>(r.below(4))}};
      all += w.weight;
    }
    std::vector<double> out(n), room(n);
    const errc status = cap_weights(wanted, feeds, out);
    std::array<double, 4> most{}, used{};
    for (const auto& w : wanted) most[w.feed.index] += w.cap;
    double possible = 0.0;
    for (std::uint16_t f = 0; f < 4; ++f) possible += std::min(most[f], cap_of[f]);
    EXPECT_EQ(status == errc::ok, possible >= 1.0) << possible;
    if (status != errc::ok) continue;
    EXPECT_NEAR(std::accumulate(out.begin(), out.end(), 0.0), 1.0, 1e-14);
    for (std::size_t k = 0; k < n; ++k) {
      EXPECT_LE(out[k], wanted[k].cap);
      used[wanted[k].feed.index] += out[k];
      bound += out[k] == wanted[k].cap ? 1 : 0;
    }
    for (std::uint16_t f = 0; f < 4; ++f) EXPECT_LE(used[f], cap_of[f] * (1.0 + 1e-15));
    const auto entropy_slope = [&](std::size_t k) { return std::log(out[k] / (wanted[k].weight / all)); };
    for (std::size_t a = 0; a < n; ++a)
      for (std::size_t b = 0; b < n; ++b) {
        if (out[b] >= wanted[b].cap * (1.0 - 1e-12)) continue;
        const bool same = wanted[a].feed == wanted[b].feed;
        if (!same && used[wanted[b].feed.index] >= cap_of[wanted[b].feed.index] * (1.0 - 1e-12)) continue;
        EXPECT_GE(entropy_slope(b) - entropy_slope(a), -1e-12) << "from " << a << " to " << b;
      }
  }
  EXPECT_GT(bound, 500);
}

}  // namespace
