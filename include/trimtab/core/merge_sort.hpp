// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <span>
#include <type_traits>

namespace trimtab {

/// @brief Sorts in the caller's memory, equals in the order they came: what the decision path has instead of
/// `<algorithm>`.
///
/// Blocks of eight by insertion, then merged in pairs, back and forth between the two arrays. Neighbouring blocks that
/// are in order already are copied without a comparison more.
/// @param items    sorted on return
/// @param scratch  at least as long; its contents are lost
/// @param before   before(a, b): a belongs in front of b; a strict weak order
/// @return  false, and nothing done, where the scratch is too short
/// @cost    O(n log n) comparisons, no allocation
template <class T, class Before>
requires std::is_trivially_copyable_v<T>
constexpr bool merge_sort(std::span<T> items, std::span<T> scratch, Before&& before) noexcept {
  constexpr std::size_t block = 8;
  const std::size_t n = items.size();
  if (scratch.size() < n) return false;
  for (std::size_t begin = 0; begin < n; begin += block) {
    const std::size_t end = begin + block < n ? begin + block : n;
    for (std::size_t i = begin + 1; i < end; ++i) {
      const T item = items[i];
      std::size_t at = i;
      for (; at > begin && before(item, items[at - 1]); --at) items[at] = items[at - 1];
      items[at] = item;
    }
  }
  T* from = items.data();
  T* to = scratch.data();
  for (std::size_t width = block; width < n; width *= 2) {
    for (std::size_t begin = 0; begin < n; begin += 2 * width) {
      const std::size_t middle = begin + width < n ? begin + width : n;
      const std::size_t end = middle + width < n ? middle + width : n;
      std::size_t left = begin, right = middle, out = begin;
      if (middle < end && before(from[middle], from[middle - 1])) {
        while (left < middle && right < end) to[out++] = before(from[right], from[left]) ? from[right++] : from[left++];
      }
      while (left < middle) to[out++] = from[left++];
      while (right < end) to[out++] = from[right++];
    }
    T* const swapped = from;
    from = to;
    to = swapped;
  }
  if (from != items.data()) {
    for (std::size_t i = 0; i < n; ++i) items[i] = from[i];
  }
  return true;
}

}  // namespace trimtab
