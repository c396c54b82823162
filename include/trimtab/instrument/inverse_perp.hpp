// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/instrument/linear_perp.hpp>

namespace trimtab::instrument {

/// @brief The equity of an inverse perpetual: contracts of one unit of base currency, margined and settled in the coin.
///
/// Formula   V = N·(p/F − 1) + m·p    ∂V/∂p = m + N/F    ∂²V/∂p² = 0    m = margin − funding
///           counted in coins, V/p = m + N·(1/F − 1/p), with derivatives N/p² and −2N/p³
/// Units     N in contracts of 1 base currency, below zero when short; prices in base currency per coin; margin and
///           funding in coins
///
/// A short of N with a margin of N/F coins is worth N at every price: a synthetic dollar.
/// @source   math: the coin profit N·(1/F − 1/p) of the contract, in base currency
struct inverse_perp {
  static constexpr std::size_t capacity = 1;

  double contracts = 0.0;    ///< N, below zero when short
  double entry_price = 1.0;  ///< F
  double margin = 0.0;       ///< coins posted
  double funding = 0.0;      ///< coins accrued and not settled; above zero is owed
  double maintenance = 0.0;  ///< share of |N|, 0 ≤ maintenance < 1, below which the venue liquidates

  [[nodiscard]] constexpr std::size_t size() const noexcept { return 1; }

  /// @errors not_finite, non_positive_price (entry), negative_amount (margin), bad_configuration (maintenance)
  [[nodiscard]] constexpr errc validate() const noexcept {
    for (const double x : {contracts, entry_price, margin, funding, maintenance})
      if (!is_finite(x)) return errc::not_finite;
    if (!(entry_price > 0.0)) return errc::non_positive_price;
    if (margin < 0.0) return errc::negative_amount;
    if (!is_finite(contracts / entry_price)) return errc::not_finite;
    return maintenance >= 0.0 && maintenance < 1.0 ? errc::ok : errc::bad_configuration;
  }

  template <Scalar S>
  [[nodiscard]] constexpr S value(std::span<const S> u) const noexcept(std::floating_point<S>) {
    const S f = literal<S>(entry_price);
    return literal<S>(contracts) * ((u[0] - f) / f) + literal<S>(margin - funding) * u[0];
  }
  template <Scalar S>
  [[nodiscard]] constexpr jet<S, capacity> at(std::span<const S> u) const noexcept(std::floating_point<S>) {
    return {.value = value<S>(u), .gradient = {literal<S>(delta())}, .hessian = {literal<S>(0.0)}, .size = 1};
  }
  [[nodiscard]] constexpr double cubic_bound(std::span<const double> /*u*/, const price_box& /*box*/) const noexcept {
    return 0.0;
  }

  /// Coins that the position behaves like in base currency, at every price: the margin's own and the contracts'.
  [[nodiscard]] constexpr double delta() const noexcept { return margin - funding + contracts / entry_price; }
  /// Equity in coins.
  [[nodiscard]] constexpr double coin_value(double price) const noexcept {
    return margin - funding + contracts * ((price - entry_price) / (entry_price * price));
  }
  /// How it moves with the price, coins per base currency: N/p².
  [[nodiscard]] constexpr double coin_delta(double price) const noexcept { return contracts / price / price; }
  /// Coins per base currency squared: −2N/p³. A long loses coins faster the lower the price.
  [[nodiscard]] constexpr double coin_gamma(double price) const noexcept {
    return -2.0 * contracts / price / price / price;
  }

  /// Equity above the maintenance margin, base currency, V − maintenance·|N|: below zero the venue liquidates.
  [[nodiscard]] constexpr double headroom(double price) const noexcept {
    return value<double>({&price, 1}) - maintenance * larger(contracts, -contracts);
  }
  /// @brief The price at which headroom is gone.
  ///
  /// Formula   p* = (N + maintenance·|N|) / (m + N/F)
  /// @param    price  now, for the move and "already"
  /// @return   as for health: below for a long; above for a short, or "unreachable" with N/F coins or more
  [[nodiscard]] constexpr liquidation_point liquidation_price(double price) const noexcept {
    return detail::margin_liquidation(-(contracts + maintenance * larger(contracts, -contracts)), delta(),
                                      headroom(price), price);
  }
  /// Funding paid a year, base currency, N·f at a yearly rate f: where it is above zero longs pay shorts.
  [[nodiscard]] constexpr double carry(double funding_rate) const noexcept { return contracts * funding_rate; }
};
static_assert(Instrument<inverse_perp>);

}  // namespace trimtab::instrument
