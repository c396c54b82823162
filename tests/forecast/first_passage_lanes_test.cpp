// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/forecast/first_passage_lanes.hpp>

#include "support/random.hpp"
#include <algorithm>
#include <array>
#include <cmath>
#include <iostream>
#include <limits>
#include <vector>

namespace trimtab::forecast {
namespace {

constexpr double epsilon = std::numeric_limits<double>::epsilon();

/// Σ|∂ln p/∂ln input|, by differences of the scalar's logarithm.
double condition_of(const motion& m, double x, double years) {
  constexpr double up = 1.0 + 1e-4, down = 1.0 - 1e-4;
  const auto log = [&](double nu, double sigma, double of, double time) {
    return first_passage_of({m.drift * nu, m.volatility * sigma}, x * of, years * time).log_hit;
  };
  const double parts =
      std::fabs(log(up, 1, 1, 1) - log(down, 1, 1, 1)) + std::fabs(log(1, up, 1, 1) - log(1, down, 1, 1)) +
      std::fabs(log(1, 1, up, 1) - log(1, 1, down, 1)) + std::fabs(log(1, 1, 1, up) - log(1, 1, 1, down));
  return parts / 2e-4;
}

template <class Arch>
class FirstPassageLanes : public testing::Test {};
#if XSIMD_WITH_SSE2
using archs = testing::Types<xsimd::default_arch, xsimd::sse2>;
#else
using archs = testing::Types<xsimd::default_arch>;
#endif
TYPED_TEST_SUITE(FirstPassageLanes, archs);

struct accounts {
  std::vector<double> drift, volatility, log_health, years;
  void add(double nu, double sigma, double x, double time) {
    drift.push_back(nu), volatility.push_back(sigma), log_health.push_back(x), years.push_back(time);
  }
  [[nodiscard]] std::size_t size() const { return drift.size(); }
  [[nodiscard]] double scalar(std::size_t i) const {
    return liquidation_probability(motion{drift[i], volatility[i]}, log_health[i], years[i]);
  }
};

accounts ordinary_accounts(std::uint64_t seed, std::size_t count) {
  test::random_numbers random(seed);
  accounts a;
  while (a.size() < count) {
    const double sigma = random.log_uniform(0.01, 4.0), years = random.log_uniform(1e-6, 5.0);
    const double spread = sigma * std::sqrt(years), x = spread * random.log_uniform(1e-6, 30.0);
    // Drifts of all sizes, past the barrier and away from it.
    const double drift = random.uniform(-1.0, 1.0) * spread * random.log_uniform(1e-3, 40.0) / years;
    a.add(drift, sigma, x, years);
  }
  return a;
}

TYPED_TEST(FirstPassageLanes, AgreesWithTheScalar) {
  const accounts a = ordinary_accounts(1, 20'001);
  std::vector<double> out(a.size());
  ASSERT_EQ(liquidation_probabilities<TypeParam>(a.drift, a.volatility, a.log_health, a.years, out), errc::ok);
  double worst = 0.0;
  std::size_t past = 0, away = 0, compared = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double p = a.scalar(i);
    past += a.log_health[i] + a.drift[i] * a.years[i] < 0.0 ? 1 : 0;
    away += a.log_health[i] - a.drift[i] * a.years[i] < 0.0 ? 1 : 0;
    if (p < std::numeric_limits<double>::min()) {
      EXPECT_TRUE(out[i] >= 0.0 && out[i] <= std::numeric_limits<double>::min()) << out[i] << ' ' << p;
      continue;
    }
    ++compared;
    const double condition = condition_of({a.drift[i], a.volatility[i]}, a.log_health[i], a.years[i]);
    const double error = std::fabs(out[i] - p) / p / (epsilon * (1.0 + condition));
    EXPECT_LE(error, 8.0) << out[i] << ' ' << p << ' ' << condition;
    EXPECT_LE(out[i], 1.0);
    worst = std::max(worst, error);
  }
  EXPECT_GT(past, 1000U);
  EXPECT_GT(away, 1000U);
  EXPECT_GT(compared, 15'000U);
  std::cout << "worst " << worst << " eps·(1 + condition), " << TypeParam::name() << '\n';
}

TYPED_TEST(FirstPassageLanes, EdgesAreTheScalars) {
  const double nan = std::nan(""), inf = std::numeric_limits<double>::infinity();
  const std::array<double, 11> values = {nan, -inf, inf, 0.0, -0.0, 1.0, -1.0, 1e-300, 1e300, 0.1, -1e300};
  accounts a;
  for (const double nu : values)
    for (const double sigma : values)
      for (const double x : values)
        for (const double years : values) a.add(nu, sigma, x, years);
  std::vector<double> out(a.size());
  ASSERT_EQ(liquidation_probabilities<TypeParam>(a.drift, a.volatility, a.log_health, a.years, out), errc::ok);
  std::size_t nans = 0, ones = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double p = a.scalar(i);
    nans += p != p ? 1 : 0;
    ones += p == 1.0 ? 1 : 0;
    if (p != p) {
      EXPECT_TRUE(out[i] != out[i]) << a.drift[i] << ' ' << a.volatility[i] << ' ' << a.log_health[i];
    } else {
      EXPECT_NEAR(out[i], p, 64.0 * epsilon * p)
          << a.drift[i] << ' ' << a.volatility[i] << ' ' << a.log_health[i] << ' ' << a.years[i];
    }
  }
  EXPECT_GT(nans, 5000U);
  EXPECT_GT(ones, 500U);
}

TYPED_TEST(FirstPassageLanes, ANumberDoesNotDependOnItsPlaceOrItsNeighbours) {
  const std::size_t lanes = xsimd::batch<double, TypeParam>::size;
  accounts a = ordinary_accounts(2, 4 * lanes + 3);
  std::vector<double> whole(a.size());
  ASSERT_EQ(liquidation_probabilities<TypeParam>(a.drift, a.volatility, a.log_health, a.years, whole), errc::ok);
  for (std::size_t first = 0; first < a.size(); ++first) {
    for (std::size_t n = 0; first + n <= a.size(); ++n) {
      const auto part = [&](const std::vector<double>& v) { return std::span<const double>(v).subspan(first, n); };
      std::vector<double> out(n + 1, -7.0);
      ASSERT_EQ(liquidation_probabilities<TypeParam>(part(a.drift), part(a.volatility), part(a.log_health),
                                                     part(a.years), std::span(out).first(n)),
                errc::ok);
      for (std::size_t i = 0; i < n; ++i) ASSERT_EQ(out[i], whole[first + i]) << first << ' ' << n;
      ASSERT_EQ(out[n], -7.0);  // nothing behind the end is written
    }
  }
  // A neighbour that is no account.
  a.volatility[0] = std::nan("");
  std::vector<double> beside(a.size());
  ASSERT_EQ(liquidation_probabilities<TypeParam>(a.drift, a.volatility, a.log_health, a.years, beside), errc::ok);
  EXPECT_TRUE(std::isnan(beside[0]));
  for (std::size_t i = 1; i < a.size(); ++i) EXPECT_EQ(beside[i], whole[i]);
}

TYPED_TEST(FirstPassageLanes, OneMotionForAllIsTheSame) {
  const motion m{-0.2, 0.9};
  for (std::size_t n = 0; n < 20; ++n) {
    std::vector<double> x(n), out(n), expected(n);
    for (std::size_t i = 0; i < n; ++i) x[i] = 0.03 * static_cast<double>(i) - 0.05;
    const std::vector<double> drift(n, m.drift), volatility(n, m.volatility), years(n, 0.1);
    ASSERT_EQ(liquidation_probabilities<TypeParam>(m, x, 0.1, out), errc::ok);
    ASSERT_EQ(liquidation_probabilities<TypeParam>(drift, volatility, x, years, expected), errc::ok);
    EXPECT_EQ(out, expected);
    for (std::size_t i = 0; i < n; ++i) EXPECT_NEAR(out[i], liquidation_probability(m, x[i], 0.1), 1e-14 * out[i]);
  }
}

TYPED_TEST(FirstPassageLanes, RefusesColumnsOfAnotherLength) {
  const std::vector<double> three(3, 0.5), two(2, 0.5);
  std::vector<double> out(3, -7.0);
  const auto ask = [&](const auto& a, const auto& b, const auto& c, const auto& d) {
    return liquidation_probabilities<TypeParam>(a, b, c, d, out);
  };
  EXPECT_EQ(ask(two, three, three, three), errc::size_mismatch);
  EXPECT_EQ(ask(three, two, three, three), errc::size_mismatch);
  EXPECT_EQ(ask(three, three, two, three), errc::size_mismatch);
  EXPECT_EQ(ask(three, three, three, two), errc::size_mismatch);
  EXPECT_EQ(liquidation_probabilities<TypeParam>(motion{0.0, 0.5}, two, 0.5, out), errc::size_mismatch);
  for (const double p : out) EXPECT_EQ(p, -7.0);
  EXPECT_EQ(ask(three, three, three, three), errc::ok);
}

}  // namespace
}  // namespace trimtab::forecast
