// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/forecast/band_economics.hpp>
#include <trimtab/forecast/band_occupation.hpp>
#include <trimtab/forecast/first_passage.hpp>

namespace trimtab::forecast {

/// What keeping a band costs and how often it acts. Money a year unless said otherwise.
struct band_cost {
  double per_year = 0.0;  ///< the sum of the next five
  double gas = 0.0;
  double trading = 0.0;  ///< spread, fees and impact
  double tracking = 0.0;
  double latency = 0.0;  ///< liquidations while a trade is in flight
  double jumps = 0.0;    ///< liquidations by a jump across the whole distance
  double cycle_years = 0.0;
  double trades_per_year = 0.0;
  double deleverages_per_year = 0.0;
  double liquidations_per_year = 0.0;  ///< of both kinds, to first order in rare ones
  double below = 0.0, above = 0.0;     ///< how a cycle ends, probabilities
  band_trades trades{};                ///< at the edges, in currency
};

namespace detail {

/// `cost_in_logs` of economics and a band that have been checked.
inline result<band_cost> cost_of_checked(const band_economics& e, double log_wanted, const log_band& band) noexcept {
  const auto trades = trades_at(e, band);
  if (!trades) return trades.error();
  const double q_a = trades->sold, q_b = trades->borrowed;
  const band_occupation stay = occupation_of(e.health, band.lower, band.target, band.upper);
  const double per_cycle = 1.0 / stay.years, off = band.target - log_wanted;
  const double in_flight = e.latency > 0.0 ? liquidation_probability(e.health, band.lower, e.latency) : 0.0;
  const double jumping = e.jumps.rate * (1.0 - e.jumps.up_share);
  const double jumped = jumping > 0.0 ? jumping * stay.exponential(e.jumps.down_decay, band.target) : 0.0;
  const double caught = stay.below * in_flight;

  band_cost cost;
  cost.gas = e.gas * per_cycle;
  cost.trading =
      (stay.below * q_a * (e.cost + e.impact * q_a) + stay.above * q_b * (e.cost + e.impact * q_b)) * per_cycle;
  cost.tracking = e.tracking * (stay.second + off * (2.0 * stay.first + off * stay.years)) * per_cycle;
  cost.latency = e.loss * caught * per_cycle;
  cost.jumps = e.loss * jumped * per_cycle;
  cost.per_year = cost.gas + cost.trading + cost.tracking + cost.latency + cost.jumps;
  cost.cycle_years = stay.years;
  cost.trades_per_year = per_cycle;
  cost.deleverages_per_year = stay.below * per_cycle;
  cost.liquidations_per_year = (caught + jumped) * per_cycle;
  cost.below = stay.below;
  cost.above = stay.above;
  cost.trades = *trades;
  return is_finite(cost.per_year) ? result<band_cost>(cost) : result<band_cost>(errc::overflow);
}

}  // namespace detail

/// @brief The long-run cost rate of a band in ln health that jumps to its target at either edge.
///
/// Formula   {P_a(gas + κq_a + ιq_a² + ℓp) + P_b(gas + κq_b + ιq_b²) + E∫₀^τ (tracking·(X−m)² + λℓe^(−ηX))dt}/E τ,
///           p the probability of liquidation within the latency from the lower edge, λ and η of downward jumps
/// A renewal is a return to the target, with the equity given. A jump is counted as a hazard and does not move X; what
/// happens to X in flight is counted as risk, not as time.
/// @errors   what `band_economics::validate` says; not_finite; bad_configuration: not 0 < lower < target < upper;
///           infeasible: see `trades_at`
/// @source   renewal–reward; Borodin and Salminen 2002, part II, section 2.3; the closed forms are derived here
inline result<band_cost> cost_in_logs(const band_economics& e, const log_band& band) noexcept {
  if (const errc bad = e.validate(); bad != errc::ok) return bad;
  for (const double x : {band.lower, band.target, band.upper})
    if (!is_finite(x)) return errc::not_finite;
  if (!(band.lower > 0.0 && band.lower < band.target && band.target < band.upper)) return errc::bad_configuration;
  return detail::cost_of_checked(e, std::log(e.wanted), band);
}

/// @brief The same for a band in health. Where its edges are close together, ln health keeps more digits.
inline result<band_cost> cost_of(const band_economics& e, const health_band& band) noexcept {
  return cost_in_logs(e, log_of(band));
}

}  // namespace trimtab::forecast
