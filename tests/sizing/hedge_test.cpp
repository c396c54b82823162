// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/sizing/hedge.hpp>

#include "support/random.hpp"
#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

namespace {

using namespace trimtab;
using sizing::delta_neutral;
using sizing::hedge_limit;
using sizing::hedge_over;
using sizing::perp_hedge;
using sizing::perp_kind;
using sizing::perp_venue;
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

constexpr perp_venue linear{.mark = 2000.0, .taker_fee = {5.0}, .funding_per_year = 0.1};
constexpr perp_venue inverse{.kind = perp_kind::inverse, .mark = 2000.0, .taker_fee = {5.0}, .funding_per_year = 0.1};

// 10 units at 2000: 20 000 of notional, 2 000 of margin, a fee of 10, 2 000 a year received.
static_assert(delta_neutral(10.0, linear)->contracts == -10.0);
static_assert(delta_neutral(10.0, linear)->notional == 20000.0);
static_assert(delta_neutral(10.0, linear)->margin == 2000.0);
static_assert(delta_neutral(10.0, linear)->fee == 10.0);
static_assert(delta_neutral(10.0, linear)->funding_per_year == 2000.0);
static_assert(delta_neutral(10.0, linear)->residual_delta == 0.0);
static_assert(delta_neutral(-10.0, linear)->contracts == 10.0, "a short book buys");
static_assert(delta_neutral(-10.0, linear)->funding_per_year == -2000.0, "and pays");
static_assert(delta_neutral(0.0, linear)->contracts == 0.0 && delta_neutral(0.0, linear)->binding == hedge_limit::none);

TEST(Hedge, AContractOfAnotherSizeIsCountedInContracts) {
  perp_venue small = linear;
  small.multiplier = 0.001;
  const perp_hedge h = *delta_neutral(10.0, small);
  EXPECT_NEAR(h.contracts, -10000.0, 1e-9);
  EXPECT_NEAR(h.notional, 20000.0, 1e-9);
  EXPECT_NEAR(h.margin, 2000.0, 1e-9);
}

TEST(Hedge, TheCoinMarginOfAnInverseShortIsHedgedToo) {
  // k = 10 %: N = 10·2000/0.9 = 22 222.22; the margin is 1.1111 coins, the position −11.1111: together −10.
  const perp_hedge h = *delta_neutral(10.0, inverse);
  EXPECT_NEAR(h.notional, 22222.222222222222, 1e-9);
  EXPECT_EQ(h.contracts, -h.notional);
  EXPECT_NEAR(h.margin / 2000.0 - h.notional / 2000.0, -10.0, 1e-12);
  EXPECT_NEAR(h.delta, -10.0, 1e-12);
  // A long: N = 10·2000/1.1.
  EXPECT_NEAR(delta_neutral(-10.0, inverse)->notional, 18181.818181818182, 1e-9);
  // Coins that are there already: plainly N = Δ·F.
  perp_venue held = inverse;
  held.margin_is_held = true;
  EXPECT_NEAR(delta_neutral(10.0, held)->notional, 20000.0, 1e-9);
}

// The whole book, revalued: coins held, coins bought as margin and paid for in cash, and the position.
TEST(Hedge, TheHedgedBookIsWorthTheSameAfterASmallMove) {
  test::random_numbers random(5);
  double worst = 0.0;
  for (int i = 0; i < 20000; ++i) {
    const double mark = random.log_uniform(1e-3, 1e5), delta = (i % 2 ? 1.0 : -1.0) * random.log_uniform(1e-4, 1e6);
    perp_venue v{.kind = i % 4 < 2 ? perp_kind::linear : perp_kind::inverse,
                 .mark = mark,
                 .multiplier = random.log_uniform(1e-4, 100.0),
                 .initial_margin = random.uniform(0.06, 0.9)};
    const perp_hedge h = *delta_neutral(delta, v);
    const auto worth = [&](long double p) {
      const long double f = mark, n = h.contracts, k = v.multiplier;
      if (v.kind == perp_kind::linear) return delta * p + n * k * (p - f);
      return delta * p + (h.margin / f + n * k * (1.0L / f - 1.0L / p)) * p;
    };
    const long double step = 1e-4L * mark;
    const long double slope = (worth(mark + step) - worth(mark - step)) / (2.0L * step);
    worst = std::max(worst, static_cast<double>(std::abs(slope / delta)));
  }
  std::cout << "worst residual slope / delta " << worst << '\n';
  EXPECT_LT(worst, 1e-13);
}

TEST(Hedge, FullCoinMarginIsAlreadyNeutralAndHedgesNothingElse) {
  perp_venue full = inverse;
  full.posted_margin = 1.0;
  EXPECT_EQ(delta_neutral(10.0, full).error(), errc::infeasible);
  EXPECT_NEAR(delta_neutral(-10.0, full)->notional, 10000.0, 1e-9) << "a long of half as much: its coins are the rest";
  full.posted_margin = 0.01;
  EXPECT_EQ(full.margin_share(), 0.1) << "never less than the initial margin";
}

TEST(Hedge, EachLimitBindsAndIsNamedAndTheRestIsReported) {
  perp_venue v = linear;
  v.capacity = 6.0;
  EXPECT_EQ(delta_neutral(10.0, v)->contracts, -6.0);
  EXPECT_EQ(delta_neutral(10.0, v)->residual_delta, 4.0);
  EXPECT_EQ(delta_neutral(10.0, v)->binding, hedge_limit::capacity);
  EXPECT_EQ(delta_neutral(-10.0, v)->residual_delta, -4.0);
  v.cash = 804.0;  // 0.1005 of notional: 8000, so 4 contracts
  EXPECT_NEAR(delta_neutral(10.0, v)->contracts, -4.0, 1e-12);
  EXPECT_EQ(delta_neutral(10.0, v)->binding, hedge_limit::cash);
  EXPECT_LE(delta_neutral(10.0, v)->margin + delta_neutral(10.0, v)->fee, 804.0 * (1 + 1e-15));
  v = linear;
  v.initial_margin = 0.05, v.taker_fee = {}, v.cash = 400.0;
  EXPECT_NEAR(delta_neutral(10.0, v)->contracts, -4.0, 1e-12);
  v.initial_margin = v.maintenance_margin = 0.0, v.cash = 0.0;
  EXPECT_EQ(delta_neutral(10.0, v)->contracts, -10.0) << "a venue that asks for nothing";
  v = linear;
  v.lot = 3.0;
  EXPECT_EQ(delta_neutral(10.0, v)->contracts, -9.0);
  EXPECT_EQ(delta_neutral(10.0, v)->residual_delta, 1.0);
  EXPECT_EQ(delta_neutral(10.0, v)->binding, hedge_limit::lot);
  v.lot = 0.1;  // 10 is 100 lots but for roundings
  EXPECT_NEAR(delta_neutral(10.0, v)->contracts, -10.0, 1e-12);
  EXPECT_EQ(delta_neutral(10.0, v)->binding, hedge_limit::none);
  v.minimum_notional = 20001.0;
  EXPECT_EQ(delta_neutral(10.0, v)->contracts, 0.0);
  EXPECT_EQ(delta_neutral(10.0, v)->residual_delta, 10.0);
  EXPECT_EQ(delta_neutral(10.0, v)->binding, hedge_limit::minimum_notional);
  v.capacity = 0.0;
  EXPECT_EQ(delta_neutral(10.0, v)->contracts, 0.0) << "a venue that takes nothing";
}

TEST(Hedge, LimitsHaveNames) {
  EXPECT_STREQ(name(hedge_limit::none), "none");
  EXPECT_STREQ(name(hedge_limit::cash), "cash");
}

TEST(Hedge, BadInputIsRefusedByName) {
  const auto with = [](auto change) {
    perp_venue v = linear;
    change(v);
    return delta_neutral(10.0, v).error();
  };
  EXPECT_EQ(delta_neutral(nan, linear).error(), errc::not_finite);
  EXPECT_EQ(delta_neutral(infinity, linear).error(), errc::not_finite);
  EXPECT_EQ(with([](perp_venue& v) { v.mark = 0.0; }), errc::non_positive_price);
  for (double perp_venue::*field :
       {&perp_venue::mark, &perp_venue::multiplier, &perp_venue::initial_margin, &perp_venue::maintenance_margin,
        &perp_venue::posted_margin, &perp_venue::funding_per_year, &perp_venue::lot, &perp_venue::minimum_notional,
        &perp_venue::capacity, &perp_venue::cash})
    EXPECT_EQ(with([field](perp_venue& v) { v.*field = nan; }), errc::not_finite);
  for (double perp_venue::*field : {&perp_venue::posted_margin, &perp_venue::lot, &perp_venue::minimum_notional,
                                    &perp_venue::capacity, &perp_venue::cash})
    EXPECT_EQ(with([field](perp_venue& v) { v.*field = -1.0; }), errc::negative_amount);
  EXPECT_EQ(with([](perp_venue& v) { v.taker_fee = {-1.0}; }), errc::negative_amount);
  EXPECT_EQ(with([](perp_venue& v) { v.multiplier = 0.0; }), errc::bad_configuration);
  EXPECT_EQ(with([](perp_venue& v) { v.maintenance_margin = 0.2; }), errc::threshold_range);
  EXPECT_EQ(with([](perp_venue& v) { v.maintenance_margin = -0.1; }), errc::threshold_range);
}

TEST(HedgeOver, TheCheapestVenueIsFilledFirstAndTheRestGoesOn) {
  std::array<perp_venue, 3> venues{linear, linear, linear};
  venues[0].taker_fee = {10.0};
  venues[1].taker_fee = {2.0};
  venues[2].taker_fee = {5.0};
  for (auto& v : venues) v.capacity = 4.0, v.funding_per_year = 0.0;
  std::array<perp_hedge, 3> out;
  const auto all = hedge_over(9.0, venues, 0.0, out);
  ASSERT_TRUE(all);
  EXPECT_EQ(out[1].contracts, -4.0);
  EXPECT_EQ(out[2].contracts, -4.0);
  EXPECT_EQ(out[0].contracts, -1.0);
  EXPECT_NEAR(all->cost, 8000 * 2e-4 + 8000 * 5e-4 + 2000 * 10e-4, 1e-12);
  EXPECT_EQ(all->residual_delta, 0.0);
  EXPECT_EQ(all->venues, 3u);
  // Two more than all of them take.
  EXPECT_EQ(hedge_over(14.0, venues, 0.0, out)->residual_delta, 2.0);
}

TEST(HedgeOver, FundingCountsByTheTimeHeldAndByTheSide) {
  std::array<perp_venue, 2> venues{linear, linear};
  venues[0].taker_fee = {1.0}, venues[0].funding_per_year = -0.05;
  venues[1].taker_fee = {5.0}, venues[1].funding_per_year = 0.05;
  std::array<perp_hedge, 2> out;
  ASSERT_TRUE(hedge_over(1.0, venues, 0.0, out));
  EXPECT_EQ(out[0].contracts, -1.0) << "for a moment only the fee counts";
  ASSERT_TRUE(hedge_over(1.0, venues, 0.1, out));
  EXPECT_EQ(out[1].contracts, -1.0) << "a short held for a month wants to be paid";
  ASSERT_TRUE(hedge_over(0.001, venues, 0.1, out));
  EXPECT_EQ(out[1].contracts, -0.001) << "however small";
  ASSERT_TRUE(hedge_over(-1.0, venues, 0.1, out));
  EXPECT_EQ(out[0].contracts, 1.0) << "and a long the reverse";
}

TEST(HedgeOver, AVenueWhoseShareIsBelowItsMinimumIsLeftOut) {
  std::array<perp_venue, 3> venues{linear, linear, linear};
  venues[0].taker_fee = {1.0}, venues[0].capacity = 4.0;
  venues[1].taker_fee = {2.0}, venues[1].minimum_notional = 5000.0;
  venues[2].taker_fee = {3.0};
  std::array<perp_hedge, 3> out;
  ASSERT_TRUE(hedge_over(5.0, venues, 0.0, out));
  EXPECT_EQ(out[1].binding, hedge_limit::minimum_notional);
  EXPECT_EQ(out[2].contracts, -1.0);
}

// Without lots and minima the cost is linear in each venue: no split on a fine grid is cheaper.
TEST(HedgeOver, NoOtherSplitIsCheaper) {
  test::random_numbers random(6);
  constexpr int grid = 60;
  for (int i = 0; i < 300; ++i) {
    std::array<perp_venue, 3> venues;
    for (auto& v : venues)
      v = {.kind = random.below(2) == 0 ? perp_kind::linear : perp_kind::inverse,
           .mark = 2000.0 * random.uniform(0.99, 1.01),
           .taker_fee = {random.uniform(0.0, 20.0)},
           .funding_per_year = random.uniform(-0.3, 0.3),
           .capacity = random.uniform(0.0, 10.0)};
    for (auto& v : venues)
      if (v.kind == perp_kind::inverse) v.capacity *= v.mark;
    const double years = random.uniform(0.0, 0.05), sign = i % 2 ? 1.0 : -1.0;
    double room = 0.0;
    for (const auto& v : venues) room += v.capacity * v.contract_delta(sign > 0.0);
    const double delta = sign * random.uniform(0.1, 0.95) * room;
    std::array<perp_hedge, 3> out;
    const auto all = hedge_over(delta, venues, years, out);
    ASSERT_TRUE(all);
    ASSERT_NEAR(all->residual_delta, 0.0, 1e-9);
    double sum = 0.0;
    for (const auto& h : out) sum += h.delta;
    ASSERT_NEAR(sum, -delta, 1e-9);
    double best = infinity;
    for (int a = 0; a <= grid; ++a)
      for (int b = 0; a + b <= grid; ++b) {
        const std::array<double, 3> part{a / double(grid), b / double(grid), (grid - a - b) / double(grid)};
        double cost = 0.0;
        for (std::size_t k = 0; k < 3; ++k) {
          const auto h = delta_neutral(delta * part[k], venues[k]);
          cost += std::abs(h->residual_delta) > 1e-9 ? infinity : h->fee - h->funding_per_year * years;
        }
        best = std::min(best, cost);
      }
    EXPECT_LE(all->cost, best + 1e-9 * std::abs(best));
  }
}

TEST(HedgeOver, BadInputIsRefusedByName) {
  std::array<perp_venue, 2> venues{linear, linear};
  std::array<perp_hedge, 2> out;
  EXPECT_EQ(hedge_over(nan, venues, 0.0, out).error(), errc::not_finite);
  EXPECT_EQ(hedge_over(1.0, venues, nan, out).error(), errc::not_finite);
  EXPECT_EQ(hedge_over(1.0, venues, -1.0, out).error(), errc::negative_amount);
  EXPECT_EQ(hedge_over(1.0, venues, 0.0, std::span(out).first(1)).error(), errc::size_mismatch);
  venues[1].mark = -1.0;
  EXPECT_EQ(hedge_over(1.0, venues, 0.0, out).error(), errc::non_positive_price) << "even if it would not be used";
  const std::vector<perp_venue> many(33, linear);
  std::vector<perp_hedge> many_out(33);
  EXPECT_EQ(hedge_over(1.0, many, 0.0, many_out).error(), errc::capacity);
  EXPECT_EQ(hedge_over(1.0, {}, 0.0, {})->residual_delta, 1.0) << "no venue: all of it is left";
}

TEST(HedgeOver, AVenueWhoseCoinsUndoItsShortsIsPassedOver) {
  std::array<perp_venue, 2> venues{inverse, linear};
  venues[0].posted_margin = 1.0, venues[0].taker_fee = {0.0};
  std::array<perp_hedge, 2> out;
  ASSERT_TRUE(hedge_over(1.0, venues, 0.0, out));
  EXPECT_EQ(out[0].contracts, 0.0);
  EXPECT_EQ(out[1].contracts, -1.0);
}

}  // namespace
