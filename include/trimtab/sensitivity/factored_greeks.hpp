// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/errc.hpp>
#include <trimtab/core/scalar.hpp>
#include <trimtab/market/price.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

namespace trimtab::sensitivity {

/// What a derivative is taken with respect to.
enum class per : std::uint8_t {
  price,     ///< one unit of base currency per token
  log_price  ///< the logarithm of the price: deltas are elasticities (of a logarithm) or currency deltas (of a value)
};

/// @brief A quantity, its delta over the price slots, and its gamma kept as the two vectors that it is made of.
///
///     ∂F/∂xᵢ = deltaᵢ        ∂²F/∂xᵢ∂xⱼ = −(deltaᵢ·cofactorⱼ + deltaⱼ·cofactorᵢ)  [ + deltaᵢ on the diagonal, x = ln p
///     ]
///
/// Health, its logarithm, leverage, equity and the log distance to liquidation all have a Hessian of this shape, in
/// prices and, with nothing but a rescaling of the same two vectors, in log prices: rank 2 and a diagonal.
/// @tparam M inline capacity in slots
template <Scalar S = double, std::size_t M = 16, per X = per::price>
struct factored_greeks {
  S value{};
  std::array<S, M> delta{};     ///< per x
  std::array<S, M> cofactor{};  ///< per x; for health the debt's share of the slot, Bᵢ / D
  std::size_t size = 0;         ///< slots in use

  /// One entry of the Hessian, per x². @pre i, j < size
  [[nodiscard]] constexpr S gamma(std::size_t i, std::size_t j) const noexcept(std::floating_point<S>) {
    const S low_rank = -(delta[i] * cofactor[j] + delta[j] * cofactor[i]);
    if constexpr (X == per::log_price) return i == j ? low_rank + delta[i] : low_rank;
    return low_rank;
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
    if (size == M) {
      fill(out.data(), std::integral_constant<std::size_t, M>());  // a length that the compiler knows
    } else {
      fill(out.data(), size);
    }
    return errc::ok;
  }

private:
  template <class Length>
  constexpr void fill(S* out, Length n) const noexcept(std::floating_point<S>) {
    // Row by row through a buffer that nothing else can point at. Clang would run the rows side by side and scatter
    // them.
#if defined(__clang__)
#pragma clang loop vectorize(disable)
#endif
    for (std::size_t i = 0; i < n; ++i) {
      std::array<S, M> row;
      for (std::size_t j = 0; j < n; ++j) row[j] = -(delta[i] * cofactor[j] + delta[j] * cofactor[i]);
      if constexpr (X == per::log_price) row[i] = row[i] + delta[i];
      for (std::size_t j = 0; j < n; ++j) out[i * n + j] = row[j];
    }
  }
};

/// @brief The same in log prices.
///
/// Formula   ∂F/∂ln pᵢ = pᵢ·∂F/∂pᵢ    ∂²F/∂ln pᵢ∂ln pⱼ = pᵢpⱼ·∂²F/∂pᵢ∂pⱼ + δᵢⱼ·pᵢ·∂F/∂pᵢ
/// Of ln HF these are elasticities, per cent per per cent, and they sum to 0. Of equity they are "dollar deltas".
/// @pre      prices.size() ≥ g.size
template <Scalar S, std::size_t M>
constexpr factored_greeks<S, M, per::log_price> in_log_prices(
    const factored_greeks<S, M>& g, oracle_prices<S> prices) noexcept(std::floating_point<S>) {
  factored_greeks<S, M, per::log_price> out;
  out.value = g.value;
  out.size = g.size;
  for (std::size_t i = 0; i < g.size; ++i) {
    const S price = prices[{static_cast<std::uint16_t>(i)}].value;
    out.delta[i] = g.delta[i] * price;
    out.cofactor[i] = g.cofactor[i] * price;
  }
  return out;
}

/// @brief In currency terms: what moves of a per cent of today's price do.
///
/// Formula   deltaᵢ·pᵢ/100 per 1 % of pᵢ;  gammaᵢⱼ·pᵢpⱼ/10⁴ per 1 % of pᵢ and 1 % of pⱼ
/// With mᵢ the moves in per cent, F moves by Σ deltaᵢ·mᵢ + ½ Σ gammaᵢⱼ·mᵢ·mⱼ to second order.
template <Scalar S, std::size_t M>
constexpr factored_greeks<S, M> per_cent(factored_greeks<S, M> g,
                                         oracle_prices<S> prices) noexcept(std::floating_point<S>) {
  for (std::size_t i = 0; i < g.size; ++i) {
    const S hundredth = prices[{static_cast<std::uint16_t>(i)}].value / literal<S>(100.0);
    g.delta[i] = g.delta[i] * hundredth;
    g.cofactor[i] = g.cofactor[i] * hundredth;
  }
  return g;
}

/// @brief The quantity after a move, to second order: F + delta·x + ½ xᵀ gamma x. Without forming gamma.
/// @param move  one per slot, in the units of x. @pre move.size() ≥ g.size
template <Scalar S, std::size_t M, per X>
constexpr S second_order(const factored_greeks<S, M, X>& g,
                         std::type_identity_t<std::span<const S>> move) noexcept(std::floating_point<S>) {
  S along_delta = literal<S>(0.0), along_cofactor = literal<S>(0.0), own = literal<S>(0.0);
  for (std::size_t i = 0; i < g.size; ++i) {
    const S first = g.delta[i] * move[i];
    along_delta = along_delta + first;
    along_cofactor = along_cofactor + g.cofactor[i] * move[i];
    own = own + first * move[i];
  }
  const S curved = along_delta * along_cofactor;
  if constexpr (X == per::log_price) return g.value + along_delta - curved + literal<S>(0.5) * own;
  return g.value + along_delta - curved;
}

}  // namespace trimtab::sensitivity
