// SPDX-License-Identifier: MIT
#pragma once

/// The constraint set of `sizing::restore_target`, written down again from its docstring in 80-bit numbers and searched
/// by bisection and ternary search: what the closed form is checked against. Slow, and shares nothing with it but the
/// venue's own curve.

#include <trimtab/sizing/restore_target.hpp>

#include "support/cases.hpp"
#include <algorithm>
#include <cmath>

namespace cases {

using real = long double;

/// What a search found: the verdict, what binds, and how far from any other verdict it is.
struct exact_answer {
  trimtab::errc status = trimtab::errc::ok;
  trimtab::sizing::limit binding = trimtab::sizing::limit::none;
  real size = 0;             ///< least size that reaches the target, or the size of the best health
  real best_health = 0;      ///< of the trades that do not reach it
  bool many_limits = false;  ///< more than one limit allows nothing at all: any of them may be named
  bool close = false;        ///< a comparison on the way was decided by less than the data's own rounding
};

template <class V, std::size_t N = 8>
struct exact_problem {
  const trimtab::sizing::problem<V, N>& p;
  real collateral = 0, debt = 0, weighted_price, weighted_debt_price, debt_price, held, owed;
  real premium, minimum_price, gas, withdrawn, lost, fixed, floor, max_cost;

  exact_problem(const trimtab::sizing::problem<V, N>& problem, const trimtab::sizing::restore_target& sizer)
      : p(problem) {
    using trimtab::sizing::funding_mode;
    for (const auto& t : p.liquidation.collateral)
      collateral += static_cast<real>(t.weight) * t.amount * p.prices[t.slot].value;
    for (const auto& t : p.liquidation.debt) debt += static_cast<real>(t.weight) * t.amount * p.prices[t.slot].value;
    const auto &c = *p.liquidation.collateral.find(p.collateral), &d = *p.liquidation.debt.find(p.debt);
    weighted_price = static_cast<real>(c.weight) * p.prices[c.slot].value;
    debt_price = p.prices[d.slot].value;
    weighted_debt_price = d.weight * debt_price;
    held = c.amount;
    owed = d.amount;
    premium = p.funding.mode == funding_mode::none ? 0 : static_cast<real>(p.funding.premium.count) / 1e4L;
    minimum_price = p.fair_rate * (1 - static_cast<real>(sizer.max_slippage.count) / 1e4L);
    gas = p.gas.paid_from == trimtab::gas_payer::proceeds ? gas_base() / debt_price : 0;
    const bool lent = p.funding.mode == funding_mode::flash_debt;
    withdrawn = p.funding.mode == funding_mode::flash_collateral ? 1 + premium : 1;
    lost = lent ? minimum_price * premium / (1 + premium) : 0;
    fixed = lent ? gas / (1 + premium) : gas;
    floor = sizer.health_floor;
    max_cost = static_cast<real>(sizer.max_cost.count) / 1e4L;
  }
  [[nodiscard]] real gas_base() const {
    const real fee = (static_cast<real>(p.gas.transaction_gas) + p.venue->gas(1.0)) * p.gas.price_native;
    return fee > 0 ? fee * p.prices[p.gas.native].value : 0;
  }
  [[nodiscard]] real out(real x) const { return p.venue->template amount_out<real>(x); }
  [[nodiscard]] real repaid(real x) const { return out(x) - fixed - lost * x; }
  [[nodiscard]] real phi(real x) const {
    return collateral - weighted_price * withdrawn * x - p.target * (debt - weighted_debt_price * repaid(x));
  }
  [[nodiscard]] real health(real x) const {
    return (collateral - weighted_price * withdrawn * x) / (debt - weighted_debt_price * repaid(x));
  }
  [[nodiscard]] real health_at_min_out(real x) const {
    return (collateral - weighted_price * withdrawn * x) /
           (debt - weighted_debt_price * (minimum_price * x - fixed - lost * x));
  }
  /// What the borrow form shows when the collateral has left and only the minimum output has come back.
  [[nodiscard]] real borrow_room_at_min_out(real x) const {
    real room = 0;
    for (const auto& t : p.borrow.collateral) room += static_cast<real>(t.weight) * t.amount * p.prices[t.slot].value;
    for (const auto& t : p.borrow.debt) room -= static_cast<real>(t.weight) * t.amount * p.prices[t.slot].value;
    const auto &c = *p.borrow.collateral.find(p.collateral), &d = *p.borrow.debt.find(p.debt);
    return room - static_cast<real>(c.weight) * p.prices[c.slot].value * withdrawn * x +
           static_cast<real>(d.weight) * debt_price * (minimum_price * x - fixed - lost * x);
  }
  /// At the minimum output the proceeds do not even pay for the transaction.
  [[nodiscard]] bool gas_eats_it(real x) const { return minimum_price * x <= gas; }
  [[nodiscard]] real cost(real x) const {
    using trimtab::sizing::funding_mode;
    const real flash = p.funding.mode == funding_mode::flash_debt         ? (minimum_price * x - gas) / (1 + premium)
                       : p.funding.mode == funding_mode::flash_collateral ? x * p.fair_rate
                                                                          : 0;
    return (p.fair_rate * x - out(x) + premium * (flash > 0 ? flash : 0)) * debt_price + gas_base();
  }

  /// The last x in [0, high] for which `allowed` holds, which holds from 0 on.
  template <class F>
  static real last(real high, F&& allowed) {
    if (allowed(high)) return high;
    real low = 0;
    for (int i = 0; i < 90; ++i) {
      const real middle = (low + high) / 2;
      (allowed(middle) ? low : high) = middle;
    }
    return low;
  }

  [[nodiscard]] exact_answer answer() const;
};

template <class V, std::size_t N>
exact_answer exact_problem<V, N>::answer() const {
  using trimtab::errc;
  using trimtab::sizing::funding_mode;
  using trimtab::sizing::limit;
  constexpr real noise = 64 * eps;
  exact_answer a;
  const auto near = [&](real left, real right, real scale) {
    a.close = a.close || std::fabs(left - right) <= noise * scale;
  };

  near(collateral, p.target * debt, collateral);
  if (collateral >= p.target * debt) return a.status = errc::already_there, a;
  if (p.collateral_limits.paused || p.debt_limits.paused || !p.collateral_limits.active || !p.debt_limits.active)
    return a.status = errc::infeasible, a.binding = limit::reserve, a;
  if (p.gas.short_of_gas(p.venue->gas(1.0))) return a.status = errc::gas_tank, a;

  real cap = held / withdrawn;
  limit name = limit::collateral;
  const auto at_most = [&](real other, limit why) {
    if (cap > 0 && std::fabs(other - cap) <= noise * cap) a.close = true;
    if (cap == 0 && other <= 0) a.many_limits = true;
    if (other < cap) cap = other > 0 ? other : 0, name = why;
  };
  at_most(p.collateral_limits.withdrawable / withdrawn, limit::withdrawable);
  at_most(p.venue->capacity(), limit::capacity);
  if (p.funding.mode == funding_mode::flash_debt)
    at_most((p.debt_limits.flash_loan_room() * (1 + premium) + gas) / minimum_price, limit::flash_loan);
  if (p.funding.mode == funding_mode::flash_collateral)
    at_most(p.collateral_limits.flash_loan_room(), limit::flash_loan);
  if (p.funding.mode == funding_mode::none) {
    at_most((collateral - floor * debt) / weighted_price, limit::health_floor);
    if (p.withdrawal == trimtab::withdrawal_check::borrow_form) {
      real room = 0;
      for (const auto& t : p.borrow.collateral) room += static_cast<real>(t.weight) * t.amount * p.prices[t.slot].value;
      for (const auto& t : p.borrow.debt) room -= static_cast<real>(t.weight) * t.amount * p.prices[t.slot].value;
      const auto& t = *p.borrow.collateral.find(p.collateral);
      at_most(room / (static_cast<real>(t.weight) * p.prices[t.slot].value), limit::borrow_form);
    }
  }
  real from = 0;  // where the conditions begin to hold
  bool raised = false;
  if (p.funding.mode != funding_mode::none) {
    // Both conditions are linear in the size: one that selling brings nearer is a cap, one that it takes away begins.
    const auto ends_at = [&](auto&& value, limit why) {
      const real at_nothing = value(real(0)), falls = at_nothing - value(real(1));
      if (falls > 0) at_most(at_nothing / falls, why);
      if (falls < 0 && at_nothing < 0) from = std::max(from, at_nothing / falls);
    };
    ends_at(
        [&](real x) {
          return collateral - weighted_price * withdrawn * x -
                 floor * (debt - weighted_debt_price * (minimum_price * x - fixed - lost * x));
        },
        limit::health_floor);
    if (p.withdrawal == trimtab::withdrawal_check::borrow_form)
      ends_at([&](real x) { return borrow_room_at_min_out(x); }, limit::borrow_form);
  }
  const real first = p.venue->template marginal_price<real>(0).value;
  near(first, minimum_price, first);
  if (first <= minimum_price) {
    at_most(0, limit::slippage);
  } else if (out(cap) < minimum_price * cap) {
    at_most(last(cap, [&](real x) { return out(x) >= minimum_price * x; }), limit::slippage);
  }
  if (repaid(cap) > owed) at_most(last(cap, [&](real x) { return repaid(x) <= owed; }), limit::debt);

  // φ is concave: its top on [0, cap], by the sign of its slope.
  const auto rises = [&](real x) {
    return p.target * weighted_debt_price * (p.venue->template marginal_price<real>(x).value - lost) >
           weighted_price * withdrawn;
  };
  const real top = last(cap, rises), scale = collateral + p.target * debt;
  const real best = phi(top);
  near(best, 0, scale);
  if (best >= 0) {
    a.size = last(top, [&](real x) { return phi(x) < 0; });
    near(from, a.size, a.size);
    near(from, cap, cap);
    if (from > a.size && from <= cap) {
      near(phi(from), 0, scale);
      if (phi(from) >= 0) a.size = from, a.binding = limit::health_floor, raised = true;
    }
  } else {
    a.binding = !rises(0) ? limit::pole : top < cap * (1 - noise) ? limit::depth : name;
    near(p.target * weighted_debt_price * (first - lost), weighted_price * withdrawn, weighted_price);
    a.status = errc::infeasible;
    real low = 0, high = cap;
    for (int i = 0; i < 110 && high - low > 1e-12L * high; ++i) {
      const real third = (high - low) / 3;
      if (health(low + third) < health(high - third)) {
        low += third;
      } else {
        high -= third;
      }
    }
    a.size = (low + high) / 2;
    if (health(cap) >= health(a.size)) a.size = cap;
    if (cap == 0) return a.best_health = collateral / debt, a.binding = name, a;
    a.best_health = health(a.size);
    near(a.best_health, collateral / debt, a.best_health);
    if (a.best_health <= collateral / debt || a.size < 1e-9L * cap) {
      a.close = a.close || a.size < 1e-6L * cap ? a.best_health > collateral / debt : a.close;
      a.status = errc::would_worsen;
      a.best_health = collateral / debt;
      a.size = 0;
      return a;
    }
  }
  const real at_worst = health_at_min_out(a.size);
  real left = -debt_price * repaid(a.size);  // in tokens: a borrow factor is no debt
  for (const auto& t : p.liquidation.debt) left += static_cast<real>(t.amount) * p.prices[t.slot].value;
  constexpr real coarse = 1e-9L;  // the best size is flat: known to half the digits
  const real slack = a.status == errc::ok ? noise : coarse;
  if (!raised && std::fabs(at_worst - floor) <= slack * floor) a.close = true;
  if (!raised && at_worst < floor) return a.status = errc::infeasible, a.binding = limit::health_floor, a;
  if (!raised && p.withdrawal == trimtab::withdrawal_check::borrow_form && p.funding.mode != funding_mode::none) {
    const real room = borrow_room_at_min_out(a.size);
    if (std::fabs(room) <= slack * collateral) a.close = true;
    if (room < 0) return a.status = errc::infeasible, a.binding = limit::borrow_form, a;
  }
  if (std::fabs(left - p.minimum_debt) <= slack * debt) a.close = true;
  if (left < p.minimum_debt) return a.status = errc::dust, a.binding = limit::minimum_debt, a;
  const real ceiling = max_cost * a.size * p.fair_rate * debt_price;
  if (std::fabs(cost(a.size) - ceiling) <= slack * a.size * p.fair_rate * debt_price) a.close = true;
  if (!p.urgent && cost(a.size) > ceiling) return a.status = errc::cost_exceeds_limit, a.binding = limit::cost, a;
  return a;
}

}  // namespace cases
