// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/policy/decide.hpp>

#include "support/keepers.hpp"
#include <array>
#include <cstring>
#include <limits>
#include <utility>

namespace {

using namespace trimtab;
using cases::keeper;
using cases::watched;
using cases::watching;
using sizing::limit;

// A whole decision, at compile time.
constexpr cases::keeper_decision decided_at(double health) {
  const watched w = watching(health);
  const auto s = w.look();
  return keeper({}, s);
}
constexpr auto rescue = decided_at(8300.0 / 7800.0);
static_assert(rescue.verdict == verdict::rebalance && rescue.reason == errc::ok);
static_assert(rescue.trade.towards == direction::deleverage && rescue.trade.health_after >= 1.25);
static_assert(rescue.trade.sold > 3452.38, "more than a slippage-blind sizer would sell");
static_assert(rescue.state.order.status == order_status::proposed && rescue.deadline == cases::start + cases::wait);
static_assert(decided_at(1.4).verdict == verdict::hold);
static_assert(decided_at(1.9).trade.towards == direction::leverage);
static_assert(noexcept(keeper(std::declval<const cases::keeper_state&>(),
                              std::declval<const snapshot<cases::pool>&>())));

template <class F>
cases::keeper_decision with(double health, F&& change) {
  watched w = watching(health);
  change(w);
  return keeper({}, w.look());
}
constexpr double nan_value = std::numeric_limits<double>::quiet_NaN();

template <class F>
void expect(errc reason, verdict what, double health, F&& change, limit binding = limit::none) {
  const auto d = with(health, change);
  EXPECT_EQ(d.verdict, what) << name(reason) << ": " << name(d.reason);
  EXPECT_EQ(d.reason, reason) << name(reason) << ": " << name(d.reason);
  EXPECT_EQ(d.binding, binding) << name(reason) << ": " << name(d.binding);
  if (what == verdict::refuse) {
    EXPECT_EQ(d.trade.sold, 0.0);
  }
}

TEST(Decide, EveryBadInputIsNamed) {
  constexpr auto no = verdict::refuse;
  for (const double bad : {nan_value, infinity, -infinity}) {
    expect(errc::not_finite, no, 1.1, [=](watched& w) { w.world.price[0] = bad; });
    expect(errc::not_finite, no, 1.1, [=](watched& w) { w.world.account[0].collateral = bad; });
    expect(errc::not_finite, no, 1.1, [=](watched& w) { w.world.account[1].debt = bad; });
    expect(errc::not_finite, no, 1.1, [=](watched& w) { w.gas.price_native = bad; });
  }
  expect(errc::non_positive_price, no, 1.4, [](watched& w) { w.world.price[0] = 0.0; });
  expect(errc::non_positive_price, no, 1.4, [](watched& w) { w.world.price[1] = -1.0; });
  expect(errc::negative_amount, no, 1.4, [](watched& w) { w.world.account[0].collateral = -1.0; });
  expect(errc::negative_amount, no, 1.4, [](watched& w) { w.world.account[1].debt = -1.0; });
  expect(errc::negative_amount, no, 1.4, [](watched& w) { w.reserves[0].withdrawable = nan_value; });
  expect(errc::negative_amount, no, 1.4, [](watched& w) { w.gas.tank_native = nan_value; });
  expect(errc::size_mismatch, no, 1.4, [](watched& w) { w.gas.native = price_slot{9}; });
  expect(errc::asset_mismatch, no, 1.4, [](watched& w) { w.world.account.add({.asset = asset_id{9}, .debt = 1.0}); });
}

TEST(Decide, FeedsThatDoNotFitAreNamed) {
  auto w = watching(1.4);
  std::array<feed, 9> many{};
  auto s = w.look();
  s.feeds = std::span<const feed>(many.data(), 4);
  EXPECT_EQ(keeper({}, s).reason, errc::size_mismatch) << "more feeds than prices";
  std::array<double, 12> prices{};
  prices.fill(1.0);
  s.prices = oracle_prices<double>{prices};
  s.feeds = many;
  EXPECT_EQ(keeper({}, s).reason, errc::capacity);
  auto shifted = cases::home.model;
  shifted.table[0].slot = price_slot{11};
  constexpr auto rebuilt = [](const auto& model) {
    return policy{model, cases::guards, cases::one_sided, sizing::restore_target{}, cases::plain_execution};
  };
  EXPECT_EQ(rebuilt(shifted)({}, w.look()).reason, errc::size_mismatch) << "a form reads a slot that is not there";
}

TEST(Decide, TimeNeverRunsBackwards) {
  const auto first = keeper({}, watching(1.4).look());
  const auto d = keeper(first.state, watching(1.4, cases::start - seconds{1}).look());
  EXPECT_EQ(d.verdict, verdict::refuse);
  EXPECT_EQ(d.reason, errc::time_backwards);
  EXPECT_EQ(keeper(first.state, watching(1.4, cases::start).look()).verdict, verdict::hold)
      << "the same second is not backwards";
}

TEST(Decide, AnOverflowIsNamed) {
  expect(errc::overflow, verdict::refuse, 1.4, [](watched& w) {
    w.world.price[0] = 1e200;
    w.world.account[0].collateral = 1e200;
  });
  expect(errc::overflow, verdict::refuse, 1.4, [](watched& w) {
    w.world.price[1] = 1e200;
    w.world.account[1].debt = 1e200;
  });
}

TEST(Decide, WhatCannotBeDoneIsNamedWithItsLimit) {
  constexpr auto no = verdict::refuse;
  expect(
      errc::infeasible, no, 1.1, [](watched& w) { w.reserves[1].paused = true; }, limit::reserve);
  expect(
      errc::infeasible, no, 1.1, [](watched& w) { w.reserves[0].withdrawable = 1.0; }, limit::withdrawable);
  expect(
      errc::infeasible, no, 1.1, [](watched& w) { w.reserves[1].flash_loan_available = 1.0; }, limit::flash_loan);
  expect(errc::gas_tank, no, 1.1, [](watched& w) { w.gas.tank_native = 0.0; });
  expect(errc::gas_ceiling, no, 1.1, [](watched& w) { w.gas.price_native = 2e-6; });
  expect(errc::ok, verdict::rebalance, 1.02, [](watched& w) { w.gas.price_native = 2e-6; });
  expect(errc::negative_amount, no, 1.1, [](watched& w) { w.venue.reserve_in = 0.0; });
  expect(errc::not_finite, no, 1.1, [](watched& w) { w.venue.reserve_in = nan_value; });

  // Health 1.1 and a pool so poor that even the first unit sold costs more than it repays.
  constexpr policy careless{cases::home.model, cases::guards, cases::one_sided,
                            sizing::restore_target{.max_slippage = {9000.0}}, cases::plain_execution};
  auto w = watching(1.1);
  w.venue.reserve_out = 0.6 * w.venue.reserve_in;
  EXPECT_EQ(careless({}, w.look()).reason, errc::would_worsen);
  EXPECT_EQ(careless({}, w.look()).binding, limit::pole);

  constexpr policy thrifty{cases::home.model, cases::guards, cases::one_sided,
                           sizing::restore_target{.max_cost = {10.0}}, cases::plain_execution};
  EXPECT_EQ(thrifty({}, watching(1.1).look()).reason, errc::cost_exceeds_limit);
  EXPECT_EQ(thrifty({}, watching(1.02).look()).verdict, verdict::rebalance) << "cost does not bind in an emergency";

  auto holding = cases::home.model;
  holding.held_back = cases::collateral_asset;
  const policy barred{holding, cases::guards, cases::one_sided, sizing::restore_target{}, cases::plain_execution};
  EXPECT_EQ(barred({}, watching(1.1).look()).reason, errc::infeasible);
  EXPECT_EQ(barred({}, watching(1.1).look()).binding, limit::reserve);

  auto unlent = cases::home.model;
  unlent.never_lent = cases::debt_asset;
  const policy idle{unlent, cases::guards, cases::two_sided,
                    sizing::both_ways{sizing::restore_target{}, sizing::leverage_up{}}, cases::plain_execution};
  EXPECT_EQ(idle({}, watching(1.9).look()).reason, errc::infeasible);
  EXPECT_EQ(idle({}, watching(1.9).look()).binding, limit::reserve);
  EXPECT_EQ(idle({}, watching(1.1).look()).verdict, verdict::rebalance) << "repaying is nobody's to forbid";
  auto ceiling = cases::home.model;
  ceiling.room = 10.0;
  const policy near{ceiling, cases::guards, cases::two_sided,
                    sizing::both_ways{sizing::restore_target{}, sizing::leverage_up{}}, cases::plain_execution};
  EXPECT_LE(near({}, watching(1.9).look()).trade.debt_change, 10.0) << "the protocol's own ceiling";
  EXPECT_EQ(near({}, watching(1.9).look()).binding, limit::borrow_room);

  auto strict = cases::home.model;
  strict.least_debt = 7000.0;
  const policy dusty{strict, cases::guards, cases::one_sided, sizing::restore_target{}, cases::plain_execution};
  EXPECT_EQ(dusty({}, watching(1.1).look()).reason, errc::dust);
  EXPECT_EQ(dusty({}, watching(1.1).look()).binding, limit::minimum_debt);
}

TEST(Decide, ATradeThatLeavesThePieceOfItsFormIsRefused) {
  const watched w = watching(1.1);
  const double held = w.world.account[0].collateral;
  const auto decided = [&](double least_held) {
    cases::protocol_with_an_edge model{cases::home.model};
    model.least_held = least_held;
    const policy edged{model, cases::guards, cases::one_sided, sizing::restore_target{}, cases::plain_execution};
    EXPECT_GE(edged.quiet({}, cases::home.account).log_low, edged.quiet({}, cases::home.account).log_high)
        << "no region in which nobody has to look";
    return edged({}, w.look());
  };
  const auto whole = decided(0.0);
  ASSERT_EQ(whole.verdict, verdict::rebalance);
  const double left = held + whole.trade.collateral_change;
  EXPECT_EQ(decided(left * (1.0 - 1e-9)).verdict, verdict::rebalance);
  EXPECT_EQ(decided(left * (1.0 + 1e-9)).reason, errc::outside_validity);
  EXPECT_NE(decided(left * (1.0 + 1e-9)).verdict, verdict::rebalance);
  EXPECT_EQ(decided(held * (1.0 + 1e-9)).reason, errc::outside_validity) << "nor is one sized beyond the edge";
}

TEST(Decide, WaitingIsNamed) {
  expect(errc::inside_band, verdict::hold, 1.3, [](watched&) {});
  cases::keeper_state cooling;
  cooling.last_fill = cases::start - seconds{10};
  EXPECT_EQ(keeper(cooling, watching(1.1).look()).reason, errc::cooldown);
  const auto sent = keeper.on_receipt(rescue.state, {receipt_kind::sent, rescue.nonce, cases::start});
  EXPECT_EQ(keeper(sent, watching(1.1).look()).reason, errc::pending);
}

TEST(Decide, ADirectionTheSizerCannotTradeIsABadConfiguration) {
  constexpr policy lopsided{cases::home.model, cases::guards, cases::two_sided, sizing::restore_target{},
                            cases::plain_execution};
  EXPECT_EQ(lopsided({}, watching(1.9).look()).reason, errc::bad_configuration);
  auto w = watching(1.9);
  auto s = w.look();
  s.buy.in = asset_id{77};
  EXPECT_EQ(keeper({}, s).reason, errc::asset_mismatch) << "a buy listing for other assets than the sell listing's";
}

TEST(Decide, AnAccountWithoutDebtIsLeftAlone) {
  constexpr policy downwards{cases::home.model, cases::guards, cases::one_sided, sizing::restore_target{},
                             cases::plain_execution};
  auto w = watching(1.4);
  w.world.account[1].debt = 0.0;
  const auto d = downwards({}, w.look());
  EXPECT_EQ(d.verdict, verdict::hold) << name(d.reason);
  EXPECT_EQ(d.reason, errc::inside_band);
  EXPECT_EQ(d.health, infinity);
  w.world.account = {};
  EXPECT_EQ(downwards({}, w.look()).verdict, verdict::hold) << "nor is an empty one acted on";
}

// Faults of the oracle: what each asks for.
void break_feed(watched& w, trust how) {
  auto& f = w.feeds[0];
  if (how == trust::ours_bad) f.reference.at = w.now - seconds{31};
  if (how == trust::protocol_bad) f.protocol_at = w.now - seconds{3901};
  if (how == trust::unknown) f.reference.price = 0.9;
}

TEST(Decide, TwoFaultsHaveOppositeDuties) {
  struct row {
    trust fault;
    double health;
    verdict what;
    errc reason;
  };
  constexpr double up = 1.9, down = 1.1, urgent = 1.02;
  for (const auto& [fault, health, what, reason] :
       {row{trust::ok, up, verdict::rebalance, errc::ok}, row{trust::ok, down, verdict::rebalance, errc::ok},
        row{trust::ok, urgent, verdict::rebalance, errc::ok},
        row{trust::ours_bad, up, verdict::refuse, errc::oracle_ours},
        row{trust::ours_bad, down, verdict::refuse, errc::oracle_ours},
        row{trust::ours_bad, urgent, verdict::rebalance, errc::ok},
        row{trust::protocol_bad, up, verdict::refuse, errc::oracle_protocol},
        row{trust::protocol_bad, down, verdict::rebalance, errc::ok},
        row{trust::protocol_bad, urgent, verdict::rebalance, errc::ok},
        row{trust::unknown, up, verdict::refuse, errc::oracle_unknown},
        row{trust::unknown, down, verdict::rebalance, errc::ok},
        row{trust::unknown, urgent, verdict::rebalance, errc::ok}}) {
    watched w = watching(health);
    break_feed(w, fault);
    const auto d = keeper({}, w.look());
    EXPECT_EQ(d.trust, fault) << health;
    EXPECT_EQ(d.verdict, what) << static_cast<int>(fault) << " at " << health << ": " << name(d.reason);
    EXPECT_EQ(d.reason, reason) << static_cast<int>(fault) << " at " << health << ": " << name(d.reason);
    EXPECT_EQ(d.emergency, health == urgent);
  }
}

TEST(Decide, StalenessBeginsWithTheSecondAfterTheAllowance) {
  watched w = watching(1.9);
  w.feeds[0].reference.at = w.now - seconds{30};
  EXPECT_EQ(keeper({}, w.look()).trust, trust::ok);
  w.feeds[0].reference.at = w.now - seconds{31};
  EXPECT_EQ(keeper({}, w.look()).trust, trust::ours_bad);
  w.feeds[0].reference.at = w.now + seconds{1};
  EXPECT_EQ(keeper({}, w.look()).trust, trust::ours_bad) << "from the future";
}

TEST(Decide, AReferenceThatIsNoPriceIsOursAndEmergenciesStillAct) {
  for (const double bad : {nan_value, 0.0, -1.0, infinity})
    for (const bool of_debt : {false, true}) {
      watched w = watching(1.02);
      w.feeds[of_debt ? 1 : 0].reference.price = bad;
      const auto d = keeper({}, w.look());
      EXPECT_EQ(d.trust, trust::ours_bad) << bad;
      EXPECT_EQ(d.verdict, verdict::rebalance) << bad << ": " << name(d.reason);
    }
}

TEST(Decide, AReferenceThatIsNoPriceIsOursEvenWhenNoGuardLooksAtIt) {
  constexpr policy trusting{cases::home.model, oracle::max_age{}, cases::one_sided, sizing::restore_target{},
                            cases::plain_execution};
  for (const double bad : {nan_value, 0.0, -1.0, infinity})
    for (const std::size_t slot : {0U, 1U})
      for (const seconds protocol_age : {seconds{0}, seconds{3901}}) {
        watched w = watching(1.02);
        w.feeds[slot].reference.price = bad;
        w.feeds[slot].protocol_at -= protocol_age;
        const auto d = trusting({}, w.look());
        EXPECT_EQ(d.trust, trust::ours_bad) << bad;
        EXPECT_EQ(d.verdict, verdict::rebalance) << bad << ": " << name(d.reason);
        EXPECT_NEAR(d.trade.min_out / d.trade.sold, 0.97, 1e-12) << "by the protocol's price";
        w.at_health(1.1);
        EXPECT_EQ(trusting({}, w.look()).reason, errc::oracle_ours);
      }
}

TEST(Decide, TwoAccusationsAreActedOnAsUnknown) {
  watched w = watching(1.1);
  w.feeds[0] = {.protocol_at = w.now - seconds{3901}, .reference = {.price = 1.0, .at = w.now - seconds{31}}};
  const auto d = keeper({}, w.look());
  EXPECT_EQ(d.trust, trust::both_bad);
  EXPECT_EQ(d.verdict, verdict::rebalance) << name(d.reason);
  w.at_health(1.9);
  EXPECT_EQ(keeper({}, w.look()).reason, errc::oracle_unknown);
}

TEST(Decide, LimitsAreSetByTheFairPriceAndHealthByTheProtocols) {
  // The protocol's feed is stale at 1, the market is at 0.9: health stays on 1, the minimum output follows 0.9.
  watched w = watching(1.1);
  w.feeds[0] = {.protocol_at = w.now - seconds{3901}, .reference = {.price = 0.99, .at = w.now}};
  w.venue.reserve_out = 0.99 * w.venue.reserve_in;
  const auto d = keeper({}, w.look());
  ASSERT_EQ(d.verdict, verdict::rebalance) << name(d.reason);
  EXPECT_NEAR(d.health, 1.1, 1e-12);
  EXPECT_NEAR(d.trade.min_out / d.trade.sold, 0.99 * 0.97, 1e-12);
}

TEST(Decide, AnAccountIsNotHeldUpByFeedsItDoesNotRead) {
  watched w = watching(1.9);
  std::array<feed, 3> feeds{w.feeds[0], w.feeds[1], feed{}};  // the gas slot's feed was never written
  auto s = w.look();
  s.feeds = feeds;
  EXPECT_EQ(keeper({}, s).verdict, verdict::rebalance);
}

TEST(Decide, TheSameQuestionHasTheSameAnswerBitForBit) {
  for (const double health : {1.02, 1.1, 1.3, 1.9}) {
    const auto w = watching(health);
    const auto a = keeper({}, w.look()), b = keeper({}, w.look());
    EXPECT_EQ(a.verdict, b.verdict);
    EXPECT_EQ(std::memcmp(&a.trade.sold, &b.trade.sold, sizeof(double)), 0);
    EXPECT_EQ(a.trade.health_after, b.trade.health_after);
    EXPECT_EQ(a.state.order.episode, b.state.order.episode);
  }
}

TEST(Decide, ATradeShortOfTheTargetIsMadeWhenItHelpsEnough) {
  watched w = watching(1.02);
  w.reserves[0].withdrawable = 500.0;
  const auto d = keeper({}, w.look());
  EXPECT_EQ(d.verdict, verdict::rebalance);
  EXPECT_EQ(d.reason, errc::infeasible);
  EXPECT_EQ(d.binding, limit::withdrawable);
  EXPECT_GE(d.trade.health_after - d.trade.health_before, 0.002);
  EXPECT_LT(d.best_health, 1.25);
}

}  // namespace
