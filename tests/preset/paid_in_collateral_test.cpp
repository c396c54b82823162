// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/liquidity/constant_product.hpp>
#include <trimtab/preset/paid_in_collateral.hpp>

#include "support/cases.hpp"
#include <cmath>
#include <limits>

namespace {

using namespace trimtab;
using liquidity::constant_product;
using preset::accepted;
using preset::invitation;
using preset::stranger;

constexpr constant_product deep{.reserve_in = 1e6, .reserve_out = 1e6};
const cases::worked world{};

TEST(PaidInCollateral, WhatIsBeyondTheDebtIsTheSenders) {
  auto p = world.problem(deep);
  p.funding = {.mode = sizing::funding_mode::none, .premium = {0.0}};
  const auto s = accepted(p, invitation{.repaid = 1'000.0, .seized = 1'050.0}, {});
  ASSERT_EQ(s.status, errc::ok);
  const sizing::trade& t = s.trade;
  EXPECT_EQ(t.sold, 1'050.0);
  EXPECT_EQ(t.expected_out, deep.amount_out(1'050.0));
  EXPECT_EQ(t.flash, 1'000.0);
  EXPECT_EQ(t.min_out, t.expected_out);
  EXPECT_EQ(t.gas_in_kind, t.expected_out - 1'000.0);
  EXPECT_EQ(t.collateral_change, -1'050.0);
  EXPECT_EQ(t.debt_change, -1'000.0);
  EXPECT_EQ(t.health_after, health_factor_after(p.liquidation, p.prices, {p.collateral, -1'050.0, p.debt, -1'000.0}));
  EXPECT_NEAR(t.cost.total(), 50.0, 1e-9) << "what the account gives beyond what it owed, and no more";
}

TEST(PaidInCollateral, ALoanAndGasComeOutOfWhatItBrings) {
  auto p = world.problem(deep);
  p.funding = {.mode = sizing::funding_mode::flash_debt, .premium = {5.0}};
  p.gas = {.transaction_gas = 1e6, .price_native = 1e-5, .native = price_slot{2}};  // 10
  const double beyond = deep.amount_out(1'050.0) - 1'000.5;
  EXPECT_NEAR(accepted(p, {.repaid = 1'000.0, .seized = 1'050.0}, {}).trade.gas_in_kind, beyond, 1e-9);
  const double profit = beyond - 10.0;
  EXPECT_EQ(accepted(p, {.repaid = 1'000.0, .seized = 1'050.0}, {.least_profit = profit - 0.01}).status, errc::ok);
  EXPECT_EQ(accepted(p, {.repaid = 1'000.0, .seized = 1'050.0}, {.least_profit = profit + 0.01}).status,
            errc::cost_exceeds_benefit);
  // The protocol keeps its share of the 50 beyond the debt.
  EXPECT_EQ(
      accepted(p, {.repaid = 1'000.0, .seized = 1'050.0, .protocol_fee = {1'000}}, {.least_profit = profit - 5.01})
          .status,
      errc::ok);
  EXPECT_EQ(
      accepted(p, {.repaid = 1'000.0, .seized = 1'050.0, .protocol_fee = {1'000}}, {.least_profit = profit - 4.99})
          .status,
      errc::cost_exceeds_benefit);
  p.gas.price_native = 1e-4;
  EXPECT_EQ(accepted(p, {.repaid = 1'000.0, .seized = 1'050.0}, {}).status, errc::cost_exceeds_benefit);
}

TEST(PaidInCollateral, WhatTheSenderGivesUpToRepaysDebt) {
  auto p = world.problem(deep);
  p.funding.mode = sizing::funding_mode::none;
  const auto t = accepted(p, {.repaid = 1'000.0, .seized = 1'050.0}, {.gives_up_to = {100.0}}).trade;
  EXPECT_DOUBLE_EQ(t.min_out, t.expected_out * 0.99);
  EXPECT_NEAR(-t.debt_change, 1'000.0 + t.expected_out * 0.01, 1e-9);
  EXPECT_NEAR(t.gas_in_kind - t.debt_change, t.expected_out, 1e-9);
  // Never below what pays the loan back.
  EXPECT_EQ(accepted(p, {.repaid = 1'000.0, .seized = 1'050.0}, {.gives_up_to = {9'000.0}}).trade.min_out, 1'000.0);
}

// A price that slips by less than he gives up reverts nothing, and never does he pay for coming.
TEST(PaidInCollateral, TheSenderRevertsBeforeHisProfitIsGone) {
  auto p = world.problem(deep);
  p.funding = {.mode = sizing::funding_mode::flash_debt, .premium = {5.0}};
  p.gas = {.transaction_gas = 1e6, .price_native = 1e-5, .native = price_slot{2}};  // 10
  const invitation i{.repaid = 1'000.0, .seized = 1'050.0, .protocol_fee = {1'000}};
  const double gets = deep.amount_out(1'050.0);
  for (const double profit : {0.0, 5.0, 20.0}) {
    const auto t = accepted(p, i, {.least_profit = profit, .gives_up_to = {9'000.0}}).trade;
    EXPECT_NEAR(t.min_out, 1'000.5 + 10.0 + 5.0 + profit, 1e-9);
    EXPECT_NEAR(accepted(p, i, {.least_profit = profit, .gives_up_to = {10.0}}).trade.min_out, 0.999 * gets, 1e-9);
  }
  // What he comes for is what he expects, not what he gets at worst.
  const double expected = gets - 1'000.5 - 10.0 - 5.0;
  EXPECT_EQ(accepted(p, i, {.least_profit = expected - 1e-6, .gives_up_to = {100.0}}).status, errc::ok);
  EXPECT_EQ(accepted(p, i, {.least_profit = expected + 1e-6, .gives_up_to = {100.0}}).status,
            errc::cost_exceeds_benefit);
}

TEST(PaidInCollateral, NothingIsNoInvitation) {
  const auto p = world.problem(deep);
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(accepted(p, {}, {}).status, errc::dust);
  EXPECT_EQ(accepted(p, {.repaid = 1.0}, {}).status, errc::dust);
  EXPECT_EQ(accepted(p, {.repaid = -1.0, .seized = 1.0}, {}).status, errc::dust);
  EXPECT_EQ(accepted(p, {.repaid = nan, .seized = 1.0}, {}).status, errc::not_finite);
  EXPECT_EQ(accepted(p, {.repaid = 1.0, .seized = infinity}, {}).status, errc::not_finite);
  constexpr constant_product empty{.reserve_in = 1e-3, .reserve_out = 1e-3};
  const auto q = world.problem(empty);
  const auto nobody = accepted(q, {.repaid = 1'000.0, .seized = 1'050.0}, {});
  EXPECT_EQ(nobody.status, errc::cost_exceeds_benefit);
  EXPECT_EQ(nobody.trade.sold, 0.0);
  EXPECT_EQ(nobody.trade.health_before, health_factor(q.liquidation, q.prices));
}

TEST(PaidInCollateral, StrangersAreFinite) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(validate(stranger{}), errc::ok);
  EXPECT_EQ(validate(stranger{.least_profit = nan}), errc::not_finite);
  EXPECT_EQ(validate(stranger{.gives_up_to = {nan}}), errc::bad_configuration);
  EXPECT_EQ(validate(stranger{.gives_up_to = {10'000}}), errc::bad_configuration);
}

// A rule that offers a tenth of the debt at a bonus of a twentieth.
struct tenth {
  errc why = errc::ok;
  basis_points fee{};
  [[nodiscard]] constexpr errc validate() const noexcept { return errc::ok; }
  template <class V, std::size_t N>
  constexpr preset::offer of(const sizing::problem<V, N>& p) const noexcept {
    const double repaid = 0.1 * p.liquidation.debt.find(p.debt)->amount;
    return {why, {.repaid = repaid, .seized = repaid * 1.05, .protocol_fee = fee}};
  }
};
static_assert(Sizer<preset::taken_up<tenth>>);

// Where the whole moves the price too far, somebody comes for a part of it: the one that leaves him the most.
TEST(PaidInCollateral, APartWhereTheWholeDoesNotPay) {
  constexpr constant_product thin{.reserve_in = 15'000.0, .reserve_out = 15'000.0, .fee = {30.0}};
  auto p = world.problem(thin);
  p.funding = {.mode = sizing::funding_mode::flash_debt, .premium = {5.0}};
  for (const double fee : {0.0, 1'000.0}) {
    const preset::taken_up<tenth> sizer{.rule = {.fee = {fee}}};
    const invitation all = sizer.rule.of(p).open;
    EXPECT_EQ(accepted(p, all, {}).status, errc::cost_exceeds_benefit);
    const auto s = sizer.size(p);
    ASSERT_EQ(s.status, errc::ok);
    EXPECT_EQ(s.binding, sizing::limit::cost);
    EXPECT_EQ(sizer.objection_to(p, s.trade).why, errc::ok);
    EXPECT_DOUBLE_EQ(sizer.at_size(p, s.trade.sold).sold, s.trade.sold);
    const auto profit = [&](double x) {
      const double repaid = x / 1.05;
      return thin.amount_out(x) - repaid * 1.0005 - fee * 1e-4 * (x - repaid);
    };
    double best = 0.0;
    for (int k = 1; k <= 10'000; ++k) best = std::fmax(best, profit(all.seized * k / 10'000.0));
    EXPECT_GT(best, 1.0);
    EXPECT_GE(profit(s.trade.sold), best * (1.0 - 1e-12));
    EXPECT_NEAR(profit(s.trade.sold), best, 1e-6);
    EXPECT_NEAR(-s.trade.debt_change, s.trade.sold / 1.05, 1e-9);
  }
}

TEST(PaidInCollateral, TheWholeOfAnOfferOrAPartOfIt) {
  auto p = world.problem(deep);
  const preset::taken_up<tenth> sizer{};
  const auto whole = sizer.size(p);
  ASSERT_EQ(whole.status, errc::ok);
  EXPECT_DOUBLE_EQ(whole.trade.sold, 819.0);
  EXPECT_EQ(sizer.objection_to(p, whole.trade).why, errc::ok);
  const auto half = sizer.at_size(p, 409.5);
  EXPECT_DOUBLE_EQ(half.sold, 409.5);
  EXPECT_DOUBLE_EQ(half.debt_change, -390.0);
  EXPECT_DOUBLE_EQ(sizer.at_size(p, 1e9).sold, 819.0) << "no more than is offered";
  auto more = whole.trade;
  more.sold = 820.0;
  EXPECT_EQ(sizer.objection_to(p, more).why, errc::not_liquidatable);
  EXPECT_EQ(preset::taken_up<tenth>{{errc::dust}}.size(p).status, errc::dust);
  EXPECT_EQ(preset::taken_up<tenth>{{errc::dust}}.objection_to(p, more).why, errc::dust);
  EXPECT_EQ(preset::taken_up<tenth>{{errc::dust}}.at_size(p, 1.0).sold, 0.0);
  EXPECT_FALSE(sizer.can(direction::leverage));
  p.collateral = asset_id{77};
  EXPECT_EQ(sizer.size(p).status, errc::asset_mismatch);
  p.venue = nullptr;
  EXPECT_EQ(sizer.size(p).status, errc::asset_mismatch);
}

}  // namespace
