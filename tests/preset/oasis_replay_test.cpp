// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/preset/oasis.hpp>
#include <trimtab/simulate/run.hpp>

#include "simulate/fixtures.hpp"
#include <array>
#include <vector>

namespace {

using namespace fixtures;

constexpr double debt = 1e6;
constexpr preset::oasis_order sell{.execution = {17'000}, .target = {20'000}, .deviation = {200}};
constexpr preset::oasis_order buy{.execution = {24'000}, .target = {20'000}, .deviation = {200}};

health::maker vaults(double dust) {
  return {.collateral = asset_id{0},
          .dai = asset_id{1},
          .price = price_slot{0},
          .next_price = price_slot{0},
          .par = price_slot{1},
          .mat = 1.5,
          .dust = dust};
}

run_report kept(const market_tape& tape, double dust, auto keeper) {
  constexpr auto nobody_watches = [](std::size_t, const auto&, const auto&) {};
  const std::array<double, 3> prices{tape.assets[0].oracle.price[0], 1.0, tape.native[0]};
  const std::array<double, 1> shares{1.0};
  const auto opening = open_account(vaults(dust), shares, oracle_prices<double>(prices), debt, 2.1 / 1.5);
  return run(tape, vaults(dust), opening, plain(100.0 * debt), keeper, {.lower_edge = 1.1, .automatic = true},
             nobody_watches);
}

market_tape sliding(double to) {
  std::vector<double> prices(600, 100.0);
  for (std::size_t b = 0; b < prices.size(); ++b) prices[b] += (to - 100.0) * static_cast<double>(b) / 600.0;
  return tape_of(prices);
}

TEST(OasisReplay, SellsThroughASteadyFall) {
  const auto tape = sliding(60.0);
  EXPECT_GT(kept(tape, 0.0, sits_still{}).counts.liquidations, 0);
  const auto theirs = kept(tape, 0.0, steered(preset::oasis_basic_sell(vaults(0.0), sell)));
  EXPECT_EQ(theirs.counts.liquidations, 0);
  EXPECT_GT(theirs.counts.trades, 1);
}

// The dust guard: where the vault would come too near its least debt the sell never executes, and it is liquidated.
TEST(OasisReplay, TheDustGuardLeavesAVaultToItsLiquidators) {
  const auto tape = sliding(60.0);
  const double dust = 0.8 * debt;
  const auto theirs = kept(tape, dust, steered(preset::oasis_basic_sell(vaults(dust), sell)));
  EXPECT_EQ(theirs.counts.trades, 0);
  EXPECT_GT(theirs.counts.liquidations, 0);
}

TEST(OasisReplay, BuysThroughASteadyRise) {
  const auto tape = sliding(150.0);
  const auto theirs = kept(tape, 0.0, steered(preset::oasis_constant_multiple(vaults(0.0), buy, sell)));
  EXPECT_GT(theirs.counts.trades, 1);
  EXPECT_EQ(theirs.counts.liquidations, 0);
}

}  // namespace
