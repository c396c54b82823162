// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/forecast/best_band.hpp>

#include <cstdio>
#include <span>
#include <string_view>

namespace trimtab::forecast {

namespace detail {

/// Text that is cut where the buffer ends.
class cut_text {
public:
  explicit cut_text(std::span<char> out) noexcept : out_(out) {}

  template <class... Values>
  void add(const char* format, Values... values) noexcept {
    if (out_.size() - used_ <= 1) return;
    const int n = std::snprintf(out_.data() + used_, out_.size() - used_, format, values...);
    const std::size_t room = out_.size() - used_ - 1, wrote = n < 0 ? 0U : static_cast<std::size_t>(n);
    used_ += wrote < room ? wrote : room;
  }
  void add(const char* words) noexcept { add("%s", words); }
  [[nodiscard]] std::string_view text() const noexcept { return {out_.data(), used_}; }

private:
  std::span<char> out_;
  std::size_t used_ = 0;
};

/// What of a trade's price most widens a band: gas 2F against a share k·h in qh⁴/3 = v²(2F + kh).
inline const char* widened_by(const band_economics& e, const band_cost& cost) noexcept {
  const double spread = e.cost * (cost.below * cost.trades.sold + cost.above * cost.trades.borrowed);
  return 2.0 * e.gas >= spread ? "gas" : "the cost of trading";
}

/// How much lower the lower edge would be under other economics, in widths below the target.
inline double lifted_over(const best_band& best, const band_economics& other) noexcept {
  const auto without = best_band_of(other, {.latency_risk = 1.0});
  return without ? (best.logs.lower - without->logs.lower) / (best.logs.target - best.logs.lower) : 0.0;
}

}  // namespace detail

/// @brief Why this band, in a few sentences with the numbers; cut where the buffer ends.
///
/// What holds each edge, what the band does a year and costs in which parts, and what the small-cost rule and ±10 %
/// about the same target would cost. The text depends on its arguments only.
/// @param best  of `best_band_of(e, …)`
/// @param out   the caller's buffer, 1024 characters suffice
/// @return      what was written into it
inline std::string_view explain(const best_band& best, const band_economics& e, std::span<char> out) noexcept {
  if (out.empty()) return {};
  detail::cut_text text(out);
  const band_cost& c = best.cost;
  text.add("keep health between %.4f and %.4f, come back to %.4f. ", best.band.lower, best.band.upper,
           best.band.target);
  text.add("Width: %s against the penalty for being off %.4f", detail::widened_by(e, c), e.wanted);
  // To leading order impact costs the same at any width; only beyond that it moves edges.
  const double impact =
      e.impact * (c.deleverages_per_year * c.trades.sold * c.trades.sold +
                  (c.trades_per_year - c.deleverages_per_year) * c.trades.borrowed * c.trades.borrowed);
  if (impact > 0.5 * c.per_year) {
    text.add("; impact is %.0f %% of the cost at any width", 100.0 * impact / c.per_year);
  }
  text.add(". Lower edge: ");
  if (best.floor_binds) {
    text.add("on the floor, where latency or the wish puts it");
  } else {
    // What lifts it: where would it be without?
    band_economics at_once = e, smooth = e;
    at_once.latency = 0.0;
    smooth.jumps.rate = 0.0;
    const double in_flight = detail::lifted_over(best, at_once), jumping = detail::lifted_over(best, smooth);
    if (in_flight > 0.02 || jumping > 0.02) {
      text.add(in_flight > jumping ? "raised by the risk of liquidation in flight" : "raised by the risk of jumps");
    } else {
      text.add("where a trade pays for itself, as at the upper one");
    }
    text.add("; floor %.4f", best.floor);
  }
  text.add(
      ". A year: %.3g trades, %.3g of them to deleverage, %.2g liquidations; cost %.4g = gas %.3g + trading %.3g + "
      "tracking %.3g + in flight %.3g + jumps %.3g. ",
      c.trades_per_year, c.deleverages_per_year, c.liquidations_per_year, c.per_year, c.gas, c.trading, c.tracking,
      c.latency, c.jumps);
  const auto add_other = [&](const char* name, double cost) {
    if (cost < infinity) {
      text.add("%s would cost %.4g (%+.1f %%)", name, cost, 100.0 * (cost / c.per_year - 1.0));
    } else {
      text.add("%s cannot be traded", name);
    }
  };
  add_other("The rule for small costs", best.cost_of_rule);
  const double t = best.band.target;
  const auto tenth = cost_of(e, {0.9 * t, t, 1.1 * t});
  text.add("; ");
  if (0.9 * t > best.floor) {
    add_other("10 % either side", detail::rate_of(tenth));
  } else {
    text.add("10 % below is under the floor");
  }
  text.add(".");
  return text.text();
}

}  // namespace trimtab::forecast
