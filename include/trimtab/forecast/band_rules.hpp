// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/forecast/band_economics.hpp>

#include <cmath>
#include <limits>

namespace trimtab::forecast {

/// What the rules for small costs know of a problem: a deviation that diffuses, what it costs to be off, what it costs
/// to come back. In any unit of deviation, and in money or shares of equity, as long as all four agree.
struct small_costs {
  double penalty = 0.0;     ///< q: a year, per deviation²
  double volatility = 0.0;  ///< v: of the deviation, per √year
  double spread = 0.0;      ///< k: per unit of deviation traded
  double fixed = 0.0;       ///< F: per trade
};

/// @brief The problem of leverage: deviations of collateral per equity, money in shares of equity.
///
/// Formula   q = ½γσ², v = σ|L(L − 1)|. An inverse position has L < 0
/// @param risk_aversion  γ
/// @param spread         lost per currency traded
/// @param fixed          per trade, over equity
/// @source   the wanted leverage loses second order; dL by Itô's formula, derived here
inline small_costs costs_of_leverage(double risk_aversion, double volatility, double leverage, double spread,
                                     double fixed) noexcept {
  return {.penalty = 0.5 * risk_aversion * volatility * volatility,
          .volatility = volatility * std::fabs(leverage * (leverage - 1.0)),
          .spread = spread,
          .fixed = fixed};
}

/// @brief The problem of ln health around the wanted one, in currency. Impact is left out: to this order it moves the
/// cost rate by ι(equity·L(L − 1)σ)² whatever the width.
inline small_costs costs_of_health(const band_economics& e) noexcept {
  const double leverage = leverage_at(e.wanted, e.threshold);
  return {.penalty = e.tracking,
          .volatility = e.health.volatility,
          .spread = e.cost * e.equity * leverage * (leverage - 1.0),
          .fixed = e.gas};
}

/// @brief Half the width of a band at whose edges one trades just enough to stay inside, with proportional costs.
///
/// Formula   h³ = 3kv²/(4q)
/// In leverage (3k/2γ)L²(L − 1)²: volatility cancels.
/// @source   Gerhold, Guasoni, Muhle-Karbe and Schachermayer 2014, "Transaction costs, trading volume, and the
///           liquidity premium", theorem 2.2, with their spread ε = 2k; derived here from the cost rate below
inline double half_width_reflecting(const small_costs& c) noexcept {
  return std::cbrt(0.75 * c.spread * c.volatility * c.volatility / c.penalty);
}

/// @brief Half the width of a band from whose edges one trades back to the middle, with fixed costs.
///
/// Formula   h⁴ = 6Fv²/q
/// In leverage (12F/γ)L²(L − 1)², F over equity.
/// @source   Altarovici, Muhle-Karbe and Soner 2015, "Asymptotics for fixed transaction costs"; derived here from the
///           cost rate below
inline double half_width_fixed(const small_costs& c) noexcept {
  return std::sqrt(std::sqrt(6.0 * c.fixed * c.volatility * c.volatility / c.penalty));
}

/// @brief The same with both costs.
///
/// Formula   qh⁴/3 = v²(2F + kh), its one positive root
/// @return   0 where trading is free, ∞ where nothing is lost by being off; NaN where an input is NaN or negative
/// @source   derived here from the cost rate below
inline double half_width_jumping(const small_costs& c) noexcept {
  const double of_fixed = 6.0 * c.fixed * c.volatility * c.volatility / c.penalty;
  const double of_spread = 3.0 * c.spread * c.volatility * c.volatility / c.penalty;
  if (!(of_fixed >= 0.0 && of_spread >= 0.0)) return std::numeric_limits<double>::quiet_NaN();
  // From above: h⁴ − of_spread·h − of_fixed is convex and has one root, and the sum of the two limits is beyond it.
  double h = std::sqrt(std::sqrt(of_fixed)) + std::cbrt(of_spread);
  if (!(h > 0.0 && h < infinity)) return h;
  for (int k = 0; k < 60; ++k) {
    const double cube = h * h * h, next = (3.0 * cube * h + of_fixed) / (4.0 * cube - of_spread);
    if (!(next < h)) break;
    h = next;
  }
  return h;
}

/// @brief Cost rate of a reflecting band of half width h: qh²/3 + kv²/(2h).
inline double cost_of_reflecting(const small_costs& c, double h) noexcept {
  return c.penalty * h * h / 3.0 + c.spread * c.volatility * c.volatility / (2.0 * h);
}

/// @brief Cost rate of a band of half width h that jumps back to its middle: qh²/6 + (F + kh)v²/h².
inline double cost_of_jumping(const small_costs& c, double h) noexcept {
  return c.penalty * h * h / 6.0 + (c.fixed + c.spread * h) * (c.volatility * c.volatility) / (h * h);
}

/// @brief The band of the rule for both costs, around the wanted health. Its edges are not checked: they may lie below
/// where liquidation begins.
inline log_band rule_in_logs(const band_economics& e) noexcept {
  const double h = half_width_jumping(costs_of_health(e)), wanted = std::log(e.wanted);
  return {wanted - h, wanted, wanted + h};
}

}  // namespace trimtab::forecast
