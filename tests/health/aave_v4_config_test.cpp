// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/health/aave_v4_config.hpp>

#include "support/tolerance.hpp"
#include <limits>

namespace trimtab {
namespace {

using health::aave_v4_config;
using health::aave_v4_liquidation;
using health::aave_v4_liquidation_config;
using T = test::tolerance<double>;

constexpr aave_v4_liquidation_config spoke{
    .target_health = 1.05, .health_for_max_bonus = 0.90, .bonus_factor = {5000.0}};
static_assert(validate(spoke) == errc::ok);
static_assert(spoke.bonus_at(0.97, {600.0}) == basis_points{390.0}, "the contract stores 10390");
static_assert(spoke.bonus_at(0.90, {600.0}) == basis_points{600.0});
static_assert(spoke.bonus_at(0.5, {600.0}) == basis_points{600.0});
static_assert(spoke.bonus_at(1.0, {600.0}) == basis_points{300.0});
static_assert(spoke.bonus_at(1.5, {600.0}) == basis_points{300.0}, "not below the least");

// 10,000 USD owed in all, at health 0.97.
constexpr aave_v4_liquidation worked{.spoke = spoke,
                                     .collateral = {.collateral_factor = {8300.0}, .max_bonus = {600.0}},
                                     .held = 4.0,
                                     .owed = 10'000.0 / 0.99987654,
                                     .collateral_price = 3000.0,
                                     .debt_price = 0.99987654,
                                     .health = 0.97,
                                     .all_debt_value = 10'000.0};

TEST(AaveV4Config, TheWorkedDebtBringsHealthToTheTarget) {
  EXPECT_NEAR(worked.debt_to_target(), 4264.236957, 1e-6) << "the contract rounds up to a unit of 6 decimals";
  const auto out = worked.seize(infinity);
  ASSERT_TRUE(out.has_value());
  EXPECT_EQ(out->repaid, worked.debt_to_target());
  const double debt_after = 10'000.0 - out->repaid * worked.debt_price;
  const double backing_after = 0.97 * 10'000.0 - 0.83 * out->seized * worked.collateral_price;
  EXPECT_TRUE(test::close(backing_after / debt_after, 1.05, T::route));
}

TEST(AaveV4Config, TheBonusIsFlooredToWholeBasisPoints) {
  EXPECT_EQ(spoke.bonus_at(0.9712, {600.0}), basis_points{386.0}) << "386.4";
  EXPECT_EQ((aave_v4_liquidation_config{.bonus_factor = {3333.0}}.bonus_at(1.0, {700.0})), basis_points{233.0});
}

TEST(AaveV4Config, DebtThatWouldLeaveDustIsRepaidWhole) {
  auto c = worked;
  c.owed = 5000.0;  // the rest is owed of other assets
  const auto out = c.seize(infinity);
  ASSERT_TRUE(out.has_value());
  EXPECT_EQ(out->repaid, 5000.0) << "736 would have been left";
  EXPECT_EQ(c.seize(4500.0).error(), errc::dust) << "more than the liquidator offers";
  EXPECT_EQ(c.seize(3000.0)->repaid, 3000.0);
}

TEST(AaveV4Config, CollateralThatWouldLeaveDustIsTakenWhole) {
  auto c = worked;
  c.owed = 9000.0;
  c.held = 1.6;  // 4800, of which 4430 would be seized
  c.only_collateral = false;
  const auto out = c.seize(infinity);
  ASSERT_TRUE(out.has_value());
  EXPECT_EQ(out->seized, 1.6);
  EXPECT_TRUE(test::close(out->repaid * c.debt_price * 1.039, 4800.0, T::formula));
  EXPECT_GT(out->repaid, c.debt_to_target());
  EXPECT_EQ(out->bad_debt, 0.0);
  EXPECT_EQ(c.seize(out->repaid * 0.99).error(), errc::dust);
}

TEST(AaveV4Config, MoreThanIsHeldIsNotSeizedAndTheRestIsWrittenOff) {
  auto c = worked;
  c.held = 1.0;
  c.health = 0.25;
  const auto out = c.seize(infinity);
  ASSERT_TRUE(out.has_value());
  EXPECT_EQ(out->seized, 1.0);
  EXPECT_TRUE(test::close(out->repaid * c.debt_price * 1.06, 3000.0, T::formula));
  EXPECT_TRUE(test::close(out->bad_debt + out->repaid, c.owed, T::formula));
  EXPECT_TRUE(out->all_debt_written_off);
}

TEST(AaveV4Config, TheProtocolsFeeIsAShareOfTheBonus) {
  auto c = worked;
  c.collateral.protocol_fee = {1000.0};
  const auto out = c.seize(1000.0);
  ASSERT_TRUE(out.has_value());
  EXPECT_TRUE(test::close(out->protocol_fee, (out->seized - out->seized / 1.039) * 0.1, T::route));
}

TEST(AaveV4Config, EveryNumberOutOfItsRangeHasItsName) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const auto with = [](double factor, double bonus, double fee) {
    return validate(aave_v4_config{.collateral_factor = {factor}, .max_bonus = {bonus}, .protocol_fee = {fee}});
  };
  EXPECT_EQ(with(8300.0, 600.0, 1000.0), errc::ok);
  EXPECT_EQ(with(10'000.0, 0.0, 0.0), errc::threshold_range);
  EXPECT_EQ(with(nan, 0.0, 0.0), errc::threshold_range);
  EXPECT_EQ(with(-1.0, 0.0, 0.0), errc::threshold_range);
  EXPECT_EQ(with(9500.0, 600.0, 0.0), errc::bad_configuration) << "95 % of 106 % is more than all";
  EXPECT_EQ(with(8300.0, nan, 0.0), errc::bad_configuration);
  EXPECT_EQ(with(8300.0, 0.0, 10'001.0), errc::bad_configuration);
  EXPECT_EQ(validate(aave_v4_liquidation_config{.target_health = 0.99}), errc::bad_configuration);
  EXPECT_EQ(validate(aave_v4_liquidation_config{.target_health = nan}), errc::bad_configuration);
  EXPECT_EQ(validate(aave_v4_liquidation_config{.health_for_max_bonus = 1.0}), errc::bad_configuration);
  EXPECT_EQ(validate(aave_v4_liquidation_config{.bonus_factor = {10'001.0}}), errc::bad_configuration);
  EXPECT_EQ(validate(aave_v4_liquidation_config{.dust_base = nan}), errc::bad_configuration);
}

}  // namespace
}  // namespace trimtab
