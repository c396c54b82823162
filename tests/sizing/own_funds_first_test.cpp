// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/liquidity/constant_product.hpp>
#include <trimtab/sizing/in_chunks.hpp>
#include <trimtab/sizing/own_funds_first.hpp>
#include <trimtab/sizing/restore_target.hpp>

#include "laws/sizer_laws.hpp"
#include "support/cases.hpp"

namespace {

using namespace trimtab;
using sizing::funding_mode;
using sizing::own_funds_first;
using sizing::restore_target;

constexpr own_funds_first thrifty{restore_target{}};
static_assert(thrifty.validate() == errc::ok);
static_assert(own_funds_first{restore_target{.max_slippage = {0.0}}}.validate() == errc::bad_configuration);
static_assert(thrifty.can(direction::deleverage) && !thrifty.can(direction::leverage));

struct looked {
  liquidity::constant_product venue{.reserve_in = 1e6, .reserve_out = 1e6};
  cases::worked account;
  sizing::problem<liquidity::constant_product> p;

  explicit looked(double debt, double target) : account(10000.0, debt), p(account.problem(venue)) {
    p.target = target;
    p.funding = {funding_mode::flash_debt, basis_points{5.0}};
  }
};

TEST(OwnFundsFirst, PaysNoPremiumWhereHealthStandsTheWithdrawal) {
  const looked at(7200.0, 1.2);  // health 1.153
  const auto own = thrifty.size(at.p), lent = restore_target{}.size(at.p);
  ASSERT_TRUE(own.has_value());
  ASSERT_TRUE(lent.has_value());
  EXPECT_EQ(own.trade.mode, funding_mode::none);
  EXPECT_EQ(own.trade.cost.premium, 0.0);
  EXPECT_LT(own.trade.cost.total(), lent.trade.cost.total());
  EXPECT_GE(own.trade.health_after, 1.2);
  EXPECT_GT(health_factor_after(at.p.liquidation, at.p.prices,
                                {.collateral = at.p.collateral, .collateral_by = -own.trade.sold}),
            1.0)
      << "between the steps";
  EXPECT_EQ(thrifty.objection_to(at.p, own.trade).why, errc::ok);
  EXPECT_EQ(thrifty.objection_to(at.p, lent.trade).why, errc::ok);
}

TEST(OwnFundsFirst, TakesTheLoanWhereHealthDoesNot) {
  const looked at(8000.0, 1.25);  // health 1.0375: a fifth of the collateral cannot leave first
  ASSERT_FALSE(restore_target{}
                   .size([&] {
                     auto p = at.p;
                     p.funding = {funding_mode::none, basis_points{0.0}};
                     return p;
                   }())
                   .has_value());
  const auto s = thrifty.size(at.p), lent = restore_target{}.size(at.p);
  ASSERT_TRUE(s.has_value());
  EXPECT_EQ(s.trade.mode, funding_mode::flash_debt);
  EXPECT_EQ(s.trade.sold, lent.trade.sold);
  EXPECT_EQ(s.trade.cost.premium, lent.trade.cost.premium);
}

TEST(OwnFundsFirst, AnEmergencyIsNotTriedTwice) {
  looked at(7200.0, 1.2);
  at.p.urgent = true;
  EXPECT_EQ(thrifty.size(at.p).trade.mode, funding_mode::flash_debt);
}

TEST(OwnFundsFirst, PiecesMostlyNeedNoLoan) {
  looked at(7300.0, 1.25);
  at.venue.reserve_in = at.venue.reserve_out = 5e4;
  const own_funds_first pieces{sizing::in_chunks{restore_target{.max_slippage = {2000.0}}}};
  const auto s = pieces.size(at.p);
  ASSERT_TRUE(s.has_value());
  EXPECT_EQ(s.trade.mode, funding_mode::none);
  EXPECT_EQ(s.binding, sizing::limit::chunk);
}

TEST(OwnFundsFirst, SaysWhyNotAsTheInnerOneDoesWithTheLoan) {
  looked at(7800.0, 1.25);
  at.venue.reserve_out = at.venue.reserve_in = 3000.0;
  const auto s = thrifty.size(at.p), lent = restore_target{}.size(at.p);
  EXPECT_EQ(s.status, lent.status);
  EXPECT_EQ(s.binding, lent.binding);
  EXPECT_EQ(s.best_health, lent.best_health);
}

}  // namespace

namespace laws {

struct thrifty_case {
  static constexpr auto sizer() {
    return trimtab::sizing::own_funds_first{
        trimtab::sizing::restore_target{.max_slippage = trimtab::basis_points{800.0}}};
  }
  static constexpr auto venue(double scale) {
    return trimtab::liquidity::constant_product{.reserve_in = 2e5 * scale, .reserve_out = 2e5 * scale};
  }
  static constexpr auto account(double scale) { return cases::worked(10000.0 * scale, 7200.0 * scale); }
  static constexpr double target() { return 1.2; }
};
INSTANTIATE_TYPED_TEST_SUITE_P(OwnFundsFirst, SizerLaws, thrifty_case);

}  // namespace laws
