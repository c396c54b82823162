// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/forecast/har.hpp>

#include "laws/forecaster_laws.hpp"
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#ifdef TRIMTAB_TESTS_WITH_THIRD_PARTIES
#include <Eigen/Dense>
#endif

namespace trimtab::test {
namespace {

struct LogHarCase {
  using model = forecast::har;
  static model make(double = 1.0) { return {}; }
  static constexpr int warm_up = 30;
  static constexpr double scale_bar = 1e-10;
};
struct LevelHarCase : LogHarCase {
  static model make(double = 1.0) { return {.scale = forecast::har_scale::level}; }
};
INSTANTIATE_TYPED_TEST_SUITE_P(LogHar, ForecasterLaws, LogHarCase);
INSTANTIATE_TYPED_TEST_SUITE_P(LevelHar, ForecasterLaws, LevelHarCase);

}  // namespace
}  // namespace trimtab::test

namespace trimtab::forecast {
namespace {

constexpr double day = 1.0 / 365.0;
constexpr simulate::counter_random normals{.seed = 2009};

/// ln RV that follows a heterogeneous autoregression around −7.
struct log_path {
  std::vector<double> y = std::vector<double>(30, -7.0);
  double mean(std::size_t last) const {
    double sum = 0.0;
    for (std::size_t k = 1; k <= last; ++k) sum += y[y.size() - k];
    return sum / static_cast<double>(last);
  }
  double expected() const { return -0.7 + 0.4 * y.back() + 0.3 * mean(7) + 0.2 * mean(30); }
  double next(double deviation) {
    y.push_back(expected() + deviation * normals.normal(y.size()));
    return y.back();
  }
};
observation of_log(double y) {
  return {.realised_variance = std::exp(y), .years = day};
}

TEST(Har, FindsTheCoefficientsOfItsOwnProcess) {
  const har model{.memory = 1.0};
  har::state_type state;
  log_path path;
  for (int n = 0; n < 60'000; ++n) state = model.step(state, of_log(path.next(0.5)));
  const auto fit = model.learned(state);
  EXPECT_NEAR(fit.daily, 0.4, 0.02);  // standard errors of about 0.005, 0.01, 0.01
  EXPECT_NEAR(fit.weekly, 0.3, 0.04);
  EXPECT_NEAR(fit.monthly, 0.2, 0.04);
  EXPECT_NEAR(fit.intercept, -0.7, 0.2);
  EXPECT_NEAR(fit.deviation, 0.5, 0.01);
}

TEST(Har, ForecastsTheMeanOfSimulatedFutures) {
  const har model{.memory = 1.0};
  har::state_type state;
  log_path path;
  for (int n = 0; n < 20'000; ++n) state = model.step(state, of_log(path.next(0.5)));
  // Futures by the coefficients that it learned, so that only the forecasting is tested.
  const auto fit = model.learned(state);
  const int futures = 20'000;
  for (const int horizon : {1, 10}) {
    double sum = 0.0, squares = 0.0;
    for (int future = 0; future < futures; ++future) {
      std::vector<double> y(path.y.end() - 30, path.y.end());
      double total = 0.0;
      for (int n = 0; n < horizon; ++n) {
        const auto mean = [&](std::size_t last) {
          double s = 0.0;
          for (std::size_t k = 1; k <= last; ++k) s += y[y.size() - k];
          return s / static_cast<double>(last);
        };
        const double z = normals.normal(1'000'000 + static_cast<std::uint64_t>(future * 10 + n));
        y.push_back(fit.intercept + fit.daily * mean(1) + fit.weekly * mean(7) + fit.monthly * mean(30) +
                    fit.deviation * z);
        total += std::exp(y.back());
      }
      sum += total;
      squares += total * total;
    }
    const double mean = sum / futures, error = std::sqrt((squares / futures - mean * mean) / futures);
    EXPECT_LE(std::fabs(model.variance(state, horizon * day) - mean), 3.0 * error) << horizon;
    EXPECT_LT(error, 0.01 * mean);
  }
}

TEST(Har, LevelsForecastByIteratingTheRegression) {
  const har model{.scale = har_scale::level, .memory = 1.0};
  har::state_type state;
  std::vector<double> y;
  for (std::uint64_t t = 0; t < 2000; ++t) {
    state = model.step(state, test::market_day(t));
    y.push_back(test::market_day(t).realised_variance);
  }
  const auto fit = model.learned(state);
  double total = 0.0;
  for (int n = 1; n <= 60; ++n) {
    const auto mean = [&](std::size_t last) {
      double s = 0.0;
      for (std::size_t k = 1; k <= last; ++k) s += y[y.size() - k];
      return s / static_cast<double>(last);
    };
    y.push_back(fit.intercept + fit.daily * mean(1) + fit.weekly * mean(7) + fit.monthly * mean(30));
    total += y.back();
    EXPECT_NEAR(model.variance(state, n * day), total, 1e-11 * total) << n;
  }
}

#ifdef TRIMTAB_TESTS_WITH_THIRD_PARTIES
TEST(Har, AMillionStepsLaterItIsTheBatchSolution) {
  // Rows of the last 60,000 of 1,000,000 periods, with their discounts and what upholds the prior; older ones weigh
  // less than 1e-26.
  const har model{.memory = 0.999};
  constexpr int steps = 1'000'000, rows = 60'000;
  har::state_type state;
  double origin = 0.0;
  log_path path;
  path.y.reserve(steps + 30);
  for (int n = 0; n < steps; ++n) {
    state = model.step(state, of_log(path.next(0.3)));
    if (n == 29) origin = state.origin;
  }
  const std::array<double, 4> prior{0.0, 0.5, 0.3, 0.2};
  Eigen::Matrix4d information = Eigen::Matrix4d::Zero();
  Eigen::Vector4d moments = Eigen::Vector4d::Zero();
  for (int age = rows - 1; age >= 0; --age) {
    const std::size_t at = path.y.size() - 1 - static_cast<std::size_t>(age);
    const auto mean = [&](std::size_t last) {
      double s = 0.0;
      for (std::size_t k = 1; k <= last; ++k) s += path.y[at - k] - origin;
      return s / static_cast<double>(last);
    };
    const Eigen::Vector4d x{1.0, mean(1), mean(7), mean(30)};
    information = 0.999 * information + x * x.transpose();
    moments = 0.999 * moments + x * (path.y[at] - origin);
    const int period = steps - 1 - age;
    if (period % 4 != 0) continue;
    const int turn = period / 4 % 4;
    const double upheld = (1.0 - std::pow(0.999, 16)) * model.prior;
    information(turn, turn) += upheld;
    moments[turn] += upheld * prior[static_cast<std::size_t>(turn)];
  }
  const Eigen::Vector4d batch = information.ldlt().solve(moments);
  const auto fit = model.learned(state);
  EXPECT_NEAR(fit.daily, batch[1], 1e-9);
  EXPECT_NEAR(fit.weekly, batch[2], 1e-9);
  EXPECT_NEAR(fit.monthly, batch[3], 1e-9);

  // The covariance is positive definite, and its trace at most what the prior allows.
  Eigen::Matrix4d u = Eigen::Matrix4d::Identity(), d = Eigen::Matrix4d::Zero();
  for (std::size_t i = 0, at = 0; i < 4; ++i) {
    d(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(i)) = state.regression.information[i];
    for (std::size_t k = i + 1; k < 4; ++k)
      u(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(k)) = state.regression.upper[at++];
  }
  const Eigen::Matrix4d covariance = (u.transpose() * d * u).inverse();
  EXPECT_GT(Eigen::SelfAdjointEigenSolver<Eigen::Matrix4d>(covariance).eigenvalues().minCoeff(), 0.0);
  EXPECT_LE(covariance.trace(), 4.0 / (model.prior * std::pow(0.999, 16)));
}
#endif

TEST(Har, WhereNothingHappensThePriorHolds) {
  // Constant variance tells nothing of the coefficients; with forgetting alone they would wander or break down.
  for (const har_scale scale : {har_scale::log, har_scale::level}) {
    const har model{.scale = scale, .memory = 0.99};
    har::state_type state;
    for (int n = 0; n < 200'000; ++n) state = model.step(state, {.realised_variance = 1e-3, .years = day});
    const auto fit = model.learned(state);
    EXPECT_NEAR(fit.daily + fit.weekly + fit.monthly, 1.0, scale == har_scale::log ? 1e-9 : 0.05);
    EXPECT_NEAR(model.variance(state, day), 1e-3, 1e-9);
    EXPECT_NEAR(model.variance(state, 1.0), 0.365, 1e-6);
  }
}

TEST(Har, HoursAddUpToDays) {
  const har model;
  har::state_type whole, parts;
  for (std::uint64_t t = 0; t < 50; ++t) {
    double sum = 0.0;
    for (std::uint64_t hour = 0; hour < 24; ++hour) {
      const double r = 0.006 * normals.normal(24 * t + hour);
      parts = model.step(parts, {.log_return = r, .years = day / 24.0});
      sum += r * r;
    }
    whole = model.step(whole, {.realised_variance = sum, .years = day});
  }
  EXPECT_EQ(parts.periods, 50U);
  EXPECT_NEAR(model.variance(parts, 0.1), model.variance(whole, 0.1), 1e-12);
}

TEST(Har, ADayWithoutMovementCountsAsTheQuietestSeen) {
  const har model;
  har::state_type state;
  state = model.step(state, {.realised_variance = 0.0, .years = day});
  EXPECT_EQ(state.periods, 0U);  // of silence alone there is no logarithm
  for (std::uint64_t t = 0; t < 40; ++t) state = model.step(state, test::market_day(t));
  const auto quiet = model.step(state, {.log_return = 0.0, .years = day});
  const auto least = model.step(state, {.realised_variance = state.least, .years = day});
  EXPECT_EQ(model.variance(quiet, 0.1), model.variance(least, 0.1));
  EXPECT_LT(model.variance(quiet, 0.1), model.variance(state, 0.1));
}

TEST(Har, NoForecastLeavesTheRangeOfWhatWasSeen) {
  for (const har_scale scale : {har_scale::log, har_scale::level}) {
    const har model{.scale = scale, .memory = 0.9, .prior = 0.01};  // learns anything
    har::state_type state;
    double least = infinity, most = 0.0;
    for (int n = 0; n < 2000; ++n) {
      const double variance = std::exp(-7.0 + 4.0 * normals.normal(static_cast<std::uint64_t>(n)));
      least = std::fmin(least, variance);
      most = std::fmax(most, variance);
      state = model.step(state, {.realised_variance = variance, .years = day});
      if (n < 30) continue;
      for (const double periods : {1.0, 50.0, 400.0}) {
        const double mean = model.variance(state, periods * day) / periods;
        ASSERT_GE(mean, least * (1.0 - 1e-9));
        ASSERT_LE(mean, most * (1.0 + 1e-9));
      }
    }
  }
}

TEST(Har, AbsurdVariancesDoNotBreakIt) {
  for (const har_scale scale : {har_scale::log, har_scale::level}) {
    const har model{.scale = scale};
    har::state_type state;
    for (std::uint64_t t = 0; t < 500; ++t) {
      observation seen = test::market_day(t);
      if (t % 50 == 49) seen.realised_variance = t % 100 == 49 ? 1e300 : 1e-300;
      state = model.step(state, seen);
      EXPECT_EQ(std::isfinite(model.variance(state, 5.0 * day)), t >= 29) << t;
    }
  }
}

TEST(Har, NamesWhatIsWrong) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(har{}.validate(), errc::ok);
  EXPECT_EQ((har{.memory = nan}.validate()), errc::not_finite);
  for (const har bad : {har{.memory = 0.0}, har{.memory = 1.01}, har{.prior = 0.0}, har{.period = -1.0}})
    EXPECT_EQ(bad.validate(), errc::bad_configuration);
  EXPECT_TRUE(std::isnan(har{}.learned({}).daily));
  EXPECT_TRUE(std::isnan(har{}.variance({}, 1.0)));
}

}  // namespace
}  // namespace trimtab::forecast
