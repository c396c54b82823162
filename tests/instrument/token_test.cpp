// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/instrument/token.hpp>

#include <limits>

namespace trimtab {
namespace {

constexpr double two_thousand[] = {2000.0};
constexpr auto here = instrument::token{}.at<double>(two_thousand);
static_assert(here.value == 2000.0 && here.gradient[0] == 1.0 && here.gamma(0, 0) == 0.0 && here.size == 1);
static_assert(instrument::token{}.value<double>(two_thousand) == 2000.0);

TEST(Token, BadUnderlyingsAreNamed) {
  const double two[] = {1.0, 2.0}, zero[] = {0.0}, nan[] = {std::numeric_limits<double>::quiet_NaN()};
  EXPECT_EQ(instrument::valid_underlyings(instrument::token{}, two_thousand), errc::ok);
  EXPECT_EQ(instrument::valid_underlyings(instrument::token{}, two), errc::size_mismatch);
  EXPECT_EQ(instrument::valid_underlyings(instrument::token{}, zero), errc::non_positive_price);
  EXPECT_EQ(instrument::valid_underlyings(instrument::token{}, nan), errc::not_finite);
}

}  // namespace
}  // namespace trimtab
