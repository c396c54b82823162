// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/forecast/band_economics.hpp>
#include <trimtab/forecast/band_occupation.hpp>
#include <trimtab/forecast/band_rules.hpp>
#include <trimtab/forecast/best_band.hpp>
#include <trimtab/forecast/damped_newton.hpp>

#include <cmath>

namespace trimtab::forecast {

/// Two edges of ln health that it is not let across.
struct reflecting_band {
  double lower = 0.0, upper = 0.0;
};

/// What that costs, a year.
struct reflecting_cost {
  double per_year = 0.0;  ///< the sum of the next three
  double trading = 0.0;
  double tracking = 0.0;
  double jumps = 0.0;
  double sold = 0.0;      ///< collateral a year, at the lower edge
  double borrowed = 0.0;  ///< a year, at the upper edge
};

namespace detail {

/// (e^x − 1)/x
inline double phi_one(double x) noexcept {
  return x == 0.0 ? 1.0 : std::expm1(x) / x;
}

inline result<reflecting_cost> cost_of_checked(const band_economics& e, double log_wanted,
                                               const reflecting_band& band) noexcept {
  const double width = band.upper - band.lower, variance = e.health.volatility * e.health.volatility;
  const double tilt = 2.0 * e.health.drift / variance * width, w = e.threshold;
  // A trade of q at health h moves ln health by q over this much; the debt is that of the equity at h.
  const auto per_move = [&](double h, double gain) { return e.equity * w / (h - w) * h / gain; };
  const double low = std::exp(band.lower), high = std::exp(band.upper);
  const double selling = low * (1.0 - e.cost) - w;
  if (!(selling > 0.0)) return errc::infeasible;
  reflecting_cost c;
  c.sold = 0.5 * variance / (width * phi_one(tilt)) * per_move(low, selling);
  c.borrowed = 0.5 * variance / (width * phi_one(-tilt)) * per_move(high, high - w * (1.0 - e.cost));
  c.trading = e.cost * (c.sold + c.borrowed);
  // The stationary density is an exponential that leans with the drift: moments from the edge it leans on.
  const phi_functions phi = phi_rising(magnitude(tilt));
  const double off = tilt >= 0.0 ? band.upper - log_wanted : log_wanted - band.lower;
  c.tracking = e.tracking * (off * off + 2.0 * width * (width * phi.three - off * phi.two) / phi.one);
  const double jumping = e.jumps.rate * (1.0 - e.jumps.up_share), decay = e.jumps.down_decay;
  if (jumping > 0.0) {
    const double lean = decay * width;
    c.jumps = e.loss * jumping *
              (tilt > 0.0 ? std::exp(-decay * band.upper) * phi_one(lean - tilt) / phi_one(-tilt)
                          : std::exp(-decay * band.lower) * phi_one(tilt - lean) / phi_one(tilt));
  }
  c.per_year = c.trading + c.tracking + c.jumps;
  return is_finite(c.per_year) ? result<reflecting_cost>(c) : result<reflecting_cost>(errc::overflow);
}

}  // namespace detail

/// @brief The long-run cost rate of trading just enough to stay inside a band: the limit of small trades, which feels
/// no impact and cannot pay gas.
///
/// Formula   density θe^(θ(x−a))/(e^(θl) − 1); pushed up by ½σ²·density(a) a year and down by ½σ²·density(b); a push of
///           dx at health h trades B·h/(h(1−κ) − w)·dx below, B·h/(h − w(1−κ))·dx above, B = equity·w/(h − w)
/// The risk of liquidation in flight has no rate here, for the lower edge is touched all the time: keep the edge at
/// `required_log_health` or above.
/// @errors   what the economics say; infeasible: gas, or a sale at the lower edge that lowers health;
/// bad_configuration:
///           not 0 < lower < upper; not_finite
/// @source   Harrison 1985, "Brownian Motion and Stochastic Flow Systems", chapter 5, for density and pushing rates
inline result<reflecting_cost> cost_of(const band_economics& e, const reflecting_band& band) noexcept {
  if (const errc bad = e.validate(); bad != errc::ok) return bad;
  if (!is_finite(band.lower) || !is_finite(band.upper)) return errc::not_finite;
  if (!(band.lower > 0.0 && band.lower < band.upper)) return errc::bad_configuration;
  if (e.gas > 0.0) return errc::infeasible;
  return detail::cost_of_checked(e, std::log(e.wanted), band);
}

/// The cheapest such band.
struct best_reflecting_band {
  reflecting_band band{};
  reflecting_cost cost{};
  bool floor_binds = false;
  double gradient = 0.0;     ///< as in `best_band`
  double other_start = 0.0;  ///< cost a year from the other start
};

namespace detail {

struct reflecting_space {
  struct place {
    double upper = 0.0, down = 0.0;  ///< the upper edge, and the width
    bool on_floor = false;
  };

  const band_economics& economics;
  double log_wanted = 0.0, floor = 0.0;

  [[nodiscard]] reflecting_band band(const place& p) const noexcept {
    return {p.on_floor ? floor : p.upper - p.down, p.upper};
  }
  [[nodiscard]] double value(const place& p) const noexcept {
    const reflecting_band b = band(p);
    if (!(b.lower > 0.0 && p.down > 0.0)) return infinity;
    const auto c = cost_of_checked(economics, log_wanted, b);
    if (!c) return infinity;
    return c->per_year;
  }
  /// The lower edge, in ln of the width; the upper edge. On the floor the first moves the upper edge.
  [[nodiscard]] std::size_t dimensions(const place& p) const noexcept { return p.on_floor ? 1U : 2U; }
  [[nodiscard]] place moved(place p, const coordinates& by) const noexcept {
    const double shift = p.on_floor ? 0.0 : 0.4 * p.down * by[1];
    p.down = p.down * std::exp(by[0]) + shift;
    p.upper = p.on_floor ? floor + p.down : p.upper + shift;
    return p;
  }
  [[nodiscard]] place kept(place p) const noexcept {
    if (p.on_floor || p.upper - p.down >= floor) return p;
    p.upper = larger(p.upper, floor + 0.1 * p.down);
    return {p.upper, p.upper - floor, true};
  }
};

}  // namespace detail

/// @brief The reflecting band of least cost rate, from two starts as in `best_band_of`; of the wishes, the floor
/// counts.
/// @errors   as `best_band_of`; bad_configuration without a proportional cost; infeasible with gas
inline result<best_reflecting_band> best_reflecting_band_of(const band_economics& e,
                                                            const band_wishes& wishes = {}) noexcept {
  if (const errc bad = e.validate(); bad != errc::ok) return bad;
  if (e.gas > 0.0) return errc::infeasible;
  if (!(e.tracking > 0.0 && e.cost > 0.0)) return errc::bad_configuration;
  const auto floor = log_floor(e, wishes);
  if (!floor) return floor.error();
  const double wanted = std::log(e.wanted), leverage = leverage_at(e.wanted, e.threshold);
  const double size = e.cost * e.equity * leverage * (leverage - 1.0);
  const double h = reflecting_rule(e.tracking, e.health.volatility, size).half_width;
  const detail::reflecting_space space{.economics = e, .log_wanted = wanted, .floor = *floor};
  auto better = detail::descend_off(space, {wanted + h, 2.0 * h, false});
  auto other = detail::descend_off(space, {wanted + 2.0 * h, 3.0 * h, false});
  if (!detail::agree(better, other)) return errc::no_convergence;
  const reflecting_band band = space.band(better.at);
  const auto cost = detail::cost_of_checked(e, wanted, band);
  if (!cost) return cost.error();
  return best_reflecting_band{band, *cost, better.at.on_floor, better.gradient, other.value};
}

}  // namespace trimtab::forecast
