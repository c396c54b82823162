// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/core/root.hpp>

#include "support/random.hpp"
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <limits>
#ifdef TRIMTAB_TESTS_WITH_THIRD_PARTIES
#include <boost/math/tools/roots.hpp>
#endif

namespace trimtab {
namespace {

constexpr auto root_of_two = find_root([](double x) { return x * x - 2.0; }, 0.0, 2.0);
static_assert(root_of_two.has_value() && root_of_two->high - root_of_two->low < 1e-15);
static_assert(root_of_two->low <= 1.4142135623730951 && 1.4142135623730951 <= root_of_two->high);

TEST(FindRoot, BracketsTheSignChangeOfHardFunctions) {
  const auto expect_certified = [](const char* what, auto f, double low, double high) {
    const auto found = find_root(f, low, high);
    ASSERT_TRUE(found.has_value()) << what << ": " << name(found.error());
    EXPECT_LE(low, found->low) << what;
    EXPECT_LE(found->high, high) << what;
    EXPECT_LE(found->high - found->low, 4.5e-16 * std::fabs(found->at) + 1e-300) << what;
    EXPECT_EQ(f(found->at), found->residual) << what;
    EXPECT_TRUE(found->residual == 0.0 || (f(found->low) < 0.0) != (f(found->high) < 0.0)) << what;
    EXPECT_LE(found->evaluations, 160) << what;
  };
  expect_certified(
      "cubic", [](double x) { return x * x * x - 2.0 * x - 5.0; }, 2.0, 3.0);
  expect_certified(
      "flat", [](double x) { return std::pow(x - 0.7, 9.0); }, 0.0, 1.0);
  expect_certified(
      "jump", [](double x) { return x < 1.0 / 3.0 ? -1.0 : 1.0; }, 0.0, 1.0);
  expect_certified(
      "pole's side", [](double x) { return 1.0 / x - 1e8; }, 1e-12, 1.0);
  expect_certified(
      "falling", [](double x) { return std::exp(-x) - 1e-3; }, 0.0, 100.0);
  expect_certified(
      "many decades", [](double x) { return std::log(x); }, 1e-6, 1e9);
  expect_certified(
      "at the end", [](double x) { return x - 1.0; }, 1.0, 5.0);
}

TEST(FindRoot, RandomPolynomialsInFewSteps) {
  test::random_numbers random(1997);
  int most = 0;
  double total = 0.0;
  constexpr int cases = 10'000;
  for (int n = 0; n < cases; ++n) {
    const double at = random.uniform(-1.0, 1.0), a = random.uniform(0.1, 3.0), b = random.uniform(0.0, 3.0);
    const auto f = [&](double x) { return (x - at) * (a + b * x * x); };
    const auto found = find_root(f, -2.0, 2.0);
    ASSERT_TRUE(found.has_value());
    EXPECT_LE(found->low, at + 1e-300);
    EXPECT_GE(found->high, at - 1e-300);
    most = std::max(most, found->evaluations), total += found->evaluations;
#ifdef TRIMTAB_TESTS_WITH_THIRD_PARTIES
    std::uintmax_t steps = 100;
    const auto bracket =
        boost::math::tools::toms748_solve(f, -2.0, 2.0, boost::math::tools::eps_tolerance<double>(52), steps);
    EXPECT_NEAR(found->at, 0.5 * (bracket.first + bracket.second), 1e-15 * (1.0 + std::fabs(at)));
#endif
  }
  std::printf("find_root: %.1f evaluations on average, %d at most\n", total / cases, most);
  EXPECT_LE(most, 110);
}

TEST(FindRoot, ATolerancePaysInSteps) {
  const auto f = [](double x) { return std::exp(x) - 10.0; };
  const auto coarse = find_root(f, 0.0, 10.0, 1e-3), fine = find_root(f, 0.0, 10.0);
  ASSERT_TRUE(coarse.has_value() && fine.has_value());
  EXPECT_LT(coarse->evaluations, fine->evaluations);
  EXPECT_LE(coarse->low, std::log(10.0));
  EXPECT_GE(coarse->high, std::log(10.0));
}

TEST(FindRoot, WhatHasNoCertificateIsRefused) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const auto square = [](double x) { return x * x + 1.0; };
  EXPECT_EQ(find_root(square, -1.0, 1.0).error(), errc::infeasible);
  EXPECT_EQ(find_root(square, 1.0, -1.0).error(), errc::bad_configuration);
  EXPECT_EQ(find_root(square, nan, 1.0).error(), errc::not_finite);
  EXPECT_EQ(find_root(square, 0.0, infinity).error(), errc::not_finite);
  EXPECT_EQ(find_root([&](double x) { return x < 0.3   ? -1.0
                                             : x > 0.4 ? 1.0
                                                       : nan; }, 0.0, 1.0).error(),
            errc::not_finite);
}

TEST(FindRoot, InFloatToo) {
  const auto found = find_root([](float x) { return x * x - 2.0F; }, 0.0F, 2.0F);
  ASSERT_TRUE(found.has_value());
  EXPECT_NEAR(found->at, 1.41421356F, 2e-7F);
}

}  // namespace
}  // namespace trimtab
