// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/preset/kamino_orders.hpp>

namespace trimtab::preset {

/// @brief An obligation as those who execute its orders see it. What they seize is no withdrawal of the owner's, for
/// which debt would have to be below what may be borrowed: it only must not end where the program liquidates.
/// @source klend, handler_liquidate_obligation_and_redeem_reserve_collateral.rs: no borrowing limit is asked
struct as_kamino_executes : health::kamino {
  [[nodiscard]] constexpr withdrawal_check withdrawal_checked_by() const noexcept {
    return withdrawal_check::liquidation_form;
  }
};

/// @brief Fires when an order of the obligation may be executed. It names no target: an order says how much, not how
/// far.
struct kamino_trigger {
  kamino_orders orders{};
  basis_points borrow_factor{10'000};  ///< of the debt

  static constexpr unsigned reads = reading::values | reading::price;

  struct state_type {
    errc why = errc::inside_band;
    friend constexpr bool operator==(const state_type&, const state_type&) = default;
  };

  /// @errors those of the orders, bad_configuration
  [[nodiscard]] constexpr errc validate() const noexcept {
    if (!(borrow_factor.count >= 1e4 && borrow_factor.count < infinity)) return errc::bad_configuration;
    return orders.validate();
  }
  [[nodiscard]] constexpr state_type step(state_type, const signal& s) const noexcept {
    if (!(s.health == s.health)) return {errc::not_finite};
    if (s.debt_value == 0.0) return {};  // without debt there are no orders
    const double plain = s.debt_value / s.collateral_value, ltv = plain * borrow_factor.fraction();
    return {orders.find({.ltv = ltv, .unhealthy_ltv = ltv * s.health, .plain_ltv = plain, .ratio = 1.0 / s.price}).why};
  }
  [[nodiscard]] constexpr firing fired(state_type s) const noexcept {
    if (s.why != errc::ok) return {.why = s.why};
    return {.fired = true, .towards = direction::deleverage};
  }
  /// No silence to promise: two obligations of one health may differ in LTV and price.
  [[nodiscard]] constexpr calm quiet(state_type) const noexcept { return restless(); }
};

/// @brief The execution of the first applicable order, whole.
///
///     repaid = min(amount, debt);  seized = repaid·(1 + bonus)·debt price/collateral price
///
/// Where that is more than the collateral, all of it is seized and in proportion less repaid.
/// @source liquidation_operations.rs `calculate_liquidation`, `calculate_liquidation_amounts`
struct kamino_rule {
  kamino_orders orders{};
  basis_points protocol_fee{};  ///< share of the bonus, `protocol_order_execution_fee_pct`

  /// @errors those of the orders, bad_configuration
  [[nodiscard]] constexpr errc validate() const noexcept {
    const errc e = orders.validate();
    return e != errc::ok || is_share(protocol_fee) ? e : errc::bad_configuration;
  }
  /// @errors asset_mismatch (an order by amount or by ratio with several debts or collaterals; another collateral than
  /// that of the lowest threshold), those of `kamino_orders::find`
  /// @pre both assets are listed
  template <class V, std::size_t N>
  constexpr offer of(const sizing::problem<V, N>& p) const noexcept {
    const term<double>&held = *p.liquidation.collateral.find(p.collateral), &owed = *p.liquidation.debt.find(p.debt);
    std::size_t collaterals = 0, debts = 0;
    double value = 0.0, lowest = infinity;
    for (const term<double>& t : p.liquidation.collateral) {
      value += t.amount * p.prices[t.slot].value;
      if (t.amount > 0.0) ++collaterals, lowest = smaller(lowest, t.weight);
    }
    for (const term<double>& t : p.liquidation.debt)
      if (t.amount > 0.0) ++debts;
    if (debts == 0) return {errc::inside_band};
    const double price = p.prices[held.slot].value, debt_price = p.prices[owed.slot].value;
    const kamino_orders::applicable found =
        orders.find({.ltv = weighted_value(p.liquidation.debt, p.prices) / value,
                     .unhealthy_ltv = weighted_value(p.liquidation.collateral, p.prices) / value,
                     .plain_ltv = sizing::owed_value(p.liquidation.debt, p.prices) / value,
                     .ratio = debt_price / price});
    if (found.why != errc::ok) return {found.why};
    const kamino_order& order = orders.orders[found.order];
    const bool by_ratio = order.when == kamino_condition::ratio_above || order.when == kamino_condition::ratio_below;
    if ((by_ratio && (debts > 1 || collaterals > 1)) || (order.amount < infinity && debts > 1) || held.weight > lowest)
      return {errc::asset_mismatch};
    invitation i{.repaid = smaller(order.amount, owed.amount), .protocol_fee = protocol_fee};
    i.seized = i.repaid * (1.0 + found.bonus) * (debt_price / price);
    if (i.seized > held.amount) i.repaid *= held.amount / i.seized, i.seized = held.amount;
    return {errc::ok, i};
  }
};

/// @brief A Kamino obligation's orders and the keeper that anybody can be, as one policy. One collateral, one debt.
///
/// An order by amount that has been used up is no longer there: the owner of this policy takes it out, as the program
/// does (`after_execution`); until then it is a standing order. What the system lacks: any look at the price's
/// soundness beyond the reserves' own; a target (how much is fixed beforehand, or all); levering up; a ceiling on cost
/// (the bonus is the price, whatever the market asks), retries of its own: nobody comes while the bonus does not pay.
/// A policy of ours makes no trade that ends where the protocol liquidates; the program would execute an order there,
/// while price-triggered liquidation is off. Settle its plans on the policy's own model.
/// Where the market disables price-triggered liquidation, all orders but unconditional ones stop as well. Forced
/// deleveraging by the market, and debts that mature, are not part of this.
/// @param debt the single debt
constexpr auto kamino(const health::kamino& model, const kamino_orders& orders, asset_id debt,
                      basis_points protocol_fee = {}, const stranger& sender = {},
                      const execution& pays = {}) noexcept {
  const auto* reserve = health::row_of(model.reserves, debt);
  const basis_points factor = reserve == nullptr ? basis_points{10'000} : reserve->borrow_factor;
  return policy{as_kamino_executes{model}, oracle::all_of<>{}, kamino_trigger{orders, factor},
                taken_up<kamino_rule>{{orders, protocol_fee}, sender}, pays};
}

}  // namespace trimtab::preset
