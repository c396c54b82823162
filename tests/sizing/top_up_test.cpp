// SPDX-License-Identifier: MIT
#include <trimtab/sizing/top_up.hpp>

#include "support/remedies.hpp"

namespace trimtab {
namespace {

using liquidity::constant_product;
using sizing::limit;
using sizing::top_up;

constexpr constant_product unused{.reserve_in = 1.0, .reserve_out = 1.0};
const cases::desk plain;

TEST(TopUp, SuppliesJustEnough) {
  const auto p = plain.problem(unused);  // 17500 wanted, 16000 there, 1600 a token
  const auto r = top_up{.available = 5.0}.size(p);
  ASSERT_EQ(r.status, errc::ok);
  EXPECT_NEAR(r.amount, 1500.0 / 1600.0, 1e-12);
  EXPECT_GE(r.health_after, 1.25);
  EXPECT_LE(r.health_after, 1.25 * (1.0 + 1e-14));
  EXPECT_EQ(r.funds, r.amount * 2000.0);
  EXPECT_GT(r.borrow_health_after, 1.0);
}

TEST(TopUp, IsAtTheEdgeOfWhatThereIsToTwelveDigits) {
  const double least = 0.9375;
  auto p = plain.problem(unused);
  for (const double gap : {-1e-12, 1e-12}) {
    p.collateral_limits.supply_room = infinity;
    const auto r = top_up{.available = least * (1.0 + gap)}.size(p);
    EXPECT_EQ(r.status, gap > 0.0 ? errc::ok : errc::infeasible);
    EXPECT_EQ(r.binding, gap > 0.0 ? limit::none : sizing::limit::wallet);
    p.collateral_limits.supply_room = least * (1.0 + gap);
    const auto capped = top_up{.available = 5.0}.size(p);
    EXPECT_EQ(capped.status, gap > 0.0 ? errc::ok : errc::infeasible);
    EXPECT_EQ(capped.binding, gap > 0.0 ? limit::none : limit::supply_room);
    EXPECT_LE(capped.amount, p.collateral_limits.supply_room);
  }
}

TEST(TopUp, NamesWhatStopsIt) {
  const auto with = [](double available, auto&& change) {
    auto p = plain.problem(unused);
    change(p);
    return top_up{.available = available}.size(p);
  };
  const auto expect = [](const sizing::remedy& r, errc why, limit binding) {
    EXPECT_EQ(r.status, why) << name(r.status);
    EXPECT_EQ(r.binding, binding) << name(r.binding);
    EXPECT_EQ(r.amount, 0.0);
    EXPECT_EQ(r.health_after, r.health_before);
  };
  expect(with(0.0, [](auto&) {}), errc::infeasible, sizing::limit::wallet);
  expect(with(std::nan(""), [](auto&) {}), errc::negative_amount, limit::none);
  expect(with(9.0, [](auto& p) { p.collateral_limits.frozen = true; }), errc::infeasible, limit::reserve);
  expect(with(9.0, [](auto& p) { p.collateral_limits.supply_room = 0.0; }), errc::infeasible, limit::supply_room);
  expect(with(9.0, [](auto& p) { p.liquidation.collateral[0].weight = 0.0; }), errc::infeasible, limit::pole);
  expect(with(9.0, [](auto& p) { p.collateral = asset_id{77}; }), errc::asset_mismatch, limit::none);
  expect(with(9.0, [](auto& p) { p.target = 1.1; }), errc::already_there, limit::none);
  expect(with(9.0, [](auto& p) { p.liquidation.collateral[0].amount = 1e308; }), errc::not_finite, limit::none);
  expect(
      with(9.0,
           [](auto& p) { p.gas = {.transaction_gas = 1e9, .price_native = 1.0, .tank_native = 1.0, .native = {4}}; }),
      errc::gas_tank, limit::none);
}

TEST(TopUp, KeepsEveryLimitOnAnyAccount) {
  test::random_numbers draw(62);
  int reached = 0, short_of = 0;
  for (int i = 0; i < 20'000; ++i) {
    const auto d = cases::desk::random(draw);
    auto p = d.problem(unused);
    p.target = draw.uniform(1.01, 3.0);
    p.collateral_limits.supply_room = cases::random_room(draw, d.held[0]);
    p.gas = {.transaction_gas = 1e5,
             .price_native = draw.below(2) == 0 ? 0.0 : 1e-12,
             .paid_from = draw.below(2) == 0 ? gas_payer::tank : gas_payer::proceeds,
             .native = {4}};
    const double available = d.held[0] * draw.log_uniform(1e-3, 10.0);
    const auto r = top_up{.available = available}.size(p);
    if (r.amount == 0.0) continue;
    ASSERT_EQ(cases::fault_of(p, r), "") << i;
    ASSERT_LE(r.amount, p.collateral_limits.supply_room);
    ASSERT_LE(r.amount + r.gas_in_kind, available * (1.0 + 1e-15));
    (r.has_value() ? reached : short_of) += 1;
    if (r.has_value()) {
      auto less = r;
      less.changes[0].collateral_by *= 1.0 - 1e-10;
      ASSERT_LT(cases::exact_health(after(p.liquidation, less), p.prices), p.target * (1.0L + 1e-15L)) << i;
    }
  }
  EXPECT_GT(reached, 1000);
  EXPECT_GT(short_of, 1000);
}

}  // namespace
}  // namespace trimtab
