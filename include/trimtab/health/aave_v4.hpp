// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/units.hpp>
#include <trimtab/health/aave_rounding.hpp>
#include <trimtab/health/aave_v4_config.hpp>
#include <trimtab/health/concept.hpp>
#include <trimtab/health/health_factor.hpp>
#include <trimtab/health/table.hpp>

#include <cstddef>
#include <span>

namespace trimtab::health {

/// @brief An Aave V4 spoke: one collateral factor for both forms, but of each account's own configuration; liquidation
/// up to a target health, at a bonus that grows as health falls.
///
/// Class linear. Liquidatable below 1, equality is healthy. A debt is what was drawn and its premium, together. A
/// borrow and a withdrawal first move the account to the latest configuration, and then ask for a health of 1: the
/// borrow form weighs with the smaller of the account's own and the latest factor. Where the latest is the larger the
/// contract asks less, but only because the same call also raises the factor of the liquidation form; a form that says
/// so before the call would be looser than the one that liquidates. Whoever wants the latest refreshes first, and gives
/// the new keys. Close factor: the debt that brings health to the target. Dust: neither side is left with less than
/// 1000 unless the other is gone. What no collateral covers is written off, in every reserve.
/// @source aave-v4, Spoke.sol _processUserAccountData (commit 8e6ea16), LiquidationLogic.sol (0051c6e); deployed code
/// may be newer
struct aave_v4 {
  static constexpr form_class kind = form_class::linear;
  static constexpr whole_repayment whole_debt = whole_repayment::by_max_value;  ///< aave-v4, Spoke.sol repay

  std::span<const aave_v4_reserve> reserves;
  std::span<const aave_v4_config> configs;   ///< every key that `keys` and the reserves name
  std::span<const aave_v4_key> keys{};       ///< the account's own; not needed for what it does not hold
  aave_v4_liquidation_config liquidation{};  ///< of the spoke

  /// @errors asset_mismatch, duplicate_asset, threshold_range (factor outside [0, 1)), bad_configuration (a key that
  /// `configs` lacks, a held collateral without a key, a bonus that no collateral of this factor covers)
  template <std::size_t N>
  constexpr errc validate(const account<N>& a) const noexcept {
    for (std::size_t i = 0; i < configs.size(); ++i) {
      if (const errc e = health::validate(configs[i]); e != errc::ok) return e;
      if (find(configs[i].asset, configs[i].key) != i) return errc::duplicate_asset;
    }
    if (const errc e = health::validate(liquidation); e != errc::ok) return e;
    for (const aave_v4_reserve& r : reserves)
      if (!(units::smallest(r.decimals) > 0.0) || find(r.asset, r.latest_key) == configs.size())
        return errc::bad_configuration;
    for (const aave_v4_key& k : keys)
      if (find(k.asset, k.key) == configs.size()) return errc::bad_configuration;
    if (lists_an_asset_twice(reserves) || lists_an_asset_twice(keys)) return errc::duplicate_asset;
    for (const holding& h : a) {
      if (index_of(h.asset) == reserves.size()) return errc::asset_mismatch;
      if (h.collateral > 0.0 && h.used_as_collateral && !has_key(h.asset)) return errc::bad_configuration;
    }
    return errc::ok;
  }

  template <Scalar S, std::size_t N>
  constexpr form<S, N> liquidation_form(const account<N>& a) const noexcept(std::floating_point<S>) {
    return weighted_form<S>(a, [this](std::size_t i) { return own(i).collateral_factor.fraction(); });
  }
  template <Scalar S, std::size_t N>
  constexpr form<S, N> borrow_form(const account<N>& a) const noexcept(std::floating_point<S>) {
    return weighted_form<S>(a, [this](std::size_t i) {
      const aave_v4_config latest = config(reserves[i].asset, reserves[i].latest_key);
      return smaller(own(i).collateral_factor.fraction(), latest.collateral_factor.fraction());
    });
  }

  /// Health apart, nothing is held back.
  template <std::size_t N>
  constexpr bool may_withdraw(const account<N>&, asset_id) const noexcept {
    return true;
  }
  template <std::size_t N>
  constexpr bool may_borrow(const account<N>&, asset_id asset) const noexcept {
    const std::size_t i = index_of(asset);
    return i != reserves.size() && reserves[i].borrowable;
  }
  [[nodiscard]] constexpr double minimum_debt(oracle_prices<double>) const noexcept { return 0.0; }
  [[nodiscard]] constexpr withdrawal_check withdrawal_checked_by() const noexcept {
    return withdrawal_check::borrow_form;
  }
  [[nodiscard]] constexpr boundary liquidation_boundary() const noexcept { return boundary::below_one; }

  /// @brief The contract's integer against the form's factor, relative: `rounded_health` with g = 2·unit·p.
  ///
  /// A supplied balance is rounded down to a smallest unit; drawn debt and premium are each rounded up to one. Values
  /// keep 10⁻²⁶ of the base currency, and the factor is floored twice to 10⁻¹⁸.
  template <std::size_t N>
  constexpr double rounding_bound(const account<N>& a, oracle_prices<double> prices) const noexcept {
    const auto grain = [&](const term<>& t) {
      return 1e-26 + 2.0 * units::smallest(reserves[index_of(t.asset)].decimals) * prices[t.slot].value;
    };
    return rounded_health(liquidation_form<double>(a), prices, grain, 2e-18).bound;
  }

  /// At the account's health now; 0 for an asset the table lacks.
  template <std::size_t N>
  constexpr basis_points bonus(const account<N>& a, oracle_prices<double> prices, asset_id asset) const noexcept {
    const std::size_t i = index_of(asset);
    if (i == reserves.size()) return {};
    return liquidation.bonus_at(health_factor(liquidation_form<double>(a), prices), own(i).max_bonus);
  }

  /// @errors asset_mismatch, negative_amount, not_liquidatable, not_finite, dust (more would have to be repaid than was
  /// asked for)
  template <std::size_t N>
  constexpr result<liquidation_outcome> liquidate(const account<N>& a, oracle_prices<double> prices,
                                                  const liquidation_request& request) const noexcept {
    const std::size_t ci = index_of(request.collateral), di = index_of(request.debt);
    const holding *held = a.find(request.collateral), *owed = a.find(request.debt);
    if (ci == reserves.size() || di == reserves.size() || held == nullptr || owed == nullptr)
      return errc::asset_mismatch;
    const aave_v4_config c = own(ci);
    if (!held->used_as_collateral || held->collateral <= 0.0 || owed->debt <= 0.0 || !(c.collateral_factor.count > 0.0))
      return errc::asset_mismatch;
    if (!(request.repay > 0.0)) return errc::negative_amount;
    const form<double, N> f = liquidation_form<double>(a);
    const double health = health_factor(f, prices);
    if (!liquidatable_at(liquidation_boundary(), health)) return errc::not_liquidatable;
    if (!(health < infinity)) return errc::not_finite;  // a NaN

    bool only_collateral = true;
    for (const term<>& t : f.collateral)
      if (!(t.asset == request.collateral) && t.amount > 0.0 && t.weight > 0.0) only_collateral = false;
    const aave_v4_liquidation call{
        .spoke = liquidation,
        .collateral = c,
        .held = held->collateral,
        .owed = owed->debt,
        .collateral_price = prices[reserves[ci].collateral_slot].value,
        .debt_price = prices[reserves[di].debt_slot].value,
        .health = health,
        .all_debt_value = weighted_value(f.debt, prices),
        .only_collateral = only_collateral,
    };
    return call.seize(request.repay);
  }

private:
  [[nodiscard]] constexpr std::size_t index_of(asset_id asset) const noexcept {
    return health::index_of(reserves, asset);
  }
  [[nodiscard]] constexpr std::size_t find(asset_id asset, std::uint32_t key) const noexcept {
    std::size_t i = 0;
    while (i < configs.size() && !(configs[i].asset == asset && configs[i].key == key)) ++i;
    return i;
  }
  // Without a factor where the table lacks the key; `validate` refuses that.
  [[nodiscard]] constexpr aave_v4_config config(asset_id asset, std::uint32_t key) const noexcept {
    const std::size_t i = find(asset, key);
    return i == configs.size() ? aave_v4_config{} : configs[i];
  }
  [[nodiscard]] constexpr bool has_key(asset_id asset) const noexcept {
    for (const aave_v4_key& k : keys)
      if (k.asset == asset) return true;
    return false;
  }
  // A collateral that the account does not hold yet takes the latest key.
  [[nodiscard]] constexpr aave_v4_config own(std::size_t i) const noexcept {
    for (const aave_v4_key& k : keys)
      if (k.asset == reserves[i].asset) return config(k.asset, k.key);
    return config(reserves[i].asset, reserves[i].latest_key);
  }

  template <Scalar S, std::size_t N, class Weight>
  constexpr form<S, N> weighted_form(const account<N>& a, Weight weight) const noexcept(std::floating_point<S>) {
    form<S, N> f;
    for (const holding& h : a) {
      const std::size_t i = index_of(h.asset);
      if (i == reserves.size()) continue;  // refused by validate
      // Listed with nothing: takes part with zero, so that a sizer can open it.
      const bool opening = h.collateral == 0.0 && h.debt == 0.0;
      // Not "> 0": a NaN takes part too, so that it never reads as nothing owed.
      if ((!(h.collateral <= 0.0) || opening) && h.used_as_collateral)
        f.collateral.add({literal<S>(h.collateral), literal<S>(weight(i)), reserves[i].collateral_slot, h.asset});
      if (!(h.debt <= 0.0) || opening)
        f.debt.add({literal<S>(h.debt), literal<S>(1.0), reserves[i].debt_slot, h.asset});
    }
    return f;
  }
};

}  // namespace trimtab::health
