// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/doubled.hpp>

#include <cmath>

namespace trimtab::liquidity::detail {

/// eᵗ − 1, of floating point from the standard library, of lanes and dual numbers from theirs.
template <Scalar S>
S exp_less_one(const S& t) noexcept(std::floating_point<S>) {
  using std::expm1;
  return expm1(t);
}

/// @brief (1 + u + rest)^e, to two ulps whatever the exponent: what rounding 1 + u and the exponent took is put back.
///
/// Lanes take their power from a logarithm and lose an ulp for every unit of |e·log(1 + u)|.
template <Scalar S>
S grown(const S& u, const S& rest, const doubled<double>& e) noexcept(std::floating_point<S>) {
  const S one = literal<S>(1.0), base = one + u;
  const S lost = sum_error<S>(one, u, base) + rest;
  const S put_back = literal<S>(e.high) * lost / base + literal<S>(e.low) * scalar_traits<S>::log1p(u);
  const S rough = scalar_traits<S>::power(base, e.high);
  // Of a power without end there is nothing to put back: ∞ − ∞ would be no number.
  return blend<S>(base < literal<S>(infinity), blend<S>(rough < literal<S>(infinity), rough + rough * put_back, rough),
                  rough);
}

/// @brief (1 + u + rest)^e − 1 for e > 0 without cancellation.
template <Scalar S>
S growth(const S& u, const S& rest, const doubled<double>& e) noexcept(std::floating_point<S>) {
  const S one = literal<S>(1.0), half = literal<S>(0.5);
  const S rate = literal<S>(e.high) * (scalar_traits<S>::log1p(u) + rest / (one + u));
  const mask_t<S> small = rate < half;
  return blend<S>(small, exp_less_one<S>(blend<S>(small, rate, half)), grown<S>(u, rest, e) - one);
}

/// @brief (1 + u)^e − 1 − e·u, u > −1: how far a power bends away from its first tangent; to about ten ulps near it,
/// elsewhere to a few ulps of its parts for every unit of |e·log(1 + u)|.
///
/// Formula   ½e(e − 1)u²·(1 + (e − 2)u/3·(1 + (e − 3)u/4·(…))) where (2 + |e|)·|u| ≤ ½, the difference elsewhere
template <Scalar S>
S power_bend(const S& u, double e) noexcept(std::floating_point<S>) {
  const S one = literal<S>(1.0), zero = literal<S>(0.0), limit = literal<S>(0.5 / (2.0 + magnitude(e)));
  const mask_t<S> below = u < limit, above = -limit < u;
  const S near = blend<S>(below, blend<S>(above, u, zero), zero);
  S series = one;
  for (int k = 26; k >= 2; --k) series = one + literal<S>((e - k) / (k + 1)) * near * series;
  series = literal<S>(0.5 * e * (e - 1.0)) * near * near * series;
  const S apart = exp_less_one<S>(literal<S>(e) * scalar_traits<S>::log1p(u)) - literal<S>(e) * u;
  return blend<S>(below, blend<S>(above, series, apart), apart);
}

/// @brief Output less what the input would cost at a price below the first one, without cancellation at either end.
template <Scalar S>
S worth(const S& first, const S& price, const S& x, const S& out, const S& loss) noexcept(std::floating_point<S>) {
  const S gained = (first - price) * x;
  return blend<S>(gained < out, gained - loss, out - price * x);
}

/// a/b with twice the digits.
constexpr doubled<double> ratio(double a, double b) noexcept {
  return doubled<double>(a) / doubled<double>(b);
}

}  // namespace trimtab::liquidity::detail
