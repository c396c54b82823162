// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/preset/index_coop_rules.hpp>

#include "support/precise_units.hpp"
#include "support/random.hpp"
#include <array>
#include <cmath>
#include <cstdint>
#include <iomanip>
#include <iostream>
#include <limits>

namespace {

using namespace trimtab;
using cases::precise_div;
using cases::precise_mul;
using cases::wide;
using preset::index_coop_call;
using preset::index_coop_look;
using preset::index_coop_rules;

static_assert(index_coop_rules{}.validate() == errc::ok);
static_assert(index_coop_rules{.least = 1.0}.validate() == errc::bad_configuration);
static_assert(index_coop_rules{.most = 1.9}.validate() == errc::bad_configuration);
static_assert(index_coop_rules{.ripcord = 2.2}.validate() == errc::bad_configuration);
static_assert(index_coop_rules{.recentring_speed = 0.0}.validate() == errc::bad_configuration);
static_assert(index_coop_rules{.recentring_speed = 1.1}.validate() == errc::bad_configuration);
static_assert(index_coop_rules{.unutilised = 1.0}.validate() == errc::bad_configuration);
static_assert(index_coop_rules{.interval = seconds{10}}.validate() == errc::bad_configuration);
static_assert(index_coop_rules{.twap_cooldown = seconds{10}}.validate() == errc::bad_configuration);
static_assert(index_coop_rules{.slippage = {0.0}}.validate() == errc::bad_configuration);
static_assert(index_coop_rules{.target = std::numeric_limits<double>::quiet_NaN()}.validate() == errc::not_finite);

// The extension once more, in its own integers: amounts and prices to 18 digits, every product and quotient rounded
// down, a subtraction below zero a revert.
struct extension {
  wide target, least, most, speed, unutilised, slippage, largest;
  wide ripcord, ripcord_slippage, ripcord_largest, reward;
  std::int64_t interval, cooldown, ripcord_cooldown;
  bool margin_on_repay;

  struct state {
    wide collateral, debt, collateral_price, debt_price;  // 18 digits each
    wide threshold_bp, ltv_bp;
    std::int64_t now, last;
    wide twap, tank;
  };
  enum branch {
    stays,
    in_cooldown,
    broke,
    no_debt,
    rebalances_up,
    rebalances_down,
    iterates_up,
    iterates_down,
    abandons,
    pulls,
    cut_by_size,
    cut_by_cap,
    reverts_up,
    reverts_down,
    reverts_pulled,
    branches
  };
  struct answer {
    int call = 0;  // the enumeration the viewer returns
    bool reverted = false;
    wide leverage = 0, total = 0, chunk = 0, sold = 0, min_out = 0, twap = 0, paid = 0;
    bool down = false;
    branch taken = stays;
    bool cut = false, by_cap = false;
  };

  [[nodiscard]] answer ask(const state& s) const {
    answer a;
    a.twap = s.twap;
    const auto reverted = [&](branch why) {
      a.reverted = true;
      a.taken = why;
      return a;
    };
    const wide value = precise_mul(s.collateral_price, s.collateral), owed = precise_mul(s.debt_price, s.debt);
    if (owed >= value) return reverted(broke);
    a.leverage = precise_div(value, value - owed);
    if (a.leverage >= ripcord) {
      if (s.last + ripcord_cooldown < s.now) a.call = 3;
      a.taken = in_cooldown;
    } else if (s.twap > 0) {
      if (s.last + cooldown < s.now) a.call = 2;
      a.taken = in_cooldown;
    } else if (s.now - s.last > interval || a.leverage > most || a.leverage < least) {
      a.call = 1;
    }
    if (a.call == 0) return a;
    if (s.debt == 0) return reverted(no_debt);
    wide to = most;
    if (a.call == 2) {
      to = s.twap;
      if ((s.twap < target && a.leverage >= s.twap) || (s.twap > target && a.leverage <= s.twap)) {
        a.twap = 0;
        a.taken = abandons;
        return a;
      }
    } else if (a.call == 1) {
      const wide moved = precise_mul(target, speed) + precise_mul(cases::precise_unit - speed, a.leverage);
      to = cases::most(least, cases::least(moved, most));
    }
    a.down = a.call == 3 || to < a.leverage;
    const wide gap = a.down ? a.leverage - to : to - a.leverage;
    a.total = precise_mul(precise_div(gap, a.leverage), s.collateral);
    wide limit = precise_mul(value, (a.down ? s.threshold_bp : s.ltv_bp) * cases::ten_to(14));
    if (!a.down || margin_on_repay) limit = precise_mul(limit, cases::precise_unit - unutilised);
    if (limit < owed) return reverted(a.call == 3 ? reverts_pulled : a.down ? reverts_down : reverts_up);
    const wide cap = a.down ? precise_div(precise_mul(s.collateral, limit - owed), limit)
                            : precise_div(limit - owed, s.collateral_price);
    const wide size = a.call == 3 ? ripcord_largest : largest;
    a.chunk = cases::least(cases::least(cap, a.total), size);
    a.cut = a.chunk < a.total;
    a.by_cap = a.chunk == cap;
    const wide left = cases::precise_unit - (a.call == 3 ? ripcord_slippage : slippage);
    const wide in_debt = precise_div(precise_mul(a.chunk, s.collateral_price), s.debt_price);
    a.sold = a.down ? a.chunk : in_debt;
    a.min_out = precise_mul(a.down ? in_debt : a.chunk, left);
    a.twap = a.call == 3 ? 0 : a.cut ? to : 0;
    a.paid = a.call == 3 ? cases::least(reward, s.tank) : 0;
    a.taken = a.call == 3   ? pulls
              : a.call == 2 ? (a.down ? iterates_down : iterates_up)
                            : (a.down ? rebalances_down : rebalances_up);
    return a;
  }
};

struct drawn {
  index_coop_rules rules{};
  extension integers{};
};

wide from(double x) {  // a decimal of few digits
  return static_cast<wide>(std::llround(x * 1e6)) * cases::ten_to(12);
}

drawn draw_rules(test::random_numbers& draw) {
  drawn d;
  auto& r = d.rules;
  const auto decimal = [&](double low, double high) { return std::round(draw.uniform(low, high) * 1e3) * 1e-3; };
  r.least = decimal(1.05, 2.5);
  r.target = r.least + decimal(0.0, 0.6);
  r.most = r.target + decimal(0.0, 0.6);
  r.ripcord = r.most + decimal(0.0, 0.5);
  r.recentring_speed = draw.below(10) == 0 ? 1.0 : decimal(0.01, 0.9);
  r.unutilised = decimal(0.0, 0.2);
  r.margin_on_repay = draw.below(4) != 0;
  r.largest_trade = draw.below(2) == 0 ? 1e6 : decimal(0.1, 100.0);
  r.ripcord_largest_trade = draw.below(2) == 0 ? 1e6 : decimal(0.1, 200.0);
  // A decimal, not the sum of two: what both sides are configured with is the same number.
  for (double* x : {&r.least, &r.target, &r.most, &r.ripcord, &r.recentring_speed, &r.unutilised, &r.largest_trade,
                    &r.ripcord_largest_trade})
    *x = std::round(*x * 1e3) / 1e3;
  EXPECT_EQ(r.validate(), errc::ok);
  d.integers = {.target = from(r.target),
                .least = from(r.least),
                .most = from(r.most),
                .speed = from(r.recentring_speed),
                .unutilised = from(r.unutilised),
                .slippage = from(r.slippage.fraction()),
                .largest = from(r.largest_trade),
                .ripcord = from(r.ripcord),
                .ripcord_slippage = from(r.ripcord_slippage.fraction()),
                .ripcord_largest = from(r.ripcord_largest_trade),
                .reward = from(r.ripcord_reward),
                .interval = r.interval.count(),
                .cooldown = r.twap_cooldown.count(),
                .ripcord_cooldown = r.ripcord_cooldown.count(),
                .margin_on_repay = r.margin_on_repay};
  return d;
}

constexpr std::int64_t start = 1'600'000'000;

extension::state draw_state(test::random_numbers& draw, const extension& e) {
  extension::state s{};
  s.threshold_bp = 6000 + draw.below(3500);
  s.ltv_bp = s.threshold_bp - draw.below(600);
  s.now = start;
  const std::int64_t waits[] = {e.interval, e.cooldown, e.ripcord_cooldown,
                                static_cast<std::int64_t>(draw.below(200'000))};
  s.last = start - waits[draw.below(4)] + static_cast<std::int64_t>(draw.below(3)) - 1;
  s.twap = draw.below(3) == 0 ? cases::most(e.least, e.least + draw.below(400) * cases::ten_to(15)) : 0;
  if (draw.below(8) == 0) s.twap = e.most;
  s.tank = draw.below(4) * cases::ten_to(18) / 2;
  if (draw.below(3) == 0) {
    // Exactly at an edge: collateral and debt whole multiples of L and L − 1, at prices of whole numbers.
    const wide edges[] = {e.target, e.least, e.most, e.ripcord, s.twap == 0 ? e.target : s.twap};
    const wide milli = edges[draw.below(5)] / cases::ten_to(15);
    const wide times = 1 + draw.below(1000);
    const wide price = draw.below(2) == 0 ? 1 : 1 + draw.below(16);
    s.debt_price = cases::precise_unit;
    s.collateral_price = cases::precise_unit * price;
    s.collateral = milli * times * cases::ten_to(15);
    s.debt = (milli - 1000) * times * cases::ten_to(15) * price;
    return s;
  }
  if (draw.below(8) == 0) {
    // Exactly where the cap on repaying ends: debt = value·threshold·(1 − unutilised).
    const wide margin = e.margin_on_repay ? cases::precise_unit - e.unutilised : wide{cases::precise_unit};
    s.collateral_price = s.debt_price = cases::precise_unit;
    s.collateral = (1 + draw.below(100'000)) * cases::ten_to(18);
    s.debt = precise_mul(precise_mul(s.collateral, s.threshold_bp * cases::ten_to(14)), margin);
    return s;
  }
  s.collateral_price = static_cast<wide>(draw.log_uniform(1e-2, 1e4) * 1e8) * cases::ten_to(10);
  s.debt_price = static_cast<wide>(draw.log_uniform(0.5, 1e3) * 1e8) * cases::ten_to(10);
  s.collateral = static_cast<wide>(draw.log_uniform(1e-2, 1e6) * 1e9) * cases::ten_to(9) + draw.below(1'000'000'000);
  const double leverage = draw.below(64) == 0 ? draw.uniform(0.5, 1.05) : draw.uniform(1.05, 4.5);
  const double ratio =
      (leverage - 1.0) / leverage * cases::tokens(s.collateral_price, 18) / cases::tokens(s.debt_price, 18);
  s.debt = ratio <= 0.0 ? 0 : static_cast<wide>(cases::tokens(s.collateral, 18) * ratio * 1e9) * cases::ten_to(9);
  if (draw.below(64) == 0) s.debt = s.debt * 4;
  if (draw.below(64) == 0) s.debt = 0;
  return s;
}

index_coop_look seen(const extension::state& s) {
  return {.collateral = cases::tokens(s.collateral, 18),
          .debt = cases::tokens(s.debt, 18),
          .collateral_price = cases::tokens(s.collateral_price, 18),
          .debt_price = cases::tokens(s.debt_price, 18),
          .threshold = static_cast<double>(s.threshold_bp) / 1e4,
          .ltv = static_cast<double>(s.ltv_bp) / 1e4,
          .now = at_unix(s.now),
          .last_trade = at_unix(s.last),
          .twap_leverage = cases::tokens(s.twap, 18),
          .reward_tank = cases::tokens(s.tank, 18)};
}

// What both say. Amounts within 10⁻¹³ of everything held, and what 16 units of rounding in the values come to in
// tokens.
struct comparison {
  std::array<std::int64_t, extension::branches> seen{};
  std::int64_t at_edge = 0;
  double worst = 0.0;

  void amount(double mine, wide theirs, double scale, double units, const char* what) {
    const double gap = std::fabs(mine - cases::tokens(theirs, 18));
    worst = std::fmax(worst, gap / scale);
    ASSERT_LE(gap, 1e-13 * scale + 1e-18 * units) << what;
  }
};

TEST(IndexCoopRules, DecideAsTheExtensionDoesInItsIntegers) {
  test::random_numbers draw(70);
  comparison c;
  constexpr std::array<const char*, extension::branches> names{
      "stays",           "in cooldown",    "nothing left",  "no debt",      "rebalances up",
      "rebalances down", "iterates up",    "iterates down", "abandons",     "ripcord",
      "cut by size",     "cut by the cap", "reverts up",    "reverts down", "reverts in a ripcord"};
  drawn d = draw_rules(draw);
  for (int i = 0; i < 1'000'000; ++i) {
    if (i % 16 == 0) d = draw_rules(draw);
    const extension::state s = draw_state(draw, d.integers);
    const extension::answer theirs = d.integers.ask(s);
    const index_coop_look look = seen(s);
    const auto mine = d.rules.decide(look);
    ++c.seen[theirs.taken];
    ASSERT_EQ(static_cast<int>(mine.call), theirs.call)
        << i << ' ' << name(mine.call) << ' ' << std::setprecision(18) << mine.leverage << ' '
        << cases::tokens(theirs.leverage, 18) << ' ' << d.rules.least << ' ' << d.rules.most << ' ' << look.collateral
        << ' ' << look.debt << ' ' << look.collateral_price << ' ' << look.debt_price;
    ASSERT_EQ(mine.reason == errc::infeasible, theirs.reverted)
        << i << ' ' << name(mine.reason) << ' ' << names[theirs.taken] << std::setprecision(18) << ' '
        << look.collateral << ' ' << look.debt << ' ' << look.collateral_price << ' ' << look.debt_price << ' '
        << look.threshold << ' ' << look.ltv << ' ' << d.rules.unutilised;
    if (theirs.reverted) continue;
    ASSERT_NEAR(mine.leverage, cases::tokens(theirs.leverage, 18), 1e-13 * mine.leverage * mine.leverage);
    if (theirs.call == 0) {
      ASSERT_EQ(mine.reason, theirs.taken == extension::in_cooldown ? errc::cooldown : errc::inside_band);
      ASSERT_EQ(mine.twap_leverage, look.twap_leverage);
      continue;
    }
    ASSERT_EQ(mine.reason == errc::already_there, theirs.taken == extension::abandons) << i;
    const double all = look.collateral, rate = look.collateral_price / look.debt_price;
    const double value = all * look.collateral_price;  // the extension multiplies by it and divides by it again
    const double units =
        16.0 * mine.leverage * (1.0 + 1.0 / look.collateral_price) * (1.0 + rate) * (1.0 + 1.0 / value);
    c.amount(mine.total, theirs.total, all * mine.leverage, units, "total");
    c.amount(mine.chunk, theirs.chunk, all * mine.leverage, units, "chunk");
    // The way is as short as rounding: which way it is, and whether it is all of it, is no question.
    if (theirs.total < cases::ten_to(18) / 1'000'000'000 && theirs.taken != extension::abandons) {
      ++c.at_edge;
      continue;
    }
    if (theirs.taken == extension::abandons) {
      ASSERT_EQ(mine.twap_leverage, 0.0);
      continue;
    }
    ASSERT_EQ(mine.towards == direction::deleverage, theirs.down) << i;
    const double in_debt = all * mine.leverage * std::fmax(rate, 1.0);
    c.amount(mine.sold, theirs.sold, theirs.down ? all * mine.leverage : in_debt, units, "sold");
    c.amount(mine.min_out, theirs.min_out, theirs.down ? in_debt : all * mine.leverage, units, "min out");
    ASSERT_EQ(mine.reward, cases::tokens(theirs.paid, 18));
    if (theirs.cut) ++c.seen[theirs.by_cap ? extension::cut_by_cap : extension::cut_by_size];
    ASSERT_EQ(mine.twap_leverage > 0.0, theirs.twap > 0) << i;
    ASSERT_NEAR(mine.twap_leverage, cases::tokens(theirs.twap, 18), 1e-12);
  }
  for (std::size_t b = 0; b < names.size(); ++b) {
    std::cout << names[b] << ": " << c.seen[b] << '\n';
    EXPECT_GT(c.seen[b], 1000) << names[b];
  }
  std::cout << "no way to go: " << c.at_edge << ", worst amount " << c.worst << " of what is held\n";
}

// LT 83 %, 5 % unutilised: the cap on repaying as a share of the collateral, and where it reverts.
TEST(IndexCoopRules, TheCapOnRepayingFailsWhereItIsNeeded) {
  index_coop_rules rules{.unutilised = 0.05, .ripcord = 2.7};
  const auto at = [&](double loan_to_value) {
    return rules.decide({.collateral = 100.0,
                         .debt = 100.0 * loan_to_value,
                         .collateral_price = 1.0,
                         .debt_price = 1.0,
                         .threshold = 0.83,
                         .ltv = 0.80,
                         .now = at_unix(start),
                         .reward_tank = 5.0});
  };
  EXPECT_NEAR(at(0.70).chunk, 11.2, 0.05);
  EXPECT_NEAR(at(0.70).chunk, 100.0 * (0.7885 - 0.70) / 0.7885, 1e-10);
  EXPECT_NEAR(at(0.78).chunk, 1.1, 0.05);
  EXPECT_EQ(at(0.70).call, index_coop_call::ripcord) << "leverage 3.33";
  EXPECT_EQ(at(0.70).reward, 1.0);
  EXPECT_EQ(at(0.7884).reason, errc::ok);
  EXPECT_LT(at(0.7884).chunk, 0.02);
  for (const double stuck : {0.7886, 0.80, 0.8299}) {
    EXPECT_EQ(at(stuck).call, index_coop_call::ripcord) << "the viewer says so";
    EXPECT_EQ(at(stuck).reason, errc::infeasible) << stuck;
  }
  rules.margin_on_repay = false;
  EXPECT_NEAR(at(0.78).chunk, 100.0 * (0.83 - 0.78) / 0.83, 1e-10);
  EXPECT_EQ(at(0.8299).reason, errc::ok);
  EXPECT_EQ(at(0.8301).reason, errc::infeasible);
}

TEST(IndexCoopRules, WhatCannotBeReadIsNamed) {
  const index_coop_rules rules{};
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  const index_coop_look good{.collateral = 10.0, .debt = 5.0, .collateral_price = 1.0, .debt_price = 1.0};
  const auto reason = [&](auto&& spoil) {
    index_coop_look l = good;
    spoil(l);
    const auto a = rules.decide(l);
    EXPECT_EQ(a.chunk, 0.0);
    return a.reason;
  };
  EXPECT_EQ(reason([=](auto& l) { l.collateral = nan; }), errc::not_finite);
  EXPECT_EQ(reason([=](auto& l) { l.debt_price = infinity; }), errc::not_finite);
  EXPECT_EQ(reason([](auto& l) { l.debt = -1.0; }), errc::negative_amount);
  EXPECT_EQ(reason([](auto& l) { l.debt = 10.0; }), errc::infeasible) << "nothing left";
  EXPECT_EQ(reason([](auto& l) { l.collateral = 0.0; }), errc::infeasible);
  EXPECT_EQ(reason([](auto& l) { l.debt = 9.0, l.threshold = 0.5; }), errc::infeasible);
  EXPECT_EQ(reason([=](auto& l) { l.debt = 9.0, l.threshold = nan; }), errc::infeasible);
}

}  // namespace
