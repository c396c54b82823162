// SPDX-License-Identifier: MIT
#include <trimtab/sizing/withdraw_surplus.hpp>

#include "support/remedies.hpp"

namespace trimtab {
namespace {

using liquidity::constant_product;
using sizing::limit;
using sizing::withdraw_surplus;

constexpr constant_product unused{.reserve_in = 1.0, .reserve_out = 1.0};

struct rich : cases::desk {
  rich() { owed[0] = 10'000.0; }  // 16000 weighted: health 1.6
};
const rich plain;

TEST(WithdrawSurplus, TakesHealthDownToTheTargetAndNotBelow) {
  const auto p = plain.problem(unused);
  const auto r = withdraw_surplus{}.size(p);
  ASSERT_EQ(r.status, errc::ok);
  EXPECT_EQ(r.binding, limit::none);
  EXPECT_NEAR(r.amount, 3500.0 / 1600.0, 1e-12);
  EXPECT_GE(r.health_after, 1.25);
  EXPECT_LE(r.health_after, 1.25 * (1.0 + 1e-14));
  EXPECT_EQ(r.funds, -r.amount * 2000.0);
  EXPECT_EQ(withdraw_surplus{.wanted = 1.0}.size(p).amount, 1.0);
}

TEST(WithdrawSurplus, AsksTheBorrowFormWhereTheProtocolDoes) {
  auto p = plain.problem(unused);
  p.target = 1.01;
  p.withdrawal = withdrawal_check::borrow_form;  // 15000 may back 10000: 5000 / 1500 a token may leave
  const auto r = withdraw_surplus{}.size(p);
  ASSERT_EQ(r.status, errc::ok);
  EXPECT_EQ(r.binding, limit::borrow_form);
  EXPECT_NEAR(r.amount, 10.0 / 3.0, 1e-12);
  EXPECT_GE(r.borrow_health_after, 1.0);
  EXPECT_LE(r.borrow_health_after, 1.0 + 1e-14);
  // One that may not borrow may not withdraw either.
  p.borrow.collateral[0].weight = 0.49;
  const auto none = withdraw_surplus{}.size(p);
  EXPECT_EQ(none.status, errc::infeasible);
  EXPECT_EQ(none.binding, limit::borrow_form);
  p.withdrawal = withdrawal_check::liquidation_form;
  EXPECT_EQ(withdraw_surplus{}.size(p).status, errc::ok);
}

TEST(WithdrawSurplus, EverythingWhereNothingIsOwed) {
  auto p = plain.problem(unused);
  p.liquidation.debt[0].amount = p.borrow.debt[0].amount = 0.0;
  const auto r = withdraw_surplus{}.size(p);
  ASSERT_EQ(r.status, errc::ok);
  EXPECT_EQ(r.amount, 10.0);
  EXPECT_EQ(r.binding, limit::collateral);
  EXPECT_EQ(r.health_after, infinity);
}

TEST(WithdrawSurplus, NamesWhatStopsIt) {
  const auto with = [](auto&& change) {
    auto p = plain.problem(unused);
    change(p);
    return withdraw_surplus{}.size(p);
  };
  const auto capped = with([](auto& p) { p.collateral_limits.withdrawable = 0.5; });
  EXPECT_EQ(capped.status, errc::ok);
  EXPECT_EQ(capped.binding, limit::withdrawable);
  EXPECT_EQ(capped.amount, 0.5);
  const auto expect = [](const sizing::remedy& r, errc why, limit binding) {
    EXPECT_EQ(r.status, why) << name(r.status);
    EXPECT_EQ(r.binding, binding) << name(r.binding);
    EXPECT_EQ(r.amount, 0.0);
  };
  expect(with([](auto& p) { p.collateral_limits.withdrawable = 0.0; }), errc::infeasible, limit::withdrawable);
  expect(with([](auto& p) { p.collateral_limits.paused = true; }), errc::infeasible, limit::reserve);
  expect(with([](auto& p) { p.target = 1.6; }), errc::already_there, limit::none);
  expect(with([](auto& p) { p.target = 1.7; }), errc::already_there, limit::none);
  expect(with([](auto& p) { p.collateral = asset_id{9}; }), errc::asset_mismatch, limit::none);
  EXPECT_EQ(withdraw_surplus{.wanted = std::nan("")}.size(plain.problem(unused)).status, errc::negative_amount);
  EXPECT_EQ(with([](auto& p) { p.collateral_limits.frozen = true; }).status, errc::ok) << "frozen lets out";
}

TEST(WithdrawSurplus, KeepsEveryLimitOnAnyAccount) {
  test::random_numbers draw(63);
  int moved = 0, at_target = 0, by_borrow_form = 0;
  for (int i = 0; i < 20'000; ++i) {
    const auto d = cases::desk::random(draw);
    auto p = d.problem(unused);
    p.target = draw.uniform(1.01, 3.0);
    if (draw.below(2) == 0) p.withdrawal = withdrawal_check::borrow_form;
    p.collateral_limits.withdrawable = cases::random_room(draw, d.held[0]);
    const double wanted = cases::random_room(draw, d.held[0]);
    const auto r = withdraw_surplus{.wanted = wanted}.size(p);
    if (r.amount == 0.0) continue;
    ++moved;
    ASSERT_EQ(cases::fault_of(p, r), "") << i;
    ASSERT_LE(r.amount, wanted);
    by_borrow_form += r.binding == limit::borrow_form ? 1 : 0;
    auto more = r;
    more.changes[0].collateral_by *= 1.0 + 1e-9;
    if (r.binding == limit::none && r.amount != wanted) {
      ++at_target;
      ASSERT_LT(cases::exact_health(after(p.liquidation, more), p.prices), p.target * (1.0L + 1e-15L)) << i;
    } else if (r.binding == limit::borrow_form) {
      ASSERT_LT(cases::exact_health(after(p.borrow, more), p.prices), 1.0L + 1e-15L) << i;
    }
  }
  EXPECT_GT(moved, 5000);
  EXPECT_GT(at_target, 1000);
  EXPECT_GT(by_borrow_form, 100);
}

}  // namespace
}  // namespace trimtab
