// SPDX-License-Identifier: MIT
#include <trimtab/health/kamino.hpp>

#include "laws/health_model_laws.hpp"
#include "laws/health_scalar_laws.hpp"
#include "laws/liquidation_laws.hpp"
#include <array>
#include <cmath>

namespace trimtab {
namespace {

using health::kamino;
using health::kamino_reserve;
using T = test::tolerance<double>;

constexpr asset_id sol{0}, jito{1}, usdc{2}, bonk{3};
constexpr kamino_reserve reserve(asset_id asset, std::uint16_t slot, double ltv, double threshold, double factor) {
  return {.asset = asset,
          .slot = {slot},
          .loan_to_value = {ltv},
          .threshold = {threshold},
          .borrow_factor = {factor},
          .minimum_bonus = {200.0},
          .maximum_bonus = {1000.0},
          .bad_debt_bonus = {99.0},
          .protocol_fee = {5000.0},
          .decimals = 9};
}
constexpr std::array<kamino_reserve, 4> table{
    {reserve(sol, 0, 7000.0, 7500.0, 10'000.0), reserve(jito, 1, 7500.0, 8000.0, 10'000.0),
     reserve(usdc, 2, 8000.0, 9000.0, 10'000.0), reserve(bonk, 3, 0.0, 1000.0, 12'500.0)}};
constexpr kamino market{.reserves = table};
constexpr account<> position(double sols, double jitos, double usdcs, double bonks = 0.0) {
  account<> a;
  static_cast<void>(a.add({.asset = sol, .collateral = sols}));
  static_cast<void>(a.add({.asset = jito, .collateral = jitos}));
  static_cast<void>(a.add({.asset = usdc, .debt = usdcs}));
  static_cast<void>(a.add({.asset = bonk, .debt = bonks}));
  return a;
}
constexpr double quotes[] = {150.0, 180.0, 1.0, 2e-5};
const oracle_prices<double> at(quotes);
double health_of(const account<>& a) {
  return health_factor(market.liquidation_form<double>(a), at);
}
result<liquidation_outcome> take(const kamino& m, const account<>& a, double repay = infinity) {
  return m.liquidate(a, at, {.debt = usdc, .collateral = sol, .repay = repay});
}

static_assert(market.validate(position(1.0, 1.0, 1.0, 1.0)) == errc::ok);
static_assert(market.liquidation_boundary() == boundary::at_or_below_one);

TEST(Kamino, ADebtWeighsByItsBorrowFactor) {
  // 15,000·0.75 + 9000·0.80 = 18,450 against 10,000 + 1.25·2000 = 12,500; a borrow counts 15,000·0.70 + 9000·0.75.
  const account<> a = position(100.0, 50.0, 10'000.0, 1e8);
  EXPECT_TRUE(test::close(health_of(a), 18'450.0 / 12'500.0, T::formula));
  EXPECT_TRUE(test::close(health_factor(market.borrow_form<double>(a), at), 17'250.0 / 12'500.0, T::formula));
  EXPECT_TRUE(market.may_borrow(a, bonk));
  EXPECT_FALSE(market.may_borrow(a, {77}));
  EXPECT_EQ(market.withdrawal_checked_by(), withdrawal_check::borrow_form);
}

TEST(Kamino, EqualityIsLiquidatable) {
  EXPECT_EQ(health_of(position(100.0, 0.0, 11'250.0)), 1.0);
  EXPECT_TRUE(take(market, position(100.0, 0.0, 11'250.0)).has_value());
  EXPECT_EQ(take(market, position(100.0, 0.0, 11'249.0)).error(), errc::not_liquidatable);
}

TEST(Kamino, OneCallClosesAShareOfAllDebt) {
  // LTV 11,500/15,000 = 0.7667, 1.67 % above 0.75: the minimum bonus, 2 %. 20 % of 11,500 = 2300, seized 2346/150.
  const auto out = take(market, position(100.0, 0.0, 11'500.0));
  ASSERT_TRUE(out.has_value());
  EXPECT_TRUE(test::close(out->repaid, 2300.0, T::formula));
  EXPECT_TRUE(test::close(out->seized, 15.64, T::formula));
  EXPECT_TRUE(test::close(out->protocol_fee, 46.0 / 150.0 / 2.0, T::route)) << "half of the bonus";
  EXPECT_TRUE(test::close(out->debt_left, 9200.0, T::formula));
  EXPECT_EQ(take(market, position(100.0, 0.0, 11'500.0), 100.0)->repaid, 100.0);
}

TEST(Kamino, TheShareIsOfTheWholeObligationsDebt) {
  // Debts 1000 of bonk (1250 adjusted) and 11,000: 20 % of 12,000 is more than the 1000 that must go first.
  account<> a = position(100.0, 0.0, 11'000.0, 5e7);
  const auto out = market.liquidate(a, at, {.debt = bonk, .collateral = sol});
  ASSERT_TRUE(out.has_value());
  EXPECT_EQ(out->repaid, 5e7);
}

TEST(Kamino, TheBonusIsWhatTheLtvExceedsBetweenItsLimits) {
  const auto bonus = [](double debt) { return market.bonus(position(100.0, 0.0, debt), at, sol).fraction(); };
  EXPECT_TRUE(test::close(bonus(11'250.0), 0.02, T::route)) << "the minimum";
  EXPECT_TRUE(test::close(bonus(12'000.0), 0.05, 1e-13)) << "0.80 − 0.75";
  EXPECT_TRUE(test::close(bonus(13'200.0), 0.10, 1e-13)) << "0.88 − 0.75 is above the maximum";
  EXPECT_TRUE(test::close(bonus(13'800.0), 0.08, 1e-13)) << "what is left below 1 at 0.92";
  EXPECT_TRUE(test::close(bonus(14'850.0), 0.01, 1e-12)) << "at 0.99 what is left, above the bad-debt bonus";
  EXPECT_TRUE(test::close(bonus(14'940.0), 0.0099, 1e-12)) << "at 0.996 the bad-debt bonus";
  EXPECT_TRUE(test::close(bonus(16'000.0), 0.0099, 1e-12)) << "insolvent";
  kamino group = market;
  group.group_maximum_bonus = {300.0};
  EXPECT_TRUE(test::close(group.bonus(position(100.0, 0.0, 12'000.0), at, sol).fraction(), 0.03, T::route));
  EXPECT_EQ(market.bonus(position(100.0, 0.0, 0.0), at, sol), basis_points{}) << "nothing owed";
  EXPECT_EQ(market.bonus(position(100.0, 0.0, 1.0), at, {77}), basis_points{});
}

TEST(Kamino, BorrowFactorsDecideWhenButNotHowMuchIsLeft) {
  // 1e8 bonk = 2000·1.25, and 9500: adjusted LTV 0.80, without factors 11,500/15,000.
  const account<> a = position(100.0, 0.0, 9500.0, 1e8);
  EXPECT_TRUE(test::close(market.bonus(a, at, sol).fraction(), 0.05, 1e-13));
  // Adjusted 15,050/15,000, without factors 12,800/15,000: no bad debt yet, the maximum bonus.
  EXPECT_TRUE(test::close(market.bonus(position(100.0, 0.0, 3800.0, 4.5e8), at, sol).fraction(), 0.10, T::route));
  // The two reserves' bonuses: the larger minimum, the larger maximum, the smaller of bad debt.
  auto rows = table;
  rows[3].minimum_bonus = {700.0};
  rows[3].maximum_bonus = {2000.0};
  rows[3].bad_debt_bonus = {50.0};
  kamino m = market;
  m.reserves = rows;
  EXPECT_TRUE(test::close(m.bonus(a, at, sol).fraction(), 0.07, 1e-13)) << "the debt that goes first is bonk";
  EXPECT_TRUE(test::close(m.bonus(a, at, sol, usdc).fraction(), 0.05, 1e-13));
  EXPECT_TRUE(test::close(m.bonus(position(100.0, 0.0, 14'000.0, 1e8), at, sol).fraction(), 0.005, 1e-12));
}

TEST(Kamino, AboveTheInsolvencyRiskAllOfItAndAtMostSoMuchAtOnce) {
  EXPECT_TRUE(test::close(take(market, position(100.0, 0.0, 14'250.0))->repaid, 2850.0, T::formula)) << "at 0.95";
  EXPECT_TRUE(test::close(take(market, position(100.0, 0.0, 14'300.0))->repaid, 14'300.0, T::formula));
  kamino limited = market;
  limited.maximum_at_once = 1000.0;
  EXPECT_EQ(take(limited, position(100.0, 0.0, 14'300.0))->repaid, 1000.0);
}

TEST(Kamino, ASmallDebtIsClosedWhole) {
  const account<> a = position(0.015, 0.0, 1.9);  // 2.25 of collateral, LTV 0.844
  const auto out = take(market, a);
  ASSERT_TRUE(out.has_value());
  EXPECT_EQ(out->repaid, 1.9);
  EXPECT_EQ(take(market, a, 1.8).error(), errc::dust);
  // What its collateral does not pay is forgiven, whatever else there is.
  const auto forgiven = take(market, position(0.001, 0.001, 1.9));
  EXPECT_EQ(forgiven->seized, 0.001);
  EXPECT_TRUE(test::close(forgiven->repaid + forgiven->bad_debt, 1.9, T::formula));
  EXPECT_GT(forgiven->bad_debt, 1.7);
}

TEST(Kamino, TheBoundIsThatOfTheProgramsNumbers) {
  // A few thousand token units: the deposit is redeemed rounded down, everything else is cut to 2⁻⁶⁰.
  test::random_numbers random(14);
  double nearest = 0.0;
  for (int i = 0; i < 5000; ++i) {
    const account<> a = position(random.log_uniform(1e-7, 1e-4), random.log_uniform(1e-7, 1e-4),
                                 random.log_uniform(1e-5, 1e-2), random.log_uniform(1.0, 1e3));
    const auto cut = [](long double x) { return std::floor(x * 0x1p60L) * 0x1p-60L; };
    const auto deposit = [&](std::size_t k, long double price, long double threshold) {
      const long double redeemed = std::floor(a[k].collateral * 1e9L) * 1e-9L;
      return cut(cut(redeemed * cut(price)) * cut(threshold));
    };
    const auto owed = [&](std::size_t k, long double price, long double factor) {
      return cut(cut(a[k].debt * cut(price)) * factor);
    };
    const long double program =
        (deposit(0, 150.0L, 0.75L) + deposit(1, 180.0L, 0.80L)) / (owed(2, 1.0L, 1.0L) + owed(3, 2e-5L, 1.25L));
    const double health = health_of(a), bound = market.rounding_bound(a, at);
    const double off = static_cast<double>(std::fabs(program - static_cast<long double>(health))) / health;
    EXPECT_LE(off, bound) << i;
    nearest = std::max(nearest, off / bound);
  }
  EXPECT_GT(nearest, 0.3) << "and not much wider than need be";
}

TEST(Kamino, AmountsAgreeWithTheProgramsOwnOrderOfSteps) {
  // As calculate_liquidation has it, in 80 bits: ratio of the debt, value with the bonus, ratio of the deposit.
  test::random_numbers random(15);
  for (int i = 0; i < 2000; ++i) {
    const long double deposits = 15'000.0L, ltv = random.uniform(0.751, 1.3);
    const account<> a = position(100.0, 0.0, static_cast<double>(deposits * ltv));
    const long double debt = a[2].debt;
    const long double left = 1.0L - debt / deposits;
    long double bonus = std::min(std::min(std::max(0.02L, debt / deposits - 0.75L), 0.10L), left);
    if (debt / deposits >= 0.99L) bonus = left > 0.0L ? std::max(0.0099L, left) : 0.0099L;
    const long double share = debt / deposits > 0.95L ? 1.0L : 0.2L;
    const long double amount = debt * share, with_bonus = debt * (amount / debt) * (1.0L + bonus);
    const long double repaid = with_bonus > deposits ? amount * (deposits / with_bonus) : amount;
    const long double withdrawn = with_bonus > deposits ? 100.0L : 100.0L * (with_bonus / deposits);
    const auto out = take(market, a);
    ASSERT_TRUE(out.has_value());
    EXPECT_TRUE(test::close(static_cast<long double>(out->repaid), repaid, 1e-14L)) << debt;
    EXPECT_TRUE(test::close(static_cast<long double>(out->seized), withdrawn, 1e-14L)) << debt;
  }
}

TEST(Kamino, TheRiskiestPairGoesFirst) {
  const account<> a = position(100.0, 50.0, 17'000.0, 1e8);
  ASSERT_LT(health_of(a), 1.0);
  const auto said = [&](asset_id debt, asset_id collateral) {
    return market.liquidate(a, at, {.debt = debt, .collateral = collateral}).error();
  };
  EXPECT_EQ(said(bonk, sol), errc::ok);
  EXPECT_EQ(said(usdc, sol), errc::asset_mismatch);
  EXPECT_EQ(said(bonk, jito), errc::asset_mismatch);
  const account<> rest = position(0.0, 50.0, 8000.0, 0.0);
  EXPECT_EQ(market.liquidate(rest, at, {.debt = usdc, .collateral = jito}).error(), errc::ok) << "what is left counts";
}

TEST(Kamino, WhatNoCollateralIsLeftForIsBadDebt) {
  // LTV 16,000/15,000: bad-debt bonus 0.99 %, the collateral pays 15,000/1.0099.
  const auto out = take(market, position(100.0, 0.0, 16'000.0));
  ASSERT_TRUE(out.has_value());
  EXPECT_EQ(out->seized, 100.0);
  EXPECT_TRUE(test::close(out->repaid, 15'000.0 / 1.0099, T::route));
  EXPECT_TRUE(test::close(out->bad_debt, 16'000.0 - 15'000.0 / 1.0099, T::route));
  // Jito is left, and so is the debt: 0.01 SOL pays little of it.
  const auto kept = take(market, position(0.01, 50.0, 8700.0), 100.0);
  EXPECT_EQ(kept->seized, 0.01);
  EXPECT_EQ(kept->bad_debt, 0.0);
}

TEST(Kamino, AMarketThatCannotBeIsRefused) {
  const auto with = [](auto change) {
    auto rows = table;
    kamino m = market;
    m.reserves = rows;
    change(rows, m);
    return m.validate(position(1.0, 1.0, 1.0));
  };
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(with([](auto& r, auto&) { r[0].decimals = 28; }), errc::bad_configuration);
  for (const double bad : {nan, -1.0, 7501.0})
    EXPECT_EQ(with([&](auto& r, auto&) { r[0].loan_to_value = {bad}; }), errc::threshold_range) << bad;
  for (const double bad : {nan, 6999.0, 10'001.0})
    EXPECT_EQ(with([&](auto& r, auto&) { r[0].threshold = {bad}; }), errc::threshold_range) << bad;
  for (const double bad : {nan, 9999.0, infinity})
    EXPECT_EQ(with([&](auto& r, auto&) { r[0].borrow_factor = {bad}; }), errc::threshold_range) << bad;
  for (const double bad : {nan, -1.0, 1001.0})
    EXPECT_EQ(with([&](auto& r, auto&) { r[0].minimum_bonus = {bad}; }), errc::bad_configuration) << bad;
  for (const double bad : {nan, -1.0, 10'001.0}) {
    EXPECT_EQ(with([&](auto& r, auto&) { r[0].bad_debt_bonus = {bad}; }), errc::bad_configuration) << bad;
    EXPECT_EQ(with([&](auto& r, auto&) { r[0].protocol_fee = {bad}; }), errc::bad_configuration) << bad;
    EXPECT_EQ(with([&](auto&, auto& m) { m.close_factor = {bad}; }), errc::bad_configuration) << bad;
    EXPECT_EQ(with([&](auto&, auto& m) { m.insolvency_risk_ltv = {bad}; }), errc::bad_configuration) << bad;
    EXPECT_EQ(with([&](auto&, auto& m) { m.group_maximum_bonus = {bad}; }), errc::bad_configuration) << bad;
  }
  for (const double bad : {nan, -1.0, 0.0})
    EXPECT_EQ(with([&](auto&, auto& m) { m.maximum_at_once = bad; }), errc::bad_configuration) << bad;
  for (const double bad : {nan, -1.0})
    EXPECT_EQ(with([&](auto&, auto& m) { m.whole_below = bad; }), errc::bad_configuration) << bad;
  EXPECT_EQ(with([](auto& r, auto&) { r[1].asset = sol; }), errc::duplicate_asset);
}

}  // namespace

namespace laws {
namespace {

struct obligation_case {
  static long double direct(const auto& c) {
    const auto value = [&](long double amount, std::size_t slot) { return amount * c.prices[slot]; };
    return (value(c.account[0].collateral, 0) * 0.75L + value(c.account[1].collateral, 1) * 0.80L) /
           (value(c.account[2].debt, 2) + value(c.account[3].debt, 3) * 1.25L);
  }
  static auto make() {
    kamino m = market;
    m.maximum_at_once = infinity;  // the laws look at accounts of any size; the limit has a test of its own
    return health_case<kamino, 4>{m,  position(100.0, 50.0, 10'000.0, 1e8), {150.0, 180.0, 1.0, 2e-5}, sol, bonk, {0},
                                  {3}};
  }
};
struct single_case {
  static long double direct(const auto& c) {
    return static_cast<long double>(c.account[0].collateral) * c.prices[0] * 0.75L /
           (static_cast<long double>(c.account[1].debt) * c.prices[2]);
  }
  static auto make() {
    kamino m = market;
    m.maximum_at_once = infinity;
    account<> a;
    static_cast<void>(a.add({.asset = sol, .collateral = 100.0}));
    static_cast<void>(a.add({.asset = usdc, .debt = 10'000.0}));
    return health_case<kamino, 4>{m, a, {150.0, 180.0, 1.0, 2e-5}, sol, usdc, {0}, {2}};
  }
};
using obligations = testing::Types<obligation_case, single_case>;
INSTANTIATE_TYPED_TEST_SUITE_P(Kamino, HealthModelLaws, obligations);
INSTANTIATE_TYPED_TEST_SUITE_P(Kamino, LiquidationLaws, obligations);
INSTANTIATE_TYPED_TEST_SUITE_P(Kamino, HealthScalarLaws, obligations);

}  // namespace
}  // namespace laws
}  // namespace trimtab
