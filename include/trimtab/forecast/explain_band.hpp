// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/forecast/best_band.hpp>

#include <cstdio>
#include <span>
#include <string_view>

namespace trimtab::forecast {

/// @brief Why this band: what it does and costs, which cost makes it wide, what sets its lower edge, and what the rule
/// for small costs and ±10 % about the same target would cost. The same numbers give the same words.
/// @param best, e  the band found and what it was found for
/// @param out      the caller's buffer, 640 characters suffice
/// @return         what was written into it; cut where the buffer ends
inline std::string_view explain(const best_band& best, const band_economics& e, std::span<char> out) noexcept {
  if (out.empty()) return {};
  const band_cost& c = best.cost;
  const double spread = e.cost * (c.below * c.trades.sold + c.above * c.trades.borrowed) * c.trades_per_year,
               impact = c.trading - spread;
  const char* wide = c.gas >= spread && c.gas >= impact ? "gas" : spread >= impact ? "the spread" : "impact";
  const auto share = [&](double part) { return 100.0 * part / c.per_year; };

  char edge[160];
  if (best.on_floor) {
    std::snprintf(edge, sizeof edge, "lower edge held up by the floor of %.4f; 1 %% higher would cost %.4g a year more",
                  best.floor, 0.01 * best.floor_price);
  } else {
    const double danger = c.latency + c.jumps;
    const char* against = danger > c.tracking ? (c.jumps > c.latency ? "jumps" : "latency") : "tracking";
    std::snprintf(edge, sizeof edge, "lower edge set by %s against %s, above the floor of %.4f", wide, against,
                  best.floor);
  }
  const auto more = [&](double cost, std::span<char> text) {
    if (is_finite(cost)) {
      std::snprintf(text.data(), text.size(), "%+.1f %%", 100.0 * (cost / c.per_year - 1.0));
    } else {
      std::snprintf(text.data(), text.size(), "not possible");
    }
  };
  char of_rule[32], of_tenth[32];
  const auto tenth = cost_of(e, {0.9 * best.band.target, best.band.target, 1.1 * best.band.target});
  more(best.at_rule, of_rule);
  more(tenth ? tenth->per_year : infinity, of_tenth);
  const int n = std::snprintf(
      out.data(), out.size(),
      "keep health between %.4f and %.4f, back to %.4f: %.4g trades a year (%.4g to repay), cost %.6g a year (gas %.1f "
      "%%, spread %.1f %%, impact %.1f %%, tracking %.1f %%, latency %.1f %%, jumps %.1f %%), %.3g liquidations a "
      "year; "
      "width set mostly by %s; %s; cost of the small-cost rule %s, of 10 %% either side %s",
      best.band.lower, best.band.upper, best.band.target, c.trades_per_year, c.deleverages_per_year, c.per_year,
      share(c.gas), share(spread), share(impact), share(c.tracking), share(c.latency), share(c.jumps),
      c.liquidations_per_year, wide, edge, of_rule, of_tenth);
  const auto room = out.size() - 1;
  const auto wrote = n < 0 ? std::size_t{0} : static_cast<std::size_t>(n);
  return {out.data(), wrote < room ? wrote : room};
}

}  // namespace trimtab::forecast
