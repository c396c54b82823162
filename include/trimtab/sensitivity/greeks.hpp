// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/errc.hpp>
#include <trimtab/health/health_factor.hpp>

#include <array>
#include <cstddef>
#include <span>

namespace trimtab::sensitivity {

/// @brief Delta and gamma of the health factor over the price slots; gamma kept as the two vectors it is made of.
///
/// Formula   gᵢ = (Aᵢ − H·Bᵢ) / D           bᵢ = Bᵢ / D         Aᵢ = Σ w·c and Bᵢ = Σ v·d on slot i
///           ∂²H/∂pᵢ∂pⱼ = −(gᵢ·bⱼ + gⱼ·bᵢ)
/// Rank at most 2, and zero when every debt is priced by a constant.
/// @tparam M inline capacity in slots
template <Scalar S = double, std::size_t M = 16>
struct health_greeks {
  S health{};
  std::array<S, M> delta{};       ///< g, health per base currency
  std::array<S, M> debt_share{};  ///< b, 1 per base currency
  std::size_t size = 0;           ///< slots in use

  /// One entry of the Hessian, health per base currency squared.
  [[nodiscard]] constexpr S gamma(std::size_t i, std::size_t j) const noexcept(std::floating_point<S>) {
    return -(delta[i] * debt_share[j] + delta[j] * debt_share[i]);
  }
  /// The Hessian whole, row-major, shape size × size. @errors size_mismatch
  constexpr errc dense(std::span<S> out) const noexcept(std::floating_point<S>) {
    if (out.size() != size * size) return errc::size_mismatch;
    for (std::size_t i = 0; i < size; ++i)
      for (std::size_t j = 0; j < size; ++j) out[i * size + j] = gamma(i, j);
    return errc::ok;
  }
};

/// @brief Exact first and second derivatives of the health factor in every price slot.
/// @return   all zero (and health +inf) without debt
/// @pre      as `health_factor`; prices.size() ≤ M, else only the first M slots are reported
/// @cost     one pass over the holdings, one division; no allocation
/// @source   quotient rule on H = C/D; checked against 40-digit references and automatic differentiation
template <std::size_t M = 16, Scalar S, std::size_t N>
constexpr health_greeks<S, M> greeks(const form<S, N>& f, oracle_prices<S> prices) noexcept(std::floating_point<S>) {
  health_greeks<S, M> g;
  g.size = prices.size() < M ? prices.size() : M;
  for (std::size_t i = 0; i < g.size; ++i) g.delta[i] = g.debt_share[i] = literal<S>(0.0);

  const S debt = weighted_value(f.debt, prices);
  const mask_t<S> owes = literal<S>(0.0) < debt;
  // debt − debt is 0, or NaN where the debt is: no delta must not stand for an unknown one.
  const S per_debt = blend<S>(owes, literal<S>(1.0) / blend<S>(owes, debt, literal<S>(1.0)), debt - debt);
  g.health = health_factor<S>(weighted_value(f.collateral, prices), debt);
  const S finite_health = blend<S>(owes, g.health, literal<S>(0.0));

  for (const term<S>& t : f.collateral)
    if (t.slot.index < g.size) g.delta[t.slot.index] = g.delta[t.slot.index] + t.weight * t.amount;
  for (const term<S>& t : f.debt)
    if (t.slot.index < g.size) g.debt_share[t.slot.index] = g.debt_share[t.slot.index] + t.weight * t.amount;
  for (std::size_t i = 0; i < g.size; ++i) {
    g.delta[i] = (g.delta[i] - finite_health * g.debt_share[i]) * per_debt;
    g.debt_share[i] = g.debt_share[i] * per_debt;
  }
  return g;
}

}  // namespace trimtab::sensitivity
