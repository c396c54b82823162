// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <concepts>
#include <limits>
#include <type_traits>

namespace trimtab {

namespace detail {

/// Square root for constant evaluation: Newton from above on a value scaled into [1, 4), then one compensated
/// correction.
template <std::floating_point S>
constexpr S constant_square_root(S x) noexcept {
  if (!(x > S(0))) return x == S(0) ? x : std::numeric_limits<S>::quiet_NaN();
  if (x > std::numeric_limits<S>::max()) return x;
  S scale = S(1);
  while (x >= S(4)) x /= S(4), scale *= S(2);
  while (x < S(1)) x *= S(4), scale /= S(2);
  S root = S(2);
  for (S next = (root + x / root) / S(2); next < root; next = (root + x / root) / S(2)) root = next;
  return root * scale;
}

}  // namespace detail

/// The one customisation point for number types. A specialisation offers `mask`, `literal(double)`, `blend(mask, a,
/// b)`, `square_root(a)`, `log1p(a)` and `power(a, double)`, and `digits`, the bits of its significand, where those are
/// not a double's; third-party types are specialised in `trimtab/interop/`, one small header each.
template <class S>
struct scalar_traits;

template <std::floating_point S>
struct scalar_traits<S> {
  using mask = bool;
  static constexpr int digits = std::numeric_limits<S>::digits;
  static constexpr S literal(double x) noexcept { return static_cast<S>(x); }
  static constexpr S blend(bool chosen, S a, S b) noexcept { return chosen ? a : b; }
  static constexpr S square_root(S x) noexcept {
    return std::is_constant_evaluated() ? detail::constant_square_root(x) : std::sqrt(x);
  }
  static S log1p(S x) noexcept { return std::log1p(x); }
  static S power(S x, double exponent) noexcept { return std::pow(x, static_cast<S>(exponent)); }
};

template <class S>
using mask_t = typename scalar_traits<S>::mask;

/// A number a formula may be evaluated on: `double`, `float`, a batch of lanes, a dual number.
///
/// Deliberately not `regular` (equality of batches is a mask) and not `floating_point` (dual numbers). A comparison
/// yields the type's mask, which need not convert to `bool`; formulas choose with `blend`, whose two arms are both
/// evaluated and must both be finite.
template <class S>
concept Scalar = std::semiregular<S> && requires(const S& a, const S& b, const mask_t<S>& m) {
  { a + b } -> std::convertible_to<S>;
  { a - b } -> std::convertible_to<S>;
  { a* b } -> std::convertible_to<S>;
  { a / b } -> std::convertible_to<S>;
  { -a } -> std::convertible_to<S>;
  { a < b } -> std::convertible_to<mask_t<S>>;
  { scalar_traits<S>::literal(1.0) } -> std::convertible_to<S>;
  { scalar_traits<S>::blend(m, a, b) } -> std::convertible_to<S>;
  { scalar_traits<S>::square_root(a) } -> std::convertible_to<S>;
};

/// A scalar whose comparison is a plain `bool`: what decisions, triggers and anything that branches ask for.
template <class S>
concept Ordered = Scalar<S> && std::same_as < mask_t<S>,
bool > ;

/// A constant of a formula in the formula's own number type.
template <Scalar S>
constexpr S literal(double x) noexcept(std::floating_point<S>) {
  return scalar_traits<S>::literal(x);
}

/// `a` where `chosen`, `b` elsewhere. Both arms have been evaluated: keep both finite, or blend the *argument* of what
/// is not.
template <Scalar S>
constexpr S blend(const mask_t<S>& chosen, const S& a, const S& b) noexcept(std::floating_point<S>) {
  return scalar_traits<S>::blend(chosen, a, b);
}

inline constexpr double infinity = std::numeric_limits<double>::infinity();

}  // namespace trimtab
