// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/health/liquidation_along.hpp>

#include "support/random.hpp"
#include "support/tolerance.hpp"
#include <array>
#include <cmath>

namespace trimtab {
namespace {

using T = test::tolerance<double>;
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

// 10 of one asset and 100 of another at a weight of ½ against 8000 of cash.
constexpr form<> leveraged() {
  form<> f;
  static_cast<void>(f.collateral.add({10.0, 0.5, {0}, {1}}));
  static_cast<void>(f.collateral.add({100.0, 0.5, {1}, {2}}));
  static_cast<void>(f.debt.add({8000.0, 1.0, {2}, {3}}));
  return f;
}
constexpr double quoted[] = {2000.0, 120.0, 1.0};
constexpr oracle_prices<double> prices{quoted};
constexpr double market[] = {1.0, 1.0, 0.0}, first[] = {1.0, 0.0, 0.0}, all[] = {1.0, 1.0, 1.0},
                 cash[] = {0.0, 0.0, 1.0};
constexpr liquidation_move crash = liquidation_along(leveraged(), prices, market);
static_assert(crash.side == liquidation_side::danger_below && crash.move == -0.5 && !crash.already);
static_assert(liquidation_along(leveraged(), prices, cash).side == liquidation_side::danger_above);
static_assert(liquidation_along(leveraged(), prices, cash).move == 1.0);

TEST(LiquidationAlong, OneSlotAloneIsItsLiquidationPrice) {
  const liquidation_point point = liquidation_price(leveraged(), prices, {0});
  const liquidation_move move = liquidation_along(leveraged(), prices, first);
  EXPECT_EQ(move.side, point.side);
  EXPECT_EQ(move.move, point.move);
  EXPECT_EQ(point.price, 400.0);
  EXPECT_EQ(move.move, -0.8);
}

TEST(LiquidationAlong, PricesThatAllMoveAlikeChangeNothing) {
  EXPECT_EQ(liquidation_along(leveraged(), prices, all).side, liquidation_side::unreachable);
  test::random_numbers random(20230401);
  for (int i = 0; i < 2000; ++i) {
    const double share = random.log_uniform(1e-3, 1e3);
    const double alike[] = {share, share, share};
    const double at[] = {random.log_uniform(1.0, 1e4), random.log_uniform(1.0, 1e4), random.log_uniform(0.1, 10.0)};
    EXPECT_EQ(liquidation_along(leveraged(), oracle_prices<double>(at), alike).side, liquidation_side::unreachable);
  }
}

TEST(LiquidationAlong, AWayOnWhichAPriceWouldTurnNegativeFirstIsUnreachable) {
  // The second falls twice as fast as the first: at λ = −0.5 it is worth nothing, and 8000 are still covered.
  form<> f = leveraged();
  f.debt[0].amount = 4000.0;
  const double skew[] = {1.0, 2.0, 0.0};
  EXPECT_EQ(liquidation_along(f, prices, skew).side, liquidation_side::unreachable);
  f.debt[0].amount = 6000.0;
  const liquidation_move move = liquidation_along(f, prices, skew);
  EXPECT_EQ(move.side, liquidation_side::danger_below);
  EXPECT_TRUE(test::close(move.move, -10'000.0 / 22'000.0, T::formula));
}

TEST(LiquidationAlong, WithoutDebtNoMoveIsDangerous) {
  test::random_numbers random(20230402);
  for (int i = 0; i < 500; ++i) {
    form<> f = leveraged(), none = leveraged();
    f.debt[0].amount = 0.0;
    none.debt = {};
    const double share = random.log_uniform(1e-2, 1e2);
    const double beta[] = {share, share, 0.0};
    EXPECT_EQ(liquidation_along(f, prices, beta).side, liquidation_side::unreachable);
    EXPECT_EQ(liquidation_along(none, prices, beta).side, liquidation_side::unreachable);
    EXPECT_FALSE(liquidation_along(none, prices, beta).already);
  }
}

TEST(LiquidationAlong, NothingMovesWithBetasOfZero) {
  const double still[] = {0.0, 0.0, 0.0};
  EXPECT_EQ(liquidation_along(leveraged(), prices, still).side, liquidation_side::unreachable);
}

TEST(LiquidationAlong, AlreadyIsTheProtocolsOwn) {
  const double at[] = {1000.0, 60.0, 1.0};
  EXPECT_FALSE(liquidation_along(leveraged(), oracle_prices<double>(at), market).already);
  EXPECT_TRUE(liquidation_along(leveraged(), oracle_prices<double>(at), market, boundary::at_or_below_one).already);
  EXPECT_EQ(liquidation_along(leveraged(), oracle_prices<double>(at), market).move, 0.0);
  const double low[] = {800.0, 48.0, 1.0};
  const liquidation_move move = liquidation_along(leveraged(), oracle_prices<double>(low), market);
  EXPECT_TRUE(move.already);
  EXPECT_EQ(move.side, liquidation_side::danger_below);
  EXPECT_TRUE(test::close(move.move, 0.25, T::formula)) << "prices must rise to get out";
}

TEST(LiquidationAlong, WhatCannotBeReadIsUnknownAndNeverSafe) {
  const auto expect_unknown = [](const liquidation_move& move) {
    EXPECT_EQ(move.side, liquidation_side::unknown);
    EXPECT_TRUE(move.already);
    EXPECT_TRUE(std::isnan(move.move));
  };
  expect_unknown({});
  const std::array<double, 2> few{1.0, 1.0};
  expect_unknown(liquidation_along(leveraged(), prices, few));
  for (const double bad : {nan, infinity, -infinity}) {
    const double beta[] = {1.0, bad, 0.0};
    expect_unknown(liquidation_along(leveraged(), prices, beta));
    form<> held = leveraged(), owed = leveraged();
    held.collateral[1].amount = bad;
    owed.debt[0].weight = bad;
    expect_unknown(liquidation_along(held, prices, market));
    expect_unknown(liquidation_along(owed, prices, market));
  }
  for (const double bad : {nan, infinity, 0.0, -1.0}) {
    const double at[] = {bad, 120.0, 1.0};
    expect_unknown(liquidation_along(leveraged(), oracle_prices<double>(at), market));
  }
}

TEST(LiquidationAlong, AtTheMoveHealthIsOneAndOnlyOneSideOfItIsDangerous) {
  test::random_numbers random(20230403);
  int below = 0, above = 0;
  for (int i = 0; i < 5000; ++i) {
    form<> f;
    std::array<double, 5> p{}, beta{};
    for (std::uint16_t k = 0; k < 5; ++k) {
      if (random.below(4) != 0) {
        ASSERT_EQ(f.collateral.add({random.log_uniform(1e-2, 1e2), random.uniform(0.3, 1.0), {k}, {k}}), errc::ok);
      }
      if (random.below(3) == 0) {
        ASSERT_EQ(f.debt.add({random.log_uniform(1e-2, 1e2), random.uniform(1.0, 1.3), {k}, {k}}), errc::ok);
      }
      p[k] = random.log_uniform(1e-2, 1e2);
      beta[k] = random.uniform(-1.0, 2.0);
    }
    const liquidation_move found = liquidation_along(f, oracle_prices<double>(p), beta);
    EXPECT_EQ(found.already, health_factor(f, oracle_prices<double>(p)) < 1.0);
    if (found.side == liquidation_side::unreachable) {
      EXPECT_TRUE(std::isnan(found.move));
      continue;
    }
    (found.side == liquidation_side::danger_below ? below : above)++;
    const auto gap_at = [&](double move) {
      auto there = p;
      for (std::size_t k = 0; k < p.size(); ++k) there[k] = p[k] * (1.0 + move * beta[k]);
      double of = 0.0;  // what is added up, before and after the move: each rounds
      for (const auto& side : {f.collateral, f.debt})
        for (const term<>& t : side)
          of += t.weight * t.amount * p[t.slot.index] * (1.0 + std::fabs(move * beta[t.slot.index]));
      return headroom(f, oracle_prices<double>(there)) / of;
    };
    EXPECT_LE(std::fabs(gap_at(found.move)), T::sum) << i;
    const double by = found.side == liquidation_side::danger_below ? -1e-6 : 1e-6;
    EXPECT_LT(gap_at(found.move + by * (1.0 + std::fabs(found.move))), T::sum) << i;
    EXPECT_GT(gap_at(found.move - by * (1.0 + std::fabs(found.move))), -T::sum) << i;
  }
  EXPECT_GT(below, 500);
  EXPECT_GT(above, 500);
}

TEST(LiquidationAlong, NearThePointTheMoveKeepsItsDigits) {
#if __LDBL_MANT_DIG__ < 64
  GTEST_SKIP() << "long double is no wider than double";
#endif
  test::random_numbers random(20230404);
  for (int i = 0; i < 2000; ++i) {
    const double held = random.log_uniform(1.0, 1e6), weight = random.uniform(0.5, 1.0),
                 price = random.uniform(1.0, 2.0);
    form<> f;
    ASSERT_EQ(f.collateral.add({held, weight, {0}, {1}}), errc::ok);
    ASSERT_EQ(f.debt.add({held * weight * price * (1.0 - random.log_uniform(1e-14, 1e-2)), 1.0, {1}, {2}}), errc::ok);
    const double p[] = {price, 1.0}, beta[] = {0.7, 0.0};
    const long double backed = static_cast<long double>(held) * weight * price;
    const long double gap = backed - f.debt[0].amount;
    const auto expected = static_cast<double>(-gap / (backed * 0.7));
    const double known = static_cast<double>(backed * 0x1p-62L / std::fabs(gap));
    EXPECT_TRUE(test::close(liquidation_along(f, oracle_prices<double>(p), beta).move, expected, T::formula + known));
  }
}

}  // namespace
}  // namespace trimtab
