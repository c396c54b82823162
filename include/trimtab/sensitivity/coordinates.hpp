// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/sensitivity/factored_greeks.hpp>

namespace trimtab::sensitivity {

namespace detail {

// Every derivative per price multiplied by its price over `by`.
template <Scalar S, std::size_t M>
constexpr void scale(std::array<S, M>& derivative, std::size_t size, oracle_prices<S> prices,
                     const S& by) noexcept(std::floating_point<S>) {
  for (std::size_t i = 0; i < size; ++i)
    derivative[i] = derivative[i] * (prices[{static_cast<std::uint16_t>(i)}].value * by);
}

}  // namespace detail

/// @brief The same greeks in log prices.
///
/// Formula   ∂F/∂ln pᵢ = pᵢ·∂F/∂pᵢ    ∂²F/∂ln pᵢ∂ln pⱼ = pᵢpⱼ·∂²F/∂pᵢ∂pⱼ + δᵢⱼ·pᵢ·∂F/∂pᵢ
/// Of log health these are elasticities, per cent per per cent, and they sum to 0. Of equity they are "dollar deltas".
/// @pre      prices.size() ≥ g.size
template <Scalar S, std::size_t M>
constexpr factored_greeks<S, M, per::log_price> in_log_prices(
    const factored_greeks<S, M>& g, oracle_prices<S> prices) noexcept(std::floating_point<S>) {
  factored_greeks<S, M, per::log_price> out{g.value, g.delta, g.cofactor, g.size};
  for (auto* vector : {&out.delta, &out.cofactor}) detail::scale(*vector, g.size, prices, literal<S>(1.0));
  return out;
}
template <Scalar S, std::size_t M>
constexpr log_ratio_greeks<S, M, per::log_price> in_log_prices(
    const log_ratio_greeks<S, M>& g, oracle_prices<S> prices) noexcept(std::floating_point<S>) {
  log_ratio_greeks<S, M, per::log_price> out{g.value, g.delta, g.upper, g.lower, g.size};
  for (auto* vector : {&out.delta, &out.upper, &out.lower}) detail::scale(*vector, g.size, prices, literal<S>(1.0));
  return out;
}

/// @brief The same greeks in currency terms: what moves of a per cent of today's price do.
///
/// Formula   deltaᵢ·pᵢ/100 per 1 % of pᵢ;  gammaᵢⱼ·pᵢpⱼ/10⁴ per 1 % of pᵢ and 1 % of pⱼ
/// With mᵢ the moves in per cent, F moves by Σ deltaᵢ·mᵢ + ½ Σ gammaᵢⱼ·mᵢ·mⱼ to second order.
/// @pre      prices.size() ≥ g.size
template <Scalar S, std::size_t M>
constexpr factored_greeks<S, M> per_cent(factored_greeks<S, M> g,
                                         oracle_prices<S> prices) noexcept(std::floating_point<S>) {
  for (auto* vector : {&g.delta, &g.cofactor}) detail::scale(*vector, g.size, prices, literal<S>(0.01));
  return g;
}
template <Scalar S, std::size_t M>
constexpr log_ratio_greeks<S, M> per_cent(log_ratio_greeks<S, M> g,
                                          oracle_prices<S> prices) noexcept(std::floating_point<S>) {
  for (auto* vector : {&g.delta, &g.upper, &g.lower}) detail::scale(*vector, g.size, prices, literal<S>(0.01));
  return g;
}

namespace detail {

template <Scalar S, std::size_t M>
constexpr S along(const std::array<S, M>& derivative, std::size_t size,
                  std::span<const S> move) noexcept(std::floating_point<S>) {
  S sum = literal<S>(0.0);
  for (std::size_t i = 0; i < size; ++i) sum = sum + derivative[i] * move[i];
  return sum;
}
// What a log price adds on the diagonal: ½ Σ deltaᵢ·xᵢ².
template <per X, Scalar S, std::size_t M>
constexpr S own(const std::array<S, M>& delta, std::size_t size,
                std::span<const S> move) noexcept(std::floating_point<S>) {
  S sum = literal<S>(0.0);
  if constexpr (X == per::log_price)
    for (std::size_t i = 0; i < size; ++i) sum = sum + literal<S>(0.5) * delta[i] * move[i] * move[i];
  return sum;
}

}  // namespace detail

/// @brief The quantity after a move, to second order: F + delta·x + ½ xᵀ·gamma·x, without forming gamma.
/// @param move  one per slot, in the units of x
/// @pre         move.size() ≥ g.size
template <Scalar S, std::size_t M, per X>
constexpr S second_order(const factored_greeks<S, M, X>& g,
                         std::type_identity_t<std::span<const S>> move) noexcept(std::floating_point<S>) {
  const S first = detail::along(g.delta, g.size, move);
  return g.value + first - first * detail::along(g.cofactor, g.size, move) + detail::own<X>(g.delta, g.size, move);
}
template <Scalar S, std::size_t M, per X>
constexpr S second_order(const log_ratio_greeks<S, M, X>& g,
                         std::type_identity_t<std::span<const S>> move) noexcept(std::floating_point<S>) {
  const S upper = detail::along(g.upper, g.size, move), lower = detail::along(g.lower, g.size, move);
  return g.value + detail::along(g.delta, g.size, move) + literal<S>(0.5) * (lower * lower - upper * upper) +
         detail::own<X>(g.delta, g.size, move);
}

}  // namespace trimtab::sensitivity
