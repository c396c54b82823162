// SPDX-License-Identifier: MIT
#include <trimtab/liquidity/concentrated.hpp>

#include "laws/venue_laws.hpp"
#include "support/exact_pool.hpp"
#include <algorithm>
#include <array>

namespace trimtab {
namespace {

using liquidity::build_tick_table;
using liquidity::concentrated;
using liquidity::initialised_tick;
using liquidity::segment;
using liquidity::swap_direction;
using liquidity::tick_node;
using test::quad;
using test::swap_exactly;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double epsilon = std::numeric_limits<double>::epsilon();
constexpr auto sell = swap_direction::first_for_second, buy = swap_direction::second_for_first;

// Two positions around 1, a gap from 200 to 300, one beyond it.
constexpr std::array<initialised_tick, 6> positions{
    {{-1000, 5e5}, {-20, 2e6}, {30, -2e6}, {200, -5e5}, {300, 8e4}, {900, -8e4}}};
constexpr auto nodes = [] {
  std::array<tick_node, 6> built{};
  static_cast<void>(build_tick_table(positions, built).has_value());
  return built;
}();
constexpr concentrated pool{.ticks = {nodes}, .sqrt_price = 1.0, .fee = {5.0}, .gas_units = 1e5, .gas_per_tick = 2e4};
static_assert(pool.validate() == errc::ok && pool.liquidity() == 2.5e6);
static_assert(pool.placed().hint == 1 && pool.segment_count() == 2 && pool.reversed().segment_count() == 3);
static_assert(pool.amount_out(0.0) == 0.0 && pool.amount_out(1.0) > 0.999 && pool.amount_out(1.0) < 0.9995);
static_assert(pool.gas(0.0) == 0.0 && pool.gas(1.0) == 1e5 && pool.gas(1e9) == 1.4e5);

TEST(Concentrated, NoAmountThatEndsAtAGapIsNotANumber) {
  // Deep ranges on both sides of a gap: what goes in ends within the last digits of the tick where the gap begins.
  int looked = 0;
  for (int i = 0; i < 4000; ++i) {
    const double deep = 3.7 * std::pow(1.003, i), thin = 7e5 / std::pow(1.001, i);
    const std::array<initialised_tick, 4> ends{
        {{-1000 - i % 97, deep}, {30, -deep}, {200 + i % 89, thin}, {900, -thin}}};
    std::array<tick_node, 4> built{};
    ASSERT_TRUE(build_tick_table(ends, built).has_value());
    const concentrated low{.ticks = {built}, .sqrt_price = std::pow(1.0001, -250.0 - 0.07 * i), .fee = {0.01 * i}};
    concentrated high = low.reversed();
    high.sqrt_price = std::pow(1.0001, 450.0);
    for (const concentrated& side : {low, low.reversed(), high, high.reversed()}) {
      std::array<liquidity::segment<>, 4> pieces{};
      if (side.segments(pieces) == 0) continue;
      double x = pieces[0].capacity * (1.0 - 6.0 * epsilon);
      for (int k = 0; k < 16; ++k, x = std::nextafter(x, infinity), ++looked) {
        ASSERT_GT(side.amount_out(x), 0.0) << i;
        ASSERT_GE(side.marginal_price(x).value, 0.0) << i;
        ASSERT_LE(side.marginal_slope(x), 0.0) << i;
        ASSERT_GE(side.loss(x), 0.0) << i;
      }
    }
  }
  EXPECT_GT(looked, 10'000);
}

TEST(Concentrated, OneRangeIsAConstantProductUntilItsEnd) {
  // L = 2.5e6 at 1: virtual reserves of 2.5e6 each.
  const double x = 1000.0, net = x * 0.9995;
  EXPECT_DOUBLE_EQ(pool.amount_out(x), 2.5e6 * net / (2.5e6 + net));
  EXPECT_DOUBLE_EQ(pool.after(x).sqrt_price.high, 1.0 * 2.5e6 / (2.5e6 + net));
  EXPECT_DOUBLE_EQ(pool.reversed().after(x).sqrt_price.high, 1.0 + net / 2.5e6);
}

TEST(Concentrated, SwapToAPriceTakesTheFeeOnce) {
  for (const concentrated& side : {pool, pool.reversed()}) {
    for (const double x : {1e-9, 1.0, 1000.0, 5000.0, 8000.0}) {
      const concentrated moved = side.after(x);
      EXPECT_TRUE(test::close(side.amount_to(moved.sqrt_price), x, 1e-9 / x + 1e-12)) << x;
      EXPECT_TRUE(test::close(side.amount_at(side.marginal_price(x)), x, 1e-9 / x + 1e-12)) << x;
      EXPECT_TRUE(test::close(moved.marginal_price(0.0).value, side.marginal_price(x).value, 1e-15)) << x;
    }
    EXPECT_EQ(side.amount_to(1.0), 0.0);
    EXPECT_EQ(side.amount_to(nan), 0.0);
  }
  EXPECT_EQ(pool.amount_to(1.01), 0.0) << "the wrong way";
  EXPECT_DOUBLE_EQ(pool.amount_to(1e-9), pool.capacity());
  EXPECT_EQ(pool.amount_at({0.0}), pool.capacity());
}

TEST(Concentrated, AcrossAGapThePriceJumpsAndNothingIsPaid) {
  const concentrated up = pool.reversed();
  const double before_gap = up.amount_to(liquidity::sqrt_price_at_tick(200));
  EXPECT_EQ(up.amount_to(liquidity::sqrt_price_at_tick(250)), before_gap);
  EXPECT_TRUE(test::close(up.amount_to(liquidity::sqrt_price_at_tick(300)), before_gap, 4.0 * epsilon));
  EXPECT_NEAR(up.marginal_price(before_gap * (1.0 - 1e-9)).value, 0.9995 / liquidity::price_at_tick(200), 1e-9);
  EXPECT_NEAR(up.marginal_price(before_gap * (1.0 + 1e-9)).value, 0.9995 / liquidity::price_at_tick(300), 1e-6);
  // Two ticks until the gap; with the trade beyond it a third.
  EXPECT_EQ(up.ticks_crossed(before_gap * (1.0 - 1e-9)), 1U);
  EXPECT_EQ(up.ticks_crossed(before_gap * (1.0 + 1e-9)), 3U);
}

TEST(Concentrated, AWholeRangeEndsOnItsTick) {
  for (const concentrated& side : {pool, pool.reversed()}) {
    std::vector<segment<>> pieces(side.segment_count());
    ASSERT_EQ(side.segments(pieces), pieces.size());
    const concentrated moved = side.after(pieces[0].capacity * (1.0 + 4.0 * epsilon));
    const doubled<double> edge = liquidity::sqrt_price_at_tick(side.direction == sell ? -20 : 30);
    EXPECT_TRUE(test::close(moved.sqrt_price.high, edge.high, 4.0 * epsilon));
    // On the tick it is the range ahead that trades.
    concentrated on_tick = side;
    on_tick.sqrt_price = edge;
    EXPECT_EQ(on_tick.liquidity(), 5e5);
    EXPECT_EQ(on_tick.reversed().liquidity(), 2.5e6);
    EXPECT_EQ(on_tick.segment_count(), pieces.size() - 1);
  }
}

TEST(Concentrated, AWrongHintCostsTimeOnly) {
  test::random_numbers random(3);
  for (int i = 0; i < 1000; ++i) {
    concentrated side = i % 2 == 0 ? pool : pool.reversed();
    side.sqrt_price = liquidity::sqrt_price_at_tick(random.uniform(-1200.0, 1200.0));
    const double x = random.log_uniform(1e-3, 1e5);
    const double out = side.placed().amount_out(x);
    for (const std::uint32_t hint : {0U, 3U, 5U, 6U, 0xffff'ffffU}) {
      side.hint = hint;
      EXPECT_EQ(side.amount_out(x), out);
    }
  }
}

// What stands for nothing at all: no ticks, one without liquidity, a price past the last range.
TEST(Concentrated, WithoutLiquidityAheadNothingIsPaidAndNothingTaken) {
  constexpr std::array<initialised_tick, 1> one{{{7, 0.0}}};
  std::array<tick_node, 1> one_node{};
  const auto single = build_tick_table(one, one_node);
  ASSERT_TRUE(single);
  const concentrated none[] = {{.sqrt_price = 1.0},
                               {.ticks = *single, .sqrt_price = 1.0},
                               {.ticks = *single, .sqrt_price = 2.0, .direction = buy},
                               {.ticks = {nodes}, .sqrt_price = 0.5},
                               {.ticks = {nodes}, .sqrt_price = nan},
                               {.ticks = {nodes}, .sqrt_price = -1.0},
                               {.ticks = {nodes}, .sqrt_price = liquidity::sqrt_price_at_tick(-1000)},
                               {.ticks = {nodes}, .sqrt_price = liquidity::sqrt_price_at_tick(900), .direction = buy}};
  for (const concentrated& empty : none) {
    EXPECT_EQ(empty.amount_out(1.0), 0.0);
    EXPECT_EQ(empty.amount_in(1.0), infinity);
    EXPECT_EQ(empty.amount_in(0.0), 0.0);
    EXPECT_EQ(empty.marginal_price(0.0).value, 0.0);
    EXPECT_EQ(empty.marginal_slope(1.0), 0.0);
    EXPECT_EQ(empty.amount_at({1e-9}), 0.0);
    EXPECT_EQ(empty.amount_to(0.1), 0.0);
    EXPECT_EQ(empty.best_value({0.0}), 0.0);
    EXPECT_EQ(empty.loss(1.0), 0.0);
    EXPECT_EQ(empty.capacity(), 0.0);
    EXPECT_EQ(empty.liquidity(), 0.0);
    EXPECT_EQ(empty.segment_count(), 0U);
    segment<> piece;
    EXPECT_EQ(empty.segments({&piece, 1}), 0U);
    EXPECT_TRUE(std::isnan(empty.amount_out(nan)));
    EXPECT_EQ(empty.ticks_crossed(1.0), 0U);
  }
  EXPECT_EQ(none[4].validate(), errc::not_finite);
  EXPECT_EQ(none[5].validate(), errc::non_positive_price);
  EXPECT_EQ((concentrated{.sqrt_price = 1.0, .fee = {1e4}}.validate()), errc::bad_configuration);
  EXPECT_EQ((concentrated{.sqrt_price = 1.0, .gas_units = nan}.validate()), errc::negative_amount);
  EXPECT_EQ((concentrated{.sqrt_price = 1.0, .gas_per_tick = -1.0}.validate()), errc::negative_amount);
}

/// A pool of many ticks, some of them gaps, some nearly so, over many decades of price and liquidity.
struct random_pool {
  std::vector<initialised_tick> ticks;
  std::vector<tick_node> table;
  random_pool(test::random_numbers& random, std::size_t count, int widest) {
    std::int32_t tick = -static_cast<std::int32_t>(count) * widest / 2;
    double here = 0.0;
    for (std::size_t i = 0; i < count; ++i) {
      const double next =
          i + 1 == count || random.below(8) == 0
              ? 0.0
              : std::ldexp(1.0 + std::floor(random.uniform(0.0, 1e6)), static_cast<int>(random.below(20)));
      ticks.push_back({tick, next - here});
      here = next;
      tick += 1 + static_cast<std::int32_t>(random.below(static_cast<std::size_t>(widest)));
    }
    table.resize(count);
  }
};

double ulps(double ours, quad exact) {
  return static_cast<double>((ours < exact ? exact - ours : ours - exact) / exact) / epsilon;
}

TEST(Concentrated, AgreesWithAWalkIn113Bits) {
  test::random_numbers random(4);
  double worst_out = 0.0, worst_loss = 0.0, worst_marginal = 0.0, worst_in = 0.0, worst_at = 0.0, worst_value = 0.0;
  for (int round = 0; round < 120; ++round) {
    random_pool made(random, 2 + random.below(60), round % 3 == 0 ? 1 : round % 3 == 1 ? 200 : 10'000);
    const auto table = build_tick_table(made.ticks, made.table);
    ASSERT_TRUE(table) << name(table.error());
    for (int i = 0; i < 60; ++i) {
      concentrated side{.ticks = *table, .direction = i % 2 == 0 ? sell : buy, .fee = {random.uniform(0.0, 100.0)}};
      const auto& low = made.ticks.front();
      const auto& high = made.ticks.back();
      side.sqrt_price = random.below(10) == 0 ? made.table[random.below(made.table.size())].sqrt_price
                                              : liquidity::sqrt_price_at_tick(random.uniform(low.tick, high.tick));
      side = side.placed();
      const double capacity = side.capacity();
      if (!(capacity > 0.0)) continue;
      double x = capacity * random.log_uniform(1e-15, 2.0);
      // On, or a few units beside, the end of a range: the worst place for what the last range gets.
      if (i % 3 == 0) x = side.amount_to(made.table[random.below(made.table.size())].sqrt_price);
      if (i % 6 == 0) x *= 1.0 + random.uniform(-10.0, 10.0) * epsilon;
      if (!(x > 0.0)) continue;
      const test::exact_swap exact = swap_exactly(side, x);
      worst_out = std::max(worst_out, ulps(side.amount_out(x), exact.out));
      worst_loss = std::max(worst_loss, ulps(side.loss(x), exact.loss));
      if (i % 3 != 0 && !exact.over)
        worst_marginal = std::max(worst_marginal, ulps(side.marginal_price(x).value, exact.marginal));
      EXPECT_LE(ulps(capacity, exact.capacity), 4.0);
      // The inverses, by what they bring; what y and λ are not exactly is worth in x is theirs and not the formula's.
      if (i % 3 != 0 && !exact.over) {
        const double y = side.amount_out(x), in = side.amount_in(y);
        const test::exact_swap back = swap_exactly(side, in);
        worst_in =
            std::max(worst_in, static_cast<double>(test::magnitude(back.out - y) / (y + back.marginal * in)) / epsilon);
        const executable_price<double> price = side.marginal_price(x);
        const double at = side.amount_at(price), slope = -side.marginal_slope(x);
        worst_at = std::max(worst_at, std::fabs(at - x) / (x + price.value / slope) / epsilon);
        // At a lower price than where it ends: the best trade is the one to that price. An error in it is of second
        // order in the value, but for one beyond the end of a range: so also a little less.
        const executable_price<double> ask{price.value * random.uniform(0.9, 1.0)};
        const double best = side.amount_at(ask), less = best * (1.0 - 4.0 * epsilon);
        const quad there = swap_exactly(side, best).out - quad(ask.value) * best,
                   before = swap_exactly(side, less).out - quad(ask.value) * less,
                   value = there < before ? before : there;
        worst_value = std::max(worst_value, ulps(side.best_value(ask), value));
      }
      if (i % 3 != 0) {
        EXPECT_EQ(side.ticks_crossed(x), exact.crossed) << x;
        EXPECT_LE(ulps(side.after(x).sqrt_price.high, exact.root), 4.0);
      }
    }
  }
  std::printf(
      "worst error, ulps: amount out %.2f, marginal price %.2f, loss %.2f, amount in %.2f, amount at %.2f, best "
      "value %.2f\n",
      worst_out, worst_marginal, worst_loss, worst_in, worst_at, worst_value);
  EXPECT_LE(worst_in, 4.0);
  EXPECT_LE(worst_at, 4.0);
  EXPECT_LE(worst_value, 8.0);
  EXPECT_LE(worst_out, 4.0);
  EXPECT_LE(worst_marginal, 8.0);
  EXPECT_LE(worst_loss * epsilon, 1e-12);
}

TEST(Concentrated, TokensAreTheSameInWhateverUnits) {
  // The same pool in smallest units of 6 and 18 decimals, and in tokens.
  constexpr std::array<initialised_tick, 4> real{
      {{199'710, 3e17}, {200'180, 7e16}, {200'350, -7e16}, {200'690, -3e17}}};
  std::array<tick_node, 4> units{}, tokens{};
  const concentrated in_units{.ticks = *build_tick_table(real, units),
                              .sqrt_price = liquidity::sqrt_price_at_tick(200'280.3)};
  concentrated in_tokens = in_units;
  in_tokens.ticks = *build_tick_table(real, tokens, {6, 18});
  in_tokens.sqrt_price = liquidity::sqrt_price_from_x96(in_units.sqrt_price * doubled<double>(0x1p96), {6, 18});
  EXPECT_NEAR(1.0 / (in_tokens.sqrt_price.high * in_tokens.sqrt_price.high), 2006.0, 1.0)
      << "what the second token costs";
  for (const double x : {1e-6, 1.0, 1e5, 1e8, 1e12}) {
    EXPECT_TRUE(test::close(in_tokens.amount_out(x), in_units.amount_out(x * 1e6) / 1e18, 1e-12)) << x;
    EXPECT_TRUE(test::close(in_tokens.reversed().amount_out(x), in_units.reversed().amount_out(x * 1e18) / 1e6, 1e-12));
  }
}

TEST(Concentrated, TheLastOfItsLiquidityHasACost) {
  test::random_numbers random(20200904);
  for (int i = 0; i < 2000; ++i) {
    const concentrated at{.ticks = {nodes},
                          .sqrt_price = liquidity::sqrt_price_at_tick(random.uniform(-990.0, 890.0)),
                          .direction = i % 2 == 0 ? sell : buy,
                          .fee = {i % 3 * 15.0}};
    laws::last_amounts_have_a_cost(at);
  }
}

}  // namespace

namespace laws {
namespace {

struct wide_ticks {  // a full range beneath a narrow one, dense ticks, a gap
  static concentrated at(const doubled<double>& sqrt_price, swap_direction direction) {
    static const std::vector<initialised_tick> ticks = [] {
      std::vector<initialised_tick> all{{-23'040, 1e3}};
      for (std::int32_t i = -30; i < 30; ++i) all.push_back({60 * i, i % 2 == 0 ? 1e4 : -1e4});
      all.push_back({23'040, -1e3});
      return all;
    }();
    static std::vector<tick_node> built(ticks.size());
    return {.ticks = *build_tick_table(ticks, built),
            .sqrt_price = sqrt_price,
            .direction = direction,
            .gas_units = 1e5,
            .gas_per_tick = 3e4};
  }
};
struct with_gap {
  static concentrated at(const doubled<double>& sqrt_price, swap_direction direction) {
    return {.ticks = {nodes}, .sqrt_price = sqrt_price, .direction = direction, .fee = {100.0}};
  }
};
template <class Ticks, int TenthOfTick, swap_direction Direction, int Scale>
struct pool_case {
  static constexpr double scale = Scale;
  static concentrated venue() {
    return Ticks::at(liquidity::sqrt_price_at_tick(TenthOfTick / 10.0), Direction).placed();
  }
  static inline const double most_out = static_cast<double>(swap_exactly(venue(), 1).most_out) * (1.0 + 1e-15);
  static venue_reference reference(long double x) {
    const test::exact_swap exact = swap_exactly(venue(), x);
    return {static_cast<long double>(exact.out), static_cast<long double>(exact.marginal),
            static_cast<long double>(exact.loss)};
  }
};
using pools = testing::Types<pool_case<wide_ticks, 5, sell, 1000>, pool_case<wide_ticks, 5, buy, 1000>,
                             pool_case<with_gap, 5, sell, 1000>, pool_case<with_gap, 5, buy, 1000>,
                             pool_case<with_gap, 2500, buy, 50>, pool_case<with_gap, 2500, sell, 1000>,
                             pool_case<with_gap, 12'000, sell, 1000>, pool_case<with_gap, -12'000, buy, 1000>,
                             pool_case<with_gap, 300, sell, 3000>>;
INSTANTIATE_TYPED_TEST_SUITE_P(Concentrated, VenueLaws, pools);

}  // namespace
}  // namespace laws
}  // namespace trimtab
