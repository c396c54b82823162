// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/health/liquidation.hpp>

#include "support/random.hpp"
#include "support/tolerance.hpp"
#include <cmath>
#include <limits>

namespace trimtab {
namespace {

static_assert(liquidatable_at(boundary::below_one, 0.999) && liquidatable_at(boundary::at_or_below_one, 0.999));
static_assert(!liquidatable_at(boundary::below_one, 1.0) && liquidatable_at(boundary::at_or_below_one, 1.0));
static_assert(!liquidatable_at(boundary::below_one, 1.001) && !liquidatable_at(boundary::at_or_below_one, 1.001));
// At a threshold of 83 % and a bonus of 5 %, liquidation helps above 0.8715.
static_assert(liquidation_improves_health(0.88, 0.83, basis_points{500.0}));
static_assert(!liquidation_improves_health(0.87, 0.83, basis_points{500.0}));
static_assert(liquidation_leaves_bad_debt(104.0, 100.0, basis_points{500.0}));
static_assert(!liquidation_leaves_bad_debt(105.0, 100.0, basis_points{500.0}));
static_assert(liquidation_request{}.repay == infinity);

TEST(Liquidation, ImprovesHealthExactlyWhereItSaysSo) {
  test::random_numbers random(20220615);
  for (int i = 0; i < 5000; ++i) {
    const double threshold = random.uniform(0.5, 0.95), bonus = random.uniform(0.0, 0.15);
    const double collateral = random.uniform(10.0, 100.0), debt = random.uniform(10.0, 100.0);
    const double health = threshold * collateral / debt, limit = threshold * (1.0 + bonus);
    if (test::close(health, limit, 1e-6)) continue;
    const double repaid = random.uniform(0.01, 0.5) * std::min(debt, collateral / (1.0 + bonus));
    const double left = threshold * (collateral - (1.0 + bonus) * repaid) / (debt - repaid);
    EXPECT_EQ(left > health, liquidation_improves_health(health, threshold, to_basis_points(bonus)))
        << health << " " << limit;
  }
}

TEST(Liquidation, AtTheLimitItDoesNotImprove) {
  constexpr double threshold = 0.8;
  EXPECT_FALSE(
      liquidation_improves_health(threshold * (1.0 + basis_points{500.0}.fraction()), threshold, basis_points{500.0}));
}

TEST(Liquidation, AHealthNobodyCanReadIsNeverSafe) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_TRUE(liquidatable_at(boundary::below_one, nan));
  EXPECT_TRUE(liquidatable_at(boundary::at_or_below_one, nan));
}

TEST(Liquidation, WhoOwesNothingIsSafe) {
  EXPECT_FALSE(liquidatable_at(boundary::at_or_below_one, infinity));
  EXPECT_FALSE(liquidatable_at(boundary::below_one, infinity));
}

TEST(Liquidation, AnExchangeTakesNoMoreThanIsHeldAndIsPaidForWhatItTakes) {
  const auto part = exchange(100.0, 10.0, 0.05), all = exchange(1000.0, 10.0, 0.05), nothing = exchange(5.0, 0.0, 0.05);
  EXPECT_EQ(part.repaid, 100.0);
  EXPECT_EQ(part.seized, 5.0);
  EXPECT_EQ(part.collateral_left, 5.0);
  EXPECT_EQ(all.repaid, 200.0);
  EXPECT_EQ(all.seized, 10.0);
  EXPECT_EQ(all.collateral_left, 0.0);
  EXPECT_EQ(nothing.repaid, 0.0);
  EXPECT_EQ(nothing.seized, 0.0);
  EXPECT_EQ(exchange(5.0, 0.0, 0.0).repaid, 0.0) << "no 0/0";
}

TEST(Liquidation, OneUlpDecides) {
  EXPECT_TRUE(liquidatable_at(boundary::below_one, std::nextafter(1.0, 0.0)));
  EXPECT_FALSE(liquidatable_at(boundary::at_or_below_one, std::nextafter(1.0, 2.0)));
}

}  // namespace
}  // namespace trimtab
