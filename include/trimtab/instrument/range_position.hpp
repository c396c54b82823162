// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/math.hpp>
#include <trimtab/instrument/concept.hpp>

#include <cstdint>

namespace trimtab::instrument {

/// Where the price of a range position stands.
enum class range_regime : std::uint8_t {
  below,     ///< all of it is the first token
  in_range,  ///< both; the lower end belongs to it
  above      ///< all of it is the second token; the upper end belongs to it
};

/// @brief A concentrated position: liquidity L between two prices of the first token in the second, r = u₀/u₁.
///
/// Formula   with r̂ = r confined to [a, b]:
///           x = L·(b − r̂) / ((√b + √r̂)·√r̂·√b)    y = L·(r̂ − a) / (√r̂ + √a)
///           V = x·u₀ + y·u₁    ∂V/∂u₀ = x    ∂V/∂u₁ = y
///           in range γ = −L / (2·r^1.5): ∂²V/∂u₀² = γ/u₁    ∂²V/∂u₀∂u₁ = −γ·r/u₁    ∂²V/∂u₁² = γ·r²/u₁; else 0
/// V has no kink, delta has one at either end: gamma there is that of higher r; `gamma_at_lower` and `gamma_at_upper`
/// give both. Both amounts are of terms that do not cancel, however narrow the range.
/// @source   Adams et al. 2021, "Uniswap v3 core", eqs 6.29 and 6.30
struct range_position {
  static constexpr std::size_t capacity = 2;
  double liquidity = 0.0;  ///< L, √(token·token)
  double lower = 0.0;      ///< a, second token per first
  double upper = 0.0;      ///< b

  [[nodiscard]] constexpr std::size_t size() const noexcept { return 2; }
  /// @errors not_finite, negative_amount (L), non_positive_price, bad_configuration (a not below b)
  [[nodiscard]] constexpr errc validate() const noexcept {
    if (!is_finite(liquidity) || !is_finite(lower) || !is_finite(upper)) return errc::not_finite;
    if (liquidity < 0.0) return errc::negative_amount;
    if (!(lower > 0.0)) return errc::non_positive_price;
    return lower < upper ? errc::ok : errc::bad_configuration;
  }
  [[nodiscard]] constexpr range_regime regime(double first, double second) const noexcept {
    const double r = first / second;
    return r < lower ? range_regime::below : r < upper ? range_regime::in_range : range_regime::above;
  }

  /// What it holds, tokens.
  template <Scalar S>
  struct amounts {
    S first{}, second{};
  };
  template <Scalar S>
  [[nodiscard]] constexpr amounts<S> holds(const S& first, const S& second) const noexcept(std::floating_point<S>) {
    const S a = literal<S>(lower), b = literal<S>(upper), l = literal<S>(liquidity);
    const S r = larger<S>(smaller<S>(first / second, b), a);
    const S root_r = square_root<S>(r), root_a = square_root<S>(a), root_b = square_root<S>(b);
    return {l * (b - r) / ((root_b + root_r) * root_r * root_b), l * (r - a) / (root_r + root_a)};
  }

  template <Scalar S>
  [[nodiscard]] constexpr S value(std::span<const S> u) const noexcept(std::floating_point<S>) {
    const amounts<S> held = holds<S>(u[0], u[1]);
    return held.first * u[0] + held.second * u[1];
  }
  template <Scalar S>
  [[nodiscard]] constexpr jet<S, capacity> at(std::span<const S> u) const noexcept(std::floating_point<S>) {
    const amounts<S> held = holds<S>(u[0], u[1]);
    jet<S, capacity> here{};
    here.value = held.first * u[0] + held.second * u[1];
    here.gradient = {held.first, held.second};
    const S r = u[0] / u[1], zero = literal<S>(0.0);
    const S inside = -(literal<S>(0.5 * liquidity) / (r * square_root<S>(r) * u[1]));
    const S curve = blend<S>(r < literal<S>(lower), zero, blend<S>(r < literal<S>(upper), inside, zero));
    const S cross = -(curve * r);
    here.hessian = {curve, cross, cross, curve * r * r};
    return here;
  }
  /// Linear outside the range, 2L√(u₀u₁) and something linear inside, as for a constant product; no bound where the box
  /// reaches across an end.
  [[nodiscard]] constexpr double cubic_bound(std::span<const double> u, const price_box& box) const noexcept {
    const double least = box.low[0] / box.high[1], most = box.high[0] / box.low[1];
    const range_regime now = regime(u[0], u[1]);
    if (now == range_regime::below && most <= lower) return 0.0;
    if (now == range_regime::above && least >= upper) return 0.0;
    if (now != range_regime::in_range || !(least >= lower && most <= upper)) return infinity;
    double q = 1.0;
    for (std::size_t i = 0; i < 2; ++i) q = larger(q, u[i] / box.low[i]);
    return 4.0 / 9.0 * q * q * q * 2.0 * liquidity *
           (square_root<double>(box.high[0]) * square_root<double>(box.high[1]));
  }

  /// The two second derivatives of the value in the second token, V/u₁, at an end of the range.
  struct one_sided_gammas {
    double left{}, right{};
  };
  [[nodiscard]] constexpr one_sided_gammas gamma_at_lower() const noexcept {
    return {0.0, -0.5 * liquidity / (lower * square_root<double>(lower))};
  }
  [[nodiscard]] constexpr one_sided_gammas gamma_at_upper() const noexcept {
    return {-0.5 * liquidity / (upper * square_root<double>(upper)), 0.0};
  }
};
static_assert(Instrument<range_position>);

}  // namespace trimtab::instrument
