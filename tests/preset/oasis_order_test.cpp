// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/preset/oasis_order.hpp>

#include "support/contract_integers.hpp"
#include "support/random.hpp"
#include <array>
#include <cstdio>
#include <limits>

namespace {

using namespace trimtab;
using test::u128;

// `isTriggerDataValid` of both commands, whole basis points; the sell asks nothing of the liquidation ratio.
struct order {
  u128 execution = 0, target = 0, deviation = 0;
};

u128 offset(const order& o) {
  return o.target * o.deviation / 10'000;
}
bool registered(const order& o, bool sells, u128 mat) {
  if (o.deviation < 50) return false;
  const u128 lower = o.target - offset(o), upper = o.target + offset(o);
  return sells ? o.execution <= lower : o.execution > upper && lower > mat;
}

preset::oasis_order settings(const order& o) {
  return {.execution = {static_cast<double>(o.execution)},
          .target = {static_cast<double>(o.target)},
          .deviation = {static_cast<double>(o.deviation)}};
}

constexpr preset::oasis_order plain_sell{
    .execution = {16'000}, .target = {18'000}, .deviation = {100}, .most_base_fee_gwei = 100};
constexpr preset::oasis_order plain_buy{
    .execution = {20'000}, .target = {18'000}, .deviation = {100}, .most_base_fee_gwei = 100};

TEST(OasisOrder, RegistersWhatTheContractRegisters) {
  test::random_numbers r(3);
  constexpr std::array<unsigned, 5> mats{10'100, 11'000, 14'500, 15'000, 17'000};
  long valid = 0, invalid = 0;
  for (int i = 0; i < 1'000'000; ++i) {
    const u128 mat = mats[r.below(mats.size())];
    order o{.execution = 10'000 + r.below(20'000), .target = 10'000 + r.below(20'000), .deviation = 40 + r.below(400)};
    const bool sells = r.below(2) == 0;
    const std::uint64_t kind = r.below(4);  // at an edge, and one basis point beside it
    if (kind == 1) o.execution = (sells ? o.target - offset(o) : o.target + offset(o)) - 1 + r.below(3);
    if (kind == 2) o.target = mat + mat * o.deviation / (10'000 - o.deviation) - 1 + r.below(3);
    const double liquidation = static_cast<double>(mat) / 1e4;
    const errc said = validate(settings(o), sells ? direction::deleverage : direction::leverage, liquidation);
    ASSERT_EQ(said == errc::ok, registered(o, sells, mat)) << i;
    ++(said == errc::ok ? valid : invalid);
  }
  std::printf("orders: %ld registered, %ld not\n", valid, invalid);
  EXPECT_GT(valid, 100'000);
  EXPECT_GT(invalid, 100'000);
}

TEST(OasisOrder, AGroupSharesTargetDeviationFeeCapAndCoverage) {
  EXPECT_EQ(validate_pair(plain_buy, plain_sell), errc::ok);
  const auto spoilt = [](auto&& spoil) {
    preset::oasis_order o = plain_buy;
    spoil(o);
    return validate_pair(o, plain_sell);
  };
  EXPECT_EQ(spoilt([](auto& o) { o.target.count += 1; }), errc::bad_configuration);
  EXPECT_EQ(spoilt([](auto& o) { o.deviation.count += 1; }), errc::bad_configuration);
  EXPECT_EQ(spoilt([](auto& o) { o.most_base_fee_gwei += 1; }), errc::bad_configuration);
  EXPECT_EQ(spoilt([](auto& o) { o.most_coverage = 100.0; }), errc::bad_configuration);
  EXPECT_EQ(spoilt([](auto& o) { o.execution.count += 1; }), errc::ok);
}

TEST(OasisOrder, AnOrderOfNothingFiniteIsNone) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  const auto spoilt = [](auto&& spoil) {
    preset::oasis_order o = plain_sell;
    spoil(o);
    return validate(o, direction::deleverage, 1.5);
  };
  EXPECT_EQ(spoilt([](auto&) {}), errc::ok);
  EXPECT_EQ(spoilt([&](auto& o) { o.execution.count = nan; }), errc::not_finite);
  EXPECT_EQ(spoilt([&](auto& o) { o.target.count = infinity; }), errc::not_finite);
  EXPECT_EQ(spoilt([&](auto& o) { o.least_price = nan; }), errc::not_finite);
  EXPECT_EQ(spoilt([&](auto& o) { o.most_base_fee_gwei = nan; }), errc::not_finite);
  EXPECT_EQ(spoilt([&](auto& o) { o.most_coverage = nan; }), errc::bad_configuration);
  EXPECT_EQ(spoilt([&](auto& o) { o.deviation.count = 49.0; }), errc::bad_configuration);
  EXPECT_EQ(validate(plain_sell, direction::deleverage, nan), errc::not_finite);
}

TEST(OasisOrder, BoundsAreWholeBasisPoints) {
  EXPECT_EQ(plain_sell.lower().count, 17'820.0);
  EXPECT_EQ(plain_sell.upper().count, 18'180.0);
  const preset::oasis_order odd{.target = {17'777}, .deviation = {51}};
  EXPECT_EQ(odd.offset(), 90.0) << "90.66 floored";
}

TEST(OasisOrder, SaysWhyAnExecutionIsIllegal) {
  using preset::oasis_vault;
  constexpr auto sell = direction::deleverage, buy = direction::leverage;
  constexpr oasis_vault low{.ratio = 1.55, .next_price = 2'000, .price = 2'000, .debt = 10'000, .dust = 5'000};
  static_assert(low.may(plain_sell, sell) == errc::ok);
  oasis_vault v = low;
  v.ratio = 1.6;
  EXPECT_EQ(v.may(plain_sell, sell), errc::inside_band) << "strict";
  v.ratio = 0.99;
  EXPECT_EQ(v.may(plain_sell, sell), errc::overflow) << "the contract subtracts below zero";
  v = low;
  preset::oasis_order o = plain_sell;
  o.least_price = 2'000.0;
  EXPECT_EQ(v.may(o, sell), errc::cost_exceeds_limit) << "strict";
  v.dust = 10'000.0 * 0.55 / 0.818;
  EXPECT_EQ(v.may(plain_sell, sell), errc::dust) << "equality too";
  v.dust *= 1.0 - 1e-9;
  EXPECT_EQ(v.may(plain_sell, sell), errc::ok);
  o = plain_sell;
  o.target = {9'000};
  EXPECT_EQ(low.may(o, sell), errc::bad_configuration);

  oasis_vault high = low;
  high.ratio = 2.0;
  EXPECT_EQ(high.may(plain_buy, buy), errc::ok) << "not strict";
  high.ratio = 1.99;
  EXPECT_EQ(high.may(plain_buy, buy), errc::inside_band);
  high.ratio = 2.5;
  o = plain_buy;
  o.most_price = 2'000.0;
  EXPECT_EQ(high.may(o, buy), errc::ok) << "not strict";
  o.most_price = 1'999.0;
  EXPECT_EQ(high.may(o, buy), errc::cost_exceeds_limit);
  high.next_price = 2'400.0;  // 1.8·2000/2400 = 1.5
  EXPECT_EQ(high.may(plain_buy, buy), errc::unhealthy_step);
  high.next_price = 2'399.0;
  EXPECT_EQ(high.may(plain_buy, buy), errc::ok);
  high.ratio = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(high.may(plain_buy, buy), errc::not_finite);
  EXPECT_EQ(high.may(plain_sell, sell), errc::not_finite);
}

}  // namespace
