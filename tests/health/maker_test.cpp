// SPDX-License-Identifier: MIT
#include <trimtab/health/maker.hpp>

#include "laws/health_model_laws.hpp"
#include "laws/health_scalar_laws.hpp"
#include "laws/liquidation_laws.hpp"

namespace trimtab {
namespace {

using health::maker;
using health::maker_liquidator;
using T = test::tolerance<double>;

constexpr asset_id weth{1}, dai{2};
constexpr maker ilk{.collateral = weth,
                    .dai = dai,
                    .price = {0},
                    .next_price = {1},
                    .par = {2},
                    .mat = 1.45,
                    .penalty = {1300.0},
                    .dust = 7500.0};
constexpr account<> vault(double ink, double debt) {
  account<> a;
  static_cast<void>(a.add({.asset = weth, .collateral = ink}));
  static_cast<void>(a.add({.asset = dai, .debt = debt}));
  return a;
}
constexpr double health_at(const maker& m, account<> a, double now, double next) {
  const double prices[] = {now, next, 1.0};
  return health_factor(m.liquidation_form<double>(a), oracle_prices<double>(prices));
}
static_assert(health_at(maker{.collateral = weth, .dai = dai, .price = {0}, .par = {2}, .mat = 2.0},
                        vault(10.0, 8'000.0), 2000.0, 1.0) == 10'000.0 / 8'000.0);
static_assert(health_at(ilk, vault(10.0, 0.0), 2000.0, 1.0) == infinity);
static_assert(ilk.validate(vault(10.0, 1.0)) == errc::ok);
static_assert(ilk.withdrawal_checked_by() == withdrawal_check::borrow_form);

TEST(Maker, SpotIsThePriceOverParAndMat) {
  // val 3123456789012345678901, mat 1.45e27, par 1e27 -> spot 2154108130353341847517931034482
  EXPECT_TRUE(test::close(health_at(ilk, vault(1.0, 1.0), 3123.456789012345678901, 1.0), 2154.108130353341847517931,
                          T::formula));
}

TEST(Maker, TheNextPricesHealthIsOneCallAway) {
  // 10 ETH, 12,000 DAI, mat 1.45: safe at 1800 (health 1.034), unsafe at 1700 (0.977).
  const double prices[] = {1800.0, 1700.0, 1.0};
  const oracle_prices<double> quoted(prices);
  const account<> a = vault(10.0, 12'000.0);
  const double now = health_factor(ilk.liquidation_form<double>(a), quoted);
  const double next = health_factor(ilk.at_next_price().liquidation_form<double>(a), quoted);
  EXPECT_TRUE(test::close(now, 18'000.0 / 1.45 / 12'000.0, T::formula));
  EXPECT_TRUE(test::close(next, 17'000.0 / 1.45 / 12'000.0, T::formula));
  EXPECT_FALSE(liquidatable_at(ilk.liquidation_boundary(), now));
  EXPECT_TRUE(liquidatable_at(ilk.liquidation_boundary(), next));
  EXPECT_EQ(ilk.liquidate(a, quoted, {.debt = dai, .collateral = weth}).error(), errc::not_liquidatable);
  EXPECT_TRUE(ilk.at_next_price().liquidate(a, quoted, {.debt = dai, .collateral = weth}).has_value());
  EXPECT_GE(health_factor(ilk.borrow_form<double>(a), quoted), 1.0) << "new debt is judged on the current price";
}

TEST(Maker, WithRoomTheWholeVaultGoes) {
  const double prices[] = {1700.0, 1700.0, 1.0};
  const auto outcome =
      ilk.liquidate(vault(10.0, 12'000.0), oracle_prices<double>(prices), {.debt = dai, .collateral = weth});
  ASSERT_TRUE(outcome.has_value());
  EXPECT_EQ(outcome->repaid, 12'000.0);
  EXPECT_EQ(outcome->seized, 10.0);
  EXPECT_EQ(outcome->debt_left, 0.0);
  EXPECT_TRUE(test::close(ilk.tab(outcome->repaid), 13'560.0, T::formula));
}

TEST(Maker, TheRoomCutsAnAuctionAndDustDecidesWhatHappensAtTheCut) {
  const double prices[] = {1700.0, 1700.0, 1.0};
  const oracle_prices<double> quoted(prices);
  const auto bark = [&](double debt, double room) {
    maker m = ilk;
    m.room = room;
    return m.liquidate(vault(debt / 1200.0, debt), quoted, {.debt = dai, .collateral = weth});
  };
  const auto part = bark(30'000.0, 11'300.0);  // 10,000 DAI with 13 % on top
  ASSERT_TRUE(part.has_value());
  EXPECT_TRUE(test::close(part->repaid, 10'000.0, T::formula));
  EXPECT_TRUE(test::close(part->seized, 25.0 / 3.0, T::formula));
  EXPECT_TRUE(test::close(part->debt_left, 20'000.0, T::formula));
  const auto rest_is_dust = bark(15'000.0, 11'300.0);  // 5,000 DAI would stay
  ASSERT_TRUE(rest_is_dust.has_value());
  EXPECT_EQ(rest_is_dust->repaid, 15'000.0) << "beyond the room";
  EXPECT_EQ(bark(30'000.0, 5'650.0).error(), errc::dust) << "an auction of 5,000 DAI";
  EXPECT_EQ(bark(30'000.0, 0.0).error(), errc::not_liquidatable);
}

TEST(Maker, TheCatSoldAtMostADunkAndLeftDust) {
  const double prices[] = {1700.0, 1700.0, 1.0};
  const oracle_prices<double> quoted(prices);
  maker m = ilk;
  m.liquidator = maker_liquidator::cat;
  m.dunk = 11'300.0;
  const liquidation_request request{.debt = dai, .collateral = weth};
  const auto bite = m.liquidate(vault(12.5, 15'000.0), quoted, request);
  ASSERT_TRUE(bite.has_value());
  EXPECT_TRUE(test::close(bite->repaid, 10'000.0, T::formula));
  EXPECT_TRUE(test::close(bite->debt_left, 5'000.0, T::formula)) << "below dust, and nobody minds";
  m.room = 7'499.0;
  EXPECT_EQ(m.liquidate(vault(12.5, 15'000.0), quoted, request).error(), errc::not_liquidatable) << "a dusty box";
  m.room = 7'500.0;
  EXPECT_TRUE(m.liquidate(vault(12.5, 15'000.0), quoted, request).has_value());
}

}  // namespace

namespace laws {
namespace {

template <class Limits>
struct maker_case {
  static constexpr bool takes_the_whole_position = true;
  static long double direct(const auto& c) {
    return static_cast<long double>(c.account[0].collateral) * c.prices[c.collateral_slot.index] /
           (static_cast<long double>(c.model.mat) * c.prices[2] * c.account[1].debt);
  }
  static auto make() {
    return health_case<maker, 3>{
        Limits::apply(ilk), vault(10.0, 12'000.0), {2000.0, 1900.0, 1.0}, weth, dai, Limits::slot, {2}};
  }
};
struct no_limit {
  static constexpr price_slot slot{0};
  static constexpr maker apply(maker m) { return m; }
};
struct at_next_price {
  static constexpr price_slot slot{1};
  static constexpr maker apply(const maker& m) { return m.at_next_price(); }
};
struct little_room {
  static constexpr price_slot slot{0};
  static constexpr maker apply(maker m) {
    m.room = 20'000.0;
    return m;
  }
};
struct old_cat {
  static constexpr price_slot slot{0};
  static constexpr maker apply(maker m) {
    m.liquidator = maker_liquidator::cat;
    m.dunk = 10'000.0;
    return m;
  }
};
using ilks =
    testing::Types<maker_case<no_limit>, maker_case<at_next_price>, maker_case<little_room>, maker_case<old_cat>>;
INSTANTIATE_TYPED_TEST_SUITE_P(Maker, HealthModelLaws, ilks);
INSTANTIATE_TYPED_TEST_SUITE_P(Maker, LiquidationLaws, ilks);
INSTANTIATE_TYPED_TEST_SUITE_P(Maker, HealthScalarLaws, ilks);

}  // namespace
}  // namespace laws

namespace {

TEST(Maker, WithoutAPriceNothingIsLiquidatedOrLent) {
  const double prices[] = {0.0, 1700.0, 1.0};
  const oracle_prices<double> quoted(prices);
  const account<> a = vault(10.0, 12'000.0);
  EXPECT_EQ(validate(ilk, a, quoted), errc::non_positive_price);
  EXPECT_EQ(ilk.liquidate(a, quoted, {.debt = dai, .collateral = weth}).error(), errc::not_liquidatable);
  EXPECT_LT(health_factor(ilk.borrow_form<double>(a), quoted), 1.0);
}

TEST(Maker, DebtNeedsRoomBelowTheCeilingAndIsNeverDust) {
  maker m = ilk;
  EXPECT_TRUE(m.may_borrow(vault(10.0, 0.0), dai));
  EXPECT_FALSE(m.may_borrow(vault(10.0, 0.0), weth));
  m.line_room = -5.0;  // a ceiling below what is lent
  EXPECT_EQ(m.validate(vault(10.0, 0.0)), errc::ok);
  EXPECT_FALSE(m.may_borrow(vault(10.0, 0.0), dai));
  const double prices[] = {2000.0, 2000.0, 0.98};
  EXPECT_EQ(m.minimum_debt(oracle_prices<double>(prices)), 7500.0 * 0.98);
}

TEST(Maker, ARequestForLessThanTheContractTakesIsRefused) {
  const double prices[] = {1700.0, 1700.0, 1.0};
  EXPECT_EQ(ilk.liquidate(vault(10.0, 12'000.0), oracle_prices<double>(prices),
                          {.debt = dai, .collateral = weth, .repay = 11'999.0})
                .error(),
            errc::dust);
  EXPECT_EQ(
      ilk.liquidate(vault(0.0, 12'000.0), oracle_prices<double>(prices), {.debt = dai, .collateral = weth}).error(),
      errc::dust)
      << "nothing to sell";
}

TEST(Maker, ArtAndItsRateAreTheSameDebt) {
  const double in_dai[] = {2000.0, 2000.0, 1.0}, in_art[] = {2000.0, 2000.0, 1.125};
  EXPECT_TRUE(test::close(
      health_factor(ilk.liquidation_form<double>(vault(10.0, 9'000.0 / 1.125)), oracle_prices<double>(in_art)),
      health_factor(ilk.liquidation_form<double>(vault(10.0, 9'000.0)), oracle_prices<double>(in_dai)), T::formula));
}

TEST(Maker, AnImpossibleIlkIsRefused) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const auto refused = [](auto damage) {
    maker m = ilk;
    damage(m);
    return m.validate(account<>{});
  };
  for (const double bad : {0.0, 0.99, -1.0, infinity, nan})
    EXPECT_EQ(refused([&](maker& m) { m.mat = bad; }), errc::threshold_range) << bad;
  for (const double bad : {-1.0, infinity, nan}) {
    EXPECT_EQ(refused([&](maker& m) { m.penalty = {bad}; }), errc::bad_configuration) << bad;
    EXPECT_EQ(refused([&](maker& m) { m.dust = bad; }), errc::bad_configuration) << bad;
  }
  EXPECT_EQ(refused([&](maker& m) { m.room = nan; }), errc::bad_configuration);
  EXPECT_EQ(refused([&](maker& m) { m.line_room = nan; }), errc::bad_configuration);
  EXPECT_EQ(refused([&](maker& m) { m.dunk = nan; }), errc::bad_configuration);
  EXPECT_EQ(refused([&](maker& m) { m.dai = weth; }), errc::bad_configuration);
  account<> a;
  ASSERT_EQ(a.add({.asset = dai, .collateral = 1.0}), errc::ok);
  EXPECT_EQ(ilk.validate(a), errc::asset_mismatch);
}

}  // namespace
}  // namespace trimtab
