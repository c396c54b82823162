// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/sizing/deleverage.hpp>
#include <trimtab/sizing/remedy.hpp>

namespace trimtab::sizing {

/// @brief Supplies just enough more collateral out of a reserve of the owner's.
///
/// Formula   x = (h·D − C) / (w·p), rounded up by a few ulps and read back
/// @source   derived here: C + w·p·x ≥ h·D
struct top_up {
  double available = 0.0;  ///< of the collateral, whole tokens; gas in kind comes out of it too

  /// @errors negative_amount (a NaN too)
  [[nodiscard]] constexpr errc validate() const noexcept { return available >= 0.0 ? errc::ok : errc::negative_amount; }

  /// @errors those of `check_account`; asset_mismatch, already_there, gas_tank, infeasible with its limit: reserve,
  /// supply_room, pole (the collateral weighs nothing), wallet
  /// @cost a few passes over the holdings; no allocation
  template <class V, std::size_t N>
  constexpr remedy size(const problem<V, N>& p) const noexcept {
    remedy r{.kind = remedy_kind::top_up, .asset = p.collateral};
    for (const errc bad : {validate(), check_account(p)})
      if (bad != errc::ok) return detail::refused(r, bad);
    const term<double>* held = p.liquidation.collateral.find(p.collateral);
    if (held == nullptr) return detail::refused(r, errc::asset_mismatch);
    const detail::account_reading k(p);
    r.health_before = k.health();
    if (r.health_before >= p.target) return detail::refused(r, errc::already_there);
    if (!p.collateral_limits.can_grow()) return detail::refused(r, errc::infeasible, limit::reserve);
    if (p.gas.short_of_gas(0.0)) return detail::refused(r, errc::gas_tank);
    const double price = p.prices[held->slot].value, weighted = held->weight * price;
    if (!(weighted > 0.0)) return detail::refused(r, errc::infeasible, limit::pole);

    r.gas_in_kind = k.gas_in_kind(0.0, price);
    largest most;
    most.at_most(p.collateral_limits.supply_room, limit::supply_room);
    most.at_most(available - r.gas_in_kind, limit::wallet);
    const double step = detail::rounding_of(k.collateral_value, p.target * k.debt_value) / weighted;
    const double deficit = p.target * k.debt_value - k.collateral_value;
    const bool reached = detail::raise_to_target(r, p.target, deficit / weighted, step, most.x, [&](double x) {
      r.amount = x;
      r.changes[0] = {.collateral = p.collateral, .collateral_by = x};
      k.read_back(r);
    });
    if (!(r.amount > 0.0)) return detail::refused(r, errc::infeasible, most.why);
    r.status = reached ? errc::ok : errc::infeasible;
    r.binding = reached ? limit::none : most.why;
    r.cost.gas = p.gas.fee_base(0.0, p.prices);
    r.funds = (r.amount + r.gas_in_kind) * price;
    return r;
  }
};

}  // namespace trimtab::sizing
