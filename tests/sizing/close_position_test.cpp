// SPDX-License-Identifier: MIT
#include <trimtab/liquidity/any_venue.hpp>
#include <trimtab/liquidity/constant_price.hpp>
#include <trimtab/liquidity/frictionless.hpp>
#include <trimtab/liquidity/order_book.hpp>
#include <trimtab/sizing/close_position.hpp>

#include "support/remedies.hpp"

namespace trimtab {
namespace {

using liquidity::constant_product;
using sizing::close_position;
using sizing::funding_mode;
using sizing::limit;

const cases::desk plain;  // 10 tokens at 2000 against 14000
constexpr constant_product deep{.reserve_in = 1e5, .reserve_out = 2e8, .fee = {5.0}, .gas_units = 1e5};

TEST(ClosePosition, PaysTheGasOfWhatIsSoldAndNotOfAllThatIsHeld) {
  constexpr std::array<liquidity::book_level, 2> bids{{{2000.0, 8.0}, {1999.0, 10.0}}};
  std::array<liquidity::book_node, 2> levels{};
  ASSERT_TRUE(liquidity::build_order_book(bids, levels).has_value());
  const liquidity::order_book book{.levels = levels, .gas_units = 1e5, .gas_per_level = 1e6};
  auto p = plain.problem(book);
  p.funding = {funding_mode::flash_debt, {5.0}};
  p.gas = {.transaction_gas = 1e5, .price_native = 1e-8, .tank_native = 3e-3, .native = {4}};
  const auto r = close_position{}.size(p);
  ASSERT_EQ(r.status, errc::ok) << name(r.status) << name(r.binding);
  EXPECT_LT(r.amount, 8.0);
  EXPECT_DOUBLE_EQ(r.cost.gas, 2e-3 * p.prices[{4}].value);
}

TEST(ClosePosition, RepaysEverythingAndHandsOutTheRest) {
  for (const auto mode : {funding_mode::flash_debt, funding_mode::flash_collateral}) {
    auto p = plain.problem(deep);
    p.funding = {mode, {5.0}};
    const auto r = close_position{}.size(p);
    ASSERT_EQ(r.status, errc::ok) << name(r.status) << name(r.binding);
    EXPECT_EQ(r.health_after, infinity);
    EXPECT_EQ(after(p.liquidation, r).debt[0].amount, 0.0);
    EXPECT_EQ(after(p.liquidation, r).collateral[0].amount, 0.0);
    EXPECT_NEAR(r.amount, 7.02, 0.02);
    EXPECT_NEAR(r.left_collateral, 2.98, 0.02);
    EXPECT_EQ(cases::fault_of(p, r), "");
    // Even the minimum output pays the loan, and the debt grown by the interest allowed for.
    const double repaid = close_position{}.repayment(14'000.0, p.debt_unit);
    EXPECT_GE(repaid, 14'000.0 * (1.0 + 1e-6) + p.debt_unit);
    if (mode == funding_mode::flash_debt) {
      EXPECT_GE(r.min_out, r.flash + r.flash_premium);
      EXPECT_EQ(r.flash, repaid);
    } else {
      EXPECT_GE(r.min_out, repaid);
      EXPECT_NEAR(10.0, r.left_collateral + r.amount + r.flash_premium, 1e-14);
    }
    EXPECT_GE(r.amount_out * (1.0 - 1e-3), r.min_out * (1.0 - 1e-14)) << "the cushion";
  }
}

TEST(ClosePosition, NothingIsLostBetweenTheBooks) {
  // What comes out of position, wallet and venue is what goes to the debt, the lender, the sender and the owner.
  test::random_numbers draw(70);
  using any = liquidity::any_venue<constant_product, liquidity::constant_price, liquidity::frictionless>;
  int closed = 0, refused = 0;
  for (int i = 0; i < 20'000; ++i) {
    auto d = cases::desk::random(draw);
    d.owed[1] = 0.0;
    const double rate = d.price[0] / d.price[1];
    any venue = cases::random_pool(draw, rate, d.held[0]);
    if (draw.below(4) == 0)
      venue = liquidity::constant_price{.price = rate * draw.uniform(0.97, 1.02),
                                        .cap = d.held[0] * draw.uniform(0.1, 2.0)};
    if (draw.below(8) == 0) venue = liquidity::frictionless{rate * draw.uniform(0.97, 1.02)};
    auto p = d.problem(venue);
    p.funding = {static_cast<funding_mode>(draw.below(3)), {draw.uniform(0.0, 30.0)}};
    p.collateral_limits.withdrawable = cases::random_room(draw, 4.0 * d.held[0]);
    p.collateral_limits.flash_loan_available = cases::random_room(draw, d.held[0]);
    p.debt_limits.flash_loan_available = cases::random_room(draw, d.owed[0]);
    if (draw.below(2) == 0) p.withdrawal = withdrawal_check::borrow_form;
    if (draw.below(3) == 0)
      p.gas = {.transaction_gas = 1e5, .price_native = 1e-12, .paid_from = gas_payer::proceeds, .native = {4}};
    const close_position close{.from_wallet = draw.below(2) == 0 ? 0.0 : d.owed[0] * draw.uniform(0.0, 1.2),
                               .cushion = {draw.uniform(0.0, 50.0)},
                               .max_slippage = {draw.uniform(10.0, 1500.0)}};
    const auto r = close.size(p);
    if (!r.has_value()) {
      ++refused;
      ASSERT_EQ(r.amount, 0.0);
      ASSERT_TRUE(r.binding != limit::none || r.status == errc::dust) << name(r.status);
      continue;
    }
    ++closed;
    ASSERT_EQ(cases::fault_of(p, r), "") << i;
    ASSERT_EQ(after(p.liquidation, r).debt[0].amount, 0.0);
    const bool lent = p.funding.mode == funding_mode::flash_debt;
    const double wallet = r.funds / d.price[1], scale = d.owed[0] + r.amount_out;
    ASSERT_NEAR(r.amount_out + wallet, d.owed[0] + (lent ? r.flash_premium : 0.0) + r.gas_in_kind + r.left_debt,
                1e-13 * scale)
        << i;
    ASSERT_NEAR(r.amount + r.left_collateral + (lent ? 0.0 : r.flash_premium), d.held[0], 1e-13 * d.held[0]) << i;
    ASSERT_GE(r.left_collateral, 0.0);
    ASSERT_GE(r.left_debt, 0.0);
    if (r.amount > 0.0) {
      ASSERT_LE(r.min_out, r.amount_out) << i;
    }
    ASSERT_GE(r.min_out + wallet - (lent ? r.flash_premium : 0.0) - r.gas_in_kind, d.owed[0]) << i;
    ASSERT_LE(r.flash, lent ? p.debt_limits.flash_loan_available : p.collateral_limits.flash_loan_available);
    ASSERT_LE(d.held[0], p.collateral_limits.withdrawable);
    if (p.funding.mode == funding_mode::none && r.amount > 0.0) {
      sizing::remedy between = r;
      between.changes[0].collateral_by = -r.amount;
      between.changes[0].debt_by = -wallet;
      ASSERT_GE(cases::exact_health(after(p.liquidation, between), p.prices), 1.0L - 1e-14L) << i;
    }
  }
  EXPECT_GT(closed, 3000);
  EXPECT_GT(refused, 3000);
}

TEST(ClosePosition, OutOfTheWalletNothingIsSold) {
  auto p = plain.problem(deep);
  const auto r = close_position{.from_wallet = 15'000.0}.size(p);
  ASSERT_EQ(r.status, errc::ok);
  EXPECT_EQ(r.amount, 0.0);
  EXPECT_EQ(r.left_collateral, 10.0);
  EXPECT_NEAR(r.funds, 14'000.0, 0.1);
  EXPECT_EQ(r.cost.total(), 0.0);
  p.gas = {.transaction_gas = 1e5, .price_native = 1e-8, .paid_from = gas_payer::proceeds, .native = {4}};
  EXPECT_EQ(close_position{.from_wallet = 15'000.0}.size(p).status, errc::dust) << "no proceeds to pay the sender from";
  // Nothing owed: nothing but a withdrawal.
  auto free = plain.problem(deep);
  free.liquidation.debt[0].amount = free.borrow.debt[0].amount = 0.0;
  const auto out = close_position{}.size(free);
  EXPECT_EQ(out.status, errc::ok);
  EXPECT_EQ(out.left_collateral, 10.0);
  EXPECT_EQ(out.left_debt, 0.0);
  free.liquidation.collateral[0].amount = 0.0;
  EXPECT_EQ(close_position{}.size(free).status, errc::already_there);
}

TEST(ClosePosition, IsAtTheEdgeOfItsLimitsToTwelveDigits) {
  auto p = plain.problem(deep);
  p.funding = {funding_mode::flash_debt, {5.0}};
  const double lent = close_position{}.size(p).flash;
  for (const double gap : {-1e-12, 1e-12}) {
    p.debt_limits.flash_loan_available = lent * (1.0 + gap);
    const auto r = close_position{}.size(p);
    EXPECT_EQ(r.status, gap > 0.0 ? errc::ok : errc::infeasible);
    EXPECT_EQ(r.binding, gap > 0.0 ? limit::none : limit::flash_loan);
  }
  p.debt_limits = {};
  const double sold = close_position{}.size(p).amount;
  for (const double gap : {-1e-12, 1e-12}) {
    p.liquidation.collateral[0].amount = sold * (1.0 + gap);
    const auto r = close_position{}.size(p);
    EXPECT_EQ(r.status, gap > 0.0 ? errc::ok : errc::infeasible) << name(r.binding);
    EXPECT_EQ(r.binding, gap > 0.0 ? limit::none : limit::collateral);
  }
}

TEST(ClosePosition, NamesWhatStopsIt) {
  const auto with = [](auto&& change) {
    auto p = plain.problem(deep);
    p.funding = {funding_mode::flash_debt, {5.0}};
    change(p);
    return close_position{}.size(p);
  };
  const auto expect = [](const sizing::remedy& r, errc why, limit binding) {
    EXPECT_EQ(r.status, why) << name(r.status) << " " << name(r.binding);
    EXPECT_EQ(r.binding, binding) << name(r.binding);
  };
  expect(with([](auto& p) { p.collateral_limits.withdrawable = 9.9; }), errc::infeasible, limit::withdrawable);
  expect(with([](auto& p) { p.debt_limits.active = false; }), errc::infeasible, limit::reserve);
  expect(with([](auto& p) { p.funding.mode = funding_mode::none; }), errc::infeasible, limit::health_floor);
  expect(with([](auto& p) { p.liquidation.debt[1].amount = 1.0; }), errc::asset_mismatch, limit::debt);
  expect(with([](auto& p) { p.liquidation.debt[0].amount = 20'500.0; }), errc::infeasible, limit::collateral);
  expect(with([](auto& p) { p.venue = nullptr; }), errc::asset_mismatch, limit::none);
  expect(with([](auto& p) { p.fair_rate = 0.0; }), errc::non_positive_price, limit::none);
  expect(with([](auto& p) { p.fair_rate = std::nan(""); }), errc::not_finite, limit::none);
  expect(with([](auto& p) { p.fair_rate = 2100.0; }), errc::infeasible, limit::slippage);
  expect(
      with([](auto& p) { p.gas = {.transaction_gas = 1e9, .price_native = 1.0, .tank_native = 1.0, .native = {4}}; }),
      errc::gas_tank, limit::none);
  EXPECT_EQ(close_position{.from_wallet = std::nan("")}.validate(), errc::negative_amount);
  EXPECT_EQ(close_position{.cushion = {1e4}}.validate(), errc::bad_configuration);
  const constant_product tiny{.reserve_in = 5.0, .reserve_out = 1e4};
  auto p = plain.problem(tiny);
  p.funding.mode = funding_mode::flash_debt;
  expect(close_position{}.size(p), errc::infeasible, limit::depth);
  const liquidity::constant_price quote{.price = 2000.0, .cap = 1.0};
  auto capped = plain.problem(quote);
  capped.funding.mode = funding_mode::flash_debt;
  expect(close_position{}.size(capped), errc::infeasible, limit::capacity);
}

}  // namespace
}  // namespace trimtab
