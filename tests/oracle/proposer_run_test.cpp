// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/oracle/proposer_run.hpp>

#include "support/random.hpp"
#include <cmath>
#include <vector>

namespace trimtab {
namespace {

using oracle::chance_of_run;
using oracle::slots_until_run;

/// Every sequence of up to 16 slots, weighed.
TEST(ProposerRun, EverySequence) {
  for (const double share : {0.0, 0.1, 0.3, 0.5, 0.9, 1.0})
    for (int slots = 0; slots <= 16; ++slots)
      for (int run = 1; run <= 6; ++run) {
        long double expected = 0.0L;
        for (unsigned sequence = 0; sequence < (1U << slots); ++sequence) {
          long double weight = 1.0L;
          int row = 0, longest = 0;
          for (int i = 0; i < slots; ++i) {
            const bool his = (sequence >> i & 1U) != 0;
            weight *= his ? static_cast<long double>(share) : 1.0L - static_cast<long double>(share);
            row = his ? row + 1 : 0;
            longest = row > longest ? row : longest;
          }
          if (longest >= run) expected += weight;
        }
        ASSERT_NEAR(*chance_of_run(share, run, slots), static_cast<double>(expected), 1e-14)
            << share << ' ' << run << ' ' << slots;
      }
}

/// Against the chain of states 0 … run − 1 in 64 bits, over long stretches.
TEST(ProposerRun, TheChainOfStates) {
  for (const double share : {0.01, 0.3})
    for (const int run : {1, 2, 5, 20, 64}) {
      std::vector<long double> state(static_cast<std::size_t>(run), 0.0L);
      state[0] = 1.0L;
      long double done = 0.0L;
      const auto s = static_cast<long double>(share);
      for (int slot = 1; slot <= 10'000; ++slot) {
        long double broken = 0.0L;
        for (const long double p : state) broken += p * (1.0L - s);
        done += state.back() * s;
        for (std::size_t i = state.size() - 1; i > 0; --i) state[i] = state[i - 1] * s;
        state[0] = broken;
        if (slot % 2500 == 0) {
          const double expected = static_cast<double>(done);
          ASSERT_NEAR(*chance_of_run(share, run, slot), expected, 1e-12 * expected) << share << ' ' << run;
        }
      }
    }
}

/// A quarter of the stake, three in a row within an epoch's 32 slots; and how long it waits. 4 standard errors.
TEST(ProposerRun, Drawn) {
  test::random_numbers random(83);
  constexpr int rounds = 100'000;
  int got = 0;
  double waited = 0.0;
  for (int round = 0; round < rounds; ++round) {
    int row = 0, slot = 0;
    while (row < 3) {
      row = random.below(4) == 0 ? row + 1 : 0;
      ++slot;
    }
    got += slot <= 32 ? 1 : 0;
    waited += slot;
  }
  const double chance = *chance_of_run(0.25, 3, 32), mean = *slots_until_run(0.25, 3);
  EXPECT_NEAR(static_cast<double>(got) / rounds, chance, 4.0 * std::sqrt(chance * (1.0 - chance) / rounds));
  EXPECT_DOUBLE_EQ(mean, 84.0) << "4 + 16 + 64";
  EXPECT_NEAR(waited / rounds, mean, 4.0 * mean / std::sqrt(rounds)) << "nearly exponential";
}

/// The mean is the sum of the chances of still waiting.
TEST(ProposerRun, TheMeanIsTheSumOfTheTail) {
  for (const double share : {0.4, 0.7, 0.95})
    for (const int run : {1, 2, 4}) {
      double sum = 0.0;
      for (long long slots = 0; slots < 2000; ++slots) sum += 1.0 - *chance_of_run(share, run, slots);
      EXPECT_NEAR(sum, *slots_until_run(share, run), 1e-9 * sum) << share << ' ' << run;
    }
  EXPECT_EQ(*slots_until_run(1.0, 7), 7.0);
  EXPECT_EQ(*slots_until_run(0.0, 2), infinity);
}

TEST(ProposerRun, WhatIsNoQuestion) {
  for (const double bad : {-0.1, 1.1, std::nan("")}) {
    EXPECT_EQ(chance_of_run(bad, 2, 10).error(), errc::bad_configuration);
    EXPECT_EQ(slots_until_run(bad, 2).error(), errc::bad_configuration);
  }
  EXPECT_EQ(chance_of_run(0.5, 0, 10).error(), errc::bad_configuration);
  EXPECT_EQ(chance_of_run(0.5, 1, -1).error(), errc::bad_configuration);
  EXPECT_EQ(chance_of_run(0.5, 65, 100).error(), errc::capacity);
  EXPECT_EQ(slots_until_run(0.5, 0).error(), errc::bad_configuration);
  EXPECT_EQ(*chance_of_run(1.0, 64, 64), 1.0);
  EXPECT_EQ(*chance_of_run(1.0, 64, 63), 0.0);
}

}  // namespace
}  // namespace trimtab
