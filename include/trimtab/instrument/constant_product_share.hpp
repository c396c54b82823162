// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/math.hpp>
#include <trimtab/instrument/concept.hpp>

namespace trimtab::instrument {

/// @brief A share of a constant-product pool, as arbitrage leaves it: x·y = L².
///
/// Formula   V = 2·L·√(u₀u₁)    ∂V/∂uᵢ = V / (2uᵢ), the tokens of i in the pool
///           ∂²V/∂uᵢ² = −V / (4uᵢ²)    ∂²V/∂u₀∂u₁ = V / (4u₀u₁)
/// In the pool's own second token, u₁ = 1: V = 2L√p, delta L/√p, gamma −L/(2·p^1.5).
/// @source   Uniswap v2 core whitepaper 2020, §3.4; math by minimising u₀x + u₁y on the invariant
struct constant_product_share {
  static constexpr std::size_t capacity = 2;
  double liquidity = 0.0;  ///< L = √(x·y) of what one unit owns, √(token·token)

  [[nodiscard]] constexpr std::size_t size() const noexcept { return 2; }
  /// @errors not_finite, negative_amount
  [[nodiscard]] constexpr errc validate() const noexcept {
    if (!is_finite(liquidity)) return errc::not_finite;
    return liquidity >= 0.0 ? errc::ok : errc::negative_amount;
  }

  template <Scalar S>
  [[nodiscard]] constexpr S value(std::span<const S> u) const noexcept(std::floating_point<S>) {
    return literal<S>(2.0 * liquidity) * (square_root<S>(u[0]) * square_root<S>(u[1]));
  }
  template <Scalar S>
  [[nodiscard]] constexpr jet<S, capacity> at(std::span<const S> u) const noexcept(std::floating_point<S>) {
    jet<S, capacity> here{};
    here.value = value<S>(u);
    const S half = literal<S>(0.5);
    for (std::size_t i = 0; i < 2; ++i) {
      here.gradient[i] = half * here.value / u[i];
      here.hessian[3 * i] = -(half * here.gradient[i] / u[i]);
    }
    here.hessian[1] = here.hessian[2] = half * here.gradient[0] / u[1];
    return here;
  }
  /// With qᵢ = uᵢzᵢ/vᵢ the third derivative is 3/8·(q₀ − q₁)²(q₀ + q₁)·V, largest at q₁ = −q₀/3: at most 4/9·q³·V.
  [[nodiscard]] constexpr double cubic_bound(std::span<const double> u, const price_box& box) const noexcept {
    double q = 1.0;
    for (std::size_t i = 0; i < 2; ++i) q = larger(q, u[i] / box.low[i]);
    return 4.0 / 9.0 * q * q * q * value<double>(box.high);
  }
};
static_assert(Instrument<constant_product_share>);

}  // namespace trimtab::instrument
