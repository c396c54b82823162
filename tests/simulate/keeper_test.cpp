// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include "fixtures.hpp"

namespace {

using namespace fixtures;

static_assert(Keeper<sits_still>);
static_assert(Keeper<steered<decltype(one_shot())>>);
static_assert(Keeper<steered<decltype(chunks())>>);

TEST(SitsStill, NeverSends) {
  const auto tape = tape_of({100, 100});
  const world w(tape, aave(), opened(tape, 1e6, 0.9), plain(1e7));
  sits_still keeper;
  EXPECT_FALSE(keeper.look(w.look()));
  EXPECT_EQ(keeper.acted(), 0);
}

TEST(Steered, HoldsInsideTheBandAndSendsOutsideIt) {
  const auto tape = tape_of({100, 100});
  const world safe(tape, aave(), opened(tape, 1e6, 1.3), plain(1e7));
  const world low(tape, aave(), opened(tape, 1e6, 1.1), plain(1e7));
  steered keeper(one_shot());
  EXPECT_FALSE(keeper.look(safe.look()));
  EXPECT_EQ(keeper.last().said, verdict::hold);
  EXPECT_TRUE(keeper.look(low.look()));
  EXPECT_EQ(keeper.last().said, verdict::rebalance);
  EXPECT_NE(keeper.explain().find("health 1.1000, target 1.2500"), std::string::npos);
}

TEST(Steered, WaitsForItsOrderAndActsAgainAfterARevert) {
  const auto tape = tape_of({100, 100});
  const world low(tape, aave(), opened(tape, 1e6, 1.1), plain(1e7));
  steered keeper(one_shot());
  const auto first = keeper.look(low.look());
  ASSERT_TRUE(first);
  EXPECT_FALSE(keeper.look(low.look()));
  EXPECT_EQ(keeper.last().reason, errc::pending);
  keeper.told({.kind = receipt_kind::reverted, .nonce = first->nonce, .at = low.now()});
  const auto second = keeper.look(low.look());
  ASSERT_TRUE(second);
  EXPECT_NE(second->nonce, first->nonce);
}

TEST(Steered, SaysWhyItRefuses) {
  const auto tape = tape_of({100, 100}, 50.0);
  auto rules = plain(1e7);
  rules.tank_native = 0.0;
  const world poor(tape, aave(), opened(tape, 1e6, 1.1), rules);
  steered keeper(one_shot());
  EXPECT_FALSE(keeper.look(poor.look()));
  EXPECT_EQ(keeper.last().said, verdict::refuse);
  EXPECT_EQ(keeper.last().reason, errc::gas_tank);
}

}  // namespace
