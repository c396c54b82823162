// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/core/basis_points.hpp>

#include "support/tolerance.hpp"
#include <limits>
#include <type_traits>

namespace trimtab {
namespace {

static_assert(is_share({0.0}) && is_share({1e4}) && !is_share({-1.0}) && !is_share({10'001.0}));
static_assert(!is_share({std::numeric_limits<double>::quiet_NaN()}));
static_assert((50_bps).count == 50.0);
static_assert((50_bps).fraction() == 0.005);
static_assert((2.5_bps).count == 2.5);
static_assert(to_basis_points(0.25) == 2500_bps);
static_assert((2500_bps).complement() == 0.75);
static_assert(basis_points{} == 0_bps && 1_bps != 2_bps);
static_assert(!std::is_convertible_v<double, basis_points>);
static_assert(!std::is_convertible_v<basis_points, double>);
static_assert(std::is_trivially_copyable_v<basis_points>);

TEST(BasisPoints, AreHundredthsOfAPerCent) {
  EXPECT_EQ((10'000_bps).fraction(), 1.0);
  EXPECT_EQ((30_bps).fraction(), 0.003);
}

TEST(BasisPoints, ThereAndBackIsTheSame) {
  for (int i = 0; i <= 10'000; ++i) {
    const basis_points b{static_cast<double>(i)};
    EXPECT_TRUE(test::close(to_basis_points(b.fraction()).count, b.count, test::tolerance<double>::formula)) << i;
  }
}

TEST(BasisPoints, TheComplementKeepsItsDigitsNearAHundredPerCent) {
  EXPECT_EQ((9999_bps).complement(), 1e-4);
  EXPECT_NE(1.0 - (9999_bps).fraction(), 1e-4) << "the subtraction would not";
  EXPECT_EQ((10'000_bps).complement(), 0.0);
  EXPECT_EQ((0_bps).complement(), 1.0);
}

}  // namespace
// A bare number is none, inside another aggregate either; in braces of its own it is.
struct part {
  trimtab::basis_points fee{30.0};
  double other = 0.0;
};
template <class T, class... A>
concept listed = requires(A... a) {
  T{a...};
};
static_assert(!std::is_convertible_v<double, trimtab::basis_points>);
static_assert(!listed<part, double> && !listed<part, double, double> && listed<part, trimtab::basis_points, double>);
static_assert(part{.fee = {5.0}}.fee.count == 5.0 && part{}.fee.count == 30.0 && trimtab::basis_points{}.count == 0.0);
static_assert(trimtab::basis_points{1.0, 2.0}.count != trimtab::basis_points{1.0, 2.0}.count, "two numbers are none");
static_assert(std::is_trivially_copyable_v<trimtab::basis_points> && sizeof(trimtab::basis_points) == sizeof(double));

}  // namespace trimtab
