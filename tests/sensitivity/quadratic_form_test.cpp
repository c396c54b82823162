// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/sensitivity/quadratic_form.hpp>

#include "support/moves.hpp"
#include "support/tolerance.hpp"
#include <array>
#include <cmath>
#include <limits>

namespace trimtab {
namespace {

using sensitivity::make_quadratic_form;
using sensitivity::quadratic_form;

quadratic_form made(const test::random_moves& m) {
  const auto y = make_quadratic_form(m.constant, m.delta, m.gamma, m.covariance);
  EXPECT_TRUE(y.has_value()) << name(y.error());
  return *y;
}

// tr(A·B) and others, straight from the matrices in long double.
using square = std::vector<long double>;
square product(const square& a, const square& b, std::size_t n) {
  square c(n * n);
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < n; ++j)
      for (std::size_t k = 0; k < n; ++k) c[i * n + j] += a[i * n + k] * b[k * n + j];
  return c;
}

TEST(QuadraticForm, CumulantsAreThoseOfTheMatricesThemselves) {
  test::random_numbers random(1992);
  for (const std::size_t n : {1U, 2U, 3U, 7U, 16U}) {
    for (const std::size_t axes : {n, (n + 1) / 2}) {  // also moves that depend on each other
      const test::random_moves m(random, n, axes, 1.0);
      const quadratic_form y = made(m);
      const square gamma(m.gamma.begin(), m.gamma.end()), cov(m.covariance.begin(), m.covariance.end());
      const square step = product(gamma, cov, n);  // ΓΣ
      square power = step, with = cov;             // (ΓΣ)^r, Σ(ΓΣ)^{r−2}
      long double factorial = 1.0L, scale = 0.0L;
      for (const double x : y.curvature) scale += std::fabs(x);
      for (const double x : y.slope) scale += std::fabs(x);
      for (int r = 1; r <= 8; ++r) {
        long double trace = 0.0L, lean = 0.0L;
        for (std::size_t i = 0; i < n; ++i) {
          trace += power[i * n + i];
          for (std::size_t j = 0; j < n; ++j) lean += m.delta[i] * with[i * n + j] * m.delta[j];
        }
        const long double expected =
            0.5L * factorial * (trace + (r < 2 ? 0.0L : r * lean)) + (r < 2 ? m.constant : 0.0);
        EXPECT_LE(std::fabs(y.cumulant(r) - expected), 1e-13L * factorial * r * (1.0L + std::pow(scale, r))) << n << r;
        power = product(power, step, n);
        if (r >= 2) with = product(with, step, n);
        factorial *= r;
      }
    }
  }
}

TEST(QuadraticForm, MomentFunctionHasTheCumulantsForDerivatives) {
  test::random_numbers random(7);
  for (int n = 0; n < 50; ++n) {
    const quadratic_form y = made(test::random_moves(random, 4, 4, 1.0));
    EXPECT_EQ(y.log_moment(0.0), 0.0);
    EXPECT_EQ(y.log_moment_slope(0.0), y.mean());
    EXPECT_TRUE(test::close(y.log_moment_curvature(0.0), y.variance(), 1e-13));
    const double third = (y.log_moment_curvature(1e-5) - y.log_moment_curvature(-1e-5)) / 2e-5;
    EXPECT_LE(std::fabs(third - y.cumulant(3)), 1e-7) << n;
    const auto domain = y.domain();
    for (const double share : {-0.9, -0.5, -0.01, 0.01, 0.5, 0.9}) {
      const double s = share * (share < 0.0 ? std::fmin(-domain.low, 5.0) : std::fmin(domain.high, 5.0)), h = 1e-5;
      const double slope = (y.log_moment(s + h) - y.log_moment(s - h)) / (2.0 * h);
      EXPECT_LE(std::fabs(slope - y.log_moment_slope(s)), 1e-6 * (1.0 + std::fabs(slope))) << n;
      const double curve = (y.log_moment_slope(s + h) - y.log_moment_slope(s - h)) / (2.0 * h);
      EXPECT_LE(std::fabs(curve - y.log_moment_curvature(s)), 1e-6 * curve) << n;
    }
    if (is_finite(domain.high)) {
      EXPECT_TRUE(std::isnan(y.log_moment(domain.high * 1.01)));
    }
  }
}

TEST(QuadraticForm, MomentsOfDraws) {
  test::random_numbers random(1738);
  const test::random_moves m(random, 3, 2, 1.0);
  const quadratic_form y = made(m);
  const int draws = 200000;
  double sum = 0.0, squares = 0.0, cubes = 0.0, exponentials = 0.0, exponentials_squared = 0.0;
  for (int k = 0; k < draws; ++k) {
    const double value = m.at(m.draw(random)) - y.mean(), e = std::exp(value + y.mean());
    sum += value, squares += value * value, cubes += value * value * value;
    exponentials += e, exponentials_squared += e * e;
  }
  const double v = y.variance(), k4 = y.cumulant(4), n = draws;
  EXPECT_LE(std::fabs(sum / n), 3.0 * std::sqrt(v / n));
  EXPECT_LE(std::fabs(squares / n - v), 3.0 * std::sqrt((k4 + 2.0 * v * v) / n));
  const double k3 = y.cumulant(3);
  const double sixth = y.cumulant(6) + 15.0 * k4 * v + 10.0 * k3 * k3 + 15.0 * v * v * v;
  EXPECT_LE(std::fabs(cubes / n - k3), 3.0 * std::sqrt((sixth - k3 * k3) / n));
  const double mean = exponentials / n;
  EXPECT_LE(std::fabs(mean - std::exp(y.log_moment(1.0))),
            3.0 * std::sqrt((exponentials_squared / n - mean * mean) / n));
}

TEST(QuadraticForm, EndsOfWhatItCanBe) {
  const quadratic_form bowl{.constant = 1.0, .slope = {1.0, 0.0}, .curvature = {2.0, 1.0}, .size = 2};
  EXPECT_EQ(bowl.lowest(), 0.75);  // z + z² is least at −½
  EXPECT_EQ(bowl.highest(), infinity);
  EXPECT_EQ(bowl.domain().high, 0.5);
  EXPECT_EQ(bowl.domain().low, -infinity);
  const quadratic_form dome{.constant = 1.0, .slope = {1.0}, .curvature = {-2.0}, .size = 1};
  EXPECT_EQ(dome.highest(), 1.25);
  EXPECT_EQ(dome.lowest(), -infinity);
  const quadratic_form line{.constant = 1.0, .slope = {1.0}, .curvature = {0.0}, .size = 1};
  EXPECT_EQ(line.highest(), infinity);
  EXPECT_EQ(line.lowest(), -infinity);
  const quadratic_form still{.constant = 1.0};
  EXPECT_EQ(still.lowest(), 1.0);
  EXPECT_EQ(still.highest(), 1.0);
  EXPECT_EQ(still.skewness(), 0.0);
  EXPECT_EQ(still.excess_kurtosis(), 0.0);
}

TEST(QuadraticForm, WhatMovesLittleIsCheckedAsMuch) {
  // A pair of quiet tokens next to a volatile one: what is wrong with them is small against its variance.
  const auto error = [](std::array<double, 4> quiet) {
    const std::array delta{1.0, 1.0, 1.0};
    const std::array<double, 9> flat{}, spread{1.0, 0.0, 0.0, 0.0, quiet[0], quiet[1], 0.0, quiet[2], quiet[3]};
    return make_quadratic_form(0.0, delta, flat, spread).error();
  };
  EXPECT_EQ(error({1e-13, 5e-14, 5e-14, 1e-13}), errc::ok);
  EXPECT_EQ(error({1e-13, 7e-13, 7e-13, 1e-13}), errc::bad_configuration);   // a correlation of 7
  EXPECT_EQ(error({1e-13, 5e-14, -5e-14, 1e-13}), errc::bad_configuration);  // of ½ and −½
  EXPECT_EQ(error({-1e-13, 0.0, 0.0, 1e-13}), errc::bad_configuration);
  EXPECT_EQ(error({0.0, 1e-14, 1e-14, 1e-13}), errc::bad_configuration);  // with what does not move
  EXPECT_EQ(error({0.0, 0.0, 0.0, 1e-13}), errc::ok);
  EXPECT_EQ(error({1e-13, 1e-13, 1e-13, 1e-13}), errc::ok);  // one token twice
}

TEST(QuadraticForm, RefusesByName) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::array one{1.0};
  const std::array two{1.0, 2.0}, unknown{nan, 1.0};
  const std::array unit{1.0, 0.0, 0.0, 1.0}, skewed{1.0, 0.5, 0.4, 1.0}, indefinite{1.0, 2.0, 2.0, 1.0};
  const std::array unknown_matrix{1.0, infinity, infinity, 1.0};
  const std::vector<double> many(17, 1.0), table(17 * 17, 0.0);
  EXPECT_EQ(make_quadratic_form(0.0, two, unit, unit).error(), errc::ok);
  EXPECT_EQ(make_quadratic_form(0.0, one, unit, unit).error(), errc::size_mismatch);
  EXPECT_EQ(make_quadratic_form(0.0, two, one, unit).error(), errc::size_mismatch);
  EXPECT_EQ(make_quadratic_form(0.0, two, unit, one).error(), errc::size_mismatch);
  EXPECT_EQ(make_quadratic_form(nan, two, unit, unit).error(), errc::not_finite);
  EXPECT_EQ(make_quadratic_form(0.0, unknown, unit, unit).error(), errc::not_finite);
  EXPECT_EQ(make_quadratic_form(0.0, two, unknown_matrix, unit).error(), errc::not_finite);
  EXPECT_EQ(make_quadratic_form(0.0, two, unit, unknown_matrix).error(), errc::not_finite);
  EXPECT_EQ(make_quadratic_form(0.0, two, skewed, unit).error(), errc::bad_configuration);
  EXPECT_EQ(make_quadratic_form(0.0, two, unit, skewed).error(), errc::bad_configuration);
  EXPECT_EQ(make_quadratic_form(0.0, two, unit, indefinite).error(), errc::bad_configuration);
  EXPECT_EQ(make_quadratic_form(0.0, two, indefinite, unit).error(), errc::ok);  // health may bend either way
  EXPECT_EQ(make_quadratic_form(0.0, many, table, table).error(), errc::capacity);
  EXPECT_EQ(make_quadratic_form(0.5, {}, {}, {})->mean(), 0.5);
}

}  // namespace
}  // namespace trimtab
