// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/health/health_factor.hpp>
#include <trimtab/sensitivity/factored_greeks.hpp>

namespace trimtab::sensitivity {

namespace detail {

// Sides are a handful of terms: what it takes Clang to enter an unrolled loop costs more than the loop.
template <Scalar S, class F>
constexpr void each(std::span<const term<S>> side, F visit) {
#if defined(__clang__)
#pragma clang loop unroll(disable)
#endif
  for (std::size_t k = 0; k < side.size(); ++k) visit(side[k]);
}

// To spans that hold zeros.
template <Scalar S, std::size_t Extent>
constexpr S add_health_greeks(const form_view<S>& f, oracle_prices<S> prices, std::span<S, Extent> delta,
                              std::span<S, Extent> cofactor) noexcept(std::floating_point<S>) {
  S collateral = literal<S>(0.0), debt = literal<S>(0.0);
  each<S>(f.collateral,
          [&](const term<S>& t) { collateral = collateral + t.weight * t.amount * prices[t.slot].value; });
  each<S>(f.debt, [&](const term<S>& t) { debt = debt + t.weight * t.amount * prices[t.slot].value; });
  const mask_t<S> owes = literal<S>(0.0) < debt;
  // debt − debt is 0, or NaN where the debt is: no delta must not stand for an unknown one.
  const S per_debt = blend<S>(owes, literal<S>(1.0) / blend<S>(owes, debt, literal<S>(1.0)), debt - debt);
  const S health = health_factor<S>(collateral, debt), finite = blend<S>(owes, health, literal<S>(0.0));
  // A second pass over the terms, not one over the slots: there may be more slots than terms, and a loop over what was
  // just written piece by piece would wait for every piece.
  const std::size_t size = delta.size() < cofactor.size() ? delta.size() : cofactor.size();
  each<S>(f.collateral, [&](const term<S>& t) {
    if (t.slot.index < size) delta[t.slot.index] = delta[t.slot.index] + t.weight * t.amount * per_debt;
  });
  each<S>(f.debt, [&](const term<S>& t) {
    if (t.slot.index >= size) return;
    const S share = t.weight * t.amount * per_debt;
    delta[t.slot.index] = delta[t.slot.index] - finite * share;
    cofactor[t.slot.index] = cofactor[t.slot.index] + share;
  });
  return health;
}

}  // namespace detail

/// @brief Exact first and second derivatives of the health factor in every price slot, into the caller's spans.
///
/// Formula   gᵢ = (Aᵢ − H·Bᵢ) / D    bᵢ = Bᵢ / D    Aᵢ = Σ w·c and Bᵢ = Σ v·d on slot i
///           ∂²H/∂pᵢ∂pⱼ = −(gᵢ·bⱼ + gⱼ·bᵢ): zero when every debt is priced by a constant
/// @param    delta, cofactor  g and b, shape: as many slots as are wanted, the same for both; slots beyond count in H
///           and are not reported
/// @return   H; +inf and all derivatives zero without debt
/// @pre      as `health_factor`
/// @cost     two passes over the holdings, two divisions; no allocation
/// @source   quotient rule on H = C/D; checked against 40-digit references and automatic differentiation
template <Scalar S, std::size_t Extent>
constexpr S health_greeks(const form_view<S>& f, oracle_prices<S> prices, std::span<S, Extent> delta,
                          std::span<S, Extent> cofactor) noexcept(std::floating_point<S>) {
  for (S& d : delta) d = literal<S>(0.0);
  for (S& c : cofactor) c = literal<S>(0.0);
  return detail::add_health_greeks(f, prices, delta, cofactor);
}

/// @brief The same with its own memory. @tparam M inline capacity; of more slots, the first M are reported
template <std::size_t M = 16, Scalar S>
constexpr factored_greeks<S, M> health_greeks(const form_view<S>& f,
                                              oracle_prices<S> prices) noexcept(std::floating_point<S>) {
  factored_greeks<S, M> g;
  g.size = prices.size() < M ? prices.size() : M;
  // All of M, a length that the compiler knows: what no term reads stays zero.
  g.value = detail::add_health_greeks(f, prices, std::span<S, M>(g.delta), std::span<S, M>(g.cofactor));
  return g;
}
template <std::size_t M = 16, Scalar S, std::size_t N>
constexpr factored_greeks<S, M> health_greeks(const form<S, N>& f,
                                              oracle_prices<S> prices) noexcept(std::floating_point<S>) {
  return health_greeks<M>(f.view(), prices);
}

}  // namespace trimtab::sensitivity
