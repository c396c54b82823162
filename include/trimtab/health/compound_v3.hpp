// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/units.hpp>
#include <trimtab/health/concept.hpp>
#include <trimtab/health/health_factor.hpp>
#include <trimtab/health/table.hpp>

#include <span>

namespace trimtab::health {

/// One collateral of a Comet market, as its AssetInfo has it.
struct compound_v3_asset {
  asset_id asset{};
  price_slot slot{};
  basis_points borrow_factor{};       ///< borrowCollateralFactor: what a borrow and a withdrawal count of the value
  basis_points liquidate_factor{};    ///< liquidateCollateralFactor, above the borrow factor
  basis_points liquidation_factor{};  ///< what an absorb credits of the value
};

/// @brief Compound V3 (Comet): one base asset is lent, up to 24 collaterals back it.
///
/// Class linear. Liquidatable strictly below 1 with the liquidate factors; a borrow, a withdrawal of collateral too, is
/// checked with the lower borrow factors and passes at equality. The debt that may remain is at least the market's
/// minimum. A base supply is no collateral, and an account that owes nothing is never liquidatable.
///
/// `liquidate` is an absorb: the protocol takes every collateral, credits each at its liquidation factor, and closes
/// the debt. Close factor 100 %, no fee; the absorber is paid nothing. The storefront sells the collateral later, see
/// `quote_collateral`. A request for less than the absorb repays is errc::dust: there is no partial one.
/// The contract's views read stored indices and an absorb accrues first: bring the debt up to date before asking.
/// @source comet, Comet.sol isLiquidatable, isBorrowCollateralized, absorbInternal, quoteCollateral;
/// CometWithExtendedAssetList.sol, commit d5a30b0
struct compound_v3 {
  static constexpr form_class kind = form_class::linear;
  static constexpr whole_repayment whole_debt = whole_repayment::by_max_value;  ///< comet, Comet.sol supplyInternal
  static constexpr std::size_t max_assets = 24;  ///< 16 membership bits, and 8 more of the extended market

  asset_id base{};
  price_slot base_slot{};
  std::span<const compound_v3_asset> assets{};
  double minimum_borrow = 0.0;       ///< baseBorrowMin, whole base tokens
  basis_points storefront_factor{};  ///< share of the liquidation penalty that a buyer of seized collateral saves
  int base_decimals = 6;

  /// @errors capacity, bad_configuration, threshold_range, duplicate_asset, asset_mismatch (a base that is owed and
  /// supplied at once too)
  template <std::size_t N>
  constexpr errc validate(const account<N>& a) const noexcept {
    if (assets.size() > max_assets) return errc::capacity;
    if (!(minimum_borrow >= 0.0 && minimum_borrow < infinity)) return errc::bad_configuration;
    if (!(units::smallest(base_decimals) > 0.0)) return errc::bad_configuration;
    if (!(storefront_factor.count >= 0.0 && storefront_factor.count <= 1e4)) return errc::bad_configuration;
    for (const compound_v3_asset& row : assets) {
      if (row.asset == base) return errc::duplicate_asset;
      if (!(row.borrow_factor.count >= 0.0 && row.borrow_factor.count < row.liquidate_factor.count &&
            row.liquidate_factor.count <= 1e4))
        return errc::threshold_range;
      if (!(row.liquidation_factor.count > 0.0 && row.liquidation_factor.count <= 1e4)) return errc::threshold_range;
    }
    if (lists_an_asset_twice(assets)) return errc::duplicate_asset;
    for (const holding& h : a) {
      const bool fits =
          h.asset == base ? h.debt == 0.0 || h.collateral == 0.0 : h.debt == 0.0 && row_of(assets, h.asset) != nullptr;
      if (!fits) return errc::asset_mismatch;
    }
    return errc::ok;
  }

  template <Scalar S, std::size_t N>
  constexpr form<S, N> liquidation_form(const account<N>& a) const noexcept(std::floating_point<S>) {
    return weighted_form<S>(a, [](const compound_v3_asset& row) { return row.liquidate_factor; });
  }
  template <Scalar S, std::size_t N>
  constexpr form<S, N> borrow_form(const account<N>& a) const noexcept(std::floating_point<S>) {
    return weighted_form<S>(a, [](const compound_v3_asset& row) { return row.borrow_factor; });
  }

  template <std::size_t N>
  constexpr bool may_withdraw(const account<N>&, asset_id) const noexcept {
    return true;
  }
  template <std::size_t N>
  constexpr bool may_borrow(const account<N>&, asset_id asset) const noexcept {
    return asset == base;
  }
  /// At every price that there is. @errors size_mismatch (no price of the base, which an account without it does not
  /// read)
  template <std::size_t N>
  constexpr errc holds_at(const account<N>&, oracle_prices<double> prices) const noexcept {
    return prices.has(base_slot) ? errc::ok : errc::size_mismatch;
  }
  [[nodiscard]] constexpr double minimum_debt(oracle_prices<double> prices) const noexcept {
    return minimum_borrow * prices[base_slot].value;
  }
  [[nodiscard]] constexpr withdrawal_check withdrawal_checked_by() const noexcept {
    return withdrawal_check::borrow_form;
  }
  [[nodiscard]] constexpr boundary liquidation_boundary() const noexcept { return boundary::below_one; }

  /// @brief The ratio that the contract's integers imply against the form, relative.
  ///
  /// It truncates the debt by less than one base unit and then less than 10⁻⁸ of the currency, and every collateral
  /// twice by less than 10⁻⁸: its value, and what counts of it.
  template <std::size_t N>
  constexpr double rounding_bound(const account<N>& a, oracle_prices<double> prices) const noexcept {
    return rounding_bound_of(liquidation_form<double>(a), prices);
  }
  /// The same of either form: isBorrowCollateralized rounds as isLiquidatable does.
  template <std::size_t N>
  constexpr double rounding_bound_of(const form<double, N>& f, oracle_prices<double> prices) const noexcept {
    constexpr double grain = 1e-8;
    const double backed = weighted_value(f.collateral, prices), owed = weighted_value(f.debt, prices);
    if (!(owed > 0.0 && backed > 0.0)) return 0.0;  // what is not owed may have no price
    const double unit = units::smallest(base_decimals) * prices[base_slot].value;
    return (unit + grain) / owed + 2.0 * grain * static_cast<double>(f.collateral.size()) / backed + 0x1p-50;
  }

  /// @brief What the account loses on top of the debt that its collateral pays: 1 / liquidation factor − 1.
  ///
  /// The protocol keeps it, and gives part of it to buyers at the storefront; the absorber gets none. 0 for an asset
  /// the table lacks.
  template <std::size_t N>
  constexpr basis_points bonus(const account<N>&, oracle_prices<double>, asset_id asset) const noexcept {
    const compound_v3_asset* row = row_of(assets, asset);
    return row == nullptr ? basis_points{} : to_basis_points(1.0 / row->liquidation_factor.fraction() - 1.0);
  }

  /// @brief An absorb. `repaid` and `bad_debt` are what the credited collateral covers of the debt and what it does not
  /// (both are closed by the protocol); `credited` is what was left of the credit, given as base supply.
  /// @errors asset_mismatch, negative_amount, not_liquidatable, not_finite, dust
  template <std::size_t N>
  constexpr result<liquidation_outcome> liquidate(const account<N>& a, oracle_prices<double> prices,
                                                  const liquidation_request& request) const noexcept {
    if (!(request.debt == base) || row_of(assets, request.collateral) == nullptr) return errc::asset_mismatch;
    if (!(request.repay > 0.0)) return errc::negative_amount;
    const double health = health_factor(liquidation_form<double>(a), prices);
    if (!liquidatable_at(liquidation_boundary(), health)) return errc::not_liquidatable;
    if (!(health < infinity)) return errc::not_finite;  // a NaN
    double value = 0.0;
    for (const holding& h : a)
      if (const compound_v3_asset* row = row_of(assets, h.asset); row != nullptr)
        value += h.collateral * prices[row->slot].value * row->liquidation_factor.fraction();
    const double owed = a.find(base)->debt, credit = value / prices[base_slot].value;
    liquidation_outcome out;
    out.whole_account = true;
    out.repaid = smaller(owed, credit);
    if (request.repay < out.repaid) return errc::dust;
    out.bad_debt = owed - out.repaid;
    out.credited = credit > owed ? credit - owed : 0.0;
    if (const holding* held = a.find(request.collateral); held != nullptr) out.seized = held->collateral;
    return out;
  }

  /// @brief What the storefront sells of a seized collateral for an amount of base.
  ///
  /// Formula   base·p_base / p', p' = p·(1 − storefront·(1 − liquidation factor))
  /// The contract rounds p' down to 10⁻⁸, more than 10⁻¹² of a cheap token: so does this.
  /// @return   whole tokens. The contract sells only while its reserves are below their target: NotForSale otherwise
  /// @errors   asset_mismatch, negative_amount, size_mismatch, non_positive_price (p' below 10⁻⁸ too), not_finite
  [[nodiscard]] constexpr result<double> quote_collateral(asset_id asset, double base_amount,
                                                          oracle_prices<double> prices) const noexcept {
    const compound_v3_asset* row = row_of(assets, asset);
    if (row == nullptr) return errc::asset_mismatch;
    if (!(base_amount >= 0.0)) return errc::negative_amount;
    if (!prices.has(row->slot) || !prices.has(base_slot)) return errc::size_mismatch;
    const double discount = storefront_factor.fraction() * row->liquidation_factor.complement();
    // A double a few ulps short of an integer is that integer.
    double grains = prices[row->slot].value * (1.0 - discount) * 1e8 * (1.0 + 0x1p-51);
    if (grains < 0x1p53) grains = static_cast<double>(static_cast<long long>(grains));
    if (grains <= 0.0 || prices[base_slot].value <= 0.0) return errc::non_positive_price;
    const double bought = base_amount * prices[base_slot].value / (grains * 1e-8);
    if (!is_finite(bought) || !is_finite(grains)) return errc::not_finite;
    return bought;
  }

private:
  template <Scalar S, std::size_t N, class Factor>
  constexpr form<S, N> weighted_form(const account<N>& a, Factor factor) const noexcept(std::floating_point<S>) {
    form<S, N> f;
    for (const holding& h : a) {
      if (h.asset == base) {
        f.debt.add({literal<S>(h.debt), literal<S>(1.0), base_slot, base});
      } else if (const compound_v3_asset* row = row_of(assets, h.asset); row != nullptr) {
        f.collateral.add({literal<S>(h.collateral), literal<S>(factor(*row).fraction()), row->slot, h.asset});
      }
    }
    return f;
  }
};

}  // namespace trimtab::health
