// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/units.hpp>
#include <trimtab/health/aave_rounding.hpp>
#include <trimtab/health/aave_v3_config.hpp>
#include <trimtab/health/aave_v3_liquidation.hpp>
#include <trimtab/health/concept.hpp>
#include <trimtab/health/health_factor.hpp>
#include <trimtab/health/table.hpp>

#include <cstdint>
#include <span>

namespace trimtab::health {

/// @brief Aave V3: many collaterals, many debts, thresholds for liquidation and LTVs for borrowing, efficiency mode.
///
/// Class linear. Liquidatable below 1, equality is healthy. A borrow must keep LTV-weighted collateral at or above the
/// debt; a withdrawal asks the liquidation form. Close factor, bonus, fee and dust: `aave_v3_liquidation`. No minimum
/// debt. Up to v3.4 the contract floors the average threshold to whole basis points, which no linear form does: its
/// health is `contract_health`, up to 2·10⁻⁴ below the form's, and `liquidate` asks that one. Health, headroom and
/// greeks may also be asked of scaled balances, with each index inside the price of its slot. A policy trades whole
/// tokens: give it unscaled balances and prices without the index.
/// @source aave-v3-origin, GenericLogic.sol, ValidationLogic.sol, tags v3.1.0–v3.6.0, commit fd1fbd9
struct aave_v3 {
  static constexpr form_class kind = form_class::linear;
  static constexpr whole_repayment whole_debt =
      whole_repayment::by_max_value;  ///< aave-v3-origin, BorrowLogic.sol executeRepay

  std::span<const aave_v3_reserve> reserves;
  std::span<const aave_v3_emode> emodes{};
  std::uint8_t emode = 0;  ///< the account's category; 0 is none
  aave_v3_release release = aave_v3_release::v3_7;
  aave_v3_close_factor close_factor{};
  bool sentinel_refuses = false;  ///< (up to v3.6) after an outage of the sequencer: liquidations below 0.95 only
  bool exact_threshold = false;   ///< for a fork of a release before v3.5 that floors no average

  /// @errors asset_mismatch (a holding the table lacks), threshold_range, bad_configuration (two categories of one id
  /// too), duplicate_asset, unknown_emode, capacity (more than 64 reserves)
  template <std::size_t N>
  constexpr errc validate(const account<N>& a) const noexcept;

  template <Scalar S, std::size_t N>
  constexpr form<S, N> liquidation_form(const account<N>& a) const noexcept(std::floating_point<S>) {
    form<S, N> f;
    list_liquidation<S>(a, f);
    return f;
  }
  /// The terms of the liquidation form, one by one: what `health_factor(model, account, prices)` adds up.
  template <Scalar S, std::size_t N, class Out>
  constexpr void list_liquidation(const account<N>& a, Out& out) const noexcept(std::floating_point<S>) {
    constexpr auto threshold = [](const auto& row) { return row.threshold; };
    list<S>(a, threshold, out);
  }
  /// Collateral weighted with LTV; one whose effective LTV is 0 backs no new debt, though it still counts for
  /// liquidation. The contract floors the average LTV to whole basis points, in every release: it lends up to 10⁻⁴ of
  /// the collateral's value less than this form.
  template <Scalar S, std::size_t N>
  constexpr form<S, N> borrow_form(const account<N>& a) const noexcept(std::floating_point<S>) {
    form<S, N> f;
    constexpr auto ltv = [](const auto& row) { return row.ltv; };
    list<S>(a, ltv, f);
    return f;
  }

  /// @brief Whether this asset may leave, health apart. While an enabled collateral of effective LTV 0 is held, a
  /// debtor may withdraw only such collaterals, and what is not enabled.
  /// @source aave-v3-origin, SupplyLogic.sol executeWithdraw, ValidationLogic.sol validateHFAndLtvzero
  template <std::size_t N>
  constexpr bool may_withdraw(const account<N>& a, asset_id asset) const noexcept;

  /// @brief Whether this asset is lent to this account, health apart: the category's list of what may be borrowed, and
  /// up to v3.6 isolated collateral and siloed debts.
  /// @source aave-v3-origin, ValidationLogic.sol validateBorrow, IsolationModeLogic.sol
  template <std::size_t N>
  constexpr bool may_borrow(const account<N>& a, asset_id asset) const noexcept;

  /// What may still be borrowed against isolated collateral, tokens of any debt; else infinity.
  template <std::size_t N>
  constexpr double borrow_room(const account<N>& a, oracle_prices<double>, asset_id) const noexcept {
    const std::size_t i = isolated_collateral(a);
    return i == reserves.size() ? infinity : larger(0.0, reserves[i].debt_ceiling - reserves[i].isolated_debt);
  }

  [[nodiscard]] constexpr double minimum_debt(oracle_prices<double>) const noexcept { return 0.0; }
  [[nodiscard]] constexpr withdrawal_check withdrawal_checked_by() const noexcept {
    return withdrawal_check::liquidation_form;
  }
  [[nodiscard]] constexpr boundary liquidation_boundary() const noexcept { return boundary::below_one; }

  /// @brief What the release computes, in real numbers, and how far its integers may be from that.
  ///
  /// Formula   up to v3.4: `floored_health`; since v3.5 the form's factor. Each value is rounded to 10⁻⁸ of the base
  /// currency from a balance rounded to a smallest unit, g = 10⁻⁸ + unit·p, and the factor to 10⁻¹⁸.
  template <std::size_t N>
  constexpr contract_reading reading(const account<N>& a, oracle_prices<double> prices) const noexcept {
    const auto grain = [&](const term<>& t) {
      return 1e-8 + units::smallest(reserves[index_of(t.asset)].decimals) * prices[t.slot].value;
    };
    const auto f = liquidation_form<double>(a);
    const bool floors = release < aave_v3_release::v3_5 && !exact_threshold;
    return floors ? floored_health(f, prices, grain, 1e-18) : rounded_health(f, prices, grain, 1e-18);
  }
  template <std::size_t N>
  constexpr double contract_health(const account<N>& a, oracle_prices<double> prices) const noexcept {
    return reading(a, prices).health;
  }
  /// The contract's integer against the form's factor, relative: the bound of `reading` and what flooring takes.
  template <std::size_t N>
  constexpr double rounding_bound(const account<N>& a, oracle_prices<double> prices) const noexcept {
    const contract_reading r = reading(a, prices);
    const double exact = health_factor(liquidation_form<double>(a), prices);
    return r.bound + (exact > 0.0 && exact < infinity ? larger(0.0, 1.0 - r.health / exact) : 0.0);
  }
  /// 0 for an asset the table lacks.
  template <std::size_t N>
  constexpr basis_points bonus(const account<N>&, oracle_prices<double>, asset_id asset) const noexcept {
    const std::size_t i = index_of(asset);
    return i == reserves.size() ? basis_points{} : terms_at(i, category()).bonus;
  }

  /// @errors asset_mismatch (what is no collateral, or none of it is held, too), negative_amount, not_liquidatable
  /// (grace period and sentinel too), not_finite, size_mismatch (the category's price of the debt), dust
  template <std::size_t N>
  constexpr result<liquidation_outcome> liquidate(const account<N>& a, oracle_prices<double> prices,
                                                  const liquidation_request& request) const noexcept;

private:
  [[nodiscard]] constexpr std::size_t index_of(asset_id asset) const noexcept {
    return health::index_of(reserves, asset);
  }
  // Up to v3.5 what has no threshold of its own is no collateral, whoever enabled it; since v3.6 what is enabled is.
  [[nodiscard]] constexpr bool is_collateral(std::size_t i) const noexcept {
    return i < reserves.size() && (release >= aave_v3_release::v3_6 || reserves[i].threshold.count > 0.0);
  }
  // Without bits where the account is in none.
  [[nodiscard]] constexpr aave_v3_emode category() const noexcept {
    for (const aave_v3_emode& c : emodes)
      if (emode != 0 && c.id == emode) return c;
    return {};
  }
  [[nodiscard]] constexpr aave_v3_terms terms_at(std::size_t i, const aave_v3_emode& c) const noexcept {
    return terms_of(reserves[i], i, c, release);
  }

  template <Scalar S, std::size_t N, class Weight, class Out>
  constexpr void list(const account<N>& a, Weight weight, Out& out) const noexcept(std::floating_point<S>) {
    if (emode == 0) {  // each reserve's own numbers, without asking for every one whether they are
      const auto own = [this](std::size_t i) -> const aave_v3_reserve& { return reserves[i]; };
      list_rows<S>(a, own, weight, out);
    } else {
      const auto in_category = [this, c = category()](std::size_t i) { return terms_at(i, c); };
      list_rows<S>(a, in_category, weight, out);
    }
  }
  template <Scalar S, std::size_t N, class Row, class Weight, class Out>
  constexpr void list_rows(const account<N>& a, const Row& row, Weight weight, Out& out) const
      noexcept(std::floating_point<S>) {
    for (const holding& h : a) {
      const std::size_t i = index_of(h.asset);
      if (i == reserves.size()) continue;  // refused by validate
      const auto& t = row(i);
      // Listed with nothing: takes part with zero, so that a sizer can open it.
      const bool opening = h.collateral == 0.0 && h.debt == 0.0;
      // Not "> 0": a NaN takes part too, so that it never reads as nothing owed.
      if (h.used_as_collateral && (!(h.collateral <= 0.0) || opening))
        out.collateral.add({literal<S>(h.collateral), literal<S>(weight(t).fraction()), t.collateral_slot, h.asset});
      if (!(h.debt <= 0.0) || opening) out.debt.add({literal<S>(h.debt), literal<S>(1.0), t.debt_slot, h.asset});
    }
  }

  // The one collateral of an account in isolation mode, or `reserves.size()`.
  template <std::size_t N>
  constexpr std::size_t isolated_collateral(const account<N>& a) const noexcept {
    std::size_t enabled = 0, isolated = reserves.size();
    if (release >= aave_v3_release::v3_7) return isolated;
    for (const holding& h : a) {
      const std::size_t i = index_of(h.asset);
      if (i == reserves.size() || !h.used_as_collateral || h.collateral <= 0.0) continue;
      ++enabled;
      if (reserves[i].debt_ceiling > 0.0) isolated = i;
    }
    return enabled == 1 ? isolated : reserves.size();
  }
};

template <std::size_t N>
constexpr errc aave_v3::validate(const account<N>& a) const noexcept {
  if (reserves.size() > 64) return errc::capacity;
  for (const aave_v3_reserve& r : reserves)
    if (const errc e = health::validate(r); e != errc::ok) return e;
  if (lists_an_asset_twice(reserves)) return errc::duplicate_asset;
  for (const aave_v3_emode& c : emodes) {
    if (const errc e = health::validate(c); e != errc::ok) return e;
    for (const aave_v3_emode* other = emodes.data(); other != &c; ++other)
      if (other->id == c.id) return errc::bad_configuration;
  }
  if (const errc e = health::validate(close_factor); e != errc::ok) return e;
  if (emode != 0 && category().id == 0) return errc::unknown_emode;
  for (const holding& h : a)
    if (index_of(h.asset) == reserves.size()) return errc::asset_mismatch;
  return errc::ok;
}

template <std::size_t N>
constexpr bool aave_v3::may_withdraw(const account<N>& a, asset_id asset) const noexcept {
  const aave_v3_emode c = category();
  const auto ltv_is_zero = [&](std::size_t i) { return i < reserves.size() && !(terms_at(i, c).ltv.count > 0.0); };
  if (ltv_is_zero(index_of(asset))) return true;
  if (const holding* h = a.find(asset); h != nullptr && !h->used_as_collateral) return true;
  bool owes = false, keeps_others_in = false;
  for (const holding& h : a) {
    const std::size_t i = index_of(h.asset);
    owes = owes || !(h.debt <= 0.0);
    keeps_others_in =
        keeps_others_in || (h.used_as_collateral && !(h.collateral <= 0.0) && ltv_is_zero(i) && is_collateral(i));
  }
  return !(owes && keeps_others_in);
}

template <std::size_t N>
constexpr bool aave_v3::may_borrow(const account<N>& a, asset_id asset) const noexcept {
  const std::size_t i = index_of(asset);
  if (i == reserves.size()) return false;
  const aave_v3_reserve& r = reserves[i];
  if (emode != 0 && !has_reserve(category().borrowable_bitmap, i)) return false;
  if (!r.borrowable && (emode == 0 || release < aave_v3_release::v3_6)) return false;
  if (release >= aave_v3_release::v3_7) return true;
  if (const double room = borrow_room(a, {}, asset); room < infinity && (!r.borrowable_in_isolation || room <= 0.0))
    return false;
  for (const holding& h : a) {  // a siloed debt stands alone
    if (h.debt <= 0.0 || h.asset == asset) continue;
    const std::size_t k = index_of(h.asset);
    if (r.siloed || (k < reserves.size() && reserves[k].siloed)) return false;
  }
  return true;
}

template <std::size_t N>
constexpr result<liquidation_outcome> aave_v3::liquidate(const account<N>& a, oracle_prices<double> prices,
                                                         const liquidation_request& request) const noexcept {
  const std::size_t ci = index_of(request.collateral), di = index_of(request.debt);
  const holding *held = a.find(request.collateral), *owed = a.find(request.debt);
  if (ci == reserves.size() || di == reserves.size() || held == nullptr || owed == nullptr) return errc::asset_mismatch;
  if (!held->used_as_collateral || held->collateral <= 0.0 || !is_collateral(ci) || owed->debt <= 0.0)
    return errc::asset_mismatch;
  if (!(request.repay > 0.0)) return errc::negative_amount;
  const double health = contract_health(a, prices);
  if (!liquidatable_at(liquidation_boundary(), health)) return errc::not_liquidatable;
  if (!(health < infinity)) return errc::not_finite;  // a NaN
  const bool refused = sentinel_refuses && release < aave_v3_release::v3_7 && health >= 0.95;
  if (refused || reserves[ci].in_grace_period || reserves[di].in_grace_period) return errc::not_liquidatable;
  const aave_v3_emode c = category();  // it prices the debt unasked whether the debt is in it
  const aave_v3_terms seized = terms_at(ci, c);
  const price_slot debt_slot = prices_its_assets(c, release) ? reserves[di].emode_debt_slot : reserves[di].debt_slot;
  if (!prices.has(debt_slot)) return errc::size_mismatch;  // not in the form where the debt is outside the category
  const auto f = liquidation_form<double>(a);
  bool only_collateral = true;  // what is worth less than a unit of the base currency is not there
  for (const term<>& t : f.collateral)
    if (!(t.asset == request.collateral) && is_collateral(index_of(t.asset)) && t.amount * prices[t.slot].value >= 1e-8)
      only_collateral = false;
  const aave_v3_liquidation call{
      .release = release,
      .close_factor = close_factor,
      .held = held->collateral,
      .owed = owed->debt,
      .collateral_price = prices[seized.collateral_slot].value,
      .debt_price = prices[debt_slot].value,
      .bonus = seized.bonus,
      .protocol_fee = reserves[ci].protocol_fee,
      .health = health,
      .all_debt_value = weighted_value(f.debt, prices),
      .only_collateral = only_collateral,
  };
  return call.seize(request.repay);
}

}  // namespace trimtab::health
