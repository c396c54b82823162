// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/forecast/best_band.hpp>

#include "support/random.hpp"
#include "support/tolerance.hpp"
#include "support/vaults.hpp"
#include <algorithm>
#include <array>
#include <cmath>

namespace trimtab {
namespace {

using namespace forecast;

constexpr double twelve_seconds = 12.0 / 31536000.0;
constexpr band_wishes no_floor{.latency_risk = 1.0};

/// An account at leverage L on 80 % a year, in units of its equity.
band_economics at_leverage(double leverage, double cost, double gas, double risk_aversion = 1.0) {
  band_economics e{.health = {.drift = 0.0, .volatility = 0.8},
                   .threshold = 0.8,
                   .equity = 1.0,
                   .gas = gas,
                   .cost = cost,
                   .wanted = 0.8 * leverage / (leverage - 1.0)};
  e.tracking = tracking_for(risk_aversion, e);
  return e;
}

/// The simplex of Nelder and Mead, patient: another road to the least cost.
double by_simplex(const band_economics& e, double floor, double held, std::array<double, 3> start) {
  using point = std::array<double, 3>;  // ln(target − lower), target, ln(upper − target)
  const auto cost = [&](const point& p) {
    const double target = held > 0.0 ? held : p[1], lower = target - std::exp(p[0]);
    if (!(lower >= floor)) return infinity;
    const auto c = cost_in_logs(e, {lower, target, target + std::exp(p[2])});
    return c ? c->per_year : infinity;
  };
  double best = infinity;
  for (int restart = 0; restart < 6; ++restart) {
    std::array<std::pair<double, point>, 4> simplex;
    for (std::size_t i = 0; i < 4; ++i) {
      point p = start;
      if (i > 0) p[i - 1] += i == 2 ? 0.2 * std::exp(std::min(start[0], start[2])) : (restart % 2 == 0 ? 0.2 : -0.2);
      simplex[i] = {cost(p), p};
    }
    for (int n = 0; n < 700; ++n) {
      std::sort(simplex.begin(), simplex.end());
      point centre{};
      for (std::size_t i = 0; i < 3; ++i)
        for (std::size_t j = 0; j < 3; ++j) centre[j] += simplex[i].second[j] / 3.0;
      const auto towards = [&](double t) {
        point p;
        for (std::size_t j = 0; j < 3; ++j) p[j] = centre[j] + t * (simplex[3].second[j] - centre[j]);
        return std::pair{cost(p), p};
      };
      const auto reflected = towards(-1.0);
      if (reflected.first < simplex[0].first) {
        simplex[3] = std::min(reflected, towards(-2.0));
      } else if (reflected.first < simplex[2].first) {
        simplex[3] = reflected;
      } else if (const auto in = towards(reflected.first < simplex[3].first ? -0.5 : 0.5);
                 in.first < std::min(reflected.first, simplex[3].first)) {
        simplex[3] = in;
      } else {
        for (std::size_t i = 1; i < 4; ++i) {
          for (std::size_t j = 0; j < 3; ++j)
            simplex[i].second[j] = 0.5 * (simplex[i].second[j] + simplex[0].second[j]);
          simplex[i].first = cost(simplex[i].second);
        }
      }
    }
    std::sort(simplex.begin(), simplex.end());
    best = std::min(best, simplex[0].first);
    start = simplex[0].second;
  }
  return best;
}

double least_cost(const band_economics& e, double floor, double held = 0.0) {
  const double h = jump_rule(e).half_width, centre = std::max(std::log(e.wanted), floor + 1.2 * h);
  double best = infinity;
  for (const double width : {0.5, 1.0, 2.5})
    best = std::min(best, by_simplex(e, floor, held,
                                     {std::log(std::min(width * h, 0.9 * ((held > 0.0 ? held : centre) - floor))),
                                      centre, std::log(width * h)}));
  return best;
}

TEST(BestBand, IsAsGoodAsAnySimplexFinds) {
  test::random_numbers random(1965);
  int floors = 0, refused = 0;
  double worst = 0.0;
  const auto check = [&](const band_economics& e, const band_wishes& wishes) {
    const auto best = best_band_of(e, wishes);
    if (!best) {
      EXPECT_EQ(best.error(), errc::no_convergence);
      ++refused;
      return;
    }
    floors += best->floor_binds ? 1 : 0;
    const double held = wishes.target > 0.0 ? std::log(wishes.target) : 0.0;
    const double least = least_cost(e, std::log(best->floor), held);
    worst = std::max(worst, best->cost.per_year / least - 1.0);
    EXPECT_LE(best->cost.per_year, least * (1.0 + 1e-6)) << e.gas << ' ' << e.cost << ' ' << e.health.drift;
    EXPECT_LE(best->cost.per_year, best->cost_of_rule * (1.0 + 1e-12));
    EXPECT_LE(best->other_start, best->cost.per_year * (1.0 + 1e-6));
    EXPECT_LE(best->gradient, 1e-4);
    EXPECT_GE(best->band.lower, best->floor * (1.0 - 1e-15));
  };
  for (const double gas : {1e-5, 1e-4, 1e-3}) {
    for (const double cost : {0.0, 5e-4}) {
      check(at_leverage(2.0, cost, gas), no_floor);
      check(at_leverage(3.0, cost, gas), no_floor);
    }
  }
  for (const double cost : {5e-4, 30e-4}) check(at_leverage(2.0, cost, 0.0), no_floor);
  check(at_leverage(2.0, 5e-4, 0.0, 10.0), no_floor);
  for (int n = 0; n < 50; ++n) {
    band_economics e = test::busy_vault();
    e.health = {.drift = random.uniform(-0.6, 0.6), .volatility = random.uniform(0.3, 1.2)};
    e.gas = random.log_uniform(0.5, 200.0);
    e.cost = random.log_uniform(1e-4, 5e-3);
    e.latency = random.log_uniform(1.0, 3000.0) * twelve_seconds;
    e.wanted = random.uniform(1.04, 1.8);
    if (n % 5 == 0) {  // slow and with little to lose: the floor binds
      e.latency = 7000.0 * twelve_seconds;
      e.loss = 50.0;
      e.wanted = random.uniform(1.2, 1.3);
    }
    e.tracking = tracking_for(random.log_uniform(0.5, 8.0), e);
    check(e, {.latency_risk = n % 5 == 0 ? 1e-9 : 1e-4, .target = n % 4 == 3 ? std::max(e.wanted, 1.5) : 0.0});
  }
  EXPECT_GT(floors, 5);
  EXPECT_LE(refused, 1);
  std::printf("worst against the simplex %.1e, floors that bind %d, refused %d\n", worst, floors, refused);
}

TEST(BestBand, IsNearTheTable) {
  // Exact optima with the penalty in leverage, ours has it in ln health: half-widths in leverage and cost rates.
  struct line {
    double leverage, cost, gas, half, rate;
  };
  for (const line& t :
       {line{2, 0, 1e-5, 0.1480, 0.00233}, line{2, 0, 1e-4, 0.2631, 0.00732}, line{2, 5e-4, 1e-5, 0.2346, 0.00878},
        line{3, 5e-4, 1e-4, 0.5543, 0.04412}, line{2, 5e-4, 1e-3, 0.4757, 0.02537}}) {
    const auto best = best_band_of(at_leverage(t.leverage, t.cost, t.gas), no_floor);
    ASSERT_TRUE(best);
    const double half = 0.5 * (leverage_at(best->band.lower, 0.8) - leverage_at(best->band.upper, 0.8));
    EXPECT_NEAR(half, t.half, 0.17 * t.half);
    EXPECT_NEAR(best->cost.per_year, t.rate, 0.04 * t.rate);
  }
}

/// What it is worth to be at x and not at the target, in a band that costs what it costs.
double worth(const band_economics& e, const log_band& band, const band_cost& cost, double x) {
  const band_occupation stay = occupation_of(e.health, band.lower, x, band.upper);
  const double off = x - std::log(e.wanted), sold = cost.trades.sold, borrowed = cost.trades.borrowed;
  const double hazard = e.jumps.rate * (1.0 - e.jumps.up_share) * e.loss;
  const double in_flight = e.latency > 0.0 ? e.loss * liquidation_probability(e.health, band.lower, e.latency) : 0.0;
  return stay.below * (e.gas + sold * (e.cost + e.impact * sold) + in_flight) +
         stay.above * (e.gas + borrowed * (e.cost + e.impact * borrowed)) +
         e.tracking * (stay.second + off * (2.0 * stay.first + off * stay.years)) +
         hazard * stay.exponential(e.jumps.down_decay, x) - cost.per_year * stay.years;
}
double price_of_trade(const band_economics& e, const log_band& band, double x) {
  const bool low = x < band.target;
  const auto trades = trades_at(e, {low ? x : band.lower, band.target, low ? band.upper : x});
  const double q = low ? trades->sold : trades->borrowed;
  return e.gas + q * (e.cost + e.impact * q) + (low ? e.loss * liquidation_probability(e.health, x, e.latency) : 0.0);
}

TEST(BestBand, IsIndifferentAtItsEdgesAndPatientInside) {
  const band_economics e = test::busy_vault();
  const auto best = best_band_of(e);
  ASSERT_TRUE(best);
  ASSERT_FALSE(best->floor_binds);
  const auto eager = [&](const log_band& band) {  // how much more a trade is worth than it costs, at most
    const auto cost = cost_in_logs(e, band);
    EXPECT_NEAR(worth(e, band, *cost, band.target), 0.0, 1e-9 * cost->per_year * cost->cycle_years);
    double most = -infinity;
    for (int k = 1; k < 400; ++k) {
      const double x = band.lower + (band.upper - band.lower) * k / 400.0;
      most = std::max(most, (worth(e, band, *cost, x) - price_of_trade(e, band, x)) / e.gas);
    }
    return most;
  };
  const log_band b = best->logs;
  EXPECT_LT(eager(b), 1e-9);
  const double edge = 1e-7 * (b.upper - b.lower);
  for (const double x : {b.lower + edge, b.upper - edge})
    EXPECT_NEAR(worth(e, b, best->cost, x), price_of_trade(e, b, x), 1e-6 * e.gas) << "indifferent";
  EXPECT_GT(eager({b.lower, b.target, b.upper + 0.1}), 0.01) << "waits too long";
  EXPECT_GT(eager({b.lower - 0.5 * (b.target - b.lower), b.target, b.upper}), 0.01);
}

TEST(BestBand, DoesNotWidenWithVolatility) {
  band_economics e = test::busy_vault();
  e.latency = 0.0;
  const auto slow = best_band_of(e);
  for (const double k : {0.1, 4.0, 9.0}) {
    band_economics faster = e;
    faster.health.volatility *= std::sqrt(k);
    faster.health.drift *= k;
    faster.tracking *= k;
    faster.jumps.rate *= k;
    const auto fast = best_band_of(faster);
    ASSERT_TRUE(fast);
    EXPECT_TRUE(test::close(fast->band.lower, slow->band.lower, 1e-6));
    EXPECT_TRUE(test::close(fast->band.target, slow->band.target, 1e-6));
    EXPECT_TRUE(test::close(fast->band.upper, slow->band.upper, 1e-6));
    EXPECT_TRUE(test::close(fast->cost.per_year, k * slow->cost.per_year, 1e-9));
  }
  // The penalty for a given risk aversion is such a tracking: its σ² is the variance.
  for (const double volatility : {0.4, 0.8, 1.6}) {
    band_economics f = at_leverage(2.0, 5e-4, 1e-4);
    f.health.volatility = volatility;
    f.tracking = tracking_for(1.0, f);
    EXPECT_TRUE(test::close(best_band_of(f, no_floor)->band.lower,
                            best_band_of(at_leverage(2.0, 5e-4, 1e-4), no_floor)->band.lower, 1e-6));
  }
}

TEST(BestBand, OnlyItsFloorScalesWithVolatilityAndTheRootOfLatency) {
  band_economics e = test::busy_vault();
  e.health.drift = 0.0;
  const double once = std::log(best_band_of(e, {.latency_risk = 1e-4, .least_lower = 1.0 + 1e-9})->floor);
  EXPECT_GT(once, 0.0);
  e.latency *= 9.0;
  EXPECT_TRUE(test::close(std::log(best_band_of(e)->floor), 3.0 * once, 1e-10));
  e.health.volatility *= 2.0;
  EXPECT_TRUE(test::close(std::log(best_band_of(e)->floor), 6.0 * once, 1e-10));
}

TEST(BestBand, StandsOnItsFloorWhereThatBinds) {
  band_economics e = at_leverage(4.0, 5e-4, 1e-3);
  e.latency = 300.0 * twelve_seconds;
  e.loss = 1e-3;  // hardly anything to lose: only the wish keeps it up
  const auto held_up = best_band_of(e, {.latency_risk = 1e-6});
  ASSERT_TRUE(held_up);
  EXPECT_TRUE(held_up->floor_binds);
  EXPECT_DOUBLE_EQ(held_up->band.lower, held_up->floor);
  EXPECT_TRUE(test::close(liquidation_probability(e.health, held_up->logs.lower, e.latency), 1e-6, 1e-9));
  const auto free = best_band_of(e, {.latency_risk = 1.0});
  ASSERT_TRUE(free);
  EXPECT_LT(free->band.lower, held_up->band.lower);
  EXPECT_LT(free->cost.per_year, held_up->cost.per_year);
  // With a real loss nobody needs the floor.
  e.loss = 0.5;
  const auto careful = best_band_of(e, {.latency_risk = 1e-1});
  ASSERT_TRUE(careful);
  EXPECT_GT(careful->band.lower, free->band.lower);
}

TEST(BestBand, IsWiderTheDearerATradeIs) {
  double width = 0.0, cost = 0.0;
  for (const double gas : {0.5, 1.0, 2.0, 5.0, 20.0, 50.0}) {
    band_economics e = test::busy_vault();
    e.gas = gas;
    const auto best = best_band_of(e);
    ASSERT_TRUE(best);
    EXPECT_GT(best->logs.upper - best->logs.lower, width);
    EXPECT_GT(best->cost.per_year, cost);
    width = best->logs.upper - best->logs.lower;
    cost = best->cost.per_year;
  }
  width = cost = 0.0;
  for (const double share : {0.0, 1e-4, 5e-4, 2e-3, 1e-2}) {
    band_economics e = test::busy_vault();
    e.cost = share;
    const auto best = best_band_of(e);
    ASSERT_TRUE(best);
    EXPECT_GT(best->logs.upper - best->logs.lower, width);
    EXPECT_GT(best->cost.per_year, cost);
    width = best->logs.upper - best->logs.lower;
    cost = best->cost.per_year;
  }
}

TEST(BestBand, HoldsAGivenTarget) {
  const band_economics e = test::busy_vault();
  const auto free = best_band_of(e);
  for (const double target : {1.2, 1.3, 1.5}) {
    const auto held = best_band_of(e, {.target = target});
    ASSERT_TRUE(held);
    EXPECT_DOUBLE_EQ(held->band.target, target);
    EXPECT_GE(held->cost.per_year, free->cost.per_year);
  }
  const auto same = best_band_of(e, {.target = free->band.target});
  EXPECT_TRUE(test::close(same->cost.per_year, free->cost.per_year, 1e-10));
}

TEST(BestBand, RefusesByName) {
  const double nan = std::nan("");
  band_economics e = test::busy_vault();
  EXPECT_EQ(best_band_of(e, {.latency_risk = 0.0}).error(), errc::bad_configuration);
  EXPECT_EQ(best_band_of(e, {.latency_risk = 1.5}).error(), errc::bad_configuration);
  EXPECT_EQ(best_band_of(e, {.latency_risk = nan}).error(), errc::not_finite);
  EXPECT_EQ(best_band_of(e, {.least_lower = 1.0}).error(), errc::bad_configuration);
  EXPECT_EQ(best_band_of(e, {.target = 0.9}).error(), errc::bad_configuration);
  EXPECT_EQ(best_band_of(e, {.latency_risk = 1e-9, .target = 1.002}).error(), errc::infeasible);
  e.tracking = 0.0;
  EXPECT_EQ(best_band_of(e).error(), errc::bad_configuration) << "nothing against an endless band";
  e = test::busy_vault();
  e.gas = e.cost = 0.0;
  EXPECT_EQ(best_band_of(e).error(), errc::bad_configuration) << "nothing against trading all the time";
  e = test::busy_vault();
  e.equity = nan;
  EXPECT_EQ(best_band_of(e).error(), errc::not_finite);
}

}  // namespace
}  // namespace trimtab
