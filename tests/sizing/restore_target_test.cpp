// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/liquidity/constant_price.hpp>
#include <trimtab/liquidity/constant_product.hpp>
#include <trimtab/liquidity/frictionless.hpp>
#include <trimtab/sizing/restore_target.hpp>

#include "laws/sizer_laws.hpp"
#include "support/cases.hpp"
#include <array>
#include <limits>

namespace {

using namespace trimtab;
using sizing::funding_mode;
using sizing::limit;
using sizing::restore_target;

constexpr restore_target wide{.max_slippage = basis_points{2000.0}};

// The reference table: selling x through a constant price 1 − s.
constexpr double exact_size(double slippage) {
  const cases::worked w;
  const liquidity::constant_price venue{.price = 1.0 - slippage, .cap = 1e9};
  return wide.size(w.problem(venue)).trade.sold;
}
constexpr double blind_size() {
  const cases::worked w;
  const liquidity::frictionless venue{1.0};
  return wide.size(w.problem(venue)).trade.sold;
}
static_assert(cases::relative_gap(blind_size(), 1450.0 / 0.42) < 128 * cases::eps, "x* = (T·D − LT·C) / (T − LT)");
static_assert(cases::relative_gap(exact_size(0.01), 1450.0 / (1.25 * 0.99 - 0.83)) < 128 * cases::eps);
static_assert(wide.validate() == errc::ok && wide.can(direction::deleverage) && !wide.can(direction::leverage));
static_assert(restore_target{.max_slippage = {0.0}}.validate() == errc::bad_configuration);
static_assert(restore_target{.max_slippage = {1e4}}.validate() == errc::bad_configuration);
static_assert(restore_target{.max_cost = {0.0}}.validate() == errc::bad_configuration);
static_assert(restore_target{.health_floor = 0.99}.validate() == errc::bad_configuration);
static_assert(noexcept(wide.size(std::declval<const sizing::problem<liquidity::constant_product>&>())));

TEST(RestoreTarget, ReproducesTheWorkedTable) {
  struct row {
    double slippage, blind_health, exact;
  };
  for (const auto& [slippage, blind_health, exact] : {row{0.003, 1.2470, 3483.48}, row{0.01, 1.2402, 3558.28},
                                                      row{0.05, 1.2023, 4055.94}, row{0.10, 1.158, 4915.25}}) {
    const cases::worked w;
    const liquidity::constant_price venue{.price = 1.0 - slippage, .cap = 1e9};
    const auto p = w.problem(venue);
    EXPECT_NEAR(wide.at_size(p, 3452.38).health_after, blind_health, 5e-5);
    const auto s = wide.size(p);
    ASSERT_TRUE(s.has_value());
    EXPECT_NEAR(s.trade.sold, exact, 5e-3);
    EXPECT_GE(s.trade.health_after, 1.25);
    EXPECT_NEAR(s.trade.cost.spread, s.trade.sold * slippage, 1e-9);
    EXPECT_EQ(s.trade.cost.impact, 0.0);
  }
  EXPECT_NEAR(blind_size(), 3452.38, 5e-3);
}

// The size equation's left side, from the docstring, in 80 bits.
template <class V>
long double phi(const sizing::problem<V>& p, const restore_target& sizer, long double x) {
  const long double f = p.funding.mode == funding_mode::none ? 0.0L : p.funding.premium.fraction();
  const bool lent_debt = p.funding.mode == funding_mode::flash_debt,
             lent_collateral = p.funding.mode == funding_mode::flash_collateral;
  const long double m = p.fair_rate * (1.0L - sizer.max_slippage.fraction());
  const auto &c = p.liquidation.collateral[0], &d = p.liquidation.debt[0];
  const long double gas = p.gas.paid_from == gas_payer::proceeds
                              ? p.gas.fee_base(p.venue->gas(1.0), p.prices) / p.prices[d.slot].value
                              : 0.0;
  const long double repaid =
      p.venue->template amount_out<long double>(x) - gas - (lent_debt ? f * (m * x - gas) / (1 + f) : 0.0L);
  long double collateral = 0, debt = 0;
  for (const auto& t : p.liquidation.collateral)
    collateral += static_cast<long double>(t.weight) * t.amount * p.prices[t.slot].value;
  for (const auto& t : p.liquidation.debt)
    debt += static_cast<long double>(t.weight) * t.amount * p.prices[t.slot].value;
  collateral -= c.weight * static_cast<long double>(p.prices[c.slot].value) * x * (lent_collateral ? 1 + f : 1.0L);
  return collateral - p.target * (debt - static_cast<long double>(d.weight) * p.prices[d.slot].value * repaid);
}

TEST(RestoreTarget, SolvesTheDocumentedEquationInEveryFundingMode) {
  for (const auto mode : {funding_mode::none, funding_mode::flash_debt, funding_mode::flash_collateral})
    for (const auto payer : {gas_payer::tank, gas_payer::proceeds}) {
      const cases::worked w(10000.0, 6700.0);
      const liquidity::constant_product venue{.reserve_in = 1e5, .reserve_out = 1e5, .gas_units = 1e5};
      auto p = w.problem(venue);
      p.funding = {mode, basis_points{9.0}};
      p.gas = {.transaction_gas = 4e5, .price_native = 2e-5, .paid_from = payer, .native = price_slot{2}};
      const auto s = wide.size(p);
      ASSERT_TRUE(s.has_value()) << name(s.binding);
      const long double scale = 10000.0L;
      EXPECT_GE(phi(p, wide, s.trade.sold), -4 * cases::eps * scale);
      EXPECT_LT(phi(p, wide, s.trade.sold * (1 - 1e-12L)), 0.0L) << "the least size, not any size";
      EXPECT_NEAR(s.trade.cost.gas, 10.0, 1e-12);
      EXPECT_EQ(s.trade.gas_in_kind > 0.0, payer == gas_payer::proceeds);
      EXPECT_EQ(s.trade.flash > 0.0, mode != funding_mode::none);
    }
}

template <class V, class F>
sizing::sized sized_with(const restore_target& sizer, const cases::worked& w, const V& venue, F&& change) {
  auto p = w.problem(venue);
  change(p);
  return sizer.size(p);
}

TEST(RestoreTarget, NamesTheLimitThatBinds) {
  const cases::worked w;
  const liquidity::constant_product deep{.reserve_in = 1e6, .reserve_out = 1e6};
  const auto binds = [&](limit expected, errc status, auto&& change) {
    const auto s = sized_with(wide, w, deep, change);
    EXPECT_EQ(s.status, status) << name(expected) << ": " << name(s.status);
    EXPECT_EQ(s.binding, expected) << name(expected) << ": " << name(s.binding);
    return s;
  };
  binds(limit::none, errc::ok, [](auto&) {});
  binds(limit::withdrawable, errc::infeasible, [](auto& p) { p.collateral_limits.withdrawable = 1000.0; });
  binds(limit::flash_loan, errc::infeasible, [](auto& p) { p.debt_limits.flash_loan_available = 500.0; });
  binds(limit::flash_loan, errc::infeasible, [](auto& p) { p.debt_limits.flash_loan_enabled = false; });
  binds(limit::flash_loan, errc::infeasible, [](auto& p) {
    p.funding.mode = funding_mode::flash_collateral;
    p.collateral_limits.flash_loan_available = 500.0;
  });
  binds(limit::health_floor, errc::infeasible, [](auto& p) { p.funding.mode = funding_mode::none; });
  binds(limit::borrow_form, errc::infeasible, [](auto& p) {
    p.funding.mode = funding_mode::none;
    p.withdrawal = withdrawal_check::borrow_form;
  });
  binds(limit::reserve, errc::infeasible, [](auto& p) { p.debt_limits.paused = true; });
  binds(limit::minimum_debt, errc::dust, [](auto& p) { p.minimum_debt = 5000.0; });

  const liquidity::constant_price small{.price = 0.999, .cap = 1000.0};
  EXPECT_EQ(wide.size(w.problem(small)).binding, limit::capacity);
  const liquidity::constant_price bad{.price = 0.66, .cap = 1e9};
  const restore_target careless{.max_slippage = basis_points{5000.0}};
  EXPECT_EQ(careless.size(w.problem(bad)).binding, limit::pole);
  EXPECT_EQ(careless.size(w.problem(bad)).status, errc::would_worsen);
  const liquidity::constant_product thin{.reserve_in = 4000.0, .reserve_out = 4000.0};
  EXPECT_EQ(careless.size(w.problem(thin)).binding, limit::depth);
  const restore_target strict{.max_slippage = basis_points{50.0}};
  const liquidity::constant_product middling{.reserve_in = 1e5, .reserve_out = 1e5};
  EXPECT_EQ(strict.size(w.problem(middling)).binding, limit::slippage);
  const restore_target cheap{.max_slippage = basis_points{2000.0}, .max_cost = basis_points{31.0}};
  EXPECT_EQ(cheap.size(w.problem(deep)).status, errc::cost_exceeds_limit);
  EXPECT_EQ(cheap.size(w.problem(deep)).binding, limit::cost);
  EXPECT_EQ(sized_with(cheap, w, deep, [](auto& p) { p.urgent = true; }).status, errc::ok)
      << "no cost ceiling in an emergency";
}

// Two collaterals and two debts, so that one of either can run out first.
struct mixed : cases::worked {
  mixed(double first_debt, double first_collateral, double second_collateral)
      : cases::worked(first_collateral, first_debt) {
    model.table[2] = {cases::other_collateral, {0}, 0.75, 0.70};
    model.table[3] = {cases::other_debt, {1}};
    model.count = 4;
    account.add({.asset = cases::other_collateral, .collateral = second_collateral});
    account.add({.asset = cases::other_debt, .debt = 7000.0});
  }
};

TEST(RestoreTarget, RunsOutOfOneCollateralOrOneDebtByName) {
  const liquidity::constant_product deep{.reserve_in = 1e6, .reserve_out = 1e6};
  const mixed little_debt(1000.0, 2500.0, 9000.0), little_collateral(3000.0, 1000.0, 14000.0);
  const auto debt = wide.size(little_debt.problem(deep));
  EXPECT_EQ(debt.status, errc::infeasible);
  EXPECT_EQ(debt.binding, limit::debt);
  EXPECT_NEAR(debt.trade.debt_change, -1000.0, 1e-9);
  const auto collateral = wide.size(little_collateral.problem(deep));
  EXPECT_EQ(collateral.status, errc::infeasible);
  EXPECT_EQ(collateral.binding, limit::collateral);
  EXPECT_EQ(collateral.trade.sold, 1000.0);
}

TEST(RestoreTarget, AlreadyThereIsNotATrade) {
  const cases::worked w(10000.0, 6640.0);  // health exactly 1.25
  const liquidity::frictionless venue{1.0};
  const auto s = wide.size(w.problem(venue));
  EXPECT_EQ(s.status, errc::already_there);
  EXPECT_EQ(s.trade.sold, 0.0);
  const cases::worked debt_free(10000.0, 0.0);
  EXPECT_EQ(wide.size(debt_free.problem(venue)).status, errc::already_there);
}

TEST(RestoreTarget, AWiderTargetNeverSellsLess) {
  const cases::worked w;
  const liquidity::constant_product venue{.reserve_in = 1e5, .reserve_out = 1e5};
  double before = 0.0;
  for (double target = 1.07; target < 1.6; target += 0.01) {
    auto p = w.problem(venue);
    p.target = target;
    const auto s = wide.size(p);
    if (!s.has_value()) break;
    EXPECT_GT(s.trade.sold, before);
    before = s.trade.sold;
  }
  EXPECT_GT(before, 5000.0);
}

TEST(RestoreTarget, TheShortTradeIsTheBestReachable) {
  const cases::worked w(10000.0, 6500.0);
  const liquidity::constant_product thin{.reserve_in = 9000.0, .reserve_out = 9000.0};
  const restore_target careless{.max_slippage = basis_points{4000.0}};
  auto p = w.problem(thin);
  p.target = 2.0;
  const auto s = careless.size(p);
  ASSERT_EQ(s.status, errc::infeasible);
  ASSERT_EQ(s.binding, limit::depth);
  ASSERT_GT(s.trade.sold, 0.0);
  EXPECT_EQ(s.best_health, s.trade.health_after);
  for (double x = 10.0; x < 5900.0; x += 10.0)
    EXPECT_LE(careless.at_size(p, x).health_after, s.best_health * (1 + 4 * cases::eps));
}

TEST(RestoreTarget, ARefusalNeverCarriesATradeBeyondItsLimits) {
  // The curve alone would reach the target; nothing at all may be lent, withdrawn or sold at this price.
  const cases::worked w;
  const liquidity::constant_product deep{.reserve_in = 1e6, .reserve_out = 1e6};
  const auto closed = [&](auto&& change) {
    const auto s = sized_with(wide, w, deep, change);
    EXPECT_EQ(s.status, errc::infeasible) << name(s.status);
    EXPECT_EQ(s.trade.sold, 0.0);
    EXPECT_EQ(s.best_health, s.trade.health_before);
  };
  closed([](auto& p) { p.debt_limits.flash_loan_enabled = false; });
  closed([](auto& p) { p.collateral_limits.withdrawable = 0.0; });
  closed([](auto& p) { p.fair_rate = 2.0; });
}

TEST(RestoreTarget, TheMinimumOutputKeepsTheFloor) {
  // At the minimum output the trade to the target would end below health 1.2: it takes more.
  const cases::worked w;
  const liquidity::constant_product deep{.reserve_in = 1e7, .reserve_out = 1e7};
  const restore_target floored{.max_slippage = basis_points{900.0}, .health_floor = 1.2};
  auto p = w.problem(deep);
  const auto s = floored.size(p);
  ASSERT_EQ(s.status, errc::ok);
  EXPECT_EQ(s.binding, limit::health_floor);
  EXPECT_NEAR(s.trade.health_at_min_out, 1.2, 1e-12);
  EXPECT_GE(s.trade.health_at_min_out, 1.2);
  EXPECT_GT(s.trade.health_after, p.target);
  EXPECT_LT(floored.at_size(p, 0.9999 * s.trade.sold).health_at_min_out, 1.2);
  // Not where that is across the band, nor beyond what there is to repay.
  p.band_high = 0.5 * (s.trade.health_after + p.target);
  EXPECT_EQ(floored.size(p).status, errc::infeasible);
  EXPECT_EQ(floored.size(p).binding, limit::band);
  const restore_target far{.max_slippage = basis_points{2500.0}, .health_floor = 1.2};
  const auto none = far.size(w.problem(deep));
  EXPECT_EQ(none.status, errc::infeasible);
  EXPECT_EQ(none.binding, limit::health_floor);
}

TEST(RestoreTarget, AMinimumDebtIsOneOfTokensAndNotOfBorrowFactors) {
  const cases::worked w;
  const liquidity::constant_product deep{.reserve_in = 1e7, .reserve_out = 1e7};
  auto p = w.problem(deep);
  p.liquidation.debt[0].amount = 5000.0;
  p.liquidation.debt[0].weight = 1.5;
  const auto s = wide.size(p);
  ASSERT_EQ(s.status, errc::ok);
  const double left = 5000.0 + s.trade.debt_change;
  p.minimum_debt = 0.999 * left;
  EXPECT_EQ(wide.size(p).status, errc::ok);
  p.minimum_debt = 1.2 * left;  // met only 1.5 times over
  const auto dust = wide.size(p);
  EXPECT_EQ(dust.status, errc::dust);
  EXPECT_EQ(dust.binding, limit::minimum_debt);
}

TEST(RestoreTarget, ANumberThatIsNoneIsNoLimitToPass) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  const cases::worked w;
  const liquidity::constant_product deep{.reserve_in = 1e7, .reserve_out = 1e7};
  ASSERT_EQ(restore_target{}.size(w.problem(deep)).status, errc::ok);
  const auto refused = [&](errc why, auto&& spoil) {
    auto p = w.problem(deep);
    spoil(p);
    EXPECT_EQ(check(p), why) << name(check(p));
    const auto s = restore_target{}.size(p);
    EXPECT_EQ(s.status, why) << name(s.status);
    EXPECT_EQ(s.trade.sold, 0.0);
  };
  refused(errc::negative_amount, [](auto& p) { p.collateral_limits.withdrawable = nan; });
  refused(errc::negative_amount, [](auto& p) { p.debt_limits.flash_loan_available = nan; });
  refused(errc::negative_amount, [](auto& p) { p.debt_limits.flash_loan_available = -1.0; });
  refused(errc::negative_amount, [](auto& p) { p.minimum_debt = nan; });
  refused(errc::negative_amount, [](auto& p) { p.collateral_unit = nan; });
  refused(errc::negative_amount, [](auto& p) { p.debt_unit = -1e-6; });
  refused(errc::not_finite, [](auto& p) { p.gas.price_native = nan; });
  refused(errc::negative_amount, [](auto& p) { p.gas.transaction_gas = -1.0; });
  refused(errc::negative_amount, [](auto& p) { p.gas.tank_native = nan; });
  refused(errc::bad_configuration, [](auto& p) { p.funding.premium = {infinity}; });
  for (const restore_target& unsound :
       {restore_target{.max_slippage = {nan}}, restore_target{.max_slippage = {2e4}}, restore_target{.max_cost = {nan}},
        restore_target{.health_floor = nan}, restore_target{.health_floor = 0.5}})
    EXPECT_EQ(unsound.size(w.problem(deep)).status, errc::bad_configuration);
}

}  // namespace

namespace laws {

struct restore_through_a_pool {
  static constexpr auto sizer() {
    return trimtab::sizing::restore_target{.max_slippage = trimtab::basis_points{1000.0}};
  }
  static constexpr auto venue(double scale) {
    return trimtab::liquidity::constant_product{.reserve_in = 2e5 * scale, .reserve_out = 2e5 * scale};
  }
  static constexpr auto account(double scale) { return cases::worked(10000.0 * scale, 7800.0 * scale); }
  static constexpr double target() { return 1.25; }
};
struct restore_at_a_price : restore_through_a_pool {
  static constexpr auto venue(double scale) {
    return trimtab::liquidity::constant_price{.price = 0.995, .cap = 1e5 * scale};
  }
};
struct restore_without_friction : restore_through_a_pool {
  static constexpr auto venue(double) { return trimtab::liquidity::frictionless{1.0}; }
};

INSTANTIATE_TYPED_TEST_SUITE_P(RestoreThroughAPool, SizerLaws, restore_through_a_pool);
INSTANTIATE_TYPED_TEST_SUITE_P(RestoreAtAPrice, SizerLaws, restore_at_a_price);
INSTANTIATE_TYPED_TEST_SUITE_P(RestoreWithoutFriction, SizerLaws, restore_without_friction);

}  // namespace laws
