// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/forecast/merton_first_passage.hpp>

#include "support/jump_paths.hpp"
#include "support/random.hpp"
#include <cstdio>

namespace trimtab::forecast {
namespace {

TEST(MertonFirstPassage, TheMomentsAreTheSame) {
  test::random_numbers random(1976);
  int all_three = 0;
  for (int n = 0; n < 500; ++n) {
    const double deviation = random.uniform(0.01, 0.4);
    const normal_jumps normal{random.uniform(0.0, 50.0), deviation * random.uniform(-0.95, 0.95), deviation};
    const auto match = match_exponential(normal);
    ASSERT_TRUE(match) << normal.mean << ' ' << deviation;
    const exponential_jumps& j = match->jumps;
    ASSERT_EQ(j.validate(), errc::ok) << normal.mean << ' ' << deviation;
    const double p = j.up_share, a = 1.0 / j.up_decay, b = 1.0 / j.down_decay;
    const double square = normal.mean * normal.mean + deviation * deviation;
    EXPECT_EQ(j.rate, normal.rate);
    EXPECT_NEAR(p * a - (1.0 - p) * b, normal.mean, 1e-13);
    EXPECT_NEAR(2.0 * (p * a * a + (1.0 - p) * b * b), square, 1e-10 * square);
    const double exponential = p / (1.0 - a) + (1.0 - p) / (1.0 + b);
    EXPECT_NEAR(exponential - match->mismatch, std::exp(normal.mean + 0.5 * deviation * deviation), 1e-12);
    all_three += std::fabs(match->mismatch) < 1e-12 ? 1 : 0;
  }
  std::printf("merton: all three moments kept in %d of 500\n", all_three);
  EXPECT_GT(all_three, 200);
}

TEST(MertonFirstPassage, HowFarOffTheApproximationIs) {
  struct market {
    motion m;
    normal_jumps jumps;
    double x, years;
  };
  constexpr market markets[] = {
      {{-0.1, 0.6}, {10.0, -0.02, 0.05}, 0.3, 0.25}, {{-0.1, 0.6}, {10.0, -0.05, 0.1}, 0.3, 0.25},
      {{0.0, 0.4}, {4.0, -0.1, 0.2}, 0.5, 0.5},      {{0.0, 0.4}, {50.0, 0.0, 0.03}, 0.2, 0.1},
      {{0.0, 0.3}, {100.0, 0.0, 0.05}, 0.4, 0.1},    {{0.1, 0.2}, {2.0, -0.1, 0.12}, 0.3, 1.0},
      {{0.0, 0.2}, {5.0, -0.05, 0.06}, 0.2, 0.1},    {{0.0, 0.5}, {20.0, 0.01, 0.08}, 0.4, 0.05},
  };
  constexpr int paths = 100'000;
  std::printf("merton:  rate   mean   dev |     x      T |  simulated      s.e.  |  approximate   mismatch\n");
  for (const market& c : markets) {
    const auto got = merton_first_passage(c.m, c.jumps, c.x, c.years);
    ASSERT_TRUE(got) << name(got.error());
    int hits = 0;
    for (int n = 0; n < paths; ++n) {
      const auto size = [&](const simulate::counter_random& numbers, std::uint64_t k) {
        return c.jumps.mean + c.jumps.deviation * numbers.normal(4 * k + 3);
      };
      hits += test::jump_path_of(c.m, c.jumps.rate, c.x, c.years,
                                 {.seed = 1976, .stream = static_cast<std::uint64_t>(n)}, size)
                      .hit
                  ? 1
                  : 0;
    }
    const double p = static_cast<double>(hits) / paths, error = std::sqrt(p * (1.0 - p) / paths);
    std::printf("merton: %5.0f  %5.2f  %4.2f | %5.2f  %5.2f |  %.5f  +- %.5f |  %.5f  %9.1e\n", c.jumps.rate,
                c.jumps.mean, c.jumps.deviation, c.x, c.years, p, error, got->passage.hit, got->match.mismatch);
    EXPECT_LE(std::fabs(got->passage.hit - p), 0.025 + 3.0 * error);
    EXPECT_LE(std::fabs(got->passage.hit - p), 0.3 * p + 3.0 * error);
    // It is at least nearer than to leave the jumps away.
    EXPECT_LT(std::fabs(got->passage.hit - p), std::fabs(liquidation_probability(c.m, c.x, c.years) - p));
  }
}

TEST(MertonFirstPassage, RefusesByName) {
  const motion m{0.0, 0.5};
  const double nan = std::nan("");
  EXPECT_EQ(match_exponential({1.0, -0.2, 0.1}).error(), errc::infeasible);
  EXPECT_EQ(match_exponential({1.0, 0.0, 3.0}).error(), errc::ok);
  EXPECT_EQ(match_exponential({1.0, 1.5, 1.6}).error(), errc::infeasible);
  EXPECT_EQ(match_exponential({nan, 0.0, 0.1}).error(), errc::not_finite);
  EXPECT_EQ(match_exponential({-1.0, 0.0, 0.1}).error(), errc::negative_amount);
  EXPECT_EQ(match_exponential({1.0, 0.0, 0.0}).error(), errc::bad_configuration);
  EXPECT_EQ(merton_first_passage({0.0, -1.0}, {1.0, 0.0, 0.1}, 0.2, 1.0).error(), errc::bad_configuration);
  EXPECT_EQ(merton_first_passage(m, {1.0, -0.2, 0.1}, 0.2, 1.0).error(), errc::infeasible);
  EXPECT_EQ(merton_first_passage(m, {0.0, 0.0, 0.1}, 0.2, 1.0)->passage.hit, liquidation_probability(m, 0.2, 1.0));
}

}  // namespace
}  // namespace trimtab::forecast
