// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/basis_points.hpp>
#include <trimtab/liquidity/concept.hpp>
#include <trimtab/liquidity/fit_segments.hpp>

namespace trimtab::liquidity {

/// @brief Impact linear in the amount, hence a quadratic curve: a market of which only price and depth are known.
///
/// Formula   y = p₀·x·(1 − x/(2·depth)),  dy/dx = p₀·(1 − x/depth),  p₀ = price·(1 − fee), up to x = depth, where the
/// price has reached nothing
/// The impact stays: what follows starts at the price the trade has left.
/// @source Kyle 1985, "Continuous auctions and insider trading"; Almgren, Chriss 2000, with permanent impact alone
struct quadratic_impact {
  double price = 0.0;  ///< asset out per asset in, before the fee
  double depth = 0.0;  ///< asset in that would bring the price to nothing; half a per cent of it moves it by as much
  basis_points fee{};
  double gas_units = 0.0;

  /// @errors not_finite, non_positive_price, negative_amount, bad_configuration (a fee outside
  /// [0, 100 %)), outside_validity (all it can pay is no number)
  [[nodiscard]] constexpr errc validate() const noexcept {
    if (!is_finite(price) || !is_finite(depth)) return errc::not_finite;
    if (!(price > 0.0)) return errc::non_positive_price;
    if (!(depth >= 0.0) || !(gas_units >= 0.0)) return errc::negative_amount;
    if (!(fee.count >= 0.0 && fee.count < 1e4)) return errc::bad_configuration;
    const bool paid = depth == 0.0 || (most_out() > 0.0 && most_out() < infinity);
    return paid ? errc::ok : errc::outside_validity;
  }
  [[nodiscard]] constexpr double net_price() const noexcept { return price * fee.complement(); }

  template <Scalar S>
  constexpr S amount_out(const S& x) const noexcept(std::floating_point<S>) {
    const S in = taken(x), whole = literal<S>(scale());
    const S out = literal<S>(net_price()) * in * ((whole + (whole - in)) / (literal<S>(2.0) * whole));
    return smaller<S>(literal<S>(most_out()), out);  // not by rounding either is it more than there is
  }
  /// Formula   x = 2v/(1 + √(1 − 2v/depth)),  v = y/p₀
  template <Scalar S>
  constexpr S amount_in(const S& y) const noexcept(std::floating_point<S>) {
    const S one = literal<S>(1.0), zero = literal<S>(0.0), most = literal<S>(most_out());
    const mask_t<S> beyond = most < y;
    const S out = blend<S>(beyond, most, y), rest = larger<S>(zero, (most - out) / literal<S>(positive(most_out())));
    const S x = literal<S>(2.0) * (out / literal<S>(positive(net_price()))) / (one + square_root<S>(rest));
    return blend<S>(beyond, literal<S>(infinity), smaller<S>(literal<S>(depth), x));
  }
  template <Scalar S>
  constexpr executable_price<S> marginal_price(const S& x) const noexcept(std::floating_point<S>) {
    return {literal<S>(net_price()) * ((literal<S>(depth) - taken(x)) / literal<S>(scale()))};
  }
  /// Towards the left at the depth, 0 beyond.
  template <Scalar S>
  constexpr S marginal_slope(const S& x) const noexcept(std::floating_point<S>) {
    return blend<S>(literal<S>(depth) < x, literal<S>(0.0), literal<S>(-net_price() / scale()));
  }
  template <Scalar S>
  constexpr S amount_at(executable_price<S> at) const noexcept(std::floating_point<S>) {
    return literal<S>(depth) * fall(at.value);
  }
  /// Formula   ½·p₀·depth·(1 − price/p₀)²
  template <Scalar S>
  constexpr S best_value(executable_price<S> at) const noexcept(std::floating_point<S>) {
    const S share = fall(at.value);
    return literal<S>(most_out()) * share * share;
  }
  /// Formula   p₀·x²/(2·depth), and the value of what bought nothing beyond the depth
  template <Scalar S>
  constexpr S loss(const S& x) const noexcept(std::floating_point<S>) {
    const S in = taken(x), p = literal<S>(net_price());
    return p * in * (in / (literal<S>(2.0) * literal<S>(scale()))) + p * (x - in);
  }
  /// All it can ever pay, asset out.
  [[nodiscard]] constexpr double most_out() const noexcept { return 0.5 * net_price() * depth; }
  [[nodiscard]] constexpr double capacity() const noexcept { return depth; }
  [[nodiscard]] constexpr double gas(double x) const noexcept { return x > 0.0 ? gas_units : 0.0; }
  [[nodiscard]] constexpr quadratic_impact after(double x) const noexcept {
    quadratic_impact left = *this;
    left.depth = depth - taken(x);
    if (left.depth > 0.0) left.price = price * (left.depth / scale());  // of nothing left, any price
    return left;
  }
  [[nodiscard]] constexpr std::size_t segment_count() const noexcept { return depth > 0.0 ? fitted_pieces : 0; }
  std::size_t segments(std::span<segment<>> out) const noexcept {
    return fit_segments(*this, {.most_out = most_out()}, out);
  }
  [[nodiscard]] double segment_error(std::size_t pieces) const noexcept {
    return fit_error(*this, {.most_out = most_out()}, pieces);
  }

private:
  static constexpr double positive(double x) noexcept { return x > 0.0 ? x : 1.0; }
  /// The depth, or 1 where a trade has left none: nothing is divided by nothing.
  [[nodiscard]] constexpr double scale() const noexcept { return positive(depth); }
  template <Scalar S>
  constexpr S taken(const S& x) const noexcept(std::floating_point<S>) {
    return smaller<S>(literal<S>(depth), x);
  }
  /// 1 − price/p₀ in [0, 1]; 0 at no price.
  template <Scalar S>
  constexpr S fall(const S& at) const noexcept(std::floating_point<S>) {
    const S first = literal<S>(net_price()), zero = literal<S>(0.0);
    const S gap = blend<S>(at < first, first - larger<S>(zero, at), zero);
    return gap / literal<S>(positive(net_price()));
  }
};

}  // namespace trimtab::liquidity
