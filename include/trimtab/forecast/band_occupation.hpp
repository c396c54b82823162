// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/forecast/motion.hpp>

#include <array>
#include <cmath>
#include <limits>
#include <utility>

namespace trimtab::forecast {

namespace detail {

/// φₖ(x) = (eˣ − Σ_{j<k} xʲ/j!)/xᵏ, positive and smooth, perhaps in units of a large exponential.
struct phi_functions {
  double one = 0.0, two = 0.0, three = 0.0, four = 0.0;
  double unit = 1.0;  ///< one over that exponential
};

/// 1/4!, 1/5!, …: φ₄ as a power series.
inline constexpr auto phi_four_series = [] {
  std::array<double, 16> c{};
  double factorial = 24.0;
  for (std::size_t j = 0; j < c.size(); factorial *= static_cast<double>(++j + 4)) c[j] = 1.0 / factorial;
  return c;
}();

inline phi_functions phi_of_small(double x) noexcept {
  phi_functions phi;
  for (std::size_t j = phi_four_series.size(); j-- > 0;) phi.four = phi.four * x + phi_four_series[j];
  phi.three = 1.0 / 6.0 + x * phi.four;
  phi.two = 0.5 + x * phi.three;
  phi.one = 1.0 + x * phi.two;
  return phi;
}

/// φₖ(−x) for x ≥ 0. Each recurrence is used on the side where it loses a few ulp at most.
inline phi_functions phi_falling(double x) noexcept {
  if (x < 1.0) return phi_of_small(-x);
  const double one = -std::expm1(-x) / x, two = (1.0 - one) / x, three = (0.5 - two) / x;
  return {one, two, three, (1.0 / 6.0 - three) / x, 1.0};
}

/// e^(−x)·φₖ(x) for x ≥ 0.
inline phi_functions phi_rising(double x) noexcept {
  if (x < 1.0) {
    phi_functions phi = phi_of_small(x);
    const double down = 1.0 / (1.0 + x * phi.one);
    return {phi.one * down, phi.two * down, phi.three * down, phi.four * down, down};
  }
  const double down = std::exp(-x), one = -std::expm1(-x) / x, two = (one - down) / x;
  const double three = (two - 0.5 * down) / x;
  return {one, two, three, (three - down / 6.0) / x, down};
}

/// The second divided difference of exp at 0, p and q, divided by the largest of the three exponentials.
inline double exp_difference(double p, double q) noexcept {
  double low = std::fmin(p, q), high = std::fmax(p, q), middle = 0.0;
  if (low > 0.0) std::swap(low, middle);
  if (high < 0.0) std::swap(high, middle);
  const double near = high - middle, far = high - low;
  if (far < 1.0) {  // Σ (−1)ᵏ·(sum of all products of k factors near, far)/(k + 2)!
    double products = 1.0, power = 1.0, sum = 0.5, factorial = 0.5;
    for (int k = 1; k < 17; ++k) {
      power *= -near;
      products = power - far * products;
      factorial /= k + 2;
      sum += products * factorial;
    }
    return sum;
  }
  // The two are means of exp over the parts of an interval longer than 1: never close to each other.
  const double fall = std::expm1(-near), rest = middle - low;
  const double upper = near > 0.0 ? -fall / near : 1.0, lower = rest > 0.0 ? -std::expm1(-rest) / rest : 1.0;
  return (upper - (1.0 + fall) * lower) / far;
}

}  // namespace detail

/// @brief Where ln health is, and for how long, from a start inside (low, high) until it leaves.
///
/// Everything is an integral against the Green's function, split at the start so that all of its terms are positive:
///   E∫f(X)dt = (2/σ²)·[P_low·∫₀ᵘ f(low+s)·(e^(θs)−1)/θ ds + P_high·∫₀ᵛ f(high−s)·(1−e^(−θs))/θ ds],
///   θ = 2ν/σ², u = start − low, v = high − start
/// For powers of X − start the integrals are φ-functions of θu and θv, for exponentials divided differences of exp;
/// neither cancels, at no drift, and none overflows at any.
/// @source   Borodin and Salminen 2002, "Handbook of Brownian motion", part II, section 2.3, for the Green's function;
///           the φ form is derived here
struct band_occupation {
  double below = 0.0, above = 0.0;  ///< probability to leave at the low, the high edge
  double years = 0.0;               ///< E τ
  double first = 0.0;               ///< E∫(X − start)dt
  double second = 0.0;              ///< E∫(X − start)²dt

  /// @brief E∫e^(−decay·(X − start))dt·e^(−decay·start): how much of a hazard that decays with ln health is met.
  [[nodiscard]] double exponential(double decay, double start) const noexcept {
    const double slope = upwards ? decay : -decay;
    const double p = slope * against, q = tilt * against, r = -slope * with, s = -tilt * with;
    const double lead_against = std::fmax(0.0, std::fmax(p, q)) - q, lead_with = std::fmax(0.0, std::fmax(r, s));
    const double base = -decay * start;
    return scale * (share_against * against * against * detail::exp_difference(p, q) * std::exp(base + lead_against) +
                    share_with * with * with * detail::exp_difference(r, s) * std::exp(base + lead_with));
  }

  // What `exponential` needs again. The mirror image with the drift upwards: `against` it and `with` it.
  double tilt = 0.0, against = 0.0, with = 0.0, scale = 0.0, share_against = 0.0, share_with = 0.0;
  bool upwards = true;
};

/// @param low, start, high   of ln health, low < start < high
/// @return   NaN in every field for a motion or places that are not valid
inline band_occupation occupation_of(const motion& m, double low, double start, double high) noexcept {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  const double u = start - low, v = high - start;
  if (m.validate() != errc::ok || !(u > 0.0 && v > 0.0 && u < infinity && v < infinity))
    return {.below = nan, .above = nan, .years = nan, .first = nan, .second = nan, .scale = nan};
  const double variance = m.volatility * m.volatility, tilt = 2.0 * magnitude(m.drift) / variance;
  const bool up = m.drift >= 0.0;
  const double against = up ? u : v, with = up ? v : u;
  const auto rising = detail::phi_rising(tilt * against), falling = detail::phi_falling(tilt * with);
  // Scale function over each part and the whole, in units in which it survives zero drift.
  const double part_against = against * rising.one, part_with = with * falling.one;
  const double whole = part_against + rising.unit * part_with;
  const double share_against = part_with / whole, share_with = part_against / whole;
  const double a = share_against * against * against, b = share_with * with * with, scale = 2.0 / variance;
  const double leave_against = share_against * rising.unit;
  const double first = scale * (b * with * falling.three - a * against * rising.three);
  return {.below = up ? leave_against : share_with,
          .above = up ? share_with : leave_against,
          .years = scale * (a * rising.two + b * falling.two),
          .first = up ? first : -first,
          .second = 2.0 * scale * (a * against * against * rising.four + b * with * with * falling.four),
          .tilt = tilt,
          .against = against,
          .with = with,
          .scale = scale,
          .share_against = share_against,
          .share_with = share_with,
          .upwards = up};
}

}  // namespace trimtab::forecast
