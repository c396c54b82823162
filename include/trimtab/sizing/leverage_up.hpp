// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/health/change.hpp>
#include <trimtab/sizing/concept.hpp>
#include <trimtab/sizing/size_equation.hpp>

#include <limits>

namespace trimtab::sizing {

/// @brief Borrows more and buys collateral with it until health has come down to the target, inside both forms.
///
/// The liquidation form sets the size, the borrow form may cut it: after the borrow the account must satisfy the LTVs,
/// at the minimum output too. Capped trades are still trades: health then stays above the target, and the binding limit
/// is named.
///
/// Formula   C + w·p·(y(x) − q·x) ≥ h·(D + v·π·(κ·x + G)); the largest x
///           flash debt: κ = 1 + f, q = 0;   flash collateral: κ = 1, q = f·m/(1 + f);   no flash loan: κ = 1, q = 0
/// @source   reference: B.6, "leverage up"
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
  /// dust
  template <class V, std::size_t N>
  constexpr sized size(const problem<V, N>& p) const noexcept;

  /// The trade that sells exactly `x` of new debt. @pre `size(p)` found the assets and prices sound
  template <class V, std::size_t N>
  constexpr trade at_size(const problem<V, N>& p, double x) const noexcept;

  /// Why a trade of some size, made by `at_size`, may not be made. @pre `check(p)` is ok
  template <class V, std::size_t N>
  constexpr objection objection_to(const problem<V, N>& p, const trade& t) const noexcept;

private:
  struct money {
    double premium, minimum_price, gas_base, gas_debt;
    double borrowed;  // κ
    double lost;      // q
  };
  template <class V, std::size_t N>
  constexpr money money_of(const problem<V, N>& p) const noexcept {
    money m{};
    m.premium = p.funding.mode == funding_mode::none ? 0.0 : p.funding.premium.fraction();
    m.minimum_price = (1.0 - max_slippage.fraction()) / p.fair_rate;
    m.gas_base = p.gas.fee_base(p.venue->gas(1.0), p.prices);
    const double debt_price = p.prices[p.liquidation.debt.find(p.debt)->slot].value;
    if (p.gas.paid_from == gas_payer::proceeds) m.gas_debt = m.gas_base / debt_price;
    m.borrowed = p.funding.mode == funding_mode::flash_debt ? 1.0 + m.premium : 1.0;
    m.lost = p.funding.mode == funding_mode::flash_collateral ? m.premium * m.minimum_price / (1.0 + m.premium) : 0.0;
    return m;
  }
};

template <class V, std::size_t N>
constexpr trade leverage_up::at_size(const problem<V, N>& p, double x) const noexcept {
  const money m = money_of(p);
  trade t;
  t.towards = direction::leverage;
  t.mode = p.funding.mode;
  t.collateral = p.collateral;
  t.debt = p.debt;
  t.sold = x;
  t.expected_out = p.venue->amount_out(x);
  t.min_out = m.minimum_price * x;
  t.gas_in_kind = m.gas_debt;
  if (t.mode != funding_mode::none) t.flash_rate = p.funding.premium;
  if (t.mode == funding_mode::flash_debt) t.flash = x;
  if (t.mode == funding_mode::flash_collateral) t.flash = t.min_out / (1.0 + m.premium);
  t.flash_premium = t.flash * m.premium;
  t.collateral_change = t.expected_out - m.lost * x;
  t.debt_change = m.borrowed * x + m.gas_debt;
  const double debt_price = p.prices[p.liquidation.debt.find(p.debt)->slot].value;
  t.health_before = health_factor(p.liquidation, p.prices);
  t.health_after =
      health_factor_after(p.liquidation, p.prices, {p.collateral, t.collateral_change, p.debt, t.debt_change});
  t.health_at_min_out =
      health_factor_after(p.liquidation, p.prices, {p.collateral, t.min_out - m.lost * x, p.debt, t.debt_change});
  const double collateral_price = p.fair_rate * debt_price;
  t.cost.spread = (1.0 / p.fair_rate - p.venue->marginal_price(0.0).value) * x * collateral_price;
  t.cost.impact = p.venue->loss(x) * collateral_price;
  t.cost.premium = t.flash_premium * (t.mode == funding_mode::flash_collateral ? collateral_price : debt_price);
  t.cost.gas = m.gas_base;
  return t;
}

template <class V, std::size_t N>
constexpr sized leverage_up::size(const problem<V, N>& p) const noexcept {
  sized out;
  if (const errc e = check(p); e != errc::ok) return out.status = e, out;
  const double collateral_value = weighted_value(p.liquidation.collateral, p.prices);
  const double debt_value = weighted_value(p.liquidation.debt, p.prices);
  out.best_health = out.trade.health_before = health_factor(collateral_value, debt_value);
  if (!(out.best_health > p.target)) return out.status = errc::already_there, out;
  if (!p.collateral_limits.can_grow() || !p.debt_limits.can_grow())
    return out.status = errc::infeasible, out.binding = limit::reserve, out;
  if (p.gas.short_of_gas(p.venue->gas(1.0))) return out.status = errc::gas_tank, out;

  const money m = money_of(p);
  const auto &bought = *p.liquidation.collateral.find(p.collateral), &owed = *p.liquidation.debt.find(p.debt);
  const double weighted_price = bought.weight * p.prices[bought.slot].value;
  const double weighted_debt_price = owed.weight * p.prices[owed.slot].value;
  const curve<V> venue(*p.venue);

  double cap = p.venue->capacity();
  limit why = limit::capacity;
  const auto at_most = [&](double other, limit name) {
    if (other < cap) cap = larger(other, 0.0), why = name;
  };
  // A few ulps above the floor, so that the minimum output is met after rounding too.
  at_most(size_at_average_price(venue, m.minimum_price * (1.0 + 16.0 * std::numeric_limits<double>::epsilon())),
          limit::slippage);
  const double spare = 2.0 * p.debt_unit;  // what rounding the loan, its premium and the gas may add
  at_most((p.debt_limits.borrow_room - m.gas_debt - spare) / m.borrowed, limit::borrow_room);
  at_most((p.debt_limits.withdrawable - m.gas_debt - spare) / m.borrowed, limit::withdrawable);
  at_most(p.venue->amount_in(p.collateral_limits.supply_room), limit::supply_room);
  if (p.funding.mode == funding_mode::flash_debt) at_most(p.debt_limits.flash_loan_room(), limit::flash_loan);
  if (p.funding.mode == funding_mode::flash_collateral)
    at_most(p.collateral_limits.flash_loan_room() * (1.0 + m.premium) / m.minimum_price, limit::flash_loan);
  // Borrow form, with the collateral that is there when the borrow is checked: the minimum output, or none of it
  // without a flash loan.
  const auto* ltv = p.borrow.collateral.find(p.collateral);
  const auto* borrowed = p.borrow.debt.find(p.debt);
  const double ltv_price = ltv == nullptr ? 0.0 : ltv->weight * p.prices[ltv->slot].value;
  const double borrow_price =
      borrowed == nullptr ? weighted_debt_price : borrowed->weight * p.prices[borrowed->slot].value;
  const double room = weighted_value(p.borrow.collateral, p.prices) - weighted_value(p.borrow.debt, p.prices) -
                      borrow_price * (m.gas_debt + spare) - 2.0 * ltv_price * p.collateral_unit;
  const double backed = p.funding.mode == funding_mode::none ? 0.0 : ltv_price * (m.minimum_price - m.lost);
  // A part in 10¹² is left unused, so that integer rounding of the plan never lands on the wrong side of the edge.
  if (const double net = borrow_price * m.borrowed - backed; net > 0.0)
    at_most(room / net * (1.0 - 1e-12), limit::borrow_form);
  if (!(room > 0.0)) at_most(0.0, limit::borrow_form);

  const double give = weighted_price * m.lost + p.target * weighted_debt_price * m.borrowed;
  const double surplus = collateral_value - p.target * (debt_value + weighted_debt_price * m.gas_debt);
  const double root = last_root(size_equation{weighted_price, give, -surplus}, venue, cap);
  out.binding = root < cap ? limit::none : why;
  double x = smaller(root, cap);
  double shrink = 8.0 * std::numeric_limits<double>::epsilon() * (collateral_value + p.target * debt_value) /
                  larger(give - weighted_price * venue.piece[0].price, std::numeric_limits<double>::min());
  for (int attempt = 0; attempt < 6 && x > 0.0 && is_finite(x); ++attempt) {
    x = larger(x - shrink, 0.0);
    out.trade = at_size(p, x);
    if (out.trade.health_after >= p.target) break;
    shrink *= 4.0;
  }
  if (!(x > 0.0) || !is_finite(x) || !(out.trade.health_after >= p.target)) {
    const double before = out.best_health;
    out.trade = {};
    out.trade.health_before = before;
    return out.status = errc::infeasible, out;
  }
  out.best_health = out.trade.health_after;
  out.status = errc::ok;
  if (const objection no = objection_to(p, out.trade); no.why != errc::ok)
    out.status = no.why, out.binding = no.binding;
  return out;
}

template <class V, std::size_t N>
constexpr objection leverage_up::objection_to(const problem<V, N>& p, const trade& t) const noexcept {
  const auto& owed = *p.liquidation.debt.find(p.debt);
  const double price = p.prices[owed.slot].value;
  if (weighted_value(p.liquidation.debt, p.prices) + owed.weight * price * t.debt_change < p.minimum_debt)
    return {errc::dust, limit::minimum_debt};
  if (t.cost.total() > max_cost.fraction() * t.sold * price) return {errc::cost_exceeds_limit, limit::cost};
  return {};
}

}  // namespace trimtab::sizing
