// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/result.hpp>
#include <trimtab/forecast/motion.hpp>

#include <cmath>

namespace trimtab::forecast {

/// A band of health to stay in and the health to come back to; the first three fields of `trigger::drift_band`.
struct health_band {
  double lower = 1.15;
  double target = 1.25;
  double upper = 1.40;

  /// @errors   not_finite; bad_configuration: not 1 < lower < target < upper
  [[nodiscard]] constexpr errc validate() const noexcept {
    for (const double x : {lower, target, upper})
      if (!is_finite(x)) return errc::not_finite;
    return 1.0 < lower && lower < target && target < upper ? errc::ok : errc::bad_configuration;
  }
};

/// The same in ln health, where the motion is at home.
struct log_band {
  double lower = 0.0, target = 0.0, upper = 0.0;
};

inline log_band log_of(const health_band& band) noexcept {
  return {std::log(band.lower), std::log(band.target), std::log(band.upper)};
}
inline health_band exp_of(const log_band& band) noexcept {
  return {std::exp(band.lower), std::exp(band.target), std::exp(band.upper)};
}

/// @brief What a band on one collateral and one debt is weighed by. Money is in one currency throughout.
///
/// Selling (or borrowing and selling) q loses cost·q + impact·q², so that a trade is bounded where impact is; to second
/// order a constant-product pool with a reserve worth R of what it is sold has impact 1/R.
struct band_economics {
  motion health{};                       ///< of ln health between trades
  exponential_jumps jumps{.rate = 0.0};  ///< of ln health; those downwards are the hazard
  double threshold = 0.8;                ///< w: health is w·collateral/debt
  double equity = 0.0;                   ///< collateral − debt at the target
  double gas = 0.0;                      ///< per trade
  double cost = 0.0;                     ///< κ, share of a trade lost to spread and fees
  double impact = 0.0;                   ///< ι, per currency traded
  double latency = 0.0;                  ///< years from crossing the lower edge to the fill
  double loss = 0.0;                     ///< lost in a liquidation
  double tracking = 0.0;                 ///< a year, per (ln health − ln wanted)²
  double wanted = 1.25;                  ///< health one would hold if trading were free

  /// @errors   not_finite; negative_amount; threshold_range (outside (0, 1]); bad_configuration (no equity, a cost of
  ///           1 or more, a wanted health of 1 or less), what the motion and the jumps say
  [[nodiscard]] constexpr errc validate() const noexcept {
    if (const errc bad = health.validate(); bad != errc::ok) return bad;
    if (const errc bad = jumps.validate(); bad != errc::ok) return bad;
    for (const double x : {threshold, equity, gas, cost, impact, latency, loss, tracking, wanted})
      if (!is_finite(x)) return errc::not_finite;
    for (const double x : {equity, gas, cost, impact, latency, loss, tracking})
      if (x < 0.0) return errc::negative_amount;
    if (!(threshold > 0.0 && threshold <= 1.0)) return errc::threshold_range;
    return equity > 0.0 && cost < 1.0 && wanted > 1.0 ? errc::ok : errc::bad_configuration;
  }
};

/// What is traded to come back to the target from either edge.
struct band_trades {
  double sold = 0.0;      ///< collateral, at the lower edge
  double borrowed = 0.0;  ///< debt, at the upper edge
};

/// @brief The trades at the edges of a band. The debt is the one that goes with the equity at the target.
///
/// Formula   B = equity·w/(h − w), h the target; at X below: hιq² − (h(1−κ) − w)q + B(h − e^X) = 0, the smaller root;
///           at X above: wιq² + (h − w(1−κ))q − B(e^X − h) = 0; both in the form that does not cancel
/// @param e, band   valid ones: `cost_of` checks
/// @errors   infeasible: selling cannot reach the target (the loss on it eats what it repays, or all collateral is
///           sold first), or what is bought for the last of the borrowed does not pay for its impact
/// @source   derived here: health after the trade equals the target
inline result<band_trades> trades_at(const band_economics& e, const log_band& band) noexcept {
  const double h = std::exp(band.target), w = e.threshold, debt = e.equity * w / (h - w);
  const double fall = -std::expm1(band.lower - band.target), rise = std::expm1(band.upper - band.target);
  const double short_of = debt * h * fall, beyond = debt * h * rise;
  const double selling = h * (1.0 - e.cost) - w, room = selling * selling - 4.0 * h * e.impact * short_of;
  if (!(selling > 0.0 && room >= 0.0)) return errc::infeasible;
  const double sold = 2.0 * short_of / (selling + std::sqrt(room));
  if (!(sold * w < h * debt * (1.0 - fall))) return errc::infeasible;
  const double buying = h - w * (1.0 - e.cost);
  const double borrowed = 2.0 * beyond / (buying + std::sqrt(buying * buying + 4.0 * w * e.impact * beyond));
  if (!(2.0 * e.impact * borrowed <= 1.0 - e.cost)) return errc::infeasible;
  return band_trades{sold, borrowed};
}

/// Collateral per equity at a health: L = h/(h − w).
constexpr double leverage_at(double health, double threshold) noexcept {
  return health / (health - threshold);
}

/// @brief What an investor pays a year for being off the wanted leverage, per (ln health − ln wanted)².
///
/// Formula   ½γσ²·equity·(L(L−1))²: the loss of growth or utility ½γσ²·(leverage − L)² with the slope of leverage in
///           ln health, −L(L−1), at the wanted health
/// @param risk_aversion  γ, relative; 1 is the growth investor
/// @source   Gerhold, Guasoni, Muhle-Karbe and Schachermayer 2014, "Transaction costs, trading volume, and the
/// liquidity
///           premium", section 2, for the loss; the change to ln health is derived here
constexpr double tracking_for(double risk_aversion, const band_economics& e) noexcept {
  const double leverage = leverage_at(e.wanted, e.threshold), slope = leverage * (leverage - 1.0);
  return 0.5 * risk_aversion * e.health.volatility * e.health.volatility * e.equity * slope * slope;
}

}  // namespace trimtab::forecast
