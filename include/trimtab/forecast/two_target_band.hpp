// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/forecast/best_band.hpp>

#include <cmath>

namespace trimtab::forecast {

/// A band in ln health that comes back to a nearer target from either edge: 0 < lower < from_below ≤ from_above <
/// upper.
struct two_target_band {
  double lower = 0.0;
  double from_below = 0.0;  ///< where a trade at the lower edge ends
  double from_above = 0.0;  ///< where a trade at the upper edge ends
  double upper = 0.0;
};

namespace detail {

inline result<band_cost> cost_of_checked(const band_economics& e, double log_wanted,
                                         const two_target_band& band) noexcept {
  const auto low = trades_at(e, {band.lower, band.from_below, band.upper});
  const auto high = trades_at(e, {band.lower, band.from_above, band.upper});
  if (!low) return low.error();
  if (!high) return high.error();
  const double q_a = low->sold, q_b = high->borrowed;
  const band_occupation stays[2] = {occupation_of(e.health, band.lower, band.from_below, band.upper),
                                    occupation_of(e.health, band.lower, band.from_above, band.upper)};
  const double starts[2] = {band.from_below, band.from_above};
  const double weight = stays[1].below / (stays[1].below + stays[0].above), weights[2] = {weight, 1.0 - weight};
  const double in_flight = e.latency > 0.0 ? liquidation_probability(e.health, band.lower, e.latency) : 0.0;
  const double jumping = e.jumps.rate * (1.0 - e.jumps.up_share);
  double years = 0.0, off_squared = 0.0, jumped = 0.0, below = 0.0, above = 0.0;
  for (std::size_t k = 0; k < 2; ++k) {
    const double off = starts[k] - log_wanted;
    years += weights[k] * stays[k].years;
    off_squared += weights[k] * (stays[k].second + off * (2.0 * stays[k].first + off * stays[k].years));
    below += weights[k] * stays[k].below;
    above += weights[k] * stays[k].above;
    if (jumping > 0.0) jumped += weights[k] * jumping * stays[k].exponential(e.jumps.down_decay, starts[k]);
  }
  const double per_cycle = 1.0 / years, caught = below * in_flight;
  band_cost cost{
      .gas = e.gas * per_cycle,
      .trading = (below * q_a * (e.cost + e.impact * q_a) + above * q_b * (e.cost + e.impact * q_b)) * per_cycle,
      .tracking = e.tracking * off_squared * per_cycle,
      .latency = e.loss * caught * per_cycle,
      .jumps = e.loss * jumped * per_cycle,
      .cycle_years = years,
      .trades_per_year = per_cycle,
      .deleverages_per_year = below * per_cycle,
      .liquidations_per_year = (caught + jumped) * per_cycle,
      .below = below,
      .above = above,
      .trades = {q_a, q_b}};
  cost.per_year = cost.gas + cost.trading + cost.tracking + cost.latency + cost.jumps;
  return is_finite(cost.per_year) ? result<band_cost>(cost) : result<band_cost>(errc::overflow);
}

}  // namespace detail

/// @brief The long-run cost rate of a band with two targets; with both equal, that of `cost_in_logs`.
///
/// Formula   Σ weight·(cost of a cycle from a target)/Σ weight·(its length). A cycle ends at the lower edge and the
/// next
///           starts at the lower target, or at the upper edge and the upper one; of this chain the lower target's
///           weight is P(below | upper target)/(P(below | upper target) + P(above | lower target))
/// Each trade is sized for the equity at the target it goes to, as with one target. A long trade at the lower edge is
/// sized on equity that has fallen on the way, many short ones are not: that is why this may cost a few per cent less
/// than `reflecting_band` even without gas.
/// @errors   as `cost_in_logs`
/// @source   Markov renewal–reward; derived here
inline result<band_cost> cost_of(const band_economics& e, const two_target_band& band) noexcept {
  if (const errc bad = e.validate(); bad != errc::ok) return bad;
  for (const double x : {band.lower, band.from_below, band.from_above, band.upper})
    if (!is_finite(x)) return errc::not_finite;
  const bool ordered = band.lower > 0.0 && band.lower < band.from_below && band.from_below <= band.from_above &&
                       band.from_above < band.upper;
  return ordered ? detail::cost_of_checked(e, std::log(e.wanted), band) : result<band_cost>(errc::bad_configuration);
}

/// The cheapest such band.
struct best_two_target_band {
  two_target_band band{};
  band_cost cost{};
  double one_target = 0.0;  ///< cost a year of the best band with one target; +∞ where that search did not converge
  bool floor_binds = false;
  double gradient = 0.0;     ///< as in `best_band`
  double other_start = 0.0;  ///< cost a year from the other start
};

namespace detail {

struct two_target_space {
  struct place {
    double target = 0.0, down = 0.0, gap = 0.0, up = 0.0;  ///< the lower target, and from it down and up
    bool on_floor = false;
    bool merged = false;  ///< the targets are one
  };

  const band_economics& economics;
  double log_wanted = 0.0, floor = 0.0;

  [[nodiscard]] two_target_band band(const place& p) const noexcept {
    const double above = p.target + p.gap;
    return {p.on_floor ? floor : p.target - p.down, p.target, above, above + p.up};
  }
  [[nodiscard]] double value(const place& p) const noexcept {
    const two_target_band b = band(p);
    if (!(b.lower > 0.0 && p.down > 0.0)) return infinity;
    const auto cost = cost_of_checked(economics, log_wanted, b);
    if (!cost) return infinity;
    return cost->per_year;
  }
  /// ln of the width above; the lower edge; the targets, with the upper edge, unless on the floor; ln of the gap
  /// between them unless they are one.
  [[nodiscard]] std::size_t dimensions(const place& p) const noexcept {
    return 4U - (p.on_floor ? 1U : 0U) - (p.merged ? 1U : 0U);
  }
  [[nodiscard]] place moved(place p, const coordinates& by) const noexcept {
    if (p.on_floor) {
      p.down *= std::exp(by[1]);
      p.target = floor + p.down;
    } else {
      const double shift = 0.4 * smaller(p.down, p.gap + p.up) * by[2];
      const double reach = economics.latency > 0.0 ? smaller(1.0, 0.25 * (p.target - p.down) / p.down) : 1.0;
      p.down = p.down * std::exp(reach * by[1]) + shift;
      p.target += shift;
    }
    p.up *= std::exp(by[0]);
    if (!p.merged) p.gap *= std::exp(by[p.on_floor ? 2 : 3]);
    return p;
  }
  [[nodiscard]] place kept(place p) const noexcept {
    if (!p.merged && p.gap < 1e-3 * smaller(p.down, p.up)) {
      const double half = 0.5 * p.gap;  // they meet in the middle, the edges stay
      p.target += half;
      p.down += half;
      p.up += half;
      p.gap = 0.0;
      p.merged = true;
    }
    if (p.on_floor || p.target - p.down >= floor) return p;
    p.on_floor = true;
    p.target = larger(p.target, floor + 0.5 * smaller(p.down, p.gap + p.up));
    p.down = p.target - floor;
    return p;
  }
};

}  // namespace detail

/// @brief The band with two targets of least cost rate; never dearer than the best with one.
///
/// From two starts, a small and a large gap between the targets, or three, as in `best_band_of`; of the wishes, the
/// floor counts. Where a large impact leaves one target without a certificate, this usually has one.
/// @errors   as `best_band_of`
inline result<best_two_target_band> best_two_target_band_of(const band_economics& e,
                                                            const band_wishes& wishes = {}) noexcept {
  const band_wishes free{.latency_risk = wishes.latency_risk, .least_lower = wishes.least_lower};
  const auto single = best_band_of(e, free);
  if (!single && single.error() != errc::no_convergence) return single.error();
  const auto floor = log_floor(e, free);
  const double wanted = std::log(e.wanted), h = jump_rule(e).half_width, centre = larger(wanted, *floor + 0.5 * h);
  const log_band from = single ? single->logs : log_band{larger(*floor, centre - h), centre, centre + h};
  const double down = from.target - from.lower, up = from.upper - from.target, narrow = smaller(down, up);

  const detail::two_target_space space{.economics = e, .log_wanted = wanted, .floor = *floor};
  const auto search = [&](double gap) {
    return detail::descend_off(space, {from.target - 0.5 * gap * narrow, down * (1.0 - 0.5 * gap), gap * narrow,
                                       up * (1.0 - 0.5 * gap), false});
  };
  auto better = search(0.5), other = search(1.0);
  if (!agree(better, other)) {
    other = search(0.2);
    if (!agree(better, other)) return errc::no_convergence;
  }
  double one = infinity;
  if (single) one = single->cost.per_year;
  const bool two = better.value < one;
  const two_target_band band =
      two ? space.band(better.at) : two_target_band{from.lower, from.target, from.target, from.upper};
  const auto cost = detail::cost_of_checked(e, wanted, band);
  if (!cost) return cost.error();
  return best_two_target_band{.band = band,
                              .cost = *cost,
                              .one_target = one,
                              .floor_binds = two ? better.at.on_floor : single->floor_binds,
                              .gradient = two ? better.gradient : single->gradient,
                              .other_start = other.value};
}

}  // namespace trimtab::forecast
