// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/units.hpp>
#include <trimtab/health/concept.hpp>
#include <trimtab/health/health_factor.hpp>
#include <trimtab/health/one_pair.hpp>

namespace trimtab::health {

/// @brief One Morpho Blue market: one collateral, one loan asset, one threshold. The simplest model, and the one to
/// copy.
///
/// Class linear. Liquidation and borrow form are the same (maxBorrow ≥ borrowed lets both be); equality is healthy,
/// whatever the documents say. No close factor, no protocol fee, no minimum debt; what no collateral covers is
/// socialised at once.
/// Health, headroom and greeks may also be asked of debt in shares, with the share price in the loan's slot. A policy
/// trades whole tokens: give it the debt in tokens and a price without the share price.
/// @source morpho-blue, Morpho.sol _isHealthy and liquidate, commit 3085651
struct morpho_blue {
  static constexpr form_class kind = form_class::linear;
  static constexpr whole_repayment whole_debt = whole_repayment::by_shares;  ///< Morpho.sol repay

  asset_id collateral{};
  asset_id loan{};
  price_slot collateral_slot{};
  price_slot loan_slot{};  ///< a constant 1 when prices are quoted in the loan asset
  basis_points lltv{};     ///< liquidation loan-to-value
  int loan_decimals = 18;

  /// @brief Liquidation incentive factor: collateral value seized per debt value repaid.
  /// Formula   min(1.15, 1 / (1 − 0.3·(1 − LLTV)))
  [[nodiscard]] constexpr double incentive_factor() const noexcept {
    constexpr double cursor = 0.3, cap = 1.15;
    return smaller(cap, 1.0 / (1.0 - cursor * (1.0 - lltv.fraction())));
  }
  template <std::size_t N>
  constexpr basis_points bonus(const account<N>&, oracle_prices<double>, asset_id) const noexcept {
    return to_basis_points(incentive_factor() - 1.0);
  }

  /// @errors threshold_range (LLTV outside (0, 1)), bad_configuration, asset_mismatch
  template <std::size_t N>
  constexpr errc validate(const account<N>& a) const noexcept {
    if (!(lltv.count > 0.0 && lltv.count < 1e4)) return errc::threshold_range;
    if (collateral == loan || !(units::smallest(loan_decimals) > 0.0)) return errc::bad_configuration;
    return validate_pair(a, collateral, loan);
  }

  template <Scalar S, std::size_t N>
  constexpr form<S, N> liquidation_form(const account<N>& a) const noexcept(std::floating_point<S>) {
    return pair_form<S>(a, {collateral, lltv.fraction(), collateral_slot}, {loan, 1.0, loan_slot});
  }
  template <Scalar S, std::size_t N>
  constexpr form<S, N> borrow_form(const account<N>& a) const noexcept(std::floating_point<S>) {
    return liquidation_form<S>(a);
  }

  /// Health apart, nothing is held back.
  template <std::size_t N>
  constexpr bool may_withdraw(const account<N>&, asset_id) const noexcept {
    return true;
  }
  template <std::size_t N>
  constexpr bool may_borrow(const account<N>&, asset_id asset) const noexcept {
    return asset == loan;
  }
  [[nodiscard]] constexpr double minimum_debt(oracle_prices<double>) const noexcept { return 0.0; }
  [[nodiscard]] constexpr withdrawal_check withdrawal_checked_by() const noexcept {
    return withdrawal_check::liquidation_form;
  }
  [[nodiscard]] constexpr boundary liquidation_boundary() const noexcept { return boundary::below_one; }

  /// @brief The contract's maxBorrow / borrowed against the form, relative.
  /// The contract rounds the debt up to a loan unit and the collateral's worth down twice, each by less than a unit.
  /// With debt in whole tokens; one in shares hides what a loan unit is worth.
  template <std::size_t N>
  constexpr double rounding_bound(const account<N>& a, oracle_prices<double> prices) const noexcept {
    const auto f = liquidation_form<double>(a);
    const double backed = weighted_value(f.collateral, prices), owed = weighted_value(f.debt, prices);
    if (!(owed > 0.0 && backed > 0.0)) return 0.0;  // what is not owed may have no price
    const double unit = units::smallest(loan_decimals) * prices[loan_slot].value;
    return unit / owed + 2.0 * unit / backed + 0x1p-50;
  }

  /// With no collateral left a call seizes nothing, repays less than a unit of it is worth, nothing here, and writes
  /// off the rest.
  /// @errors asset_mismatch (no collateral is listed, too), negative_amount, not_liquidatable, not_finite
  template <std::size_t N>
  constexpr result<liquidation_outcome> liquidate(const account<N>& a, oracle_prices<double> prices,
                                                  const liquidation_request& request) const noexcept {
    if (!(request.collateral == collateral) || !(request.debt == loan)) return errc::asset_mismatch;
    if (!(request.repay > 0.0)) return errc::negative_amount;
    const double health = health_factor(liquidation_form<double>(a), prices);
    if (!liquidatable_at(liquidation_boundary(), health)) return errc::not_liquidatable;
    if (!(health < infinity)) return errc::not_finite;  // a NaN
    const holding* backing = a.find(collateral);
    if (backing == nullptr) return errc::asset_mismatch;  // its price may not be there
    const double held = backing->collateral, owed = a.find(loan)->debt;
    if (!is_finite(owed)) return errc::not_finite;
    const double seized_per_repaid = incentive_factor() * prices[loan_slot].value / prices[collateral_slot].value;
    liquidation_outcome out = exchange(smaller(request.repay, owed), held, seized_per_repaid);
    if (out.collateral_left <= 0.0) out.bad_debt = owed - out.repaid;
    out.debt_left = owed - out.repaid - out.bad_debt;
    return out;
  }
};

}  // namespace trimtab::health
