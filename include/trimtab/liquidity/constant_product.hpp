// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/basis_points.hpp>
#include <trimtab/liquidity/concept.hpp>

namespace trimtab::liquidity {

/// @brief A constant-product pool, fee on the input (Uniswap v2 and its kin).
///
/// Formula   y = R₂·x / (a + x),  a = R₁ / (1 − fee)
/// The real-valued curve lies above the contract's integer one by less than a unit. The fee stays in the reserves, so
/// two half trades get slightly less than one whole: simulate a split with `after`.
/// @source v2-core UniswapV2Pair.sol swap, v2-periphery UniswapV2Library.sol getAmountOut
struct constant_product {
  double reserve_in = 0.0;
  double reserve_out = 0.0;
  basis_points fee{30.0};
  double gas_units = 0.0;

  static constexpr std::size_t max_segments = 1;

  /// @errors not_finite, negative_amount (an empty reserve too), outside_validity (reserves of which doubles make no
  /// price: below 1e-300, or 1e290 times apart), bad_configuration (a fee outside [0, 100 %))
  [[nodiscard]] constexpr errc validate() const noexcept {
    if (!is_finite(reserve_in) || !is_finite(reserve_out)) return errc::not_finite;
    if (!(reserve_in > 0.0) || !(reserve_out > 0.0) || !(gas_units >= 0.0)) return errc::negative_amount;
    constexpr double least = 1e-300, apart = 1e290;
    const bool held = reserve_in >= least && reserve_out >= least && reserve_in <= apart * reserve_out &&
                      reserve_out <= apart * reserve_in;
    if (!held) return errc::outside_validity;
    return fee.count >= 0.0 && fee.count < 1e4 ? errc::ok : errc::bad_configuration;
  }
  /// Input reserve grossed up by the fee: the `a` of the formulas.
  [[nodiscard]] constexpr double depth() const noexcept { return reserve_in / fee.complement(); }

  /// One division: numerator and denominator in ten-thousandths.
  template <Scalar S>
  constexpr S amount_out(const S& x) const noexcept(std::floating_point<S>) {
    const S net = literal<S>(1e4 - fee.count) * x;
    return literal<S>(reserve_out) * (net / (literal<S>(1e4 * reserve_in) + net));
  }
  template <Scalar S>
  constexpr S amount_in(const S& y) const noexcept(std::floating_point<S>) {
    const S left = literal<S>(reserve_out) - y;
    const mask_t<S> covered = literal<S>(0.0) < left;
    const S x = literal<S>(depth()) * (y / blend<S>(covered, left, literal<S>(1.0)));
    return blend<S>(covered, x, blend<S>(literal<S>(0.0) < y, literal<S>(infinity), y));
  }
  template <Scalar S>
  constexpr executable_price<S> marginal_price(const S& x) const noexcept(std::floating_point<S>) {
    const S a = literal<S>(depth()), share = a / (a + x);
    return {literal<S>(reserve_out) / a * share * share};
  }
  template <Scalar S>
  constexpr S marginal_slope(const S& x) const noexcept(std::floating_point<S>) {
    const S a = literal<S>(depth());
    return literal<S>(-2.0) * marginal_price(x).value / (a + x);
  }
  /// Formula   δ = p₀/λ − 1,  x = a·δ / (1 + √(1 + δ)): exact near p₀, where √(p₀/λ) − 1 cancels
  template <Scalar S>
  constexpr S amount_at(executable_price<S> at) const noexcept(std::floating_point<S>) {
    const S a = literal<S>(depth()), start = literal<S>(reserve_out) / a;
    const mask_t<S> trades = at.value < start, reachable = literal<S>(0.0) < at.value;
    const S price = blend<S>(trades, blend<S>(reachable, at.value, start), start);
    const S drop = (start - price) / price;
    const S x = a * drop / (literal<S>(1.0) + square_root<S>(literal<S>(1.0) + drop));
    return blend<S>(trades, blend<S>(reachable, x, literal<S>(infinity)), literal<S>(0.0));
  }
  /// Formula   R₂·((1 − price/p₀) / (1 + √(price/p₀)))², that is (√R₂ − √(a·price))²; R₂ at no price
  template <Scalar S>
  constexpr S best_value(executable_price<S> at) const noexcept(std::floating_point<S>) {
    const S start = literal<S>(reserve_out) / literal<S>(depth()), zero = literal<S>(0.0), one = literal<S>(1.0);
    const S price = blend<S>(at.value < start, larger<S>(zero, at.value), start);
    const S share = (start - price) / start / (one + square_root<S>(price / start));
    return literal<S>(reserve_out) * share * share;
  }
  /// Formula   p₀·x² / (a + x)
  template <Scalar S>
  constexpr S loss(const S& x) const noexcept(std::floating_point<S>) {
    const S a = literal<S>(depth());
    return literal<S>(reserve_out) / a * x * (x / (a + x));
  }
  [[nodiscard]] constexpr double capacity() const noexcept { return infinity; }
  [[nodiscard]] constexpr double gas(double x) const noexcept { return x > 0.0 ? gas_units : 0.0; }
  [[nodiscard]] constexpr constant_product after(double x) const noexcept {
    constant_product left = *this;
    left.reserve_in = reserve_in + x;
    left.reserve_out = reserve_out * (depth() / (depth() + x));
    return left;
  }
  /// The same pool seen from the other side.
  [[nodiscard]] constexpr constant_product reversed() const noexcept {
    constant_product other = *this;
    other.reserve_in = reserve_out;
    other.reserve_out = reserve_in;
    return other;
  }
  [[nodiscard]] constexpr std::size_t segment_count() const noexcept { return 1; }
  constexpr std::size_t segments(std::span<segment<>> out) const noexcept {
    if (out.empty()) return 0;
    out[0] = {.price = reserve_out / depth(), .curvature = 1.0 / depth(), .capacity = infinity};
    return 1;
  }
};

}  // namespace trimtab::liquidity
