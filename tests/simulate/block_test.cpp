// SPDX-License-Identifier: MIT
// What happens inside a block is tested with the world (world_test.cpp); here, what its order promises.
#include <gtest/gtest.h>

#include <trimtab/simulate/block.hpp>

#include "fixtures.hpp"

namespace {

using namespace fixtures;

TEST(Block, PutsTheLiquidatorBeforeATransactionThatWouldHaveSaved) {
  const auto tape = tape_of({100, 80, 80, 80});  // prints in block 2
  world w(tape, aave(), opened(tape, 1e6, 1.14), plain(1e7));
  steered keeper(one_shot());
  w.send(keeper.look(w.look()).value());  // due in block 2
  for (std::size_t b = 1; b < 3; ++b) {
    w.begin(b);
    w.liquidate();
    w.include_due([&](const receipt& r) { keeper.told(r); });
    w.arbitrage();
  }
  EXPECT_GT(w.counts().liquidations, 0);
}

TEST(Block, SettlesAgainstThePoolThatTheLastBlockLeft) {
  const auto tape = tape_of({100, 100, 99, 99});
  world w(tape, aave(), opened(tape, 1e6, 1.14), plain(1e7));
  steered keeper(one_shot());
  w.send(keeper.look(w.look()).value());
  w.begin(1);
  w.arbitrage();
  const double mid = w.pool().mid();
  w.begin(2);
  EXPECT_EQ(w.pool().mid(), mid);  // the market fell in this block; arbitrage has not acted yet
  w.include_due([&](const receipt& r) { keeper.told(r); });
  EXPECT_LT(w.pool().mid(), mid);  // our own sale
  w.arbitrage();
  EXPECT_NEAR(w.pool().mid(), 99.0, 99.0 * 0.0031);
}

TEST(Block, LiquidatesTheLargestCollateral) {
  constexpr std::array<health::aave_v3_reserve, 3> three = {{
      {.asset = {0}, .collateral_slot = {0}, .ltv = {7000.0}, .threshold = {8000.0}, .bonus = {500.0}},
      {.asset = {1}, .collateral_slot = {1}, .ltv = {7000.0}, .threshold = {8000.0}, .bonus = {500.0}},
      {.asset = {2}, .collateral_slot = {2}, .debt_slot = {2}, .threshold = {7800.0}},
  }};
  auto tape = tape_of({100, 100});
  tape.assets.push_back(tape.assets[0]);
  const std::array<double, 4> prices = {100.0, 100.0, 1.0, 1.0};
  const std::array<double, 2> shares = {1.0, 2.0};
  const health::aave_v3 model{.reserves = three};
  world w(tape, model, open_account(model, shares, oracle_prices<double>(prices), 1e6, 0.97), plain(1e7));
  const double first = w.held(0);
  const double second = w.held(1);
  EXPECT_GT(w.liquidate(), 0);
  EXPECT_EQ(w.held(0), first);
  EXPECT_LT(w.held(1), second);
}

}  // namespace
