// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/math.hpp>

namespace trimtab::preset {

/// @file
/// Comparisons that contracts make on integers, made on doubles. Where the integers of a contract are equal, sums of
/// doubles that lead to the same number differ by a few ulps, and a strict comparison would see a difference that is
/// not there. Two numbers within one part in 10¹³ of each other count as equal; a contract's own rounding (10⁻¹⁸ in
/// ratios, the smallest token unit in amounts) may tell apart what is closer than that, and then this does not.

inline constexpr double equal_within = 1e-13;

/// x > edge; a NaN is neither above nor below.
constexpr bool above(double x, double edge) noexcept {
  return x > edge + magnitude(edge) * equal_within;
}
constexpr bool below(double x, double edge) noexcept {
  return x + magnitude(x) * equal_within < edge;
}

/// @brief The integer part of a number that a contract has as the quotient of integers: 8299.9999999999 is 8300.
/// @pre 0 ≤ x < 2⁶³
constexpr double whole_part(double x) noexcept {
  return static_cast<double>(static_cast<long long>(x * (1.0 + equal_within)));
}

}  // namespace trimtab::preset
