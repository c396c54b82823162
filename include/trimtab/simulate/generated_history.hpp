// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Years of hourly prices, generated: for studies without any file. `generated.hpp` has one crash in detail.

#include <trimtab/simulate/counter_random.hpp>
#include <trimtab/simulate/price_file.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace trimtab::simulate {

/// @brief What may be varied in it. Ln variance is pulled back to its mean and wanders; now and then the price falls.
struct history_rules {
  std::uint64_t seed = 20'220'101;
  std::int64_t first_time = 1'502'928'000;  ///< 2017-08-17 00:00 UTC
  double years = 7.0;
  double opening_price = 300.0;
  double variance = 0.5;       ///< a year, the level it is pulled to
  double pull = 15.0;          ///< a year
  double wander = 3.2;         ///< of ln variance, per √year
  double falls_a_year = 25.0;  ///< within an hour, of 1 to 4 %
};

/// @brief Hourly bars whose high and low are the larger and smaller of open and close; none for years not above 0.
/// @pre   an opening price and a variance above 0
inline price_series generated_history(const history_rules& rules = {}) {
  constexpr double hour = 1.0 / (24.0 * 365.0);
  const counter_random level{.seed = rules.seed, .stream = 0}, step{.seed = rules.seed, .stream = 1},
      fall{.seed = rules.seed, .stream = 2};
  price_series series{.name = "generated", .rows = {}};
  double log_price = std::log(rules.opening_price), log_variance = std::log(rules.variance);
  const auto hours = rules.years > 0.0 ? static_cast<std::uint64_t>(rules.years / hour) : std::uint64_t{0};
  for (std::uint64_t k = 0; k < hours; ++k) {
    log_variance += rules.pull * hour * (std::log(rules.variance) - log_variance) +
                    rules.wander * std::sqrt(hour) * level.normal(k);
    const double variance = std::exp(log_variance) * hour;
    double r = -0.5 * variance + std::sqrt(variance) * step.normal(k);
    if (fall.uniform(2 * k) < rules.falls_a_year * hour) r -= 0.01 + 0.03 * fall.uniform(2 * k + 1);
    const double open = std::exp(log_price), close = std::exp(log_price += r);
    series.rows.push_back({rules.first_time + 3600 * static_cast<std::int64_t>(k), open, std::max(open, close),
                           std::min(open, close), close, 0.0, 0});
  }
  return series;
}

}  // namespace trimtab::simulate
