// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/forecast/band_economics.hpp>

#include <cmath>

namespace trimtab::forecast {

/// A band by a rule for small costs: symmetric about what is wanted.
struct small_cost_band {
  double half_width = 0.0;       ///< in the units of the deviation
  double per_year = 0.0;         ///< cost rate, in the units of the penalty
  double trades_per_year = 0.0;  ///< to first order; infinite where one trades just enough to stay inside
};

/// @brief Trade just enough to stay inside, at a cost per unit traded.
///
/// Formula   h³ = 3kv²/(4q), cost rate qh², of which two thirds are trading
/// @param penalty     q: a year, per (deviation)²
/// @param volatility  v, of the deviation, per √year
/// @param cost        k, per unit of deviation traded away
/// @source   derived here from qh²/3 + kv²/(2h); with q = ½γσ², v = σL(L−1), k = ε/2 it is Gerhold, Guasoni,
/// Muhle-Karbe
///           and Schachermayer 2014, "Transaction costs, trading volume, and the liquidity premium", theorem 2.2
inline small_cost_band reflecting_rule(double penalty, double volatility, double cost) noexcept {
  const double h = std::cbrt(0.75 * cost * volatility * volatility / penalty);
  return {h, penalty * h * h, infinity};
}

/// @brief Jump back to the centre, at a fixed cost per trade and a cost per unit traded.
///
/// Formula   qh⁴/3 = v²(2F + kh), cost rate qh²/6 + v²(F + kh)/h², trades a year v²/h²
/// An impact that grows with the square of the trade adds to the cost rate whatever the width, and so moves no edge.
/// @param penalty, volatility, cost   as for `reflecting_rule`
/// @param fixed       F, per trade
/// @source   derived here; for k = 0, h⁴ = 6Fv²/q, Altarovici, Muhle-Karbe and Soner 2015, "Asymptotics for fixed
///           transaction costs"
inline small_cost_band jump_rule(double penalty, double volatility, double fixed, double cost) noexcept {
  const double variance = volatility * volatility, c = 3.0 * variance / penalty;
  // The sum of the two limits is above the root of a convex function: Newton descends to it without overshooting.
  double h = std::sqrt(std::sqrt(2.0 * c * fixed)) + std::cbrt(c * cost);
  for (int n = 0; n < 60; ++n) {
    const double cube = h * h * h, step = (cube * h - c * (2.0 * fixed + cost * h)) / (4.0 * cube - c * cost);
    if (!(step > 1e-16 * h)) break;
    h -= step;
  }
  return {h, penalty * h * h / 6.0 + variance * (fixed + cost * h) / (h * h), variance / (h * h)};
}

/// @brief The band of `jump_rule` in ln health: a trade that moves ln health by d is equity·L(L−1)·d large.
/// @return    half_width in ln health, money a year
inline small_cost_band jump_rule(const band_economics& e) noexcept {
  const double leverage = leverage_at(e.wanted, e.threshold), size = e.equity * leverage * (leverage - 1.0);
  small_cost_band band = jump_rule(e.tracking, e.health.volatility, e.gas, e.cost * size);
  band.per_year += e.impact * size * size * e.health.volatility * e.health.volatility;
  return band;
}

/// @brief Half the width of the band of leverage around a wanted one, per equity: trade just enough to stay inside.
///
/// Formula   h³ = (3k/2γ)·L²(L−1)². Volatility cancels: the band does not widen with it.
/// @source   Gerhold, Guasoni, Muhle-Karbe and Schachermayer 2014, theorem 2.2, with k half of the spread ε
inline double reflecting_leverage_rule(double risk_aversion, double leverage, double cost) noexcept {
  const double slope = leverage * (leverage - 1.0);
  return std::cbrt(1.5 * cost / risk_aversion * slope * slope);
}

/// @brief The same for jumps to the wanted leverage at a fixed cost (gas/equity) and a cost per unit traded.
///
/// Formula   γh⁴/6 = L²(L−1)²·(2F + kh); k = 0: h⁴ = (12F/γ)·L²(L−1)²
/// @source   Altarovici, Muhle-Karbe and Soner 2015, for k = 0; the sum derived here
inline double jump_leverage_rule(double risk_aversion, double leverage, double fixed, double cost) noexcept {
  return jump_rule(0.5 * risk_aversion, leverage * (leverage - 1.0), fixed, cost).half_width;
}

}  // namespace trimtab::forecast
