// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/root.hpp>
#include <trimtab/forecast/kou_first_passage.hpp>

namespace trimtab::forecast {

/// Jumps of ln HF with normal sizes.
/// @source   Merton 1976, "Option pricing when underlying stock returns are discontinuous"
struct normal_jumps {
  double rate = 0.0;       ///< jumps a year
  double mean = 0.0;       ///< of a jump of ln HF
  double deviation = 0.1;  ///< its standard deviation

  /// @errors not_finite, negative_amount (the rate), bad_configuration (a deviation not above 0)
  [[nodiscard]] constexpr errc validate() const noexcept {
    for (const double x : {rate, mean, deviation})
      if (!is_finite(x)) return errc::not_finite;
    if (rate < 0.0) return errc::negative_amount;
    return deviation > 0.0 ? errc::ok : errc::bad_configuration;
  }
};

/// Exponential jumps in place of others, and what of them could not be kept.
struct matched_jumps {
  exponential_jumps jumps{};
  double mismatch = 0.0;  ///< of E e^Y, which the mean and the mean square leave no room for; 0 where all three agree
};

/// @brief The exponential jumps with the rate, E Y, E Y² and, where it can be had, E e^Y of normal ones: an
/// approximation.
///
/// Formula   with v² = ½E Y² − (E Y)² and r² = q/p: 1/η₁ = E Y + v·r, 1/η₂ = v/r − E Y give the first two for every r;
///           r is the root of p·η₁/(η₁ − 1) + q·η₂/(η₂ + 1) = E e^Y
/// The tails differ: an exponential jump is more often very small or very large than a normal one.
/// @errors   those of the jumps; infeasible: |mean| > deviation, exponential jumps spread at least as far as their
/// mean,
///           or jumps so wide that no upward decay above 1 is left
/// @source   derived here; moments of Kou 2002, equation (1)
inline result<matched_jumps> match_exponential(const normal_jumps& normal) noexcept {
  if (const errc bad = normal.validate(); bad != errc::ok) return bad;
  const double mean = normal.mean, deviation = normal.deviation;
  const double v = std::sqrt(0.5 * (deviation - mean) * (deviation + mean));
  if (!(v > 0.0)) return errc::infeasible;
  const auto at = [&](double r) {
    return exponential_jumps{.rate = normal.rate,
                             .up_share = 1.0 / (1.0 + r * r),
                             .up_decay = 1.0 / (mean + v * r),
                             .down_decay = 1.0 / (v / r - mean)};
  };
  // E e^Y − 1 of both, without the 1.
  const double wanted = std::expm1(mean + 0.5 * deviation * deviation);
  const auto excess = [&](double r) {
    const exponential_jumps j = at(r);
    return j.up_share / (j.up_decay - 1.0) - (1.0 - j.up_share) / (j.down_decay + 1.0) - wanted;
  };
  // Decays above 0, the upward one above 1. A margin keeps sizes and shares from vanishing.
  constexpr double margin = 1e-3;
  const double low = larger(-mean / v, 0.0) + margin;
  double high = (1.0 - mean) / v;
  if (mean > 0.0) high = smaller(high, v / mean);
  high /= 1.0 + margin;
  if (!(low < high)) return errc::infeasible;
  if (excess(low) > 0.0) return matched_jumps{at(low), excess(low)};
  if (excess(high) < 0.0) return matched_jumps{at(high), excess(high)};
  const auto r = find_root(excess, low, high, 1e-14);
  if (!r) return r.error();
  return matched_jumps{at(r->at), r->residual};
}

/// A probability with normal jumps, by exponential ones.
struct approximate_jump_first_passage {
  jump_first_passage passage{};  ///< its `error` is that of the inversion and does not know of the approximation
  matched_jumps match{};         ///< the jumps it is the exact answer for
};

/// @brief Probability that ln HF has reached 0 before the horizon with normal (Merton) jumps: an approximation, by
/// matched exponential jumps. There is no closed form.
///
/// Against unbiased Monte Carlo, jumps of 3 % to 20 % of deviation and 2 to 100 a year: within 0.025 of the probability
/// and within 30 % of it (the table in the test): too low where a jump or two of the usual size decide, too high far in
/// the tail.
/// @errors   those of `match_exponential` and of `kou_first_passage`
inline result<approximate_jump_first_passage> merton_first_passage(const motion& m, const normal_jumps& normal,
                                                                   double log_health, double years) noexcept {
  const auto match = match_exponential(normal);
  if (!match) return match.error();
  const auto passage = kou_first_passage(m, match->jumps, log_health, years);
  if (!passage) return passage.error();
  return approximate_jump_first_passage{*passage, *match};
}

}  // namespace trimtab::forecast
