// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/health/concept.hpp>
#include <trimtab/sizing/remedy.hpp>

namespace trimtab::sizing {

/// @brief Puts the same holdings under another category: nothing is traded, only the weights change.
///
/// The model is the account's own with the other category set; its forms are compared with those of the problem. The
/// protocol refuses the switch where something owed may not be borrowed there, where an enabled collateral has an LTV
/// of 0 there, and where health would be below 1; so does this.
/// @source aave-v3-origin, EModeLogic.sol executeSetUserEMode; ValidationLogic.sol validateSetUserEMode,
/// validateHFAndLtv
template <HealthModel M>
struct switch_emode {
  M there;                       ///< the model with the account in the other category
  bool refuses_zero_ltv = true;  ///< as since v3.6; false for releases before

  constexpr explicit switch_emode(const M& other, bool zero_ltv_refused = true) noexcept
      : there(other), refuses_zero_ltv(zero_ltv_refused) {}

  /// @return ok when health is then at the target; infeasible with limit::category where it is better but short of it
  /// @errors those of `check_account`, of the other category at the door (`validate(model, account, prices)`) and of
  /// its prices; already_there, gas_tank (gas in kind too: nothing is there to pay it from), would_worsen
  /// (limit::pole), infeasible with its limit: reserve (a debt that is not lent there, a collateral without LTV there),
  /// health_floor
  template <class V, std::size_t P, std::size_t N>
  constexpr remedy size(const problem<V, P>& p, const account<N>& a) const noexcept {
    remedy r{.kind = remedy_kind::switch_emode};
    if (const errc bad = check_account(p); bad != errc::ok) return detail::refused(r, bad);
    const detail::account_reading k(p);
    r.health_before = k.health();
    if (r.health_before >= p.target) return detail::refused(r, errc::already_there);
    if (const errc bad = trimtab::validate(there, a, p.prices); bad != errc::ok) return detail::refused(r, bad);
    const double fee = p.gas.fee_base(0.0, p.prices);
    if (p.gas.short_of_gas(0.0) || (p.gas.paid_from == gas_payer::proceeds && fee > 0.0))
      return detail::refused(r, errc::gas_tank);

    const form<double, N> liquidation = there.template liquidation_form<double>(a);
    const form<double, N> borrow = there.template borrow_form<double>(a);
    for (const holding& h : a)
      if (h.debt > 0.0 && !there.may_borrow(a, h.asset)) return detail::refused(r, errc::infeasible, limit::reserve);
    if (refuses_zero_ltv)
      for (const term<double>& t : borrow.collateral)
        if (t.amount > 0.0 && !(t.weight > 0.0)) return detail::refused(r, errc::infeasible, limit::reserve);
    const double health = health_factor(liquidation, p.prices);
    if (!(health > r.health_before)) return detail::refused(r, errc::would_worsen, limit::pole);
    if (liquidatable_at(there.liquidation_boundary(), health))
      return detail::refused(r, errc::infeasible, limit::health_floor);
    r.status = health >= p.target ? errc::ok : errc::infeasible;
    r.binding = r.has_value() ? limit::none : limit::category;
    r.health_after = r.health_at_min_out = health;
    r.borrow_health_after = health_factor(borrow, p.prices);
    r.cost.gas = fee;
    return r;
  }
};

}  // namespace trimtab::sizing
