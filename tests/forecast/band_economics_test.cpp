// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/forecast/band_economics.hpp>

#include <cmath>
#include <limits>

namespace trimtab {
namespace {

using namespace forecast;

band_economics typical() {
  return {.health = {.drift = -0.1, .volatility = 0.7}, .threshold = 0.8, .equity = 1e6, .gas = 20.0, .cost = 5e-4};
}

TEST(BandEconomics, TradesEndAtTheTarget) {
  for (const double impact : {0.0, 1e-12, 1e-9, 2e-8})
    for (const double cost : {0.0, 5e-4, 0.02}) {
      auto e = typical();
      e.impact = impact, e.cost = cost;
      const log_band band{std::log(1.25), std::log(1.4), std::log(1.7)};
      const auto trades = trades_at(e, band);
      ASSERT_TRUE(trades) << name(trades.error());
      const long double h = std::exp(static_cast<long double>(band.target)), w = e.threshold;
      const long double debt = e.equity * w / (h - w);
      const auto collateral = [&](double x) { return debt * std::exp(static_cast<long double>(x)) / w; };
      const long double s = trades->sold, b = trades->borrowed;
      const long double after_sale = w * (collateral(band.lower) - s) / (debt - s * (1.0L - cost) + impact * s * s);
      const long double after_loan = w * (collateral(band.upper) + b * (1.0L - cost) - impact * b * b) / (debt + b);
      EXPECT_NEAR(static_cast<double>(after_sale / h), 1.0, 1e-14);
      EXPECT_NEAR(static_cast<double>(after_loan / h), 1.0, 1e-14);
      EXPECT_NEAR(static_cast<double>((collateral(band.target) - debt) / e.equity), 1.0, 1e-14);
    }
}

TEST(BandEconomics, TradesThatCannotBe) {
  auto e = typical();
  const log_band band{std::log(1.25), std::log(1.4), std::log(1.7)};
  e.impact = 1e-6;  // selling moves the price more than it repays
  EXPECT_EQ(trades_at(e, band).error(), errc::infeasible);
  e = typical();
  e.cost = 0.5;  // each sale loses health
  EXPECT_EQ(trades_at(e, band).error(), errc::infeasible);
}

TEST(BandEconomics, TrackingIsSecondOrderLossOfLeverage) {
  auto e = typical();
  e.wanted = 1.5;
  const double gamma = 2.5, rate = tracking_for(gamma, e), x = 1e-4;
  const double leverage = leverage_at(1.5, 0.8), moved = leverage_at(1.5 * std::exp(x), 0.8);
  const double loss = 0.5 * gamma * 0.49 * e.equity * (moved - leverage) * (moved - leverage);
  EXPECT_NEAR(rate * x * x / loss, 1.0, 1e-3);
  EXPECT_NEAR(leverage_at(2.0, 1.0), 2.0, 1e-15);
}

TEST(BandEconomics, Validates) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  const auto refusal = [](double band_economics::*field, double value) {
    auto e = typical();
    e.*field = value;
    return e.validate();
  };
  EXPECT_EQ(typical().validate(), errc::ok);
  for (const auto field : {&band_economics::threshold, &band_economics::equity, &band_economics::gas,
                           &band_economics::cost, &band_economics::impact, &band_economics::latency,
                           &band_economics::loss, &band_economics::tracking, &band_economics::wanted})
    EXPECT_EQ(refusal(field, nan), errc::not_finite);
  for (const auto field :
       {&band_economics::equity, &band_economics::gas, &band_economics::cost, &band_economics::impact,
        &band_economics::latency, &band_economics::loss, &band_economics::tracking})
    EXPECT_EQ(refusal(field, -1.0), errc::negative_amount);
  EXPECT_EQ(refusal(&band_economics::threshold, 0.0), errc::threshold_range);
  EXPECT_EQ(refusal(&band_economics::threshold, 1.01), errc::threshold_range);
  EXPECT_EQ(refusal(&band_economics::equity, 0.0), errc::bad_configuration);
  EXPECT_EQ(refusal(&band_economics::cost, 1.0), errc::bad_configuration);
  EXPECT_EQ(refusal(&band_economics::wanted, 1.0), errc::bad_configuration);
  auto e = typical();
  e.health.volatility = 0.0;
  EXPECT_EQ(e.validate(), errc::bad_configuration);
  e = typical();
  e.jumps.rate = -1.0;
  EXPECT_EQ(e.validate(), errc::negative_amount);
}

TEST(BandEconomics, LogsAndBack) {
  const health_band band{1.2, 1.3, 1.5}, back = exp_of(log_of(band));
  EXPECT_NEAR(back.lower, 1.2, 1e-15);
  EXPECT_NEAR(back.target, 1.3, 1e-15);
  EXPECT_NEAR(back.upper, 1.5, 1e-15);
}

}  // namespace
}  // namespace trimtab
