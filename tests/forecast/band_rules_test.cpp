// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/forecast/band_rules.hpp>

#include <cmath>
#include <limits>

namespace trimtab {
namespace {

using namespace forecast;

TEST(BandRules, TableOfLeverage) {
  struct line {
    double leverage, spread, fixed, aversion, half, cost;
  };
  // Printed to the digits given.
  for (const line& t : {line{2, 5e-4, 0, 1, .1442, .00666}, line{3, 5e-4, 0, 1, .3000, .02880},
                        line{2, 3e-3, 0, 1, .2621, .02198}, line{2, 5e-4, 0, 10, .0669, .01434}}) {
    const auto c = costs_of_leverage(t.aversion, 0.8, t.leverage, t.spread, t.fixed);
    const double h = half_width_reflecting(c);
    EXPECT_NEAR(h, t.half, 5.1e-5);
    EXPECT_NEAR(cost_of_reflecting(c, h), t.cost, 5.1e-6);
    EXPECT_NEAR(cost_of_reflecting(c, h) / (c.penalty * h * h), 1.0, 1e-14);
  }
  for (const line& t :
       {line{2, 0, 1e-5, 1, .1480, .00234}, line{2, 0, 1e-4, 1, .2632, .00739}, line{2, 5e-4, 1e-5, 1, .2410, .00885},
        line{3, 5e-4, 1e-4, 1, .5687, .04463}, line{2, 5e-4, 1e-3, 1, .4816, .02607}}) {
    const auto c = costs_of_leverage(t.aversion, 0.8, t.leverage, t.spread, t.fixed);
    const double h = half_width_jumping(c);
    EXPECT_NEAR(h, t.half, 5.1e-5);
    EXPECT_NEAR(cost_of_jumping(c, h), t.cost, 5.1e-6);
  }
}

TEST(BandRules, AgreeWithTheLiterature) {
  for (const double volatility : {0.3, 0.8, 1.5})
    for (const double leverage : {-1.0, 1.5, 2.0, 4.0}) {
      const double gamma = 3.0, k = 2e-3, fixed = 3e-5, share = leverage;
      const auto c = costs_of_leverage(gamma, volatility, leverage, k, fixed);
      const double squares = share * share * (1.0 - share) * (1.0 - share);
      // Gerhold and others 2014 write the spread as ε = 2k; no volatility in it.
      EXPECT_NEAR(half_width_reflecting(c) / std::cbrt(0.75 / gamma * squares * 2.0 * k), 1.0, 1e-14);
      EXPECT_NEAR(half_width_fixed(c) / std::pow(12.0 * fixed / gamma * squares, 0.25), 1.0, 1e-14);
    }
}

TEST(BandRules, MinimiseTheirCost) {
  for (const double fixed : {0.0, 1e-6, 1e-3, 1.0})
    for (const double spread : {0.0, 1e-5, 1e-2, 3.0}) {
      const small_costs c{.penalty = 0.7, .volatility = 0.4, .spread = spread, .fixed = fixed};
      const double h = half_width_jumping(c);
      if (fixed + spread == 0.0) {
        EXPECT_EQ(h, 0.0);
        continue;
      }
      const double v2 = c.volatility * c.volatility, left = c.penalty * h * h * h * h / 3.0;
      EXPECT_NEAR(left / (v2 * (2.0 * fixed + spread * h)), 1.0, 1e-13);
      EXPECT_GT(cost_of_jumping(c, 1.01 * h), cost_of_jumping(c, h));
      EXPECT_GT(cost_of_jumping(c, 0.99 * h), cost_of_jumping(c, h));
      if (spread == 0.0) {
        EXPECT_NEAR(h / half_width_fixed(c), 1.0, 1e-14);
      }
    }
}

TEST(BandRules, BadInput) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_TRUE(std::isnan(half_width_jumping({.penalty = nan, .volatility = 1.0, .spread = 1.0, .fixed = 1.0})));
  EXPECT_TRUE(std::isnan(half_width_jumping({.penalty = 1.0, .volatility = 1.0, .spread = -1.0, .fixed = 1.0})));
  EXPECT_EQ(half_width_jumping({.penalty = 0.0, .volatility = 1.0, .spread = 1.0, .fixed = 1.0}), infinity);
}

}  // namespace
}  // namespace trimtab
