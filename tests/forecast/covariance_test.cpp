// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/forecast/covariance.hpp>
#include <trimtab/simulate/counter_random.hpp>

#include "support/random.hpp"
#include "support/tolerance.hpp"
#include <array>
#include <cmath>
#include <type_traits>
#include <vector>

namespace trimtab {
namespace {

using namespace forecast;

static_assert(std::is_trivially_copyable_v<covariance_state<6>>);
static_assert(sizeof(covariance_state<6>) == 22 * sizeof(double));

TEST(Covariance, IsTheWeightedMeanOfOuterProducts) {
  test::random_numbers random(1996);
  constexpr std::size_t assets = 4, count = 60;
  const ewma_covariance model{.decay = 0.9, .period_years = 0.01};
  covariance_state<assets> state;
  std::vector<std::array<double, assets>> returns(count);
  std::vector<double> years(count);
  for (std::size_t t = 0; t < count; ++t) {
    for (double& r : returns[t]) r = random.uniform(-0.1, 0.1);
    years[t] = random.log_uniform(1e-4, 0.1);
    state = model.step(state, returns[t], years[t]);
  }
  for (std::size_t i = 0; i < assets; ++i)
    for (std::size_t j = 0; j < assets; ++j) {
      long double sum = 0.0L, weight = 1.0L, scale = 0.0L;  // from the last back to the first
      for (std::size_t t = count; t-- > 0;) {
        const long double kept = t == 0 ? 0.0L : std::pow(0.9L, static_cast<long double>(years[t]) / 0.01L);
        const long double term =
            weight * (1.0L - kept) * static_cast<long double>(returns[t][i]) * returns[t][j] / years[t];
        sum += term, scale += std::fabs(term), weight *= kept;
      }
      EXPECT_NEAR(state.covariance(i, j), static_cast<double>(sum), 1e-14 * static_cast<double>(scale)) << i << j;
      EXPECT_EQ(state.covariance(i, j), state.covariance(j, i));
    }
  double total = 0.0;
  for (const double t : years) total += t;
  EXPECT_TRUE(test::close(state.years, total, 1e-14));
}

TEST(Covariance, TwoHalfStepsForgetAsMuchAsOne) {
  const ewma_covariance model{.decay = 0.94, .period_years = 1.0 / 365.0};
  const std::array<double, 2> first{0.03, -0.02}, still{0.0, 0.0};
  const covariance_state<2> start = model.step(covariance_state<2>{}, first, 1.0 / 365.0);
  const covariance_state<2> once = model.step(start, still, 1.0 / 365.0);
  const covariance_state<2> twice = model.step(model.step(start, still, 0.5 / 365.0), still, 0.5 / 365.0);
  EXPECT_TRUE(test::close(once.covariance(0, 0), 0.94 * 0.03 * 0.03 * 365.0, 1e-14));
  EXPECT_TRUE(test::close(once.covariance(0, 1), twice.covariance(0, 1), 1e-14));
  EXPECT_TRUE(test::close(start.volatility(0), 0.03 * std::sqrt(365.0), 1e-15));
  EXPECT_TRUE(test::close(start.correlation(0, 1), -1.0, 1e-15));
}

TEST(Covariance, FindsTheTruthOfASimulation) {
  // dX = L dW with known LL'. A slow memory has an effective sample of (1 + λ)/(1 − λ) observations.
  const double annual = 0.8 * 0.8, beta = 1.2, own = 0.5;
  const ewma_covariance model{.decay = 0.9995, .period_years = 1.0 / 365.0};
  const simulate::counter_random random{.seed = 12};
  covariance_state<2> state;
  for (std::size_t t = 0; t < 40000; ++t) {
    const double years = (t % 3 == 0 ? 0.5 : 1.25) / 365.0, root = std::sqrt(years);
    const double market = 0.8 * root * random.normal(2 * t);
    state = model.step(state, std::array{market, beta * market + own * root * random.normal(2 * t + 1)}, years);
  }
  const double error =
      std::sqrt(2.0 * (1.0 - 0.9995) / 2.0 * 1.2);  // relative, of a variance; uneven steps add a fifth
  EXPECT_NEAR(state.covariance(0, 0) / annual, 1.0, 3.0 * error);
  EXPECT_NEAR(state.covariance(0, 1) / (beta * annual), 1.0, 3.0 * error);
  EXPECT_NEAR(state.covariance(1, 1) / (beta * beta * annual + own * own), 1.0, 3.0 * error);
  const double rho = beta * 0.8 / std::sqrt(beta * beta * annual + own * own);
  EXPECT_NEAR(state.correlation(0, 1), rho, 3.0 * error);
  EXPECT_NEAR(*state.variance_of(std::array{-beta, 1.0}) / (own * own), 1.0, 3.0 * error);  // the market cancels
}

TEST(Covariance, StaysPositiveOverAMillionSteps) {
  test::random_numbers random(3);
  const ewma_covariance model{.decay = 0.94, .period_years = 1.0};
  covariance_state<3> state;
  for (int t = 0; t < 1000000; ++t) {
    const double x = random.uniform(-1.0, 1.0), y = random.uniform(-1.0, 1.0);
    state = model.step(state, std::array{x, y, x + y}, 1.0);  // of rank two
    if (t % 1000 != 0) continue;
    for (int k = 0; k < 3; ++k) ASSERT_GE(state.variance_of(std::array{1.0, 1.0, -1.0 + 1e-9 * k}).value_or(-1.0), 0.0);
    ASSERT_LE(std::fabs(state.correlation(0, 2)), 1.0);
  }
  EXPECT_NEAR(*state.variance_of(std::array{1.0, 1.0, -1.0}), 0.0, 1e-15);
}

TEST(Covariance, WhatIsBadChangesNothing) {
  const double nan = std::nan("");
  const ewma_covariance model{};
  EXPECT_EQ(model.validate(), errc::ok);
  EXPECT_EQ((ewma_covariance{.decay = 1.0}).validate(), errc::bad_configuration);
  EXPECT_EQ((ewma_covariance{.decay = -0.1}).validate(), errc::bad_configuration);
  EXPECT_EQ((ewma_covariance{.period_years = 0.0}).validate(), errc::bad_configuration);
  EXPECT_EQ((ewma_covariance{.decay = nan}).validate(), errc::not_finite);

  const covariance_state<2> none;
  EXPECT_TRUE(std::isnan(none.covariance(0, 0)));
  EXPECT_TRUE(std::isnan(none.volatility(1)));
  EXPECT_TRUE(std::isnan(none.correlation(0, 1)));
  EXPECT_EQ(none.variance_of(std::array{1.0, 1.0}).error(), errc::not_finite);

  const covariance_state<2> state = model.step(none, std::array{0.01, 0.02}, 0.01);
  const auto unchanged = [&](const covariance_state<2>& next) {
    return next.lower == state.lower && next.years == state.years;
  };
  EXPECT_TRUE(unchanged(model.step(state, std::array{nan, 0.02}, 0.01)));
  EXPECT_TRUE(unchanged(model.step(state, std::array{0.01, infinity}, 0.01)));
  EXPECT_TRUE(unchanged(model.step(state, std::array{0.01, 1e200}, 0.01)));
  EXPECT_TRUE(unchanged(model.step(state, std::array{0.01, 0.02}, 0.0)));
  EXPECT_TRUE(unchanged(model.step(state, std::array{0.01, 0.02}, -1.0)));
  EXPECT_TRUE(unchanged(model.step(state, std::array{0.01, 0.02}, nan)));
  EXPECT_TRUE(unchanged(model.step(state, std::array{0.01}, 0.01)));
  EXPECT_TRUE(unchanged(model.step(state, std::array{0.01, 0.02, 0.03}, 0.01)));
  EXPECT_FALSE(unchanged(model.step(state, std::array{0.03, 0.02}, 0.01)));
  EXPECT_TRUE(std::isnan(state.covariance(2, 0)));
  EXPECT_EQ(state.variance_of(std::array{1.0}).error(), errc::size_mismatch);
  EXPECT_EQ(state.variance_of(std::array{1.0, nan}).error(), errc::not_finite);
  EXPECT_TRUE(std::isnan(model.step(none, std::array{0.0, 0.02}, 0.01).correlation(0, 1)));
  const covariance_state<2> last = ewma_covariance{.decay = 0.0}.step(state, std::array{0.03, 0.0}, 0.01);
  EXPECT_TRUE(test::close(last.covariance(0, 0), 0.09, 1e-14));  // no memory at all
  EXPECT_EQ(last.covariance(1, 1), 0.0);
}

}  // namespace
}  // namespace trimtab
