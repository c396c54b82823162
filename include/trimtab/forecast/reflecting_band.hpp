// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/forecast/best_band.hpp>

#include <cmath>

namespace trimtab::forecast {

/// A band at whose edges one trades just enough to stay inside, ln health. There are infinitely many trades.
struct reflecting_cost {
  double per_year = 0.0;  ///< the sum of the next two, money a year
  double trading = 0.0;
  double tracking = 0.0;
  double pushed_up = 0.0;    ///< ln health a year, at the lower edge
  double pushed_down = 0.0;  ///< at the upper edge
  double mean = 0.0;         ///< of ln health
};

/// @brief The long-run cost rate of a reflecting band, in proportional cost and tracking.
///
/// Formula   stationary density ∝ e^(θx), θ = 2ν/σ²; pushed σ²/2 times the density at either edge; moving X by dx
///           trades equity·L(L − 1)dx. In φ-functions nothing cancels at no drift
/// Equity is the given one throughout, not only at a target; so this compares with `cost_of` for narrow bands only.
/// Gas would be infinite. Impact of small trades vanishes; latency and jumps are not in it: what it is good for is the
/// bound that trading in small amounts sets.
/// @errors   what `band_economics::validate` says; not_finite; bad_configuration (not 0 < lower < upper); infeasible:
///           gas above 0
/// @source   Harrison 1985, "Brownian Motion and Stochastic Flow Systems", section 5.6; the φ form is derived here
inline result<reflecting_cost> cost_of_reflecting(const band_economics& e, double lower, double upper) noexcept {
  if (const errc bad = e.validate(); bad != errc::ok) return bad;
  if (!is_finite(lower) || !is_finite(upper)) return errc::not_finite;
  if (!(lower > 0.0 && lower < upper)) return errc::bad_configuration;
  if (e.gas > 0.0) return errc::infeasible;
  const double variance = e.health.volatility * e.health.volatility, l = upper - lower;
  const bool up = e.health.drift >= 0.0;
  const auto phi = detail::phi_rising(2.0 * magnitude(e.health.drift) / variance * l);
  const double led = variance / (2.0 * l * phi.one),
               left = led * phi.unit;  // the edge where the drift leads, the other
  const double from = l * phi.two / phi.one, square = 2.0 * l * l * phi.three / phi.one;  // distance from the former
  const double wanted = std::log(e.wanted), off = (up ? upper : lower) - wanted, sign = up ? -2.0 : 2.0;
  const auto per_push = [&](double x) {
    const double leverage = leverage_at(std::exp(x), e.threshold);
    return e.cost * e.equity * leverage * (leverage - 1.0);
  };
  reflecting_cost cost;
  cost.pushed_up = up ? left : led;
  cost.pushed_down = up ? led : left;
  cost.trading = per_push(lower) * cost.pushed_up + per_push(upper) * cost.pushed_down;
  cost.tracking = e.tracking * (off * off + sign * off * from + square);
  cost.per_year = cost.trading + cost.tracking;
  cost.mean = up ? upper - from : lower + from;
  return is_finite(cost.per_year) ? result<reflecting_cost>(cost) : result<reflecting_cost>(errc::overflow);
}

/// The cheapest reflecting band.
struct best_reflecting {
  double lower = 0.0, upper = 0.0;  ///< ln health
  reflecting_cost cost{};
  double gradient = 0.0;  ///< largest |∂ ln(cost rate)| by ln(width) or by the middle in rule widths
  int evaluations = 0;
};

/// @errors   as the cost; bad_configuration: no tracking or no cost; no_convergence
inline result<best_reflecting> best_reflecting_of(const band_economics& e) noexcept {
  if (const errc bad = e.validate(); bad != errc::ok) return bad;
  if (e.gas > 0.0) return errc::infeasible;
  if (!(e.tracking > 0.0 && e.cost > 0.0)) return errc::bad_configuration;
  const double half = half_width_reflecting(costs_of_health(e)), wanted = std::log(e.wanted);
  const auto middle = [&](const std::array<double, 3>& x) { return wanted + half * x[1]; };
  const auto cost_at = [&](const std::array<double, 3>& x) {
    const auto cost = cost_of_reflecting(e, middle(x) - std::exp(x[0]), middle(x) + std::exp(x[0]));
    return cost ? cost->per_year : infinity;
  };
  const double start = std::fmin(half, 0.6 * wanted);
  const auto found = detail::minimise<3>(cost_at, {std::log(start), 0.0, 0.0}, {true, true, false});
  if (!found.settled) return errc::no_convergence;
  const double lower = middle(found.at) - std::exp(found.at[0]), upper = middle(found.at) + std::exp(found.at[0]);
  const auto cost = cost_of_reflecting(e, lower, upper);
  if (!cost) return cost.error();
  return best_reflecting{lower, upper, *cost, found.slope, found.evaluations};
}

}  // namespace trimtab::forecast
