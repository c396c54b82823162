// SPDX-License-Identifier: MIT
#include <trimtab/health/liquity_v2.hpp>

#include "laws/health_model_laws.hpp"
#include "laws/health_scalar_laws.hpp"
#include "laws/liquidation_laws.hpp"

namespace trimtab {
namespace {

using namespace std::chrono_literals;
using health::liquity_split;
using health::liquity_v2;
using T = test::tolerance<double>;

constexpr asset_id weth{1}, bold{2};
constexpr liquity_v2 branch{.collateral = weth,
                            .bold = bold,
                            .collateral_slot = {0},
                            .bold_slot = {1},
                            .branch_collateral = 90'000.0,
                            .branch_debt = 1e8,
                            .stability_pool = 5e7};
constexpr account<> trove(double collateral, double debt) {
  account<> a;
  static_cast<void>(a.add({.asset = weth, .collateral = collateral}));
  static_cast<void>(a.add({.asset = bold, .debt = debt}));
  return a;
}
constexpr liquidation_request request{.debt = bold, .collateral = weth};
constexpr double health_at(const liquity_v2& m, account<> a, double price) {
  const double prices[] = {price, 1.0};
  return health_factor(m.liquidation_form<double>(a), oracle_prices<double>(prices));
}
static_assert(health_at(liquity_v2{.collateral = weth, .bold = bold, .bold_slot = {1}, .mcr = 1.25},
                        trove(10.0, 8'000.0), 2000.0) == 16'000.0 / 8'000.0);
static_assert(branch.validate(trove(10.0, 1.0)) == errc::ok);

TEST(LiquityV2, InterestIsSimpleAndYearsHave365Days) {
  EXPECT_TRUE(test::close(liquity_v2::debt_after(10'000.0, 600_bps, year), 10'600.0, T::formula));
  EXPECT_TRUE(test::close(liquity_v2::debt_after(10'000.0, 600_bps, 7 * 24h), 10'000.0 * (1.0 + 0.06 * 7.0 / 365.0),
                          T::formula));
  EXPECT_EQ(liquity_v2::debt_after(10'000.0, 600_bps, 0s), 10'000.0);
  EXPECT_TRUE(std::isnan(liquity_v2::debt_after(10'000.0, 600_bps, -1s)));
}

TEST(LiquityV2, TheMinimumRatioIsTheThresholdInEveryStateOfTheBranch) {
  const account<> a = trove(10.0, 18'000.0);  // 111.1 %
  liquity_v2 m = branch;
  const double prices[] = {2000.0, 1.0};
  for (const double branch_debt : {1e8, 1.4e8, 1.7e8}) {  // TCR 180 %, 129 %, 106 %
    m.branch_debt = branch_debt;
    EXPECT_TRUE(test::close(health_at(m, a, 2000.0), 20.0 / 18.0 / 1.1, T::formula));
    EXPECT_EQ(m.liquidate(a, oracle_prices<double>(prices), request).error(), errc::not_liquidatable);
  }
}

TEST(LiquityV2, ThePoolTakesItsPenaltyAndTheOwnerKeepsTheRest) {
  // 10 WETH at 1950 against 18,000: 108.3 %. Gas 0.05 WETH; 18,000·1.05/1950 = 9.6923; the rest is the owner's.
  const double prices[] = {1950.0, 1.0};
  const account<> a = trove(10.0, 18'000.0);
  const liquity_split parts = branch.split(10.0, 18'000.0, 1950.0);
  EXPECT_TRUE(test::close(parts.gas_compensation, 0.05, T::formula));
  EXPECT_TRUE(test::close(parts.collateral_to_pool, 18'900.0 / 1950.0, T::formula));
  EXPECT_TRUE(test::close(parts.surplus, 9.95 - 18'900.0 / 1950.0, T::route));
  EXPECT_EQ(parts.debt_redistributed, 0.0);
  const auto out = branch.liquidate(a, oracle_prices<double>(prices), request);
  ASSERT_TRUE(out.has_value());
  EXPECT_EQ(out->repaid, 18'000.0);
  EXPECT_TRUE(test::close(out->seized, 0.05 + 18'900.0 / 1950.0, T::formula));
  EXPECT_EQ(out->collateral_left, parts.surplus);
  EXPECT_TRUE(test::close(branch.bonus(a, oracle_prices<double>(prices), weth).fraction(),
                          (18'900.0 + 0.05 * 1950.0) / 18'000.0 - 1.0, T::route));
}

TEST(LiquityV2, WhatThePoolLacksIsRedistributedAtTheHigherPenalty) {
  liquity_v2 m = branch;
  m.stability_pool = 9'000.0;
  const liquity_split parts = m.split(10.0, 18'000.0, 1950.0);
  // Half: 5 WETH, gas 0.025, the pool 9,450/1950, its surplus goes into the other half, which takes 9,900/1950.
  EXPECT_TRUE(test::close(parts.gas_compensation, 0.025, T::formula));
  EXPECT_TRUE(test::close(parts.collateral_to_pool, 9'450.0 / 1950.0, T::formula));
  EXPECT_TRUE(test::close(parts.collateral_redistributed, 9'900.0 / 1950.0, T::formula));
  EXPECT_TRUE(test::close(parts.surplus, 10.0 - 0.025 - 19'350.0 / 1950.0, 1e-13));
  m.stability_pool = 0.0;
  const liquity_split all = m.split(10.0, 18'000.0, 1950.0);
  EXPECT_EQ(all.gas_compensation, 0.0) << "no collateral for the caller where the pool takes none";
  EXPECT_EQ(all.collateral_redistributed, 10.0);
  EXPECT_EQ(all.surplus, 0.0);
}

TEST(LiquityV2, GasCompensationEndsAtTwoTokens) {
  EXPECT_EQ(branch.split(400.0, 7e5, 1900.0).gas_compensation, 2.0);
  EXPECT_EQ(branch.split(4'000.0, 7e6, 1900.0).gas_compensation, 2.0);
  EXPECT_TRUE(test::close(branch.split(399.0, 7e5, 1900.0).gas_compensation, 1.995, T::formula));
}

TEST(LiquityV2, ASplitLosesNothing) {
  test::random_numbers random(20);
  for (int i = 0; i < 2000; ++i) {
    liquity_v2 m = branch;
    const double held = random.log_uniform(1e-2, 1e5), owed = random.log_uniform(2e3, 1e8);
    m.stability_pool = owed * random.uniform(0.0, 1.5);
    const double price = owed / held * random.uniform(0.7, 1.1);
    const liquity_split s = m.split(held, owed, price);
    EXPECT_TRUE(test::close(s.gas_compensation + s.collateral_to_pool + s.collateral_redistributed + s.surplus, held,
                            T::formula));
    EXPECT_TRUE(test::close(s.debt_offset + s.debt_redistributed, owed, T::formula));
    // The contract's own steps in long double.
    const long double offset = std::min<long double>(owed, m.stability_pool), portion = held * offset / owed;
    const long double gas = std::min(portion / 200.0L, 2.0L);
    const long double to_pool = std::min(portion - gas, offset * 1.05L / price);
    const long double left = portion - gas - to_pool, rest = owed - offset;
    const long double to_others = rest > 0.0L ? std::min(held - portion + left, rest * 1.1L / price) : 0.0L;
    EXPECT_TRUE(test::within<long double>(s.collateral_to_pool, to_pool, 1e-15L * held));
    EXPECT_TRUE(test::within<long double>(s.collateral_redistributed, to_others, 1e-15L * held));
    EXPECT_TRUE(test::within<long double>(s.gas_compensation, gas, 1e-15L * held));
  }
}

TEST(LiquityV2, ABatchAsksForMoreAndTheBranchForItsCriticalRatio) {
  const double prices[] = {2000.0, 1.0};
  const oracle_prices<double> quoted(prices);
  liquity_v2 m = branch;
  const account<> a = trove(10.0, 10'000.0);
  EXPECT_TRUE(test::close(health_factor(m.borrow_form<double>(a), quoted), 2.0 / 1.1, T::formula));
  m.in_batch = true;
  EXPECT_TRUE(test::close(health_factor(m.borrow_form<double>(a), quoted), 2.0 / 1.2, T::formula));
  EXPECT_TRUE(test::close(m.branch_ratio(quoted), 1.8, T::formula));
  EXPECT_TRUE(test::close(m.borrow_room(account<>{}, quoted, {}), 2e7, T::route)) << "1.8e8 / 1.5 − 1e8";
  EXPECT_TRUE(test::close(m.collateral_room(quoted), 15'000.0, T::route));
  m.branch_debt = 1.4e8;  // 129 %
  EXPECT_EQ(m.borrow_room(account<>{}, quoted, {}), 0.0);
  EXPECT_EQ(m.collateral_room(quoted), 0.0);
  EXPECT_FALSE(m.may_be_shut_down(quoted));
  m.branch_debt = 1.7e8;  // 106 %
  EXPECT_TRUE(m.may_be_shut_down(quoted));
  EXPECT_EQ(m.minimum_debt(quoted), 2000.0);
}

TEST(LiquityV2, AShutBranchIsForClosingOnly) {
  liquity_v2 m = branch;
  m.shut_down = true;
  const double prices[] = {2000.0, 1.0};
  EXPECT_FALSE(m.may_borrow(trove(10.0, 10'000.0), bold));
  EXPECT_FALSE(m.may_withdraw(trove(10.0, 10'000.0), weth));
  EXPECT_TRUE(m.may_withdraw(trove(10.0, 0.0), weth));
  EXPECT_EQ(m.borrow_room(account<>{}, oracle_prices<double>(prices), {}), 0.0);
  EXPECT_EQ(m.collateral_room(oracle_prices<double>(prices)), 0.0);
  EXPECT_FALSE(branch.may_borrow(trove(10.0, 10'000.0), weth));
}

}  // namespace

namespace laws {
namespace {

template <bool Batch, int Mcr, int RedistributionPenalty, int Pool>
struct branch_case {
  static constexpr bool takes_the_whole_position = true;
  static long double direct(const auto& c) {
    return static_cast<long double>(c.account[0].collateral) * c.prices[0] /
           (static_cast<long double>(c.account[1].debt) * c.prices[1]) / (Mcr / 100.0L);
  }
  static auto make() {
    liquity_v2 m = branch;
    m.mcr = m.scr = Mcr / 100.0;
    m.ccr = m.mcr + 0.4;
    m.in_batch = Batch;
    m.redistribution_penalty = {RedistributionPenalty};
    m.stability_pool = Pool;
    return health_case<liquity_v2, 2>{m, trove(10.0, 12'900.0), {2000.0, 1.0}, weth, bold, {0}, {1}};
  }
};
using branches = testing::Types<branch_case<false, 110, 1000, 1'000'000'000>, branch_case<true, 110, 1000, 10'000>,
                                branch_case<false, 120, 2000, 0>>;
INSTANTIATE_TYPED_TEST_SUITE_P(LiquityV2, HealthModelLaws, branches);
INSTANTIATE_TYPED_TEST_SUITE_P(LiquityV2, LiquidationLaws, branches);
INSTANTIATE_TYPED_TEST_SUITE_P(LiquityV2, HealthScalarLaws, branches);

}  // namespace
}  // namespace laws

namespace {

TEST(LiquityV2, OnlyWholeTrovesAndNeverTheLast) {
  const double prices[] = {1900.0, 1.0};
  const oracle_prices<double> quoted(prices);
  const account<> a = trove(10.0, 18'000.0);
  EXPECT_EQ(branch.liquidate(a, quoted, {.debt = bold, .collateral = weth, .repay = 17'999.0}).error(), errc::dust);
  liquity_v2 m = branch;
  m.last_trove = true;
  EXPECT_EQ(m.liquidate(a, quoted, request).error(), errc::not_liquidatable);
}

TEST(LiquityV2, AnImpossibleBranchIsRefused) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const auto refused = [](auto damage) {
    liquity_v2 m = branch;
    damage(m);
    return m.validate(account<>{});
  };
  for (const double bad : {0.0, 1.0, 1.5, nan}) {
    EXPECT_EQ(refused([&](liquity_v2& m) { m.mcr = bad; }), errc::threshold_range) << bad;
    EXPECT_EQ(refused([&](liquity_v2& m) { m.scr = bad; }), bad == 1.0 ? errc::ok : errc::threshold_range) << bad;
  }
  for (const double bad : {-1.0, nan, infinity}) {
    EXPECT_EQ(refused([&](liquity_v2& m) { m.bcr = bad; }), errc::bad_configuration) << bad;
    EXPECT_EQ(refused([&](liquity_v2& m) { m.min_debt = bad; }), errc::bad_configuration) << bad;
    EXPECT_EQ(refused([&](liquity_v2& m) { m.pool_penalty = {bad}; }), errc::bad_configuration) << bad;
    EXPECT_EQ(refused([&](liquity_v2& m) { m.branch_debt = bad; }), errc::bad_configuration) << bad;
  }
  EXPECT_EQ(refused([&](liquity_v2& m) { m.stability_pool = nan; }), errc::bad_configuration);
  EXPECT_EQ(refused([&](liquity_v2& m) { m.bold = weth; }), errc::bad_configuration);
  account<> a;
  ASSERT_EQ(a.add({.asset = bold, .collateral = 1.0}), errc::ok);
  EXPECT_EQ(branch.validate(a), errc::asset_mismatch);
}

}  // namespace
}  // namespace trimtab
