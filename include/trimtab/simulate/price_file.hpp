// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Price files: bars (`unix_seconds,open,high,low,close,volume`) or samples (`unix_seconds,price`).

#include <trimtab/simulate/text_table.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace trimtab::simulate {

/// @brief One bar of trading; a sample is a bar whose four prices are one.
struct bar {
  std::int64_t time = 0;  ///< unix seconds at which the bar starts
  double open = 0.0;      ///< quote per base, like the next three
  double high = 0.0;
  double low = 0.0;
  double close = 0.0;
  double volume = 0.0;   ///< base asset; 0 for samples
  std::size_t line = 0;  ///< where the file says so; 0 when generated
};

/// @brief What one row of a series stands for.
enum class series_kind : std::uint8_t {
  bars,    ///< everything that traded between two times
  samples  ///< one price at one moment, valid until the next
};

/// @brief A price history as its file tells it: nothing filled in, nothing taken out.
struct price_series {
  std::string name;  ///< file, for errors
  series_kind kind = series_kind::bars;
  std::vector<bar> rows;  ///< at least one; times rise strictly
};

namespace detail {

inline constexpr std::string_view bar_header = "unix_seconds,open,high,low,close,volume";
inline constexpr std::string_view sample_header = "unix_seconds,price";

/// `unix_seconds,price`, or with its currency: `unix_seconds,price_usd`.
[[nodiscard]] inline bool is_sample_header(std::string_view header) {
  if (header.substr(0, sample_header.size()) != sample_header) return false;
  header.remove_prefix(sample_header.size());
  if (header.empty()) return true;
  const auto lower = [](char c) { return c >= 'a' && c <= 'z'; };
  return header.size() > 1 && header.front() == '_' && std::all_of(header.begin() + 1, header.end(), lower);
}

/// The reason a bar cannot have happened, or nothing.
[[nodiscard]] inline std::optional<std::string> bar_fault(const bar& b) {
  if (!(b.open > 0.0)) return "open not positive";
  if (!(b.high > 0.0)) return "high not positive";
  if (!(b.low > 0.0)) return "low not positive";
  if (!(b.close > 0.0)) return "close not positive";
  if (b.high < b.low) return "high below low";
  if (b.open < b.low || b.open > b.high) return "open outside low to high";
  if (b.close < b.low || b.close > b.high) return "close outside low to high";
  if (b.volume < 0.0) return "volume negative";
  return std::nullopt;
}

}  // namespace detail

/// @brief Reads a price file that the caller holds in memory.
///
/// @param name what errors call it
/// @param text the whole file
/// @return     the rows, or where and why the file was refused: wrong header, malformed, non-finite or out-of-range
///             number, price not positive, high below low, open or close outside them, time not advancing, no rows
/// @warning    wicks are kept as the venue reports them; see wick_screen.hpp for what an oracle would make of them
inline parsed<price_series> parse_prices(std::string_view name, std::string_view text) {
  price_series series{.name = std::string(name), .kind = series_kind::bars, .rows = {}};
  const auto columns = [&](std::string_view header) -> std::size_t {
    if (header == detail::bar_header) return max_columns;
    if (!detail::is_sample_header(header)) return 0;
    series.kind = series_kind::samples;
    return 2;
  };
  const auto accept = [&](const table_row& row) -> std::optional<std::string> {
    const auto& v = row.value;
    if (series.kind == series_kind::samples) {
      if (!(v[0] > 0.0)) return "price not positive";
      series.rows.push_back({row.time, v[0], v[0], v[0], v[0], 0.0, row.line});
      return std::nullopt;
    }
    series.rows.push_back({row.time, v[0], v[1], v[2], v[3], v[4], row.line});
    return detail::bar_fault(series.rows.back());
  };
  constexpr std::string_view expected = "'unix_seconds,open,high,low,close,volume' or 'unix_seconds,price'";
  if (auto error = read_table(name, text, columns, expected, accept)) return std::move(*error);
  return series;
}

/// @brief The step between rows: the median difference of their times, so that a few holes do not move it.
///
/// @return seconds; nothing when there is only one row
[[nodiscard]] inline std::optional<std::int64_t> median_step_seconds(const price_series& series) {
  if (series.rows.size() < 2) return std::nullopt;
  std::vector<std::int64_t> steps;
  steps.reserve(series.rows.size() - 1);
  for (std::size_t k = 1; k < series.rows.size(); ++k) steps.push_back(series.rows[k].time - series.rows[k - 1].time);
  const auto middle = steps.begin() + static_cast<std::ptrdiff_t>(steps.size() / 2);
  std::nth_element(steps.begin(), middle, steps.end());
  return *middle;
}

}  // namespace trimtab::simulate
