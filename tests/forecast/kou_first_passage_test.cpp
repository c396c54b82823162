// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/forecast/kou_first_passage.hpp>

#include "support/jump_paths.hpp"
#include "support/random.hpp"
#include <cstdio>

namespace trimtab::forecast {
namespace {

struct market {
  motion m;
  exponential_jumps jumps;
  double x, years;
};
constexpr market markets[] = {
    {{-0.1, 0.6}, {10.0, 0.4, 25.0, 15.0}, 0.3, 0.25},   // crypto with a gap every month
    {{0.2, 0.3}, {3.0, 0.0, 1.0, 5.0}, 0.5, 1.0},        // only large falls
    {{-0.5, 0.8}, {30.0, 1.0, 20.0, 1.0}, 0.2, 0.1},     // only rises: always by diffusion
    {{0.0, 0.05}, {200.0, 0.5, 60.0, 60.0}, 0.2, 0.05},  // nearly all by jumps
    {{0.1, 1.0}, {100.0, 0.6, 10.0, 8.0}, 0.6, 0.5},
};

TEST(KouFirstPassage, MonteCarloAgreesOnBothWays) {
  constexpr int paths = 100'000;
  for (const market& c : markets) {
    const auto got = kou_first_passage(c.m, c.jumps, c.x, c.years);
    ASSERT_TRUE(got);
    int crept = 0, jumped = 0;
    double below = 0.0;
    for (int n = 0; n < paths; ++n) {
      const auto path =
          test::jump_path_of(c.m, c.jumps.rate, c.x, c.years, {.seed = 2003, .stream = static_cast<std::uint64_t>(n)},
                             test::kou_size{c.jumps});
      crept += path.hit && !path.by_jump ? 1 : 0;
      jumped += path.by_jump ? 1 : 0;
      below += path.below;
    }
    const auto within = [](double p, int count) {
      const double seen = static_cast<double>(count) / paths, spread = std::sqrt(p * (1.0 - p) / paths);
      EXPECT_LE(std::fabs(seen - p), 3.0 * spread + 1e-12) << p << " seen " << seen;
    };
    within(got->by_diffusion, crept);
    within(got->by_jump, jumped);
    within(got->hit, crept + jumped);
    // The depth after a jump is exponential again, whatever came before.
    if (jumped > 0) {
      EXPECT_NEAR(below / jumped * c.jumps.down_decay, 1.0, 3.0 / std::sqrt(jumped));
    }
    std::printf("kou: %.6f of it by jumps %.6f, error %.1e\n", got->hit, got->by_jump, got->error);
  }
}

TEST(KouFirstPassage, WithoutJumpsIsTheClosedForm) {
  for (const market& c : markets) {
    exponential_jumps none = c.jumps;
    none.rate = 0.0;
    const auto got = kou_first_passage(c.m, none, c.x, c.years);
    ASSERT_TRUE(got);
    const first_passage plain = first_passage_of(c.m, c.x, c.years);
    EXPECT_EQ(got->hit, plain.hit);
    EXPECT_EQ(got->survive, plain.survive);
    EXPECT_EQ(got->by_jump, 0.0);
    EXPECT_EQ(got->error, 0.0);
    // Rare jumps: p = plain + rate·(its slope) + …, the slope from two rates.
    exponential_jumps rare = c.jumps, rarer = c.jumps;
    rare.rate = 2e-4, rarer.rate = 1e-4;
    const double at_two = kou_first_passage(c.m, rare, c.x, c.years)->hit,
                 at_one = kou_first_passage(c.m, rarer, c.x, c.years)->hit;
    EXPECT_NEAR(2.0 * at_one - at_two, plain.hit, 1e-9);
  }
}

TEST(KouFirstPassage, TinyJumpsBothWaysAreVolatility) {
  // λ·E Y² = s² in jumps of 1e-4 is s of volatility: the same probability to the order of one jump.
  const double decay = 1e4, s = 0.5;
  const exponential_jumps jumps{0.5 * s * s * decay * decay, 0.5, decay, decay};
  const auto got = kou_first_passage({-0.2, 0.6}, jumps, 0.25, 0.2);
  ASSERT_TRUE(got) << name(got.error());
  EXPECT_NEAR(got->hit, liquidation_probability({-0.2, std::hypot(0.6, s)}, 0.25, 0.2), 2e-4);
}

TEST(KouFirstPassage, FallsWithHealthAndRisesWithTime) {
  for (const market& c : markets) {
    double before = 1.0;
    for (int k = 1; k <= 60; ++k) {
      const auto now = kou_first_passage(c.m, c.jumps, 0.03 * k, c.years);
      ASSERT_TRUE(now) << k;
      EXPECT_LE(now->hit, before + 2.0 * now->error) << k;
      before = now->hit;
    }
    before = 0.0;
    for (int k = 1; k <= 60; ++k) {
      const auto now = kou_first_passage(c.m, c.jumps, c.x, c.years * k / 20.0);
      ASSERT_TRUE(now) << k;
      EXPECT_GE(now->hit, before - 2.0 * now->error) << k;
      before = now->hit;
    }
  }
}

TEST(KouFirstPassage, AnAnswerIsAProbabilityWithinItsErrorOrNone) {
  test::random_numbers random(33);
  int answered = 0, refused = 0;
  for (int n = 0; n < 20'000; ++n) {
    const double sign = random.below(2) == 0 ? 1.0 : -1.0;
    const motion m{sign * random.log_uniform(1e-4, 100.0), random.log_uniform(1e-3, 10.0)};
    const exponential_jumps jumps{random.log_uniform(1e-6, 1e6), random.uniform(0.0, 1.0), random.log_uniform(0.1, 1e6),
                                  random.log_uniform(0.1, 1e6)};
    const auto got = kou_first_passage(m, jumps, random.log_uniform(1e-6, 10.0), random.log_uniform(1e-7, 10.0));
    if (!got) {
      EXPECT_EQ(got.error(), errc::no_convergence);
      ++refused;
      continue;
    }
    ++answered;
    EXPECT_LE(got->error, 1e-6);
    for (const double p : {got->hit, got->survive, got->by_diffusion, got->by_jump})
      EXPECT_TRUE(p >= 0.0 && p <= 1.0) << p;
    EXPECT_NEAR(got->hit + got->survive, 1.0, 2.0 * got->error + 1e-15);
  }
  std::printf("kou: %d answered, %d refused\n", answered, refused);
  EXPECT_GT(answered, 15'000);
}

TEST(KouFirstPassage, RefusesByName) {
  const double nan = std::nan("");
  const auto [m, jumps, x, years] = markets[0];
  EXPECT_EQ(kou_first_passage({nan, 0.5}, jumps, x, years).error(), errc::not_finite);
  EXPECT_EQ(kou_first_passage({0.0, 0.0}, jumps, x, years).error(), errc::bad_configuration);
  EXPECT_EQ(kou_first_passage(m, {-1.0, 0.5, 1.0, 1.0}, x, years).error(), errc::negative_amount);
  EXPECT_EQ(kou_first_passage(m, {1.0, 1.5, 1.0, 1.0}, x, years).error(), errc::bad_configuration);
  EXPECT_EQ(kou_first_passage(m, jumps, nan, years).error(), errc::not_finite);
  EXPECT_EQ(kou_first_passage(m, jumps, x, infinity).error(), errc::not_finite);
  EXPECT_EQ(kou_first_passage(m, jumps, x, -1.0).error(), errc::bad_configuration);
  EXPECT_EQ(kou_first_passage(m, jumps, 0.0, years)->hit, 1.0);
  EXPECT_EQ(kou_first_passage(m, jumps, x, 0.0)->hit, 0.0);
  // The time of the hit is nearly certain.
  EXPECT_EQ(kou_first_passage({-5.4, 0.08}, {5.6, 1.0, 58.0, 0.84}, 1.45, 0.62).error(), errc::no_convergence);
}

}  // namespace
}  // namespace trimtab::forecast
