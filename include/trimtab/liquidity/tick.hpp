// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/doubled.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace trimtab::liquidity {

/// The ticks a pool of concentrated liquidity may have.
/// @source v3-core TickMath.sol MIN_TICK, MAX_TICK
inline constexpr std::int32_t min_tick = -887'272, max_tick = 887'272;

namespace detail {

inline constexpr double half_log_of_a_tick = 4.99975001666541667e-05;  // ln 1.0001 / 2

/// √1.0001 to the powers 1, 2, 4, …, 2¹⁹, each to about 84 bits: a squaring doubles the relative error of 2⁻¹⁰⁴.
inline constexpr std::array<doubled<double>, 20> tick_powers = [] {
  std::array<doubled<double>, 20> powers{};
  powers[0] = square_root(doubled<double>(10'001.0) / doubled<double>(10'000.0));
  for (std::size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * powers[i - 1];
  return powers;
}();

/// √1.0001 to a whole power. @pre |tick| < 2²⁰
constexpr doubled<double> sqrt_price_of_whole_tick(std::int32_t tick) noexcept {
  doubled<double> power(1.0);
  auto left = static_cast<std::uint32_t>(tick < 0 ? -tick : tick);
  for (std::size_t i = 0; left != 0; ++i, left >>= 1)
    if ((left & 1U) != 0) power = power * tick_powers[i];
  return tick < 0 ? doubled<double>(1.0) / power : power;
}

/// The same for any tick, the whole part and the rest by themselves. @pre min_tick ≤ tick ≤ max_tick
constexpr doubled<double> sqrt_price_of_tick(double tick) noexcept {
  auto whole = static_cast<std::int32_t>(tick);
  if (static_cast<double>(whole) > tick) --whole;
  const doubled<double> power = sqrt_price_of_whole_tick(whole);
  const double rest = tick - static_cast<double>(whole);
  if (rest == 0.0) return power;
  return power + doubled<double>(power.high * std::expm1(rest * half_log_of_a_tick));
}

constexpr bool is_tick(double tick) noexcept {
  return tick >= static_cast<double>(min_tick) && tick <= static_cast<double>(max_tick);
}

}  // namespace detail

/// @brief The root of the price at a tick, smallest units of the second token per smallest unit of the first.
///
/// Formula   √P = 1.0001^(tick/2), the tick whole or not
/// Of a whole tick it is the nearest double, of any other within one ulp. The contract keeps it as a whole number of
/// 2⁻⁹⁶ and is off by less than two of those and 10⁻¹³ of the root: at the lowest ticks its own steps are 2·10⁻¹⁰.
/// @return NaN outside [min_tick, max_tick]
/// @cost   20 products of twice the digits at most
/// @source Adams et al. 2021, "Uniswap v3 core", eq. 6.2; v3-core TickMath.sol getSqrtRatioAtTick
constexpr double sqrt_price_at_tick(double tick) noexcept {
  return detail::is_tick(tick) ? detail::sqrt_price_of_tick(tick).high : std::numeric_limits<double>::quiet_NaN();
}

/// The price at a tick, 1.0001^tick: see `sqrt_price_at_tick`.
constexpr double price_at_tick(double tick) noexcept {
  if (!detail::is_tick(tick)) return std::numeric_limits<double>::quiet_NaN();
  const doubled<double> root = detail::sqrt_price_of_tick(tick);
  return (root * root).high;
}

/// @brief The greatest whole tick whose root of the price, as `sqrt_price_at_tick` has it, is at most this one.
///
/// The contract's own answer may be one off where the root lies within the bound stated there of a whole tick.
/// @return min_tick − 1 below all ticks and for a NaN, max_tick above all
/// @source v3-core TickMath.sol getTickAtSqrtRatio
inline std::int32_t tick_at_sqrt_price(double sqrt_price) noexcept {
  if (!(sqrt_price >= sqrt_price_at_tick(min_tick))) return min_tick - 1;
  if (sqrt_price >= sqrt_price_at_tick(max_tick)) return max_tick;
  auto tick = static_cast<std::int32_t>(std::floor(std::log(sqrt_price) / detail::half_log_of_a_tick));
  // The logarithm is good to a few 10⁻¹¹ of a tick, so the whole tick is at most one off.
  if (sqrt_price < sqrt_price_at_tick(tick)) return tick - 1;
  return sqrt_price < sqrt_price_at_tick(tick + 1) ? tick : tick + 1;
}

/// @brief The tick of a root of the price, not rounded: what `sqrt_price_at_tick` undoes.
///
/// Measured from the whole tick below, so that its error is an ulp of the root or of the tick, whichever is more, and
/// of the root at a whole tick it is that tick.
/// @return NaN for a root below the lowest tick's or above the highest's
inline double real_tick_at_sqrt_price(double sqrt_price) noexcept {
  const std::int32_t whole = tick_at_sqrt_price(sqrt_price);
  if (whole < min_tick || sqrt_price > sqrt_price_at_tick(max_tick)) return std::numeric_limits<double>::quiet_NaN();
  const double at = sqrt_price_at_tick(whole);
  return whole + std::log1p((sqrt_price - at) / at) / detail::half_log_of_a_tick;
}

}  // namespace trimtab::liquidity
