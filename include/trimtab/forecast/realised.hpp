// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/math.hpp>
#include <trimtab/core/result.hpp>

#include <array>
#include <span>

namespace trimtab::forecast {

/// ln(now/before), to the last digits also where the price hardly moved.
inline double log_return(double before, double now) noexcept {
  const double ratio = now / before;
  return ratio > 0.5 && ratio < 2.0 ? std::log1p((now - before) / before) : std::log(ratio);
}

/// @brief Realised measures of one stretch of time (a day, say), from the returns of ln price within it.
///
/// Fed one return at a time with `step`, or all at once with `realise`. All are sums over the stretch: a variance of
/// ln price over it, comparable with each other, and no annual figures. A return that is no number makes them all NaN,
/// and so does too short a stretch (2, 3 and 4 returns are the least for bipower, median and quad-power).
///
/// Against jumps: the plain sum takes them in whole, bipower lets neighbours damp them, the median ignores them unless
/// two are within three returns. Zero returns (a price that is not updated) bias bipower downwards, the median less.
struct realised {
  double count = 0.0;
  std::array<double, 3> last{};  ///< |r| of the latest returns, newest first
  double squares = 0.0, squares_down = 0.0, squares_up = 0.0, fourths = 0.0;
  double products = 0.0, quad_products = 0.0;         ///< Σ|r||r'|, Σ|r||r'||r''||r'''|
  double median_squares = 0.0, median_fourths = 0.0;  ///< of the median of three neighbours

  /// One more return.
  constexpr void step(double r) noexcept {
    if (!is_finite(r)) r = std::numeric_limits<double>::quiet_NaN();
    const double size = magnitude(r), square = r * r;
    squares += square;
    fourths += square * square;
    squares_down += r > 0.0 ? 0.0 : square;
    squares_up += r < 0.0 ? 0.0 : square;
    if (count >= 1.0) products += size * last[0];
    if (count >= 2.0) {
      const double low = smaller(size, last[0]), high = larger(size, last[0]);
      const double middle = last[1] < low ? low : (last[1] > high ? high : last[1]);
      const double middle_square = squares == squares ? middle * middle : squares;  // comparisons lose a NaN
      median_squares += middle_square;
      median_fourths += middle_square * middle_square;
    }
    if (count >= 3.0) quad_products += size * last[0] * last[1] * last[2];
    last = {size, last[0], last[1]};
    count += 1.0;
  }

  /// Formula   RV = Σr², dimensionless. @source Andersen, Bollerslev, Diebold and Labys 2003, "Modeling and forecasting
  /// realized volatility"
  [[nodiscard]] constexpr double variance() const noexcept { return squares; }

  /// Formula   Σr² over r < 0, over r > 0. @source Barndorff-Nielsen, Kinnebrock and Shephard 2010, "Measuring downside
  /// risk: realised semivariance"
  [[nodiscard]] constexpr double variance_down() const noexcept { return squares_down; }
  [[nodiscard]] constexpr double variance_up() const noexcept { return squares_up; }

  /// Formula   BV = (π/2)·n/(n−1)·Σ|r_t||r_{t−1}|
  /// @source   Barndorff-Nielsen and Shephard 2004, "Power and bipower variation with stochastic volatility and jumps"
  [[nodiscard]] constexpr double bipower() const noexcept { return half_pi * corrected(products, 1.0); }

  /// Formula   MedRV = π/(6 − 4√3 + π)·n/(n−2)·Σmed(|r_{t−1}|, |r_t|, |r_{t+1}|)²
  /// @source   Andersen, Dobrev and Schaumburg 2012, "Jump-robust volatility estimation using nearest neighbor
  ///           truncation", equation (2)
  [[nodiscard]] constexpr double median() const noexcept {
    return 2.0 * half_pi / (6.0 - 4.0 * root_three + 2.0 * half_pi) * corrected(median_squares, 2.0);
  }

  /// @brief Estimates of n·Σσ_t⁴, the integrated quarticity over a stretch taken as 1 long: how uncertain the above
  /// are. The plain one is not robust to jumps.
  ///
  /// Formula   (n/3)Σr⁴;  (π²/4)·n²/(n−3)·Σ|r||r'||r''||r'''|;  3π/(9π + 72 − 52√3)·n²/(n−2)·Σmed⁴
  /// @source   Barndorff-Nielsen and Shephard 2002 and 2006; Andersen, Dobrev and Schaumburg 2012, equation (5)
  [[nodiscard]] constexpr double quarticity() const noexcept { return count / 3.0 * fourths; }
  [[nodiscard]] constexpr double quad_power_quarticity() const noexcept {
    return half_pi * half_pi * count * corrected(quad_products, 3.0);
  }
  [[nodiscard]] constexpr double median_quarticity() const noexcept {
    return 6.0 * half_pi / (18.0 * half_pi + 72.0 - 52.0 * root_three) * count * corrected(median_fourths, 2.0);
  }

private:
  static constexpr double half_pi = 1.57079632679489661923, root_three = 1.73205080756887729353;

  /// n/(n − lost)·sum: `lost` of the n returns have no neighbour on one side.
  [[nodiscard]] constexpr double corrected(double sum, double lost) const noexcept {
    return count > lost ? count / (count - lost) * sum : std::numeric_limits<double>::quiet_NaN();
  }
};

/// The measures of these returns.
constexpr realised realise(std::span<const double> returns) noexcept {
  realised all;
  for (const double r : returns) all.step(r);
  return all;
}

/// @brief Variance of ln price from a price with noise in it (bid–ask bounce, a pool's fee band), sampled often.
///
/// Formula   [ (1/K)Σ(x_{t+K} − x_t)² − (n̄/n)Σ(x_{t+1} − x_t)² ] / (n̄(K − 1)/n), n̄ = (n − K + 1)/K, of n returns
///
/// Worth it where the noise of one price is no longer small against the move between two, i.e. a sampling of a minute
/// or less on a liquid venue. A pool's mid price moves only by trades beyond its fee: sample it no more often than σ√Δt
/// = 3 fees (`sampling_floor`) and take the plain sum.
/// @param log_prices n + 1 values of ln price
/// @param stride     K, between 2 and n; of the order n^⅔
/// @return           may be below zero where there is next to nothing but noise
/// @errors   size_mismatch: a stride outside that; not_finite
/// @source   Zhang, Mykland and Aït-Sahalia 2005, "A tale of two time scales", equation (55); the divisor makes
///           it unbiased at constant volatility for any n, derived here (theirs, 1 − n̄/n, leaves out the ends: −K/n)
inline result<double> two_scale_variance(std::span<const double> log_prices, std::size_t stride) noexcept {
  if (stride < 2 || log_prices.size() < stride + 1) return errc::size_mismatch;
  double slow = 0.0, fast = 0.0;
  for (std::size_t t = 1; t < log_prices.size(); ++t) {
    const double step = log_prices[t] - log_prices[t - 1];
    fast += step * step;
    if (t < stride) continue;
    const double leap = log_prices[t] - log_prices[t - stride];
    slow += leap * leap;
  }
  if (!is_finite(slow) || !is_finite(fast)) return errc::not_finite;
  const double n = static_cast<double>(log_prices.size() - 1), k = static_cast<double>(stride);
  const double share = (n - k + 1.0) / (k * n);
  return (slow / k - share * fast) / (share * (k - 1.0));
}

/// @brief Shortest sensible time between two samples of a pool's mid price, in years: σ√Δ = 3·fee.
/// @param fee        of the pool, as a fraction; its price is known no better than this
/// @param volatility per √year
/// @return           66 minutes for 0.003 and 0.8
/// @errors   not_finite; bad_configuration: a fee below 0, a volatility not above 0
inline result<double> sampling_floor(double fee, double volatility) noexcept {
  if (!is_finite(fee) || !is_finite(volatility)) return errc::not_finite;
  if (!(fee >= 0.0) || !(volatility > 0.0)) return errc::bad_configuration;
  const double ratio = 3.0 * fee / volatility;
  return ratio * ratio;
}

}  // namespace trimtab::forecast
