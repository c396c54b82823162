// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/liquidity/exact_tick.hpp>

#include "support/random.hpp"
#include <cmath>
#include <cstdint>
#include <set>
#include <vector>

#if defined(TRIMTAB_TESTS_WITH_THIRD_PARTIES) && __has_include(<boost/multiprecision/cpp_bin_float.hpp>)
#include <boost/multiprecision/cpp_bin_float.hpp>
#define TRIMTAB_TESTS_WITH_BIN_FLOAT
#endif

namespace trimtab {
namespace {

using liquidity::exact_tick;
using liquidity::first_above;
using liquidity::highest_sqrt_price;
using liquidity::lowest_sqrt_price;
using liquidity::max_tick;
using liquidity::min_tick;
using liquidity::next_stop;
using liquidity::sqrt_price_at;
using liquidity::tick_at;

constexpr uint256 one{1};
static_assert(*sqrt_price_at(0) == uint256::from_words(0, 0, std::uint64_t{1} << 32, 0), "price 1 is 2^96");
static_assert(*sqrt_price_at(min_tick) == lowest_sqrt_price && *sqrt_price_at(max_tick) == highest_sqrt_price);
static_assert(sqrt_price_at(min_tick - 1).error() == errc::outside_validity &&
              sqrt_price_at(max_tick + 1).error() == errc::outside_validity);
static_assert(sqrt_price_at(INT32_MIN).error() == errc::outside_validity &&
              sqrt_price_at(INT32_MAX).error() == errc::outside_validity);

TEST(ExactTick, PricesOutsideTheContractsAreRefused) {
  EXPECT_EQ(tick_at(*lowest_sqrt_price.subtract(one)).error(), errc::outside_validity);
  EXPECT_EQ(tick_at(uint256{}).error(), errc::outside_validity);
  EXPECT_EQ(tick_at(highest_sqrt_price).error(), errc::outside_validity);
  EXPECT_EQ(tick_at(uint256::from_words(1, 0, 0, 0)).error(), errc::outside_validity);
  EXPECT_EQ(tick_at(lowest_sqrt_price).value(), min_tick);
  EXPECT_EQ(tick_at(*highest_sqrt_price.subtract(one)).value(), max_tick - 1);
}

double as_double(const uint256& n) {
  return uint256::ratio(n, one, one, one, rounding::down).value();
}

/// Every tick there is: prices rise, are where a logarithm says, and each tick is the greatest at its price.
TEST(ExactTick, PricesRiseAndAreThoseOfTheTick) {
  uint256 before;
  for (std::int32_t tick = min_tick; tick <= max_tick; ++tick) {
    const uint256 price = *sqrt_price_at(tick);
    ASSERT_GT(price, before) << tick;
    before = price;
    if (tick % 64 != 0) continue;
    const double expected = 0.5 * tick * std::log1p(1e-4) + 96.0 * std::log(2.0);
    // Whole numbers near 4·10⁹ at the low end.
    ASSERT_NEAR(std::log(as_double(price)), expected, 1e-13 * std::fabs(expected) + 1.0 / as_double(price)) << tick;
  }
}

TEST(ExactTick, TheTickOfAPriceIsTheGreatestNotAboveIt) {
  test::random_numbers random(20210505);
  for (int i = 0; i < 60'000; ++i) {
    const auto tick = min_tick + static_cast<std::int32_t>(random.below(2 * 887272));
    const uint256 price = *sqrt_price_at(tick), next = *sqrt_price_at(tick + 1);
    ASSERT_EQ(*tick_at(price), tick);
    ASSERT_EQ(*tick_at(*next.subtract(one)), tick);
    const uint256 between = *price.add(
        *multiply_divide(*next.subtract(price), uint256{random.bits() >> 32}, uint256{1ULL << 32}, rounding::down));
    ASSERT_EQ(*tick_at(between), tick);
  }
}

#ifdef TRIMTAB_TESTS_WITH_BIN_FLOAT
TEST(ExactTick, FactorsAreTheNearestIntegers) {
  namespace mp = boost::multiprecision;
  using wide_float = mp::number<mp::cpp_bin_float<400, mp::digit_base_2>>;
  wide_float exact = sqrt(wide_float(10000) / 10001);
  for (std::size_t i = 0; i < 20; ++i) {
    const auto& f = liquidity::detail::tick_factors[i];
    const wide_float gap = ldexp(wide_float(f.high), 64) + wide_float(f.low) - ldexp(exact, 128);
    EXPECT_LT(abs(gap), 0.5) << i;
    exact *= wide_float(exact);
  }
}
#endif

/// The bitmap, tick by tick: the first initialised one or the last of its word, whichever comes first.
TEST(ExactTick, StopsAreThoseOfALookAtEveryPlace) {
  test::random_numbers random(19481210);
  for (const std::int32_t spacing : {1, 3, 10, 60}) {
    for (int i = 0; i < 40; ++i) {
      std::set<std::int32_t> places;
      const std::uint64_t count = random.below(8);
      while (places.size() < count) places.insert(static_cast<std::int32_t>(random.below(1200)) - 600);
      std::vector<exact_tick> ticks;
      for (const std::int32_t place : places) ticks.push_back({.index = place * spacing, .falls = false, .net = one});
      for (int k = 0; k < 30; ++k) {
        const auto tick = (static_cast<std::int32_t>(random.below(1400)) - 700) * spacing +
                          static_cast<std::int32_t>(random.below(static_cast<std::uint64_t>(spacing)));
        const std::size_t above = first_above(ticks, tick);
        ASSERT_TRUE(above == ticks.size() || ticks[above].index > tick);
        ASSERT_TRUE(above == 0 || ticks[above - 1].index <= tick);

        std::int32_t place = static_cast<std::int32_t>(std::floor(static_cast<double>(tick) / spacing));
        while (places.count(place) == 0 && (place & 255) != 0) --place;
        const auto down = next_stop(ticks, above, spacing, tick, true);
        ASSERT_EQ(down.index, place * spacing) << tick;
        ASSERT_EQ(down.initialised, places.count(place) != 0);

        place = static_cast<std::int32_t>(std::floor(static_cast<double>(tick) / spacing)) + 1;
        while (places.count(place) == 0 && (place & 255) != 255) ++place;
        const auto up = next_stop(ticks, above, spacing, tick, false);
        ASSERT_EQ(up.index, place * spacing) << tick;
        ASSERT_EQ(up.initialised, places.count(place) != 0);
      }
    }
  }
}

TEST(ExactTick, StopsStayWithinTheContractsTicks) {
  EXPECT_EQ(next_stop({}, 0, 200, min_tick + 5, true).index, min_tick);
  EXPECT_EQ(next_stop({}, 0, 200, max_tick - 5, false).index, max_tick);
  EXPECT_EQ(next_stop({}, 0, 16383, min_tick, true).index, min_tick);
  EXPECT_EQ(next_stop({}, 0, 16383, max_tick - 1, false).index, max_tick);
}

}  // namespace
}  // namespace trimtab
