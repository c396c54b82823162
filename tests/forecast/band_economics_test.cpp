// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/forecast/band_economics.hpp>

#include "support/random.hpp"
#include "support/tolerance.hpp"
#include <cmath>

namespace trimtab {
namespace {

using namespace forecast;

band_economics account() {
  return {.health = {.drift = 0.0, .volatility = 0.8}, .threshold = 0.8, .equity = 1e5, .wanted = 1.6};
}

TEST(BandTrades, BringHealthBackToTheTarget) {
  test::random_numbers random(41);
  int possible = 0;
  for (int n = 0; n < 4000; ++n) {
    band_economics e = account();
    e.threshold = random.uniform(0.5, 0.95);
    e.equity = random.log_uniform(1e2, 1e8);
    e.cost = n % 3 == 0 ? 0.0 : random.log_uniform(1e-5, 0.05);
    e.impact = n % 4 == 0 ? 0.0 : random.log_uniform(1e-4, 1.0) / e.equity;
    const double target = random.uniform(0.05, 1.0);
    const log_band band{target * random.uniform(0.1, 0.99), target, target * random.uniform(1.01, 3.0)};
    const auto trades = trades_at(e, band);
    if (!trades) continue;
    ++possible;
    const double h = std::exp(band.target), w = e.threshold, debt = e.equity / (h / w - 1.0);
    // Sold at the lower edge.
    const double low = std::exp(band.lower) * debt / w, q = trades->sold;
    const double after = w * (low - q) / (debt - q + e.cost * q + e.impact * q * q);
    EXPECT_TRUE(test::close(after, h, 1e-11)) << n;
    EXPECT_GT(low, q);
    // Borrowed at the upper edge.
    const double high = std::exp(band.upper) * debt / w, b = trades->borrowed;
    EXPECT_TRUE(test::close(w * (high + b - e.cost * b - e.impact * b * b) / (debt + b), h, 1e-11)) << n;
    EXPECT_GT(b, 0.0);
  }
  EXPECT_GT(possible, 1500);
  EXPECT_LT(possible, 4000);
}

TEST(BandTrades, GrowWithTheDistanceAndWithWhatTheyCost) {
  band_economics e = account();
  double sold = 0.0;
  for (const double lower : {0.45, 0.4, 0.3, 0.2, 0.1}) {
    const double now = trades_at(e, {lower, 0.5, 0.6})->sold;
    EXPECT_GT(now, sold);
    sold = now;
  }
  e.cost = 0.01;
  const double dearer = trades_at(e, {0.1, 0.5, 0.6})->sold;
  EXPECT_GT(dearer, sold);
  e.impact = 1e-8;
  EXPECT_GT(trades_at(e, {0.1, 0.5, 0.6})->sold, dearer);
  EXPECT_LT(trades_at(e, {0.1, 0.5, 0.6})->borrowed, e.equity);
}

TEST(BandTrades, SayWhatIsImpossible) {
  band_economics e = account();
  e.impact = 1e-3;  // a pool of a thousand for an account of a hundred thousand
  EXPECT_EQ(trades_at(e, {0.1, 0.5, 0.6}).error(), errc::infeasible);
  EXPECT_EQ(trades_at(e, {0.4999999, 0.5, 3.0}).error(), errc::infeasible) << "buying";
  e.impact = 0.0;
  e.threshold = 1.0;
  e.cost = 0.5;  // every sale lowers health
  EXPECT_EQ(trades_at(e, {0.1, 0.5, 0.6}).error(), errc::infeasible);
  e.cost = 0.0;
  EXPECT_TRUE(trades_at(e, {0.1, 0.5, 0.6}));
}

TEST(BandEconomics, RefusesByName) {
  const double nan = std::nan("");
  EXPECT_EQ(account().validate(), errc::ok);
  for (double band_economics::*field : {&band_economics::threshold, &band_economics::equity, &band_economics::gas,
                                        &band_economics::cost, &band_economics::impact, &band_economics::latency,
                                        &band_economics::loss, &band_economics::tracking, &band_economics::wanted}) {
    band_economics e = account();
    e.*field = nan;
    EXPECT_EQ(e.validate(), errc::not_finite);
    e.*field = infinity;
    EXPECT_EQ(e.validate(), errc::not_finite);
  }
  for (double band_economics::*field : {&band_economics::gas, &band_economics::cost, &band_economics::impact,
                                        &band_economics::latency, &band_economics::loss, &band_economics::tracking}) {
    band_economics e = account();
    e.*field = -1e-9;
    EXPECT_EQ(e.validate(), errc::negative_amount);
  }
  const auto with = [](double band_economics::*field, double value) {
    band_economics e = account();
    e.*field = value;
    return e.validate();
  };
  EXPECT_EQ(with(&band_economics::threshold, 0.0), errc::threshold_range);
  EXPECT_EQ(with(&band_economics::threshold, 1.1), errc::threshold_range);
  EXPECT_EQ(with(&band_economics::equity, 0.0), errc::bad_configuration);
  EXPECT_EQ(with(&band_economics::cost, 1.0), errc::bad_configuration);
  EXPECT_EQ(with(&band_economics::wanted, 1.0), errc::bad_configuration);
  band_economics e = account();
  e.health.volatility = 0.0;
  EXPECT_EQ(e.validate(), errc::bad_configuration);
  e = account();
  e.jumps.rate = -1.0;
  EXPECT_EQ(e.validate(), errc::negative_amount);
}

TEST(BandEconomics, TrackingIsTheLossOfGrowthOffTheWantedLeverage) {
  const band_economics e = account();  // leverage 2
  EXPECT_DOUBLE_EQ(leverage_at(1.6, 0.8), 2.0);
  const double d = 1e-4, tracking = tracking_for(3.0, e);
  const double off = leverage_at(1.6 * std::exp(d), 0.8) - leverage_at(1.6 * std::exp(-d), 0.8);
  EXPECT_TRUE(test::close(tracking * 4.0 * d * d, 0.5 * 3.0 * 0.64 * e.equity * off * off, 1e-6));
}

TEST(HealthBand, ToLogarithmsAndBack) {
  const health_band band = exp_of(log_of({1.1, 1.3, 1.7}));
  EXPECT_DOUBLE_EQ(band.lower, 1.1);
  EXPECT_DOUBLE_EQ(band.target, 1.3);
  EXPECT_DOUBLE_EQ(band.upper, 1.7);
}

}  // namespace
}  // namespace trimtab
