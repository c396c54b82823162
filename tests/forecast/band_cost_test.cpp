// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/forecast/band_cost.hpp>
#include <trimtab/forecast/band_exit.hpp>
#include <trimtab/simulate/counter_random.hpp>

#include "support/random.hpp"
#include "support/tolerance.hpp"
#include <cmath>

namespace trimtab {
namespace {

using namespace forecast;

band_economics account() {
  band_economics e{.health = {.drift = -0.1, .volatility = 0.8},
                   .jumps = {.rate = 4.0, .up_share = 0.25, .down_decay = 8.0},
                   .threshold = 0.8,
                   .equity = 1e5,
                   .gas = 3.0,
                   .cost = 5e-4,
                   .impact = 1e-7,
                   .latency = 1.0 / 365.0,
                   .loss = 2e3,
                   .wanted = 1.35};
  e.tracking = tracking_for(2.0, e);
  return e;
}

/// One vault, kept in its band on a lattice of ln health that the motion visits: steps and waiting times between
/// lattice points are those of the motion itself, so that neither exits nor time are biased by the step.
struct simulated {
  double cost = 0.0, cost_error = 0.0;  ///< a year, and its standard error
  double years = 0.0, years_error = 0.0;
  double below = 0.0, below_error = 0.0;
  double liquidations = 0.0, liquidations_error = 0.0;  ///< a year
};

simulated simulate_vault(const band_economics& e, const log_band& band, double step, int cycles) {
  const double variance = e.health.volatility * e.health.volatility, tilt = 2.0 * e.health.drift / variance;
  const double up = 1.0 / (1.0 + std::exp(-tilt * step));
  const double wait =
      e.health.drift == 0.0 ? step * step / variance : step * std::tanh(0.5 * tilt * step) / e.health.drift;
  // ∫(X − x) and ∫(X − x)² between two lattice points, to the order of the step that shows.
  const double first = e.health.drift * step * step * step * step / (6.0 * variance * variance);
  const double second = step * step * step * step / (6.0 * variance);
  const int down_steps = static_cast<int>(std::lround((band.target - band.lower) / step));
  const int up_steps = static_cast<int>(std::lround((band.upper - band.target) / step));
  const double jumping = e.jumps.rate * (1.0 - e.jumps.up_share), m = std::log(e.wanted);
  const simulate::counter_random walk{.seed = 5, .stream = 0}, luck{.seed = 5, .stream = 1},
      flight{.seed = 5, .stream = 2};
  std::uint64_t n = 0;
  double sum[4] = {}, square[4] = {}, with_years[4] = {};  // cost, years, below, liquidations
  for (int cycle = 0; cycle < cycles; ++cycle) {
    const double h = std::exp(band.target), debt_then = e.equity / (h / e.threshold - 1.0);
    double reward[4] = {};
    int at = 0;
    while (at > -down_steps && at < up_steps) {
      const double x = band.target + at * step, off = x - m;
      reward[0] += e.tracking * (off * off * wait + 2.0 * off * first + second);
      reward[1] += wait;
      if (luck.uniform(n) < jumping * std::exp(-e.jumps.down_decay * x) * wait) {
        reward[0] += e.loss;
        reward[3] += 1.0;
      }
      at += walk.uniform(n++) < up ? 1 : -1;
    }
    double collateral = std::exp(band.target + at * step) * debt_then / e.threshold, debt = debt_then;
    const double before = collateral - debt;
    const bool low = at < 0;
    if (low) {  // does it reach liquidation while the transaction is in flight?
      const auto k = static_cast<std::uint64_t>(cycle);
      const double start = band.target + at * step, spread = e.health.volatility * std::sqrt(e.latency);
      const double end = start + e.health.drift * e.latency + spread * flight.normal(k);
      const double bridge = end > 0.0 ? std::exp(-2.0 * start * end / (spread * spread)) : 1.0;
      if (flight.uniform(2U * k + (1U << 30U)) < bridge) {
        reward[0] += e.loss;
        reward[3] += 1.0;
      }
      reward[2] = 1.0;
    }
    // The trade, by bisection on what the venue and the debt do.
    double least = 0.0, most = low ? collateral : debt;
    const auto after = [&](double q) {
      const double lost = e.cost * q + e.impact * q * q;
      return low ? e.threshold * (collateral - q) / (debt - q + lost)
                 : e.threshold * (collateral + q - lost) / (debt + q);
    };
    for (int k = 0; k < 60; ++k) {
      const double q = 0.5 * (least + most);
      ((after(q) < h) == low ? least : most) = q;
    }
    const double q = least, lost = e.cost * q + e.impact * q * q;
    collateral += low ? -q : q - lost;
    debt += low ? lost - q : q;
    reward[0] += e.gas + (before - (collateral - debt));
    for (int k = 0; k < 4; ++k) {
      sum[k] += reward[k];
      square[k] += reward[k] * reward[k];
      with_years[k] += reward[k] * reward[1];
    }
  }
  const double count = cycles;
  const auto rate = [&](int k) { return sum[k] / sum[1]; };
  const auto rate_error = [&](int k) {  // of a ratio of means
    const double r = rate(k);
    return std::sqrt(square[k] - 2.0 * r * with_years[k] + r * r * square[1]) / sum[1];
  };
  const auto mean_error = [&](int k) {
    return std::sqrt(square[k] / count - sum[k] / count * (sum[k] / count)) / std::sqrt(count);
  };
  return {rate(0), rate_error(0), sum[1] / count, mean_error(1), sum[2] / count, mean_error(2), rate(3), rate_error(3)};
}

TEST(BandCost, IsWhatASimulatedVaultPays) {
  for (const double drift : {-0.4, 0.0, 0.5}) {
    band_economics e = account();
    e.health.drift = drift;
    e.jumps.rate = 12.0;
    e.gas = 200.0;
    const log_band band{0.05, 0.25, 0.55};
    const auto cost = cost_in_logs(e, band);
    ASSERT_TRUE(cost);
    const simulated vault = simulate_vault(e, band, 0.01, 20000);
    EXPECT_LE(std::fabs(vault.cost - cost->per_year), 3.0 * vault.cost_error) << drift;
    EXPECT_LE(std::fabs(vault.years - cost->cycle_years), 3.0 * vault.years_error) << drift;
    EXPECT_LE(std::fabs(vault.below - cost->below), 3.0 * vault.below_error) << drift;
    EXPECT_LE(std::fabs(vault.liquidations - cost->liquidations_per_year), 3.0 * vault.liquidations_error) << drift;
    EXPECT_LT(vault.cost_error, 0.01 * vault.cost) << "or the comparison says nothing";
    EXPECT_GT(cost->latency, 5.0 * vault.cost_error) << "every part must show";
    EXPECT_GT(cost->jumps, 5.0 * vault.cost_error);
    EXPECT_GT(cost->trading, 5.0 * vault.cost_error);
    EXPECT_GT(cost->gas, 5.0 * vault.cost_error);
  }
}

TEST(BandCost, IsTheSumOfItsParts) {
  test::random_numbers random(17);
  for (int n = 0; n < 300; ++n) {
    band_economics e = account();
    e.health.drift = random.uniform(-1.0, 1.0);
    const double lower = random.uniform(0.02, 0.2), target = lower + random.uniform(0.01, 0.3);
    const log_band band{lower, target, target + random.uniform(0.01, 0.5)};
    const auto c = cost_in_logs(e, band);
    ASSERT_TRUE(c);
    EXPECT_TRUE(test::close(c->per_year, c->gas + c->trading + c->tracking + c->latency + c->jumps, 1e-15));
    EXPECT_TRUE(test::close(c->latency + c->jumps, e.loss * c->liquidations_per_year, 1e-14));
    EXPECT_TRUE(test::close(c->gas, e.gas * c->trades_per_year, 1e-15));
    EXPECT_TRUE(test::close(c->below + c->above, 1.0, 1e-14));
    EXPECT_TRUE(test::close(c->deleverages_per_year, c->below * c->trades_per_year, 1e-15));
    const band_exit exit = exit_of(e.health, band.lower, band.upper, band.target);
    EXPECT_TRUE(test::close(c->cycle_years, exit.mean_years, 1e-12));
    EXPECT_TRUE(test::close(cost_of(e, exp_of(band))->per_year, c->per_year, 1e-11));
  }
}

TEST(BandCost, RisesWithEverythingThatCosts) {
  const log_band band{0.05, 0.25, 0.55};
  const double before = cost_in_logs(account(), band)->per_year;
  for (double band_economics::*field : {&band_economics::gas, &band_economics::cost, &band_economics::impact,
                                        &band_economics::latency, &band_economics::loss, &band_economics::tracking}) {
    band_economics e = account();
    e.*field *= 1.5;
    EXPECT_GT(cost_in_logs(e, band)->per_year, before);
    e.*field = 0.0;
    EXPECT_LT(cost_in_logs(e, band)->per_year, before);
  }
}

TEST(BandCost, FasterTimeIsOnlyFasterTime) {
  band_economics e = account();
  e.latency = 0.0;
  const log_band band{0.05, 0.25, 0.55};
  const auto slow = cost_in_logs(e, band);
  e.health.drift *= 4.0;
  e.health.volatility *= 2.0;
  e.tracking *= 4.0;
  e.jumps.rate *= 4.0;
  const auto fast = cost_in_logs(e, band);
  EXPECT_TRUE(test::close(fast->per_year, 4.0 * slow->per_year, 1e-14));
  EXPECT_TRUE(test::close(4.0 * fast->cycle_years, slow->cycle_years, 1e-14));
}

TEST(BandCost, RefusesByName) {
  const band_economics e = account();
  const double nan = std::nan("");
  EXPECT_EQ(cost_in_logs(e, {0.0, 0.2, 0.3}).error(), errc::bad_configuration);
  EXPECT_EQ(cost_in_logs(e, {0.2, 0.2, 0.3}).error(), errc::bad_configuration);
  EXPECT_EQ(cost_in_logs(e, {0.1, 0.3, 0.3}).error(), errc::bad_configuration);
  EXPECT_EQ(cost_in_logs(e, {0.1, nan, 0.3}).error(), errc::not_finite);
  EXPECT_EQ(cost_in_logs(e, {0.1, 0.2, infinity}).error(), errc::not_finite);
  EXPECT_EQ(cost_of(e, {0.9, 1.2, 1.5}).error(), errc::bad_configuration);
  EXPECT_EQ(cost_of(e, {-1.0, 1.2, 1.5}).error(), errc::not_finite);
  band_economics bad = e;
  bad.equity = 0.0;
  EXPECT_EQ(cost_of(bad, {1.1, 1.2, 1.5}).error(), errc::bad_configuration);
  bad = e;
  bad.impact = 1.0;
  EXPECT_EQ(cost_of(bad, {1.1, 1.2, 1.5}).error(), errc::infeasible);
  EXPECT_EQ(cost_of(e, {1.1, 1.2, 1e300}).error(), errc::infeasible) << "more is borrowed than the venue can take";
}

}  // namespace
}  // namespace trimtab
