// SPDX-License-Identifier: MIT
#include <trimtab/health/aave_v3.hpp>

#include "laws/health_model_laws.hpp"
#include "laws/health_scalar_laws.hpp"
#include "laws/liquidation_laws.hpp"

namespace trimtab {
namespace {

using health::aave_v3;
using health::aave_v3_close_factor;
using health::aave_v3_emode;
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
constexpr aave_v3 correlated{.reserves = reserves, .emode = {{9300.0}, {9500.0}, {100.0}, 0b1001, 0b1000}};
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
  const aave_v3 lifted{.reserves = reserves, .emode = {{9300.0}, {9500.0}, {100.0}, 0b1001, 0b0000}};
  EXPECT_TRUE(lifted.may_withdraw(a, weth)) << "stETH's own LTV of 0 does not count in the category";
}

TEST(AaveV3, WhatHasNoThresholdIsNoCollateralAndKeepsNobodyIn) {
  constexpr aave_v3_reserve two[] = {reserves[0], {steth, {6}, {7}, {0.0}, {0.0}, {0.0}, {0.0}}};
  const auto a = holder({{.asset = weth, .collateral = 10.0, .debt = 1.0}, {.asset = steth, .collateral = 1.0}});
  EXPECT_TRUE((aave_v3{.reserves = two}.may_withdraw(a, weth)));
}

TEST(AaveV3, WhatIsNotEnabledAsCollateralCountsForNothing) {
  const auto a =
      holder({{.asset = weth, .collateral = 10.0, .used_as_collateral = false}, {.asset = usdc, .debt = 1000.0}});
  EXPECT_EQ(health(pool, a), 0.0);
  EXPECT_EQ(pool.liquidate(a, prices, {.debt = usdc, .collateral = weth}).error(), errc::asset_mismatch);
}

// 1 WETH is 3000 of base here and USDC is 1, so that values are easy to read.
constexpr double round_quotes[] = {3000.0, 3000.0, 60'000.0, 60'000.0, 1.0, 1.0, 3000.0, 3000.0};
constexpr oracle_prices<double> round_prices{round_quotes};
double repaid(const aave_v3& model, double collateral, double debt, double wbtc_debt = 0.0) {
  const auto a = holder(
      {{.asset = weth, .collateral = collateral}, {.asset = usdc, .debt = debt}, {.asset = wbtc, .debt = wbtc_debt}});
  const auto outcome = model.liquidate(a, round_prices, {.debt = usdc, .collateral = weth});
  EXPECT_TRUE(outcome.has_value()) << name(outcome.error());
  return outcome->repaid;
}

TEST(AaveV3, HalfOfTheWholePositionMayBeClosedUntilHealthIsNinetyFive) {
  // 83 % of 30,000 is 24,900.
  EXPECT_EQ(repaid(pool, 10.0, 25'000.0), 12'500.0);
  EXPECT_EQ(repaid(pool, 10.0, 26'300.0), 26'300.0) << "health 0.947";
  EXPECT_EQ(repaid(pool, 10.0, 10'000.0, 0.255), 10'000.0) << "this reserve's debt is less than half of all";
  EXPECT_EQ(repaid(pool, 10.0, 15'000.0, 0.17), 12'600.0) << "half of 25,200";
}

TEST(AaveV3, BeforeVersionThreeThreeTheHalfWasOfTheReserve) {
  const aave_v3 old{.reserves = reserves, .close_factor = aave_v3_close_factor::before_v3_3()};
  EXPECT_EQ(repaid(old, 10.0, 15'000.0, 0.17), 7500.0);
  EXPECT_EQ(repaid(old, 0.5, 1300.0), 650.0) << "small positions too";
}

TEST(AaveV3, SmallSidesMayBeClosedWhole) {
  EXPECT_EQ(repaid(pool, 0.8, 1999.0), 1999.0) << "debt below 2000";
  EXPECT_EQ(repaid(pool, 0.66, 1700.0), 1700.0) << "collateral below 2000";
}

TEST(AaveV3, NoDustIsLeftOnBothSides) {
  const auto a = holder({{.asset = weth, .collateral = 10.0}, {.asset = usdc, .debt = 27'000.0}});
  const auto with = [&](double repay) {
    return pool.liquidate(a, round_prices, {.debt = usdc, .collateral = weth, .repay = repay});
  };
  EXPECT_EQ(with(26'500.0).error(), errc::dust) << "500 of debt would be left";
  EXPECT_TRUE(with(26'000.0).has_value()) << "1000 is enough";
  EXPECT_TRUE(with(27'000.0).has_value()) << "nothing of it is left";
}

}  // namespace

namespace laws {
namespace {

template <int Emode>
struct pool_case {
  static long double direct(const auto& c) {
    long double backed = 0.0L, owed = 0.0L;
    for (const holding& h : c.account)
      for (std::size_t i = 0; i < c.model.reserves.size(); ++i) {
        const aave_v3_reserve& r = c.model.reserves[i];
        if (!(r.asset == h.asset)) continue;
        const bool in_category = ((c.model.emode.collateral_bitmap >> i) & 1U) != 0;
        const double threshold = in_category ? c.model.emode.threshold.count : r.threshold.count;
        if (h.used_as_collateral)
          backed += static_cast<long double>(h.collateral) * c.prices[r.collateral_slot.index] * threshold;
        owed += static_cast<long double>(h.debt) * c.prices[r.debt_slot.index];
      }
    return backed / 1e4L / owed;
  }
  static auto make() {
    return health_case<aave_v3, 8>{
        Emode == 1   ? correlated
        : Emode == 2 ? aave_v3{.reserves = reserves, .close_factor = aave_v3_close_factor::before_v3_3()}
                     : pool,
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
using pools = testing::Types<pool_case<0>, pool_case<1>, pool_case<2>>;
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
  const auto with = [](aave_v3_reserve r, aave_v3_emode emode = {}) {
    return aave_v3{.reserves = {&r, 1}, .emode = emode}.validate(account<>{});
  };
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(with({weth, {0}, {1}, {8050.0}, {8300.0}, {500.0}, {1000.0}}), errc::ok);
  EXPECT_EQ(with({weth, {0}, {1}, {8301.0}, {8300.0}, {500.0}, {1000.0}}), errc::bad_configuration);
  EXPECT_EQ(with({weth, {0}, {1}, {8050.0}, {10001.0}, {500.0}, {1000.0}}), errc::bad_configuration);
  EXPECT_EQ(with({weth, {0}, {1}, {8050.0}, {nan}, {500.0}, {1000.0}}), errc::bad_configuration);
  EXPECT_EQ(with({weth, {0}, {1}, {-1.0}, {8300.0}, {500.0}, {1000.0}}), errc::bad_configuration);
  EXPECT_EQ(with({weth, {0}, {1}, {8050.0}, {8300.0}, {-1.0}, {1000.0}}), errc::bad_configuration);
  EXPECT_EQ(with({weth, {0}, {1}, {8050.0}, {8300.0}, {500.0}, {10001.0}}), errc::bad_configuration);
  EXPECT_EQ(with({weth, {0}, {1}, {8050.0}, {8300.0}, {500.0}, {1000.0}}, {{9300.0}, {nan}, {100.0}, 1, 0}),
            errc::bad_configuration);
  EXPECT_EQ(with({weth, {0}, {1}, {8050.0}, {8300.0}, {500.0}, {1000.0}}, {{9300.0}, {9200.0}, {100.0}, 1, 0}),
            errc::bad_configuration);
  EXPECT_EQ(with({weth, {0}, {1}, {8050.0}, {8300.0}, {500.0}, {1000.0}}, {{9300.0}, {10500.0}, {100.0}, 1, 0}),
            errc::bad_configuration);
}

TEST(AaveV3, MoreReservesThanABitmapHasBitsAreRefused) {
  std::array<aave_v3_reserve, 65> many{};
  EXPECT_EQ((aave_v3{.reserves = many}.validate(account<>{})), errc::capacity);
}

}  // namespace
}  // namespace trimtab
