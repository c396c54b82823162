// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/core/uint256.hpp>

#include "support/random.hpp"
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <type_traits>

namespace trimtab {
namespace {

constexpr std::uint64_t full = ~std::uint64_t{0};
constexpr uint256 one{1}, top = uint256::from_words(full, full, full, full);
constexpr const char* top_text = "115792089237316195423570985008687907853269984665640564039457584007913129639935";

static_assert(*uint256::parse("0") == uint256{} && *uint256::parse("42") == uint256{42});
static_assert(*uint256::parse("18446744073709551616") == uint256::from_words(0, 0, 1, 0), "2^64");
static_assert(*uint256::parse("340282366920938463463374607431768211456") == uint256::from_words(0, 1, 0, 0), "2^128");
static_assert(*uint256::parse(top_text) == top);
static_assert(*uint256::parse("0xfFfFffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff") == top);
static_assert(*uint256::parse("0X10") == uint256{16} && *uint256::parse("0010") == uint256{10});
static_assert(*uint256::parse("0x0000000000000000000000000000000000000000000000000000000000000000000001") == one);
static_assert(uint256::parse("").error() == errc::malformed_number);
static_assert(uint256::parse("0x").error() == errc::malformed_number);
static_assert(uint256::parse("-1").error() == errc::malformed_number);
static_assert(uint256::parse("+1").error() == errc::malformed_number);
static_assert(uint256::parse(" 1").error() == errc::malformed_number);
static_assert(uint256::parse("1.5").error() == errc::malformed_number);
static_assert(uint256::parse("1e18").error() == errc::malformed_number);
static_assert(uint256::parse("ff").error() == errc::malformed_number, "hexadecimal wants its 0x");
static_assert(uint256::parse("0xfg").error() == errc::malformed_number);
static_assert(uint256::parse("115792089237316195423570985008687907853269984665640564039457584007913129639936")
                  .error() == errc::overflow);
static_assert(uint256::parse("0x10000000000000000000000000000000000000000000000000000000000000000").error() ==
              errc::overflow);
static_assert(uint256::parse("9999999999999999999999999999999999999999999999999999999999999999999999999999999999x")
                      .error() == errc::malformed_number,
              "too long and no number: no number");

static_assert(*uint256::power_of_ten(0) == one && uint256::power_of_ten(19)->word(0) == 10'000'000'000'000'000'000ULL);
static_assert(*uint256::power_of_ten(27) == *uint256::parse("1000000000000000000000000000"));
static_assert(uint256::power_of_ten(78).error() == errc::bad_configuration &&
              uint256::power_of_ten(-1).error() == errc::bad_configuration);

static_assert(uint256{1} < uint256{2} && uint256::from_words(1, 0, 0, 0) > uint256::from_words(0, full, full, full));
static_assert(top.add(one).error() == errc::overflow && *top.add(uint256{}) == top);
static_assert(*uint256{full}.add(one) == uint256::from_words(0, 0, 1, 0), "the carry goes on");
static_assert(*uint256::from_words(1, 0, 0, 0).subtract(one) == uint256::from_words(0, full, full, full));
static_assert(uint256{}.subtract(one).error() == errc::negative_amount && *top.subtract(top) == uint256{});
static_assert(*uint256{full}.multiply(uint256{full}) == uint256::from_words(0, 0, full - 1, 1));
static_assert(top.multiply(uint256{2}).error() == errc::overflow && *top.multiply(one) == top);
static_assert(uint256::from_words(0, 1, 0, 0).multiply(uint256::from_words(0, 1, 0, 0)).error() == errc::overflow);
static_assert(std::is_trivially_copyable_v<uint256> && sizeof(uint256) == 32);
static_assert(!std::is_convertible_v<std::uint64_t, uint256>);

constexpr double down(const uint256& a, const uint256& b, const uint256& c, const uint256& d = one) {
  return uint256::ratio(a, b, c, d, rounding::down).value_or(-1.0);
}
constexpr double up(const uint256& a, const uint256& b, const uint256& c, const uint256& d = one) {
  return uint256::ratio(a, b, c, d, rounding::up).value_or(-1.0);
}
static_assert(down(uint256{3}, one, uint256{2}) == 1.5 && up(uint256{3}, one, uint256{2}) == 1.5, "exact stays exact");
static_assert(down(one, one, uint256{10}) == 0x1.9999999999999p-4 && up(one, one, uint256{10}) == 0x1.999999999999ap-4);
static_assert(down(uint256{}, top, one) == 0.0 && up(uint256{}, top, one) == 0.0);
static_assert(down(top, top, one) == 0x1.fffffffffffffp511 && up(top, top, one) == 0x1p512);
static_assert(down(one, one, top, top) == 0x1p-512 && up(one, one, top, top) == 0x1.0000000000001p-512);
static_assert(down(top, top, top, top) == 1.0 && up(top, top, top, top) == 1.0);
static_assert(down(uint256{(1ULL << 53) + 1}, one, one) == 0x1p53 &&
              up(uint256{(1ULL << 53) + 1}, one, one) == 0x1p53 + 2);
static_assert(down(uint256{full}, one, one) == 0x1.fffffffffffffp63 && up(uint256{full}, one, one) == 0x1p64);
static_assert(uint256::ratio(one, one, uint256{}, one, rounding::up).error() == errc::bad_configuration);
static_assert(uint256::ratio(uint256{}, one, one, uint256{}, rounding::up).error() == errc::bad_configuration);

uint256 random_number(test::random_numbers& random) {
  const auto bits = static_cast<int>(random.below(257));
  std::uint64_t w[4] = {random.bits(), random.bits(), random.bits(), random.bits()};
  for (int i = 0; i < 4; ++i) {
    const int left = bits - 64 * i;
    if (left < 64) w[i] &= left <= 0 ? 0 : (std::uint64_t{1} << left) - 1;
  }
  return uint256::from_words(w[3], w[2], w[1], w[0]);
}

TEST(Uint256, HexadecimalTextComesBack) {
  test::random_numbers random(19690720);
  for (int i = 0; i < 20'000; ++i) {
    const uint256 n = random_number(random);
    std::string text = "0x";
    for (std::size_t w = 4; w-- > 0;)
      for (int nibble = 60; nibble >= 0; nibble -= 4) text += "0123456789abcdef"[(n.word(w) >> nibble) & 15];
    ASSERT_EQ(uint256::parse(text).value_or(one), n) << text;
  }
}

TEST(Uint256, DecimalTextIsItsDigitsTimesPowersOfTen) {
  test::random_numbers random(17760704);
  for (int i = 0; i < 5'000; ++i) {
    const auto length = 1 + random.below(77);
    std::string text;
    uint256 expected;
    for (std::uint64_t k = 0; k < length; ++k) {
      const std::uint64_t digit = random.below(10);
      text += static_cast<char>('0' + digit);
      const auto term = uint256::power_of_ten(static_cast<int>(length - 1 - k))->multiply(uint256{digit});
      ASSERT_TRUE(term.has_value());
      expected = *expected.add(*term);
    }
    ASSERT_EQ(uint256::parse(text).value_or(one), expected) << text;
  }
}

TEST(Uint256, AddSubtractAndMultiplyFitTogether) {
  test::random_numbers random(16260514);
  for (int i = 0; i < 20'000; ++i) {
    const uint256 a = random_number(random), b = random_number(random), c{random.bits() >> random.below(64)};
    if (const auto sum = a.add(b)) {
      EXPECT_EQ(*sum->subtract(a), b);
      EXPECT_GE(*sum, a);
      // (a + b)·c = a·c + b·c, where the left fits
      if (const auto product = sum->multiply(c)) {
        EXPECT_EQ(*product, *a.multiply(c)->add(*b.multiply(c)));
      }
    } else {
      EXPECT_GT(b, *top.subtract(a)) << "a refusal needs a reason";
    }
  }
}

// Numerators built around a quotient that is known: n = c·m·2^k + r with 0 ≤ r < c·2^k has ⌊n / c⌋ at 53 bits equal m.
TEST(Uint256, RatiosOfConstructedQuotientsAreTheDoublesAroundThem) {
  test::random_numbers random(18991231);
  int exact = 0, inexact = 0;
  for (int i = 0; i < 50'000; ++i) {
    const std::uint64_t m = (random.bits() >> 12) | (std::uint64_t{1} << 52);
    const uint256 c{1 + (random.bits() >> (1 + random.below(62)))};
    const auto k = static_cast<int>(random.below(100));
    const uint256 step = k < 64 ? uint256{std::uint64_t{1} << k} : uint256::from_words(0, 0, 1ULL << (k - 64), 0);
    const uint256 ulp = *c.multiply(step);
    // The remainder: nothing, one, all but one, or anything below.
    uint256 r;
    const std::uint64_t kind = random.below(4);
    if (kind == 1 && ulp > one) r = one;
    if (kind == 2) r = *ulp.subtract(one);
    if (kind == 3) r = *c.subtract(one);
    const auto base = ulp.multiply(uint256{m});
    ASSERT_TRUE(base.has_value());
    const uint256 n = *base->add(r);
    const double below = std::ldexp(static_cast<double>(m), k);
    const double above = std::nextafter(below, std::numeric_limits<double>::infinity());
    ASSERT_EQ(down(n, one, c), below) << i;
    ASSERT_EQ(up(n, one, c), r == uint256{} ? below : above) << i;
    ++(r == uint256{} ? exact : inexact);
    // Common factors change nothing, wherever they stand.
    const uint256 f = random_number(random);
    if (f == uint256{}) continue;
    ASSERT_EQ(down(n, f, c, f), below) << i;
    ASSERT_EQ(up(f, n, f, c), r == uint256{} ? below : above) << i;
  }
  EXPECT_GT(exact, 10'000);
  EXPECT_GT(inexact, 10'000);
}

TEST(Uint256, RatiosAreWithinAnUlpOfLongDoubles) {
  test::random_numbers random(20080915);
  const auto real = [](const uint256& n) {
    long double x = 0.0L;
    for (std::size_t w = 4; w-- > 0;) x = x * 0x1p64L + static_cast<long double>(n.word(w));
    return x;
  };
  for (int i = 0; i < 50'000; ++i) {
    const uint256 a = random_number(random), b = random_number(random), c = random_number(random),
                  d = random_number(random);
    if (c == uint256{} || d == uint256{}) continue;
    const long double exact = real(a) * real(b) / real(c) / real(d);
    const double low = down(a, b, c, d), high = up(a, b, c, d);
    ASSERT_LE(low, exact * (1.0L + 0x1p-60L));
    ASSERT_GE(high, exact * (1.0L - 0x1p-60L));
    ASSERT_TRUE(high == low || high == std::nextafter(low, std::numeric_limits<double>::infinity()));
  }
}

}  // namespace
}  // namespace trimtab
