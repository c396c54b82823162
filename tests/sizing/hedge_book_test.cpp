// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/health/hyperliquid.hpp>
#include <trimtab/sizing/hedge_book.hpp>
#include <trimtab/sizing/hedge_leg.hpp>

#include "support/random.hpp"
#include "support/tolerance.hpp"
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace {

using namespace trimtab;
using sizing::least_health;
using sizing::perp_kind;
using sizing::perp_line;
using sizing::perp_position;
using sizing::price_move;
using sizing::survivable_move;
using sizing::venue_line;
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

// 10 ETH at 2000, threshold 83 %, 10 000 of stable debt: health 1.66, liquidated at a fall of 39.76 %.
constexpr venue_line lending{.collateral_moving = 16600.0, .debt_still = 10000.0};
// Short 20 000 with 4 000 of margin, 5 % maintenance: dies at 24 000 / 21 000, a rise of 14.29 %.
constexpr perp_position short_eth{.notional = -20000.0, .margin = 4000.0, .maintenance = 0.05};

static_assert(lending.health() == 1.66);
static_assert(perp_line(short_eth)->health() == 24000.0 / 21000.0);

TEST(HedgeBook, TheBookDiesWhereItsFirstVenueDoes) {
  const std::array<venue_line, 2> venues{lending, *perp_line(short_eth)};
  const auto s = survivable_move(venues);
  ASSERT_EQ(s.status, errc::ok);
  EXPECT_NEAR(s.down, 1.0 - 10000.0 / 16600.0, 1e-15);
  EXPECT_EQ(s.down_venue, 0u);
  EXPECT_NEAR(s.up, 24000.0 / 21000.0 - 1.0, 1e-15);
  EXPECT_EQ(s.up_venue, 1u);
  EXPECT_NEAR(least_health(venues).health, 24000.0 / 21000.0, 1e-15);
  EXPECT_EQ(least_health(venues).venue, 1u);
  EXPECT_TRUE(least_health(venues, {.down = 0.39, .up = 0.14}).solvent());
  EXPECT_FALSE(least_health(venues, {.down = 0.39, .up = 0.15}).solvent()) << "a hedged book killed by a rise";
  EXPECT_FALSE(least_health(venues, {.down = 0.40, .up = 0.14}).solvent());
  EXPECT_EQ(least_health(venues, {.down = 0.40, .up = 0.14}).factor, 0.6);
}

TEST(HedgeBook, EveryKindOfPerpDiesAtItsTextbookPrice) {
  const auto move = [](perp_kind kind, double notional, double margin) {
    const std::array<venue_line, 1> one{*perp_line({kind, notional, margin, 0.05})};
    return survivable_move(one);
  };
  // Linear long: (N·F₀ − margin) / (N·(1 − m)).
  EXPECT_NEAR(move(perp_kind::linear, 20000.0, 4000.0).down, 1.0 - 16000.0 / (20000.0 * 0.95), 1e-15);
  EXPECT_EQ(move(perp_kind::linear, 20000.0, 4000.0).up, infinity);
  EXPECT_EQ(move(perp_kind::linear, -20000.0, 4000.0).down, 1.0);
  // Inverse short: Q·(1 − m) / (Q − M).  Inverse long: (1 + m)·Q / (M + Q).
  EXPECT_NEAR(move(perp_kind::inverse, -20000.0, 4000.0).up, 20000.0 * 0.95 / 16000.0 - 1.0, 1e-15);
  EXPECT_NEAR(move(perp_kind::inverse, 20000.0, 4000.0).down, 1.0 - 1.05 * 20000.0 / 24000.0, 1e-15);
  // The synthetic dollar: margin as large as the short, and nothing kills it.
  EXPECT_EQ(move(perp_kind::inverse, -20000.0, 20000.0).up, infinity);
  EXPECT_EQ(move(perp_kind::inverse, -20000.0, 20000.0).down, 1.0);
}

// The line against the equity written out: alive exactly while equity ≥ maintenance.
TEST(HedgeBook, APerpsLineIsItsEquityLessItsMaintenance) {
  test::random_numbers random(8);
  double worst = 0.0;
  for (int i = 0; i < 100000; ++i) {
    const perp_position p{random.below(2) == 0 ? perp_kind::linear : perp_kind::inverse,
                          (random.below(2) == 0 ? -1.0 : 1.0) * random.log_uniform(1.0, 1e9),
                          random.log_uniform(0.1, 1e9), random.uniform(0.0, 0.3)};
    const double g = random.log_uniform(0.1, 10.0);
    const long double q = p.notional, m = p.margin, size = std::abs(q), x = g;
    const long double equity = p.kind == perp_kind::linear ? m + q * (x - 1.0L) : (m + q * (1.0L - 1.0L / x)) * x;
    const long double kept = static_cast<long double>(p.maintenance) * size * (p.kind == perp_kind::linear ? x : 1.0L);
    const venue_line line = *perp_line(p);
    const double gap = static_cast<double>(equity - kept), scale = line.collateral(g) + line.debt(g);
    worst = std::max(worst, std::abs(line.collateral(g) - line.debt(g) - gap) / scale);
    ASSERT_TRUE(std::abs(gap) <= 1e-12 * scale || (line.health(g) >= 1.0) == (gap >= 0.0)) << i;
  }
  std::cout << "worst error of headroom / (C + D) " << worst << '\n';
  EXPECT_LE(worst, test::tolerance<double>::formula);
}

TEST(HedgeBook, ALinearPerpsHealthIsHyperliquids) {
  const asset_id eth{1}, usd{2};
  const std::array<health::hyperliquid_tier, 1> tiers{{{0.0, {500.0}}}};
  const std::array<health::hyperliquid_market, 1> markets{
      health::hyperliquid_market{.index = eth, .slot = {0}, .tiers = tiers, .initial_margin = {1000.0}}};
  const health::hyperliquid venue{.quote = usd, .quote_slot = {1}, .markets = markets};
  for (const double g : {0.5, 1.0, 1.1, 1.3}) {
    for (const bool is_short : {true, false}) {
      account<> a;
      ASSERT_EQ(a.add({.asset = usd, .collateral = 4000.0}), errc::ok);
      const health::perp_entry entry{eth, usd, 10.0, 2000.0};
      ASSERT_EQ(is_short ? health::open_short(a, entry) : health::open_long(a, entry), errc::ok);
      const std::array<double, 2> prices{2000.0 * g, 1.0};
      const double theirs =
          health_factor(venue.liquidation_form<double>(a), oracle_prices<double>(std::span<const double>(prices)));
      const perp_position p{.notional = is_short ? -20000.0 : 20000.0, .margin = 4000.0, .maintenance = 0.05};
      const venue_line line = *perp_line(p);
      EXPECT_NEAR(line.health(g), theirs, 1e-14);
      EXPECT_EQ(line.health(g) >= 1.0, theirs >= 1.0) << g;
    }
  }
}

constexpr asset_id steth{1}, eth{2}, usdc{3};
form<double, 8> lending_form() {
  form<double, 8> f;
  f.collateral.add({4.0, 0.8, {0}, steth});
  f.collateral.add({6000.0, 0.9, {2}, usdc});
  f.debt.add({1.0, 1.0, {1}, eth});
  f.debt.add({5000.0, 1.1, {2}, usdc});
  return f;
}

TEST(HedgeBook, ALendingLineIsItsFormAlongTheMove) {
  const std::array<double, 3> now{2200.0, 2000.0, 1.0};
  const std::array<double, 3> beta{1.0, 1.0, 0.0};
  const auto f = lending_form();
  const auto line = sizing::lending_line(f, oracle_prices<double>(std::span<const double>(now)), beta);
  ASSERT_TRUE(line);
  for (const double g : {0.3, 0.7, 1.0, 1.9}) {
    const std::array<double, 3> moved{2200.0 * g, 2000.0 * g, 1.0};
    EXPECT_NEAR(line->health(g), health_factor(f, oracle_prices<double>(std::span<const double>(moved))), 1e-14);
    const double step = 1e-6;
    EXPECT_NEAR(line->health_delta(g), (line->health(g + step) - line->health(g - step)) / (2 * step), 1e-9);
  }
}

TEST(HedgeBook, AFormThatCannotBeALineIsRefusedByName) {
  const std::array<double, 3> now{2200.0, 2000.0, 1.0}, bad{2200.0, 0.0, 1.0};
  const std::array<double, 3> beta{1.0, 1.0, 0.0}, wild{1.0, 1.5, 0.0}, unknown{nan, 1.0, 0.0};
  const auto f = lending_form();
  const oracle_prices<double> prices(std::span<const double>{now});
  EXPECT_EQ(sizing::lending_line(f, oracle_prices<double>(std::span<const double>(bad)), beta).error(),
            errc::non_positive_price);
  EXPECT_EQ(sizing::lending_line(f, prices, std::span(beta).first(2)).error(), errc::size_mismatch);
  EXPECT_EQ(sizing::lending_line(f, prices, wild).error(), errc::threshold_range);
  EXPECT_EQ(sizing::lending_line(f, prices, unknown).error(), errc::threshold_range);
  auto g = f;
  g.collateral[0].amount = nan;
  EXPECT_EQ(sizing::lending_line(g, prices, beta).error(), errc::not_finite);
  g.collateral[0].amount = -1.0;
  g.collateral[1].amount = 0.0;
  EXPECT_EQ(sizing::lending_line(g, prices, beta).error(), errc::negative_amount);
}

TEST(HedgeBook, BadInputIsRefusedByName) {
  EXPECT_EQ(perp_line({.notional = nan}).error(), errc::not_finite);
  EXPECT_EQ(perp_line({.margin = infinity}).error(), errc::not_finite);
  EXPECT_EQ(perp_line({.margin = -1.0}).error(), errc::negative_amount);
  EXPECT_EQ(perp_line({.maintenance = 1.0}).error(), errc::threshold_range);
  EXPECT_EQ(perp_line({.maintenance = nan}).error(), errc::not_finite);
  const std::array<venue_line, 1> one{lending}, bad{venue_line{.debt_still = nan}};
  EXPECT_EQ(least_health({}).status, errc::size_mismatch);
  EXPECT_EQ(least_health(bad).status, errc::not_finite);
  EXPECT_FALSE(least_health(bad).solvent());
  EXPECT_EQ(least_health(one, {.down = 1.0}).status, errc::threshold_range);
  EXPECT_EQ(least_health(one, {.up = -0.1}).status, errc::threshold_range);
  EXPECT_EQ(least_health(one, {.up = nan}).status, errc::not_finite);
  EXPECT_EQ(survivable_move({}).status, errc::size_mismatch);
  EXPECT_EQ(survivable_move(bad).status, errc::not_finite);
  const std::array<venue_line, 1> huge{venue_line{.collateral_moving = 1e308, .debt_moving = 1e308}};
  EXPECT_EQ(least_health(huge, {.up = 1e3}).status, errc::not_finite) << "∞/∞ is no health";
  EXPECT_EQ(sizing::deltas_of(lending, nan, short_eth).error(), errc::not_finite);
  EXPECT_EQ(sizing::deltas_of({.debt_still = -1.0}, 0.0, short_eth).error(), errc::negative_amount);
  EXPECT_EQ(sizing::deltas_of(lending, 0.0, {.margin = -1.0}).error(), errc::negative_amount);
}

TEST(HedgeBook, AVenueThatIsDeadNowSurvivesNothingAndIsNamed) {
  const std::array<venue_line, 2> venues{lending,
                                         *perp_line({.notional = -20000.0, .margin = 900.0, .maintenance = 0.05})};
  const auto s = survivable_move(venues);
  EXPECT_EQ(s.status, errc::infeasible);
  EXPECT_EQ(s.down, 0.0);
  EXPECT_EQ(s.up, 0.0);
  EXPECT_EQ(s.up_venue, 1u);
}

// Just inside the survivable move every venue is alive, just outside the named one is dead; against a scan of prices.
TEST(HedgeBook, TheSurvivableMoveIsWhereAScanFindsIt) {
  test::random_numbers random(9);
  int finite_up = 0;
  for (int i = 0; i < 20000; ++i) {
    std::array<venue_line, 3> venues;
    for (auto& v : venues) {
      v = {random.uniform(0.0, 10.0), random.uniform(0.0, 10.0), random.uniform(0.0, 10.0), random.uniform(0.0, 10.0)};
      const double more = std::max(0.0, v.debt(1.0) * random.uniform(1.0, 2.0) - v.collateral(1.0));
      (random.below(2) == 0 ? v.collateral_moving : v.collateral_still) += more + 1e-9;
    }
    const auto s = survivable_move(venues);
    ASSERT_EQ(s.status, errc::ok);
    const auto alive = [&](double g) {
      return std::all_of(venues.begin(), venues.end(),
                         [g](const venue_line& v) { return v.collateral(g) >= v.debt(g); });
    };
    ASSERT_TRUE(alive(1.0 - s.down * (1.0 - 1e-9) + (s.down < 1e-9 ? s.down : 0.0)));
    if (s.down < 1.0 - 1e-9) {
      const double g = 1.0 - s.down - 1e-9;
      ASSERT_LT(venues[s.down_venue].health(g), 1.0);
      ASSERT_FALSE(least_health(venues, {.down = 1.0 - g}).solvent());
    }
    if (s.up < infinity) {
      ++finite_up;
      ASSERT_TRUE(alive(1.0 + s.up * (1.0 - 1e-9)));
      ASSERT_LT(venues[s.up_venue].health(1.0 + s.up * (1.0 + 1e-9) + 1e-9), 1.0);
    } else {
      ASSERT_TRUE(alive(1e6));
    }
  }
  EXPECT_GT(finite_up, 1000);
}

// Equity delta and health delta are two things: a book hedged to nothing still has a health that falls.
TEST(HedgeBook, EquityDeltaAndHealthDeltaAreReportedApart) {
  const auto d = sizing::deltas_of(lending, 20000.0, short_eth);
  ASSERT_TRUE(d);
  EXPECT_EQ(d->equity_delta, 0.0);
  EXPECT_NEAR(d->health_delta, 1.66, 1e-15) << "dH/dg = C/D where the debt stands still";
  EXPECT_NEAR(d->health_delta_perp, -24000.0 / 21000.0, 1e-15);
  const auto unhedged = sizing::deltas_of(lending, 20000.0, {});
  EXPECT_EQ(unhedged->equity_delta, 20000.0);
  EXPECT_EQ(unhedged->health_delta, d->health_delta);
  EXPECT_EQ(unhedged->health_delta_perp, 0.0) << "no position, infinite health, no slope";
  const auto coin = sizing::deltas_of(lending, 20000.0, {perp_kind::inverse, -25000.0, 5000.0, 0.05});
  EXPECT_EQ(coin->equity_delta, 0.0) << "its coins count";
  EXPECT_EQ(coin->health_delta, d->health_delta);
}

TEST(HedgeBook, AMoveDuringATransferGrowsWithTheRootOfTheDelay) {
  const price_move hour = sizing::move_during(seconds{3600}, 0.8, 4.0);
  EXPECT_NEAR(hour.up, std::exp(4.0 * 0.8 * std::sqrt(1.0 / 8760.0)) - 1.0, 1e-15);
  EXPECT_NEAR((1.0 - hour.down) * (1.0 + hour.up), 1.0, 1e-15);
  EXPECT_NEAR(std::log1p(sizing::move_during(seconds{4 * 3600}, 0.8, 4.0).up), 2.0 * std::log1p(hour.up), 1e-15);
  EXPECT_EQ(sizing::move_during(seconds{-1}, 0.8, 4.0).validate(), errc::not_finite);
  EXPECT_EQ(hour.validate(), errc::ok);
}

TEST(HedgeBook, AfterTheDelayTheRicherVenueHelpsTheOther) {
  const venue_line perp = *perp_line(short_eth);
  // A fall of 35 %: lending C = 10 790, D = 10 000; the perp has 11 000 of equity. To health 1.25: 10 000 − 8 632.
  const auto down = sizing::transfer_at(lending, perp, 0.65, 1.25, {10.0});
  ASSERT_TRUE(down);
  EXPECT_NEAR(down->to_lending, 1368.0 * 1.001, 1e-9);
  EXPECT_NEAR(down->cost, 1.368, 1e-9);
  // A rise of 12 %: perp C = 24 000, D = 23 520; to 1.05 it lacks 696, which lending can borrow (C/h − D = 7 706.7).
  const auto up = sizing::transfer_at(lending, perp, 1.12, 1.05);
  ASSERT_TRUE(up);
  EXPECT_NEAR(up->to_lending, -696.0, 1e-9);
  EXPECT_EQ(sizing::transfer_at(lending, perp, 1.0, 1.05)->to_lending, 0.0) << "both stand";
  EXPECT_NEAR(sizing::transfer_at(lending, perp, 0.55, 1.0)->to_lending, 10000.0 - 9130.0, 1e-9);
  EXPECT_EQ(sizing::transfer_at(lending, perp, 0.55, 1.0, {}, 0.99).error(), errc::bad_configuration);
  EXPECT_EQ(sizing::transfer_at(lending, perp, 1.5, 2.0).error(), errc::infeasible);
  EXPECT_EQ(sizing::transfer_at(lending, perp, 0.65, 0.9).error(), errc::bad_configuration);
  EXPECT_EQ(sizing::transfer_at(lending, perp, 0.65, 1.1, {-1.0}).error(), errc::bad_configuration);
  EXPECT_EQ(sizing::transfer_at(lending, perp, nan, 1.1).error(), errc::not_finite);
  EXPECT_EQ(sizing::transfer_at({.debt_still = nan}, perp, 1.0, 1.1).error(), errc::not_finite);
}

TEST(HedgeBook, AfterTheTransferBothStandAtTheirFloors) {
  test::random_numbers random(10);
  int helped = 0, refused = 0;
  for (int i = 0; i < 20000; ++i) {
    const perp_kind kind = random.below(2) == 0 ? perp_kind::linear : perp_kind::inverse;
    const perp_position p{kind, -20000.0, random.uniform(2000.0, 12000.0), 0.05};
    const double g = random.uniform(0.5, 1.5), floor = random.uniform(1.0, 1.4), weight = random.uniform(1.0, 1.3);
    venue_line l{.collateral_moving = 16600.0, .debt_still = weight * random.uniform(8000.0, 14000.0)};
    venue_line v = *perp_line(p);
    const auto t = sizing::transfer_at(l, v, g, floor, {20.0}, weight);
    if (!t) {
      ++refused;
      continue;
    }
    const bool down = t->to_lending > 0.0;
    const double sent = std::abs(t->to_lending), arrives = sent - t->cost;
    l.debt_still += weight * (down ? -arrives : sent);
    v.collateral_still += down ? -sent : arrives;
    ASSERT_GE(l.health(g), floor * (1.0 - 1e-12));
    ASSERT_GE(v.health(g), floor * (1.0 - 1e-12));
    if (sent > 0.0) {
      ++helped;
      ASSERT_NEAR(down ? l.health(g) : v.health(g), floor, 1e-9) << "and no more than needed";
    }
  }
  std::cout << helped << " helped, " << refused << " beyond help\n";
  EXPECT_GT(helped, 3000);
  EXPECT_GT(refused, 1000);
}

// The day of 10 October 2025, in outline, on two real models: the price falls by a third within the hour, the venue of
// the short closes most of it, stops taking orders, and comes back smaller. Every figure of the book against the
// models.
TEST(HedgeBook, AHedgeThatIsTakenAwayLeavesTheDeltaAndNeverMovedTheLendingHealth) {
  const asset_id coin{1}, usd{2};
  const std::array<health::hyperliquid_tier, 1> tiers{{{0.0, {500.0}}}};
  const std::array<health::hyperliquid_market, 1> markets{
      health::hyperliquid_market{.index = coin, .slot = {0}, .tiers = tiers, .initial_margin = {1000.0}}};
  const health::hyperliquid venue{.quote = usd, .quote_slot = {1}, .markets = markets};
  form<double, 8> borrowed;  // 10 coins at 83 %, 10 000 owed
  borrowed.collateral.add({10.0, 0.83, {0}, coin});
  borrowed.debt.add({10000.0, 1.0, {1}, usd});
  account<> perp;
  ASSERT_EQ(perp.add({.asset = usd, .collateral = 4000.0}), errc::ok);
  const std::array<double, 2> beta{1.0, 0.0};

  struct moment {
    double price;
    sizing::leg_event what;
    double amount;
    double delta_left;
  };
  using enum sizing::leg_event;
  const std::array<moment, 6> day{{{2000.0, fill, -10.0, 0.0},
                                   {1800.0, fill, 0.0, 0.0},
                                   {1560.0, deleverage, 6.5, 6.5},
                                   {1360.0, halt, 0.0, 6.5},
                                   {1600.0, deleverage, 1.5, 8.0},
                                   {1640.0, resume, 5.0, 8.0}}};
  sizing::hedge_leg leg{.wanted = -10.0};
  const auto worth = [&](double p) {
    return 10.0 * p - 10000.0 + venue.equity(perp, oracle_prices<double>(std::span<const double>(std::array{p, 1.0})));
  };
  double price = day[0].price;
  for (const moment& m : day) {
    const double before = worth(price), exposed = residual_delta(10.0, std::span(&leg, 1));
    EXPECT_NEAR(worth(m.price) - before, exposed * (m.price - price), 1e-9) << "what is not hedged, and no more";
    price = m.price;
    const std::array<double, 2> now{price, 1.0};
    const oracle_prices<double> prices(std::span<const double>{now});
    const double lending_before = health_factor(borrowed, prices);

    const auto next = after(leg, {m.what, m.amount});
    ASSERT_TRUE(next);
    if (m.what == fill && m.amount < 0.0) {
      ASSERT_EQ(health::open_short(perp, {coin, usd, -m.amount, price}), errc::ok);
    }
    if (m.what == deleverage) perp.find(coin)->debt -= m.amount, perp.find(usd)->collateral -= m.amount * price;
    leg = *next;
    EXPECT_NEAR(residual_delta(10.0, std::span(&leg, 1)), m.delta_left, 1e-12);

    // The book in this library's words, at this price, against the two models.
    const auto lent = sizing::lending_line(borrowed, prices, beta);
    const perp_position held{.notional = leg.filled * price, .margin = venue.equity(perp, prices), .maintenance = 0.05};
    ASSERT_TRUE(lent);
    const double perp_health = health_factor(venue.liquidation_form<double>(perp), prices);
    const std::array<venue_line, 2> book{*lent, *perp_line(held)};
    EXPECT_NEAR(book[0].health(), lending_before, 1e-14) << "whatever became of the hedge";
    EXPECT_NEAR(least_health(book).health, std::min(lending_before, perp_health), 1e-12);
    const auto d = sizing::deltas_of(*lent, 10.0 * price, held);
    ASSERT_TRUE(d);
    EXPECT_NEAR(d->equity_delta, m.delta_left * price, 1e-8);
    EXPECT_NEAR(d->health_delta, lending_before, 1e-14) << "health falls with the price all the same";
  }
  EXPECT_NEAR(worth(price), 10.0 * 1640.0 - 10000.0 + 4000.0 + 4180.0, 1e-9)
      << "2000, 2400 and 700 made on the way down, 840 and 80 given back";
  EXPECT_EQ(leg.status(), sizing::leg_status::deleveraged);

  // The rest goes where there is room: first where the leg was, up to its new capacity, then to the next in cost.
  EXPECT_EQ(leg.orderable(), -3.0);
  const std::array<sizing::perp_venue, 3> venues{{{.mark = price, .taker_fee = {2.0}, .capacity = -leg.orderable()},
                                                  {.mark = price, .taker_fee = {9.0}},
                                                  {.mark = price, .taker_fee = {4.0}, .capacity = 4.0}}};
  std::array<sizing::perp_hedge, 3> orders;
  const auto again = hedge_over(residual_delta(10.0, std::span(&leg, 1)), venues, 0.0, orders);
  ASSERT_TRUE(again);
  EXPECT_NEAR(again->residual_delta, 0.0, 1e-12);
  EXPECT_EQ(orders[0].contracts, -3.0);
  EXPECT_EQ(orders[2].contracts, -4.0);
  EXPECT_NEAR(orders[1].contracts, -1.0, 1e-12);

  // Only cash that arrives moves the lending health: what the perp can spare, once it can be sent.
  const std::array<double, 2> now{price, 1.0};
  const oracle_prices<double> prices(std::span<const double>{now});
  const auto lent = sizing::lending_line(borrowed, prices, beta);
  const perp_position held{.notional = leg.filled * price, .margin = venue.equity(perp, prices), .maintenance = 0.05};
  const auto sent = sizing::transfer_at(*lent, *perp_line(held), 1.0, 1.66);
  ASSERT_TRUE(sent);
  EXPECT_NEAR(sent->to_lending, 10000.0 - 8.3 * price / 1.66, 1e-9);
  form<double, 8> repaid = borrowed;
  repaid.debt[0].amount -= sent->to_lending;
  EXPECT_NEAR(health_factor(repaid, prices), 1.66, 1e-12);
}

}  // namespace
