// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/policy/signal_of.hpp>
#include <trimtab/sensitivity/coordinates.hpp>
#include <trimtab/sensitivity/log_health_greeks.hpp>

#include "support/keepers.hpp"
#include "support/random.hpp"
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace {

using namespace trimtab;

template <unsigned Reads>
struct reader {
  static constexpr unsigned reads = Reads;
};
struct modest {};  // says nothing of what it reads
constexpr unsigned all =
    reading::borrow_form | reading::values | reading::price | reading::next_prices | reading::greeks;

// Four holdings over four slots, one of them on both sides through its slot.
struct drawn {
  std::array<double, 5> price{};
  std::array<feed, 4> feeds{};
  cases::protocol model{};
  trimtab::account<> account{};

  explicit drawn(test::random_numbers& draw) {
    for (double& p : price) p = draw.log_uniform(0.1, 1e3);
    model.count = 4;
    for (std::uint16_t i = 0; i < 4; ++i) {
      // The second debt is priced by the slot of the first collateral.
      const std::uint16_t slot = i == 3 ? 0 : i;
      model.table[i] = {.asset = asset_id{i + 1U}, .slot = {slot}, .threshold = draw.uniform(0.5, 0.95)};
      model.table[i].ltv = model.table[i].threshold * draw.uniform(0.8, 1.0);
      model.table[i].borrow_factor = draw.uniform(1.0, 1.4);
      const double amount = draw.log_uniform(1.0, 100.0) / price[slot];
      const bool owes = i == 1 || i == 3;
      account.add({.asset = asset_id{i + 1U}, .collateral = owes ? 0.0 : amount, .debt = owes ? amount : 0.0});
    }
  }
  snapshot<cases::pool> look() const& {
    snapshot<cases::pool> s;
    s.now = cases::start;
    s.account = account;
    s.prices = oracle_prices<double>{price};
    s.feeds = feeds;
    s.sell = {.in = asset_id{1}, .out = asset_id{2}};
    s.carry = 0.07;
    return s;
  }
};

TEST(SignalOf, EveryNumberAgreesWithItsDefinition) {
  test::random_numbers draw(3);
  double worst_delta = 0.0, worst_gamma = 0.0;
  for (int i = 0; i < 4000; ++i) {
    drawn w(draw);
    for (feed& f : w.feeds)
      if (draw.below(2) == 0)
        f.next = {.price = draw.log_uniform(0.1, 1e3), .at = cases::start + seconds{draw.below(7200)}};
    const auto s = w.look();
    const auto form = w.model.liquidation_form<double>(w.account);
    const double health = health_factor(form, s.prices);
    const auto g = signal_of<reader<all>>(w.model, s, form, health);
    EXPECT_EQ(g.health, health);
    EXPECT_EQ(g.now, s.now);
    EXPECT_EQ(g.last_fill, never);
    EXPECT_EQ(g.carry, 0.07);
    EXPECT_EQ(g.borrow_health, health_factor(w.model.borrow_form<double>(w.account), s.prices));
    EXPECT_EQ(g.price, w.price[0] / w.price[1]);
    double held = 0.0, owed = 0.0;
    for (const auto& h : w.account) {
      const double p = w.price[w.model.table[h.asset.value - 1].slot.index];
      held += h.collateral * p;
      owed += h.debt * p;
    }
    EXPECT_NEAR(g.collateral_value, held, 1e-12 * held);
    EXPECT_NEAR(g.debt_value, owed, 1e-12 * owed);
    // The same account at the prices to come, second by second where one comes. Nobody is priced by the fourth.
    timestamp first = never;
    double next = health;
    std::array<std::size_t, 3> order{0, 1, 2};
    std::sort(order.begin(), order.end(),
              [&](std::size_t a, std::size_t b) { return w.feeds[a].next.at < w.feeds[b].next.at; });
    auto later = w;
    for (std::size_t n = 0; n < 3; ++n) {
      const observation& published = w.feeds[order[n]].next;
      if (published.at == never) continue;
      later.price[order[n]] = published.price;
      if (n < 2 && w.feeds[order[n + 1]].next.at == published.at) continue;  // that one comes at the same moment
      const double then = health_factor(form, oracle_prices<double>{later.price});
      next = first == never ? then : std::min(next, then);
      if (first == never) first = published.at;
    }
    EXPECT_EQ(g.next_at, first);
    EXPECT_NEAR(g.next_health, next, 1e-13 * next);
    // Greeks: those of the sensitivity room, and differences of ln HF in 80 bits.
    const auto greeks = sensitivity::in_log_prices(sensitivity::log_health_greeks(form, s.prices), s.prices);
    EXPECT_NEAR(g.log_delta, greeks.delta[0], 1e-13);
    EXPECT_NEAR(g.log_gamma, greeks.gamma(0, 0), 1e-13);
    const auto log_health_at = [&](long double move) {
      long double c = 0, d = 0;
      for (const auto& t : form.collateral)
        c += static_cast<long double>(t.weight * t.amount) * static_cast<long double>(w.price[t.slot.index]) *
             (t.slot.index == 0 ? std::exp(move) : 1.0L);
      for (const auto& t : form.debt)
        d += static_cast<long double>(t.weight * t.amount) * static_cast<long double>(w.price[t.slot.index]) *
             (t.slot.index == 0 ? std::exp(move) : 1.0L);
      return std::log(c / d);
    };
    constexpr long double h = 1e-4L;
    const long double up = log_health_at(h), at = log_health_at(0), down = log_health_at(-h);
    worst_delta = std::fmax(worst_delta, std::fabs(static_cast<double>((up - down) / (2 * h)) - g.log_delta));
    worst_gamma = std::fmax(worst_gamma, std::fabs(static_cast<double>((up - 2 * at + down) / (h * h)) - g.log_gamma));
  }
  EXPECT_LT(worst_delta, 1e-8);
  EXPECT_LT(worst_gamma, 1e-8);
}

TEST(SignalOf, WhatIsNotReadIsNotComputed) {
  test::random_numbers draw(5);
  drawn w(draw);
  for (feed& f : w.feeds) f.next = {.price = 1.0, .at = cases::start};
  const auto s = w.look();
  const auto form = w.model.liquidation_form<double>(w.account);
  const auto g = signal_of<modest>(w.model, s, form, 1.3);
  const trimtab::signal nothing{};
  EXPECT_EQ(g.borrow_health, nothing.borrow_health);
  EXPECT_EQ(g.collateral_value, 0.0);
  EXPECT_EQ(g.price, 0.0);
  EXPECT_EQ(g.next_health, 1.3) << "health itself: never safer than that by default";
  EXPECT_EQ(g.next_at, never);
  EXPECT_EQ(g.log_delta, 0.0);
  EXPECT_EQ(signal_of<reader<reading::price>>(w.model, s, form, 1.3).log_delta, 0.0);
  EXPECT_GT(signal_of<reader<reading::price>>(w.model, s, form, 1.3).price, 0.0);
}

TEST(SignalOf, EmptySidesUnknownAssetsAndBadNextPricesAreNothing) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  cases::watched w = cases::watching(1.4);
  for (const double bad : {nan, 0.0, -1.0, infinity}) {
    w.feeds[0].next = {.price = bad, .at = w.now};
    const auto s = w.look();
    const auto form = w.world.model.liquidation_form<double>(w.world.account);
    const auto g = signal_of<reader<all>>(w.world.model, s, form, 1.4);
    EXPECT_EQ(g.next_health, 1.4);
    EXPECT_EQ(g.next_at, never);
  }
  w.world.account[1].debt = 0.0;
  auto s = w.look();
  auto form = w.world.model.liquidation_form<double>(w.world.account);
  auto g = signal_of<reader<all>>(w.world.model, s, form, infinity);
  EXPECT_EQ(g.log_delta, 0.0) << "no debt: nothing moves health";
  EXPECT_EQ(g.log_gamma, 0.0);
  EXPECT_EQ(g.borrow_health, infinity);
  s.sell.in = asset_id{77};
  g = signal_of<reader<all>>(w.world.model, s, form, infinity);
  EXPECT_EQ(g.price, 0.0);
}

TEST(SignalOf, SeesAnAccountAsAChangeLeavesIt) {
  const cases::watched w = cases::watching(1.4);
  const auto s = w.look();
  const change by{cases::collateral_asset, -1000.0, cases::debt_asset, -900.0};
  const auto form = w.world.model.liquidation_form<double>(w.world.account);
  const auto changed = after(form, by);
  const auto g = signal_of<reader<all>>(w.world.model, s, changed, 1.5, by);
  auto moved = w.world.account;
  moved[0].collateral -= 1000.0;
  moved[1].debt -= 900.0;
  EXPECT_EQ(g.borrow_health, health_factor(w.world.model.borrow_form<double>(moved), s.prices));
  EXPECT_EQ(g.collateral_value, 9000.0);
}

TEST(SignalOf, ANextPriceThatSavesComesTooLateAfterOneThatLiquidates) {
  auto w = cases::watching(1.2);
  w.feeds[1].next = {.price = 1.3, .at = cases::start + seconds{60}};    // the debt's, health 0.92
  w.feeds[0].next = {.price = 1.5, .at = cases::start + seconds{1800}};  // the collateral's, then 1.38
  const auto form = w.world.model.liquidation_form<double>(w.world.account);
  const auto g = signal_of<reader<all>>(w.world.model, w.look(), form, 1.2);
  EXPECT_EQ(g.next_at, cases::start + seconds{60});
  EXPECT_NEAR(g.next_health, 1.2 / 1.3, 1e-14);
  // The other way round nothing is wrong on the way, and at one moment they are one.
  std::swap(w.feeds[0].next.at, w.feeds[1].next.at);
  EXPECT_NEAR(signal_of<reader<all>>(w.world.model, w.look(), form, 1.2).next_health, 1.2 * 1.5 / 1.3, 1e-14);
  w.feeds[0].next.at = w.feeds[1].next.at;
  EXPECT_NEAR(signal_of<reader<all>>(w.world.model, w.look(), form, 1.2).next_health, 1.2 * 1.5 / 1.3, 1e-14);
}

}  // namespace
