// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/forecast/best_band.hpp>

#include <cmath>

namespace trimtab::forecast {

/// A band that comes back to one place from below and to another from above, ln health.
struct two_target_band {
  double lower = 0.0, from_below = 0.0, from_above = 0.0, upper = 0.0;
};

/// What keeping it costs, money a year.
struct two_target_cost {
  double per_year = 0.0;
  double trades_per_year = 0.0;
  double lower_share = 0.0;  ///< of trades that are made at the lower edge
};

/// @brief The long-run cost rate of a band with two targets.
///
/// Formula   Σπᵢcᵢ/Σπᵢτᵢ over the edge i that was left last, c and τ the cost of that trade and of the stay after it,
///           its length, and π the stationary law of the edges: π_below = P(above → below)/(P(above → below) + P(below
///           → above))
/// The equity is the one given at either target; with equal targets this is `cost_in_logs`.
/// @errors   as `cost_in_logs`, the targets strictly inside
/// @source   renewal–reward on the chain of edges, derived here
inline result<two_target_cost> cost_of(const band_economics& e, const two_target_band& band) noexcept {
  const auto low = cost_in_logs(e, {band.lower, band.from_below, band.upper});
  if (!low) return low.error();
  const auto high = cost_in_logs(e, {band.lower, band.from_above, band.upper});
  if (!high) return high.error();
  const double share = high->below / (high->below + low->above);
  // Of one stay: all but the trade, which belongs to the edge that led to it.
  const auto stay = [&](const band_cost& c) { return c.cycle_years * (c.gas + c.tracking + c.latency + c.jumps); };
  const auto lost = [&](double q) { return q * (e.cost + e.impact * q); };
  const double paid =
      share * (stay(*low) + lost(low->trades.sold)) + (1.0 - share) * (stay(*high) + lost(high->trades.borrowed));
  const double years = share * low->cycle_years + (1.0 - share) * high->cycle_years;
  return two_target_cost{paid / years, 1.0 / years, share};
}

/// The cheapest band with two targets.
struct best_two_target {
  two_target_band band{};
  two_target_cost cost{};
  double single = 0.0;    ///< cost rate of the best band with one target
  double gradient = 0.0;  ///< largest |∂ ln(cost rate)| by ln(width), or a target in widths of the single band
  int evaluations = 0;
};

/// @brief Minimised from the best band with one target, so never worse than that; along its floor if it is on it
/// and leaving it does not help.
/// @errors   as `best_band_of`; no_convergence
inline result<best_two_target> best_two_target_of(const band_economics& e, const band_wishes& wishes = {}) noexcept {
  if (wishes.target != 0.0) return errc::bad_configuration;
  const auto single = best_band_of(e, wishes);
  if (!single) return single.error();
  const log_band from = single->logs;
  const double half = 0.5 * (from.upper - from.lower), floor = std::log(single->floor);
  bool along_floor = single->on_floor;
  const auto band_at = [&](const std::array<double, 4>& x) {
    const double u = std::exp(x[0]), low = along_floor ? from.lower + u : from.target + half * x[1];
    const double high = low + half * x[3];
    return two_target_band{along_floor ? from.lower : low - u, low, high, high + std::exp(x[2])};
  };
  const auto cost_at = [&](const std::array<double, 4>& x) {
    const auto cost = cost_of(e, band_at(x));
    return cost ? cost->per_year : infinity;
  };
  int evaluations = single->evaluations;
  const auto search = [&](const std::array<double, 4>& start) {
    const auto found = detail::minimise<4>(cost_at, start, {true, !along_floor, true, true});
    evaluations += found.evaluations;
    return found;
  };
  auto found = search({std::log(from.target - from.lower), 0.0, std::log(from.upper - from.target), 0.0});
  if (along_floor && found.settled) {
    // A second target may make an edge above the floor the cheaper one.
    two_target_band higher = band_at(found.at);
    const double from_below = higher.from_below;
    higher.lower += 1e-3 * smaller(floor, from_below - higher.lower);
    if (const auto cost = cost_of(e, higher); cost && cost->per_year < found.value) {
      along_floor = false;
      found =
          search({std::log(from_below - higher.lower), (from_below - from.target) / half, found.at[2], found.at[3]});
    }
  }
  const two_target_band band = band_at(found.at);
  const auto cost = cost_of(e, band);
  if (!cost) return cost.error();
  const bool safe = along_floor || band.lower >= floor;
  if (!found.settled || !safe || !(band.from_below <= band.from_above + 1e-6 * half)) return errc::no_convergence;
  return best_two_target{band, *cost, single->cost.per_year, found.slope, evaluations};
}

}  // namespace trimtab::forecast
