// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/forecast/garch_fit.hpp>
#include <trimtab/simulate/counter_random.hpp>

#include <cmath>
#include <limits>
#include <vector>

namespace trimtab::forecast {
namespace {

std::vector<double> simulated(const garch& model, int periods, std::uint64_t seed, bool fat = false) {
  const simulate::counter_random normals{.seed = seed};
  std::vector<double> r;
  double h = model.mean();
  for (int n = 0; n < periods; ++n) {
    const auto k = static_cast<std::uint64_t>(n);
    double z = normals.normal(k);
    if (fat) z *= normals.uniform(10'000'000 + k) < 0.1 ? 2.0 : std::sqrt((1.0 - 0.4) / 0.9);  // unit variance
    r.push_back(std::sqrt(h) * z);
    h = model.after(h, r.back());
  }
  return r;
}

void expect_recovered(const garch& truth, const garch_fit& fit) {
  EXPECT_LE(std::fabs(fit.model.omega - truth.omega), 3.0 * fit.omega_error);
  EXPECT_LE(std::fabs(fit.model.alpha - truth.alpha), 3.0 * fit.alpha_error);
  EXPECT_LE(std::fabs(fit.model.leverage - truth.leverage), 3.0 * fit.leverage_error);
  EXPECT_LE(std::fabs(fit.model.beta - truth.beta), 3.0 * fit.beta_error);
  EXPECT_LT(fit.alpha_error, 0.05);
  EXPECT_LT(fit.beta_error, 0.1);
  EXPECT_GT(fit.omega_error, 0.0);
  EXPECT_LE(fit.gradient, 1e-9);
  EXPECT_GE(fit.converged, 2);
  EXPECT_FALSE(fit.boundary);
  EXPECT_EQ(fit.model.validate(), errc::ok);
}

TEST(GarchFit, RecoversWhatWasSimulated) {
  const garch truth{.omega = 4e-5, .alpha = 0.1, .beta = 0.86};
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    const auto fit = fit_garch(simulated(truth, 4000, seed));
    ASSERT_TRUE(fit) << name(fit.error());
    expect_recovered(truth, *fit);
    EXPECT_EQ(fit->model.leverage, 0.0);
  }
}

TEST(GarchFit, RecoversLeverage) {
  const garch truth{.omega = 4e-5, .alpha = 0.05, .leverage = 0.1, .beta = 0.85};
  const auto fit = fit_garch(simulated(truth, 6000, 5), {.leverage = true});
  ASSERT_TRUE(fit) << name(fit.error());
  expect_recovered(truth, *fit);
  EXPECT_GT(fit->model.leverage, 2.0 * fit->leverage_error);
}

TEST(GarchFit, RecoversFromFatTailsWithWiderErrors) {
  const garch truth{.omega = 4e-5, .alpha = 0.1, .beta = 0.86};
  const auto fat = fit_garch(simulated(truth, 6000, 7, true)), thin = fit_garch(simulated(truth, 6000, 7));
  ASSERT_TRUE(fat && thin);
  expect_recovered(truth, *fat);
  EXPECT_GT(fat->alpha_error, 1.1 * thin->alpha_error);
}

TEST(GarchFit, NoNeighbourIsMoreLikely) {
  const auto returns = simulated({.omega = 4e-5, .alpha = 0.05, .leverage = 0.1, .beta = 0.85}, 2000, 11);
  for (const bool leverage : {false, true}) {
    const auto fit = fit_garch(returns, {.leverage = leverage});
    ASSERT_TRUE(fit);
    EXPECT_NEAR(fit->log_likelihood, garch_log_likelihood(fit->model, returns), 1e-9);
    for (int i = 0; i < 81; ++i) {
      if (i == 40) continue;
      garch other = fit->model;
      other.omega *= 1.0 + 0.02 * (i % 3 - 1);
      other.alpha += 0.002 * (i / 3 % 3 - 1);
      other.beta += 0.002 * (i / 9 % 3 - 1);
      if (leverage) other.leverage += 0.004 * (i / 27 - 1);
      if (!leverage && i / 27 != 1) continue;
      EXPECT_LT(garch_log_likelihood(other, returns), fit->log_likelihood) << i;
    }
  }
}

TEST(GarchFit, GradientIsThatOfTheLikelihood) {
  const auto returns = simulated({.omega = 0.04, .alpha = 0.05, .leverage = 0.1, .beta = 0.85}, 1000, 13);
  double squares = 0.0;
  for (const double r : returns) squares += r * r;
  for (const bool leverage : {false, true}) {
    const detail::garch_objective objective{returns, 1.0 / std::sqrt(squares / 1000.0), leverage};
    for (const Eigen::Vector4d& at : {Eigen::Vector4d{3.0, -2.0, 0.3, 0.1}, Eigen::Vector4d{0.5, -1.0, -0.7, -0.4}}) {
      const auto here = objective(at);
      for (int k = 0; k < 4; ++k) {
        Eigen::Vector4d up = at, down = at;
        up[k] += 1e-5;
        down[k] -= 1e-5;
        const double slope = (objective(up).mean_log_likelihood - objective(down).mean_log_likelihood) / 2e-5;
        EXPECT_NEAR(here.gradient[k], slope, 1e-9) << k;
      }
      EXPECT_EQ(here.gradient[2] == 0.0, !leverage);
    }
  }
}

TEST(GarchFit, FollowsTheUnitOfReturns) {
  auto returns = simulated({.omega = 4e-5, .alpha = 0.1, .beta = 0.86}, 1500, 17);
  const auto fit = fit_garch(returns);
  for (double& r : returns) r *= 100.0;
  const auto percent = fit_garch(returns, {.period = 1.0 / 52.0});
  ASSERT_TRUE(fit && percent);
  EXPECT_NEAR(percent->model.omega, 1e4 * fit->model.omega, 1e-5 * percent->model.omega);
  EXPECT_NEAR(percent->model.alpha, fit->model.alpha, 1e-7);
  EXPECT_EQ(percent->model.period, 1.0 / 52.0);
}

TEST(GarchFit, WithoutClustersItSaysThatItIsAtTheBoundary) {
  // Variance that alternates is the opposite of clustering: no news share above 0 helps.
  const simulate::counter_random normals{.seed = 19};
  std::vector<double> returns;
  for (std::uint64_t n = 0; n < 1000; ++n)
    returns.push_back((n % 2 == 0 ? 0.01 : 0.03) * (normals.uniform(n) < 0.5 ? -1.0 : 1.0));
  const auto fit = fit_garch(returns);
  ASSERT_TRUE(fit) << name(fit.error());
  EXPECT_TRUE(fit->boundary);
  EXPECT_LT(fit->model.alpha, 1e-3);
  EXPECT_EQ(fit->model.validate(), errc::ok);
}

TEST(GarchFit, NamesWhatIsWrong) {
  const auto good = simulated({.omega = 4e-5, .alpha = 0.1, .beta = 0.86}, 500, 23);
  EXPECT_EQ(fit_garch({}).error(), errc::size_mismatch);
  EXPECT_EQ(fit_garch(std::span(good).first(99)).error(), errc::size_mismatch);
  EXPECT_EQ(fit_garch(std::vector<double>(500, 0.01)).error(), errc::infeasible);
  EXPECT_EQ(fit_garch(std::vector<double>(500, 0.0)).error(), errc::infeasible);
  auto bad = good;
  bad[300] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(fit_garch(bad).error(), errc::not_finite);
  for (const double unit : {1e-170, 1e160}) {
    auto far = good;
    for (double& r : far) r *= unit;
    EXPECT_EQ(fit_garch(far).error(), errc::outside_validity) << unit;
  }
  EXPECT_EQ(fit_garch(good, {.period = 0.0}).error(), errc::bad_configuration);
  EXPECT_EQ(fit_garch(good, {.period = infinity}).error(), errc::not_finite);
  EXPECT_EQ(fit_garch(good, {.most_steps = 0}).error(), errc::bad_configuration);
  EXPECT_EQ(fit_garch(good, {.most_steps = 1}).error(), errc::no_convergence);
}

}  // namespace
}  // namespace trimtab::forecast
