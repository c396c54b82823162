// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/instrument/stable_swap_share.hpp>

#include "laws/instrument_laws.hpp"
#include <algorithm>
#include <cmath>
#include <functional>
#include <iostream>
#include <limits>
#include <numeric>

namespace trimtab {
namespace {

using instrument::stable_swap_share;
using prices = std::vector<double>;

constexpr double eps = std::numeric_limits<double>::epsilon();

double value(const stable_swap_share& share, const prices& u) {
  return share.value<double>(std::span<const double>(u));
}
auto at(const stable_swap_share& share, const prices& u) {
  return share.at<double>(std::span<const double>(u));
}
auto solve(const stable_swap_share& share, const prices& u) {
  return share.solve<double>(std::span<const double>(u));
}

/// The whitepaper's invariant as it is written there, right side taken from the left, over D.
long double invariant_gap(const stable_swap_share& share, const std::array<long double, 4>& x) {
  const long double n = static_cast<long double>(share.coins), d = share.invariant;
  const long double ann = share.amplification * n;  // A·nⁿ
  long double sum = 0.0L, product = 1.0L;
  for (std::size_t i = 0; i < share.coins; ++i) sum += x[i], product *= n * x[i] / d;
  return ann * sum / d + 1.0L - ann - 1.0L / product;
}

/// The balance of coin j that the others leave it, by bisection.
long double balance_left(const stable_swap_share& share, std::array<long double, 4> x, std::size_t j) {
  long double low = 0.0L, high = 1e6L * share.invariant;
  for (int k = 0; k < 200; ++k) {
    x[j] = k < 100 && low > 0.0L ? std::sqrt(low * high) : 0.5L * (low + high);
    (invariant_gap(share, x) < 0.0L ? low : high) = x[j];
  }
  return 0.5L * (low + high);
}

/// What arbitrage does: trades of one coin for another, each the best of its pair, until none pays.
std::array<long double, 4> arbitraged(const stable_swap_share& share, const prices& u) {
  std::array<long double, 4> x{};
  x.fill(static_cast<long double>(share.invariant) / static_cast<long double>(share.coins));
  const long double golden = (std::sqrt(5.0L) - 1.0L) / 2.0L;
  const int rounds = share.coins == 2 ? 1 : 12;
  for (int round = 0; round < rounds; ++round)
    for (std::size_t i = 0; i < share.coins; ++i)
      for (std::size_t j = 0; j < i; ++j) {
        const auto worth = [&](long double log_x) {
          x[i] = std::exp(log_x);
          x[j] = balance_left(share, x, j);
          return u[i] * x[i] + u[j] * x[j];
        };
        long double low = std::log(x[i]) - (round ? 1.0L : 12.0L), high = std::log(x[i]) + (round ? 1.0L : 12.0L);
        for (int k = 0; k < 60; ++k) {
          const long double left = high - golden * (high - low), right = low + golden * (high - low);
          if (worth(left) < worth(right)) {
            high = right;
          } else {
            low = left;
          }
        }
        worth(0.5L * (low + high));
      }
  return x;
}

TEST(StableSwapShare, AtThePegItIsWorthItsInvariant) {
  for (const std::size_t n : {std::size_t{2}, std::size_t{3}, std::size_t{4}})
    for (const double a : {0.0, 1.0, 100.0, 2000.0, 1e6}) {
      const stable_swap_share share{.coins = n, .amplification = a, .invariant = 1.02};
      const auto here = at(share, prices(n, 2000.0));
      EXPECT_NEAR(here.value, 2040.0, 4.0 * eps * 2040.0);
      for (std::size_t i = 0; i < n; ++i) EXPECT_NEAR(here.gradient[i], 1.02 / static_cast<double>(n), 4.0 * eps);
    }
}

TEST(StableSwapShare, NoTradeOfTheArbitrageurPaysAnyMore) {
  const prices of_two[] = {{1.0, 0.5}, {1.0, 0.97}, {1.0, 0.999}, {1.0, 1.3}, {2000.0, 2300.0}};
  for (const double a : {0.5, 10.0, 200.0, 2000.0})
    for (const prices& u : of_two) {
      const stable_swap_share share{.coins = 2, .amplification = a, .invariant = 1.05};
      const auto x = arbitraged(share, u);
      const long double worth = u[0] * x[0] + u[1] * x[1];
      const auto here = at(share, u);
      EXPECT_NEAR(here.value, static_cast<double>(worth), 1e-14 * here.value) << a << ' ' << u[1];
      for (std::size_t i = 0; i < 2; ++i)
        EXPECT_NEAR(here.gradient[i], static_cast<double>(x[i]), 1e-7 * here.gradient[i]) << a << ' ' << u[1];
    }
}

TEST(StableSwapShare, NorDoesOneAmongThreeOrFour) {
  for (const prices& u : {prices{1.0, 0.98, 1.01}, prices{1.0, 0.5, 1.0}, prices{1.0, 0.9, 1.0, 1.2}})
    for (const double a : {1.0, 100.0}) {
      const stable_swap_share share{.coins = u.size(), .amplification = a};
      const auto x = arbitraged(share, u);
      long double worth = 0.0L;
      for (std::size_t i = 0; i < u.size(); ++i) worth += u[i] * x[i];
      EXPECT_NEAR(value(share, u), static_cast<double>(worth), 1e-9);
      EXPECT_LE(value(share, u), static_cast<double>(worth) * (1.0 + 4.0 * eps));
    }
}

TEST(StableSwapShare, TheBalancesAreOnTheInvariantAtThePoolsOwnPrices) {
  // Slopes of the invariant by differences in long double: they are in the ratio of the prices.
  const stable_swap_share share{.coins = 3, .amplification = 500.0, .invariant = 1.1};
  const prices u = {1.0, 0.93, 1.002};
  const auto solved = solve(share, u);
  ASSERT_TRUE(solved);
  std::array<long double, 4> x{};
  std::copy_n(solved->balances.begin(), 3, x.begin());
  EXPECT_LE(std::fabs(invariant_gap(share, x)), 1e-12L);  // terms of 1500
  std::array<long double, 3> slope{};
  for (std::size_t i = 0; i < 3; ++i) {
    auto up = x, down = x;
    const long double h = 1e-6L * x[i];
    up[i] += h, down[i] -= h;
    slope[i] = (invariant_gap(share, up) - invariant_gap(share, down)) / (2.0L * h);
  }
  for (std::size_t i = 1; i < 3; ++i) EXPECT_NEAR(static_cast<double>(slope[i] / slope[0]), u[i] / u[0], 1e-9);
}

TEST(StableSwapShare, MoreAmplificationIsWorthLessDownToTheCheapestCoin) {
  const prices u = {1.0, 0.9, 1.1};
  double last = infinity;
  for (double a = 0.001; a < 1e13; a *= 10.0) {
    const double worth = value({.coins = 3, .amplification = a}, u);
    EXPECT_LT(worth, last);
    EXPECT_GT(worth, 0.9);
    last = worth;
  }
  EXPECT_NEAR(last, 0.9, 1e-4);  // the way there is as 1/a^(1/n)
}

TEST(StableSwapShare, WithoutAmplificationItIsAConstantProduct) {
  for (const prices& u : {prices{1.0, 0.5}, prices{3.0, 4.0, 5.0}, prices{1.0, 2.0, 3.0, 400.0}}) {
    const double n = static_cast<double>(u.size());
    const auto none = at({.coins = u.size(), .amplification = 0.0}, u);
    const double product = std::accumulate(u.begin(), u.end(), 1.0, std::multiplies<>{});
    EXPECT_NEAR(none.value, std::pow(product, 1.0 / n), 1e-14 * none.value);
    for (std::size_t i = 0; i < u.size(); ++i) {
      EXPECT_NEAR(none.gradient[i], none.value / (n * u[i]), 1e-14 * none.gradient[i]);
      for (std::size_t j = 0; j < u.size(); ++j) {
        const double gamma = none.value / (n * u[i] * u[j]) * (1.0 / n - (i == j ? 1.0 : 0.0));
        EXPECT_NEAR(none.gamma(i, j), gamma, 1e-14 * std::fabs(gamma));
      }
    }
    EXPECT_NEAR(value({.coins = u.size(), .amplification = 1e-9}, u), none.value, 1e-6);
  }
}

TEST(StableSwapShare, AtThePegItsGammaGrowsWithTheAmplification) {
  // Two coins, equal prices: ξ = q = 1, K = ¼·(1, −1; −1, 1)·2 and λ = p/(a + 1): ∂x₀/∂p₀ = −(a + 1)·D/(4p).
  for (const double a : {1.0, 100.0, 2000.0}) {
    const auto here = at({.amplification = a, .invariant = 1.5}, {2.0, 2.0});
    EXPECT_NEAR(here.gamma(0, 0), -(a + 1.0) * 1.5 / 16.0 * 2.0, 1e-13 * a);
    EXPECT_NEAR(here.gamma(0, 1), -here.gamma(0, 0), 1e-13 * a);
  }
}

TEST(StableSwapShare, GradientAndHessianAreThoseOfTheValue) {
  test::random_numbers random(2019);
  double worst_slope = 0.0, worst_bend = 0.0;
  for (int n = 0; n < 2000; ++n) {
    const stable_swap_share share{.coins = 2 + random.below(3), .amplification = random.log_uniform(0.1, 3000.0)};
    std::vector<long double> u;
    for (std::size_t i = 0; i < share.coins; ++i) u.push_back(random.uniform(0.5, 2.0));
    const auto of = [&](const std::vector<long double>& v) {
      return share.at<long double>(std::span<const long double>(v));
    };
    const auto exact = of(u);
    const auto here = at(share, prices(u.begin(), u.end()));
    EXPECT_NEAR(here.value, static_cast<double>(exact.value), 4.0 * eps * here.value);
    for (std::size_t i = 0; i < share.coins; ++i) {
      EXPECT_NEAR(here.gradient[i], static_cast<double>(exact.gradient[i]), 32.0 * eps * here.gradient[i]);
      auto up = u, down = u;
      const long double h = 3e-8L * u[i];
      up[i] += h, down[i] -= h;
      const auto above = of(up), below = of(down);
      const double slope = static_cast<double>((above.value - below.value) / (2.0L * h));
      worst_slope = std::max(worst_slope, std::fabs(slope - here.gradient[i]));
      for (std::size_t j = 0; j < share.coins; ++j) {
        const double bend = static_cast<double>((above.gradient[j] - below.gradient[j]) / (2.0L * h));
        worst_bend = std::max(worst_bend, std::fabs(bend - here.gamma(i, j)) / std::fabs(here.gamma(i, i)));
        EXPECT_NEAR(here.gamma(i, j), static_cast<double>(exact.gamma(i, j)), 1e-13 * std::fabs(here.gamma(i, i)));
      }
    }
  }
  std::cout << "worst slope " << worst_slope << ", worst bend " << worst_bend << '\n';
  EXPECT_LT(worst_slope, 1e-10);
  EXPECT_LT(worst_bend, 1e-8);
}

TEST(StableSwapShare, TheValueIsTheIntegralOfTheGradientThroughThePeg) {
  // The balances turn over within 1/2000 of the peg: Simpson's rule on ten thousand pieces.
  const stable_swap_share share{.amplification = 2000.0};
  constexpr int pieces = 10000;
  double integral = 0.0;
  for (int k = 0; k <= 2 * pieces; ++k) {
    const double weight = k == 0 || k == 2 * pieces ? 1.0 : k % 2 == 1 ? 4.0 : 2.0;
    integral += weight * at(share, {1.0, 0.9 + 0.2 * k / (2.0 * pieces)}).gradient[1];
  }
  integral *= 0.2 / (6.0 * pieces);
  EXPECT_NEAR(integral, value(share, {1.0, 1.1}) - value(share, {1.0, 0.9}), 1e-12);
}

TEST(StableSwapShare, ADeepDepegIsCertifiedOrRefused) {
  test::random_numbers random(88);
  int most = 0, certified = 0;
  double worst = 0.0;
  for (int n = 0; n < 20000; ++n) {
    const stable_swap_share share{.coins = 2 + random.below(3), .amplification = random.log_uniform(1e-3, 1e7)};
    prices u;
    for (std::size_t i = 0; i < share.coins; ++i) u.push_back(random.log_uniform(1e-4, 1e4));
    const auto solved = solve(share, u);
    const auto here = at(share, u);
    if (!solved) {
      EXPECT_EQ(solved.error(), errc::no_convergence);
      EXPECT_TRUE(std::isnan(here.value) && std::isnan(here.gradient[0]) && std::isnan(here.gamma(0, 0)));
      continue;
    }
    ++certified;
    most = std::max(most, solved->iterations);
    worst = std::max(worst, solved->residual);
    EXPECT_GE(here.value, *std::min_element(u.begin(), u.end()) * (1.0 - 4.0 * eps));
  }
  std::cout << certified << " of 20000 certified, at most " << most << " iterations, residual " << worst / eps
            << " eps\n";
  EXPECT_EQ(certified, 20000);
  EXPECT_LE(most, 12);
  EXPECT_LE(worst, 16.0 * eps);
  for (const double ratio : {0.5, 2.0}) EXPECT_TRUE(solve({.amplification = 2000.0}, {1.0, ratio}));
}

TEST(StableSwapShare, FloatsHaveTheirOwnCertificate) {
  const stable_swap_share share{.coins = 3, .amplification = 200.0};
  const float u[] = {1.0F, 0.96F, 1.01F};
  const auto here = share.at<float>(u);
  EXPECT_NEAR(static_cast<double>(here.value), value(share, {u[0], u[1], u[2]}), 1e-6);
}

TEST(StableSwapShare, WhatOverflowsIsRefused) {
  const stable_swap_share share{.amplification = 1e6};
  const prices absurd = {1e-300, 1e300};
  EXPECT_EQ(solve(share, absurd).error(), errc::no_convergence);
  EXPECT_TRUE(std::isnan(value(share, absurd)));
}

TEST(StableSwapShare, BadTermsAndPricesAreNamed) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(stable_swap_share{}.validate(), errc::ok);
  EXPECT_EQ(stable_swap_share{.coins = 5}.validate(), errc::capacity);
  EXPECT_EQ(stable_swap_share{.coins = 1}.validate(), errc::bad_configuration);
  EXPECT_EQ(stable_swap_share{.amplification = nan}.validate(), errc::not_finite);
  EXPECT_EQ(stable_swap_share{.invariant = infinity}.validate(), errc::not_finite);
  EXPECT_EQ(stable_swap_share{.amplification = -1.0}.validate(), errc::negative_amount);
  EXPECT_EQ(stable_swap_share{.invariant = -1.0}.validate(), errc::negative_amount);
  EXPECT_EQ(solve({.amplification = nan}, {1.0, 1.0}).error(), errc::not_finite);
  EXPECT_EQ(solve({}, {1.0, 1.0, 1.0}).error(), errc::size_mismatch);
  EXPECT_EQ(solve({}, {1.0, nan}).error(), errc::not_finite);
  EXPECT_EQ(solve({}, {1.0, 0.0}).error(), errc::non_positive_price);
  EXPECT_TRUE(std::isnan(value({}, {1.0, -1.0})));
  EXPECT_EQ(stable_swap_share{}.cubic_bound({}, {}), infinity);
  EXPECT_EQ(value({.invariant = 0.0}, {1.0, 2.0}), 0.0);
}

struct stable_swap_case {
  static constexpr bool homogeneous = true;
  static constexpr double scale_of_rounding = 8.0;
  static std::vector<stable_swap_share> instruments() {
    return {{},
            {.coins = 2, .amplification = 200.0, .invariant = 1.03},
            {.coins = 3, .amplification = 20.0, .invariant = 3.0},
            {.coins = 4, .amplification = 300.0, .invariant = 1.0}};
  }
  static std::vector<double> underlyings(const stable_swap_share& share, test::random_numbers& random) {
    std::vector<double> u;
    for (std::size_t i = 0; i < share.coins; ++i) u.push_back(random.uniform(0.8, 1.2));
    return u;
  }
};

}  // namespace

namespace laws {
INSTANTIATE_TYPED_TEST_SUITE_P(StableSwapShare, InstrumentLaws, stable_swap_case);
}  // namespace laws
}  // namespace trimtab
