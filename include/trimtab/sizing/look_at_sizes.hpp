// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/math.hpp>

namespace trimtab::sizing::detail {

/// Sizes to look at where nothing is known of the curve: every tenth of their own size up from a millionth of all.
template <class F>
constexpr void scan(double all, F&& look) noexcept {
  double x = all * 1e-6;
  while (x < all && look(x)) x *= 1.1;
  if (!(x < all)) look(all);
}

/// A size at which what holds for less no longer does, and not far beyond; all where that is finite.
template <class F>
constexpr double reach(double all, F&& holds) noexcept {
  if (is_finite(all)) return all;
  double x = 1.0;
  if (!holds(x)) {
    while (x > 1e-300 && !holds(x * 1e-6)) x *= 0.25;
    if (x > 1e-300) return x;
    x = 4.0;  // for no little size: for a larger one?
    while (x < 1e300 && !holds(x)) x *= 4.0;
  }
  while (x < 1e300 && holds(x)) x *= 4.0;
  return x;
}

/// Where f is highest between low and high, to half the digits.
template <class F>
constexpr double highest(double low, double high, F&& f) noexcept {
  constexpr double golden = 0.6180339887498949;
  double a = high - golden * (high - low), b = low + golden * (high - low), fa = f(a), fb = f(b);
  for (int i = 0; i < 40; ++i) {
    if (fa < fb) {
      low = a, a = b, fa = fb, b = low + golden * (high - low), fb = f(b);
    } else {
      high = b, b = a, fb = fa, a = high - golden * (high - low), fa = f(a);
    }
  }
  return 0.5 * (low + high);
}

}  // namespace trimtab::sizing::detail
