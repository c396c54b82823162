// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/sizing/deleverage.hpp>
#include <trimtab/sizing/remedy.hpp>

namespace trimtab::sizing {

/// @brief Takes out collateral that the target does not need: at most what is wanted, and never below the target.
///
/// Formula   x = (C − h·D) / (w·p); where the protocol asks its borrow form when collateral leaves, also x ≤ (C' − D')
///           / (w'·p) of that form. Rounded down by a few ulps and read back
/// A model's `may_withdraw` is the caller's to ask: what may not leave has `withdrawable` 0.
/// @source   derived here: C − w·p·x ≥ h·D
struct withdraw_surplus {
  double wanted = infinity;  ///< whole tokens

  /// @errors negative_amount (a NaN too)
  [[nodiscard]] constexpr errc validate() const noexcept { return wanted >= 0.0 ? errc::ok : errc::negative_amount; }

  /// @return ok with limit::none when all that is wanted leaves or health is at the target, else ok with what stops it
  /// @errors those of `check_account`; asset_mismatch, already_there (health not above the target), gas_tank,
  /// infeasible with its limit: reserve, collateral, withdrawable, borrow_form
  template <class V, std::size_t N>
  constexpr remedy size(const problem<V, N>& p) const noexcept {
    remedy r{.kind = remedy_kind::withdraw_surplus, .asset = p.collateral};
    for (const errc bad : {validate(), check_account(p)})
      if (bad != errc::ok) return detail::refused(r, bad);
    const term<double>* held = p.liquidation.collateral.find(p.collateral);
    if (held == nullptr) return detail::refused(r, errc::asset_mismatch);
    const detail::account_reading k(p);
    r.health_before = k.health();
    if (!(r.health_before > p.target)) return detail::refused(r, errc::already_there);
    if (!p.collateral_limits.can_reduce()) return detail::refused(r, errc::infeasible, limit::reserve);
    if (p.gas.short_of_gas(0.0)) return detail::refused(r, errc::gas_tank);

    const double price = p.prices[held->slot].value, weighted = held->weight * price;
    largest most;
    most.at_most(wanted, limit::none);
    most.at_most(held->amount, limit::collateral);
    most.at_most(p.collateral_limits.withdrawable, limit::withdrawable);
    double step = 0.0;
    if (weighted > 0.0 && k.debt_value > 0.0) {
      most.at_most((k.collateral_value - p.target * k.debt_value) / weighted, limit::none);
      step = detail::rounding_of(k.collateral_value, p.target * k.debt_value) / weighted;
    }
    const bool asks_borrow = p.withdrawal == withdrawal_check::borrow_form;
    if (asks_borrow) {
      const double each = k.weighted_price(p.borrow.collateral, p.collateral);
      const double backing = weighted_value(p.borrow.collateral, p.prices);
      const double owed = weighted_value(p.borrow.debt, p.prices);
      if (owed > 0.0 && backing < owed) most.at_most(0.0, limit::borrow_form);
      if (owed > 0.0 && each > 0.0) {
        most.at_most((backing - owed) / each, limit::borrow_form);
        step = larger(step, detail::rounding_of(backing, owed) / each);
      }
    }
    const bool stands = detail::lower_until(most.x, step, [&](double x) {
      r.amount = x;
      r.changes[0] = {.collateral = p.collateral, .collateral_by = -x};
      k.read_back(r);
      return r.health_after >= p.target && (!asks_borrow || r.borrow_health_after >= 1.0);
    });
    r.gas_in_kind = k.gas_in_kind(0.0, price);
    if (!stands || !(r.amount > r.gas_in_kind)) return detail::refused(r, errc::infeasible, most.why);
    r.status = errc::ok;
    r.binding = most.why;
    r.cost.gas = p.gas.fee_base(0.0, p.prices);
    r.left_collateral = r.amount - r.gas_in_kind;
    r.funds = -r.left_collateral * price;
    return r;
  }
};

}  // namespace trimtab::sizing
