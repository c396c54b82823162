// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/liquidity/concept.hpp>

namespace trimtab::liquidity {

/// @brief Any amount at one price: no fee, no impact, no gas. The simplest venue, and the one to copy; what
/// slippage-blind sizing assumes.
struct frictionless {
  double price = 1.0;  ///< asset out per asset in

  static constexpr std::size_t max_segments = 1;

  /// @errors non_positive_price, not_finite
  [[nodiscard]] constexpr errc validate() const noexcept {
    if (!is_finite(price)) return errc::not_finite;
    return price > 0.0 ? errc::ok : errc::non_positive_price;
  }
  template <Scalar S>
  constexpr S amount_out(const S& x) const noexcept(std::floating_point<S>) {
    return literal<S>(price) * x;
  }
  template <Scalar S>
  constexpr S amount_in(const S& y) const noexcept(std::floating_point<S>) {
    return y / literal<S>(price);
  }
  template <Scalar S>
  constexpr executable_price<S> marginal_price(const S&) const noexcept(std::floating_point<S>) {
    return {literal<S>(price)};
  }
  template <Scalar S>
  constexpr S marginal_slope(const S&) const noexcept(std::floating_point<S>) {
    return literal<S>(0.0);
  }
  /// 0 at or above the price, everything (+inf) below it.
  template <Scalar S>
  constexpr S amount_at(executable_price<S> at) const noexcept(std::floating_point<S>) {
    return blend<S>(at.value < literal<S>(price), literal<S>(infinity), literal<S>(0.0));
  }
  /// Nothing at or above the price, no limit (+inf) below it.
  template <Scalar S>
  constexpr S best_value(executable_price<S> at) const noexcept(std::floating_point<S>) {
    return amount_at(at);
  }
  template <Scalar S>
  constexpr S loss(const S&) const noexcept(std::floating_point<S>) {
    return literal<S>(0.0);
  }
  [[nodiscard]] constexpr double capacity() const noexcept { return infinity; }
  [[nodiscard]] constexpr double gas(double) const noexcept { return 0.0; }
  [[nodiscard]] constexpr frictionless after(double) const noexcept { return *this; }
  [[nodiscard]] constexpr std::size_t segment_count() const noexcept { return 1; }
  constexpr std::size_t segments(std::span<segment<>> out) const noexcept {
    if (out.empty()) return 0;
    out[0] = {.price = price, .curvature = 0.0, .capacity = infinity};
    return 1;
  }
};

}  // namespace trimtab::liquidity
