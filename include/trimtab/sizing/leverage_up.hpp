// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/sizing/concept.hpp>
#include <trimtab/sizing/leverage.hpp>

namespace trimtab::sizing {

/// @brief Borrows more and buys collateral with it until health has come down to the target, inside both forms.
///
/// The liquidation form sets the size, the borrow form may cut it: after the borrow the account must satisfy the LTVs,
/// at the minimum output too. Capped trades are still trades: health then stays above the target, and the binding limit
/// is named.
///
/// A target of health alone says how far, not by what: the cheapest way to less health is to withdraw, and nothing in
/// it asks for exposure. `leverage_to` is told the leverage or the exposure wanted and keeps health as a constraint.
///
/// Formula   C + w·p·(y(x) − q·x) ≥ h·(D + v·π·(κ·x + G)); the largest x; the numbers are those of `leverage`
/// @source   derived here
struct leverage_up {
  basis_points max_slippage{100.0};
  basis_points max_cost{infinity};

  /// @errors bad_configuration
  [[nodiscard]] constexpr errc validate() const noexcept {
    return max_slippage.count > 0.0 && max_slippage.count < 1e4 && max_cost.count > 0.0 ? errc::ok
                                                                                        : errc::bad_configuration;
  }
  [[nodiscard]] constexpr bool can(direction d) const noexcept { return d == direction::leverage; }

  /// @brief The lowest health that can be levered to: where the borrow form would be at its edge.
  /// Formula   LT / LTV of the collateral bought, and of the account as it stands
  template <std::size_t N>
  static constexpr double lowest_target(const form<double, N>& liquidation, const form<double, N>& borrow,
                                        oracle_prices<double> prices, asset_id collateral) noexcept {
    const auto *w = liquidation.collateral.find(collateral), *ltv = borrow.collateral.find(collateral);
    if (w == nullptr || ltv == nullptr || !(ltv->weight > 0.0)) return infinity;
    const double own = w->weight / ltv->weight;
    const double whole = weighted_value(liquidation.collateral, prices) / weighted_value(borrow.collateral, prices);
    return larger(own, whole);
  }

  /// @errors asset_mismatch, already_there (health not above the target), infeasible, gas_tank, cost_exceeds_limit,
  /// dust, bad_configuration, no_convergence (a venue that is not concave, and no size seen whose average price will
  /// do)
  template <class V, std::size_t N>
  constexpr sized size(const problem<V, N>& p) const noexcept;

  /// The trade that sells exactly `x` of new debt. @pre `size(p)` found the assets and prices sound
  template <class V, std::size_t N>
  constexpr trade at_size(const problem<V, N>& p, double x) const noexcept {
    return leverage<V, N>(p, max_slippage, x).at(x);
  }

  /// Why a trade of some size, made by `at_size`, may not be made. @pre `check(p)` is ok
  template <class V, std::size_t N>
  constexpr objection objection_to(const problem<V, N>& p, const trade& t) const noexcept {
    return leverage<V, N>(p, max_slippage, t.sold).object(t, max_cost);
  }
};

template <class V, std::size_t N>
constexpr sized leverage_up::size(const problem<V, N>& p) const noexcept {
  sized out;
  if (const errc e = check(p); e != errc::ok) return out.status = e, out;
  if (const errc e = validate(); e != errc::ok) return out.status = e, out;
  leverage<V, N> k(p, max_slippage, smallest_sale);
  out.best_health = out.trade.health_before = health_factor(k.collateral_value, k.debt_value);
  if (!(out.best_health > p.target)) return out.status = errc::already_there, out;
  if (!p.collateral_limits.can_grow() || !p.debt_limits.can_grow())
    return out.status = errc::infeasible, out.binding = limit::reserve, out;
  if (p.gas.short_of_gas(p.venue->gas(smallest_sale))) return out.status = errc::gas_tank, out;

  const curve<V> venue(*p.venue);
  largest most;
  k.settle_gas([&] {
    most = k.largest_size(venue);
    most.at_most(last_root(k.equation(p.target), venue, most.x), limit::none);
    return most.x;
  });
  out.proven = is_concave<V>();
  out.binding = most.why;
  if (!k.certify(out.trade, most.x, p.target)) return out.status = k.none_because(most.why), out;
  out.best_health = out.trade.health_after;
  out.status = errc::ok;
  if (const objection no = k.object(out.trade, max_cost); no.why != errc::ok)
    out.status = no.why, out.binding = no.binding;
  return out;
}

}  // namespace trimtab::sizing
