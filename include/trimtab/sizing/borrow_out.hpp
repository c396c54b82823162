// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/sizing/deleverage.hpp>
#include <trimtab/sizing/remedy.hpp>

namespace trimtab::sizing {

/// @brief Borrows what the target leaves room for and hands it to the owner: at most what is wanted, inside both forms.
///
/// Formula   x = min{(C/h − D) / (v·π), (C' − D') / (v'·π)}, ' of the borrow form; rounded down by a few ulps and read
///           back
/// A model's `may_borrow` and its own `borrow_room` are the caller's to ask: what is not lent has `borrow_room` 0.
/// @source   derived here: C ≥ h·(D + v·π·x) and C' ≥ D' + v'·π·x
struct borrow_out {
  double wanted = infinity;  ///< whole tokens

  /// @errors negative_amount (a NaN too)
  [[nodiscard]] constexpr errc validate() const noexcept { return wanted >= 0.0 ? errc::ok : errc::negative_amount; }

  /// @return ok with limit::none when all that is wanted is lent or health is at the target, else ok with what stops it
  /// @errors those of `check_account`; asset_mismatch (either form lacks the debt), already_there (health not above the
  /// target), gas_tank, dust (limit::minimum_debt), infeasible with its limit: reserve, borrow_room, withdrawable,
  /// borrow_form
  template <class V, std::size_t N>
  constexpr remedy size(const problem<V, N>& p) const noexcept {
    remedy r{.kind = remedy_kind::borrow_out, .asset = p.debt};
    for (const errc bad : {validate(), check_account(p)})
      if (bad != errc::ok) return detail::refused(r, bad);
    const term<double>*owed = p.liquidation.debt.find(p.debt), *lent = p.borrow.debt.find(p.debt);
    if (owed == nullptr || lent == nullptr) return detail::refused(r, errc::asset_mismatch);
    const detail::account_reading k(p);
    r.health_before = k.health();
    if (!(r.health_before > p.target)) return detail::refused(r, errc::already_there);
    if (!p.debt_limits.can_grow()) return detail::refused(r, errc::infeasible, limit::reserve);
    if (p.gas.short_of_gas(0.0)) return detail::refused(r, errc::gas_tank);

    const double price = p.prices[owed->slot].value;
    const double each = owed->weight * price, each_borrowed = k.weighted_price(p.borrow.debt, p.debt);
    if (!(each > 0.0) || !(each_borrowed > 0.0)) return detail::refused(r, errc::bad_configuration);
    const double backing = weighted_value(p.borrow.collateral, p.prices);
    const double borrowed = weighted_value(p.borrow.debt, p.prices);
    largest most;
    most.at_most(wanted, limit::none);
    most.at_most(p.debt_limits.borrow_room, limit::borrow_room);
    most.at_most(p.debt_limits.withdrawable, limit::withdrawable);
    most.at_most((k.collateral_value / p.target - k.debt_value) / each, limit::none);
    most.at_most((backing - borrowed) / each_borrowed, limit::borrow_form);
    const double step = larger(detail::rounding_of(k.collateral_value, p.target * k.debt_value) / (p.target * each),
                               detail::rounding_of(backing, borrowed) / each_borrowed);
    const bool stands = detail::lower_until(most.x, step, [&](double x) {
      r.amount = x;
      r.changes[0] = {.debt = p.debt, .debt_by = x};
      k.read_back(r);
      return r.health_after >= p.target && r.borrow_health_after >= 1.0;
    });
    r.gas_in_kind = k.gas_in_kind(0.0, price);
    if (!stands || !(r.amount > r.gas_in_kind)) return detail::refused(r, errc::infeasible, most.why);
    if (k.leaves_dust(r)) return detail::refused(r, errc::dust, limit::minimum_debt);
    r.status = errc::ok;
    r.binding = most.why;
    r.cost.gas = p.gas.fee_base(0.0, p.prices);
    r.left_debt = r.amount - r.gas_in_kind;
    r.funds = -r.left_debt * price;
    return r;
  }
};

}  // namespace trimtab::sizing
