// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/oracle/third_source.hpp>

#include <cmath>

namespace trimtab::oracle {

/// @brief How far a price may honestly be from its time-weighted average.
///
/// Formula   exp(max(floor, z·σ·√W/√3)) − 1, with σ per √year and W the window; the variance of ln(spot/average) of a
///           random walk is σ²W/3 for the arithmetic and the geometric mean alike, to first order
/// @return  NaN for a NaN in, which no guard accepts as a limit
/// @source  derived here: ∫₀ᵂ (W − s) dB(s)/W has variance W/3
inline basis_points honest_distance(basis_points floor, double z, double volatility, seconds window) noexcept {
  const double years = static_cast<double>(window.count()) / static_cast<double>(year.count());
  return to_basis_points(std::expm1(larger(floor.fraction(), z * volatility * std::sqrt(years / 3.0))));
}

/// @brief Spot prices against a time-weighted average, which one trade cannot move.
///
/// | reference | protocol | verdict |
/// |---|---|---|
/// | near the average | near | ok |
/// | away | near | ours_bad: a spike of our spot source, as a flash loan makes it |
/// | near | away | protocol_bad |
/// | away | away | unknown: an average lags, so the market may have moved; no new risk until it has followed |
///
/// The average must be of another source than either; where the protocol itself reads it, it is no third.
/// Formula   near: price ≤ average·(1 + limit) and average ≤ price·(1 + limit)
struct twap_tolerance {
  basis_points limit{200.0};  ///< `honest_distance`, again whenever volatility is estimated anew
  third_source average{.max_age = seconds{60}};

  struct state_type {};

  [[nodiscard]] constexpr errc validate() const noexcept {
    if (!(limit.count > 0.0) || !is_finite(limit.count)) return errc::bad_configuration;
    return average.validate();
  }
  [[nodiscard]] constexpr guarded<state_type> step(state_type, const quote& q, timestamp now) const noexcept {
    if (const trust t = priceless(q); t != trust::ok) return {t, {}, doubt::no_price};
    const observation& third = q.average;
    if (average.passes_over(third.price, third.at)) return {};
    if (const doubt d = average.fault(third.price, third.at, now); d != doubt::none) return {trust::unknown, {}, d};
    return said<state_type>(judge_by_third(q, third.price, limit), doubt::average);
  }
};

}  // namespace trimtab::oracle
