// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/forecast/realised.hpp>

namespace trimtab::forecast {

/// Prices of one period: the first, the highest, the lowest, the last.
struct price_bar {
  double open = 0.0;
  double high = 0.0;
  double low = 0.0;
  double close = 0.0;

  /// @errors not_finite, non_positive_price, bad_configuration (open or close outside [low, high])
  [[nodiscard]] constexpr errc validate() const noexcept {
    for (const double x : {open, high, low, close})
      if (!is_finite(x)) return errc::not_finite;
    for (const double x : {open, high, low, close})
      if (!(x > 0.0)) return errc::non_positive_price;
    const bool ordered = low <= open && open <= high && low <= close && close <= high;
    return ordered ? errc::ok : errc::bad_configuration;
  }
};

/// @brief Variance of ln price over one period from its bar, dimensionless.
///
/// Each is unbiased for a Brownian motion seen continuously; with prices seen n times a period the range is too small,
/// by about 0.9σ/√n at either end. Efficiency is against close-to-close.
///
/// Formula   Parkinson        ln²(H/L)/(4 ln 2); no drift; 5 times as efficient
///           Garman–Klass     ½ln²(H/L) − (2 ln 2 − 1)ln²(C/O); no drift; 7 times
///           Rogers–Satchell  ln(H/C)ln(H/O) + ln(L/C)ln(L/O); whatever the drift; 6 times
/// @errors   those of the bar
/// @source   Parkinson 1980, "The extreme value method"; Garman and Klass 1980, "On the estimation of security price
///           volatilities from historical data", σ̂₅²; Rogers and Satchell 1991, "Estimating variance from high, low and
///           closing prices"
inline result<double> parkinson_variance(const price_bar& bar) noexcept {
  if (const errc bad = bar.validate(); bad != errc::ok) return bad;
  constexpr double four_log_two = 2.77258872223978123767;
  const double range = log_return(bar.low, bar.high);
  return range * range / four_log_two;
}

inline result<double> garman_klass_variance(const price_bar& bar) noexcept {
  if (const errc bad = bar.validate(); bad != errc::ok) return bad;
  constexpr double two_log_two_less_one = 0.38629436111989061883;
  const double range = log_return(bar.low, bar.high), body = log_return(bar.open, bar.close);
  return 0.5 * range * range - two_log_two_less_one * (body * body);
}

inline result<double> rogers_satchell_variance(const price_bar& bar) noexcept {
  if (const errc bad = bar.validate(); bad != errc::ok) return bad;
  return log_return(bar.close, bar.high) * log_return(bar.open, bar.high) +
         log_return(bar.close, bar.low) * log_return(bar.open, bar.low);
}

/// @brief Mean variance per period over bars, by one of the estimators above.
///
/// e.g. `mean_variance(bars, parkinson_variance)`
/// @errors   size_mismatch: no bars; those of a bar
template <class Estimator>
result<double> mean_variance(std::span<const price_bar> bars, Estimator&& estimator) noexcept {
  if (bars.empty()) return errc::size_mismatch;
  double sum = 0.0;
  for (const price_bar& bar : bars) {
    const result<double> one = estimator(bar);
    if (!one) return one.error();
    sum += *one;
  }
  return sum / static_cast<double>(bars.size());
}

/// @brief Variance of ln price per period, with what happens between close and open: whatever the drift, and with the
/// least variance among estimators of its form.
///
/// Formula   σ_o² + k·σ_c² + (1−k)·σ_rs², k = 0.34/(1.34 + (n+1)/(n−1)), over n bars after the first:
///           σ_o², σ_c² sample variances (n−1) of ln(O_t/C_{t−1}), ln(C_t/O_t); σ_rs² mean of Rogers–Satchell
///
/// Where trade never stops the open is the last close and the first term vanishes.
/// @param bars   one after the other without gaps; the first serves for its close alone
/// @errors   size_mismatch: fewer than three bars; those of a bar
/// @source   Yang and Zhang 2000, "Drift-independent volatility estimation based on high, low, open, and close prices"
inline result<double> yang_zhang_variance(std::span<const price_bar> bars) noexcept {
  if (bars.size() < 3) return errc::size_mismatch;
  if (const errc bad = bars[0].validate(); bad != errc::ok) return bad;
  const double n = static_cast<double>(bars.size() - 1);
  double gap_mean = 0.0, body_mean = 0.0, gap_squares = 0.0, body_squares = 0.0, free_of_drift = 0.0, seen = 0.0;
  for (std::size_t t = 1; t < bars.size(); ++t) {
    const result<double> one = rogers_satchell_variance(bars[t]);
    if (!one) return one.error();
    free_of_drift += *one;
    seen += 1.0;
    // Welford: a variance about the mean in one pass without cancellation.
    const double gap = log_return(bars[t - 1].close, bars[t].open), gap_off = gap - gap_mean;
    const double body = log_return(bars[t].open, bars[t].close), body_off = body - body_mean;
    gap_mean += gap_off / seen;
    body_mean += body_off / seen;
    gap_squares += gap_off * (gap - gap_mean);
    body_squares += body_off * (body - body_mean);
  }
  const double k = 0.34 / (1.34 + (n + 1.0) / (n - 1.0));
  return gap_squares / (n - 1.0) + k * (body_squares / (n - 1.0)) + (1.0 - k) * (free_of_drift / n);
}

}  // namespace trimtab::forecast
