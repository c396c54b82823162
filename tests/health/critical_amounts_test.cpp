// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/health/change.hpp>
#include <trimtab/health/critical_amounts.hpp>

#include "support/random.hpp"
#include "support/tolerance.hpp"
#include <array>
#include <cmath>

namespace trimtab {
namespace {

using T = test::tolerance<double>;
constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr asset_id weth{1}, usdc{2}, stranger{9};

// 10 of an asset at a weight of ½ against 8000: 2000 of headroom.
constexpr form<> position() {
  form<> f;
  static_cast<void>(f.collateral.add({10.0, 0.5, {0}, weth}));
  static_cast<void>(f.debt.add({8000.0, 1.25, {1}, usdc}));
  return f;
}
constexpr double quoted[] = {2400.0, 1.0};
constexpr oracle_prices<double> prices{quoted};
static_assert(critical_debt(position(), prices, usdc).status == critical_status::reached);
static_assert(critical_debt(position(), prices, usdc).amount == 1600.0);
static_assert(critical_collateral(position(), prices, weth).amount == 2000.0 / 1200.0);

void expect_only(critical_status expected, const critical_amount& got) {
  EXPECT_EQ(got.status, expected);
  EXPECT_TRUE(std::isnan(got.amount));
}

TEST(CriticalAmounts, BelowOneAndAtItWhereTheProtocolSaysSoIsAlready) {
  const double at[] = {2000.0, 1.0}, low[] = {1999.0, 1.0};
  EXPECT_EQ(critical_debt(position(), oracle_prices<double>(at), usdc).amount, 0.0);
  EXPECT_EQ(critical_collateral(position(), oracle_prices<double>(at), weth).amount, 0.0);
  for (const auto& [p, edge] : {std::pair{oracle_prices<double>(at), boundary::at_or_below_one},
                                {oracle_prices<double>(low), boundary::below_one}}) {
    expect_only(critical_status::already, critical_debt(position(), p, usdc, edge));
    expect_only(critical_status::already, critical_collateral(position(), p, weth, edge));
  }
}

TEST(CriticalAmounts, WhatOnlyItsRoundingHoldsAtOneHasNothingToGive) {
  // 3 · 0.1 rounds up to the debt: health reads 1, headroom is a fraction of an ulp below zero.
  form<> f;
  ASSERT_EQ(f.collateral.add({3.0, 0.1, {0}, weth}), errc::ok);
  ASSERT_EQ(f.debt.add({3.0 * 0.1, 1.0, {1}, usdc}), errc::ok);
  const double one[] = {1.0, 1.0};
  ASSERT_EQ(health_factor(f, oracle_prices<double>(one)), 1.0);
  ASSERT_LT(headroom(f, oracle_prices<double>(one)), 0.0);
  EXPECT_EQ(critical_debt(f, oracle_prices<double>(one), usdc).amount, 0.0);
  EXPECT_EQ(critical_collateral(f, oracle_prices<double>(one), weth).amount, 0.0);
}

TEST(CriticalAmounts, WithoutDebtAllCollateralMayLeaveAndDebtIsBoundedByIt) {
  form<> f = position();
  f.debt[0].amount = 0.0;
  expect_only(critical_status::unreachable, critical_collateral(f, prices, weth));
  EXPECT_EQ(critical_debt(f, prices, usdc).amount, 12'000.0 / 1.25);
  f.collateral[0].amount = 0.0;
  EXPECT_EQ(critical_debt(f, prices, usdc).amount, 0.0) << "an empty account backs nothing";
}

TEST(CriticalAmounts, WhatWeighsNothingAndWhatIsNotNeededMayLeave) {
  form<> f = position();
  ASSERT_EQ(f.collateral.add({5.0, 0.0, {0}, {3}}), errc::ok);
  ASSERT_EQ(f.collateral.add({1.0, 1.0, {1}, {4}}), errc::ok);
  expect_only(critical_status::unreachable, critical_collateral(f, prices, {3}));
  expect_only(critical_status::unreachable, critical_collateral(f, prices, {4}));
  EXPECT_EQ(critical_collateral(f, prices, weth).status, critical_status::reached);
}

TEST(CriticalAmounts, WhatCannotBeReadIsUnknownAndNeverSafe) {
  expect_only(critical_status::unknown, {});
  const auto expect_unknown = [](const form<>& f, oracle_prices<double> p) {
    expect_only(critical_status::unknown, critical_debt(f, p, usdc));
    expect_only(critical_status::unknown, critical_collateral(f, p, weth));
  };
  expect_only(critical_status::unknown, critical_debt(position(), prices, stranger));
  expect_only(critical_status::unknown, critical_debt(position(), prices, weth));  // only a collateral
  expect_only(critical_status::unknown, critical_collateral(position(), prices, usdc));
  for (const double bad : {nan, infinity, 0.0, -1.0}) {
    const double here[] = {bad, 1.0}, there[] = {2400.0, bad};
    expect_unknown(position(), oracle_prices<double>(here));
    expect_unknown(position(), oracle_prices<double>(there));
  }
  expect_unknown(position(), {});
  for (const double bad : {nan, infinity}) {
    form<> held = position(), owed = position(), weighed = position();
    held.collateral[0].amount = bad;
    owed.debt[0].amount = bad;
    weighed.debt[0].weight = bad;
    for (const form<>& f : {held, owed, weighed}) expect_unknown(f, prices);
  }
}

TEST(CriticalAmounts, AfterTheChangeHealthIsOne) {
  test::random_numbers random(20230501);
  int debts = 0, collaterals = 0;
  for (int i = 0; i < 5000; ++i) {
    form<> f;
    std::array<double, 6> p{};
    for (std::uint16_t k = 0; k < 3; ++k) {
      ASSERT_EQ(f.collateral.add({random.log_uniform(1e-9, 1e9), random.uniform(0.3, 1.0), {k}, {k}}), errc::ok);
      ASSERT_EQ(
          f.debt.add(
              {random.log_uniform(1e-9, 1e9), random.uniform(1.0, 1.3), {static_cast<std::uint16_t>(k + 3)}, {k + 3U}}),
          errc::ok);
    }
    for (double& x : p) x = random.log_uniform(1e-9, 1e9);
    // Health from a hair above 1 to far above.
    const double factor = health_factor(f, oracle_prices<double>(p)) / (1.0 + random.log_uniform(1e-15, 1e3));
    for (std::size_t k = 3; k < 6; ++k) p[k] *= factor;
    const oracle_prices<double> there(p);
    // In units of what was added up before the change, too: what left has been rounded as well.
    const auto gap_of = [&](const form<>& g) {
      double of = 0.0;
      for (const form<>& h : {f, g}) of += weighted_value(h.collateral, there) + weighted_value(h.debt, there);
      return headroom(g, there) / of;
    };
    for (std::uint32_t k = 0; k < 3; ++k) {
      const critical_amount more = critical_debt(f, there, {k + 3});
      const bool liquidatable = health_factor(f, there) < 1.0;
      EXPECT_EQ(more.status == critical_status::already, liquidatable);
      if (more.status == critical_status::reached) {
        ++debts;
        EXPECT_LE(std::fabs(gap_of(after(f, {.debt = {k + 3}, .debt_by = more.amount}))), T::formula) << i;
      }
      const critical_amount less = critical_collateral(f, there, {k});
      EXPECT_EQ(less.status == critical_status::already, liquidatable);
      if (less.status == critical_status::reached) {
        ++collaterals;
        EXPECT_LE(less.amount, f.collateral[k].amount);
        EXPECT_LE(std::fabs(gap_of(after(f, {.collateral = {k}, .collateral_by = -less.amount}))), T::formula) << i;
      } else if (less.status == critical_status::unreachable) {
        EXPECT_GT(gap_of(after(f, {.collateral = {k}, .collateral_by = -f.collateral[k].amount})), -T::formula);
      }
    }
  }
  EXPECT_GT(debts, 5000);
  EXPECT_GT(collaterals, 3000);
}

TEST(CriticalAmounts, BisectionOnHealthFindsTheSameAmount) {
  test::random_numbers random(20230502);
  for (int i = 0; i < 500; ++i) {
    form<> f = position();
    f.collateral[0].amount = random.log_uniform(1e-6, 1e6);
    f.debt[0].amount = f.collateral[0].amount * 1200.0 / 1.25 / (1.0 + random.log_uniform(1e-6, 1e3));
    const auto health_at = [&](long double debt_by, long double collateral_by) {
      const long double backed = (f.collateral[0].amount - collateral_by) * 0.5L * 2400.0L;
      return backed / ((f.debt[0].amount + debt_by) * 1.25L);
    };
    const auto bisect = [](auto safe, long double high) {
      long double low = 0.0L;
      for (int step = 0; step < 200; ++step) {
        const long double middle = 0.5L * (low + high);
        (safe(middle) ? low : high) = middle;
      }
      return static_cast<double>(low);
    };
    const double owed = bisect([&](long double x) { return health_at(x, 0.0L) > 1.0L; }, 1e12L);
    const double held = bisect([&](long double x) { return health_at(0.0L, x) > 1.0L; }, f.collateral[0].amount);
    EXPECT_TRUE(test::close(critical_debt(f, prices, usdc).amount, owed, 1e-12));
    EXPECT_TRUE(test::close(critical_collateral(f, prices, weth).amount, held, 1e-12));
  }
}

}  // namespace
}  // namespace trimtab
