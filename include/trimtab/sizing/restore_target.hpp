// SPDX-License-Identifier: MIT
#pragma once

#include <limits>

#include <trimtab/health/change.hpp>
#include <trimtab/sizing/concept.hpp>
#include <trimtab/sizing/size_equation.hpp>

namespace trimtab::sizing {

/// @brief Sells just enough collateral through one venue to bring health back up to the target, flash premium and gas inside the equation.
///
/// The size is rounded up by a few ulps and the health it leaves is read back with the form's own arithmetic: a trade is returned only
/// when that reads at or above the target. The simplest sizer, and the one to copy.
///
/// Formula   with repaid(x) = y(x) − g − q·x and κ·x withdrawn:
///           C − w·p·κ·x ≥ h·(D − v·π·repaid(x))   ⇔   φ(x) = K·y − (w·p·κ + K·q)·x − (h·D − C + K·g) ≥ 0,  K = h·v·π
///           flash debt: κ = 1, q = f·m/(1 + f), g = G/(1 + f), borrowed (m·x − G)/(1 + f), m the minimum price
///           flash collateral: κ = 1 + f, q = 0, g = G;   no flash loan: κ = 1, q = 0, g = G
/// @source   reference: B.6, with the loan sized to the minimum output so that it can be returned even then
struct restore_target {
  basis_points max_slippage{300.0};  ///< of the average price against the fair one; sets the minimum output
  basis_points max_cost{infinity};   ///< of the fair value sold; does not bind in an emergency
  double health_floor = 1.0;         ///< health between the steps and at the minimum output

  /// @errors bad_configuration
  [[nodiscard]] constexpr errc validate() const noexcept {
    return max_slippage.count > 0.0 && max_slippage.count < 1e4 && max_cost.count > 0.0 && health_floor >= 1.0
               ? errc::ok
               : errc::bad_configuration;
  }
  [[nodiscard]] constexpr bool can(direction d) const noexcept { return d == direction::deleverage; }

  /// @errors asset_mismatch, already_there, infeasible (with its limit), would_worsen, gas_tank, cost_exceeds_limit, dust
  /// @cost   two passes over the holdings, one root a venue piece; no allocation
  template <class V, std::size_t N>
  constexpr sized size(const problem<V, N>& p) const noexcept;

  /// The trade that sells exactly `x`, whatever health it leaves. @pre `size(p)` found the assets and prices sound
  template <class V, std::size_t N>
  constexpr trade at_size(const problem<V, N>& p, double x) const noexcept {
    const coefficients k = coefficients_of(p);
    trade t;
    t.health_before = health_factor(k.collateral_value, k.debt_value);
    fill(t, p, k, x);
    return t;
  }

 private:
  struct coefficients {
    double collateral_value, debt_value;  // C and D
    double withdrawn;                     // κ
    double lost;                          // q
    double fixed;                         // g
    double minimum_price;                 // m
    double weighted_price;                // w·p
    double weighted_debt_price;           // v·π
    double debt_price;                    // π
    double premium;                       // f
    double gas_base, gas_debt;            // G in base currency and in debt
    double held, owed;                    // amounts of the two terms
  };
  struct cap {
    double x = infinity;
    limit name = limit::none;
    constexpr void at_most(double other, limit why) noexcept {
      if (other < x) x = larger(other, 0.0), name = why;
    }
  };

  template <class V, std::size_t N>
  constexpr coefficients coefficients_of(const problem<V, N>& p) const noexcept;
  template <class V, std::size_t N>
  static constexpr cap largest_size(const problem<V, N>& p, const coefficients& k, const curve<V>& venue, double floor) noexcept;
  template <class V, std::size_t N>
  static constexpr void fill(trade& t, const problem<V, N>& p, const coefficients& k, double x) noexcept;
};

template <class V, std::size_t N>
constexpr auto restore_target::largest_size(const problem<V, N>& p, const coefficients& k, const curve<V>& venue,
                                            double floor) noexcept -> cap {
  cap c;
  c.at_most(k.held / k.withdrawn, limit::collateral);
  c.at_most(p.collateral_limits.withdrawable / k.withdrawn, limit::withdrawable);
  c.at_most(p.venue->capacity(), limit::capacity);
  c.at_most(size_at_average_price(venue, k.minimum_price), limit::slippage);
  if (p.funding.mode == funding_mode::flash_debt)
    c.at_most((p.debt_limits.flash_loan_room() * (1.0 + k.premium) + k.gas_debt) / k.minimum_price, limit::flash_loan);
  if (p.funding.mode == funding_mode::flash_collateral) c.at_most(p.collateral_limits.flash_loan_room(), limit::flash_loan);
  if (p.funding.mode == funding_mode::none) {
    c.at_most((k.collateral_value - floor * k.debt_value) / k.weighted_price, limit::health_floor);
    if (p.withdrawal == withdrawal_check::borrow_form) {
      const auto* t = p.borrow.collateral.find(p.collateral);
      const double room = weighted_value(p.borrow.collateral, p.prices) - weighted_value(p.borrow.debt, p.prices);
      if (t != nullptr && t->weight > 0.0) c.at_most(room / (t->weight * p.prices[t->slot].value), limit::borrow_form);
    }
  }
  if (p.liquidation.debt.size() > 1) {  // a single debt is never repaid whole before its target is reached
    const size_root whole = solve(size_equation{1.0, k.lost, k.owed + k.fixed}, venue, c.x);
    if (whole.what == size_root::verdict::reached) c.at_most(whole.x, limit::debt);
  }
  return c;
}

template <class V, std::size_t N>
constexpr void restore_target::fill(trade& t, const problem<V, N>& p, const coefficients& k, double x) noexcept {
  const V& venue = *p.venue;
  t.towards = direction::deleverage;
  t.mode = p.funding.mode;
  t.collateral = p.collateral;
  t.debt = p.debt;
  t.sold = x;
  t.expected_out = venue.amount_out(x);
  t.min_out = k.minimum_price * x;
  t.gas_in_kind = k.gas_debt;
  double repaid_at_min = t.min_out - k.gas_debt;
  double repaid = t.expected_out - k.gas_debt;
  if (t.mode == funding_mode::flash_debt) {
    t.flash = smaller(larger((t.min_out - k.gas_debt) / (1.0 + k.premium), 0.0), k.owed);
    t.flash_premium = t.flash * k.premium;
    repaid -= t.flash_premium;
    repaid_at_min -= t.flash_premium;
  } else if (t.mode == funding_mode::flash_collateral) {
    t.flash = x;
    t.flash_premium = x * k.premium;
  }
  t.collateral_change = -(x + (t.mode == funding_mode::flash_collateral ? t.flash_premium : 0.0));
  t.debt_change = -smaller(repaid, k.owed);
  t.health_after =
      health_factor_after(p.liquidation, p.prices, {p.collateral, t.collateral_change, p.debt, t.debt_change});
  t.health_at_min_out = health_factor_after(
      p.liquidation, p.prices, {p.collateral, t.collateral_change, p.debt, -smaller(repaid_at_min, k.owed)});
  t.cost.spread = (p.fair_rate - venue.marginal_price(0.0).value) * x * k.debt_price;
  t.cost.impact = venue.loss(x) * k.debt_price;
  t.cost.premium = t.flash_premium * k.debt_price * (t.mode == funding_mode::flash_collateral ? p.fair_rate : 1.0);
  t.cost.gas = k.gas_base;
}

template <class V, std::size_t N>
constexpr auto restore_target::coefficients_of(const problem<V, N>& p) const noexcept -> coefficients {
  const term<double>& sells = *p.liquidation.collateral.find(p.collateral);
  const term<double>& repays = *p.liquidation.debt.find(p.debt);
  coefficients k{};
  k.collateral_value = weighted_value(p.liquidation.collateral, p.prices);
  k.debt_value = weighted_value(p.liquidation.debt, p.prices);
  k.premium = p.funding.mode == funding_mode::none ? 0.0 : p.funding.premium.fraction();
  k.debt_price = p.prices[repays.slot].value;
  k.weighted_price = sells.weight * p.prices[sells.slot].value;
  k.weighted_debt_price = repays.weight * k.debt_price;
  k.held = sells.amount;
  k.owed = repays.amount;
  k.minimum_price = p.fair_rate * (1.0 - max_slippage.fraction());
  k.gas_base = p.gas.fee_base(p.venue->gas(k.held), p.prices);
  if (p.gas.paid_from == gas_payer::proceeds) k.gas_debt = k.gas_base / k.debt_price;
  const bool debt_lent = p.funding.mode == funding_mode::flash_debt;
  k.withdrawn = p.funding.mode == funding_mode::flash_collateral ? 1.0 + k.premium : 1.0;
  k.lost = debt_lent ? k.minimum_price * k.premium / (1.0 + k.premium) : 0.0;
  k.fixed = debt_lent ? k.gas_debt / (1.0 + k.premium) : k.gas_debt;
  return k;
}

template <class V, std::size_t N>
constexpr sized restore_target::size(const problem<V, N>& p) const noexcept {
  sized out;
  if (const errc e = check(p); e != errc::ok) return out.status = e, out;
  const coefficients k = coefficients_of(p);
  out.best_health = out.trade.health_before = health_factor(k.collateral_value, k.debt_value);
  if (out.best_health >= p.target) return out.status = errc::already_there, out;
  if (!p.collateral_limits.can_reduce() || !p.debt_limits.can_reduce())
    return out.status = errc::infeasible, out.binding = limit::reserve, out;
  if (p.gas.short_of_gas(p.venue->gas(k.held))) return out.status = errc::gas_tank, out;

  const curve<V> venue(*p.venue);
  const cap most = largest_size(p, k, venue, health_floor);
  const double gain = p.target * k.weighted_debt_price, give = k.weighted_price * k.withdrawn;
  const size_equation equation{gain, give + gain * k.lost,
                               p.target * k.debt_value - k.collateral_value + gain * k.fixed};
  const size_root root = solve(equation, venue, most.x);

  bool reached = false;
  if (root.what == size_root::verdict::reached) {
    // Six ulps of both sides of the inequality, turned into size, so that rounding in the read-back never shows less than the target.
    constexpr double margin = 6.0 * std::numeric_limits<double>::epsilon();
    double step = margin * (p.target * k.debt_value + k.collateral_value) / root.slope;
    double x = smaller(root.x + step, most.x);
    for (int attempt = 0; attempt < 4 && !reached; ++attempt) {
      fill(out.trade, p, k, x);
      reached = out.trade.health_after >= p.target;
      x = smaller(x + step, most.x);
      step *= 2.0;
    }
  }
  if (reached) {
    out.best_health = out.trade.health_after;
    out.status = errc::ok;
  } else {
    out.binding = root.what == size_root::verdict::pole    ? limit::pole
                  : root.what == size_root::verdict::depth ? limit::depth
                                                           : most.name;
    out.status = errc::infeasible;
    const double best = smaller(most.x, size_of_best_ratio(venue, k.collateral_value, k.debt_value + k.weighted_debt_price * k.fixed,
                                                           give, k.weighted_debt_price, k.lost, most.x));
    if (best > 0.0) fill(out.trade, p, k, best);
    if (!(out.trade.health_after > out.trade.health_before) || best == 0.0) {
      const double before = out.trade.health_before;
      out.trade = {};
      out.trade.health_before = before;
      if (most.x > 0.0) out.status = errc::would_worsen;
      return out;
    }
    out.best_health = out.trade.health_after;
  }

  if (out.trade.health_at_min_out < health_floor) return out.status = errc::infeasible, out.binding = limit::health_floor, out;
  const double left = k.debt_value + k.weighted_debt_price * out.trade.debt_change;
  if (left > 0.0 && left < p.minimum_debt) return out.status = errc::dust, out.binding = limit::minimum_debt, out;
  if (!p.urgent && out.trade.cost.total() > max_cost.fraction() * out.trade.sold * p.fair_rate * k.debt_price)
    return out.status = errc::cost_exceeds_limit, out.binding = limit::cost, out;
  return out;
}

}  // namespace trimtab::sizing
