// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/health/morpho_blue.hpp>
#include <trimtab/liquidity/constant_price.hpp>
#include <trimtab/liquidity/frictionless.hpp>
#include <trimtab/plan/settle.hpp>

#include "support/plans.hpp"
#include <array>
#include <cmath>
#include <type_traits>
#include <vector>

namespace {

using namespace trimtab;
using enum action;
using cases::collateral_asset;
using cases::debt_asset;
using cases::funding_mode;
using cases::make;

constexpr auto worked = make(direction::deleverage, funding_mode::flash_debt);
constexpr auto settled = worked.settle();
static_assert(settled.has_value() && worked.health(settled->account) >= 1.25 * (1 - 1e-9));
static_assert(std::is_trivially_copyable_v<result<settlement<liquidity::constant_product>>>);
static_assert(noexcept(worked.settle()));

template <class F>
void each_kind(F&& visit, int collateral_decimals = 18, int debt_decimals = 6, double scale = 1.0) {
  for (const auto towards : cases::directions)
    for (const auto mode : cases::modes)
      for (const bool in_kind : {false, true})
        visit(make(towards, mode, in_kind, collateral_decimals, debt_decimals, scale));
}

constexpr step* find(plan<>& p, action what, int which = 0) {
  for (std::uint32_t i = 0; i < p.count; ++i)
    if (p.steps[i].what == what && which-- == 0) return &p.steps[i];
  return nullptr;
}
constexpr units plus(units a, std::uint64_t n) {
  return *a.add(units{n});
}
constexpr units minus(units a, std::uint64_t n) {
  return *a.subtract(units{n});
}

TEST(Settle, EveryKindOfPlanLandsWhereItsTradeSays) {
  each_kind([](const cases::planned& c) {
    const auto after = c.settle();
    ASSERT_TRUE(after.has_value()) << name(after.error());
    EXPECT_NEAR(c.health(after->account), c.trade.health_after, 1e-8);
    EXPECT_NEAR(after->account[0].collateral - c.world.account[0].collateral, c.trade.collateral_change, 1e-5);
    EXPECT_NEAR(after->account[1].debt - c.world.account[1].debt, c.trade.debt_change, 1e-5);
    const auto& pool = after->venues[0];
    EXPECT_NEAR(pool.in.to_tokens(c.market.in_decimals), c.trade.sold, 1e-5);
    EXPECT_NEAR(pool.out.to_tokens(c.market.out_decimals), c.trade.expected_out, 1e-5);
    EXPECT_NEAR(pool.venue.reserve_in - c.market.venue.reserve_in, c.trade.sold, 1e-5);
    EXPECT_TRUE(after->moved.gained(collateral_asset, party::owner) == units{}) << "nothing is left over";
    EXPECT_LE(after->moved.gained(debt_asset, party::owner), units{2});
    EXPECT_EQ(seal_of(c.plan), c.plan.seal);
    EXPECT_TRUE(c.settle_as_it_is(c.plan).has_value());
  });
}

TEST(Settle, ConservesEveryUnit) {
  // Whole units are whole tokens here, and all of them below 2⁵³: the sums are exact in doubles too.
  each_kind(
      [](const cases::planned& c) {
        const auto after = c.settle();
        ASSERT_TRUE(after.has_value()) << name(after.error());
        EXPECT_TRUE(after->moved.conserved());
        // What the account lost and the wallet got is the same, side by side.
        for (const std::size_t k : {0U, 1U}) {
          const holding &was = c.world.account[k], &is = after->account[k];
          const flow held = after->moved.of(was.asset, party::collateral);
          const flow owes = after->moved.of(was.asset, party::debt);
          EXPECT_EQ(was.collateral - is.collateral, held.given.to_tokens(0) - held.taken.to_tokens(0));
          EXPECT_EQ(is.debt - was.debt, owes.given.to_tokens(0) - owes.taken.to_tokens(0));
        }
        units gas{};
        for (const step& s : c.plan)
          if (s.what == pay) gas = *gas.add(s.amount);
        EXPECT_TRUE(after->moved.gained(debt_asset, party::sender) == gas);
        EXPECT_TRUE(after->moved.of(c.market.in, party::venues).taken == after->venues[0].in);
        EXPECT_TRUE(after->moved.of(c.market.out, party::venues).given == after->venues[0].out);
      },
      0, 0, 0x1p30);
}

TEST(Settle, AFlashLoanComesBackWithItsPremiumOrNothingHappens) {
  for (const auto towards : cases::directions)
    for (const auto mode : {funding_mode::flash_debt, funding_mode::flash_collateral}) {
      auto c = make(towards, mode, false, 6, 6);
      const auto owed = find(c.plan, flash_repay)->amount;
      find(c.plan, flash_repay)->amount = minus(owed, 1);
      EXPECT_EQ(c.settle().error(), errc::unpaid_flash_loan) << "a unit of premium short";
      find(c.plan, flash_repay)->amount = minus(find(c.plan, flash_borrow)->amount, 1);
      EXPECT_EQ(c.settle().error(), errc::unpaid_flash_loan) << "a unit of principal short";
      auto forgotten = make(towards, mode, false, 6, 6).plan;
      find(forgotten, flash_repay)->what = pay;
      EXPECT_EQ(c.settle(forgotten).error(), errc::unpaid_flash_loan) << "never returned";
    }
}

TEST(Settle, OneUnitBelowTheMinimumOutputUndoesEverything) {
  each_kind([](const cases::planned& c) {
    const auto tokens = find(const_cast<cases::planned&>(c).plan, swap)->amount.to_tokens(c.market.in_decimals);
    const auto exact = *units::floor(c.market.venue.amount_out(tokens), c.market.out_decimals);
    plan<> at = c.plan, above = c.plan;
    find(at, swap)->min_out = exact;
    find(above, swap)->min_out = plus(exact, 1);
    EXPECT_TRUE(c.settle(at).has_value());
    EXPECT_EQ(c.settle(above).error(), errc::slippage);
  });
}

TEST(Settle, TakesEightVenuesAndSaysWhichOfThemDoesNotExist) {
  const auto& c = worked;
  const std::vector<listing<liquidity::constant_product>> nine(9, c.market);
  const auto through = [&](std::size_t count, const plan<>& p) {
    const auto venues = std::span<const listing<liquidity::constant_product>>(nine).first(count);
    return settle(c.world.model, c.world.account, p, venues, c.world.prices(), c.limits, at_unix(1000), c.premium);
  };
  EXPECT_TRUE(through(8, c.plan).has_value());
  EXPECT_EQ(through(9, c.plan).error(), errc::capacity);
  EXPECT_EQ(through(0, c.plan).error(), errc::size_mismatch);
  plan<> last = c.plan;
  find(last, swap)->venue = 7;
  const auto after = through(8, sealed(last));
  ASSERT_TRUE(after.has_value());
  EXPECT_EQ(after->venues[0].in, units{});
  EXPECT_GT(after->venues[7].in, units{});
  EXPECT_EQ(through(7, sealed(last)).error(), errc::size_mismatch);
  EXPECT_EQ(through(8, last).error(), errc::corrupted);
}

TEST(Settle, TheDeadlineIsTheLastGoodSecond) {
  const auto& c = worked;
  EXPECT_TRUE(c.settle(c.plan, cases::deadline - seconds{1}).has_value());
  EXPECT_TRUE(c.settle(c.plan, cases::deadline).has_value());
  EXPECT_EQ(c.settle(c.plan, cases::deadline + seconds{1}).error(), errc::expired);
}

template <class F>
errc under(direction towards, funding_mode mode, F&& limit) {
  auto c = make(towards, mode);
  limit(c.limits[0], c.limits[1], c);
  const auto after = c.settle();
  return after.has_value() ? errc::ok : after.error();
}

TEST(Settle, EveryReserveLimitIsChecked) {
  constexpr auto down = direction::deleverage, up = direction::leverage;
  constexpr auto debt = funding_mode::flash_debt, collateral = funding_mode::flash_collateral,
                 none = funding_mode::none;
  using L = reserve_limits;
  using P = cases::planned;
  for (const auto towards : cases::directions)
    for (const auto mode : cases::modes)
      for (const bool of_debt : {false, true}) {
        const errc paused = under(towards, mode, [=](L& c, L& d, P&) { (of_debt ? d : c).paused = true; });
        const errc inactive = under(towards, mode, [=](L& c, L& d, P&) { (of_debt ? d : c).active = false; });
        EXPECT_TRUE(paused == errc::reserve_closed || paused == errc::insufficient_balance) << name(paused);
        EXPECT_TRUE(inactive == errc::reserve_closed || inactive == errc::insufficient_balance) << name(inactive);
        const errc frozen = under(towards, mode, [=](L& c, L& d, P&) { (of_debt ? d : c).frozen = true; });
        EXPECT_EQ(frozen, towards == down ? errc::ok : errc::reserve_closed) << "frozen: repay and withdraw only";
      }
  const auto sold = [](const P& c) { return c.trade.sold; };
  const errc no = errc::insufficient_balance;
  for (const auto mode : cases::modes) {
    EXPECT_EQ(under(down, mode, [&](L& c, L&, P& p) { c.withdrawable = sold(p) * 0.999; }), no);
    EXPECT_EQ(under(up, mode, [&](L& c, L&, P& p) { c.supply_room = p.trade.collateral_change * 0.999; }), no);
    EXPECT_EQ(under(up, mode, [&](L&, L& d, P& p) { d.borrow_room = sold(p) * 0.999; }), no);
    EXPECT_EQ(under(up, mode, [&](L&, L& d, P& p) { d.withdrawable = sold(p) * 0.999; }), no);
  }
  EXPECT_EQ(under(down, debt, [&](L&, L& d, P& p) { d.flash_loan_available = p.trade.flash * 0.999; }), no);
  EXPECT_EQ(under(down, debt, [](L&, L& d, P&) { d.flash_loan_enabled = false; }), no);
  EXPECT_EQ(under(down, collateral, [&](L& c, L&, P& p) { c.flash_loan_available = sold(p) * 0.999; }), no);
  EXPECT_EQ(under(up, collateral, [](L& c, L&, P&) { c.flash_loan_enabled = false; }), no);
  EXPECT_EQ(under(down, none, [&](L& c, L& d, P&) { c.flash_loan_enabled = d.flash_loan_enabled = false; }), errc::ok);
}

TEST(Settle, ALimitIsUsedUpByTheStepsBefore) {
  auto c = make(direction::deleverage, funding_mode::none);
  // The withdrawal in two halves, with room for one and a half.
  plan<> halves = c.plan;
  halves.count = 0;
  step half = c.plan.steps[0];
  half.amount = *units::floor(c.trade.sold / 2, 18);
  halves.add(half);
  halves.add(half);
  step sell = c.plan.steps[1];
  sell.meant = quantity::all_held;
  sell.amount = {};
  halves.add(sell);
  halves.add(c.plan.steps[2]);
  EXPECT_TRUE(c.settle(halves).has_value());
  c.limits[0].withdrawable = 0.75 * c.trade.sold;
  EXPECT_EQ(c.settle(halves).error(), errc::insufficient_balance);
}

TEST(Settle, AnAmountAtItsLimitFitsAfterRoundingUp) {
  cases::worked w;
  const double most = 1000.0 / 3.0;  // no whole number of smallest units
  const liquidity::constant_price venue{.price = 0.999, .cap = most};
  auto p = w.problem(venue);
  p.collateral_limits.withdrawable = most;
  const auto t = sizing::restore_target{}.at_size(p, most);
  for (const int decimals : {2, 6, 18}) {
    const auto plan = make_plan(t, decimals, decimals, cases::deadline);
    const std::array<reserve_limits, 1> limits{{{.asset = collateral_asset, .withdrawable = most}}};
    const listing<liquidity::constant_price> market{collateral_asset, debt_asset, venue, decimals, decimals};
    const auto after = settle(w.model, w.account, *plan, market, w.prices(), limits, at_unix(0));
    EXPECT_TRUE(after.has_value()) << name(after.error()) << " " << decimals;
  }
}

TEST(Settle, NoStepMayPassThroughAnUnhealthyState) {
  // Withdraw before repaying: legal at the end, not on the way.
  auto c = make(direction::deleverage, funding_mode::flash_debt);
  plan<> wrong = c.plan;
  std::swap(wrong.steps[1], wrong.steps[2]);  // withdraw, then repay
  EXPECT_EQ(c.settle(wrong).error(), errc::unhealthy_step);
  // Borrow before supplying.
  auto u = make(direction::leverage, funding_mode::flash_debt);
  plan<> early = u.plan;
  early.count = 0;
  for (const std::size_t i : {0U, 1U, 3U, 2U, 4U}) early.add(u.plan.steps[i]);
  EXPECT_EQ(u.settle(early).error(), errc::unhealthy_step);
}

TEST(Settle, TheFormAWithdrawalMustKeepIsTheModels) {
  // Health 1.19 by thresholds and 1.02 by LTVs after the sale: fine for one kind of protocol, not for the other until
  // it is 1.
  auto c = make(direction::deleverage, funding_mode::none);
  c.world.model.table[0].ltv = 0.60;  // the borrow form stands at 0.9
  EXPECT_TRUE(c.settle().has_value());
  c.world.model.check = withdrawal_check::borrow_form;
  EXPECT_EQ(c.settle().error(), errc::unhealthy_step);
  c.world.model.table[0].ltv = 0.80;
  EXPECT_TRUE(c.settle().has_value());
}

TEST(Settle, TheBoundaryIsTheModels) {
  cases::worked w(1000.0, 100.0);
  w.model.table[0].threshold = w.model.table[0].ltv = 0.5;
  plan<> p = cases::empty_plan();
  p.add({.what = withdraw, .asset = collateral_asset, .amount = *units::floor(800.0, 18)});  // leaves health exactly 1
  const listing<liquidity::frictionless> market{.in = collateral_asset, .out = debt_asset, .venue = {1.0}};
  EXPECT_TRUE(settle(w.model, w.account, sealed(p), market, w.prices(), {}, at_unix(0)).has_value());
  w.model.edge = boundary::at_or_below_one;
  EXPECT_EQ(settle(w.model, w.account, sealed(p), market, w.prices(), {}, at_unix(0)).error(), errc::unhealthy_step);
}

TEST(Settle, ClosesEverythingToZero) {
  // Repay all, withdraw all: both sides end at exactly nothing, the change is the owner's.
  cases::worked w(1000.0, 1234.5678 / 3.0);
  plan<> p = cases::empty_plan(18, 6);
  const auto lent = *units::ceil(500.0, 6);
  p.add({.what = flash_borrow, .asset = debt_asset, .amount = lent});
  p.add({.what = repay, .meant = quantity::all_held, .asset = debt_asset});
  p.add({.what = withdraw, .asset = collateral_asset, .amount = *units::ceil(1000.0, 18)});
  p.add({.what = swap, .asset = collateral_asset, .asset_out = debt_asset, .amount = *units::ceil(600.0, 18)});
  p.add({.what = flash_repay, .asset = debt_asset, .amount = lent});
  const listing<liquidity::frictionless> market{
      .in = collateral_asset, .out = debt_asset, .venue = {1.0}, .out_decimals = 6};
  const auto after = settle(w.model, w.account, sealed(p), market, w.prices(), {}, at_unix(0));
  ASSERT_TRUE(after.has_value()) << name(after.error());
  EXPECT_EQ(after->account[0].collateral, 0.0);
  EXPECT_EQ(after->account[1].debt, 0.0);
  EXPECT_TRUE(after->moved.gained(collateral_asset, party::owner) == *units::ceil(400.0, 18));
  EXPECT_NEAR(after->moved.gained(debt_asset, party::owner).to_tokens(6), 600.0 - 1234.5678 / 3.0, 2e-6);
}

TEST(Settle, WhatIsNotThereCannotBeTaken) {
  cases::worked w(1000.0, 0.0);
  const listing<liquidity::frictionless> market{.in = collateral_asset, .out = debt_asset, .venue = {1.0}};
  const auto run = [&](const step& s) {
    plan<> p = cases::empty_plan();
    p.add(s);
    const auto after = settle(w.model, w.account, sealed(p), market, w.prices(), {}, at_unix(0));
    return after.has_value() ? errc::ok : after.error();
  };
  EXPECT_EQ(run({.what = withdraw, .asset = collateral_asset, .amount = *units::ceil(1000.1, 18)}),
            errc::insufficient_balance);
  EXPECT_EQ(run({.what = supply, .asset = collateral_asset, .amount = units{1}}), errc::insufficient_balance);
  EXPECT_EQ(run({.what = swap, .asset = collateral_asset, .asset_out = debt_asset, .amount = units{1}}),
            errc::insufficient_balance);
  EXPECT_EQ(run({.what = pay, .asset = debt_asset, .amount = units{1}}), errc::insufficient_balance);
  EXPECT_EQ(run({.what = repay, .asset = asset_id{9}, .amount = units{1}}), errc::asset_mismatch);
  EXPECT_EQ(run({.what = swap, .asset = debt_asset, .asset_out = collateral_asset, .amount = units{1}}),
            errc::asset_mismatch)
      << "the venue trades the other way";
  EXPECT_EQ(run({.what = withdraw, .asset = collateral_asset, .amount = units{}}), errc::dust)
      << "no protocol moves nothing";
  EXPECT_EQ(run({.what = supply, .meant = quantity::all_held, .asset = collateral_asset}), errc::ok)
      << "nothing is held: nothing is called";
  EXPECT_EQ(run({.what = repay, .asset = debt_asset, .amount = units{1}}), errc::insufficient_balance)
      << "nothing owed";
  EXPECT_EQ(run({.what = flash_repay, .asset = debt_asset, .amount = units{1}}), errc::insufficient_balance);
}

TEST(Settle, AVenueThatPaysNoNumberIsRefused) {
  cases::worked w;
  plan<> p = cases::empty_plan();
  p.add({.what = withdraw, .asset = collateral_asset, .amount = *units::ceil(1.0, 18)});
  p.add({.what = swap, .meant = quantity::all_held, .asset = collateral_asset, .asset_out = debt_asset});
  const auto through = [&](double price) {
    const listing<liquidity::frictionless> market{.in = collateral_asset, .out = debt_asset, .venue = {price}};
    const auto after = settle(w.model, w.account, sealed(p), market, w.prices(), {}, at_unix(0));
    return after.has_value() ? errc::ok : after.error();
  };
  EXPECT_EQ(through(std::nan("")), errc::not_finite);
  EXPECT_EQ(through(infinity), errc::not_finite);
  EXPECT_EQ(through(-1.0), errc::non_positive_price);
  EXPECT_EQ(through(1e30), errc::overflow);
}

// Without reserves coming in, the formula of a pool pays all that it has, with less than none more than that.
TEST(Settle, APoolThatIsNoneIsRefusedNotEmptied) {
  cases::worked w;
  plan<> p = cases::empty_plan();
  p.add({.what = withdraw, .asset = collateral_asset, .amount = *units::ceil(1.0, 18)});
  p.add({.what = swap, .meant = quantity::all_held, .asset = collateral_asset, .asset_out = debt_asset});
  const auto through = [&](const liquidity::constant_product& pool) {
    const listing<liquidity::constant_product> market{.in = collateral_asset, .out = debt_asset, .venue = pool};
    const auto after = settle(w.model, w.account, sealed(p), market, w.prices(), {}, at_unix(0));
    return after.has_value() ? errc::ok : after.error();
  };
  EXPECT_EQ(through({.reserve_in = 1000.0, .reserve_out = 2e6}), errc::ok);
  EXPECT_EQ(through({.reserve_in = 0.0, .reserve_out = 2e6}), errc::negative_amount);
  EXPECT_EQ(through({.reserve_in = -0.5, .reserve_out = 2e6}), errc::negative_amount);
  EXPECT_EQ(through({.reserve_in = 1000.0, .reserve_out = 2e6, .fee = basis_points{-1e6}}), errc::bad_configuration);
}

// A Morpho market knows each asset on one side only.
struct one_market {
  health::morpho_blue model{
      .collateral = collateral_asset, .loan = debt_asset, .collateral_slot = {0}, .loan_slot = {1}, .lltv = 8600_bps};
  std::array<double, 2> price{1950.0, 1.0};
  account<> before{};
  plan<> steps = cases::empty_plan(18, 18, at_unix(10));
  listing<liquidity::frictionless> market{collateral_asset, debt_asset, {1950.0}};

  one_market() {
    before.add({.asset = collateral_asset, .collateral = 10.0});
    before.add({.asset = debt_asset, .debt = 15000.0});
  }
  [[nodiscard]] errc settle(basis_points premium = {}) const {
    return trimtab::settle(model, before, sealed(steps), market, oracle_prices<double>(price), {}, at_unix(5), premium)
        .error();
  }
};

TEST(Settle, AnAssetOnASideTheProtocolDoesNotHaveIsRefused) {
  one_market borrowed;
  borrowed.steps.add({.what = borrow, .asset = collateral_asset, .amount = units{1'000}});
  EXPECT_EQ(borrowed.settle(), errc::reserve_closed) << "the market does not lend it";

  one_market supplied;
  supplied.steps.add({.what = borrow, .asset = debt_asset, .amount = units{1'000}});
  supplied.steps.add({.what = supply, .meant = quantity::all_held, .asset = debt_asset});
  EXPECT_EQ(supplied.settle(), errc::asset_mismatch);
}

TEST(Settle, APriceThatIsNoNumberLetsNothingOut) {
  one_market w;
  w.steps.add({.what = withdraw, .asset = collateral_asset, .amount = units{1'000}});
  EXPECT_EQ(w.settle(), errc::ok);
  w.price[0] = std::nan("");
  EXPECT_EQ(w.settle(), errc::not_finite);
}

TEST(Settle, WhatASwapPaysMustBeAnAssetOfThePlan) {
  one_market w;
  w.market.out = cases::other_debt;
  w.steps.add({.what = withdraw, .asset = collateral_asset, .amount = units{1'000}});
  w.steps.add({.what = swap, .asset = collateral_asset, .asset_out = cases::other_debt, .amount = units{1'000}});
  EXPECT_EQ(w.settle(), errc::asset_mismatch);
}

TEST(Settle, APremiumThatIsNoNumberIsRefused) {
  one_market w;
  w.steps.add({.what = flash_borrow, .asset = debt_asset, .amount = units{1'000}});
  w.steps.add({.what = flash_repay, .asset = debt_asset, .amount = units{1'000}});
  EXPECT_EQ(w.settle(), errc::ok);
  EXPECT_EQ(w.settle({std::nan("")}), errc::bad_configuration);
}

TEST(Settle, NoDebtIsLeftThatIsNeitherNothingNorEnough) {
  auto c = make(direction::deleverage, funding_mode::flash_debt);
  c.world.model.least_debt = 7000.0;  // what remains is about 4500
  EXPECT_EQ(c.settle().error(), errc::dust);
}

TEST(Settle, PlansOfCoarseTokensSettleAtTheirLimits) {
  // 6 and 8 decimals: the plan rounds by far more than a double does.
  int through = 0, made = 0;
  for (const int decimals : {2, 6, 8}) {
    for (const auto mode : cases::modes) {
      for (int i = 0; i < 400; ++i) {
        cases::worked w(10000.0 + 0.123456789 * i, 7800.0 + 1.987654321 * i);
        const liquidity::constant_product pool{.reserve_in = 1e5, .reserve_out = 1e5};
        auto p = w.problem(pool);
        p.funding = {mode, 9_bps};
        p.collateral_unit = p.debt_unit = units::smallest(decimals);
        p.target = 1.9;
        p.collateral_limits.withdrawable = i % 3 == 0 ? 1234.5678901234 + i : infinity;
        p.collateral_limits.flash_loan_available = p.debt_limits.flash_loan_available =
            i % 3 == 1 ? 777.77777777 : infinity;
        const auto s = sizing::restore_target{.max_slippage = basis_points{i % 2 == 0 ? 500.0 : 2000.0}}.size(p);
        if (s.trade.sold == 0.0) continue;
        ++made;
        const auto steps = make_plan(s.trade, decimals, decimals, at_unix(10));
        ASSERT_TRUE(steps.has_value()) << name(steps.error());
        const listing<liquidity::constant_product> market{collateral_asset, debt_asset, pool, decimals, decimals};
        const std::array<reserve_limits, 2> limits{p.collateral_limits, p.debt_limits};
        auto known = limits;
        known[0].asset = collateral_asset;
        known[1].asset = debt_asset;
        const auto after = settle(w.model, w.account, *steps, market, w.prices(), known, at_unix(5), 9_bps);
        through += after.has_value();
        if (!after.has_value())
          ADD_FAILURE() << decimals << ' ' << i << ' ' << name(after.error()) << " at " << name(s.binding);
      }
    }
  }
  EXPECT_EQ(through, made);
  EXPECT_GT(made, 2000);
}

TEST(Settle, WhatTheProtocolHoldsBackDoesNotLeave) {
  auto c = make(direction::deleverage, funding_mode::flash_debt);
  ASSERT_TRUE(c.settle().has_value());
  c.world.model.held_back = collateral_asset;
  EXPECT_EQ(c.settle().error(), errc::reserve_closed);
}

TEST(Settle, NoStepLeavesThePieceOfTheForm) {
  const auto c = make(direction::deleverage, funding_mode::flash_debt);
  const double held = c.world.account[0].collateral, left = held + c.trade.collateral_change;
  const auto settled_with = [&](double least_held) {
    cases::protocol_with_an_edge model{c.world.model};
    model.least_held = least_held;
    return settle(model, c.world.account, c.plan, c.market, c.world.prices(), {}, at_unix(0), c.premium).error();
  };
  EXPECT_EQ(settled_with(left * (1.0 - 1e-6)), errc::ok);
  EXPECT_EQ(settled_with(left * (1.0 + 1e-6)), errc::outside_validity);
  EXPECT_EQ(settled_with(held * (1.0 + 1e-6)), errc::outside_validity);
}

TEST(Settle, WhatTheProtocolDoesNotLendIsNotBorrowed) {
  auto c = make(direction::leverage, funding_mode::flash_debt);
  ASSERT_TRUE(c.settle().has_value());
  c.world.model.never_lent = debt_asset;
  EXPECT_EQ(c.settle().error(), errc::reserve_closed);
  c.world.model.never_lent = {~0U};
  c.world.model.room = c.trade.debt_change * 0.99;
  EXPECT_EQ(c.settle().error(), errc::insufficient_balance) << "beyond the protocol's own ceiling";
}

}  // namespace