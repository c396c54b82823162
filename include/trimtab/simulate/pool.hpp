// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// The one pool that every account of a replay trades against: constant product, with a memory.
///
/// Own trades follow the v2 rules: the fee is taken from what goes in and stays in the reserves. Between trades
/// arbitrage moves the mid to the nearer edge of the fee band around the market price, and no further, since inside the
/// band no round trip pays:
///
///     γ·market ≤ mid ≤ market/γ,   γ = 1 − fee
///
/// Restoring keeps k = base·quote (what arbitrage pays in fees goes to the liquidity providers and is not left in the
/// depth), so depth in quote falls as √price. A pool just traded against is therefore *not* refilled: each chunk leaves
/// its price at the edge of the band, and a schedule that assumes a full refill is wrong by that (reference: splitting
/// over time).

#include <trimtab/core/basis_points.hpp>
#include <trimtab/liquidity/constant_product.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace trimtab::simulate {

/// @brief How the world treats the pool; the same for every column.
struct pool_rules {
  basis_points fee{30.0};                 ///< of the amount that goes in
  double gas_units = 120'000.0;           ///< of one swap
  std::int64_t refill_delay_seconds = 0;  ///< how long the mid must have been outside the band before arbitrage acts
  double depth_factor = 1.0;  ///< share of the liquidity that is still there once the market has halved; (0, 1]
};

/// @brief Reserves and what the pool remembers.
struct pool {
  double base = 0.0;                ///< collateral asset, whole tokens
  double quote = 0.0;               ///< debt asset, whole tokens
  std::int64_t outside_since = -1;  ///< unix seconds since when the mid has been outside the band; −1 inside
  double liquidity_left = 1.0;      ///< share of the opening liquidity that has not been withdrawn

  /// @brief Quote per base, between the two fees.
  [[nodiscard]] constexpr double mid() const noexcept { return quote / base; }
};

/// @brief Opens a pool at the market price with a given depth on its quote side.
[[nodiscard]] constexpr pool pool_at(double market, double quote_depth) noexcept {
  return {.base = quote_depth / market, .quote = quote_depth};
}

/// @brief The pool as a curve that sells base for quote; what the policy sees and what trades settle against.
[[nodiscard]] constexpr liquidity::constant_product selling(const pool& p, const pool_rules& rules) noexcept {
  return {.reserve_in = p.base, .reserve_out = p.quote, .fee = rules.fee, .gas_units = rules.gas_units};
}

/// @brief The pool as a curve that buys base with quote.
[[nodiscard]] constexpr liquidity::constant_product buying(const pool& p, const pool_rules& rules) noexcept {
  return selling(p, rules).reversed();
}

/// @brief Sells base into the pool; the whole of it, fee included, stays in the reserves.
[[nodiscard]] constexpr pool after_sale(pool p, const pool_rules& rules, double base_in) noexcept {
  const auto left = selling(p, rules).after(base_in);
  p.base = left.reserve_in;
  p.quote = left.reserve_out;
  return p;
}

/// @brief Buys base from the pool.
[[nodiscard]] constexpr pool after_purchase(pool p, const pool_rules& rules, double quote_in) noexcept {
  const auto left = buying(p, rules).after(quote_in);
  p.base = left.reserve_out;
  p.quote = left.reserve_in;
  return p;
}

/// @brief The mid that arbitrage leaves: the nearest point of the fee band around the market.
[[nodiscard]] constexpr double restored_mid(double mid, double market, const pool_rules& rules) noexcept {
  const double keep = 1.0 - rules.fee.fraction();
  return std::clamp(mid, market * keep, market / keep);
}

namespace detail {
inline constexpr double same_price =
    1e-12;  ///< relative; restoring computes the mid anew and may miss the edge by an ulp
}  // namespace detail

/// @brief Lets a block's arbitrage act.
///
/// @param market quote per base
/// @param now    unix seconds, does not fall from call to call
/// @post         base·quote as before; the mid inside the fee band, unless it has been outside for less than the refill
/// delay
[[nodiscard]] inline pool after_arbitrage(pool p, const pool_rules& rules, double market, std::int64_t now) {
  const double mid = p.mid();
  const double target = restored_mid(mid, market, rules);
  if (std::abs(target - mid) <= detail::same_price * mid) {
    p.outside_since = -1;
    return p;
  }
  if (p.outside_since < 0) p.outside_since = now;
  if (now - p.outside_since < rules.refill_delay_seconds) return p;
  const double root_k = std::sqrt(p.base * p.quote);
  const double root_mid = std::sqrt(target);
  p.base = root_k / root_mid;
  p.quote = root_k * root_mid;
  p.outside_since = -1;
  return p;
}

/// @brief Lets liquidity providers leave as the market falls: in proportion to the fall from its opening price, until
/// half of it is gone and `depth_factor` of the liquidity is left. Nobody comes back within a replay; the mid does not
/// move.
[[nodiscard]] constexpr pool after_withdrawals(pool p, const pool_rules& rules, double market,
                                               double opening) noexcept {
  const double fall = std::clamp(1.0 - market / opening, 0.0, 0.5);
  const double left = std::min(p.liquidity_left, 1.0 - (1.0 - rules.depth_factor) * (fall / 0.5));
  const double share = left / p.liquidity_left;
  p.base *= share;
  p.quote *= share;
  p.liquidity_left = left;
  return p;
}

}  // namespace trimtab::simulate
