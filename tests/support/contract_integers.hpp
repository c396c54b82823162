// SPDX-License-Identifier: MIT
#pragma once

/// Integers as contracts have them, for transcriptions of their rules: 128 bits, with products and quotients through
/// 256.

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>

namespace trimtab::test {

__extension__ using u128 = unsigned __int128;

struct u256 {
  u128 high = 0, low = 0;
  friend constexpr bool operator==(const u256&, const u256&) = default;
  friend constexpr bool operator<(const u256& a, const u256& b) {
    return a.high < b.high || (a.high == b.high && a.low < b.low);
  }
};

constexpr u256 product(u128 a, u128 b) {
  const u128 mask = ~std::uint64_t{0};
  const u128 al = a & mask, ah = a >> 64, bl = b & mask, bh = b >> 64;
  const u128 ll = al * bl, lh = al * bh, hl = ah * bl, hh = ah * bh;
  const u128 middle = (ll >> 64) + (lh & mask) + (hl & mask);
  return {hh + (lh >> 64) + (hl >> 64) + (middle >> 64), (middle << 64) | (ll & mask)};
}

constexpr u256 plus(u256 a, u128 b) {
  const u128 low = a.low + b;
  return {a.high + (low < b ? 1U : 0U), low};
}

/// ⌊n/d⌋. @pre n.high < d. Two digits of 64 bits, each estimated and corrected (Knuth, algorithm D).
constexpr u128 quotient(u256 n, u128 d) {
  if (n.high == 0) return n.low / d;
  int shift = 0;
  for (; (d >> 127) == 0; d <<= 1) ++shift;
  if (shift > 0) n = {(n.high << shift) | (n.low >> (128 - shift)), n.low << shift};
  const u128 mask = ~std::uint64_t{0}, base = u128{1} << 64;
  const u128 dh = d >> 64, dl = d & mask;
  const auto digit = [&](u128 high, u128 next) {  // of high·2^64 + next, high < d; leaves the rest
    u128 q = high / dh, r = high % dh;
    while (q >= base || q * dl > ((r << 64) | next)) {
      --q;
      r += dh;
      if (r >= base) break;
    }
    return q;
  };
  const u128 q1 = digit(n.high, n.low >> 64);
  const u128 rest = ((n.high << 64) | (n.low >> 64)) - q1 * d;
  const u128 q0 = digit(rest, n.low & mask);
  return (q1 << 64) | q0;
}

constexpr u128 mul_div(u128 a, u128 b, u128 d) {
  return quotient(product(a, b), d);
}
constexpr u128 mul_div_up(u128 a, u128 b, u128 d) {
  return quotient(plus(product(a, b), d - 1), d);
}
constexpr u128 mul_div_half_up(u128 a, u128 b, u128 d) {
  return quotient(plus(product(a, b), d / 2), d);
}

inline constexpr u128 wad = 1'000'000'000'000'000'000ULL;

constexpr u128 power(u128 base, int exponent) {
  u128 p = 1;
  for (; exponent > 0; --exponent) p *= base;
  return p;
}

/// Whole tokens of so many smallest units.
inline double tokens(u128 amount, double unit = 1e18) {
  return static_cast<double>(amount) / unit;
}
/// The integer nearest to a number of tokens, less than 2¹²⁸.
inline u128 from_tokens(double amount, double unit = 1e18) {
  return static_cast<u128>(amount * unit);
}

static_assert(mul_div(~u128{0}, ~u128{0}, ~u128{0}) == ~u128{0});
static_assert(mul_div(power(10, 38), power(10, 30), power(10, 31)) == power(10, 37));
static_assert(mul_div(power(10, 38) + 7, power(10, 20) - 1, power(10, 20) + 39) ==
              u128{9999999999999999996ULL} * power(10, 19) + 22ULL);

/// How many states went each way, by name; every way that a test lists has to be gone.
template <std::size_t Ways>
class branches {
public:
  constexpr explicit branches(const std::array<const char*, Ways>& names) : names_(names) {}
  void saw(std::size_t way) { ++count_[way]; }
  [[nodiscard]] std::uint64_t count(std::size_t way) const { return count_[way]; }
  void print(const char* title) const {
    std::printf("%s\n", title);
    for (std::size_t i = 0; i < Ways; ++i)
      std::printf("  %-44s %9llu\n", names_[i], static_cast<unsigned long long>(count_[i]));
  }

private:
  std::array<const char*, Ways> names_;
  std::array<std::uint64_t, Ways> count_{};
};

}  // namespace trimtab::test
