// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// A price at every moment, from bars or samples.
///
/// Inside a bar the path is log-linear from the open over both extremes to the close, each leg taking a share of the
/// bar's time in proportion to its |Δ ln p|: the price moves at one speed through the bar and no jump is invented. A
/// file does not say which extreme came first, so both orders exist and a replay runs both and reports the worse.
/// Samples step: each holds until the next. Between two bars the price jumps from close to open, as it did.

#include <trimtab/simulate/price_file.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace trimtab::simulate {

/// @brief Which extreme of a bar is visited first.
enum class bar_order : std::uint8_t {
  high_first,  ///< open, high, low, close
  low_first    ///< open, low, high, close
};

/// @brief What to do with a hole longer than the maximum age.
enum class hole_rule : std::uint8_t {
  refuse,  ///< name it and stop
  carry    ///< hold the last price for as long as it takes
};

/// @brief How a series becomes a path.
struct path_rules {
  bar_order order = bar_order::high_first;
  std::int64_t max_age_seconds =
      7'200;  ///< a close or sample older than this is no price; venues have outages of hours
  hole_rule holes = hole_rule::refuse;
};

/// @brief A corner of the path; two corners at one time are a jump, and the later one holds.
struct knot {
  double time = 0.0;            ///< unix seconds
  double price = 0.0;           ///< quote per base
  double log_per_second = 0.0;  ///< d ln p/dt until the next knot
};

/// @brief A price history as a function of time; ask it through a `price_cursor`.
struct price_path {
  std::string name;
  std::vector<knot> knots;                ///< times do not fall
  std::int64_t first_time = 0;            ///< of the first bar or sample
  std::int64_t last_time = 0;             ///< end of the last bar, or moment of the last sample
  std::int64_t step_seconds = 0;          ///< median step of the file
  std::int64_t longest_hole_seconds = 0;  ///< longest time that a close or sample was carried beyond the step
};

namespace detail {

inline void add_leg(std::vector<knot>& knots, double time, double seconds, double price, double next_price) {
  const double rate = seconds > 0.0 ? std::log(next_price / price) / seconds : 0.0;
  knots.push_back({time, price, rate});
}

inline void add_bar(std::vector<knot>& knots, const bar& b, double seconds, bar_order order) {
  const double first = order == bar_order::high_first ? b.high : b.low;
  const double second = order == bar_order::high_first ? b.low : b.high;
  const double leg[3] = {std::abs(std::log(first / b.open)), std::abs(std::log(second / first)),
                         std::abs(std::log(b.close / second))};
  const double way = leg[0] + leg[1] + leg[2];
  const double corner[4] = {b.open, first, second, b.close};
  double time = static_cast<double>(b.time);
  for (int k = 0; way > 0.0 && k < 3; ++k) {
    const double share = seconds * (leg[k] / way);
    add_leg(knots, time, share, corner[k], corner[k + 1]);
    time = std::min(time + share, static_cast<double>(b.time) + seconds);
  }
  const double end = way > 0.0 ? static_cast<double>(b.time) + seconds : time;
  knots.push_back({end, b.close, 0.0});
}

}  // namespace detail

/// @brief Draws the path of a series.
///
/// @param series at least two rows, or there is no step to infer
/// @return       the path, or the hole (its line, its length) that is longer than the maximum age
/// @cost         four knots a bar; one logarithm each
inline parsed<price_path> make_path(const price_series& series, const path_rules& rules = {}) {
  const auto step = median_step_seconds(series);
  const auto refuse = [&](std::size_t line, std::string what) {
    return file_error{series.name, line, std::move(what)};
  };
  if (!step) return refuse(0, "one row only: the length of a step cannot be inferred");
  price_path path{.name = series.name, .knots = {}, .step_seconds = *step};
  path.knots.reserve(series.rows.size() * (series.kind == series_kind::bars ? 4 : 1));
  path.first_time = series.rows.front().time;
  for (std::size_t k = 0; k < series.rows.size(); ++k) {
    const bar& b = series.rows[k];
    const bool last = k + 1 == series.rows.size();
    const std::int64_t until_next = last ? *step : series.rows[k + 1].time - b.time;
    if (series.kind == series_kind::samples) {
      path.knots.push_back({static_cast<double>(b.time), b.close, 0.0});
      path.last_time = b.time;
    } else {
      const std::int64_t length = std::min(*step, until_next);
      detail::add_bar(path.knots, b, static_cast<double>(length), rules.order);
      path.last_time = b.time + length;
    }
    if (last) break;
    const std::int64_t age = series.rows[k + 1].time - path.last_time;  // of the newest price, just before the next row
    path.longest_hole_seconds = std::max(path.longest_hole_seconds, age);
    if (age > rules.max_age_seconds && rules.holes == hole_rule::refuse) {
      return refuse(series.rows[k + 1].line, "hole of " + std::to_string(age) + " s before this row (from " +
                                                 std::to_string(path.last_time) + " to " +
                                                 std::to_string(series.rows[k + 1].time) + "); the maximum age is " +
                                                 std::to_string(rules.max_age_seconds) + " s");
    }
  }
  return path;
}

/// @brief Says why a path cannot serve a span of time, or nothing.
///
/// @param from,to unix seconds; the last price may be carried past the end by at most the maximum age
[[nodiscard]] inline std::optional<file_error> coverage_fault(const price_path& path, std::int64_t from,
                                                              std::int64_t to, const path_rules& rules = {}) {
  if (from < path.first_time) {
    return file_error{path.name, 0, "starts at " + std::to_string(path.first_time) + ", after " + std::to_string(from)};
  }
  if (to > path.last_time + rules.max_age_seconds && rules.holes == hole_rule::refuse) {
    return file_error{path.name, 0,
                      "ends at " + std::to_string(path.last_time) + ", more than the maximum age of " +
                          std::to_string(rules.max_age_seconds) + " s before " + std::to_string(to)};
  }
  return std::nullopt;
}

/// @brief Reads a path forward in time.
///
/// @cost O(1) amortised for rising times, a binary search otherwise; one exponential
class price_cursor {
public:
  explicit price_cursor(const price_path& path) : path_(&path) {}

  /// @brief The price at a moment; the first price before the path begins, the last one after it ends.
  [[nodiscard]] double price(double time) {
    const std::vector<knot>& knots = path_->knots;
    if (time < knots[at_].time) {
      const auto later =
          std::upper_bound(knots.begin(), knots.end(), time, [](double t, const knot& k) { return t < k.time; });
      at_ = static_cast<std::size_t>(std::max<std::ptrdiff_t>(later - knots.begin() - 1, 0));
    }
    while (at_ + 1 < knots.size() && knots[at_ + 1].time <= time) ++at_;
    const knot& k = knots[at_];
    if (k.log_per_second == 0.0) return k.price;
    return k.price * std::exp(k.log_per_second * std::max(time - k.time, 0.0));
  }

private:
  const price_path* path_;
  std::size_t at_ = 0;
};

/// @brief The blocks of a replay: evenly spaced moments.
struct block_clock {
  std::int64_t first_time = 0;  ///< unix seconds of block 0
  std::int64_t seconds = 12;    ///< between blocks
  std::size_t blocks = 0;

  [[nodiscard]] constexpr std::int64_t time(std::size_t block) const noexcept {
    return first_time + seconds * static_cast<std::int64_t>(block);
  }
};

/// @brief The clock that runs from one moment to another, the end excluded.
[[nodiscard]] constexpr block_clock clock_over(std::int64_t from, std::int64_t to, std::int64_t seconds = 12) noexcept {
  const std::int64_t span = to > from ? to - from : 0;
  return {from, seconds, static_cast<std::size_t>((span + seconds - 1) / seconds)};
}

/// @brief The price at each block.
[[nodiscard]] inline std::vector<double> prices_at_blocks(const price_path& path, const block_clock& clock) {
  price_cursor cursor(path);
  std::vector<double> out(clock.blocks);
  for (std::size_t k = 0; k < clock.blocks; ++k) out[k] = cursor.price(static_cast<double>(clock.time(k)));
  return out;
}

}  // namespace trimtab::simulate
