// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/plan/plan_of_trade.hpp>
#include <trimtab/plan/settle.hpp>
#include <trimtab/sizing/leverage_up.hpp>
#include <trimtab/sizing/restore_target.hpp>
#include <trimtab/sizing/split.hpp>

#include "support/plan_worlds.hpp"
#include <array>
#include <cstdio>
#include <string>

namespace {

using namespace trimtab;
using enum action;
using cases::collateral_asset;
using cases::debt_asset;
using cases::pool;
using sizing::funding_mode;

// A trade of a size split over pools, as whoever sizes on an aggregate would write it down.
struct splitted {
  sizing::trade trade{};
  std::vector<swap_leg> legs{};
};

splitted split_over(const cases::plan_world<>& w, std::span<const pool> pools, std::span<const std::uint16_t> venues,
                    double sold, double slippage) {
  std::vector<double> parts(pools.size());
  const auto found = sizing::split(pools, sold, parts);
  splitted out;
  out.trade = {.towards = direction::deleverage,
               .mode = w.funding.mode,
               .collateral = collateral_asset,
               .debt = debt_asset,
               .sold = sold,
               .expected_out = found->out,
               .min_out = found->out * (1.0 - slippage)};
  if (w.funding.mode == funding_mode::flash_debt)
    out.trade.flash = out.trade.min_out / (1.0 + w.funding.premium.fraction()) * (1.0 - 1e-12);
  if (w.funding.mode == funding_mode::flash_collateral) out.trade.flash = sold;
  out.trade.flash_rate = w.funding.premium;
  out.trade.debt_change = -found->out;
  for (std::size_t i = 0; i < pools.size(); ++i)
    if (parts[i] > 0.0) out.legs.push_back({venues[i], parts[i], pools[i].amount_out(parts[i])});
  return out;
}

TEST(PlanOfTrade, ASplitSettlesThroughAllItsVenues) {
  test::random_numbers draw(21);
  int planned = 0, refused = 0;
  for (int i = 0; i < 3000; ++i) {
    auto w = cases::plan_world<>::random(draw);
    std::vector<pool> pools;
    std::vector<std::uint16_t> numbers;
    const std::size_t count = 2 + draw.below(5);
    for (std::size_t k = 0; k < count; ++k) {
      const double depth = w.account[0].collateral * draw.log_uniform(0.5, 50.0);
      pools.push_back({.reserve_in = depth,
                       .reserve_out = depth * w.price[0] / w.price[1] * draw.uniform(0.995, 1.005),
                       .fee = {draw.uniform(0.0, 30.0)}});
      numbers.push_back(static_cast<std::uint16_t>(k));
    }
    w.venues.clear();
    for (const pool& p : pools) w.venues.push_back({collateral_asset, debt_asset, p, w.decimals[0], w.decimals[1]});
    const double sold = w.account[0].collateral * draw.uniform(0.01, 0.3);
    const auto s = split_over(w, pools, numbers, sold, 0.01);
    if (s.trade.expected_out > w.account[1].debt) continue;
    const auto p = make_plan(w.model, w.account, w.prices(), s.trade, s.legs, w.terms());
    if (!p.has_value()) {
      const bool stricter = w.model.check == withdrawal_check::borrow_form;
      ASSERT_TRUE(p.error() == errc::unhealthy_step && (stricter || w.funding.mode == funding_mode::none)) << i;
      ++refused;  // health between the steps
      continue;
    }
    ++planned;
    const auto after = w.settle(*p, w.account);
    ASSERT_TRUE(after.has_value()) << i << name(after.error());
    ASSERT_TRUE(after->moved.conserved());
    // Every venue took its part and paid for it; together the trade.
    double in = 0.0, out = 0.0;
    for (const swap_leg& leg : s.legs) {
      const auto& v = after->venues[leg.venue];
      ASSERT_NEAR(v.in.to_tokens(w.decimals[0]), leg.in, units::smallest(w.decimals[0]) + 1e-13 * leg.in);
      in += v.in.to_tokens(w.decimals[0]), out += v.out.to_tokens(w.decimals[1]);
    }
    const double n = static_cast<double>(s.legs.size());
    ASSERT_NEAR(in, sold, n * units::smallest(w.decimals[0]) + 1e-12 * sold);
    ASSERT_NEAR(out, s.trade.expected_out,
                n * (units::smallest(w.decimals[1]) + units::smallest(w.decimals[0]) * w.price[0]) + 1e-9 * out);
    // The minimum of the whole, to a unit a leg, and every leg gives the same share.
    double least = 0.0;
    for (const step& t : *p)
      if (t.what == swap) {
        const double floor = t.min_out.to_tokens(w.decimals[1]), unit = units::smallest(w.decimals[1]);
        for (const swap_leg& leg : s.legs)
          if (leg.venue == t.venue) {
            ASSERT_LE(std::fabs(floor - 0.99 * leg.out), unit + 1e-11 * leg.out);
          }
        least += floor;
      }
    ASSERT_LE(least, s.trade.min_out * (1 + 1e-12));
    ASSERT_GE(least, s.trade.min_out - n * units::smallest(w.decimals[1]) - 1e-11 * least);
  }
  std::printf("splits: %d planned, %d refused for health between the steps\n", planned, refused);
  EXPECT_GT(planned, 1500);
}

TEST(PlanOfTrade, MinimumOutputsRiseUntilHealthIsAtTheFloor) {
  auto w = cases::plan_world<>{};
  w.price = {1.0, 1.0, 1.0, 1.0, 1.0};
  w.decimals = {6, 6, 6, 6};
  for (std::uint32_t i = 0; i < 4; ++i) {
    w.tokens[i] = {asset_id{i + 1}, 6};
    w.model.table[i] = {asset_id{i + 1}, {static_cast<std::uint16_t>(i)}, 0.8, 0.8, 1.0};
  }
  w.model.count = 4;
  (void)w.account.add({.asset = collateral_asset, .collateral = 10'000.0});
  (void)w.account.add({.asset = debt_asset, .debt = 7'600.0});
  const std::array<pool, 2> pools{{{.reserve_in = 1e6, .reserve_out = 1e6}, {.reserve_in = 3e6, .reserve_out = 3e6}}};
  const std::array<std::uint16_t, 2> numbers{0, 1};
  w.funding = {funding_mode::flash_debt, 5_bps};
  for (const pool& p : pools) w.venues.push_back({collateral_asset, debt_asset, p, 6, 6});
  // 4000 sold: at what is expected health is 6000·0.8/(7600 − 3982) = 1.327, at nine tenths of it 1.2.
  const auto s = split_over(w, pools, numbers, 4'000.0, 0.1);
  auto t = w.terms();
  const auto health_at_minimum = [&](const plan<>& p) {
    units all{}, owed{}, lent{};
    for (const step& x : p) {
      if (x.what == swap) all = *all.add(x.min_out);
      if (x.what == flash_repay) owed = x.amount;
      if (x.what == flash_borrow) lent = x.amount;
    }
    const double repaid = all.to_tokens(6) - (owed.to_tokens(6) - lent.to_tokens(6));
    return 6'000.0 * 0.8 / (7'600.0 - repaid);
  };
  const auto loose = make_plan(w.model, w.account, w.prices(), s.trade, s.legs, t);
  ASSERT_TRUE(loose.has_value());
  EXPECT_NEAR(health_at_minimum(*loose), 1.2, 0.01);
  for (const double floor : {1.21, 1.25, 1.3, 1.325}) {
    t.health_floor = floor;
    const auto p = make_plan(w.model, w.account, w.prices(), s.trade, s.legs, t);
    ASSERT_TRUE(p.has_value()) << floor;
    EXPECT_GE(health_at_minimum(*p), floor * (1 - 1e-12));
    EXPECT_LE(health_at_minimum(*p), floor + 1e-7) << "not more than it needs";
  }
  t.health_floor = 1.34;
  EXPECT_EQ(make_plan(w.model, w.account, w.prices(), s.trade, s.legs, t).error(), errc::unhealthy_step);
}

TEST(PlanOfTrade, AWholeDebtIsRepaidWithWhatItGrowsBy) {
  test::random_numbers draw(22);
  int told = 0, capped = 0;
  for (int i = 0; i < 2000; ++i) {
    auto w = cases::plan_world<cases::protocol_by_shares>::random(draw);
    w.account[1].debt *= 0.3;  // health stands anything
    w.account[3].debt = 0.0;
    auto p = w.problem(collateral_asset, debt_asset);
    const double slack = draw.below(2) == 0 ? 0.0 : 0.02;  // whether the minimum covers the debt
    const double wanted = (w.account[1].debt + p.gas.fee_base(0.0, p.prices) / w.price[1]) * (1.0 + 0.002 + slack);
    const double sold = p.venue->amount_in(wanted);
    if (!(sold < w.account[0].collateral * 0.8)) continue;
    auto t = sizing::restore_target{.max_slippage = {150.0}}.at_size(p, sold);
    if (!(t.sold > 0.0)) continue;
    t.debt_change = -w.account[1].debt;
    const growth grows[] = {{debt_asset, 1.0 + draw.log_uniform(1e-9, 1e-4)}};
    auto terms = w.terms();
    terms.growth = grows;
    const auto made = make_plan(w.model, w.account, w.prices(), t, {}, terms);
    if (!made.has_value()) continue;
    bool says_so = false;
    for (const step& s : *made) says_so = says_so || s.meant == quantity::whole_debt_by_shares;
    ++(says_so ? told : capped);
    for (const double part : {0.0, 1.0}) {
      const growth so_far[] = {{debt_asset, 1.0 + part * (grows[0].factor - 1.0)}};
      const auto after = w.settle(*made, grown(w.account, so_far));
      ASSERT_TRUE(after.has_value()) << i << name(after.error());
      ASSERT_EQ(after->account[1].debt, 0.0) << i << ' ' << says_so;
      ASSERT_TRUE(after->moved.conserved());
      ASSERT_GT(after->moved.gained(debt_asset, party::owner), units{}) << "the rest is the owner's";
    }
  }
  std::printf("whole debts: %d told, %d left to the cap of the last repayment\n", told, capped);
  EXPECT_GT(told, 200);
  EXPECT_GT(capped, 200);
}

TEST(PlanOfTrade, SaysTheSameAsTheTradeAloneWhereNothingGrows) {
  test::random_numbers draw(23);
  int down = 0, up = 0, refused = 0;
  for (int i = 0; i < 4000; ++i) {
    auto w = cases::plan_world<>::random(draw);
    auto rise = w.problem(debt_asset, collateral_asset);
    rise.fair_rate = w.price[0] / w.price[1];
    const bool lower = draw.below(2) == 0;
    const auto s = lower ? sizing::restore_target{.max_slippage = {200.0}}.size(w.problem(collateral_asset, debt_asset))
                         : sizing::leverage_up{.max_slippage = {200.0}}.size(rise);
    if (!s.has_value()) continue;
    const auto alone = make_plan(s.trade, w.decimals[0], w.decimals[1], at_unix(1120));
    auto terms = w.terms();
    terms.venue = w.venue(lower ? collateral_asset : debt_asset, lower ? debt_asset : collateral_asset);
    const auto tried = make_plan(w.model, w.account, w.prices(), s.trade, {}, terms);
    ASSERT_TRUE(alone.has_value()) << name(alone.error());
    if (!tried.has_value()) {
      ASSERT_FALSE(lower) << i << name(tried.error());
      ++refused;
      continue;
    }
    plan<> there = *alone;
    for (step& t : there.steps)
      if (t.what == swap && !(t.amount == units{})) t.venue = terms.venue;
    // Tokens are listed in the same order: as the steps name them.
    ASSERT_EQ(seal_of(there), tried->seal) << i;
    ++(lower ? down : up);
    const auto after = w.settle(*tried, w.account);
    ASSERT_TRUE(after.has_value()) << i << name(after.error());
    ASSERT_TRUE(after->moved.conserved());
    ASSERT_GE(w.health(after->account), w.target - w.rounding(after->account)) << i << (lower ? " down" : " up");
  }
  std::printf("%d lowered, %d raised, %d raises refused\n", down, up, refused);
  EXPECT_GT(down, 300);
  EXPECT_GT(up, 100);
  EXPECT_EQ(refused, 0);
}

TEST(PlanOfTrade, WhatIsPaidOutIsWithdrawnAndHandedOut) {
  test::random_numbers draw(24);
  const auto w = cases::plan_world<>::random(draw);
  sizing::trade t{.towards = direction::leverage, .collateral = collateral_asset, .debt = debt_asset};
  t.collateral_change = -1e-4 * w.account[0].collateral;
  t.paid_out = -t.collateral_change;
  const auto p = make_plan(w.model, w.account, w.prices(), t, {}, w.terms());
  ASSERT_TRUE(p.has_value()) << name(p.error());
  ASSERT_EQ(p->count, 2U);
  const auto after = w.settle(*p, w.account);
  ASSERT_TRUE(after.has_value()) << name(after.error());
  EXPECT_EQ(after->moved.gained(collateral_asset, party::owner), p->steps[0].amount);
  t.collateral_change *= 9000.0;
  EXPECT_EQ(make_plan(w.model, w.account, w.prices(), t, {}, w.terms()).error(), errc::unhealthy_step);
}

}  // namespace
