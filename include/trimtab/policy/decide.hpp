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
  for (const direction towards : {direction::deleverage, direction::leverage}) {
    const double aim = aim_of(trigger, towards);
    if (aim == 0.0) continue;
    const bool down = towards == direction::deleverage, known = aim == aim;
    if (!sizer.can(towards)) {
      if (known) return errc::bad_configuration;
      continue;
    }
    if (const errc e = validate(down ? s.sell : s.buy, towards, liquidation); e != errc::ok) return e;
    if (down || !known || !borrows_to_lever<Z>()) continue;
    if (!(aim >= sizing::leverage_up::lowest_target(liquidation, borrow, s.prices, s.buy.out)))
      return errc::bad_configuration;
  }
  return errc::ok;
}

template <HealthModel H, OracleGuard G, Trigger T, class Z>
template <class V, std::size_t N>
constexpr auto policy<H, G, T, Z>::operator()(const state_type& state, const snapshot<V, N>& s) const noexcept
    -> decision_type {
  decision_type d;
  d.state = state;
  if (const errc e = admit(state, s); e != errc::ok) {
    refuse(d, e);
    return d;
  }
  view<N> v{model.template liquidation_form<double>(s.account)};
  for (const errc e : {slots_are_there(v.liquidation, s.prices), holds_at(model, s.account, s.prices)})
    if (e != errc::ok) {
      refuse(d, e);
      return d;
    }
  const double collateral_value = weighted_value(v.liquidation.collateral, s.prices);
  const double debt_value = weighted_value(v.liquidation.debt, s.prices);
  if (!is_finite(collateral_value + debt_value)) {
    refuse(d, errc::overflow);
    return d;
  }
  d.health = health_factor(collateral_value, debt_value);
  look(d, s, v);
  act(d, s, v);
  if (d.verdict != verdict::rebalance && d.reason != errc::pending &&
      liquidatable_at(model.liquidation_boundary(), d.health))
    d.alarms.in_danger = true;
  return d;
}

template <HealthModel H, OracleGuard G, Trigger T, class Z>
template <class V, std::size_t N>
constexpr errc policy<H, G, T, Z>::admit(const state_type& state, const snapshot<V, N>& s) const noexcept {
  if (const errc e = trimtab::validate(s); e != errc::ok) return e;
  if (const errc e = model.validate(s.account); e != errc::ok) return e;
  if (s.feeds.size() > max_feeds) return errc::capacity;
  return s.now < state.last_look ? errc::time_backwards : errc::ok;
}

// What the guards say, what that makes of health, and what somebody should know whatever is done about it.
template <HealthModel H, OracleGuard G, Trigger T, class Z>
template <class V, std::size_t N>
constexpr void policy<H, G, T, Z>::look(decision_type& d, const snapshot<V, N>& s, view<N>& v) const noexcept {
  d.fair_health = d.health_with_fill = v.health = d.health;
  trimtab::judge(v.words, guard, d.state.guards, s, v.liquidation);
  d.trust = v.words.overall;
  if (d.trust != trust::ok) {
    d.doubt = v.words.why;
    d.doubted = v.words.doubted;
    d.alarms.own_reference = d.trust == trust::ours_bad || d.trust == trust::both_bad;
    const misvaluation wrong = misvalued(v.words, s, v.liquidation);
    d.alarms.overvalued = wrong.over;
    d.alarms.undervalued = wrong.under;
    if (wrong.over || wrong.under) d.fair_health = health_factor(at_real_prices(v.words, s, v.liquidation), s.prices);
    // Where the protocol undervalues, it is the protocol's own price that liquidates.
    v.leaves = execution.leave_overvalued && d.fair_health < d.health;
    if (v.leaves) v.health = d.fair_health;
  }
  if (execution.tank_transactions > 0.0 && s.gas.paid_from == gas_payer::tank) {
    const V& venue = s.sell.venue;  // nobody has looked at it yet
    const double fee = s.gas.fee_native(venue.validate() == errc::ok ? venue.gas(sizing::smallest_sale) : 0.0);
    d.alarms.gas_tank_low = !(s.gas.tank_native >= execution.tank_transactions * fee);
  }
}

// A receipt dated ahead of us (a sender's fast clock) neither blocks nor cools for longer than one of now would.
template <HealthModel H, OracleGuard G, Trigger T, class Z>
constexpr void policy<H, G, T, Z>::keep_time(state_type& state, timestamp now) const noexcept {
  state.last_look = now;
  if (state.last_fill > now) state.last_fill = now;
  order& o = state.order;
  if (o.sent_at > now) o.sent_at = now;
  const bool lives = o.status == order_status::pending || o.status == order_status::proposed;
  if (lives && o.deadline > now + execution.wait) o.deadline = now + execution.wait;
  if (o.status == order_status::pending && !o.in_flight(now))
    o = after_receipt(o, {receipt_kind::expired, o.nonce, now}, execution.wait);
}

// At the protocol's own boundary nobody's patience counts: the trigger is asked as if it had never seen anything.
template <HealthModel H, OracleGuard G, Trigger T, class Z>
template <class V, std::size_t N>
constexpr firing policy<H, G, T, Z>::ask_trigger(decision_type& d, const snapshot<V, N>& s,
                                                 const view<N>& v) const noexcept {
  signal now = signal_now(d, s, v.liquidation, v.health);
  d.next_health = now.next_at == never ? d.health : now.next_health;
  const auto next = trigger.step(d.state.trigger, now);
  firing f = trigger.fired(next);
  d.state.trigger = next;
  if (f.emergency || !at_the_edge(d.health)) return f;
  if (!f.fired || f.towards != direction::deleverage) {
    now.last_fill = never;
    const firing rescue = afresh(now);
    if (!rescue.fired || rescue.towards != direction::deleverage) return f;
    f = rescue;
  }
  f.emergency = true;
  f.urgency = 1.0;
  return f;
}

// An order in flight is waited for, unless it leans against what is wanted now, is stuck, or its fill would be an
// emergency, and so is an emergency now: then it is replaced, under the same nonce, if by nothing else then by what
// leads to its own target from here.
template <HealthModel H, OracleGuard G, Trigger T, class Z>
template <class V, std::size_t N>
constexpr bool policy<H, G, T, Z>::replaces(decision_type& d, const snapshot<V, N>& s, const view<N>& v,
                                            firing& f) const noexcept {
  const order& o = d.state.order;
  const auto filled = after(v.liquidation, o.current.expected);
  d.health_with_fill = health_factor(filled, s.prices);
  const double acted_on = v.leaves ? health_factor(at_real_prices(v.words, s, filled), s.prices) : d.health_with_fill;
  const signal if_filled = signal_now(d, s, filled, acted_on, o.current.expected);
  const bool wanted = f.fired && f.towards != direction::none;
  const bool stuck = execution.resend_after.count() > 0 && s.now - o.sent_at >= execution.resend_after;
  const bool unsafe = at_the_edge(d.health_with_fill) || afresh(if_filled).emergency;
  if (unsafe && !wanted) {
    const double target = o.current.target;
    const direction back = v.health < target ? direction::deleverage : direction::leverage;
    d.alarms.in_danger = !sizer.can(back);
    if (sizer.can(back)) f = {.fired = true, .emergency = true, .towards = back, .target = target, .urgency = 1.0};
    return sizer.can(back);
  }
  if (unsafe) f.emergency = true, f.urgency = 1.0;
  return wanted && (unsafe || stuck || f.towards != o.current.towards);
}

template <HealthModel H, OracleGuard G, Trigger T, class Z>
template <class V, std::size_t N>
constexpr void policy<H, G, T, Z>::act(decision_type& d, const snapshot<V, N>& s, const view<N>& v) const noexcept {
  keep_time(d.state, s.now);
  order& o = d.state.order;
  d.nonce = o.nonce;
  firing f = ask_trigger(d, s, v);

  // An episode in pieces goes on to its target, whatever the trigger's hysteresis and the cooldown between episodes
  // say, and whatever became of the last piece.
  bool paced = false, unasked = false;
  if (o.episode_open) {
    const auto& [towards, more, target, expected] = o.current;
    const bool there = towards == direction::deleverage ? v.health >= target : v.health <= target;
    const bool turned = f.fired && f.towards != direction::none && f.towards != towards;
    if (there || turned) {
      o.episode_open = false;
      if (o.status == order_status::partial) o.status = order_status::filled;
    } else if (!f.emergency) {
      unasked = f.towards == direction::none;
      f = {.fired = true, .towards = towards, .target = target, .urgency = f.towards == towards ? f.urgency : 0.0};
      paced = s.now - d.state.last_fill < execution.pace;
    }
  }

  const bool in_flight = o.status == order_status::pending;
  d.replaces = in_flight && replaces(d, s, v, f);
  d.emergency = f.emergency;
  d.target = f.target;
  d.urgency = f.urgency;
  if (in_flight && !d.replaces) {
    d.reason = errc::pending;
    return;
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
    d.reason = f.why;
    return;
  }
  if (paced && !in_flight) {
    d.reason = errc::pace;
    return;
  }
  propose(d, s, v, f);
  // What is left of the episode is too little to trade, and the trigger does not lean that way: it is over.
  if (unasked && !in_flight && d.verdict == verdict::refuse && d.reason == errc::dust) {
    o.episode_open = false;
    if (o.status == order_status::partial) o.status = order_status::filled;
    if (o.status == order_status::reverted || o.status == order_status::expired) o.status = order_status::idle;
    d.verdict = verdict::hold;
    d.reason = errc::inside_band;
  }
}

}  // namespace trimtab
