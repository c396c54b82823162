// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include "fixtures.hpp"
#include <cmath>
#include <vector>

namespace {

using namespace fixtures;

constexpr double exact = 1e-12;  // of the opening debt: what rounding may leave of the books

void idle(const receipt&) {}

template <class W>
void pass(W& w, std::size_t block) {
  w.begin(block);
  w.liquidate();
  w.include_due(idle);
  w.arbitrage();
}

/// What the one-shot policy would send now.
template <class W>
wish order_from(const W& w) {
  steered keeper(one_shot());
  const auto asked = keeper.look(w.look());
  EXPECT_TRUE(asked);
  return asked.value_or(wish{});
}

TEST(World, ShowsTheOraclePriceAndTheMarketAsReference) {
  const auto tape = tape_of({100, 100, 99.8, 99.8});
  world w(tape, aave(), opened(tape, 1e6, 1.5), plain(1e7));
  for (const std::size_t b : {1U, 2U, 3U}) pass(w, b);
  const sight s = w.look();
  EXPECT_EQ(s.prices[price_slot{0}].value, 100.0);
  EXPECT_EQ(s.prices[price_slot{1}].value, 1.0);
  EXPECT_EQ(s.prices[price_slot{2}].value, 2'000.0);
  EXPECT_EQ(s.feeds[0].reference.price, 99.8);
  EXPECT_EQ(s.feeds[0].protocol_at, at_unix(tape.clock.first_time));
  EXPECT_EQ(s.now, at_unix(tape.clock.time(3)));
  EXPECT_EQ(validate(s), errc::ok);
}

TEST(World, MovesEquityWithTheMarketAndBooksItAsExposure) {
  const auto tape = tape_of({100, 110, 95});
  world w(tape, aave(), opened(tape, 1e6, 1.5), plain(1e7));
  const double held = w.held(0);
  pass(w, 1);
  pass(w, 2);
  EXPECT_NEAR(w.split().exposure, -5.0 * held, exact * 1e6);
  EXPECT_NEAR(w.split().unexplained(), 0.0, exact * 1e6);
}

TEST(World, AccruesInterestBlockByBlock) {
  const std::size_t year_of_hours = 8'760;
  auto tape = tape_of(std::vector<double>(year_of_hours + 1, 100.0));
  tape.clock.seconds = 3'600;
  auto rules = plain(1e7);
  rules.borrow_rate = 0.05;
  rules.supply_rate = 0.02;
  world w(tape, aave(), opened(tape, 1e6, 1.5), rules);
  const double held = w.held(0);
  for (std::size_t b = 1; b <= year_of_hours; ++b) pass(w, b);
  EXPECT_NEAR(w.owed(), 1e6 * std::exp(0.05), 1.0);
  EXPECT_NEAR(w.held(0), held * std::exp(0.02), 0.01);
  EXPECT_NEAR(w.split().costs.interest, (w.owed() - 1e6) - (w.held(0) - held) * 100.0, 1e-6);
  EXPECT_NEAR(w.split().unexplained(), 0.0, exact * 1e6);
}

TEST(World, LiquidatesWhenTheOraclePrintsAndByTheProtocolsRule) {
  const auto tape = tape_of({100, 100, 90, 90, 90});
  world w(tape, aave(), opened(tape, 1e6, 1.1), plain(1e7));
  pass(w, 1);
  w.begin(2);
  EXPECT_EQ(w.liquidate(), 0);  // the market has fallen, the feed has not printed
  w.begin(3);
  const double before = w.health();
  EXPECT_NEAR(before, 0.99, 1e-9);
  EXPECT_EQ(w.liquidate(), 1);
  EXPECT_NEAR(w.owed(), 5e5, 1.0);  // close factor one half
  EXPECT_NEAR(w.split().costs.liquidation, 0.05 * 5e5, 1.0);
  EXPECT_GT(w.health(), before);
  EXPECT_NEAR(w.split().unexplained(), 0.0, exact * 1e6);
}

TEST(World, WritesOffWhatNoCollateralCovers) {
  const auto tape = tape_of({100, 100, 50, 50});
  world w(tape, aave(), opened(tape, 1e6, 1.1), plain(1e7));
  for (const std::size_t b : {1U, 2U, 3U}) pass(w, b);
  EXPECT_EQ(w.owed(), 0.0);
  EXPECT_EQ(w.held(0), 0.0);
  EXPECT_GT(w.split().costs.written_off, 0.0);
  EXPECT_NEAR(w.split().closing, 0.0, exact * 1e6);
  EXPECT_NEAR(w.split().unexplained(), 0.0, exact * 1e6);
}

TEST(World, IncludesATransactionOnlyAfterTheDelay) {
  const auto tape = tape_of(std::vector<double>(6, 100.0), 50.0);
  world w(tape, aave(), opened(tape, 1e6, 1.1), plain(1e7));
  w.send(order_from(w));
  w.begin(1);
  w.include_due(idle);
  EXPECT_EQ(w.counts().trades, 0);  // 12 s
  std::vector<receipt> heard;
  w.begin(2);
  w.include_due([&](const receipt& r) { heard.push_back(r); });
  EXPECT_EQ(w.counts().trades, 1);  // 24 s
  ASSERT_EQ(heard.size(), 1U);
  EXPECT_EQ(heard[0].kind, receipt_kind::filled);
  EXPECT_NEAR(w.health(), 1.25, 1e-9);
}

TEST(World, BooksASwapAsFeeImpactPremiumAndGas) {
  const auto tape = tape_of(std::vector<double>(6, 100.0), 50.0);
  world w(tape, aave(), opened(tape, 1e6, 1.1), plain(1e7));
  const double held = w.held(0);
  w.send(order_from(w));
  for (const std::size_t b : {1U, 2U}) pass(w, b);
  const costs c = w.split().costs;
  const double sold = (held - w.held(0)) * 100.0;
  const double net = 0.997 * sold;
  EXPECT_NEAR(c.fee, 0.003 * sold, 1e-3);
  EXPECT_NEAR(c.impact, net * net / (1e7 + net), 1e-3);
  EXPECT_GT(c.premium, 0.0);
  EXPECT_NEAR(c.gas, (450'000.0 + 120'000.0) * 50e-9 * 2'000.0, 1e-9);
  EXPECT_NEAR(w.split().unexplained(), 0.0, exact * 1e6);
}

// Whoever sends may be paid, the owner may take something out or put something in: all of it is somebody's.
TEST(World, BooksWhatThePlanPaysItsSender) {
  const auto tape = tape_of(std::vector<double>(6, 100.0), 50.0);
  world w(tape, aave(), opened(tape, 1e6, 1.1), plain(1e7));
  steered keeper(policy{aave(), guard(), band, sizer, {.reward = {.flat = 250.0}, .urgent_reward = {.flat = 250.0}}});
  const auto asked = keeper.look(w.look());
  ASSERT_TRUE(asked);
  w.send(*asked);
  for (const std::size_t b : {1U, 2U}) pass(w, b);
  ASSERT_EQ(w.counts().trades, 1);
  EXPECT_NEAR(w.split().costs.reward, 250.0, 1e-5);
  EXPECT_NEAR(w.split().unexplained(), 0.0, exact * 1e6);
}

TEST(World, CountsWithdrawnSurplusAsTheOwnersAndMovesItWithTheMarket) {
  const auto tape = tape_of({100, 100, 100, 120, 120, 120}, 50.0);
  world w(tape, aave(), opened(tape, 1e6, 2.0), plain(1e7));
  constexpr trigger::drift_band wide{.lower = 1.15, .target = 1.5, .upper = 1.8, .emergency = 1.05};
  steered keeper(policy{aave(),
                        guard(),
                        wide,
                        sizing::both_ways{sizer, sizing::withdraw_above{}},
                        {.reward = {.flat = 250.0}, .urgent_reward = {.flat = 250.0}}});
  const double held = w.held(0), opening = w.equity();
  const auto asked = keeper.look(w.look());
  ASSERT_TRUE(asked);
  w.send(*asked);
  for (const std::size_t b : {1U, 2U, 3U}) pass(w, b);
  ASSERT_EQ(w.counts().trades, 1);
  EXPECT_NEAR(w.held(0), 0.75 * held, 1e-9 * held) << "health of 1.5 needs no more";
  EXPECT_NEAR(w.split().costs.reward, 250.0, 1e-9);
  EXPECT_NEAR(w.equity(), opening + 20.0 * (held - 2.5) - 250.0 - w.split().costs.gas, 1e-6);
  EXPECT_NEAR(w.split().unexplained(), 0.0, exact * 1e6);
}

TEST(World, TakesWhatTheOwnerPutsInFromTheOwner) {
  const auto tape = tape_of(std::vector<double>(6, 100.0), 50.0);
  world w(tape, aave(), opened(tape, 1e6, 1.1), plain(1e7));
  const double opening = w.equity();
  plan<> p;
  p.deadline = forever;
  p.list({1}, 6);
  p.add({.what = action::transfer_in, .asset = {1}, .amount = units{1'000'000'000}});
  p.add({.what = action::repay, .meant = quantity::all_held, .asset = {1}});
  w.send({sealed(p), 0});
  for (const std::size_t b : {1U, 2U}) pass(w, b);
  ASSERT_EQ(w.counts().trades, 1);
  EXPECT_EQ(w.owed(), 999'000.0);
  EXPECT_NEAR(w.equity(), opening - w.split().costs.gas, 1e-6);
  EXPECT_NEAR(w.split().unexplained(), 0.0, exact * 1e6);
}

TEST(World, SettlesAgainstThePoolAsItIsThenAndRevertsBelowTheMinimum) {
  const auto tape = tape_of({100, 85, 85, 85}, 50.0);
  world w(tape, aave(), opened(tape, 1e6, 1.14), plain(1e7));
  w.send(order_from(w));
  pass(w, 1);  // the pool has followed the market
  std::vector<receipt> heard;
  w.begin(2);
  w.include_due([&](const receipt& r) { heard.push_back(r); });
  ASSERT_EQ(heard.size(), 1U);
  EXPECT_EQ(heard[0].kind, receipt_kind::reverted);
  EXPECT_EQ(w.counts().reverts, 1);
  EXPECT_GT(w.split().costs.gas, 0.0);  // a reverted transaction pays
  EXPECT_EQ(w.owed(), 1e6);
}

TEST(World, FailsTransactionsAtTheRateAskedForAndTheSameOnesEachTime) {
  const auto tape = tape_of(std::vector<double>(2'000, 100.0));
  auto rules = plain(1e12);
  rules.failure_probability = 0.25;
  const auto failures = [&] {
    world w(tape, aave(), opened(tape, 1e6, 1.3), rules);
    const sizing::trade little{.towards = direction::deleverage, .collateral = {0}, .debt = {1}, .sold = 0.01};
    const plan<> steps = *make_plan(little, 18, 6, at_unix(1LL << 40));
    for (std::size_t b = 1; b < tape.clock.blocks; ++b) {
      w.send({.steps = steps, .nonce = b});
      w.begin(b);
      w.include_due(idle);
    }
    return w.counts();
  };
  const auto once = failures();
  EXPECT_EQ(once.reverts, failures().reverts);
  EXPECT_NEAR(once.reverts / 2'000.0, 0.25, 5.0 * std::sqrt(0.25 * 0.75 / 2'000.0));
}

TEST(World, LetsTheFirstOfTwoTransactionsOfOneNonceVoidTheOther) {
  const auto tape = tape_of(std::vector<double>(6, 100.0));
  world w(tape, aave(), opened(tape, 1e6, 1.1), plain(1e7));
  const wish order = order_from(w);
  w.send(order);
  w.send(order);
  for (const std::size_t b : {1U, 2U, 3U}) pass(w, b);
  EXPECT_EQ(w.counts().trades, 1);
  EXPECT_EQ(w.counts().lost, 1);
}

TEST(World, DoesNotIncludeWhatTheTankCannotPayOrWhatHasExpired) {
  const auto tape = tape_of(std::vector<double>(30, 100.0), 50.0);
  world w(tape, aave(), opened(tape, 1e6, 1.1), plain(1e7));
  const wish order = order_from(w);
  auto rules = plain(1e7);
  rules.tank_native = 1e-6;
  world poor(tape, aave(), opened(tape, 1e6, 1.1), rules);
  poor.send(order);
  for (const std::size_t b : {1U, 2U}) pass(poor, b);
  EXPECT_EQ(poor.counts().lost, 1);
  EXPECT_EQ(poor.split().costs.gas, 0.0);

  rules = plain(1e7);
  rules.delay_seconds = 240;
  world slow(tape, aave(), opened(tape, 1e6, 1.1), rules);
  slow.send(order);
  for (std::size_t b = 1; b < 25; ++b) pass(slow, b);
  EXPECT_EQ(slow.counts().lost, 1);
  EXPECT_EQ(slow.counts().trades, 0);
}

}  // namespace
