// SPDX-License-Identifier: MIT
#include <trimtab/health/fluid_t1.hpp>

#include "laws/health_model_laws.hpp"
#include "laws/health_scalar_laws.hpp"
#include "laws/liquidation_laws.hpp"
#include <algorithm>
#include <cmath>

namespace trimtab {
namespace {

using health::fluid_t1;
using T = test::tolerance<double>;

constexpr asset_id weth{1}, usdc{2};
// Slots: 0 operate, 1 liquidate, 2 debt.
constexpr fluid_t1 vault{.collateral = weth,
                         .debt = usdc,
                         .operate_slot = {0},
                         .liquidate_slot = {1},
                         .debt_slot = {2},
                         .collateral_factor = {8700.0},
                         .threshold = {9000.0},
                         .maximum_limit = {9500.0},
                         .penalty = {200.0},
                         .debt_decimals = 6};
constexpr account<> position(double collateral, double debt) {
  account<> a;
  static_cast<void>(a.add({.asset = weth, .collateral = collateral}));
  static_cast<void>(a.add({.asset = usdc, .debt = debt}));
  return a;
}
constexpr double quotes[] = {1980.0, 2000.0, 1.0};
const oracle_prices<double> at(quotes);
constexpr liquidation_request all{.debt = usdc, .collateral = weth};

static_assert(vault.validate(position(1.0, 1.0)) == errc::ok);
static_assert(vault.liquidation_boundary() == boundary::below_one);

TEST(FluidT1, BorrowsAtOneRateAndLiquidatesAtAnother) {
  const account<> a = position(10.0, 16'000.0);
  EXPECT_TRUE(test::close(health_factor(vault.liquidation_form<double>(a), at), 18'000.0 / 16'000.0, T::formula));
  EXPECT_TRUE(test::close(health_factor(vault.borrow_form<double>(a), at), 17'226.0 / 16'000.0, T::formula));
  EXPECT_EQ(vault.withdrawal_checked_by(), withdrawal_check::borrow_form);
}

TEST(FluidT1, TicksAreFifteenBasisPointsApart) {
  for (const int tick : {-32767, -1000, -1, 0, 1, 7, 462, 32767}) {
    const long double ratio = std::pow(1.0015L, static_cast<long double>(tick));
    EXPECT_NEAR(fluid_t1::tick_of(static_cast<double>(ratio)), tick, 1e-10) << tick;
  }
  EXPECT_NEAR(fluid_t1::tick_of(2.0), 462.44460738508263, 1e-10) << "ln 2 / ln 1.0015";
}

TEST(FluidT1, TheContractsTickIsWithinTheBoundThatTheModelStates) {
  // The contract by integers: position on the tick above its ratio, liquidated where that is above the tick of the
  // threshold. Whatever the phase of the ticks (exchange prices), it liquidates at 1 and below, and not above the
  // bound.
  test::random_numbers random(7);
  int early = 0;
  for (int i = 0; i < 20'000; ++i) {
    const double phase = random.log_uniform(0.1, 10.0), limit = 1800.0 * phase;
    const double health = random.uniform(0.995, 1.005), ratio = limit / health;
    const bool contract = std::floor(fluid_t1::tick_of(ratio)) + 1.0 > std::floor(fluid_t1::tick_of(limit));
    const bool model = liquidatable_at(vault.liquidation_boundary(), health);
    const double bound = vault.rounding_bound(position(1.0, 1800.0), at);
    if (model) {
      EXPECT_TRUE(contract) << health;
    }
    if (health > 1.0 + bound) {
      EXPECT_FALSE(contract) << health;
    }
    early += contract && !model ? 1 : 0;
  }
  EXPECT_GT(early, 500) << "the tolerance is real";
  EXPECT_GT(vault.rounding_bound(position(1.0, 1800.0), at), 0.0015);
  EXPECT_LT(vault.rounding_bound(position(1.0, 1800.0), at), 0.0015 + 1.1e-8);
  EXPECT_EQ(vault.rounding_bound(position(1.0, 0.0), at), 0.0);
}

TEST(FluidT1, AFullLiquidationOfTheVaultLeavesThePositionAtItsThreshold) {
  // 10 ETH at 2000, debt 18,500: above 18,000 by 500. 500 / (1 − 0.9·1.02) = 500 / 0.082 = 6097.56097…; the liquidator
  // gets 6219.512… worth of ETH. Left: 12,402.439… against 13,780.487…·0.9 = 12,402.439….
  const account<> a = position(10.0, 18'500.0);
  const auto out = vault.liquidate(a, at, all);
  ASSERT_TRUE(out.has_value());
  EXPECT_TRUE(test::close(static_cast<long double>(out->repaid), 500.0L / 0.082L, 1e-13L));
  EXPECT_TRUE(test::close(static_cast<long double>(out->seized), 500.0L / 0.082L * 1.02L / 2000.0L, 1e-13L));
  const account<> left = after_liquidation(a, all, *out);
  EXPECT_NEAR(health_factor(vault.liquidation_form<double>(left), at), 1.0, 1e-13);
  const auto part = vault.liquidate(a, at, {.debt = usdc, .collateral = weth, .repay = 1000.0});
  EXPECT_EQ(part->repaid, 1000.0);
  EXPECT_TRUE(test::close(part->seized, 0.51, T::formula));
}

TEST(FluidT1, AboveTheMaximumLimitThePositionIsAbsorbed) {
  const account<> a = position(10.0, 19'100.0);
  EXPECT_EQ(vault.liquidate(a, at, all).error(), errc::not_liquidatable);
  const auto out = vault.absorb(a, at);
  ASSERT_TRUE(out.has_value());
  EXPECT_EQ(out->seized, 10.0);
  EXPECT_EQ(out->repaid, 19'100.0);
  EXPECT_EQ(out->bad_debt, 0.0);
  EXPECT_TRUE(out->whole_account);
  EXPECT_EQ(vault.absorb(position(10.0, 21'000.0), at)->bad_debt, 1000.0);
  EXPECT_EQ(vault.absorb(position(0.0, 5.0), at)->bad_debt, 5.0);
  EXPECT_EQ(vault.absorb(position(10.0, 18'900.0), at).error(), errc::not_liquidatable);
  EXPECT_EQ(vault.absorb(position(10.0, 1.0), at).error(), errc::not_liquidatable);
  EXPECT_EQ(vault.absorb(position(10.0, std::numeric_limits<double>::quiet_NaN()), at).error(), errc::not_finite);
}

TEST(FluidT1, TinyAmountsAreRefused) {
  EXPECT_EQ(vault.liquidate(position(10.0, 18'500.0), at, {.debt = usdc, .collateral = weth, .repay = 0.0099}).error(),
            errc::dust);
  EXPECT_TRUE(
      vault.liquidate(position(10.0, 18'500.0), at, {.debt = usdc, .collateral = weth, .repay = 0.0101}).has_value());
}

TEST(FluidT1, ARateThatWouldLendOnWhatIsLiquidatedIsRefused) {
  // 0.87 of the operate rate against 0.9 of 2000: the borrow form is the looser one from 2068.97 on.
  const account<> a = position(10.0, 17'900.0);
  for (const double operate : {2000.0, 2068.9, 2069.0, 2500.0}) {
    const double rates[] = {operate, 2000.0, 1.0};
    const oracle_prices<double> prices(rates);
    const errc expected = operate > 2068.95 ? errc::outside_validity : errc::ok;
    EXPECT_EQ(validate(vault, a, prices), expected) << operate;
    if (expected == errc::ok) {
      EXPECT_LE(health_factor(vault.borrow_form<double>(a), prices),
                health_factor(vault.liquidation_form<double>(a), prices));
    } else {
      EXPECT_EQ(vault.liquidate(position(10.0, 18'500.0), prices, all).error(), expected);
    }
  }
  account<> owes;
  ASSERT_EQ(owes.add({.asset = usdc, .debt = 1.0}), errc::ok);
  EXPECT_EQ(vault.holds_at(owes, {}), errc::ok) << "no rate is read";
}

TEST(FluidT1, WhatIsBelowOneByRoundingAloneIsNotLiquidated) {
  test::random_numbers random(20240219);
  int below = 0;
  for (int i = 0; i < 200'000; ++i) {
    const double held = random.uniform(0.5, 2.0), price = random.uniform(1000.0, 4000.0);
    const account<> a = position(held, 0.9 * held * price * (1.0 + (i % 3) * 0x1p-53));
    const double rates[] = {price, price, 1.0};
    const auto out = vault.liquidate(a, oracle_prices<double>(rates), all);
    if (!out.has_value()) {
      EXPECT_EQ(out.error(), errc::not_liquidatable);
      below += health_factor(vault.liquidation_form<double>(a), oracle_prices<double>(rates)) < 1.0;
      continue;
    }
    EXPECT_GT(out->repaid, 0.0);
    EXPECT_GT(out->seized, 0.0);
  }
  EXPECT_GT(below, 0) << "a test that never meets one says nothing";
}

TEST(FluidT1, AVaultThatCannotBeIsRefused) {
  const auto with = [](auto change) {
    fluid_t1 v = vault;
    change(v);
    return v.validate(position(1.0, 1.0));
  };
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const double bad : {nan, 0.0, 9001.0})
    EXPECT_EQ(with([&](auto& v) { v.collateral_factor = {bad}; }), errc::threshold_range) << bad;
  for (const double bad : {nan, 8699.0, 9501.0})
    EXPECT_EQ(with([&](auto& v) { v.threshold = {bad}; }), errc::threshold_range) << bad;
  for (const double bad : {nan, 10'001.0})
    EXPECT_EQ(with([&](auto& v) { v.maximum_limit = {bad}; }), errc::threshold_range) << bad;
  for (const double bad : {nan, -1.0, 600.0})
    EXPECT_EQ(with([&](auto& v) { v.penalty = {bad}; }), errc::bad_configuration) << bad;
  EXPECT_EQ(with([](auto& v) { v.debt = weth; }), errc::bad_configuration);
  for (const int bad : {-1, 28}) {
    EXPECT_EQ(with([&](auto& v) { v.debt_decimals = bad; }), errc::bad_configuration) << bad;
    EXPECT_EQ(with([&](auto& v) { v.collateral_decimals = bad; }), errc::bad_configuration) << bad;
  }
  account<> wrong;
  ASSERT_EQ(wrong.add({.asset = usdc, .collateral = 1.0}), errc::ok);
  EXPECT_EQ(vault.validate(wrong), errc::asset_mismatch);
}

}  // namespace

namespace laws {
namespace {

// A health_case whose liquidatable states lie below the maximum limit: above it the vault absorbs.
struct below_maximum : health_case<fluid_t1, 3> {
  void set_health(double target) { health_case::set_health(target < 1.0 ? 9000.0 / 9500.0 + target * 0.052 : target); }
};
struct vault_case {
  static long double direct(const auto& c) {
    return static_cast<long double>(c.account[0].collateral) * c.prices[1] * 0.9L /
           (static_cast<long double>(c.account[1].debt) * c.prices[2]);
  }
  static void settle(auto& c) {
    if (c.prices[0] > c.prices[1]) std::swap(c.prices[0], c.prices[1]);
  }
  static auto make() {
    return below_maximum{{vault, position(10.0, 12'900.0), {1980.0, 2000.0, 1.0}, weth, usdc, {1}, {2}}};
  }
};
using vaults = testing::Types<vault_case>;
INSTANTIATE_TYPED_TEST_SUITE_P(FluidT1, HealthModelLaws, vaults);
INSTANTIATE_TYPED_TEST_SUITE_P(FluidT1, LiquidationLaws, vaults);
INSTANTIATE_TYPED_TEST_SUITE_P(FluidT1, HealthScalarLaws, vaults);

}  // namespace
}  // namespace laws
}  // namespace trimtab
