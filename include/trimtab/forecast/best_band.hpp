// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/forecast/band_cost.hpp>
#include <trimtab/forecast/band_rules.hpp>
#include <trimtab/forecast/damped_newton.hpp>
#include <trimtab/forecast/required_health.hpp>

#include <cmath>
#include <utility>

namespace trimtab::forecast {

/// What the best band must keep to.
struct band_wishes {
  double latency_risk = 1e-4;  ///< most probability of liquidation in flight, from the lower edge
  double least_lower = 1.001;  ///< no lower edge below this health, whatever the latency
  double target = 0.0;         ///< come back to this health; 0: to the best

  /// @errors not_finite, bad_configuration (a risk outside (0, 1], a lower edge or a target of 1 or less)
  [[nodiscard]] constexpr errc validate() const noexcept {
    if (!is_finite(latency_risk) || !is_finite(least_lower) || !is_finite(target)) return errc::not_finite;
    const bool sound = latency_risk > 0.0 && latency_risk <= 1.0 && least_lower > 1.0;
    return sound && (target == 0.0 || target > least_lower) ? errc::ok : errc::bad_configuration;
  }
};

/// @brief ln of the health that no lower edge may be below: that of the wish, or what the latency requires if higher.
/// @errors   what the wishes say; what `required_log_health` says
inline result<double> log_floor(const band_economics& e, const band_wishes& wishes) noexcept {
  if (const errc bad = wishes.validate(); bad != errc::ok) return bad;
  const double least = std::log(wishes.least_lower);
  if (!(e.latency > 0.0) || wishes.latency_risk == 1.0) return least;
  return required_log_health(e.health, wishes.latency_risk, e.latency).transform([&](double safe) {
    return larger(least, safe);
  });
}

/// The cheapest band, and how one can tell.
struct best_band {
  health_band band{};
  log_band logs{};
  band_cost cost{};
  double floor = 1.0;        ///< health below which the lower edge must not be
  bool floor_binds = false;  ///< the lower edge would be lower without it
  double gradient = 0.0;  ///< largest |∂ln(cost)| per ln of a width or width of a move; along the floor if it binds
  double other_start = 0.0;   ///< cost a year of the band found from the other start
  health_band rule{};         ///< the small-cost rule's band, its lower edge on the floor if below
  double cost_of_rule = 0.0;  ///< a year; +∞ where its trades are impossible
  int evaluations = 0;        ///< of the cost
};

namespace detail {

/// A cost a year, +∞ where there is none.
inline double rate_of(const result<band_cost>& cost) noexcept {
  if (!cost) return infinity;
  return cost->per_year;
}

/// Descends; from the floor up again where that is cheaper. The risk in flight may turn within a hair of the floor.
template <class Space>
minimum<typename Space::place> descend_off(Space& space, const typename Space::place& start) noexcept {
  auto found = descend(space, space.kept(start));
  for (int visits = 0; visits < 8 && found.at.on_floor && found.converged; ++visits) {
    bool cheaper = false;
    for (double share = 1e-3; !cheaper && share > 1e-7; share *= 0.1) {
      auto inside = found.at;
      inside.on_floor = false;
      inside.down *= 1.0 - share;
      cheaper = space.value(inside) < found.value * (1.0 - 1e-13);
      if (cheaper) found = descend(space, inside);
    }
    if (!cheaper) break;
  }
  return found;
}

/// Whether two searches ended at one cost; puts the lower one first.
template <class Place>
bool agree(minimum<Place>& better, minimum<Place>& other) noexcept {
  if (other.value < better.value) std::swap(better, other);
  return better.converged && other.converged && other.value <= better.value * (1.0 + 1e-6);
}

/// The bands there are: a place and how to move from it, for `descend`.
struct band_space {
  struct place {
    double target = 0.0, down = 0.0, up = 0.0;  ///< ln health, and the widths below and above
    bool on_floor = false;                      ///< the lower edge stays there
  };

  const band_economics& economics;
  double log_wanted = 0.0, floor = 0.0, held = 0.0;  ///< of ln health; the target is held where that is above 0
  int evaluations = 0;

  [[nodiscard]] log_band band(const place& p) const noexcept {
    return {p.on_floor ? floor : p.target - p.down, p.target, p.target + p.up};
  }
  double value(const place& p) noexcept {
    ++evaluations;
    const log_band edges = band(p);
    if (!(edges.lower > 0.0 && p.down > 0.0)) return infinity;
    const auto cost = cost_of_checked(economics, log_wanted, edges);
    if (!cost) return infinity;
    return cost->per_year;
  }
  /// ln of the width above; the lower edge; the target, with the upper edge. The floor fixes one of the latter.
  [[nodiscard]] std::size_t dimensions(const place& p) const noexcept {
    return (held > 0.0 ? 2U : 3U) - (p.on_floor ? 1U : 0U);
  }
  [[nodiscard]] place moved(place p, const coordinates& by) const noexcept {
    const double narrower = smaller(p.down, p.up), lower = p.target - p.down;
    if (p.on_floor) {
      if (held == 0.0) p.down *= std::exp(by[1]);
      p.target = floor + p.down;
    } else {
      // The probability of liquidation in flight changes over a fraction of the distance to it.
      const double reach = economics.latency > 0.0 ? smaller(1.0, 0.25 * lower / p.down) : 1.0;
      p.down *= std::exp(reach * by[1]);
      if (held == 0.0) {
        p.target += 0.4 * narrower * by[2];
        p.down += 0.4 * narrower * by[2];
      }
    }
    p.up *= std::exp(by[0]);
    return p;
  }
  [[nodiscard]] place kept(place p) const noexcept {
    if (p.on_floor || p.target - p.down >= floor) return p;
    p.on_floor = true;
    if (held == 0.0) p.target = larger(p.target, floor + 0.5 * smaller(p.down, p.up));
    p.down = p.target - floor;
    return p;
  }

  /// From widths that are shrunk until the trades are possible.
  minimum<place> search(place start) noexcept {
    if (held > 0.0) start.target = held;
    minimum<place> found;
    for (int n = 0; n < 60; ++n, start.down *= 0.5, start.up *= 0.5) {
      found = {.at = kept(start), .value = value(kept(start))};
      if (found.value < infinity) break;
    }
    return found.value < infinity ? descend_off(*this, found.at) : found;
  }
};

}  // namespace detail

/// @brief The band with the least long-run cost rate, of those whose lower edge is safe for the latency.
///
/// Minimises `cost_in_logs` over both widths and the target by damped Newton steps, twice: from the small-cost rule and
/// from a wider band with a higher target; where they disagree, a third start from a narrow band decides. Two must end
/// at the least cost seen, within 1e-6 of it: unimodality is observed, not proven. Where impact is large and gas next
/// to nothing the cost has several minima, at which one edge is next to the target: such an account trades in small
/// pieces and wants `best_two_target_band_of`.
/// @errors   what the economics and the wishes say; bad_configuration: nothing to gain by a narrow band (no tracking)
/// or
///           by a wide one (neither gas nor cost); what `required_log_health` says; infeasible: a target at or below
///           the floor, or no band around it can be traded; no_convergence: the starts disagree or did not arrive
/// @source   the cost rate: see `cost_in_logs`; Newton's method with differences
inline result<best_band> best_band_of(const band_economics& e, const band_wishes& wishes = {}) noexcept {
  if (const errc bad = e.validate(); bad != errc::ok) return bad;
  if (!(e.tracking > 0.0 && e.gas + e.cost > 0.0)) return errc::bad_configuration;
  const auto lowest = log_floor(e, wishes);
  if (!lowest) return lowest.error();
  const double floor = *lowest;
  const double wanted = std::log(e.wanted), held = wishes.target > 0.0 ? std::log(wishes.target) : 0.0;
  if (held > 0.0 && held <= floor) return errc::infeasible;

  const double h = jump_rule(e).half_width, centre = held > 0.0 ? held : std::fmax(wanted, floor + 0.5 * h);
  const log_band rule{std::fmax(floor, centre - h), centre, centre + h};
  const auto by_rule = detail::cost_of_checked(e, wanted, rule);

  detail::band_space space{.economics = e, .log_wanted = wanted, .floor = floor, .held = held};
  auto better = space.search({centre, h, h}), other = space.search({centre + 0.5 * h, 1.5 * h, 2.0 * h});
  if (!(better.value < infinity && other.value < infinity)) return errc::infeasible;
  if (!detail::agree(better, other)) {
    other = space.search({centre, 0.5 * h, 0.5 * h});
    if (!detail::agree(better, other)) return errc::no_convergence;
  }

  const log_band logs = space.band(better.at);
  const auto cost = detail::cost_of_checked(e, wanted, logs);
  if (!cost) return cost.error();
  return best_band{.band = exp_of(logs),
                   .logs = logs,
                   .cost = *cost,
                   .floor = std::exp(floor),
                   .floor_binds = better.at.on_floor,
                   .gradient = better.gradient,
                   .other_start = other.value,
                   .rule = exp_of(rule),
                   .cost_of_rule = detail::rate_of(by_rule),
                   .evaluations = space.evaluations};
}

}  // namespace trimtab::forecast
