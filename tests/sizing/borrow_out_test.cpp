// SPDX-License-Identifier: MIT
#include <trimtab/sizing/borrow_out.hpp>

#include "support/remedies.hpp"

namespace trimtab {
namespace {

using liquidity::constant_product;
using sizing::borrow_out;
using sizing::limit;

constexpr constant_product unused{.reserve_in = 1.0, .reserve_out = 1.0};

struct rich : cases::desk {
  rich() { owed[0] = 10'000.0; }  // 16000 weighted, 15000 to borrow against
};
const rich plain;

TEST(BorrowOut, TakesHealthDownToTheTarget) {
  const auto p = plain.problem(unused);
  const auto r = borrow_out{}.size(p);
  ASSERT_EQ(r.status, errc::ok);
  EXPECT_EQ(r.binding, limit::none);
  EXPECT_NEAR(r.amount, 2800.0, 1e-9);
  EXPECT_GE(r.health_after, 1.25);
  EXPECT_LE(r.health_after, 1.25 * (1.0 + 1e-14));
  EXPECT_GE(r.borrow_health_after, 1.0);
  EXPECT_EQ(r.funds, -r.amount);
  EXPECT_EQ(borrow_out{.wanted = 100.0}.size(p).amount, 100.0);
}

TEST(BorrowOut, StopsAtTheBorrowForm) {
  auto p = plain.problem(unused);
  p.target = 1.02;
  const auto r = borrow_out{}.size(p);
  ASSERT_EQ(r.status, errc::ok);
  EXPECT_EQ(r.binding, limit::borrow_form);
  EXPECT_NEAR(r.amount, 5000.0, 1e-9);
  EXPECT_GE(r.borrow_health_after, 1.0);
  p.borrow.collateral[0].weight = 0.5;  // 10000 against 10000
  const auto none = borrow_out{}.size(p);
  EXPECT_EQ(none.status, errc::infeasible);
  EXPECT_EQ(none.binding, limit::borrow_form);
}

TEST(BorrowOut, KeepsToTheMinimumDebtToTwelveDigits) {
  auto d = plain;
  d.owed[0] = 0.0;
  auto p = d.problem(unused);
  p.minimum_debt = 2000.0;
  EXPECT_EQ(borrow_out{.wanted = 2000.0 * (1.0 + 1e-12)}.size(p).status, errc::ok);
  EXPECT_EQ(borrow_out{.wanted = 2000.0}.size(p).status, errc::ok);
  const auto r = borrow_out{.wanted = 2000.0 * (1.0 - 1e-12)}.size(p);
  EXPECT_EQ(r.status, errc::dust);
  EXPECT_EQ(r.binding, limit::minimum_debt);
  EXPECT_EQ(r.amount, 0.0);
}

TEST(BorrowOut, NamesWhatStopsIt) {
  const auto with = [](auto&& change) {
    auto p = plain.problem(unused);
    change(p);
    return borrow_out{}.size(p);
  };
  const auto expect = [](const sizing::remedy& r, errc why, limit binding, double amount = 0.0) {
    EXPECT_EQ(r.status, why) << name(r.status);
    EXPECT_EQ(r.binding, binding) << name(r.binding);
    EXPECT_EQ(r.amount, amount);
  };
  expect(with([](auto& p) { p.debt_limits.borrow_room = 7.0; }), errc::ok, limit::borrow_room, 7.0);
  expect(with([](auto& p) { p.debt_limits.withdrawable = 8.0; }), errc::ok, limit::withdrawable, 8.0);
  expect(with([](auto& p) { p.debt_limits.borrow_room = 0.0; }), errc::infeasible, limit::borrow_room);
  expect(with([](auto& p) { p.debt_limits.frozen = true; }), errc::infeasible, limit::reserve);
  expect(with([](auto& p) { p.target = 1.6; }), errc::already_there, limit::none);
  expect(with([](auto& p) { p.debt = asset_id{9}; }), errc::asset_mismatch, limit::none);
  expect(with([](auto& p) { p.borrow.debt = {}; }), errc::asset_mismatch, limit::none);
  expect(with([](auto& p) { p.borrow.debt[0].weight = 0.0; }), errc::bad_configuration, limit::none);
  EXPECT_EQ(borrow_out{.wanted = std::nan("")}.size(plain.problem(unused)).status, errc::negative_amount);
}

TEST(BorrowOut, KeepsEveryLimitOnAnyAccount) {
  test::random_numbers draw(64);
  int moved = 0, at_target = 0, by_borrow_form = 0;
  for (int i = 0; i < 20'000; ++i) {
    const auto d = cases::desk::random(draw);
    auto p = d.problem(unused);
    p.target = draw.uniform(1.01, 3.0);
    p.debt_limits.withdrawable = cases::random_room(draw, d.owed[0]);
    p.debt_limits.borrow_room = cases::random_room(draw, d.owed[0]);
    const double wanted = cases::random_room(draw, d.owed[0]);
    if (draw.below(3) == 0) p.minimum_debt = d.owed[0] * d.price[1] * draw.uniform(0.5, 2.0);
    const auto r = borrow_out{.wanted = wanted}.size(p);
    if (r.amount == 0.0) continue;
    ++moved;
    ASSERT_EQ(cases::fault_of(p, r), "") << i;
    ASSERT_LE(r.amount, wanted);
    ASSERT_LE(r.amount, p.debt_limits.borrow_room);
    ASSERT_LE(r.amount, p.debt_limits.withdrawable);
    by_borrow_form += r.binding == limit::borrow_form ? 1 : 0;
    auto more = r;
    more.changes[0].debt_by *= 1.0 + 1e-9;
    if (r.binding == limit::none && r.amount != wanted) {
      ++at_target;
      ASSERT_LT(cases::exact_health(after(p.liquidation, more), p.prices), p.target * (1.0L + 1e-15L)) << i;
    } else if (r.binding == limit::borrow_form) {
      ASSERT_LT(cases::exact_health(after(p.borrow, more), p.prices), 1.0L + 1e-15L) << i;
    }
  }
  EXPECT_GT(moved, 3000);
  EXPECT_GT(at_target, 500);
  EXPECT_GT(by_borrow_form, 100);
}

}  // namespace
}  // namespace trimtab
