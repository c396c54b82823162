// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/health/morpho_blue.hpp>

namespace trimtab::health {

/// @brief A Morpho Blue position whose borrower has authorised a pre-liquidation contract: it takes shares of the debt
/// while the loan-to-value, at an oracle of its own, is above a first threshold and not above the market's LLTV.
///
/// Class piecewise linear. The form is the pre-liquidation's: collateral at its own oracle, weighted with the first
/// threshold; it is liquidatable strictly below 1. That is the earlier judgement as long as the market's oracle does
/// not price the collateral so low that Morpho itself would come first: beyond that edge the model refuses, and
/// `market` is the one to ask (`valid_prices`). The borrow form is the same. Morpho alone lets debt rise to
/// LLTV, where a stranger may take part of it at once: what keeps this form at 1 or above passes Morpho's check too,
/// inside the edge.
///
/// Close factor and incentive rise linearly with the loan-to-value through the window, `start` at the first threshold
/// and `end` at LLTV. The close factor limits one call and not the number of calls. No fee, no minimum. Above the
/// window `liquidate` is refused: there `market.liquidate` is what happens.
/// @source pre-liquidation, PreLiquidation.sol, commit 9e8b7f4
struct morpho_pre_liquidation {
  static constexpr form_class kind = form_class::piecewise_linear;
  static constexpr whole_repayment whole_debt = whole_repayment::by_shares;  ///< as the market

  morpho_blue market{};
  price_slot oracle_slot{};           ///< the collateral at the contract's own oracle; the market's where they share it
  basis_points threshold{};           ///< preLLTV, below the market's LLTV
  basis_points close_factor_start{};  ///< preLCF1: share of the debt that one call may take, at the threshold
  basis_points close_factor_end{};    ///< preLCF2: the same at LLTV; above 10000 all of it is reached earlier
  basis_points bonus_start{};         ///< preLIF1 − 1
  basis_points bonus_end{};           ///< preLIF2 − 1, at most 1/LLTV − 1

  /// @errors those of the market; threshold_range (threshold outside (0, LLTV)), bad_configuration (a ramp that falls,
  /// or leaves its limits)
  template <std::size_t N>
  constexpr errc validate(const account<N>& a) const noexcept {
    if (const errc e = market.validate(a); e != errc::ok) return e;
    if (!(threshold.count > 0.0 && threshold.count < market.lltv.count)) return errc::threshold_range;
    if (!(close_factor_start.count > 0.0 && close_factor_start.count <= 1e4 &&
          close_factor_start.count <= close_factor_end.count && close_factor_end.count < infinity))
      return errc::bad_configuration;
    // An incentive of exactly 1/LLTV is allowed; in doubles it may come out an ulp above.
    if (!(bonus_start.count >= 0.0 && bonus_start.count <= bonus_end.count &&
          (1.0 + bonus_end.fraction()) * market.lltv.fraction() <= 1.0 + 0x1p-50))
      return errc::bad_configuration;
    return errc::ok;
  }

  template <Scalar S, std::size_t N>
  constexpr form<S, N> liquidation_form(const account<N>& a) const noexcept(std::floating_point<S>) {
    return seen_at(threshold).liquidation_form<S>(a);
  }
  template <Scalar S, std::size_t N>
  constexpr form<S, N> borrow_form(const account<N>& a) const noexcept(std::floating_point<S>) {
    return seen_at(threshold).borrow_form<S>(a);
  }

  template <std::size_t N>
  constexpr bool may_withdraw(const account<N>& a, asset_id asset) const noexcept {
    return market.may_withdraw(a, asset);
  }
  template <std::size_t N>
  constexpr bool may_borrow(const account<N>& a, asset_id asset) const noexcept {
    return market.may_borrow(a, asset);
  }
  [[nodiscard]] constexpr double minimum_debt(oracle_prices<double>) const noexcept { return 0.0; }
  [[nodiscard]] constexpr withdrawal_check withdrawal_checked_by() const noexcept {
    return withdrawal_check::liquidation_form;
  }
  [[nodiscard]] constexpr boundary liquidation_boundary() const noexcept { return boundary::below_one; }

  /// @brief The prices of one oracle, the other's as it is, at which the pre-liquidation comes first.
  /// Formula  p_market·LLTV ≥ p_own·threshold
  /// @return  all prices of other slots, and where the two share a slot
  template <std::size_t N>
  constexpr price_range valid_prices(const account<N>&, oracle_prices<double> prices, price_slot slot) const noexcept {
    const double ratio = threshold.fraction() / market.lltv.fraction();
    if (oracle_slot == market.collateral_slot) return {};
    if (slot == market.collateral_slot) return {.low = prices[oracle_slot].value * ratio};
    if (slot == oracle_slot) return {.high = prices[market.collateral_slot].value / ratio};
    return {};
  }
  /// @errors size_mismatch (no price of its own oracle), outside_validity (Morpho's own liquidation comes first, or
  /// nothing is known of the market's oracle)
  template <std::size_t N>
  constexpr errc holds_at(const account<N>& a, oracle_prices<double> prices) const noexcept {
    if (oracle_slot == market.collateral_slot) return errc::ok;
    if (!prices.has(oracle_slot)) return errc::size_mismatch;
    if (!prices.has(market.collateral_slot) || !is_finite(prices[market.collateral_slot].value))
      return errc::outside_validity;
    // Not "contains": a NaN of the own oracle is the door's to name.
    return prices[market.collateral_slot].value < valid_prices(a, prices, market.collateral_slot).low
               ? errc::outside_validity
               : errc::ok;
  }

  /// Those of Morpho's own health check, which rounds alike.
  template <std::size_t N>
  constexpr double rounding_bound(const account<N>& a, oracle_prices<double> prices) const noexcept {
    return seen_at(threshold).rounding_bound(a, prices);
  }

  /// @brief How far the position is in the window: 0 at the threshold, 1 at LLTV.
  /// Formula  (LTV − threshold) / (LLTV − threshold), LTV = threshold / health, not clamped
  template <std::size_t N>
  constexpr double position_in_window(const account<N>& a, oracle_prices<double> prices) const noexcept {
    const double pre = threshold.fraction();
    return (pre / health_factor(liquidation_form<double>(a), prices) - pre) / (market.lltv.fraction() - pre);
  }
  /// The incentive at the position's place in the window, the nearer end's outside it.
  template <std::size_t N>
  constexpr basis_points bonus(const account<N>& a, oracle_prices<double> prices, asset_id) const noexcept {
    const double place = smaller(larger(position_in_window(a, prices), 0.0), 1.0);
    return {bonus_start.count + place * (bonus_end.count - bonus_start.count)};
  }

  /// @brief One call of the pre-liquidation contract.
  /// @errors asset_mismatch, negative_amount, outside_validity, not_liquidatable (above the window too), not_finite
  template <std::size_t N>
  constexpr result<liquidation_outcome> liquidate(const account<N>& a, oracle_prices<double> prices,
                                                  const liquidation_request& request) const noexcept {
    if (!(request.collateral == market.collateral) || !(request.debt == market.loan)) return errc::asset_mismatch;
    if (!(request.repay > 0.0)) return errc::negative_amount;
    if (const errc e = holds_at(a, prices); e != errc::ok) return e;
    const double health = health_factor(liquidation_form<double>(a), prices);
    if (!liquidatable_at(liquidation_boundary(), health)) return errc::not_liquidatable;
    if (!(health < infinity)) return errc::not_finite;  // a NaN
    const double at_lltv = health_factor(seen_at(market.lltv).liquidation_form<double>(a), prices);
    if (liquidatable_at(market.liquidation_boundary(), at_lltv)) return errc::not_liquidatable;  // Morpho's from here
    const double held = a.find(market.collateral)->collateral, owed = a.find(market.loan)->debt;
    const double share = close_factor_start.fraction() +
                         position_in_window(a, prices) * (close_factor_end.fraction() - close_factor_start.fraction());
    const double seized_per_repaid = (1.0 + bonus(a, prices, market.collateral).fraction()) *
                                     prices[market.loan_slot].value / prices[oracle_slot].value;
    liquidation_outcome out;
    out.repaid = smaller(smaller(request.repay, owed), owed * share);
    out.seized = smaller(out.repaid * seized_per_repaid, held);  // equal at most: the incentive is at most 1/LLTV
    out.debt_left = owed - out.repaid;
    out.collateral_left = held - out.seized;
    return out;
  }

private:
  // The market at the pre-liquidation's oracle, with one end of the window for its threshold.
  [[nodiscard]] constexpr morpho_blue seen_at(basis_points end) const noexcept {
    morpho_blue m = market;
    m.collateral_slot = oracle_slot;
    m.lltv = end;
    return m;
  }
};

}  // namespace trimtab::health
