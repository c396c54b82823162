// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/simulate/counter_random.hpp>
#include <trimtab/simulate/worst_fall.hpp>

#include <cmath>
#include <vector>

namespace {

using namespace trimtab::simulate;

static_assert(lower_edge_for(0.0, 0.0) == 1.0);
static_assert(lower_edge_for(0.5, 0.0) == 2.0);

TEST(WorstFall, LooksNoFurtherThanItsWindow) {
  const std::vector<double> price = {100, 95, 90, 80, 100, 99};
  EXPECT_DOUBLE_EQ(worst_fall(price, 0), 0.0);
  EXPECT_DOUBLE_EQ(worst_fall(price, 1), 1.0 - 80.0 / 90.0);
  EXPECT_DOUBLE_EQ(worst_fall(price, 2), 1.0 - 80.0 / 95.0);
  EXPECT_DOUBLE_EQ(worst_fall(price, 99), 0.2);
}

TEST(WorstFall, AgreesWithTheScanOfEveryPair) {
  const counter_random r{7, 0};
  std::vector<double> price = {100.0};
  for (std::uint64_t k = 0; k < 500; ++k) price.push_back(price.back() * std::exp(0.02 * r.normal(k)));
  for (const std::size_t blocks : {1U, 2U, 7U, 60U}) {
    double worst = 0.0;
    for (std::size_t t = 0; t < price.size(); ++t) {
      for (std::size_t s = t; s < price.size() && s <= t + blocks; ++s)
        worst = std::max(worst, 1.0 - price[s] / price[t]);
    }
    EXPECT_EQ(worst_fall(price, blocks), worst) << blocks;
  }
}

TEST(WorstFall, OfAFeedReachesThroughTheNextPrintAndTheDelay) {
  oracle_feed feed;
  feed.prints = {{0, 100.0}, {10, 99.0}, {11, 95.0}, {13, 90.0}};
  EXPECT_DOUBLE_EQ(worst_unanswered_fall(feed, 0), 1.0 - 90.0 / 95.0);  // from 95, the very next print
  EXPECT_DOUBLE_EQ(worst_unanswered_fall(feed, 2), 1.0 - 90.0 / 99.0);  // from 99: block 11, and two blocks more
  EXPECT_DOUBLE_EQ(worst_unanswered_fall(feed, 3), 0.1);                // from 100: block 10, and three blocks more
}

}  // namespace
