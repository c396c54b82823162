// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/core/scalar.hpp>

#include "support/scalar_archetype.hpp"
#include <limits>
#include <string>

namespace trimtab {
namespace {

static_assert(Scalar<double> && Scalar<float> && Scalar<long double>);
static_assert(Ordered<double> && Ordered<float>);
static_assert(Scalar<test::archetype> && !Ordered<test::archetype>, "a mask that is no bool");
static_assert(!Scalar<int> && !Scalar<bool> && !Scalar<std::string> && !Scalar<double*>);
static_assert(std::is_same_v<mask_t<double>, bool>);
static_assert(literal<float>(0.5) == 0.5F);
static_assert(blend<double>(true, 1.0, 2.0) == 1.0 && blend<double>(false, 1.0, 2.0) == 2.0);
static_assert(infinity == std::numeric_limits<double>::infinity());
static_assert(noexcept(literal<double>(1.0)) && noexcept(blend<double>(true, 1.0, 2.0)));

TEST(Scalar, LogOnePlusXKeepsTheDigitsOfATinyX) {
  EXPECT_EQ(scalar_traits<double>::log1p(1e-20), 1e-20);
  EXPECT_EQ(scalar_traits<double>::log1p(0.0), 0.0);
}

TEST(Scalar, ALiteralIsRoundedToItsType) {
  EXPECT_EQ(literal<float>(0.1), 0.1F);
}

TEST(Scalar, BlendTakesTheChosenArmWhateverIsInTheOther) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(blend<double>(true, 1.0, nan), 1.0);
  EXPECT_EQ(blend<double>(false, nan, 2.0), 2.0);
}

}  // namespace
}  // namespace trimtab
