// SPDX-License-Identifier: MIT
#pragma once

#include <fmt/core.h>

#include <trimtab/forecast_full.hpp>

#include "history.hpp"
#include <cmath>
#include <string>
#include <vector>

namespace judge {

/// What a band cost on the history, a year, with the equity given at every return to the target.
struct vault_outcome {
  double trading = 0.0, tracking = 0.0, years = 0.0;
  int trades = 0, liquidations = 0;
  [[nodiscard]] double per_year() const { return (trading + tracking) / years; }
};

/// Hour by hour: a breach seen at one close is traded at the next; ln health below 0 is a liquidation, whose loss is
/// not in `trading`, and starts anew.
inline vault_outcome run_vault(const history& h, std::int64_t from, const trimtab::forecast::band_economics& e,
                               const trimtab::forecast::health_band& band) {
  using namespace trimtab::forecast;
  const log_band edges = log_of(band);
  const double hour = 1.0 / (24.0 * 365.0), wanted = std::log(e.wanted);
  vault_outcome out;
  double x = edges.target;
  bool breached = false;
  const auto& rows = h.hours.rows;
  for (std::size_t k = 1; k < rows.size(); ++k) {
    if (rows[k].time < from || rows[k].time - rows[k - 1].time > 7200) continue;
    // The penalty is on variance taken at the wrong leverage: on that of this hour, and not on what was expected.
    const double r = std::log(rows[k].close / rows[k - 1].close), off = x - wanted;
    out.tracking += e.tracking / (e.health.volatility * e.health.volatility) * r * r * off * off;
    out.years += hour;
    x += r;
    if (x <= 0.0) {
      ++out.liquidations;
      x = edges.target;
      breached = false;
    } else if (breached) {
      // Wherever it is by now, back to the target.
      const auto trades = trades_at(e, {std::fmin(x, edges.target), edges.target, std::fmax(x, edges.target)});
      const double q = trades ? (x < edges.target ? trades->sold : trades->borrowed) : 0.0;
      out.trading += e.gas + q * (e.cost + e.impact * q);
      ++out.trades;
      x = edges.target;
      breached = false;
    } else {
      breached = x <= edges.lower || x >= edges.upper;
    }
  }
  return out;
}

inline void print_vaults(const history& h, std::int64_t from) {
  using namespace trimtab;
  using namespace trimtab::forecast;
  double variance = 0.0, days = 0.0;
  for (const auto& d : h.days)
    if (d.start < from) variance += d.seen.realised_variance, days += 1.0;
  const double volatility = std::sqrt(variance / days * 365.0);
  fmt::print("Vaults of 1,000,000, volatility {:.0f} % as learned, trades an hour late; cost a year\n\n",
             100.0 * volatility);
  fmt::print(
      "| leverage | band | lower, target, upper | trades a year | trading | off target | cost | liquidations |\n"
      "|---|---|---|---|---|---|---|---|\n");
  for (const double leverage : {2.0, 3.0}) {
    band_economics e{.health = {.drift = -0.5 * volatility * volatility, .volatility = volatility},
                     .threshold = 0.83,
                     .equity = 1e6,
                     .gas = 30.0,
                     .cost = 0.0005,
                     .impact = 1.0 / 2e8,
                     .latency = 1.0 / (24.0 * 365.0),
                     .wanted = 0.83 * leverage / (leverage - 1.0)};
    e.loss = 0.05 * 0.5 * (leverage - 1.0) * e.equity;
    e.tracking = tracking_for(2.0, e);
    const auto best = best_band_of(e, {.latency_risk = 1e-4});
    if (!best) {
      fmt::print("| {:g} | none: {} |\n", leverage, name(best.error()));
      continue;
    }
    const health_band rule = best->rule;
    struct line {
      std::string label;
      health_band band;
    };
    std::vector<line> lines{{"optimised", best->band}, {"small-cost rule", rule}};
    for (const double by : {0.05, 0.10, 0.20})
      lines.push_back(
          {fmt::format("fixed ±{:.0f} %", 100.0 * by), {e.wanted * (1.0 - by), e.wanted, e.wanted * (1.0 + by)}});
    for (const auto& [label, band] : lines) {
      if (band.validate() != errc::ok) {
        fmt::print("| {:g} | {} | {:.3f} {:.3f} {:.3f} | no band: liquidation lies inside |\n", leverage, label,
                   band.lower, band.target, band.upper);
        continue;
      }
      const vault_outcome out = run_vault(h, from, e, band);
      fmt::print("| {:g} | {} | {:.3f} {:.3f} {:.3f} | {:.1f} | {:.0f} | {:.0f} | {:.0f} | {} |\n", leverage, label,
                 band.lower, band.target, band.upper, out.trades / out.years, out.trading / out.years,
                 out.tracking / out.years, out.per_year(), out.liquidations);
    }
  }
  fmt::print("\n");
}

}  // namespace judge
