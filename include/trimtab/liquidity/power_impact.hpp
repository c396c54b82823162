// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/basis_points.hpp>
#include <trimtab/liquidity/concept.hpp>
#include <trimtab/liquidity/fit_segments.hpp>
#include <trimtab/liquidity/power_curve.hpp>

#include <cmath>

namespace trimtab::liquidity {

/// @brief Impact that grows as a power of the amount; with exponent ½ the square-root law of order-driven markets.
///
/// Formula   y = p₀·x·(1 − strength·(x/volume)^β),  dy/dx = p₀·(1 − w),  w = (1 + β)·strength·(x/volume)^β,
/// p₀ = price·(1 − fee), up to x = depth(), where w = 1
/// The average price falls by `strength` for the whole volume: about one day's volatility for a day's volume. What was
/// traded before counts (`traded`): the curve goes on from there. For β < 1 the slope at 0 is infinite, so nothing here
/// steps along it; the amount at a price is closed, the amount for an output is found in logarithms, where it is tame.
/// @source Almgren, Thum, Hauptmann, Li 2005, "Direct estimation of equity market impact"; Tóth et al. 2011, "Anomalous
/// price impact and the critical nature of liquidity in financial markets", eq. 1
struct power_impact {
  double price = 0.0;     ///< asset out per asset in, before the fee
  double volume = 0.0;    ///< asset in
  double strength = 0.0;  ///< part of the price, lost on average by trading the volume
  double exponent = 0.5;  ///< β
  double traded = 0.0;    ///< what has gone in already, asset in
  basis_points fee{};
  double gas_units = 0.0;

  /// @errors not_finite, non_positive_price, negative_amount (no volume or strength too), bad_configuration (a fee
  /// outside [0, 100 %), an exponent that is not positive), outside_validity (a depth that is no number)
  [[nodiscard]] errc validate() const noexcept {
    for (const double number : {price, volume, strength, exponent, traded})
      if (!is_finite(number)) return errc::not_finite;
    if (!(price > 0.0)) return errc::non_positive_price;
    if (!(volume > 0.0) || !(strength > 0.0) || !(traded >= 0.0) || !(gas_units >= 0.0)) return errc::negative_amount;
    if (!(exponent > 0.0) || !(fee.count >= 0.0 && fee.count < 1e4)) return errc::bad_configuration;
    return depth() > 0.0 && is_finite(depth()) ? errc::ok : errc::outside_validity;
  }
  /// What brings the price to nothing, counted from before all trades, asset in.
  [[nodiscard]] double depth() const noexcept { return total_at(1.0); }
  [[nodiscard]] constexpr double net_price() const noexcept { return price * fee.complement(); }

  [[nodiscard]] double amount_out(double x) const noexcept {
    const double in = taken(x), e = 1.0 + exponent;
    if (!(traded > 0.0)) return net_price() * in * (1.0 - weight(in) / e);
    const double more = detail::growth<double>(in / traded, 0.0, doubled<double>(1.0) + doubled<double>(exponent));
    return net_price() * larger(0.0, in - traded * (weight(traded) / e) * more);
  }
  /// @brief Newton on ln y over ln x, which is concave: from too little it never oversteps.
  /// @cost  3 to 6 powers or so; up to 30 near the depth, where more buys next to nothing
  [[nodiscard]] double amount_in(double y) const noexcept {
    const double most = most_out();
    if (!(y > 0.0)) return y;
    // The last amounts below the capacity may round to more than it pays.
    const double rounding = 8.0 * std::numeric_limits<double>::epsilon() * net_price() * capacity();
    if (y >= most) return y - most > rounding || !(most > 0.0) ? infinity : capacity();
    double low = y / marginal_price(0.0).value, high = larger(low, capacity()), x = low;
    for (int i = 0; i < 200; ++i) {
      const double out = amount_out(x), slope = marginal_price(x).value;
      if (out == y) return x;
      (out < y ? low : high) = x;
      const double step = std::log1p((y - out) / out) * out / slope;  // Δln x times x
      double next = x + x * std::expm1(step / x);
      if (!(next > low && next < high)) next = low + 0.5 * (high - low);
      if (magnitude(next - x) <= 2.5e-16 * x) return next;
      x = next;
    }
    return x;
  }
  [[nodiscard]] executable_price<double> marginal_price(double x) const noexcept {
    return {x > capacity() ? 0.0 : larger(net_price() * (doubled<double>(1.0) - lost(traded + x)).high, 0.0 * x)};
  }
  /// −∞ at 0 where β < 1.
  [[nodiscard]] double marginal_slope(double x) const noexcept {
    if (x > capacity()) return 0.0;
    return -net_price() * (1.0 + exponent) * strength * exponent / volume *
           std::pow((traded + x) / volume, exponent - 1.0);
  }
  /// Formula   volume·((1 − price/p₀)/((1 + β)·strength))^(1/β)
  [[nodiscard]] double amount_at(executable_price<double> at) const noexcept {
    if (!(at.value < marginal_price(0.0).value)) return 0.0;
    if (!(at.value > 0.0)) return capacity();
    const double x = total_at((net_price() - at.value) / net_price()) - traded;
    return smaller(larger(x, 0.0), capacity());
  }
  [[nodiscard]] double best_value(executable_price<double> at) const noexcept {
    const double first = marginal_price(0.0).value, x = amount_at(at);
    if (!(at.value < first)) return 0.0;
    return detail::worth(first, larger(at.value, 0.0), x, amount_out(x), loss(x));
  }
  /// Formula   p₀·x·w/(1 + β) from nothing traded, and the value of what bought nothing beyond the capacity
  [[nodiscard]] double loss(double x) const noexcept {
    const double in = taken(x), e = 1.0 + exponent, idle = marginal_price(0.0).value * (x - in);
    if (!(traded > 0.0)) return net_price() * in * (weight(in) / e) + idle;
    return net_price() * traded * (weight(traded) / e) * detail::power_bend(in / traded, e) + idle;
  }
  /// All it can still pay, asset out.
  [[nodiscard]] double most_out() const noexcept { return amount_out(capacity()); }
  [[nodiscard]] double capacity() const noexcept { return larger(0.0, depth() - traded); }
  [[nodiscard]] constexpr double gas(double x) const noexcept { return x > 0.0 ? gas_units : 0.0; }
  [[nodiscard]] power_impact after(double x) const noexcept {
    power_impact left = *this;
    left.traded = traded + taken(x);
    return left;
  }
  [[nodiscard]] std::size_t segment_count() const noexcept { return capacity() > 0.0 ? fitted_pieces : 0; }
  std::size_t segments(std::span<segment<>> out) const noexcept {
    const double at = turn();
    return fit_segments(*this, outline(at), out);
  }
  [[nodiscard]] double segment_error(std::size_t pieces) const noexcept {
    const double at = turn();
    return fit_error(*this, outline(at), pieces);
  }

private:
  [[nodiscard]] double taken(double x) const noexcept { return smaller(capacity(), x); }
  /// w, what the price has lost of itself after x in all; with twice the digits, which it takes where little of the
  /// price is left, but for the rounding of a power other than ½.
  [[nodiscard]] doubled<double> lost(double x) const noexcept {
    const doubled<double> share = detail::ratio(x, volume), e = doubled<double>(1.0) + doubled<double>(exponent);
    if (exponent == 0.5) return e * doubled<double>(strength) * square_root<doubled<double>>(share);
    const double power = std::pow(share.high, exponent);
    const double rest = share.high > 0.0 ? power * (exponent * (share.low / share.high)) : 0.0;
    return e * doubled<double>(strength) * doubled<double>(power, rest);
  }
  [[nodiscard]] double weight(double x) const noexcept { return lost(x).high; }
  [[nodiscard]] double total_at(double w) const noexcept {
    return volume * std::pow(w / ((1.0 + exponent) * strength), 1.0 / exponent);
  }
  /// 1/√(1 − w) turns from concave to convex at w = (1 − β)/(1 + β/2).
  [[nodiscard]] double turn() const noexcept {
    return exponent < 1.0 ? total_at((1.0 - exponent) / (1.0 + 0.5 * exponent)) - traded : 0.0;
  }
  [[nodiscard]] curve_outline outline(const double& at) const noexcept {
    return {.most_out = most_out(), .turns = std::span<const double>(&at, at > 0.0 ? 1 : 0)};
  }
};

}  // namespace trimtab::liquidity
