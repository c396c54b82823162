// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/sizing/basket_trades.hpp>

namespace trimtab::sizing {

/// @brief Which collaterals to sell and which debts to repay, jointly, so that health comes to the target at least
/// cost.
///
/// Cost is Σ p·x − Σ π·q at oracle prices, loan premium and gas included. One number decides all: every collateral is
/// sold until its venue pays no more than p·(1 − t·(1 − w/h)) per token, t in [0, 1], so that a low threshold is given
/// up first; see `basket_dual`. Venues that pay above the oracle are used even at t = 0, where cost falls.
/// Rules, minimum debts and gas per venue are searched over, with a bound (`basket_search`).
///
/// The numeraire's flash loan, health between the steps without a loan, the borrow form and the account's minimum debt
/// are looked at afterwards: they refuse a basket and do not shape it. Gas that a venue asks by size is charged at the
/// largest size. The answer carries its proof: marginal prices against their limits, a lower bound of the cost by
/// duality, health read back with the form's own arithmetic.
/// @source derived here: Lagrange multipliers of the health inequality and of the budget, combined into t; duality as
///         in Boyd, Vandenberghe 2004, "Convex Optimization", chapter 5
struct basket {
  basis_points max_cost{infinity};  ///< of the value sold; does not bind in an emergency
  double health_floor = 1.0;        ///< without a flash loan: health after all withdrawals, before the first repayment
  std::size_t node_limit = 4096;    ///< programs solved at most when there are rules, minimum debts or gas to choose by

  /// @errors bad_configuration
  [[nodiscard]] constexpr errc validate() const noexcept {
    return max_cost.count > 0.0 && health_floor >= 1.0 && node_limit > 0 ? errc::ok : errc::bad_configuration;
  }

  /// @errors those of `check`, already_there, infeasible (with its limit and the best health), would_worsen (even the
  ///         best basket lowers health), gas_tank, dust (what remains of the debt), cost_exceeds_limit, no_convergence
  ///         (health or prices could not be certified)
  /// @cost   a dozen passes over the legs for one program; no allocation
  template <class V, std::size_t N>
  constexpr basket_sized<N> size(const basket_problem<V, N>& p) const noexcept;
};

template <class V, std::size_t N>
constexpr basket_sized<N> basket::size(const basket_problem<V, N>& p) const noexcept {
  basket_sized<N> out;
  if (const errc e = validate(); e != errc::ok) return out.status = e, out;
  if (const errc e = check(p); e != errc::ok) return out.status = e, out;
  basket_trades<V, N> w(p);
  const auto& program = w.root.program;
  out.best_health = out.health_after = out.health_before = health_factor(program.collateral_value, program.debt_value);
  if (out.health_before >= p.target) return out.status = errc::already_there, out;

  auto& tree = w.tree;
  tree.node_limit = node_limit;
  tree.explore(w.root);
  out.searched = tree.searched;
  out.exhaustive = tree.exhaustive;
  const auto without_trades = [&](errc why) {
    basket_sized<N> none;
    none.status = why;
    none.binding = out.binding;
    none.health_before = none.health_after = out.health_before;
    none.best_health = out.best_health;
    none.shortfall = out.shortfall;
    none.searched = out.searched;
    none.exhaustive = out.exhaustive;
    return none;
  };
  if (!tree.found) {
    if (!tree.exhaustive) return without_trades(errc::no_convergence);
    out.shortfall = tree.least_short < infinity ? tree.least_short : 0.0;
    tree.wanted = decltype(w.tree)::aim::best_health;
    tree.searched = 0;
    tree.explore(w.root);
    out.searched += tree.searched;
    out.exhaustive = tree.exhaustive;
    out.binding = tree.found ? w.why_not(tree.best) : limit::cost;  // no sale pays for the gas
    if (!tree.found) return without_trades(errc::infeasible);
    tree.bound = -infinity;
    tree.best_node.program.target = -tree.best_score;  // what its prices are limited by
    w.fill(out);
    if (!(out.health_after > out.health_before)) return without_trades(errc::would_worsen);
    if (const errc no = w.object(out, max_cost, health_floor); no != errc::ok)
      return without_trades(no == errc::gas_tank ? no : errc::infeasible);
    out.best_health = out.health_after;
    out.status = errc::infeasible;
    return out;
  }
  w.fill(out);
  for (int attempt = 0; !(out.health_after >= p.target); ++attempt) {
    tree.best_node.program.margin *= 2.0;
    const auto at = tree.best_node.program.solve();
    if (attempt == 4 || !(at.above >= 0.0)) return without_trades(errc::no_convergence);
    tree.best = at;
    w.fill(out);
  }
  // Where curves are concave, prices off their limits would be a failure of arithmetic: not to be passed for an
  // optimum.
  if (is_concave<V>() && !(out.kkt <= 1e-6)) return without_trades(errc::no_convergence);
  out.best_health = out.health_after;
  out.status = w.object(out, max_cost, health_floor);
  return out.status == errc::ok ? out : without_trades(out.status);
}

}  // namespace trimtab::sizing
