// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/result.hpp>
#include <trimtab/forecast/first_passage_sensitivity.hpp>

#include <cmath>

namespace trimtab::forecast {

/// @brief The ln HF from which liquidation within `years` has the wanted probability: the inverse of
/// `liquidation_probability`.
///
/// Newton's method on ln p, which is concave and falls in ln HF, so that from the second step on it comes from one
/// side; kept inside a bracket all the same. The root is certified: ln p there is the wanted one within its own
/// rounding.
/// @param probability  in (0, 1)
/// @return   x within 16 eps·(1 + 1/|∂ln p/∂ln x|) of the exact inverse
/// @errors   not_finite; bad_configuration (the motion, a probability outside (0, 1), years not above 0);
///           no_convergence (no certificate, as where x would be no double)
/// @source   derived here; concavity of ln p: ∂ln p/∂x is minus a hazard rate of an inverse Gaussian in x
inline result<double> required_log_health(const motion& m, double probability, double years) noexcept {
  if (const errc bad = m.validate(); bad != errc::ok) return bad;
  if (!is_finite(probability) || !is_finite(years)) return errc::not_finite;
  if (!(probability > 0.0 && probability < 1.0) || !(years > 0.0)) return errc::bad_configuration;
  // From where ln p is taken the side that keeps digits: of hit below a half, of survival above.
  const double spread = m.volatility * std::sqrt(years), moved = m.drift * years;
  if (!(spread > 1e-290) || !is_finite(spread) || !is_finite(moved)) return errc::no_convergence;
  const bool rare = probability <= 0.5;
  const double wanted = rare ? std::log(probability) : std::log1p(-probability);
  double low = 0.0, high = infinity;
  double x = -spread * normal_quantile(0.5 * probability) - smaller(moved, 0.0);
  for (int n = 0; n < 100; ++n) {
    const first_passage at = first_passage_of(m, x, years);
    const double off = rare ? at.log_hit - wanted : wanted - at.log_survive;  // above 0: x is too small
    (off > 0.0 ? low : high) = x;
    const double slope = detail::log_slope(m, x, years, at, rare);
    // What ln p is rounded to, and what one unit of x does to it.
    const double tolerance = 8.0 * 0x1p-52 * (1.0 + magnitude(wanted)) + 2.0 * 0x1p-52 * magnitude(slope) * x;
    double next = x + off / -(rare ? slope : -slope);
    if (magnitude(off) <= tolerance) return next > 0.0 && is_finite(next) ? next : x;
    if (!(next > low && next < high)) next = high < infinity ? 0.5 * (low + high) : 2.0 * x;
    if (next == x) break;
    x = next;
  }
  return errc::no_convergence;
}

/// The health factor itself. @errors those of `required_log_health`; overflow (no double)
inline result<double> required_health(const motion& m, double probability, double years) noexcept {
  const auto x = required_log_health(m, probability, years);
  if (!x) return x.error();
  const double health = std::exp(*x);
  return is_finite(health) ? result<double>(health) : result<double>(errc::overflow);
}

}  // namespace trimtab::forecast
