// SPDX-License-Identifier: MIT
#include <trimtab/health/compound_v3.hpp>

#include "laws/health_model_laws.hpp"
#include "laws/health_scalar_laws.hpp"
#include "laws/liquidation_laws.hpp"
#include <array>

namespace trimtab {
namespace {

using health::compound_v3;
using health::compound_v3_asset;
using T = test::tolerance<double>;

constexpr asset_id weth{0}, wbtc{1}, usdc{9};
constexpr std::array<compound_v3_asset, 2> table{{
    {.asset = weth,
     .slot = {0},
     .borrow_factor = {8250.0},
     .liquidate_factor = {8950.0},
     .liquidation_factor = {9500.0}},
    {.asset = wbtc,
     .slot = {1},
     .borrow_factor = {7000.0},
     .liquidate_factor = {7700.0},
     .liquidation_factor = {9000.0}},
}};
constexpr compound_v3 market{.base = usdc,
                             .base_slot = {2},
                             .assets = table,
                             .minimum_borrow = 100.0,
                             .storefront_factor = {6000.0},
                             .base_decimals = 6};
constexpr account<> position(double eth, double btc, double debt) {
  account<> a;
  static_cast<void>(a.add({.asset = weth, .collateral = eth}));
  static_cast<void>(a.add({.asset = wbtc, .collateral = btc}));
  static_cast<void>(a.add({.asset = usdc, .debt = debt}));
  return a;
}
constexpr double quotes[] = {2000.0, 60'000.0, 1.0};
const oracle_prices<double> at(quotes);

static_assert(market.validate(position(1.0, 1.0, 1.0)) == errc::ok);
static_assert(market.withdrawal_checked_by() == withdrawal_check::borrow_form);
static_assert(market.liquidation_boundary() == boundary::below_one);

TEST(CompoundV3, CountsLessForABorrowThanForALiquidation) {
  // 10 ETH and 0.5 BTC: 20,000 · 0.895 + 30,000 · 0.77 = 41,000 and 20,000 · 0.825 + 30,000 · 0.70 = 37,500.
  const account<> a = position(10.0, 0.5, 40'000.0);
  EXPECT_TRUE(test::close(health_factor(market.liquidation_form<double>(a), at), 41.0 / 40.0, T::formula));
  EXPECT_TRUE(test::close(health_factor(market.borrow_form<double>(a), at), 37.5 / 40.0, T::formula));
  EXPECT_EQ(market.minimum_debt(at), 100.0);
  EXPECT_TRUE(market.may_borrow(a, usdc));
  EXPECT_FALSE(market.may_borrow(a, weth));
  EXPECT_TRUE(market.may_withdraw(a, weth));
}

TEST(CompoundV3, LiquidatesWhereTheContractDoesToItsLastUnits) {
  // Contract: 1 ETH at 3123.45678901, factor 0.83, base 0.9999, index 1.043210987654321: −2485.334643 of principal is
  // the last healthy one, −2485.334644 the first to go.
  const std::array<compound_v3_asset, 1> one{{{.asset = weth,
                                               .slot = {0},
                                               .borrow_factor = {8000.0},
                                               .liquidate_factor = {8300.0},
                                               .liquidation_factor = {9500.0}}}};
  const compound_v3 comet{.base = usdc, .base_slot = {1}, .assets = one};
  const double prices[] = {3123.45678901, 0.9999};
  const auto owing = [](double principal) {
    account<> a;
    EXPECT_EQ(a.add({.asset = weth, .collateral = 1.0}), errc::ok);
    EXPECT_EQ(a.add({.asset = usdc, .debt = principal * 1.043210987654321}), errc::ok);
    return a;
  };
  const auto health = [&](double principal) {
    return health_factor(comet.liquidation_form<double>(owing(principal)), oracle_prices<double>(prices));
  };
  const double bound = comet.rounding_bound(owing(2485.334643), oracle_prices<double>(prices));
  EXPECT_LT(bound, 5e-10);
  EXPECT_GT(health(2485.334643), 1.0 - bound);
  EXPECT_LT(health(2485.334644), 1.0 + bound);
  EXPECT_GT(health(2485.334640), 1.0) << "beyond the bound the answers are the contract's";
  EXPECT_LT(health(2485.334648), 1.0);
}

TEST(CompoundV3, AnAbsorbTakesEverythingAndGivesBackWhatIsOver) {
  // Credit 20,000 · 0.95 + 30,000 · 0.90 = 46,000 against 42,000.
  const account<> a = position(10.0, 0.5, 42'000.0);
  const liquidation_request request{.debt = usdc, .collateral = wbtc};
  const auto out = market.liquidate(a, at, request);
  ASSERT_TRUE(out.has_value());
  EXPECT_EQ(out->repaid, 42'000.0);
  EXPECT_EQ(out->bad_debt, 0.0);
  EXPECT_TRUE(test::close(out->credited, 4000.0, T::route));
  EXPECT_TRUE(out->whole_account);
  EXPECT_EQ(out->seized, 0.5);
  EXPECT_EQ(out->protocol_fee, 0.0);
  const account<> left = after_liquidation(a, request, *out);
  EXPECT_EQ(left.find(weth)->collateral, 0.0);
  EXPECT_EQ(left.find(wbtc)->collateral, 0.0);
  EXPECT_EQ(left.find(usdc)->debt, 0.0);
  EXPECT_EQ(left.find(usdc)->collateral, out->credited);
  EXPECT_EQ(market.validate(left), errc::ok) << "a base supply";
  EXPECT_EQ(health_factor(market.liquidation_form<double>(left), at), infinity);
}

TEST(CompoundV3, WhatTheCreditDoesNotCoverTheProtocolPays) {
  const auto out =
      market.liquidate(position(10.0, 0.5, 50'000.0), at, {.debt = usdc, .collateral = weth, .repay = 46'001.0});
  ASSERT_TRUE(out.has_value());
  EXPECT_TRUE(test::close(out->repaid, 46'000.0, T::formula));
  EXPECT_TRUE(test::close(out->bad_debt, 4000.0, T::route));
  EXPECT_EQ(out->debt_left, 0.0);
  EXPECT_EQ(out->credited, 0.0);
}

TEST(CompoundV3, ThereIsNoPartialAbsorb) {
  EXPECT_EQ(market.liquidate(position(10.0, 0.5, 42'000.0), at, {.debt = usdc, .collateral = weth, .repay = 41'999.0})
                .error(),
            errc::dust);
}

TEST(CompoundV3, ADebtWithoutAnyCollateralIsAbsorbedToo) {
  const auto out = market.liquidate(position(0.0, 0.0, 5.0), at, {.debt = usdc, .collateral = weth});
  ASSERT_TRUE(out.has_value());
  EXPECT_EQ(out->repaid, 0.0);
  EXPECT_EQ(out->bad_debt, 5.0);
}

TEST(CompoundV3, ABaseSupplyIsNoCollateralAndIsNeverLiquidated) {
  account<> a = position(0.0, 0.0, 0.0);
  a.find(usdc)->collateral = 1000.0;
  EXPECT_EQ(market.validate(a), errc::ok);
  EXPECT_EQ(health_factor(market.liquidation_form<double>(a), at), infinity);
  EXPECT_EQ(market.liquidate(a, at, {.debt = usdc, .collateral = weth}).error(), errc::not_liquidatable);
  a.find(usdc)->debt = 1.0;
  EXPECT_EQ(market.validate(a), errc::asset_mismatch) << "one principal, one sign";
}

TEST(CompoundV3, ThePenaltyIsWhatTheLiquidationFactorLeaves) {
  // 1/0.95 − 1 = 1/19.
  EXPECT_TRUE(test::close(market.bonus(position(1.0, 1.0, 1.0), at, weth).fraction(), 1.0 / 19.0, T::route));
  EXPECT_EQ(market.bonus(position(1.0, 1.0, 1.0), at, usdc), basis_points{});
}

TEST(CompoundV3, TheStorefrontSellsAtADiscount) {
  // Contract: 1000 base at 0.9999, ETH at 3123.45678901, liquidation factor 0.95, storefront 0.5: 0.328334448278092625.
  compound_v3 comet = market;
  comet.storefront_factor = {5000.0};
  const double prices[] = {3123.45678901, 60'000.0, 0.9999};
  const auto sold = comet.quote_collateral(weth, 1000.0, oracle_prices<double>(prices));
  ASSERT_TRUE(sold.has_value());
  EXPECT_TRUE(test::close(*sold, 0.328334448278092625, T::formula));
  EXPECT_EQ(comet.quote_collateral(usdc, 1.0, at).error(), errc::asset_mismatch);
  EXPECT_EQ(comet.quote_collateral(weth, -1.0, at).error(), errc::negative_amount);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(comet.quote_collateral(weth, nan, at).error(), errc::negative_amount);
  EXPECT_EQ(comet.quote_collateral(weth, infinity, at).error(), errc::not_finite);
  EXPECT_EQ(comet.quote_collateral(weth, 1.0, {}).error(), errc::size_mismatch);
  for (const auto& [bad, expected] : {std::pair{0.0, errc::non_positive_price},
                                      {-1.0, errc::non_positive_price},
                                      {9e-9, errc::non_positive_price},  // rounded down to 10⁻⁸: none
                                      {nan, errc::not_finite},
                                      {infinity, errc::not_finite}}) {
    const double of_weth[] = {bad, 60'000.0, 0.9999};
    EXPECT_EQ(comet.quote_collateral(weth, 1000.0, oracle_prices<double>(of_weth)).error(), expected) << bad;
    if (bad == 9e-9) continue;
    const double of_base[] = {3000.0, 60'000.0, bad};
    EXPECT_EQ(comet.quote_collateral(weth, 1000.0, oracle_prices<double>(of_base)).error(), expected) << bad;
  }
}

TEST(CompoundV3, TheBoundOfNothingReadsNoPrice) {
  EXPECT_EQ(market.rounding_bound(account<>{}, {}), 0.0);
}

TEST(CompoundV3, AMarketThatCannotBeIsRefused) {
  const account<> a = position(1.0, 1.0, 1.0);
  const auto with = [&](auto change) {
    auto rows = table;
    compound_v3 m = market;
    m.assets = rows;
    change(rows, m);
    return m.validate(a);
  };
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const double bad : {nan, -1.0, 8950.0, 9000.0})
    EXPECT_EQ(with([&](auto& rows, auto&) { rows[0].borrow_factor = {bad}; }), errc::threshold_range) << bad;
  for (const double bad : {nan, 10'001.0, 0.0})
    EXPECT_EQ(with([&](auto& rows, auto&) { rows[0].liquidate_factor = {bad}; }), errc::threshold_range) << bad;
  for (const double bad : {nan, 10'001.0, 0.0, -1.0})
    EXPECT_EQ(with([&](auto& rows, auto&) { rows[1].liquidation_factor = {bad}; }), errc::threshold_range) << bad;
  EXPECT_EQ(with([&](auto& rows, auto&) { rows[1].asset = rows[0].asset; }), errc::duplicate_asset);
  EXPECT_EQ(with([&](auto& rows, auto&) { rows[1].asset = usdc; }), errc::duplicate_asset);
  for (const double bad : {nan, -1.0, infinity})
    EXPECT_EQ(with([&](auto&, auto& m) { m.minimum_borrow = bad; }), errc::bad_configuration) << bad;
  EXPECT_EQ(with([](auto&, auto& m) { m.base_decimals = 28; }), errc::bad_configuration);
  for (const double bad : {nan, -1.0, 10'001.0})
    EXPECT_EQ(with([&](auto&, auto& m) { m.storefront_factor = {bad}; }), errc::bad_configuration) << bad;
  account<> owes_eth;
  ASSERT_EQ(owes_eth.add({.asset = weth, .debt = 1.0}), errc::ok);
  EXPECT_EQ(market.validate(owes_eth), errc::asset_mismatch);
}

TEST(CompoundV3, AnExtendedMarketHasTwentyFourCollateralsAndNoMore) {
  std::array<compound_v3_asset, 25> many{};
  std::array<double, 26> prices{};
  account<25> a;
  for (std::uint32_t i = 0; i < many.size(); ++i) {
    many[i] = {.asset = {i},
               .slot = {static_cast<std::uint16_t>(i)},
               .borrow_factor = {5000.0},
               .liquidate_factor = {6000.0},
               .liquidation_factor = {9000.0}};
    prices[i] = 1.0;
    if (i < 24) {
      ASSERT_EQ(a.add({.asset = {i}, .collateral = 10.0}), errc::ok);
    }
  }
  prices[25] = 1.0;
  ASSERT_EQ(a.add({.asset = {99}, .debt = 100.0}), errc::ok);
  compound_v3 comet{.base = {99}, .base_slot = {25}, .assets = std::span(many).first(24)};
  EXPECT_EQ(comet.validate(a), errc::ok);
  EXPECT_TRUE(
      test::close(health_factor(comet.liquidation_form<double>(a), oracle_prices<double>(prices)), 1.44, T::route))
      << "assets 16 to 23 count too";
  comet.assets = many;
  EXPECT_EQ(comet.validate(a), errc::capacity);
}

}  // namespace

namespace laws {
namespace {

struct comet_case {
  static constexpr bool takes_the_whole_position = true;
  static long double direct(const auto& c) {
    long double backed = 0.0L;
    for (std::size_t i = 0; i < 2; ++i)
      backed += static_cast<long double>(c.account[i].collateral) * c.prices[i] *
                static_cast<long double>(table[i].liquidate_factor.count) / 1e4L;
    return backed / (static_cast<long double>(c.account[2].debt) * c.prices[2]);
  }
  static auto make() {
    return health_case<compound_v3, 3>{market, position(10.0, 0.5, 40'000.0), {2000.0, 60'000.0, 1.0}, weth, usdc, {0},
                                       {2}};
  }
};
using markets = testing::Types<comet_case>;
INSTANTIATE_TYPED_TEST_SUITE_P(CompoundV3, HealthModelLaws, markets);
INSTANTIATE_TYPED_TEST_SUITE_P(CompoundV3, LiquidationLaws, markets);
INSTANTIATE_TYPED_TEST_SUITE_P(CompoundV3, HealthScalarLaws, markets);

}  // namespace
}  // namespace laws
}  // namespace trimtab
