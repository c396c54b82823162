// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/health/aave_v3_config.hpp>

#include <limits>

namespace trimtab {
namespace {

using namespace health;

constexpr aave_v3_reserve reserve{.asset = {1},
                                  .collateral_slot = {0},
                                  .debt_slot = {1},
                                  .ltv = {7000.0},
                                  .threshold = {7500.0},
                                  .bonus = {500.0},
                                  .emode_collateral_slot = {8},
                                  .emode_debt_slot = {9}};
constexpr aave_v3_emode category{.id = 1,
                                 .ltv = {9000.0},
                                 .threshold = {9300.0},
                                 .bonus = {100.0},
                                 .collateral_bitmap = 0b0001,
                                 .borrowable_bitmap = 0b0010,
                                 .price_source = true,
                                 .isolated = true};

static_assert(validate(reserve) == errc::ok && validate(category) == errc::ok);
static_assert(has_reserve(0b100, 2) && !has_reserve(0b100, 1) && has_reserve(std::uint64_t{1} << 63, 63));

TEST(AaveV3Config, OutsideItsCategoryAReserveIsItself) {
  const auto t = terms_of(reserve, 2, category, aave_v3_release::v3_6);
  EXPECT_EQ(t.ltv, reserve.ltv);
  EXPECT_EQ(t.threshold, reserve.threshold);
  EXPECT_EQ(t.bonus, reserve.bonus);
  EXPECT_EQ(t.collateral_slot, reserve.collateral_slot);
  EXPECT_EQ(t.debt_slot, reserve.debt_slot);
  EXPECT_EQ(terms_of(reserve, 2, category, aave_v3_release::v3_7).ltv, basis_points{}) << "an isolated category";
  EXPECT_EQ(terms_of(reserve, 2, category, aave_v3_release::v3_7).threshold, reserve.threshold);
}

TEST(AaveV3Config, InItsCategoryItHasTheCategorysNumbers) {
  for (const auto release : {aave_v3_release::v3_0, aave_v3_release::v3_5, aave_v3_release::v3_7}) {
    const auto t = terms_of(reserve, 0, category, release);
    EXPECT_EQ(t.ltv, category.ltv);
    EXPECT_EQ(t.threshold, category.threshold);
    EXPECT_EQ(t.bonus, category.bonus);
  }
}

TEST(AaveV3Config, ACategoryPricesItsAssetsUntilVersionThreeTwo) {
  EXPECT_EQ(terms_of(reserve, 0, category, aave_v3_release::v3_0).collateral_slot, price_slot{8});
  EXPECT_EQ(terms_of(reserve, 0, category, aave_v3_release::v3_0).debt_slot, price_slot{1}) << "not borrowable in it";
  EXPECT_EQ(terms_of(reserve, 1, category, aave_v3_release::v3_0).debt_slot, price_slot{9});
  EXPECT_EQ(terms_of(reserve, 0, category, aave_v3_release::v3_2).collateral_slot, price_slot{0});
  EXPECT_EQ(terms_of(reserve, 1, category, aave_v3_release::v3_2).debt_slot, price_slot{1});
  auto without = category;
  without.price_source = false;
  EXPECT_EQ(terms_of(reserve, 0, without, aave_v3_release::v3_0).collateral_slot, price_slot{0});
}

TEST(AaveV3Config, WhoseLtvIsZeroChangedWithVersionThreeSix) {
  auto zero = reserve;
  zero.ltv = {};
  auto by_bitmap = category;
  by_bitmap.ltv_zero_bitmap = 1;
  EXPECT_EQ(terms_of(zero, 0, category, aave_v3_release::v3_5).ltv, basis_points{});
  EXPECT_EQ(terms_of(zero, 0, category, aave_v3_release::v3_6).ltv, category.ltv);
  EXPECT_EQ(terms_of(reserve, 0, by_bitmap, aave_v3_release::v3_5).ltv, category.ltv) << "there was no such bitmap";
  EXPECT_EQ(terms_of(reserve, 0, by_bitmap, aave_v3_release::v3_6).ltv, basis_points{});
}

TEST(AaveV3Config, WhatHasNoThresholdOfItsOwnWasNoCollateralUntilVersionThreeSix) {
  auto none = reserve;
  none.ltv = none.threshold = {};
  EXPECT_EQ(terms_of(none, 0, category, aave_v3_release::v3_5).threshold, basis_points{});
  EXPECT_EQ(terms_of(none, 0, category, aave_v3_release::v3_6).threshold, category.threshold);
}

TEST(AaveV3Config, ABitmapHasSixtyFourBits) {
  EXPECT_TRUE(has_reserve(~std::uint64_t{0}, 0) && has_reserve(~std::uint64_t{0}, 63));
  EXPECT_FALSE(has_reserve(~std::uint64_t{0}, 64)) << "not the first one again";
  EXPECT_FALSE(has_reserve(~std::uint64_t{0}, 65));
}

TEST(AaveV3Config, EveryNumberOutOfItsRangeHasItsName) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const auto with = [](auto change) {
    aave_v3_reserve r = reserve;
    change(r);
    return validate(r);
  };
  EXPECT_EQ(with([](auto& r) { r.ltv = {7501.0}; }), errc::threshold_range);
  EXPECT_EQ(with([](auto& r) { r.threshold = {10'001.0}; }), errc::threshold_range);
  EXPECT_EQ(with([&](auto& r) { r.threshold = {nan}; }), errc::threshold_range);
  EXPECT_EQ(with([](auto& r) { r.ltv = {-1.0}; }), errc::threshold_range);
  EXPECT_EQ(with([](auto& r) { r.bonus = {-1.0}; }), errc::bad_configuration);
  EXPECT_EQ(with([](auto& r) { r.bonus = {infinity}; }), errc::bad_configuration);
  EXPECT_EQ(with([](auto& r) { r.protocol_fee = {10'001.0}; }), errc::bad_configuration);
  EXPECT_EQ(with([&](auto& r) { r.debt_ceiling = nan; }), errc::bad_configuration);
  EXPECT_EQ(with([](auto& r) { r.debt_ceiling = 1.0, r.isolated_debt = -1.0; }), errc::bad_configuration);
  EXPECT_EQ(with([](auto& r) { r.debt_ceiling = 1.0, r.isolated_debt = infinity; }), errc::bad_configuration);
  EXPECT_EQ(with([](auto& r) { r.decimals = 28; }), errc::bad_configuration);
  const auto in_category = [](auto change) {
    aave_v3_emode c = category;
    change(c);
    return validate(c);
  };
  EXPECT_EQ(in_category([](auto& c) { c.id = 0; }), errc::bad_configuration);
  EXPECT_EQ(in_category([](auto& c) { c.ltv = {9301.0}; }), errc::threshold_range);
  EXPECT_EQ(in_category([&](auto& c) { c.threshold = {nan}; }), errc::threshold_range);
  EXPECT_EQ(in_category([&](auto& c) { c.bonus = {nan}; }), errc::bad_configuration);
  EXPECT_EQ(in_category([](auto& c) { c.bonus = {infinity}; }), errc::bad_configuration);
  EXPECT_EQ(validate(aave_v3_close_factor{}), errc::ok);
  EXPECT_EQ(validate(aave_v3_close_factor{.partial = {nan}}), errc::bad_configuration);
  EXPECT_EQ(validate(aave_v3_close_factor{.full_at_or_below = -1.0}), errc::bad_configuration);
  EXPECT_EQ(validate(aave_v3_close_factor{.full_below_base = nan}), errc::bad_configuration);
  EXPECT_EQ(validate(aave_v3_close_factor{.minimum_leftover_base = -1.0}), errc::bad_configuration);
}

}  // namespace
}  // namespace trimtab
