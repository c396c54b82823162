// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/sizing/almgren_chriss.hpp>

#include "support/random.hpp"
#include <cmath>
#include <limits>
#include <vector>

namespace trimtab {
namespace {

using sizing::almgren_chriss;

// Cost + λ·variance of any schedule, from the definition: the price walks, each trade pays for itself and moves the
// rest.
long double objective(const almgren_chriss& a, const std::vector<long double>& left) {
  const long double tau = static_cast<long double>(a.horizon) / a.trades;
  long double cost = 0.0L, variance = 0.0L, moved = 0.0L;
  for (std::size_t k = 1; k < left.size(); ++k) {
    const long double n = left[k - 1] - left[k];
    cost += n * (moved + a.half_spread + a.temporary * n / tau);
    moved += a.permanent * n;
    variance += static_cast<long double>(a.volatility) * a.volatility * tau * left[k] * left[k];
  }
  return cost + a.risk_aversion * variance;
}
std::vector<long double> path(const almgren_chriss& a) {
  std::vector<long double> left;
  for (int k = 0; k <= a.trades; ++k) left.push_back(a.left(k));
  return left;
}
almgren_chriss drawn(test::random_numbers& random) {
  almgren_chriss a;
  a.size = random.log_uniform(1.0, 1e6);
  a.horizon = random.log_uniform(0.01, 100.0);
  a.trades = 2 + static_cast<int>(random.uniform(0.0, 60.0));
  a.volatility = random.log_uniform(1e-2, 1e2);
  a.temporary = random.log_uniform(1e-6, 1e-2);
  a.permanent = random.uniform(0.0, 1.9) * a.temporary / a.interval();
  a.half_spread = random.uniform(0.0, 1.0);
  a.risk_aversion = random.log_uniform(1e-12, 1e-2);
  return a;
}

// The worked example of the paper: a million shares in five days at 50 (their table 1).
TEST(AlmgrenChriss, ThePapersExample) {
  const almgren_chriss paper{.size = 1e6,
                             .horizon = 5.0,
                             .trades = 5,
                             .volatility = 0.95,
                             .temporary = 2.5e-6,
                             .permanent = 2.5e-7,
                             .half_spread = 0.0625,
                             .risk_aversion = 1e-6};
  EXPECT_NEAR(paper.urgency(), 0.6, 0.02) << "the paper: κ ≈ 0.61 a day, half-life of a day and a half";
}

TEST(AlmgrenChriss, IsTheSolutionOfItsLinearSystem) {
  test::random_numbers random(19991231);
  for (int i = 0; i < 500; ++i) {
    const auto a = drawn(random);
    ASSERT_EQ(a.validate(), errc::ok);
    // d/dx_k: (η̃/τ²)·(x_{k−1} − 2x_k + x_{k+1}) = λσ²·x_k; Thomas's elimination in 80 bits.
    const long double tau = static_cast<long double>(a.horizon) / a.trades;
    const long double eta = a.temporary - a.permanent * tau / 2.0L;
    const long double d =
        2.0L + static_cast<long double>(a.risk_aversion) * a.volatility * a.volatility * tau * tau / eta;
    const auto n = static_cast<std::size_t>(a.trades);
    std::vector<long double> ratio(n + 1, 0.0L);  // x_k = ratio_k · x_{k−1}
    for (std::size_t k = n - 1; k >= 1; --k) ratio[k] = 1.0L / (d - ratio[k + 1]);
    long double x = a.size;
    for (std::size_t k = 1; k < n; ++k) {
      const long double before = x;
      x *= ratio[k];
      EXPECT_NEAR(static_cast<double>(a.left(static_cast<int>(k)) / x), 1.0, 1e-11) << i << " " << k;
      EXPECT_NEAR(static_cast<double>(a.traded(static_cast<int>(k)) / (before - x)), 1.0, 1e-11) << i << " " << k;
    }
  }
}

TEST(AlmgrenChriss, NoNeighbouringScheduleIsBetterAndTheCostIsWhatItSays) {
  test::random_numbers random(20000101);
  for (int i = 0; i < 200; ++i) {
    const auto a = drawn(random);
    const auto best = path(a);
    const long double least = objective(a, best);
    EXPECT_NEAR(static_cast<double>((a.expected_cost() + a.risk_aversion * a.variance()) / least), 1.0, 1e-10);
    for (std::size_t k = 1; k + 1 < best.size(); ++k)
      for (const long double by : {-1e-3L, 1e-3L}) {
        auto other = best;
        other[k] += by * a.size;
        EXPECT_GT(objective(a, other), least) << i << " " << k;
      }
  }
}

TEST(AlmgrenChriss, WithoutRiskItSellsInEqualPieces) {
  almgren_chriss a{.size = 100.0, .horizon = 1.0, .trades = 8, .volatility = 1.0, .temporary = 1.0};
  for (const double aversion : {0.0, 1e-300, 1e-30, 1e-18}) {
    a.risk_aversion = aversion;
    for (int k = 1; k <= 8; ++k) {
      EXPECT_NEAR(a.traded(k), 12.5, 1e-7) << aversion;
      EXPECT_NEAR(a.left(k), 100.0 - 12.5 * k, 1e-7) << aversion;
    }
  }
  a.risk_aversion = 1e30;  // all at once, and no overflow
  EXPECT_NEAR(a.traded(1), 100.0, 1e-9);
  EXPECT_EQ(a.left(8), 0.0);
  EXPECT_TRUE(std::isfinite(a.expected_cost()));
}

TEST(AlmgrenChriss, RefusesWhatIsNoSchedule) {
  const almgren_chriss sound{.size = 1.0, .temporary = 1.0};
  EXPECT_EQ(sound.validate(), errc::ok);
  auto bad = sound;
  bad.permanent = 3.0;
  EXPECT_EQ(bad.validate(), errc::bad_configuration) << "spreading out would pay";
  bad = sound, bad.trades = 0;
  EXPECT_EQ(bad.validate(), errc::bad_configuration);
  bad = sound, bad.size = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(bad.validate(), errc::not_finite);
  bad = sound, bad.risk_aversion = -1.0;
  EXPECT_EQ(bad.validate(), errc::negative_amount);
  bad = sound, bad.temporary = 0.0;
  EXPECT_EQ(bad.validate(), errc::bad_configuration);
}

}  // namespace
}  // namespace trimtab
