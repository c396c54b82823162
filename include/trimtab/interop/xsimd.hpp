// SPDX-License-Identifier: MIT
#pragma once

#include <xsimd/xsimd.hpp>

#include <trimtab/core/scalar.hpp>

#include <limits>

#ifdef __FAST_MATH__
#error "trimtab's formulas rely on NaN, infinity and exact rounding: build without -ffast-math"
#endif

/// Lanes as a scalar: one formula over many accounts or paths. `Arch` is part of the type, so that two translation
/// units built for different instruction sets never share a body.
template <class T, class Arch>
struct trimtab::scalar_traits<xsimd::batch<T, Arch>> {
  using batch = xsimd::batch<T, Arch>;
  using mask = xsimd::batch_bool<T, Arch>;
  static constexpr int digits = std::numeric_limits<T>::digits;
  static batch literal(double x) noexcept { return batch(static_cast<T>(x)); }
  static batch blend(const mask& chosen, const batch& a, const batch& b) noexcept {
    return xsimd::select(chosen, a, b);
  }
  static batch square_root(const batch& x) noexcept { return xsimd::sqrt(x); }
  static batch log1p(const batch& x) noexcept { return xsimd::log1p(x); }
  /// As exp(exponent·log x), off by an ulp for every unit of |exponent·log x|: xsimd's own pow loses more.
  static batch power(const batch& x, double exponent) noexcept {
    return xsimd::exp(batch(static_cast<T>(exponent)) * xsimd::log(x));
  }
};
