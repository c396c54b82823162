// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/core/doubled.hpp>

#include "support/random.hpp"
#include <cmath>
#include <limits>

namespace trimtab {
namespace {

using wide = doubled<double>;
using narrow = doubled<float>;  // 48 bits, and a double can say what they should be

static_assert(Scalar<wide> && Ordered<wide> && Scalar<narrow>);
constexpr wide third = wide(1.0) / wide(3.0);
static_assert((third * wide(3.0)).high == 1.0 && third.low != 0.0);
static_assert((wide(1.0) + wide(0x1p-100)).low == 0x1p-100);
static_assert(wide(1.0) < wide(1.0, 0x1p-80) && !(wide(1.0, 0x1p-80) < wide(1.0)));
constexpr wide root_of_two = square_root<wide>(wide(2.0));
static_assert(root_of_two.high == 0x1.6a09e667f3bcdp+0);

double value(const narrow& x) {
  return static_cast<double>(x.high) + static_cast<double>(x.low);
}

TEST(Doubled, FourOperationsKeepTwiceTheDigits) {
  test::random_numbers random(1971);
  const auto pick = [&] {
    const double x = random.log_uniform(1e-3, 1e3) * (random.below(2) == 0 ? 1.0 : -1.0);
    const float high = static_cast<float>(x);
    return narrow(high, static_cast<float>(x - static_cast<double>(high)));
  };
  for (int n = 0; n < 100'000; ++n) {
    const narrow a = pick(), b = pick();
    const double x = value(a), y = value(b), few = 0x1p-44;
    EXPECT_LE(std::fabs(value(a + b) - (x + y)), few * std::fabs(x + y)) << x << " + " << y;
    EXPECT_LE(std::fabs(value(a - b) - (x - y)), few * std::fabs(x - y)) << x << " - " << y;
    EXPECT_LE(std::fabs(value(a * b) - x * y), few * std::fabs(x * y)) << x << " * " << y;
    EXPECT_LE(std::fabs(value(a / b) - x / y), few * std::fabs(x / y)) << x << " / " << y;
    const narrow root = square_root<narrow>(a * a);
    EXPECT_LE(std::fabs(value(root) - std::fabs(x)), few * std::fabs(x)) << x;
  }
}

TEST(Doubled, WhatADoubleLosesStays) {
  const wide sum = (wide(1e16) + wide(1.0)) - wide(1e16);
  EXPECT_EQ(static_cast<double>(sum), 1.0);
  const wide square = wide(1.0 + 0x1p-40) * wide(1.0 + 0x1p-40);
  EXPECT_EQ(static_cast<double>(square - wide(1.0 + 0x1p-39)), 0x1p-80);
}

TEST(Doubled, InfinitiesAndNaNAreThoseOfADouble) {
  const wide inf(infinity), nan(std::numeric_limits<double>::quiet_NaN());
  EXPECT_EQ(static_cast<double>(inf + wide(1.0)), infinity);
  EXPECT_EQ(static_cast<double>(wide(1.0) / wide(0.0)), infinity);
  EXPECT_EQ(static_cast<double>(inf * wide(-2.0)), -infinity);
  EXPECT_TRUE(std::isnan(static_cast<double>(inf - inf)));
  EXPECT_TRUE(std::isnan(static_cast<double>(nan + wide(1.0))));
  EXPECT_FALSE(nan < wide(1.0));
  EXPECT_FALSE(wide(1.0) < nan);
}

TEST(Doubled, ALogarithmIsRoundedOnce) {
  for (const double x : {1e-20, 1e-9, 0.1, 1.0, 1e6}) {
    const wide in(x, x * 0x1p-54);
    EXPECT_NEAR(scalar_traits<wide>::log1p(in).high / std::log1p(x), 1.0, 4e-16);
  }
  EXPECT_EQ(scalar_traits<wide>::log1p(wide(-1.0)).high, -infinity);
}

}  // namespace
}  // namespace trimtab
