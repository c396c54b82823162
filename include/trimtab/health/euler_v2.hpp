// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/units.hpp>
#include <trimtab/health/concept.hpp>
#include <trimtab/health/health_factor.hpp>
#include <trimtab/health/schedule.hpp>
#include <trimtab/health/table.hpp>

#include <span>

namespace trimtab::health {

/// One collateral vault that a borrowing vault recognises.
struct euler_v2_collateral {
  asset_id asset{};
  price_slot bid_slot{};       ///< what a borrow counts
  price_slot mid_slot{};       ///< what a liquidation counts, and is paid at
  basis_points borrow_ltv{};   ///< at most the liquidation LTV; drops at once where that one ramps
  ltv_ramp liquidation_ltv{};  ///< 0 backs nothing, and may still be seized
};

/// @brief Euler V2 (EVK): one vault lends, the vaults it recognises are collateral.
///
/// Class linear. Liquidatable at 1 and below, with liquidation LTVs and mid prices: equality is liquidatable. A borrow
/// and a withdrawal are checked with borrow LTVs, bid for collateral and ask for the debt, and need more than 1:
/// equality is refused there. A quote whose bid is above its mid, or mid above ask, is no quote: the model refuses it.
///
/// No close factor, no fee, no dust. The discount grows with the insolvency: a collateral is sold at the health factor
/// (never below 1 − maximum discount). What no collateral is left for is socialised, unless the vault does not, or the
/// debt is worth less than 10⁶ of the smallest units of account.
/// Only what is enabled as collateral counts and can be seized. Collateral is counted in the units that its price is
/// for (vault shares, or assets).
/// @source euler-vault-kit, LiquidityUtils.sol, Liquidation.sol, LTVConfig.sol, commit 5b98b42
struct euler_v2 {
  static constexpr form_class kind = form_class::linear;
  static constexpr whole_repayment whole_debt =
      whole_repayment::by_max_value;                  ///< euler-vault-kit, Borrowing.sol repay
  static constexpr double smallest_socialised = 1e6;  ///< value of a debt, smallest units of account

  std::span<const euler_v2_collateral> collaterals{};
  asset_id liability{};
  price_slot liability_mid_slot{};
  price_slot liability_ask_slot{};
  basis_points maximum_discount{1500.0};
  timestamp now{};              ///< the moment that the ramps are read at
  bool cooling_off = false;     ///< the account was checked less than the vault's cool-off time ago
  bool socialises_debt = true;  ///< CFG_DONT_SOCIALIZE_DEBT is not set
  int liability_decimals = 18;
  int unit_of_account_decimals = 18;

  /// @errors threshold_range, bad_configuration, duplicate_asset (the liability among its collaterals too),
  /// asset_mismatch
  template <std::size_t N>
  constexpr errc validate(const account<N>& a) const noexcept {
    if (!(maximum_discount.count >= 0.0 && maximum_discount.count < 1e4)) return errc::bad_configuration;
    if (!(units::smallest(liability_decimals) > 0.0 && units::smallest(unit_of_account_decimals) > 0.0))
      return errc::bad_configuration;
    for (const euler_v2_collateral& c : collaterals) {
      if (c.asset == liability) return errc::duplicate_asset;
      const ltv_ramp& ramp = c.liquidation_ltv;
      if (ramp.duration < seconds{0}) return errc::bad_configuration;
      if (ramp.validate() != errc::ok || !(c.borrow_ltv.count >= 0.0 && c.borrow_ltv.count <= ramp.target.count))
        return errc::threshold_range;
    }
    if (lists_an_asset_twice(collaterals)) return errc::duplicate_asset;
    for (const holding& h : a)
      if (h.asset == liability ? h.collateral != 0.0 : h.debt != 0.0 || row_of(collaterals, h.asset) == nullptr)
        return errc::asset_mismatch;
    return errc::ok;
  }

  template <Scalar S, std::size_t N>
  constexpr form<S, N> liquidation_form(const account<N>& a) const noexcept(std::floating_point<S>) {
    return weighted_form<S>(a, liability_mid_slot, [this](const euler_v2_collateral& c, term<S>& t) {
      t.weight = literal<S>(c.liquidation_ltv.at(now).fraction());
      t.slot = c.mid_slot;
    });
  }
  template <Scalar S, std::size_t N>
  constexpr form<S, N> borrow_form(const account<N>& a) const noexcept(std::floating_point<S>) {
    return weighted_form<S>(a, liability_ask_slot, [](const euler_v2_collateral& c, term<S>& t) {
      t.weight = literal<S>(c.borrow_ltv.fraction());
      t.slot = c.bid_slot;
    });
  }

  template <std::size_t N>
  constexpr bool may_withdraw(const account<N>&, asset_id) const noexcept {
    return true;
  }
  template <std::size_t N>
  constexpr bool may_borrow(const account<N>&, asset_id asset) const noexcept {
    return asset == liability;
  }
  [[nodiscard]] constexpr double minimum_debt(oracle_prices<double>) const noexcept { return 0.0; }
  [[nodiscard]] constexpr withdrawal_check withdrawal_checked_by() const noexcept {
    return withdrawal_check::borrow_form;
  }
  [[nodiscard]] constexpr boundary liquidation_boundary() const noexcept { return boundary::at_or_below_one; }

  /// Whether the quotes of what the account has enabled and owes are quotes: bid ≤ mid ≤ ask. @errors size_mismatch (a
  /// quote that is not there), outside_validity
  template <std::size_t N>
  constexpr errc holds_at(const account<N>& a, oracle_prices<double> prices) const noexcept {
    for (const holding& h : a) {
      const euler_v2_collateral* c = row_of(collaterals, h.asset);
      if (c != nullptr && !h.used_as_collateral) continue;  // no form reads its quotes
      const price_slot low = c != nullptr ? c->bid_slot : liability_mid_slot;
      const price_slot high = c != nullptr ? c->mid_slot : liability_ask_slot;
      if (!prices.has({low, high})) return errc::size_mismatch;
      if (prices[low].value > prices[high].value) return errc::outside_validity;
    }
    return errc::ok;
  }

  /// @brief The contract's quotient against the form's, relative.
  ///
  /// It rounds the debt up to an asset unit and its value down to a unit of account, and every collateral down twice to
  /// a unit of account: its value, and what its LTV leaves.
  template <std::size_t N>
  constexpr double rounding_bound(const account<N>& a, oracle_prices<double> prices) const noexcept {
    const auto f = liquidation_form<double>(a);
    const double backed = weighted_value(f.collateral, prices), owed = weighted_value(f.debt, prices);
    if (!(owed > 0.0 && backed > 0.0)) return 0.0;  // what is not owed may have no price
    const double grain = units::smallest(unit_of_account_decimals);
    const double unit = units::smallest(liability_decimals) * prices[liability_mid_slot].value;
    return (unit + grain) / owed + 2.0 * grain * static_cast<double>(f.collateral.size()) / backed + 0x1p-50;
  }

  /// @brief What collateral is sold for, of its value. Formula   max(health, 1 − maximum discount), at most 1
  template <std::size_t N>
  constexpr double discount_factor(const account<N>& a, oracle_prices<double> prices) const noexcept {
    return smaller(1.0, larger(maximum_discount.complement(), health_factor(liquidation_form<double>(a), prices)));
  }
  /// Formula   1 / discount factor − 1, the same for every collateral
  template <std::size_t N>
  constexpr basis_points bonus(const account<N>& a, oracle_prices<double> prices, asset_id) const noexcept {
    return to_basis_points(1.0 / discount_factor(a, prices) - 1.0);
  }

  /// @errors asset_mismatch, negative_amount, outside_validity, not_liquidatable (cooling off too), not_finite
  template <std::size_t N>
  constexpr result<liquidation_outcome> liquidate(const account<N>& a, oracle_prices<double> prices,
                                                  const liquidation_request& request) const noexcept {
    const euler_v2_collateral* row = row_of(collaterals, request.collateral);
    const holding* held = a.find(request.collateral);
    if (!(request.debt == liability) || row == nullptr || held == nullptr) return errc::asset_mismatch;
    if (!held->used_as_collateral || held->collateral <= 0.0) return errc::asset_mismatch;
    if (!(request.repay > 0.0)) return errc::negative_amount;
    if (const errc e = holds_at(a, prices); e != errc::ok) return e;
    const double health = health_factor(liquidation_form<double>(a), prices);
    if (!liquidatable_at(liquidation_boundary(), health)) return errc::not_liquidatable;
    if (!(health < infinity)) return errc::not_finite;  // a NaN
    if (cooling_off) return errc::not_liquidatable;

    const double owed = a.find(liability)->debt, price = prices[liability_mid_slot].value;
    const double seized_per_repaid = price / prices[row->mid_slot].value / discount_factor(a, prices);
    liquidation_outcome out = exchange(smaller(request.repay, owed), held->collateral, seized_per_repaid);
    out.debt_left = owed - out.repaid;
    bool nothing_left = out.collateral_left <= 0.0;
    for (const holding& h : a)
      nothing_left = nothing_left && (h.asset == request.collateral || !h.used_as_collateral || h.collateral <= 0.0);
    if (nothing_left && socialises_debt &&
        owed * price >= smallest_socialised * units::smallest(unit_of_account_decimals)) {
      out.bad_debt = out.debt_left;
      out.debt_left = 0.0;
    }
    return out;
  }

private:
  template <Scalar S, std::size_t N, class Weigh>
  constexpr form<S, N> weighted_form(const account<N>& a, price_slot debt_slot, Weigh weigh) const
      noexcept(std::floating_point<S>) {
    form<S, N> f;
    for (const holding& h : a) {
      if (h.asset == liability) {
        f.debt.add({literal<S>(h.debt), literal<S>(1.0), debt_slot, liability});
      } else if (const euler_v2_collateral* c = row_of(collaterals, h.asset); c != nullptr && h.used_as_collateral) {
        term<S> t{literal<S>(h.collateral), literal<S>(0.0), {}, h.asset};
        weigh(*c, t);
        f.collateral.add(t);
      }
    }
    return f;
  }
};

}  // namespace trimtab::health
