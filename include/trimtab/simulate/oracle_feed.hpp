// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// The protocol's price feed, built from the market before anything else happens and the same for every account
/// replayed.
///
/// At each block the feed observes the market, takes the median of its last three observations, and prints when the
/// median has left the printed value by the deviation or when the heartbeat has run out. A move that lasts one
/// observation never prints; a real move prints one block late, as it does on chain. What a *bar file* shows as a wick
/// is taken out before, in bar space (wick_screen.hpp), where it can be seen.

#include <trimtab/simulate/price_path.hpp>
#include <trimtab/simulate/wick_screen.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace trimtab::simulate {

/// @brief When the feed prints.
struct feed_rules {
  double deviation = 0.005;  ///< of the printed price; Chainlink ETH/USD on mainnet
  std::int64_t heartbeat_seconds = 3'600;
};

/// @brief One update of the feed.
struct feed_print {
  std::size_t block = 0;
  double price = 0.0;
};

/// @brief What the protocol believes, block by block.
struct oracle_feed {
  std::vector<double> price;       ///< in force in each block, after that block's update
  std::vector<feed_print> prints;  ///< the first in block 0
  std::size_t spikes = 0;          ///< single observations off by the deviation that the median kept out
};

/// @brief Builds the feed from the market at each block.
///
/// @param market quote per base at each block of the clock; at least one
/// @cost  one pass
[[nodiscard]] inline oracle_feed make_feed(std::span<const double> market, const block_clock& clock,
                                           const feed_rules& rules = {}) {
  oracle_feed feed;
  feed.price.reserve(market.size());
  const auto off = [&](double a, double b) { return std::abs(a / b - 1.0) >= rules.deviation; };
  for (std::size_t b = 0; b < market.size(); ++b) {
    const double last = market[b];
    const double middle = market[b >= 1 ? b - 1 : 0];
    const double first = market[b >= 2 ? b - 2 : 0];
    const double seen = detail::median(first, middle, last);
    if (seen != middle && off(middle, seen)) ++feed.spikes;
    const bool prints = feed.prints.empty() || off(seen, feed.prints.back().price) ||
                        clock.time(b) - clock.time(feed.prints.back().block) >= rules.heartbeat_seconds;
    if (prints) feed.prints.push_back({b, seen});
    feed.price.push_back(feed.prints.back().price);
  }
  return feed;
}

/// @brief Takes a recorded feed as it is: each sample prints in the first block at or after its time.
///
/// @param series samples of the feed
/// @return       the feed, or why it cannot serve the clock: it starts too late, or a sample is older than the maximum
/// age
inline parsed<oracle_feed> replay_feed(const price_series& series, const block_clock& clock,
                                       const path_rules& rules = {}) {
  oracle_feed feed;
  feed.price.reserve(clock.blocks);
  std::size_t next = 0;  // first sample that has not happened yet
  for (std::size_t b = 0; b < clock.blocks; ++b) {
    const std::int64_t now = clock.time(b);
    const std::size_t before = next;
    while (next < series.rows.size() && series.rows[next].time <= now) ++next;
    if (next == 0) {
      return file_error{series.name, series.rows.front().line,
                        "starts at " + std::to_string(series.rows.front().time) + ", after " + std::to_string(now)};
    }
    const bar& sample = series.rows[next - 1];
    if (now - sample.time > rules.max_age_seconds && rules.holes == hole_rule::refuse) {
      return file_error{
          series.name, sample.line,
          "no sample after this row for more than the maximum age of " + std::to_string(rules.max_age_seconds) + " s"};
    }
    if (next != before) feed.prints.push_back({b, sample.close});
    feed.price.push_back(sample.close);
  }
  return feed;
}

}  // namespace trimtab::simulate
