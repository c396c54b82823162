// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/forecast/band_rules.hpp>

#include "support/random.hpp"
#include "support/tolerance.hpp"
#include <cmath>

namespace trimtab {
namespace {

using namespace forecast;

TEST(BandRules, TheTable) {
  // Leverage, cost per unit, gas/equity, risk aversion, half-width in leverage, cost rate per equity at 80 % a year.
  struct line {
    bool jumps;
    double leverage, cost, fixed, risk_aversion, half, rate;
  };
  const line table[] = {
      {false, 2, 5e-4, 0, 1, 0.1442, 0.00666},   {false, 3, 5e-4, 0, 1, 0.3000, 0.02880},
      {false, 2, 30e-4, 0, 1, 0.2621, 0.02198},  {false, 2, 5e-4, 0, 10, 0.0669, 0.01434},
      {true, 2, 0, 1e-5, 1, 0.1480, 0.00234},    {true, 2, 0, 1e-4, 1, 0.2632, 0.00739},
      {true, 2, 5e-4, 1e-5, 1, 0.2410, 0.00885}, {true, 3, 5e-4, 1e-4, 1, 0.5687, 0.04463},
      {true, 2, 5e-4, 1e-3, 1, 0.4816, 0.02607},
  };
  for (const line& t : table) {
    const double penalty = 0.5 * t.risk_aversion * 0.64, volatility = 0.8 * t.leverage * (t.leverage - 1.0);
    const small_cost_band band =
        t.jumps ? jump_rule(penalty, volatility, t.fixed, t.cost) : reflecting_rule(penalty, volatility, t.cost);
    EXPECT_NEAR(band.half_width, t.half, 6e-5);
    EXPECT_NEAR(band.per_year, t.rate, 6e-6);
    const double in_leverage = t.jumps ? jump_leverage_rule(t.risk_aversion, t.leverage, t.fixed, t.cost)
                                       : reflecting_leverage_rule(t.risk_aversion, t.leverage, t.cost);
    EXPECT_TRUE(test::close(in_leverage, band.half_width, 1e-14)) << "volatility cancels";
  }
}

TEST(BandRules, AreThePapers) {
  // Gerhold, Guasoni, Muhle-Karbe, Schachermayer: half-width (3/(4γ)·π²(1−π)²)^⅓·ε^⅓ for a spread ε.
  EXPECT_TRUE(
      test::close(reflecting_leverage_rule(4.0, 0.6, 0.005), std::cbrt(0.75 / 4.0 * 0.36 * 0.16 * 0.01), 1e-14));
  // Altarovici, Muhle-Karbe, Soner: (12/γ·π²(1−π)²)^¼·λ^¼ for a fixed cost λ per wealth.
  EXPECT_TRUE(test::close(jump_leverage_rule(4.0, 0.6, 1e-4, 0.0), std::pow(3.0 * 0.36 * 0.16 * 1e-4, 0.25), 1e-14));
  // An inverse vault is its mirror image.
  EXPECT_DOUBLE_EQ(reflecting_leverage_rule(2.0, -1.0, 1e-3), reflecting_leverage_rule(2.0, 2.0, 1e-3));
}

TEST(BandRules, MinimiseWhatTheySay) {
  test::random_numbers random(1995);
  for (int n = 0; n < 500; ++n) {
    const double q = random.log_uniform(1e-3, 1e6), v = random.log_uniform(0.05, 5.0),
                 k = random.log_uniform(1e-9, 1e4);
    const double fixed = n % 5 == 0 ? 0.0 : random.log_uniform(1e-9, 1e3);
    const auto reflect = [&](double h) { return q * h * h / 3.0 + k * v * v / (2.0 * h); };
    const auto jump = [&](double h) { return q * h * h / 6.0 + v * v * (fixed + k * h) / (h * h); };
    const small_cost_band a = reflecting_rule(q, v, k), b = jump_rule(q, v, fixed, k);
    EXPECT_TRUE(test::close(a.per_year, reflect(a.half_width), 1e-13));
    EXPECT_TRUE(test::close(b.per_year, jump(b.half_width), 1e-13));
    const double h = b.half_width, left = q * h * h * h * h / 3.0, right = v * v * (2.0 * fixed + k * h);
    EXPECT_TRUE(test::close(left, right, 1e-13)) << n;
    for (const double factor : {0.9, 0.999, 1.001, 1.1}) {
      EXPECT_GT(reflect(factor * a.half_width), a.per_year);
      EXPECT_GT(jump(factor * h), b.per_year);
    }
  }
}

TEST(BandRules, ImpactMovesNoEdge) {
  band_economics e{.health = {.volatility = 0.8}, .equity = 1e5, .gas = 3.0, .cost = 5e-4, .wanted = 1.6};
  e.tracking = tracking_for(2.0, e);
  const small_cost_band without = jump_rule(e);
  e.impact = 1e-8;
  const small_cost_band with = jump_rule(e);
  EXPECT_EQ(without.half_width, with.half_width);
  EXPECT_TRUE(test::close(with.per_year - without.per_year, 1e-8 * 4e10 * 0.64, 1e-10));
}

}  // namespace
}  // namespace trimtab
