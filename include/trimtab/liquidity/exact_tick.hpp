// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/wide.hpp>
#include <trimtab/liquidity/tick.hpp>

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

namespace trimtab::liquidity {

/// Prices of Uniswap v3 as its contract keeps them: the square root of token 1 per token 0, smallest units, times 2⁹⁶.
inline constexpr uint256 lowest_sqrt_price{4295128739};
inline constexpr uint256 highest_sqrt_price =
    uint256::from_words(0, 4294805859, 17280870778742802505ULL, 6743328256752651558ULL);

/// A tick at which liquidity in range changes, as a pool stores it: by `net`, upwards; down if `falls`.
struct exact_tick {
  std::int32_t index = 0;
  bool falls = false;
  uint256 net{};  ///< |liquidityNet|
};

/// Where a swap pauses next: at an initialised tick, or at the last place of a word of the pool's bitmap.
struct tick_stop {
  std::int32_t index = 0;
  bool initialised = false;
};

namespace detail {

/// 2¹²⁸·1.0001^(−2^i/2) to the nearest integer, i = 0 … 19; high word and low word.
struct tick_factor {
  std::uint64_t high, low;
};
inline constexpr tick_factor tick_factors[20] = {
    {0xfffcb933bd6fad37, 0xaa2d162d1a594001}, {0xfff97272373d4132, 0x59a46990580e213a},
    {0xfff2e50f5f656932, 0xef12357cf3c7fdcc}, {0xffe5caca7e10e4e6, 0x1c3624eaa0941cd0},
    {0xffcb9843d60f6159, 0xc9db58835c926644}, {0xff973b41fa98c081, 0x472e6896dfb254c0},
    {0xff2ea16466c96a38, 0x43ec78b326b52861}, {0xfe5dee046a99a2a8, 0x11c461f1969c3053},
    {0xfcbe86c7900a88ae, 0xdcffc83b479aa3a4}, {0xf987a7253ac41317, 0x6f2b074cf7815e54},
    {0xf3392b0822b70005, 0x940c7a398e4b70f3}, {0xe7159475a2c29b74, 0x43b29c7fa6e889d9},
    {0xd097f3bdfd2022b8, 0x845ad8f792aa5825}, {0xa9f746462d870fdf, 0x8a65dc1f90e061e5},
    {0x70d869a156d2a1b8, 0x90bb3df62baf32f7}, {0x31be135f97d08fd9, 0x81231505542fcfa6},
    {0x09aa508b5b7a84e1, 0xc677de54f3e99bc9}, {0x005d6af8dedb8119, 0x6699c329225ee604},
    {0x00002216e584f5fa, 0x1ea926041bedfe98}, {0x00000000048a1703, 0x91f7dc42444e8fa2}};

/// Floor of a·b/2¹²⁸, both below 2¹²⁸.
constexpr tick_factor upper_half(const tick_factor& a, const tick_factor& b) noexcept {
  using wide = units::integer;
  const wide low = static_cast<wide>(a.low) * b.low, mid_a = static_cast<wide>(a.high) * b.low,
             mid_b = static_cast<wide>(a.low) * b.high;
  const wide carry = (low >> 64) + static_cast<std::uint64_t>(mid_a) + static_cast<std::uint64_t>(mid_b);
  const wide high = static_cast<wide>(a.high) * b.high + (mid_a >> 64) + (mid_b >> 64) + (carry >> 64);
  return {static_cast<std::uint64_t>(high >> 64), static_cast<std::uint64_t>(high)};
}

/// ⌊i/n⌋ of whole numbers. @pre n > 0
constexpr std::int32_t floor_quotient(std::int32_t i, std::int32_t n) noexcept {
  return i / n - (i % n < 0 ? 1 : 0);
}

}  // namespace detail

/// @brief √(1.0001^tick)·2⁹⁶ as the contract computes it: a product over the binary digits of the tick, each partial
/// product cut to 128 binary places; for a positive tick its reciprocal; rounded up at last.
/// @errors outside_validity (a tick outside ±887272)
/// @cost   20 to 60 nanoseconds
/// @source Uniswap v3 whitepaper, §6.1; TickMath.sol
constexpr result<uint256> sqrt_price_at(std::int32_t tick) noexcept {
  if (tick < min_tick || tick > max_tick) return errc::outside_validity;
  auto digits = static_cast<std::uint32_t>(tick < 0 ? -tick : tick);
  uint256 ratio = uint256::from_words(0, 1, 0, 0);  // 2¹²⁸
  if (digits != 0) {
    int i = std::countr_zero(digits);
    detail::tick_factor product = detail::tick_factors[i];
    for (digits &= digits - 1; digits != 0; digits &= digits - 1) {
      i = std::countr_zero(digits);
      product = detail::upper_half(product, detail::tick_factors[i]);
    }
    ratio = uint256::from_words(0, 0, product.high, product.low);
  }
  if (tick > 0) {
    constexpr std::uint64_t full = ~std::uint64_t{0};
    ratio = *divide(uint256::from_words(full, full, full, full), ratio, rounding::down);
  }
  // Up to a multiple of 2³², and those 32 places away.
  const std::uint64_t up = (ratio.word(0) & 0xffffffffU) != 0 ? 1 : 0;
  const uint256 price =
      uint256::from_words(ratio.word(3) >> 32, (ratio.word(2) >> 32) | (ratio.word(3) << 32),
                          (ratio.word(1) >> 32) | (ratio.word(2) << 32), (ratio.word(0) >> 32) | (ratio.word(1) << 32));
  return price.add(uint256{up});
}

/// @brief The greatest tick whose `sqrt_price_at` is not above the price: guessed by a logarithm, and compared where
/// that is near a tick.
/// @errors outside_validity (a price the contract does not have: below the lowest tick's, or from the highest's on)
/// @cost   a logarithm, and near a tick two or three of `sqrt_price_at`
inline result<std::int32_t> tick_at(const uint256& sqrt_price) noexcept {
  if (sqrt_price < lowest_sqrt_price || sqrt_price >= highest_sqrt_price) return errc::outside_validity;
  const double ratio = (static_cast<double>(sqrt_price.word(2)) * 0x1p128 +
                        static_cast<double>(sqrt_price.word(1)) * 0x1p64 + static_cast<double>(sqrt_price.word(0))) *
                       0x1p-96;
  constexpr double ticks_per_log = 20000.999983334167;  // 2/ln 1.0001
  const double guess = std::log(ratio) * ticks_per_log, below = std::floor(guess);
  auto tick = static_cast<std::int32_t>(below);
  // The guess is right to 10⁻⁹ of a tick, and prices, whole numbers from 4·10⁹ on, are those of their ticks to 10⁻⁵.
  constexpr double near = 1e-4;
  if (guess - below > near && guess - below < 1.0 - near) return tick;
  if (tick < min_tick) tick = min_tick;
  if (tick >= max_tick) tick = max_tick - 1;
  while (*sqrt_price_at(tick) > sqrt_price) --tick;
  while (*sqrt_price_at(tick + 1) <= sqrt_price) ++tick;
  return tick;
}

/// @brief The slot of the first initialised tick above `tick`; as many as there are when none is.
/// @param ticks ascending
constexpr std::size_t first_above(std::span<const exact_tick> ticks, std::int32_t tick) noexcept {
  std::size_t low = 0, high = ticks.size();
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    if (ticks[middle].index > tick) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

/// @brief Where a swap that starts at `tick` pauses next, going down or up.
///
/// The pool finds its ticks in a bitmap, 256 of its spacing to a word, and looks at one word at a time: where the word
/// has no further tick it pauses at the word's last place, ⌊tick/spacing⌋ = 256k going down and 256k − 1 going up, and
/// rounds the amounts of that part of the way too. A swap without these pauses is off by a unit or so for each of them.
/// @param above the slot of the first initialised tick above `tick`, as `first_above` finds it
/// @pre spacing > 0
/// @source Uniswap v3 whitepaper, §6.2.2 and Fig. 4; TickBitmap.sol
constexpr tick_stop next_stop(std::span<const exact_tick> ticks, std::size_t above, std::int32_t spacing,
                              std::int32_t tick, bool down) noexcept {
  const std::int32_t place = detail::floor_quotient(tick, spacing);
  if (down) {
    const std::int32_t edge = detail::floor_quotient(place, 256) * 256;
    const bool found = above > 0 && ticks[above - 1].index >= edge * spacing;
    const std::int32_t stop = found ? ticks[above - 1].index : edge * spacing;
    return {stop < min_tick ? min_tick : stop, found};
  }
  const std::int32_t edge = detail::floor_quotient(place + 1, 256) * 256 + 255;
  const bool found = above < ticks.size() && ticks[above].index <= edge * spacing;
  const std::int32_t stop = found ? ticks[above].index : edge * spacing;
  return {stop > max_tick ? max_tick : stop, found};
}

}  // namespace trimtab::liquidity
