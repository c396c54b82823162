// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/forecast/reflecting_band.hpp>
#include <trimtab/simulate/counter_random.hpp>

#include "support/random.hpp"
#include "support/tolerance.hpp"
#include <cmath>

namespace trimtab {
namespace {

using namespace forecast;

band_economics account() {
  band_economics e{.health = {.drift = 0.2, .volatility = 0.8},
                   .jumps = {.rate = 4.0, .up_share = 0.25, .down_decay = 8.0},
                   .threshold = 0.8,
                   .equity = 1e5,
                   .cost = 1e-3,
                   .impact = 1e-7,
                   .loss = 2e3,
                   .wanted = 1.35};
  e.tracking = tracking_for(2.0, e);
  return e;
}

TEST(ReflectingBand, IsTheStationaryDensity) {
  test::random_numbers random(1985);
  for (int n = 0; n < 400; ++n) {
    band_economics e = account();
    e.health.drift = n % 20 == 0 ? 0.0 : random.log_uniform(1e-9, 3.0) * (n % 2 == 0 ? 1.0 : -1.0);
    const double lower = random.uniform(0.02, 0.4), upper = lower + random.log_uniform(1e-3, 0.6);
    const auto cost = cost_of(e, reflecting_band{lower, upper});
    ASSERT_TRUE(cost) << name(cost.error());
    // The density e^(θ(x − a)) normalised, by Simpson's rule in long double.
    const long double variance = 0.64L, tilt = 2.0L * e.health.drift / variance, m = std::log(1.35L);
    const int steps = 2000;
    const long double h = (static_cast<long double>(upper) - lower) / steps;
    long double mass = 0.0L, off = 0.0L, hazard = 0.0L;
    for (int k = 0; k <= steps; ++k) {
      const long double x = lower + h * k, weight = k == 0 || k == steps ? 1.0L : k % 2 == 1 ? 4.0L : 2.0L;
      const long double density = weight * h / 3.0L * std::exp(tilt * (x - lower));
      mass += density;
      off += density * (x - m) * (x - m);
      hazard += density * std::exp(-8.0L * x);
    }
    EXPECT_TRUE(test::close(cost->tracking, static_cast<double>(e.tracking * off / mass), 1e-12)) << n;
    EXPECT_TRUE(test::close(cost->jumps, static_cast<double>(2e3L * 3.0L * hazard / mass), 1e-12)) << n;
    const long double at_low = 1.0L / mass, at_high = std::exp(tilt * (upper - lower)) / mass;
    // A push of dx at health h sells q with w(A − q)/(B − (1 − κ)q) = h(1 + dx).
    const auto per_push = [&](long double x, long double sign) {
      const long double health = std::exp(x), debt = 1e5L * 0.8L / (health - 0.8L);
      return debt * health / (sign > 0.0L ? health * 0.999L - 0.8L : health - 0.8L * 0.999L);
    };
    EXPECT_TRUE(test::close(cost->sold, static_cast<double>(0.5L * variance * at_low * per_push(lower, 1.0L)), 1e-12));
    EXPECT_TRUE(
        test::close(cost->borrowed, static_cast<double>(0.5L * variance * at_high * per_push(upper, -1.0L)), 1e-12));
    EXPECT_TRUE(test::close(cost->trading, 1e-3 * (cost->sold + cost->borrowed), 1e-15));
  }
}

TEST(ReflectingBand, PushesAsOftenAsALatticeWalkIs) {
  const band_economics e = account();
  const double lower = 0.2, upper = 0.5, step = 0.01;
  const int cells = 30;
  // Between lattice points the motion's own probabilities and times; at an edge it waits, pushed by one step a time.
  const double variance = 0.64, tilt = 2.0 * e.health.drift / variance, up = 1.0 / (1.0 + std::exp(-tilt * step));
  const double wait = step * std::tanh(0.5 * tilt * step) / e.health.drift;
  const simulate::counter_random luck{.seed = 3};
  const int batches = 100, visits = 400000;
  double mean = 0.0, square = 0.0;
  int at = cells / 2;
  std::uint64_t n = 0;
  for (int batch = 0; batch < batches; ++batch) {
    int pushed = 0;
    for (int k = 0; k < visits; ++k) {
      at += luck.uniform(n++) < up ? 1 : -1;
      if (at < 0) at = 0, ++pushed;
      if (at > cells) at = cells;
    }
    const double rate = pushed * step / (visits * wait);
    mean += rate / batches;
    square += rate * rate / batches;
  }
  const double error = std::sqrt((square - mean * mean) / batches);
  const auto cost = cost_of(e, reflecting_band{lower - 0.5 * step, upper + 0.5 * step});  // pushed half a step outside
  const double h = std::exp(lower - 0.5 * step), debt = 1e5 * 0.8 / (h - 0.8);
  const double pushed = cost->sold / (debt * h / (h * 0.999 - 0.8));
  EXPECT_LE(std::fabs(mean - pushed), 3.0 * error) << mean << ' ' << pushed;
  EXPECT_LT(error, 0.01 * mean);
}

TEST(ReflectingBand, TheBestIsNearTheTableAndTheRule) {
  // Leverage, cost, risk aversion; exact optimum with the penalty in leverage: half-width and cost rate.
  struct line {
    double leverage, cost, risk_aversion, half, rate;
  };
  for (const line& t : {line{2, 5e-4, 1, 0.1398, 0.00667}, line{3, 5e-4, 1, 0.2883, 0.02880},
                        line{2, 30e-4, 1, 0.2360, 0.02203}, line{2, 5e-4, 10, 0.0665, 0.01435}}) {
    band_economics e{.health = {.volatility = 0.8},
                     .threshold = 0.8,
                     .equity = 1.0,
                     .cost = t.cost,
                     .wanted = 0.8 * t.leverage / (t.leverage - 1.0)};
    e.tracking = tracking_for(t.risk_aversion, e);
    const auto best = best_reflecting_band_of(e);
    ASSERT_TRUE(best);
    const double from = leverage_at(std::exp(best->band.upper), 0.8), to = leverage_at(std::exp(best->band.lower), 0.8);
    EXPECT_NEAR(0.5 * (to - from), t.half, 0.02 * t.half);
    EXPECT_NEAR(best->cost.per_year, t.rate, 0.055 * t.rate);
    EXPECT_LT(best->gradient, 1e-6);
  }
}

TEST(ReflectingBand, NothingNearTheBestIsCheaper) {
  test::random_numbers random(7);
  int floors = 0;
  for (int n = 0; n < 100; ++n) {
    band_economics e = account();
    e.health = {.drift = random.uniform(-0.5, 0.5), .volatility = random.uniform(0.3, 1.2)};
    e.cost = random.log_uniform(1e-4, 1e-2);
    e.wanted = random.uniform(1.1, 1.7);
    e.latency = n % 3 == 0 ? 1.0 / 365.0 : 0.0;
    e.tracking = tracking_for(random.log_uniform(0.5, 8.0), e);
    const band_wishes wishes{.latency_risk = n % 3 == 0 ? 1e-8 : 1e-4};
    const auto best = best_reflecting_band_of(e, wishes);
    ASSERT_TRUE(best) << n << ' ' << name(best.error());
    floors += best->floor_binds ? 1 : 0;
    for (const double a : {-0.03, -0.001, 0.0, 0.001, 0.03})
      for (const double b : {-0.03, -0.001, 0.0, 0.001, 0.03}) {
        const double width = best->band.upper - best->band.lower;
        const double lower = std::fmax(best->band.lower + a * width, *log_floor(e, wishes));
        if (lower <= 0.0) continue;
        EXPECT_GE(cost_of(e, reflecting_band{lower, best->band.upper + b * width})->per_year,
                  best->cost.per_year * (1.0 - 1e-12));
      }
  }
  EXPECT_GT(floors, 0);
}

TEST(ReflectingBand, RefusesByName) {
  band_economics e = account();
  EXPECT_EQ(cost_of(e, reflecting_band{0.0, 0.3}).error(), errc::bad_configuration);
  EXPECT_EQ(cost_of(e, reflecting_band{0.3, 0.3}).error(), errc::bad_configuration);
  EXPECT_EQ(cost_of(e, reflecting_band{0.1, std::nan("")}).error(), errc::not_finite);
  e.cost = 0.0;
  EXPECT_EQ(best_reflecting_band_of(e).error(), errc::bad_configuration) << "no band at all";
  e = account();
  e.gas = 1.0;
  EXPECT_EQ(cost_of(e, reflecting_band{0.1, 0.3}).error(), errc::infeasible);
  EXPECT_EQ(best_reflecting_band_of(e).error(), errc::infeasible);
  e = account();
  e.threshold = 1.0;
  e.cost = 0.2;
  EXPECT_EQ(cost_of(e, reflecting_band{0.1, 0.3}).error(), errc::infeasible) << "each sale costs more than it frees";
  e.equity = -1.0;
  EXPECT_EQ(cost_of(e, reflecting_band{0.1, 0.3}).error(), errc::negative_amount);
}

}  // namespace
}  // namespace trimtab
