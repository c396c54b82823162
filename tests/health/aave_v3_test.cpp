// SPDX-License-Identifier: MIT
#include <trimtab/health/aave_v3.hpp>

#include "laws/health_model_laws.hpp"
#include "laws/health_scalar_laws.hpp"
#include "laws/liquidation_laws.hpp"

namespace trimtab {
namespace {

using health::aave_v3;
using health::aave_v3_emode;
using health::aave_v3_release;
using health::aave_v3_reserve;
using T = test::tolerance<double>;

constexpr asset_id weth{1}, wbtc{2}, usdc{3}, steth{4};
constexpr aave_v3_reserve reserves[] = {
    {weth, {0}, {1}, {8050.0}, {8300.0}, {500.0}, {1000.0}},
    {wbtc, {2}, {3}, {7300.0}, {7800.0}, {500.0}, {1000.0}},
    {usdc, {4}, {5}, {7500.0}, {7800.0}, {450.0}, {1000.0}},
    {steth, {6}, {7}, {0.0}, {7900.0}, {600.0}, {2000.0}},
};
constexpr aave_v3 pool{.reserves = reserves};
// Correlated assets, ETH and stETH; stETH may no longer back new debt.
constexpr aave_v3_emode categories[] = {
    {.id = 7, .ltv = {5000.0}, .threshold = {6000.0}, .bonus = {700.0}, .collateral_bitmap = 0b0100},
    {.id = 1,
     .ltv = {9300.0},
     .threshold = {9500.0},
     .bonus = {100.0},
     .collateral_bitmap = 0b1001,
     .borrowable_bitmap = 0b0101,
     .ltv_zero_bitmap = 0b1000},
};
constexpr aave_v3 correlated{.reserves = reserves, .emodes = categories, .emode = 1};
constexpr double quoted[] = {3123.45678901, 3123.45678901, 97654.32109876, 97654.32109876,
                             0.99987654,    0.99987654,    3100.0,         3100.0};
constexpr oracle_prices<double> prices{quoted};

constexpr account<> holder(std::initializer_list<holding> list) {
  account<> a;
  for (const holding& h : list) static_cast<void>(a.add(h));
  return a;
}
constexpr account<> two_collaterals(double usdc_debt) {
  return holder({{.asset = weth, .collateral = 1.500000000000000001},
                 {.asset = wbtc, .collateral = 0.02345678},
                 {.asset = usdc, .debt = usdc_debt}});
}
constexpr double health(const aave_v3& model, const account<>& a) {
  return health_factor(model.liquidation_form<double>(a), prices);
}

static_assert(health(pool, two_collaterals(0.0)) == infinity);
static_assert(health(pool, two_collaterals(5675.548097)) > 1.0,
              "v3.5: healthy; v3.4 floored the threshold and liquidated");
static_assert(pool.validate(two_collaterals(1.0)) == errc::ok);
static_assert(pool.bonus(account<>{}, {}, weth) == basis_points{500.0} &&
              correlated.bonus(account<>{}, {}, weth) == basis_points{100.0});
static_assert(correlated.bonus(account<>{}, {}, usdc) == basis_points{450.0} &&
              pool.bonus(account<>{}, {}, {99}) == basis_points{});

TEST(AaveV3, TheWorkedAccountsReadTheContractsHealth) {
  // v3.5 and later, integers of the contract: 1.044919235342805420 and 1.000100078603120937.
  EXPECT_NEAR(health(pool, two_collaterals(5432.109876)), 1.044919235342805420, 1e-11)
      << "the contract rounds values to 1e-8";
  EXPECT_NEAR(health(pool, two_collaterals(5675.548097)), 1.000100078603120937, 1e-11);
}

TEST(AaveV3, TheWorkedLiquidationSeizesWhatTheContractSeizes) {
  // 1234.567891 USDC repaid: 0.41299248063656026 WETH seized, of which 0.001976040577208422 is the protocol's.
  const auto a = holder({{.asset = weth, .collateral = 3.0}, {.asset = usdc, .debt = 8000.0}});
  const auto outcome = pool.liquidate(a, prices, {.debt = usdc, .collateral = weth, .repay = 1234.567891});
  ASSERT_TRUE(outcome.has_value());
  EXPECT_EQ(outcome->repaid, 1234.567891);
  EXPECT_NEAR(outcome->seized, 0.412992480636560260 + 0.001976040577208422, 1e-15);
  EXPECT_NEAR(outcome->protocol_fee, 0.001976040577208422, 1e-14);
}

TEST(AaveV3, EfficiencyModeChoosesThresholdAndBonusByBitmap) {
  const auto a = holder(
      {{.asset = weth, .collateral = 10.0}, {.asset = wbtc, .collateral = 1.0}, {.asset = usdc, .debt = 1000.0}});
  const auto f = correlated.liquidation_form<double>(a);
  EXPECT_EQ(f.collateral.find(weth)->weight, 0.95);
  EXPECT_EQ(f.collateral.find(wbtc)->weight, 0.78);
  EXPECT_EQ(correlated.borrow_form<double>(a).collateral.find(weth)->weight, 0.93);
}

TEST(AaveV3, ZeroLtvBacksNoNewDebtButStillCountsForLiquidation) {
  const auto a = holder({{.asset = steth, .collateral = 10.0}, {.asset = usdc, .debt = 1000.0}});
  EXPECT_EQ(pool.borrow_form<double>(a).collateral.find(steth)->weight, 0.0);
  EXPECT_EQ(pool.liquidation_form<double>(a).collateral.find(steth)->weight, 0.79);
  EXPECT_EQ(correlated.borrow_form<double>(a).collateral.find(steth)->weight, 0.0);
  EXPECT_EQ(correlated.liquidation_form<double>(a).collateral.find(steth)->weight, 0.95);
}

TEST(AaveV3, AHeldCollateralOfZeroLtvKeepsTheOthersIn) {
  const auto with = [](double of_steth, double debt, bool enabled = true) {
    return holder({{.asset = weth, .collateral = 10.0},
                   {.asset = steth, .collateral = of_steth, .used_as_collateral = enabled},
                   {.asset = usdc, .debt = debt}});
  };
  EXPECT_FALSE(pool.may_withdraw(with(1.0, 1000.0), weth));
  EXPECT_TRUE(pool.may_withdraw(with(1.0, 1000.0), steth)) << "it must leave first";
  EXPECT_TRUE(pool.may_withdraw(with(0.0, 1000.0), weth)) << "listed, not held";
  EXPECT_TRUE(pool.may_withdraw(with(1.0, 1000.0, false), weth)) << "held, not enabled";
  EXPECT_TRUE(pool.may_withdraw(with(1.0, 0.0), weth)) << "the contract asks only who owes";
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_FALSE(pool.may_withdraw(with(nan, 1000.0), weth)) << "a NaN is never a licence";
  EXPECT_FALSE(pool.may_withdraw(with(1.0, nan), weth));
}

TEST(AaveV3, WhatIsNotEnabledMayLeaveWhateverElseIsHeld) {
  const auto a = holder({{.asset = weth, .collateral = 10.0, .used_as_collateral = false},
                         {.asset = steth, .collateral = 1.0},
                         {.asset = usdc, .debt = 1000.0}});
  EXPECT_TRUE(pool.may_withdraw(a, weth));
  EXPECT_FALSE(pool.may_withdraw(a, wbtc)) << "not held: it would be enabled";
}

TEST(AaveV3, EfficiencyModeDecidesWhoseLtvIsZero) {
  const auto a = holder(
      {{.asset = weth, .collateral = 10.0}, {.asset = steth, .collateral = 1.0}, {.asset = usdc, .debt = 1000.0}});
  EXPECT_FALSE(correlated.may_withdraw(a, weth)) << "in the category, LTV 0 by its second bitmap";
  auto category = categories[1];
  category.ltv_zero_bitmap = 0;
  const aave_v3 lifted{.reserves = reserves, .emodes = {&category, 1}, .emode = 1};
  EXPECT_TRUE(lifted.may_withdraw(a, weth)) << "stETH's own LTV of 0 does not count in the category";
  auto before = lifted;
  before.release = aave_v3_release::v3_5;
  EXPECT_FALSE(before.may_withdraw(a, weth)) << "up to v3.5 it does";
}

TEST(AaveV3, WhatHasNoThresholdWasNoCollateralUntilVersionThreeSix) {
  constexpr aave_v3_reserve two[] = {reserves[0], {steth, {6}, {7}, {0.0}, {0.0}, {500.0}, {0.0}}};
  const auto a = holder({{.asset = weth, .collateral = 10.0, .debt = 1.0}, {.asset = steth, .collateral = 1.0}});
  // 1 WETH against 2 of debt: sick, and the stETH is worth more than the rest.
  const auto sick = holder({{.asset = weth, .collateral = 1.0, .debt = 2.0}, {.asset = steth, .collateral = 1.0}});
  for (const auto release : {aave_v3_release::v3_3, aave_v3_release::v3_5, aave_v3_release::v3_6}) {
    const aave_v3 model{.reserves = two, .release = release};
    const bool counts = release >= aave_v3_release::v3_6;
    EXPECT_EQ(model.may_withdraw(a, weth), !counts) << "it keeps the others in";
    EXPECT_EQ(model.liquidate(sick, prices, {.debt = weth, .collateral = steth}).error(),
              counts ? errc::ok : errc::asset_mismatch)
        << "it is seized";
    const auto rest = model.liquidate(sick, prices, {.debt = weth, .collateral = weth});
    ASSERT_TRUE(rest.has_value());
    EXPECT_EQ(rest->seized, 1.0);
    EXPECT_EQ(rest->bad_debt > 0.0, !counts) << "it is collateral that is left";
    EXPECT_EQ(rest->all_debt_written_off, !counts);
  }
}

TEST(AaveV3, NothingOfACollateralIsNothingToSeize) {
  const auto sick = holder({{.asset = weth, .collateral = 1.0}, {.asset = wbtc}, {.asset = usdc, .debt = 3000.0}});
  EXPECT_EQ(pool.liquidate(sick, prices, {.debt = usdc, .collateral = wbtc}).error(), errc::asset_mismatch);
  const auto bare = holder({{.asset = weth}, {.asset = usdc, .debt = 3000.0}});
  EXPECT_EQ(pool.liquidate(bare, prices, {.debt = usdc, .collateral = weth}).error(), errc::asset_mismatch);
}

TEST(AaveV3, WhatIsNotEnabledAsCollateralCountsForNothing) {
  const auto a =
      holder({{.asset = weth, .collateral = 10.0, .used_as_collateral = false}, {.asset = usdc, .debt = 1000.0}});
  EXPECT_EQ(health(pool, a), 0.0);
  EXPECT_EQ(pool.liquidate(a, prices, {.debt = usdc, .collateral = weth}).error(), errc::asset_mismatch);
}

TEST(AaveV3, BeforeVersionThreeFiveTheThresholdIsFlooredToABasisPoint) {
  // v3.4 and earlier, integers of the contract: 1.044814551857303082 and 0.999999885249777693.
  const aave_v3 old{.reserves = reserves, .release = aave_v3_release::v3_3};
  EXPECT_NEAR(old.contract_health(two_collaterals(5432.109876), prices), 1.044814551857303082, 1e-11);
  EXPECT_NEAR(old.contract_health(two_collaterals(5675.548097), prices), 0.999999885249777693, 1e-11);
  EXPECT_EQ(old.liquidation_form<double>(two_collaterals(1.0)).collateral.find(wbtc)->weight, 0.78) << "not of a form";
  EXPECT_TRUE(old.liquidate(two_collaterals(5675.548097), prices, {.debt = usdc, .collateral = weth}).has_value());
  EXPECT_EQ(pool.liquidate(two_collaterals(5675.548097), prices, {.debt = usdc, .collateral = weth}).error(),
            errc::not_liquidatable);
  const auto a = two_collaterals(5675.548097);
  EXPECT_GT(old.rounding_bound(a, prices), 1.0 - 0.999999885249777693 / 1.000100078603120937);
  EXPECT_LT(old.rounding_bound(a, prices), 1.1e-4);
  EXPECT_LT(old.reading(a, prices).bound, 1e-8) << "a smallest unit of WBTC and of USDC";
  EXPECT_EQ(pool.contract_health(a, prices), health(pool, a));
}

TEST(AaveV3, OneWeiOfDebtIsAUnitOfTheBaseCurrencyOrNothing) {
  // 0 up to v3.4, 1 since: no bound says how far that is from 3·10⁻¹⁵.
  const auto a = holder({{.asset = usdc, .collateral = 1.0}, {.asset = weth, .debt = 1e-18}});
  for (const auto release : {aave_v3_release::v3_3, aave_v3_release::v3_5})
    EXPECT_EQ((aave_v3{.reserves = reserves, .release = release}.rounding_bound(a, prices)), infinity);
}

TEST(AaveV3, OneThresholdIsNeverFlooredAway) {
  const aave_v3 old{.reserves = reserves, .release = aave_v3_release::v3_0};
  for (double tokens = 1e-6; tokens < 1e9; tokens *= 1.37) {
    const auto a = holder({{.asset = weth, .collateral = tokens}, {.asset = usdc, .debt = 1000.0}});
    EXPECT_TRUE(test::close(old.contract_health(a, prices), health(old, a), T::formula)) << tokens;
  }
}

TEST(AaveV3, ACategoryMayPriceItsAssetsUntilVersionThreeTwo) {
  constexpr price_slot own{8}, owns_debt{9};
  auto table = std::to_array(reserves);
  for (const std::size_t i : {0U, 3U}) {
    table[i].ltv = {5000.0};
    table[i].emode_collateral_slot = own;
    table[i].emode_debt_slot = owns_debt;
  }
  auto category = categories[1];
  category.borrowable_bitmap = category.collateral_bitmap;
  category.price_source = true;
  aave_v3 old{.reserves = table, .emodes = {&category, 1}, .emode = 1, .release = aave_v3_release::v3_0};
  const auto a =
      holder({{.asset = weth, .collateral = 10.0}, {.asset = wbtc, .collateral = 1.0}, {.asset = steth, .debt = 8.0}});
  EXPECT_EQ(old.liquidation_form<double>(a).collateral.find(weth)->slot, own);
  EXPECT_EQ(old.borrow_form<double>(a).collateral.find(weth)->slot, own);
  EXPECT_EQ(old.liquidation_form<double>(a).collateral.find(wbtc)->slot, price_slot{2}) << "not of the category";
  EXPECT_EQ(old.liquidation_form<double>(a).debt.find(steth)->slot, owns_debt);
  EXPECT_EQ(validate(old, a, prices), errc::size_mismatch) << "eight prices";
  old.release = aave_v3_release::v3_2;
  EXPECT_EQ(old.liquidation_form<double>(a).collateral.find(weth)->slot, price_slot{0});

  // The whole debt of 8 stETH at 3000, the category's price, buys 8.08 WETH at 3000.
  old.release = aave_v3_release::v3_0;
  constexpr double quotes[] = {3100.0, 3100.0, 1.0, 1.0, 1.0, 1.0, 2900.0, 2900.0, 3000.0, 3000.0};
  const auto sick = holder({{.asset = weth, .collateral = 8.2}, {.asset = steth, .debt = 8.0}});
  const auto outcome =
      old.liquidate(sick, oracle_prices<double>(quotes), {.debt = steth, .collateral = weth, .repay = 1.0});
  ASSERT_TRUE(outcome.has_value());
  EXPECT_TRUE(test::close(outcome->seized, 1.01, T::formula));

  // A category prices any debt when it liquidates, that of an asset outside it too, which no form reads there.
  const auto outside = holder({{.asset = weth, .collateral = 1.0}, {.asset = usdc, .debt = 3000.0}});
  EXPECT_EQ(validate(old, outside, oracle_prices<double>(quotes)), errc::ok);
  EXPECT_EQ(old.liquidate(outside, oracle_prices<double>(quotes), {.debt = usdc, .collateral = weth}).error(),
            errc::size_mismatch);
  table[2].emode_debt_slot = owns_debt;
  EXPECT_TRUE(old.liquidate(outside, oracle_prices<double>(quotes), {.debt = usdc, .collateral = weth}).has_value());
}

TEST(AaveV3, InACategoryOnlyItsBorrowablesAreLent) {
  const auto a = holder({{.asset = weth, .collateral = 10.0}});
  EXPECT_TRUE(correlated.may_borrow(a, usdc));
  EXPECT_FALSE(correlated.may_borrow(a, wbtc));
  EXPECT_FALSE(correlated.may_borrow(a, {99}));
  EXPECT_TRUE(pool.may_borrow(a, wbtc));
  auto closed = std::to_array(reserves);
  closed[2].borrowable = false;
  EXPECT_FALSE((aave_v3{.reserves = closed}.may_borrow(a, usdc)));
  aave_v3 apart{.reserves = closed, .emodes = categories, .emode = 1};
  EXPECT_TRUE(apart.may_borrow(a, usdc)) << "the category's list alone decides";
  apart.release = aave_v3_release::v3_5;
  EXPECT_FALSE(apart.may_borrow(a, usdc));
}

TEST(AaveV3, IsolatedCollateralBacksOnlyWhatMayBeBorrowedInIsolation) {
  auto table = std::to_array(reserves);
  table[1].debt_ceiling = 1'000'000.0;
  table[1].isolated_debt = 999'000.0;
  table[2].borrowable_in_isolation = true;
  aave_v3 old{.reserves = table, .release = aave_v3_release::v3_6};
  const auto isolated = holder({{.asset = wbtc, .collateral = 1.0}, {.asset = usdc, .debt = 10.0}});
  EXPECT_TRUE(old.may_borrow(isolated, usdc));
  EXPECT_FALSE(old.may_borrow(isolated, weth));
  EXPECT_EQ(old.borrow_room(isolated, {}, usdc), 1000.0);
  const auto with_others = holder({{.asset = wbtc, .collateral = 1.0}, {.asset = weth, .collateral = 1.0}});
  EXPECT_TRUE(old.may_borrow(with_others, weth)) << "isolation is of a sole collateral";
  EXPECT_EQ(old.borrow_room(with_others, {}, usdc), infinity);
  const auto not_enabled =
      holder({{.asset = wbtc, .collateral = 1.0}, {.asset = weth, .collateral = 1.0, .used_as_collateral = false}});
  EXPECT_FALSE(old.may_borrow(not_enabled, weth));
  table[1].isolated_debt = 1'000'001.0;
  EXPECT_FALSE(old.may_borrow(isolated, usdc)) << "the ceiling is reached";
  EXPECT_EQ(old.borrow_room(isolated, {}, usdc), 0.0);
  old.release = aave_v3_release::v3_7;
  EXPECT_TRUE(old.may_borrow(isolated, weth)) << "v3.7 has no isolation of collateral";
  EXPECT_EQ(old.borrow_room(isolated, {}, usdc), infinity);
}

TEST(AaveV3, ASiloedDebtStandsAlone) {
  auto table = std::to_array(reserves);
  table[1].siloed = true;
  aave_v3 old{.reserves = table, .release = aave_v3_release::v3_6};
  const auto owes = [](asset_id asset) {
    return holder({{.asset = steth, .collateral = 10.0}, {.asset = asset, .debt = 1.0}});
  };
  EXPECT_TRUE(old.may_borrow(owes(wbtc), wbtc)) << "more of it";
  EXPECT_FALSE(old.may_borrow(owes(wbtc), usdc));
  EXPECT_FALSE(old.may_borrow(owes(usdc), wbtc));
  EXPECT_TRUE(old.may_borrow(owes(usdc), weth));
  old.release = aave_v3_release::v3_7;
  EXPECT_TRUE(old.may_borrow(owes(usdc), wbtc));
}

TEST(AaveV3, OutsideAnIsolatedCategoryNothingBacksNewDebt) {
  auto category = categories[1];
  category.isolated = true;
  aave_v3 model{.reserves = reserves, .emodes = {&category, 1}, .emode = 1};
  const auto a = holder({{.asset = wbtc, .collateral = 1.0}, {.asset = usdc, .debt = 1.0}});
  EXPECT_EQ(model.borrow_form<double>(a).collateral.find(wbtc)->weight, 0.0);
  EXPECT_EQ(model.liquidation_form<double>(a).collateral.find(wbtc)->weight, 0.78);
  model.release = aave_v3_release::v3_6;
  EXPECT_EQ(model.borrow_form<double>(a).collateral.find(wbtc)->weight, 0.73);
}

TEST(AaveV3, AfterAnOutageOnlyTheVerySickAreLiquidated) {
  auto with_grace = std::to_array(reserves);
  with_grace[2].in_grace_period = true;
  aave_v3 down{.reserves = reserves, .release = aave_v3_release::v3_6, .sentinel_refuses = true};
  const auto ask = [](const aave_v3& model, double health) {
    const auto a = holder({{.asset = weth, .collateral = 1.0}, {.asset = usdc, .debt = 2592.0 / health}});
    return model.liquidate(a, prices, {.debt = usdc, .collateral = weth}).error();
  };
  EXPECT_EQ(ask(down, 0.97), errc::not_liquidatable);
  EXPECT_EQ(ask(down, 0.94), errc::ok);
  down.release = aave_v3_release::v3_7;
  EXPECT_EQ(ask(down, 0.97), errc::ok) << "v3.7 has no sentinel";
  EXPECT_EQ(ask(aave_v3{.reserves = with_grace}, 0.94), errc::not_liquidatable);
}

TEST(AaveV3, WhatNoCollateralCoversIsWrittenOffInEveryReserve) {
  const auto a =
      holder({{.asset = weth, .collateral = 1.0}, {.asset = usdc, .debt = 4000.0}, {.asset = wbtc, .debt = 0.01}});
  const liquidation_request request{.debt = usdc, .collateral = weth};
  const auto outcome = pool.liquidate(a, prices, request);
  ASSERT_TRUE(outcome.has_value());
  EXPECT_TRUE(test::close(outcome->bad_debt, 4000.0 - outcome->repaid, T::formula));
  EXPECT_EQ(health(pool, after_liquidation(a, request, *outcome)), infinity);
  const aave_v3 old{.reserves = reserves, .release = aave_v3_release::v3_2};
  const auto kept = old.liquidate(a, prices, request);
  ASSERT_TRUE(kept.has_value());
  EXPECT_EQ(kept->bad_debt, 0.0);
  EXPECT_TRUE(test::close(kept->debt_left, 4000.0 - kept->repaid, T::formula));
  EXPECT_EQ(health(old, after_liquidation(a, request, *kept)), 0.0);
}

}  // namespace

namespace laws {
namespace {

template <aave_v3_release Release, std::uint8_t Emode>
struct pool_case {
  static long double direct(const auto& c) {
    long double backed = 0.0L, owed = 0.0L;
    for (const holding& h : c.account)
      for (std::size_t i = 0; i < c.model.reserves.size(); ++i) {
        const aave_v3_reserve& r = c.model.reserves[i];
        if (!(r.asset == h.asset)) continue;
        const bool in_category = Emode == 1 && (i == 0 || i == 3);
        const double threshold = in_category ? 9500.0 : r.threshold.count;
        if (h.used_as_collateral)
          backed += static_cast<long double>(h.collateral) * c.prices[r.collateral_slot.index] * threshold;
        owed += static_cast<long double>(h.debt) * c.prices[r.debt_slot.index];
      }
    return backed / 1e4L / owed;
  }
  static auto make() {
    return health_case<aave_v3, 8>{{.reserves = reserves, .emodes = categories, .emode = Emode, .release = Release},
                                   holder({{.asset = weth, .collateral = 10.0},
                                           {.asset = wbtc, .collateral = 0.5},
                                           {.asset = usdc, .debt = 30'000.0},
                                           {.asset = steth, .debt = 2.0}}),
                                   {3123.0, 3123.0, 97654.0, 97654.0, 1.0, 1.0, 3100.0, 3100.0},
                                   weth,
                                   usdc,
                                   {0},
                                   {5}};
  }
};
template <aave_v3_release Release, std::uint8_t Emode>
struct early_pool_case : pool_case<Release, Emode> {
  static constexpr bool keeps_bad_debt = true;
};
using pools = testing::Types<early_pool_case<aave_v3_release::v3_0, 0>, early_pool_case<aave_v3_release::v3_0, 1>,
                             early_pool_case<aave_v3_release::v3_2, 1>, pool_case<aave_v3_release::v3_3, 0>,
                             pool_case<aave_v3_release::v3_5, 1>, pool_case<aave_v3_release::v3_6, 1>,
                             pool_case<aave_v3_release::v3_7, 0>, pool_case<aave_v3_release::v3_7, 1>>;
INSTANTIATE_TYPED_TEST_SUITE_P(AaveV3, HealthModelLaws, pools);
INSTANTIATE_TYPED_TEST_SUITE_P(AaveV3, LiquidationLaws, pools);
INSTANTIATE_TYPED_TEST_SUITE_P(AaveV3, HealthScalarLaws, pools);

}  // namespace
}  // namespace laws

namespace {

TEST(AaveV3, BothSidesOfOneAssetUseTheirOwnSlots) {
  const auto a = holder({{.asset = weth, .collateral = 10.0, .debt = 4.0}});
  const auto f = pool.liquidation_form<double>(a);
  EXPECT_EQ(f.collateral.find(weth)->slot.index, 0);
  EXPECT_EQ(f.debt.find(weth)->slot.index, 1);
  EXPECT_TRUE(test::close(health(pool, a), 0.83 * 10.0 / 4.0, T::formula));
}

TEST(AaveV3, AnEmptyHoldingTakesPartWithZeroSoThatASizerCanOpenIt) {
  const auto f = pool.liquidation_form<double>(holder({{.asset = weth}}));
  ASSERT_NE(f.collateral.find(weth), nullptr);
  ASSERT_NE(f.debt.find(weth), nullptr);
  EXPECT_EQ(f.collateral.find(weth)->amount, 0.0);
}

TEST(AaveV3, BadConfigurationsAreRefused) {
  auto table = std::to_array(reserves);
  table[3].threshold = {10'001.0};
  EXPECT_EQ((aave_v3{.reserves = table}.validate(account<>{})), errc::threshold_range);
  table = std::to_array(reserves);
  table[3].asset = weth;
  EXPECT_EQ((aave_v3{.reserves = table}.validate(account<>{})), errc::duplicate_asset);
  auto category = categories[0];
  category.ltv = {9900.0};
  EXPECT_EQ((aave_v3{.reserves = reserves, .emodes = {&category, 1}}.validate(account<>{})), errc::threshold_range);
  EXPECT_EQ((aave_v3{.reserves = reserves, .emodes = categories, .emode = 2}.validate(account<>{})),
            errc::unknown_emode);
  auto twice = std::to_array(categories);
  twice[1].id = twice[0].id;
  EXPECT_EQ((aave_v3{.reserves = reserves, .emodes = twice}.validate(account<>{})), errc::bad_configuration);
  EXPECT_EQ((aave_v3{.reserves = reserves, .close_factor = {.partial = {10'001.0}}}.validate(account<>{})),
            errc::bad_configuration);
}

TEST(AaveV3, MoreReservesThanABitmapHasBitsAreRefused) {
  std::array<aave_v3_reserve, 65> many{};
  for (std::uint32_t i = 0; i < many.size(); ++i) many[i].asset = {i};
  EXPECT_EQ((aave_v3{.reserves = {many.data(), 64}}.validate(account<>{})), errc::ok);
  EXPECT_EQ((aave_v3{.reserves = many}.validate(account<>{})), errc::capacity);
}

}  // namespace
}  // namespace trimtab
