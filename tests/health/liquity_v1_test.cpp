// SPDX-License-Identifier: MIT
#include <trimtab/health/liquity_v1.hpp>

#include "laws/health_model_laws.hpp"
#include "laws/health_scalar_laws.hpp"
#include "laws/liquidation_laws.hpp"

namespace trimtab {
namespace {

using health::liquity_split;
using health::liquity_v1;
using T = test::tolerance<double>;

constexpr asset_id eth{1}, lusd{2};
constexpr liquity_v1 ratios{.collateral = eth, .lusd = lusd, .collateral_slot = {0}, .lusd_slot = {1}};
constexpr account<> trove(double collateral, double debt) {
  account<> a;
  static_cast<void>(a.add({.asset = eth, .collateral = collateral}));
  static_cast<void>(a.add({.asset = lusd, .debt = debt}));
  return a;
}
/// 100 million LUSD at this TCR and price.
constexpr liquity_v1 system_at(double tcr, double price, double pool) {
  liquity_v1 m = ratios;
  m.system_debt = 1e8;
  m.system_collateral = tcr * 1e8 / price;
  m.stability_pool = pool;
  return m;
}
constexpr liquidation_request request{.debt = lusd, .collateral = eth};

struct at_2000 {
  double values[2] = {2000.0, 1.0};
  [[nodiscard]] oracle_prices<double> quoted() const { return oracle_prices<double>(values); }
};

TEST(LiquityV1, InNormalModeTheMinimumRatioIsTheThreshold) {
  const at_2000 p;
  const account<> a = trove(10.0, 16'000.0);  // 125 %
  const liquity_v1 m = system_at(2.0, 2000.0, 5e7).at(a, p.quoted());
  EXPECT_FALSE(m.recovery_mode);
  EXPECT_EQ(m.threshold, 1.1);
  EXPECT_EQ(m.holds_at(a, p.quoted()), errc::ok);
  EXPECT_TRUE(test::close(health_factor(m.liquidation_form<double>(a), p.quoted()), 1.25 / 1.1, T::formula));
  EXPECT_EQ(m.liquidate(a, p.quoted(), request).error(), errc::not_liquidatable);
}

TEST(LiquityV1, InRecoveryModeTheSystemsRatioIsTheThresholdOfTrovesThatThePoolCovers) {
  const at_2000 p;
  const account<> below = trove(10.0, 16'000.0), above = trove(10.0, 14'000.0);  // 125 % and 143 %, TCR 140 %
  const liquity_v1 covered = system_at(1.4, 2000.0, 5e7), bare = system_at(1.4, 2000.0, 15'999.0);
  const auto health_of = [&](const liquity_v1& m, const account<>& a) {
    return health_factor(m.at(a, p.quoted()).liquidation_form<double>(a), p.quoted());
  };
  EXPECT_TRUE(test::close(health_of(covered, below), 1.25 / 1.4, T::formula));
  EXPECT_TRUE(test::close(health_of(covered, above), 20.0 / 14.0 / 1.4, T::formula));
  EXPECT_TRUE(test::close(health_of(bare, below), 1.25 / 1.1, T::formula)) << "the pool lacks one LUSD";
  EXPECT_TRUE(covered.at(below, p.quoted()).liquidate(below, p.quoted(), request).has_value());
  EXPECT_EQ(covered.at(above, p.quoted()).liquidate(above, p.quoted(), request).error(), errc::not_liquidatable);
  EXPECT_EQ(bare.at(below, p.quoted()).liquidate(below, p.quoted(), request).error(), errc::not_liquidatable);
}

TEST(LiquityV1, CappedLiquidationsLeaveTheSurplusToTheOwner) {
  const at_2000 p;
  const account<> a = trove(10.0, 16'000.0);
  const liquity_v1 m = system_at(1.4, 2000.0, 5e7).at(a, p.quoted());
  const auto out = m.liquidate(a, p.quoted(), request);
  ASSERT_TRUE(out.has_value());
  // 16,000 · 1.1 / 2000 = 8.8 ETH, half a per cent of it for the caller.
  EXPECT_EQ(out->repaid, 16'000.0);
  EXPECT_TRUE(test::close(out->seized, 8.8, T::formula));
  EXPECT_TRUE(test::close(out->collateral_left, 1.2, T::formula));
  const liquity_split parts = m.split(a, p.quoted());
  EXPECT_TRUE(test::close(parts.gas_compensation, 0.044, T::formula));
  EXPECT_TRUE(test::close(parts.collateral_to_pool, 8.756, T::formula));
  EXPECT_EQ(parts.debt_offset, 16'000.0);
  EXPECT_TRUE(test::close(m.bonus(a, p.quoted(), eth).fraction(), 0.1, T::route));
}

TEST(LiquityV1, ThePoolPaysWhatItHasAndOtherTrovesTheRest) {
  const at_2000 p;
  const account<> a = trove(10.0, 19'000.0);  // 105.3 %
  const liquity_v1 m = system_at(2.0, 2000.0, 4'750.0).at(a, p.quoted());
  const liquity_split parts = m.split(a, p.quoted());
  EXPECT_TRUE(test::close(parts.gas_compensation, 0.05, T::formula));
  EXPECT_EQ(parts.debt_offset, 4'750.0);
  EXPECT_TRUE(test::close(parts.collateral_to_pool, 9.95 / 4.0, T::formula));
  EXPECT_EQ(parts.debt_redistributed, 14'250.0);
  EXPECT_TRUE(test::close(parts.collateral_redistributed, 9.95 * 0.75, T::formula));
  EXPECT_EQ(parts.surplus, 0.0);
  const auto out = m.liquidate(a, p.quoted(), request);
  ASSERT_TRUE(out.has_value());
  EXPECT_EQ(out->seized, 10.0);
  EXPECT_EQ(out->debt_left + out->bad_debt, 0.0);
}

TEST(LiquityV1, ATroveUnderWaterIsRedistributedInRecoveryModeAndOffsetInNormalMode) {
  const at_2000 p;
  const account<> a = trove(10.0, 20'000.0);  // 100 %
  EXPECT_EQ(system_at(1.4, 2000.0, 5e7).at(a, p.quoted()).split(a, p.quoted()).debt_offset, 0.0);
  EXPECT_EQ(system_at(2.0, 2000.0, 5e7).at(a, p.quoted()).split(a, p.quoted()).debt_offset, 20'000.0);
}

TEST(LiquityV1, TheLastTroveIsNeverLiquidated) {
  const at_2000 p;
  const account<> a = trove(10.0, 19'000.0);
  liquity_v1 m = system_at(2.0, 2000.0, 5e7).at(a, p.quoted());
  m.last_trove = true;
  EXPECT_EQ(m.liquidate(a, p.quoted(), request).error(), errc::not_liquidatable);
}

TEST(LiquityV1, AModelOfOneModeRefusesTheOther) {
  const account<> a = trove(14.0, 16'000.0);
  const at_2000 p;
  const liquity_v1 normal = system_at(2.0, 2000.0, 5e7).at(a, p.quoted());
  const price_range held = normal.valid_prices(a, p.quoted(), {0});
  EXPECT_TRUE(test::close(held.low, 1500.0, T::formula)) << "TCR 150 %";
  EXPECT_EQ(held.high, infinity);
  for (const auto& [price, expected] : {std::pair{1499.0, errc::outside_validity}, {1501.0, errc::ok}}) {
    const double moved[] = {price, 1.0};
    EXPECT_EQ(normal.holds_at(a, oracle_prices<double>(moved)), expected) << price;
    EXPECT_EQ(normal.liquidate(a, oracle_prices<double>(moved), request).error(),
              expected == errc::ok ? errc::not_liquidatable : expected);
  }
}

TEST(LiquityV1, WhereTcrIsTheThresholdTheModelStandsForOnePrice) {
  const account<> a = trove(10.0, 16'000.0);
  const at_2000 p;
  const liquity_v1 covered = system_at(1.4, 2000.0, 5e7).at(a, p.quoted());
  EXPECT_EQ(covered.valid_prices(a, p.quoted(), {0}), (price_range{2000.0, 2000.0}));
  EXPECT_EQ(covered.holds_at(a, p.quoted()), errc::ok);
  const double moved[] = {2001.0, 1.0};
  EXPECT_EQ(covered.holds_at(a, oracle_prices<double>(moved)), errc::outside_validity);
  // ... while who is below the system's ratio stays below it at every price.
  EXPECT_LT(health_factor(covered.at(a, oracle_prices<double>(moved)).liquidation_form<double>(a),
                          oracle_prices<double>(moved)),
            1.0);
  const liquity_v1 bare = system_at(1.4, 2000.0, 0.0).at(a, p.quoted());
  EXPECT_EQ(bare.holds_at(a, oracle_prices<double>(moved)), errc::ok);
  EXPECT_TRUE(test::close(bare.valid_prices(a, p.quoted(), {0}).high, 2000.0 * 1.5 / 1.4, T::formula));
  const liquity_v1 deep = system_at(1.05, 2000.0, 5e7).at(a, p.quoted());
  EXPECT_EQ(deep.threshold, 1.1);
  EXPECT_TRUE(test::close(deep.valid_prices(a, p.quoted(), {0}).high, 2000.0 * 1.1 / 1.05, T::formula));
}

TEST(LiquityV1, AFormHoldsUpToTheEndsOfItsPricesAndNoFurther) {
  test::random_numbers random(16);
  for (int i = 0; i < 2000; ++i) {
    const double values[] = {random.log_uniform(1e-3, 1e5), 1.0};
    const oracle_prices<double> quoted(values);
    const account<> a = trove(1.0, 5'000.0);
    const liquity_v1 m = system_at(random.uniform(0.8, 2.0), values[0], random.below(2) == 0 ? 0.0 : 1e6).at(a, quoted);
    const price_range range = m.valid_prices(a, quoted, {0});
    const auto at_price = [&](double price) {
      const double moved[] = {price, 1.0};
      return m.holds_at(a, oracle_prices<double>(moved));
    };
    EXPECT_EQ(at_price(values[0]), errc::ok);
    if (range.low > 0.0) {
      EXPECT_EQ(at_price(range.low), errc::ok);
      EXPECT_EQ(at_price(range.low * (1.0 - 1e-12)), errc::outside_validity);
    }
    if (range.high < infinity) {
      EXPECT_EQ(at_price(range.high), errc::ok);
      EXPECT_EQ(at_price(range.high * (1.0 + 1e-12)), errc::outside_validity);
    }
  }
}

TEST(LiquityV1, NewDebtIsLimitedByTheSystem) {
  const at_2000 p;
  const account<> a = trove(10.0, 10'000.0);  // 200 %
  const liquity_v1 normal = system_at(1.8, 2000.0, 5e7).at(a, p.quoted());
  EXPECT_TRUE(test::close(normal.borrow_room(account<>{}, p.quoted(), {}), 2e7, T::route)) << "1.8e8 / 1.5 − 1e8";
  EXPECT_TRUE(test::close(normal.collateral_room(p.quoted()), 15'000.0, T::route)) << "90,000 − 75,000 ETH";
  EXPECT_TRUE(normal.may_borrow(a, lusd));
  EXPECT_FALSE(normal.may_borrow(a, eth));
  EXPECT_TRUE(normal.may_withdraw(a, eth));
  const liquity_v1 recovery = system_at(1.4, 2000.0, 5e7).at(a, p.quoted());
  EXPECT_EQ(recovery.borrow_room(account<>{}, p.quoted(), {}), 0.0);
  EXPECT_EQ(recovery.collateral_room(p.quoted()), 0.0);
  EXPECT_FALSE(recovery.may_borrow(a, lusd));
  EXPECT_FALSE(recovery.may_withdraw(a, eth));
  EXPECT_TRUE(recovery.may_borrow(trove(10.0, 0.0), lusd)) << "opening one is allowed";
  EXPECT_TRUE(test::close(health_factor(recovery.borrow_form<double>(a), p.quoted()), 2.0 / 1.5, T::formula));
  EXPECT_EQ(normal.minimum_debt(p.quoted()), 2000.0);
}

}  // namespace

namespace laws {
namespace {

/// A system re-read after the stirring, at this ratio in thousandths, with this much in the pool.
template <int Thousandths, int Pool>
struct liquity_case {
  static constexpr bool takes_the_whole_position = true;
  static long double direct(const auto& c) {
    const liquity_v1& m = c.model;
    const long double price = static_cast<long double>(c.prices[0]) / c.prices[1];
    const long double icr = c.account[0].collateral * price / c.account[1].debt;
    const long double tcr = m.system_collateral * price / m.system_debt;
    const bool by_system = tcr < 1.5L && c.account[1].debt <= m.stability_pool && tcr > 1.1L;
    return icr / (by_system ? tcr : static_cast<long double>(m.mcr));
  }
  static void settle(auto& c) {
    c.model.system_debt = 1e9;
    c.model.system_collateral = Thousandths / 1000.0 * 1e9 * c.prices[1] / c.prices[0];
    c.model.stability_pool = Pool;
    c.model = c.model.at(c.account, c.quoted());
  }
  static void follow(auto& c) { settle(c); }
  static auto make() {
    health_case<liquity_v1, 2> c{ratios, trove(10.0, 12'900.0), {2000.0, 1.0}, eth, lusd, {0}, {1}};
    settle(c);
    return c;
  }
};
// Normal mode far above its edge; recovery mode without a pool, with TCR as the threshold, and below MCR.
using systems = testing::Types<liquity_case<1'000'000'000, 1'000'000'000>, liquity_case<1499, 0>,
                               liquity_case<1300, 1'000'000'000>, liquity_case<1000, 1'000'000'000>>;
INSTANTIATE_TYPED_TEST_SUITE_P(LiquityV1, HealthModelLaws, systems);
INSTANTIATE_TYPED_TEST_SUITE_P(LiquityV1, LiquidationLaws, systems);
INSTANTIATE_TYPED_TEST_SUITE_P(LiquityV1, HealthScalarLaws, systems);

TEST(LiquityV1, EveryTroveThatTheRuleNamesIsLiquidatedAndNoOther) {
  // The rule as the contract has it, test by test, in long double, on random troves and systems.
  test::random_numbers random(15);
  int liquidated = 0, spared = 0;
  for (int i = 0; i < 5000; ++i) {
    const double price = random.log_uniform(1e-3, 1e5);
    const double debt = random.log_uniform(2e3, 1e7), icr = random.uniform(0.8, 1.7), tcr = random.uniform(0.9, 1.8);
    const double values[] = {price, 1.0};
    const oracle_prices<double> quoted(values);
    const account<> a = trove(icr * debt / price, debt);
    const liquity_v1 m = system_at(tcr, price, debt * random.uniform(0.0, 2.0)).at(a, quoted);
    const long double exact_icr = static_cast<long double>(a[0].collateral) * price / debt;
    const long double exact_tcr = static_cast<long double>(m.system_collateral) * price / m.system_debt;
    if (test::close(exact_icr, exact_tcr, 1e-14L) || test::close(exact_tcr, 1.5L, 1e-14L)) continue;
    const bool expected =
        exact_tcr < 1.5L ? exact_icr <= 1.0L || exact_icr < 1.1L || (exact_icr < exact_tcr && debt <= m.stability_pool)
                         : exact_icr < 1.1L;
    EXPECT_EQ(m.holds_at(a, quoted), errc::ok);
    EXPECT_EQ(m.liquidate(a, quoted, request).has_value(), expected) << exact_icr << " " << exact_tcr;
    ++(expected ? liquidated : spared);
  }
  EXPECT_GT(liquidated, 1000);
  EXPECT_GT(spared, 1000);
}

}  // namespace
}  // namespace laws

namespace {

TEST(LiquityV1, AnImpossibleSystemIsRefused) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const auto refused = [](auto damage) {
    liquity_v1 m = ratios;
    damage(m);
    return m.validate(account<>{});
  };
  for (const double bad : {0.0, 1.0, 1.5, nan}) {
    EXPECT_EQ(refused([&](liquity_v1& m) { m.mcr = bad; }), errc::threshold_range) << bad;
    EXPECT_EQ(refused([&](liquity_v1& m) { m.threshold = bad; }), bad == 1.5 ? errc::ok : errc::threshold_range) << bad;
  }
  for (const double bad : {-1.0, nan}) {
    EXPECT_EQ(refused([&](liquity_v1& m) { m.system_collateral = bad; }), errc::bad_configuration);
    EXPECT_EQ(refused([&](liquity_v1& m) { m.system_debt = bad; }), errc::bad_configuration);
    EXPECT_EQ(refused([&](liquity_v1& m) { m.stability_pool = bad; }), errc::bad_configuration);
    EXPECT_EQ(refused([&](liquity_v1& m) { m.min_net_debt = bad; }), errc::bad_configuration);
    EXPECT_EQ(refused([&](liquity_v1& m) { m.collateral_gas = {bad}; }), errc::bad_configuration);
  }
  EXPECT_EQ(refused([&](liquity_v1& m) { m.lusd = eth; }), errc::bad_configuration);
  account<> a;
  ASSERT_EQ(a.add({.asset = lusd, .collateral = 1.0}), errc::ok);
  EXPECT_EQ(ratios.validate(a), errc::asset_mismatch);
  EXPECT_EQ(ratios.validate(trove(1.0, 2000.0)), errc::bad_configuration) << "a system that nobody read";
  EXPECT_EQ(system_at(2.0, 2000.0, 0.0).validate(trove(1.0, 2000.0)), errc::ok);
  EXPECT_EQ(system_at(2.0, 2000.0, 0.0).validate(trove(1e6, 2000.0)), errc::bad_configuration);
  EXPECT_EQ(system_at(2.0, 2000.0, 0.0).validate(trove(1.0, 1.1e8)), errc::bad_configuration);
}

TEST(LiquityV1, APartIsRefused) {
  const at_2000 p;
  const account<> a = trove(10.0, 19'000.0);
  const liquity_v1 m = system_at(2.0, 2000.0, 5e7).at(a, p.quoted());
  EXPECT_EQ(m.liquidate(a, p.quoted(), {.debt = lusd, .collateral = eth, .repay = 18'999.0}).error(), errc::dust);
}

}  // namespace
}  // namespace trimtab
