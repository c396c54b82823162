// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/health/concept.hpp>
#include <trimtab/health/health_factor.hpp>

namespace trimtab {

/// @brief Does liquidating this debt for this collateral raise the account's health, whatever its size?
///
/// Formula   HF > w·(1 + b) / v, w and v the weights of the collateral and of the debt, b the bonus now
/// @errors   those of the door (`validate`); asset_mismatch where the form lists one of the two no more
/// @source   Warmuz, Chaudhary, Pinna 2022, "Toxic liquidation spirals" (arXiv 2212.07306), for one asset each; the
/// same
///           derivative for many
template <Liquidatable M, std::size_t N>
constexpr result<bool> liquidation_improves_health(const M& model, const account<N>& a, oracle_prices<double> prices,
                                                   asset_id debt, asset_id collateral) noexcept {
  if (const errc e = validate(model, a, prices); e != errc::ok) return e;
  const auto f = model.template liquidation_form<double>(a);
  const auto *held = f.collateral.find(collateral), *owed = f.debt.find(debt);
  if (held == nullptr || owed == nullptr) return errc::asset_mismatch;
  return liquidation_improves_health(health_factor(f, prices), held->weight / owed->weight,
                                     model.bonus(a, prices, collateral));
}

/// @brief Would debt remain when liquidators have taken everything, each collateral at its own bonus?
///
/// Formula   Σ c·p / (1 + b) < Σ d·p over what the account has and owes, values without weights; by more than the
///           roundings of the sums, for a bonus may be whatever the collateral is worth beyond the debt (Liquity,
///           crvUSD)
/// @errors   those of the door (`validate`); asset_mismatch where the form prices something else in a collateral's
///           stead (Gearbox's quota, crvUSD's bands)
template <Liquidatable M, std::size_t N>
constexpr result<bool> liquidation_leaves_bad_debt(const M& model, const account<N>& a,
                                                   oracle_prices<double> prices) noexcept {
  if (const errc e = validate(model, a, prices); e != errc::ok) return e;
  const auto f = model.template liquidation_form<double>(a);
  double covers = 0.0, owed = 0.0;
  bool priced = true, replaced = false;
  for (const holding& h : a)
    priced = priced && (h.collateral <= 0.0 || !h.used_as_collateral || f.collateral.find(h.asset) != nullptr);
  // What no holding is (a perp's deductions, costs, or what was moved over to the other side) covers and owes nothing.
  for (const auto& t : f.collateral) {
    const holding* h = a.find(t.asset);
    if (h == nullptr) replaced = true;
    if (h == nullptr) continue;
    if (t.amount > h->collateral) return errc::asset_mismatch;
    covers += h->collateral * prices[t.slot].value / (1.0 + model.bonus(a, prices, t.asset).fraction());
  }
  if (replaced && !priced) return errc::asset_mismatch;
  for (const auto& t : f.debt)
    if (const holding* h = a.find(t.asset); h != nullptr) owed += h->debt * prices[t.slot].value;
  return covers < owed * (1.0 - 0x1p-48);
}

}  // namespace trimtab
