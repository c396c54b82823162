// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/forecast/forecast_score.hpp>
#include <trimtab/simulate/counter_random.hpp>

#include <cmath>
#include <limits>
#include <vector>

namespace trimtab::forecast {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr simulate::counter_random normals{.seed = 1969};

struct sample {
  std::vector<double> forecasts, realised, weights;
};
sample some(std::uint64_t n) {
  sample s;
  for (std::uint64_t i = 0; i < n; ++i) {
    s.forecasts.push_back(1e-3 * std::exp(0.5 * normals.normal(2 * i)));
    s.realised.push_back(1e-4 + 0.8 * s.forecasts.back() * std::exp(0.4 * normals.normal(2 * i + 1) - 0.08));
    s.weights.push_back(1.0 / (s.forecasts.back() * s.forecasts.back()));
  }
  return s;
}

TEST(MincerZarnowitz, FindsALineExactly) {
  const std::vector<double> x{1.0, 2.0, 4.0, 7.0}, y{2.5, 3.0, 4.0, 5.5};
  const auto fit = mincer_zarnowitz(x, y);
  EXPECT_NEAR(fit->intercept, 2.0, 1e-14);
  EXPECT_NEAR(fit->slope, 0.5, 1e-15);
  EXPECT_NEAR(fit->r2, 1.0, 1e-15);
}

TEST(MincerZarnowitz, ResidualsAreOrthogonalAndR2IsTheirShare) {
  const sample s = some(500);
  for (const bool weighted : {false, true}) {
    const auto fit =
        weighted ? mincer_zarnowitz(s.forecasts, s.realised, s.weights) : mincer_zarnowitz(s.forecasts, s.realised);
    ASSERT_TRUE(fit);
    long double total = 0.0L, mean = 0.0L, size = 0.0L, plain = 0.0L, along = 0.0L, left = 0.0L, all = 0.0L;
    for (std::size_t i = 0; i < s.forecasts.size(); ++i) {
      const long double w = weighted ? static_cast<long double>(s.weights[i]) : 1.0L;
      total += w, mean += w * static_cast<long double>(s.realised[i]);
    }
    mean /= total;
    for (std::size_t i = 0; i < s.forecasts.size(); ++i) {
      const long double w = weighted ? static_cast<long double>(s.weights[i]) : 1.0L;
      const long double x = static_cast<long double>(s.forecasts[i]), y = static_cast<long double>(s.realised[i]);
      const long double e = y - static_cast<long double>(fit->intercept) - static_cast<long double>(fit->slope) * x;
      plain += w * e, along += w * e * x, left += w * e * e, all += w * (y - mean) * (y - mean);
      size += w * y;
    }
    EXPECT_LE(std::fabs(plain), 1e-12L * size);
    EXPECT_LE(std::fabs(along), 1e-13L * size);
    EXPECT_NEAR(fit->r2, static_cast<double>(1.0L - left / all), 1e-12);
    EXPECT_GT(fit->r2, 0.3);
    EXPECT_NEAR(fit->slope, 0.8, 0.15);
  }
}

TEST(MincerZarnowitz, NamesWhatIsWrong) {
  const std::vector<double> x{1.0, 2.0, 4.0}, flat{1.0, 1.0, 1.0}, bad{1.0, nan, 2.0}, less{-1.0, 1.0, 1.0},
      none{0.0, 0.0, 0.0};
  EXPECT_EQ(mincer_zarnowitz(std::span(x).first(2), std::span(x).first(2)).error(), errc::size_mismatch);
  EXPECT_EQ(mincer_zarnowitz(x, std::span(x).first(2)).error(), errc::size_mismatch);
  EXPECT_EQ(mincer_zarnowitz(x, x, std::span(x).first(2)).error(), errc::size_mismatch);
  EXPECT_EQ(mincer_zarnowitz(x, bad).error(), errc::not_finite);
  EXPECT_EQ(mincer_zarnowitz(bad, x).error(), errc::not_finite);
  EXPECT_EQ(mincer_zarnowitz(x, x, bad).error(), errc::not_finite);
  EXPECT_EQ(mincer_zarnowitz(x, x, less).error(), errc::negative_amount);
  EXPECT_EQ(mincer_zarnowitz(x, x, none).error(), errc::infeasible);
  EXPECT_EQ(mincer_zarnowitz(flat, x).error(), errc::infeasible);
  EXPECT_EQ(mincer_zarnowitz(x, flat).error(), errc::infeasible);
}

TEST(DieboldMariano, WithoutLagsIsTheTestOfAMean) {
  std::vector<double> a, b;
  double sum = 0.0, squares = 0.0;
  for (std::uint64_t i = 0; i < 200; ++i) {
    a.push_back(normals.normal(5000 + i));
    b.push_back(normals.normal(6000 + i) + 0.1);
    sum += a.back() - b.back();
  }
  for (std::size_t i = 0; i < 200; ++i) squares += std::pow(a[i] - b[i] - sum / 200.0, 2);
  const auto test = diebold_mariano(a, b, 0);
  EXPECT_NEAR(test->mean_difference, sum / 200.0, 1e-15);
  EXPECT_NEAR(test->statistic, sum / 200.0 / std::sqrt(squares / 200.0 / 200.0), 1e-12);
  EXPECT_NEAR(test->p_value, std::erfc(std::fabs(test->statistic) / std::sqrt(2.0)), 1e-14);
  const auto reverse = diebold_mariano(b, a, 0);
  EXPECT_DOUBLE_EQ(reverse->statistic, -test->statistic);
}

TEST(DieboldMariano, NeweyWestByHand) {
  const std::vector<double> d{1.0, 3.0, 2.0, 6.0}, zero(4);             // about the mean 3: −2, 0, −1, 3
  const double variance = 14.0 / 4.0, first = (0.0 + 0.0 - 3.0) / 4.0;  // autocovariances
  const auto test = diebold_mariano(d, zero, 1);
  EXPECT_NEAR(test->statistic, 3.0 / std::sqrt((variance + 2.0 * 0.5 * first) / 4.0), 1e-14);
}

TEST(DieboldMariano, RejectsAsOftenAsItSays) {
  // Differences that depend on the day before, so that lags are needed; 5 % of the tests should reject.
  int rejected = 0, without_lags = 0;
  const int trials = 400;
  const std::vector<double> zero(500);
  for (int trial = 0; trial < trials; ++trial) {
    std::vector<double> d;
    for (std::uint64_t i = 0; i < 500; ++i) {
      const std::uint64_t n = static_cast<std::uint64_t>(trial) * 1000 + i;
      d.push_back(normals.normal(n + 1) + 0.7 * normals.normal(n));
    }
    rejected += diebold_mariano(d, zero)->p_value < 0.05 ? 1 : 0;
    without_lags += diebold_mariano(d, zero, 0)->p_value < 0.05 ? 1 : 0;
  }
  EXPECT_NEAR(static_cast<double>(rejected) / trials, 0.05, 0.04);
  EXPECT_GT(without_lags, rejected + 20);
}

TEST(DieboldMariano, NamesWhatIsWrong) {
  const std::vector<double> x{1.0, 2.0, 4.0}, y{0.0, 2.0, 1.0}, bad{1.0, nan, 2.0};
  EXPECT_EQ(diebold_mariano(x, std::span(y).first(2)).error(), errc::size_mismatch);
  EXPECT_EQ(diebold_mariano({}, {}).error(), errc::size_mismatch);
  EXPECT_EQ(diebold_mariano(x, y, 3).error(), errc::size_mismatch);
  EXPECT_EQ(diebold_mariano(x, bad).error(), errc::not_finite);
  EXPECT_EQ(diebold_mariano(x, x).error(), errc::infeasible);
  EXPECT_TRUE(diebold_mariano(x, y));
}

}  // namespace
}  // namespace trimtab::forecast
