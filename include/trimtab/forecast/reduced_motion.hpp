// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/result.hpp>
#include <trimtab/forecast/first_passage.hpp>
#include <trimtab/forecast/motion.hpp>
#include <trimtab/sensitivity/coordinates.hpp>
#include <trimtab/sensitivity/horizon_health.hpp>
#include <trimtab/sensitivity/log_health_greeks.hpp>

#include <array>

namespace trimtab::forecast {

/// One price, and the interest on what is held or owed of it.
struct asset_motion {
  double growth = 0.0;      ///< μ, E[p_T] = p·e^{μT}, per year
  double volatility = 0.0;  ///< σ, per √year
  double interest = 0.0;    ///< yield of the collateral or rate of the debt, per year, continuous
};

/// @brief ln HF of one collateral asset against one debt asset: exactly a motion.
///
/// Formula   σ² = (σ₁ − σ₂)² + 2(1 − ρ)σ₁σ₂, which does not cancel for a pair that moves together
///           ν = (μ₁ + y₁ − ½σ₁²) − (μ₂ + r₂ − ½σ₂²)
/// @param correlation  ρ of the log prices
/// @return   volatility 0 where the prices move as one: what is left is drift, and no `motion` that validates; NaN
/// where
///           an input is or ρ is outside [−1, 1]
/// @source   math: Itô's formula for ln(p₁/p₂)
inline motion ratio_motion(const asset_motion& collateral, const asset_motion& debt, double correlation) noexcept {
  const double apart = collateral.volatility - debt.volatility;
  const double loose =
      correlation >= -1.0 && correlation <= 1.0 ? 1.0 - correlation : std::numeric_limits<double>::quiet_NaN();
  const double variance = apart * apart + 2.0 * loose * collateral.volatility * debt.volatility;
  return {.drift = (collateral.growth - debt.growth) + (collateral.interest - debt.interest) -
                   0.5 * apart * (collateral.volatility + debt.volatility),
          .volatility = std::sqrt(variance)};
}

/// Several prices as one motion of ln HF, an approximation, and how far it may be trusted.
struct reduced_motion {
  motion health{};           ///< drift with the curvature
  double log_health = 0.0;   ///< x
  double curvature = 0.0;    ///< ½tr(ΛΣ), the part of the drift that comes from ln HF being bent, per year
  double probability = 0.0;  ///< of liquidation until the horizon, by this motion
  double error = 0.0;        ///< estimated, absolute, of that probability
};

namespace detail {

inline constexpr std::size_t reduced_slots = 16;

struct local_motion {
  double log_health = 0.0, drift = 0.0, curvature = 0.0, variance = 0.0;
  std::array<double, reduced_slots> gradient{};  ///< ℓ
  std::array<double, reduced_slots> across{};    ///< Σℓ: how each price moves with ln HF, times σ²
};

inline local_motion local_motion_at(const form_view<double>& f, oracle_prices<double> prices,
                                    const sensitivity::lognormal_moves& moves, double interest) noexcept {
  const auto g = sensitivity::in_log_prices(sensitivity::log_health_greeks<reduced_slots>(f, prices), prices);
  local_motion out{.log_health = g.value, .drift = interest, .gradient = g.delta};
  double upper = 0.0, lower = 0.0, own = 0.0;
  for (std::size_t i = 0; i < g.size; ++i) {
    double of_upper = 0.0, of_lower = 0.0;
    for (std::size_t j = 0; j < g.size; ++j) {
      const double covariance = moves.covariance[i * g.size + j];
      out.across[i] += covariance * g.delta[j];
      of_upper += covariance * g.upper[j];
      of_lower += covariance * g.lower[j];
    }
    upper += g.upper[i] * of_upper;
    lower += g.lower[i] * of_lower;
    own += g.delta[i] * moves.covariance[i * g.size + i];
    out.variance += g.delta[i] * out.across[i];
    out.drift += g.delta[i] * (moves.drift[i] - 0.5 * moves.covariance[i * g.size + i]);
  }
  out.curvature = 0.5 * (lower - upper + own);
  out.drift += out.curvature;
  return out;
}

}  // namespace detail

/// @brief ln HF of any account under correlated lognormal prices as one motion, its gradient held where it is now.
///
/// Formula   σ² = ℓᵀΣℓ,  ν = interest + Σ ℓᵢ(driftᵢ − ½Σᵢᵢ) + ½tr(ΛΣ); ℓ, Λ: gradient and Hessian of ln HF in log
/// prices Exact for one collateral asset against one debt asset, else an approximation. The error is estimated from the
/// most likely way to liquidation, prices moved along Σℓ until health is 1 (by four deviations of the horizon at most):
/// the probability with the motion found there in place of today's, with the exact distance in deviations along that
/// way in place of ln HF/σ, and without the curvature; the changes, in size, are added up. In Monte Carlo on accounts
/// of 2 to 4 assets, volatility 0.3 to 1.2, health 1.05 to 1.6, horizons of a week to half a year, it covered what was
/// seen, which was up to 0.12, and often was several times as much.
/// @param moves     of every price slot, covariance row-major; `years` is the horizon of probability and error
/// @param interest  growth of ln HF by yields and rates at fixed prices, per year
/// @errors   size_mismatch, not_finite (also without debt or collateral), non_positive_price; capacity above 16 slots;
///           bad_configuration: a horizon below 0, a covariance that is none, or prices that cannot move ln HF
/// @source   derived here: Itô's formula for ln HF, coefficients frozen
inline result<reduced_motion> reduce(const form_view<double>& f, oracle_prices<double> prices,
                                     const sensitivity::lognormal_moves& moves, double interest = 0.0) noexcept {
  const std::size_t n = prices.size();
  if (n > detail::reduced_slots) return errc::capacity;
  if (moves.drift.size() != n || moves.covariance.size() != n * n) return errc::size_mismatch;
  if (const errc bad = validate(f, prices); bad != errc::ok) return bad;
  for (const double x : moves.drift)
    if (!is_finite(x)) return errc::not_finite;
  for (const double x : moves.covariance)
    if (!is_finite(x)) return errc::not_finite;
  if (!is_finite(moves.years) || !is_finite(interest)) return errc::not_finite;
  if (moves.years < 0.0) return errc::bad_configuration;

  const detail::local_motion here = detail::local_motion_at(f, prices, moves, interest);
  if (!is_finite(here.log_health) || !is_finite(here.variance) || !is_finite(here.drift)) return errc::not_finite;
  if (!(here.variance > 0.0)) return errc::bad_configuration;
  const double deviation = std::sqrt(here.variance), x = here.log_health;
  reduced_motion out{.health = {here.drift, deviation}, .log_health = x, .curvature = here.curvature};
  out.probability = liquidation_probability(out.health, x, moves.years);
  if (!(x > 0.0) || moves.years == 0.0) return out;

  // Prices after s deviations down, p·e^{−sΣℓ/σ}; s by Newton's method on the exact ln HF.
  const double most = 4.0 * std::sqrt(moves.years);
  std::array<double, detail::reduced_slots> moved{};
  detail::local_motion there = here;
  double s = 0.0;
  for (int step = 0; step < 8; ++step) {
    double slope = 0.0;  // of ln HF against s, downwards
    for (std::size_t i = 0; i < n; ++i) slope += there.gradient[i] * here.across[i] / deviation;
    const double change = slope > 0.0 ? there.log_health / slope : most;
    s = smaller(larger(s + change, 0.0), most);
    for (std::size_t i = 0; i < n; ++i)
      moved[i] = prices[{static_cast<std::uint16_t>(i)}].value * std::exp(-s * here.across[i] / deviation);
    there =
        detail::local_motion_at(f, oracle_prices<double>(std::span<const double>(moved.data(), n)), moves, interest);
    if (magnitude(change) <= 1e-9 * s || s == most) break;
  }
  const auto differs = [&](const motion& m, double distance) {
    return magnitude(liquidation_probability(m, distance, moves.years) - out.probability);
  };
  // Where the way was cut short, what is left of ln HF is gone at the slope of today.
  const double distance = s * deviation + larger(there.log_health, 0.0);
  out.error = differs({there.drift, std::sqrt(larger(there.variance, 0.0))}, x) + differs(out.health, distance) +
              differs({here.drift - here.curvature, deviation}, x);
  return is_finite(out.error) ? result<reduced_motion>(out) : errc::not_finite;
}

}  // namespace trimtab::forecast
