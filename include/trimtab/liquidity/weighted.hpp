// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/basis_points.hpp>
#include <trimtab/liquidity/concept.hpp>
#include <trimtab/liquidity/fit_segments.hpp>
#include <trimtab/liquidity/power_curve.hpp>

namespace trimtab::liquidity {

/// @brief Two assets of a weighted pool (Balancer), fee on the input; what the pool holds besides has no influence.
///
/// Formula   y = R₂·(1 − (1 + u)^−η),  u = (1 − fee)·x/R₁,  η = w₁/w₂
/// Equal weights are the constant product. The contract refuses an input of more than 30 % of the balance in: set
/// `cap = largest_input()` to have it so. Its powers are off by up to 2e-14 of the balance, against the trader. The fee
/// stays in the pool, on the side of the input.
/// @source Balancer v2 WeightedMath.sol, _calcOutGivenIn and _calcInGivenOut; Martinelli, Mushegian 2019
struct weighted {
  double balance_in = 0.0;
  double balance_out = 0.0;
  double weight_in = 0.5;
  double weight_out = 0.5;
  basis_points fee{30.0};
  double cap = infinity;  ///< the most that goes in, asset in
  double gas_units = 0.0;

  /// @errors not_finite, negative_amount (an empty balance or a negative cap too), bad_configuration (a fee outside
  /// [0, 100 %), a weight that is not positive), outside_validity (a balance below 1e-300, weights
  /// and balances that leave no price)
  [[nodiscard]] constexpr errc validate() const noexcept {
    if (!is_finite(balance_in) || !is_finite(balance_out) || !is_finite(weight_in) || !is_finite(weight_out))
      return errc::not_finite;
    if (!(balance_in > 0.0) || !(balance_out > 0.0) || !(gas_units >= 0.0) || !(cap >= 0.0))
      return errc::negative_amount;
    if (!(weight_in > 0.0) || !(weight_out > 0.0)) return errc::bad_configuration;
    if (!(fee.count >= 0.0 && fee.count < 1e4)) return errc::bad_configuration;
    const bool held = balance_in >= 1e-300 && balance_out >= 1e-300;
    return held && start() > 0.0 && is_finite(start()) ? errc::ok : errc::outside_validity;
  }
  /// What the contract takes where the input is given: 30 % of the balance in, after the fee.
  [[nodiscard]] constexpr double largest_input() const noexcept { return 0.3 * depth(); }
  /// What it pays where the output is given: 30 % of the balance out.
  [[nodiscard]] constexpr double largest_output() const noexcept { return 0.3 * balance_out; }
  /// Balance in, grossed up by the fee: u = x/depth.
  [[nodiscard]] constexpr double depth() const noexcept { return balance_in / fee.complement(); }

  template <Scalar S>
  S amount_out(const S& x) const noexcept(std::floating_point<S>) {
    const S rate = literal<S>(-weight_in / weight_out) * scalar_traits<S>::log1p(taken(x) / literal<S>(depth()));
    return literal<S>(-balance_out) * detail::exp_less_one<S>(rate);
  }
  /// Formula   x = R₁/(1 − fee)·((1 + y/(R₂ − y))^(1/η) − 1)
  template <Scalar S>
  S amount_in(const S& y) const noexcept(std::floating_point<S>) {
    const S out = literal<S>(balance_out), zero = literal<S>(0.0), one = literal<S>(1.0), left = out - y;
    const mask_t<S> covered = zero < left;
    const S safe_left = blend<S>(covered, left, one), safe_y = blend<S>(covered, y, zero);
    const S v = safe_y / safe_left, product = v * safe_left;
    const S rest =
        ((safe_y - product) - product_error<S>(v, safe_left, product) - v * sum_error<S>(out, -safe_y, safe_left)) /
        safe_left;
    const S x =
        literal<S>(depth()) * detail::growth<S>(v, blend<S>(covered, rest, zero), detail::ratio(weight_out, weight_in));
    const S limit = literal<S>(cap);
    const S most = literal<S>(cap < infinity ? amount_out(cap) : infinity);
    const mask_t<S> over = limit < x, beyond = most < y;
    // All that there is may be what the cap buys, rounded.
    const S none = literal<S>(infinity), paid = blend<S>(covered, blend<S>(over, limit, x), limit);
    return blend<S>(covered, blend<S>(beyond, none, paid), blend<S>(zero < y, blend<S>(beyond, none, paid), y));
  }
  /// Formula   dy/dx = p₀·(1 + u)^−(1 + η),  p₀ = η·R₂·(1 − fee)/R₁
  template <Scalar S>
  executable_price<S> marginal_price(const S& x) const noexcept(std::floating_point<S>) {
    const S room = literal<S>(balance_in), zero = literal<S>(0.0);
    const double kept = fee.complement();
    const S net = taken(x) * literal<S>(kept), u = net / room, product = u * room;
    const S fed = product_error<S>(taken(x), literal<S>(kept), net) + taken(x) * literal<S>(kept_rest(kept));
    const S rest = ((net - product) - product_error<S>(u, room, product) + fed) / room;
    const S price = literal<S>(start()) * detail::grown<S>(u, rest, -fall());
    return {blend<S>(literal<S>(cap) < x, zero, price)};
  }
  template <Scalar S>
  S marginal_slope(const S& x) const noexcept(std::floating_point<S>) {
    return literal<S>(-fall().high) * marginal_price(x).value / (literal<S>(depth()) + taken(x));
  }
  /// Formula   x = R₁/(1 − fee)·((1 + δ)^(1/(1 + η)) − 1),  δ = p₀/price − 1
  template <Scalar S>
  S amount_at(executable_price<S> at) const noexcept(std::floating_point<S>) {
    const S x = literal<S>(depth()) * spread(at.value);
    const mask_t<S> trades = at.value < literal<S>(start()), reachable = literal<S>(0.0) < at.value;
    const S open = blend<S>(trades, blend<S>(reachable, x, literal<S>(infinity)), literal<S>(0.0));
    return smaller<S>(literal<S>(cap), open);
  }
  /// Formula   R₂·(1 − (1 + u)^−η·(1 + ηq)) at the u where the price is, q = u/(1 + u), without cancellation; R₂ at no
  /// price
  template <Scalar S>
  S best_value(executable_price<S> at) const noexcept(std::floating_point<S>) {
    const S zero = literal<S>(0.0), one = literal<S>(1.0), out = literal<S>(balance_out);
    const double e = weight_in / weight_out;
    const S u = spread(at.value), q = u / (one + u);
    const S sold = -detail::exp_less_one<S>(literal<S>(-e) * scalar_traits<S>::log1p(u)), kept = one - sold;
    const mask_t<S> near = q < literal<S>(0.5 / (2.0 + e));
    const S bent = kept * detail::power_bend<S>(-blend<S>(near, q, zero), -e);
    const S value = out * blend<S>(near, bent, sold - kept * literal<S>(e) * q);
    const mask_t<S> trades = at.value < literal<S>(start()), reachable = zero < at.value;
    const S open = blend<S>(trades, blend<S>(reachable, value, out), zero);
    if (!(cap < infinity)) return open;
    const S limit = literal<S>(cap), price = blend<S>(at.value < zero, zero, at.value);
    const S full = detail::worth<S>(literal<S>(start()), price, limit, amount_out(limit), loss(limit));
    return blend<S>(amount_at(at) < limit, open, full);
  }
  /// Formula   R₂·((1 + u)^−η − 1 + ηu), and the value of what bought nothing beyond the cap
  template <Scalar S>
  S loss(const S& x) const noexcept(std::floating_point<S>) {
    const S u = taken(x) / literal<S>(depth());
    return literal<S>(balance_out) * detail::power_bend<S>(u, -weight_in / weight_out) +
           literal<S>(start()) * (x - taken(x));
  }
  [[nodiscard]] constexpr double capacity() const noexcept { return cap; }
  [[nodiscard]] constexpr double gas(double x) const noexcept { return x > 0.0 ? gas_units : 0.0; }
  [[nodiscard]] weighted after(double x) const noexcept {
    const double in = taken(x);
    weighted left = *this;
    left.balance_in = balance_in + in;
    left.balance_out = balance_out * detail::grown(in / depth(), 0.0, -detail::ratio(weight_in, weight_out));
    left.cap = cap - in;
    if (!(cap < infinity)) left.cap = infinity;
    return left;
  }
  /// The same pool seen from the other side, without a cap.
  [[nodiscard]] constexpr weighted reversed() const noexcept {
    weighted other = *this;
    other.balance_in = balance_out, other.balance_out = balance_in;
    other.weight_in = weight_out, other.weight_out = weight_in;
    other.cap = infinity;
    return other;
  }
  [[nodiscard]] constexpr std::size_t segment_count() const noexcept { return cap > 0.0 ? fitted_pieces : 0; }
  std::size_t segments(std::span<segment<>> out) const noexcept {
    return fit_segments(*this, {.most_out = amount_out(cap)}, out);
  }
  [[nodiscard]] double segment_error(std::size_t pieces) const noexcept {
    return fit_error(*this, {.most_out = amount_out(cap)}, pieces);
  }

private:
  template <Scalar S>
  S taken(const S& x) const noexcept(std::floating_point<S>) {
    return smaller<S>(literal<S>(cap), x);
  }
  [[nodiscard]] constexpr double start() const noexcept { return weight_in / weight_out * (balance_out / depth()); }
  /// 1 + η
  [[nodiscard]] constexpr doubled<double> fall() const noexcept {
    return detail::ratio(weight_in, weight_out) + doubled<double>(1.0);
  }
  /// What rounding took from 1 − fee.
  [[nodiscard]] constexpr double kept_rest(double kept) const noexcept {
    return (doubled<double>(1e4) - doubled<double>(fee.count) - doubled<double>(1e4) * doubled<double>(kept)).high /
           1e4;
  }
  /// u where the marginal price is `price`; 0 where it starts below or there is none.
  template <Scalar S>
  S spread(const S& price) const noexcept(std::floating_point<S>) {
    const S first = literal<S>(start()), zero = literal<S>(0.0);
    const mask_t<S> trades = price < first, reachable = zero < price;
    const S safe = blend<S>(trades, blend<S>(reachable, price, first), first);
    return detail::growth<S>((first - safe) / safe, zero, doubled<double>(1.0) / fall());
  }
};

}  // namespace trimtab::liquidity
