// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/sensitivity/health_greeks.hpp>

namespace trimtab::sensitivity {

/// @brief ln HF and its derivatives: how fast the distance to liquidation moves.
///
/// Formula   ∂ln H/∂pᵢ = aᵢ − bᵢ    aᵢ = Aᵢ / C    bᵢ = Bᵢ / D    cofactorᵢ = ½ (aᵢ + bᵢ)
///           ∂²ln H/∂pᵢ∂pⱼ = bᵢbⱼ − aᵢaⱼ, here −((a−b)ᵢ(a+b)ⱼ + (a−b)ⱼ(a+b)ᵢ)/2, which does not cancel
/// In log prices (`in_log_prices`): αᵢ − βᵢ, the shares of a slot in collateral and debt. Elasticities sum to 0.
/// @return   value +inf without debt and −inf without collateral, each with all derivatives zero
/// @pre      as `health_factor`
/// @source   math: logarithm of the quotient; checked against 40-digit references and automatic differentiation
template <std::size_t M = 16, Scalar S>
factored_greeks<S, M> log_health_greeks(const form_view<S>& f,
                                        oracle_prices<S> prices) noexcept(std::floating_point<S>) {
  factored_greeks<S, M> g = health_greeks<M>(f, prices);
  const mask_t<S> owns = literal<S>(0.0) < g.value;
  const S per_health = blend<S>(owns, literal<S>(1.0) / blend<S>(owns, g.value, literal<S>(1.0)), g.value);  // 0 or NaN
  for (std::size_t i = 0; i < g.size; ++i) {
    const S slope = g.delta[i] * per_health;
    g.cofactor[i] = g.cofactor[i] + literal<S>(0.5) * slope;
    g.delta[i] = slope;
  }
  g.value = log_health(f, prices);
  return g;
}
template <std::size_t M = 16, Scalar S, std::size_t N>
factored_greeks<S, M> log_health_greeks(const form<S, N>& f, oracle_prices<S> prices) noexcept(std::floating_point<S>) {
  return log_health_greeks<M>(f.view(), prices);
}

}  // namespace trimtab::sensitivity
