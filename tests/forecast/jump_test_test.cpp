// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/forecast/jump_test.hpp>
#include <trimtab/simulate/counter_random.hpp>

#include "support/tolerance.hpp"
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <vector>

namespace trimtab {
namespace {

using namespace forecast;
using simulate::counter_random;

/// Normal returns of one stretch; the number of the stretch chooses them.
std::vector<double> calm_returns(std::uint64_t stretch, std::size_t count, double deviation) {
  const counter_random random{.seed = 2006, .stream = stretch};
  std::vector<double> returns(count);
  for (std::size_t t = 0; t < count; ++t) returns[t] = deviation * random.normal(t);
  return returns;
}

TEST(JumpTest, TheMediansVarianceByQuadrature) {
  // Asymptotic variance of MedRV in units of the quarticity: var + 2cov(lag 1) + 2cov(lag 2) of med², times its
  // factor²; E[med² | two of three] is a one-dimensional normal integral in closed form.
  const int n = 1500;
  const double h = 8.5 / n;
  const auto below = [](double x) { return std::erf(x * std::sqrt(0.5)); };
  const auto squares_below = [&](double x) { return below(x) - 2.0 * x * normal_density(x); };
  std::vector<double> z(n), weight(n), to(n), squares_to(n), at_last(n);
  for (std::size_t i = 0; i < z.size(); ++i) {
    z[i] = (static_cast<double>(i) + 0.5) * h;
    weight[i] = 2.0 * normal_density(z[i]) * h;
    to[i] = below(z[i]);
    squares_to[i] = squares_below(z[i]);
  }
  double mean = 0.0, fourth = 0.0, lag_one = 0.0, lag_two = 0.0;
  for (std::size_t i = 0; i < z.size(); ++i) {
    fourth += 6.0 * to[i] * (1.0 - to[i]) * weight[i] * std::pow(z[i], 4);
    double given_one = 0.0;
    for (std::size_t j = 0; j < z.size(); ++j) {
      const std::size_t l = std::min(i, j), u = std::max(i, j);
      const double given_two = z[l] * z[l] * to[l] + (squares_to[u] - squares_to[l]) + z[u] * z[u] * (1.0 - to[u]);
      given_one += weight[j] * given_two;
      lag_one += weight[i] * weight[j] * given_two * given_two;
    }
    mean += weight[i] * given_one;
    lag_two += weight[i] * given_one * given_one;
  }
  const double square = mean * mean;
  const double variance = ((fourth - square) + 2.0 * (lag_one - square) + 2.0 * (lag_two - square)) / square;
  EXPECT_NEAR(variance - 2.0, 0.95896, 1e-5);
  realised of_ones;  // the factors of MedRV and MedRQ are 1/E med² and 1/E med⁴
  for (int t = 0; t < 5; ++t) of_ones.step(1.0);
  EXPECT_NEAR(5.0 / of_ones.median(), mean, 1e-6);
  EXPECT_NEAR(25.0 / of_ones.median_quarticity(), fourth, 1e-6);
}

TEST(JumpTest, SizeAndPower) {
  // 2000 stretches of 2000 returns. Without jumps the statistic is normal up to O(1/√n): the share refused at 5 % stays
  // within three standard errors of it; a jump of 12σ is a fourteenth of the variance.
  const std::size_t stretches = 2000, n = 2000;
  double refused_bipower = 0.0, refused_median = 0.0, found_bipower = 0.0, found_median = 0.0, sum = 0.0, squares = 0.0;
  for (std::size_t s = 0; s < stretches; ++s) {
    std::vector<double> returns = calm_returns(s, n, 1e-3);
    const realised calm = realise(returns);
    const jump_verdict by_bipower = *bipower_jump_test(calm), by_median = *median_jump_test(calm);
    refused_bipower += by_bipower.p_value < 0.05 ? 1.0 : 0.0;
    refused_median += by_median.p_value < 0.05 ? 1.0 : 0.0;
    sum += by_median.statistic, squares += by_median.statistic * by_median.statistic;
    returns[n / 3] += 12e-3;
    const jump_verdict jumped = *bipower_jump_test(realise(returns)),
                       jumped_median = *median_jump_test(realise(returns));
    found_bipower += jumped.p_value < 0.05 ? 1.0 : 0.0;
    found_median += jumped_median.p_value < 0.05 ? 1.0 : 0.0;
    EXPECT_TRUE(test::close(jumped.jump_variance + jumped.continuous_variance, realise(returns).variance(), 1e-14));
  }
  const double count = static_cast<double>(stretches), error = std::sqrt(0.05 * 0.95 / count);
  std::printf("size at 5 %%: bipower %.2f %%, median %.2f %% (s.e. %.2f); power %.1f %%, %.1f %%\n",
              100.0 * refused_bipower / count, 100.0 * refused_median / count, 100.0 * error,
              100.0 * found_bipower / count, 100.0 * found_median / count);
  EXPECT_NEAR(refused_bipower / count, 0.05, 3.0 * error);
  EXPECT_NEAR(refused_median / count, 0.05, 3.0 * error);
  EXPECT_NEAR(squares / count - sum * sum / count / count, 1.0, 3.0 * std::sqrt(2.0 / count) + 0.02);
  EXPECT_GT(found_bipower / count, 0.5);
  EXPECT_GT(found_median / count, 0.5);
}

TEST(JumpTest, ThresholdIsTheQuantileOfTheLargest) {
  // P(all |Z| ≤ z) = (1 − 2Φ(−z))ⁿ = 1 − significance
  for (const double n : {1.0, 10.0, 1e3, 1e6})
    for (const double significance : {0.001, 0.01, 0.2}) {
      const double z = jump_threshold(n, significance);
      EXPECT_TRUE(test::close(-std::expm1(n * std::log1p(-2.0 * normal_cdf(-z))), significance, 1e-12)) << n;
    }
  // and the Gumbel limit of the paper (its statistic lacks √(π/2), hence its c) comes near it for large n
  const double n = 1e7, root = std::sqrt(2.0 * std::log(n)), pi = 3.14159265358979323846;
  const double gumbel =
      root - (std::log(pi) + std::log(std::log(n))) / (2.0 * root) - std::log(-std::log1p(-0.01)) / root;
  EXPECT_NEAR(jump_threshold(n, 0.01), gumbel, 0.1);
}

TEST(JumpTest, FewHistoriesWithoutJumpsShowOne) {
  // The deviation of a window of K is uncertain by about √(1.3/K), which fattens the tails: K large keeps it small.
  const jump_screen screen{.window = 1000, .significance = 0.1};
  const std::size_t histories = 150, n = 1500;
  double showing = 0.0;
  for (std::size_t s = 0; s < histories; ++s) {
    const std::vector<double> returns = calm_returns(100000 + s, n, 0.01);
    const double z = jump_threshold(static_cast<double>(n - screen.window), screen.significance);
    bool any = false;
    for (std::size_t t = screen.window; t < n && !any; ++t) {
      any = std::fabs(returns[t]) > z * local_deviation(returns, t, screen.window);
    }
    showing += any ? 1.0 : 0.0;
  }
  const double share = showing / static_cast<double>(histories);
  std::printf("histories without a jump that show one, at 10 %%: %.1f %%\n", 100.0 * share);
  EXPECT_NEAR(share, 0.1, 3.0 * std::sqrt(0.09 / static_cast<double>(histories)));
}

TEST(JumpTest, RateAndSizesAreRecovered) {
  // 5-minute returns of 60 % volatility with 400 jumps a year of 1.5 % up and 2 % down on average: many of them hide in
  // the noise. Estimates over some histories scatter about the truth by no more than three standard errors of their
  // mean.
  const double years_per_return = 1.0 / 105120.0, deviation = 0.6 * std::sqrt(years_per_return);
  const exponential_jumps truth{.rate = 400.0, .up_share = 0.4, .up_decay = 1.0 / 0.015, .down_decay = 1.0 / 0.02};
  const std::size_t histories = 16, n = 52560;
  std::array<double, 5> sum{}, squares{};
  for (std::size_t s = 0; s < histories; ++s) {
    std::vector<double> returns = calm_returns(200000 + s, n, deviation);
    const counter_random random{.seed = 2008, .stream = s};
    for (std::size_t t = 0; t < n; ++t) {
      if (random.uniform(3 * t) > truth.rate * years_per_return) continue;
      const double size = -std::log(random.uniform(3 * t + 1));
      returns[t] += random.uniform(3 * t + 2) < truth.up_share ? size / truth.up_decay : -size / truth.down_decay;
    }
    const auto found = estimate_jumps(returns, years_per_return, {.window = 60, .significance = 0.01});
    ASSERT_TRUE(found.has_value()) << name(found.error());
    const std::array<double, 5> ratios{found->jumps.rate / truth.rate, found->jumps.up_share / truth.up_share,
                                       truth.up_decay / found->jumps.up_decay,
                                       truth.down_decay / found->jumps.down_decay, found->volatility / 0.6};
    for (std::size_t k = 0; k < ratios.size(); ++k) sum[k] += ratios[k], squares[k] += ratios[k] * ratios[k];
  }
  const double count = static_cast<double>(histories);
  const char* const names[] = {"rate", "up share", "mean up", "mean down", "volatility"};
  for (std::size_t k = 0; k < sum.size(); ++k) {
    const double mean = sum[k] / count, error = std::sqrt((squares[k] / count - mean * mean) / (count - 1.0));
    std::printf("%s: found/true %.4f ± %.4f\n", names[k], mean, error);
    if (k < 4) {
      EXPECT_NEAR(mean, 1.0, 3.0 * error) << names[k];
    } else {
      EXPECT_NEAR(mean, 1.0, 0.02);  // small jumps are left in it
    }
  }
}

TEST(JumpTest, RefusesByName) {
  const double nan = std::nan("");
  std::vector<double> returns = calm_returns(7, 300, 0.01);
  EXPECT_EQ(bipower_jump_test(realise(std::span(returns).first(4))).error(), errc::size_mismatch);
  EXPECT_EQ(median_jump_test(realise(std::span(returns).first(4))).error(), errc::size_mismatch);
  EXPECT_TRUE(median_jump_test(realise(std::span(returns).first(5))).has_value());
  const std::vector<double> still(100, 0.0);
  EXPECT_EQ(bipower_jump_test(realise(still)).error(), errc::infeasible);
  EXPECT_EQ(median_jump_test(realise(still)).error(), errc::infeasible);

  EXPECT_EQ(estimate_jumps(returns, 0.001).error(), errc::infeasible);  // no jumps
  EXPECT_EQ(estimate_jumps(still, 0.001, {.window = 10}).error(), errc::infeasible);
  EXPECT_EQ(estimate_jumps(returns, 0.001, {.window = 300}).error(), errc::size_mismatch);
  EXPECT_EQ(estimate_jumps(returns, 0.0).error(), errc::bad_configuration);
  EXPECT_EQ(estimate_jumps(returns, nan).error(), errc::not_finite);
  EXPECT_EQ(estimate_jumps(returns, 0.001, {.window = 2}).error(), errc::bad_configuration);
  EXPECT_EQ(estimate_jumps(returns, 0.001, {.significance = 0.0}).error(), errc::bad_configuration);
  EXPECT_EQ(estimate_jumps(returns, 0.001, {.significance = nan}).error(), errc::bad_configuration);
  EXPECT_TRUE(std::isnan(local_deviation(returns, 10, 11)));
  EXPECT_TRUE(std::isnan(local_deviation(returns, 301, 11)));
  returns[200] = nan;
  EXPECT_EQ(bipower_jump_test(realise(returns)).error(), errc::not_finite);
  EXPECT_EQ(median_jump_test(realise(returns)).error(), errc::not_finite);
  EXPECT_EQ(estimate_jumps(returns, 0.001).error(), errc::not_finite);
}

}  // namespace
}  // namespace trimtab
