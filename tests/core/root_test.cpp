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

/// The certificate, checked from outside.
template <class F>
void expect_certified(const F& f, const root<>& r, int n = 0) {
  EXPECT_LE(r.low, r.high) << n;
  EXPECT_TRUE(r.at == r.low || r.at == r.high) << n;
  EXPECT_EQ(f(r.at), r.residual) << n;
  if (r.low == r.high) {
    EXPECT_EQ(r.residual, 0.0) << n;
  } else {
    EXPECT_NE(f(r.low) < 0.0, f(r.high) < 0.0) << n;
    EXPECT_LE(std::fabs(r.residual), std::min(std::fabs(f(r.low)), std::fabs(f(r.high)))) << n;
  }
}

TEST(FindRoot, EndsAreNeighbours) {
  test::random_numbers random(1);
  int most = 0;
  long total = 0;
  for (int n = 0; n < 20'000; ++n) {
    const double where = random.log_uniform(1e-6, 1e6), steep = random.log_uniform(0.1, 10.0);
    const auto f = [&](double x) { return std::log(x / where) * steep + std::sin(x / where - 1.0); };
    const auto found = find_root(f, where * random.log_uniform(1e-3, 0.9), where * random.uniform(1.01, 3.0));
    ASSERT_TRUE(found) << n;
    expect_certified(f, *found, n);
    EXPECT_LE(found->high, std::nextafter(found->low, infinity)) << n;
    EXPECT_NEAR(found->at / where, 1.0, 8e-16) << n;
    most = std::max(most, found->evaluations);
    total += found->evaluations;
  }
  std::printf("evaluations: %.2f on average, at most %d\n", static_cast<double>(total) / 20'000.0, most);
  EXPECT_LE(most, 60);
  EXPECT_LE(total, 16L * 20'000L);
}

TEST(FindRoot, NoFunctionTakesMoreThanTheBound) {
  // A jump, a flat root, a pole, a root beside zero, infinite values and one that lures interpolation the wrong way.
  const auto check = [](const auto& f, double low, double high) {
    const auto found = find_root(f, low, high);
    ASSERT_TRUE(found);
    expect_certified(f, *found);
    EXPECT_LE(found->evaluations, 194);
    EXPECT_LE(found->high, std::nextafter(found->low, infinity));
  };
  test::random_numbers random(2);
  for (int n = 0; n < 2'000; ++n) {
    const double r = random.log_uniform(1e-300, 1e300) * (n % 2 == 0 ? 1.0 : -1.0);
    const double low = -1.7e308, high = 1.7e308;
    check([r](double x) { return x < r ? -1.0 : 1.0; }, low, high);
    check([r](double x) { return x < r ? -1e-300 : 1e300; }, low, high);
    check([r](double x) { return x < r ? -infinity : 3.0; }, low, high);
    check([r](double x) { return x == r ? 1.0 : 1.0 / (x - r); }, low, high);
    check([r](double x) { return std::cbrt(x - r); }, low, high);
    check([r](double x) { return x / r - 1.0; }, low, high);
  }
  check([](double x) { return std::pow(x - 1.0, 9); }, 0.0, 7.0);
  check([](double x) { return std::exp(-1.0 / (x * x + 1e-3)) * x - 5e-324; }, -1.0, 3.0);
}

TEST(FindRoot, AnExactZeroIsBothEnds) {
  const auto line = [](double x) { return x - 1.0; };
  for (const auto& found : {find_root(line, 1.0, 2.0), find_root(line, 0.0, 1.0), find_root(line, 0.0, 2.0)}) {
    ASSERT_TRUE(found);
    EXPECT_EQ(found->low, 1.0);
    EXPECT_EQ(found->high, 1.0);
    EXPECT_EQ(found->residual, 0.0);
  }
}

TEST(FindRoot, WhatHasNoCertificateIsRefused) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const auto square = [](double x) { return x * x + 1.0; };
  EXPECT_EQ(find_root(square, -1.0, 1.0).error(), errc::infeasible);
  EXPECT_EQ(find_root(square, 1.0, -1.0).error(), errc::bad_configuration);
  EXPECT_EQ(find_root(square, 0.0, 1.0, -1.0).error(), errc::bad_configuration);
  EXPECT_EQ(find_root(square, 0.0, 1.0, nan).error(), errc::bad_configuration);
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
