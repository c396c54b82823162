// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/basis_points.hpp>
#include <trimtab/core/errc.hpp>
#include <trimtab/core/scalar.hpp>
#include <trimtab/market/asset.hpp>

#include <cstdint>
#include <span>

namespace trimtab::health {

/// One step of a market's margin table: the rate from this notional on.
struct hyperliquid_tier {
  double from_notional = 0.0;  ///< quote; the first is 0
  basis_points maintenance{};  ///< half the initial margin at the tier's highest leverage
};

/// @brief One perpetual market. The index is an asset id of its own.
///
/// Formula   maintenance margin of notional Q in tier t = m_t·Q − deduction(t)
/// @source   Hyperliquid's documentation, margin tiers
struct hyperliquid_market {
  asset_id index{};
  price_slot slot{};                        ///< mark price
  std::span<const hyperliquid_tier> tiers;  ///< from_notional and maintenance rising
  basis_points initial_margin{};  ///< of the leverage the trader chose; at least twice the maintenance margin is asked

  /// @errors bad_configuration (no rising steps from 0, more than 256), threshold_range (maintenance outside (0, ½],
  ///         initial margin outside [0, 1])
  [[nodiscard]] constexpr errc validate() const noexcept {
    if (tiers.empty() || tiers.size() > 256 || tiers[0].from_notional != 0.0) return errc::bad_configuration;
    if (!(initial_margin.count >= 0.0 && initial_margin.count <= 1e4)) return errc::threshold_range;
    for (std::size_t t = 0; t < tiers.size(); ++t) {
      if (!(tiers[t].maintenance.count > 0.0 && tiers[t].maintenance.count <= 5e3)) return errc::threshold_range;
      if (t > 0 && !(tiers[t].from_notional > tiers[t - 1].from_notional && tiers[t].from_notional < infinity &&
                     tiers[t].maintenance.count >= tiers[t - 1].maintenance.count))
        return errc::bad_configuration;
    }
    return errc::ok;
  }
  /// The tier of a notional; the first for a NaN.
  [[nodiscard]] constexpr std::uint8_t tier_of(double notional) const noexcept {
    std::uint8_t t = 0;
    while (t + 1U < tiers.size() && tiers[t + 1U].from_notional <= notional) ++t;
    return t;
  }
  [[nodiscard]] constexpr double lower(std::size_t tier) const noexcept { return tiers[tier].from_notional; }
  [[nodiscard]] constexpr double upper(std::size_t tier) const noexcept {
    if (tier + 1 < tiers.size()) return tiers[tier + 1].from_notional;
    return infinity;
  }
  /// What makes the margin continuous from tier to tier, quote: Σ of the steps up to here, each at its lower edge.
  [[nodiscard]] constexpr double deduction(std::size_t tier) const noexcept {
    double sum = 0.0;
    for (std::size_t t = 1; t <= tier; ++t)
      sum +=
          tiers[t].from_notional * basis_points{tiers[t].maintenance.count - tiers[t - 1].maintenance.count}.fraction();
    return sum;
  }
};

}  // namespace trimtab::health
