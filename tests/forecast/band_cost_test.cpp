// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/forecast/band_cost.hpp>
#include <trimtab/simulate/counter_random.hpp>

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

namespace trimtab {
namespace {

using namespace forecast;

band_economics risky() {
  return {.health = {.drift = -0.3, .volatility = 0.8},
          .jumps = {.rate = 60.0, .up_share = 0.5, .up_decay = 10.0, .down_decay = 10.0},
          .threshold = 0.8,
          .equity = 1e6,
          .gas = 200.0,
          .cost = 1e-3,
          .impact = 2e-9,
          .latency = 0.02,
          .loss = 8e3,
          .tracking = 3e6,
          .wanted = 1.45};
}

TEST(BandCost, SimulatedVaultCostsTheSame) {
  const auto e = risky();
  const log_band band{0.25, 0.4, 0.55};
  const auto cost = cost_in_logs(e, band);
  ASSERT_TRUE(cost) << name(cost.error());
  // Small steps; between them a Brownian bridge may have touched an edge and come back. In flight likewise, to 0.
  const simulate::counter_random random{.seed = 20260, .stream = 5};
  const double step = cost->cycle_years / 400.0, spread = e.health.volatility * std::sqrt(step);
  const double variance = e.health.volatility * e.health.volatility, wanted = std::log(e.wanted);
  const int cycles = 12000;
  std::uint64_t n = 0;
  std::vector<double> paid, lasted;
  double fallen = 0.0, time = 0.0, total = 0.0;
  for (int k = 0; k < cycles; ++k) {
    double x = band.target, money = e.gas, years = 0.0;
    for (bool out = false; !out;) {
      const double next = x + e.health.drift * step + spread * random.normal(n++);
      const auto touched = [&](double edge) {
        if ((next - edge) * (x - edge) <= 0.0) return true;
        return random.uniform(2 * n++) < std::exp(-2.0 * (next - edge) * (x - edge) / (variance * step));
      };
      const bool low = touched(band.lower), high = !low && touched(band.upper);
      out = low || high;
      const double lived = out ? 0.5 * step : step, middle = 0.5 * (x + next) - wanted;
      money += e.tracking * middle * middle * lived;
      years += lived;
      const bool falls = random.uniform(2 * n++) < e.jumps.rate * (1.0 - e.jumps.up_share) * lived;
      if (falls && -std::log(random.uniform(2 * n++)) / e.jumps.down_decay > x) money += e.loss;
      x = next;
      if (low) {
        const double q = cost->trades.sold;
        money += q * (e.cost + e.impact * q);
        const double end =
            band.lower + e.health.drift * e.latency + e.health.volatility * std::sqrt(e.latency) * random.normal(n++);
        const bool hit =
            end <= 0.0 || random.uniform(2 * n++) < std::exp(-2.0 * band.lower * end / (variance * e.latency));
        if (hit) money += e.loss;
        fallen += 1.0;
      }
      if (high) money += cost->trades.borrowed * (e.cost + e.impact * cost->trades.borrowed);
    }
    paid.push_back(money), lasted.push_back(years);
    total += money, time += years;
  }
  const double rate = total / time;
  double squares = 0.0;
  for (std::size_t k = 0; k < paid.size(); ++k) squares += std::pow(paid[k] - rate * lasted[k], 2);
  const double error = std::sqrt(squares) / time;
  EXPECT_NEAR(rate, cost->per_year, 3.0 * error);
  EXPECT_LT(error, 0.03 * rate);
  EXPECT_NEAR(fallen / cycles, cost->below, 3.0 * std::sqrt(0.25 / cycles));
  // Each part is large enough to be seen in the total.
  for (const double part : {cost->gas, cost->trading, cost->tracking, cost->latency, cost->jumps})
    EXPECT_GT(part, 3.0 * error);
}

TEST(BandCost, PartsAddUpAndScale) {
  auto e = risky();
  const health_band band{1.3, 1.5, 1.8};
  const auto cost = cost_of(e, band);
  ASSERT_TRUE(cost);
  EXPECT_NEAR(cost->per_year / (cost->gas + cost->trading + cost->tracking + cost->latency + cost->jumps), 1.0, 1e-15);
  EXPECT_NEAR(cost->trades_per_year * cost->cycle_years, 1.0, 1e-15);
  EXPECT_NEAR(cost->below + cost->above, 1.0, 1e-14);
  EXPECT_NEAR(cost->liquidations_per_year * e.loss / (cost->latency + cost->jumps), 1.0, 1e-14);
  EXPECT_NEAR(cost->gas / (e.gas * cost->trades_per_year), 1.0, 1e-15);
  const double caught = liquidation_probability(e.health, std::log(1.3), e.latency);
  EXPECT_NEAR(cost->latency / (e.loss * caught * cost->deleverages_per_year), 1.0, 1e-14);
  e.gas *= 2.0;
  EXPECT_NEAR(cost_of(e, band)->per_year - cost->per_year, cost->gas, 1e-12 * cost->per_year);
  e = risky();
  e.jumps.rate = 0.0, e.latency = 0.0;
  EXPECT_EQ(cost_of(e, band)->liquidations_per_year, 0.0);
}

TEST(BandCost, Refuses) {
  const auto e = risky();
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(cost_of(e, {1.5, 1.3, 1.8}).error(), errc::bad_configuration);
  EXPECT_EQ(cost_of(e, {1.0, 1.3, 1.8}).error(), errc::bad_configuration);
  EXPECT_EQ(cost_of(e, {1.1, 1.3, 1.3}).error(), errc::bad_configuration);
  EXPECT_EQ(cost_of(e, {nan, 1.3, 1.8}).error(), errc::not_finite);
  EXPECT_EQ(cost_of(e, {1.1, 1.3, infinity}).error(), errc::not_finite);
  auto thin = e;
  thin.impact = 1.0;
  EXPECT_EQ(cost_of(thin, {1.1, 1.3, 1.8}).error(), errc::infeasible);
  auto bad = e;
  bad.gas = -1.0;
  EXPECT_EQ(cost_of(bad, {1.1, 1.3, 1.8}).error(), errc::negative_amount);
}

}  // namespace
}  // namespace trimtab
