// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Takes out of a price series what one venue printed and no oracle would have: a median of three in bar space.
///
/// An oracle is a median over venues and over successive observations, so a print that lasts seconds on one venue never
/// reaches it. A file of hourly bars does not say how long its low lasted, and a path drawn through the bar in
/// proportion to |Δ ln p| gives the deepest low the *longest* time: LINK at 0.0001 in March 2020 would last most of its
/// hour, and a median over blocks could not see that it is a wick. So the question is asked of bars, with what bars
/// know:
///
///     m     = median of the lows of the previous, this and the next bar, and not above this bar's own open and close
///     wick  = ln(m / low)                     how far the low stands out of its surroundings
///     scale = max(ln(high/low) of the previous bar, of the next bar, |ln(close/open)| of this one)
///     wick > max(floor, multiple × scale)     → the low is read as m, and counted
///
/// and the same for highs. In a crash the neighbours move as much as the bar does, so nothing genuine is taken: ETH's
/// 86.00 on 2020-03-13 stands 0.10 out of a scale of 0.22; LINK's 0.0001 stands 9.9 out of 0.26; over ten crash windows
/// of ETH, hourly to one minute, the largest ratio is 1.6 against the multiple of 3.
/// Rejected: the plain median of three extremes (it would cut the 10 % that ETH really fell below its neighbours'
/// lows), and closes only (they hide every low that did liquidate people).
///
/// Samples have no body: a sample is screened against the median of three samples, with the larger of the moves around
/// it as the scale.

#include <trimtab/simulate/price_file.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace trimtab::simulate {

/// @brief When a bar's extreme is a print of one venue rather than a price.
struct wick_rules {
  double multiple = 3.0;  ///< of the largest move around it; ≥ 1
  double floor = 0.02;    ///< log distance below which nothing is a wick
};

/// @brief One extreme that was taken out.
struct wick {
  std::int64_t time = 0;  ///< of its bar
  double printed = 0.0;   ///< what the venue reported
  double kept = 0.0;      ///< what the series now says
};

/// @brief A series without its wicks, and the wicks.
struct screened_series {
  price_series series;
  std::vector<wick> wicks;
};

namespace detail {

[[nodiscard]] inline double median(double a, double b, double c) {
  return std::max(std::min(a, b), std::min(std::max(a, b), c));
}

[[nodiscard]] inline bool is_wick(double log_distance, double scale, const wick_rules& rules) {
  return log_distance > std::max(rules.floor, rules.multiple * scale);
}

}  // namespace detail

/// @brief Replaces wicks by the median of their surroundings and reports each.
///
/// @param series as the file tells it
/// @return       the same rows and times; only lows and highs (bars) or prices (samples) of wicks differ
/// @post         open and close of a bar are untouched and within its low and high
/// @cost         one pass; copies the rows
/// @warning      a one-bar series of one venue cannot tell a wick from a crash that fully reverts within the bar;
/// compare venues
///               where you have them
[[nodiscard]] inline screened_series screen_wicks(price_series series, const wick_rules& rules = {}) {
  screened_series out{std::move(series), {}};
  const std::vector<bar> raw = out.series.rows;
  const std::size_t n = raw.size();
  if (n < 2) return out;
  if (out.series.kind == series_kind::samples) {
    const auto price = [&](std::size_t k) { return raw[std::min(k, n - 1)].close; };
    for (std::size_t k = 1; k + 1 < n; ++k) {  // the first and last sample have no two neighbours: kept
      const double m = detail::median(price(k - 1), price(k), price(k + 1));
      const double scale = std::max({std::abs(std::log(price(k + 1) / price(k - 1))),
                                     k >= 2 ? std::abs(std::log(price(k - 1) / price(k - 2))) : 0.0,
                                     std::abs(std::log(price(k + 2) / price(k + 1)))});
      if (!detail::is_wick(std::abs(std::log(price(k) / m)), scale, rules)) continue;
      bar& b = out.series.rows[k];
      out.wicks.push_back({b.time, b.close, m});
      b.open = b.high = b.low = b.close = m;
    }
    return out;
  }
  for (std::size_t k = 0; k < n; ++k) {
    bar& b = out.series.rows[k];
    const double body_low = std::min(b.open, b.close);
    const double body_high = std::max(b.open, b.close);
    // At either end the missing neighbour is the bar's own body: a wick still needs one real neighbour to contradict
    // it.
    const bar body{b.time, b.open, body_high, body_low, b.close, 0.0, 0};
    const bar& before = k > 0 ? raw[k - 1] : body;
    const bar& after = k + 1 < n ? raw[k + 1] : body;
    const double scale = std::max(
        {std::log(before.high / before.low), std::log(after.high / after.low), std::log(body_high / body_low)});
    const double low = std::min(detail::median(before.low, b.low, after.low), body_low);
    const double high = std::max(detail::median(before.high, b.high, after.high), body_high);
    if (detail::is_wick(std::log(low / b.low), scale, rules)) {
      out.wicks.push_back({b.time, b.low, low});
      b.low = low;
    }
    if (detail::is_wick(std::log(b.high / high), scale, rules)) {
      out.wicks.push_back({b.time, b.high, high});
      b.high = high;
    }
  }
  return out;
}

}  // namespace trimtab::simulate
