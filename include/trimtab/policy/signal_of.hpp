// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/health/change.hpp>
#include <trimtab/health/concept.hpp>
#include <trimtab/market/snapshot.hpp>
#include <trimtab/oracle/concept.hpp>
#include <trimtab/trigger/concept.hpp>

#include <cstddef>

namespace trimtab {

/// @brief Value of one side of a form at prices that `price_of(slot)` gives, weighted or not, base currency.
template <std::size_t N, class P>
constexpr double value_at(const terms<double, N>& side, bool weighted, P&& price_of) noexcept {
  double sum = 0.0;
  for (const term<double>& t : side) sum += (weighted ? t.weight : 1.0) * t.amount * price_of(t.slot);
  return sum;
}

/// The price a slot will have at a moment: the one that the protocol has published for then or before, else the one it
/// has.
template <class V, std::size_t N>
constexpr double next_price(const snapshot<V, N>& s, price_slot slot, timestamp at) noexcept {
  if (slot.index >= s.feeds.size()) return s.prices[slot].value;
  const observation& next = s.feeds[slot.index].next;
  return is_price(next.price) && next.at <= at ? next.price : s.prices[slot].value;
}

/// @brief What a trigger is shown of an account, with all that it says it reads and no more.
///
/// The price, and what the greeks are taken by, is that of the collateral of the `sell` listing: in its debt, 0 where
/// the form does not have both. Greeks are 0 where there is no debt or no collateral: nothing moves health there.
/// Next health is the lowest on the way through the next prices, moment by moment: one that saves comes too late after
/// one that liquidates. It is `health` where no slot of the form has a next price.
///
/// Formula   log_delta = a − b, log_gamma = b² − a² + log_delta; a and b that slot's shares of the weighted collateral
///           and of the weighted debt
/// @param liquidation  the form to look at, @param health its health, @param by the change that made it out of the
///                     account's own
/// @return   with `last_fill` never
/// @source   the second is the diagonal in log prices of `sensitivity::log_health_greeks`
template <class T, HealthModel H, class V, std::size_t N>
constexpr signal signal_of(const H& model, const snapshot<V, N>& s, const form<double, N>& liquidation, double health,
                           const change& by = {}) noexcept {
  constexpr unsigned reads = reads_of<T>();
  signal out{.health = health, .now = s.now, .next_health = health, .carry = s.carry};
  if constexpr ((reads & reading::borrow_form) != 0)
    out.borrow_health = health_factor_after(model.template borrow_form<double>(s.account), s.prices, by);
  if constexpr ((reads & reading::values) != 0) {
    const auto now = [&](price_slot slot) { return s.prices[slot].value; };
    out.collateral_value = value_at(liquidation.collateral, false, now);
    out.debt_value = value_at(liquidation.debt, false, now);
  }
  if constexpr ((reads & reading::next_prices) != 0) {
    for (const auto* side : {&liquidation.collateral, &liquidation.debt})
      for (const term<double>& t : *side) {
        if (t.slot.index >= s.feeds.size()) continue;
        const observation& next = s.feeds[t.slot.index].next;
        if (!is_price(next.price) || next.at == never) continue;
        const auto later = [&](price_slot slot) { return next_price(s, slot, next.at); };
        const double then =
            health_factor(value_at(liquidation.collateral, true, later), value_at(liquidation.debt, true, later));
        // A NaN is the lowest.
        if (out.next_at == never || then < out.next_health || !(then == then)) out.next_health = then;
        if (out.next_at == never || next.at < out.next_at) out.next_at = next.at;
      }
  }
  if constexpr ((reads & (reading::price | reading::greeks)) != 0) {
    const term<double>*sold = liquidation.collateral.find(s.sell.in), *repaid = liquidation.debt.find(s.sell.out);
    if (sold != nullptr && repaid != nullptr) out.price = s.prices[sold->slot].value / s.prices[repaid->slot].value;
    if constexpr ((reads & reading::greeks) != 0) {
      const double held = weighted_value(liquidation.collateral, s.prices);
      const double owed = weighted_value(liquidation.debt, s.prices);
      if (sold != nullptr && held > 0.0 && owed > 0.0) {
        const auto alone = [&](price_slot slot) { return slot == sold->slot ? s.prices[slot].value : 0.0; };
        const double a = value_at(liquidation.collateral, true, alone) / held;
        const double b = value_at(liquidation.debt, true, alone) / owed;
        out.log_delta = a - b;
        out.log_gamma = (b - a) * (b + a) + out.log_delta;
      }
    }
  }
  return out;
}

}  // namespace trimtab
