// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/math.hpp>
#include <trimtab/core/result.hpp>
#include <trimtab/instrument/leg.hpp>
#include <trimtab/sensitivity/factored_greeks.hpp>

namespace trimtab::sensitivity {

/// @brief A quantity, its delta and its gamma over the underlying prices that instruments read.
///
///     ∂²F/∂uᵢ∂uⱼ = −(deltaᵢ·cofactorⱼ + deltaⱼ·cofactorᵢ) + bendᵢⱼ
///
/// The low-rank part is the ratio's own, as in `factored_greeks`; the bend is what the instruments add.
/// @tparam U inline capacity in underlyings
template <Scalar S = double, std::size_t U = 8>
struct underlying_greeks {
  S value{};
  std::array<S, U> delta{};     ///< per base currency per token
  std::array<S, U> cofactor{};  ///< likewise
  std::array<S, U * U> bend{};  ///< row-major, stride U
  std::size_t size = 0;         ///< underlyings in use

  [[nodiscard]] constexpr S gamma(std::size_t i, std::size_t j) const noexcept(std::floating_point<S>) {
    return bend[i * U + j] - (delta[i] * cofactor[j] + delta[j] * cofactor[i]);
  }
  /// Delta into the caller's span, shape size. @errors size_mismatch
  constexpr errc gradient(std::span<S> out) const noexcept(std::floating_point<S>) {
    if (out.size() != size) return errc::size_mismatch;
    for (std::size_t i = 0; i < size; ++i) out[i] = delta[i];
    return errc::ok;
  }
  /// The Hessian whole, row-major, shape size × size. @errors size_mismatch
  constexpr errc dense(std::span<S> out) const noexcept(std::floating_point<S>) {
    if (out.size() != size * size) return errc::size_mismatch;
    for (std::size_t i = 0; i < size; ++i)
      for (std::size_t j = 0; j < size; ++j) out[i * size + j] = gamma(i, j);
    return errc::ok;
  }
};

/// @brief The chain rule, once and for every quantity: from greeks over slots to greeks over underlyings.
///
/// Formula   J = ∂p/∂u, Kₖ = ∂²pₖ/∂u²
///           ∂F/∂u = Jᵀ·delta    ∂²F/∂u² = Jᵀ·gamma·J + Σₖ deltaₖ·Kₖ
///           and with gamma = −(delta·cofactorᵀ + cofactor·deltaᵀ), Jᵀ·gamma·J is the same with Jᵀ·delta and
///           Jᵀ·cofactor
/// @param g      health, log health, equity or leverage at the slot prices that the legs give: `slot_prices`
/// @param legs   leg k prices slot k; slots beyond the legs must have delta 0
/// @param world  the underlying prices; of more than U, the first U are reported
/// @pre          validate(legs, world) == errc::ok
/// @source       math: derivatives of a composition; checked against automatic differentiation through the instruments
template <std::size_t U = 8, Scalar S, std::size_t M, instrument::Instrument I>
constexpr underlying_greeks<S, U> chain_rule(
    const factored_greeks<S, M>& g, std::span<const instrument::leg<I>> legs,
    std::type_identity_t<std::span<const S>> world) noexcept(std::floating_point<S>) {
  underlying_greeks<S, U> out;
  out.value = g.value;
  out.size = world.size() < U ? world.size() : U;
  const std::size_t slots = legs.size() < g.size ? legs.size() : g.size;
  for (std::size_t k = 0; k < slots; ++k) {
    const auto at = legs[k].template at<S>(world);
    const auto& reads = legs[k].reads;
    for (std::size_t i = 0; i < at.size; ++i) {
      const std::size_t row = reads[i];
      if (row >= U) continue;
      out.delta[row] = out.delta[row] + g.delta[k] * at.gradient[i];
      out.cofactor[row] = out.cofactor[row] + g.cofactor[k] * at.gradient[i];
      for (std::size_t j = 0; j < at.size; ++j)
        if (reads[j] < U) {
          S& entry = out.bend[row * U + reads[j]];
          entry = entry + g.delta[k] * at.gamma(i, j);
        }
    }
  }
  return out;
}

/// @brief The same for the logarithm of a ratio: its curvature lower·lowerᵀ − upper·upperᵀ goes into the bend.
template <std::size_t U = 8, Scalar S, std::size_t M, instrument::Instrument I>
constexpr underlying_greeks<S, U> chain_rule(
    const log_ratio_greeks<S, M>& g, std::span<const instrument::leg<I>> legs,
    std::type_identity_t<std::span<const S>> world) noexcept(std::floating_point<S>) {
  // Two ratios without a delta of their own carry upper and lower through the same Jacobian.
  const auto upper = chain_rule<U>(factored_greeks<S, M>{g.value, {}, g.upper, g.size}, legs, world).cofactor;
  const auto lower = chain_rule<U>(factored_greeks<S, M>{g.value, {}, g.lower, g.size}, legs, world).cofactor;
  auto out = chain_rule<U>(factored_greeks<S, M>{g.value, g.delta, {}, g.size}, legs, world);
  for (std::size_t i = 0; i < out.size; ++i)
    for (std::size_t j = 0; j < out.size; ++j)
      out.bend[i * U + j] = out.bend[i * U + j] + (lower[i] * lower[j] - upper[i] * upper[j]);
  return out;
}

/// @brief A portfolio's value, delta vector and gamma matrix: signed quantities of instruments, wherever they are held.
///
/// Formula   V = Σ qₖ·Vₖ(u)    delta = Σ qₖ·∇Vₖ    gamma = Σ qₖ·∇²Vₖ
/// @param quantities  one per leg, units, negative for what is owed or sold
/// @errors   size_mismatch; those of `validate(legs, world)`; not_finite (a quantity)
template <std::size_t U = 8, instrument::Instrument I>
constexpr result<underlying_greeks<double, U>> portfolio_greeks(std::span<const double> quantities,
                                                                std::span<const instrument::leg<I>> legs,
                                                                std::span<const double> world) noexcept {
  if (quantities.size() != legs.size()) return errc::size_mismatch;
  if (const errc bad = instrument::validate(legs, world); bad != errc::ok) return bad;
  underlying_greeks<double, U> sum;
  sum.size = world.size() < U ? world.size() : U;
  for (std::size_t k = 0; k < legs.size(); ++k) {
    if (!is_finite(quantities[k])) return errc::not_finite;
    factored_greeks<double, 1> one{.value = 0.0, .delta = {quantities[k]}, .cofactor = {0.0}, .size = 1};
    const auto part = chain_rule<U>(one, legs.subspan(k, 1), world);
    sum.value += quantities[k] * legs[k].template value<double>(world);
    for (std::size_t i = 0; i < U; ++i) sum.delta[i] += part.delta[i];
    for (std::size_t i = 0; i < U * U; ++i) sum.bend[i] += part.bend[i];
  }
  return sum;
}

}  // namespace trimtab::sensitivity
