// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/liquidity/tick_table.hpp>

#include "support/quad.hpp"
#include "support/random.hpp"
#include <array>
#include <vector>

namespace trimtab::liquidity {
namespace {

using test::quad;
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

quad quad_of(const doubled<double>& x) {
  return quad(x.high) + quad(x.low);
}
double off(const doubled<double>& ours, quad exact) {
  const quad gap = test::magnitude(quad_of(ours) - exact);
  return exact == 0 ? static_cast<double>(gap) : static_cast<double>(gap / exact);
}

TEST(TickTable, SumsAreThoseOfTheRanges) {
  test::random_numbers random(7);
  for (int round = 0; round < 50; ++round) {
    std::vector<initialised_tick> ticks;
    double liquidity = 0.0;
    std::int32_t tick = -static_cast<std::int32_t>(random.below(200'000));
    for (int i = 0; i < 40; ++i) {
      const double next = i == 39 || random.below(5) == 0 ? 0.0 : std::floor(random.log_uniform(1.0, 1e15));
      ticks.push_back({tick, next - liquidity});
      liquidity = next;
      tick += 1 + static_cast<std::int32_t>(random.below(10'000));
    }
    std::vector<tick_node> nodes(ticks.size());
    ASSERT_TRUE(build_tick_table(ticks, nodes));
    quad first = 0, second = 0;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      EXPECT_LE(off(nodes[i].second_below, second), 1e-29);
      if (i + 1 == nodes.size()) break;
      second += quad(nodes[i].liquidity) * (quad_of(nodes[i + 1].sqrt_price) - quad_of(nodes[i].sqrt_price));
    }
    for (std::size_t i = nodes.size(); i-- > 0;) {
      if (i + 1 < nodes.size()) {
        const quad low = quad_of(nodes[i].sqrt_price), high = quad_of(nodes[i + 1].sqrt_price);
        first += quad(nodes[i].liquidity) * (high - low) / (low * high);
      }
      EXPECT_LE(off(nodes[i].first_above, first), 1e-29);
      // The nearest range with liquidity, by looking.
      std::size_t up = i, down = i;
      while (up < nodes.size() && nodes[up].liquidity == 0.0) ++up;
      while (down < nodes.size() && nodes[down].liquidity == 0.0) --down;
      EXPECT_EQ(nodes[i].up, up);
      EXPECT_EQ(nodes[i].down, down < nodes.size() ? down : nodes.size());
    }
  }
}

TEST(TickTable, WhatRoundingLeavesInAGapIsNoLiquidity) {
  // 0.1 + 0.2 − 0.3 is not zero in doubles.
  constexpr std::array<initialised_tick, 5> ticks{{{-20, 0.1}, {-10, 0.2}, {0, -0.3}, {10, 5.0}, {20, -5.0}}};
  std::array<tick_node, 5> nodes{};
  ASSERT_TRUE(build_tick_table(ticks, nodes));
  EXPECT_EQ(nodes[2].liquidity, 0.0);
  EXPECT_EQ(nodes[3].liquidity, 5.0);
  // To twice the digits the contract's numbers are exact, and what is left is real.
  const doubled<double> large = doubled<double>(1e22) + doubled<double>(1.0);
  const std::array<initialised_tick, 4> exact{
      {{-20, large}, {-10, doubled<double>(-1e22)}, {0, doubled<double>(1e22)}, {10, -large}}};
  std::array<tick_node, 4> room{};
  const auto both = build_tick_table(std::span<const initialised_tick>(exact), room);
  ASSERT_TRUE(both) << name(both.error());
  EXPECT_EQ(room[0].liquidity, 1e22);
}

TEST(TickTable, DecimalsAreScaledOnceAndExactly) {
  constexpr std::array<initialised_tick, 2> ticks{{{200'000, 1e18}, {201'000, -1e18}}};
  std::array<tick_node, 2> units{}, tokens{};
  ASSERT_TRUE(build_tick_table(ticks, units));
  ASSERT_TRUE(build_tick_table(ticks, tokens, {6, 18}));
  EXPECT_LE(off(tokens[0].sqrt_price, quad_of(units[0].sqrt_price) / 1'000'000), 1e-29);
  EXPECT_EQ(tokens[0].liquidity, 1e6);
  EXPECT_LE(off(tokens[0].first_above, quad_of(units[0].first_above) / 1'000'000), 1e-15);
  ASSERT_TRUE(build_tick_table(ticks, tokens, {7, 0}));
  EXPECT_LE(
      off(tokens[1].sqrt_price * tokens[1].sqrt_price, quad_of(units[1].sqrt_price * units[1].sqrt_price) * 10'000'000),
      1e-29);
}

TEST(TickTable, ARootOnATickIsThatTick) {
  const doubled<double> at = sqrt_price_at_tick(6000);
  // As the contract has it, rounded up to a whole number.
  const doubled<double> root = at * doubled<double>(0x1p96) + doubled<double>(0.9);
  EXPECT_EQ(sqrt_price_from_x96(root).high, at.high);
  EXPECT_EQ(sqrt_price_from_x96(root).low, at.low);
  const doubled<double> beside = at * doubled<double>(0x1p96) + doubled<double>(3e10);
  EXPECT_TRUE(at < sqrt_price_from_x96(beside));
  EXPECT_EQ(sqrt_price_from_x96(doubled<double>(0x1p96), {6, 18}).high, 1e-6);
  EXPECT_TRUE(std::isnan(sqrt_price_from_x96(doubled<double>(nan)).high));
}

TEST(TickTable, NoTicksIsAPoolWithoutLiquidity) {
  const auto none = build_tick_table({}, {});
  ASSERT_TRUE(none);
  EXPECT_TRUE(none->nodes.empty());
}

TEST(TickTable, ABadPoolIsRefusedByName) {
  std::array<tick_node, 2> room{};
  const auto refusal = [&](std::array<initialised_tick, 2> ticks, token_decimals decimals = {}) {
    return build_tick_table(ticks, room, decimals).error();
  };
  EXPECT_EQ(refusal({{{10, 1.0}, {0, -1.0}}}), errc::bad_configuration) << "not ascending";
  EXPECT_EQ(refusal({{{10, 1.0}, {10, -1.0}}}), errc::bad_configuration) << "one tick twice";
  EXPECT_EQ(refusal({{{10, 1.0}, {20, -0.5}}}), errc::bad_configuration) << "liquidity that does not end";
  EXPECT_EQ(refusal({{{min_tick - 1, 1.0}, {20, -1.0}}}), errc::bad_configuration);
  EXPECT_EQ(refusal({{{0, 1.0}, {max_tick + 1, -1.0}}}), errc::bad_configuration);
  EXPECT_EQ(refusal({{{0, 1.0}, {10, -1.0}}}, {-1, 18}), errc::bad_configuration);
  EXPECT_EQ(refusal({{{0, 1.0}, {10, -1.0}}}, {6, 78}), errc::bad_configuration);
  EXPECT_EQ(refusal({{{0, nan}, {10, -1.0}}}), errc::not_finite);
  EXPECT_EQ(refusal({{{0, infinity}, {10, -infinity}}}), errc::not_finite);
  EXPECT_EQ(refusal({{{0, 1e305}, {max_tick, -1e305}}}), errc::not_finite) << "it holds more than a double can";
  EXPECT_EQ(refusal({{{0, -1.0}, {10, 1.0}}}), errc::negative_amount);
  constexpr std::array<initialised_tick, 3> three{{{0, 1.0}, {10, 0.0}, {20, -1.0}}};
  EXPECT_EQ(build_tick_table(three, room).error(), errc::size_mismatch);
}

}  // namespace
}  // namespace trimtab::liquidity
