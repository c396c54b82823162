// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/basis_points.hpp>
#include <trimtab/liquidity/concept.hpp>

namespace trimtab::liquidity {

/// @brief One price up to a cap: a firm quote, a peg module, a single order-book level.
///
/// Formula   y = price·(1 − fee)·min(x, cap); what goes in beyond the cap buys nothing
struct constant_price {
  double price = 1.0;  ///< asset out per asset in, before the fee
  double cap = 0.0;    ///< asset in
  basis_points fee{};
  double gas_units = 0.0;

  static constexpr std::size_t max_segments = 1;

  /// @errors not_finite, non_positive_price, negative_amount, bad_configuration (a fee outside [0, 100 %))
  [[nodiscard]] constexpr errc validate() const noexcept {
    if (!is_finite(price)) return errc::not_finite;
    if (!(price > 0.0)) return errc::non_positive_price;
    if (!(cap >= 0.0) || !(gas_units >= 0.0)) return errc::negative_amount;
    return fee.count >= 0.0 && fee.count < 1e4 ? errc::ok : errc::bad_configuration;
  }
  [[nodiscard]] constexpr double net_price() const noexcept { return price * fee.complement(); }

  template <Scalar S>
  constexpr S amount_out(const S& x) const noexcept(std::floating_point<S>) {
    return literal<S>(net_price()) * smaller<S>(literal<S>(cap), x);
  }
  template <Scalar S>
  constexpr S amount_in(const S& y) const noexcept(std::floating_point<S>) {
    // The bound is on y: y / price may round to just above the cap for what the cap itself buys.
    const mask_t<S> beyond = literal<S>(net_price() * cap) < y;
    return blend<S>(beyond, literal<S>(infinity), smaller<S>(literal<S>(cap), y / literal<S>(net_price())));
  }
  /// The left derivative at the cap, 0 beyond it.
  template <Scalar S>
  constexpr executable_price<S> marginal_price(const S& x) const noexcept(std::floating_point<S>) {
    const S zero = literal<S>(0.0), net = literal<S>(net_price());
    return {blend<S>(literal<S>(cap) < x, zero, blend<S>(zero < x, net, blend<S>(x < literal<S>(1.0), net, x)))};
  }
  template <Scalar S>
  constexpr S marginal_slope(const S&) const noexcept(std::floating_point<S>) {
    return literal<S>(0.0);
  }
  template <Scalar S>
  constexpr S amount_at(executable_price<S> at) const noexcept(std::floating_point<S>) {
    return blend<S>(at.value < literal<S>(net_price()), literal<S>(cap), literal<S>(0.0));
  }
  template <Scalar S>
  constexpr S best_value(executable_price<S> at) const noexcept(std::floating_point<S>) {
    const S net = literal<S>(net_price()), zero = literal<S>(0.0);
    const mask_t<S> trades = at.value < net;
    const S gain = net - blend<S>(trades, larger<S>(zero, at.value), zero);
    return blend<S>(trades, gain * literal<S>(cap), zero);
  }
  /// Zero up to the cap; beyond it the value of what bought nothing.
  template <Scalar S>
  constexpr S loss(const S& x) const noexcept(std::floating_point<S>) {
    return literal<S>(net_price()) * (x - smaller<S>(literal<S>(cap), x));
  }
  [[nodiscard]] constexpr double capacity() const noexcept { return cap; }
  [[nodiscard]] constexpr double gas(double x) const noexcept { return x > 0.0 ? gas_units : 0.0; }
  [[nodiscard]] constexpr constant_price after(double x) const noexcept {
    constant_price left = *this;
    left.cap = larger(0.0, cap - x);
    return left;
  }
  [[nodiscard]] constexpr std::size_t segment_count() const noexcept { return cap > 0.0 ? 1 : 0; }
  constexpr std::size_t segments(std::span<segment<>> out) const noexcept {
    if (out.empty() || cap == 0.0) return 0;
    out[0] = {.price = net_price(), .curvature = 0.0, .capacity = cap};
    return 1;
  }
};

}  // namespace trimtab::liquidity
