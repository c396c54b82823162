// SPDX-License-Identifier: MIT
#include <trimtab/health/aave_v3.hpp>
#include <trimtab/liquidity/frictionless.hpp>
#include <trimtab/sizing/switch_emode.hpp>

#include "support/remedies.hpp"

namespace trimtab {
namespace {

using health::aave_v3;
using health::aave_v3_emode;
using health::aave_v3_reserve;
using sizing::limit;
using sizing::switch_emode;

constexpr asset_id weth{1}, steth{2}, usdc{3};
constexpr aave_v3_reserve reserves[] = {
    {weth, {0}, {0}, {8050.0}, {8300.0}, {500.0}, {1000.0}},
    {steth, {1}, {1}, {7500.0}, {7900.0}, {600.0}, {2000.0}},
    {usdc, {2}, {2}, {7500.0}, {7800.0}, {450.0}, {1000.0}},
};
constexpr aave_v3_emode categories[] = {
    {.id = 1,
     .ltv = {9300.0},
     .threshold = {9500.0},
     .bonus = {100.0},
     .collateral_bitmap = 0b011,
     .borrowable_bitmap = 0b001},
    {.id = 2,
     .ltv = {8200.0},
     .threshold = {8500.0},
     .bonus = {200.0},
     .collateral_bitmap = 0b011,
     .borrowable_bitmap = 0b001,
     .ltv_zero_bitmap = 0b010},
};
constexpr aave_v3 of(std::uint8_t emode) {
  return {.reserves = reserves, .emodes = categories, .emode = emode};
}
constexpr double quoted[] = {3000.0, 3000.0, 1.0};
const liquidity::frictionless unused{1.0};

account<> holder(double stake, double debt, asset_id debt_asset) {
  account<> a;
  static_cast<void>(a.add({.asset = steth, .collateral = stake}));
  static_cast<void>(a.add({.asset = debt_asset, .debt = debt}));
  return a;
}
sizing::problem<liquidity::frictionless> problem_of(const aave_v3& model, const account<>& a, double target) {
  sizing::problem<liquidity::frictionless> p;
  p.liquidation = model.liquidation_form<double>(a);
  p.borrow = model.borrow_form<double>(a);
  p.prices = oracle_prices<double>{quoted};
  p.collateral = steth, p.debt = weth;
  p.venue = &unused;
  p.fair_rate = 1.0;
  p.target = target;
  return p;
}

TEST(SwitchEmode, TakesTheOtherCategorysThresholds) {
  const auto a = holder(10.0, 7.5, weth);  // 7.9/7.5 = 1.053; in the category 9.5/7.5 = 1.267
  const auto p = problem_of(of(0), a, 1.25);
  const auto r = switch_emode(of(1)).size(p, a);
  ASSERT_EQ(r.status, errc::ok) << name(r.status) << name(r.binding);
  EXPECT_DOUBLE_EQ(r.health_before, 7.9 / 7.5);
  EXPECT_DOUBLE_EQ(r.health_after, 9.5 / 7.5);
  EXPECT_DOUBLE_EQ(r.borrow_health_after, 9.3 / 7.5);
  EXPECT_EQ(r.health_after, health_factor(of(1), a, p.prices));
  EXPECT_EQ(r.cost.total(), 0.0);
  EXPECT_EQ(r.amount, 0.0);
}

TEST(SwitchEmode, IsAtTheTargetToTwelveDigits) {
  const auto a = holder(10.0, 7.5, weth);
  const double there = 9.5 / 7.5;
  EXPECT_EQ(switch_emode(of(1)).size(problem_of(of(0), a, there * (1.0 - 1e-12)), a).status, errc::ok);
  const auto r = switch_emode(of(1)).size(problem_of(of(0), a, there * (1.0 + 1e-12)), a);
  EXPECT_EQ(r.status, errc::infeasible);
  EXPECT_EQ(r.binding, limit::category);
  EXPECT_DOUBLE_EQ(r.health_after, there) << "better, though short of it";
}

TEST(SwitchEmode, NamesWhatTheProtocolRefuses) {
  const auto expect = [](const sizing::remedy& r, errc why, limit binding) {
    EXPECT_EQ(r.status, why) << name(r.status);
    EXPECT_EQ(r.binding, binding) << name(r.binding);
  };
  const auto weth_debt = holder(10.0, 7.5, weth), usdc_debt = holder(10.0, 21'000.0, usdc);
  expect(switch_emode(of(1)).size(problem_of(of(0), usdc_debt, 1.25), usdc_debt), errc::infeasible, limit::reserve);
  expect(switch_emode(of(2)).size(problem_of(of(0), weth_debt, 1.25), weth_debt), errc::infeasible, limit::reserve);
  expect(switch_emode(of(2), false).size(problem_of(of(0), weth_debt, 1.1), weth_debt), errc::ok, limit::none);
  expect(switch_emode(of(9)).size(problem_of(of(0), weth_debt, 1.25), weth_debt), errc::unknown_emode, limit::none);
  expect(switch_emode(of(0)).size(problem_of(of(1), weth_debt, 1.3), weth_debt), errc::would_worsen, limit::pole);
  expect(switch_emode(of(1)).size(problem_of(of(0), weth_debt, 1.01), weth_debt), errc::already_there, limit::none);
  const auto deep_under = holder(10.0, 9.6, weth);
  expect(switch_emode(of(1)).size(problem_of(of(0), deep_under, 1.25), deep_under), errc::infeasible,
         limit::health_floor);
  auto p = problem_of(of(0), weth_debt, 1.25);
  p.gas = {.transaction_gas = 1e5, .price_native = 1e-8, .tank_native = 1.0, .native = {0}};
  const auto paid = switch_emode(of(1)).size(p, weth_debt);
  EXPECT_EQ(paid.status, errc::ok);
  EXPECT_NEAR(paid.cost.total(), 3.0, 1e-12);
  p.gas.paid_from = gas_payer::proceeds;
  expect(switch_emode(of(1)).size(p, weth_debt), errc::gas_tank, limit::none);
}

}  // namespace
}  // namespace trimtab
