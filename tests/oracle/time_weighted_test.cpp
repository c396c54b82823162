// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/oracle/time_weighted.hpp>

#include "support/random.hpp"
#include <cmath>
#include <limits>
#include <vector>

namespace trimtab {
namespace {

using oracle::means_over;

constexpr timestamp start = at_unix(1'700'000'000);
constexpr timestamp at(long long later) {
  return start + seconds{later};
}

TEST(TimeWeighted, ByHand) {
  const observation path[] = {{1.0, at(0)}, {4.0, at(10)}};
  const auto m = means_over(path, at(0), at(20));
  ASSERT_TRUE(m.has_value());
  EXPECT_DOUBLE_EQ(m->arithmetic, 2.5);
  EXPECT_DOUBLE_EQ(m->geometric, 2.0);
  EXPECT_DOUBLE_EQ(m->harmonic, 1.6);
  const auto inside = means_over(path, at(5), at(11));
  EXPECT_DOUBLE_EQ(inside->arithmetic, 9.0 / 6.0);
  const auto before = means_over(path, at(2), at(9));
  EXPECT_EQ(before->arithmetic, 1.0);
  EXPECT_EQ(before->geometric, 1.0);
  EXPECT_EQ(means_over(path, at(10), at(1'000'000))->harmonic, 4.0);
}

/// Against second by second sums in 64 bits; and the three means in their order, and turned over.
TEST(TimeWeighted, SecondBySecond) {
  test::random_numbers random(53);
  for (int round = 0; round < 300; ++round) {
    std::vector<observation> path(1 + random.below(20)), turned;
    long long t = 0;
    for (observation& o : path) {
      o = {random.log_uniform(1e-8, 1e8), at(t)};
      t += static_cast<long long>(random.below(40));  // zero, too: two prices in one moment, the last one holds
      turned.push_back({1.0 / o.price, o.at});
    }
    const auto from = static_cast<long long>(random.below(static_cast<std::uint64_t>(t) + 5));
    const long long to = from + 1 + static_cast<long long>(random.below(200));
    long double sum = 0.0L, logarithms = 0.0L, reciprocals = 0.0L;
    for (long long second = from; second < to; ++second) {
      long double p = 0.0L;
      for (const observation& o : path)
        if (o.at <= at(second)) p = static_cast<long double>(o.price);
      sum += p, logarithms += std::log(p), reciprocals += 1.0L / p;
    }
    const auto length = static_cast<long double>(to - from);
    const auto m = means_over(path, at(from), at(to));
    ASSERT_TRUE(m.has_value());
    const auto near = [](double got, long double expected) {
      return std::fabs(static_cast<long double>(got) / expected - 1.0L) < 2e-14L;
    };
    ASSERT_TRUE(near(m->arithmetic, sum / length));
    ASSERT_TRUE(near(m->geometric, std::exp(logarithms / length)));
    ASSERT_TRUE(near(m->harmonic, length / reciprocals));
    ASSERT_GE(m->arithmetic * (1 + 1e-14), m->geometric);
    ASSERT_GE(m->geometric * (1 + 1e-14), m->harmonic);
    const auto w = means_over(turned, at(from), at(to));
    ASSERT_TRUE(near(w->geometric, 1.0L / static_cast<long double>(m->geometric)));
    ASSERT_TRUE(near(w->arithmetic, 1.0L / static_cast<long double>(m->harmonic)));
  }
}

TEST(TimeWeighted, TheUnitDoesNotMatterEvenAtTheEnds) {
  for (const double unit : {1e-290, 1.0, 1e290}) {
    const observation path[] = {{1.0 * unit, at(0)}, {4.0 * unit, at(10)}};
    const auto m = means_over(path, at(0), at(20));
    ASSERT_TRUE(m.has_value());
    EXPECT_NEAR(m->geometric / unit, 2.0, 1e-14);
    EXPECT_NEAR(m->harmonic / unit, 1.6, 1e-14);
  }
  const observation apart[] = {{1e-300, at(0)}, {1e300, at(10)}};
  EXPECT_EQ(means_over(apart, at(0), at(20)).error(), errc::outside_validity);
}

/// The observations of a pool against the path of its prices, with rings that have forgotten their beginning.
TEST(TimeWeighted, ObservationsOfAPool) {
  test::random_numbers random(71);
  int known = 0;
  for (int round = 0; round < 500; ++round) {
    std::vector<oracle::tick_observation> memory(1 + random.below(30));
    oracle::tick_ring ring{.slots = memory};
    std::vector<observation> path;
    long long t = 0;
    for (int i = 0; i < 25; ++i) {
      const auto tick = static_cast<std::int32_t>(random.below(20'000)) - 10'000;
      ASSERT_EQ(i == 0 ? ring.start(at(t), tick, uint256{7}) : ring.moved(at(t), tick, uint256{7}), errc::ok);
      path.push_back({std::pow(1.0001, tick) * 1e12, at(t)});
      t += static_cast<long long>(random.below(30));
    }
    const auto from = static_cast<long long>(random.below(static_cast<std::uint64_t>(t)));
    const long long to = from + 1 + static_cast<long long>(random.below(static_cast<std::uint64_t>(t - from)));
    const auto got = means_over(ring, at(from), at(to), at(t), 18, 6);
    if (!got.has_value()) {
      ASSERT_EQ(got.error(), ring.window(at(from), at(to), at(t)).error());
      continue;
    }
    ++known;
    const auto expected = means_over(path, at(from), at(to));
    ASSERT_NEAR(got->arithmetic / expected->arithmetic, 1.0, 1e-12);
    ASSERT_NEAR(got->geometric / expected->geometric, 1.0, 1e-12);
    ASSERT_NEAR(got->harmonic / expected->harmonic, 1.0, 1e-12);
  }
  EXPECT_GT(known, 100);
  const oracle::tick_ring empty{};
  EXPECT_EQ(means_over(empty, at(0), at(1), at(1), 0, 0).error(), errc::size_mismatch);
  EXPECT_EQ(means_over(empty, at(1), at(1), at(1), 0, 0).error(), errc::bad_configuration);
}

TEST(TimeWeighted, WindowsAndPathsThatAreNone) {
  const observation path[] = {{1.0, at(0)}, {4.0, at(10)}};
  EXPECT_EQ(means_over(path, at(5), at(5)).error(), errc::bad_configuration);
  EXPECT_EQ(means_over(path, at(5), at(4)).error(), errc::bad_configuration);
  EXPECT_EQ(means_over({}, at(0), at(1)).error(), errc::size_mismatch);
  EXPECT_EQ(means_over(path, at(-1), at(5)).error(), errc::outside_validity);
  const observation backwards[] = {{1.0, at(0)}, {4.0, at(10)}, {2.0, at(9)}};
  EXPECT_EQ(means_over(backwards, at(0), at(20)).error(), errc::time_backwards);
  const observation zero[] = {{1.0, at(0)}, {0.0, at(10)}};
  EXPECT_EQ(means_over(zero, at(0), at(20)).error(), errc::non_positive_price);
  const observation nan[] = {{std::nan(""), at(0)}};
  EXPECT_EQ(means_over(nan, at(0), at(20)).error(), errc::not_finite);
}

/// A pair's cumulative price in integers, wrapping on the way as the contract lets it.
TEST(TimeWeighted, CumulativePricesOfAPair) {
  test::random_numbers random(59);
  int wrapped = 0;
  for (int round = 0; round < 200; ++round) {
    const uint256 first =
        round % 2 == 0 ? uint256{random.bits()} : uint256::from_words(~0ULL, ~0ULL, ~0ULL, ~0ULL - random.below(1000));
    uint256 sum = first;
    long double expected = 0.0L;
    long long length = 0;
    for (int i = 0; i < 20; ++i) {
      // price = reserve1·2¹¹²/reserve0, of 112 bits each
      const std::uint64_t reserve0 = 1 + (random.bits() >> random.below(40)), reserve1 = 1 + (random.bits() >> 20);
      const auto held = static_cast<long long>(random.below(1000));
      const uint256 price =
          *divide(uint256::from_words(0, reserve1 >> 16, reserve1 << 48, 0), uint256{reserve0}, rounding::down);
      const uint256 step = *price.multiply(uint256{static_cast<std::uint64_t>(held)});
      constexpr uint256 top = uint256::from_words(~0ULL, ~0ULL, ~0ULL, ~0ULL);
      const auto plain = sum.add(step);
      if (!plain.has_value()) ++wrapped;
      sum = plain.has_value() ? *plain : *step.subtract(*top.subtract(sum)->add(uint256{1}));
      expected +=
          static_cast<long double>(reserve1) / static_cast<long double>(reserve0) * static_cast<long double>(held);
      length += held;
    }
    expected /= static_cast<long double>(length);
    const auto mean = oracle::mean_price(first, sum, seconds{length}, 18, 6);
    ASSERT_TRUE(mean.has_value());
    ASSERT_NEAR(*mean, static_cast<double>(expected * 1e12L), 1e-14 * *mean);
  }
  EXPECT_EQ(wrapped, 100);
  constexpr uint256 one{1}, big = uint256::from_words(~0ULL, 0, 0, 0);
  EXPECT_EQ(oracle::mean_price(one, one, seconds{0}, 0, 0).error(), errc::bad_configuration);
  EXPECT_EQ(oracle::mean_price(one, big, seconds{1}, 0, 0).error(), errc::outside_validity);
  EXPECT_EQ(*oracle::mean_price(one, one, seconds{1}, 0, 0), 0.0) << "nothing was summed up";
}

TEST(TimeWeighted, CumulativeTicksOfAPool) {
  const oracle::tick_sums first{.tick_seconds = -5}, second{.tick_seconds = -5 + 200'311 * 600 + 300};
  const double expected = static_cast<double>(std::pow(1.0001L, 200'311.5L) * 1e-12L);
  const auto mean = oracle::mean_price(first, second, seconds{600}, 6, 18);
  ASSERT_TRUE(mean.has_value());
  EXPECT_NEAR(*mean, expected, 1e-13 * expected);
  const oracle::tick_window floored{.mean_tick = 200'311};
  EXPECT_GT(*mean, floored.mean_price(6, 18));
  EXPECT_LT(*mean, floored.mean_price(6, 18) * 1.0001);
  // Turned over: what the floored mean tick does not do.
  const auto turned = oracle::mean_price(second, first, seconds{600}, 18, 6);
  EXPECT_NEAR(*turned * *mean, 1.0, 1e-13);
  EXPECT_EQ(oracle::mean_price(first, second, seconds{0}, 6, 18).error(), errc::bad_configuration);
  EXPECT_EQ(oracle::mean_price(first, second, seconds{1}, 6, 18).error(), errc::outside_validity);
}

}  // namespace
}  // namespace trimtab
