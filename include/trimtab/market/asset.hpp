// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace trimtab {

/// A token, by whatever number the caller lists it under. A type of its own: an asset is not a price slot and not an
/// index.
struct asset_id {
  std::uint32_t value = 0;
  friend constexpr bool operator==(asset_id, asset_id) = default;
};

/// Where a price stands in the price vector. Slots, not assets, carry prices: two assets may share one (a category
/// price source), one asset may use two (bid for collateral, ask for debt; or one per interest index), a constant is a
/// slot that never moves.
struct price_slot {
  std::uint16_t index = 0;
  friend constexpr bool operator==(price_slot, price_slot) = default;
};

}  // namespace trimtab
