// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/errc.hpp>
#include <trimtab/liquidity/segment.hpp>
#include <trimtab/market/price.hpp>

#include <concepts>
#include <cstddef>
#include <span>

namespace trimtab {

/// @brief A place to trade one asset for another, as a concave curve. `liquidity::frictionless` is the one to copy.
///
/// Amounts are whole tokens; x goes in, y comes out; fees are inside the curve.
/// - `validate()`          errc::ok, or what is wrong with its numbers
/// - `amount_out(x)`       y, increasing and concave, y(0) = 0
/// - `amount_in(y)`        x that pays for y; +inf when no x does
/// - `marginal_price(x)`   dy/dx after x has gone in
/// - `amount_at(price)`    the x after which the marginal price has fallen to `price`; 0 when it starts below
/// - `loss(x)`             price impact marginal_price(0)·x − y, without cancellation
/// - `capacity()`          the most x it takes
/// - `gas(x)`              gas units of the swap
/// - `after(x)`            the venue as the trade leaves it
/// - `segments(out)`       the curve as at most `max_segments` Möbius pieces; how many were written
template <class V, class S = double>
concept Venue = Scalar<S> &&
    requires(const V& v, const S& x, executable_price<S> price, std::span<liquidity::segment<>> out) {
  { v.validate() } -> std::same_as<errc>;
  { v.amount_out(x) } -> std::same_as<S>;
  { v.amount_in(x) } -> std::same_as<S>;
  { v.marginal_price(x) } -> std::same_as<executable_price<S>>;
  { v.amount_at(price) } -> std::same_as<S>;
  { v.loss(x) } -> std::same_as<S>;
  { v.capacity() } -> std::same_as<double>;
  { v.gas(0.0) } -> std::same_as<double>;
  { v.after(0.0) } -> std::same_as<V>;
  { V::max_segments } -> std::convertible_to<std::size_t>;
  { v.segments(out) } -> std::same_as<std::size_t>;
};

/// A venue whose marginal price has a derivative: `marginal_slope(x)` is d²y/dx², ≤ 0.
template <class V, class S = double>
concept Smooth = Venue<V, S> && requires(const V& v, const S& x) {
  { v.marginal_slope(x) } -> std::same_as<S>;
};

}  // namespace trimtab
