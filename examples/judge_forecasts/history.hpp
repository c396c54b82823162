// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/simulate/daily_observations.hpp>
#include <trimtab/simulate/generated_history.hpp>

#include <cstdint>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

namespace judge {

/// Hourly prices, and the same by days.
struct history {
  trimtab::simulate::price_series hours;
  std::vector<trimtab::simulate::day> days;
};

inline history read_history(const std::vector<std::string>& files) {
  history h;
  for (const std::string& file : files) {
    std::ifstream in(file, std::ios::binary);
    if (!in) throw std::runtime_error(file + ": cannot open");
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    auto series = trimtab::simulate::parse_prices(file, text);
    if (!series) throw std::runtime_error(series.error().text());
    if (!h.hours.rows.empty() && series->rows.front().time <= h.hours.rows.back().time)
      throw std::runtime_error(file + ": starts before the file given before it ends");
    h.hours.rows.insert(h.hours.rows.end(), series->rows.begin(), series->rows.end());
  }
  h.days = trimtab::simulate::daily_observations(h.hours);
  return h;
}

inline history generated_history() {
  history h{.hours = trimtab::simulate::generated_history(), .days = {}};
  h.days = trimtab::simulate::daily_observations(h.hours);
  return h;
}

inline std::size_t judged_days(const history& h, std::int64_t from) {
  std::size_t n = 0;
  for (const auto& d : h.days) n += d.start >= from;
  return n;
}
inline void history_check(const history& h, std::int64_t from) {
  const std::size_t judged = judged_days(h, from), learned = h.days.size() - judged;
  if (learned < 400 || judged < 100)
    throw std::runtime_error("400 days to learn on and 100 to be judged on are the least, given " +
                             std::to_string(learned) + " and " + std::to_string(judged));
}

}  // namespace judge
