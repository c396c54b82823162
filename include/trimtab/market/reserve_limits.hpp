// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/errc.hpp>
#include <trimtab/core/scalar.hpp>
#include <trimtab/market/asset.hpp>

#include <span>

namespace trimtab {

/// @brief What one reserve lets anybody do now, whole tokens. The defaults bind nothing.
///
/// Inactive or paused: no step at all. Frozen: repay and withdraw only.
struct reserve_limits {
  asset_id asset{};
  bool active = true;
  bool paused = false;
  bool frozen = false;
  double borrow_room = infinity;   ///< until the borrow cap
  double supply_room = infinity;   ///< until the supply cap
  double withdrawable = infinity;  ///< liquidity that is not lent out: limits withdrawals and borrows
  bool flash_loan_enabled = true;
  double flash_loan_available = infinity;

  [[nodiscard]] constexpr bool can_reduce() const noexcept { return active && !paused; }
  [[nodiscard]] constexpr bool can_grow() const noexcept { return active && !paused && !frozen; }
  [[nodiscard]] constexpr double flash_loan_room() const noexcept {
    return active && !paused && flash_loan_enabled ? flash_loan_available : 0.0;
  }
};

/// The limits of an asset; an asset the table leaves out is bound by nothing.
constexpr reserve_limits limits_of(std::span<const reserve_limits> table, asset_id asset) noexcept {
  for (const reserve_limits& r : table)
    if (r.asset == asset) return r;
  return {.asset = asset};
}

/// @errors negative_amount (a NaN room too: nothing may be let through by a comparison that is false)
constexpr errc validate(std::span<const reserve_limits> table) noexcept {
  for (const reserve_limits& r : table)
    if (!(r.borrow_room >= 0.0) || !(r.supply_room >= 0.0) || !(r.withdrawable >= 0.0) ||
        !(r.flash_loan_available >= 0.0))
      return errc::negative_amount;
  return errc::ok;
}

}  // namespace trimtab
