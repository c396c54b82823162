// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/liquidity/uniswap_v2_exact.hpp>
#include <trimtab/liquidity/uniswap_v3_exact.hpp>
#include <trimtab/simulate/counter_random.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

namespace trimtab::test {

/// @file
/// Random pools and swaps as integers of a case number, and a sum over results: the same draws in any language, so that
/// another implementation's results are compared by one word per thousand cases. All arithmetic below is of integers.

inline constexpr std::uint64_t uniswap_seed = 20210505;

/// The n-th number of a case.
inline std::uint64_t draw(std::uint64_t of, std::uint64_t n) {
  return simulate::counter_random{.seed = uniswap_seed, .stream = of}.bits(n);
}

/// Mixes in every word of every result, in order.
class running_sum {
public:
  void add(std::uint64_t word) { sum_ = simulate::mix((sum_ ^ word) + 0x9E3779B97F4A7C15U); }
  void add(const uint256& n) {
    for (std::size_t i = 0; i < 4; ++i) add(n.word(i));
  }
  [[nodiscard]] std::uint64_t value() const { return sum_; }

private:
  std::uint64_t sum_ = 0;
};

__extension__ using wide_unsigned = unsigned __int128;
__extension__ using wide_signed = __int128;

constexpr uint256 wide_from(wide_unsigned n) {
  return uint256::from_words(0, 0, static_cast<std::uint64_t>(n >> 64), static_cast<std::uint64_t>(n));
}
/// ⌊a·b/2^places⌋; the drawing of cases wants no other division.
inline uint256 scaled_down(const uint256& a, const uint256& b, int places) {
  const uint256 divisor = places < 64 ? uint256{std::uint64_t{1} << places}
                                      : uint256::from_words(0, 0, std::uint64_t{1} << (places - 64), 0);
  return *multiply_divide(a, b, divisor, rounding::down);
}

/// @brief Pool `number`: fee tier and decimals (6/18, 18/6, 18/18, 6/6, 8/18) at random, a price within four decades of
/// one whole token for another, or within 20 ticks; one to six positions of 1 to 1023 spacings, of liquidity up to 2⁹⁶.
/// One in eight rests on a tick, one in eight has arrived there from above, one in sixteen may have nothing in range.
struct uniswap_v3_case_pool {
  explicit uniswap_v3_case_pool(std::uint64_t number) {
    constexpr std::array<std::pair<std::uint32_t, std::int32_t>, 4> tiers{
        {{100, 1}, {500, 10}, {3000, 60}, {10000, 200}}};
    constexpr std::array<std::int32_t, 5> decimals{276324, -276324, 0, 0, 230270};
    const std::uint64_t stream = (std::uint64_t{1} << 32) + number;
    const auto [fee, spacing] = tiers[draw(stream, 0) % 4];
    const std::uint64_t half = draw(stream, 2) % 16 == 0 ? 20 : 92108;
    const std::int32_t centre = decimals[draw(stream, 1) % 5] +
                                static_cast<std::int32_t>(draw(stream, 3) % (2 * half + 1)) -
                                static_cast<std::int32_t>(half);
    const std::int32_t place = liquidity::detail::floor_quotient(centre, spacing);
    const std::uint64_t positions = 1 + draw(stream, 4) % 6;
    const bool covered = draw(stream, 5) % 16 != 0;
    std::map<std::int32_t, wide_signed> net;
    wide_unsigned first = 0;
    for (std::uint64_t i = 0; i < positions; ++i) {
      const auto c = [&](std::uint64_t k) { return draw(stream, 10 + 8 * i + k); };
      const std::uint64_t width = std::uint64_t{4} << (c(0) % 8);
      const auto below = [&](std::uint64_t k, std::uint64_t n) { return static_cast<std::int32_t>(c(k) % n); };
      const bool around = i == 0 && covered;
      const std::int32_t lower =
          around ? place - below(1, width) : place + below(1, 2 * width) - static_cast<std::int32_t>(width);
      const std::int32_t upper = (around ? place : lower) + 1 + below(2, width);
      const wide_unsigned amount = ((static_cast<wide_unsigned>(c(3)) << 32) >> (c(4) % 64)) + 1;
      if (i == 0) first = amount;
      net[lower * spacing] += static_cast<wide_signed>(amount);
      net[upper * spacing] -= static_cast<wide_signed>(amount);
    }
    pool.fee_pips = fee, pool.tick_spacing = spacing;
    const std::uint64_t mode = draw(stream, 6) % 8;
    if (mode < 2) {
      pool.sqrt_price = *liquidity::sqrt_price_at(place * spacing);
      pool.tick = place * spacing - static_cast<std::int32_t>(mode);
    } else {
      pool.tick = place * spacing + static_cast<std::int32_t>(draw(stream, 7) % static_cast<std::uint64_t>(spacing));
      const uint256 from = *liquidity::sqrt_price_at(pool.tick), to = *liquidity::sqrt_price_at(pool.tick + 1);
      pool.sqrt_price = *from.add(scaled_down(*to.subtract(from), uint256{draw(stream, 8)}, 64));
    }
    wide_signed in_range = 0;
    for (const auto& [tick, amount] : net) {
      if (tick <= pool.tick) in_range += amount;
      const bool falls = amount < 0;
      ticks.push_back(
          {.index = tick, .falls = falls, .net = wide_from(static_cast<wide_unsigned>(falls ? -amount : amount))});
    }
    pool.liquidity = wide_from(static_cast<wide_unsigned>(in_range));
    reference = in_range > 0 ? pool.liquidity : wide_from(first);
    pool.ticks = ticks;
  }
  uniswap_v3_case_pool(const uniswap_v3_case_pool&) = delete;
  uniswap_v3_case_pool& operator=(const uniswap_v3_case_pool&) = delete;

  /// @brief Swap `number`: either way, exact out one time in three, from 2⁻³² to 2⁸ of what the liquidity amounts to at
  /// the price; with a limit up to eight words of the bitmap away, half the time on a tick, fifteen times in sixteen.
  [[nodiscard]] liquidity::exact_order order(std::uint64_t number) const {
    liquidity::exact_order o;
    o.zero_for_one = (draw(number, 0) & 1) == 1;
    o.exact_in = draw(number, 1) % 3 != 0;
    const uint256 two_to_96 = uint256::from_words(0, 0, std::uint64_t{1} << 32, 0);
    const uint256 base = o.zero_for_one == o.exact_in
                             ? *multiply_divide(reference, two_to_96, pool.sqrt_price, rounding::down)
                             : scaled_down(reference, pool.sqrt_price, 96);
    o.amount =
        *scaled_down(base, uint256{draw(number, 2) >> 32}, 24 + static_cast<int>(draw(number, 3) % 40)).add(uint256{1});
    if (draw(number, 4) % 16 != 0) {
      const auto away =
          1 + static_cast<std::int32_t>(draw(number, 5) % (2048 * static_cast<std::uint64_t>(pool.tick_spacing)));
      const uint256 jitter{draw(number, 6) % 2 == 0 ? 0 : draw(number, 6) >> 48};
      o.sqrt_price_limit = o.zero_for_one ? *liquidity::sqrt_price_at(pool.tick - away)->add(jitter)
                                          : *liquidity::sqrt_price_at(pool.tick + 1 + away)->subtract(jitter);
    }
    return o;
  }

  std::vector<liquidity::initialised_tick> ticks;
  uint256 reference;
  liquidity::uniswap_v3_exact pool;
};

/// @brief Pair, input and wanted output `number`: reserves of 1 to 103 bits, or up to a million tokens of 6, 8 or 18
/// decimals; from 2⁻⁵² to 2⁸ of the reserve in, and any part of the reserve out.
struct uniswap_v2_case {
  explicit uniswap_v2_case(std::uint64_t number) {
    const std::uint64_t stream = (std::uint64_t{1} << 40) + number;
    const auto b = [&](std::uint64_t n) { return draw(stream, n); };
    wide_unsigned in = 0, out = 0;
    if (b(0) % 2 == 0) {
      const auto any = [&](std::uint64_t k) {
        return ((((static_cast<wide_unsigned>(b(k)) << 64) | b(k + 1)) >> 25) >> (b(k + 2) % 103)) + 1;
      };
      in = any(1), out = any(4);
    } else {
      constexpr std::array<std::pair<int, int>, 5> decimals{{{6, 18}, {18, 6}, {18, 18}, {6, 6}, {8, 18}}};
      const auto [d_in, d_out] = decimals[b(7) % 5];
      const auto tokens = [&](int d, std::uint64_t k) {
        const std::uint64_t one = uint256::power_of_ten(d)->word(0);
        return static_cast<wide_unsigned>(one) * (b(k) % 1'000'000) + b(k + 1) % one + 1;
      };
      in = tokens(d_in, 1), out = tokens(d_out, 3);
    }
    pair = {.reserve_in = *narrow(wide_from(in)), .reserve_out = *narrow(wide_from(out))};
    const int places = 24 + static_cast<int>(b(9) % 60);
    paid = *narrow(*scaled_down(wide_from(in), uint256{b(8) >> 32}, places).add(uint256{1}));
    wanted = *narrow(*scaled_down(wide_from(out - 1), uint256{b(10) >> 32}, 32).add(uint256{1}));
  }
  liquidity::uniswap_v2_exact pair;
  units paid, wanted;
};

}  // namespace trimtab::test
