// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/health/aave_rounding.hpp>

#include "support/random.hpp"
#include "support/tolerance.hpp"
#include <cmath>
#include <limits>

namespace trimtab {
namespace {

using health::floored_health;
using health::quotient_bound;
using health::rounded_health;
using health::whole_below;
using T = test::tolerance<double>;

static_assert(whole_below(8135.9) == 8135.0 && whole_below(8135.0) == 8135.0 && whole_below(0.0) == 0.0);
static_assert(whole_below(8134.9999999999999) == 8135.0 && whole_below(8134.999999) == 8134.0);
static_assert(quotient_bound(0.0, 0.0) == 0.0 && quotient_bound(0.5, 1.0) == infinity);

constexpr double quoted[] = {3123.45678901, 97654.32109876, 0.99987654};
constexpr oracle_prices<double> prices{quoted};

form<> two_collaterals(double debt, double first = 0.83, double second = 0.78) {
  form<> f;
  EXPECT_EQ(f.collateral.add({1.500000000000000001, first, {0}, {1}}), errc::ok);
  EXPECT_EQ(f.collateral.add({0.02345678, second, {1}, {2}}), errc::ok);
  EXPECT_EQ(f.debt.add({debt, 1.0, {2}, {3}}), errc::ok);
  return f;
}
const auto cents = [](const term<>&) { return 1e-8; };

TEST(AaveRounding, TheAverageThresholdIsFlooredToABasisPoint) {
  // S/C is 8135.81…; the contract's integers are 1044814551857303082 (floored) and 1044919235342805420 (exact).
  EXPECT_NEAR(floored_health(two_collaterals(5432.109876), prices, cents, 1e-18).health, 1.044814551857303082, 1e-11);
  EXPECT_NEAR(rounded_health(two_collaterals(5432.109876), prices, cents, 1e-18).health, 1.044919235342805420, 1e-11);
}

TEST(AaveRounding, EqualThresholdsHaveNoEdgeToFallOver) {
  const auto r = floored_health(two_collaterals(5432.109876, 0.83, 0.83), prices, cents, 1e-18);
  EXPECT_TRUE(test::close(r.health, health_factor(two_collaterals(5432.109876, 0.83, 0.83), prices), T::formula));
  EXPECT_LT(r.bound, 1e-10);
}

TEST(AaveRounding, AnAverageOnAWholeBasisPointMayFallByOne) {
  form<> f;
  ASSERT_EQ(f.collateral.add({1.0, 0.80, {0}, {1}}), errc::ok);
  ASSERT_EQ(f.collateral.add({1.0, 0.82, {0}, {2}}), errc::ok);
  ASSERT_EQ(f.debt.add({100.0, 1.0, {2}, {3}}), errc::ok);
  const auto r = floored_health(f, prices, cents, 1e-18);
  EXPECT_TRUE(test::close(r.health, health_factor(f, prices), T::formula)) << "exactly 81 %";
  EXPECT_GT(r.bound, 1.0 / 8100.0) << "one unit less of the second and it is 80.99 %";
  EXPECT_LT(r.bound, 1.01 / 8100.0);
}

TEST(AaveRounding, WhatIsRoundedInIntegersStaysWithinTheBound) {
  // Values and balances in integers, in every direction that a release may round.
  test::random_numbers random(7);
  for (int i = 0; i < 20'000; ++i) {
    const double decimals = std::floor(random.uniform(0.0, 9.0)), unit = std::pow(10.0, -decimals);
    form<> f;
    long double backed = 0.0L, plain = 0.0L, owed = 0.0L;
    const auto grain = [&](const term<>& t) { return 1e-8 + unit * prices[t.slot].value; };
    const auto rounded = [&](double amount, price_slot slot) {
      const long double balance = std::floor(amount / static_cast<long double>(unit) + random.uniform(0.0, 1.0));
      return std::floor(balance * unit * prices[slot].value * 1e8L + random.uniform(0.0, 1.0));
    };
    for (const std::uint16_t slot : {std::uint16_t{0}, std::uint16_t{1}}) {
      const double weight = std::floor(random.uniform(6500.0, 9500.0)) / 1e4, amount = random.log_uniform(1e-3, 1e4);
      ASSERT_EQ(f.collateral.add({amount, weight, {slot}, {slot}}), errc::ok);
      const long double value = rounded(amount, {slot});
      backed += value * std::round(weight * 1e4);
      plain += value;
    }
    const double debt = random.log_uniform(1.0, 1e6);
    ASSERT_EQ(f.debt.add({debt, 1.0, {2}, {3}}), errc::ok);
    owed = rounded(debt, {2});
    const auto exact = rounded_health(f, prices, grain, 1e-18), floored = floored_health(f, prices, grain, 1e-18);
    const auto inside = [](long double integer, const health::contract_reading& r) {
      return std::fabs(integer - r.health) <= r.bound * r.health;
    };
    if (owed > 0.0L) {
      EXPECT_TRUE(inside(backed / 1e4L / owed, exact)) << i;
    }
    if (owed > 0.0L && plain > 0.0L) {
      EXPECT_TRUE(inside(std::floor(plain * std::floor(backed / plain) / 1e4L + 0.5L) / owed, floored)) << i;
    }
  }
}

TEST(AaveRounding, NothingOwedNothingHeldAndNaN) {
  form<> nothing;
  EXPECT_EQ(floored_health(nothing, prices, cents, 1e-18).health, infinity);
  EXPECT_EQ(rounded_health(nothing, prices, cents, 1e-18).bound, 0.0);
  auto owes = two_collaterals(1.0);
  owes.collateral.count = 0;
  EXPECT_EQ(floored_health(owes, prices, cents, 1e-18).health, 0.0);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_TRUE(std::isnan(floored_health(two_collaterals(nan), prices, cents, 1e-18).health));
  auto has_nan = two_collaterals(1.0);
  has_nan.collateral[0].amount = nan;
  EXPECT_TRUE(std::isnan(floored_health(has_nan, prices, cents, 1e-18).health));
  EXPECT_TRUE(std::isnan(rounded_health(has_nan, prices, cents, 1e-18).health));
  EXPECT_TRUE(std::isnan(whole_below(nan)));
}

}  // namespace
}  // namespace trimtab
