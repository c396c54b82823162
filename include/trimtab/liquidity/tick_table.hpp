// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/result.hpp>
#include <trimtab/liquidity/tick.hpp>

#include <span>

namespace trimtab::liquidity {

/// A tick at which positions begin or end.
struct initialised_tick {
  std::int32_t tick = 0;
  doubled<double> net{};  ///< what liquidity grows by where the price rises through it, the contract's; or a double
};

/// The decimals of a pool's two tokens. With 0 and 0 its smallest units are its tokens.
struct token_decimals {
  int first = 0, second = 0;
};

namespace detail {

/// 10^(halves/2).
constexpr doubled<double> half_decades(int halves) noexcept {
  const int whole = halves < 0 ? -halves : halves;
  doubled<double> power(1.0);
  for (int i = 0; i + 1 < whole; i += 2) power = power * doubled<double>(10.0);
  if (whole % 2 != 0) power = power * square_root(doubled<double>(10.0));
  return halves < 0 ? doubled<double>(1.0) / power : power;
}

}  // namespace detail

/// @brief The root of a contract's price, tokens of the second per token of the first: what `concentrated` takes.
///
/// A root within the contract's own rounding of a whole tick's, see `sqrt_price_at_tick`, is that tick's: the contract
/// takes it for the tick, and a table has ticks where they are.
/// @param sqrt_price_x96 √P·2⁹⁶ in smallest units: its leading 53 bits and the next, or a double where those will do
/// @source v3-core UniswapV3Pool.sol slot0
inline doubled<double> sqrt_price_from_x96(const doubled<double>& sqrt_price_x96,
                                           token_decimals decimals = {}) noexcept {
  doubled<double> root = sqrt_price_x96 * doubled<double>(0x1p-96);
  const std::int32_t below = tick_at_sqrt_price(root);
  for (std::int32_t tick = below < min_tick ? min_tick : below; tick <= below + 1 && tick <= max_tick; ++tick) {
    const doubled<double> at = sqrt_price_at_tick(tick);
    if (magnitude((root - at).high) <= 0x1p-95 + 1e-19 * at.high) root = at;
  }
  return root * detail::half_decades(decimals.first - decimals.second);
}

/// One tick of a table, with all that lies to either side of it.
struct tick_node {
  doubled<double> sqrt_price{};    ///< √(second per first), whole tokens
  double liquidity = 0.0;          ///< between this tick and the next above
  doubled<double> first_above{};   ///< first token that the ranges above it hold when the price is below them all
  doubled<double> second_below{};  ///< second token that the ranges below it hold when the price is above them all
  std::uint32_t up = 0;            ///< the nearest range with liquidity, itself or above; the number of ticks if none
  std::uint32_t down = 0;          ///< the same, itself or below
};

/// @brief The ticks of one pool with prefix sums, in the caller's memory: what a pool of concentrated liquidity is
/// asked about, from any price and in either direction. A range is named after the tick it begins at.
struct tick_table {
  std::span<const tick_node> nodes{};
};

/// @brief Writes the table of a pool's initialised ticks into the caller's memory.
///
/// Formula   √P = 1.0001^(tick/2)·10^((d₁ − d₂)/2),  L = Σ net·10^(−(d₁ + d₂)/2); between √P and √Q it holds
///           L·(√Q − √P) of the second token or L·(√Q − √P)/(√P·√Q) of the first
/// The sums have twice the digits of a double, those of the first token from above and those of the second from below,
/// where each is small, so that the difference of two of them is right to an ulp as long as a range is not 10⁻¹⁵ of all
/// the pool. What liquidity is left below the rounding of the nets, half an ulp each of those that are doubles, is
/// none.
/// @param ticks ascending; none is a pool without liquidity
/// @param out   as many as ticks
/// @errors size_mismatch (no room), bad_configuration (not ascending, no tick of a pool, decimals outside [0, 77],
///         liquidity that does not end), not_finite, negative_amount (liquidity below zero)
/// @cost   O(ticks), about half a microsecond each
/// @source Adams et al. 2021, "Uniswap v3 core", eqs 6.13 to 6.16
constexpr result<tick_table> build_tick_table(std::span<const initialised_tick> ticks, std::span<tick_node> out,
                                              token_decimals decimals = {}) noexcept {
  const auto sound = [](int d) { return d >= 0 && d <= 77; };
  if (!sound(decimals.first) || !sound(decimals.second)) return errc::bad_configuration;
  if (out.size() < ticks.size() || ticks.size() > 0xffff'ffffU) return errc::size_mismatch;
  const std::size_t count = ticks.size();
  const doubled<double> price_scale = detail::half_decades(decimals.first - decimals.second),
                        liquidity_scale = detail::half_decades(-decimals.first - decimals.second);
  doubled<double> liquidity{}, second{};
  double rounded = 0.0;
  std::uint32_t nearest = static_cast<std::uint32_t>(count);
  for (std::size_t i = 0; i < count; ++i) {
    const initialised_tick& at = ticks[i];
    if (at.tick < min_tick || at.tick > max_tick) return errc::bad_configuration;
    if (i > 0 && at.tick <= ticks[i - 1].tick) return errc::bad_configuration;
    if (!is_finite(at.net.high)) return errc::not_finite;
    liquidity = liquidity + at.net;
    rounded += magnitude(at.net.high) * (at.net.low == 0.0 ? 0x1p-53 : 0x1p-104);
    if (magnitude(liquidity.high) <= rounded) liquidity = doubled<double>();
    if (liquidity.high < 0.0) return errc::negative_amount;

    tick_node& node = out[i];
    node.sqrt_price = detail::sqrt_price_of_whole_tick(at.tick) * price_scale;
    node.liquidity = (liquidity * liquidity_scale).high;
    if (i > 0) {
      const tick_node& below = out[i - 1];
      second = second + doubled<double>(below.liquidity) * (node.sqrt_price - below.sqrt_price);
    }
    node.second_below = second;
    if (node.liquidity > 0.0) nearest = static_cast<std::uint32_t>(i);
    node.down = nearest;
  }
  if (!is_finite(second.high)) return errc::not_finite;
  if (liquidity.high != 0.0) return errc::bad_configuration;
  doubled<double> first{};
  nearest = static_cast<std::uint32_t>(count);
  for (std::size_t i = count; i-- > 0;) {
    tick_node& node = out[i];
    if (i + 1 < count) {
      const doubled<double>&low = node.sqrt_price, &high = out[i + 1].sqrt_price;
      first = first + doubled<double>(node.liquidity) * (high - low) / (high * low);
    }
    node.first_above = first;
    if (node.liquidity > 0.0) nearest = static_cast<std::uint32_t>(i);
    node.up = nearest;
  }
  if (!is_finite(first.high)) return errc::not_finite;
  return tick_table{out.first(count)};
}

}  // namespace trimtab::liquidity
