// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/simulate/counter_random.hpp>
#include <trimtab/sizing/inclusion_delay.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace trimtab {
namespace {

using forecast::liquidation_probability;
using forecast::motion;
using sizing::inclusion_delay;
using sizing::liquidated_while_waiting;

constexpr double minute = 1.0 / (365.0 * 24.0 * 60.0), block = minute / 5.0;
constexpr motion wild{.drift = -0.5, .volatility = 2.0};

// Every term of the sum, in 80 bits.
long double term_by_term(const motion& m, double x, double q, double block_years, double horizon) {
  long double sum = 0.0L, left = 1.0L;
  for (long k = 1; k < 50'000'000; ++k) {
    const double at = block_years * static_cast<double>(k);
    if (at >= horizon || left < 1e-60L) break;
    sum += left * q * static_cast<long double>(liquidation_probability(m, x, at));
    left *= 1.0L - static_cast<long double>(q);
  }
  return sum + left * static_cast<long double>(liquidation_probability(m, x, horizon));
}

TEST(InclusionDelay, IsTheSumOverBlocks) {
  for (const double health : {1.0005, 1.002, 1.01, 1.05})
    for (const double q : {0.9, 0.5, 0.1, 0.02, 0.008}) {
      const double x = std::log(health);
      const auto ours = liquidated_while_waiting(wild, x, {.per_block = q, .block_years = block}, 7.0 / 365.0);
      const auto exact = static_cast<double>(term_by_term(wild, x, q, block, 7.0 / 365.0));
      EXPECT_LE(std::fabs(ours.value - exact), ours.error + 1e-13 * exact) << health << " " << q;
      EXPECT_LE(ours.error, 1e-9 * exact) << health << " " << q;
      EXPECT_GT(exact, 0.0);
    }
}

TEST(InclusionDelay, TakesBlocksTogetherWhereTheyAreMany) {
  double worst = 0.0;
  for (const double health : {1.002, 1.01, 1.05, 1.2})
    for (const double q : {0.005, 1e-3, 1e-4}) {
      const double x = std::log(health);
      const auto ours = liquidated_while_waiting(wild, x, {.per_block = q, .block_years = block}, 0.2);
      const auto exact = static_cast<double>(term_by_term(wild, x, q, block, 0.2));
      EXPECT_LE(std::fabs(ours.value - exact), ours.error) << health << " " << q;
      EXPECT_LE(ours.error, 0.01 * exact) << health << " " << q;
      worst = std::max(worst, std::fabs(ours.value - exact) / exact);
    }
  EXPECT_LE(worst, 2e-4);
}

TEST(InclusionDelay, IsBetweenTheNextBlockAndTheHorizon) {
  const double x = std::log(1.01), horizon = 7.0 / 365.0;
  const double next = liquidation_probability(wild, x, block), end = liquidation_probability(wild, x, horizon);
  double before = next;
  for (const double q : {1.0, 0.5, 0.1, 0.01, 1e-3, 1e-5, 1e-8}) {
    const auto p = liquidated_while_waiting(wild, x, {.per_block = q, .block_years = block}, horizon);
    EXPECT_GE(p.value, before) << "the longer the wait, the more may happen";
    EXPECT_LE(p.value, end);
    before = p.value;
  }
  EXPECT_EQ(liquidated_while_waiting(wild, x, {.per_block = 1.0, .block_years = block}, horizon).value, next);
  EXPECT_NEAR(before, end, 1e-3 * end) << "never included is never done";
  EXPECT_EQ(liquidated_while_waiting(wild, 0.0, {.per_block = 0.3}, horizon).value, 1.0);
  EXPECT_EQ(liquidated_while_waiting(wild, infinity, {.per_block = 0.3}, horizon).value, 0.0);
}

TEST(InclusionDelay, OfWaitsSeenBeforeIsTheirAverage) {
  const std::array<double, 4> waits{block, 2.0 * block, 10.0 * block, 300.0 * block};
  const inclusion_delay seen{.waits_years = waits};
  ASSERT_EQ(seen.validate(), errc::ok);
  EXPECT_DOUBLE_EQ(seen.mean_years(), 313.0 / 4.0 * block);
  const double x = std::log(1.004);
  double sum = 0.0;
  for (const double w : waits) sum += liquidation_probability(wild, x, std::min(w, 100.0 * block));
  EXPECT_DOUBLE_EQ(liquidated_while_waiting(wild, x, seen, 100.0 * block).value, sum / 4.0);
  // As quantiles of a geometric wait they say what it says.
  std::vector<double> quantiles;
  const double q = 0.2;
  for (int i = 0; i < 100'000; ++i)
    quantiles.push_back(block * std::ceil(std::log1p(-(i + 0.5) / 100'000.0) / std::log1p(-q)));
  const auto by_quantiles = liquidated_while_waiting(wild, x, {.waits_years = quantiles}, 1.0);
  const auto by_sum = liquidated_while_waiting(wild, x, {.per_block = q, .block_years = block}, 1.0);
  EXPECT_NEAR(by_quantiles.value, by_sum.value, 1e-4 * by_sum.value);
}

TEST(InclusionDelay, IsWhatHappensInManyLives) {
  // Wait block by block; within a block the bridge between its ends says whether health was below 1.
  constexpr int lives = 200'000;
  for (const double q : {0.5, 0.1}) {
    const double x0 = std::log(1.003), horizon = 60.0 * block;
    double sum = 0.0, squares = 0.0;
    const simulate::counter_random luck{.seed = 73, .stream = static_cast<std::uint64_t>(1.0 / q)};
    std::uint64_t n = 0;
    for (int i = 0; i < lives; ++i) {
      double x = x0, alive = 1.0;
      for (int k = 1; k <= 60; ++k) {
        const double next = x + wild.drift * block + wild.volatility * std::sqrt(block) * luck.normal(n++);
        alive *= next <= 0.0 ? 0.0 : -std::expm1(-2.0 * x * next / (wild.volatility * wild.volatility * block));
        x = next;
        if (alive == 0.0 || luck.uniform((1ULL << 40) + n) < q) break;
      }
      sum += 1.0 - alive, squares += (1.0 - alive) * (1.0 - alive);
    }
    const double mean = sum / lives, deviation = std::sqrt((squares / lives - mean * mean) / lives);
    const auto ours = liquidated_while_waiting(wild, x0, {.per_block = q, .block_years = block}, horizon);
    EXPECT_NEAR(ours.value, mean, 4.0 * deviation) << q;
    EXPECT_LT(deviation, 0.03 * mean);
  }
}

TEST(InclusionDelay, RefusesWhatIsNone) {
  EXPECT_EQ((inclusion_delay{.per_block = 0.0}.validate()), errc::bad_configuration);
  EXPECT_EQ((inclusion_delay{.per_block = 1.1}.validate()), errc::bad_configuration);
  EXPECT_EQ((inclusion_delay{.per_block = std::nan("")}.validate()), errc::not_finite);
  EXPECT_EQ((inclusion_delay{.block_years = 0.0}.validate()), errc::bad_configuration);
  const std::array<double, 2> falling{2.0, 1.0}, nan{0.0, std::nan("")}, negative{-1.0, 1.0};
  EXPECT_EQ((inclusion_delay{.waits_years = falling}.validate()), errc::bad_configuration);
  EXPECT_EQ((inclusion_delay{.waits_years = nan}.validate()), errc::not_finite);
  EXPECT_EQ((inclusion_delay{.waits_years = negative}.validate()), errc::bad_configuration);
  EXPECT_TRUE(std::isnan(liquidated_while_waiting(wild, 0.1, {.per_block = 0.0}, 1.0).value));
  EXPECT_TRUE(std::isnan(liquidated_while_waiting({}, 0.1, {}, 1.0).value));
  EXPECT_TRUE(std::isnan(liquidated_while_waiting(wild, 0.1, {}, std::nan("")).value));
  EXPECT_TRUE(std::isnan(liquidated_while_waiting(wild, std::nan(""), {.per_block = 0.5}, 1.0).value));
}

}  // namespace
}  // namespace trimtab
