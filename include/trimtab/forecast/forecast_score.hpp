// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/normal.hpp>
#include <trimtab/core/result.hpp>
#include <trimtab/forecast/qlike.hpp>

#include <cmath>
#include <cstddef>
#include <span>

namespace trimtab::forecast {

/// realised = intercept + slope·forecast + error. A good forecast has 0, 1 and an r² as large as noise permits.
struct calibration {
  double intercept = 0.0;
  double slope = 0.0;
  double r2 = 0.0;
};

/// @brief Regression of what happened on what was forecast.
/// @param    weights  of the rows, none: all the same; 1/forecast² tames the noise of large variances
/// @errors   size_mismatch (lengths differ, fewer than 3), not_finite, negative_amount (a weight), infeasible (all
///           forecasts, or all realised, are the same)
/// @source   Mincer and Zarnowitz 1969, "The evaluation of economic forecasts"
result<calibration> mincer_zarnowitz(std::span<const double> forecasts, std::span<const double> realised,
                                     std::span<const double> weights = {}) noexcept;

/// Whether one forecast lost less than another: negative if the first did.
struct loss_comparison {
  double mean_difference = 0.0;  ///< loss of the first less loss of the second
  double statistic = 0.0;        ///< the same in standard errors, standard normal if they are equally good
  double p_value = 1.0;          ///< two-sided
};

/// @brief The Diebold–Mariano test on two series of losses (of `qlike`, say) over the same days.
///
/// Formula   d̄/√(V/n), V = γ₀ + 2Σₖ(1 − k/(lags + 1))γₖ, γₖ autocovariances of the differences with divisor n
/// @param    lags  −1: ⌊4·(n/100)^(2/9)⌋; forecasts over h periods that overlap want h − 1 at least
/// @errors   size_mismatch (lengths differ, fewer than 3, lags not below n), not_finite, infeasible (all differences
///           are the same)
/// @source   Diebold and Mariano 1995, J. Business & Economic Statistics 13; Newey and West 1987 and 1994
result<loss_comparison> diebold_mariano(std::span<const double> losses, std::span<const double> other_losses,
                                        int lags = -1) noexcept;

inline result<calibration> mincer_zarnowitz(std::span<const double> forecasts, std::span<const double> realised,
                                            std::span<const double> weights) noexcept {
  const std::size_t n = forecasts.size();
  const bool weighted = !weights.empty();
  if (n < 3 || realised.size() != n || (weighted && weights.size() != n)) return errc::size_mismatch;
  double total = 0.0, mean_x = 0.0, mean_y = 0.0;
  for (std::size_t i = 0; i < n; ++i) {
    const double w = weighted ? weights[i] : 1.0;
    if (!is_finite(forecasts[i]) || !is_finite(realised[i]) || !is_finite(w)) return errc::not_finite;
    if (w < 0.0) return errc::negative_amount;
    total += w;
    mean_x += w * forecasts[i];
    mean_y += w * realised[i];
  }
  mean_x /= total;
  mean_y /= total;
  double xx = 0.0, xy = 0.0, yy = 0.0;  // about the means, or squares of small variances cancel
  for (std::size_t i = 0; i < n; ++i) {
    const double w = weighted ? weights[i] : 1.0, x = forecasts[i] - mean_x, y = realised[i] - mean_y;
    xx += w * x * x;
    xy += w * x * y;
    yy += w * y * y;
  }
  if (!(xx > 0.0 && yy > 0.0)) return errc::infeasible;  // also no weight at all
  const double slope = xy / xx;
  return calibration{mean_y - slope * mean_x, slope, slope * (xy / yy)};
}

inline result<loss_comparison> diebold_mariano(std::span<const double> losses, std::span<const double> other_losses,
                                               int lags) noexcept {
  const std::size_t n = losses.size();
  const double count = static_cast<double>(n);
  if (lags < 0) lags = static_cast<int>(4.0 * std::pow(count / 100.0, 2.0 / 9.0));
  if (n < 3 || other_losses.size() != n || static_cast<std::size_t>(lags) >= n) return errc::size_mismatch;
  double mean = 0.0;
  for (std::size_t i = 0; i < n; ++i) mean += (losses[i] - other_losses[i]) / count;
  if (!is_finite(mean)) return errc::not_finite;
  const auto difference = [&](std::size_t i) { return losses[i] - other_losses[i] - mean; };
  double long_run = 0.0;
  for (std::size_t k = 0; k <= static_cast<std::size_t>(lags); ++k) {
    double covariance = 0.0;
    for (std::size_t i = k; i < n; ++i) covariance += difference(i) * difference(i - k);
    const double taper = 1.0 - static_cast<double>(k) / (lags + 1.0);
    long_run += (k == 0 ? 1.0 : 2.0 * taper) * covariance / count;
  }
  if (!(long_run > 0.0)) return errc::infeasible;
  const double statistic = mean / std::sqrt(long_run / count);
  return loss_comparison{mean, statistic, 2.0 * normal_cdf(-std::fabs(statistic))};
}

}  // namespace trimtab::forecast
