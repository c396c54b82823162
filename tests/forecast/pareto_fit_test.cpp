// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/forecast/pareto_fit.hpp>
#include <trimtab/simulate/counter_random.hpp>

#include "support/tolerance.hpp"
#include <array>
#include <cmath>
#include <cstdio>
#include <vector>

namespace trimtab {
namespace {

using namespace forecast;

/// Excesses of a generalised Pareto law; the number of the sample chooses them.
std::vector<double> draw(std::uint64_t sample, std::size_t count, double shape, double scale) {
  const simulate::counter_random random{.seed = 1993, .stream = sample};
  std::vector<double> excesses(count);
  for (std::size_t n = 0; n < count; ++n) {
    const double t = -std::log(random.uniform(n));
    excesses[n] = shape == 0.0 ? scale * t : scale / shape * std::expm1(shape * t);
  }
  return excesses;
}

double log_likelihood(const std::vector<double>& excesses, double shape, double scale) {
  double sum = 0.0;
  for (const double y : excesses) sum += log_excess_density({.shape = shape, .scale = scale, .exceed_share = 1.0}, y);
  return sum;
}

TEST(ParetoFit, IsTheHighestPointOfTheLikelihood) {
  // Against a dense grid of both parameters, and by the definition of a maximum close to the point.
  int cases = 0;
  for (const double shape : {-0.3, -0.05, 0.0, 0.2, 0.6, 1.2}) {
    for (const std::size_t count : {std::size_t{40}, std::size_t{300}}) {
      const std::vector<double> excesses = draw(static_cast<std::uint64_t>(++cases), count, shape, 0.03);
      const auto fit = fit_pareto(excesses);
      ASSERT_TRUE(fit.has_value()) << shape << ' ' << count << ' ' << name(fit.error());
      const double xi = fit->tail.shape, beta = fit->tail.scale, highest = fit->log_likelihood;
      EXPECT_TRUE(test::close(log_likelihood(excesses, xi, beta), highest, 1e-12)) << shape;
      EXPECT_LT(std::fabs(fit->slope), 1e-12) << shape;
      for (int i = 0; i <= 60; ++i)
        for (int j = -30; j <= 30; ++j)
          EXPECT_LE(log_likelihood(excesses, -0.49 + 0.05 * i, 0.03 * std::exp(0.1 * j)), highest + 1e-9) << shape;
      for (const double h : {1e-4, -1e-4}) {
        EXPECT_LT(log_likelihood(excesses, xi + h, beta), highest);
        EXPECT_LT(log_likelihood(excesses, xi, beta * (1.0 + h)), highest);
        EXPECT_LT(log_likelihood(excesses, xi + h, beta * (1.0 - h)), highest);
      }
    }
  }
}

TEST(ParetoFit, UnbiasedToItsOrderWithTheErrorsItStates) {
  for (const double shape : {-0.2, 0.0, 0.25}) {
    const std::size_t samples = 200, count = 1000;
    std::array<double, 4> sum{}, squares{};
    double shape_error = 0.0, scale_error = 0.0;
    int refused = 0;
    for (std::size_t s = 0; s < samples; ++s) {
      std::vector<double> excesses = draw(1000 + s, count, shape, 2.0);
      const auto fit = fit_pareto(excesses);
      const auto moments = fit_pareto_by_moments(excesses);
      ASSERT_TRUE(fit.has_value());
      if (shape < 0.0 && !moments) {  // moments may put the end of the tail below a loss, and then refuse
        EXPECT_EQ(moments.error(), errc::no_convergence);
        ++refused;
      } else {
        ASSERT_TRUE(moments.has_value());
        EXPECT_LE(moments->log_likelihood, fit->log_likelihood);
      }
      const std::array<double, 4> x{fit->tail.shape, fit->tail.scale, moments->tail.shape, moments->tail.scale};
      for (std::size_t k = 0; k < 4; ++k) sum[k] += x[k], squares[k] += x[k] * x[k];
      shape_error += fit->shape_error, scale_error += fit->scale_error;
    }
    const double n = static_cast<double>(samples);
    EXPECT_LT(refused, 100);
    for (std::size_t k = 0; k < (shape < 0.0 ? 2U : 4U); ++k) {
      const double mean = sum[k] / n, scatter = std::sqrt(squares[k] / n - mean * mean);
      const double truth = k % 2 == 0 ? shape : 2.0, stated = (k % 2 == 0 ? shape_error : scale_error) / n;
      std::printf("shape %.2f, %s %s: off %.5f ± %.5f, scatter/stated %.3f\n", shape, k < 2 ? "likelihood" : "moments",
                  k % 2 == 0 ? "shape" : "scale", mean - truth, scatter / std::sqrt(n), scatter / stated);
      // the bias of the estimator itself is O(1/count)
      EXPECT_NEAR(mean, truth, 3.0 * scatter / std::sqrt(n) + 4.0 / static_cast<double>(count)) << shape << ' ' << k;
      if (k >= 2) continue;
      EXPECT_NEAR(scatter / stated, 1.0, 3.0 / std::sqrt(2.0 * n) + 0.03) << shape << ' ' << k;
    }
  }
}

TEST(ParetoFit, ScalesWithTheUnitOfTheLoss) {
  std::vector<double> excesses = draw(77, 200, 0.3, 1.0);
  const pareto_fit one = *fit_pareto(excesses);
  for (const double unit : {1e-200, 1e-9, 1e12, 1e200}) {
    std::vector<double> scaled = excesses;
    for (double& y : scaled) y *= unit;
    const pareto_fit other = *fit_pareto(scaled);
    EXPECT_TRUE(test::close(other.tail.shape, one.tail.shape, 1e-10)) << unit;
    EXPECT_TRUE(test::close(other.tail.scale, one.tail.scale * unit, 1e-10)) << unit;
    EXPECT_TRUE(test::close(other.scale_error, one.scale_error * unit, 1e-10)) << unit;
  }
}

TEST(ParetoFit, TailOfASample) {
  // Student t with 4 degrees of freedom: ξ = ¼ in the limit. Its 0.1 % quantile is 7.1732.
  const std::size_t count = 100000;
  const simulate::counter_random random{.seed = 4};
  std::vector<double> losses(count);
  for (std::size_t n = 0; n < count; ++n) {
    double chi = 0.0;
    for (std::size_t k = 0; k < 4; ++k) chi += std::pow(random.normal(5 * n + k), 2);
    losses[n] = random.normal(5 * n + 4) / std::sqrt(chi / 4.0);
  }
  const std::vector<double> kept = losses;
  const auto fit = fit_pareto_tail(losses, 0.02);
  ASSERT_TRUE(fit.has_value()) << name(fit.error());
  EXPECT_EQ(fit->exceedances, 2000U);
  EXPECT_EQ(fit->tail.exceed_share, 0.02);
  double beyond = 0.0;
  for (const double x : kept) beyond += x > fit->tail.threshold ? 1.0 : 0.0;
  EXPECT_EQ(beyond, 2000.0);
  EXPECT_NEAR(fit->tail.shape, 0.25, 3.0 * fit->shape_error + 0.03);
  const double quantile = *pareto_value_at_risk(fit->tail, 0.999);
  std::printf("t(4): shape %.3f ± %.3f, 0.1 %% quantile %.3f (7.173)\n", fit->tail.shape, fit->shape_error, quantile);
  EXPECT_NEAR(quantile, 7.1732, 0.25);
  EXPECT_TRUE(test::close(mean_excess(kept, fit->tail.threshold), fit->tail.scale / (1.0 - fit->tail.shape), 0.02));
}

TEST(ParetoFit, MeanExcessByHand) {
  const std::array<double, 4> losses{1.0, 2.0, 3.0, 6.0};
  EXPECT_EQ(mean_excess(losses, 2.0), 2.5);
  EXPECT_EQ(mean_excess(losses, 0.0), 3.0);
  EXPECT_TRUE(std::isnan(mean_excess(losses, 6.0)));
  EXPECT_TRUE(std::isnan(mean_excess(std::array{1.0, std::nan("")}, 0.5)));
}

TEST(ParetoFit, RefusesByName) {
  const double nan = std::nan("");
  std::vector<double> few(9, 1.0), alike(50, 1.0), even(50);
  for (std::size_t n = 0; n < even.size(); ++n) even[n] = static_cast<double>(n) + 1.0;
  EXPECT_EQ(fit_pareto(few).error(), errc::size_mismatch);
  EXPECT_EQ(fit_pareto_by_moments(few).error(), errc::size_mismatch);
  EXPECT_EQ(fit_pareto(alike).error(), errc::no_convergence);
  EXPECT_EQ(fit_pareto_by_moments(alike).error(), errc::no_convergence);
  EXPECT_EQ(fit_pareto(even).error(), errc::no_convergence);  // uniform: ξ = −1
  for (const auto& [bad, why] : {std::pair{nan, errc::not_finite}, std::pair{infinity, errc::not_finite},
                                 std::pair{0.0, errc::negative_amount}, std::pair{-1.0, errc::negative_amount}}) {
    std::vector<double> excesses = draw(5, 30, 0.1, 1.0);
    excesses[13] = bad;
    EXPECT_EQ(fit_pareto(excesses).error(), why);
    EXPECT_EQ(fit_pareto_by_moments(excesses).error(), why);
  }
  std::vector<double> losses = draw(6, 200, 0.1, 1.0);
  for (const double share : {0.0, 1.0, -0.1, nan})
    EXPECT_EQ(fit_pareto_tail(losses, share).error(), errc::bad_configuration);
  EXPECT_EQ(fit_pareto_tail(losses, 0.02).error(), errc::size_mismatch);
  EXPECT_EQ(fit_pareto_tail({}, 0.1).error(), errc::size_mismatch);
  std::vector<double> tied(100, 1.0);
  EXPECT_EQ(fit_pareto_tail(tied, 0.2).error(), errc::negative_amount);
  losses[3] = nan;
  EXPECT_EQ(fit_pareto_tail(losses, 0.1).error(), errc::not_finite);
}

}  // namespace
}  // namespace trimtab
