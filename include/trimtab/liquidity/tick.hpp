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

}  // namespace detail

/// @brief The root of the price at a tick, smallest units of the second token per smallest unit of the first.
///
/// Formula   √P = 1.0001^(tick/2), the tick whole or not
/// Of twice the digits, because what a narrow range holds is a difference of two such roots: of a whole tick it is
/// right to 2⁻⁸⁴ of itself and `high` is the nearest double; of any other to 2·10⁻²⁰. The contract's own, a whole
/// number of 2⁻⁹⁶, is above it by two of those and 10⁻¹⁹ of the root at most: its steps at the lowest tick are 2·10⁻¹⁰,
/// and at the highest ones it works with 64 bits.
/// @return NaN outside [min_tick, max_tick]
/// @cost   20 products of twice the digits at most
/// @source Adams et al. 2021, "Uniswap v3 core", eq. 6.2; v3-core TickMath.sol getSqrtRatioAtTick
constexpr doubled<double> sqrt_price_at_tick(double tick) noexcept {
  if (!(tick >= static_cast<double>(min_tick) && tick <= static_cast<double>(max_tick))) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  auto whole = static_cast<std::int32_t>(tick);
  if (static_cast<double>(whole) > tick) --whole;
  const doubled<double> power = detail::sqrt_price_of_whole_tick(whole);
  const double rest = tick - static_cast<double>(whole);
  if (rest == 0.0) return power;
  return power + doubled<double>(power.high * std::expm1(rest * detail::half_log_of_a_tick));
}

/// The price at a tick, 1.0001^tick: see `sqrt_price_at_tick`.
constexpr double price_at_tick(double tick) noexcept {
  const doubled<double> root = sqrt_price_at_tick(tick);
  return (root * root).high;
}

/// @brief The greatest whole tick whose root of the price, as `sqrt_price_at_tick` has it, is at most this one.
///
/// The contract's own answer is one less where the root lies above a whole tick's by less than the bound stated there.
/// @return min_tick − 1 below all ticks and for a NaN, max_tick above all
/// @source v3-core TickMath.sol getTickAtSqrtRatio
inline std::int32_t tick_at_sqrt_price(const doubled<double>& sqrt_price) noexcept {
  if (sqrt_price < sqrt_price_at_tick(min_tick) || sqrt_price.high != sqrt_price.high) return min_tick - 1;
  if (!(sqrt_price < sqrt_price_at_tick(max_tick))) return max_tick;
  const auto tick = static_cast<std::int32_t>(std::floor(std::log(sqrt_price.high) / detail::half_log_of_a_tick));
  // The logarithm is good to a few 10⁻¹⁰ of a tick, so the whole tick is at most one off.
  if (sqrt_price < sqrt_price_at_tick(tick)) return tick - 1;
  return sqrt_price < sqrt_price_at_tick(tick + 1) ? tick : tick + 1;
}

/// @brief The tick of a root of the price, not rounded: what `sqrt_price_at_tick` undoes, to an ulp of the tick.
/// @return NaN for a root below the lowest tick's or above the highest's
inline double real_tick_at_sqrt_price(const doubled<double>& sqrt_price) noexcept {
  const std::int32_t whole = tick_at_sqrt_price(sqrt_price);
  if (whole < min_tick || sqrt_price_at_tick(max_tick) < sqrt_price) return std::numeric_limits<double>::quiet_NaN();
  const doubled<double> at = sqrt_price_at_tick(whole);
  return whole + std::log1p((sqrt_price - at).high / at.high) / detail::half_log_of_a_tick;
}

}  // namespace trimtab::liquidity
