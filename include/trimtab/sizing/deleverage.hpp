// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/health/change.hpp>
#include <trimtab/sizing/problem.hpp>
#include <trimtab/sizing/size_on_any_venue.hpp>
#include <trimtab/sizing/trade_cost.hpp>

#include <limits>

namespace trimtab::sizing {

/// One, but for the few ulps that a trade stays inside an edge by, so that rounding to integers never lands beyond it.
inline constexpr double almost_one = 1.0 - 16.0 * std::numeric_limits<double>::epsilon();

/// @brief A problem's numbers for selling collateral to repay debt: what each unit sold gives up, brings in and costs.
///
/// With repaid(x) = y(x) − g − q·x and κ·x withdrawn, G + r·m·x handed to whoever sends it, gas and reward:
///
///     C − w·p·κ·x ≥ h·(D − v·π·repaid(x))   ⇔   K·y − (w·p·κ + K·q)·x − (h·D − C + K·g) ≥ 0,  K = h·v·π
///     flash debt:        κ = 1, q = (f + r)·m/(1 + f), g = G/(1 + f); lent ((1 − r)·m·x − G)/(1 + f), which even the
///                        minimum output returns
///     flash collateral:  κ = 1 + f, q = r·m, g = G
///     no flash loan:     κ = 1, q = r·m, g = G
/// The reward's share r is of the minimum output: it is linear in x, and what is promised is what is sure to be there.
/// @source derived here, from the balance of each funding mode
template <class V, std::size_t N>
struct deleverage {
  const problem<V, N>& p;
  double collateral_value, debt_value;                     // C, D
  double weighted_price, weighted_debt_price, debt_price;  // w·p, v·π, π
  double held, owed;                                       // amounts of the two terms
  double premium, kept;                                    // f, 1/(1 + f)
  double withdrawn = 1.0, lost = 0.0, fixed = 0.0;         // κ, q, g
  double minimum_price;                                    // m
  double gas_base = 0.0, gas_debt = 0.0;  // gas in base currency; G in debt, gas unless the tank pays, and reward

  /// @param size of the sale whose gas it is @pre `check(problem)` is ok
  constexpr deleverage(const problem<V, N>& of, basis_points max_slippage, double size = infinity) noexcept : p(of) {
    const term<double>& sells = *p.liquidation.collateral.find(p.collateral);
    const term<double>& repays = *p.liquidation.debt.find(p.debt);
    collateral_value = weighted_value(p.liquidation.collateral, p.prices);
    debt_value = weighted_value(p.liquidation.debt, p.prices);
    debt_price = p.prices[repays.slot].value;
    weighted_price = sells.weight * p.prices[sells.slot].value;
    weighted_debt_price = repays.weight * debt_price;
    held = sells.amount;
    owed = repays.amount;
    premium = p.funding.mode == funding_mode::none ? 0.0 : p.funding.premium.fraction();
    kept = 1.0 / (1.0 + premium);
    minimum_price = p.fair_rate * (1.0 - max_slippage.fraction());
    if (p.funding.mode == funding_mode::flash_collateral) withdrawn = 1.0 + premium;
    lost = reward_each();
    if (p.funding.mode == funding_mode::flash_debt) lost = minimum_price * premium * kept + lost * kept;
    hand_over(0.0);
    use_gas_of(size);
  }

  /// From here on the gas is that of a sale of x. Where gas costs nothing the venue is not asked.
  constexpr void use_gas_of(double x) noexcept {
    if (!(p.gas.price_native > 0.0)) return;
    gas_base = p.gas.fee_base(p.venue->gas(smaller(x, held)), p.prices);
    if (p.gas.paid_from == gas_payer::proceeds) hand_over(gas_base);
  }
  constexpr void hand_over(double gas) noexcept {
    gas_debt = gas + p.reward.flat > 0.0 ? (gas + p.reward.flat) / debt_price : 0.0;
    fixed = p.funding.mode == funding_mode::flash_debt ? gas_debt * kept : gas_debt;
  }
  /// Debt handed over for each unit sold: r·m.
  [[nodiscard]] constexpr double reward_each() const noexcept {
    return p.reward.share.count > 0.0 ? p.reward.share.fraction() * minimum_price : 0.0;
  }

  /// With what rounding to whole units may take: a unit of the output, of gas and of a loan's premium.
  [[nodiscard]] constexpr size_equation equation(double target) const noexcept {
    const double gain = target * weighted_debt_price;
    const double units_of_debt = 1.0 + (gas_debt > 0.0 ? 1.0 : 0.0) + (lost > 0.0 ? 1.0 : 0.0);
    const double rounding =
        gain * units_of_debt * p.debt_unit + (withdrawn > 1.0 ? weighted_price * p.collateral_unit : 0.0);
    return {gain, weighted_price * withdrawn + gain * lost,
            target * debt_value - collateral_value + gain * fixed + rounding};
  }

  /// The size of the highest health this venue gives, whatever the target. See `size_of_best_ratio`.
  [[nodiscard]] constexpr double best_size(const curve<V>& venue, double cap) const noexcept {
    return smaller(cap, size_of_best_ratio(venue, collateral_value, debt_value + weighted_debt_price * fixed,
                                           weighted_price * withdrawn, weighted_debt_price, lost, cap));
  }

  /// Every limit turned into a size.
  [[nodiscard]] constexpr largest largest_size(const curve<V>& venue, double health_floor) const noexcept {
    largest c;
    // Where a premium comes on top, the plan rounds twice; otherwise a whole balance is sold whole.
    const auto less = [&](double balance) {
      return withdrawn > 1.0 ? (balance * almost_one - 2.0 * p.collateral_unit) / withdrawn : balance;
    };
    c.at_most(less(held), limit::collateral);
    c.at_most(less(p.collateral_limits.withdrawable), limit::withdrawable);
    c.at_most(p.venue->capacity(), limit::capacity);
    c.at_most(size_at_average_price(venue, minimum_price), limit::slippage);
    if (p.funding.mode == funding_mode::flash_debt)
      c.at_most((p.debt_limits.flash_loan_room() * (1.0 + premium) + gas_debt) / (minimum_price - reward_each()),
                limit::flash_loan);
    if (p.funding.mode == funding_mode::flash_collateral)
      c.at_most(p.collateral_limits.flash_loan_room(), limit::flash_loan);
    c.at_most(stands(p.liquidation, health_floor).to, limit::health_floor);
    if (p.withdrawal == withdrawal_check::borrow_form) c.at_most(stands(p.borrow, 1.0).to, limit::borrow_form);
    if (p.liquidation.debt.size() > 1) {  // a single debt is never repaid whole before its target is reached
      const size_root whole = solve(size_equation{1.0, lost, owed + fixed}, venue, c.x);
      if (whole.what == size_root::verdict::reached) c.at_most(whole.x, limit::debt);
    }
    return c;
  }

  /// @brief The sizes between which a form stands at or above a floor between the steps: collateral gone, and only the
  /// minimum output (or without a flash loan, nothing) repaid. `from` is 0 where it stands before, and +inf, as `to`,
  /// where selling more does not bring it nearer.
  ///
  /// Formula   C − w·p·κ·x = floor·(D − v·π·(m'·x − g)), linear in x; kept by a few units and ulps
  struct stretch {
    double from = 0.0, to = infinity;
  };
  [[nodiscard]] constexpr stretch stands(const form<double, N>& f, double floor) const noexcept {
    const auto *sells = f.collateral.find(p.collateral), *repays = f.debt.find(p.debt);
    const double sold_value = sells == nullptr ? 0.0 : sells->weight * p.prices[sells->slot].value;
    const double repaid_value = floor * (repays == nullptr ? 0.0 : repays->weight * p.prices[repays->slot].value);
    const bool lent = p.funding.mode != funding_mode::none;
    const double least = minimum_price - reward_each();
    const double repaid_each = !lent ? 0.0 : p.funding.mode == funding_mode::flash_debt ? least * kept : least;
    const double falls = sold_value * withdrawn - repaid_value * repaid_each * almost_one;
    // A loan is rounded down, and what the minimum output has to pay besides it up.
    const double spare = 2.0 * sold_value * p.collateral_unit + (lent ? 4.0 * repaid_value * p.debt_unit : 0.0);
    const double above = weighted_value(f.collateral, p.prices) * almost_one -
                         floor * weighted_value(f.debt, p.prices) - (lent ? repaid_value * fixed : 0.0) - spare;
    if (falls > 0.0) return {.to = above / falls};
    return {.from = above >= 0.0 ? 0.0 : falls < 0.0 ? above / falls : infinity};
  }
  /// @brief Moves a root up to where both forms stand at the minimum output, with the gas of that size: an account that
  /// is below its floor has to come above it, though the target asks for less. True if it had to, and there is as much
  /// to sell and, but for an emergency, to repay: then all is repaid even at the minimum output, and what comes out
  /// beyond is the owner's.
  constexpr bool raise(size_root& found, double most, double health_floor) noexcept {
    bool raised = false;
    while (found.what == size_root::verdict::reached) {
      double from = stands(p.liquidation, health_floor).from;
      if (p.withdrawal == withdrawal_check::borrow_form) from = larger(from, stands(p.borrow, 1.0).from);
      if (!(from > found.x) || from > most) break;
      if (!p.urgent && p.venue->amount_out(from) - fixed - lost * from > owed) break;
      const double used = gas_base;
      found.x = from, raised = true;
      use_gas_of(from);
      if (!(gas_base > used)) break;
    }
    return raised;
  }

  /// What `largest_size` says in sizes, asked of one trade: products instead of quotients, for the trade that nothing
  /// stops.
  [[nodiscard]] constexpr bool fits(const trade& t, double health_floor) const noexcept {
    const double taken = t.sold * withdrawn + (withdrawn > 1.0 ? 2.0 * p.collateral_unit : 0.0);
    if (taken > held || taken > p.collateral_limits.withdrawable || t.sold > p.venue->capacity()) return false;
    if (t.expected_out < t.min_out) return false;
    if (p.liquidation.debt.size() > 1 && -t.debt_change >= owed) return false;
    if (p.withdrawal == withdrawal_check::borrow_form) return false;  // rare: let the sizes decide
    switch (t.mode) {
      case funding_mode::flash_debt:
        return t.flash <= p.debt_limits.flash_loan_room() && t.health_at_min_out >= health_floor;
      case funding_mode::flash_collateral:
        return t.flash <= p.collateral_limits.flash_loan_room() && t.health_at_min_out >= health_floor;
      case funding_mode::none:
        break;
    }
    return t.sold <= stands(p.liquidation, health_floor).to;
  }

  /// What reaches the debt when the venue pays the minimum.
  [[nodiscard]] constexpr double repaid_at_minimum(const trade& t) const noexcept {
    const double repaid = t.min_out - t.gas_in_kind - (t.mode == funding_mode::flash_debt ? t.flash_premium : 0.0);
    return smaller(repaid, owed);
  }

  /// Where the protocol asks the borrow form when collateral leaves: does it hold then, at the minimum output?
  [[nodiscard]] constexpr bool borrow_form_stands(const trade& t) const noexcept {
    if (p.withdrawal == withdrawal_check::liquidation_form || t.mode == funding_mode::none) return true;
    return health_factor_after(p.borrow, p.prices,
                               {p.collateral, t.collateral_change, p.debt, -repaid_at_minimum(t)}) >= 1.0;
  }

  /// Fills in the trade that sells x, with the health it leaves read back by the form's own arithmetic.
  constexpr void fill(trade& t, double x) const noexcept {
    const V& venue = *p.venue;
    t.towards = direction::deleverage;
    t.mode = p.funding.mode;
    t.collateral = p.collateral;
    t.debt = p.debt;
    t.sold = x;
    t.expected_out = venue.amount_out(x);
    // A few ulps below the floor: at the slippage limit itself rounding must not undo the trade.
    t.min_out = minimum_price * x * almost_one;
    t.gas_in_kind = gas_debt + reward_each() * x;
    if (t.mode != funding_mode::none) t.flash_rate = p.funding.premium;
    t.collateral_change = -x;
    double repaid = t.expected_out - t.gas_in_kind;
    if (t.mode == funding_mode::flash_debt) {
      t.flash = smaller(larger((t.min_out - t.gas_in_kind) * kept, 0.0), owed);
      t.flash_premium = t.flash * premium;
      repaid -= t.flash_premium;
    } else if (t.mode == funding_mode::flash_collateral) {
      t.flash = x;
      t.flash_premium = x * premium;
      t.collateral_change = -(x + t.flash_premium);
    }
    t.debt_change = -smaller(repaid, owed);
    const auto health_with = [&](double debt_change) {
      return health_factor_after(p.liquidation, p.prices, {p.collateral, t.collateral_change, p.debt, debt_change});
    };
    t.health_before = health_factor(collateral_value, debt_value);
    t.health_after = health_with(t.debt_change);
    t.health_at_min_out = health_with(-repaid_at_minimum(t));
    t.cost = trade_cost(venue, x, p.fair_rate, debt_price);
    t.cost.premium = t.flash_premium * debt_price * (t.mode == funding_mode::flash_collateral ? p.fair_rate : 1.0);
    t.cost.gas = gas_base;
    t.cost.reward = p.reward.flat + reward_each() * x * debt_price;
  }
};

}  // namespace trimtab::sizing
