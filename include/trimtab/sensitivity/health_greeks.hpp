// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/health/health_factor.hpp>
#include <trimtab/sensitivity/factored_greeks.hpp>

namespace trimtab::sensitivity {

/// @brief Exact first and second derivatives of the health factor in every price slot, into the caller's spans.
///
/// Formula   gᵢ = (Aᵢ − H·Bᵢ) / D    bᵢ = Bᵢ / D    Aᵢ = Σ w·c and Bᵢ = Σ v·d on slot i
///           ∂²H/∂pᵢ∂pⱼ = −(gᵢ·bⱼ + gⱼ·bᵢ): zero when every debt is priced by a constant
/// @param    delta, cofactor  g and b, shape: as many slots as are wanted, the same for both; slots beyond are read and
///           not reported
/// @return   H; +inf and all derivatives zero without debt
/// @pre      as `health_factor`
/// @cost     one pass over the holdings, two divisions; no allocation
/// @source   quotient rule on H = C/D; checked against 40-digit references and automatic differentiation
template <Scalar S>
constexpr S health_greeks(const form_view<S>& f, oracle_prices<S> prices, std::type_identity_t<std::span<S>> delta,
                          std::type_identity_t<std::span<S>> cofactor) noexcept(std::floating_point<S>) {
  const std::size_t size = delta.size();
  for (std::size_t i = 0; i < size; ++i) delta[i] = cofactor[i] = literal<S>(0.0);
  S collateral = literal<S>(0.0), debt = literal<S>(0.0);
  for (const term<S>& t : f.collateral) {
    const S balance = t.weight * t.amount;
    collateral = collateral + balance * prices[t.slot].value;
    if (t.slot.index < size) delta[t.slot.index] = delta[t.slot.index] + balance;
  }
  for (const term<S>& t : f.debt) {
    const S balance = t.weight * t.amount;
    debt = debt + balance * prices[t.slot].value;
    if (t.slot.index < size) cofactor[t.slot.index] = cofactor[t.slot.index] + balance;
  }
  const mask_t<S> owes = literal<S>(0.0) < debt;
  // debt − debt is 0, or NaN where the debt is: no delta must not stand for an unknown one.
  const S per_debt = blend<S>(owes, literal<S>(1.0) / blend<S>(owes, debt, literal<S>(1.0)), debt - debt);
  const S health = health_factor<S>(collateral, debt), finite = blend<S>(owes, health, literal<S>(0.0));
  for (std::size_t i = 0; i < size; ++i) {
    delta[i] = (delta[i] - finite * cofactor[i]) * per_debt;
    cofactor[i] = cofactor[i] * per_debt;
  }
  return health;
}

/// @brief The same with its own memory. @tparam M inline capacity; of more slots, the first M are reported
template <std::size_t M = 16, Scalar S>
constexpr factored_greeks<S, M> health_greeks(const form_view<S>& f,
                                              oracle_prices<S> prices) noexcept(std::floating_point<S>) {
  factored_greeks<S, M> g;
  g.size = prices.size() < M ? prices.size() : M;
  g.value = health_greeks<S>(f, prices, std::span<S>(g.delta.data(), g.size), std::span<S>(g.cofactor.data(), g.size));
  return g;
}
template <std::size_t M = 16, Scalar S, std::size_t N>
constexpr factored_greeks<S, M> health_greeks(const form<S, N>& f,
                                              oracle_prices<S> prices) noexcept(std::floating_point<S>) {
  return health_greeks<M>(f.view(), prices);
}

}  // namespace trimtab::sensitivity
