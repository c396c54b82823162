// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/math.hpp>
#include <trimtab/health/liquidation_price.hpp>
#include <trimtab/instrument/concept.hpp>

namespace trimtab::instrument {

namespace detail {

/// Where a margin account whose headroom is fixed + slope·p runs out of it. @pre headroom is that at `price`
constexpr liquidation_point margin_liquidation(double fixed, double slope, double headroom, double price) noexcept {
  liquidation_point point;
  if (!is_finite(fixed) || !is_finite(slope) || !is_finite(headroom) || !is_finite(price) || !(price > 0.0))
    return point;
  point.side = liquidation_side::unreachable;
  point.already = headroom < 0.0;
  if (slope == 0.0) return point;
  const double at = -fixed / slope;
  if (!(at > 0.0) || !is_finite(at)) return point;
  point.side = slope > 0.0 ? liquidation_side::danger_below : liquidation_side::danger_above;
  point.price = at;
  point.move = -headroom / (slope * price);
  return point;
}

}  // namespace detail

/// @brief The equity of a linear perpetual: a position in units of the underlying, margined in base currency.
///
/// Formula   V = margin + N·(p − F) − funding    ∂V/∂p = N    ∂²V/∂p² = 0
/// Units     N in units of the underlying, below zero when short; prices in base currency per unit; margin and funding
///           in base currency
///
/// A negative value is a real one: what the venue's insurance has to pay. As a hedge it moves the equity of its own
/// venue, not the health of an account elsewhere.
/// @source   math: profit of a forward that settles continuously
struct linear_perp {
  static constexpr std::size_t capacity = 1;

  double units = 0.0;        ///< N, below zero when short
  double entry_price = 1.0;  ///< F
  double margin = 0.0;       ///< posted
  double funding = 0.0;      ///< accrued and not settled; above zero is owed
  double maintenance = 0.0;  ///< share of |N|·p below which the venue liquidates, 0 ≤ maintenance < 1

  [[nodiscard]] constexpr std::size_t size() const noexcept { return 1; }

  /// @errors not_finite, non_positive_price (entry), negative_amount (margin), bad_configuration (maintenance)
  [[nodiscard]] constexpr errc validate() const noexcept {
    for (const double x : {units, entry_price, margin, funding, maintenance, units * entry_price})
      if (!is_finite(x)) return errc::not_finite;
    if (!(entry_price > 0.0)) return errc::non_positive_price;
    if (margin < 0.0) return errc::negative_amount;
    return maintenance >= 0.0 && maintenance < 1.0 ? errc::ok : errc::bad_configuration;
  }

  template <Scalar S>
  [[nodiscard]] constexpr S value(std::span<const S> u) const noexcept(std::floating_point<S>) {
    return literal<S>(units) * (u[0] - literal<S>(entry_price)) + literal<S>(margin - funding);
  }
  template <Scalar S>
  [[nodiscard]] constexpr jet<S, capacity> at(std::span<const S> u) const noexcept(std::floating_point<S>) {
    return {.value = value<S>(u), .gradient = {literal<S>(units)}, .hessian = {literal<S>(0.0)}, .size = 1};
  }
  [[nodiscard]] constexpr double cubic_bound(std::span<const double> /*u*/, const price_box& /*box*/) const noexcept {
    return 0.0;
  }

  /// Equity above the maintenance margin, base currency, V − maintenance·|N|·p: below zero the venue liquidates.
  [[nodiscard]] constexpr double headroom(double price) const noexcept {
    return value<double>({&price, 1}) - maintenance * larger(units, -units) * price;
  }
  /// @brief The price at which headroom is gone.
  ///
  /// Formula   p* = (N·F − margin + funding) / (N − maintenance·|N|)
  /// @param    price  now, for the move and "already"
  /// @return   as for health: below for a long, above for a short; "unreachable" where the margin outlasts every price
  [[nodiscard]] constexpr liquidation_point liquidation_price(double price) const noexcept {
    return detail::margin_liquidation(margin - funding - units * entry_price,
                                      units - maintenance * larger(units, -units), headroom(price), price);
  }
  /// Funding paid a year, base currency, N·p·f at a yearly rate f: where it is above zero longs pay shorts.
  [[nodiscard]] constexpr double carry(double price, double funding_rate) const noexcept {
    return units * price * funding_rate;
  }
};
static_assert(Instrument<linear_perp>);

}  // namespace trimtab::instrument
