// SPDX-License-Identifier: MIT
#include <trimtab/liquidity/any_venue.hpp>
#include <trimtab/liquidity/constant_price.hpp>
#include <trimtab/liquidity/frictionless.hpp>
#include <trimtab/liquidity/order_book.hpp>
#include <trimtab/sizing/swap_debt.hpp>

#include "support/remedies.hpp"

namespace trimtab {
namespace {

using liquidity::constant_product;
using sizing::funding_mode;
using sizing::limit;
using sizing::swap_debt;

// 16000 weighted against 10000 that count for 1.4; the other debt counts for 1.
struct dear_debt : cases::desk {
  dear_debt() { owed[0] = 10'000.0, factor[0] = 1.4, ltv[0] = 0.78; }
};
const dear_debt plain;
constexpr constant_product deep{.reserve_in = 1e8, .reserve_out = 1e8, .fee = {1.0}, .gas_units = 1e5};
constexpr swap_debt over{.into = cases::other_debt, .fair_rate = 1.0};

TEST(SwapDebt, SwapsJustEnoughWithALoan) {
  auto p = plain.problem(deep);
  p.funding = {funding_mode::flash_debt, {5.0}};
  const auto r = over.size(p);
  ASSERT_EQ(r.status, errc::ok) << name(r.status) << name(r.binding);
  EXPECT_GE(r.health_after, 1.25);
  EXPECT_LE(r.health_after, 1.25 * (1.0 + 1e-14));
  EXPECT_EQ(cases::fault_of(p, r), "");
  // About 1200 of weighted debt too much, and 0.4 of it gone with each token.
  EXPECT_NEAR(r.amount, 3000.0, 30.0);
  EXPECT_NEAR(r.cost.premium, r.flash * 5e-4, 1e-12);
  EXPECT_NEAR(r.cost.spread + r.cost.impact, r.amount - r.amount_out, 1e-8);
  EXPECT_LE(r.flash + r.flash_premium, r.min_out) << "even the minimum returns the loan";
}

TEST(SwapDebt, WithoutALoanBothDebtsHaveToBeBorne) {
  auto p = plain.problem(deep);  // 15600 to borrow against, 14000 borrowed: 1600 more at most
  const auto r = over.size(p);
  EXPECT_EQ(r.status, errc::infeasible);
  EXPECT_EQ(r.binding, limit::borrow_form);
  EXPECT_NEAR(r.amount, 1600.0, 1e-6);
  EXPECT_EQ(cases::fault_of(p, r), "");
}

TEST(SwapDebt, PaysTheGasOfItsOwnSize) {
  constexpr std::array<liquidity::book_level, 2> bids{{{1.0, 5000.0}, {0.9999, 1e5}}};
  std::array<liquidity::book_node, 2> levels{};
  ASSERT_TRUE(liquidity::build_order_book(bids, levels).has_value());
  const liquidity::order_book book{.levels = levels, .gas_units = 1e5, .gas_per_level = 1e6};
  auto p = plain.problem(book);
  p.funding = {funding_mode::flash_debt, {5.0}};
  p.gas = {.transaction_gas = 1e5, .price_native = 1e-8, .tank_native = 3e-3, .native = {4}};
  const auto some = over.size(p);  // about 3000 of the 10000
  ASSERT_EQ(some.status, errc::ok) << name(some.status);
  EXPECT_DOUBLE_EQ(some.cost.gas, 2e-3 * p.prices[{4}].value);
  EXPECT_EQ(over.everything(p).status, errc::gas_tank);
  p.gas.tank_native = 1.0;
  const auto all = over.everything(p);
  ASSERT_EQ(all.status, errc::ok) << name(all.status) << name(all.binding);
  EXPECT_DOUBLE_EQ(all.cost.gas, 1.2e-2 * p.prices[{4}].value);
}

TEST(SwapDebt, AllOfItLeavesNothing) {
  auto p = plain.problem(deep);
  p.funding = {funding_mode::flash_debt, {5.0}};
  const auto r = over.everything(p);
  ASSERT_EQ(r.status, errc::ok) << name(r.status) << name(r.binding);
  EXPECT_EQ(after(p.liquidation, r).debt[0].amount, 0.0) << "no dust";
  EXPECT_NEAR(after(p.liquidation, r).debt[1].amount, 10'000.0, 100.0);
  EXPECT_LT(r.left_debt, 1e-8);
  p.debt_limits.flash_loan_available = 9'000.0;
  EXPECT_EQ(over.everything(p).binding, limit::flash_loan);
  p.debt_limits = {};
  p.minimum_debt = 20'000.0;
  EXPECT_EQ(over.everything(p).binding, limit::minimum_debt);
  EXPECT_EQ(over.everything(p).status, errc::dust);
  auto none = plain.problem(deep);
  none.liquidation.debt[0].amount = 0.0;
  EXPECT_EQ(over.everything(none).status, errc::already_there);
  const liquidity::constant_price quote{.price = 1.0, .cap = 5'000.0};
  auto capped = plain.problem(quote);
  capped.funding = {funding_mode::flash_debt, {5.0}};
  EXPECT_EQ(over.everything(capped).binding, limit::capacity);
  const constant_product shallow{.reserve_in = 5e4, .reserve_out = 5e4};
  auto thin = plain.problem(shallow);
  thin.funding = {funding_mode::flash_debt, {5.0}};
  EXPECT_EQ(over.everything(thin).binding, limit::slippage);
}

TEST(SwapDebt, NamesWhatStopsIt) {
  const auto with = [](const swap_debt& s, auto&& change) {
    auto p = plain.problem(deep);
    p.funding = {funding_mode::flash_debt, {5.0}};
    change(p);
    return s.size(p);
  };
  const auto expect = [](const sizing::remedy& r, errc why, limit binding) {
    EXPECT_EQ(r.status, why) << name(r.status) << " " << name(r.binding);
    EXPECT_EQ(r.binding, binding) << name(r.binding);
  };
  const auto nothing = [](auto&) {};
  expect(with(over, nothing), errc::ok, limit::none);
  expect(with(over, [](auto& p) { p.target = 1.7; }), errc::infeasible, limit::debt);
  expect(with(over, [](auto& p) { p.debt_limits.flash_loan_available = 5.0; }), errc::infeasible, limit::flash_loan);
  expect(with(over, [](auto& p) { p.debt_limits.paused = true; }), errc::infeasible, limit::reserve);
  expect(with(over, [](auto& p) { p.debt_limits.frozen = true; }), errc::ok, limit::none);
  expect(with(over, [](auto& p) { p.funding.mode = funding_mode::flash_collateral; }), errc::bad_configuration,
         limit::none);
  expect(with(over, [](auto& p) { p.target = 1.1; }), errc::already_there, limit::none);
  expect(with(over, [](auto& p) { p.liquidation.debt[1].weight = 1.4; }), errc::would_worsen, limit::pole);
  expect(with(over,
              [](auto& p) {
                p.liquidation.debt[0].weight = 0.0;
                p.target = 2.0;
                p.liquidation.debt[1].amount = 1e4;
              }),
         errc::would_worsen, limit::pole);
  expect(
      with(over,
           [](auto& p) { p.gas = {.transaction_gas = 1e9, .price_native = 1.0, .tank_native = 1.0, .native = {4}}; }),
      errc::gas_tank, limit::none);
  expect(with(over, [](auto& p) { p.borrow.collateral[0].weight = 0.5; }), errc::infeasible, limit::borrow_form);
  auto s = over;
  s.into_limits.borrow_room = 10.0;
  expect(with(s, nothing), errc::infeasible, limit::borrow_room);
  s = over;
  s.into_limits.withdrawable = 10.0;
  expect(with(s, nothing), errc::infeasible, limit::withdrawable);
  s = over;
  s.into_limits.frozen = true;
  expect(with(s, nothing), errc::infeasible, limit::reserve);
  s = over;
  s.into = cases::debt_asset;
  expect(with(s, nothing), errc::asset_mismatch, limit::none);
  s = over;
  s.max_slippage = {1.2};
  expect(with(s, nothing), errc::infeasible, limit::slippage);
  s = over;
  s.fair_rate = -1.0;
  expect(with(s, nothing), errc::non_positive_price, limit::none);
  const constant_product shallow{.reserve_in = 4000.0, .reserve_out = 4000.0};
  auto p = plain.problem(shallow);
  p.funding = {funding_mode::flash_debt, {5.0}};
  s = over;
  s.max_slippage = {2000.0};
  expect(s.size(p), errc::infeasible, limit::depth);
}

TEST(SwapDebt, TellsTheBoundaryToTwelveDigits) {
  // 14000 weighted; the best this pool takes off is 14000 of what is best borrowed at a price of 1/1.4.
  const constant_product pool{.reserve_in = 6000.0, .reserve_out = 6000.0, .fee = {0.0}};
  const double most = 16'000.0 / (14'000.0 - 1.4 * pool.best_value(executable_price<double>{1.0 / 1.4}));
  auto p = plain.problem(pool);
  p.funding = {funding_mode::flash_debt, {0.0}};
  auto s = over;
  s.max_slippage = {2000.0};
  p.target = most * (1.0 - 1e-12);
  EXPECT_EQ(s.size(p).status, errc::ok);
  p.target = most * (1.0 + 1e-12);
  const auto beyond = s.size(p);
  EXPECT_EQ(beyond.status, errc::infeasible);
  EXPECT_EQ(beyond.binding, limit::depth);
  EXPECT_NEAR(beyond.health_after, most, 1e-14);
  p.target = 1.15;
  const double needed = s.size(p).amount;
  for (const double gap : {-1e-12, 1e-12}) {
    s.into_limits.borrow_room = needed * (1.0 + gap);
    const auto r = s.size(p);
    EXPECT_EQ(r.status, gap > 0.0 ? errc::ok : errc::infeasible);
    EXPECT_EQ(r.binding, gap > 0.0 ? limit::none : limit::borrow_room);
  }
}

TEST(SwapDebt, KeepsEveryLimitOnAnyAccountAndVenue) {
  using any = liquidity::any_venue<constant_product, liquidity::constant_price, liquidity::frictionless>;
  test::random_numbers draw(68);
  int reached = 0, short_of = 0, whole = 0, refused_by_form = 0;
  for (int i = 0; i < 20'000; ++i) {
    auto d = cases::desk::random(draw);
    d.factor[0] = draw.uniform(1.0, 1.6), d.factor[1] = draw.below(2) == 0 ? 1.0 : draw.uniform(1.0, 1.2);
    const double rate = d.price[3] / d.price[1], size = d.owed[0] / rate;
    any venue = cases::random_pool(draw, rate, size);
    if (draw.below(4) == 0)
      venue = liquidity::constant_price{.price = rate * draw.uniform(0.97, 1.02), .cap = size * draw.uniform(0.1, 2.0)};
    if (draw.below(8) == 0) venue = liquidity::frictionless{rate * draw.uniform(0.97, 1.02)};
    auto p = d.problem(venue);
    p.target = larger(1.001, health_factor(p.liquidation, p.prices) * draw.uniform(1.0, 1.3));
    if (draw.below(3) != 0) p.funding = {funding_mode::flash_debt, {draw.uniform(0.0, 30.0)}};
    p.debt_limits.flash_loan_available = cases::random_room(draw, d.owed[0]);
    if (draw.below(4) == 0) p.minimum_debt = d.owed[0] * d.price[1] * draw.uniform(0.5, 1.5);
    if (draw.below(4) == 0)
      p.gas = {.transaction_gas = 1e5, .price_native = 1e-12, .paid_from = gas_payer::proceeds, .native = {4}};
    const swap_debt s{
        .into = cases::other_debt,
        .into_limits = {.borrow_room = cases::random_room(draw, size), .withdrawable = cases::random_room(draw, size)},
        .fair_rate = rate,
        .max_slippage = {draw.uniform(10.0, 1500.0)}};
    for (const bool all : {false, true}) {
      const auto r = all ? s.everything(p) : s.size(p);
      refused_by_form += r.amount == 0.0 && r.binding == limit::borrow_form ? 1 : 0;
      if (r.amount == 0.0) continue;
      if (!all) {
        ASSERT_EQ(cases::fault_of(p, r), "") << i;
        (r.has_value() ? reached : short_of) += 1;
        if (r.has_value()) {  // the least that does
          const double share = 1.0 - 1e-9;
          auto less = r;
          less.changes[0].debt_by *= share;
          less.changes[1].debt_by = -(venue.amount_out(r.amount * share) - r.gas_in_kind - r.flash_premium * share);
          ASSERT_LT(cases::exact_health(after(p.liquidation, less), p.prices), p.target * (1.0L + 1e-14L)) << i;
        }
      } else {
        ++whole;
        ASSERT_EQ(after(p.liquidation, r).debt[0].amount, 0.0) << i;
        ASSERT_GE(r.borrow_health_after, 1.0 - 1e-12);
      }
      ASSERT_LE(r.amount, s.into_limits.borrow_room);
      ASSERT_LE(r.amount, s.into_limits.withdrawable);
      ASSERT_LE(r.flash, p.debt_limits.flash_loan_available);
      ASSERT_LE(r.flash + r.flash_premium + r.gas_in_kind, r.min_out * (1.0 + 1e-15) + r.gas_in_kind * 1e-9) << i;
      ASSERT_GE(r.health_at_min_out, 1.0);
      // While both debts stand, but for what a loan has repaid.
      auto between = r;
      between.changes[1].debt_by = -r.flash;
      ASSERT_GE(cases::exact_health(after(p.liquidation, between), p.prices), 1.0L - 1e-14L) << i;
      ASSERT_GE(cases::exact_health(after(p.borrow, between), p.prices), 1.0L - 1e-14L) << i;
    }
  }
  EXPECT_GT(reached, 500);
  EXPECT_GT(short_of, 500);
  EXPECT_GT(whole, 500);
  EXPECT_GT(refused_by_form, 100);
}

}  // namespace
}  // namespace trimtab
