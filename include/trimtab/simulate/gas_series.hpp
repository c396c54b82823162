// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// What a unit of gas costs, over time: a constant, a file, or the series that comes with a generated path.

#include <trimtab/simulate/price_path.hpp>
#include <trimtab/simulate/text_table.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace trimtab::simulate {

/// @brief Native units (ether) in one gwei, and gwei in one wei.
inline constexpr double native_per_gwei = 1e-9;
inline constexpr double gwei_per_wei = 1e-9;

/// @brief A gas price from a moment on.
struct gas_point {
  std::int64_t time = 0;  ///< unix seconds
  double gwei = 0.0;
};

/// @brief Gas price over time; each point holds until the next, the first also before.
struct gas_series {
  std::string name;
  std::vector<gas_point> points;  ///< at least one; times rise strictly
};

/// @brief The same gas price for ever.
[[nodiscard]] inline gas_series constant_gas(double gwei) {
  return {"constant", {{0, gwei}}};
}

/// @brief Reads `unix_seconds,<name>_gwei` or `unix_seconds,<name>_wei`; the unit is the header's last word.
///
/// @return the series, or where and why the text was refused (as for prices; a gas price may be zero)
inline parsed<gas_series> parse_gas(std::string_view name, std::string_view text) {
  gas_series series{.name = std::string(name), .points = {}};
  double unit = 1.0;
  const auto ends_with = [](std::string_view s, std::string_view tail) {
    return s.size() > tail.size() && s.substr(s.size() - tail.size()) == tail;
  };
  const auto columns = [&](std::string_view header) -> std::size_t {
    constexpr std::string_view time = "unix_seconds,";
    if (header.substr(0, time.size()) != time) return 0;
    header.remove_prefix(time.size());
    if (header.find(',') != std::string_view::npos) return 0;
    if (ends_with(header, "_gwei")) return 2;
    unit = gwei_per_wei;
    return ends_with(header, "_wei") ? 2 : 0;
  };
  const auto accept = [&](const table_row& row) -> std::optional<std::string> {
    if (row.value[0] < 0.0) return "gas price negative";
    series.points.push_back({row.time, row.value[0] * unit});
    return std::nullopt;
  };
  constexpr std::string_view expected = "'unix_seconds,gas_price_gwei' or 'unix_seconds,gas_price_wei'";
  if (auto error = read_table(name, text, columns, expected, accept)) return std::move(*error);
  return series;
}

/// @brief The gas price in gwei at each block.
[[nodiscard]] inline std::vector<double> gas_at_blocks(const gas_series& series, const block_clock& clock) {
  std::vector<double> out(clock.blocks);
  std::size_t at = 0;
  for (std::size_t k = 0; k < clock.blocks; ++k) {
    while (at + 1 < series.points.size() && series.points[at + 1].time <= clock.time(k)) ++at;
    out[k] = series.points[at].gwei;
  }
  return out;
}

}  // namespace trimtab::simulate
