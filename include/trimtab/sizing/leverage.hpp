// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/health/change.hpp>
#include <trimtab/sizing/problem.hpp>
#include <trimtab/sizing/size_on_any_venue.hpp>
#include <trimtab/sizing/trade_cost.hpp>

#include <limits>

namespace trimtab::sizing {

/// @brief A problem's numbers for borrowing to buy collateral: what each unit of new debt sold adds to either side. The
/// venue turns debt into collateral.
///
/// Selling x of new debt, y(x) − q·x reaches the collateral and κ·x + G is owed, G + r·x of it handed to whoever sends
/// it, gas and reward:
///
///     flash debt: κ = 1 + f + r, q = 0;   flash collateral: κ = 1 + r, q = f·m/(1 + f);   no flash loan: κ = 1 + r,
///     q = 0
/// @source derived here, from the balance of each funding mode
template <class V, std::size_t N>
struct leverage {
  const problem<V, N>& p;
  double collateral_value, debt_value;                     // C, D, weighted
  double weighted_price, weighted_debt_price, debt_price;  // w·p, v·π, π
  double premium, minimum_price;                           // f, m
  double gas_base = 0.0, gas_debt = 0.0;  // gas in base currency; G in debt, gas unless the tank pays, and reward
  double borrowed = 1.0, lost = 0.0;      // κ, q

  /// @param size of the sale whose gas it is @pre `check(problem)` is ok
  constexpr leverage(const problem<V, N>& of, basis_points max_slippage, double size) noexcept : p(of) {
    const term<double>& bought = *p.liquidation.collateral.find(p.collateral);
    const term<double>& owed = *p.liquidation.debt.find(p.debt);
    collateral_value = weighted_value(p.liquidation.collateral, p.prices);
    debt_value = weighted_value(p.liquidation.debt, p.prices);
    debt_price = p.prices[owed.slot].value;
    weighted_price = bought.weight * p.prices[bought.slot].value;
    weighted_debt_price = owed.weight * debt_price;
    premium = p.funding.mode == funding_mode::none ? 0.0 : p.funding.premium.fraction();
    minimum_price = (1.0 - max_slippage.fraction()) / p.fair_rate;
    gas_debt = p.reward.flat / debt_price;
    use_gas_of(size);
    borrowed = 1.0 + p.reward.share.fraction();
    if (p.funding.mode == funding_mode::flash_debt) borrowed += premium;
    if (p.funding.mode == funding_mode::flash_collateral) lost = premium * minimum_price / (1.0 + premium);
  }

  /// From here on the gas is that of a sale of x. Where gas costs nothing the venue is not asked.
  constexpr void use_gas_of(double x) noexcept {
    if (!(p.gas.price_native > 0.0)) return;
    gas_base = p.gas.fee_base(p.venue->gas(x), p.prices);
    if (p.gas.paid_from == gas_payer::proceeds) gas_debt = (gas_base + p.reward.flat) / debt_price;
  }

  /// @brief Finds a size with the gas of the one that the least gas allows, and keeps the gas of what it finds.
  /// Gas grows with the size: what is allowed with more gas is allowed with its own.
  template <class F>
  constexpr void settle_gas(F&& size) noexcept {
    const double first = size(), least_gas = gas_base;
    use_gas_of(first);
    if (gas_base > least_gas) use_gas_of(size());
  }

  /// Formula   w·p·y − (w·p·q + h·v·π·κ)·x + C − h·(D + v·π·G) ≥ 0: health at or above h, after a unit of the output,
  /// of gas and of a loan's premium, which rounding to whole units may take
  [[nodiscard]] constexpr size_equation equation(double health) const noexcept {
    const double units_of_debt = (gas_debt > 0.0 ? 1.0 : 0.0) + (borrowed > 1.0 ? 1.0 : 0.0);
    const double rounding = weighted_price * (lost > 0.0 ? 2.0 : 1.0) * p.collateral_unit;
    return {weighted_price, weighted_price * lost + health * weighted_debt_price * borrowed,
            health * (debt_value + weighted_debt_price * (gas_debt + units_of_debt * p.debt_unit)) - collateral_value +
                rounding};
  }

  /// Every limit turned into a size.
  [[nodiscard]] constexpr largest largest_size(const curve<V>& venue) const noexcept {
    largest c{p.venue->capacity(), limit::capacity};
    // A few ulps above the floor, so that the minimum output is met after rounding too.
    c.at_most(size_at_average_price(venue, minimum_price * (1.0 + 16.0 * std::numeric_limits<double>::epsilon())),
              limit::slippage);
    const double spare = 2.0 * p.debt_unit;  // what rounding the loan, its premium and the gas may add
    c.at_most((p.debt_limits.borrow_room - gas_debt - spare) / borrowed, limit::borrow_room);
    c.at_most((p.debt_limits.withdrawable - gas_debt - spare) / borrowed, limit::withdrawable);
    c.at_most(p.venue->amount_in(p.collateral_limits.supply_room), limit::supply_room);
    if (p.funding.mode == funding_mode::flash_debt) c.at_most(p.debt_limits.flash_loan_room(), limit::flash_loan);
    if (p.funding.mode == funding_mode::flash_collateral)
      c.at_most(p.collateral_limits.flash_loan_room() * (1.0 + premium) / minimum_price, limit::flash_loan);
    // Borrow form, with the collateral that is there when the borrow is checked: the minimum output, or none of it
    // without a flash loan.
    const auto *ltv = p.borrow.collateral.find(p.collateral), *owed = p.borrow.debt.find(p.debt);
    const double ltv_price = ltv == nullptr ? 0.0 : ltv->weight * p.prices[ltv->slot].value;
    const double borrow_price = owed == nullptr ? weighted_debt_price : owed->weight * p.prices[owed->slot].value;
    const double room = weighted_value(p.borrow.collateral, p.prices) - weighted_value(p.borrow.debt, p.prices) -
                        borrow_price * (gas_debt + spare) - 2.0 * ltv_price * p.collateral_unit;
    const double backed = p.funding.mode == funding_mode::none ? 0.0 : ltv_price * (minimum_price - lost);
    // A part in 10¹² is left unused, so that integer rounding of the plan never lands on the wrong side of the edge.
    if (const double net = borrow_price * borrowed - backed; net > 0.0)
      c.at_most(room / net * (1.0 - 1e-12), limit::borrow_form);
    if (!(room > 0.0)) c.at_most(0.0, limit::borrow_form);
    return c;
  }

  /// The trade that sells x of new debt, with the health it leaves read back by the form's own arithmetic.
  [[nodiscard]] constexpr trade at(double x) const noexcept {
    trade t;
    t.towards = direction::leverage;
    t.mode = p.funding.mode;
    t.collateral = p.collateral;
    t.debt = p.debt;
    t.sold = x;
    t.expected_out = p.venue->amount_out(x);
    t.min_out = minimum_price * x;
    t.gas_in_kind = gas_debt + p.reward.share.fraction() * x;
    if (t.mode != funding_mode::none) t.flash_rate = p.funding.premium;
    if (t.mode == funding_mode::flash_debt) t.flash = x;
    if (t.mode == funding_mode::flash_collateral) t.flash = t.min_out / (1.0 + premium);
    t.flash_premium = t.flash * premium;
    t.collateral_change = t.expected_out - lost * x;
    t.debt_change = borrowed * x + gas_debt;
    const auto health_with = [&](double collateral_change) {
      return health_factor_after(p.liquidation, p.prices, {p.collateral, collateral_change, p.debt, t.debt_change});
    };
    t.health_before = health_factor(p.liquidation, p.prices);
    t.health_after = health_with(t.collateral_change);
    t.health_at_min_out = health_with(t.min_out - lost * x);
    const double collateral_price = p.fair_rate * debt_price;
    t.cost = trade_cost(*p.venue, x, 1.0 / p.fair_rate, collateral_price);
    t.cost.premium = t.flash_premium * (t.mode == funding_mode::flash_collateral ? collateral_price : debt_price);
    t.cost.gas = gas_base;
    t.cost.reward = p.reward.flat + p.reward.share.fraction() * x * debt_price;
    return t;
  }

  /// How a size is refused: where the average price need not fall with the size, slippage proves nothing of others.
  static constexpr errc none_because(limit why) noexcept {
    return is_concave<V>() || why != limit::slippage ? errc::infeasible : errc::no_convergence;
  }
  /// Why a trade made by `at` may not be made.
  [[nodiscard]] constexpr objection object(const trade& t, basis_points max_cost) const noexcept {
    if (p.gas.short_of_gas(p.venue->gas(t.sold))) return {errc::gas_tank, limit::none};
    if (t.expected_out < t.min_out) return {none_because(limit::slippage), limit::slippage};
    if (t.health_at_min_out < p.band_low) return {errc::infeasible, limit::band};
    if (owed_value(p.liquidation.debt, p.prices, p.debt, t.debt_change) < p.minimum_debt)
      return {errc::dust, limit::minimum_debt};
    if (t.cost.total() > max_cost.fraction() * t.sold * debt_price) return {errc::cost_exceeds_limit, limit::cost};
    return {};
  }

  /// @brief The trade at x, or at a few ulps less if only then it reads health at or above `health`; false, and no
  /// trade, when neither does.
  constexpr bool certify(trade& t, double x, double health) const noexcept {
    const double before = t.health_before;
    const size_equation q = equation(health);
    constexpr double few = 8.0 * std::numeric_limits<double>::epsilon();
    // What health falls by per unit at x; not where a venue pays so much there that it rises.
    const double falls = q.give - q.gain * p.venue->marginal_price(x).value;
    double shrink = falls > 0.0 ? few * (collateral_value + health * debt_value) / falls : 0.0;
    shrink = smaller(larger(shrink, few * x), 1e-3 * x);
    for (int attempt = 0; attempt < 6 && x > 0.0 && is_finite(x); ++attempt) {
      x = larger(x - shrink, 0.0);
      t = at(x);
      if (x > 0.0 && t.health_after >= health) return true;
      shrink *= 4.0;
    }
    t = {};
    t.health_before = before;
    return false;
  }
};

}  // namespace trimtab::sizing
