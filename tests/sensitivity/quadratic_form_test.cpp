// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/sensitivity/quadratic_form.hpp>

#include "support/random.hpp"
#include <array>
#include <cmath>
#include <vector>

namespace trimtab {
namespace {

using sensitivity::make_quadratic_form;
using sensitivity::quadratic_form;

struct moves {
  std::size_t n;
  std::vector<double> delta, gamma, covariance;
};

// A covariance of rank `factors`: below n it is singular.
moves random_moves(test::random_numbers& random, std::size_t n, std::size_t factors) {
  moves out{n, std::vector<double>(n), std::vector<double>(n * n), std::vector<double>(n * n)};
  std::vector<double> loading(n * factors);
  for (double& x : loading) x = random.uniform(-0.1, 0.1);
  for (std::size_t i = 0; i < n; ++i) {
    out.delta[i] = random.uniform(-1.0, 1.0);
    for (std::size_t j = 0; j <= i; ++j) {
      out.gamma[n * i + j] = out.gamma[n * j + i] = random.uniform(-3.0, 3.0);
      double sum = 0.0;
      for (std::size_t k = 0; k < factors; ++k) sum += loading[factors * i + k] * loading[factors * j + k];
      out.covariance[n * i + j] = out.covariance[n * j + i] = sum;
    }
  }
  return out;
}

// κᵣ = ½(r−1)!·tr((ΓΣ)ʳ) + ½r!·δᵀΣ(ΓΣ)ʳ⁻²δ by plain matrix products in 64 bits.
long double by_traces(const moves& m, int r) {
  const std::size_t n = m.n;
  const auto times = [n](const std::vector<long double>& a, const std::vector<long double>& b) {
    std::vector<long double> c(n * n);
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < n; ++j)
        for (std::size_t k = 0; k < n; ++k) c[n * i + j] += a[n * i + k] * b[n * k + j];
    return c;
  };
  const std::vector<long double> sigma(m.covariance.begin(), m.covariance.end());
  const std::vector<long double> once = times({m.gamma.begin(), m.gamma.end()}, sigma);
  std::vector<long double> trace = once, middle = sigma;
  for (int k = 1; k < r; ++k) trace = times(trace, once);
  for (int k = 2; k < r; ++k) middle = times(middle, once);
  long double factorial = 1.0L, sum = 0.0L, form = 0.0L;
  for (int k = 2; k < r; ++k) factorial *= k;
  for (std::size_t i = 0; i < n; ++i) {
    sum += trace[n * i + i];
    for (std::size_t j = 0; j < n; ++j) form += m.delta[i] * middle[n * i + j] * m.delta[j];
  }
  return 0.5L * factorial * sum + (r >= 2 ? 0.5L * factorial * r * form : 0.0L);
}

TEST(QuadraticForm, OneMoveIsReadOffThePage) {
  // Y = 1 + 2X + ½·3X², X ~ N(0, ¼): λ = ¾, d = 1 up to sign.
  const double delta[] = {2.0}, gamma[] = {3.0}, covariance[] = {0.25};
  const auto f = make_quadratic_form(1.0, delta, gamma, covariance);
  ASSERT_TRUE(f.has_value());
  EXPECT_DOUBLE_EQ(f->curvature[0], 0.75);
  EXPECT_DOUBLE_EQ(std::fabs(f->slope[0]), 1.0);
  EXPECT_DOUBLE_EQ(f->mean(), 1.375);
  EXPECT_DOUBLE_EQ(f->variance(), 1.0 + 0.5 * 0.75 * 0.75);
  EXPECT_DOUBLE_EQ(f->lowest(), 1.0 - 2.0 / 3.0);  // the bottom of the parabola, −δ²/(2Γ) below θ
  EXPECT_EQ(f->highest(), infinity);
  EXPECT_DOUBLE_EQ(f->highest_tilt(), 4.0 / 3.0);
  EXPECT_EQ(f->lowest_tilt(), -infinity);
}

TEST(QuadraticForm, CumulantsAreThoseOfTheTraces) {
  test::random_numbers random(1928);
  double worst = 0.0;
  for (const std::size_t n : {1U, 2U, 3U, 5U, 9U, 16U}) {
    for (const std::size_t factors : {std::size_t{1}, n, 2 * n}) {
      for (int k = 0; k < 20; ++k) {
        const moves m = random_moves(random, n, factors);
        const auto f = make_quadratic_form(0.0, m.delta, m.gamma, m.covariance);
        ASSERT_TRUE(f.has_value()) << n << ", " << factors << " factors: " << name(f.error());
        moves absolute = m;
        for (auto* part : {&absolute.delta, &absolute.gamma, &absolute.covariance})
          for (double& x : *part) x = std::fabs(x);
        for (int r = 1; r <= 6; ++r) {
          long double scale = 0.0L, factorial = 1.0L;
          for (int i = 2; i < r; ++i) factorial *= i;
          for (std::size_t j = 0; j < n; ++j) {
            const long double bend = std::fabs(f->curvature[j]), square = f->slope[j] * f->slope[j];
            scale += 0.5L * factorial * std::pow(bend, r);
            if (r >= 2) scale += 0.5L * factorial * r * square * std::pow(bend, r - 2);
          }
          // With one factor a λ is itself a sum of terms that cancel: rounding is measured against those.
          if (factors == 1) scale = by_traces(absolute, r);
          const auto error = static_cast<double>(std::fabs(f->cumulant(r) - by_traces(m, r)) / scale);
          EXPECT_LE(error, 1e-13) << "r " << r << ", n " << n << ", " << factors << " factors";
          worst = std::fmax(worst, error);
        }
      }
    }
  }
  std::printf("worst of cumulants 1..6: %.2g of the sum of |terms|\n", worst);
}

TEST(QuadraticForm, CumulantsAreTheDerivativesOfTheGeneratingFunction) {
  const quadratic_form f{.constant = 0.3, .slope = {0.5, -0.2, 0.1}, .curvature = {-0.3, 0.0, 0.4}, .size = 3};
  for (const double s : {-3.0, -1.0, -1e-3, 0.0, 0.5, 2.0}) {
    const double h = 1e-4;
    const double slope = (f.cumulant_generating(s + h) - f.cumulant_generating(s - h)) / (2.0 * h);
    EXPECT_NEAR(f.cumulant(1, s), slope, 1e-6 * (1.0 + std::fabs(slope))) << s;
    for (int r = 1; r <= 5; ++r) {
      const double next = (f.cumulant(r, s + h) - f.cumulant(r, s - h)) / (2.0 * h);
      EXPECT_NEAR(f.cumulant(r + 1, s), next, 3e-5 * (1.0 + std::fabs(next))) << r << " at " << s;
    }
  }
  EXPECT_EQ(f.cumulant_generating(0.0), 0.0);
  EXPECT_EQ(f.cumulant_generating(2.5), infinity);
  EXPECT_EQ(f.cumulant_generating(-4.0), infinity);
  EXPECT_TRUE(std::isfinite(f.cumulant_generating(2.49)));
}

TEST(QuadraticForm, ATokenThatMovesExactlyAsAnotherIsTheSameToken) {
  // A staked token and its own: variances and covariance of one number, rank 1.
  const double both[] = {0.7, -0.3}, bend[] = {0.4, -0.1, -0.1, 0.2}, singular[] = {0.64, 0.64, 0.64, 0.64};
  const double one[] = {0.4}, bent[] = {0.4}, alone[] = {0.64};
  const auto two = make_quadratic_form(0.1, both, bend, singular), single = make_quadratic_form(0.1, one, bent, alone);
  ASSERT_TRUE(two.has_value() && single.has_value());
  for (int r = 1; r <= 4; ++r) EXPECT_NEAR(two->cumulant(r), single->cumulant(r), 1e-15) << r;
}

TEST(QuadraticForm, AStableCoinsVarianceKeepsItsDigitsNextToAVolatileOnes) {
  const double delta[] = {0.0, 1.0}, gamma[] = {0.0, 0.0, 0.0, 3.0}, covariance[] = {1.0, 0.0, 0.0, 1e-20};
  const auto f = make_quadratic_form(0.0, delta, gamma, covariance);
  ASSERT_TRUE(f.has_value());
  EXPECT_NEAR(f->variance() / 1e-20, 1.0, 1e-14);
  EXPECT_NEAR(f->mean() / 1.5e-20, 1.0, 1e-14);
}

TEST(QuadraticForm, OnlyTheSymmetricPartOfGammaCounts) {
  const double delta[] = {1.0, 2.0}, skew[] = {1.0, 0.9, -0.1, 2.0}, even[] = {1.0, 0.4, 0.4, 2.0};
  const double covariance[] = {0.04, 0.01, 0.01, 0.09};
  const auto a = make_quadratic_form(0.0, delta, skew, covariance),
             b = make_quadratic_form(0.0, delta, even, covariance);
  for (int r = 1; r <= 4; ++r) EXPECT_DOUBLE_EQ(a->cumulant(r), b->cumulant(r));
}

TEST(QuadraticForm, NothingThatMovesIsAConstant) {
  const double delta[] = {1.0, 2.0}, gamma[] = {1.0, 0.0, 0.0, 1.0}, still[] = {0.0, 0.0, 0.0, 0.0};
  for (const auto& f : {make_quadratic_form(3.0, delta, gamma, still), make_quadratic_form(3.0, {}, {}, {})}) {
    ASSERT_TRUE(f.has_value());
    EXPECT_EQ(f->mean(), 3.0);
    EXPECT_EQ(f->variance(), 0.0);
    EXPECT_EQ(f->skewness(), 0.0);
    EXPECT_EQ(f->excess_kurtosis(), 0.0);
    EXPECT_EQ(f->lowest(), 3.0);
    EXPECT_EQ(f->highest(), 3.0);
  }
}

TEST(QuadraticForm, SaysWhatIsWrongWithItsInputs) {
  const double delta[] = {1.0, 2.0}, gamma[] = {1.0, 0.0, 0.0, 1.0}, fine[] = {0.04, 0.01, 0.01, 0.09};
  const auto error = [](double constant, std::span<const double> d, std::span<const double> g,
                        std::span<const double> c) { return make_quadratic_form(constant, d, g, c).error(); };
  EXPECT_EQ(error(0.0, delta, gamma, fine), errc::ok);
  EXPECT_EQ(error(0.0, delta, delta, fine), errc::size_mismatch);
  EXPECT_EQ(error(0.0, delta, gamma, delta), errc::size_mismatch);
  const std::vector<double> many(17), square(17 * 17);
  EXPECT_EQ(error(0.0, many, square, square), errc::capacity);
  for (const double bad : {std::nan(""), infinity, -infinity}) {
    EXPECT_EQ(error(bad, delta, gamma, fine), errc::not_finite);
    const double d[] = {bad, 1.0}, m[] = {1.0, bad, 0.0, 1.0};
    EXPECT_EQ(error(0.0, d, gamma, fine), errc::not_finite);
    EXPECT_EQ(error(0.0, delta, m, fine), errc::not_finite);
    EXPECT_EQ(error(0.0, delta, gamma, m), errc::not_finite);
  }
  const double lopsided[] = {0.04, 0.01, 0.02, 0.09}, below_zero[] = {-0.04, 0.0, 0.0, 0.09};
  const double beyond_one[] = {0.04, 0.07, 0.07, 0.09}, still_but_tied[] = {0.0, 0.01, 0.01, 0.09};
  EXPECT_EQ(error(0.0, delta, gamma, lopsided), errc::bad_configuration);
  EXPECT_EQ(error(0.0, delta, gamma, below_zero), errc::bad_configuration);
  EXPECT_EQ(error(0.0, delta, gamma, beyond_one), errc::bad_configuration);
  EXPECT_EQ(error(0.0, delta, gamma, still_but_tied), errc::bad_configuration);
  // Each pair may be correlated so, all three at once cannot.
  const double three[] = {1.0, 1.0, 1.0}, flat[9] = {}, torn[] = {1.0, -0.9, -0.9, -0.9, 1.0, -0.9, -0.9, -0.9, 1.0};
  EXPECT_EQ(error(0.0, three, flat, torn), errc::bad_configuration);
  const double huge[] = {1e308, 1e308, 1e308, 1e308}, wide[] = {1e10, 0.0, 0.0, 1e10};
  EXPECT_EQ(error(0.0, delta, huge, wide), errc::overflow);
}

}  // namespace
}  // namespace trimtab
