// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/wide.hpp>

#include <cstdint>

namespace trimtab::liquidity {

/// Between two prices with the same liquidity L a Uniswap v3 pool is a constant product with √price p as its
/// coordinate: the amounts are L/p of token 0 and L·p of token 1. All below in the contract's integers, p times 2⁹⁶,
/// amounts in smallest units, and rounded against the trader.
namespace detail {

inline constexpr uint256 two_to_96 = uint256::from_words(0, 0, std::uint64_t{1} << 32, 0);

constexpr bool fits_160(const uint256& n) noexcept {
  return n.word(3) == 0 && (n.word(2) >> 32) == 0;
}
/// L·2⁹⁶. @pre L < 2¹²⁸
constexpr uint256 shifted_liquidity(const uint256& l) noexcept {
  return uint256::from_words(l.word(1) >> 32, (l.word(1) << 32) | (l.word(0) >> 32), l.word(0) << 32, 0);
}

}  // namespace detail

/// @brief Token 0 between two prices: L·2⁹⁶·(q − p)/q/p, each of the two divisions rounded in this direction.
/// @pre liquidity < 2¹²⁸, prices < 2¹⁶⁰
/// @errors bad_configuration (a price of zero), overflow
/// @source Uniswap v3 whitepaper, eq. 6.16; SqrtPriceMath.sol getAmount0Delta
constexpr result<uint256> amount0_between(uint256 p, uint256 q, const uint256& liquidity, rounding direction) noexcept {
  if (q < p) {
    const uint256 swap = p;
    p = q, q = swap;
  }
  if (p == uint256{}) return errc::bad_configuration;
  const auto once = multiply_divide(detail::shifted_liquidity(liquidity), *q.subtract(p), q, direction);
  return once.has_value() ? divide(*once, p, direction) : once;
}

/// @brief Token 1 between two prices: L·(q − p)/2⁹⁶.
/// @pre liquidity < 2¹²⁸, prices < 2¹⁶⁰
/// @errors none under the preconditions
/// @source Uniswap v3 whitepaper, eq. 6.14; SqrtPriceMath.sol getAmount1Delta
constexpr result<uint256> amount1_between(const uint256& p, const uint256& q, const uint256& liquidity,
                                          rounding direction) noexcept {
  return multiply_divide(liquidity, *(q < p ? p.subtract(q) : q.subtract(p)), detail::two_to_96, direction);
}

/// @brief The √price after an amount of the token paid in has gone in, rounded so that it moves too little.
///
/// Token 0 (the price falls): ⌈L·p/(L + x·p)⌉, in the contract's second form ⌈L/(⌊L/p⌋ + x)⌉ where x·p does not fit
/// 256 bits. Token 1 (it rises): p + ⌊x/L⌋.
/// @pre liquidity < 2¹²⁸, sqrt_price < 2¹⁶⁰
/// @errors infeasible (no liquidity or no price), overflow (a price of 160 bits and more)
/// @source Uniswap v3 whitepaper, eq. 6.13–6.16; SqrtPriceMath.sol getNextSqrtPriceFromInput
constexpr result<uint256> price_after_input(const uint256& sqrt_price, const uint256& liquidity, const uint256& x,
                                            bool zero_for_one) noexcept {
  if (liquidity == uint256{} || sqrt_price == uint256{}) return errc::infeasible;
  if (!zero_for_one) {
    const auto rise = multiply_divide(x, detail::two_to_96, liquidity, rounding::down);
    if (!rise.has_value()) return rise;
    const auto after = sqrt_price.add(*rise);
    return after.has_value() && detail::fits_160(*after) ? after : errc::overflow;
  }
  const uint256 shifted = detail::shifted_liquidity(liquidity);
  if (const auto product = x.multiply(sqrt_price); product.has_value())
    if (const auto whole = shifted.add(*product); whole.has_value())
      return multiply_divide(shifted, sqrt_price, *whole, rounding::up);
  const auto whole = divide(shifted, sqrt_price, rounding::down)->add(x);
  return whole.has_value() ? divide(shifted, *whole, rounding::up) : whole;
}

/// @brief The √price after an amount of the token paid out has left, rounded so that it moves too far.
///
/// Token 1 leaves as the price falls: p − ⌈y/L⌉. Token 0 as it rises: ⌈L·p/(L − y·p)⌉.
/// @pre liquidity < 2¹²⁸, sqrt_price < 2¹⁶⁰
/// @errors infeasible (no liquidity, or less of the token than that), overflow (a price of 160 bits and more)
/// @source SqrtPriceMath.sol getNextSqrtPriceFromOutput
constexpr result<uint256> price_after_output(const uint256& sqrt_price, const uint256& liquidity, const uint256& y,
                                             bool zero_for_one) noexcept {
  if (liquidity == uint256{} || sqrt_price == uint256{}) return errc::infeasible;
  if (zero_for_one) {
    const auto fall = multiply_divide(y, detail::two_to_96, liquidity, rounding::up);
    if (!fall.has_value() || *fall >= sqrt_price) return errc::infeasible;
    return sqrt_price.subtract(*fall);
  }
  const uint256 shifted = detail::shifted_liquidity(liquidity);
  const auto product = y.multiply(sqrt_price);
  if (!product.has_value() || *product >= shifted) return errc::infeasible;
  const auto after = multiply_divide(shifted, sqrt_price, *shifted.subtract(*product), rounding::up);
  return after.has_value() && detail::fits_160(*after) ? after : errc::overflow;
}

/// What one step of a swap does: within one range of constant liquidity, up to a price.
struct exact_step {
  uint256 sqrt_price{};        ///< after the step; the target where that was reached
  uint256 amount_in{}, fee{};  ///< paid: `fee` on top of `amount_in`
  uint256 amount_out{};
};

/// @brief One step towards a target price with what is left of the amount asked for.
///
/// The fee is a share of what is paid, in millionths. Exact in: what is left, less its fee, either reaches the target
/// or decides where the price ends, and then all that is left is paid. Exact out: likewise with what is still wanted.
/// @param left       input still to be paid (fee included), or output still wanted
/// @param fee_pips   < 10⁶
/// @pre liquidity < 2¹²⁸, prices < 2¹⁶⁰ and not 0
/// @errors overflow
/// @source Uniswap v3 whitepaper, §6.2.3; SwapMath.sol computeSwapStep
constexpr result<exact_step> swap_step(const uint256& sqrt_price, const uint256& target, const uint256& liquidity,
                                       const uint256& left, std::uint32_t fee_pips, bool exact_in) noexcept {
  constexpr uint256 million{1'000'000};
  constexpr auto down = rounding::down, up = rounding::up;
  const bool zero_for_one = target <= sqrt_price;
  const uint256 kept{1'000'000 - fee_pips}, fee{fee_pips};
  const auto paid = [&](const uint256& end) {
    return zero_for_one ? amount0_between(end, sqrt_price, liquidity, up)
                        : amount1_between(sqrt_price, end, liquidity, up);
  };
  const auto got = [&](const uint256& end) {
    return zero_for_one ? amount1_between(end, sqrt_price, liquidity, down)
                        : amount0_between(sqrt_price, end, liquidity, down);
  };

  const auto offered = exact_in ? multiply_divide(left, kept, million, down) : result<uint256>(left);
  const auto to_target = exact_in ? paid(target) : got(target);
  if (!to_target.has_value()) return to_target.error();
  const bool reaches = *offered >= *to_target;
  const auto end = reaches    ? result<uint256>(target)
                   : exact_in ? price_after_input(sqrt_price, liquidity, *offered, zero_for_one)
                              : price_after_output(sqrt_price, liquidity, left, zero_for_one);
  if (!end.has_value()) return end.error();
  // The price may round onto the target without having been able to pay for it: the contract asks the price.
  const bool at_target = *end == target;

  const auto amount_in = at_target && exact_in ? to_target : paid(*end);
  const auto amount_out = at_target && !exact_in ? to_target : got(*end);
  if (!amount_in.has_value()) return amount_in.error();
  if (!amount_out.has_value()) return amount_out.error();
  exact_step step{.sqrt_price = *end, .amount_in = *amount_in, .fee = {}, .amount_out = *amount_out};
  if (!exact_in && step.amount_out > left) step.amount_out = left;
  const auto charged =
      exact_in && !at_target ? left.subtract(step.amount_in) : multiply_divide(step.amount_in, fee, kept, up);
  if (!charged.has_value()) return errc::overflow;
  step.fee = *charged;
  return step;
}

}  // namespace trimtab::liquidity
