// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// From a price history to what volatility models are shown: one observation a day.

#include <trimtab/forecast/concept.hpp>
#include <trimtab/simulate/price_file.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace trimtab::simulate {

/// @brief One day (UTC) of a price history.
struct day {
  std::int64_t start = 0;        ///< unix seconds
  double close = 0.0;            ///< last price of the day
  forecast::observation seen{};  ///< return since the last close, sum of squared returns within
  bool follows = false;          ///< the day before is there too; else the return is since the day's own opening
};

/// @brief Days of a history, those with enough of their bars.
///
/// The realised variance is the sum of squared returns from close to close of the bars, scaled up for bars that are
/// missing; the first return of a day that follows no other is from its own opening.
/// @return       nothing where bars are longer than a day
/// @param share  a day counts if it has at least so much of its bars
inline std::vector<day> daily_observations(const price_series& series, double share = 0.8) {
  constexpr std::int64_t length = 86'400;
  const std::int64_t step = std::max<std::int64_t>(1, median_step_seconds(series).value_or(length));
  if (step > length) return {};
  const double whole = std::max(1.0, static_cast<double>(length) / static_cast<double>(step));
  const auto day_of = [](const bar& b) { return (b.time >= 0 ? b.time : b.time - length + 1) / length; };
  std::vector<day> days;
  for (std::size_t k = 0, end = 0; k < series.rows.size(); k = end) {
    const std::int64_t number = day_of(series.rows[k]);
    for (end = k; end < series.rows.size() && day_of(series.rows[end]) == number;) ++end;
    if (static_cast<double>(end - k) < share * whole) continue;
    const bool follows = !days.empty() && days.back().start == (number - 1) * length;
    double before = follows ? days.back().close : series.rows[k].open, sum = 0.0;
    const double opening = before;
    for (std::size_t i = k; i < end; ++i) {
      const double r = std::log(series.rows[i].close / before);
      sum += r * r;
      before = series.rows[i].close;
    }
    days.push_back(
        {number * length,
         before,
         {std::log(before / opening), sum * std::max(1.0, whole / static_cast<double>(end - k)), 1.0 / 365.0},
         follows});
  }
  return days;
}

}  // namespace trimtab::simulate
