// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/sensitivity/coordinates.hpp>
#include <trimtab/sensitivity/horizon_health.hpp>
#include <trimtab/sensitivity/imhof.hpp>
#include <trimtab/sensitivity/log_health_greeks.hpp>
#include <trimtab/sensitivity/one_factor.hpp>

#include "support/random.hpp"
#include <array>
#include <cmath>
#include <cstdio>
#include <vector>

namespace trimtab {
namespace {

using sensitivity::health_at_horizon;
using sensitivity::horizon_health;
using sensitivity::lognormal_moves;

// An account over four slots (ether, staked ether, bitcoin, a dollar) in weighted value per slot, so that prices are 1.
struct account_case {
  const char* what;
  std::array<double, 4> collateral, debt;
  double share;  // of the probability: what second order may miss in a week
};
constexpr account_case accounts[] = {
    {"ether and bitcoin against dollars", {5.0, 0.0, 3.0, 0.0}, {0.0, 0.0, 0.0, 6.0}, 0.15},
    {"staked ether against ether", {0.0, 9.3, 0.0, 0.0}, {9.0, 0.0, 0.0, 0.0}, 0.10},
    {"dollars against ether and bitcoin", {0.0, 0.0, 0.0, 8.0}, {3.0, 0.0, 2.5, 0.0}, 0.15},
    {"some of all", {2.0, 3.0, 1.0, 2.0}, {1.0, 0.0, 1.5, 3.0}, 0.15},
};
constexpr std::array<double, 4> volatility{0.8, 0.8, 0.6, 0.01}, drift{0.05, 0.08, 0.0, 0.0};
constexpr double correlation[4][4] = {
    {1.0, 0.999, 0.8, 0.0}, {0.999, 1.0, 0.8, 0.0}, {0.8, 0.8, 1.0, 0.1}, {0.0, 0.0, 0.1, 1.0}};

std::vector<double> covariance() {
  std::vector<double> out(16);
  for (std::size_t i = 0; i < 4; ++i)
    for (std::size_t j = 0; j < 4; ++j) out[4 * i + j] = correlation[i][j] * (volatility[i] * volatility[j]);
  return out;
}

struct setting {
  form<> f;
  double health{};
  std::vector<double> gradient, hessian = std::vector<double>(16), sigma = covariance();

  explicit setting(const account_case& a) {
    for (std::uint16_t k = 0; k < 4; ++k) {
      if (a.collateral[k] > 0.0) static_cast<void>(f.collateral.add({a.collateral[k], 1.0, {k}, asset_id{k}}));
      if (a.debt[k] > 0.0) static_cast<void>(f.debt.add({a.debt[k], 1.0, {k}, asset_id{k}}));
    }
    constexpr double one[] = {1.0, 1.0, 1.0, 1.0};
    const oracle_prices<double> prices(one);
    const auto greeks = sensitivity::in_log_prices(sensitivity::log_health_greeks<4>(f, prices), prices);
    gradient.assign(greeks.delta.begin(), greeks.delta.end());
    EXPECT_EQ(greeks.dense(hessian), errc::ok);
    health = std::exp(greeks.value);
  }
  [[nodiscard]] result<horizon_health> after(double years) const {
    return health_at_horizon(health, gradient, hessian, {drift, sigma, years});
  }
};

// Rows of L with LLᵀ = Σ, by hand.
std::array<std::array<double, 4>, 4> cholesky(const std::vector<double>& sigma) {
  std::array<std::array<double, 4>, 4> l{};
  for (std::size_t i = 0; i < 4; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      double sum = sigma[4 * i + j];
      for (std::size_t k = 0; k < j; ++k) sum -= l[i][k] * l[j][k];
      l[i][j] = i == j ? std::sqrt(std::fmax(sum, 0.0)) : sum / l[j][j];
    }
  }
  return l;
}

TEST(HorizonHealth, OneAgainstOneIsExact) {
  // Ether against bitcoin: ln HF is linear, so nothing is cut. σ² of the ratio, log drift of ether less bitcoin's.
  const setting s({"", {6.0, 0.0, 0.0, 0.0}, {0.0, 0.0, 4.0, 0.0}, 0.0});
  const double variance = 0.64 + 0.36 - 2.0 * 0.8 * 0.48, years = 0.1;
  const sensitivity::one_factor_health exact{
      .risky = 1.5, .log_drift = (0.05 - 0.32) - (0.0 - 0.18), .volatility = std::sqrt(variance), .years = years};
  const auto h = s.after(years);
  ASSERT_TRUE(h.has_value());
  EXPECT_NEAR(h->curvature_share(), 0.0, 1e-30);
  for (const double p : {1e-6, 0.01, 0.5, 0.99}) {
    const double q = *exact.quantile(p);
    EXPECT_NEAR(*h->quantile(p) / q, 1.0, 1e-12) << p;
    EXPECT_NEAR(*h->probability_below(q) / p, 1.0, 1e-11) << p;
    EXPECT_NEAR(*h->expected_shortfall(p) / *exact.expected_shortfall(p), 1.0, 1e-8) << p;
  }
  EXPECT_NEAR(h->mean() / *exact.mean(), 1.0, 1e-13);
}

TEST(HorizonHealth, AWeightedPoolsShareAgainstADollarIsExact) {
  // ln V = 0.8 ln ether + 0.2 ln bitcoin + constant: gradient (0.8, 0.2), no curvature.
  const double gradient[] = {0.8, 0.2}, flat[4] = {}, grow[] = {0.05, 0.0};
  const double sigma[] = {0.64, 0.384, 0.384, 0.36};
  const auto h = health_at_horizon(1.3, gradient, flat, {grow, sigma, 0.25});
  ASSERT_TRUE(h.has_value());
  const double variance = 0.64 * 0.64 + 2.0 * 0.16 * 0.384 + 0.04 * 0.36;
  const sensitivity::one_factor_health exact{
      .risky = 1.3, .log_drift = 0.8 * (0.05 - 0.32) - 0.2 * 0.18, .volatility = std::sqrt(variance), .years = 0.25};
  for (const double p : {0.001, 0.05}) {
    EXPECT_NEAR(*h->quantile(p) / *exact.quantile(p), 1.0, 1e-12);
    EXPECT_NEAR(*h->expected_shortfall(p) / *exact.expected_shortfall(p), 1.0, 1e-8);
  }
}

TEST(HorizonHealth, MonteCarloAndFullRevaluation) {
  test::random_numbers random(1027);
  const auto l = cholesky(covariance());
  for (const account_case& a : accounts) {
    const setting s(a);
    for (const double days : {1.0, 7.0, 30.0}) {
      const double years = days / 365.0, root = std::sqrt(years);
      const auto h = s.after(years);
      ASSERT_TRUE(h.has_value()) << name(h.error());
      const double q = *h->quantile(0.01), shortfall = *h->expected_shortfall(0.01);
      const int paths = 200000;
      double below = 0.0, in_tail = 0.0, in_tail_square = 0.0, revalued = 0.0, sum = 0.0, square = 0.0;
      for (int n = 0; n < paths / 2; ++n) {
        std::array<double, 4> z{};
        for (std::size_t k = 0; k < 4; k += 2) {  // Box and Muller
          const double radius = std::sqrt(-2.0 * std::log(1.0 - random.uniform(0.0, 1.0)));
          const double angle = random.uniform(0.0, 6.283185307179586);
          z[k] = radius * std::cos(angle), z[k + 1] = radius * std::sin(angle);
        }
        for (int sign = 0; sign < 2; ++sign) {
          std::array<double, 4> x{}, price{};
          for (std::size_t i = 0; i < 4; ++i) {
            x[i] = (drift[i] - 0.5 * volatility[i] * volatility[i]) * years;
            for (std::size_t k = 0; k <= i; ++k) x[i] += (sign == 0 ? 1.0 : -1.0) * root * l[i][k] * z[k];
            price[i] = std::exp(x[i]);
          }
          double log = std::log(s.health);
          for (std::size_t i = 0; i < 4; ++i)
            for (std::size_t j = 0; j < 4; ++j)
              log += (j == 0 ? s.gradient[i] * x[i] : 0.0) + 0.5 * x[i] * s.hessian[4 * i + j] * x[j];
          const double health = std::exp(log);
          sum += health, square += health * health;
          if (health <= q) below += 1.0, in_tail += health, in_tail_square += health * health;
          if (health_factor(s.f, oracle_prices<double>(std::span<const double>(price))) <= q) revalued += 1.0;
        }
      }
      // Antithetic pairs do not make the frequency of one tail less certain: errors as of independent draws.
      const double share = below / paths, error = std::sqrt(0.01 * 0.99 / paths);
      EXPECT_NEAR(share, 0.01, 3.0 * error) << a.what << ", " << days << " days";
      const double tail = in_tail / below, spread = std::sqrt((in_tail_square / below - tail * tail) / below);
      EXPECT_NEAR(tail, shortfall, 3.0 * spread) << a.what << ", " << days << " days";
      const double mean = sum / paths, mean_error = std::sqrt((square / paths - mean * mean) / paths);
      EXPECT_NEAR(mean, h->mean(), 3.0 * mean_error) << a.what << ", " << days << " days";
      const auto exact = sensitivity::imhof_tail(h->log_health, std::log(q));
      ASSERT_TRUE(exact.has_value());
      const double saddle = 0.01 / exact->below - 1.0;
      EXPECT_LE(std::fabs(saddle), 5e-3) << a.what;
      std::printf(
          "%s, %g days: HF %.4f, 1 %% below %.4f (ES %.4f), curvature %.2g of variance; P(HF < q) saddlepoint "
          "%+.2g, Monte Carlo of the quadratic %+.2g, of full revaluation %+.2g (s.e. %.2g), relative\n",
          a.what, days, s.health, q, shortfall, h->curvature_share(), saddle, share / 0.01 - 1.0,
          revalued / paths / 0.01 - 1.0, error / 0.01);
      if (days <= 7.0) {
        EXPECT_NEAR(revalued / paths, 0.01, 3.0 * error + 0.01 * a.share) << a.what << ", " << days << " days";
      }
    }
  }
}

TEST(HorizonHealth, ShortfallIsThatOfTheTiltedLaw) {
  // E[e^Y; Y ≤ q] = E[e^Y]·P(Y ≤ q) under the law with density e^y: a quadratic form of its own, inverted exactly.
  double worst = 0.0;
  for (const account_case& a : accounts) {
    const auto h = setting(a).after(30.0 / 365.0);
    ASSERT_TRUE(h.has_value());
    const sensitivity::quadratic_form& form = h->log_health;
    sensitivity::quadratic_form tilted = form;
    for (std::size_t j = 0; j < form.size; ++j) {
      const double u = 1.0 - form.curvature[j], shift = form.slope[j] / u;
      tilted.constant += form.slope[j] * shift + 0.5 * form.curvature[j] * shift * shift;
      tilted.slope[j] = shift / std::sqrt(u);
      tilted.curvature[j] = form.curvature[j] / u;
    }
    EXPECT_NEAR(tilted.mean(), form.cumulant(1, 1.0), 1e-14);
    for (const double p : {0.001, 0.01, 0.1}) {
      const double q = std::log(*h->quantile(p));
      const auto plain = sensitivity::imhof_tail(form, q), weighted = sensitivity::imhof_tail(tilted, q);
      ASSERT_TRUE(plain && weighted);
      const double exact = h->mean() * weighted->below / plain->below;
      worst = std::fmax(worst, std::fabs(*h->expected_shortfall(p) / exact - 1.0));
    }
  }
  std::printf("worst relative error of the shortfall of health %.2g\n", worst);
  EXPECT_LE(worst, 1e-4);
}

TEST(HorizonHealth, ShortfallExistsWhereTheMeanDoesNot) {
  // A curvature above 1: E[HF] is infinite, health in the worst cases is not.
  const double gradient[] = {1.0}, hessian[] = {1.5}, none[] = {0.0}, sigma[] = {1.0};
  const auto h = health_at_horizon(2.0, gradient, hessian, {none, sigma, 1.0});
  ASSERT_TRUE(h.has_value());
  EXPECT_EQ(h->mean(), infinity);
  const auto shortfall = h->expected_shortfall(0.05);
  ASSERT_TRUE(shortfall.has_value());
  EXPECT_GT(*shortfall, 0.0);
  EXPECT_LT(*shortfall, *h->quantile(0.05));
}

TEST(HorizonHealth, NowIsACertainty) {
  const auto h = setting(accounts[0]).after(0.0);
  ASSERT_TRUE(h.has_value());
  const double now = 8.0 / 6.0;
  EXPECT_EQ(*h->probability_below(now * (1.0 - 1e-12)), 0.0);
  EXPECT_EQ(*h->probability_below(now * (1.0 + 1e-12)), 1.0);
  EXPECT_NEAR(*h->quantile(0.01), now, 1e-14);
  EXPECT_NEAR(*h->expected_shortfall(0.01), now, 1e-14);
  EXPECT_NEAR(h->mean(), now, 1e-14);
  EXPECT_EQ(h->curvature_share(), 0.0);
}

TEST(HorizonHealth, SaysWhatIsWrongWithItsInputs) {
  const setting s(accounts[0]);
  const lognormal_moves fine{drift, s.sigma, 0.1};
  const auto error = [&](double health, const lognormal_moves& moves) {
    return health_at_horizon(health, s.gradient, s.hessian, moves).error();
  };
  EXPECT_EQ(error(1.5, fine), errc::ok);
  EXPECT_EQ(error(0.0, fine), errc::outside_validity);
  EXPECT_EQ(error(-1.0, fine), errc::outside_validity);
  EXPECT_EQ(error(infinity, fine), errc::not_finite);
  EXPECT_EQ(error(std::nan(""), fine), errc::not_finite);
  EXPECT_EQ(error(1.5, {drift, s.sigma, -0.1}), errc::bad_configuration);
  EXPECT_EQ(error(1.5, {drift, s.sigma, std::nan("")}), errc::not_finite);
  EXPECT_EQ(error(1.5, {s.sigma, s.sigma, 0.1}), errc::size_mismatch);
  EXPECT_EQ(error(1.5, {drift, drift, 0.1}), errc::size_mismatch);
  std::vector<double> bad = s.sigma;
  bad[5] = std::nan("");
  EXPECT_EQ(error(1.5, {drift, bad, 0.1}), errc::not_finite);
  bad[5] = -0.1;
  EXPECT_EQ(error(1.5, {drift, bad, 0.1}), errc::bad_configuration);
  const double lost[] = {0.0, std::nan(""), 0.0, 0.0};
  EXPECT_EQ(error(1.5, {lost, s.sigma, 0.1}), errc::not_finite);
  const std::vector<double> many(17), square(17 * 17);
  EXPECT_EQ(health_at_horizon(1.5, many, square, {many, square, 0.1}).error(), errc::capacity);

  const auto h = s.after(0.1);
  EXPECT_EQ(h->probability_below(std::nan("")).error(), errc::not_finite);
  EXPECT_EQ(*h->probability_below(0.0), 0.0);
  EXPECT_EQ(*h->probability_below(-1.0), 0.0);
  EXPECT_EQ(*h->probability_below(infinity), 1.0);
  EXPECT_EQ(h->quantile(0.0).error(), errc::bad_configuration);
  EXPECT_EQ(h->expected_shortfall(1.0).error(), errc::bad_configuration);
}

}  // namespace
}  // namespace trimtab
