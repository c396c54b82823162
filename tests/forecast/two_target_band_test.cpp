// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/forecast/band_exit.hpp>
#include <trimtab/forecast/reflecting_band.hpp>
#include <trimtab/forecast/two_target_band.hpp>
#include <trimtab/simulate/counter_random.hpp>

#include <cmath>
#include <cstdint>

namespace trimtab {
namespace {

using namespace forecast;

band_economics typical(double gas, double spread) {
  band_economics e{.health = {.drift = -0.1, .volatility = 0.7},
                   .threshold = 0.8,
                   .equity = 1e6,
                   .gas = gas,
                   .cost = spread,
                   .latency = 60.0 / 31536000.0,
                   .loss = 1e5,
                   .wanted = 1.6};
  e.tracking = tracking_for(1.0, e);
  return e;
}

TEST(TwoTargetBand, EqualTargetsAreOneTarget) {
  const auto e = typical(20.0, 5e-4);
  const auto two = cost_of(e, two_target_band{0.3, 0.45, 0.45, 0.7});
  const auto one = cost_in_logs(e, {0.3, 0.45, 0.7});
  ASSERT_TRUE(two && one);
  EXPECT_NEAR(two->per_year / one->per_year, 1.0, 1e-13);
  EXPECT_NEAR(two->trades_per_year / one->trades_per_year, 1.0, 1e-13);
  EXPECT_NEAR(two->lower_share, one->below, 1e-13);
}

TEST(TwoTargetBand, SharesAreThoseOfTheSimulatedChain) {
  const auto e = typical(20.0, 5e-4);
  const two_target_band band{0.3, 0.4, 0.6, 0.7};
  const auto cost = cost_of(e, band);
  ASSERT_TRUE(cost);
  // Exact exits: only the edges matter.
  const double low = exit_of(e.health, band.lower, band.upper, band.from_below).below;
  const double high = exit_of(e.health, band.lower, band.upper, band.from_above).below;
  const simulate::counter_random random{.seed = 3, .stream = 1};
  double at_lower = 0.0;
  bool below = true;
  const int n = 200000;
  for (int k = 0; k < n; ++k) {
    below = random.uniform(static_cast<std::uint64_t>(k)) < (below ? low : high);
    at_lower += below ? 1.0 : 0.0;
  }
  const double persistence = low - high, error = std::sqrt(0.25 / n * (1.0 + persistence) / (1.0 - persistence));
  EXPECT_NEAR(at_lower / n, cost->lower_share, 3.0 * error);
}

TEST(TwoTargetBand, NeverWorseThanOneTarget) {
  for (const double gas : {1.0, 20.0, 500.0})
    for (const double spread : {0.0, 1e-4, 5e-4, 3e-3}) {
      const auto e = typical(gas, spread);
      const auto best = best_two_target_of(e);
      ASSERT_TRUE(best) << gas << ' ' << spread << ' ' << name(best.error());
      EXPECT_LE(best->cost.per_year, best->single * (1.0 + 1e-12));
      EXPECT_LT(best->gradient, 1e-5);
      if (spread > 0.0) {
        EXPECT_GT(best->band.from_above, best->band.from_below);
        EXPECT_LT(best->cost.per_year, best->single * (1.0 - 1e-4));
        // Gas and latency only add to what trading in small amounts costs. Beyond a small spread the two are not
        // comparable: one has the equity at its targets, the other wherever it is.
        auto free_gas = e;
        free_gas.gas = 0.0;
        if (spread < 1e-3) {
          EXPECT_GT(best->cost.per_year, best_reflecting_of(free_gas)->cost.per_year);
        }
      }
      for (double two_target_band::*place : {&two_target_band::lower, &two_target_band::from_below,
                                             &two_target_band::from_above, &two_target_band::upper})
        for (const double d : {-2e-3, 2e-3}) {
          auto other = best->band;
          other.*place += d;
          EXPECT_GT(cost_of(e, other)->per_year, best->cost.per_year);
        }
    }
}

// With one target the lower edge is on its floor, with two it is not.
TEST(TwoTargetBand, LeavesTheFloorWhereThatIsCheaper) {
  const band_economics e{.health = {.drift = -0.0064, .volatility = 0.66},
                         .threshold = 0.688,
                         .equity = 8.34e6,
                         .gas = 17.4,
                         .cost = 0.0082,
                         .latency = 6.1e-4,
                         .loss = 1.58e6,
                         .tracking = 5.4e6,
                         .wanted = 1.4535};
  const band_wishes wishes{.latency_risk = 2e-5, .lowest = 1.041};
  const auto single = best_band_of(e, wishes);
  ASSERT_TRUE(single);
  EXPECT_TRUE(single->on_floor);
  const auto best = best_two_target_of(e, wishes);
  ASSERT_TRUE(best);
  EXPECT_GT(best->band.lower, std::log(single->floor) + 0.01);
  for (const double d : {-2e-3, 2e-3}) {
    auto other = best->band;
    other.lower += d;
    EXPECT_GT(cost_of(e, other)->per_year, best->cost.per_year);
  }
}

TEST(TwoTargetBand, Refuses) {
  const auto e = typical(20.0, 5e-4);
  EXPECT_EQ(cost_of(e, two_target_band{0.3, 0.2, 0.5, 0.7}).error(), errc::bad_configuration);
  EXPECT_EQ(cost_of(e, two_target_band{0.3, 0.4, infinity, 0.7}).error(), errc::not_finite);
  EXPECT_EQ(best_two_target_of(e, {.target = 1.5}).error(), errc::bad_configuration);
  EXPECT_EQ(best_two_target_of(e, {.lowest = 0.5}).error(), errc::bad_configuration);
}

}  // namespace
}  // namespace trimtab
