// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/market/asset.hpp>

#include <cstddef>
#include <span>

namespace trimtab::health {

/// @brief The row of an asset in a model's table, or null.
///
/// Looks first where a caller who numbers assets by their row has it, then at every row in order.
/// @pre a row has `.asset`
template <class Row>
constexpr const Row* row_of(std::span<const Row> table, asset_id asset) noexcept {
  if (asset.value < table.size() && table[asset.value].asset == asset) return &table[asset.value];
  for (const Row& row : table)
    if (row.asset == asset) return &row;
  return nullptr;
}

/// Whether a table lists some asset twice: which of the two rows counted would be an accident.
template <class Row>
constexpr bool lists_an_asset_twice(std::span<const Row> table) noexcept {
  for (std::size_t i = 0; i < table.size(); ++i)
    for (std::size_t k = i + 1; k < table.size(); ++k)
      if (table[i].asset == table[k].asset) return true;
  return false;
}

}  // namespace trimtab::health
