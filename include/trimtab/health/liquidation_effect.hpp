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
/// Formula   Σ c·p / (1 + b) < Σ d·p, values without weights
/// @errors   those of the door (`validate`); asset_mismatch where a collateral stands in the form as something else (a
///           Gearbox token at its quota), which does not say what it is worth
template <Liquidatable M, std::size_t N>
constexpr result<bool> liquidation_leaves_bad_debt(const M& model, const account<N>& a,
                                                   oracle_prices<double> prices) noexcept {
  if (const errc e = validate(model, a, prices); e != errc::ok) return e;
  const auto f = model.template liquidation_form<double>(a);
  double covers = 0.0, owed = 0.0;
  for (const auto& t : f.collateral) {
    if (a.find(t.asset) == nullptr) return errc::asset_mismatch;
    covers += t.amount * prices[t.slot].value / (1.0 + model.bonus(a, prices, t.asset).fraction());
  }
  for (const auto& t : f.debt) owed += t.amount * prices[t.slot].value;
  return covers < owed;
}

}  // namespace trimtab
