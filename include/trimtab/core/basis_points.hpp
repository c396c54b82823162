// SPDX-License-Identifier: MIT
#pragma once

namespace trimtab {

/// Hundredths of a per cent. A type of its own, so that 50 basis points are never read as 50, nor a fraction as basis
/// points.
struct basis_points {
  double count = 0.0;

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
