// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/forecast/realised.hpp>
#include <trimtab/simulate/counter_random.hpp>

#include "support/random.hpp"
#include "support/tolerance.hpp"
#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace trimtab {
namespace {

using namespace forecast;

TEST(Realised, IsTheSumsOfItsFormulas) {
  test::random_numbers random(2012);
  for (int n = 0; n < 50; ++n) {
    std::vector<double> r(4 + random.below(60));
    for (double& x : r) x = random.uniform(-0.05, 0.05);
    long double rv = 0, down = 0, up = 0, fourths = 0, bv = 0, quad = 0, med2 = 0, med4 = 0;
    const auto size = [&](std::size_t t) { return std::fabs(static_cast<long double>(r[t])); };
    for (std::size_t t = 0; t < r.size(); ++t) {
      rv += size(t) * size(t), fourths += std::pow(size(t), 4.0L);
      (r[t] < 0.0 ? down : up) += size(t) * size(t);
      if (t >= 1) bv += size(t) * size(t - 1);
      if (t >= 2) {
        std::array<long double, 3> three{size(t), size(t - 1), size(t - 2)};
        std::sort(three.begin(), three.end());
        med2 += three[1] * three[1], med4 += std::pow(three[1], 4.0L);
      }
      if (t >= 3) quad += size(t) * size(t - 1) * size(t - 2) * size(t - 3);
    }
    const long double m = static_cast<long double>(r.size()), p = 3.14159265358979323846264L, root = std::sqrt(3.0L);
    const realised ours = realise(r);
    const auto same = [&](double a, long double b) {
      EXPECT_TRUE(test::close(a, static_cast<double>(b), 2e-15)) << a << ' ' << static_cast<double>(b);
    };
    same(ours.variance(), rv), same(ours.variance_down(), down), same(ours.variance_up(), up);
    same(ours.bipower(), p / 2 * m / (m - 1) * bv);
    same(ours.median(), p / (6 - 4 * root + p) * m / (m - 2) * med2);
    same(ours.quarticity(), m / 3 * fourths);
    same(ours.quad_power_quarticity(), p * p / 4 * m * m / (m - 3) * quad);
    same(ours.median_quarticity(), 3 * p / (9 * p + 72 - 52 * root) * m * m / (m - 2) * med4);
  }
}

TEST(Realised, IsUnbiasedForABrownianMotionAndOnlyThePlainSumSeesAJump) {
  const std::size_t stretches = 4000, n = 80;
  const double deviation = 0.01, variance = static_cast<double>(n) * deviation * deviation;
  std::array<double, 6> sum{}, squares{};
  std::array<double, 3> with_jump{};
  for (std::size_t s = 0; s < stretches; ++s) {
    const simulate::counter_random random{.seed = 2004, .stream = s};
    std::vector<double> r(n);
    for (std::size_t t = 0; t < n; ++t) r[t] = deviation * random.normal(t);
    const realised day = realise(r);
    const std::array<double, 6> ratios{day.variance() / variance,
                                       day.bipower() / variance,
                                       day.median() / variance,
                                       day.quarticity() / (variance * variance),
                                       day.quad_power_quarticity() / (variance * variance),
                                       day.median_quarticity() / (variance * variance)};
    for (std::size_t k = 0; k < ratios.size(); ++k) sum[k] += ratios[k], squares[k] += ratios[k] * ratios[k];
    r[n / 2] += 0.1;  // 10σ: 1.25 times the variance of the day
    const realised jumped = realise(r);
    with_jump[0] += jumped.variance() / variance, with_jump[1] += jumped.bipower() / variance;
    with_jump[2] += jumped.median() / variance;
  }
  const double count = static_cast<double>(stretches);
  for (std::size_t k = 0; k < sum.size(); ++k) {
    const double mean = sum[k] / count, error = std::sqrt((squares[k] / count - mean * mean) / count);
    EXPECT_NEAR(mean, 1.0, 3.0 * error) << k;
    EXPECT_LT(error, 0.01) << k;
  }
  EXPECT_NEAR(with_jump[0] / count, 2.25, 0.02);
  EXPECT_LT(with_jump[1] / count, 1.30);  // (π/2)·2·10σ·E|r|/(nσ²) = 0.31 less the two products it replaces
  EXPECT_LT(with_jump[2] / count, 1.05);
}

TEST(Realised, TwoScalesRemoveTheNoise) {
  const std::size_t days = 400, n = 1500, stride = 60;
  const double deviation = 0.001, noise = 0.001, variance = static_cast<double>(n) * deviation * deviation;
  double sum = 0.0, squares = 0.0, plain = 0.0;
  for (std::size_t d = 0; d < days; ++d) {
    const simulate::counter_random random{.seed = 2005, .stream = d};
    std::vector<double> seen(n + 1);
    double x = 0.0;
    for (std::size_t t = 0; t <= n; ++t) {
      x += t > 0 ? deviation * random.normal(2 * t) : 0.0;
      seen[t] = x + noise * random.normal(2 * t + 1);
    }
    const double ratio = *two_scale_variance(seen, stride) / variance;
    sum += ratio, squares += ratio * ratio;
    for (std::size_t t = 1; t <= n; ++t) plain += (seen[t] - seen[t - 1]) * (seen[t] - seen[t - 1]) / variance;
  }
  const double count = static_cast<double>(days), mean = sum / count;
  EXPECT_NEAR(mean, 1.0, 3.0 * std::sqrt((squares / count - mean * mean) / count));
  EXPECT_NEAR(plain / count, 3.0, 0.05);  // 1 + 2·noise²/deviation²

  // by hand: moves 1, −2, 3 and, over two of them, −1, 1
  const std::array<double, 4> x{0.0, 1.0, -1.0, 2.0};
  EXPECT_TRUE(test::close(*two_scale_variance(x, 2), ((1.0 + 1.0) / 2.0 - 14.0 / 3.0) * 3.0, 1e-14));
  EXPECT_EQ(two_scale_variance(x, 1).error(), errc::size_mismatch);
  EXPECT_EQ(two_scale_variance(x, 4).error(), errc::size_mismatch);
  EXPECT_EQ(two_scale_variance(std::array{0.0, std::nan(""), 1.0}, 2).error(), errc::not_finite);
}

TEST(Realised, SamplingFloorIsThatOfThePool) {
  EXPECT_NEAR(*sampling_floor(0.003, 0.8) * 365.0 * 1440.0, 66.0, 1.0);  // minutes
  EXPECT_NEAR(*sampling_floor(0.0005, 0.8) * 365.0 * 1440.0, 1.85, 0.02);
  EXPECT_EQ(*sampling_floor(0.0, 0.8), 0.0);
  EXPECT_EQ(sampling_floor(-0.1, 0.8).error(), errc::bad_configuration);
  EXPECT_EQ(sampling_floor(0.1, 0.0).error(), errc::bad_configuration);
  EXPECT_EQ(sampling_floor(std::nan(""), 1.0).error(), errc::not_finite);
  EXPECT_EQ(sampling_floor(0.1, infinity).error(), errc::not_finite);
}

TEST(Realised, ANumberThatIsNoneStaysSeen) {
  for (const double bad : {std::nan(""), infinity, -infinity}) {
    for (std::size_t at = 0; at < 10; ++at) {
      std::vector<double> r(10, 0.01);
      r[at] = bad;
      const realised day = realise(r);
      for (const double x : {day.variance(), day.variance_down(), day.variance_up(), day.bipower(), day.median(),
                             day.quarticity(), day.quad_power_quarticity(), day.median_quarticity()})
        EXPECT_TRUE(std::isnan(x)) << at;
    }
  }
  const std::array<double, 3> r{0.01, -0.01, 0.02};
  EXPECT_TRUE(std::isnan(realise(std::span(r).first(1)).bipower()));
  EXPECT_TRUE(std::isnan(realise(std::span(r).first(2)).median()));
  EXPECT_TRUE(std::isnan(realise(r).quad_power_quarticity()));
  EXPECT_EQ(realise({}).variance(), 0.0);
}

TEST(Realised, LogReturnKeepsSmallMoves) {
  test::random_numbers random(1);
  for (int n = 0; n < 2000; ++n) {
    const double before = random.log_uniform(1e-6, 1e6);
    const double now = before * (1.0 + random.log_uniform(1e-15, 3.0) * (n % 2 == 0 ? 1.0 : -0.3));
    const long double a = before, b = now, exact = std::log1p((b - a) / a);
    EXPECT_TRUE(test::close(log_return(before, now), static_cast<double>(exact), 8e-16)) << before << ' ' << now;
  }
}

}  // namespace
}  // namespace trimtab
