// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/preset/defi_saver.hpp>
#include <trimtab/simulate/run.hpp>

#include "simulate/fixtures.hpp"
#include <vector>

namespace {

using namespace fixtures;

constexpr double debt = 1e6;
constexpr preset::defi_saver_settings both{
    .repay_below = 1.3, .repay_to = 1.5, .boost_above = 2.0, .boost_to = 1.7, .max_slippage = {1000.0}};

run_report kept(const market_tape& tape, auto keeper) {
  constexpr auto nobody_watches = [](std::size_t, const auto&, const auto&) {};
  const run_report r = run(tape, aave(), opened(tape, debt, 1.65), plain(100.0 * debt), keeper,
                           {.lower_edge = 1.1, .automatic = true}, nobody_watches);
  EXPECT_NEAR(r.equity.unexplained(), 0.0, 1e-12 * debt) << "what the bot takes is booked";
  return r;
}

market_tape sliding(double to) {
  std::vector<double> prices(600, 100.0);
  for (std::size_t b = 0; b < prices.size(); ++b) prices[b] += (to - 100.0) * static_cast<double>(b) / 600.0;
  return tape_of(prices, 30.0);
}

TEST(DefiSaverReplay, RepaysThroughASteadyFallAndTakesItsFee) {
  const auto tape = sliding(55.0);
  EXPECT_GT(kept(tape, sits_still{}).counts.liquidations, 0);
  const auto theirs = kept(tape, steered(preset::defi_saver(aave(), both)));
  EXPECT_EQ(theirs.counts.liquidations, 0);
  EXPECT_GT(theirs.counts.trades, 2);
  EXPECT_GT(theirs.equity.costs.reward, 0.0);
  EXPECT_EQ(theirs.equity.costs.gas, 0.0) << "the bot's, who takes it out of the amount";
  auto free = both;
  free.fee_divider = 0.0;
  const auto without = kept(tape, steered(preset::defi_saver(aave(), free)));
  EXPECT_EQ(without.counts.liquidations, 0);
  EXPECT_GT(theirs.equity.costs.total(), without.equity.costs.total());
}

TEST(DefiSaverReplay, BoostsThroughASteadyRise) {
  const auto theirs = kept(sliding(160.0), steered(preset::defi_saver(aave(), both)));
  EXPECT_GT(theirs.counts.trades, 1);
  EXPECT_EQ(theirs.counts.liquidations, 0);
}

}  // namespace
