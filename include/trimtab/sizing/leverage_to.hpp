// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/sizing/concept.hpp>
#include <trimtab/sizing/leverage.hpp>

namespace trimtab::sizing {

/// @brief Borrows and buys collateral up to a leverage ratio or an exposure, with health at or above the problem's
/// target as a constraint. Itself a sizer.
///
/// "The least cost that brings health down to h" is no way to ask for leverage: withdrawing collateral, or borrowing
/// and keeping the money, gets there for nothing. What is wanted is exposure, and health is what it may not cost.
///
/// With C' = C + p·(y(x) − q·x) and D' = D + π·(κ·x + G), market values, base currency:
///
///     ratio     C' / (C' − D') ≤ L   ⇔   (L − 1)·p·y − ((L − 1)·p·q + L·π·κ)·x − (L·(D + π·G) − (L − 1)·C) ≥ 0
///     exposure  C' = X
///
/// Both are size equations: the ratio's last root, the exposure's first. The first of the two to be reached ends the
/// trade (`ok`, no limit named); one that a limit, or health (`health_floor`), keeps short is still a trade, and that
/// limit is named.
/// @source derived here; κ, q and G are those of `leverage`
struct leverage_to {
  double ratio = infinity;     ///< L, above 1
  double exposure = infinity;  ///< X, of all collateral, base currency
  basis_points max_slippage{100.0};
  basis_points max_cost{infinity};

  /// @errors bad_configuration (neither a ratio nor an exposure; a ratio not above 1)
  [[nodiscard]] constexpr errc validate() const noexcept {
    const bool wanted = ratio > 1.0 && exposure > 0.0 && (ratio < infinity || exposure < infinity);
    const bool sound = max_slippage.count > 0.0 && max_slippage.count < 1e4 && max_cost.count > 0.0;
    return wanted && sound ? errc::ok : errc::bad_configuration;
  }
  [[nodiscard]] constexpr bool can(direction d) const noexcept { return d == direction::leverage; }

  /// @errors those of `check`; already_there, infeasible (with its limit), gas_tank, cost_exceeds_limit, dust,
  /// no_convergence (a venue that is not concave, and no size seen whose average price will do)
  template <class V, std::size_t N>
  constexpr sized size(const problem<V, N>& p) const noexcept;

  /// The trade that sells exactly `x` of new debt. @pre `check(p)` is ok
  template <class V, std::size_t N>
  constexpr trade at_size(const problem<V, N>& p, double x) const noexcept {
    return leverage<V, N>(p, max_slippage, x).at(x);
  }
  /// Why a trade of some size, made by `at_size`, may not be made. @pre `check(p)` is ok
  template <class V, std::size_t N>
  constexpr objection objection_to(const problem<V, N>& p, const trade& t) const noexcept {
    return leverage<V, N>(p, max_slippage, t.sold).object(t, max_cost);
  }

private:
  template <std::size_t N>
  static constexpr double market_value(const terms<double, N>& side, oracle_prices<double> prices) noexcept {
    double sum = 0.0;
    for (const auto& t : side) sum += t.amount * prices[t.slot].value;
    return sum;
  }
};

template <class V, std::size_t N>
constexpr sized leverage_to::size(const problem<V, N>& p) const noexcept {
  sized out;
  if (const errc e = check(p); e != errc::ok) return out.status = e, out;
  if (const errc e = validate(); e != errc::ok) return out.status = e, out;
  leverage<V, N> k(p, max_slippage, smallest_sale);
  const auto refused = [&](errc why, limit binding) { return out.status = why, out.binding = binding, out; };
  out.best_health = out.trade.health_before = health_factor(k.collateral_value, k.debt_value);
  const double assets = market_value(p.liquidation.collateral, p.prices);
  const double debts = market_value(p.liquidation.debt, p.prices);
  if (!(assets < exposure) || !((ratio - 1.0) * assets > ratio * debts || ratio == infinity))
    return refused(errc::already_there, limit::none);
  if (!(out.best_health > p.target)) return refused(errc::infeasible, limit::health_floor);
  if (!p.collateral_limits.can_grow() || !p.debt_limits.can_grow()) return refused(errc::infeasible, limit::reserve);
  if (p.gas.short_of_gas(p.venue->gas(smallest_sale))) return refused(errc::gas_tank, limit::none);

  const curve<V> venue(*p.venue);
  const double price = p.prices[p.liquidation.collateral.find(p.collateral)->slot].value;
  largest most;
  k.settle_gas([&] {
    most = k.largest_size(venue);
    most.at_most(last_root(k.equation(p.target), venue, most.x), limit::health_floor);
    if (ratio < infinity) {
      const double over = ratio - 1.0;
      const size_equation levered{over * price, over * price * k.lost + ratio * k.debt_price * k.borrowed,
                                  ratio * (debts + k.debt_price * k.gas_debt) - over * assets};
      most.at_most(last_root(levered, venue, most.x), limit::none);
    }
    if (exposure < infinity) {
      const size_root bought = solve({price, price * k.lost, exposure - assets}, venue, most.x);
      if (bought.what == size_root::verdict::reached) most.at_most(bought.x, limit::none);
    }
    return most.x;
  });
  out.proven = is_concave<V>();
  out.binding = most.why;
  if (!k.certify(out.trade, most.x, p.target)) return refused(k.none_because(most.why), most.why);
  out.best_health = out.trade.health_after;
  out.status = errc::ok;
  if (const objection no = k.object(out.trade, max_cost); no.why != errc::ok) return refused(no.why, no.binding);
  return out;
}

}  // namespace trimtab::sizing
