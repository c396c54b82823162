// SPDX-License-Identifier: MIT
#pragma once

// The body of `policy`, from what is wanted to a trade. Included by policy.hpp only for its length.
#include <trimtab/policy/policy.hpp>
#include <trimtab/sizing/limits.hpp>

namespace trimtab {

// Everything the sizer needs to know of the world.
template <HealthModel H, OracleGuard G, Trigger T, class Z>
template <class V, std::size_t N>
constexpr errc policy<H, G, T, Z>::pose(sizing::problem<V, N>& p, const decision_type& d, const snapshot<V, N>& s,
                                        const view<N>& v, const firing& f, const listing<V>& market) const noexcept {
  const bool down = f.towards == direction::deleverage;
  p.liquidation = v.leaves ? at_real_prices(v.words, s, v.liquidation) : v.liquidation;
  p.borrow = model.template borrow_form<double>(s.account);
  p.prices = s.prices;
  p.collateral = down ? market.in : market.out;
  p.debt = down ? market.out : market.in;
  const auto *held = p.liquidation.collateral.find(p.collateral), *owed = p.liquidation.debt.find(p.debt);
  if (held == nullptr || owed == nullptr) return errc::asset_mismatch;
  p.venue = &market.venue;
  p.collateral_limits = limits_of(s.reserves, p.collateral);
  p.debt_limits = limits_of(s.reserves, p.debt);
  // An asset the protocol does not let go is a closed reserve to a sale; it may still be added to.
  if (!model.may_withdraw(s.account, p.collateral)) {
    if (down) p.collateral_limits.paused = true;
    p.collateral_limits.withdrawable = 0.0;
  }
  if (!down) {
    if (!model.may_borrow(s.account, p.debt)) p.debt_limits.frozen = true;
    p.debt_limits.borrow_room = smaller(p.debt_limits.borrow_room, borrow_room(model, s.account, s.prices, p.debt));
  }
  p.collateral_unit = units::smallest(down ? market.in_decimals : market.out_decimals);
  p.debt_unit = units::smallest(down ? market.out_decimals : market.in_decimals);
  p.funding = execution.funding;
  p.gas = s.gas;
  p.gas.price_native = d.gas_price;
  p.reward = reward_at(execution, f.urgency, f.emergency);
  p.fair_rate = fair(s, v.words, held->slot, leg::sold) / fair(s, v.words, owed->slot, leg::bought);
  p.minimum_debt = model.minimum_debt(s.prices);
  p.withdrawal = model.withdrawal_checked_by();
  p.target = f.target;
  if (const calm band = trigger.quiet({}); band.low <= f.target && f.target <= band.high)
    p.band_low = band.low, p.band_high = band.high;  // overshoots would have to come back
  p.urgent = f.emergency;
  return errc::ok;
}

template <HealthModel H, OracleGuard G, Trigger T, class Z>
template <class V, std::size_t N>
constexpr void policy<H, G, T, Z>::propose(decision_type& d, const snapshot<V, N>& s, const view<N>& v,
                                           const firing& f) const noexcept {
  const bool down = f.towards == direction::deleverage;
  if (d.trust != trust::ok && (!down || (d.trust == trust::ours_bad && !f.emergency)))
    return refuse(d, reason_of(d.trust));
  if (!sizer.can(f.towards)) return refuse(d, errc::bad_configuration);
  order& o = d.state.order;
  d.gas_limit = gas_limit(execution, f.urgency, f.emergency);
  d.gas_price = s.gas.price_native;
  if (d.replaces) d.gas_price = larger(d.gas_price, least_replacement_fee(execution, o.fee));
  if (!(d.gas_price <= d.gas_limit)) return refuse(d, errc::gas_ceiling);

  sizing::problem<V, N> p;
  if (const errc e = pose(p, d, s, v, f, down ? s.sell : s.buy); e != errc::ok) return refuse(d, e);
  const sizing::sized z = sizer.size(p);
  // A sizer of both directions goes by health: towards a target that is behind, it would trade the wrong market.
  if (z.trade.towards != direction::none && z.trade.towards != f.towards) return refuse(d, errc::already_there);
  d.best_health = z.best_health;
  d.cost = z.trade.cost.total();
  d.benefit = z.benefit;
  const bool short_of_target = z.status == errc::infeasible && z.trade.sold > 0.0 &&
                               z.trade.health_after - z.trade.health_before >= execution.least_gain;
  if (!z.has_value() && !short_of_target) return refuse(d, z.status, z.binding);
  // No trade ends where the protocol liquidates, equality included, not even at the least it promises, nor, on its own
  // prices, where it was sized on others.
  const auto liquidated = [&](double health) { return liquidatable_at(model.liquidation_boundary(), health); };
  bool ends_there = liquidated(z.trade.health_after) || liquidated(z.trade.health_at_min_out);
  if (v.leaves) {
    p.liquidation = v.liquidation;
    const bool lent = z.trade.mode != sizing::funding_mode::none;
    const double between = health_factor_after(p.liquidation, p.prices, {p.collateral, z.trade.collateral_change});
    ends_there =
        ends_there || liquidated(sizing::health_at_out(p, z.trade, z.trade.min_out)) || (!lent && liquidated(between));
  }
  if (ends_there) return refuse(d, errc::infeasible, sizing::limit::health_floor);
  if constexpr (H::kind != form_class::linear) {
    // The trade was sized on a form that has to be the protocol's after it.
    account<N> after = s.account;
    after.find(p.collateral)->collateral += z.trade.collateral_change;
    after.find(p.debt)->debt += z.trade.debt_change;
    if (const errc e = holds_at(model, after, s.prices); e != errc::ok) return refuse(d, e);
  }
  const intent asked{.towards = f.towards,
                     .more_to_come = z.binding == sizing::limit::chunk ||
                                     (short_of_target && z.binding == sizing::limit::health_floor),
                     .target = f.target,
                     .expected = {p.collateral, z.trade.collateral_change, p.debt, z.trade.debt_change}};
  if (o.status == order_status::idle || o.status == order_status::filled) ++o.episode;
  if (d.replaces) {
    o.replacement = asked;  // until somebody says it was sent, the order in flight is the one to reckon with
  } else {
    o.current = asked;
    o.status = order_status::proposed;
  }
  o.bid = d.gas_price;
  o.deadline = s.now + execution.wait;  // a replacement, too, may execute until then
  d.verdict = verdict::rebalance;
  d.reason = z.status;
  d.binding = z.binding;
  d.trade = z.trade;
  // While nobody knows which price is wrong, the fair one is the lower, so that no rescue is refused over a quarrel;
  // but what the venue shows now is known, and the transaction may not take less than the slippage allowed below that.
  const double at_fair = p.fair_rate * z.trade.sold;
  if (down && (d.trust == trust::unknown || d.trust == trust::both_bad) && z.trade.expected_out > at_fair)
    d.trade.min_out = smaller(z.trade.min_out * (z.trade.expected_out / at_fair), z.trade.expected_out);
  d.deadline = o.deadline;
}

}  // namespace trimtab
