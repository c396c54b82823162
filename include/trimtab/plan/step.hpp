// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/time.hpp>
#include <trimtab/core/units.hpp>
#include <trimtab/market/asset.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace trimtab {

/// What a step does. The wallet is what the transaction holds between its steps; it starts and ends empty but for
/// leftovers.
enum class action : std::uint8_t {
  flash_borrow,  ///< lender → wallet
  flash_repay,   ///< wallet → lender, premium included
  withdraw,      ///< account collateral → wallet
  supply,        ///< wallet → account collateral
  borrow,        ///< new account debt → wallet
  repay,         ///< wallet → account debt
  swap,          ///< wallet → venue → wallet, at least `min_out`
  pay_gas,       ///< wallet → whoever sent the transaction
};

constexpr const char* name(action a) noexcept {
  constexpr const char* names[] = {"flash_borrow", "flash_repay", "withdraw", "supply",
                                   "borrow",       "repay",       "swap",     "pay_gas"};
  return names[static_cast<std::size_t>(a)];
}

/// One step, in smallest units. `everything` means all the wallet holds of the asset (a repay: at most what is owed).
struct step {
  action what = action::swap;
  asset_id asset{};      ///< what moves; for a swap, what goes in
  asset_id asset_out{};  ///< swap only
  units amount{};
  units min_out{};  ///< swap only
  bool everything = false;
};

/// @brief The atomic transaction: steps in an order that is legal at every point, all or nothing. Data: whoever
/// executes it decides nothing.
/// @tparam N inline capacity
template <std::size_t N = 8>
struct plan {
  std::array<step, N> steps{};
  std::uint32_t count = 0;
  asset_id collateral{};
  asset_id debt{};
  int collateral_decimals = 18;
  int debt_decimals = 18;
  timestamp deadline = never;

  /// @errors capacity
  constexpr errc add(const step& s) noexcept {
    if (count == N) return errc::capacity;
    steps[count++] = s;
    return errc::ok;
  }
  constexpr const step* begin() const noexcept { return steps.data(); }
  constexpr const step* end() const noexcept { return steps.data() + count; }
  [[nodiscard]] constexpr int decimals(asset_id asset) const noexcept {
    return asset == collateral ? collateral_decimals : debt_decimals;
  }
};

}  // namespace trimtab
