// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/health/health_factor.hpp>
#include <trimtab/sensitivity/factored_greeks.hpp>

namespace trimtab::sensitivity {

/// @brief ln HF and its derivatives: how fast the distance to liquidation moves.
///
/// Formula   ∂ln H/∂pᵢ = aᵢ − bᵢ    aᵢ = Aᵢ / C, upper    bᵢ = Bᵢ / D, lower
///           ∂²ln H/∂pᵢ∂pⱼ = bᵢbⱼ − aᵢaⱼ
/// In log prices (`in_log_prices`): αᵢ − βᵢ, a slot's share of collateral less its share of debt; they sum to 0.
/// @return   value +inf without debt and −inf without collateral, each with all derivatives zero
/// @pre      as `health_factor`
/// @source   math: logarithm of the quotient; checked against 40-digit references and automatic differentiation
template <std::size_t M = 16, Scalar S>
log_ratio_greeks<S, M> log_health_greeks(const form_view<S>& f,
                                         oracle_prices<S> prices) noexcept(std::floating_point<S>) {
  log_ratio_greeks<S, M> g;
  g.size = prices.size() < M ? prices.size() : M;
  const S collateral = weighted_value<S>(f.collateral, prices), debt = weighted_value<S>(f.debt, prices);
  // Where either side is nothing so are the derivatives, but never where either is unknown.
  const mask_t<S> owns = literal<S>(0.0) < collateral, owes = literal<S>(0.0) < debt;
  const S unknown = (collateral - collateral) + (debt - debt);
  const auto reciprocal = [&](const mask_t<S>& there, const S& x) {
    return blend<S>(there, literal<S>(1.0) / blend<S>(there, x, literal<S>(1.0)), literal<S>(0.0));
  };
  const S both = blend<S>(owns, blend<S>(owes, literal<S>(1.0), unknown), unknown);
  const S per_collateral = reciprocal(owns, collateral) * both, per_debt = reciprocal(owes, debt) * both;
  for (const term<S>& t : f.collateral)
    if (t.slot.index < g.size) g.upper[t.slot.index] = g.upper[t.slot.index] + t.weight * t.amount * per_collateral;
  for (const term<S>& t : f.debt)
    if (t.slot.index < g.size) g.lower[t.slot.index] = g.lower[t.slot.index] + t.weight * t.amount * per_debt;
  for (std::size_t i = 0; i < g.size; ++i) g.delta[i] = g.upper[i] - g.lower[i];
  g.value = log_health(f, prices);
  return g;
}
template <std::size_t M = 16, Scalar S, std::size_t N>
log_ratio_greeks<S, M> log_health_greeks(const form<S, N>& f,
                                         oracle_prices<S> prices) noexcept(std::floating_point<S>) {
  return log_health_greeks<M>(f.view(), prices);
}

}  // namespace trimtab::sensitivity
