// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/wide.hpp>

#include <cstdint>

namespace trimtab::liquidity {

/// @brief A Uniswap v2 pair (and its forks) in the contract's integers: what a swap really pays, to the last unit.
///
/// `constant_product` is the curve that decisions are taken on; this is the number to put into a transaction. Amounts
/// are smallest units. A fork that keeps another part of the input says so: 9975 of 10 000, say.
/// @source Uniswap v2 whitepaper, §3.2.1 (the check of the invariant) and §2.2 (reserves of 112 bits);
///         UniswapV2Pair.sol `swap`, UniswapV2Library.sol
struct uniswap_v2_exact {
  units reserve_in{}, reserve_out{};
  std::uint32_t kept = 997, scale = 1000;  ///< kept/scale of the input trades, the rest is the fee

  static constexpr units largest_reserve = units::from_words((std::uint64_t{1} << 48) - 1, ~std::uint64_t{0});

  /// @errors bad_configuration (a fee that is none; a scale above 10⁶), infeasible (an empty side), overflow
  [[nodiscard]] constexpr errc validate() const noexcept {
    if (kept == 0 || kept > scale || scale > 1'000'000) return errc::bad_configuration;
    if (reserve_in == units{} || reserve_out == units{}) return errc::infeasible;
    if (reserve_in > largest_reserve || reserve_out > largest_reserve) return errc::overflow;
    return errc::ok;
  }

  /// @brief The most the pair gives for x: ⌊R₂·k·x / (s·R₁ + k·x)⌋, k of s kept. One unit more breaks the invariant.
  /// It may be 0, which the pair would not send.
  /// @errors those of `validate`; dust (an input of 0), overflow (a reserve that would not fit 112 bits)
  [[nodiscard]] constexpr result<units> amount_out(units x) const noexcept {
    if (const errc e = can_take(x); e != errc::ok) return e;
    const uint256 traded = *widen(x).multiply(uint256{kept});
    const uint256 whole = *widen(reserve_in).multiply(uint256{scale})->add(traded);
    return narrow(*multiply_divide(widen(reserve_out), traded, whole, rounding::down));
  }

  /// @brief What the router asks for y: ⌊s·R₁·y / (k·(R₂ − y))⌋ + 1, the least the pair accepts or one unit more.
  /// @errors those of `validate`; dust (an output of 0), infeasible (y as large as the reserve), overflow
  [[nodiscard]] constexpr result<units> amount_in(units y) const noexcept {
    const auto x = input_for(y, rounding::down);
    return x.has_value() ? accepted(*x->add(uint256{1})) : x.error();
  }

  /// @brief The least input for which the pair gives y: ⌈s·R₁·y / (k·(R₂ − y))⌉. One unit less breaks the invariant.
  /// Errors as `amount_in`.
  [[nodiscard]] constexpr result<units> smallest_amount_in(units y) const noexcept {
    const auto x = input_for(y, rounding::up);
    return x.has_value() ? accepted(*x) : x.error();
  }

  /// @brief Does the pair accept x for y? ok, or why not: its own check, not a formula for its edge.
  ///
  /// (s·(R₁ + x) − (s − k)·x)·s·(R₂ − y) ≥ s²·R₁·R₂.
  /// @return ok; dust (nothing in or nothing out), infeasible (y as large as the reserve), slippage (the invariant
  ///         would fall), overflow, or what `validate` says
  [[nodiscard]] constexpr errc accepts(units x, units y) const noexcept {
    if (y == units{}) return errc::dust;
    if (const errc e = can_take(x); e != errc::ok) return e;
    if (y >= reserve_out) return errc::infeasible;
    // One s of both sides is left out, so that 112 + 112 + 20 bits fit.
    const uint256 in = *widen(reserve_in).multiply(uint256{scale})->add(*widen(x).multiply(uint256{kept}));
    const uint256 after = *in.multiply(widen(*reserve_out.subtract(y)));
    const uint256 before = *widen(reserve_in).multiply(widen(reserve_out))->multiply(uint256{scale});
    return after < before ? errc::slippage : errc::ok;
  }

  /// The pair as the swap leaves it: the whole input stays in it. Errors as `accepts`.
  [[nodiscard]] constexpr result<uniswap_v2_exact> after(units x, units y) const noexcept {
    if (const errc e = accepts(x, y); e != errc::ok) return e;
    uniswap_v2_exact pair = *this;
    pair.reserve_in = *reserve_in.add(x);
    pair.reserve_out = *reserve_out.subtract(y);
    return pair;
  }

private:
  [[nodiscard]] constexpr errc can_take(units x) const noexcept {
    if (const errc e = validate(); e != errc::ok) return e;
    if (x == units{}) return errc::dust;
    const auto sum = reserve_in.add(x);
    return sum.has_value() && *sum <= largest_reserve ? errc::ok : errc::overflow;
  }
  [[nodiscard]] constexpr result<uint256> input_for(units y, rounding direction) const noexcept {
    if (const errc e = validate(); e != errc::ok) return e;
    if (y == units{}) return errc::dust;
    if (y >= reserve_out) return errc::infeasible;
    const uint256 left = *widen(*reserve_out.subtract(y)).multiply(uint256{kept});
    return multiply_divide(*widen(reserve_in).multiply(uint256{scale}), widen(y), left, direction);
  }
  [[nodiscard]] constexpr result<units> accepted(const uint256& x) const noexcept {
    const auto amount = narrow(x);
    if (!amount.has_value()) return amount;
    const errc e = can_take(*amount);
    return e == errc::ok ? amount : e;
  }
};

}  // namespace trimtab::liquidity
