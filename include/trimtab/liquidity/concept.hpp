// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/errc.hpp>
#include <trimtab/core/time.hpp>
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
/// - `marginal_price(x)`   dy/dx after x has gone in, from the left at a kink
/// - `amount_at(price)`    the x after which the marginal price has fallen to `price`; 0 when it starts below
/// - `best_value(price)`   what trading is worth where the asset in costs `price`: max over x of y(x) − price·x
/// - `loss(x)`             price impact marginal_price(0)·x − y, without cancellation
/// - `capacity()`          the most x it takes; what goes in beyond it buys nothing
/// - `gas(x)`              gas units of the swap, 0 for no swap
/// - `after(x)`            the venue as the trade leaves it
/// - `segment_count()`     the Möbius pieces of its curve; of a curve that has none, as many as suit it
/// - `segments(out)`       the curve as at most `out.size()` Möbius pieces; how many were written
///
/// What else it may say, if it is so, by further members:
/// - `max_segments`        its pieces are the curve itself and never more than this constant: see `Pieced`
/// - `marginal_slope(x)`   see `Smooth`
/// - `segment_error(n)`    how much less n pieces pay than the curve, at most, in asset out: see `segment_error_of`
/// - `always_concave`      false: see `is_concave`
/// - `delay()`             see `delay_of`
template <class V, class S = double>
concept Venue = Scalar<S> &&
    requires(const V& v, const S& x, executable_price<S> price, std::span<liquidity::segment<>> out) {
  { v.validate() } -> std::same_as<errc>;
  { v.amount_out(x) } -> std::same_as<S>;
  { v.amount_in(x) } -> std::same_as<S>;
  { v.marginal_price(x) } -> std::same_as<executable_price<S>>;
  { v.amount_at(price) } -> std::same_as<S>;
  { v.best_value(price) } -> std::same_as<S>;
  { v.loss(x) } -> std::same_as<S>;
  { v.capacity() } -> std::same_as<double>;
  { v.gas(0.0) } -> std::same_as<double>;
  { v.after(0.0) } -> std::same_as<V>;
  { v.segment_count() } -> std::same_as<std::size_t>;
  { v.segments(out) } -> std::same_as<std::size_t>;
};

/// A venue whose marginal price has a derivative: `marginal_slope(x)` is d²y/dx², ≤ 0.
template <class V, class S = double>
concept Smooth = Venue<V, S> && requires(const V& v, const S& x) {
  { v.marginal_slope(x) } -> std::same_as<S>;
};

/// A venue that is at most `max_segments` Möbius pieces, a constant: a sizer takes them in and has closed forms.
template <class V>
concept Pieced = requires(const V& v, std::span<liquidity::segment<>> out) {
  { V::max_segments } -> std::convertible_to<std::size_t>;
  { v.segments(out) } -> std::same_as<std::size_t>;
};

/// @brief False for a venue that may pay more per unit for more, such as one whose fee depends on the trade. Solvers
/// then bracket instead of trusting the slope, and take no part of it for optimal without looking on both sides.
template <class V>
constexpr bool is_concave() noexcept {
  if constexpr (requires { V::always_concave; }) {
    return V::always_concave;
  } else {
    return true;
  }
}

/// Between the trade and its proceeds: a redemption queue or a bridge has one, a pool has none.
template <class V>
constexpr seconds delay_of(const V& v) noexcept {
  if constexpr (requires { v.delay(); }) {
    return v.delay();
  } else {
    return seconds::zero();
  }
}

/// How much less, in asset out, n pieces may pay than the curve they stand for; never more. 0 where they are the curve,
/// all it can pay where there is not room for the pieces that it has.
template <class V>
constexpr double segment_error_of(const V& v, std::size_t pieces) noexcept {
  if constexpr (requires { v.segment_error(pieces); }) {
    return v.segment_error(pieces);
  } else {
    return pieces < v.segment_count() ? v.best_value(executable_price<double>{0.0}) : 0.0;
  }
}

}  // namespace trimtab
