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

namespace detail {

template <class G, Scalar S>
constexpr errc gradient_into(const G& g, std::span<S> out) noexcept(std::floating_point<S>) {
  if (out.size() != g.size) return errc::size_mismatch;
  for (std::size_t i = 0; i < g.size; ++i) out[i] = g.delta[i];
  return errc::ok;
}

template <std::size_t M, class G, Scalar S, class Length>
constexpr void fill(const G& g, S* out, Length n) noexcept(std::floating_point<S>) {
  // Row by row through a buffer that nothing else can point at. Clang would run the rows side by side and scatter them.
#if defined(__clang__)
#pragma clang loop vectorize(disable)
#endif
  for (std::size_t i = 0; i < n; ++i) {
    std::array<S, M> row;
    for (std::size_t j = 0; j < n; ++j) row[j] = g.curvature(i, j);
    if constexpr (G::coordinate == per::log_price) row[i] = row[i] + g.delta[i];
    for (std::size_t j = 0; j < n; ++j) out[i * n + j] = row[j];
  }
}

template <std::size_t M, class G, Scalar S>
constexpr errc dense_into(const G& g, std::span<S> out) noexcept(std::floating_point<S>) {
  if (g.size == M) {  // a length that the compiler knows
    if (out.size() != M * M) return errc::size_mismatch;
    fill<M>(g, out.data(), std::integral_constant<std::size_t, M>());
  } else {
    if (out.size() != g.size * g.size) return errc::size_mismatch;
    fill<M>(g, out.data(), g.size);
  }
  return errc::ok;
}

}  // namespace detail

/// @brief A ratio of linear forms, its delta over the price slots, and its gamma kept as the two vectors it is made of.
///
///     ∂F/∂xᵢ = deltaᵢ        ∂²F/∂xᵢ∂xⱼ = −(deltaᵢ·cofactorⱼ + deltaⱼ·cofactorᵢ)  [ + deltaᵢ on the diagonal, x = ln p
///     ]
///
/// Health and leverage are of this shape; equity is, with cofactor 0. A rescaling of the same two vectors says it in
/// prices, in log prices and in currency.
/// @tparam M inline capacity in slots
template <Scalar S = double, std::size_t M = 16, per X = per::price>
struct factored_greeks {
  static constexpr per coordinate = X;
  S value{};
  std::array<S, M> delta{};     ///< per x
  std::array<S, M> cofactor{};  ///< per x: the slot's share of the denominator; for health Bᵢ / D
  std::size_t size = 0;         ///< slots in use

  /// One entry of the Hessian, per x². @pre i, j < size
  [[nodiscard]] constexpr S gamma(std::size_t i, std::size_t j) const noexcept(std::floating_point<S>) {
    return X == per::log_price && i == j ? curvature(i, j) + delta[i] : curvature(i, j);
  }
  /// The same without what a log price puts on the diagonal.
  [[nodiscard]] constexpr S curvature(std::size_t i, std::size_t j) const noexcept(std::floating_point<S>) {
    return -(delta[i] * cofactor[j] + delta[j] * cofactor[i]);
  }
  /// Delta into the caller's span, shape size. @errors size_mismatch
  constexpr errc gradient(std::span<S> out) const noexcept(std::floating_point<S>) {
    return detail::gradient_into(*this, out);
  }
  /// The Hessian whole, row-major, shape size × size. @errors size_mismatch
  constexpr errc dense(std::span<S> out) const noexcept(std::floating_point<S>) {
    return detail::dense_into<M>(*this, out);
  }
};

/// @brief The logarithm of a ratio of linear forms, with its gamma as the two vectors it is made of.
///
///     F = ln U − ln L        ∂F/∂xᵢ = deltaᵢ = upperᵢ − lowerᵢ
///     ∂²F/∂xᵢ∂xⱼ = lowerᵢ·lowerⱼ − upperᵢ·upperⱼ  [ + deltaᵢ on the diagonal, x = ln p ]
///
/// Log health and the log distance to liquidation are of this shape. In log prices upper and lower are a slot's shares
/// of U and L, and the deltas, elasticities, sum to 0.
template <Scalar S = double, std::size_t M = 16, per X = per::price>
struct log_ratio_greeks {
  static constexpr per coordinate = X;
  S value{};
  std::array<S, M> delta{};  ///< per x
  std::array<S, M> upper{};  ///< per x: ∂ln U/∂x, for log health Aᵢ / C
  std::array<S, M> lower{};  ///< per x: ∂ln L/∂x, for log health Bᵢ / D
  std::size_t size = 0;      ///< slots in use

  /// One entry of the Hessian, per x². @pre i, j < size
  [[nodiscard]] constexpr S gamma(std::size_t i, std::size_t j) const noexcept(std::floating_point<S>) {
    return X == per::log_price && i == j ? curvature(i, j) + delta[i] : curvature(i, j);
  }
  /// The same without what a log price puts on the diagonal.
  [[nodiscard]] constexpr S curvature(std::size_t i, std::size_t j) const noexcept(std::floating_point<S>) {
    return lower[i] * lower[j] - upper[i] * upper[j];
  }
  /// Delta into the caller's span, shape size. @errors size_mismatch
  constexpr errc gradient(std::span<S> out) const noexcept(std::floating_point<S>) {
    return detail::gradient_into(*this, out);
  }
  /// The Hessian whole, row-major, shape size × size. @errors size_mismatch
  constexpr errc dense(std::span<S> out) const noexcept(std::floating_point<S>) {
    return detail::dense_into<M>(*this, out);
  }
};

}  // namespace trimtab::sensitivity
