// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/forecast/price_bar.hpp>
#include <trimtab/simulate/counter_random.hpp>

#include "support/tolerance.hpp"
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <vector>

namespace trimtab {
namespace {

using namespace forecast;

TEST(PriceBar, EstimatorsByHand) {
  const double e = std::exp(1.0);
  const price_bar bar{.open = 1.0, .high = e * e, .low = 1.0 / e, .close = e};  // logs 0, 2, −1, 1
  EXPECT_TRUE(test::close(*parkinson_variance(bar), 9.0 / (4.0 * std::log(2.0)), 1e-15));
  EXPECT_TRUE(test::close(*garman_klass_variance(bar), 4.5 - (2.0 * std::log(2.0) - 1.0), 1e-15));
  EXPECT_TRUE(test::close(*rogers_satchell_variance(bar), 1.0 * 2.0 + -2.0 * -1.0, 1e-15));
  // a straight rise has no variance beyond its drift for Rogers and Satchell
  EXPECT_EQ(*rogers_satchell_variance({.open = 2.0, .high = 3.0, .low = 2.0, .close = 3.0}), 0.0);
  EXPECT_EQ(*rogers_satchell_variance({.open = 3.0, .high = 3.0, .low = 2.0, .close = 2.0}), 0.0);
}

/// Bars of a Brownian motion with drift, per bar, and of gaps between them; the ends of each bar are exact, its range
/// by the law of the largest value between two points: h = ½(x + y + √((y−x)² − 2s²·ln u)).
std::vector<price_bar> brownian_bars(std::uint64_t seed, std::size_t count, double drift, double deviation,
                                     double gap) {
  const simulate::counter_random random{.seed = 1980, .stream = seed};
  const std::size_t steps = 64;
  const double s = deviation / std::sqrt(static_cast<double>(steps));
  std::vector<price_bar> bars(count);
  double x = 0.0;
  std::uint64_t draw = 0;
  for (price_bar& bar : bars) {
    x += gap * random.normal(draw++);
    double high = x, low = x;
    const double open = x;
    for (std::size_t k = 0; k < steps; ++k) {
      const double y = x + drift / static_cast<double>(steps) + s * random.normal(draw++);
      const double move = y - x, bend = -2.0 * s * s;
      const double up = std::sqrt(move * move + bend * std::log(random.uniform(2 * draw)));
      const double down = std::sqrt(move * move + bend * std::log(random.uniform(2 * draw + 1)));
      ++draw;
      high = std::max(high, 0.5 * (x + y + up)), low = std::min(low, 0.5 * (x + y - down));
      x = y;
    }
    bar = {.open = std::exp(open), .high = std::exp(high), .low = std::exp(low), .close = std::exp(x)};
  }
  return bars;
}

TEST(PriceBar, UnbiasedForABrownianMotionAndMoreEfficientThanTheClose) {
  const std::size_t count = 6000;
  const double variance = 0.03 * 0.03;
  const std::vector<price_bar> bars = brownian_bars(1, count, 0.0, 0.03, 0.0);
  using estimator = result<double> (*)(const price_bar&);
  const std::array<estimator, 3> estimators{parkinson_variance, garman_klass_variance, rogers_satchell_variance};
  const std::array<double, 3> efficiencies{4.9, 7.4, 6.0};
  for (std::size_t k = 0; k < estimators.size(); ++k) {
    double sum = 0.0, squares = 0.0;
    for (const price_bar& bar : bars) {
      const double ratio = *estimators[k](bar) / variance;
      sum += ratio, squares += ratio * ratio;
    }
    const double n = static_cast<double>(count), mean = sum / n, scatter = squares / n - mean * mean;
    std::printf("estimator %zu: mean %.4f, efficiency %.2f\n", k, mean, 2.0 / scatter);
    EXPECT_NEAR(mean, 1.0, 3.0 * std::sqrt(scatter / n)) << k;
    EXPECT_NEAR(2.0 / scatter, efficiencies[k], 0.12 * efficiencies[k]) << k;
    EXPECT_TRUE(test::close(*mean_variance(bars, estimators[k]), mean * variance, 1e-12)) << k;
  }
}

TEST(PriceBar, DriftFoolsOnlyThoseThatIgnoreIt) {
  const std::size_t count = 4000;
  const double variance = 0.03 * 0.03;
  const std::vector<price_bar> bars = brownian_bars(2, count, 0.03, 0.03, 0.0);
  const double three_errors = 3.0 * std::sqrt(0.5 / static_cast<double>(count));  // scatter of about ½ per bar
  EXPECT_NEAR(*mean_variance(bars, rogers_satchell_variance) / variance, 1.0, three_errors);
  EXPECT_NEAR(*yang_zhang_variance(bars) / variance, 1.0, three_errors);
  EXPECT_GT(*mean_variance(bars, parkinson_variance) / variance, 1.3);
}

TEST(PriceBar, YangZhangSeesGapsAndScattersLessThanCloseToClose) {
  const double inside = 0.03 * 0.03, between = 0.015 * 0.015;
  double sum = 0.0, squares = 0.0, plain_squares = 0.0, plain_sum = 0.0;
  const std::size_t samples = 400, length = 12;
  for (std::size_t s = 0; s < samples; ++s) {
    const std::vector<price_bar> bars = brownian_bars(1000 + s, length, 0.002, 0.03, 0.015);
    const double ratio = *yang_zhang_variance(bars) / (inside + between);
    sum += ratio, squares += ratio * ratio;
    double mean = 0.0, sample = 0.0;
    const double n = static_cast<double>(length - 1);
    for (std::size_t t = 1; t < length; ++t) mean += log_return(bars[t - 1].close, bars[t].close) / n;
    for (std::size_t t = 1; t < length; ++t) {
      const double off = log_return(bars[t - 1].close, bars[t].close) - mean;
      sample += off * off / (n - 1.0) / (inside + between);
    }
    plain_sum += sample, plain_squares += sample * sample;
  }
  const double n = static_cast<double>(samples), mean = sum / n, scatter = squares / n - mean * mean;
  EXPECT_NEAR(mean, 1.0, 3.0 * std::sqrt(scatter / n));
  const double plain = plain_squares / n - plain_sum * plain_sum / n / n;
  std::printf("yang_zhang efficiency with a fifth of the variance between bars: %.2f\n", plain / scatter);
  EXPECT_GT(plain / scatter, 3.0);
}

TEST(PriceBar, BadBarsAreNamed) {
  const double nan = std::nan("");
  const price_bar good{1.0, 1.2, 0.9, 1.1};
  EXPECT_EQ(good.validate(), errc::ok);
  EXPECT_EQ((price_bar{1.0, 1.0, 1.0, 1.0}).validate(), errc::ok);
  const std::array<std::pair<price_bar, errc>, 9> bad{{{{1.0, 0.8, 0.9, 0.85}, errc::bad_configuration},
                                                       {{1.0, 1.2, 0.9, 1.3}, errc::bad_configuration},
                                                       {{1.0, 1.2, 0.9, 0.8}, errc::bad_configuration},
                                                       {{0.8, 1.2, 0.9, 1.0}, errc::bad_configuration},
                                                       {{0.0, 1.2, 0.0, 1.0}, errc::non_positive_price},
                                                       {{1.0, 1.2, -0.9, 1.0}, errc::non_positive_price},
                                                       {{}, errc::non_positive_price},
                                                       {{1.0, nan, 0.9, 1.0}, errc::not_finite},
                                                       {{1.0, infinity, 0.9, 1.0}, errc::not_finite}}};
  for (const auto& [bar, why] : bad) {
    EXPECT_EQ(bar.validate(), why);
    EXPECT_EQ(parkinson_variance(bar).error(), why);
    EXPECT_EQ(garman_klass_variance(bar).error(), why);
    EXPECT_EQ(rogers_satchell_variance(bar).error(), why);
    for (std::size_t at = 0; at < 4; ++at) {
      std::array<price_bar, 4> bars{good, good, good, good};
      bars[at] = bar;
      EXPECT_EQ(yang_zhang_variance(bars).error(), why) << at;
      EXPECT_EQ(mean_variance(bars, parkinson_variance).error(), why) << at;
    }
  }
  const std::array<price_bar, 2> two{good, good};
  EXPECT_EQ(yang_zhang_variance(two).error(), errc::size_mismatch);
  EXPECT_EQ(mean_variance({}, parkinson_variance).error(), errc::size_mismatch);
}

}  // namespace
}  // namespace trimtab
