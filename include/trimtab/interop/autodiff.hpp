// SPDX-License-Identifier: MIT
#pragma once

#include <boost/math/differentiation/autodiff.hpp>

#include <trimtab/core/scalar.hpp>

#include <cmath>

/// Boost.Math dual numbers as a scalar: exact derivatives of any formula, the reference for the closed forms.
///
/// Derivatives at a kink are those of the side that the value takes.
template <class Root, std::size_t Order>
struct trimtab::scalar_traits<boost::math::differentiation::autodiff_v1::detail::fvar<Root, Order>> {
  using fvar = boost::math::differentiation::autodiff_v1::detail::fvar<Root, Order>;
  using mask = bool;
  static constexpr int digits = trimtab::scalar_traits<Root>::digits;
  static fvar literal(double x) { return fvar(static_cast<Root>(x)); }
  static fvar blend(bool chosen, const fvar& a, const fvar& b) { return chosen ? a : b; }
  static fvar square_root(const fvar& x) { return sqrt(x); }
  static fvar power(const fvar& x, double exponent) { return pow(x, fvar(static_cast<Root>(exponent))); }
  /// log(1 + x), its value corrected where 1 + x loses digits; the derivatives do not suffer.
  static fvar log1p(const fvar& x) {
    const fvar rough = log(fvar(Root(1)) + x);
    return rough + (trimtab::scalar_traits<Root>::log1p(static_cast<Root>(x)) - static_cast<Root>(rough));
  }
};
