// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/math.hpp>

namespace trimtab::liquidity {

/// @brief A piece of a venue's curve as one Möbius map, measured from where the piece begins: all that a one-pair sizer
/// needs to know.
///
/// Formula   y(t) = price·t / (1 + curvature·t),  0 ≤ t ≤ capacity
///
/// Constant product is one piece with curvature 1/a; a constant price is one with curvature 0; concentrated liquidity
/// and order books are many. Pieces follow each other in order of falling price.
template <Scalar S = double>
struct segment {
  S price{};                          ///< marginal price where the piece begins, asset out per asset in, fee taken off
  S curvature{};                      ///< ≥ 0, per asset in
  S capacity = literal<S>(infinity);  ///< asset in

  constexpr S amount_out(const S& t) const noexcept(std::floating_point<S>) {
    return price * t / (literal<S>(1.0) + curvature * t);
  }
  constexpr S marginal_price(const S& t) const noexcept(std::floating_point<S>) {
    const S shrink = literal<S>(1.0) / (literal<S>(1.0) + curvature * t);
    return price * shrink * shrink;
  }
};

}  // namespace trimtab::liquidity
