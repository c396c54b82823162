// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/plan/to_raw.hpp>

#include "support/random.hpp"
#include <cmath>
#include <limits>

namespace {

using namespace trimtab;
using enum action;

constexpr action up[] = {flash_repay, supply, repay, swap, pay, transfer_in};
constexpr action down[] = {flash_borrow, withdraw, borrow, transfer_out};
constexpr asset_id usdc{2}, dai{3};

static_assert(to_raw(repay, 1.5, 0).value() == units{2});
static_assert(to_raw(borrow, 1.5, 0).value() == units{1});

TEST(ToRaw, RoundsAgainstTheTrader) {
  test::random_numbers draw(1);
  for (int i = 0; i < 20'000; ++i) {
    const int decimals = static_cast<int>(draw.below(28));
    const double tokens = draw.log_uniform(1e-3, 1e9);
    const auto floor = units::floor(tokens, decimals), ceil = units::ceil(tokens, decimals);
    if (!ceil.has_value() || *floor == units{}) continue;
    for (const action a : up) ASSERT_EQ(*to_raw(a, tokens, decimals), *ceil);
    for (const action a : down) ASSERT_EQ(*to_raw(a, tokens, decimals), *floor);
    // In 80 bits, where they hold the amount: never on the trader's side, and less than a unit away.
    const long double raw = static_cast<long double>(tokens) * std::pow(10.0L, decimals);
    if (raw > 0x1p62L) continue;
    ASSERT_GE(static_cast<long double>(ceil->low()), raw * (1 - 0x1p-62L));
    ASSERT_LE(static_cast<long double>(floor->low()), raw * (1 + 0x1p-62L));
    ASSERT_LE(ceil->low() - floor->low(), 1U);
  }
}

TEST(ToRaw, WhatRoundsToNothingIsDust) {
  for (const action a : down) EXPECT_EQ(to_raw(a, 1e-7, 6).error(), errc::dust);
  for (const action a : up) EXPECT_EQ(*to_raw(a, 1e-7, 6), units{1});
  EXPECT_EQ(*to_raw(borrow, 0.0, 6), units{}) << "nothing is nothing";
  EXPECT_EQ(to_raw(repay, std::nan(""), 6).error(), errc::not_finite);
  EXPECT_EQ(to_raw(repay, -1.0, 6).error(), errc::negative_amount);
  EXPECT_EQ(to_raw(repay, 1e30, 18).error(), errc::overflow);
  EXPECT_EQ(to_raw(repay, 1.0, 28).error(), errc::bad_configuration);
}

TEST(ToRaw, AGrowthIsNeverLessThanAnyCompounding) {
  test::random_numbers draw(2);
  for (int i = 0; i < 20'000; ++i) {
    const double rate = draw.log_uniform(1e-12, 1e-5);
    const seconds wait{static_cast<long long>(draw.log_uniform(1.0, 1e5))};
    const double x = rate * static_cast<double>(wait.count());
    const growth g = growth_until(usdc, rate, wait);
    if (x > 1.0) {
      ASSERT_EQ(g.factor, infinity);
      continue;
    }
    ASSERT_GE(static_cast<long double>(g.factor), std::exp(static_cast<long double>(x)));
    ASSERT_LE(g.factor, 1.0 + x + x * x + 1e-15 * 4);
    ASSERT_GE(static_cast<long double>(g.factor),
              std::pow(1.0L + rate, static_cast<long double>(wait.count())) * (1 - 1e-13L))
        << "second by second";
  }
  EXPECT_EQ(growth_until(usdc, 0.0, seconds{10}).factor, 1.0 + 0x1p-51);
  EXPECT_EQ(growth_until(usdc, std::nan(""), seconds{10}).factor, infinity);
  EXPECT_EQ(growth_until(usdc, 1e-9, seconds{-10}).factor, infinity) << "included in the past";
}

TEST(ToRaw, ATableOfGrowthIsValidated) {
  const growth two[] = {{usdc, 1.0 + 1e-6}, {dai, 1.0}}, twice[] = {{usdc, 1.0}, {usdc, 1.1}};
  EXPECT_EQ(validate(std::span<const growth>(two)), errc::ok);
  EXPECT_EQ(validate(std::span<const growth>(twice)), errc::duplicate_asset);
  for (const double bad : {0.999, -1.0, infinity, std::numeric_limits<double>::quiet_NaN()}) {
    const growth wrong[] = {{usdc, bad}};
    EXPECT_EQ(validate(std::span<const growth>(wrong)), errc::bad_configuration);
  }
  EXPECT_EQ(growth_of(two, usdc), 1.0 + 1e-6);
  EXPECT_EQ(growth_of(two, asset_id{9}), 1.0);
  account<> a;
  (void)a.add({.asset = usdc, .collateral = 5.0, .debt = 100.0});
  const auto later = grown(a, std::span<const growth>(two));
  EXPECT_EQ(later[0].debt, 100.0 * (1.0 + 1e-6));
  EXPECT_EQ(later[0].collateral, 5.0);
}

TEST(ToRaw, AnAllowanceCoversTheWholeDebt) {
  test::random_numbers draw(3);
  for (int i = 0; i < 20'000; ++i) {
    const double owed = draw.log_uniform(1e-6, 1e9),
                 factor = draw.below(3) == 0 ? 1.0 : 1.0 + draw.log_uniform(1e-12, 1e-3);
    const int decimals = static_cast<int>(draw.below(19));
    const auto a = whole_debt_allowance(owed, factor, decimals);
    ASSERT_TRUE(a.has_value());
    const auto exact = units::ceil(owed * factor, decimals);
    ASSERT_GE(*a, *exact);
    // A unit or two, and the few last places of the double.
    ASSERT_LE(a->to_tokens(decimals), owed * factor * (1 + 0x1p-48) + 3.0 * units::smallest(decimals));
  }
  EXPECT_EQ(*whole_debt_allowance(0.0, 1.0, 6), units{});
  EXPECT_EQ(whole_debt_allowance(std::nan(""), 1.0, 6).error(), errc::not_finite);
  EXPECT_EQ(whole_debt_allowance(1e35, 1.0, 6).error(), errc::overflow);
}

}  // namespace
