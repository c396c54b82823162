// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/oracle/tick_window.hpp>

#include "support/random.hpp"
#include <array>
#include <cmath>
#include <cstdint>
#include <type_traits>
#include <vector>

namespace trimtab {
namespace {

using oracle::tick_observation;
using oracle::tick_ring;
using oracle::tick_window;

static_assert(std::is_trivially_copyable_v<tick_ring> && std::is_trivially_copyable_v<tick_window>);

constexpr uint256 million{1'000'000};
constexpr timestamp at(long long s) {
  return at_unix(1'700'000'000 + s);
}

TEST(TickWindow, RoundsTheMeanDown) {
  std::array<tick_observation, 4> memory{};
  tick_ring ring{.slots = memory};
  ASSERT_EQ(ring.start(at(0), -1, million), errc::ok);
  ASSERT_EQ(ring.moved(at(1), -2, million), errc::ok);
  EXPECT_EQ(ring.window(at(0), at(2), at(2))->mean_tick, -2) << "-1.5";
  EXPECT_EQ(ring.window(at(0), at(1), at(2))->mean_tick, -1);
  ASSERT_EQ(ring.moved(at(2), 4, million), errc::ok);
  EXPECT_EQ(ring.window(at(0), at(3), at(3))->mean_tick, 0) << "1/3";
  EXPECT_EQ(ring.window(at(0), at(3), at(3))->harmonic_mean_liquidity, million);
  ASSERT_EQ(ring.start(at(0), 0, uint256{1 << 20}), errc::ok);
  EXPECT_EQ(ring.window(at(0), at(3), at(3))->harmonic_mean_liquidity, uint256{(1 << 20) - 1})
      << "2¹⁶⁰ − 1 for 2¹⁶⁰, where no rounding hides it";
}

TEST(TickWindow, OnlyTheLastTickOfABlockCounts) {
  std::array<tick_observation, 8> memory{};
  tick_ring ring{.slots = memory};
  ASSERT_EQ(ring.start(at(0), 10, million), errc::ok);
  for (const std::int32_t tick : {800'000, -800'000, 20}) ASSERT_EQ(ring.moved(at(5), tick, million), errc::ok);
  EXPECT_EQ(ring.at(at(5), at(5))->tick_seconds, 50);
  EXPECT_EQ(ring.at(at(6), at(6))->tick_seconds, 70);
  EXPECT_EQ(ring.newest, 1U) << "one observation for the block";
  ASSERT_EQ(ring.moved(at(9), 20, million), errc::ok);
  EXPECT_EQ(ring.newest, 1U) << "nothing has changed, nothing is stored";
  ASSERT_EQ(ring.moved(at(9), 20, uint256{7}), errc::ok);
  EXPECT_EQ(ring.newest, 2U) << "liquidity has";
}

TEST(TickWindow, RefusesWhatItCannotKnow) {
  std::array<tick_observation, 3> memory{};
  tick_ring ring{.slots = memory};
  EXPECT_EQ(ring.validate(), errc::size_mismatch) << "not begun";
  EXPECT_EQ(ring.moved(at(0), 1, million), errc::size_mismatch);
  EXPECT_EQ(ring.at(at(0), at(0)).error(), errc::size_mismatch);
  EXPECT_EQ(tick_ring{}.start(at(0), 0, million), errc::size_mismatch);
  EXPECT_EQ(ring.start(at(0), 887'273, million), errc::outside_validity);
  EXPECT_EQ(ring.start(at(0), 0, uint256::from_words(0, 1, 0, 0)), errc::outside_validity);
  ASSERT_EQ(ring.start(at(0), 5, million), errc::ok);
  EXPECT_EQ(ring.moved(at(-1), 6, million), errc::time_backwards);
  EXPECT_EQ(ring.moved(at(1LL << 32), 6, million), errc::time_backwards) << "beyond the chain's clock";
  EXPECT_EQ(ring.moved(at(1), -887'273, million), errc::outside_validity);
  EXPECT_EQ(ring.at(at(2), at(1)).error(), errc::time_backwards);
  EXPECT_EQ(ring.at(never, at(1)).error(), errc::outside_validity);
  EXPECT_EQ(ring.at(at(0), at(-1)).error(), errc::time_backwards);
  EXPECT_EQ(ring.at(at(0), at(1LL << 40)).error(), errc::time_backwards);
  EXPECT_EQ(ring.window(at(3), at(3), at(3)).error(), errc::bad_configuration);
  EXPECT_EQ(ring.window(at(3), at(2), at(3)).error(), errc::bad_configuration);
  EXPECT_EQ(ring.window(at(2), at(4), at(3)).error(), errc::time_backwards);
  // Three slots: the fourth observation overwrites the first.
  for (int i = 1; i <= 3; ++i) ASSERT_EQ(ring.moved(at(10 * i), 5 + i, million), errc::ok);
  EXPECT_EQ(ring.newest, 0U);
  EXPECT_EQ(ring.at(at(10), at(40))->tick_seconds, 50);
  EXPECT_EQ(ring.at(at(9), at(40)).error(), errc::outside_validity);
  EXPECT_EQ(ring.window(at(9), at(40), at(40)).error(), errc::outside_validity);
}

TEST(TickWindow, RingsThatNoPoolHasAreRefused) {
  std::array<tick_observation, 4> memory{};
  tick_ring ring{.slots = memory};
  ASSERT_EQ(ring.start(at(0), 5, million), errc::ok);
  for (int i = 1; i <= 5; ++i) ASSERT_EQ(ring.moved(at(10 * i), 5 + i, million), errc::ok);
  ASSERT_EQ(ring.validate(), errc::ok);
  const auto with = [&](auto change) {
    auto other = memory;
    tick_ring copy = ring;
    copy.slots = other;
    change(copy);
    return copy.validate();
  };
  EXPECT_EQ(with([](tick_ring& r) { r.cardinality = 5; }), errc::size_mismatch);
  EXPECT_EQ(with([](tick_ring& r) { r.cardinality = 0; }), errc::size_mismatch);
  EXPECT_EQ(with([](tick_ring& r) { r.newest = 4; }), errc::size_mismatch);
  EXPECT_EQ(with([](tick_ring& r) { r.newest = 0; }), errc::time_backwards);
  EXPECT_EQ(with([](tick_ring& r) { r.slots[3].at = at(99); }), errc::time_backwards);
  EXPECT_EQ(with([](tick_ring& r) { r.slots[3].initialised = false; }), errc::size_mismatch);
  EXPECT_EQ(with([](tick_ring& r) { r.slots[3].sums.tick_seconds = std::int64_t{1} << 55; }), errc::outside_validity);
  EXPECT_EQ(with([](tick_ring& r) { r.slots[3].sums.seconds_per_liquidity_x128 = uint256::from_words(1, 0, 0, 0); }),
            errc::outside_validity);
  EXPECT_EQ(with([](tick_ring& r) { r.tick = 900'000; }), errc::outside_validity);
}

/// The ring grows as the pool's does: not before its present end has come.
TEST(TickWindow, GrowsWhenItWouldBeginAgain) {
  std::array<tick_observation, 6> memory{};
  tick_ring ring{.slots = std::span(memory).first(3)};
  ASSERT_EQ(ring.start(at(0), 0, million), errc::ok);
  for (int i = 1; i <= 4; ++i) ASSERT_EQ(ring.moved(at(10 * i), i, million), errc::ok);
  EXPECT_EQ(ring.newest, 1U);
  ring.slots = memory;
  ASSERT_EQ(ring.moved(at(50), 5, million), errc::ok);
  EXPECT_EQ(ring.newest, 2U);
  EXPECT_EQ(ring.cardinality, 3U) << "not yet";
  ASSERT_EQ(ring.moved(at(60), 6, million), errc::ok);
  EXPECT_EQ(ring.newest, 3U);
  EXPECT_EQ(ring.cardinality, 6U);
  EXPECT_EQ(ring.validate(), errc::ok);
  EXPECT_EQ(ring.at(at(30), at(61))->tick_seconds, 10 + 20) << "the oldest is still there";
  EXPECT_EQ(ring.at(at(29), at(61)).error(), errc::outside_validity);
}

/// Second by second, with rings of all lengths, and sums that pass 2¹⁶⁰ on the way.
TEST(TickWindow, SumsAreThoseOfEverySecond) {
  test::random_numbers random(20210323);
  int known = 0, forgotten = 0;
  for (int round = 0; round < 60; ++round) {
    const std::size_t length = 1 + random.below(20);
    std::vector<tick_observation> memory(length);
    tick_ring ring{.slots = memory};
    std::int32_t tick = static_cast<std::int32_t>(random.below(2 * 887'272)) - 887'272;
    std::uint64_t liquidity = 1 + (random.bits() >> random.below(60));
    ASSERT_EQ(ring.start(at(0), tick, uint256{liquidity}), errc::ok);
    const bool wraps = round % 2 == 0;
    if (wraps) {  // a little below 2¹⁶⁰
      memory[0].sums.seconds_per_liquidity_x128 =
          uint256::from_words(0, (1ULL << 32) - 1, ~0ULL, ~0ULL - random.below(1000));
    }
    const uint256 origin = memory[0].sums.seconds_per_liquidity_x128;
    std::vector<std::int64_t> sums{0};
    std::vector<long double> per;
    std::vector<long long> stored{0};
    const long long end = 300;
    for (long long now = 0; now <= end; ++now) {
      if (now > 0 && random.below(4) == 0) {
        const std::uint64_t swaps = 1 + random.below(3);  // of one block; the last decides
        std::int32_t next = tick;
        std::uint64_t next_liquidity = liquidity;
        for (std::uint64_t i = 0; i < swaps; ++i) {
          next = static_cast<std::int32_t>(random.below(2 * 887'272)) - 887'272;
          next_liquidity = random.below(9) == 0 ? 0 : random.bits() >> random.below(60);
          ASSERT_EQ(ring.moved(at(now), next, uint256{next_liquidity}), errc::ok);
        }
        stored.push_back(now);
        tick = next, liquidity = next_liquidity;
      }
      sums.push_back(sums.back() + tick);
      per.push_back(1.0L / static_cast<long double>(liquidity == 0 ? 1 : liquidity));
    }
    ASSERT_EQ(ring.validate(), errc::ok);
    const long long oldest = stored[stored.size() < length ? 0 : stored.size() - length];
    for (int i = 0; i < 200; ++i) {
      const auto from = static_cast<long long>(random.below(static_cast<std::uint64_t>(end)));
      const auto to = from + 1 + static_cast<long long>(random.below(static_cast<std::uint64_t>(end - from)));
      const auto w = ring.window(at(from), at(to), at(end));
      if (from < oldest) {
        ASSERT_EQ(w.error(), errc::outside_validity);
        ++forgotten;
        continue;
      }
      ++known;
      ASSERT_TRUE(w.has_value());
      const auto f = static_cast<std::size_t>(from), t = static_cast<std::size_t>(to);
      ASSERT_EQ(w->start.tick_seconds, sums[f]);
      ASSERT_EQ(w->end.tick_seconds, sums[t]);
      ASSERT_EQ(w->mean_tick, static_cast<std::int32_t>(std::floor(static_cast<long double>(sums[t] - sums[f]) /
                                                                   static_cast<long double>(to - from))));
      long double sum = 0.0L;
      for (std::size_t second = f; second < t; ++second) sum += per[second];
      const long double mean = static_cast<long double>(to - from) / sum;
      const long double got = static_cast<long double>(w->harmonic_mean_liquidity.word(0));
      ASSERT_EQ(w->harmonic_mean_liquidity.word(1), 0U);
      ASSERT_NEAR(static_cast<double>(got / mean), 1.0, static_cast<double>(1e-15L + 1.0L / mean));
    }
    if (wraps && stored.size() > 1 && stored.size() < length) {
      EXPECT_LT(ring.at(at(end), at(end))->seconds_per_liquidity_x128, origin) << "has passed 2¹⁶⁰";
    }
  }
  EXPECT_GT(known, 500);
  EXPECT_GT(forgotten, 500);
}

TEST(TickWindow, MeanPriceIsPerWholeToken) {
  tick_window w;
  EXPECT_DOUBLE_EQ(w.mean_price(18, 18), 1.0);
  w.mean_tick = 200'311;  // USDC of 6 decimals for ETH of 18: 5·10⁻⁴ ETH each
  EXPECT_NEAR(w.mean_price(6, 18), 4.9999e-4, 1e-7);
  const auto expected = static_cast<double>(std::pow(1.0001L, 200'311.0L) * 1e-12L);
  EXPECT_NEAR(w.mean_price(6, 18), expected, 1e-14 * expected);
  w.mean_tick = -887'272;
  EXPECT_GT(w.mean_price(0, 0), 2.9e-39);
}

}  // namespace
}  // namespace trimtab
