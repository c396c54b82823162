// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/erfcx_difference.hpp>
#include <trimtab/core/normal.hpp>
#include <trimtab/forecast/motion.hpp>

namespace trimtab::forecast {

/// Whether ln HF reaches 0 before a horizon, and both logarithms, which outlast the probabilities.
struct first_passage {
  double hit = 0.0;          ///< probability of liquidation
  double survive = 1.0;      ///< 1 − hit, with digits of its own
  double log_hit = 0.0;      ///< ln hit, finite far below the smallest double
  double log_survive = 0.0;  ///< ln survive, likewise
};

namespace detail {

using trimtab::detail::erfcx_of_positive;
using trimtab::detail::gaussian;
using trimtab::detail::inverse_sqrt_two_pi;
using trimtab::detail::sqrt_half;

/// Health and drift in standard deviations of ln HF at the horizon.
struct in_deviations {
  double with;     ///< a = (x + νT)/(σ√T): where the drift leads, below 0 if past the barrier
  double against;  ///< b = (x − νT)/(σ√T): the same for the opposite drift
  double both;     ///< a + b = 2x/(σ√T), never as that sum
  double apart;    ///< a − b = 2νT/(σ√T), likewise
};

/// The same where x, νT or σ√T is no ordinary double: powers of two are taken out of x and T first.
inline in_deviations in_deviations_of_extremes(const motion& m, double log_health, double years) noexcept {
  if (years == 0.0 || log_health == infinity) return {infinity, infinity, infinity, 0.0};
  const int half = std::ilogb(years) / 2, of_drift = m.drift == 0.0 ? -5000 : std::ilogb(m.drift) + 2 * half;
  const int of_x = std::ilogb(log_health), most = of_x < of_drift ? of_drift : of_x;
  const double x = std::scalbn(log_health, -most), time = std::scalbn(years, -2 * half);
  const double moved = std::scalbn(m.drift, 2 * half - most) * time;
  const double spread = std::scalbn(m.volatility, half - most) * std::sqrt(time);
  const double least = larger(spread, std::numeric_limits<double>::denorm_min());
  return {(x + moved) / least, (x - moved) / least, 2.0 * x / least, 2.0 * moved / least};
}

inline in_deviations in_deviations_of(const motion& m, double log_health, double years) noexcept {
  const double spread = m.volatility * std::sqrt(years), moved = m.drift * years;
  if (!(spread > 1e-290 && spread < 1e290 && log_health + magnitude(moved) < 1e290)) [[unlikely]]
    return in_deviations_of_extremes(m, log_health, years);
  return {(log_health + moved) / spread, (log_health - moved) / spread, 2.0 * log_health / spread,
          2.0 * moved / spread};
}

/// 2νx/σ², the exponent of the reflection; neither factor can overflow while the other vanishes.
inline double reflection_exponent(const motion& m, double log_health) noexcept {
  return 2.0 * (m.drift / m.volatility) * (log_health / m.volatility);
}

inline bool is_asked_well(const motion& m, double log_health, double years) noexcept {
  return is_finite(m.drift) && m.volatility > 0.0 && m.volatility < infinity && years >= 0.0 &&
         log_health == log_health;
}

/// D(y/√2, both/√2): ½·e^{−y²/2} of it is the survival of a motion whose drift leads y > 0 deviations past the barrier.
inline double fall_beyond(double y, double both) noexcept {
  return erfcx_difference(y * sqrt_half, both * sqrt_half);
}

/// erfcx(a/√2) + erfcx(b/√2): ½·e^{−a²/2} of it is the probability where neither a nor b is below 0.
inline double sum_of_erfcx(const in_deviations& at) noexcept {
  return erfcx_of_positive(at.with * sqrt_half) + erfcx_of_positive(at.against * sqrt_half);
}

/// Survival for 0 ≤ a, b and a + b small, where 1 − p cancels: three terms of which at most the first is negative, and
/// then the smallest.
inline double survival_near_barrier(const in_deviations& at, double exponent) noexcept {
  return 0.5 * (std::erf(at.with * sqrt_half) + std::exp(-exponent) * std::erf(at.against * sqrt_half) -
                std::expm1(-exponent));
}

}  // namespace detail

/// @brief Probability that the account is ever liquidated: that ln HF ever reaches 0.
///
/// Formula   min(1, e^{−2νx/σ²})
/// @param log_health  x = ln HF. Near HF = 1 take log1p(HF − 1) of a compensated headroom
/// @return   1 for x ≤ 0; NaN for a motion or an x that is none
/// @source   Borodin and Salminen 2002, "Handbook of Brownian Motion", formula 2.1.2.4 (T → ∞)
inline double liquidation_probability_ever(const motion& m, double log_health) noexcept {
  if (!detail::is_asked_well(m, log_health, 0.0)) return std::numeric_limits<double>::quiet_NaN();
  if (log_health <= 0.0 || m.drift <= 0.0) return 1.0;
  return std::exp(-detail::reflection_exponent(m, log_health));
}

/// @brief Probability that ln HF reaches 0 before the horizon: that the account is liquidated if watched all the time.
///
/// Formula   Φ(−a) + e^{−2νx/σ²}Φ(−b), with a, b = (x ± νT)/(σ√T)
/// By a²−b² = 4xν/σ² this is ½e^{−a²/2}[erfcx(a/√2) + erfcx(b/√2)], which neither overflows nor cancels where a and b
/// are not below 0. Below, one erfcx is reflected, and the two come as a difference. Within 2 eps·(1 + condition).
/// @param log_health  x = ln HF. Near HF = 1 take log1p(HF − 1) of a compensated headroom
/// @param years       T ≥ 0, +∞ allowed
/// @return   1 for x ≤ 0, 0 for x > 0 = T; NaN for a motion that is none (volatility not above 0), T < 0, or NaN
/// @source   Borodin and Salminen 2002, "Handbook of Brownian Motion", formula 2.1.2.4; the form with erfcx derived
/// here
inline double liquidation_probability(const motion& m, double log_health, double years) noexcept {
  if (!detail::is_asked_well(m, log_health, years)) return std::numeric_limits<double>::quiet_NaN();
  if (log_health <= 0.0) return 1.0;
  if (log_health == infinity) return 0.0;  // no debt
  if (years == infinity) return liquidation_probability_ever(m, log_health);
  const detail::in_deviations at = detail::in_deviations_of(m, log_health, years);
  if (at.with < 0.0) return 1.0 - 0.5 * detail::gaussian(at.with) * detail::fall_beyond(-at.with, at.both);
  if (at.against >= 0.0) return 0.5 * detail::gaussian(at.with) * detail::sum_of_erfcx(at);
  // p(ν) = e^{−2νx/σ²}·p(−ν): here e^{−a²/2} may have vanished while p has not.
  const double opposite = 1.0 - 0.5 * detail::gaussian(at.against) * detail::fall_beyond(-at.against, at.both);
  return std::exp(-detail::reflection_exponent(m, log_health)) * opposite;
}

/// @brief The same with its complement and both logarithms. `hit` has the bits of `liquidation_probability`.
///
/// hit + survive = 1 within 2 eps; `survive` keeps its digits when it is small. A logarithm is −∞ only where it is
/// below the range of doubles, or for certain: at x ≤ 0, T = 0, or where x/(σ√T) is no double.
/// @param log_health  x = ln HF. Near HF = 1 take log1p(HF − 1) of a compensated headroom
/// @param years       T ≥ 0, +∞ allowed
/// @return   NaN in all fields where `liquidation_probability` is NaN
/// @source   derived here: survival is ½e^{−a²/2}·D(−a/√2, √2x/(σ√T)), D the fall of erfcx
inline first_passage first_passage_of(const motion& m, double log_health, double years) noexcept {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  if (!detail::is_asked_well(m, log_health, years)) return {nan, nan, nan, nan};
  if (log_health <= 0.0) return {1.0, 0.0, 0.0, -infinity};
  if (log_health == infinity) return {0.0, 1.0, -infinity, 0.0};
  const double exponent = detail::reflection_exponent(m, log_health);
  if (years == infinity) {
    if (m.drift <= 0.0) return {1.0, 0.0, 0.0, -infinity};
    const double survive = -std::expm1(-exponent);
    return {std::exp(-exponent), survive, -exponent, std::log(survive)};
  }
  const detail::in_deviations at = detail::in_deviations_of(m, log_health, years);
  if (at.with < 0.0) {
    const double half = 0.5 * detail::fall_beyond(-at.with, at.both), survive = detail::gaussian(at.with) * half;
    return {1.0 - survive, survive, std::log1p(-survive), std::log(half) - 0.5 * at.with * at.with};
  }
  if (at.against >= 0.0) {
    const double sum = detail::sum_of_erfcx(at), hit = 0.5 * detail::gaussian(at.with) * sum;
    if (hit <= 0.5) return {hit, 1.0 - hit, std::log(0.5 * sum) - 0.5 * at.with * at.with, std::log1p(-hit)};
    const double survive = at.both < 0.7 ? detail::survival_near_barrier(at, exponent) : 1.0 - hit;
    return {hit, survive, std::log1p(-survive), std::log(survive)};
  }
  const double opposite = 0.5 * detail::gaussian(at.against) * detail::fall_beyond(-at.against, at.both);
  const double scale = std::exp(-exponent), hit = scale * (1.0 - opposite);
  const double log_hit = std::log1p(-opposite) - exponent;
  if (hit <= 0.5) return {hit, 1.0 - hit, log_hit, std::log1p(-hit)};
  const double survive = scale * opposite - std::expm1(-exponent);
  return {hit, survive, std::log1p(-survive), std::log(survive)};
}

/// @brief Density of the time of liquidation, per year.
///
/// Formula   x/(σ√(2πT³))·e^{−a²/2}
/// @return   0 for x ≤ 0, for T = 0 and T = ∞; NaN as `liquidation_probability`
/// @source   Borodin and Salminen 2002, formula 2.2.0.2
inline double hitting_density(const motion& m, double log_health, double years) noexcept {
  if (!detail::is_asked_well(m, log_health, years)) return std::numeric_limits<double>::quiet_NaN();
  if (log_health <= 0.0 || years == 0.0 || years == infinity) return 0.0;
  const detail::in_deviations at = detail::in_deviations_of(m, log_health, years);
  const double bell = normal_density(at.with);
  return bell > 0.0 ? bell * (0.5 * at.both) / years : 0.0;
}

/// @brief Expected time to liquidation, years, if nobody ever trades.
///
/// Formula   x/|ν| for ν < 0, whatever the volatility
/// @return   +∞ where ν ≥ 0, 0 for x ≤ 0; NaN as `liquidation_probability`
/// @source   Borodin and Salminen 2002, formula 2.2.0.1, differentiated
inline double mean_time_to_liquidation(const motion& m, double log_health) noexcept {
  if (!detail::is_asked_well(m, log_health, 0.0)) return std::numeric_limits<double>::quiet_NaN();
  if (log_health <= 0.0) return 0.0;
  return m.drift < 0.0 ? log_health / -m.drift : infinity;
}

/// @brief Variance of that time, years². @return +∞ where ν ≥ 0, else as the mean
///
/// Formula   xσ²/|ν|³
/// @source   Borodin and Salminen 2002, formula 2.2.0.1, differentiated twice
inline double variance_of_time_to_liquidation(const motion& m, double log_health) noexcept {
  const double mean = mean_time_to_liquidation(m, log_health), ratio = m.volatility / m.drift;
  return mean > 0.0 && mean < infinity ? mean * (ratio * ratio) : mean;
}

/// @brief Expected time not yet liquidated, out of the years ahead: E[min(τ, T)].
///
/// Formula   T·P(τ > T) + E[τ; τ ≤ T], the latter (x/ν)[e^{−2νx/σ²}Φ(−b) − Φ(−a)] as a difference of erfcx, which has a
///           limit at ν = 0
/// @return   0 for x ≤ 0 or T = 0; the mean for T = ∞; NaN as `liquidation_probability`
/// @source   derived here: integral of t times the density
inline double expected_time_alive(const motion& m, double log_health, double years) noexcept {
  if (!detail::is_asked_well(m, log_health, years)) return std::numeric_limits<double>::quiet_NaN();
  if (log_health <= 0.0 || years == 0.0) return 0.0;
  if (years == infinity) return mean_time_to_liquidation(m, log_health);
  const first_passage end = first_passage_of(m, log_health, years);
  if (!(end.hit > 0.0)) return years;
  // Like survival with the roles of x and |ν|T exchanged; a drift upwards is its mirror image times e^{−2νx/σ²}.
  const detail::in_deviations at = detail::in_deviations_of(m, log_health, years);
  const double exponent = detail::reflection_exponent(m, log_health), drift = magnitude(m.drift);
  const double apart = larger(magnitude(at.apart), 1e-150);
  const double low = smaller(at.with, at.against), high = larger(at.with, at.against);
  double hit = 0.0;
  if (low >= 0.0) {
    hit = 0.5 * detail::gaussian(at.with) * detail::fall_beyond(low, apart);
  } else {
    const detail::in_deviations mirrored{-low, high, apart, 0.0};
    hit = apart < 0.7 ? detail::survival_near_barrier(mirrored, -magnitude(exponent))
                      : 1.0 - 0.5 * detail::gaussian(low) * detail::sum_of_erfcx(mirrored);
    if (m.drift > 0.0) hit *= std::exp(-exponent);
  }
  return years * end.survive + (apart > 1.0 ? log_health / drift * hit : years * (at.both / apart * hit));
}

}  // namespace trimtab::forecast
