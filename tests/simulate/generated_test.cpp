// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/simulate/generated.hpp>
#include <trimtab/simulate/price_path.hpp>
#include <trimtab/simulate/wick_screen.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

namespace {

using namespace trimtab::simulate;

constexpr std::size_t day = 1'440;

double worst_fall_in_a_day(const std::vector<bar>& rows) {
  double worst = 0.0;
  for (std::size_t k = 0; k < rows.size(); ++k) {
    for (std::size_t j = k; j < std::min(k + day + 1, rows.size()); ++j) {
      worst = std::max(worst, 1.0 - rows[j].low / rows[k].high);
    }
  }
  return worst;
}

TEST(Generated, IsAPossiblePriceFileOfThreeDays) {
  const auto market = generate_crash();
  ASSERT_EQ(market.prices.rows.size(), 3 * day);
  ASSERT_EQ(market.gas.points.size(), 3 * day);
  EXPECT_EQ(market.prices.rows.front().time, 1'583'971'200);
  EXPECT_EQ(median_step_seconds(market.prices), 60);
  for (const bar& b : market.prices.rows) ASSERT_EQ(detail::bar_fault(b), std::nullopt) << b.time;
  EXPECT_TRUE(make_path(market.prices));
  EXPECT_TRUE(screen_wicks(market.prices).wicks.empty());
}

TEST(Generated, FallsByExactlyTheSharePromisedWhateverTheSeed) {
  for (const std::uint64_t seed : {1U, 2U, 3U, 20'200'312U}) {
    EXPECT_NEAR(worst_fall_in_a_day(generate_crash({.seed = seed}).prices.rows), 0.55, 1e-12) << seed;
  }
  EXPECT_NEAR(worst_fall_in_a_day(generate_crash({.fall_in_a_day = 0.3}).prices.rows), 0.3, 1e-12);
}

TEST(Generated, HasGapsASpiralAndABounce) {
  for (const std::uint64_t seed : {1U, 2U, 3U, 20'200'312U}) {
    const auto rows = generate_crash({.seed = seed}).prices.rows;
    int gaps = 0;
    for (std::size_t k = 1; k < rows.size(); ++k) gaps += rows[k].open / rows[k - 1].close < 0.99;
    EXPECT_GE(gaps, 5) << seed;
    const auto low =
        std::min_element(rows.begin(), rows.end(), [](const bar& a, const bar& b) { return a.low < b.low; });
    const auto before = low - 4 * 60;  // the spiral: a fifth within four hours of the night
    EXPECT_LT(low->low / before->open, 0.85) << seed;
    const auto after = std::max_element(low, low + 4 * 60, [](const bar& a, const bar& b) { return a.high < b.high; });
    EXPECT_GT(after->high / low->low, 1.25) << seed;
    EXPECT_GT(low - rows.begin(), 24 * 60) << seed;  // in the second day
  }
}

TEST(Generated, GasSpikesWithTheMoves) {
  const auto market = generate_crash();
  std::vector<double> gwei;
  for (const gas_point& g : market.gas.points) gwei.push_back(g.gwei);
  const auto low = std::min_element(market.prices.rows.begin(), market.prices.rows.end(),
                                    [](const bar& a, const bar& b) { return a.low < b.low; });
  const auto at_low = static_cast<std::size_t>(low - market.prices.rows.begin());
  EXPECT_GT(gwei[at_low], 80.0);
  EXPECT_GT(*std::max_element(gwei.begin(), gwei.end()), 150.0);
  EXPECT_LT(*std::max_element(gwei.begin(), gwei.end()), 1'000.0);
  std::nth_element(gwei.begin(), gwei.begin() + 2'160, gwei.end());
  EXPECT_LT(gwei[2'160], 20.0);
}

TEST(Generated, IsTheSameForTheSameSeedOnly) {
  const auto a = generate_crash({.seed = 5}).prices.rows;
  const auto b = generate_crash({.seed = 5}).prices.rows;
  const auto c = generate_crash({.seed = 6}).prices.rows;
  EXPECT_EQ(a[2'000].close, b[2'000].close);
  EXPECT_NE(a[2'000].close, c[2'000].close);
}

}  // namespace
