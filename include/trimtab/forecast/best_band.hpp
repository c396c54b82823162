// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/root.hpp>
#include <trimtab/forecast/band_cost.hpp>
#include <trimtab/forecast/band_rules.hpp>
#include <trimtab/forecast/required_health.hpp>

#include <array>
#include <cmath>
#include <cstddef>

namespace trimtab::forecast {

/// What the best band has to respect.
struct band_wishes {
  double latency_risk = 1e-3;  ///< most probability of liquidation while a trade from the lower edge is in flight
  double lowest = 1.0;         ///< health below which the lower edge must not be, whatever the latency
  double target = 0.0;         ///< health to come back to; 0: choose it too

  /// @errors not_finite; bad_configuration (a risk outside (0, 1), a lowest below 1, a target not above 1)
  [[nodiscard]] constexpr errc validate() const noexcept {
    for (const double x : {latency_risk, lowest, target})
      if (!is_finite(x)) return errc::not_finite;
    const bool sound = latency_risk > 0.0 && latency_risk < 1.0 && lowest >= 1.0 && (target == 0.0 || target > 1.0);
    return sound ? errc::ok : errc::bad_configuration;
  }
};

/// The cheapest band, and what shows that it is.
struct best_band {
  health_band band{};
  log_band logs{};
  band_cost cost{};
  double floor = 1.0;        ///< lowest health that the wishes allow the lower edge
  bool on_floor = false;     ///< it is there
  double floor_price = 0.0;  ///< what a floor higher by 1 in ln health would cost, money a year; 0 where it is inactive
  // the certificate
  std::array<double, 2> starts{};  ///< cost rates found from the band of the rule and from a lopsided one
  double gradient = 0.0;           ///< largest |∂ ln(cost rate)| by a free ln(width), or by the target in rule widths
  log_band rule{};                 ///< the band of the rule for small costs
  double at_rule = 0.0;            ///< its cost rate; NaN if that is no feasible band
  int evaluations = 0;
};

namespace detail {

/// A minimum of a function of N numbers of which some are free.
template <std::size_t N>
struct minimum {
  std::array<double, N> at{};
  double value = infinity;
  double slope = infinity;  ///< largest |∂ ln f| by a free number
  bool settled = false;
  int evaluations = 0;
};

/// Solves (H + lift·diag|H|)p = −g for the free numbers by Cholesky; false where that is not positive definite.
template <std::size_t N>
bool newton_step(const std::array<std::array<double, N>, N>& h, const std::array<double, N>& g, std::size_t n,
                 double lift, std::array<double, N>& p) noexcept {
  std::array<std::array<double, N>, N> c{};
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j <= i; ++j) {
      double sum = h[i][j] + (i == j ? lift * std::fabs(h[i][i]) : 0.0);
      for (std::size_t k = 0; k < j; ++k) sum -= c[i][k] * c[j][k];
      if (i != j) {
        c[i][j] = sum / c[j][j];
      } else if (sum > 1e-9 * std::fabs(h[i][i])) {
        c[i][i] = std::sqrt(sum);
      } else {
        return false;
      }
    }
  for (std::size_t i = 0; i < n; ++i) {
    p[i] = -g[i];
    for (std::size_t k = 0; k < i; ++k) p[i] -= c[i][k] * p[k];
    p[i] /= c[i][i];
  }
  for (std::size_t i = n; i-- > 0;) {
    for (std::size_t k = i + 1; k < n; ++k) p[i] -= c[k][i] * p[k];
    p[i] /= c[i][i];
  }
  return true;
}

/// Newton's method on a smooth positive function, infinite where it is not defined, with central differences and a lift
/// of the diagonal where a step does not help. The numbers should be of order 1: the differences are over 1/10000.
template <std::size_t N, class F>
minimum<N> minimise(F&& f, std::array<double, N> x, const std::array<bool, N>& free) noexcept {
  constexpr double step = 1e-4, longest = 0.7;
  double lift = 0.0;
  std::array<std::size_t, N> index{};
  std::size_t n = 0;
  for (std::size_t i = 0; i < N; ++i)
    if (free[i]) index[n++] = i;
  minimum<N> found{.at = x, .value = f(x), .evaluations = 1};
  for (int round = 0; round < 40 && is_finite(found.value); ++round) {
    std::array<double, N> g{}, ahead{};
    std::array<std::array<double, N>, N> h{};
    const double here = found.value;
    bool whole = true;
    found.slope = 0.0;
    for (std::size_t i = 0; i < n; ++i) {
      auto up = found.at, down = found.at;
      up[index[i]] += step, down[index[i]] -= step;
      ahead[i] = f(up);
      const double behind = f(down);
      g[i] = (ahead[i] - behind) / (2.0 * step);
      h[i][i] = (ahead[i] - 2.0 * here + behind) / (step * step);
      whole = whole && is_finite(g[i]);
      found.slope = std::fmax(found.slope, std::fabs(g[i]) / here);
      for (std::size_t j = 0; j < i; ++j) {
        auto across = up;
        across[index[j]] += step;
        const double both = f(across);
        h[i][j] = (both - ahead[i] - ahead[j] + here) / (step * step);
        whole = whole && is_finite(both);
      }
    }
    found.evaluations += static_cast<int>(2 * n + n * (n - 1) / 2);
    if (!whole) return found;  // at the edge of where it is defined
    for (bool better = false; !better;) {
      std::array<double, N> p{};
      while (!newton_step(h, g, n, lift, p)) {
        lift = lift > 0.0 ? 4.0 * lift : 0.01;
        if (!(lift < 1e12)) return found;
      }
      double size = 0.0, gain = 0.0;
      for (std::size_t i = 0; i < n; ++i) {
        size = std::fmax(size, std::fabs(p[i]));
        gain -= 0.5 * g[i] * p[i];
      }
      if (gain <= 1e-13 * here && size < 1e-2) {
        found.settled = true;
        return found;
      }
      auto there = found.at;
      for (std::size_t i = 0; i < n; ++i) there[index[i]] += p[i] * (size > longest ? longest / size : 1.0);
      const double value = f(there);
      ++found.evaluations;
      better = value < here;
      if (better) {
        found.at = there, found.value = value;
        lift = lift < 0.01 ? 0.0 : 0.25 * lift;
      } else {
        lift = lift > 0.0 ? 4.0 * lift : 0.01;
        if (!(lift < 1e12)) return found;
      }
    }
  }
  return found;
}

}  // namespace detail

/// @brief The band of lowest cost rate whose lower edge is safe while a trade is in flight.
///
/// Minimised over ln(target − lower), target and ln(upper − target) in ln health from two starts, first without the
/// floor and, where that leads below it, along it. The cost is not known to have one minimum: the starts have to agree.
/// @errors   as `cost_of` and `band_wishes::validate`; bad_configuration: no tracking (nothing calls for an upper edge)
///           or neither gas nor cost (nothing calls for a band), a target at or below the floor; no_convergence: the
///           starts disagree by more than 1e-7, or one does not settle, as where the cost falls all the way down to a
///           health of 1 and no floor stops it; infeasible: no band about the target can be traded
/// @source   Newton's method with a lifted diagonal (Levenberg 1944, Marquardt 1963); the use of rules for small costs
///           as start is derived here
inline result<best_band> best_band_of(const band_economics& e, const band_wishes& wishes = {}) noexcept {
  if (const errc bad = e.validate(); bad != errc::ok) return bad;
  if (const errc bad = wishes.validate(); bad != errc::ok) return bad;
  if (!(e.tracking > 0.0 && e.gas + e.cost > 0.0)) return errc::bad_configuration;
  double floor = std::log(wishes.lowest);
  if (e.latency > 0.0) {
    const auto needed = required_log_health(e.health, wishes.latency_risk, e.latency);
    if (!needed) return needed.error();
    floor = std::fmax(floor, *needed);
  }
  const bool given = wishes.target > 0.0;
  const double fixed = given ? std::log(wishes.target) : 0.0;
  if (given && !(fixed > floor)) return errc::bad_configuration;

  const log_band rule = rule_in_logs(e);
  const double half = rule.upper - rule.target;
  if (!(half > 0.0 && half < 50.0)) return errc::not_finite;
  const double middle = given ? fixed : std::fmax(rule.target, floor + 0.5 * half);
  bool along_floor = false;
  const auto band_at = [&](const std::array<double, 3>& x) {
    const double u = along_floor && given ? fixed - floor : std::exp(x[0]), v = std::exp(x[2]);
    const double target = given ? fixed : along_floor ? floor + u : middle + half * x[1];
    return log_band{along_floor ? floor : target - u, target, target + v};
  };
  const auto cost_at = [&](const std::array<double, 3>& x) {
    const auto cost = cost_in_logs(e, band_at(x));
    return cost ? cost->per_year : infinity;
  };

  best_band best;
  best.floor = std::exp(floor);
  std::array<detail::minimum<3>, 2> found{};
  const auto search = [&](const std::array<bool, 3>& free) {
    for (std::size_t k = 0; k < 2; ++k) {
      const double below = std::fmin(half, 0.6 * (middle - floor)) * (k == 0 ? 1.0 : 0.6);
      std::array<double, 3> x{std::log(below), k == 0 || given ? 0.0 : 0.2, std::log(half * (k == 0 ? 1.0 : 1.7))};
      for (int tries = 0; tries < 30 && !is_finite(cost_at(x)); ++tries) {
        x = {x[0] - 0.7, 0.5 * x[1], x[2] - 0.7};
        ++best.evaluations;
      }
      found[k] = detail::minimise<3>(cost_at, x, free);
      best.evaluations += found[k].evaluations;
      if (!found[k].settled) return false;
    }
    return true;
  };
  const auto lower = [&] { return band_at(found[found[1].value < found[0].value ? 1 : 0].at).lower; };
  if (const bool settled = search({true, !given, true}); !settled || lower() < floor) {
    if (!(floor > 0.0)) return is_finite(found[0].value) ? errc::no_convergence : errc::infeasible;
    along_floor = true;
    if (!search({!given, false, true})) return is_finite(found[0].value) ? errc::no_convergence : errc::infeasible;
  }
  const detail::minimum<3>& better = found[found[1].value < found[0].value ? 1 : 0];
  best.logs = band_at(better.at);
  const auto cost = cost_in_logs(e, best.logs);
  if (!cost) return cost.error();
  if (along_floor) {
    const double shift = 1e-3 * std::fmin(floor, best.logs.target - floor);
    const auto above = cost_in_logs(e, {floor + shift, best.logs.target, best.logs.upper});
    const auto below = cost_in_logs(e, {floor - shift, best.logs.target, best.logs.upper});
    if (!above || !below) return errc::no_convergence;
    best.floor_price = (above->per_year - below->per_year) / (2.0 * shift);
    if (!(best.floor_price * shift >= -1e-9 * cost->per_year)) return errc::no_convergence;
  }
  if (!(std::fabs(found[0].value - found[1].value) <= 1e-7 * better.value)) return errc::no_convergence;
  best.band = exp_of(best.logs);
  best.cost = *cost, best.on_floor = along_floor;
  best.starts = {found[0].value, found[1].value};
  best.gradient = better.slope, best.rule = rule;
  const auto at_rule = cost_in_logs(e, rule);
  best.at_rule = at_rule ? at_rule->per_year : std::numeric_limits<double>::quiet_NaN();
  return best;
}

}  // namespace trimtab::forecast
