// SPDX-License-Identifier: MIT
#pragma once

#include "volatility.hpp"
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

namespace judge {

/// Predicted probabilities of liquidation against how often it came, in classes of the prediction.
struct reliability {
  static constexpr std::array<double, 9> edges{0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.01};
  struct row {
    double cases = 0.0, predicted = 0.0, hits = 0.0;
  };
  std::array<row, edges.size()> rows{};

  void add(double p, bool hit) {
    if (!(p >= 0.0)) return;
    row& r = rows[static_cast<std::size_t>(std::upper_bound(edges.begin(), edges.end() - 1, p) - edges.begin())];
    r.cases += 1.0;
    r.predicted += p;
    r.hits += hit ? 1.0 : 0.0;
  }
  void print(const char* title) const {
    fmt::print("{}\n\n| predicted | cases | mean predicted | realised |\n|---|---|---|---|\n", title);
    double low = 0.0;
    for (std::size_t k = 0; k < rows.size(); ++k) {
      const row& r = rows[k];
      if (r.cases > 0.0)
        fmt::print("| {:g} to {:g} % | {:.0f} | {:.2f} % | {:.2f} % |\n", 100.0 * low, 100.0 * std::min(1.0, edges[k]),
                   r.cases, 100.0 * r.predicted / r.cases, 100.0 * r.hits / r.cases);
      low = edges[k];
    }
    fmt::print("\n");
  }
};

/// Lowest ln(price/price now) at the closes of the `n` days after day `k`, and at their end; NaN over a hole.
inline std::array<double, 2> fall_after(const history& h, std::size_t k, std::size_t n) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  for (std::size_t i = k + 1; i <= k + n; ++i)
    if (i >= h.days.size() || !h.days[i].follows) return {nan, nan};
  const std::int64_t begin = h.days[k].start + 86'400, end = begin + static_cast<std::int64_t>(n) * 86'400;
  const auto& rows = h.hours.rows;
  auto at = std::lower_bound(rows.begin(), rows.end(), begin, [](const auto& b, std::int64_t t) { return b.time < t; });
  double least = 0.0;
  for (; at != rows.end() && at->time < end; ++at) least = std::min(least, std::log(at->close / h.days[k].close));
  return {least, std::log(h.days[k + n].close / h.days[k].close)};
}

inline void print_reliability(const history& h, std::int64_t from, const volatility_study& study) {
  // Jumps from the hourly returns of the days to learn on; what they contribute is taken off the forecast variance.
  std::vector<double> hourly, residuals;
  for (std::size_t k = 1; k < h.hours.rows.size() && h.hours.rows[k].time < from; ++k)
    hourly.push_back(std::log(h.hours.rows[k].close / h.hours.rows[k - 1].close));
  const auto jumps = forecast::estimate_jumps(hourly, 1.0 / (24.0 * 365.0));
  if (jumps) {
    fmt::print("jumps: {:.1f} a year, {:.0f} % upwards, mean up {:.2f} %, down {:.2f} %; {:.0f} and {:.0f} seen\n\n",
               jumps->jumps.rate, 100.0 * jumps->jumps.up_share, 100.0 / jumps->jumps.up_decay,
               100.0 / jumps->jumps.down_decay, jumps->up_seen, jumps->down_seen);
  } else {
    fmt::print("jumps: {}\n\n", name(jumps.error()));
  }
  for (std::size_t k = 0; k + 1 < h.days.size() && h.days[k + 1].start < from; ++k)
    if (h.days[k + 1].follows && study.expected[k][0] > 0.0)
      residuals.push_back(-h.days[k + 1].seen.log_return / std::sqrt(study.expected[k][0]));
  const auto tail = forecast::fit_pareto_tail(residuals, 0.1);

  constexpr std::array healths{1.01, 1.015, 1.02, 1.03, 1.04, 1.05, 1.07, 1.10, 1.14, 1.20, 1.30};
  constexpr double look = 1.0 / (24.0 * 365.0);
  for (const std::size_t i : {std::size_t{0}, std::size_t{1}}) {
    reliability diffusion, jumping, in_tail;
    for (std::size_t k = 0; k < h.days.size(); ++k) {
      if (h.days[k].start < from) continue;
      const auto [least, end] = fall_after(h, k, horizons[i]);
      const double variance = study.expected[k][i], years = static_cast<double>(horizons[i]) / 365.0;
      if (!(least <= 0.0) || !(variance > 0.0)) continue;
      const forecast::motion m{.drift = -0.5 * variance / years, .volatility = std::sqrt(variance / years)};
      for (const double health : healths) {
        const double x = std::log(health), watched = forecast::seen_from(m, x, look);
        diffusion.add(forecast::liquidation_probability(m, watched, years), least <= -x);
        if (jumps) {
          const auto& j = jumps->jumps;
          const double of_jumps =
              2.0 * j.rate *
              (j.up_share / (j.up_decay * j.up_decay) + (1.0 - j.up_share) / (j.down_decay * j.down_decay));
          const double left = std::max(0.2 * variance / years, variance / years - of_jumps);
          const auto p =
              forecast::kou_first_passage({.drift = -0.5 * left, .volatility = std::sqrt(left)}, j, watched, years);
          if (p) jumping.add(p->hit, least <= -x);
        }
        if (i == 0 && tail) {
          const auto p = forecast::tail_liquidation_probability(tail->tail, x, 0.0, std::sqrt(variance));
          if (p) in_tail.add(*p, end <= -x);
        }
      }
    }
    fmt::print("Probability of liquidation within {} day{}, hourly looks\n\n", horizons[i], i == 0 ? "" : "s");
    diffusion.print("First passage with the mixture's volatility:");
    if (jumps) jumping.print("The same with jumps:");
    if (i == 0 && tail)
      in_tail.print("Tail of the filtered returns (a loss at the end of the day, not its lowest hour):");
  }
}

}  // namespace judge
