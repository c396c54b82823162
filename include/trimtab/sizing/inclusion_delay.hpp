// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/result.hpp>
#include <trimtab/forecast/liquidation_loss.hpp>

#include <cmath>
#include <cstddef>
#include <span>

namespace trimtab::sizing {

/// @brief How long a transaction waits before it is in a block.
///
/// Either every block takes it with the same probability, P(T = k·block) = q·(1 − q)^(k − 1), or it is as long as it
/// has been: waits seen before, each as likely as the others.
struct inclusion_delay {
  double per_block = 1.0;                    ///< q
  double block_years = 12.0 / 31'536'000.0;  ///< between blocks; twelve seconds
  std::span<const double> waits_years{};     ///< in rising order; when there are any, they are what counts

  /// @errors not_finite, bad_configuration (a probability outside (0, 1], no block, waits that fall or are below 0)
  [[nodiscard]] constexpr errc validate() const noexcept {
    if (!is_finite(per_block) || !is_finite(block_years)) return errc::not_finite;
    double last = 0.0;
    for (const double wait : waits_years) {
      if (!is_finite(wait)) return errc::not_finite;
      if (wait < last) return errc::bad_configuration;
      last = wait;
    }
    if (!waits_years.empty()) return errc::ok;
    return per_block > 0.0 && per_block <= 1.0 && block_years > 0.0 ? errc::ok : errc::bad_configuration;
  }
  /// Formula   block/q, or the average of the waits
  [[nodiscard]] constexpr double mean_years() const noexcept {
    if (waits_years.empty()) return block_years / per_block;
    double sum = 0.0;
    for (const double wait : waits_years) sum += wait;
    return sum / static_cast<double>(waits_years.size());
  }
};

/// A probability with a bound of what was left out.
struct bounded_probability {
  double value = 0.0;
  double error = 0.0;  ///< |value − true| ≤ error, besides rounding
};

/// @brief Probability that the account is liquidated while the transaction waits: E p(min(T, horizon)), p the
/// probability of a liquidation by then.
///
/// Formula   Σ q(1 − q)^(k − 1)·p(k·block), block by block until what is left is below `tolerance` of the sum, p being
///           monotone: the rest lies between its weight times p there and times p at the horizon. Where q < 1/128,
///           blocks after the first 128 are taken together, a 64th of those before and 1/(128·q) at most; within a
///           group p is taken for linear, and the bound is that of its two ends. Of waits seen before, a plain average.
/// @param health    motion of ln HF; @param log_health  now
/// @param horizon_years  a longer wait counts as this one
/// @return   NaN where the motion or the delay is unsound
/// @cost     a liquidation probability a block or group, at most a few thousand
/// @source   derived here; p is `forecast::liquidation_probability`
inline bounded_probability liquidated_while_waiting(const forecast::motion& health, double log_health,
                                                    const inclusion_delay& delay, double horizon_years,
                                                    double tolerance = 1e-9) noexcept {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  if (health.validate() != errc::ok || delay.validate() != errc::ok || !(horizon_years >= 0.0)) return {nan, nan};
  const auto hit = [&](double years) {
    return forecast::liquidation_probability(health, log_health, smaller(years, horizon_years));
  };
  if (!delay.waits_years.empty()) {
    double sum = 0.0;
    for (const double wait : delay.waits_years) sum += hit(wait);
    return {sum / static_cast<double>(delay.waits_years.size()), 0.0};
  }
  const double q = delay.per_block, at_last = hit(horizon_years);
  if (q == 1.0) return {hit(delay.block_years), 0.0};
  const double log_stay = std::log1p(-q);
  double value = 0.0, error = 0.0, left = 1.0;  // left: (1 − q)^(blocks so far)
  double block = 1.0, before = hit(delay.block_years);
  const double widest = larger(1.0, std::floor(1.0 / (128.0 * q)));
  constexpr int most = 20'000;
  for (int i = 0; i < most; ++i) {
    const double rest = left * (at_last - before);
    if (!(rest > tolerance * value) || block * delay.block_years >= horizon_years) break;
    // Blocks block … block + n − 1, with p from `before` at the first to `there` at the last.
    const double n = larger(1.0, smaller(widest, std::floor(block / 64.0)));
    const double stays = n == 1.0 ? 1.0 - q : std::exp(n * log_stay);
    const double weight = left * (n == 1.0 ? q : -std::expm1(n * log_stay));
    double there = before, mean = 0.0;
    if (n > 1.0) {
      there = hit((block + n - 1.0) * delay.block_years);
      // Mean of 0 … n − 1 under geometric weights cut at n.
      mean = ((1.0 - q) / q - n * stays / (weight / left)) / (n - 1.0);
    }
    value += weight * (before + (there - before) * mean);
    error += weight * larger(mean, 1.0 - mean) * larger(0.0, there - before);
    left *= stays;
    block += n;
    before = hit(block * delay.block_years);
  }
  // What is left is at least p at its first block and at most p at the horizon.
  return {value + left * 0.5 * (before + at_last), error + left * 0.5 * larger(0.0, at_last - before)};
}

}  // namespace trimtab::sizing
