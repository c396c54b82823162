// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/health/concept.hpp>
#include <trimtab/health/health_factor.hpp>

#include <cstdint>
#include <span>

namespace trimtab::health {

/// One reserve of an Aave V3 pool, as its configuration word has it.
struct aave_v3_reserve {
  asset_id asset{};
  price_slot collateral_slot{};
  price_slot debt_slot{};  ///< the same slot, unless each side's index is part of its price
  basis_points ltv{};
  basis_points threshold{};     ///< liquidation threshold
  basis_points bonus{};         ///< liquidation bonus beyond the repaid value: 500_bps where the contract stores 10500
  basis_points protocol_fee{};  ///< share of the bonus
};

/// An efficiency-mode category. Bit i of a bitmap is reserve i of the model's table. The default, no bits, is no
/// category. v3.0 and v3.1 have no bitmap: set the bits of the category's assets, but not of those whose own threshold
/// is 0.
struct aave_v3_emode {
  basis_points ltv{};
  basis_points threshold{};
  basis_points bonus{};
  std::uint64_t collateral_bitmap = 0;
  std::uint64_t ltv_zero_bitmap = 0;
};

/// How much of a debt one call may repay. The defaults are those since v3.3; `before_v3_3` is what came before.
/// @source aave-v3-origin, LiquidationLogic.sol, tags v3.2.0 and v3.3.0
struct aave_v3_close_factor {
  basis_points partial{5000};
  double full_at_or_below = 0.95;   ///< health factor at which everything may be repaid
  bool of_whole_position = true;    ///< the share is of all debt, not of this reserve's
  double full_below_base = 2000.0;  ///< a side smaller than this may be closed whole, base currency
  double minimum_leftover_base = 1000.0;

  static constexpr aave_v3_close_factor before_v3_3() noexcept {
    return {.of_whole_position = false, .full_below_base = 0.0, .minimum_leftover_base = 0.0};
  }
};

/// @brief Aave V3: many collaterals, many debts, thresholds for liquidation and LTVs for borrowing, efficiency mode.
///
/// Class linear. Health is the contract's without its integer roundings (v3.0–v3.4 floor the average threshold to whole
/// basis points, which moves the contract's number by up to 2e-4).
/// Health, headroom and greeks may also be asked of scaled balances, with each index inside the price of its slot. A
/// policy trades whole tokens: give it unscaled balances and prices without the index.
/// @source aave-v3-origin, GenericLogic.sol calculateUserAccountData, LiquidationLogic.sol, commit fd1fbd9
struct aave_v3 {
  static constexpr form_class kind = form_class::linear;

  std::span<const aave_v3_reserve> reserves;
  aave_v3_emode emode{};
  aave_v3_close_factor close_factor{};

  /// @errors asset_mismatch (a holding the table lacks), bad_configuration, capacity (more than 64 reserves)
  template <std::size_t N>
  constexpr errc validate(const account<N>& a) const noexcept {
    if (reserves.size() > 64) return errc::capacity;
    for (const aave_v3_reserve& r : reserves)
      if (!sound(r.ltv, r.threshold, r.bonus) || !(r.protocol_fee.count >= 0.0 && r.protocol_fee.count <= 1e4))
        return errc::bad_configuration;
    if (!sound(emode.ltv, emode.threshold, emode.bonus)) return errc::bad_configuration;
    for (const holding& h : a)
      if (index_of(h.asset) == reserves.size()) return errc::asset_mismatch;
    return errc::ok;
  }

  template <Scalar S, std::size_t N>
  constexpr form<S, N> liquidation_form(const account<N>& a) const noexcept(std::floating_point<S>) {
    form<S, N> f;
    list_liquidation<S>(a, f);
    return f;
  }
  /// The terms of the liquidation form, one by one: see `health_factor(model, account, prices)`.
  template <Scalar S, std::size_t N, class Out>
  constexpr void list_liquidation(const account<N>& a, Out& out) const noexcept(std::floating_point<S>) {
    if (emode.collateral_bitmap == 0)
      return list<S>(
          a, [this](std::size_t i) { return reserves[i].threshold; }, out);
    list<S>(
        a, [this](std::size_t i) { return threshold_of(i); }, out);
  }
  /// Collateral weighted with LTV; one whose effective LTV is 0 backs no new debt, though it still counts for
  /// liquidation.
  template <Scalar S, std::size_t N>
  constexpr form<S, N> borrow_form(const account<N>& a) const noexcept(std::floating_point<S>) {
    form<S, N> f;
    list<S>(
        a, [this](std::size_t i) { return ltv_of(i); }, f);
    return f;
  }

  /// @brief Whether this asset may leave, health apart. While an enabled collateral of effective LTV 0 is held, a
  /// debtor may withdraw only such collaterals.
  ///
  /// An account without debt, and what is not enabled as collateral, are never held back.
  /// @source aave-v3-origin, SupplyLogic.sol executeWithdraw, ValidationLogic.sol validateHFAndLtv
  template <std::size_t N>
  constexpr bool may_withdraw(const account<N>& a, asset_id asset) const noexcept;

  template <std::size_t N>
  constexpr bool may_borrow(const account<N>&, asset_id) const noexcept {
    return true;
  }
  [[nodiscard]] constexpr double minimum_debt(oracle_prices<double>) const noexcept { return 0.0; }
  [[nodiscard]] constexpr withdrawal_check withdrawal_checked_by() const noexcept {
    return withdrawal_check::liquidation_form;
  }
  [[nodiscard]] constexpr boundary liquidation_boundary() const noexcept { return boundary::below_one; }

  /// @brief The contract's health factor against the form's, relative: it rounds every collateral value down and every
  /// debt value up to 10⁻⁸ of the base currency, and the factor to 10⁻¹⁸.
  template <std::size_t N>
  constexpr double rounding_bound(const account<N>& a, oracle_prices<double> prices) const noexcept {
    const auto f = liquidation_form<double>(a);
    const double backed = weighted_value(f.collateral, prices), owed = weighted_value(f.debt, prices);
    constexpr double grain = 1e-8;
    return owed > 0.0 && backed > 0.0
               ? grain * static_cast<double>(f.collateral.size()) / backed +
                     grain * static_cast<double>(f.debt.size()) / owed + 1e-18 * owed / backed + 0x1p-50
               : 0.0;
  }
  /// 0 for an asset the table lacks.
  template <std::size_t N>
  constexpr basis_points bonus(const account<N>&, oracle_prices<double>, asset_id asset) const noexcept {
    const std::size_t i = index_of(asset);
    return i == reserves.size() ? basis_points{} : bonus_of(i);
  }

  /// @errors not_liquidatable, asset_mismatch, negative_amount, not_finite, dust (what would be left of both sides is
  /// too small)
  template <std::size_t N>
  constexpr result<liquidation_outcome> liquidate(const account<N>& a, oracle_prices<double> prices,
                                                  const liquidation_request& request) const noexcept;

private:
  static constexpr bool sound(basis_points ltv, basis_points threshold, basis_points bonus) noexcept {
    return ltv.count >= 0.0 && ltv.count <= threshold.count && threshold.count <= 1e4 && bonus.count >= 0.0;
  }
  [[nodiscard]] constexpr std::size_t index_of(asset_id asset) const noexcept {
    // A table in the order of its asset numbers needs no search.
    if (asset.value < reserves.size() && reserves[asset.value].asset == asset) return asset.value;
    std::size_t i = 0;
    while (i < reserves.size() && !(reserves[i].asset == asset)) ++i;
    return i;
  }
  [[nodiscard]] constexpr bool in_emode(std::size_t i) const noexcept {
    return ((emode.collateral_bitmap >> i) & 1U) != 0;
  }
  [[nodiscard]] constexpr basis_points threshold_of(std::size_t i) const noexcept {
    return in_emode(i) ? emode.threshold : reserves[i].threshold;
  }
  [[nodiscard]] constexpr basis_points ltv_of(std::size_t i) const noexcept {
    if (!in_emode(i)) return reserves[i].ltv;
    return ((emode.ltv_zero_bitmap >> i) & 1U) != 0 ? basis_points{} : emode.ltv;
  }
  [[nodiscard]] constexpr basis_points bonus_of(std::size_t i) const noexcept {
    return in_emode(i) ? emode.bonus : reserves[i].bonus;
  }

  template <Scalar S, std::size_t N, class Weight, class Out>
  constexpr void list(const account<N>& a, Weight weight, Out& f) const noexcept(std::floating_point<S>) {
    for (const holding& h : a) {
      const std::size_t i = index_of(h.asset);
      if (i == reserves.size()) continue;  // refused by validate
      const auto hold = [&] {
        if (h.used_as_collateral)
          f.collateral.add(
              {literal<S>(h.collateral), literal<S>(weight(i).fraction()), reserves[i].collateral_slot, h.asset});
      };
      const auto owe = [&] { f.debt.add({literal<S>(h.debt), literal<S>(1.0), reserves[i].debt_slot, h.asset}); };
      // Not "> 0": a NaN takes part too, so that it never reads as nothing owed.
      if (!(h.collateral <= 0.0)) {
        hold();
      } else if (h.collateral == 0.0 && h.debt == 0.0) {
        hold(), owe();  // listed with nothing: takes part with zero, so that a sizer can open it
      }
      if (!(h.debt <= 0.0)) owe();
    }
  }
};

template <std::size_t N>
constexpr bool aave_v3::may_withdraw(const account<N>& a, asset_id asset) const noexcept {
  const auto ltv_is_zero = [this](std::size_t i) { return i < reserves.size() && !(ltv_of(i).count > 0.0); };
  if (ltv_is_zero(index_of(asset))) return true;
  if (const holding* h = a.find(asset); h != nullptr && !h->used_as_collateral) return true;
  bool owes = false, keeps_others_in = false;
  for (const holding& h : a) {
    const std::size_t i = index_of(h.asset);
    owes = owes || !(h.debt <= 0.0);
    // What has no threshold is no collateral at all.
    keeps_others_in = keeps_others_in ||
                      (h.used_as_collateral && !(h.collateral <= 0.0) && ltv_is_zero(i) && threshold_of(i).count > 0.0);
  }
  return !(owes && keeps_others_in);
}

template <std::size_t N>
constexpr result<liquidation_outcome> aave_v3::liquidate(const account<N>& a, oracle_prices<double> prices,
                                                         const liquidation_request& request) const noexcept {
  const std::size_t ci = index_of(request.collateral), di = index_of(request.debt);
  const holding *held = a.find(request.collateral), *owed = a.find(request.debt);
  if (ci == reserves.size() || di == reserves.size() || held == nullptr || owed == nullptr) return errc::asset_mismatch;
  if (!held->used_as_collateral || owed->debt <= 0.0) return errc::asset_mismatch;
  if (!(request.repay > 0.0)) return errc::negative_amount;
  const form<double, N> f = liquidation_form<double>(a);
  const double debt_value = weighted_value(f.debt, prices);
  const double health = health_factor(weighted_value(f.collateral, prices), debt_value);
  if (!liquidatable_at(liquidation_boundary(), health)) return errc::not_liquidatable;
  if (!(health < infinity)) return errc::not_finite;  // a NaN

  const double collateral_price = prices[reserves[ci].collateral_slot].value;
  const double debt_price = prices[reserves[di].debt_slot].value;
  const double held_value = held->collateral * collateral_price, owed_value = owed->debt * debt_price;
  double closable = owed->debt;
  const bool whole = health <= close_factor.full_at_or_below || held_value < close_factor.full_below_base ||
                     owed_value < close_factor.full_below_base;
  if (!whole) {
    const double of = close_factor.of_whole_position ? debt_value : owed_value;
    closable = smaller(closable, of * close_factor.partial.fraction() / debt_price);
  }

  const double seized_per_repaid = (1.0 + bonus_of(ci).fraction()) * debt_price / collateral_price;
  liquidation_outcome out;
  out.repaid = smaller(request.repay, closable);
  out.seized = out.repaid * seized_per_repaid;
  if (out.seized >= held->collateral) {
    out.seized = held->collateral;
    out.repaid = smaller(out.repaid, held->collateral / seized_per_repaid);
  }
  const double bonus_part = out.seized - out.seized / (1.0 + bonus_of(ci).fraction());
  out.protocol_fee = bonus_part * reserves[ci].protocol_fee.fraction();

  const double debt_left = owed->debt - out.repaid, collateral_left = held->collateral - out.seized;
  const bool last_collateral = [&] {
    for (const holding& h : a)
      if (!(h.asset == request.collateral) && h.used_as_collateral && h.collateral > 0.0) return false;
    return true;
  }();
  if (collateral_left <= 0.0 && last_collateral) out.bad_debt = debt_left;
  out.debt_left = debt_left - out.bad_debt;
  out.collateral_left = collateral_left;
  if (debt_left > 0.0 && collateral_left > 0.0 &&
      (debt_left * debt_price < close_factor.minimum_leftover_base ||
       collateral_left * collateral_price < close_factor.minimum_leftover_base))
    return errc::dust;
  return out;
}

}  // namespace trimtab::health
