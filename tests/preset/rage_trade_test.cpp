// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/preset/rage_trade.hpp>

#include "support/precise_units.hpp"
#include "support/random.hpp"
#include <array>
#include <cmath>
#include <cstdint>
#include <iostream>
#include <limits>

namespace {

using namespace trimtab;
using cases::mul_div_down;
using cases::ten_to;
using cases::tokens;
using cases::wide;
using cases::wide_signed;
using preset::rage_trade_look;
using preset::rage_trade_rules;
using trigger::hedge_reason;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
static_assert(rage_trade_rules{}.validate() == errc::ok);
static_assert(rage_trade_rules{.target_health = 1.0}.validate() == errc::bad_configuration);
static_assert(rage_trade_rules{.partial_above = {0.0, 1.0}}.validate() == errc::bad_configuration);
static_assert(rage_trade_rules{.slippage = {basis_points{-1.0}, basis_points{1.0}}}.validate() ==
              errc::bad_configuration);
static_assert(rage_trade_rules{.deviation = {nan}}.validate() == errc::not_finite);

// The vault once more, in its own integers: tokens in 8 and 18 digits, USDC in 6, prices in 8 as Aave's oracle has
// them, scaled to 30; every quotient rounded down.
struct vault {
  std::int64_t interval;
  wide deviation_bp, health_bp, target_bp, least_hedge;
  std::array<wide, 2> partial, slippage_bp;

  struct state {
    std::array<wide, 2> reserve, wanted, borrowed, price8;
    std::array<wide, 2> dollars, in_usdc;  // of the prices, once
    wide usdc8, threshold_bp, health, available;
    wide_signed lent;
    std::int64_t now, last;
  };
  struct answer {
    bool valid = false, aged = false, drifted = false, unhealthy = false, partial = false, capped = false;
    std::array<wide, 2> token{}, usdc{};
    std::array<bool, 2> repays{}, small{}, partly{};
    wide_signed lent_change = 0;
  };
  static constexpr std::array<int, 2> decimals{8, 18};
  static void price(state& s) {
    for (std::size_t i = 0; i < 2; ++i) {
      s.dollars[i] = mul_div_down(s.price8[i], ten_to(30), ten_to(decimals[i] + 2));
      s.in_usdc[i] = mul_div_down(s.price8[i], ten_to(30), s.usdc8 * ten_to(decimals[i] - 6));
    }
  }
  static wide value(const state& s, const std::array<wide, 2>& borrow) {
    const wide sum =
        mul_div_down(borrow[0], s.dollars[0], ten_to(30)) + mul_div_down(borrow[1], s.dollars[1], ten_to(30));
    return mul_div_down(sum, ten_to(30), mul_div_down(s.usdc8, ten_to(30), ten_to(8)));
  }
  [[nodiscard]] std::array<wide, 2> final(const state& s, bool partly, answer& a, wide_signed& target) const {
    std::array<wide, 2> borrow = s.wanted;
    for (std::size_t i = 0; partly && i < 2; ++i) {
      const bool higher = borrow[i] > s.borrowed[i];
      const wide diff = higher ? borrow[i] - s.borrowed[i] : s.borrowed[i] - borrow[i];
      const wide most = mul_div_down(partial[i], ten_to(30), s.in_usdc[i]);
      a.partly[i] = diff > most;
      if (a.partly[i]) borrow[i] = higher ? s.borrowed[i] + most : s.borrowed[i] - most;
      a.partial = a.partial || a.partly[i];
    }
    target = static_cast<wide_signed>(mul_div_down(target_bp - s.threshold_bp, value(s, borrow), s.threshold_bp));
    a.capped = target > s.lent && static_cast<wide>(target - s.lent) > s.available;
    if (a.capped) {
      const wide all =
          mul_div_down(static_cast<wide>(s.lent) + s.available, s.threshold_bp, target_bp - s.threshold_bp);
      std::array<wide, 2> weight{};
      for (std::size_t i = 0; i < 2; ++i) weight[i] = mul_div_down(s.reserve[i], s.in_usdc[i], ten_to(30));
      // all·w·10³⁰ / ((w₀ + w₁)·p): the two products would not fit 128 bits, so w·10³⁰/p first, whose rounding is
      // 10⁻³⁰ of a price
      for (std::size_t i = 0; i < 2; ++i)
        borrow[i] = mul_div_down(all, mul_div_down(weight[i], ten_to(30), s.in_usdc[i]), weight[0] + weight[1]);
      target = s.lent + static_cast<wide_signed>(s.available);
    }
    return borrow;
  }
  [[nodiscard]] answer ask(const state& s) const {
    answer a;
    wide_signed target = 0;
    const auto whole = final(s, false, a, target);
    for (std::size_t i = 0; i < 2; ++i) {
      const wide diff = whole[i] > s.borrowed[i] ? whole[i] - s.borrowed[i] : s.borrowed[i] - whole[i];
      a.drifted = a.drifted || !(diff <= mul_div_down(deviation_bp, s.borrowed[i], 10'000));
    }
    a.aged = s.now - s.last > interval;
    a.unhealthy = s.health < health_bp * ten_to(14);
    a.valid = a.aged || a.drifted || a.unhealthy;
    if (!a.valid) return a;
    const auto borrow = final(s, true, a, target);
    for (std::size_t i = 0; i < 2; ++i) {
      a.repays[i] = !(borrow[i] > s.borrowed[i]);
      a.token[i] = a.repays[i] ? s.borrowed[i] - borrow[i] : borrow[i] - s.borrowed[i];
      const wide bp = a.repays[i] ? 10'000 + slippage_bp[i] : 10'000 - slippage_bp[i];
      a.usdc[i] = mul_div_down(s.in_usdc[i], a.token[i] * bp, 10'000 * ten_to(30));
      a.small[i] = a.usdc[i] < least_hedge;
      if (a.small[i]) a.token[i] = a.usdc[i] = 0;
    }
    a.lent_change = target - s.lent;
    return a;
  }
};

rage_trade_look seen(const vault::state& s) {
  rage_trade_look l{.health = tokens(s.health, 18),
                    .threshold = static_cast<double>(s.threshold_bp) / 1e4,
                    .lent = static_cast<double>(s.lent) / 1e6,
                    .available = tokens(s.available, 6),
                    .now = at_unix(s.now),
                    .last_rebalance = at_unix(s.last)};
  for (std::size_t i = 0; i < 2; ++i) {
    const int d = vault::decimals[i];
    l.token[i] = {.wanted = tokens(s.wanted[i], d),
                  .borrowed = tokens(s.borrowed[i], d),
                  .price = tokens(s.price8[i], 8) / tokens(s.usdc8, 8),
                  .weight = tokens(s.reserve[i], d)};
  }
  return l;
}

// Amounts in steps that a double tells apart: 10⁻⁸ of either token.
vault::state draw_state(test::random_numbers& draw, const vault& v) {
  vault::state s{};
  constexpr std::array<wide, 2> step{1, 10'000'000'000};
  s.usdc8 = draw.below(3) == 0 ? 99'000'000 + draw.below(2'000'000) : 100'000'000;
  s.price8 = {static_cast<wide>(draw.log_uniform(1e4, 1e5) * 1e8), static_cast<wide>(draw.log_uniform(5e2, 5e3) * 1e8)};
  vault::price(s);
  s.threshold_bp = 7000 + draw.below(2000);
  s.now = 1'700'000'000;
  const std::int64_t waits[] = {v.interval, 100, 2 * v.interval};
  s.last = s.now - waits[draw.below(3)] + static_cast<std::int64_t>(draw.below(3)) - 1;
  s.health = draw.below(3) == 0 ? v.health_bp * ten_to(14) + (draw.below(3) * ten_to(6) - ten_to(6))
                                : static_cast<wide>(draw.uniform(1.0, 2.0) * 1e9) * ten_to(9);
  for (std::size_t i = 0; i < 2; ++i) {
    const double size = i == 0 ? draw.log_uniform(0.01, 1e3) : draw.log_uniform(0.1, 1e4);
    s.borrowed[i] = static_cast<wide>(size * 1e4) * 10'000 * step[i];  // 5 % of it is a whole number of steps
    const auto moved = static_cast<wide>(tokens(s.borrowed[i], vault::decimals[i]) * 1e8 * draw.uniform(0.0, 0.2));
    wide gap = moved * step[i];
    const auto kind = draw.below(5);
    if (kind == 0) gap = mul_div_down(v.deviation_bp, s.borrowed[i], 10'000) + (draw.below(3) - 1) * step[i];
    // One step beyond the whole part may be less than a double's rounding beyond the threshold; two steps are not.
    if (kind == 1) gap = mul_div_down(v.partial[i], ten_to(30), s.in_usdc[i]) + (draw.below(2) == 0 ? 0 : 2 * step[i]);
    if (kind == 2) gap = mul_div_down(gap, v.deviation_bp, 2000);  // within the band
    if (kind == 3 && draw.below(2) == 0) gap = draw.below(3) * step[i];
    const bool higher = draw.below(2) == 0 || gap > s.borrowed[i];
    s.wanted[i] = higher ? s.borrowed[i] + gap : s.borrowed[i] - gap;
    s.reserve[i] = s.wanted[i] * 1000;
  }
  const double needed =
      tokens(mul_div_down(v.target_bp - s.threshold_bp, vault::value(s, s.wanted), s.threshold_bp), 6);
  s.lent = static_cast<wide_signed>(needed * draw.uniform(0.5, 1.2) * 1e6);
  s.available = draw.below(3) == 0 ? 0 : static_cast<wide>(needed * draw.uniform(0.0, 1.0) * 1e6);
  if (draw.below(100) == 0) s.lent = -static_cast<wide_signed>(draw.below(1'000'000));
  if (s.lent < 0) s.available += 1'000'000 + static_cast<wide>(needed * 1e6);
  return s;
}

void compare_with_the_vault(std::uint64_t seed) {
  test::random_numbers draw(seed);
  enum { holds, age, drift, health, partial, capped, small, borrows, repays, lends, returns, branches };
  constexpr std::array<const char*, branches> names{"holds", "age",     "drift",  "health", "partial", "capped",
                                                    "small", "borrows", "repays", "lends",  "returns"};
  std::array<std::int64_t, branches> counted{};
  rage_trade_rules rules{};
  vault v{};
  double worst = 0.0;
  for (int i = 0; i < 500'000; ++i) {
    if (i % 16 == 0) {
      v = {.interval = 86'400,
           .deviation_bp = draw.below(2) == 0 ? 500 : 100 * (1 + draw.below(20)),
           .health_bp = 11'000 + draw.below(2000),
           .target_bp = 13'000 + draw.below(5000),
           .least_hedge = ten_to(6) * (1 + draw.below(1000)),
           .partial = {ten_to(6) * (1000 + draw.below(1'000'000)), ten_to(6) * (1000 + draw.below(1'000'000))},
           .slippage_bp = {draw.below(300), draw.below(300)}};
      const auto bp = [](wide x) { return basis_points{static_cast<double>(x)}; };
      rules = {.deviation = bp(v.deviation_bp),
               .health_floor = static_cast<double>(v.health_bp) / 1e4,
               .target_health = static_cast<double>(v.target_bp) / 1e4,
               .least_hedge = tokens(v.least_hedge, 6),
               .partial_above = {tokens(v.partial[0], 6), tokens(v.partial[1], 6)},
               .slippage = {bp(v.slippage_bp[0]), bp(v.slippage_bp[1])}};
      ASSERT_EQ(rules.validate(), errc::ok);
    }
    const vault::state s = draw_state(draw, v);
    const vault::answer theirs = v.ask(s);
    const rage_trade_look look = seen(s);
    const auto mine = rules.decide(look);
    ASSERT_EQ(mine.verdict == verdict::rebalance, theirs.valid) << i;
    ASSERT_NE(mine.verdict, verdict::refuse);
    const hedge_reason first = theirs.aged        ? hedge_reason::interval
                               : theirs.drifted   ? hedge_reason::drift
                               : theirs.unhealthy ? hedge_reason::health
                                                  : hedge_reason::none;
    ASSERT_EQ(mine.reason, first) << i;
    ++counted[theirs.aged ? age : theirs.drifted ? drift : theirs.unhealthy ? health : holds];
    if (!theirs.valid) continue;
    ASSERT_EQ(mine.capped, theirs.capped) << i;
    ASSERT_EQ(mine.last_rebalance, theirs.partial ? look.last_rebalance : look.now);
    counted[capped] += theirs.capped, counted[partial] += theirs.partial;
    // What one unit of USDC rounded down four times comes to, and 10⁻¹³ of all.
    const double all = std::fmax(std::fabs(look.lent), look.token[0].borrowed * look.token[0].price +
                                                           look.token[1].borrowed * look.token[1].price);
    const double lent_gap = std::fabs(mine.lent_change - static_cast<double>(theirs.lent_change) / 1e6);
    // Where a hedge is partial, its end is rounded to the token's unit.
    const double cut = theirs.partial ? 2.0 * (look.token[0].price * 1e-8 + look.token[1].price * 1e-18) : 0.0;
    ASSERT_LE(lent_gap, 1e-12 * all + 8e-6 + cut) << i;
    for (std::size_t k = 0; k < 2; ++k) {
      const double price = look.token[k].price;
      ASSERT_EQ(mine.token[k].partial, theirs.partly[k]) << i;
      ASSERT_EQ(mine.token[k].too_small, theirs.small[k]) << i << ' ' << k;
      counted[small] += theirs.small[k];
      const double unit = std::pow(10.0, -vault::decimals[k]);
      const double exact = tokens(theirs.token[k], vault::decimals[k]) * (theirs.repays[k] ? -1.0 : 1.0);
      const double gap = std::fabs(mine.token[k].change - exact);
      const double rounding = theirs.capped ? 8e-6 / price : 0.0;
      ASSERT_LE(gap, 1e-12 * all / price + rounding + 2.0 * unit) << i;
      worst = std::fmax(worst, (gap - rounding - 2.0 * unit) * price / all);
      ASSERT_LE(std::fabs(mine.token[k].usdc - tokens(theirs.usdc[k], 6)),
                1.1 * price * (rounding + 2.0 * unit) + 1e-12 * all + 2e-6);
      if (!theirs.small[k]) ++counted[theirs.repays[k] ? repays : borrows];
    }
    ++counted[theirs.lent_change > 0 ? lends : returns];
  }
  for (std::size_t b = 0; b < branches; ++b) {
    std::cout << names[b] << ": " << counted[b] << '\n';
    EXPECT_GT(counted[b], 1000) << names[b];
  }
  std::cout << "worst amount beyond the integers' rounding " << worst << " of what is borrowed\n";
}

TEST(RageTrade, DecidesAsTheVaultDoesInItsIntegers) {
  compare_with_the_vault(72);
}
TEST(RageTrade, DecidesAsTheVaultDoesInAnotherHalfMillion) {
  compare_with_the_vault(73);
}

TEST(RageTrade, AtEachThresholdAndBesideIt) {
  const rage_trade_rules rules{};
  const rage_trade_look calm{.token = {{{1.0, 1.0, 30'000.0, 1.0}, {10.0, 10.0, 2'000.0, 10.0}}},
                             .health = 1.5,
                             .available = 1e9,
                             .now = at_unix(1'700'000'000),
                             .last_rebalance = at_unix(1'700'000'000 - 86'400)};
  const auto reason = [&](auto&& change) {
    rage_trade_look l = calm;
    change(l);
    return rules.decide(l).reason;
  };
  EXPECT_EQ(reason([](auto&) {}), hedge_reason::none) << "a day to the second is not more than a day";
  EXPECT_EQ(reason([](auto& l) { l.now += seconds{1}; }), hedge_reason::interval);
  EXPECT_EQ(reason([](auto& l) { l.token[0].wanted = 1.05; }), hedge_reason::none);
  EXPECT_EQ(reason([](auto& l) { l.token[0].wanted = 1.05000001; }), hedge_reason::drift);
  EXPECT_EQ(reason([](auto& l) { l.token[1].wanted = 9.4999; }), hedge_reason::drift);
  EXPECT_EQ(reason([](auto& l) { l.health = 1.2; }), hedge_reason::none);
  EXPECT_EQ(reason([](auto& l) { l.health = 1.1999999; }), hedge_reason::health);
  EXPECT_EQ(reason([](auto& l) { l.last_rebalance = never; }), hedge_reason::interval);
}

TEST(RageTrade, WhatItCannotReadItRefuses) {
  const rage_trade_rules rules{};
  const auto why = [&](auto&& spoil) {
    rage_trade_look l{.token = {{{1.0, 1.0, 30'000.0, 1.0}, {10.0, 10.0, 2'000.0, 10.0}}}, .available = 1e9};
    spoil(l);
    const auto a = rules.decide(l);
    EXPECT_EQ(a.verdict == verdict::refuse, a.why != errc::ok);
    EXPECT_EQ(a.token[0].change, 0.0);
    return a.why;
  };
  EXPECT_EQ(why([](auto&) {}), errc::ok);
  EXPECT_EQ(why([](auto& l) { l.token[0].wanted = nan; }), errc::not_finite);
  EXPECT_EQ(why([](auto& l) { l.token[1].price = infinity; }), errc::not_finite);
  EXPECT_EQ(why([](auto& l) { l.health = nan; }), errc::not_finite);
  EXPECT_EQ(why([](auto& l) { l.token[1].price = 0.0; }), errc::non_positive_price);
  EXPECT_EQ(why([](auto& l) { l.token[1].borrowed = -1.0; }), errc::negative_amount);
  EXPECT_EQ(why([](auto& l) { l.threshold = 0.0; }), errc::threshold_range);
  EXPECT_EQ(why([](auto& l) { l.threshold = 1.5; }), errc::threshold_range);
  EXPECT_EQ(why([](auto& l) { l.available = -1.0; }), errc::negative_amount);
}

}  // namespace
