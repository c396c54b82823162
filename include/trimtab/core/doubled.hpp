// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/math.hpp>

namespace trimtab {

/// @brief A number of twice the digits, the unevaluated sum of two: about 106 bits for `double`, no wider range.
///
/// A scalar like any other: a formula evaluated on it and rounded once at its end is the compensated variant of that
/// formula, exact products and sums included, and needs no second derivation.
/// @source Dekker 1971; Joldes, Muller, Popescu 2017, "Tight and rigorous error bounds for basic building blocks of
/// double-word arithmetic", algorithms 6 (sum), 12 (product) and 17 (quotient): a few units of 2⁻¹⁰⁶ each
template <std::floating_point R>
struct doubled {
  R high{};  ///< the nearest R
  R low{};

  constexpr doubled() = default;
  constexpr doubled(R value) noexcept : high(value) {}
  /// high + low once more as such a sum. What is not finite has no digits to keep.
  constexpr doubled(R larger, R smaller) noexcept : high(larger + smaller) {
    if (is_finite(high)) low = smaller - (high - larger);
  }

  constexpr explicit operator R() const noexcept { return high; }

  friend constexpr doubled operator-(const doubled& a) noexcept { return {-a.high, -a.low}; }
  friend constexpr doubled operator+(const doubled& a, const doubled& b) noexcept {
    const R sum = a.high + b.high;
    if (!is_finite(sum)) return sum;
    const R rest = a.low + b.low;
    const doubled first(sum, sum_error(a.high, b.high, sum) + rest);
    return {first.high, first.low + sum_error(a.low, b.low, rest)};
  }
  friend constexpr doubled operator-(const doubled& a, const doubled& b) noexcept { return a + (-b); }
  friend constexpr doubled operator*(const doubled& a, const doubled& b) noexcept {
    const R product = a.high * b.high;
    if (!is_finite(product)) return product;
    return {product, product_error(a.high, b.high, product) + (a.high * b.low + a.low * b.high)};
  }
  friend constexpr doubled operator/(const doubled& a, const doubled& b) noexcept {
    const R first = a.high / b.high;
    if (!is_finite(first)) return first;
    const doubled left = a - b * doubled(first);
    return {first, left.high / b.high};
  }
  friend constexpr bool operator<(const doubled& a, const doubled& b) noexcept {
    return a.high < b.high || (a.high == b.high && a.low < b.low);
  }
};

template <std::floating_point R>
struct scalar_traits<doubled<R>> {
  using mask = bool;
  static constexpr int digits = 2 * std::numeric_limits<R>::digits;
  static constexpr doubled<R> literal(double x) noexcept { return static_cast<R>(x); }
  static constexpr doubled<R> blend(bool chosen, const doubled<R>& a, const doubled<R>& b) noexcept {
    return chosen ? a : b;
  }
  /// One Newton step from the root in R doubles its digits.
  static constexpr doubled<R> square_root(const doubled<R>& x) noexcept {
    const R root = scalar_traits<R>::square_root(x.high);
    if (!(root > R(0)) || !is_finite(root)) return root;
    return {root, (x - doubled<R>(root) * doubled<R>(root)).high / (R(2) * root)};
  }
  /// To the digits of R: what rounds the logarithm at the end needs no more.
  static doubled<R> log1p(const doubled<R>& x) noexcept {
    const R rough = std::log1p(x.high);
    return is_finite(rough) ? doubled<R>(rough, x.low / (R(1) + x.high)) : doubled<R>(rough);
  }
};

}  // namespace trimtab
