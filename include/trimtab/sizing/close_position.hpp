// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/sizing/deleverage.hpp>
#include <trimtab/sizing/remedy.hpp>
#include <trimtab/sizing/trade_cost.hpp>

namespace trimtab::sizing {

/// @brief Closes a pair: all debt repaid, rounded up so that no dust stays, all of its collateral out, and just enough
/// of it sold to pay for that.
///
/// To be paid    owed·(1 + interest), up to whole units and one more, less what comes from the wallet; with a loan of
///               the debt its premium on top; gas in kind
/// Sold          the least x whose proceeds, less the cushion, are that; they are the minimum output, so that a loan is
///               returned whatever happens. What comes in beyond is the owner's, as is the collateral not sold
/// With a loan of the debt: lent, repaid, all withdrawn, x sold, returned. With one of the collateral: x lent and sold,
/// debt repaid, all withdrawn, x·(1 + f) returned. Without: x is withdrawn first, and health must stand it.
/// @source derived here; the order of steps is that of the protocols' own "repay with collateral" adapters
struct close_position {
  double from_wallet = 0.0;          ///< of the debt asset, used before anything is sold
  basis_points cushion{10.0};        ///< what the venue may pay less than it shows
  basis_points interest{0.01};       ///< what the debt may have grown by when it is repaid
  basis_points max_slippage{300.0};  ///< of the average price at the minimum output against the fair one
  double health_floor = 1.0;         ///< without a flash loan, between the steps

  /// @errors negative_amount (the wallet; a NaN too), bad_configuration
  [[nodiscard]] constexpr errc validate() const noexcept {
    if (!(from_wallet >= 0.0)) return errc::negative_amount;
    const bool sound = cushion.count >= 0.0 && cushion.count < 1e4 && interest.count >= 0.0 && interest.count < 1e4 &&
                       max_slippage.count > 0.0 && max_slippage.count < 1e4 && health_floor >= 1.0;
    return sound ? errc::ok : errc::bad_configuration;
  }

  /// What is sent to repay `owed`: with its interest, rounded up to a unit, and one more.
  [[nodiscard]] constexpr double repayment(double owed, double unit) const noexcept {
    if (!(owed > 0.0)) return 0.0;
    // Adding whole units to a number of many more cannot be told from rounding: an ulp is the unit then.
    const double grown = owed * (1.0 + interest.fraction());
    return (grown + 2.0 * unit) * (1.0 + 2.0 * std::numeric_limits<double>::epsilon());
  }

  /// @errors those of `check_account`, of the venue and of the fair rate; asset_mismatch (another debt is owed:
  /// limit::debt), already_there (nothing of the pair is left), gas_tank, dust (gas in kind and no proceeds),
  /// infeasible with its limit: reserve, depth (the venue does not have what is owed), capacity, slippage, collateral
  /// (it does not pay for the debt), withdrawable, flash_loan, health_floor, borrow_form
  template <Venue V, std::size_t N>
  constexpr remedy size(const problem<V, N>& p) const noexcept;
};

template <Venue V, std::size_t N>
constexpr remedy close_position::size(const problem<V, N>& p) const noexcept {
  remedy r{.kind = remedy_kind::close_position, .asset = p.collateral, .into = p.debt};
  for (const errc bad : {validate(), check_account(p)})
    if (bad != errc::ok) return detail::refused(r, bad);
  const term<double>*held = p.liquidation.collateral.find(p.collateral), *owes = p.liquidation.debt.find(p.debt);
  if (p.venue == nullptr || held == nullptr || owes == nullptr) return detail::refused(r, errc::asset_mismatch);
  for (const term<double>& t : p.liquidation.debt)
    if (!(t.asset == p.debt) && t.amount > 0.0) return detail::refused(r, errc::asset_mismatch, limit::debt);
  if (!is_finite(p.fair_rate)) return detail::refused(r, errc::not_finite);
  if (!(p.fair_rate > 0.0)) return detail::refused(r, errc::non_positive_price);
  if (const errc bad = p.venue->validate(); bad != errc::ok) return detail::refused(r, bad);
  const detail::account_reading k(p);
  r.health_before = k.health();
  if (!(held->amount > 0.0) && !(owes->amount > 0.0)) return detail::refused(r, errc::already_there);
  const auto infeasible = [&](limit why) { return detail::refused(r, errc::infeasible, why); };
  if (!p.collateral_limits.can_reduce() || !p.debt_limits.can_reduce()) return infeasible(limit::reserve);
  if (held->amount > p.collateral_limits.withdrawable) return infeasible(limit::withdrawable);

  const double debt_price = p.prices[owes->slot].value, collateral_price = p.prices[held->slot].value;
  const bool lends_debt = p.funding.mode == funding_mode::flash_debt;
  const bool lends_collateral = p.funding.mode == funding_mode::flash_collateral;
  const double premium = p.funding.mode == funding_mode::none ? 0.0 : p.funding.premium.fraction();
  const double repaid = repayment(owes->amount, p.debt_unit), wallet = smaller(from_wallet, repaid);
  const bool sells = repaid > wallet;
  // Gas grows with the sale, and in kind the sale with the gas: once more with that of the sale found.
  double venue_gas = sells ? p.venue->gas(smallest_sale) : 0.0, wanted = 0.0, x = 0.0;
  if (sells) r.flash = lends_debt ? repaid - wallet : 0.0, r.flash_premium = r.flash * premium;
  for (double used = -1.0; venue_gas > used;) {
    used = venue_gas;
    r.gas_in_kind = k.gas_in_kind(venue_gas, debt_price);
    if (!sells) break;
    r.min_out =
        (repaid - wallet + r.flash_premium + r.gas_in_kind) * (1.0 + 8.0 * std::numeric_limits<double>::epsilon());
    wanted = r.min_out / cushion.complement();
    x = p.venue->amount_in(wanted);
    venue_gas = larger(p.venue->gas(smaller(x, held->amount)), used);
  }
  if (p.gas.short_of_gas(venue_gas)) return detail::refused(r, errc::gas_tank);
  if (!sells && r.gas_in_kind > 0.0) return detail::refused(r, errc::dust);

  if (sells) {
    if (lends_debt && r.flash > p.debt_limits.flash_loan_room()) return infeasible(limit::flash_loan);
    if (!(x < infinity)) return infeasible(p.venue->capacity() < infinity ? limit::capacity : limit::depth);
    for (int attempt = 0; attempt < 6 && p.venue->amount_out(x) < wanted; ++attempt)
      x *= 1.0 + 4.0 * std::numeric_limits<double>::epsilon() * static_cast<double>(1 << attempt);
    if (!(p.venue->amount_out(x) >= r.min_out)) return infeasible(limit::depth);
    if (x > p.venue->capacity()) return infeasible(limit::capacity);
    if (r.min_out < p.fair_rate * max_slippage.complement() * x * almost_one) return infeasible(limit::slippage);
    r.amount = x;
    r.amount_out = p.venue->amount_out(x);
    if (lends_collateral) {
      r.flash = x;
      r.flash_premium = x * premium;
      if (r.flash > p.collateral_limits.flash_loan_room()) return infeasible(limit::flash_loan);
    }
    if (x + (lends_collateral ? r.flash_premium + 2.0 * p.collateral_unit : 0.0) > held->amount)
      return infeasible(limit::collateral);
    if (p.funding.mode == funding_mode::none) {
      const change first{.collateral = p.collateral, .collateral_by = -x, .debt = p.debt, .debt_by = -wallet};
      if (!(health_factor_after(p.liquidation, p.prices, first) >= health_floor))
        return infeasible(limit::health_floor);
      if (p.withdrawal == withdrawal_check::borrow_form && !(health_factor_after(p.borrow, p.prices, first) >= 1.0))
        return infeasible(limit::borrow_form);
    }
    r.cost = trade_cost(*p.venue, x, p.fair_rate, debt_price);
    r.cost.premium = r.flash_premium * (lends_collateral ? collateral_price : debt_price);
  }
  r.cost.gas = p.gas.fee_base(venue_gas, p.prices);
  r.changes[0] = {p.collateral, -held->amount, p.debt, -owes->amount};
  k.read_back(r);
  r.left_collateral = held->amount - r.amount - (lends_collateral ? r.flash_premium : 0.0);
  r.left_debt =
      sells ? larger(0.0, r.amount_out - r.gas_in_kind - (lends_debt ? r.flash_premium : 0.0) - (repaid - wallet)) +
                  (repaid - owes->amount)
            : repaid - owes->amount;
  r.funds = wallet * debt_price;
  r.status = errc::ok;
  return r;
}

}  // namespace trimtab::sizing
