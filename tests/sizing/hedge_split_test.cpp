// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/sizing/hedge_split.hpp>

#include "support/random.hpp"
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace {

using namespace trimtab;
using sizing::hedge_split;
using sizing::perp_kind;
using sizing::perp_line;
using sizing::split_hedge;
using sizing::split_limit;
using sizing::split_request;
using sizing::venue_line;
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

// 20 000 of collateral at 83 %, 10 000 of debt, hedged on a linear perp with 5 % maintenance against ±40 %.
constexpr split_request worked{.lending = {.collateral_moving = 16600.0, .debt_still = 10000.0},
                               .exposure = 20000.0,
                               .perp = {.mark = 2000.0},
                               .move = {.down = 0.40, .up = 0.40},
                               .budget = 10000.0};

TEST(HedgeSplit, WorkedByHand) {
  const hedge_split s = split_hedge(worked);
  ASSERT_EQ(s.status, errc::ok);
  EXPECT_NEAR(s.hedge.notional, -20000.0, 1e-9);
  EXPECT_NEAR(s.hedge.margin, 20000.0 * (0.40 + 0.05 * 1.40), 1e-9) << "Q·(u + m·(1 + u))";
  EXPECT_NEAR(s.repaid, 10000.0 - 16600.0 * 0.6, 1e-9) << "40: 9 960 of collateral is left to carry the debt";
  EXPECT_NEAR(s.cash_needed, 9400.0 + 40.0, 1e-9);
  EXPECT_NEAR(s.cash_left, 560.0, 1e-9);
  EXPECT_EQ(s.sold, 0.0);
  EXPECT_NEAR(s.worst.health, 1.0, 1e-12);
}

TEST(HedgeSplit, AnInverseShortHedgesItsOwnMarginToo) {
  split_request r = worked;
  r.perp.kind = perp_kind::inverse;
  // μ = (u + m)/(1 + u) = 0.45/1.4; Q = E/(1 − μ).
  const double share = 0.45 / 1.4, size = 20000.0 / (1.0 - share);
  r.budget = 40.0 + share * size + 1e-9;  // a few ulps more than this
  const hedge_split s = split_hedge(r);
  ASSERT_EQ(s.status, errc::ok);
  EXPECT_NEAR(s.hedge.notional, -size, 1e-9);
  EXPECT_NEAR(s.hedge.margin, share * size, 1e-9);
  EXPECT_NEAR(20000.0 + s.hedge.exposure(), 0.0, 1e-9);
  r.perp.margin_is_held = true;
  EXPECT_NEAR(split_hedge(r).hedge.notional, -20000.0, 1e-9);
}

TEST(HedgeSplit, TheVenueThatTheBudgetFailsAtIsNamed) {
  split_request r = worked;
  r.budget = 9420.0;
  EXPECT_EQ(split_hedge(r).status, errc::infeasible);
  EXPECT_EQ(split_hedge(r).binding, split_limit::both);
  EXPECT_NEAR(split_hedge(r).cash_needed, 9440.0, 1e-9);
  r.budget = 5000.0;
  EXPECT_EQ(split_hedge(r).binding, split_limit::perp);
  r.hedge_ratio = 0.0, r.budget = 30.0;
  EXPECT_EQ(split_hedge(r).binding, split_limit::lending);
  r.lending = {.collateral_still = 16600.0, .debt_moving = 12000.0}, r.budget = 1e6;  // 16 800 after the rise
  EXPECT_EQ(split_hedge(r).binding, split_limit::lending) << "a debt that moves cannot be repaid from cash";
  // Of the debt that stands still not even all is enough, by half a unit.
  r.lending = {.collateral_still = 16600.0, .debt_moving = 16600.5 / 1.4, .debt_still = 100.0};
  EXPECT_EQ(split_hedge(r).binding, split_limit::lending);
  r.lending.debt_moving = 16599.5 / 1.4;
  EXPECT_NEAR(split_hedge(r).repaid, 99.5, 1e-9);
  r = worked;
  r.perp.capacity = 9.0;
  EXPECT_EQ(split_hedge(r).binding, split_limit::perp_capacity);
  r = worked;
  r.perp.kind = perp_kind::inverse, r.perp.posted_margin = 1.0;
  EXPECT_EQ(split_hedge(r).binding, split_limit::perp) << "coins that undo the short";
  EXPECT_STREQ(name(split_limit::perp_capacity), "perp_capacity");
}

TEST(HedgeSplit, WithoutCashCollateralIsSoldAndTheHedgeIsSmaller) {
  split_request r = worked;
  r.budget = 0.0, r.sellable = 20000.0, r.sale_weight = 0.83, r.sale_cost = {100.0};
  // 0.99 s = 0.47·(20 000 − s) + 40 + 0.498 s  →  s = 9 440 / (0.99 + 0.47 − 0.498)
  const hedge_split s = split_hedge(r);
  ASSERT_EQ(s.status, errc::ok);
  EXPECT_NEAR(s.sold, 9440.0 / 0.962, 1e-9);
  EXPECT_NEAR(s.hedge.notional, -(20000.0 - s.sold), 1e-9);
  EXPECT_NEAR(s.cash_left, 0.0, 1e-9);
  EXPECT_NEAR(s.worst.health, 1.0, 1e-12);
  r.sellable = 9000.0;
  EXPECT_EQ(split_hedge(r).status, errc::infeasible);
  r.sellable = 20000.0, r.perp.capacity = 2.0;
  const hedge_split capped = split_hedge(r);
  EXPECT_NEAR(capped.sold, 16000.0, 1e-9) << "what the venue does not take must not be there to hedge";
  EXPECT_EQ(capped.status, errc::ok);
}

TEST(HedgeSplit, ASaleThatCostsMoreHealthThanItPaysForIsNoRemedyAtAnySize) {
  for (const double size : {1.0, 1e-6}) {
    split_request r = worked;
    r.lending = {.collateral_moving = 16600.0 * size, .debt_still = 10000.0 * size};
    r.exposure = 20000.0 * size, r.hedge_ratio = 0.0;
    r.budget = 39.0 * size, r.sellable = 20000.0 * size, r.sale_weight = 0.83, r.sale_cost = {5100.0};
    EXPECT_EQ(split_hedge(r).status, errc::infeasible) << "49 % of it comes back, and 49.8 % carried debt";
    EXPECT_EQ(split_hedge(r).binding, split_limit::lending);
    r.sale_cost = {5000.0};
    EXPECT_NEAR(split_hedge(r).sold, size * 1.0 / 0.002, 1e-6 * size);
  }
}

TEST(HedgeSplit, AShortBookIsHedgedByALong) {
  // 20 000 of stable collateral at 90 %, 10 000 of the coin owed: dies on a rise, and so a long that dies on a fall.
  const split_request r{.lending = {.collateral_still = 18000.0, .debt_moving = 10000.0},
                        .exposure = -10000.0,
                        .perp = {.mark = 2000.0},
                        .move = {.down = 0.3, .up = 0.5},
                        .budget = 4000.0};
  const hedge_split s = split_hedge(r);
  ASSERT_EQ(s.status, errc::ok);
  EXPECT_EQ(s.hedge.notional, 10000.0);
  EXPECT_NEAR(s.hedge.margin, 10000.0 * (1.0 - 0.95 * 0.7), 1e-9);
  EXPECT_EQ(s.repaid, 0.0);
}

// Everything, searched for on a grid: for a wanted hedge and a sale, the margin and the repayment that survive.
TEST(HedgeSplit, NoCheaperSplitSurvives) {
  test::random_numbers random(11);
  int feasible = 0, infeasible = 0, sold = 0, short_books = 0;
  double slack = 0.0;
  for (int i = 0; i < 3000; ++i) {
    split_request r;
    const bool is_short = random.below(4) != 0;
    const double worth = random.log_uniform(1e3, 1e7), weight = random.uniform(0.5, 0.95);
    r.debt_weight = random.uniform(1.0, 1.2);
    if (is_short) {
      r.lending.collateral_moving = weight * worth;
      r.lending.debt_still = weight * worth * random.uniform(0.3, 0.95);
      r.exposure = worth;
    } else {
      ++short_books;
      r.lending.collateral_still = weight * worth;
      r.lending.debt_moving = 0.5 * weight * worth * random.uniform(0.2, 0.9);
      r.lending.debt_still = 0.5 * weight * worth * random.uniform(0.2, 0.9);
      r.exposure = -r.lending.debt_moving / r.debt_weight;
    }
    r.perp = {.kind = random.below(2) == 0 ? perp_kind::linear : perp_kind::inverse,
              .mark = 2000.0,
              .initial_margin = random.uniform(0.05, 0.2),
              .maintenance_margin = random.uniform(0.0, 0.05),
              .margin_is_held = random.below(3) == 0,
              .taker_fee = {random.uniform(0.0, 20.0)}};
    r.move = {.down = random.uniform(0.0, 0.6), .up = random.uniform(0.0, 0.8)};
    r.lending_floor = random.uniform(1.0, 1.1), r.perp_floor = random.uniform(1.0, 1.1);
    r.to_lending = {random.uniform(0.0, 30.0)}, r.to_perp = {random.uniform(0.0, 30.0)};
    r.budget = worth * random.uniform(0.0, 0.5);
    if (is_short && random.below(2) == 0)
      r.sellable = worth * random.uniform(0.0, 1.0), r.sale_weight = weight, r.sale_cost = {random.uniform(0.0, 300.0)};
    const hedge_split s = split_hedge(r);
    ASSERT_TRUE(s.status == errc::ok || s.status == errc::infeasible) << name(s.status);
    split_request enough = r;
    enough.budget = s.cash_needed, enough.sellable = 0.0;
    ASSERT_TRUE(split_hedge(enough).has_value()) << "what is said to be needed is enough";
    enough.budget *= 1.0 - 1e-12;
    ASSERT_FALSE(split_hedge(enough).has_value()) << "and no less";
    enough = r;
    enough.perp.capacity = std::abs(s.hedge.notional) / r.perp.contract_notional();
    if (s.hedge.notional != 0.0) {
      ASSERT_NEAR(split_hedge(enough).sold, s.sold, 1e-9 * worth) << "a capacity of just the hedge is enough";
    }

    // Is (sale, margin share, repayment) alive and paid for? Returns what is left of the cash, −∞ if it does not live.
    const auto left = [&](double sale, double share, double repaid) {
      if (share < r.perp.margin_share()) return -infinity;
      const double coins = r.perp.kind == perp_kind::inverse && !r.perp.margin_is_held ? share : 0.0;
      const double size = (std::abs(r.exposure) - sale) / (is_short ? 1.0 - coins : 1.0 + coins);
      if (!(size >= 0.0)) return -infinity;
      const auto perp = perp_line({r.perp.kind, is_short ? -size : size, share * size, r.perp.maintenance_margin});
      venue_line lending = r.lending;
      lending.collateral_moving -= r.sale_weight * sale;
      lending.debt_still -= r.debt_weight * repaid;
      if (!perp || lending.debt_still < 0.0) return -infinity;
      for (const double g : {1.0 - r.move.down, 1.0, 1.0 + r.move.up})
        if (lending.health(g) < r.lending_floor || perp->health(g) < r.perp_floor) return -infinity;
      return r.budget + r.sale_cost.complement() * sale - repaid * (1.0 + r.to_lending.fraction()) -
             size * (share * (1.0 + r.to_perp.fraction()) + r.perp.taker_fee.fraction());
    };
    constexpr int grid = 40;
    bool found = false;
    double cheapest_cash = infinity, least_sale = infinity;
    for (int a = 0; a <= grid; ++a)
      for (int b = 0; b <= grid; ++b)
        for (int c = 0; c <= grid; ++c) {
          const double sale = r.sellable * a / grid, share = 1.2 * b / grid;
          const double repaid = r.lending.debt_still / r.debt_weight * c / grid;
          const double rest = left(sale, share, repaid);
          if (a == 0 && rest > -infinity) cheapest_cash = std::min(cheapest_cash, r.budget - rest);
          if (rest >= 0.0) found = true, least_sale = std::min(least_sale, sale);
        }
    if (s.has_value()) {
      ++feasible;
      ASSERT_TRUE(s.worst.solvent());
      ASSERT_NEAR(s.lending.debt_still, r.lending.debt_still - r.debt_weight * s.repaid, 1e-9 * worth);
      ASSERT_NEAR(s.lending.collateral_moving, r.lending.collateral_moving - r.sale_weight * s.sold, 1e-9 * worth);
      sold += s.sold > 0.0 ? 1 : 0;
      ASSERT_LE(s.sold, least_sale * (1.0 + 1e-9));
      // A hair more of everything lives and is still (but for that hair) paid for; a hair less sale is not.
      const double share = s.hedge.margin / std::max(std::abs(s.hedge.notional), 1e-300);
      if (s.hedge.notional != 0.0) {
        const double most = r.lending.debt_still / r.debt_weight;
        const double rest = left(s.sold, share * (1.0 + 1e-9), std::min(s.repaid * (1.0 + 1e-9) + 1e-9 * worth, most));
        ASSERT_GE(rest, -1e-6 * worth);
        slack = std::max(slack, std::abs(rest - s.cash_left) / worth);
      }
    } else {
      ++infeasible;
      ASSERT_FALSE(found) << "the grid has a split that lives: " << name(s.binding);
    }
    ASSERT_TRUE(cheapest_cash == infinity || s.cash_needed <= cheapest_cash * (1.0 + 1e-12));
  }
  std::cout << feasible << " feasible (" << sold << " by a sale), " << infeasible << " infeasible, " << short_books
            << " short books; cash re-counted within " << slack << " of the collateral\n";
  EXPECT_GT(feasible, 1000);
  EXPECT_GT(sold, 100);
  EXPECT_GT(infeasible, 500);
  EXPECT_LT(slack, 1e-8);
}

TEST(HedgeSplit, BadInputIsRefusedByName) {
  const auto with = [](auto change) {
    split_request r = worked;
    change(r);
    return split_hedge(r).status;
  };
  for (double split_request::*field :
       {&split_request::exposure, &split_request::debt_weight, &split_request::lending_floor,
        &split_request::perp_floor, &split_request::hedge_ratio, &split_request::budget, &split_request::sellable,
        &split_request::sale_weight})
    EXPECT_EQ(with([field](split_request& r) { r.*field = nan; }), errc::not_finite);
  EXPECT_EQ(with([](split_request& r) { r.budget = -1.0; }), errc::negative_amount);
  EXPECT_EQ(with([](split_request& r) { r.sellable = -1.0; }), errc::negative_amount);
  EXPECT_EQ(with([](split_request& r) { r.to_perp = {-1.0}; }), errc::negative_amount);
  EXPECT_EQ(with([](split_request& r) { r.to_lending = {nan}; }), errc::not_finite);
  EXPECT_EQ(with([](split_request& r) { r.sale_weight = 1.1; }), errc::threshold_range);
  EXPECT_EQ(with([](split_request& r) { r.sale_cost = {10001.0}; }), errc::threshold_range);
  EXPECT_EQ(with([](split_request& r) { r.hedge_ratio = 1.1; }), errc::threshold_range);
  EXPECT_EQ(with([](split_request& r) { r.move.down = 1.0; }), errc::threshold_range);
  EXPECT_EQ(with([](split_request& r) { r.lending_floor = 0.99; }), errc::bad_configuration);
  EXPECT_EQ(with([](split_request& r) { r.perp_floor = 0.99; }), errc::bad_configuration);
  EXPECT_EQ(with([](split_request& r) { r.debt_weight = 0.99; }), errc::bad_configuration);
  EXPECT_EQ(with([](split_request& r) { r.sellable = 20001.0, r.sale_weight = 0.83; }), errc::bad_configuration);
  EXPECT_EQ(with([](split_request& r) { r.perp.mark = 0.0; }), errc::non_positive_price);
  EXPECT_EQ(with([](split_request& r) { r.lending.debt_still = -1.0; }), errc::negative_amount);
}

TEST(HedgeSplit, NothingToHedgeAndNothingOwedNeedsNothing) {
  const hedge_split s =
      split_hedge({.lending = {.collateral_still = 100.0}, .perp = {.mark = 1.0}, .move = {0.5, 0.5}});
  ASSERT_EQ(s.status, errc::ok);
  EXPECT_EQ(s.cash_needed, 0.0);
  EXPECT_EQ(s.hedge.margin, 0.0);
  EXPECT_EQ(s.worst.health, infinity);
}

}  // namespace
