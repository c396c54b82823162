// SPDX-License-Identifier: MIT
// From what is wanted to a trade: gas and its limit, rewards, replacements, pace, the protocol's own boundary, faults.
#include <gtest/gtest.h>

#include <trimtab/oracle/bounds.hpp>
#include <trimtab/plan/settle.hpp>
#include <trimtab/policy/policy.hpp>
#include <trimtab/sizing/withdraw_above.hpp>
#include <trimtab/sizing/worth_it.hpp>

#include "support/keepers.hpp"
#include <array>
#include <cmath>
#include <limits>

namespace {

using namespace trimtab;
using cases::keeper;
using cases::watched;
using cases::watching;
using sizing::limit;

constexpr double below = 1.12, urgent = 1.03;

auto paying(const execution& e, const trigger::drift_band& band = cases::two_sided) {
  return policy{cases::home.model, cases::guards, trigger::all_of{band, trigger::cooldown{cases::cooling}},
                sizing::both_ways{sizing::restore_target{}, sizing::leverage_up{}}, e};
}
execution plain() {
  return cases::plain_execution;
}

// Gas.

TEST(Propose, ACeilingThatIsNoNumberLetsNothingThrough) {
  auto e = plain();
  e.gas_ceiling = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(paying(e)({}, watching(below).look()).reason, errc::gas_ceiling);
  EXPECT_EQ(paying(e)({}, watching(urgent).look()).verdict, verdict::rebalance);
}

TEST(Propose, AGasPriceAboveTheCeilingIsPaidTheSoonerTheNearerTheEmergency) {
  const auto p = paying(plain());  // ceiling 1e-6
  double last = 0.0;
  for (double health = 1.149; health > 1.051; health -= 0.002) {
    watched w = watching(health);
    const auto cheap = p({}, w.look());
    ASSERT_EQ(cheap.verdict, verdict::rebalance);
    EXPECT_EQ(cheap.gas_price, w.gas.price_native);
    EXPECT_GE(cheap.urgency, last);
    EXPECT_DOUBLE_EQ(cheap.gas_limit, 1e-6 / (1.0 - cheap.urgency));
    last = cheap.urgency;
    w.gas.price_native = cheap.gas_limit;
    EXPECT_EQ(p({}, w.look()).verdict, verdict::rebalance) << "the limit itself may be bid";
    w.gas.price_native = cheap.gas_limit * (1.0 + 1e-12);
    const auto dear = p({}, w.look());
    EXPECT_EQ(dear.verdict, verdict::refuse);
    EXPECT_EQ(dear.reason, errc::gas_ceiling);
    EXPECT_EQ(dear.gas_price, w.gas.price_native) << "what it would have had to bid";
    EXPECT_FALSE(dear.alarms.in_danger);
  }
  EXPECT_GT(last, 0.9);
  watched w = watching(urgent);
  w.gas.price_native = 1e-3;
  const auto d = p({}, w.look());
  EXPECT_EQ(d.verdict, verdict::rebalance) << "in an emergency there is no ceiling";
  EXPECT_EQ(d.gas_limit, infinity);
}

TEST(Propose, ATankThatRunsLowIsAnAlarmOnHoldTooAndAnEmptyOneRefuses) {
  auto e = plain();
  e.tank_transactions = 10.0;
  const auto p = paying(e);
  watched w = watching(1.4);
  w.venue.gas_units = 1e5;
  const double fee = (w.gas.transaction_gas + 1e5) * w.gas.price_native;
  const auto low = [&](double tank) {
    w.gas.tank_native = tank;
    const auto d = p({}, w.look());
    EXPECT_EQ(d.verdict, verdict::hold);
    return d.alarms.gas_tank_low;
  };
  EXPECT_FALSE(low(infinity));
  EXPECT_FALSE(low(10.0 * fee * (1.0 + 1e-12)));
  EXPECT_TRUE(low(10.0 * fee * (1.0 - 1e-12)));
  EXPECT_TRUE(low(0.0));
  w.gas.paid_from = gas_payer::proceeds;
  EXPECT_FALSE(low(0.0)) << "nobody asks the tank";
  EXPECT_FALSE(paying(plain())({}, w.look()).alarms.gas_tank_low) << "not asked for";
  w = watching(below);
  w.gas.tank_native = 0.5 * w.gas.transaction_gas * w.gas.price_native;
  const auto empty = p({}, w.look());
  EXPECT_EQ(empty.reason, errc::gas_tank);
  EXPECT_TRUE(empty.alarms.gas_tank_low);
}

// The reward of whoever sends it.

TEST(Propose, TheRewardIsSizedPaidAndLeavesHealthAtTheTarget) {
  for (const auto mode : {sizing::funding_mode::flash_debt, sizing::funding_mode::flash_collateral})
    for (const auto payer : {gas_payer::tank, gas_payer::proceeds})
      for (const double health : {1.14, 1.08, urgent, 1.9}) {
        auto e = plain();
        e.funding.mode = mode;
        e.reward = {.flat = 2.0, .share = basis_points{5.0}};
        e.urgent_reward = {.flat = 20.0, .share = basis_points{50.0}};
        const auto p = paying(e);
        watched w = watching(health);
        w.gas.paid_from = payer;
        const auto s = w.look();
        const auto d = p({}, s), free = paying(plain())({}, s);
        ASSERT_EQ(d.verdict, verdict::rebalance) << name(d.reason);
        const auto promised = reward_at(e, d.urgency, d.emergency);
        EXPECT_GE(d.trade.cost.reward, promised.flat);
        EXPECT_EQ(d.cost, d.trade.cost.total());
        EXPECT_GT(d.cost, free.cost);
        EXPECT_EQ(promised.flat == 20.0, health == urgent);
        const auto steps = p.plan_for(d, s);
        ASSERT_TRUE(steps.has_value()) << name(steps.error());
        const auto after =
            settle(w.world.model, w.world.account, *steps, d.trade.towards == direction::deleverage ? s.sell : s.buy,
                   s.prices, s.reserves, s.now, e.funding.premium);
        ASSERT_TRUE(after.has_value()) << name(after.error());
        const double left = health_factor(w.world.model.liquidation_form<double>(after->account), s.prices);
        EXPECT_GE(left, d.target * (1.0 - 1e-15));
        EXPECT_LE(left, d.target * (1.0 + 1e-12));
      }
}

// What a trade is worth.

struct fixed_worth {
  double worth = 0.0;
  template <class V, std::size_t N>
  constexpr double operator()(const sizing::problem<V, N>&, const sizing::trade&) const noexcept {
    return worth;
  }
};

TEST(Propose, ATradeIsMadeWhereItsBenefitIsItsCostAndNotBelow) {
  const auto with = [](double worth, double health) {
    const policy p{cases::home.model, cases::guards, cases::one_sided,
                   sizing::worth_it{sizing::restore_target{}, fixed_worth{worth}}, cases::plain_execution};
    return p({}, watching(health).look());
  };
  const double cost = with(1e9, below).cost;
  ASSERT_GT(cost, 0.0);
  const auto even = with(cost, below);
  EXPECT_EQ(even.verdict, verdict::rebalance);
  EXPECT_EQ(even.benefit, cost);
  const auto dear = with(cost * (1.0 - 1e-12), below);
  EXPECT_EQ(dear.verdict, verdict::refuse);
  EXPECT_EQ(dear.reason, errc::cost_exceeds_benefit);
  EXPECT_EQ(dear.binding, limit::cost);
  EXPECT_EQ(dear.cost, cost) << "and what it would have cost is said";
  EXPECT_EQ(dear.trade.sold, 0.0);
  EXPECT_EQ(with(std::numeric_limits<double>::quiet_NaN(), below).reason, errc::cost_exceeds_benefit);
  EXPECT_EQ(with(0.0, urgent).verdict, verdict::rebalance) << "an emergency is always worth it";
  EXPECT_EQ(keeper({}, watching(below).look()).benefit, 0.0) << "nobody asked";
}

// Replacements.

struct sent {
  decltype(paying({})) rule;
  decltype(rule)::state_type state{};
  double health = below;

  explicit sent(seconds resend_after, double at = below, double fee = 0.0) : rule(make(resend_after)), health(at) {
    const auto d = rule(state, watching(at).look());
    EXPECT_EQ(d.verdict, verdict::rebalance);
    state = rule.on_receipt(d.state, {receipt_kind::sent, d.nonce, cases::start, fee});
  }
  static decltype(paying({})) make(seconds resend_after) {
    auto e = plain();
    e.resend_after = resend_after;
    return paying(e);
  }
  auto look(long after, double gas = 1e-8) const {
    watched w = watching(health, cases::start + seconds{after});
    w.gas.price_native = gas;
    return rule(state, w.look());
  }
};

TEST(Propose, AStuckTransactionIsProposedAgainWithAHigherFeeUnderItsNonce) {
  sent k(seconds{30});
  EXPECT_EQ(k.state.order.fee, 1e-8) << "nobody said what it bid: what was proposed";
  EXPECT_EQ(k.look(29).reason, errc::pending);
  const auto d = k.look(30);
  ASSERT_EQ(d.verdict, verdict::rebalance);
  EXPECT_TRUE(d.replaces);
  EXPECT_EQ(d.nonce, 0U);
  EXPECT_EQ(d.state.order.episode, k.state.order.episode);
  EXPECT_DOUBLE_EQ(d.gas_price, 1.125e-8);
  EXPECT_EQ(k.look(30, 3e-8).gas_price, 3e-8) << "today's price, if that is more";
  EXPECT_NEAR(d.trade.cost.gas, 4e5 * d.gas_price, 1e-12) << "and the trade is sized with it";
  // Nobody sent it: the same proposal again, not a higher one.
  k.state = d.state;
  EXPECT_EQ(k.look(40).gas_price, d.gas_price);
  // Sent: the clock starts again, and the next one bids more.
  k.state = k.rule.on_receipt(k.state, {receipt_kind::replaced, 0, cases::start + seconds{40}});
  EXPECT_EQ(k.look(69).reason, errc::pending);
  EXPECT_DOUBLE_EQ(k.look(70).gas_price, 1.125e-8 * 1.125);
  // A sender that bid otherwise says so.
  k.state = k.rule.on_receipt(k.state, {receipt_kind::replaced, 0, cases::start + seconds{40}, 8e-8});
  EXPECT_DOUBLE_EQ(k.look(70).gas_price, 9e-8);
  EXPECT_EQ(sent(seconds{0}).look(110).reason, errc::pending) << "unless nobody asked for it";
}

TEST(Propose, AReplacementNeverBidsAboveTheLimitOfItsUrgency) {
  sent k(seconds{30});
  k.state.order.fee = 1e-5;
  const auto d = k.look(60);
  EXPECT_EQ(d.verdict, verdict::refuse);
  EXPECT_EQ(d.reason, errc::gas_ceiling);
  EXPECT_EQ(d.state.order.status, order_status::pending) << "the one in flight may still fill";
  k.health = urgent;
  const auto e = k.look(60);
  EXPECT_EQ(e.verdict, verdict::rebalance) << "in an emergency it bids what it takes";
  EXPECT_DOUBLE_EQ(e.gas_price, 1.125e-5);
}

TEST(Propose, AStuckOrderIsLeftAloneWhereNothingIsWantedAnyMore) {
  sent k(seconds{30});
  k.health = 1.4;
  EXPECT_EQ(k.look(60).reason, errc::pending);
}

TEST(Propose, ALiquidationByOthersIsLookedAtAfresh) {
  sent k(seconds{30});
  k.state = k.rule.on_receipt(k.state, {receipt_kind::liquidated, 77, cases::start + seconds{5}});
  EXPECT_EQ(k.look(10).reason, errc::pending) << "ours is still out";
  k.state = k.rule.on_receipt(k.state, {receipt_kind::reverted, 0, cases::start + seconds{12}});
  const auto d = k.look(13);
  EXPECT_EQ(d.verdict, verdict::rebalance) << "what is left is sized anew, at once";
  EXPECT_EQ(d.nonce, 1U);
}

// Pace.

TEST(Propose, ThePiecesOfAnEpisodeKeepTheirPaceAndAnEmergencyDoesNot) {
  auto e = plain();
  e.pace = seconds{60};
  const policy p{cases::home.model, cases::guards, cases::one_sided, sizing::in_chunks{sizing::restore_target{}, {1.0}},
                 e};
  const auto first = p({}, watching(below).look());
  ASSERT_EQ(first.binding, limit::chunk);
  auto state = p.on_receipt(first.state, {receipt_kind::sent, 0, cases::start});
  state = p.on_receipt(state, {receipt_kind::filled, 0, cases::start + seconds{10}});
  const auto look = [&](long after, double health) {
    return p(state, watching(health, cases::start + seconds{after}).look());
  };
  for (const long after : {10L, 30L, 69L}) {
    const auto waits = look(after, below);
    EXPECT_EQ(waits.verdict, verdict::hold);
    EXPECT_EQ(waits.reason, errc::pace);
    EXPECT_TRUE(waits.state.order.episode_open);
  }
  EXPECT_EQ(look(70, below).verdict, verdict::rebalance);
  EXPECT_EQ(look(11, urgent).verdict, verdict::rebalance);
  EXPECT_TRUE(look(11, urgent).emergency);
  // A piece that reverted is tried again at once: the pace is from fill to fill.
  const auto second = look(70, below);
  state = p.on_receipt(second.state, {receipt_kind::reverted, 1, cases::start + seconds{75}});
  EXPECT_EQ(look(76, below).verdict, verdict::rebalance);
}

TEST(Propose, APieceInTheCooldownAfterTheLastIsAsUrgentAsHealthIs) {
  const policy p{cases::home.model, cases::guards, trigger::all_of{cases::one_sided, trigger::cooldown{cases::cooling}},
                 sizing::in_chunks{sizing::restore_target{}, {1.0}}, plain()};
  const auto first = p({}, watching(below).look());
  ASSERT_EQ(first.binding, limit::chunk);
  const auto state = p.on_receipt(first.state, {receipt_kind::filled, 0, cases::start});
  double last = 0.0;
  for (const double health : {1.14, 1.10, 1.06}) {
    auto w = watching(health, cases::start + seconds{30});
    w.gas.price_native = plain().gas_ceiling;
    const auto d = p(state, w.look());
    EXPECT_EQ(d.verdict, verdict::rebalance) << name(d.reason);
    EXPECT_NEAR(d.urgency, (1.15 - health) / 0.1, 1e-12);
    EXPECT_GT(d.gas_limit, last);
    last = d.gas_limit;
  }
}

// The protocol's own boundary.

TEST(Propose, NothingWaitsAtEqualityAndNoTradeEndsThere) {
  for (const auto edge : {boundary::below_one, boundary::at_or_below_one}) {
    auto model = cases::home.model;
    model.edge = edge;
    const policy p{
        model, cases::guards,
        trigger::all_of{trigger::drift_band{.lower = 1.15, .target = 1.25}, trigger::cooldown{cases::cooling}},
        sizing::restore_target{}, cases::plain_execution};
    typename decltype(p)::state_type cooling;
    cooling.last_fill = cases::start;
    EXPECT_EQ(p(cooling, watching(1.0001).look()).reason, errc::cooldown);
    for (const double health : {1.0, 0.97}) {  // without an emergency level of its own
      auto w = watching(health);
      if (health == 1.0) w.world.account[1].debt = 8300.0;
      const auto d = p(cooling, w.look());
      EXPECT_TRUE(d.emergency) << health;
      EXPECT_EQ(d.verdict, verdict::rebalance) << name(d.reason);
      EXPECT_GT(d.trade.health_at_min_out, 1.0);
    }
    // A floor at exactly one, and a reserve that lets go just so much.
    auto w = watching(1.02);
    const policy loose{model, cases::guards, cases::one_sided, sizing::restore_target{.max_slippage = {2000.0}},
                       cases::plain_execution};
    for (double room = 50.0; room < 4000.0; room *= 1.3) {
      w.reserves[0].withdrawable = room;
      const auto d = loose({}, w.look());
      if (d.verdict == verdict::rebalance) {
        EXPECT_FALSE(liquidatable_at(edge, d.trade.health_at_min_out));
      } else {
        EXPECT_TRUE(d.alarms.in_danger);
      }
    }
  }
}

// A sizer that stops at the edge, to see that the policy does not.
struct to_the_edge : sizing::restore_target {
  double least = 1.0;
  template <class V, std::size_t N>
  constexpr sizing::sized size(const sizing::problem<V, N>& p) const noexcept {
    auto s = sizing::restore_target::size(p);
    s.trade.health_at_min_out = least;
    return s;
  }
};

TEST(Propose, ATradeThatCouldEndAtTheBoundaryIsRefused) {
  for (const auto edge : {boundary::below_one, boundary::at_or_below_one})
    for (const double least : {0.999999, 1.0, 1.000001, std::numeric_limits<double>::quiet_NaN()}) {
      auto model = cases::home.model;
      model.edge = edge;
      to_the_edge sizer;
      sizer.least = least;
      const policy p{model, cases::guards, cases::one_sided, sizer, cases::plain_execution};
      const auto d = p({}, watching(below).look());
      EXPECT_EQ(d.verdict == verdict::rebalance, !liquidatable_at(edge, least)) << least;
      if (d.verdict != verdict::rebalance) {
        EXPECT_EQ(d.reason, errc::infeasible);
        EXPECT_EQ(d.binding, limit::health_floor);
      }
    }
}

// Faults.

TEST(Propose, WhereTheProtocolOvervaluesThePolicyIsToldAndLeaves) {
  auto e = plain();
  e.leave_overvalued = true;
  const auto leaving = paying(e), staying = paying(plain());
  // The protocol says 1 and is stale; the token trades at 0.8.
  watched w = watching(1.4);
  w.feeds[0] = {.protocol_at = w.now - seconds{3901}, .reference = {.price = 0.8, .at = w.now}};
  w.venue.reserve_out = 0.8 * w.venue.reserve_in;
  const auto s = w.look();
  const auto stays = staying({}, s);
  EXPECT_EQ(stays.verdict, verdict::hold) << "the protocol's health is what is liquidated on";
  EXPECT_TRUE(stays.alarms.overvalued);
  EXPECT_NEAR(stays.health, 1.4, 1e-12);
  EXPECT_NEAR(stays.fair_health, 1.12, 1e-12);
  EXPECT_EQ(stays.doubt, doubt::age);
  EXPECT_EQ(stays.doubted.index, 0);
  const auto leaves = leaving({}, s);
  ASSERT_EQ(leaves.verdict, verdict::rebalance) << name(leaves.reason);
  EXPECT_TRUE(leaves.alarms.overvalued);
  EXPECT_EQ(leaves.trade.towards, direction::deleverage);
  // On fair prices the account is then at the target.
  const double collateral = 10000.0 + leaves.trade.collateral_change, debt = 8300.0 / 1.4 + leaves.trade.debt_change;
  EXPECT_NEAR(0.83 * 0.8 * collateral / debt, 1.25, 1e-12);
  // Undervalued: it liquidates on that all the same, so that counts.
  w.feeds[0].reference.price = 1.2;
  w.venue.reserve_out = 1.2 * w.venue.reserve_in;
  const auto under = leaving({}, w.look());
  EXPECT_TRUE(under.alarms.undervalued);
  EXPECT_EQ(under.verdict, verdict::hold);
  w.at_health(1.1);
  EXPECT_EQ(leaving({}, w.look()).verdict, verdict::rebalance);
}

TEST(Propose, LeavingGoesOnToTheTargetInFairHealthAndThenHolds) {
  auto e = plain();
  e.leave_overvalued = true;
  const policy p{cases::home.model, cases::guards, cases::two_sided,
                 sizing::both_ways{sizing::in_chunks{sizing::restore_target{}, {1.0}}, sizing::leverage_up{}}, e};
  watched w = watching(1.4);
  typename decltype(p)::state_type state;
  int trades = 0;
  for (; trades < 100; ++trades) {
    w.now += seconds{12};
    w.fresh();
    w.feeds[0] = {.protocol_at = w.now - seconds{3901}, .reference = {.price = 0.8, .at = w.now}};
    w.venue = {.reserve_in = 1e6, .reserve_out = 8e5};
    const auto d = p(state, w.look());
    state = d.state;
    if (d.verdict != verdict::rebalance) {
      EXPECT_EQ(d.verdict, verdict::hold) << name(d.reason);
      EXPECT_GE(d.fair_health, 1.25 * (1.0 - 1e-12));
      EXPECT_LE(d.fair_health, 1.26);
      break;
    }
    state = p.on_receipt(state, {receipt_kind::sent, d.nonce, w.now});
    state = p.on_receipt(state, {receipt_kind::filled, d.nonce, w.now});
    w.world.account[0].collateral += d.trade.collateral_change;
    w.world.account[1].debt += d.trade.debt_change;
  }
  EXPECT_GT(trades, 1);
  EXPECT_LT(trades, 100);
}

// Two collaterals, of which the protocol prices one at twice what it is worth: whichever of them is sold, it is the
// health at what they are worth that comes to the target, also where the sale lowers what the protocol makes of it.
TEST(Propose, LeavingReachesTheTargetInFairHealthWhicheverCollateralIsSold) {
  auto e = plain();
  e.leave_overvalued = true;
  cases::protocol model{.table = {cases::reserve{cases::collateral_asset, {0}}, cases::reserve{cases::debt_asset, {1}},
                                  cases::reserve{cases::other_collateral, {2}}},
                        .count = 3};
  for (const std::size_t wrong : {0U, 2U})
    for (const auto mode : {sizing::funding_mode::flash_debt, sizing::funding_mode::flash_collateral}) {
      e.funding.mode = mode;
      const policy p{model, oracle::bounds{.high = 0.9}, cases::one_sided, sizing::restore_target{}, e};
      watched w = watching(1.4);
      w.world.account = {};
      w.world.account.add({.asset = cases::collateral_asset, .collateral = 100.0});
      w.world.account.add({.asset = cases::debt_asset, .debt = 152.0});
      w.world.account.add({.asset = cases::other_collateral, .collateral = 100.0});
      std::array<double, 3> worth{0.8, 0.8, 0.8};
      w.world.price = worth;
      w.world.price[wrong] = 1.6;  // out of bounds
      std::array<feed, 3> feeds{};
      for (std::size_t i = 0; i < 3; ++i) feeds[i] = {.protocol_at = w.now, .reference = {worth[i], w.now}};
      auto s = w.look();
      s.feeds = feeds;
      const auto d = p({}, s);
      ASSERT_EQ(d.verdict, verdict::rebalance) << wrong << ": " << name(d.reason) << " by " << name(d.binding);
      EXPECT_NEAR(d.health, 0.83 * 240.0 / 121.6, 1e-12);
      EXPECT_NEAR(d.fair_health, 0.83 * 160.0 / 121.6, 1e-12);
      const auto form = after(model.liquidation_form<double>(s.account),
                              {d.trade.collateral, d.trade.collateral_change, d.trade.debt, d.trade.debt_change});
      const double fair = health_factor(form, oracle_prices<double>{worth});
      EXPECT_GE(fair, 1.25 * (1.0 - 1e-12));
      EXPECT_LE(fair, 1.25 * (1.0 + 1e-9));
      EXPECT_NEAR(d.trade.health_after, fair, 1e-12);
      EXPECT_EQ(d.next_health, d.health) << "nothing is published for later";
      const double protocols = health_factor(form, s.prices);
      EXPECT_EQ(protocols < d.health, wrong == 0) << protocols;
      const auto steps = p.plan_for(d, s);
      ASSERT_TRUE(steps.has_value()) << name(steps.error());
      EXPECT_TRUE(settle(model, s.account, *steps, s.sell, s.prices, s.reserves, s.now, e.funding.premium).has_value());
    }
}

TEST(Propose, AlarmsSayWhoseFaultItIsAndWhetherAnybodyCanHelp) {
  watched w = watching(urgent);
  EXPECT_EQ(keeper({}, w.look()).alarms, alarms{});
  w.reserves[1].paused = true;
  EXPECT_TRUE(keeper({}, w.look()).alarms.in_danger) << "an emergency that nothing meets";
  w = watching(below);
  w.feeds[0].reference.at = w.now - seconds{31};
  const auto ours = keeper({}, w.look());
  EXPECT_TRUE(ours.alarms.own_reference);
  EXPECT_FALSE(ours.alarms.overvalued);
  EXPECT_FALSE(ours.alarms.in_danger);
  // Liquidatable, and a trigger that never says a word.
  const policy silent{cases::home.model, cases::guards, trigger::cooldown{}, sizing::restore_target{},
                      cases::plain_execution};
  EXPECT_TRUE(silent({}, watching(0.99).look()).alarms.in_danger);
  EXPECT_FALSE(silent({}, watching(1.01).look()).alarms.in_danger);
}

// Above the band: handing out what is not needed.

TEST(Propose, AboveTheBandTheSurplusIsHandedOutWithinBothForms) {
  for (const auto check : {withdrawal_check::liquidation_form, withdrawal_check::borrow_form}) {
    auto model = cases::home.model;
    model.check = check;
    const policy p{model, cases::guards, cases::two_sided,
                   sizing::both_ways{sizing::restore_target{}, sizing::withdraw_above{}}, cases::plain_execution};
    watched w = watching(1.9);
    const auto s = w.look();
    EXPECT_EQ(p.validate(s), errc::ok);
    const auto d = p({}, s);
    ASSERT_EQ(d.verdict, verdict::rebalance) << name(d.reason);
    EXPECT_EQ(d.trade.sold, 0.0);
    EXPECT_NEAR(d.trade.paid_out, 10000.0 - 1.25 * (8300.0 / 1.9) / 0.83, 1e-8);
    EXPECT_GE(d.trade.health_after, 1.25);
    EXPECT_EQ(d.state.order.current.expected.debt_by, 0.0);
    const auto steps = p.plan_for(d, s);
    ASSERT_TRUE(steps.has_value()) << name(steps.error());
    const auto after = settle(model, w.world.account, *steps, s.buy, s.prices, s.reserves, s.now);
    ASSERT_TRUE(after.has_value()) << name(after.error());
    const double left = health_factor(model.liquidation_form<double>(after->account), s.prices);
    EXPECT_GE(left, 1.25 * (1.0 - 1e-15));
    EXPECT_LE(left, 1.25 * (1.0 + 1e-12));
    w.reserves[0].withdrawable = 100.0;
    EXPECT_EQ(p({}, w.look()).trade.paid_out, 100.0);
    EXPECT_EQ(p({}, w.look()).binding, limit::withdrawable);
    model.held_back = cases::collateral_asset;
    const policy held{model, cases::guards, cases::two_sided,
                      sizing::both_ways{sizing::restore_target{}, sizing::withdraw_above{}}, cases::plain_execution};
    EXPECT_EQ(held({}, watching(1.9).look()).binding, limit::withdrawable);
    EXPECT_EQ(held({}, watching(1.9).look()).reason, errc::infeasible);
    EXPECT_EQ(p({}, watching(1.1).look()).trade.towards, direction::deleverage) << "below it, as ever";
    w = watching(1.9);
    w.feeds[0].protocol_at -= seconds{3901};
    EXPECT_EQ(p({}, w.look()).reason, errc::oracle_protocol) << "nothing leaves on a doubted price";
  }
  // A target that the borrow form would not allow new debt at may be withdrawn to.
  auto strict = cases::home.model;
  strict.table[0].ltv = 0.5;  // LT / LTV = 1.66
  const sizing::both_ways out{sizing::restore_target{}, sizing::withdraw_above{}};
  const sizing::both_ways levered{sizing::restore_target{}, sizing::leverage_up{}};
  const watched rich = watching(1.9);
  const auto s = rich.look();
  EXPECT_EQ((policy{strict, cases::guards, cases::two_sided, out}.validate(s)), errc::ok);
  EXPECT_EQ((policy{strict, cases::guards, cases::two_sided, levered}.validate(s)), errc::bad_configuration);
}

// What a trigger reads reaches it, also in the question what a fill would do.
struct reads_everything {
  static constexpr unsigned reads = reading::borrow_form | reading::values | reading::price | reading::next_prices;
  struct state_type {
    trimtab::signal seen{};
  };
  [[nodiscard]] constexpr errc validate() const noexcept { return errc::ok; }
  [[nodiscard]] constexpr state_type step(state_type, const trimtab::signal& s) const noexcept { return {s}; }
  [[nodiscard]] constexpr firing fired(const state_type& s) const noexcept {
    const double worse = smaller(s.seen.health, s.seen.next_health);
    return worse < 1.15
               ? firing{.fired = true, .emergency = worse < 1.05, .towards = direction::deleverage, .target = 1.25}
               : firing{};
  }
  [[nodiscard]] constexpr calm quiet(const state_type&) const noexcept { return restless(); }
};

TEST(Propose, ATriggerSeesWhatItReadsAndTheNextPriceIsActedOnBeforeItComes) {
  const policy p{cases::home.model, cases::guards, reads_everything{}, sizing::restore_target{},
                 cases::plain_execution};
  watched w = watching(1.2);
  EXPECT_EQ(p({}, w.look()).verdict, verdict::hold);
  EXPECT_EQ(p({}, w.look()).next_health, 1.2 * (8300.0 / 1.2 / (8300.0 / 1.2)));
  w.feeds[0].next = {.price = 0.9, .at = w.now + seconds{3600}};
  const auto d = p({}, w.look());
  EXPECT_EQ(d.verdict, verdict::rebalance) << name(d.reason);
  EXPECT_NEAR(d.next_health, 1.08, 1e-12);
  const auto& seen = d.state.trigger.seen;
  EXPECT_NEAR(seen.borrow_health, 1.2 * 0.80 / 0.83, 1e-12);
  EXPECT_EQ(seen.collateral_value, 10000.0);
  EXPECT_EQ(seen.price, 1.0);
  EXPECT_EQ(seen.next_at, w.now + seconds{3600});
  EXPECT_GE(p.quiet({}, w.world.account).log_low, p.quiet({}, w.world.account).log_high) << "prices may come any time";
}

// Pieces of a thousand, and of what is then left too little is worth a transaction.
TEST(Propose, AnEpisodeWhoseRestIsTooLittleIsOver) {
  const policy p{
      cases::home.model, cases::guards, cases::two_sided,
      sizing::both_ways{sizing::restore_target{}, sizing::withdraw_above{.at_most = 1000.0, .at_least = 600.0}},
      cases::plain_execution};
  for (const auto last : {receipt_kind::filled, receipt_kind::reverted}) {
    watched w = watching(1.9);
    typename decltype(p)::state_type state;
    for (int piece = 0; piece < 3; ++piece) {
      const auto d = p(state, w.look());
      ASSERT_EQ(d.verdict, verdict::rebalance) << piece;
      EXPECT_EQ(d.binding, limit::chunk);
      state = p.on_receipt(d.state, {receipt_kind::filled, d.nonce, w.now});
      w.world.account[0].collateral += d.trade.collateral_change;
    }
    if (last == receipt_kind::reverted) state.order.status = order_status::reverted;
    const auto d = p(state, w.look());
    EXPECT_NEAR(d.health, 1.33, 1e-12);
    EXPECT_EQ(d.verdict, verdict::hold) << name(d.reason);
    EXPECT_EQ(d.reason, errc::inside_band);
    EXPECT_FALSE(d.state.order.episode_open);
    const auto region = p.quiet(d.state, w.world.account);
    EXPECT_TRUE(region.contains(std::log(d.health), w.now));
    // Asked for, it is still refused: what is too little above the edge stays too little.
    const policy narrow{cases::home.model, cases::guards,
                        trigger::drift_band{.lower = 1.15, .target = 1.25, .upper = 1.32}, p.sizer,
                        cases::plain_execution};
    EXPECT_EQ(narrow({}, w.look()).reason, errc::dust);
  }
}

// Always fires, wherever health is.
struct stubborn {
  struct state_type {};
  direction towards = direction::deleverage;
  [[nodiscard]] constexpr errc validate() const noexcept { return errc::ok; }
  [[nodiscard]] constexpr state_type step(state_type, const trimtab::signal&) const noexcept { return {}; }
  [[nodiscard]] constexpr firing fired(state_type) const noexcept {
    return {.fired = true, .towards = towards, .target = 1.25};
  }
  [[nodiscard]] constexpr calm quiet(state_type) const noexcept { return restless(); }
};
TEST(Propose, ATargetThatIsBehindIsNoReasonToTradeTheOtherWay) {
  for (const direction towards : {direction::deleverage, direction::leverage})
    for (const double health : {1.1, 1.6}) {
      const watched w = watching(health);
      const policy p{w.world.model, cases::guards, stubborn{towards},
                     sizing::both_ways{sizing::restore_target{}, sizing::leverage_up{}}, cases::plain_execution};
      const auto d = p({}, w.look());
      if ((health < 1.25) == (towards == direction::deleverage)) {
        EXPECT_EQ(d.verdict, verdict::rebalance) << health;
        continue;
      }
      EXPECT_EQ(d.verdict, verdict::refuse) << health << ": " << d.trade.sold << " to " << d.trade.health_after;
      EXPECT_EQ(d.reason, errc::already_there);
      EXPECT_EQ(d.trade.towards, direction::none);
      EXPECT_EQ(d.state.order.status, order_status::idle);
    }
}

}  // namespace
