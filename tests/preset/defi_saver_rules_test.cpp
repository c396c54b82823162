// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/health/aave_v3.hpp>
#include <trimtab/preset/defi_saver_rules.hpp>

#include "support/contract_integers.hpp"
#include "support/random.hpp"
#include <array>
#include <cstdio>
#include <limits>

namespace {

using namespace trimtab;
using test::u128;
using test::wad;

constexpr u128 hundredth = wad / 100;

double ratio_of(u128 x) {
  return test::tokens(x);
}

// AaveV3RatioCheck and AaveV3OpenRatioCheck, in wad.
constexpr u128 offset = wad / 20;

errc ratio_check(direction state, u128 start, u128 now, u128 target) {
  if (state == direction::deleverage) {
    if (now <= start) return errc::would_worsen;
    return now > target + offset ? errc::infeasible : errc::ok;
  }
  if (now >= start) return errc::would_worsen;
  return now < target - offset ? errc::infeasible : errc::ok;
}
errc open_ratio_check(u128 now, u128 target) {
  if (target >= 999 * (wad / 100)) return errc::ok;
  if (target == 0) return now == 0 ? errc::ok : errc::infeasible;
  return now > target + offset || now < target - offset ? errc::infeasible : errc::ok;
}

TEST(DefiSaverRules, ChecksAfterATradeAsTheContractsCheck) {
  test::random_numbers r(13);
  long passed = 0, wrong = 0, far = 0, open_passed = 0, open_failed = 0;
  for (int i = 0; i < 1'000'000; ++i) {
    const u128 target = r.below(50) == 0   ? 0
                        : r.below(50) == 1 ? 999 * hundredth + r.below(3) * 1'000'000'000 - 1'000'000'000
                                           : (105 + r.below(200)) * hundredth;
    const u128 start = wad + r.below(2'000'000'000'000'000'000ULL);
    const auto beside = [&](u128 x) { return x + r.below(3) * 100'000'000 - 100'000'000; };
    const std::uint64_t kind = r.below(6);
    u128 after = kind == 0                      ? start
                 : kind == 1                    ? target + offset
                 : kind == 2 && target > offset ? target - offset
                                                : wad + r.below(2'000'000'000'000'000'000ULL);
    if (kind < 3 && r.below(2) == 0) after = beside(after);
    if (r.below(100) == 0) after = 0;
    const double t = ratio_of(target), s = ratio_of(start), a = ratio_of(after);
    const direction state = r.below(2) == 0 ? direction::deleverage : direction::leverage;
    if (target > offset) {
      const errc expected = ratio_check(state, start, after, target);
      ASSERT_EQ(preset::after_trade(preset::ratio_check::improved, state, s, a, t), expected)
          << i << ' ' << s << ' ' << a << ' ' << t;
      ++(expected == errc::ok ? passed : expected == errc::would_worsen ? wrong : far);
      if (state == direction::deleverage) {
        ASSERT_EQ(preset::after_trade(preset::ratio_check::improved_and_there, state, s, a, t),
                  expected == errc::ok && after < target - offset ? errc::infeasible : expected);
      }
    }
    if (target == 0 || target > offset) {
      const errc expected = open_ratio_check(after, target);
      ASSERT_EQ(preset::after_trade(preset::ratio_check::within_five_points, state, s, a, t), expected)
          << i << ' ' << a << ' ' << t;
      ++(expected == errc::ok ? open_passed : open_failed);
    }
  }
  std::printf("passed %ld, the wrong way %ld, too far %ld; within five points %ld, not %ld\n", passed, wrong, far,
              open_passed, open_failed);
  for (const long count : {passed, wrong, far, open_passed, open_failed}) EXPECT_GT(count, 10'000);
}

TEST(DefiSaverRules, FeesAreCappedAtAFifthAndServiceAtFiveBasisPoints) {
  EXPECT_DOUBLE_EQ(preset::defi_saver_fee(1'000.0, 30.0, 2'000.0), 30.5);
  EXPECT_DOUBLE_EQ(preset::defi_saver_fee(1'000.0, 300.0, 2'000.0), 200.5) << "gas capped at a fifth";
  EXPECT_DOUBLE_EQ(preset::defi_saver_fee(1'000.0, 0.0, 100.0), 0.5) << "a divider below 2000 counts as 2000";
  EXPECT_DOUBLE_EQ(preset::defi_saver_fee(1'000.0, 0.0, 4'000.0), 0.25);
  EXPECT_DOUBLE_EQ(preset::defi_saver_fee(1'000.0, 7.0, 0.0), 7.0) << "no service fee";
  EXPECT_DOUBLE_EQ(preset::defi_saver_fee(0.0, 7.0, 2'000.0), 0.0);
}

TEST(DefiSaverRules, SafetyRatioFloorsTheAverageLtv) {
  EXPECT_DOUBLE_EQ(preset::safety_ratio(1.6, 100.0, 50.0), 1.6);
  EXPECT_DOUBLE_EQ(preset::safety_ratio(1.60019, 100.0, 50.0), 1.6) << "8000.95 basis points are 8000";
  EXPECT_DOUBLE_EQ(preset::safety_ratio(0.7, 100.0, 50.0), 1.0) << "never below 1";
  EXPECT_EQ(preset::safety_ratio(infinity, 100.0, 0.0), 0.0) << "no debt, no ratio";
  EXPECT_EQ(preset::safety_ratio(0.0, 0.0, 5.0), 1.0);
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  for (const double r : {preset::safety_ratio(nan, 100.0, 50.0), preset::safety_ratio(1.6, nan, 50.0),
                         preset::safety_ratio(1.6, 100.0, nan), preset::safety_ratio(-1.0, 100.0, 50.0)})
    EXPECT_NE(r, r);
}

TEST(DefiSaverRules, AnLtvOfZeroCountsFivePointsBelowTheThreshold) {
  const std::array<health::aave_v3_reserve, 4> reserves{
      {{.asset = asset_id{1},
        .collateral_slot = {0},
        .debt_slot = {0},
        .ltv = {8'000},
        .threshold = {8'300},
        .bonus = {500}},
       {.asset = asset_id{2},
        .collateral_slot = {1},
        .debt_slot = {1},
        .ltv = {0},
        .threshold = {7'800},
        .bonus = {500}},
       {.asset = asset_id{3}, .collateral_slot = {2}, .debt_slot = {2}, .ltv = {0}, .threshold = {400}, .bonus = {500}},
       {.asset = asset_id{4},
        .collateral_slot = {3},
        .debt_slot = {3},
        .ltv = {7'500},
        .threshold = {7'800},
        .bonus = {500}}}};
  account<> a;
  for (std::uint16_t i = 1; i < 4; ++i) ASSERT_EQ(a.add({.asset = asset_id{i}, .collateral = 1.0}), errc::ok);
  ASSERT_EQ(a.add({.asset = asset_id{4}, .debt = 1.0}), errc::ok);
  const health::aave_v3 plain{.reserves = reserves};
  const preset::as_defi_saver_sees<health::aave_v3> seen{plain};
  static_assert(HealthModel<preset::as_defi_saver_sees<health::aave_v3>>);
  const auto f = seen.borrow_form<double>(a);
  EXPECT_DOUBLE_EQ(f.collateral.find(asset_id{1})->weight, 0.80);
  EXPECT_DOUBLE_EQ(f.collateral.find(asset_id{2})->weight, 0.73);
  EXPECT_DOUBLE_EQ(f.collateral.find(asset_id{3})->weight, 0.0);
  EXPECT_EQ(plain.borrow_form<double>(a).collateral.find(asset_id{2})->weight, 0.0);
  EXPECT_DOUBLE_EQ(seen.liquidation_form<double>(a).collateral.find(asset_id{2})->weight, 0.78) << "as the protocol's";
}

TEST(DefiSaverRules, SettingsThatCouldNeverPassAreRefused) {
  using preset::defi_saver_settings;
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  constexpr defi_saver_settings good{.repay_below = 1.5, .repay_to = 1.8, .boost_above = 2.2, .boost_to = 2.0};
  static_assert(good.validate() == errc::ok);
  static_assert(defi_saver_settings{}.validate() == errc::ok, "does nothing");
  const auto spoilt = [&](double defi_saver_settings::*field, double value) {
    defi_saver_settings s = good;
    s.*field = value;
    return s.validate();
  };
  EXPECT_EQ(spoilt(&defi_saver_settings::repay_below, 1.9), errc::bad_configuration) << "above its own target";
  EXPECT_EQ(spoilt(&defi_saver_settings::repay_to, infinity), errc::bad_configuration);
  EXPECT_EQ(spoilt(&defi_saver_settings::boost_above, 1.9), errc::bad_configuration) << "below its own target";
  EXPECT_EQ(spoilt(&defi_saver_settings::boost_to, 1.0), errc::bad_configuration);
  EXPECT_EQ(spoilt(&defi_saver_settings::fee_divider, -1.0), errc::bad_configuration);
  for (const auto field :
       {&defi_saver_settings::repay_below, &defi_saver_settings::repay_to, &defi_saver_settings::boost_above,
        &defi_saver_settings::boost_to, &defi_saver_settings::fee_divider})
    EXPECT_EQ(spoilt(field, nan), errc::bad_configuration);
}

}  // namespace
