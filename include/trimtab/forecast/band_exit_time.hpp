// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/root.hpp>
#include <trimtab/forecast/band_exit.hpp>
#include <trimtab/forecast/first_passage.hpp>

#include <cstddef>

namespace trimtab::forecast {

/// Whether ln HF has left a band by a horizon.
struct band_time {
  double exits = 0.0;  ///< probability to have left
  double stays = 1.0;  ///< 1 − exits, with digits of its own
  double below = 0.0;  ///< of `exits`, through the lower edge: to the digits of `exits`
  double above = 0.0;  ///< through the upper edge
};

namespace detail {

/// From this σ²T/l² on the sines are used, six of them; below, three reflections a side are enough.
inline constexpr double sines_from = 0.2;

/// A motion between two edges, seen from the lower: distances to both.
struct between_edges {
  motion m;
  doubled<double> to_low, to_high;
  double years;
  double l;  ///< width of the band

  [[nodiscard]] double u() const noexcept { return to_low.high; }
  [[nodiscard]] double w() const noexcept { return to_high.high; }
  [[nodiscard]] double spread() const noexcept {  // σ²T/l²
    const double root = m.volatility * std::sqrt(years) / l;
    return root * root;
  }
  [[nodiscard]] between_edges mirrored() const noexcept {
    return {{-m.drift, m.volatility}, to_high, to_low, years, l};
  }
};

inline double exponential(const doubled<double>& x) noexcept {
  const double power = std::exp(x.high);
  return power > 0.0 ? power + power * (is_finite(x.low) ? x.low : 0.0) : 0.0;
}

/// Through the lower edge by T: first passage there, less the paths that were at the upper edge before, and so on. Of
/// each reflected path the share that reaches the image of the edge, with the drift towards it, times a weight.
inline double lower_by_images(const between_edges& at) noexcept {
  const double first = liquidation_probability(at.m, at.u(), at.years);
  if (2.0 * at.w() / at.l > 40.0 * at.spread()) return first;  // the others are below e^{−40} of it
  const double speed = magnitude(at.m.drift), pull = 2.0 * (speed / at.m.volatility) / at.m.volatility;
  const motion towards{-speed, at.m.volatility};
  const auto image = [&](double further) {
    return std::exp(-0.5 * pull * further) * liquidation_probability(towards, at.u() + further, at.years);
  };
  const double rest = image(2.0 * at.w()) - image(2.0 * at.l) + image(2.0 * (at.l + at.w()));
  return larger(first - (at.m.drift > 0.0 ? std::exp(-pull * at.u()) : 1.0) * rest, 0.0);
}

/// The density of that: all images share the first one's exponential but for a factor.
inline double lower_density_by_images(const between_edges& at) noexcept {
  const double first = hitting_density(at.m, at.u(), at.years), t = at.spread();
  const double r = at.u() / at.l, v = at.w() / at.l;
  const double rest = (r + 2.0 * v) * std::exp(-2.0 * v / t) - (r + 2.0) * std::exp(-2.0 * (1.0 + r) / t) +
                      (r + 2.0 + 2.0 * v) * std::exp(-4.0 * (1.0 + v) / t);
  return first > 0.0 ? larger(first - first * (rest / r), 0.0) : 0.0;
}

/// Through the lower edge, but later than T (or the density of that at T), by the eigenfunctions of the band:
///   e^{−νu/σ² − ν²T/2σ²}·Σ c(q)·sin(q·u/l)·e^{−q²t/2},  q = nπ, t = σ²T/l²
inline double lower_by_sines(const between_edges& at, bool density) noexcept {
  using wide = doubled<double>;
  constexpr double pi = 3.14159265358979323846;
  const wide pi_squared(9.869604401089358, 6.265295508739711e-16);
  const wide drift(at.m.drift), variance = wide(at.m.volatility) * wide(at.m.volatility), time(at.years);
  const wide drifting = drift * (at.to_low + wide(0.5) * drift * time) / variance;
  const wide width = at.to_low + at.to_high, slowest = wide(0.5) * pi_squared * variance * time / (width * width);
  const double t = at.spread(), m = at.m.drift * at.l / at.m.volatility / at.m.volatility;
  const double angle = pi * smaller(at.u(), at.w()) / at.l, twice = 2.0 * std::cos(angle);
  const double step = std::exp(-0.5 * pi * pi * t), step2 = step * step, turn = at.u() <= at.w() ? 1.0 : -1.0;
  const double rate = at.m.volatility / at.l;
  double sum = 0.0, before = 0.0, now = std::sin(angle), fade = 1.0, ratio = step * step2, sign = 1.0;
  for (int n = 1; n <= 6; ++n) {
    const double q = n * pi;
    sum += sign * now * fade * q * (density ? rate * rate : 2.0 / (m * m + q * q));
    const double next = twice * now - before;
    before = now, now = next, sign *= turn;
    fade *= ratio, ratio *= step2;  // e^{−(n²−1)π²t/2}
  }
  return exponential(-(drifting + slowest)) * sum;
}

/// 16 of the 32 nodes on (−1, 1), and their weights.
inline constexpr std::array<double, 16> gauss_nodes = {
    0.9972638618494816,  0.9856115115452684,  0.9647622555875064, 0.9349060759377397,
    0.8963211557660521,  0.84936761373257,    0.7944837959679424, 0.7321821187402897,
    0.6630442669302152,  0.5877157572407623,  0.5068999089322294, 0.42135127613063533,
    0.33186860228212767, 0.23928736225213706, 0.1444719615827965, 0.04830766568773832};
inline constexpr std::array<double, 16> gauss_weights = {
    0.007018610009470096, 0.01627439473090567,  0.02539206530926206,  0.03427386291302143,
    0.04283589802222668,  0.050998059262376175, 0.058684093478535544, 0.06582222277636185,
    0.0723457941088485,   0.07819389578707031,  0.08331192422694675,  0.08765209300440381,
    0.09117387869576389,  0.09384439908080457,  0.09563872007927486,  0.0965400885147278};

/// P(τ > T) where it is small although σ²T/l² is, which is when neither series keeps its digits: the density inside the
/// band, a bell times the share of paths that have touched neither edge, integrated. All of it is positive.
inline double stays_by_quadrature(const between_edges& side) noexcept {
  using wide = doubled<double>;
  const between_edges at = side.u() <= side.w() ? side : side.mirrored();
  const double t = at.spread(), r = at.u() / at.l, s = at.w() / at.l;
  // The bell's middle; where it is outside, how far, with its exponent taken out.
  const wide moved = wide(at.m.drift) * wide(at.years), middle = at.to_low + moved, over = moved - at.to_high;
  const bool under = middle.high<0.0, beyond = over.high> 0.0;
  const wide outside = under ? -middle : beyond ? over : wide(0.0);
  const wide deviation = outside / wide(at.m.volatility);
  const double front = exponential(wide(-0.5) * deviation * deviation / wide(at.years));
  if (!(front > 0.0)) return 0.0;
  const double out = outside.high / at.l, reach = 80.0 * t / (std::sqrt(out * out + 80.0 * t) + out);
  const double origin = under ? 0.0 : beyond ? 1.0 : middle.high / at.l;
  const double low = larger(origin - reach, 0.0), high = smaller(origin + reach, 1.0);
  const auto density = [&](double y) {
    const double v = 1.0 - y, d = y - origin, away = under ? d : beyond ? -d : 0.0;
    // Reflections in pairs whose difference, like all of it, vanishes at r = 0; r ≤ ½ leaves the others small.
    const auto gone = [t](double x) { return -std::expm1(-2.0 * x / t); };
    const auto left = [t](double x) { return std::exp(-2.0 * x / t); };
    double inside = gone(r * y) * gone(s * v) - left(r * y + s * v) * gone(2.0 * r * v);
    inside += left(y + s) * gone(r * (2.0 + y)) - left((1.0 + v) * (1.0 + s)) * gone(r * (3.0 + v));
    return std::exp(-(d * d + 2.0 * away * out) / (2.0 * t)) * inside;
  };
  // The edges make layers of t/r and t/s: panels of their own.
  const double half = 0.5 * (high - low), p = low + smaller(20.0 * t, half * r) / r;
  const std::array<double, 4> ends = {low, p, larger(high - 20.0 * t / s, p), high};
  double total = 0.0;
  for (std::size_t panel = 0; panel < 3; ++panel) {
    const double centre = 0.5 * (ends[panel] + ends[panel + 1]), arm = 0.5 * (ends[panel + 1] - ends[panel]);
    double sum = 0.0;
    for (std::size_t k = 0; arm > 0.0 && k < gauss_nodes.size(); ++k)
      sum += gauss_weights[k] * (density(centre - arm * gauss_nodes[k]) + density(centre + arm * gauss_nodes[k]));
    total += arm * sum;
  }
  return front * total * (trimtab::detail::inverse_sqrt_two_pi / std::sqrt(t));
}

}  // namespace detail

/// @brief Whether ln HF has left a band by a horizon, and by which edge: `exits` and `stays` to their own digits, 1e-12
/// relative down to 1e-300.
///
/// Formula   by reflections for small σ²T/l², by eigenfunctions (sines) else. Where σ²T/l² is small and so is the
///           probability to stay (a start next to an edge, a drift out of the band), the density inside is integrated
/// @param low, high, start  as for `exit_of`; from an edge or outside it has left by it at once
/// @param years             T ≥ 0, +∞ allowed
/// @return   NaN throughout where `exit_of` is, and for T < 0 or NaN
/// @source   Borodin and Salminen 2002, "Handbook of Brownian motion", part II 1.15.8 and 3.0.2, with drift by
///           Girsanov's theorem; Darling and Siegert 1953 for both series; the pairing of reflections derived here
inline band_time exit_by(const motion& m, double low, double high, double start, double years) noexcept {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  if (!detail::measurable(m, low, high) || start != start || !(years >= 0.0)) return {nan, nan, nan, nan};
  if (start <= low) return {1.0, 0.0, 1.0, 0.0};
  if (start >= high) return {1.0, 0.0, 0.0, 1.0};
  if (years == 0.0) return {};
  using wide = doubled<double>;
  const detail::between_edges at{m, wide(start) - wide(low), wide(high) - wide(start), years, high - low};
  if (at.spread() >= detail::sines_from || years > 1e75) {
    const band_exit ever = exit_of(m, low, high, start);
    const bool ended = years > 1e75 || !is_finite(at.spread());
    const double late_below = ended ? 0.0 : detail::lower_by_sines(at, false);
    const double late_above = ended ? 0.0 : detail::lower_by_sines(at.mirrored(), false);
    const double stays = late_below + late_above;
    return {1.0 - stays, stays, larger(ever.below - late_below, 0.0), larger(ever.above - late_above, 0.0)};
  }
  const double below = detail::lower_by_images(at), above = detail::lower_by_images(at.mirrored());
  const double exits = smaller(below + above, 1.0);
  if (exits < 0.99) return {exits, 1.0 - exits, below, above};
  const double stays = detail::stays_by_quadrature(at);
  return {1.0 - stays, stays, below, above};
}

/// @brief Density of the time at which ln HF leaves a band, per year.
/// @return   0 for a start at or outside an edge, T = 0 and T = ∞; NaN as `exit_by`
/// @source   the series of `exit_by`, differentiated
inline double exit_density(const motion& m, double low, double high, double start, double years) noexcept {
  if (!detail::measurable(m, low, high) || start != start || !(years >= 0.0))
    return std::numeric_limits<double>::quiet_NaN();
  if (start <= low || start >= high || years == 0.0 || years > 1e75) return 0.0;
  using wide = doubled<double>;
  const detail::between_edges at{m, wide(start) - wide(low), wide(high) - wide(start), years, high - low};
  if (at.spread() >= detail::sines_from)
    return is_finite(at.spread()) ? detail::lower_by_sines(at, true) + detail::lower_by_sines(at.mirrored(), true)
                                  : 0.0;
  return detail::lower_density_by_images(at) + detail::lower_density_by_images(at.mirrored());
}

/// @brief The time until the band is breached with the probability asked for: within 1e-13 of itself, bracketed by
/// `find_root` in ln P, of exits or of stays, whichever is the smaller.
/// @param probability  in (0, 1); ½ gives the median
/// @return   years; 0 for a start at or outside an edge
/// @errors   not_finite: a NaN; bad_configuration: a probability outside (0, 1), or what `exit_of` answers with NaN;
///           infeasible: no double is that time
inline result<double> band_exit_quantile(const motion& m, double low, double high, double start,
                                         double probability) noexcept {
  if (start != start || probability != probability || low != low || high != high) return errc::not_finite;
  if (const errc bad = m.validate(); bad != errc::ok) return bad;
  if (!detail::measurable(m, low, high) || !(probability > 0.0 && probability < 1.0)) return errc::bad_configuration;
  if (start <= low || start >= high) return 0.0;
  const bool early = probability <= 0.5;
  const double wanted = early ? std::log(probability) : std::log1p(-probability);
  const auto excess = [&](double years) {  // rises through 0
    const band_time then = exit_by(m, low, high, start, years);
    return early ? std::log(then.exits) - wanted : wanted - std::log(then.stays);
  };
  double from = exit_of(m, low, high, start).mean_years, to = from;
  if (!(from > 0.0)) return errc::infeasible;
  for (int k = 0; k < 200 && !(excess(from) < 0.0); ++k) from *= 0.25;
  for (int k = 0; k < 200 && !(excess(to) > 0.0); ++k) to *= 4.0;
  const auto found = find_root(excess, from, to, 1e-13);
  if (!found) return found.error();
  return found->at;
}

}  // namespace trimtab::forecast
