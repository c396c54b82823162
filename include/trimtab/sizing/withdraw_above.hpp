// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/sizing/concept.hpp>
#include <trimtab/sizing/withdraw_surplus.hpp>

namespace trimtab::sizing {

/// @brief The other way down from above the band: pays the owner the collateral that the target does not need, instead
/// of borrowing more. Itself a sizer, of a trade that sells nothing.
///
/// Direction `leverage`, for health falls; `sold` is 0, `paid_out` what the owner gets, `gas_in_kind` what whoever
/// sends it gets, both in collateral. A venue is never traded with. The share of a reward is of what is borrowed: of
/// nothing. What may not leave has `withdrawable` 0.
///
/// Formula   that of `withdraw_surplus`: the numbers, the limits and both forms are its
/// @source   derived here
struct withdraw_above {
  double at_most = infinity;  ///< whole tokens at a time
  double at_least = 0.0;      ///< less is not worth a transaction

  /// Nothing is borrowed: a target the borrow form would not allow new debt at may be withdrawn to.
  static constexpr bool borrows = false;

  /// @errors negative_amount (a NaN too), bad_configuration
  [[nodiscard]] constexpr errc validate() const noexcept {
    if (!(at_most >= 0.0) || !(at_least >= 0.0)) return errc::negative_amount;
    return at_least <= at_most && at_most > 0.0 ? errc::ok : errc::bad_configuration;
  }
  [[nodiscard]] constexpr bool can(direction d) const noexcept { return d == direction::leverage; }

  /// @errors those of `check`; already_there (health not above the target), gas_tank, dust (less than `at_least` or
  /// than a unit, or gas and reward take all), infeasible with its limit: reserve, collateral, withdrawable,
  /// borrow_form, chunk
  template <class V, std::size_t N>
  constexpr sized size(const problem<V, N>& p) const noexcept {
    sized out;
    for (const errc bad : {validate(), check(p)})
      if (bad != errc::ok) return out.status = bad, out;
    const remedy r = withdraw_surplus{.wanted = at_most}.size(p);
    out.status = r.status;
    out.binding = r.binding == limit::none && r.amount == at_most ? limit::chunk : r.binding;
    out.best_health = out.trade.health_before = r.health_before;
    if (!r.has_value()) return out;
    const trade t = at_size(p, r.amount);
    if (const objection no = objection_to(p, t); no.why != errc::ok)
      return out.status = no.why, out.binding = no.binding, out;
    out.trade = t;
    out.best_health = t.health_after;
    return out;
  }

  /// The trade that takes out exactly `x`. @pre `check(p)` is ok
  template <class V, std::size_t N>
  constexpr trade at_size(const problem<V, N>& p, double x) const noexcept {
    trade t;
    const double price = p.prices[p.liquidation.collateral.find(p.collateral)->slot].value;
    t.towards = direction::leverage;
    t.collateral = p.collateral;
    t.debt = p.debt;
    t.cost.gas = p.gas.fee_base(0.0, p.prices);
    t.cost.reward = p.reward.flat;
    t.gas_in_kind = ((p.gas.paid_from == gas_payer::proceeds ? t.cost.gas : 0.0) + t.cost.reward) / price;
    t.paid_out = x - t.gas_in_kind;
    t.collateral_change = -x;
    t.health_before = health_factor(p.liquidation, p.prices);
    t.health_after = t.health_at_min_out = health_factor_after(p.liquidation, p.prices, change_of(t));
    return t;
  }

  /// Why a trade of some size, made by `at_size`, may not be made. @pre `check(p)` is ok
  template <class V, std::size_t N>
  constexpr objection objection_to(const problem<V, N>& p, const trade& t) const noexcept {
    if (p.gas.short_of_gas(0.0)) return {errc::gas_tank, limit::none};
    // What leaves is rounded down to whole units, what the sender gets of it up: of less than this nothing is left.
    const double least = (t.gas_in_kind > 0.0 ? 2.0 : 1.0) * p.collateral_unit;
    if (!(t.paid_out > 0.0) || t.paid_out < larger(at_least, least)) return {errc::dust, limit::none};
    if (!p.collateral_limits.can_reduce()) return {errc::infeasible, limit::reserve};
    if (-t.collateral_change > p.liquidation.collateral.find(p.collateral)->amount)
      return {errc::infeasible, limit::collateral};
    if (-t.collateral_change > p.collateral_limits.withdrawable) return {errc::infeasible, limit::withdrawable};
    if (!(t.health_after >= p.band_low)) return {errc::infeasible, limit::band};
    if (p.withdrawal == withdrawal_check::borrow_form &&
        !(health_factor_after(p.borrow, p.prices, change_of(t)) >= 1.0))
      return {errc::infeasible, limit::borrow_form};
    return {};
  }

private:
  static constexpr change change_of(const trade& t) noexcept {
    return {.collateral = t.collateral, .collateral_by = t.collateral_change};
  }
};

}  // namespace trimtab::sizing
