// SPDX-License-Identifier: MIT
#pragma once

#include <initializer_list>
#include <limits>

namespace trimtab {

/// Hundredths of a per cent. A type of its own, so that 50 basis points are never read as 50, nor a fraction as basis
/// points.
///
/// Written `basis_points{50.0}`, `{50.0}` or `50_bps`. No aggregate, so that a bare number is not taken for one inside
/// another aggregate either: `{.max_slippage = 0.03}` does not compile, where an aggregate's braces could be left out.
struct basis_points {
  double count = 0.0;

  constexpr basis_points() noexcept = default;
  /// Of one number; NaN of any other list.
  constexpr basis_points(std::initializer_list<double> one) noexcept
      : count(one.size() == 1 ? *one.begin() : std::numeric_limits<double>::quiet_NaN()) {}

  [[nodiscard]] constexpr double fraction() const noexcept { return count / 1e4; }
  /// What is left when it has been taken, 1 − fraction, without cancellation.
  [[nodiscard]] constexpr double complement() const noexcept { return (1e4 - count) / 1e4; }
  friend constexpr bool operator==(basis_points, basis_points) = default;
};

/// The basis points of a fraction: `to_basis_points(0.005)` is `50_bps`.
constexpr basis_points to_basis_points(double fraction) noexcept {
  return {fraction * 1e4};
}

/// Whether it is a share of a whole, 0 to 100 %. A NaN is none.
constexpr bool is_share(basis_points x) noexcept {
  return x.count >= 0.0 && x.count <= 1e4;
}

inline namespace literals {
constexpr basis_points operator""_bps(unsigned long long count) noexcept {
  return {static_cast<double>(count)};
}
constexpr basis_points operator""_bps(long double count) noexcept {
  return {static_cast<double>(count)};
}
}  // namespace literals

}  // namespace trimtab
