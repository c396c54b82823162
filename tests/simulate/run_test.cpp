// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/simulate/generated.hpp>
#include <trimtab/simulate/run.hpp>
#include <trimtab/simulate/tended.hpp>

#include "fixtures.hpp"
#include <algorithm>
#include <chrono>
#include <vector>

namespace {

using namespace fixtures;
using namespace std::chrono_literals;

constexpr auto nobody_watches = [](std::size_t, const auto&, const auto&) {};
constexpr run_rules automatic{.lower_edge = 1.15, .automatic = true};
constexpr double debt = 1e6;

market_tape generated(bar_order order) {
  const auto market = generate_crash();
  const std::vector<asset_source> sources = {{market.prices, {}}};
  return *make_tape(sources, market.gas, {.path = {.order = order}});
}

world_rules usual(double debt_share) {
  world_rules rules;
  rules.pool_depth = debt / debt_share;
  return rules;
}

int because(const run_report& r, liquidation_cause cause) {
  return r.causes[static_cast<std::size_t>(cause)];
}

TEST(Run, ExplainsEveryCentOfEveryColumn) {
  for (const auto order : {bar_order::high_first, bar_order::low_first}) {
    const auto tape = generated(order);
    for (const double share : {0.01, 0.1, 0.5}) {
      auto rules = usual(share);
      rules.failure_probability = 0.1;
      rules.pool.depth_factor = 0.5;
      for (const double health : {1.10, 1.35, 2.0}) {
        const auto account = opened(tape, debt, health);
        const auto explained = [&](auto keeper) {
          const auto r = run(tape, aave(), account, rules, keeper, automatic, nobody_watches);
          EXPECT_NEAR(r.equity.unexplained(), 0.0, 1e-12 * debt);
          EXPECT_EQ(*std::min_element(r.health.begin(), r.health.end()), static_cast<float>(r.minimum_health));
          EXPECT_EQ(r.health.size(), (tape.clock.blocks + r.stride - 1) / r.stride);
        };
        explained(sits_still{});
        explained(tended(one_shot(), 600s, arithmetic::same_sizer));
        explained(tended(one_shot(), 600s, arithmetic::slippage_blind));
        explained(steered(one_shot()));
        explained(steered(chunks()));
      }
    }
  }
}

TEST(Run, SteeringSavesWhatSittingStillLoses) {
  for (const auto order : {bar_order::high_first, bar_order::low_first}) {
    const auto tape = generated(order);
    const auto account = opened(tape, debt, 1.35);
    const auto still = run(tape, aave(), account, usual(0.1), sits_still{}, {}, nobody_watches);
    const auto once = run(tape, aave(), account, usual(0.1), steered(one_shot()), automatic, nobody_watches);
    const auto pieces = run(tape, aave(), account, usual(0.1), steered(chunks()), automatic, nobody_watches);
    EXPECT_GT(still.counts.liquidations, 0);
    EXPECT_EQ(because(still, liquidation_cause::unattended), still.counts.liquidations);
    EXPECT_EQ(once.counts.liquidations, 0);
    EXPECT_EQ(pieces.counts.liquidations, 0);
    EXPECT_TRUE(once.saveable());
    EXPECT_GT(once.minimum_health, 1.0);
    EXPECT_LT(pieces.equity.costs.trading(), 0.4 * once.equity.costs.trading());
    EXPECT_GT(once.equity.closing, still.equity.closing);
    EXPECT_FALSE(once.notes.empty());
  }
}

TEST(Run, ALongerAbsenceIsNotSafer) {
  const auto tape = generated(bar_order::high_first);
  const auto account = opened(tape, debt, 1.35);
  const auto health = [&](seconds delay) {
    return run(tape, aave(), account, usual(0.01), tended(one_shot(), delay, arithmetic::same_sizer), {},
               nobody_watches)
        .minimum_health;
  };
  EXPECT_GT(health(0s), health(600s));
  EXPECT_GT(health(600s), health(8h));
}

TEST(Run, CallsAFallWithinTheNextPrintAndTheDelayAJump) {
  std::vector<double> prices(40, 100.0);
  for (std::size_t b = 20; b < prices.size(); ++b) prices[b] = 80.0;  // health 1.2 to 0.96 in one print
  const auto tape = tape_of(prices);
  const auto r = run(tape, aave(), opened(tape, debt, 1.2), usual(0.1), steered(one_shot()), automatic, nobody_watches);
  EXPECT_GT(r.counts.liquidations, 0);
  EXPECT_EQ(because(r, liquidation_cause::jump), r.counts.liquidations);
  EXPECT_FALSE(r.saveable());
}

/// Health 1.2, a step to 1.10 that leaves time, then a slow fall.
std::vector<double> slow_fall() {
  std::vector<double> prices(300, 100.0);
  for (std::size_t b = 20; b < prices.size(); ++b) prices[b] = 92.0 - 0.05 * static_cast<double>(b - 20);
  return prices;
}

TEST(Run, NamesTheLimitThatKeptItFromTrading) {
  const auto tape = tape_of(slow_fall(), 50.0);
  const auto account = opened(tape, debt, 1.2);
  const auto cause_with = [&](const world_rules& rules) {
    const auto r = run(tape, aave(), account, rules, steered(one_shot()), automatic, nobody_watches);
    EXPECT_GT(r.counts.liquidations, 0);
    EXPECT_FALSE(r.feasible);
    EXPECT_GT(r.refusals, 0);
    for (std::size_t k = 0; k < liquidation_causes; ++k) {
      if (r.causes[k] > 0) return static_cast<liquidation_cause>(k);
    }
    return liquidation_cause::unattended;
  };
  auto rules = usual(0.1);
  rules.tank_native = 0.0;
  EXPECT_EQ(cause_with(rules), liquidation_cause::gas);
  const std::array<reserve_limits, 1> closed = {{{.asset = {0}, .paused = true}}};
  rules = usual(0.1);
  rules.reserves = closed;
  EXPECT_EQ(cause_with(rules), liquidation_cause::reserve);
  rules = usual(1e4);
  EXPECT_EQ(cause_with(rules), liquidation_cause::depth);
}

TEST(Run, BlamesRevertsWhenNothingGoesThrough) {
  const auto tape = tape_of(slow_fall());
  auto rules = usual(0.1);
  rules.failure_probability = 1.0;
  const auto r = run(tape, aave(), opened(tape, debt, 1.2), rules, steered(one_shot()), automatic, nobody_watches);
  EXPECT_GT(r.counts.liquidations, 0);
  EXPECT_EQ(because(r, liquidation_cause::reverted), r.counts.liquidations);
}

TEST(Run, MeasuresIdleCollateralAgainstDebt) {
  const auto tape = tape_of(std::vector<double>(100, 100.0));
  auto rules = plain(1e7);
  const auto r = run(tape, aave(), opened(tape, debt, 1.5), rules, sits_still{}, {}, nobody_watches);
  EXPECT_NEAR(r.idle_per_debt, (1.5 - 1.0) / 0.825, 1e-12);  // C − D/LT, per D
  EXPECT_NEAR(r.average_debt, 1.0, 1e-12);
}

TEST(Run, RanksByLiquidationsThenByWhatIsLeft) {
  run_report a, b;
  a.counts.liquidations = 1;
  a.equity.closing = 9.0;
  b.equity.closing = 5.0;
  EXPECT_TRUE(worse(a, b));
  a.counts.liquidations = 0;
  EXPECT_TRUE(worse(b, a));
}

}  // namespace
