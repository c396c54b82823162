// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/core/wide.hpp>

#include "support/random.hpp"
#include <cstdint>

#if defined(TRIMTAB_TESTS_WITH_THIRD_PARTIES) && __has_include(<boost/multiprecision/cpp_int.hpp>)
#include <boost/multiprecision/cpp_int.hpp>
#define TRIMTAB_TESTS_WITH_CPP_INT
#endif

namespace trimtab {
namespace {

constexpr std::uint64_t full = ~std::uint64_t{0};
constexpr uint256 zero, one{1}, two{2}, top = uint256::from_words(full, full, full, full);
constexpr auto down = rounding::down, up = rounding::up;

static_assert(*divide(uint256{7}, two, down) == uint256{3} && *divide(uint256{7}, two, up) == uint256{4});
static_assert(*divide(uint256{8}, two, up) == uint256{4}, "exact stays exact");
static_assert(*divide(zero, top, up) == zero && *divide(one, top, up) == one && *divide(one, top, down) == zero);
static_assert(*divide(top, top, up) == one && *divide(top, one, up) == top);
static_assert(*divide(top, uint256::from_words(0, 0, 1, 0), up) == uint256::from_words(1, 0, 0, 0));
static_assert(divide(one, zero, down).error() == errc::bad_configuration);
static_assert(*multiply_divide(top, top, top, up) == top && *multiply_divide(top, top, top, down) == top);
// Where the guessed word of the quotient is one too large and only the subtraction shows it.
static_assert(*divide(uint256::from_words(0, 1ULL << 63, 0, 3), uint256::from_words(0, 1ULL << 61, 0, 1), down) ==
              uint256{3});
static_assert(*divide(uint256::from_words(full >> 1, 1ULL << 63, 0, 0), uint256::from_words(0, 1ULL << 63, 0, 1),
                      down) == uint256{full - 1});
static_assert(multiply_divide(top, two, one, down).error() == errc::overflow);
static_assert(*multiply_divide(top, two, uint256{4}, down) == uint256::from_words(full >> 1, full, full, full));
static_assert(multiply_divide(top, two, uint256{4}, up).value() == uint256::from_words(1ULL << 63, 0, 0, 0));
// (top − 1)²/(top − 2) is top and a little: it fits rounded down and not rounded up.
static_assert(*multiply_divide(top, *top.subtract(one), *top.subtract(one), up) == top);
static_assert(multiply_divide(*top.subtract(one), *top.subtract(one), *top.subtract(two), up).error() ==
              errc::overflow);
static_assert(multiply_divide(*top.subtract(one), *top.subtract(one), *top.subtract(two), down).value() == top);
static_assert(multiply_divide(one, one, zero, up).error() == errc::bad_configuration);
static_assert(widen(units::from_words(3, 5)) == uint256::from_words(0, 0, 3, 5));
static_assert(*narrow(uint256::from_words(0, 0, 3, 5)) == units::from_words(3, 5));
static_assert(narrow(uint256::from_words(0, 1, 0, 0)).error() == errc::overflow &&
              narrow(uint256::from_words(1, 0, 0, 0)).error() == errc::overflow);

/// Words of zeros, of ones and of anything: what tempts a quotient to be guessed wrong.
uint256 random_number(test::random_numbers& random) {
  std::uint64_t w[4] = {};
  const std::uint64_t words = 1 + random.below(4);
  for (std::uint64_t i = 0; i < words; ++i) {
    const std::uint64_t kind = random.below(4);
    w[i] = kind == 0 ? 0 : kind == 1 ? full - random.below(2) : random.bits();
  }
  w[words - 1] >>= random.below(64);
  return uint256::from_words(w[3], w[2], w[1], w[0]);
}

/// q·d ≤ n < (q + 1)·d, and up is one more exactly where something is left.
TEST(Wide, QuotientsComeBackWhenMultiplied) {
  test::random_numbers random(17760704);
  for (int i = 0; i < 40'000; ++i) {
    const uint256 n = random_number(random), d = random_number(random);
    const auto q = divide(n, d, down), ceiling = divide(n, d, up);
    if (d == zero) {
      ASSERT_EQ(q.error(), errc::bad_configuration);
      continue;
    }
    const auto back = q->multiply(d);
    ASSERT_TRUE(back.has_value() && *back <= n) << i;
    const auto left = n.subtract(*back);
    ASSERT_TRUE(*left < d) << i;
    ASSERT_EQ(*ceiling, *left == zero ? *q : *q->add(one)) << i;
    ASSERT_EQ(*multiply_divide(n, one, d, down), *q);
    const auto whole = multiply_divide(n, d, d, up);
    ASSERT_TRUE(whole.has_value() && *whole == n) << i;
  }
}

#ifdef TRIMTAB_TESTS_WITH_CPP_INT
using boost::multiprecision::cpp_int;

cpp_int integer(const uint256& n) {
  cpp_int x = 0;
  for (std::size_t w = 4; w-- > 0;) x = (x << 64) + n.word(w);
  return x;
}

TEST(Wide, AgreesWithBoost) {
  test::random_numbers random(16260514);
  const cpp_int limit = cpp_int(1) << 256;
  int fits = 0, overflows = 0;
  for (int i = 0; i < 100'000; ++i) {
    const uint256 a = random_number(random), b = random_number(random), c = random_number(random);
    if (c == zero) continue;
    const cpp_int product = integer(a) * integer(b), floor = product / integer(c);
    const cpp_int ceiling = floor * integer(c) == product ? floor : floor + 1;
    for (const auto& [expected, direction] : {std::pair{floor, down}, std::pair{ceiling, up}}) {
      const auto got = multiply_divide(a, b, c, direction);
      ASSERT_EQ(got.has_value(), expected < limit) << i;
      if (got.has_value()) {
        ASSERT_EQ(integer(*got), expected) << i;
      } else {
        ASSERT_EQ(got.error(), errc::overflow);
      }
      ++(got.has_value() ? fits : overflows);
    }
  }
  EXPECT_GT(fits, 10'000);
  EXPECT_GT(overflows, 10'000);
}
#endif

}  // namespace
}  // namespace trimtab
