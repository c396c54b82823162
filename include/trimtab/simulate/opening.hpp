// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Opens an account at a given debt and health.

#include <trimtab/health/concept.hpp>
#include <trimtab/health/health_factor.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

namespace trimtab::simulate {

/// @brief An account that owes `debt` and holds collaterals in given shares of value, as much of them as makes health
/// `health`.
///
/// Health is linear in the collateral when there is one debt, so one division scales a first guess to the answer.
///
/// @param shares  of the collateral's value, by asset; any positive scale
/// @param prices  by slot = asset; the debt's is the one after the collaterals
/// @pre health > 0, debt > 0; at most 7 collaterals
template <HealthModel H>
[[nodiscard]] account<> open_account(const H& model, std::span<const double> shares, oracle_prices<double> prices,
                                     double debt, double health) {
  const auto build = [&](double value) {
    account<> a;
    for (std::size_t k = 0; k < shares.size(); ++k) {
      const price_slot slot{static_cast<std::uint16_t>(k)};
      a.add({.asset = {static_cast<std::uint32_t>(k)}, .collateral = value * shares[k] / prices[slot].value});
    }
    a.add({.asset = {static_cast<std::uint32_t>(shares.size())}, .debt = debt});
    return a;
  };
  const double unit = health_factor(model.template liquidation_form<double>(build(debt)), prices);
  return build(debt * health / unit);
}

}  // namespace trimtab::simulate
