// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/normal.hpp>
#include <trimtab/core/result.hpp>
#include <trimtab/core/root.hpp>
#include <trimtab/forecast/band_economics.hpp>
#include <trimtab/forecast/first_passage.hpp>

#include <cmath>

namespace trimtab::forecast {

/// What an account under a policy may risk.
struct opening_wishes {
  double risk = 0.01;  ///< ε: probability of one liquidation or more
  double years = 1.0;  ///< over so long
  double max_slippage =
      0.02;  ///< of the trade that restores the target, average price against the fair one, fee included
};

/// The answer: where to open, and how much may be owed.
struct opening {
  double health = 0.0;           ///< least opening health, never below the band's lower edge
  double risk = 0.0;             ///< from there, at most ε
  double risk_per_breach = 0.0;  ///< of a liquidation between the breach of the lower edge and the fill
  double breaches = 0.0;         ///< of the lower edge, expected over the horizon
  double debt_ceiling = 0.0;     ///< currency; +inf for a venue without impact
  double sale_per_debt = 0.0;    ///< what is sold to restore the target, of the debt, at the ceiling
};

namespace detail {

/// Sums over the breaches of the lower edge: the n-th comes when ln HF without the policy would have fallen by
/// first + n·step, for falls of a Brownian motion follow one another independently.
struct breaches_by {
  double liquidated = 0.0;  ///< P(a breach ends in liquidation)
  double expected = 0.0;    ///< E[number of breaches], of a policy that always arrives in time
};
inline breaches_by sum_over_breaches(const motion& m, double first, double step, double each, double years) noexcept {
  breaches_by out;
  double alive = 1.0;
  for (int n = 0; n < 1 << 16; ++n) {
    const double reached = liquidation_probability(m, first + n * step, years);
    out.expected += reached;
    if (n == (1 << 16) - 1) out.expected = infinity;  // more than can be counted
    if (n == (1 << 16) - 1 || reached <= 0x1p-53 * out.expected || !(reached > 0.0)) {
      out.liquidated += alive * reached;  // all that may follow: an upper bound
      break;
    }
    out.liquidated += alive * each * reached;
    alive *= 1.0 - each;
  }
  return out;
}

/// ∫₀ᵀ min(e^{−η·low}, e^{−ηx + ψt}) dt, a bound on E∫ e^{−ηX} of a path that is never left below `low`.
inline double exposure(const motion& m, double x, double low, double decay, double years) noexcept {
  const double psi = 0.5 * m.volatility * m.volatility * decay * decay - m.drift * decay;
  const double least = std::exp(-decay * low), start = std::exp(-decay * x);
  if (!(start < least)) return least * years;
  if (x == infinity) return 0.0;
  const double until = psi > 0.0 ? smaller(years, decay * (x - low) / psi) : years;
  // Beyond a few e-folds one exponential of the sum: neither factor alone need be a double.
  const double growth = psi * until;
  const double before = psi == 0.0     ? start * until
                        : growth < 1.0 ? start * (std::expm1(growth) / psi)
                                       : (std::exp(growth - decay * x) - start) / psi;
  return before + (until < years ? least * (years - until) : 0.0);
}

}  // namespace detail

/// @brief Probability of one liquidation or more within `years` under a policy that jumps from the lower edge back to
/// the target, each time `latency` late.
///
/// Formula   Σₙ p(1 − p)ⁿ·P(hit x − a + n(z − a) before T), p = P(hit 0 from a within the latency)
/// Falls of a Brownian motion from a to a, z, a, z … follow one another independently, so that the n-th breach is one
/// first passage. Without jumps it is exact but for the time that fills take, which is left out: a bound from above. Of
/// jumps only those are counted that cross all of ln HF at once, wherever the continuous motion has brought it at
/// worst, to first order in their rate. Many small ones that bring breaches, or falls in flight, are not: a
/// volatility that holds their variance does not make up for them. Upward trades are not looked at.
/// @param log_health  x at the opening; below the lower edge the policy acts at once
/// @return   a probability; NaN where an argument is NaN or out of its range
/// @source   derived here, from the strong Markov property
inline double policy_risk(const band_economics& e, const health_band& band, double log_health, double years) noexcept {
  const double a = std::log(band.lower), step = std::log(band.target) - a;
  if (e.validate() != errc::ok || !(a > 0.0) || !(step > 0.0) || !(years >= 0.0) || log_health != log_health)
    return std::numeric_limits<double>::quiet_NaN();
  const double each = liquidation_probability(e.health, a, e.latency);
  double risk = 0.0;
  if (log_health < a) {
    const double now = liquidation_probability(e.health, log_health, e.latency);
    risk = now + (1.0 - now) * detail::sum_over_breaches(e.health, step, step, each, years).liquidated;
  } else {
    risk = detail::sum_over_breaches(e.health, log_health - a, step, each, years).liquidated;
  }
  const double down = e.jumps.rate * (1.0 - e.jumps.up_share);
  if (down > 0.0)
    risk -= std::expm1(-down * detail::exposure(e.health, log_health, a, e.jumps.down_decay, years)) * (1.0 - risk);
  return smaller(risk, 1.0);
}

/// @brief The inverse question: given policy, depth and latency, with what health may an account be opened, and how
/// much may it owe?
///
/// Health    the least from which `policy_risk` is at most ε
/// Debt      D = (s − κ)/(ι·u), u = (h − h_fill)/(h(1 − s) − w): the sale u·D that lifts health from h_fill to the
///           target h loses at most s per unit. h_fill is the lower edge moved by the latency's drift and its
///           ε-quantile
/// @return   certified: the risk at `health`, as `policy_risk` has it, which leaves small jumps out
/// @errors   those of the economics and the band; bad_configuration (a risk outside (0, 1), no horizon, a slippage
///           outside [0, 1)); infeasible (the fee alone exceeds the slippage; at such a slippage selling no longer
///           helps, or all collateral would not repay the debt; the risk is never small enough); overflow (that health
///           is no double)
/// @source   derived here
inline result<opening> opening_of(const band_economics& e, const health_band& band,
                                  const opening_wishes& wishes) noexcept {
  if (const errc why = e.validate(); why != errc::ok) return why;
  if (const errc why = band.validate(); why != errc::ok) return why;
  if (!is_finite(wishes.risk) || !is_finite(wishes.years) || !is_finite(wishes.max_slippage)) return errc::not_finite;
  const double s = wishes.max_slippage;
  if (!(wishes.risk > 0.0 && wishes.risk < 1.0) || !(wishes.years > 0.0) || !(s >= 0.0 && s < 1.0))
    return errc::bad_configuration;

  opening out;
  const double a = std::log(band.lower), step = std::log(band.target) - a;
  const double spread = e.health.volatility * std::sqrt(e.latency);
  const double at_fill = std::exp(larger(0.0, a + e.health.drift * e.latency + spread * normal_quantile(wishes.risk)));
  const double gain = band.target * (1.0 - s) - e.threshold;
  if (!(gain > 0.0) || !(at_fill * (1.0 - s) > e.threshold) || s < e.cost) return errc::infeasible;
  out.sale_per_debt = (band.target - smaller(at_fill, band.target)) / gain;
  const double loss = e.impact * out.sale_per_debt;
  out.debt_ceiling = loss > 0.0 ? (s - e.cost) / loss : infinity;
  out.risk_per_breach = liquidation_probability(e.health, a, e.latency);

  const auto excess = [&](double x) { return policy_risk(e, band, x, wishes.years) - wishes.risk; };
  double x = a;
  if (excess(a) > 0.0) {
    double high = a + step;
    for (int k = 0; k < 64 && excess(high) > 0.0; ++k) high = a + 2.0 * (high - a);
    const auto found = find_root(excess, a, high, 1e-12);
    if (!found) return found.error();
    x = found->high;  // the safe end of the bracket
  }
  out.health = std::exp(x);
  if (!is_finite(out.health)) return errc::overflow;
  out.risk = policy_risk(e, band, x, wishes.years);
  if (!(out.risk <= wishes.risk)) return errc::no_convergence;
  out.breaches = detail::sum_over_breaches(e.health, x - a, step, out.risk_per_breach, wishes.years).expected;
  return out;
}

}  // namespace trimtab::forecast
