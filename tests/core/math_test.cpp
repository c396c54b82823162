// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/core/math.hpp>

#include "support/random.hpp"
#include "support/tolerance.hpp"
#include <array>
#include <cmath>
#include <iterator>
#include <limits>

namespace trimtab {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
using limits = std::numeric_limits<double>;

static_assert(square_root(0.0) == 0.0 && square_root(4.0) == 2.0 && square_root(2.25) == 1.5);
static_assert(square_root(1e300) > 0.99e150 && square_root(1e-300) < 1.01e-150);
static_assert(square_root(infinity) == infinity);
static_assert(larger(1.0, 2.0) == 2.0 && smaller(1.0, 2.0) == 1.0);
static_assert(is_finite(0.0) && is_finite(limits::max()) && !is_finite(infinity) && !is_finite(nan));
// (1 + 2⁻³⁰)² = 1 + 2⁻²⁹ + 2⁻⁶⁰, of which a double keeps all but the last.
static_assert(product_error(1.0 + 0x1p-30, 1.0 + 0x1p-30, (1.0 + 0x1p-30) * (1.0 + 0x1p-30)) == 0x1p-60);
static_assert(sum_error(1.0, 0x1p-60, 1.0) == 0x1p-60);
static_assert(sum_error(0x1p-60, 1.0, 1.0) == 0x1p-60);

static_assert(magnitude(-2.5) == 2.5 && magnitude(2.5) == 2.5 && magnitude(-infinity) == infinity);

TEST(SquareRoot, IsTheInstructionAtRunTime) {
  test::random_numbers random(1);
  for (int i = 0; i < 10'000; ++i) {
    const double x = random.log_uniform(1e-300, 1e300);
    EXPECT_EQ(square_root(x), std::sqrt(x));
  }
}

TEST(SquareRoot, AtCompileTimeIsWithinAnUlpOfTheInstruction) {
  constexpr double inputs[] = {2.0,
                               3.0,
                               0.1,
                               1e-5,
                               7e22,
                               1.9999999999999998,
                               3.9999999999999996,
                               5e-324,
                               2.2250738585072014e-308,
                               1.7976931348623157e308};
  constexpr auto roots = [&inputs] {
    std::array<double, std::size(inputs)> r{};
    for (std::size_t i = 0; i < r.size(); ++i) r[i] = square_root(inputs[i]);
    return r;
  }();
  for (std::size_t i = 0; i < roots.size(); ++i) {
    EXPECT_TRUE(test::close(roots[i], std::sqrt(inputs[i]), limits::epsilon())) << inputs[i];
  }
}

TEST(ProductError, IsWhatRoundingTook) {
  test::random_numbers random(2);
  for (int i = 0; i < 10'000; ++i) {
    const double a = random.log_uniform(1e-50, 1e50), b = -random.log_uniform(1e-50, 1e50), product = a * b;
    EXPECT_EQ(product_error(a, b, product), std::fma(a, b, -product)) << a << " " << b;
    const auto fa = static_cast<float>(random.log_uniform(1e-6, 1e6)),
               fb = static_cast<float>(random.log_uniform(1e-6, 1e6));
    const float fproduct = fa * fb;
    EXPECT_EQ(product_error(fa, fb, fproduct), static_cast<float>(static_cast<double>(fa) * fb - fproduct));
  }
}

TEST(SumError, IsWhatRoundingTook) {
  test::random_numbers random(3);
  for (int i = 0; i < 10'000; ++i) {
    const auto a = static_cast<float>(random.uniform(-1.0, 1.0) * random.log_uniform(1e-3, 1e3));
    const auto b = static_cast<float>(random.uniform(-1.0, 1.0) * random.log_uniform(1e-3, 1e3));
    const float sum = a + b;
    EXPECT_EQ(static_cast<double>(sum) + sum_error(a, b, sum), static_cast<double>(a) + b);
    EXPECT_EQ(sum_error(a, b, sum), sum_error(b, a, sum));
  }
}

TEST(SquareRoot, OfWhatHasNoneIsNaN) {
  EXPECT_TRUE(std::isnan(square_root(-1.0)));
  EXPECT_TRUE(std::isnan(square_root(nan)));
  constexpr double at_compile_time = square_root(-1.0);
  EXPECT_TRUE(std::isnan(at_compile_time));
}

TEST(Larger, KeepsANaNInTheSecondPlaceAndNotInTheFirst) {
  EXPECT_TRUE(std::isnan(larger(1.0, nan)));
  EXPECT_EQ(larger(nan, 1.0), 1.0);
  EXPECT_TRUE(std::isnan(smaller(1.0, nan)));
  EXPECT_EQ(smaller(nan, 1.0), 1.0);
}

TEST(Larger, OfATieIsTheSecond) {
  EXPECT_TRUE(std::signbit(larger(0.0, -0.0)));
  EXPECT_TRUE(std::signbit(smaller(0.0, -0.0)));
}

TEST(IsFinite, KnowsTheEdges) {
  EXPECT_TRUE(is_finite(limits::denorm_min()));
  EXPECT_TRUE(is_finite(-limits::max()));
  EXPECT_FALSE(is_finite(-infinity));
}

}  // namespace
}  // namespace trimtab
