// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/preset/index_coop.hpp>
#include <trimtab/simulate/run.hpp>

#include "simulate/fixtures.hpp"
#include <type_traits>
#include <vector>

namespace {

using namespace fixtures;

constexpr preset::index_coop_rules launched{.unutilised = 0.05};
constexpr double debt = 1e6, opening_health = 0.825 * 2.0;  // leverage 2

run_report kept(const market_tape& tape, auto keeper) {
  constexpr auto nobody_watches = [](std::size_t, const auto&, const auto&) {};
  return run(tape, aave(), opened(tape, debt, opening_health), plain(100.0 * debt), keeper,
             {.lower_edge = 1.15, .automatic = true}, nobody_watches);
}

// Two hours of a fall by 40 %, evenly: the extension rebalances past its band and pulls the ripcord.
TEST(IndexCoopReplay, SavesItselfInASteadyFall) {
  std::vector<double> prices(600, 100.0);
  for (std::size_t b = 0; b < prices.size(); ++b) prices[b] -= 40.0 * static_cast<double>(b) / 600.0;
  const auto tape = tape_of(prices);
  const auto still = kept(tape, sits_still{});
  const auto theirs = kept(tape, steered(preset::index_coop(aave(), launched)));
  EXPECT_GT(still.counts.liquidations, 0);
  EXPECT_EQ(theirs.counts.liquidations, 0);
  EXPECT_GT(theirs.counts.trades, 2);
  EXPECT_EQ(theirs.counts.reverts, 0);
  EXPECT_GT(theirs.minimum_health, still.minimum_health + 0.1);
}

// A fall to an LTV of 80 % in one print, and then slowly on. There the extension's cap reverts, ripcord and all, and it
// is liquidated; a policy with a floor of its own has half an hour, and trades.
TEST(IndexCoopReplay, IsLiquidatedWhereItsCapReverts) {
  std::vector<double> prices(300, 100.0);
  for (std::size_t b = 10; b < prices.size(); ++b) prices[b] = 62.4 - 0.01 * static_cast<double>(b - 10);
  const auto tape = tape_of(prices);
  const auto theirs = kept(tape, steered(preset::index_coop(aave(), launched)));
  const auto ours = kept(tape, steered(one_shot()));
  EXPECT_GT(theirs.counts.liquidations, 0);
  EXPECT_GT(theirs.refusals, 0);
  EXPECT_EQ(ours.counts.liquidations, 0);
  EXPECT_GT(ours.counts.trades, 0);
  auto without = launched;
  without.margin_on_repay = false;
  EXPECT_LT(kept(tape, steered(preset::index_coop(aave(), without))).counts.liquidations, theirs.counts.liquidations);
}

// Opened at a leverage between least and target, it levers up when its interval is over, and not because it has never
// been seen to trade.
TEST(IndexCoopReplay, ItsIntervalBeginsWhenThePositionIsOpened) {
  const auto tape = tape_of(std::vector<double>(60, 100.0));
  constexpr auto nobody_watches = [](std::size_t, const auto&, const auto&) {};
  const auto policy = preset::index_coop(aave(), launched);
  typename std::decay_t<decltype(policy)>::state_type opened_an_hour_ago;
  opened_an_hour_ago.last_fill = at_unix(tape.clock.first_time) - seconds{3600};
  const auto trades = [&](const auto& keeper) {
    return run(tape, aave(), opened(tape, debt, 0.825 * 1.9 / 0.9), plain(100.0 * debt), keeper,
               {.lower_edge = 1.15, .automatic = true}, nobody_watches)
        .counts.trades;
  };
  EXPECT_EQ(trades(steered(policy, opened_an_hour_ago)), 0);
  EXPECT_GT(trades(steered(policy)), 0) << "a contract whose clock stands at zero";
}

}  // namespace
