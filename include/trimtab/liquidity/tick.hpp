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

/// √1.0001 to the powers 1, 2, 4, …, 2¹⁹, each to 106 bits: squaring one into the next would lose a bit a time.
inline constexpr std::array<doubled<double>, 20> tick_powers{{
    {0x1.000346d6ff116p+0, 0x1.cab956b403d71p-54},  {0x1.00068db8bac71p+0, 0x1.9652bd3c36113p-57},
    {0x1.000d1b9c68abep+0, 0x1.7ddacc3edd607p-54},  {0x1.001a37e4a234dp+0, -0x1.3df3eba46b9afp-54},
    {0x1.00347278ab0e9p+0, 0x1.56d12d5a300c9p-55},  {0x1.0068efb00a525p+0, 0x1.202975ff70b34p-54},
    {0x1.00d20a63b4174p+0, -0x1.f188189556a5fp-54}, {0x1.01a4c11c742ddp+0, 0x1.dca5ce37d7a5ap-54},
    {0x1.034c35c31f64dp+0, -0x1.648fca486f0bep-58}, {0x1.06a34b78c8ab0p+0, -0x1.01f904a97353cp-58},
    {0x1.0d72a6a46ccd9p+0, -0x1.0c59462393a76p-54}, {0x1.1b9a258e63928p+0, 0x1.65b71d5fea8ccp-54},
    {0x1.3a2e2bda04f83p+0, 0x1.e7cf345ef970dp-54},  {0x1.81954be69e0dbp+0, -0x1.c06203552f45ep-54},
    {0x1.226132ae8c2d0p+1, 0x1.484012943b848p-55},  {0x1.49605bbae7e4dp+2, 0x1.b1c616779e808p-52},
    {0x1.a7c8d00b55168p+4, 0x1.3fd34c6b81940p-50},  {0x1.5ec49e8596fbep+9, 0x1.2f108b218cd9cp-45},
    {0x1.e09e387867912p+18, 0x1.9f172ba42a5bap-37}, {0x1.c328dac6a2ba8p+37, 0x1.416feade3193ap-20},
}};

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
/// right to 2⁻⁹⁹ of itself and `high` is the nearest double; of any other to 2·10⁻²⁰. The contract's own, a whole
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
