// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>

namespace trimtab {

using seconds = std::chrono::seconds;

/// A moment on the caller's clock, whole seconds since the Unix epoch: block time. The library never asks what time it
/// is.
using timestamp = std::chrono::time_point<std::chrono::system_clock, seconds>;

constexpr timestamp at_unix(long long unix_seconds) noexcept {
  return timestamp{seconds{unix_seconds}};
}
constexpr long long unix_seconds(timestamp t) noexcept {
  return t.time_since_epoch().count();
}

/// "Never yet", older than any moment a caller brings; differences with it do not overflow.
inline constexpr timestamp never = at_unix(-(1LL << 60));

/// "Without end", later than any moment a caller brings; differences with it do not overflow.
inline constexpr timestamp forever = at_unix(1LL << 60);

/// The year of lending protocols, 365 days.
/// @source aave-v3-origin, MathUtils.sol SECONDS_PER_YEAR
inline constexpr seconds year{31'536'000};

/// A number of blocks. A type of its own: how many seconds they take is the chain's affair, and changes.
struct blocks {
  long long count = 0;

  constexpr blocks() = default;
  constexpr explicit blocks(long long n) noexcept : count(n) {}
  friend constexpr bool operator==(blocks, blocks) = default;
  friend constexpr bool operator<(blocks a, blocks b) noexcept { return a.count < b.count; }
};

inline namespace literals {
constexpr blocks operator""_blocks(unsigned long long count) noexcept {
  return blocks{static_cast<long long>(count)};
}
}  // namespace literals

}  // namespace trimtab
