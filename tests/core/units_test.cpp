// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/core/units.hpp>

#include "support/random.hpp"
#include "support/tolerance.hpp"
#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace trimtab {
namespace {

constexpr units none, one{1}, top = units::from_words(~std::uint64_t{0}, ~std::uint64_t{0});
static_assert(units::floor(1.5, 6)->low() == 1'500'000 && units::ceil(1.5, 6)->low() == 1'500'000);
static_assert(units::floor(0.1, 18)->low() == 100'000'000'000'000'005ULL, "what the double 0.1 is worth");
static_assert(units::floor(1e-7, 6)->low() == 0 && units::ceil(1e-7, 6)->low() == 1);
static_assert(*units{2}.add(units{3}) == units{5} && *units{5}.subtract(units{3}) == units{2});
static_assert(units{2}.subtract(units{3}).error() == errc::insufficient_balance);
static_assert(top.add(one).error() == errc::overflow && *top.add(none) == top);
static_assert(units::from_words(1, 0) > units{~std::uint64_t{0}} && units{1} < units{2} && units{2} == units{2});
static_assert(std::is_trivially_copyable_v<units> && sizeof(units) == 16);
static_assert(!std::is_convertible_v<std::uint64_t, units> && !std::is_convertible_v<double, units>);

TEST(Units, EighteenDecimalsOfAMillionTokensAreExact) {
  // 10⁶ · 10¹⁸ = 10²⁴ = 54210 · 2⁶⁴ + 2003764205206896640
  const auto million = units::floor(1e6, 18);
  ASSERT_TRUE(million.has_value());
  EXPECT_EQ(million->high(), 54210U);
  EXPECT_EQ(million->low(), 2'003'764'205'206'896'640ULL);
  EXPECT_EQ(*units::ceil(1e6, 18), *million);
  EXPECT_EQ(million->to_tokens(18), 1e6);
}

TEST(Units, FloorAndCeilingEncloseTheAmountAndDifferByAtMostOne) {
  test::random_numbers random(20200312);
  for (int i = 0; i < 20'000; ++i) {
    const int decimals = static_cast<int>(random.below(28));
    const double tokens = random.log_uniform(1e-30, 1e9);
    const auto down = units::floor(tokens, decimals), up = units::ceil(tokens, decimals);
    ASSERT_TRUE(down.has_value() && up.has_value()) << tokens << " " << decimals;
    EXPECT_LE(*down, *up);
    EXPECT_LE(*up, *down->add(one));
#ifdef __SIZEOF_FLOAT128__
    // Exact: a double times 10^d has at most 53 + 63 significant bits, and 113 are enough whenever the integer part
    // fits.
    __extension__ using wide = __float128;
    wide exact = tokens;
    for (int d = 0; d < decimals; ++d) exact *= 10;
    const auto value = [](units u) { return wide(u.high()) * 0x1p64 + wide(u.low()); };
    const wide slack = decimals > 22 ? exact * 0x1p-110 : wide(0);
    EXPECT_TRUE(value(*down) <= exact + slack) << tokens << " " << decimals;
    EXPECT_TRUE(exact - slack <= value(*up)) << tokens << " " << decimals;
    EXPECT_TRUE(exact - value(*down) < 1 + slack && value(*up) - exact < 1 + slack) << tokens << " " << decimals;
#endif
  }
}

TEST(Units, WholeTokensComeBackWithinAnUlp) {
  test::random_numbers random(20210519);
  for (int i = 0; i < 20'000; ++i) {
    const double tokens = random.log_uniform(1e3, 1e9);
    EXPECT_TRUE(test::close(units::floor(tokens, 18)->to_tokens(18), tokens, test::tolerance<double>::formula))
        << tokens;
  }
}

TEST(Units, AddingAndSubtractingConserve) {
  test::random_numbers random(20220509);
  for (int i = 0; i < 20'000; ++i) {
    const units a = units::from_words(random.bits() >> 1, random.bits()),
                b = units::from_words(random.bits() >> 1, random.bits());
    const auto sum = a.add(b);
    ASSERT_TRUE(sum.has_value());
    EXPECT_EQ(*sum->subtract(b), a);
    EXPECT_EQ(*sum->subtract(a), b);
    EXPECT_EQ(*b.add(a), *sum);
    EXPECT_EQ(a < b, b.subtract(a).has_value() && a != b);
  }
}

TEST(Units, NothingIsNothing) {
  EXPECT_EQ(*units::floor(0.0, 18), none);
  EXPECT_EQ(*units::ceil(0.0, 18), none);
  EXPECT_EQ(*units::ceil(-0.0, 18), none);
  EXPECT_EQ(none.to_tokens(18), 0.0);
}

TEST(Units, TheSmallestDoublesRoundToNothingOrToOne) {
  for (const double tiny : {std::numeric_limits<double>::denorm_min(), std::numeric_limits<double>::min(), 1e-300}) {
    EXPECT_EQ(*units::floor(tiny, 18), none);
    EXPECT_EQ(*units::ceil(tiny, 18), one);
  }
}

TEST(Units, TheLargestAmountFitsAndTheNextDoesNot) {
  EXPECT_TRUE(units::floor(std::nextafter(0x1p128, 0.0), 0).has_value());
  EXPECT_EQ(units::floor(0x1p128, 0).error(), errc::overflow);
  EXPECT_EQ(units::ceil(0x1p128, 0).error(), errc::overflow);
  EXPECT_TRUE(units::floor(3.4e20, 18).has_value());
  EXPECT_EQ(units::floor(3.5e20, 18).error(), errc::overflow);
  EXPECT_EQ(units::floor(1e300, 27).error(), errc::overflow);
}

TEST(Units, WhatIsNoAmountIsRefused) {
  const double nan = std::numeric_limits<double>::quiet_NaN(), inf = std::numeric_limits<double>::infinity();
  EXPECT_EQ(units::floor(nan, 18).error(), errc::not_finite);
  EXPECT_EQ(units::ceil(inf, 18).error(), errc::not_finite);
  EXPECT_EQ(units::floor(-inf, 18).error(), errc::not_finite);
  EXPECT_EQ(units::floor(-1e-300, 18).error(), errc::negative_amount);
  EXPECT_EQ(units::floor(1.0, -1).error(), errc::bad_configuration);
  EXPECT_EQ(units::floor(1.0, 28).error(), errc::bad_configuration);
  EXPECT_TRUE(units::floor(1.0, 27).has_value());
}

TEST(Units, EveryCarryIsSeen) {
  EXPECT_EQ(*units{~std::uint64_t{0}}.add(one), units::from_words(1, 0));
  EXPECT_EQ(*units::from_words(1, 0).subtract(one), units{~std::uint64_t{0}});
  EXPECT_EQ(top.add(top).error(), errc::overflow);
  EXPECT_EQ(*top.subtract(top), none);
}

TEST(Units, AShareIsExactAndRoundedUp) {
  EXPECT_EQ(units{10'000}.share_up({9.0})->low(), 9U);
  EXPECT_EQ(units{10'001}.share_up({9.0})->low(), 10U);
  EXPECT_EQ(units{1}.share_up({0.0})->low(), 0U);
  EXPECT_EQ(units{1}.share_up({1e-9})->low(), 1U);
  // 5 bp of 123456789012345678901234567 is 61728394506172839450617.2835: no double has these digits.
  const units amount = units::from_words(6692605, 17379401534735978375ULL);
  const units premium = *amount.share_up({5.0});
  const units::integer count = (static_cast<units::integer>(amount.high()) << 64) | amount.low();
  const units::integer expected = (count * 5 + 9999) / 10000;
  EXPECT_EQ(premium,
            units::from_words(static_cast<std::uint64_t>(expected >> 64), static_cast<std::uint64_t>(expected)));
  EXPECT_EQ(*units::from_words(~0ULL, ~0ULL).share_up({1e4}), units::from_words(~0ULL, ~0ULL));
}

TEST(Units, AShareThatIsNoneIsRefused) {
  EXPECT_EQ(units{1}.share_up({-1.0}).error(), errc::bad_configuration);
  EXPECT_EQ(units{1}.share_up({10'001.0}).error(), errc::bad_configuration);
  EXPECT_EQ(units{1}.share_up({std::numeric_limits<double>::quiet_NaN()}).error(), errc::bad_configuration);
}

TEST(Units, TheSmallestUnitIsOneOfThem) {
  for (int decimals = 0; decimals <= units::max_decimals; ++decimals)
    EXPECT_NEAR(units::smallest(decimals) / units{1}.to_tokens(decimals), 1.0, 1e-15) << decimals;
  EXPECT_EQ(units::smallest(-1), 0.0);
  EXPECT_EQ(units::smallest(28), 0.0);
}

}  // namespace
}  // namespace trimtab
