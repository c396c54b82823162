// SPDX-License-Identifier: MIT
#pragma once

// The body of `policy`: what it looks at, in which order, and what it says. Included by policy.hpp only for its length.
#include <trimtab/policy/policy.hpp>

namespace trimtab {

template <HealthModel H, OracleGuard G, Trigger T, class Z>
template <class V, std::size_t N>
constexpr errc policy<H, G, T, Z>::validate(const snapshot<V, N>& s) const noexcept {
  for (const errc e : {guard.validate(), trigger.validate(), sizer.validate(), trimtab::validate(execution),
                       trimtab::validate(s), model.validate(s.account)})
    if (e != errc::ok) return e;
  if (s.feeds.size() > max_feeds) return errc::capacity;
  const auto liquidation = model.template liquidation_form<double>(s.account);
  const auto borrow = model.template borrow_form<double>(s.account);
  for (const errc e : {slots_are_there(liquidation, s.prices), slots_are_there(borrow, s.prices),
                       holds_at(model, s.account, s.prices)})
    if (e != errc::ok) return e;
  const calm c = trigger.quiet({});
  if (c.low > 0.0) {
    if (!sizer.can(direction::deleverage)) return errc::bad_configuration;
    if (const errc e = validate(s.sell, direction::deleverage, liquidation); e != errc::ok) return e;
  }
  const firing above = trigger.fired(trigger.step({}, {.health = c.high, .now = s.now}));
  if (!is_finite(c.high) || above.towards != direction::leverage) return errc::ok;
  if (!sizer.can(direction::leverage)) return errc::bad_configuration;
  if (const errc e = validate(s.buy, direction::leverage, liquidation); e != errc::ok) return e;
  return above.target >= sizing::leverage_up::lowest_target(liquidation, borrow, s.prices, s.buy.out)
             ? errc::ok
             : errc::bad_configuration;
}

// Every guarded slot is stepped; the faults of the slots this account reads count. A reference that is no price is our
// fault whatever the guards say: there is nothing else to set limits by than the protocol's price.
template <HealthModel H, OracleGuard G, Trigger T, class Z>
template <class V, std::size_t N, class F>
constexpr auto policy<H, G, T, Z>::judge(decision_type& d, const snapshot<V, N>& s, const F& f) const noexcept
    -> judged {
  judged j;
  const auto reads = [&](price_slot slot) {
    for (const auto& t : f.collateral)
      if (t.slot == slot) return true;
    for (const auto& t : f.debt)
      if (t.slot == slot) return true;
    return false;
  };
  for (std::size_t i = 0; i < s.feeds.size(); ++i) {
    const price_slot slot{static_cast<std::uint16_t>(i)};
    const quote q = quote_of(s, slot);
    const auto g = guard.step(d.state.guards[i], q, s.now);
    d.state.guards[i] = g.state;
    j.of[i] = is_price(q.reference.price) ? g.verdict : trust::ours_bad;
    if (j.of[i] != trust::ok && reads(slot)) j.overall = worse(j.overall, j.of[i]);
  }
  return j;
}

template <HealthModel H, OracleGuard G, Trigger T, class Z>
template <class V, std::size_t N>
constexpr auto policy<H, G, T, Z>::operator()(const state_type& state, const snapshot<V, N>& s) const noexcept
    -> decision_type {
  decision_type d;
  d.state = state;
  for (const errc e : {trimtab::validate(s), model.validate(s.account)})
    if (e != errc::ok) {
      refuse(d, e);
      return d;
    }
  if (s.feeds.size() > max_feeds) {
    refuse(d, errc::capacity);
    return d;
  }
  if (s.now < state.last_look) {
    refuse(d, errc::time_backwards);
    return d;
  }
  const auto liquidation = model.template liquidation_form<double>(s.account);
  for (const errc e : {slots_are_there(liquidation, s.prices), holds_at(model, s.account, s.prices)})
    if (e != errc::ok) {
      refuse(d, e);
      return d;
    }

  const double collateral_value = weighted_value(liquidation.collateral, s.prices);
  const double debt_value = weighted_value(liquidation.debt, s.prices);
  if (!is_finite(collateral_value + debt_value)) {
    refuse(d, errc::overflow);
    return d;
  }

  d.state.last_look = s.now;
  d.health = d.health_with_fill = health_factor(collateral_value, debt_value);
  const judged j = judge(d, s, liquidation);
  d.trust = j.overall;

  order& o = d.state.order;
  // A receipt dated ahead of us (a sender's fast clock) neither blocks nor cools for longer than one of now would.
  const bool lives = o.status == order_status::pending || o.status == order_status::proposed;
  if (lives && o.deadline > s.now + execution.wait) o.deadline = s.now + execution.wait;
  if (d.state.last_fill > s.now) d.state.last_fill = s.now;
  if (o.status == order_status::pending && !o.in_flight(s.now))
    o = after_receipt(o, {receipt_kind::expired, o.nonce, s.now}, execution.wait);
  d.nonce = o.nonce;

  const signal now{.health = d.health, .now = s.now, .last_fill = d.state.last_fill};
  d.state.trigger = trigger.step(state.trigger, now);
  firing f = trigger.fired(d.state.trigger);

  // An episode in pieces goes on to its target, whatever the trigger's hysteresis and the cooldown between episodes
  // say, and whatever became of the last piece.
  if (o.episode_open) {
    const auto& [towards, more, target, expected] = o.current;
    const bool there = towards == direction::deleverage ? d.health >= target : d.health <= target;
    const bool turned = f.fired && f.towards != direction::none && f.towards != towards;
    if (there || turned) {
      o.episode_open = false;
      if (o.status == order_status::partial) o.status = order_status::filled;
    } else if (!f.emergency) {
      f = {.fired = true, .towards = towards, .target = target};
    }
  }

  // An order in flight is waited for, unless it leans against what is wanted now, or its fill would be an emergency:
  // then it is replaced, under the same nonce, if by nothing else then by what leads to its own target from here.
  bool replaces = false;
  if (o.status == order_status::pending) {
    d.health_with_fill = health_factor_after(liquidation, s.prices, o.current.expected);
    const signal if_filled{.health = d.health_with_fill, .now = s.now, .last_fill = d.state.last_fill};
    const bool wanted = f.fired && f.towards != direction::none;
    replaces = wanted && f.towards != o.current.towards;
    if (trigger.fired(trigger.step({}, if_filled)).emergency) {
      const double target = o.current.target;
      const direction back = d.health < target ? direction::deleverage : direction::leverage;
      if (!wanted && sizer.can(back)) f = {.fired = true, .towards = back, .target = target};
      replaces = wanted || sizer.can(back);
    }
  }
  d.emergency = f.emergency;
  d.target = f.target;
  if (o.status == order_status::pending && !replaces) {
    d.reason = errc::pending;
    return d;
  }
  if (!f.fired || f.towards == direction::none) {
    // Whoever was asked may be sending it at this moment: the proposal stands until its own deadline, and its nonce is
    // not used again.
    if (o.status == order_status::proposed && s.now > o.deadline) {
      o = after_receipt(o, {receipt_kind::expired, o.nonce, s.now}, execution.wait);
      o.status = order_status::idle;
    }
    // Health came back by itself: what failed is over, the next breach is another episode.
    const bool failed = o.status == order_status::reverted || o.status == order_status::expired;
    if (failed && f.why != errc::cooldown) o.status = order_status::idle;
    {
      d.reason = f.why;
      return d;
    }
  }
  const bool down = f.towards == direction::deleverage;
  if (j.overall != trust::ok && (!down || (j.overall == trust::ours_bad && !f.emergency))) {
    refuse(d, reason_of(j.overall));
    return d;
  }
  if (!sizer.can(f.towards)) {
    refuse(d, errc::bad_configuration);
    return d;
  }
  if (s.gas.price_native > execution.gas_ceiling && !f.emergency) {
    refuse(d, errc::gas_ceiling);
    return d;
  }
  propose(d, s, liquidation, f, j, down ? s.sell : s.buy);
  return d;
}

template <HealthModel H, OracleGuard G, Trigger T, class Z>
template <class V, std::size_t N, class F>
constexpr void policy<H, G, T, Z>::propose(decision_type& d, const snapshot<V, N>& s, const F& liquidation,
                                           const firing& f, const judged& j, const listing<V>& market) const noexcept {
  const bool down = f.towards == direction::deleverage;
  sizing::problem<V, N> p;
  p.liquidation = liquidation;
  p.borrow = model.template borrow_form<double>(s.account);
  p.prices = s.prices;
  p.collateral = down ? market.in : market.out;
  p.debt = down ? market.out : market.in;
  const auto *held = liquidation.collateral.find(p.collateral), *owed = liquidation.debt.find(p.debt);
  if (held == nullptr || owed == nullptr) {
    refuse(d, errc::asset_mismatch);
    return;
  }
  p.venue = &market.venue;
  p.collateral_limits = limits_of(s.reserves, p.collateral);
  p.debt_limits = limits_of(s.reserves, p.debt);
  // An asset the protocol does not let go is a closed reserve to a sale.
  if (down && !model.may_withdraw(s.account, p.collateral)) p.collateral_limits.paused = true;
  if (!down) {
    if (!model.may_borrow(s.account, p.debt)) p.debt_limits.frozen = true;
    p.debt_limits.borrow_room = smaller(p.debt_limits.borrow_room, borrow_room(model, s.account, s.prices, p.debt));
  }
  p.collateral_unit = units::smallest(down ? market.in_decimals : market.out_decimals);
  p.debt_unit = units::smallest(down ? market.out_decimals : market.in_decimals);
  p.funding = execution.funding;
  p.gas = s.gas;
  p.fair_rate = fair(s, j, held->slot, leg::sold) / fair(s, j, owed->slot, leg::bought);
  p.minimum_debt = model.minimum_debt(s.prices);
  p.withdrawal = model.withdrawal_checked_by();
  p.target = f.target;
  if (const calm band = trigger.quiet({}); band.low <= f.target && f.target <= band.high)
    p.band_low = band.low, p.band_high = band.high;  // what overshoots would have to come back
  p.urgent = f.emergency;

  const sizing::sized z = sizer.size(p);
  d.best_health = z.best_health;
  const bool short_of_target = z.status == errc::infeasible && z.trade.sold > 0.0 &&
                               z.trade.health_after - z.trade.health_before >= execution.least_gain;
  if (!z.has_value() && !short_of_target) {
    refuse(d, z.status, z.binding);
    return;
  }
  if constexpr (H::kind !=
                form_class::linear) {  // the trade was sized on a form that has to be the protocol's after it
    account<N> after = s.account;
    after.find(p.collateral)->collateral += z.trade.collateral_change;
    after.find(p.debt)->debt += z.trade.debt_change;
    if (const errc e = holds_at(model, after, s.prices); e != errc::ok) {
      refuse(d, e);
      return;
    }
  }
  order& o = d.state.order;
  const intent asked{.towards = f.towards,
                     .more_to_come = z.binding == sizing::limit::chunk ||
                                     (short_of_target && z.binding == sizing::limit::health_floor),
                     .target = f.target,
                     .expected = {p.collateral, z.trade.collateral_change, p.debt, z.trade.debt_change}};
  if (o.status == order_status::idle || o.status == order_status::filled) ++o.episode;
  if (o.status == order_status::pending) {
    o.replacement = asked;  // until somebody says it was sent, the order in flight is the one to reckon with
  } else {
    o.current = asked;
    o.status = order_status::proposed;
  }
  o.deadline = s.now + execution.wait;  // a replacement, too, may execute until then
  d.verdict = verdict::rebalance;
  d.reason = z.status;
  d.binding = z.binding;
  d.trade = z.trade;
  d.deadline = s.now + execution.wait;
}

}  // namespace trimtab
