// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/liquidity/constant_product.hpp>
#include <trimtab/sizing/deleverage.hpp>

#include "support/cases.hpp"
#include <limits>

namespace trimtab::sizing {
namespace {

constexpr double eps = std::numeric_limits<double>::epsilon();
constexpr liquidity::constant_product pool{.reserve_in = 1e5, .reserve_out = 1e5};

constexpr funding_mode every_mode[] = {funding_mode::none, funding_mode::flash_debt, funding_mode::flash_collateral};

TEST(Deleverage, EachFundingModePaysItsPremiumWhereItIsOwed) {
  const cases::worked w;
  auto p = w.problem(pool);
  p.funding = {.mode = funding_mode::flash_debt, .premium = 100_bps};
  const deleverage debt_lent(p, 300_bps);
  EXPECT_NEAR(debt_lent.minimum_price, 0.97, 2 * eps);
  EXPECT_EQ(debt_lent.withdrawn, 1.0);
  EXPECT_NEAR(debt_lent.lost, 0.97 * 0.01 / 1.01, 4 * eps);  // of every unit sold, premium on the loan it needs

  p.funding.mode = funding_mode::flash_collateral;
  const deleverage collateral_lent(p, 300_bps);
  EXPECT_EQ(collateral_lent.withdrawn, 1.01);
  EXPECT_EQ(collateral_lent.lost, 0.0);

  p.funding.mode = funding_mode::none;
  const deleverage unfunded(p, 300_bps);
  EXPECT_EQ(unfunded.withdrawn, 1.0);
  EXPECT_EQ(unfunded.premium, 0.0);
}

TEST(Deleverage, GasInKindComesOutOfTheProceedsAndGasFromTheTankDoesNot) {
  const cases::worked w;
  auto p = w.problem(pool);
  p.gas = {.transaction_gas = 100.0, .price_native = 0.02, .native = {2}};
  EXPECT_EQ(deleverage(p, 300_bps).gas_base, 2.0);
  EXPECT_EQ(deleverage(p, 300_bps).fixed, 0.0);
  p.gas.paid_from = gas_payer::proceeds;
  p.funding.mode = funding_mode::none;
  EXPECT_EQ(deleverage(p, 300_bps).fixed, 2.0);
  p.funding = {.mode = funding_mode::flash_debt, .premium = 100_bps};
  EXPECT_NEAR(deleverage(p, 300_bps).fixed, 2.0 / 1.01, 2 * eps);
}

TEST(Deleverage, TheEquationIsZeroExactlyWhereTheFilledTradeHasTheTarget) {
  const cases::worked w;
  for (const funding_mode mode : every_mode) {
    auto p = w.problem(pool);
    p.funding = {.mode = mode, .premium = 9_bps};
    const deleverage k(p, 500_bps);
    for (double x = 100.0; x < 6000.0; x += 100.0) {
      trade t;
      k.fill(t, x);
      const size_equation q = k.equation(t.health_after);
      const double terms = q.gain * t.expected_out + q.give * x + t.health_after * k.debt_value + k.collateral_value;
      EXPECT_NEAR(q.gain * t.expected_out - q.give * x - q.deficit, 0.0, 16 * eps * terms) << x;
    }
  }
}

TEST(Deleverage, AskedOfATradeOrTurnedIntoASizeTheLimitsAreTheSame) {
  const cases::worked w;
  struct bound {
    limit name;
    void (*set)(problem<liquidity::constant_product>&);
  };
  using P = problem<liquidity::constant_product>;
  const bound bounds[] = {
      {limit::collateral, [](P&) {}},
      {limit::withdrawable, [](P& p) { p.collateral_limits.withdrawable = 500.0; }},
      {limit::flash_loan,
       [](P& p) { p.debt_limits.flash_loan_available = p.collateral_limits.flash_loan_available = 450.0; }},
  };
  for (const funding_mode mode : every_mode) {
    for (const bound& b : bounds) {
      auto p = w.problem(pool);
      p.funding = {.mode = mode, .premium = 9_bps};
      b.set(p);
      const deleverage k(p, 2000_bps);
      const largest most = k.largest_size(curve(pool), 1.0);
      if (mode != funding_mode::none) {
        EXPECT_EQ(most.why, b.name) << name(most.why);
      }
      for (const double at : {0.5, 0.999999, 1.000001, 1.5}) {
        trade t;
        k.fill(t, most.x * at);
        EXPECT_EQ(k.fits(t, 1.0), at < 1.0) << name(most.why) << ' ' << at;
      }
    }
  }
}

TEST(Deleverage, TheMinimumOutputRepaysTheLoanAndItsPremium) {
  const cases::worked w;
  auto p = w.problem(pool);
  p.funding = {.mode = funding_mode::flash_debt, .premium = 9_bps};
  const deleverage k(p, 300_bps);
  trade t;
  k.fill(t, 1000.0);
  EXPECT_NEAR(t.min_out, t.flash + t.flash_premium, 4 * eps * t.min_out);
  EXPECT_NEAR(k.repaid_at_minimum(t), t.flash, 4 * eps * t.flash);
  EXPECT_LT(t.health_at_min_out, t.health_after);
}

TEST(Deleverage, TheBorrowFormIsAskedOnlyWhereTheProtocolAsksIt) {
  const cases::worked w;
  auto p = w.problem(pool);  // borrow form 0.8 · 10000 against 7800: above 1 by little
  p.funding.mode = funding_mode::flash_debt;
  const deleverage k(p, 9000_bps);  // so low a minimum that hardly anything is lent
  trade t;
  k.fill(t, 1000.0);
  EXPECT_TRUE(k.borrow_form_stands(t));
  p.withdrawal = withdrawal_check::borrow_form;
  EXPECT_FALSE(k.borrow_form_stands(t));
  const deleverage careful(p, 100_bps);
  careful.fill(t, 1000.0);
  EXPECT_TRUE(careful.borrow_form_stands(t));
}

}  // namespace
}  // namespace trimtab::sizing
