// SPDX-License-Identifier: MIT
#include <trimtab/sizing/repay_from_wallet.hpp>

#include "support/remedies.hpp"

namespace trimtab {
namespace {

using liquidity::constant_product;
using sizing::limit;
using sizing::remedy_kind;
using sizing::repay_from_wallet;

constexpr constant_product unused{.reserve_in = 1.0, .reserve_out = 1.0};
const cases::desk plain;

TEST(RepayFromWallet, RepaysJustEnough) {
  // 16000 weighted against 14000: for 1.25, 12800 may remain.
  auto p = plain.problem(unused);
  const auto r = repay_from_wallet{.available = 5000.0}.size(p);
  ASSERT_EQ(r.status, errc::ok);
  EXPECT_NEAR(r.amount, 1200.0, 1e-8);
  EXPECT_GE(r.health_after, 1.25);
  EXPECT_LE(r.health_after, 1.25 * (1.0 + 1e-14));
  EXPECT_EQ(r.funds, r.amount);
  EXPECT_EQ(r.kind, remedy_kind::repay_from_wallet);
  EXPECT_EQ(r.cost.total(), 0.0);
  // No venue is needed.
  p.venue = nullptr;
  EXPECT_EQ(repay_from_wallet{.available = 5000.0}.size(p).amount, r.amount);
}

TEST(RepayFromWallet, IsAtTheEdgeOfTheWalletToTwelveDigits) {
  const auto p = plain.problem(unused);
  EXPECT_EQ(repay_from_wallet{.available = 1200.0 * (1.0 + 1e-12)}.size(p).status, errc::ok);
  const auto below = repay_from_wallet{.available = 1200.0 * (1.0 - 1e-12)}.size(p);
  EXPECT_EQ(below.status, errc::infeasible);
  EXPECT_EQ(below.binding, sizing::limit::wallet);
  EXPECT_EQ(below.amount, 1200.0 * (1.0 - 1e-12)) << "what comes closest";
}

TEST(RepayFromWallet, NamesWhatStopsIt) {
  const auto with = [](double available, auto&& change) {
    auto p = plain.problem(unused);
    change(p);
    return repay_from_wallet{.available = available}.size(p);
  };
  const auto expect = [](const sizing::remedy& r, errc why, limit binding) {
    EXPECT_EQ(r.status, why) << name(r.status);
    EXPECT_EQ(r.binding, binding) << name(r.binding);
  };
  expect(with(0.0, [](auto&) {}), errc::infeasible, sizing::limit::wallet);
  expect(with(-1.0, [](auto&) {}), errc::negative_amount, limit::none);
  expect(with(std::nan(""), [](auto&) {}), errc::negative_amount, limit::none);
  expect(with(1e4, [](auto& p) { p.debt_limits.paused = true; }), errc::infeasible, limit::reserve);
  expect(with(1e4, [](auto& p) { p.debt_limits.active = false; }), errc::infeasible, limit::reserve);
  expect(with(1e4, [](auto& p) { p.debt_limits.frozen = true; }), errc::ok, limit::none);
  expect(with(1e4, [](auto& p) { p.target = 1.01; }), errc::already_there, limit::none);
  expect(with(1e4, [](auto& p) { p.target = 1.0; }), errc::bad_configuration, limit::none);
  expect(with(1e4, [](auto& p) { p.target = infinity; }), errc::not_finite, limit::none);
  expect(with(1e4, [](auto& p) { p.debt = asset_id{99}; }), errc::asset_mismatch, limit::none);
  expect(with(1e4, [](auto& p) { p.prices = {}; }), errc::size_mismatch, limit::none);
  expect(with(1e4, [](auto& p) { p.minimum_debt = std::nan(""); }), errc::negative_amount, limit::none);
  expect(with(1e4, [](auto& p) { p.liquidation.collateral[0].amount = std::nan(""); }), errc::not_finite, limit::none);
  expect(with(1e4, [](auto& p) { p.liquidation.debt[0].amount = -1.0; }), errc::negative_amount, limit::none);
  expect(with(1e4, [](auto& p) { p.debt_limits.withdrawable = std::nan(""); }), errc::negative_amount, limit::none);
  expect(with(1e4,
              [](auto& p) {
                p.liquidation.debt[0].weight = 0.0;
                p.liquidation.debt[1] = {9000.0, 2.0, {1}, cases::other_debt};
              }),
         errc::infeasible, limit::pole);
  expect(
      with(1e4,
           [](auto& p) { p.gas = {.transaction_gas = 1e5, .price_native = 1e-8, .tank_native = 1e-4, .native = {4}}; }),
      errc::gas_tank, limit::none);
  // The other debt keeps health below the target whatever is repaid of this one.
  expect(with(1e9,
              [](auto& p) {
                p.liquidation.debt[1] = {14'000.0, 1.0, {1}, cases::other_debt};
              }),
         errc::infeasible, limit::debt);
}

TEST(RepayFromWallet, LeavesNoDust) {
  auto p = plain.problem(unused);
  p.minimum_debt = 13'000.0;  // 12800 would be left
  const auto all = repay_from_wallet{.available = 14'000.0}.size(p);
  ASSERT_EQ(all.status, errc::ok);
  EXPECT_EQ(all.amount, 14'000.0);
  EXPECT_EQ(all.health_after, infinity);
  const auto dust = repay_from_wallet{.available = 13'999.0}.size(p);
  EXPECT_EQ(dust.status, errc::dust);
  EXPECT_EQ(dust.binding, limit::minimum_debt);
  EXPECT_EQ(dust.amount, 0.0);
  // Too little for the target, and too much for the minimum: up to the minimum.
  p.minimum_debt = 13'500.0;
  const auto some = repay_from_wallet{.available = 1'000.0}.size(p);
  EXPECT_EQ(some.status, errc::infeasible);
  EXPECT_EQ(some.amount, 500.0);
  for (int i = 1; i < 2000; ++i) {  // and never nothing at all because the minimum read a rounding below itself
    p.minimum_debt = 13'500.0 - 0.37 * i;
    const auto up_to = repay_from_wallet{.available = 500.2 + 0.37 * i}.size(p);
    if (up_to.status == errc::ok || up_to.status == errc::dust) continue;
    ASSERT_NEAR(up_to.amount, 500.0 + 0.37 * i, 1e-9);
    EXPECT_GE(sizing::owed_value(after(p.liquidation, up_to).debt, p.prices), p.minimum_debt);
  }
}

TEST(RepayFromWallet, PaysGasInKindOutOfTheWallet) {
  auto p = plain.problem(unused);
  p.gas = {.transaction_gas = 2e5, .price_native = 2e-8, .paid_from = gas_payer::proceeds, .native = {4}};
  const auto r = repay_from_wallet{.available = 1300.0}.size(p);
  ASSERT_EQ(r.status, errc::ok);
  EXPECT_NEAR(r.gas_in_kind, 8.0, 1e-12);
  EXPECT_NEAR(r.funds, 1208.0, 1e-8);
  EXPECT_EQ(repay_from_wallet{.available = 1207.0}.size(p).status, errc::infeasible);
}

TEST(RepayFromWallet, KeepsEveryLimitOnAnyAccount) {
  test::random_numbers draw(61);
  int reached = 0, short_of = 0, refused = 0;
  for (int i = 0; i < 20'000; ++i) {
    const auto d = cases::desk::random(draw);
    auto p = d.problem(unused);
    p.target = draw.uniform(1.01, 3.0);
    if (draw.below(3) == 0) p.minimum_debt = d.owed[0] * d.price[1] * draw.uniform(0.0, 1.5);
    const double available = d.owed[0] * draw.log_uniform(1e-3, 2.0);
    const auto r = repay_from_wallet{.available = available}.size(p);
    if (r.amount == 0.0) {
      ++refused;
      continue;
    }
    ASSERT_EQ(cases::fault_of(p, r), "") << i;
    ASSERT_LE(r.amount, available);
    (r.has_value() ? reached : short_of) += 1;
    if (r.has_value() && p.minimum_debt == 0.0) {  // the least that does
      auto less = r;
      less.changes[0].debt_by *= 1.0 - 1e-10;
      ASSERT_LT(cases::exact_health(after(p.liquidation, less), p.prices), p.target * (1.0L + 1e-15L)) << i;
    }
  }
  EXPECT_GT(reached, 1000);
  EXPECT_GT(short_of, 1000);
  EXPECT_GT(refused, 1000);
}

}  // namespace
}  // namespace trimtab
