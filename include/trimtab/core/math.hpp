// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/scalar.hpp>

#include <cmath>
#include <concepts>
#include <limits>
#include <type_traits>

namespace trimtab {

/// @brief Square root, usable in constant expressions for floating-point scalars; at run time the correctly rounded
/// instruction.
/// @errors none (NaN below zero)
template <Scalar S>
constexpr S square_root(const S& x) noexcept(std::floating_point<S>) {
  return scalar_traits<S>::square_root(x);
}

/// The larger of two scalars, `b` where they tie. A NaN in `b` is kept, one in `a` is not: never let NaN decide.
template <Scalar S>
constexpr S larger(const S& a, const S& b) noexcept(std::floating_point<S>) {
  return blend<S>(b < a, a, b);
}

template <Scalar S>
constexpr S smaller(const S& a, const S& b) noexcept(std::floating_point<S>) {
  return blend<S>(a < b, a, b);
}

/// |x|, also in constant expressions.
template <std::floating_point S>
constexpr S magnitude(S x) noexcept {
  return x < S(0) ? -x : x;
}

template <std::floating_point S>
constexpr bool is_finite(S x) noexcept {
  return -std::numeric_limits<S>::max() <= x && x <= std::numeric_limits<S>::max();  // x − x is no constant for ∞
}

/// @brief What rounding took from a product: `a·b == product + product_error(a, b, product)` exactly, barring over- and
/// underflow.
/// @source Veltkamp and Dekker 1971; the hardware instruction gives the same bits where the build has it.
template <Scalar S>
constexpr S product_error(const S& a, const S& b, const S& product) noexcept(std::floating_point<S>) {
#if defined(__FMA__) || defined(__ARM_FEATURE_FMA)
  if constexpr (std::floating_point<S>) {
    if (!std::is_constant_evaluated()) return std::fma(a, b, -product);
  }
#endif
  // Splitting constant 2^⌈p/2⌉ + 1: 27 bits for a 53-bit significand, 12 for 24, 32 for the 64 bits of x87.
  constexpr int digits = [] {
    if constexpr (requires { scalar_traits<S>::digits; }) {
      return scalar_traits<S>::digits;
    } else {
      return std::numeric_limits<double>::digits;
    }
  }();
  constexpr double splitter = static_cast<double>(1ULL << ((digits + 1) / 2)) + 1.0;
  const S ca = literal<S>(splitter) * a, cb = literal<S>(splitter) * b;
  const S a_high = ca - (ca - a), b_high = cb - (cb - b);
  const S a_low = a - a_high, b_low = b - b_high;
  return ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low;
}

/// @brief What rounding took from a sum: `a + b == sum + sum_error(a, b, sum)` exactly.
/// @source Knuth 1969, TwoSum
template <Scalar S>
constexpr S sum_error(const S& a, const S& b, const S& sum) noexcept(std::floating_point<S>) {
  const S b_seen = sum - a;
  return (a - (sum - b_seen)) + (b - b_seen);
}

}  // namespace trimtab
