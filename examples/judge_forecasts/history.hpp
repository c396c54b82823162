// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/simulate/counter_random.hpp>
#include <trimtab/simulate/daily_observations.hpp>

#include <cmath>
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

/// Seven years in which volatility wanders between calm and storm, with a few jumps: for a run without any file.
inline history generated_history() {
  constexpr std::int64_t start = 1'502'928'000;  // 2017-08-17
  constexpr double hour = 1.0 / (24.0 * 365.0);
  const trimtab::simulate::counter_random random{.seed = 20'220'101};
  history h;
  double log_price = std::log(300.0), log_variance = std::log(0.6);
  std::uint64_t n = 0;
  for (int k = 0; k < 24 * 365 * 7; ++k) {
    log_variance += 15.0 * hour * (std::log(0.5) - log_variance) + 3.2 * std::sqrt(hour) * random.normal(n++);
    double r = -0.5 * std::exp(log_variance) * hour + std::sqrt(std::exp(log_variance) * hour) * random.normal(n++);
    if (random.uniform(4'000'000 + n) < 25.0 * hour) r += -0.01 - 0.03 * random.uniform(8'000'000 + n);
    const double open = std::exp(log_price), close = std::exp(log_price += r);
    h.hours.rows.push_back({start + 3600 * k, open, std::max(open, close), std::min(open, close), close, 0.0, 0});
  }
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
