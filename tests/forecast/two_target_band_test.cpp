// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/forecast/reflecting_band.hpp>
#include <trimtab/forecast/two_target_band.hpp>
#include <trimtab/simulate/counter_random.hpp>

#include "support/random.hpp"
#include "support/tolerance.hpp"
#include "support/vaults.hpp"
#include <cmath>

namespace trimtab {
namespace {

using namespace forecast;

TEST(TwoTargetBand, WithOneTargetItIsTheBandWithOne) {
  const band_economics e = test::busy_vault();
  const auto one = cost_in_logs(e, {0.15, 0.25, 0.4}), two = cost_of(e, two_target_band{0.15, 0.25, 0.25, 0.4});
  for (double band_cost::*field : {&band_cost::per_year, &band_cost::gas, &band_cost::trading, &band_cost::tracking,
                                   &band_cost::latency, &band_cost::jumps, &band_cost::cycle_years,
                                   &band_cost::liquidations_per_year, &band_cost::below, &band_cost::above})
    EXPECT_TRUE(test::close((*two).*field, (*one).*field, 1e-14));
}

TEST(TwoTargetBand, IsWhatAWalkBetweenTheTargetsPays) {
  const band_economics e = test::busy_vault();
  const two_target_band band{0.10, 0.20, 0.26, 0.40};
  const auto cost = cost_of(e, band);
  const double step = 0.01, variance = 0.49, tilt = 2.0 * e.health.drift / variance;
  const double up = 1.0 / (1.0 + std::exp(-tilt * step)), m = std::log(1.3);
  const double wait = step * std::tanh(0.5 * tilt * step) / e.health.drift;
  const double first = e.health.drift * std::pow(step, 4) / (6.0 * variance * variance);
  const double second = std::pow(step, 4) / (6.0 * variance);
  const double q_a = trades_at(e, {0.10, 0.20, 0.40})->sold, q_b = trades_at(e, {0.10, 0.26, 0.40})->borrowed;
  const simulate::counter_random luck{.seed = 11};
  // Blocks of cycles, so that what a cycle leaves to the next does not spoil the error.
  const int blocks = 200, cycles = 100;
  double rate = 0.0, square = 0.0, years_all = 0.0, below = 0.0;
  int at = 20;
  std::uint64_t n = 0;
  for (int block = 0; block < blocks; ++block) {
    double paid = 0.0, years = 0.0;
    for (int cycle = 0; cycle < cycles; ++cycle) {
      while (at > 10 && at < 40) {
        const double x = at * step, off = x - m;
        paid += e.tracking * (off * off * wait + 2.0 * off * first + second);
        // The hazard, averaged over a cell: e^(−ηx)·(1 + (ηδ)²/12).
        paid += e.loss * 3.6 * std::exp(-20.0 * x) * wait * (1.0 + 400.0 * step * step / 12.0);
        years += wait;
        at += luck.uniform(n++) < up ? 1 : -1;
      }
      const bool low = at == 10;
      const double q = low ? q_a : q_b;
      paid += e.gas + q * (e.cost + e.impact * q);
      if (low) paid += e.loss * liquidation_probability(e.health, 0.10, e.latency);
      below += low ? 1.0 : 0.0;
      at = low ? 20 : 26;
    }
    rate += paid / years / blocks;
    square += paid / years * (paid / years) / blocks;
    years_all += years;
  }
  const double error = std::sqrt((square - rate * rate) / blocks), count = blocks * cycles;
  EXPECT_LE(std::fabs(rate - cost->per_year), 3.0 * error + 1e-3 * cost->per_year) << rate << ' ' << cost->per_year;
  EXPECT_LT(error, 0.01 * rate);
  EXPECT_LE(std::fabs(below / count - cost->below), 3.0 * std::sqrt(0.25 / count));
  EXPECT_NEAR(years_all / count, cost->cycle_years, 0.02 * cost->cycle_years);
}

TEST(TwoTargetBand, NextToItsEdgesItReflects) {
  band_economics e = test::busy_vault();
  e.gas = e.latency = 0.0;
  const reflecting_band edges{0.2, 0.4};
  const double limit = cost_of(e, edges)->per_year;
  double before = infinity;
  for (const double part : {1e-2, 1e-3, 1e-4, 1e-5}) {
    const double d = part * 0.2;
    const double off = std::fabs(cost_of(e, two_target_band{0.2, 0.2 + d, 0.4 - d, 0.4})->per_year / limit - 1.0);
    EXPECT_LT(off, 0.2 * before);
    before = off;
  }
  EXPECT_LT(before, 1e-5);
}

TEST(TwoTargetBand, TheBestIsNeverDearerThanWithOne) {
  test::random_numbers random(2);
  int cheaper = 0, refused = 0;
  for (int n = 0; n < 150; ++n) {
    band_economics e = test::busy_vault();
    e.health = {.drift = random.uniform(-0.5, 0.5), .volatility = random.uniform(0.3, 1.2)};
    e.gas = random.log_uniform(0.5, 100.0);
    e.cost = n % 10 == 0 ? 0.0 : random.log_uniform(1e-4, 5e-3);
    e.wanted = random.uniform(1.1, 1.8);
    e.tracking = tracking_for(random.log_uniform(0.5, 8.0), e);
    const auto one = best_band_of(e);
    const auto two = best_two_target_band_of(e);
    if (!one || !two) {
      ++refused;
      continue;
    }
    EXPECT_LE(two->cost.per_year, one->cost.per_year);
    EXPECT_DOUBLE_EQ(two->one_target, one->cost.per_year);
    EXPECT_TRUE(test::close(cost_of(e, two->band)->per_year, two->cost.per_year, 1e-14));
    if (two->cost.per_year > 0.99 * one->cost.per_year) continue;
    ++cheaper;
    // No step in any of the four is cheaper.
    for (double two_target_band::*edge :
         {&two_target_band::lower, &two_target_band::from_below, &two_target_band::from_above, &two_target_band::upper})
      for (const double by : {-1e-3, 1e-3}) {
        two_target_band near = two->band;
        near.*edge += by * (near.upper - near.lower);
        if (near.lower < *log_floor(e, {})) continue;
        const auto c = cost_of(e, near);
        EXPECT_GE(c ? c->per_year : infinity, two->cost.per_year * (1.0 - 1e-10)) << n;
      }
  }
  EXPECT_GT(cheaper, 50);
  EXPECT_LT(refused, 8);
  std::printf("two targets clearly cheaper in %d of 150, refused %d\n", cheaper, refused);
}

TEST(TwoTargetBand, WithoutProportionalCostOneTargetIsEnough) {
  band_economics e = test::busy_vault();
  e.cost = e.impact = 0.0;
  const auto best = best_two_target_band_of(e);
  ASSERT_TRUE(best);
  EXPECT_NEAR(best->band.from_below, best->band.from_above, 0.01 * (best->band.upper - best->band.lower));
  EXPECT_TRUE(test::close(best->cost.per_year, best->one_target, 1e-5));
}

TEST(TwoTargetBand, RefusesByName) {
  const band_economics e = test::busy_vault();
  EXPECT_EQ(cost_of(e, two_target_band{0.1, 0.3, 0.2, 0.4}).error(), errc::bad_configuration);
  EXPECT_EQ(cost_of(e, two_target_band{0.1, 0.1, 0.2, 0.4}).error(), errc::bad_configuration);
  EXPECT_EQ(cost_of(e, two_target_band{0.1, 0.2, 0.4, 0.4}).error(), errc::bad_configuration);
  EXPECT_EQ(cost_of(e, two_target_band{0.0, 0.2, 0.3, 0.4}).error(), errc::bad_configuration);
  EXPECT_EQ(cost_of(e, two_target_band{0.1, 0.2, std::nan(""), 0.4}).error(), errc::not_finite);
  band_economics bad = e;
  bad.tracking = 0.0;
  EXPECT_EQ(best_two_target_band_of(bad).error(), errc::bad_configuration);
  bad = e;
  bad.equity = 0.0;
  EXPECT_EQ(cost_of(bad, two_target_band{0.1, 0.2, 0.3, 0.4}).error(), errc::bad_configuration);
}

}  // namespace
}  // namespace trimtab
