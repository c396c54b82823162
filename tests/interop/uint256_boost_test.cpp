// SPDX-License-Identifier: MIT
// The 256-bit integer and its rounded ratios against Boost.Multiprecision's exact integers.
#include <gtest/gtest.h>

#include <trimtab/core/uint256.hpp>

#include "support/random.hpp"
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

// Boost.Math alone, which CMake fetches where no Boost is installed, has no cpp_int.
#if __has_include(<boost/multiprecision/cpp_int.hpp>)
#include <boost/multiprecision/cpp_int.hpp>

namespace trimtab {
namespace {

using boost::multiprecision::cpp_int;

cpp_int integer(const uint256& n) {
  cpp_int x = 0;
  for (std::size_t w = 4; w-- > 0;) x = (x << 64) + n.word(w);
  return x;
}

uint256 random_number(test::random_numbers& random) {
  const auto words = random.below(5);
  std::uint64_t w[4] = {};
  for (std::uint64_t i = 0; i < words; ++i) w[i] = random.below(8) == 0 ? ~std::uint64_t{0} : random.bits();
  if (words > 0) w[words - 1] >>= random.below(64);
  return uint256::from_words(w[3], w[2], w[1], w[0]);
}

/// x·divisor against n, exactly.
int compare(double x, const cpp_int& divisor, const cpp_int& n) {
  int exponent = 0;
  const double fraction = std::frexp(x, &exponent);
  cpp_int left = static_cast<std::uint64_t>(std::ldexp(fraction, 53)), right = n;
  left *= divisor;
  exponent -= 53;
  if (exponent >= 0) {
    left <<= static_cast<unsigned>(exponent);
  } else {
    right <<= static_cast<unsigned>(-exponent);
  }
  return left.compare(right);
}

TEST(Uint256Boost, TextMeansWhatBoostPrints) {
  test::random_numbers random(19840124);
  for (int i = 0; i < 10'000; ++i) {
    const uint256 n = random_number(random);
    const std::string decimal = integer(n).str();
    ASSERT_EQ(uint256::parse(decimal).value_or(uint256{7}), n) << decimal;
    const std::string hexadecimal = integer(n).str(0, std::ios_base::hex | std::ios_base::showbase);
    ASSERT_EQ(uint256::parse(hexadecimal).value_or(uint256{7}), n) << hexadecimal;
    // 256 bits and no more: a digit of room at either end of the range.
    const cpp_int large = integer(n) + (cpp_int(1) << 256);
    ASSERT_EQ(uint256::parse(large.str()).error(), errc::overflow) << large;
  }
}

TEST(Uint256Boost, ArithmeticIsExactOrRefused) {
  test::random_numbers random(20090103);
  const cpp_int limit = cpp_int(1) << 256;
  int refused = 0;
  for (int i = 0; i < 50'000; ++i) {
    const uint256 a = random_number(random), b = random_number(random);
    const cpp_int x = integer(a), y = integer(b);
    ASSERT_EQ(a < b, x < y);
    ASSERT_EQ(a == b, x == y);
    const auto sum = a.add(b), product = a.multiply(b), difference = a.subtract(b);
    ASSERT_EQ(sum.has_value(), x + y < limit);
    ASSERT_EQ(product.has_value(), x * y < limit);
    ASSERT_EQ(difference.has_value(), x >= y);
    ASSERT_TRUE(!sum || integer(*sum) == x + y);
    ASSERT_TRUE(!product || integer(*product) == x * y);
    ASSERT_TRUE(!difference || integer(*difference) == x - y);
    refused += !product;
  }
  EXPECT_GT(refused, 1'000);
}

TEST(Uint256Boost, RatiosAreTheDoublesNextToTheExactRational) {
  test::random_numbers random(20140222);
  int exact = 0, rounded = 0;
  for (int i = 0; i < 200'000; ++i) {
    uint256 a = random_number(random), b = random_number(random), c = random_number(random), d = random_number(random);
    if (c == uint256{} || d == uint256{}) continue;
    if (random.below(4) == 0) a = c;  // quotients that are exact, or close to a double
    if (random.below(4) == 0) b = uint256{(1ULL << 53) - random.below(3)}, d = uint256{1 + random.below(3)};
    const cpp_int n = integer(a) * integer(b), divisor = integer(c) * integer(d);
    const double low = *uint256::ratio(a, b, c, d, rounding::down), high = *uint256::ratio(a, b, c, d, rounding::up);
    if (n == 0) {
      ASSERT_TRUE(low == 0.0 && high == 0.0);
      continue;
    }
    const int below = compare(low, divisor, n), above = compare(high, divisor, n);
    if (below == 0) {
      ASSERT_EQ(low, high);
      ++exact;
    } else {
      ASSERT_LT(below, 0) << i;
      ASSERT_GT(above, 0) << i;
      ASSERT_EQ(high, std::nextafter(low, std::numeric_limits<double>::infinity())) << i;
      ++rounded;
    }
  }
  EXPECT_GT(exact, 5'000);
  EXPECT_GT(rounded, 50'000);
}

}  // namespace
}  // namespace trimtab

#else
TEST(Uint256Boost, NeedsBoostMultiprecision) {
  GTEST_SKIP() << "Debian: libboost-dev";
}
#endif
