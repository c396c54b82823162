// SPDX-License-Identifier: MIT
#include <trimtab/health/morpho_blue.hpp>

#include "laws/health_model_laws.hpp"
#include "laws/health_scalar_laws.hpp"
#include "laws/liquidation_laws.hpp"

namespace trimtab {
namespace {

using health::morpho_blue;
using T = test::tolerance<double>;

constexpr asset_id weth{1}, usdc{2};
constexpr morpho_blue market{
    .collateral = weth, .loan = usdc, .collateral_slot = {0}, .loan_slot = {1}, .lltv = {8600.0}};
constexpr account<> position(double collateral, double debt) {
  account<> a;
  static_cast<void>(a.add({.asset = weth, .collateral = collateral}));
  static_cast<void>(a.add({.asset = usdc, .debt = debt}));
  return a;
}
constexpr double health_at(account<> a,
                           double price) {  // by value: GCC 12 compares no address of a temporary with null

  const double prices[] = {price, 1.0};
  return health_factor(market.liquidation_form<double>(a), oracle_prices<double>(prices));
}
// 10 ETH at 2000 against 12,900 USDC at 86 %: 17,200 / 12,900.
static_assert(health_at(position(10.0, 12'900.0), 2000.0) == 17'200.0 / 12'900.0);
static_assert(health_at(position(10.0, 0.0), 2000.0) == infinity);
static_assert(market.validate(position(10.0, 1.0)) == errc::ok);
static_assert(market.withdrawal_checked_by() == withdrawal_check::liquidation_form);
static_assert(morpho_blue{.lltv = {3850.0}}.incentive_factor() == 1.15);

TEST(MorphoBlue, IncentiveFactorsAreThoseOfTheContract) {
  // The contract's integers (1e18), rounded down twice.
  const struct {
    double lltv_bps, factor;
  } table[] = {{3850.0, 1.15},
               {6250.0, 1.126760563380281690},
               {7700.0, 1.074113856068743286},
               {8600.0, 1.043841336116910229},
               {9150.0, 1.026167265264238070},
               {9450.0, 1.016776817488561260},
               {9650.0, 1.010611419909044972},
               {9800.0, 1.006036217303822937}};
  for (const auto& [bps, factor] : table) {
    const morpho_blue at{.lltv = {bps}};
    EXPECT_TRUE(test::close(at.incentive_factor(), factor, T::formula)) << bps;
    EXPECT_TRUE(test::close(1.0 + at.bonus(account<>{}, {}, {}).fraction(), factor, T::formula)) << bps;
  }
}

TEST(MorphoBlue, EqualityIsHealthyWhateverTheDocumentsSay) {
  EXPECT_FALSE(liquidatable_at(market.liquidation_boundary(), 1.0));
  EXPECT_TRUE(liquidatable_at(market.liquidation_boundary(), std::nextafter(1.0, 0.0)));
}

TEST(MorphoBlue, TheBoundaryOfTheContractIsTheBoundaryOfTheModel) {
  // 1 ETH at 3123.456789: 86 % is 2686.17283854, and the contract floors it to 2686.172838 USDC.
  EXPECT_GE(health_at(position(1.0, 2686.172838), 3123.456789), 1.0);
  EXPECT_LT(health_at(position(1.0, 2686.172839), 3123.456789), 1.0);
}

TEST(MorphoBlue, AllDebtMayBeRepaidAtOnce) {
  const double prices[] = {1700.0, 1.0};
  const auto outcome =
      market.liquidate(position(10.0, 15'000.0), oracle_prices<double>(prices), {.debt = usdc, .collateral = weth});
  ASSERT_TRUE(outcome.has_value());
  EXPECT_EQ(outcome->repaid, 15'000.0);
  EXPECT_TRUE(test::close(outcome->seized, 15'000.0 * 1.043841336116910229 / 1700.0, T::formula));
  EXPECT_EQ(outcome->protocol_fee, 0.0);
  EXPECT_EQ(outcome->bad_debt, 0.0);
}

TEST(MorphoBlue, WhatNoCollateralCoversIsBadDebtAtOnce) {
  const double prices[] = {1500.0, 1.0};
  const auto outcome =
      market.liquidate(position(10.0, 15'000.0), oracle_prices<double>(prices), {.debt = usdc, .collateral = weth});
  ASSERT_TRUE(outcome.has_value());
  EXPECT_EQ(outcome->seized, 10.0);
  EXPECT_TRUE(test::close(outcome->repaid, 15'000.0 / 1.043841336116910229, T::formula));
  EXPECT_TRUE(test::close(outcome->bad_debt, 15'000.0 - outcome->repaid, T::formula));
}

TEST(MorphoBlue, LiquidationHurtsBelowOneOverTheIncentive) {
  // LTV < 1/LIF: 95.8 % at LLTV 86 %.
  const double limit = 0.86 * market.incentive_factor();
  EXPECT_TRUE(liquidation_improves_health(limit + 1e-9, 0.86, market.bonus(position(1.0, 1.0), {}, weth)));
  EXPECT_FALSE(liquidation_improves_health(limit - 1e-9, 0.86, market.bonus(position(1.0, 1.0), {}, weth)));
  EXPECT_NEAR(0.86 / limit, 0.958, 5e-4);
}

}  // namespace

namespace laws {
namespace {

template <int LltvBps>
struct market_case {
  static long double direct(const auto& c) {
    const auto value = [&](long double amount, price_slot slot) { return amount * c.prices[slot.index]; };
    return value(c.account[0].collateral, {0}) * LltvBps / 1e4L / value(c.account[1].debt, {1});
  }
  static auto make() {
    return health_case<morpho_blue, 2>{{.collateral = weth,
                                        .loan = usdc,
                                        .collateral_slot = {0},
                                        .loan_slot = {1},
                                        .lltv = {static_cast<double>(LltvBps)}},
                                       position(10.0, 12'900.0),
                                       {2000.0, 1.0},
                                       weth,
                                       usdc,
                                       {0},
                                       {1}};
  }
};
using markets = testing::Types<market_case<3850>, market_case<8600>, market_case<9800>>;
INSTANTIATE_TYPED_TEST_SUITE_P(MorphoBlue, HealthModelLaws, markets);
INSTANTIATE_TYPED_TEST_SUITE_P(MorphoBlue, LiquidationLaws, markets);
INSTANTIATE_TYPED_TEST_SUITE_P(MorphoBlue, HealthScalarLaws, markets);

}  // namespace
}  // namespace laws

namespace {

TEST(MorphoBlue, ALoanTokenIsNoCollateralAndTheReverse) {
  account<> a;
  ASSERT_EQ(a.add({.asset = usdc, .collateral = 1.0}), errc::ok);
  EXPECT_EQ(market.validate(a), errc::asset_mismatch);
  account<> b;
  ASSERT_EQ(b.add({.asset = weth, .debt = 1.0}), errc::ok);
  EXPECT_EQ(market.validate(b), errc::asset_mismatch);
}

TEST(MorphoBlue, HealthApartNothingIsHeldBack) {
  EXPECT_TRUE(market.may_withdraw(position(10.0, 15'000.0), weth));
  EXPECT_TRUE(market.may_withdraw(position(10.0, 0.0), weth));
}

TEST(MorphoBlue, TheBoundOfNothingReadsNoPrice) {
  EXPECT_EQ(market.rounding_bound(account<>{}, {}), 0.0);
}

TEST(MorphoBlue, AnImpossibleMarketIsRefused) {
  for (const double bad : {0.0, -1.0, 1e4, std::numeric_limits<double>::quiet_NaN()}) {
    EXPECT_EQ((morpho_blue{.collateral = weth, .loan = usdc, .lltv = {bad}}.validate(account<>{})),
              errc::threshold_range)
        << bad;
  }
  EXPECT_EQ((morpho_blue{.collateral = weth, .loan = weth, .lltv = {8600.0}}.validate(account<>{})),
            errc::bad_configuration);
  EXPECT_EQ(
      (morpho_blue{.collateral = weth, .loan = usdc, .lltv = {8600.0}, .loan_decimals = 28}.validate(account<>{})),
      errc::bad_configuration);
}

TEST(MorphoBlue, AnEmptyAccountIsHealthyAndCannotBeLiquidated) {
  const account<> empty;
  EXPECT_EQ(health_at(empty, 2000.0), infinity);
  const double prices[] = {2000.0, 1.0};
  EXPECT_EQ(market.liquidate(empty, oracle_prices<double>(prices), {.debt = usdc, .collateral = weth}).error(),
            errc::not_liquidatable);
}

TEST(MorphoBlue, WithoutCollateralTheDebtIsWrittenOff) {
  const double prices[] = {2000.0, 1.0};
  const auto out =
      market.liquidate(position(0.0, 1.0), oracle_prices<double>(prices), {.debt = usdc, .collateral = weth});
  ASSERT_TRUE(out.has_value());
  EXPECT_EQ(out->repaid, 0.0);
  EXPECT_EQ(out->seized, 0.0);
  EXPECT_EQ(out->bad_debt, 1.0);
  EXPECT_EQ(out->debt_left, 0.0);
  account<> unlisted;
  ASSERT_EQ(unlisted.add({.asset = usdc, .debt = 1.0}), errc::ok);
  EXPECT_EQ(market.liquidate(unlisted, oracle_prices<double>(prices), {.debt = usdc, .collateral = weth}).error(),
            errc::asset_mismatch);
}

TEST(MorphoBlue, SharesAndTheirPriceAreTheSameDebt) {
  const double tokens[] = {2000.0, 1.0}, shares[] = {2000.0, 1.25e-6};
  EXPECT_TRUE(test::close(
      health_factor(market.liquidation_form<double>(position(10.0, 10'000.0 / 1.25e-6)), oracle_prices<double>(shares)),
      health_factor(market.liquidation_form<double>(position(10.0, 10'000.0)), oracle_prices<double>(tokens)),
      T::formula));
}

}  // namespace
}  // namespace trimtab
