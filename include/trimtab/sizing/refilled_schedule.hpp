// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/forecast/first_passage.hpp>
#include <trimtab/liquidity/constant_product.hpp>
#include <trimtab/sizing/problem.hpp>

#include <cmath>

namespace trimtab::sizing {

/// @brief The pool after arbitrage has brought it back towards the market: to the nearer edge of its fee band and no
/// further, since inside the band no round trip pays.
///
/// The arbitrageur trades the pool like anyone else, fee included, until its marginal price is the market's; `share` of
/// that trade is done in time.
/// @param market  asset out per asset in
constexpr liquidity::constant_product after_arbitrage(const liquidity::constant_product& pool, double market,
                                                      double share = 1.0) noexcept {
  const auto back = pool.reversed();
  const double buys = back.amount_at(executable_price<double>{1.0 / market});
  if (buys > 0.0) return back.after(share * buys).reversed();
  return pool.after(share * pool.amount_at(executable_price<double>{market}));
}

/// A sale in equal chunks into one constant-product pool that arbitrage restores between them.
struct refilled_terms {
  double size = 0.0;    ///< tokens to sell in all
  double market = 0.0;  ///< fair price, asset out per asset in
  double gas = 0.0;     ///< of one transaction, in asset out
  double refill = 1.0;  ///< share of the arbitrage that is done before the next chunk, in [0, 1]
  int at_most = 32;     ///< chunks

  // What waiting risks: all zero where there is no account behind the sale.
  double other_collateral = 0.0;  ///< weighted value of what is not sold, base currency
  double held = 0.0;              ///< tokens of the collateral
  double weighted_price = 0.0;    ///< liquidation threshold times oracle price
  double debt = 0.0;              ///< weighted value
  double repaid_per_out = 0.0;    ///< weighted value of debt that one token out repays
  double emergency = 1.0;         ///< below this health everything is sold at once
  double floor = 1.0;             ///< health that no wait may reach: 1 + a buffer
  double allowed_risk = 1.0;      ///< of reaching the floor during all waits together
  forecast::motion health{};      ///< of ln HF
  double years_between = 0.0;     ///< from one chunk to the next

  /// @errors not_finite, negative_amount, non_positive_price, bad_configuration (a share outside [0, 1], no chunk, a
  /// floor below 1), those of the motion where there is a wait
  [[nodiscard]] constexpr errc validate() const noexcept {
    for (const double number : {size, market, gas, refill, other_collateral, held, weighted_price, debt, repaid_per_out,
                                emergency, floor, allowed_risk, years_between})
      if (!is_finite(number)) return errc::not_finite;
    for (const double number : {size, gas, other_collateral, held, weighted_price, debt, repaid_per_out, years_between})
      if (number < 0.0) return errc::negative_amount;
    if (!(market > 0.0)) return errc::non_positive_price;
    if (refill < 0.0 || refill > 1.0 || at_most < 1 || floor < 1.0 || allowed_risk < 0.0)
      return errc::bad_configuration;
    return debt > 0.0 && years_between > 0.0 ? health.validate() : errc::ok;
  }
};

struct refilled_schedule {
  errc status = errc::bad_configuration;
  int chunks = 0;
  double chunk = 0.0;         ///< tokens each
  double cost = 0.0;          ///< against the market price, gas in it, asset out
  double cost_at_once = 0.0;  ///< the same for one chunk
  double risk = 0.0;          ///< bound on the probability that a wait reaches the floor, summed over the waits
  bool urgent = false;        ///< health was below the emergency level
};

namespace detail {

struct tried {
  double cost = 0.0, risk = 0.0;
};
// n equal chunks, the pool followed trade by trade.
inline tried try_chunks(const refilled_terms& t, liquidity::constant_product pool, int n) noexcept {
  const double x = t.size / n;
  tried out{.cost = n * t.gas};
  double repaid = 0.0, left = t.held;
  for (int k = 0; k < n; ++k) {
    const double y = pool.amount_out(x);
    out.cost += t.market * x - y;
    repaid += y * t.repaid_per_out;
    left -= x;
    if (k + 1 == n) break;
    pool = after_arbitrage(pool.after(x), t.market, t.refill);
    if (!(t.debt > 0.0) || !(t.years_between > 0.0)) continue;
    const double owed = larger(0.0, t.debt - repaid);
    const double now = health_factor(t.other_collateral + t.weighted_price * larger(0.0, left), owed);
    if (now == infinity) continue;
    const double risk = forecast::liquidation_probability(t.health, std::log(now / t.floor), t.years_between);
    out.risk += blend<double>(risk >= 0.0, risk, infinity);  // a NaN is no safety
  }
  return out;
}

}  // namespace detail

/// @brief The number of equal chunks that costs least, of those whose waits are safe enough.
///
/// Every number of chunks up to `at_most` is played through, the pool's own state after each trade and each arbitrage
/// included: a chunk that moves the price by less than the fee finds the pool where it left it, and splitting gains
/// nothing. Where chunks move it by much more, the cheapest number tends to X·√(p₀/(a·G)).
/// One chunk has no wait and is always allowed; below the emergency health it is the only one.
/// @return   with the sum of the waits' risks, an upper bound (each wait is judged at the health its chunk leaves, at
///           present prices)
/// @errors   those of the terms and of the pool
/// @cost     at_most² / 2 steps of a square root each; no allocation
inline refilled_schedule cheapest_refilled(const refilled_terms& t, const liquidity::constant_product& pool) noexcept {
  refilled_schedule best;
  best.status = t.validate();
  if (best.status == errc::ok) best.status = pool.validate();
  if (best.status != errc::ok) return best;
  best.chunks = 1;
  best.chunk = t.size;
  best.cost = best.cost_at_once = detail::try_chunks(t, pool, 1).cost;
  best.urgent = t.debt > 0.0 && health_factor(t.other_collateral + t.weighted_price * t.held, t.debt) < t.emergency;
  if (best.urgent || !(t.size > 0.0)) return best;
  for (int n = 2; n <= t.at_most; ++n) {
    const detail::tried now = detail::try_chunks(t, pool, n);
    if (!(now.cost < best.cost) || !(now.risk <= t.allowed_risk)) continue;
    best.chunks = n;
    best.chunk = t.size / n;
    best.cost = now.cost;
    best.risk = now.risk;
  }
  return best;
}

}  // namespace trimtab::sizing
