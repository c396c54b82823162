// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/liquidity/uniswap_v3_exact.hpp>

#include "support/exact_pools.hpp"
#include "support/uniswap_cases.hpp"
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <type_traits>
#include <vector>

namespace trimtab {
namespace {

using liquidity::exact_order;
using liquidity::initialised_tick;
using liquidity::sqrt_price_at;
using liquidity::uniswap_v3_exact;
using test::text_of;
using test::wide_of;

constexpr uint256 zero, one{1};
static_assert(std::is_trivially_copyable_v<uniswap_v3_exact> && std::is_trivially_copyable_v<liquidity::exact_swap>);

/// 10¹⁸ of liquidity between ticks −600 and 600, twice that between −60 and 60, at price 1.
struct small_pool {
  std::array<initialised_tick, 4> ticks{{{.index = -600, .falls = false, .net = uint256{1'000'000'000'000'000'000}},
                                         {.index = -60, .falls = false, .net = uint256{2'000'000'000'000'000'000}},
                                         {.index = 60, .falls = true, .net = uint256{2'000'000'000'000'000'000}},
                                         {.index = 600, .falls = true, .net = uint256{1'000'000'000'000'000'000}}}};
  [[nodiscard]] uniswap_v3_exact pool() const {
    return {.sqrt_price = *sqrt_price_at(0),
            .tick = 0,
            .liquidity = uint256{3'000'000'000'000'000'000},
            .fee_pips = 3000,
            .tick_spacing = 60,
            .ticks = ticks};
  }
};

TEST(UniswapV3Exact, StatesThatNoContractIsInAreRefused) {
  small_pool s;
  const uniswap_v3_exact good = s.pool();
  EXPECT_EQ(good.validate(), errc::ok);
  const auto with = [&](auto change) {
    uniswap_v3_exact p = good;
    change(p);
    return p.validate();
  };
  EXPECT_EQ(uniswap_v3_exact{}.validate(), errc::outside_validity) << "no price";
  EXPECT_EQ(with([](auto& p) { p.fee_pips = 1'000'000; }), errc::bad_configuration);
  EXPECT_EQ(with([](auto& p) { p.tick_spacing = 0; }), errc::bad_configuration);
  EXPECT_EQ(with([](auto& p) { p.tick_spacing = -60; }), errc::bad_configuration);
  EXPECT_EQ(with([](auto& p) { p.tick_spacing = 16384; }), errc::bad_configuration);
  EXPECT_EQ(with([](auto& p) { p.tick_spacing = 7; }), errc::bad_configuration) << "ticks off the spacing";
  EXPECT_EQ(with([](auto& p) { p.sqrt_price = zero; }), errc::outside_validity);
  EXPECT_EQ(with([](auto& p) { p.sqrt_price = liquidity::highest_sqrt_price; }), errc::outside_validity);
  EXPECT_EQ(with([](auto& p) { p.tick = 1; }), errc::bad_configuration);
  EXPECT_EQ(with([](auto& p) { p.tick = -1; }), errc::ok) << "arrived from above";
  EXPECT_EQ(with([](auto& p) { p.tick = -2; }), errc::bad_configuration);
  EXPECT_EQ(with([](auto& p) { p.sqrt_price = *p.sqrt_price.add(one), p.tick = -1; }), errc::bad_configuration);
  EXPECT_EQ(with([](auto& p) { p.liquidity = one; }), errc::bad_configuration);
  EXPECT_EQ(with([](auto& p) { p.ticks = p.ticks.first(3); }), errc::bad_configuration) << "half a table";
  EXPECT_EQ(with([](auto& p) { p.ticks = p.ticks.last(3); }), errc::bad_configuration);
  EXPECT_EQ(with([](auto& p) { p.ticks = {}; }), errc::bad_configuration);
  EXPECT_EQ(with([](auto& p) { p.ticks = {}, p.liquidity = zero; }), errc::ok) << "empty, and its price is one";
  std::swap(s.ticks[1], s.ticks[2]);
  EXPECT_EQ(good.validate(), errc::bad_configuration) << "out of order";
  std::swap(s.ticks[1], s.ticks[2]);
  s.ticks[0].index = -887280;
  EXPECT_EQ(good.validate(), errc::outside_validity);
  s.ticks[0].index = -60;
  EXPECT_EQ(good.validate(), errc::bad_configuration) << "twice";
  s.ticks[0].index = -600;
  for (initialised_tick& t : s.ticks) t.net = uint256::from_words(0, 0, 1ULL << 63, 0);
  EXPECT_EQ(good.validate(), errc::bad_configuration) << "liquidity is of 128 bits";
}

TEST(UniswapV3Exact, OrdersThatTheContractRevertsAreRefused) {
  const small_pool s;
  const uniswap_v3_exact p = s.pool();
  const auto refused = [&](const exact_order& o) { return p.swap(o).error(); };
  const uint256 lowest = liquidity::lowest_sqrt_price, highest = liquidity::highest_sqrt_price;
  for (const bool down : {true, false}) {
    const auto order = [&](const uint256& amount, const uint256& limit) {
      return exact_order{.zero_for_one = down, .exact_in = true, .amount = amount, .sqrt_price_limit = limit};
    };
    EXPECT_EQ(refused(order(zero, zero)), errc::dust);
    EXPECT_EQ(refused(order(one, p.sqrt_price)), errc::bad_configuration) << "at the price already";
    EXPECT_EQ(refused(order(one, down ? *p.sqrt_price.add(one) : *p.sqrt_price.subtract(one))),
              errc::bad_configuration);
    EXPECT_EQ(refused(order(one, down ? lowest : highest)), errc::bad_configuration);
    EXPECT_EQ(refused(order(uint256::from_words(1ULL << 63, 0, 0, 0), zero)), errc::overflow);
    EXPECT_EQ(refused(order(uint256::from_words((1ULL << 63) - 1, 0, 0, 0), zero)), errc::ok);
  }
}

/// By hand: 1000 units go in at price 1 and 3·10¹⁸ of liquidity; 3 are the fee, 1 is lost to rounding.
TEST(UniswapV3Exact, AWorkedSwap) {
  const small_pool s;
  const auto done = s.pool().swap({.zero_for_one = true, .exact_in = true, .amount = uint256{1000}});
  ASSERT_TRUE(done.has_value());
  EXPECT_EQ(done->amount_in, uint256{1000});
  EXPECT_EQ(done->amount_out, uint256{996});
  EXPECT_TRUE(done->filled);
  EXPECT_EQ(done->tick, -1);
  EXPECT_EQ(done->steps, 2) << "the price starts at the end of a word of the bitmap: a step of nothing";
}

TEST(UniswapV3Exact, RunsOutOfLiquidityToTheLimit) {
  const small_pool s;
  const uniswap_v3_exact p = s.pool();
  const uint256 much = uint256::from_words(0, 0, 1, 0);
  for (const bool down : {true, false}) {
    const auto all = p.swap({.zero_for_one = down, .exact_in = true, .amount = much});
    ASSERT_TRUE(all.has_value());
    EXPECT_FALSE(all->filled);
    EXPECT_EQ(all->ticks_crossed, 2);
    EXPECT_EQ(all->liquidity, zero);
    EXPECT_EQ(all->sqrt_price,
              down ? *liquidity::lowest_sqrt_price.add(one) : *liquidity::highest_sqrt_price.subtract(one));
    EXPECT_EQ(p.after(*all).validate(), errc::ok);
    // Asked for more than there is: the same trade, and not filled either.
    const auto wanted = p.swap({.zero_for_one = down, .exact_in = false, .amount = much});
    ASSERT_TRUE(wanted.has_value());
    EXPECT_FALSE(wanted->filled);
    EXPECT_EQ(wanted->amount_out, all->amount_out);
    EXPECT_EQ(wanted->amount_in, all->amount_in);
    EXPECT_EQ(wanted->sqrt_price, all->sqrt_price);
  }
}

TEST(UniswapV3Exact, ComesToRestOnATick) {
  const small_pool s;
  const uniswap_v3_exact p = s.pool();
  const uint256 much = uint256::from_words(0, 0, 1, 0);
  const auto down =
      p.swap({.zero_for_one = true, .exact_in = true, .amount = much, .sqrt_price_limit = *sqrt_price_at(-60)});
  ASSERT_TRUE(down.has_value());
  EXPECT_EQ(down->tick, -61) << "the tick has been crossed";
  EXPECT_EQ(down->liquidity, uint256{1'000'000'000'000'000'000});
  const uniswap_v3_exact there = p.after(*down);
  EXPECT_EQ(there.validate(), errc::ok);
  const auto back = there.swap({.zero_for_one = false, .exact_in = true, .amount = uint256{10}});
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(back->liquidity, p.liquidity) << "crossed again, at no cost";
  EXPECT_EQ(back->ticks_crossed, 1);
  EXPECT_EQ(back->tick, -60);
  const auto up =
      p.swap({.zero_for_one = false, .exact_in = true, .amount = much, .sqrt_price_limit = *sqrt_price_at(60)});
  ASSERT_TRUE(up.has_value());
  EXPECT_EQ(up->tick, 60);
  EXPECT_EQ(up->liquidity, uint256{1'000'000'000'000'000'000});
}

/// What the pool holds for its positions: rounded up after a swap, no more than before rounded down and what came in.
TEST(UniswapV3Exact, PaysItsPositionsAfterEverySwap) {
  const small_pool s;
  const uniswap_v3_exact p = s.pool();
  const auto held = [](const uniswap_v3_exact& at, rounding direction) {
    const auto wide = at.position(uint256{1'000'000'000'000'000'000}, -600, 600, direction);
    const auto narrow = at.position(uint256{2'000'000'000'000'000'000}, -60, 60, direction);
    return liquidity::exact_amounts{*wide->amount0.add(narrow->amount0), *wide->amount1.add(narrow->amount1)};
  };
  const auto before = held(p, rounding::up);
  for (int i = 0; i < 2000; ++i) {
    const std::uint64_t n = test::draw(7, static_cast<std::uint64_t>(2 * i)) >> 8;
    const exact_order order{.zero_for_one = (i & 1) != 0,
                            .exact_in = (i & 2) != 0,
                            .amount = uint256{1 + (n >> (test::draw(7, static_cast<std::uint64_t>(2 * i + 1)) % 56))}};
    const auto done = p.swap(order);
    ASSERT_TRUE(done.has_value());
    const auto owed = held(p.after(*done), rounding::down);
    const auto& in = order.zero_for_one ? before.amount0 : before.amount1;
    const auto& out = order.zero_for_one ? before.amount1 : before.amount0;
    ASSERT_LE(order.zero_for_one ? owed.amount0 : owed.amount1, *in.add(done->amount_in)) << i;
    ASSERT_LE(order.zero_for_one ? owed.amount1 : owed.amount0, *out.subtract(done->amount_out)) << i;
  }
}

TEST(UniswapV3Exact, PositionsThatAreNoneAreRefused) {
  const uniswap_v3_exact p = small_pool{}.pool();
  EXPECT_EQ(p.position(one, 60, 60, rounding::up).error(), errc::bad_configuration);
  EXPECT_EQ(p.position(one, 60, -60, rounding::up).error(), errc::bad_configuration);
  EXPECT_EQ(p.position(one, -887273, 60, rounding::up).error(), errc::outside_validity);
  EXPECT_EQ(p.position(one, -60, 887273, rounding::up).error(), errc::outside_validity);
  EXPECT_EQ(p.position(uint256::from_words(0, 1, 0, 0), -60, 60, rounding::up).error(), errc::overflow);
  EXPECT_EQ(p.position(zero, -60, 60, rounding::up)->amount0, zero);
}

/// Buying back what an exact-in swap paid out never costs more than that swap was paid, and what it costs buys it.
TEST(UniswapV3Exact, ExactOutUndoesExactIn) {
  std::optional<test::uniswap_v3_case_pool> from;
  int compared = 0;
  for (std::uint64_t i = 0; i < 5000; ++i) {
    if (i % 5 == 0) from.emplace(i / 5);
    exact_order order = from->order(i);
    order.exact_in = true;
    const auto sold = from->pool.swap(order);
    ASSERT_TRUE(sold.has_value());
    if (sold->amount_out == zero) continue;
    const exact_order back{.zero_for_one = order.zero_for_one,
                           .exact_in = false,
                           .amount = sold->amount_out,
                           .sqrt_price_limit = order.sqrt_price_limit};
    const auto bought = from->pool.swap(back);
    ASSERT_TRUE(bought.has_value() && bought->filled) << i;
    ASSERT_EQ(bought->amount_out, sold->amount_out);
    // A unit of rounding at each step may be met in one order and not in the other.
    ASSERT_LE(bought->amount_in, *sold->amount_in.add(uint256{2 * static_cast<std::uint64_t>(sold->steps)})) << i;
    order.amount = bought->amount_in;
    const auto again = from->pool.swap(order);
    ASSERT_TRUE(again.has_value());
    ASSERT_LE(again->amount_out, sold->amount_out) << i;
    ++compared;
  }
  EXPECT_GT(compared, 3000);
}

long double real(const uint256& n) {
  long double x = 0.0L;
  for (std::size_t i = 4; i-- > 0;) x = x * 0x1p64L + static_cast<long double>(n.word(i));
  return x;
}

/// The pool without its roundings and without the ends of its words, tick to tick.
struct real_pool {
  const uniswap_v3_exact& pool;

  [[nodiscard]] long double amount_out(const exact_order& o) const {
    long double p = real(pool.sqrt_price) * 0x1p-96L, l = real(pool.liquidity), out = 0.0L;
    long double left = real(o.amount) * (1.0L - 1e-6L * static_cast<long double>(pool.fee_pips));
    const long double limit = real(o.sqrt_price_limit) * 0x1p-96L;
    std::size_t above = liquidity::first_above(pool.ticks, pool.tick);
    while (left > 0.0L) {
      const bool more = o.zero_for_one ? above > 0 : above < pool.ticks.size();
      if (!more && l == 0.0L) break;
      const initialised_tick* t = more ? &pool.ticks[o.zero_for_one ? above - 1 : above] : nullptr;
      long double q = t == nullptr ? limit : real(*sqrt_price_at(t->index)) * 0x1p-96L;
      const bool last = o.zero_for_one ? q < limit : q > limit;
      if (last) q = limit;
      const long double needed = o.zero_for_one ? l * (p - q) / p / q : l * (q - p);
      if (needed > left)
        return out + (o.zero_for_one ? l * p * (left * p / (l + left * p)) : left / p / (p + left / l));
      left -= needed;
      out += o.zero_for_one ? l * (p - q) : l * (q - p) / p / q;
      if (last || t == nullptr) break;
      p = q, l += (t->falls == o.zero_for_one ? 1.0L : -1.0L) * real(t->net);
      above = o.zero_for_one ? above - 1 : above + 1;
    }
    return out;
  }
};

/// @brief The documented bound: n steps pay at most n·(1 + 3·(price at the start)) units less than the curve, and one
/// grain of √price, of the largest liquidity met; never more than the curve.
TEST(UniswapV3Exact, IsTheCurveLessAUnitOrSoForEachStep) {
  std::optional<test::uniswap_v3_case_pool> from;
  int compared = 0;
  long double worst = 0.0L;
  for (std::uint64_t i = 0; i < 20'000; ++i) {
    if (i % 5 == 0) from.emplace(i / 5);
    exact_order o = from->order(i);
    o.exact_in = true;
    const uniswap_v3_exact& pool = from->pool;
    if (o.sqrt_price_limit == zero) continue;
    const auto done = pool.swap(o);
    ASSERT_TRUE(done.has_value());
    const long double p = real(pool.sqrt_price) * 0x1p-96L, q = real(done->sqrt_price) * 0x1p-96L;
    long double most = 0.0L, l = 0.0L;  // liquidity anywhere: more than what is met
    for (const initialised_tick& t : pool.ticks) l += (t.falls ? -1.0L : 1.0L) * real(t.net), most = std::max(most, l);
    const long double price = o.zero_for_one ? p * p : 1.0L / p / p;
    const long double grain = 0x1p-96L * most * (o.zero_for_one ? 1.0L : 1.0L / p / p);
    const long double bound = static_cast<long double>(done->steps) * (1.0L + 3.0L * price) + grain;
    const long double noise = 0x1p-58L * most * (o.zero_for_one ? std::max(p, q) : 1.0L / std::min(p, q));
    const long double short_by = real_pool{pool}.amount_out(o) - real(done->amount_out);
    ASSERT_GE(short_by, -noise) << i;
    ASSERT_LE(short_by, bound + noise) << i << " steps " << done->steps;
    if (noise < 0.1L * bound) worst = std::max(worst, short_by / bound), ++compared;
  }
  EXPECT_GT(compared, 4000);
  std::printf("worst %.3Lf of the bound\n", worst);
  EXPECT_GT(worst, 0.1L) << "the bound is not idle";
}

}  // namespace
}  // namespace trimtab
