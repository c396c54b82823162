// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/market/asset.hpp>

#include <cstddef>
#include <span>

namespace trimtab::health {

/// @brief Where in a model's table an asset is; the table's size where it is not.
///
/// Looks first where a caller who numbers assets by their row has it, then at every row in order.
/// @pre a row has `.asset`
template <class Row>
constexpr std::size_t index_of(std::span<const Row> table, asset_id asset) noexcept {
  if (asset.value < table.size() && table[asset.value].asset == asset) return asset.value;
  std::size_t i = 0;
  while (i < table.size() && !(table[i].asset == asset)) ++i;
  return i;
}

/// The row of an asset, looked for as in `index_of`, or null.
template <class Row>
constexpr const Row* row_of(std::span<const Row> table, asset_id asset) noexcept {
  const std::size_t i = index_of(table, asset);
  return i == table.size() ? nullptr : &table[i];
}

/// Whether a table lists some asset twice: which of the two rows counted would be an accident. One pass where it is
/// sorted.
template <class Row>
constexpr bool lists_an_asset_twice(std::span<const Row> table) noexcept {
  std::size_t sorted = 1;
  while (sorted < table.size() && table[sorted - 1].asset.value < table[sorted].asset.value) ++sorted;
  if (sorted >= table.size()) return false;
  for (std::size_t i = 0; i < table.size(); ++i)
    for (std::size_t k = i + 1; k < table.size(); ++k)
      if (table[i].asset == table[k].asset) return true;
  return false;
}

}  // namespace trimtab::health
