// SPDX-License-Identifier: MIT
#include <trimtab/health/morpho_pre_liquidation.hpp>

#include "laws/health_model_laws.hpp"
#include "laws/health_scalar_laws.hpp"
#include "laws/liquidation_laws.hpp"
#include <cmath>

namespace trimtab {
namespace {

using health::morpho_blue;
using health::morpho_pre_liquidation;
using T = test::tolerance<double>;

constexpr asset_id weth{1}, usdc{2};
// Slots: 0 the market's oracle, 1 the loan, 2 the pre-liquidation's own oracle.
constexpr morpho_blue market{
    .collateral = weth, .loan = usdc, .collateral_slot = {0}, .loan_slot = {1}, .lltv = {8600.0}};
constexpr morpho_pre_liquidation window{.market = market,
                                        .oracle_slot = {2},
                                        .threshold = {8000.0},
                                        .close_factor_start = {500.0},
                                        .close_factor_end = {3500.0},
                                        .bonus_start = {100.0},
                                        .bonus_end = {400.0}};
constexpr account<> position(double collateral, double debt) {
  account<> a;
  static_cast<void>(a.add({.asset = weth, .collateral = collateral}));
  static_cast<void>(a.add({.asset = usdc, .debt = debt}));
  return a;
}
constexpr double quotes[] = {2000.0, 1.0, 2000.0};
const oracle_prices<double> at(quotes);
constexpr liquidation_request all{.debt = usdc, .collateral = weth};

static_assert(window.validate(position(1.0, 1.0)) == errc::ok);
static_assert(window.liquidation_boundary() == boundary::below_one);

TEST(MorphoPreLiquidation, IsOpenAboveItsThresholdAndUpToTheMarketsOwn) {
  // 10 ETH at 2000: the window is debt in (16,000, 17,200].
  const auto said = [](double debt) { return window.liquidate(position(10.0, debt), at, all).error(); };
  EXPECT_EQ(said(15'999.0), errc::not_liquidatable);
  EXPECT_EQ(said(16'000.0), errc::not_liquidatable) << "equality is outside";
  EXPECT_EQ(said(std::nextafter(16'000.0, 2e4)), errc::ok);
  EXPECT_EQ(said(17'200.0), errc::ok) << "equality is inside";
  EXPECT_EQ(said(17'200.0 * (1.0 + 1e-14)), errc::not_liquidatable) << "Morpho's own liquidation from here";
  EXPECT_TRUE(market.liquidate(position(10.0, 17'201.0), at, all).has_value());
}

TEST(MorphoPreLiquidation, ShareAndIncentiveRiseThroughTheWindow) {
  // Debt 16,600 of 20,000: LTV 0.83, half way. Share 5 % + 15 % = 20 %: 3320. Incentive 1 % + 1.5 % = 2.5 %: seized
  // worth 3403, at 2000 that is 1.7015 ETH.
  const account<> a = position(10.0, 16'600.0);
  EXPECT_TRUE(test::close(window.position_in_window(a, at), 0.5, T::route));
  EXPECT_TRUE(test::close(window.bonus(a, at, weth).fraction(), 0.025, T::route));
  const auto out = window.liquidate(a, at, all);
  ASSERT_TRUE(out.has_value());
  EXPECT_TRUE(test::close(out->repaid, 3320.0, T::route));
  EXPECT_TRUE(test::close(out->seized, 1.7015, T::route));
  EXPECT_EQ(out->bad_debt, 0.0);
  EXPECT_EQ(out->protocol_fee, 0.0);
  EXPECT_EQ(window.liquidate(a, at, {.debt = usdc, .collateral = weth, .repay = 1000.0})->repaid, 1000.0);
}

TEST(MorphoPreLiquidation, TheEndsOfTheRampsAreTheirParameters) {
  EXPECT_TRUE(test::close(window.liquidate(position(10.0, 16'000.0 * (1.0 + 1e-15)), at, all)->repaid, 800.0, 1e-13));
  const auto out = window.liquidate(position(10.0, 17'200.0), at, all);
  EXPECT_TRUE(test::close(out->repaid, 0.35 * 17'200.0, T::route));
  EXPECT_TRUE(test::close(out->seized * 2000.0, 1.04 * 0.35 * 17'200.0, T::route));
  EXPECT_EQ(window.bonus(position(10.0, 10'000.0), at, weth), 100_bps);
  EXPECT_EQ(window.bonus(position(10.0, 19'000.0), at, weth), 400_bps);
  EXPECT_EQ(window.bonus(position(10.0, 0.0), at, weth), 100_bps);
}

TEST(MorphoPreLiquidation, ACloseFactorAboveOneTakesAllBeforeTheEnd) {
  morpho_pre_liquidation greedy = window;
  greedy.close_factor_start = {10'000.0};
  greedy.close_factor_end = {20'000.0};
  greedy.bonus_end = to_basis_points(1.0 / 0.86 - 1.0);
  ASSERT_EQ(greedy.validate(position(1.0, 1.0)), errc::ok);
  const auto out = greedy.liquidate(position(10.0, 17'200.0), at, all);
  ASSERT_TRUE(out.has_value());
  EXPECT_EQ(out->repaid, 17'200.0);
  EXPECT_TRUE(test::close(out->seized, 10.0, T::route)) << "at LLTV an incentive of 1/LLTV pays with all of it";
  EXPECT_LE(out->seized, 10.0);
}

TEST(MorphoPreLiquidation, ItsOwnOracleDecides) {
  const account<> a = position(10.0, 16'600.0);
  const double dearer[] = {2000.0, 1.0, 2100.0}, cheaper[] = {2000.0, 1.0, 1950.0};
  EXPECT_EQ(window.liquidate(a, oracle_prices<double>(dearer), all).error(), errc::not_liquidatable);
  const auto out = window.liquidate(a, oracle_prices<double>(cheaper), all);  // LTV 0.851282
  ASSERT_TRUE(out.has_value());
  const long double place = (16'600.0L / 19'500.0L - 0.80L) / 0.06L;
  EXPECT_TRUE(test::close(static_cast<long double>(out->repaid), 16'600.0L * (0.05L + place * 0.30L), 1e-14L));
  EXPECT_TRUE(test::close(static_cast<long double>(out->seized),
                          16'600.0L * (0.05L + place * 0.30L) * (1.01L + place * 0.03L) / 1950.0L, 1e-14L));
}

TEST(MorphoPreLiquidation, WhereMorphoWouldComeFirstTheModelRefuses) {
  // 2000·0.80/0.86 = 1860.465…: a market oracle below that liquidates at a debt that the own oracle still lets be.
  const price_range range = window.valid_prices(position(10.0, 15'999.0), at, market.collateral_slot);
  EXPECT_TRUE(test::close(range.low, 2000.0 * 0.8 / 0.86, T::formula));
  EXPECT_EQ(range.high, infinity);
  const account<> a = position(10.0, 15'999.0);
  const double edge[] = {range.low, 1.0, 2000.0}, beyond[] = {std::nextafter(range.low, 0.0), 1.0, 2000.0};
  EXPECT_EQ(window.holds_at(a, oracle_prices<double>(edge)), errc::ok);
  EXPECT_EQ(window.holds_at(a, oracle_prices<double>(beyond)), errc::outside_validity);
  EXPECT_EQ(validate(window, a, oracle_prices<double>(beyond)), errc::outside_validity);
  EXPECT_EQ(window.liquidate(a, oracle_prices<double>(beyond), all).error(), errc::outside_validity);
  // Inside it Morpho's own health is never the lower one.
  EXPECT_GE(health_factor(market.liquidation_form<double>(a), oracle_prices<double>(edge)),
            health_factor(window.liquidation_form<double>(a), oracle_prices<double>(edge)) * (1.0 - T::formula));
  const double unknown[] = {std::numeric_limits<double>::quiet_NaN(), 1.0, 2000.0};
  EXPECT_EQ(window.holds_at(a, oracle_prices<double>(unknown)), errc::outside_validity);
  morpho_pre_liquidation shared = window;
  shared.oracle_slot = market.collateral_slot;
  EXPECT_EQ(shared.valid_prices(a, at, market.collateral_slot), price_range{});
  EXPECT_EQ(shared.holds_at(a, at), errc::ok);
}

TEST(MorphoPreLiquidation, ImpossibleParametersAreRefused) {
  const auto with = [](auto change) {
    morpho_pre_liquidation m = window;
    change(m);
    return m.validate(position(1.0, 1.0));
  };
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const double bad : {0.0, -1.0, 8600.0, 9000.0, nan})
    EXPECT_EQ(with([&](auto& m) { m.threshold = {bad}; }), errc::threshold_range) << bad;
  for (const double bad : {0.0, -1.0, 3501.0, nan})
    EXPECT_EQ(with([&](auto& m) { m.close_factor_start = {bad}; }), errc::bad_configuration) << bad;
  for (const double bad : {499.0, infinity, nan})
    EXPECT_EQ(with([&](auto& m) { m.close_factor_end = {bad}; }), errc::bad_configuration) << bad;
  EXPECT_EQ(with([](auto& m) { m.close_factor_start = {10'001.0}, m.close_factor_end = {20'000.0}; }),
            errc::bad_configuration);
  for (const double bad : {-1.0, 401.0, nan})
    EXPECT_EQ(with([&](auto& m) { m.bonus_start = {bad}; }), errc::bad_configuration) << bad;
  for (const double bad : {99.0, 1628.0, nan})  // 1/0.86 − 1 is 16.279 %
    EXPECT_EQ(with([&](auto& m) { m.bonus_end = {bad}; }), errc::bad_configuration) << bad;
  EXPECT_EQ(with([](auto& m) { m.market.lltv = {0.0}; }), errc::threshold_range);
}

}  // namespace

namespace laws {
namespace {

// A health_case whose liquidatable states lie in the window: below it nothing is pre-liquidated.
struct inside_window : health_case<morpho_pre_liquidation, 3> {
  void set_health(double target) {
    health_case::set_health(target < 1.0 ? 8000.0 / 8600.0 + (target / 1.0) * 0.069 : target);
  }
};
struct window_case {
  static long double direct(const auto& c) {
    return static_cast<long double>(c.account[0].collateral) * c.prices[2] * 0.8L /
           (static_cast<long double>(c.account[1].debt) * c.prices[1]);
  }
  static auto make() {
    return inside_window{{window, position(10.0, 12'900.0), {2000.0, 1.0, 2000.0}, weth, usdc, {2}, {1}}};
  }
};
using windows = testing::Types<window_case>;
INSTANTIATE_TYPED_TEST_SUITE_P(MorphoPreLiquidation, HealthModelLaws, windows);
INSTANTIATE_TYPED_TEST_SUITE_P(MorphoPreLiquidation, LiquidationLaws, windows);
INSTANTIATE_TYPED_TEST_SUITE_P(MorphoPreLiquidation, HealthScalarLaws, windows);

}  // namespace
}  // namespace laws
}  // namespace trimtab
