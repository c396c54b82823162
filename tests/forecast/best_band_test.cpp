// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/forecast/best_band.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <vector>

namespace trimtab {
namespace {

using namespace forecast;

constexpr double minute = 60.0 / 31536000.0;

band_economics typical() {
  band_economics e{.health = {.drift = -0.1, .volatility = 0.7},
                   .threshold = 0.8,
                   .equity = 1e6,
                   .gas = 20.0,
                   .cost = 5e-4,
                   .impact = 1e-9,
                   .latency = minute,
                   .loss = 1e5,
                   .wanted = 1.6};
  e.tracking = tracking_for(1.0, e);
  return e;
}

/// An investor at a leverage, in shares of equity: the cases of the rules' table.
band_economics investor(double leverage, double spread, double fixed, double risk_aversion) {
  constexpr double w = 0.8;
  band_economics e{.health = {.drift = 0.0, .volatility = 0.8},
                   .threshold = w,
                   .equity = 1.0,
                   .gas = fixed,
                   .cost = spread,
                   .wanted = w * leverage / (leverage - 1.0)};
  e.tracking = tracking_for(risk_aversion, e);
  return e;
}

std::vector<band_economics> cases() {
  std::vector<band_economics> all = {
      typical(),
      investor(2, 0.0, 1e-5, 1),
      investor(2, 0.0, 1e-4, 1),
      investor(2, 5e-4, 1e-5, 1),
      investor(3, 5e-4, 1e-4, 1),
      investor(2, 5e-4, 1e-3, 1),
      investor(2, 5e-4, 1e-7, 1),
      investor(3, 5e-4, 1e-7, 1),
      investor(2, 3e-3, 1e-7, 1),
      investor(2, 5e-4, 1e-7, 10),
      investor(2, 5e-4, 0.0, 1),
  };
  auto e = typical();  // near the edge: short of health, jumps, a slow keeper
  e.wanted = 1.2, e.jumps = {.rate = 20.0, .up_share = 0.4, .up_decay = 30.0, .down_decay = 25.0};
  e.latency = 30.0 * minute;
  all.push_back(e);
  e = typical();  // dear gas
  e.gas = 2e4;
  all.push_back(e);
  e = typical();  // a thin pool
  e.impact = 3e-8;
  all.push_back(e);
  e = typical();  // strong drifts
  e.health.drift = 2.0;
  all.push_back(e);
  e.health.drift = -2.0;
  all.push_back(e);
  e = typical();  // calm
  e.health.volatility = 0.05;
  all.push_back(e);
  e = typical();  // tight for its latency: the floor binds
  e.wanted = 1.06, e.latency = 60.0 * minute, e.loss = 1.0;
  all.push_back(e);
  return all;
}

/// Nelder and Mead's simplex, restarted until it gains nothing: slow, and needs no derivative.
double simplex_search(const std::function<double(std::array<double, 3>)>& f, std::array<double, 3> start) {
  double last = std::numeric_limits<double>::infinity();
  for (int restart = 0; restart < 12; ++restart) {
    std::array<std::array<double, 3>, 4> x{start, start, start, start};
    for (std::size_t i = 0; i < 3; ++i) x[i + 1][i] += restart % 2 == 0 ? 0.3 : -0.05;
    std::array<double, 4> y{};
    for (std::size_t i = 0; i < 4; ++i) y[i] = f(x[i]);
    for (int k = 0; k < 250; ++k) {
      std::array<std::size_t, 4> order{0, 1, 2, 3};
      std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return y[a] < y[b]; });
      const std::size_t worst = order[3];
      std::array<double, 3> middle{};
      for (std::size_t j = 0; j < 3; ++j)
        for (std::size_t i = 0; i < 3; ++i) middle[i] += x[order[j]][i] / 3.0;
      const auto along = [&](double t) {
        std::array<double, 3> p{};
        for (std::size_t i = 0; i < 3; ++i) p[i] = middle[i] + t * (x[worst][i] - middle[i]);
        return p;
      };
      auto p = along(-1.0);
      double v = f(p);
      if (v < y[order[0]]) {
        const auto further = along(-2.0);
        const double w = f(further);
        if (w < v) p = further, v = w;
      } else if (!(v < y[order[2]])) {
        p = along(v < y[worst] ? -0.5 : 0.5), v = f(p);
      }
      if (v < y[worst]) {
        x[worst] = p, y[worst] = v;
        continue;
      }
      for (std::size_t j = 1; j < 4; ++j) {
        for (std::size_t i = 0; i < 3; ++i) x[order[j]][i] = 0.5 * (x[order[j]][i] + x[order[0]][i]);
        y[order[j]] = f(x[order[j]]);
      }
    }
    const auto least = static_cast<std::size_t>(std::min_element(y.begin(), y.end()) - y.begin());
    start = x[least];
    if (!(y[least] < last * (1.0 - 1e-12))) return y[least];
    last = y[least];
  }
  return last;
}

double best_by_search(const band_economics& e, double floor) {
  const auto f = [&](std::array<double, 3> x) {
    const double low = floor + std::exp(x[1]), target = low + std::exp(x[0]);  // never below the floor
    const auto cost = cost_in_logs(e, {low, target, target + std::exp(x[2])});
    return cost ? cost->per_year : std::numeric_limits<double>::infinity();
  };
  const log_band rule = rule_in_logs(e);
  const double half = rule.upper - rule.target;
  double best = std::numeric_limits<double>::infinity();
  for (const double scale : {0.4, 1.0, 2.0}) {
    const double low = std::max(rule.target - scale * half - floor, 0.05 * half);
    best = std::min(best, simplex_search(f, {std::log(scale * half), std::log(low), std::log(half)}));
  }
  return best;
}

TEST(BestBand, NoSearchFindsABetterOne) {
  int on_floor = 0, index = 0;
  for (const auto& e : cases()) {
    const auto best = best_band_of(e);
    ASSERT_TRUE(best) << "case " << index << ": " << name(best.error());
    const double searched = best_by_search(e, std::log(best->floor));
    EXPECT_NEAR(best->cost.per_year / searched, 1.0, 1e-6) << "case " << index;
    EXPECT_NEAR(best->starts[0] / best->starts[1], 1.0, 1e-7);
    EXPECT_LT(best->gradient, 1e-5) << "case " << index;
    EXPECT_GE(best->logs.lower, std::log(best->floor) * (1.0 - 1e-12));
    if (!best->on_floor && best->rule.lower > std::log(best->floor)) {
      EXPECT_LE(best->cost.per_year, best->at_rule);
    }
    EXPECT_LT(best->evaluations, 600) << "case " << index;
    on_floor += best->on_floor ? 1 : 0;
    ++index;
  }
  EXPECT_GE(on_floor, 1);
  EXPECT_LT(on_floor, index / 2);
}

TEST(BestBand, RuleIsCloseWhereCostsAreSmall) {
  for (std::size_t k = 1; k < 6; ++k) {
    const auto e = cases()[k];
    const auto best = best_band_of(e);
    ASSERT_TRUE(best);
    const double width = 0.5 * (best->logs.upper - best->logs.lower), rule = best->rule.upper - best->rule.target;
    EXPECT_NEAR(width / rule, 1.0, 0.12) << k;
    EXPECT_NEAR(best->cost.per_year / cost_of_jumping(costs_of_health(e), rule), 1.0, 0.06) << k;
    if (e.cost > 0.0) {  // a fixed cost alone and no drift: symmetric
      EXPECT_GT(std::fabs(best->logs.upper + best->logs.lower - 2.0 * best->logs.target), 0.01 * rule);
    }
  }
}

TEST(BestBand, TrackingBandDoesNotWidenWithVolatility) {
  // Faster time: the same band, at a proportionally larger cost.
  auto e = typical();
  e.latency = 0.0;
  const auto calm = best_band_of(e);
  ASSERT_TRUE(calm);
  for (const double faster : {0.25, 2.0, 9.0}) {
    auto wild = e;
    wild.health = {.drift = e.health.drift * faster, .volatility = e.health.volatility * std::sqrt(faster)};
    wild.tracking = tracking_for(1.0, wild);
    EXPECT_NEAR(wild.tracking / (faster * e.tracking), 1.0, 1e-14);
    const auto best = best_band_of(wild);
    ASSERT_TRUE(best);
    EXPECT_NEAR(best->logs.lower, calm->logs.lower, 1e-5);
    EXPECT_NEAR(best->logs.target, calm->logs.target, 1e-5);
    EXPECT_NEAR(best->logs.upper, calm->logs.upper, 1e-5);
    EXPECT_NEAR(best->cost.per_year / (faster * calm->cost.per_year), 1.0, 1e-9);
  }
}

TEST(BestBand, FloorScalesWithVolatilityTimesRootOfLatency) {
  auto e = typical();
  e.health.drift = 0.0;
  const band_wishes wishes{.latency_risk = 1e-4};
  const double once = std::log(best_band_of(e, wishes)->floor);
  e.latency *= 4.0;
  EXPECT_NEAR(std::log(best_band_of(e, wishes)->floor) / once, 2.0, 1e-9);
  e.health.volatility *= 1.5;
  EXPECT_NEAR(std::log(best_band_of(e, wishes)->floor) / once, 3.0, 1e-9);
  const auto best = best_band_of(e, wishes);
  EXPECT_NEAR(liquidation_probability(e.health, std::log(best->floor), e.latency) / 1e-4, 1.0, 1e-9);
}

TEST(BestBand, FloorBindsAndHasAPrice) {
  const auto e = cases().back();
  const auto best = best_band_of(e);
  ASSERT_TRUE(best);
  ASSERT_TRUE(best->on_floor);
  EXPECT_NEAR(best->logs.lower, std::log(best->floor), 1e-12);
  EXPECT_GT(best->floor_price, 0.0);
  // The price is what a higher floor costs, the rest of the band free to follow.
  const double shift = 1e-3;
  const auto higher = best_band_of(e, {.lowest = best->floor * std::exp(shift)});
  const auto twice = best_band_of(e, {.lowest = best->floor * std::exp(2.0 * shift)});
  ASSERT_TRUE(higher && twice);
  const double slope = (4.0 * higher->cost.per_year - twice->cost.per_year - 3.0 * best->cost.per_year) / (2.0 * shift);
  EXPECT_NEAR(slope / best->floor_price, 1.0, 0.01);
  EXPECT_GE(best->cost.per_year, best_band_of(e, {.latency_risk = 0.5})->cost.per_year);
}

TEST(BestBand, DearerTradingMeansWiderAndDearer) {
  const auto width = [](const best_band& b) { return b.logs.upper - b.logs.lower; };
  const auto grows = [&](double band_economics::*field, bool wider) {
    auto e = typical();
    double cost = 0.0, wide = 0.0;
    for (int k = 0; k < 4; ++k, e.*field *= 3.0) {
      const auto best = best_band_of(e);
      ASSERT_TRUE(best) << name(best.error());
      EXPECT_GT(best->cost.per_year, cost);
      if (wider) {
        EXPECT_GT(width(*best), wide);
      }
      cost = best->cost.per_year, wide = width(*best);
    }
  };
  grows(&band_economics::gas, true);
  grows(&band_economics::cost, true);
  grows(&band_economics::impact, false);
  grows(&band_economics::tracking, false);
}

TEST(BestBand, TradingIsIndifferentAtItsEdges) {
  // V, the cost still to come relative to the target's, solves ½σ²V″ + νV′ + f = J with V = the trade's cost at either
  // edge. Where the edges are best, V also meets that cost smoothly: their slopes agree. Solved here by small steps.
  for (const std::size_t k : {std::size_t{3}, std::size_t{5}}) {
    const auto e = cases()[k];
    const auto best = best_band_of(e);
    ASSERT_TRUE(best);
    const double a = best->logs.lower, z = best->logs.target, b = best->logs.upper, m = std::log(e.wanted);
    const double variance = e.health.volatility * e.health.volatility, cost = best->cost.per_year;
    const auto trade = [&](double x) {
      const bool low = x < z;
      const auto t = trades_at(e, low ? log_band{x, z, b} : log_band{a, z, x});
      return e.gas + e.cost * (low ? t->sold : t->borrowed);
    };
    const auto slope_of_trade = [&](double x) { return (trade(x + 1e-6) - trade(x - 1e-6)) / 2e-6; };
    const auto bend = [&](double x, double s) {
      return 2.0 * (cost - e.tracking * (x - m) * (x - m) - e.health.drift * s) / variance;
    };
    double v = trade(a), s = slope_of_trade(a), x = a;
    const int steps = 4000;
    const double h = (b - a) / steps;
    double at_target = 0.0;
    for (int i = 0; i < steps; ++i) {
      const double before = v;
      const double s1 = s, k1 = bend(x, s1), s2 = s + 0.5 * h * k1, k2 = bend(x + 0.5 * h, s2);
      const double s3 = s + 0.5 * h * k2, k3 = bend(x + 0.5 * h, s3), s4 = s + h * k3, k4 = bend(x + h, s4);
      v += h / 6.0 * (s1 + 2.0 * s2 + 2.0 * s3 + s4);
      s += h / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4);
      if (x < z && x + h >= z) at_target = before + (z - x) / h * (v - before);
      x += h;
    }
    EXPECT_NEAR(at_target, 0.0, 1e-4 * trade(a)) << k;
    EXPECT_NEAR(v / trade(b), 1.0, 1e-4) << k;
    EXPECT_NEAR(s / slope_of_trade(b), 1.0, 1e-3) << k;
  }
}

TEST(BestBand, WithAGivenTarget) {
  const auto e = typical();
  const auto best = best_band_of(e);
  ASSERT_TRUE(best);
  const auto same = best_band_of(e, {.target = best->band.target});
  ASSERT_TRUE(same);
  EXPECT_NEAR(same->logs.lower, best->logs.lower, 1e-5);
  EXPECT_NEAR(same->logs.upper, best->logs.upper, 1e-5);
  const auto other = best_band_of(e, {.target = 1.5});
  ASSERT_TRUE(other);
  EXPECT_NEAR(other->band.target, 1.5, 1e-15);
  EXPECT_GT(other->cost.per_year, best->cost.per_year);
  const auto bound = best_band_of(e, {.lowest = 1.45, .target = 1.5});
  ASSERT_TRUE(bound);
  EXPECT_TRUE(bound->on_floor);
  EXPECT_NEAR(bound->band.lower, 1.45, 1e-14);
  EXPECT_GT(bound->cost.per_year, other->cost.per_year);
  EXPECT_GT(bound->floor_price, 0.0);
}

TEST(BestBand, RefusesWhatHasNoBestBand) {
  const auto refusal = [](const auto& change, const band_wishes& wishes = {}) {
    auto e = typical();
    change(e);
    return best_band_of(e, wishes).error();
  };
  const auto nothing = [](band_economics&) {};
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(refusal([](band_economics& e) { e.tracking = 0.0; }), errc::bad_configuration);
  EXPECT_EQ(refusal([](band_economics& e) { e.gas = e.cost = 0.0; }), errc::bad_configuration);
  EXPECT_EQ(refusal([](band_economics& e) { e.loss = nan; }), errc::not_finite);
  EXPECT_EQ(refusal([](band_economics& e) { e.gas = -1.0; }), errc::negative_amount);
  EXPECT_EQ(refusal([](band_economics& e) { e.threshold = 1.2; }), errc::threshold_range);
  EXPECT_EQ(refusal(nothing, {.latency_risk = nan}), errc::not_finite);
  EXPECT_EQ(refusal(nothing, {.latency_risk = 0.0}), errc::bad_configuration);
  EXPECT_EQ(refusal(nothing, {.lowest = 0.9}), errc::bad_configuration);
  EXPECT_EQ(refusal(nothing, {.lowest = 1.5, .target = 1.4}), errc::bad_configuration);
  // Nothing is lost by liquidation and trading costs more than being off: no edge above 1 is the best.
  EXPECT_EQ(refusal([](band_economics& e) { e.gas = 1e9, e.loss = 0.0, e.latency = 0.0; }), errc::no_convergence);
}

}  // namespace
}  // namespace trimtab
