// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/liquidity/tick_walk.hpp>

#include "support/quad.hpp"
#include "support/random.hpp"
#include <array>
#include <vector>

namespace trimtab::liquidity {
namespace {

using test::quad;

TEST(TickWalk, StartsInTheRangeOfThePriceOrTheNextOneAhead) {
  // Ranges 0 and 2 have liquidity, 1 is a gap.
  constexpr std::array<initialised_tick, 4> ticks{{{0, 1.0}, {10, -1.0}, {20, 2.0}, {30, -2.0}}};
  std::array<tick_node, 4> nodes{};
  const auto table = build_tick_table(ticks, nodes);
  const tick_walk down{table->nodes, true}, up{table->nodes, false};
  struct expected {
    double tick;
    int down, up;  // the range, −1 for none
    std::size_t down_skipped, up_skipped;
  };
  constexpr expected all[] = {{-5, -1, 0, 0, 1}, {0, -1, 0, 0, 0},  {5, 0, 0, 0, 0},
                              {10, 0, 2, 0, 1},  {15, 0, 2, 1, 1},  {20, 0, 2, 1, 0},
                              {25, 2, 2, 0, 0},  {30, 2, -1, 0, 0}, {35, 2, -1, 1, 0}};
  for (const expected& e : all) {
    for (const std::size_t hint : {0U, 1U, 2U, 3U, 99U}) {
      const auto below = down.start(sqrt_price_at_tick(e.tick), hint),
                 above = up.start(sqrt_price_at_tick(e.tick), hint);
      EXPECT_EQ(below.liquidity > 0.0, e.down >= 0) << e.tick;
      EXPECT_EQ(above.liquidity > 0.0, e.up >= 0) << e.tick;
      if (e.down >= 0) {
        EXPECT_EQ(below.range, static_cast<std::size_t>(e.down)) << e.tick;
        EXPECT_EQ(below.skipped, e.down_skipped) << e.tick;
      }
      if (e.up >= 0) {
        EXPECT_EQ(above.range, static_cast<std::size_t>(e.up)) << e.tick;
        EXPECT_EQ(above.skipped, e.up_skipped) << e.tick;
      }
    }
  }
}

// Thin ranges, with a deep one behind that the sums have in them: the leading halves of the sums are all the same.
TEST(TickWalk, ThinRangesBehindADeepOneAreToldApart) {
  std::vector<initialised_tick> ticks;
  constexpr std::int32_t thin = 200;
  for (std::int32_t i = 0; i < thin; ++i) ticks.push_back({i, i == 0 ? 1.0 : i % 2 == 1 ? 1.0 : -1.0});
  ticks.push_back({thin, 1e17});
  ticks.push_back({100'000, doubled<double>(-1e17) - doubled<double>(2.0)});
  std::vector<tick_node> nodes(ticks.size());
  const auto table = build_tick_table(ticks, nodes);
  ASSERT_TRUE(table) << name(table.error());
  ASSERT_EQ(nodes[0].first_above.high, nodes[thin - 1].first_above.high);
  const tick_walk walk{table->nodes, true};
  test::random_numbers random(8);
  for (int i = 0; i < 500; ++i) {
    const auto from = walk.start(sqrt_price_at_tick(random.uniform(1.0, thin)), 0);
    const double in = random.uniform(0.0, 0.02);
    const auto end = walk.at_input(from, doubled<double>(in));
    // One by one.
    quad left = in, paid = 0, root = quad(from.root.high) + quad(from.root.low);
    std::size_t range = from.range, crossed = 0;
    for (;; --range, ++crossed) {
      const quad edge = quad(nodes[range].sqrt_price.high) + quad(nodes[range].sqrt_price.low);
      const quad take = nodes[range].liquidity * (root - edge) / (root * edge);
      if (left <= take || range == 0) break;
      left -= take;
      paid += nodes[range].liquidity * (root - edge);
      root = edge;
    }
    if (end.over) continue;
    EXPECT_EQ(end.crossed, crossed);
    EXPECT_EQ(end.from.range, range);
    EXPECT_NEAR(end.rest, static_cast<double>(left), 1e-14);
    EXPECT_NEAR(end.before.out, static_cast<double>(paid), 1e-14);
    const auto back = walk.at_output(from, end.before.out + 0.5 * end.full.out);
    EXPECT_EQ(back.from.range, range);
    EXPECT_EQ(walk.at_root(from, end.far + doubled<double>(1e-12)).from.range, range);
  }
}

TEST(TickWalk, GoesFromRangeToRange) {
  constexpr std::array<initialised_tick, 5> ticks{{{0, 1.0}, {10, -1.0}, {20, 2.0}, {30, 1.0}, {40, -3.0}}};
  std::array<tick_node, 5> nodes{};
  const auto table = build_tick_table(ticks, nodes);
  const tick_walk down{table->nodes, true}, up{table->nodes, false};
  auto at = down.start(sqrt_price_at_tick(35), 0);
  EXPECT_EQ((at = down.next(at)).range, 2U);
  EXPECT_EQ((at = down.next(at)).range, 0U);
  EXPECT_EQ(at.root.high, sqrt_price_at_tick(10).high);
  EXPECT_EQ(down.next(at).liquidity, 0.0);
  at = up.start(sqrt_price_at_tick(5), 0);
  EXPECT_EQ((at = up.next(at)).range, 2U);
  EXPECT_EQ((at = up.next(at)).range, 3U);
  EXPECT_EQ(up.next(at).liquidity, 0.0);
}

}  // namespace
}  // namespace trimtab::liquidity
