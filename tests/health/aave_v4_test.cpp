// SPDX-License-Identifier: MIT
#include <trimtab/health/aave_v4.hpp>

#include "laws/health_model_laws.hpp"
#include "laws/health_scalar_laws.hpp"
#include "laws/liquidation_laws.hpp"

namespace trimtab {
namespace {

using health::aave_v4;
using health::aave_v4_config;
using health::aave_v4_key;
using health::aave_v4_reserve;
using T = test::tolerance<double>;

constexpr asset_id weth{10}, wbtc{11}, usdc{12};
constexpr aave_v4_reserve reserves[] = {
    {.asset = weth, .collateral_slot = {0}, .debt_slot = {1}, .latest_key = 2},
    {.asset = wbtc, .collateral_slot = {2}, .debt_slot = {3}, .latest_key = 1, .decimals = 8},
    {.asset = usdc, .collateral_slot = {4}, .debt_slot = {5}, .latest_key = 0, .decimals = 6},
};
constexpr aave_v4_config configs[] = {
    {weth, 0, {8300.0}, {600.0}, {1000.0}}, {weth, 1, {8500.0}, {500.0}, {1000.0}},
    {weth, 2, {8400.0}, {550.0}, {1000.0}}, {wbtc, 0, {7800.0}, {700.0}, {1000.0}},
    {wbtc, 1, {7000.0}, {800.0}, {2000.0}}, {usdc, 0, {0.0}, {450.0}, {0.0}},
};
constexpr aave_v4_key early[] = {{weth, 0}, {wbtc, 0}}, late[] = {{weth, 2}, {wbtc, 1}};
constexpr aave_v4 spoke(std::span<const aave_v4_key> keys) {
  return {.reserves = reserves,
          .configs = configs,
          .keys = keys,
          .liquidation = {.target_health = 1.05, .health_for_max_bonus = 0.9, .bonus_factor = {5000.0}}};
}
constexpr double quoted[] = {3000.0, 3000.0, 60'000.0, 60'000.0, 1.0, 1.0};
constexpr oracle_prices<double> prices{quoted};
constexpr account<> holder(double of_weth, double of_wbtc, double debt) {
  account<> a;
  static_cast<void>(a.add({.asset = weth, .collateral = of_weth}));
  static_cast<void>(a.add({.asset = wbtc, .collateral = of_wbtc}));
  static_cast<void>(a.add({.asset = usdc, .debt = debt}));
  return a;
}
constexpr double health(const aave_v4& model, const account<>& a) {
  return health_factor(model.liquidation_form<double>(a), prices);
}
static_assert(test::close(health(spoke(early), holder(10.0, 0.0, 12'450.0)), 2.0, T::formula));
static_assert(spoke(early).validate(holder(10.0, 1.0, 1.0)) == errc::ok);
static_assert(spoke(early).withdrawal_checked_by() == withdrawal_check::borrow_form);

TEST(AaveV4, TwoAccountsOfTheSameBalancesMayDifferInHealth) {
  const auto a = holder(10.0, 1.0, 60'000.0);
  EXPECT_TRUE(test::close(health(spoke(early), a), (24'900.0 + 46'800.0) / 60'000.0, T::formula));
  EXPECT_TRUE(test::close(health(spoke(late), a), (25'200.0 + 42'000.0) / 60'000.0, T::formula));
}

TEST(AaveV4, ABorrowIsJudgedByTheStricterOfOwnAndLatestConfiguration) {
  const auto f = spoke(early).borrow_form<double>(holder(10.0, 1.0, 1.0));
  EXPECT_EQ(f.collateral.find(weth)->weight, 0.83) << "own 83 %, latest 84 %";
  EXPECT_EQ(f.collateral.find(wbtc)->weight, 0.70) << "own 78 %, latest 70 %";
  const auto refreshed = spoke(late).borrow_form<double>(holder(10.0, 1.0, 1.0));
  EXPECT_EQ(refreshed.collateral.find(weth)->weight, 0.84);
}

TEST(AaveV4, ACollateralNotYetHeldTakesTheLatestConfiguration) {
  const aave_v4 model = spoke({});
  account<> a;
  ASSERT_EQ(a.add({.asset = weth}), errc::ok);
  EXPECT_EQ(model.validate(a), errc::ok);
  EXPECT_EQ(model.liquidation_form<double>(a).collateral.find(weth)->weight, 0.84);
  EXPECT_EQ(model.validate(holder(1.0, 0.0, 0.0)), errc::bad_configuration) << "one that is held has a key";
}

TEST(AaveV4, ALiquidationStopsAtTheTarget) {
  const auto a = holder(20.0, 0.0, 49'800.0 / 0.97);
  const liquidation_request request{.debt = usdc, .collateral = weth};
  EXPECT_EQ(spoke(early).bonus(a, prices, weth), basis_points{390.0});
  const auto outcome = spoke(early).liquidate(a, prices, request);
  ASSERT_TRUE(outcome.has_value());
  EXPECT_TRUE(test::close(health(spoke(early), after_liquidation(a, request, *outcome)), 1.05, T::route));
}

TEST(AaveV4, TheBonusIsThatOfTheAccountsOwnConfiguration) {
  const auto a = holder(10.0, 0.0, 30'000.0);
  EXPECT_EQ(spoke(early).bonus(a, prices, weth), basis_points{600.0});
  EXPECT_EQ(spoke(late).bonus(a, prices, weth), basis_points{550.0});
  EXPECT_EQ(spoke(late).bonus(a, prices, {99}), basis_points{});
}

TEST(AaveV4, WhatIsNoCollateralIsNotSeized) {
  const liquidation_request request{.debt = usdc, .collateral = wbtc};
  auto a = holder(10.0, 1.0, 90'000.0);
  a[1].used_as_collateral = false;
  EXPECT_EQ(spoke(early).liquidate(a, prices, request).error(), errc::asset_mismatch);
  account<> of_usdc;
  ASSERT_EQ(of_usdc.add({.asset = usdc, .collateral = 10.0, .debt = 100.0}), errc::ok);
  EXPECT_EQ(spoke(early).liquidate(of_usdc, prices, {.debt = usdc, .collateral = usdc}).error(), errc::asset_mismatch)
      << "a factor of 0";
}

TEST(AaveV4, WhatNoCollateralCoversIsWrittenOffInEveryReserve) {
  auto a = holder(1.0, 0.0, 5000.0);
  a[1].debt = 0.1;
  const liquidation_request request{.debt = usdc, .collateral = weth};
  const auto outcome = spoke(early).liquidate(a, prices, request);
  ASSERT_TRUE(outcome.has_value());
  EXPECT_TRUE(test::close(outcome->bad_debt, 5000.0 - 3000.0 / 1.06, T::formula));
  EXPECT_EQ(health(spoke(early), after_liquidation(a, request, *outcome)), infinity);
}

TEST(AaveV4, TheContractsIntegersStayWithinTheBound) {
  // Spoke._processUserAccountData in 80 bits: balances down to a unit, debt up by at most two, values at 1e-26.
  const auto a = holder(1.234567890123, 0.02345678, 4567.891234);
  const long double backed = 0.83L * std::floor(1.234567890123 * 1e18L) / 1e18L * 3000.0L +
                             0.78L * std::floor(0.02345678 * 1e8L) / 1e8L * 60'000.0L;
  const long double owed = (std::ceil(4567.891234 * 1e6L) + 1.0L) / 1e6L;
  const double bound = spoke(early).rounding_bound(a, prices);
  EXPECT_LE(std::fabs(backed / owed / health(spoke(early), a) - 1.0L), bound);
  EXPECT_LT(bound, 1e-6) << "two units of WBTC";
}

TEST(AaveV4, BadTablesAreRefused) {
  auto table = std::to_array(reserves);
  table[1].asset = weth;
  aave_v4 model = spoke(early);
  model.reserves = table;
  EXPECT_EQ(model.validate(account<>{}), errc::duplicate_asset);
  table = std::to_array(reserves);
  table[0].latest_key = 9;
  EXPECT_EQ(model.validate(account<>{}), errc::bad_configuration) << "a key that no configuration has";
  table = std::to_array(reserves);
  table[0].decimals = -1;
  EXPECT_EQ(model.validate(account<>{}), errc::bad_configuration);
  constexpr aave_v4_key twice[] = {{weth, 0}, {weth, 1}}, unknown[] = {{weth, 7}};
  EXPECT_EQ(spoke(twice).validate(account<>{}), errc::duplicate_asset);
  EXPECT_EQ(spoke(unknown).validate(account<>{}), errc::bad_configuration);
  auto bad = std::to_array(configs);
  bad[2].collateral_factor = {10'000.0};
  model = spoke(early);
  model.configs = bad;
  EXPECT_EQ(model.validate(account<>{}), errc::threshold_range);
  bad = std::to_array(configs);
  bad[1].key = bad[0].key;
  EXPECT_EQ(model.validate(account<>{}), errc::duplicate_asset) << "two factors under one key";
  model = spoke(early);
  model.liquidation.target_health = 0.5;
  EXPECT_EQ(model.validate(account<>{}), errc::bad_configuration);
}

TEST(AaveV4, WhatMayBeBorrowedIsTheReservesToSay) {
  auto table = std::to_array(reserves);
  table[2].borrowable = false;
  aave_v4 model = spoke(early);
  EXPECT_TRUE(model.may_borrow(holder(1.0, 0.0, 0.0), usdc));
  model.reserves = table;
  EXPECT_FALSE(model.may_borrow(holder(1.0, 0.0, 0.0), usdc));
  EXPECT_FALSE(model.may_borrow(holder(1.0, 0.0, 0.0), {99}));
}

}  // namespace

namespace laws {
namespace {

template <bool Late>
struct spoke_case {
  static long double direct(const auto& c) {
    const auto value = [&](long double amount, std::size_t slot) { return amount * c.prices[slot]; };
    return (value(c.account[0].collateral, 0) * (Late ? 0.84L : 0.83L) +
            value(c.account[1].collateral, 2) * (Late ? 0.70L : 0.78L)) /
           value(c.account[2].debt, 5);
  }
  static auto make() {
    return health_case<aave_v4, 6>{spoke(Late ? late : early),
                                   holder(10.0, 0.5, 40'000.0),
                                   {3000.0, 3000.0, 60'000.0, 60'000.0, 1.0, 1.0},
                                   weth,
                                   usdc,
                                   {0},
                                   {5}};
  }
};
using spokes = testing::Types<spoke_case<false>, spoke_case<true>>;
INSTANTIATE_TYPED_TEST_SUITE_P(AaveV4, HealthModelLaws, spokes);
INSTANTIATE_TYPED_TEST_SUITE_P(AaveV4, LiquidationLaws, spokes);
INSTANTIATE_TYPED_TEST_SUITE_P(AaveV4, HealthScalarLaws, spokes);

}  // namespace
}  // namespace laws
}  // namespace trimtab
