// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/doubled.hpp>
#include <trimtab/forecast/motion.hpp>

#include <array>
#include <cmath>
#include <limits>

namespace trimtab::forecast {

/// By which edge ln HF leaves a band, and when.
struct band_exit {
  double below = 0.0;       ///< probability to leave through the lower edge, to its own digits however small
  double above = 0.0;       ///< through the upper edge
  double mean_years = 0.0;  ///< mean time until either
  double mean_years_given_below = 0.0;
  double mean_years_given_above = 0.0;
};

namespace detail {

/// e^{−x} and 1 − e^{−x} for x ≥ 0, known beyond a double's digits: both to their own.
struct decay {
  double left = 1.0;
  double gone = 0.0;
};

inline decay decay_over(const doubled<double>& x) noexcept {
  if (x.high < 0.5) {
    const double gone = -std::expm1(-x.high);
    return {1.0 - gone, gone};
  }
  const double power = std::exp(-x.high), left = power > 0.0 ? power - power * x.low : 0.0;
  return {left, 1.0 - left};
}

/// y·coth y − 1 = Σ coefficients[k]·y^{2k+2} where y² ≤ 2.25: Chebyshev interpolation of its slope in y² on 13 nodes in
/// 60 digits, integrated; relative error of the slope 3e-16.
inline constexpr std::array<double, 13> hyperbolic = {
    0.33333333333333326,    -0.02222222222221562,   0.002116402116292152,   -0.00021164021082832087,
    2.1377795822112916e-05, -2.164395760633895e-06, 2.1924502177153735e-07, -2.219770015261156e-08,
    2.236874922942307e-09,  -2.19949006766429e-10,  1.9781443385881162e-11, -1.3950539711282053e-12,
    5.444237407758737e-14};

/// (y·coth y − x·coth x)/(y² − x²) given x², y²: no subtraction of values.
inline double hyperbolic_slope(double xx, double yy) noexcept {
  double value = 0.0, difference = 0.0;
  for (std::size_t k = hyperbolic.size(); k-- > 0;) {
    difference = difference * xx + value;
    value = value * yy + hyperbolic[k];
  }
  return difference * xx + value;  // the polynomial begins with y²
}

/// A sound motion and an open band, neither so extreme that products of them leave the range of doubles.
inline bool measurable(const motion& m, double low, double high) noexcept {
  constexpr double most = 1e75;
  return magnitude(m.drift) <= most && m.volatility >= 1.0 / most && m.volatility <= most && low < high &&
         low >= -most && high <= most;
}

}  // namespace detail

/// @brief The exit of ln HF from a band: probability of either edge, mean time to leave, and the mean time given the
/// edge. Nothing cancels: not for a drift of (nearly) nothing, not next to an edge, not for an edge out of reach.
///
/// Formula   s = 2|ν|/σ², f and b the distances to the edge ahead (where the drift goes) and behind, l = f + b:
///             P(ahead) = (1 − e^{−sb})/(1 − e^{−sl}),  P(behind) = e^{−sb}(1 − e^{−sf})/(1 − e^{−sl})
///             E[τ; ahead] = (l·coth(sl/2) − b·coth(sb/2))/|ν|, behind with f for b;  E τ = Σ P·E[τ; edge]
///           ν → 0: b/l, f/l, (l² − b²)/(3σ²), (l² − f²)/(3σ²) and fb/σ²
/// Within 50 eps for sl up to 700.
/// @param low, high  the edges in ln HF
/// @param start      where ln HF is. At or outside an edge it has left by it at once: probability 1, no time; the other
///                   conditional time is then the limit from inside
/// @return   years; NaN throughout for a bad motion, edges not finite or not in order, numbers beyond 1e±75, where
///           products leave the range of doubles, and a NaN start
/// @source   Borodin and Salminen 2002, "Handbook of Brownian motion", part II 2.3.0 and 2.3.4; divided differences and
///           the sum over edges derived here
inline band_exit exit_of(const motion& m, double low, double high, double start) noexcept {
  if (!detail::measurable(m, low, high) || start != start) {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    return {nan, nan, nan, nan, nan};
  }
  using wide = doubled<double>;
  const bool up = m.drift >= 0.0;
  const double speed = up ? m.drift : -m.drift, at = start < low ? low : start > high ? high : start;
  const wide to_high = wide(high) - wide(at), to_low = wide(at) - wide(low);
  const wide ahead = up ? to_high : to_low, behind = up ? to_low : to_high;
  const wide rate = wide(2.0 * speed) / (wide(m.volatility) * wide(m.volatility));
  const double f = ahead.high, b = behind.high, l = high - low, s = rate.high, variance = m.volatility * m.volatility;

  double reach = 0.0, miss = 0.0, time_ahead = 0.0, time_behind = 0.0;  // P(ahead), P(behind)
  const auto [left_f, gone_f] = detail::decay_over(rate * ahead);
  const auto [left_b, gone_b] = detail::decay_over(rate * behind);
  const double gone = gone_f + left_f * gone_b;  // over both
  if (s * l < 3.0) {
    const bool level = s * l < 1e-100;  // the drift shows in no digit, and products with it may underflow
    reach = level ? b / l : gone_b / gone;
    miss = level ? f / l : left_b * gone_f / gone;
    const double half = 0.5 * s, y = half * l, x = half * b, z = half * f;
    time_ahead = f / variance * (l + b) * detail::hyperbolic_slope(x * x, y * y);
    time_behind = b / variance * (l + f) * detail::hyperbolic_slope(z * z, y * y);
  } else {
    reach = gone_b / gone;
    miss = left_b * gone_f / gone;
    const double coth = (1.0 + left_f * left_b) / gone;
    const double over_b = b > 0.0 ? b / gone_b : 1.0 / s, over_f = f > 0.0 ? f / gone_f : 1.0 / s;
    time_ahead = (f * coth - 2.0 * over_b * left_b * gone_f / gone) / speed;
    time_behind = (b * coth - 2.0 * over_f * left_f * gone_b / gone) / speed;
  }
  const double mean = reach * time_ahead + miss * time_behind;
  return up ? band_exit{miss, reach, mean, time_behind, time_ahead}
            : band_exit{reach, miss, mean, time_ahead, time_behind};
}

/// Today's value of one unit paid when ln HF leaves a band, by the edge it leaves through.
struct discounted_exit {
  double below = 0.0;
  double above = 0.0;
};

/// @brief What a cost at the exit is worth now, discounted continuously: E[e^{−ατ}; edge].
///
/// Formula   with d = √(ν² + 2ασ²): below e^{−(d+ν)u/σ²}·(1 − e^{−2dw/σ²})/(1 − e^{−2dl/σ²}), u and w the distances to
///           the lower and the upper edge; above with u and w exchanged and −ν. At α = 0 the probabilities
/// @param rate  α ≥ 0 per year, continuous
/// @return   within 4 eps·(1 + exponent); NaN as `exit_of`, and for a rate that is negative, NaN or beyond 1e75
/// @source   Borodin and Salminen 2002, "Handbook of Brownian motion", part II 2.3.0.5
inline discounted_exit discounted_exit_of(const motion& m, double low, double high, double start,
                                          double rate) noexcept {
  if (!detail::measurable(m, low, high) || start != start || !(rate >= 0.0 && rate <= 1e75)) {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    return {nan, nan};
  }
  const double at = start < low ? low : start > high ? high : start, u = at - low, w = high - at, l = high - low;
  const double cost = 2.0 * rate * m.volatility * m.volatility, d = std::sqrt(m.drift * m.drift + cost);
  // d + ν and d − ν: the one that would cancel from the other, their product being 2ασ².
  const double larger_sum = d + magnitude(m.drift), other = larger_sum > 0.0 ? cost / larger_sum : 0.0;
  const double to_low = m.drift >= 0.0 ? larger_sum : other, to_high = m.drift >= 0.0 ? other : larger_sum;
  const double s = 2.0 * d / m.volatility / m.volatility;
  const bool level = s * l < 1e-100;
  const double by_low = level ? w / l : std::expm1(-s * w) / std::expm1(-s * l);
  const double by_high = level ? u / l : std::expm1(-s * u) / std::expm1(-s * l);
  return {std::exp(-to_low / m.volatility * (u / m.volatility)) * by_low,
          std::exp(-to_high / m.volatility * (w / m.volatility)) * by_high};
}

}  // namespace trimtab::forecast
