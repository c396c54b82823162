// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <limits>

namespace trimtab::test {

/// The floating-point type behind a scalar: what its rounding is measured in.
template <class S>
struct real_of {
  using type = S;
};
template <class S>
using real_of_t = typename real_of<S>::type;

/// @brief How far a test lets a number be off. Everywhere a tolerance is used, it comes from here.
template <class S>
struct tolerance {
  using real = real_of_t<S>;
  static constexpr real epsilon = std::numeric_limits<real>::epsilon();
  /// A formula of a handful of operations without cancellation: a few ulps, relative.
  static constexpr real formula = real(8) * epsilon;
  /// The bar of sums of signed terms, to be multiplied by the sum of their absolute values.
  static constexpr real sum = real(16) * epsilon;
  /// The same quantity by another, longer, road.
  static constexpr real route = real(64) * epsilon;
  /// A central difference with step `bump_step` against a derivative, relative.
  static constexpr real bump_step = std::same_as<real, float> ? real(1e-2) : real(1e-5);
  static constexpr real bump = std::same_as<real, float> ? real(2e-2) : real(1e-8);
};

/// |a − b| ≤ relative · |b|; two infinities of one sign, or two NaN, are equal.
template <std::floating_point R>
constexpr bool close(R a, R b, R relative) noexcept {
  if (a == b) return true;
  if (a != a || b != b) return a != a && b != b;
  const R gap = a < b ? b - a : a - b;
  return gap <= relative * (b < R(0) ? -b : b);
}

/// |a − b| ≤ absolute.
template <std::floating_point R>
constexpr bool within(R a, R b, R absolute) noexcept {
  return a == b || (a < b ? b - a : a - b) <= absolute;
}

}  // namespace trimtab::test
