// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/forecast/opening.hpp>
#include <trimtab/forecast/required_health.hpp>
#include <trimtab/simulate/counter_random.hpp>

#include <cmath>
#include <limits>

namespace trimtab::forecast {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr health_band band{.lower = 1.06, .target = 1.2, .upper = 1.5};

band_economics vault() {
  return {.health = {.drift = -0.4, .volatility = 0.8},
          .threshold = 0.8,
          .equity = 1e6,
          .cost = 0.0005,
          .impact = 1e-8,
          .latency = 6.0 / (24.0 * 365.0)};
}

// Small steps with the bridge's probability to have crossed in between; each breach is judged by the same p.
TEST(Opening, TheRiskUnderAPolicyAgreesWithSimulation) {
  const band_economics e = vault();
  const simulate::counter_random random{.seed = 17};
  constexpr int paths = 8'000, steps = 1'500;
  constexpr double years = 0.5, dt = years / steps, opening_health = 1.25;
  const double a = std::log(band.lower), step = e.health.volatility * std::sqrt(dt);
  const double each = liquidation_probability(e.health, a, e.latency);
  ASSERT_GT(each, 1e-3);
  int dead = 0;
  double breaches = 0.0;
  std::uint64_t n = 0;
  for (int path = 0; path < paths; ++path) {
    double x = std::log(opening_health);
    for (int k = 0; k < steps; ++k) {
      const double next = x + e.health.drift * dt + step * random.normal(n / 2);
      n += 2;
      const double crossed = next > a ? std::exp(-2.0 * (x - a) * (next - a) / (step * step)) : 1.0;
      x = next;
      if (random.uniform(n++) >= crossed) {
        n += n % 2;
        continue;
      }
      ++breaches;
      const bool hit = random.uniform(n++) < each;
      x = std::log(band.target);
      if (hit) {
        ++dead;
        break;
      }
    }
    n += n % 2;
  }
  const double seen = dead / static_cast<double>(paths), error = std::sqrt(seen * (1.0 - seen) / paths);
  EXPECT_NEAR(policy_risk(e, band, std::log(opening_health), years), seen, 3.0 * error + 0.02 * seen);
}

TEST(Opening, WithoutAPolicyItIsFirstPassage) {
  band_economics e = vault();
  e.latency = 1e6;  // nobody ever comes
  const health_band none{.lower = 1.0 + 1e-12, .target = 1.2, .upper = 1.5};
  EXPECT_NEAR(policy_risk(e, none, 0.3, 0.5), liquidation_probability(e.health, 0.3, 0.5), 1e-9);
}

TEST(Opening, RiskFallsWithHealthAndRisesWithLatencyAndJumps) {
  band_economics e = vault();
  double before = 1.0;
  for (const double x : {0.01, 0.05, 0.07, 0.2, 0.5, 1.0, 3.0}) {
    const double risk = policy_risk(e, band, x, 1.0);
    EXPECT_LE(risk, before) << x;
    before = risk;
  }
  const double now = policy_risk(e, band, 0.3, 1.0);
  e.latency *= 2.0;
  const double late = policy_risk(e, band, 0.3, 1.0);
  EXPECT_GT(late, now);
  e.jumps = {.rate = 5.0, .up_share = 0.5, .up_decay = 30.0, .down_decay = 25.0};
  const double jumping = policy_risk(e, band, 0.3, 1.0);
  EXPECT_GT(jumping, late);
  EXPECT_LE(jumping, 1.0);
}

TEST(Opening, TheHealthHasTheWantedRisk) {
  band_economics e = vault();
  for (const double risk : {0.5, 0.1, 0.01, 1e-4}) {
    const auto answer = opening_of(e, band, {.risk = risk, .years = 0.25});
    ASSERT_TRUE(answer) << name(answer.error());
    EXPECT_LE(answer->risk, risk);
    if (answer->health > band.lower) {
      EXPECT_NEAR(answer->risk, risk, 1e-6 * risk);
    }
    EXPECT_GE(answer->health, band.lower);
    EXPECT_GE(answer->breaches * answer->risk_per_breach, answer->risk * (1.0 - 1e-9)) << "the union bound";
  }
}

// At the ceiling the trade that restores the target loses exactly the slippage, and reaches it.
TEST(Opening, TheDebtCeilingIsWhereTheTradeLosesTheSlippage) {
  const band_economics e = vault();
  constexpr double slippage = 0.02;
  const auto answer = opening_of(e, band, {.risk = 0.05, .years = 0.25, .max_slippage = slippage});
  ASSERT_TRUE(answer);
  const double debt = answer->debt_ceiling, sold = answer->sale_per_debt * debt;
  EXPECT_NEAR(e.cost + e.impact * sold, slippage, 1e-12);
  const double at_fill = std::exp(std::log(band.lower) + e.health.drift * e.latency +
                                  e.health.volatility * std::sqrt(e.latency) * normal_quantile(0.05));
  const double collateral = at_fill * debt / e.threshold;
  EXPECT_NEAR(e.threshold * (collateral - sold) / (debt - sold * (1.0 - slippage)), band.target, 1e-12);
  band_economics deep = e;
  deep.impact = 0.0;
  EXPECT_EQ(opening_of(deep, band, {.risk = 0.05})->debt_ceiling, infinity);
}

// Far up, the hazard of small jumps is a product of nothing and infinity: nothing, not certainty.
TEST(Opening, SmallJumpsDoNotReachFarUp) {
  band_economics e = vault();
  e.jumps = {.rate = 10.0, .up_share = 0.5, .up_decay = 50.0, .down_decay = 500.0};
  double before = 1.0;
  for (const double x : {0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 50.0, 1e3}) {
    const double risk = policy_risk(e, band, x, 0.01);
    EXPECT_LE(risk, before) << x;
    before = risk;
  }
  EXPECT_LT(before, 1e-16);
  EXPECT_EQ(policy_risk(e, band, infinity, 1.0), 0.0);
  EXPECT_EQ(policy_risk(e, band, infinity, infinity), 0.0);
  // The bound to the digits that quadrature gives it.
  const double least = std::exp(-50.0 * 0.1), start = std::exp(-50.0 * 0.3);
  const double psi = 0.5 * 0.8 * 0.8 * 50.0 * 50.0 + 0.4 * 50.0;
  double sum = 0.0;
  for (int k = 0; k < 100'000; ++k) sum += std::fmin(least, start * std::exp(psi * (k + 0.5) * 1e-6)) * 1e-6;
  EXPECT_NEAR(detail::exposure(e.health, 0.3, 0.1, 50.0, 0.1), sum, 1e-6 * sum);
  // An upward drift and no end: as long as all of it is early, it has a limit.
  EXPECT_NEAR(detail::exposure({.drift = 20.0, .volatility = 0.1}, 0.3, 0.1, 50.0, infinity), start / 987.5,
              1e-12 * start);
}

// A trade may be so expensive that not even all collateral repays the debt.
TEST(Opening, NoCeilingBeyondTheCollateral) {
  band_economics e = vault();
  e.health.drift = 0.0;
  const health_band wide{.lower = 1.15, .target = 2.0, .upper = 3.0};
  for (const double slippage : {0.02, 0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 0.55}) {
    const auto answer = opening_of(e, wide, {.risk = 1e-3, .max_slippage = slippage});
    const double at_fill =
        std::exp(std::log(wide.lower) + e.health.volatility * std::sqrt(e.latency) * normal_quantile(1e-3));
    if (at_fill * (1.0 - slippage) > e.threshold) {
      ASSERT_TRUE(answer) << slippage;
      EXPECT_LT(answer->sale_per_debt, at_fill / e.threshold);
    } else {
      EXPECT_EQ(answer.error(), errc::infeasible) << slippage;
    }
  }
}

TEST(Opening, BadInputHasAName) {
  const band_economics e = vault();
  EXPECT_EQ(opening_of({}, band, {}).error(), errc::bad_configuration);
  EXPECT_EQ(opening_of(e, {.lower = 1.3, .target = 1.2, .upper = 1.5}, {}).error(), errc::bad_configuration);
  EXPECT_EQ(opening_of(e, band, {.risk = 0.0}).error(), errc::bad_configuration);
  EXPECT_EQ(opening_of(e, band, {.risk = nan}).error(), errc::not_finite);
  EXPECT_EQ(opening_of(e, band, {.max_slippage = 1e-5}).error(), errc::infeasible) << "the fee alone is more";
  EXPECT_EQ(opening_of(e, band, {.max_slippage = 0.5}).error(), errc::infeasible) << "selling no longer helps";
  EXPECT_EQ(opening_of(e, band, {.risk = 0.05, .years = 1e4}).error(), errc::overflow);
  EXPECT_TRUE(std::isnan(policy_risk(e, band, nan, 1.0)));
  EXPECT_TRUE(std::isnan(policy_risk(e, band, 0.1, -1.0)));
}

}  // namespace
}  // namespace trimtab::forecast
