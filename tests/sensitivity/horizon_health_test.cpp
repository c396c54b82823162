// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/sensitivity/horizon_health.hpp>
#include <trimtab/sensitivity/imhof.hpp>
#include <trimtab/sensitivity/one_factor.hpp>

#include "support/books.hpp"
#include "support/moves.hpp"
#include "support/tolerance.hpp"
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <vector>

namespace trimtab {
namespace {

using sensitivity::horizon_health;
using sensitivity::lognormal_moves;
using sensitivity::one_factor_health;

// Volatilities and correlations of four assets: two that swing together, one that swings less, one that is stable.
const std::array drift{0.10, 0.05, 0.02, 0.0};
const std::array covariance{0.64, 0.50, 0.10, 0.0,  //
                            0.50, 0.49, 0.08, 0.0,  //
                            0.10, 0.08, 0.16, 0.0,  //
                            0.00, 0.00, 0.00, 1e-4};
const double prices_now[] = {3000.0, 3300.0, 150.0, 1.0};

// ETH, stETH and another collateral against stable debt and some ETH.
form<> account() {
  form<> f;
  EXPECT_EQ(f.collateral.add({10.0, 0.83, {0}, {1}}), errc::ok);
  EXPECT_EQ(f.collateral.add({6.0, 0.79, {1}, {2}}), errc::ok);
  EXPECT_EQ(f.collateral.add({100.0, 0.75, {2}, {3}}), errc::ok);
  EXPECT_EQ(f.debt.add({25000.0, 1.0, {3}, {4}}), errc::ok);
  EXPECT_EQ(f.debt.add({2.0, 1.0, {0}, {1}}), errc::ok);
  return f;
}

// Draws of health itself, fully revalued.
std::vector<double> revalued(const form<>& f, double years, int draws, std::uint64_t seed) {
  test::random_numbers random(seed);
  std::array<double, 16> root{};  // Cholesky
  for (std::size_t i = 0; i < 4; ++i)
    for (std::size_t j = 0; j <= i; ++j) {
      double left = covariance[i * 4 + j];
      for (std::size_t k = 0; k < j; ++k) left -= root[i * 4 + k] * root[j * 4 + k];
      root[i * 4 + j] = i == j ? std::sqrt(left) : left / root[j * 4 + j];
    }
  std::vector<double> health(static_cast<std::size_t>(draws));
  for (double& h : health) {
    std::array<double, 4> z{}, p{};
    for (double& x : z) x = test::normal(random);
    for (std::size_t i = 0; i < 4; ++i) {
      double move = (drift[i] - 0.5 * covariance[i * 5]) * years;
      for (std::size_t k = 0; k <= i; ++k) move += std::sqrt(years) * root[i * 4 + k] * z[k];
      p[i] = prices_now[i] * std::exp(move);
    }
    h = health_factor(f, oracle_prices<double>(p));
  }
  return health;
}

// Y under weights e^Y: each axis is N(d/(1−λ), 1/(1−λ)).
sensitivity::quadratic_form tilted(const sensitivity::quadratic_form& y) {
  sensitivity::quadratic_form out = y;
  for (std::size_t j = 0; j < y.size; ++j) {
    const double left = 1.0 - y.curvature[j], middle = y.slope[j] / left;
    out.constant += y.slope[j] * middle + 0.5 * y.curvature[j] * middle * middle;
    out.slope[j] = middle / std::sqrt(left);
    out.curvature[j] = y.curvature[j] / left;
  }
  return out;
}

TEST(HorizonHealth, AgainstFullRevaluation) {
  const form<> f = account();
  const oracle_prices<double> prices(prices_now);
  for (const double years : {1.0 / 52.0, 0.25}) {
    const auto made = horizon_health::from(f, prices, lognormal_moves{drift, covariance, years});
    ASSERT_TRUE(made.has_value()) << name(made.error());
    const int draws = 100000;
    const std::vector<double> health = revalued(f, years, draws, 2020);
    double sum = 0.0, squares = 0.0;
    for (const double h : health) sum += h, squares += h * h;
    const double mean = sum / draws, deviation = std::sqrt(squares / draws - mean * mean);
    // Three standard errors, and the second-order approximation's own error: third order in the moves.
    const double third = 0.1 * std::pow(0.8 * std::sqrt(years), 3.0);
    ASSERT_TRUE(made->mean().has_value());
    EXPECT_LE(std::fabs(*made->mean() - mean), 3.0 * deviation / std::sqrt(draws) + third * mean);
    EXPECT_LE(std::fabs(*made->standard_deviation() - deviation), 0.02 * deviation);
    for (const double alpha : {0.05, 0.01, 0.001}) {
      const auto q = made->quantile(alpha);
      ASSERT_TRUE(q.has_value()) << name(q.error());
      double below = 0.0, tail = 0.0, tail_squares = 0.0;
      for (const double h : health)
        if (h < *q) ++below, tail += h, tail_squares += h * h;
      const double p = below / draws, tail_average = tail / below;
      EXPECT_LE(std::fabs(p - alpha), 3.0 * std::sqrt(alpha / draws) + (years < 0.1 ? 0.01 : 0.5) * alpha) << years;
      const auto es = made->expected_shortfall(alpha);
      ASSERT_TRUE(es.has_value()) << name(es.error());
      EXPECT_LT(es->health, *q);
      EXPECT_LE(es->error, 1e-9);
      const double error = std::sqrt((tail_squares / below - tail_average * tail_average) / below);
      EXPECT_LE(std::fabs(es->health - tail_average), 3.0 * error + third * tail_average) << years << ' ' << alpha;
      EXPECT_TRUE(test::close(made->probability_below(*q)->probability, alpha, 1e-8));
      const auto exact = sensitivity::imhof_probability(made->log_health(), std::log(*q), 1e-10);
      ASSERT_TRUE(exact.has_value()) << name(exact.error());
      std::printf(
          "horizon %.3f yr, %g: quantile %.6f, P by saddlepoint off by %.1e, P revalued %.3g, shortfall %.6f (revalued "
          "%.6f)\n",
          years, alpha, *q, std::fabs(exact->probability / alpha - 1.0), p, es->health, tail_average);
      EXPECT_LE(std::fabs(exact->probability - alpha), 1e-3 * alpha);
      // E[e^Y; Y ≤ q] = e^{K(1)}·P(Y ≤ q) under weights e^Y, where Y is a quadratic form again: exact, by inversion.
      const sensitivity::quadratic_form weighted = tilted(made->log_health());
      const auto heavy = sensitivity::imhof_probability(weighted, std::log(*q), 1e-10);
      ASSERT_TRUE(heavy.has_value()) << name(heavy.error());
      EXPECT_TRUE(test::close(es->health, *made->mean() * heavy->probability / exact->probability, 1e-4));
    }
  }
}

TEST(HorizonHealth, IsExactWhereLogHealthIsLinear) {
  // One asset against another: ln H is a difference of log prices.
  form<> f;
  ASSERT_EQ(f.collateral.add({10.0, 0.8, {0}, {1}}), errc::ok);
  ASSERT_EQ(f.debt.add({100.0, 1.1, {2}, {3}}), errc::ok);
  const oracle_prices<double> prices(prices_now);
  const double years = 0.3, now = health_factor(f, prices);
  const auto made = horizon_health::from(f, prices, lognormal_moves{drift, covariance, years});
  ASSERT_TRUE(made.has_value()) << name(made.error());
  const one_factor_health exact{
      .stable = 0.0,
      .risky = now,
      .factor = {
          .drift = 0.10 - 0.32 - (0.02 - 0.08), .volatility = std::sqrt(0.64 + 0.16 - 2.0 * 0.10), .years = years}};
  EXPECT_TRUE(test::close(*made->mean(), *exact.mean(), 1e-13));
  const double spread = exact.factor.deviation();
  EXPECT_TRUE(test::close(*made->standard_deviation(), *exact.mean() * std::sqrt(std::expm1(spread * spread)), 1e-12));
  for (const double alpha : {1e-6, 0.001, 0.01, 0.05, 0.5, 0.9}) {
    const double q = *exact.quantile(alpha);
    EXPECT_TRUE(test::close(*made->quantile(alpha), q, 1e-12)) << alpha;
    EXPECT_TRUE(test::close(made->probability_below(q)->probability, alpha, 1e-12)) << alpha;
    EXPECT_TRUE(test::close(made->expected_shortfall(alpha)->health, *exact.expected_shortfall(alpha), 1e-11)) << alpha;
  }
}

TEST(HorizonHealth, FromAnAccountIsItsLogAndDerivatives) {
  test::random_numbers random(20);
  for (int n = 0; n < 50; ++n) {
    const test::random_book book(random);
    const lognormal_moves moves{drift, covariance, random.uniform(0.0, 0.2)};
    const auto g = sensitivity::in_log_prices(sensitivity::log_health_greeks(book.f, book.prices()), book.prices());
    std::array<double, 16> hessian{};
    for (std::size_t i = 0; i < 4; ++i)
      for (std::size_t j = 0; j < 4; ++j) hessian[i * 4 + j] = g.gamma(i, j);
    const auto a = horizon_health::from(book.f, book.prices(), moves);
    const auto b = horizon_health::make(g.value, {g.delta.data(), 4}, hessian, moves);
    ASSERT_TRUE(a.has_value() && b.has_value());
    // ln H expanded about the drifted prices: E[ln H_T] = ln H + ℓ'm + ½m'Λm + ½tr(ΛΣT).
    double expected = g.value;
    std::array<double, 4> m{};
    for (std::size_t i = 0; i < 4; ++i) m[i] = (drift[i] - 0.5 * covariance[i * 5]) * moves.years;
    for (std::size_t i = 0; i < 4; ++i) {
      expected += g.delta[i] * m[i];
      for (std::size_t j = 0; j < 4; ++j)
        expected += 0.5 * g.gamma(i, j) * (m[i] * m[j] + covariance[i * 4 + j] * moves.years);
    }
    EXPECT_LE(std::fabs(a->log_health().mean() - expected), 1e-14 * (1.0 + std::fabs(expected))) << n;
    EXPECT_EQ(a->log_health().mean(), b->log_health().mean());
    EXPECT_EQ(a->log_health().variance(), b->log_health().variance());
  }
}

TEST(HorizonHealth, TodayNothingHasMoved) {
  const form<> f = account();
  const oracle_prices<double> prices(prices_now);
  const auto made = horizon_health::from(f, prices, lognormal_moves{drift, covariance, 0.0});
  ASSERT_TRUE(made.has_value());
  const double now = health_factor(f, prices);
  EXPECT_TRUE(test::close(*made->mean(), now, 1e-15));
  EXPECT_EQ(*made->standard_deviation(), 0.0);
  EXPECT_TRUE(test::close(*made->quantile(0.01), now, 1e-15));
  EXPECT_TRUE(test::close(made->expected_shortfall(0.01)->health, now, 1e-12));
  EXPECT_EQ(made->probability_below(0.99 * now)->probability, 0.0);
  EXPECT_EQ(made->probability_below(1.01 * now)->probability, 1.0);
}

TEST(HorizonHealth, RefusesByName) {
  const double nan = std::nan("");
  const form<> f = account();
  const oracle_prices<double> prices(prices_now);
  const lognormal_moves moves{drift, covariance, 0.1};
  const std::vector<double> one(1, 0.5), gradient(4, 0.5), hessian(16, 0.0), many(17, 0.0), unknown(4, nan);
  EXPECT_EQ(horizon_health::make(0.1, gradient, hessian, moves).error(), errc::ok);
  EXPECT_EQ(horizon_health::make(0.1, one, hessian, moves).error(), errc::size_mismatch);
  EXPECT_EQ(horizon_health::make(0.1, gradient, one, moves).error(), errc::size_mismatch);
  EXPECT_EQ(horizon_health::make(0.1, gradient, hessian, {one, covariance, 0.1}).error(), errc::size_mismatch);
  EXPECT_EQ(horizon_health::make(0.1, gradient, hessian, {drift, one, 0.1}).error(), errc::size_mismatch);
  EXPECT_EQ(horizon_health::make(0.1, many, hessian, moves).error(), errc::capacity);
  EXPECT_EQ(horizon_health::make(nan, gradient, hessian, moves).error(), errc::not_finite);
  EXPECT_EQ(horizon_health::make(infinity, gradient, hessian, moves).error(), errc::not_finite);
  EXPECT_EQ(horizon_health::make(0.1, unknown, hessian, moves).error(), errc::not_finite);
  EXPECT_EQ(horizon_health::make(0.1, gradient, hessian, {unknown, covariance, 0.1}).error(), errc::not_finite);
  EXPECT_EQ(horizon_health::make(0.1, gradient, hessian, {drift, covariance, nan}).error(), errc::not_finite);
  EXPECT_EQ(horizon_health::make(0.1, gradient, hessian, {drift, covariance, -0.1}).error(), errc::bad_configuration);
  form<> free;
  ASSERT_EQ(free.collateral.add({1.0, 0.8, {0}, {1}}), errc::ok);
  EXPECT_EQ(horizon_health::from(free, prices, moves).error(), errc::not_finite);  // without debt
  const double bad_prices[] = {3000.0, -1.0, 150.0, 1.0};
  EXPECT_EQ(horizon_health::from(f, oracle_prices<double>(bad_prices), moves).error(), errc::non_positive_price);
  EXPECT_EQ(horizon_health::from(f, oracle_prices<double>(many), moves).error(), errc::capacity);

  const horizon_health h = *horizon_health::from(f, prices, moves);
  EXPECT_EQ(h.quantile(0.0).error(), errc::bad_configuration);
  EXPECT_EQ(h.expected_shortfall(1.0).error(), errc::bad_configuration);
  EXPECT_EQ(h.quantile(nan).error(), errc::not_finite);
  EXPECT_EQ(h.probability_below(nan).error(), errc::not_finite);
  EXPECT_EQ(h.probability_below(0.0)->probability, 0.0);
  EXPECT_EQ(h.probability_below(infinity)->probability, 1.0);
  // A form that bends up by more than the normal falls off has no mean.
  const std::vector<double> bent{40.0};
  const std::vector<double> none{0.0}, spread{0.64};
  const auto wild = horizon_health::make(0.1, one, bent, {none, spread, 0.1});
  ASSERT_TRUE(wild.has_value());
  EXPECT_EQ(wild->mean().error(), errc::outside_validity);
  EXPECT_EQ(wild->standard_deviation().error(), errc::outside_validity);
}

}  // namespace
}  // namespace trimtab
