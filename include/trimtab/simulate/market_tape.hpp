// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Everything that happens to everybody: prices, oracle, gas, block by block, computed once for one order of the bars
/// and read by every column of a replay. No account can change it.

#include <trimtab/simulate/gas_series.hpp>
#include <trimtab/simulate/oracle_feed.hpp>
#include <trimtab/simulate/price_path.hpp>
#include <trimtab/simulate/text_table.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace trimtab::simulate {

/// @brief One asset's prices in base currency, per block: what it trades at, and what the protocol believes.
struct asset_tape {
  std::vector<double> market;
  oracle_feed oracle;
};

/// @brief The world outside the account.
struct market_tape {
  block_clock clock;
  std::vector<asset_tape> assets;  ///< collaterals; the first is the one that the pool trades
  std::vector<double> gas_gwei;    ///< per block
  std::vector<double> native;      ///< base currency per native token, per block
  std::int64_t bar_seconds = 0;  ///< step of the first asset's file: what happens faster than that is drawn, not known
};

/// @brief What one asset's tape is made from.
struct asset_source {
  price_series prices;  ///< screened for wicks by the caller, or not
  std::optional<price_series>
      oracle;  ///< samples: the feed as it was; bars: another market that the feed watches; absent: `prices`
};

/// @brief How a tape is made.
struct tape_rules {
  path_rules path{};
  feed_rules feed{};
  std::int64_t block_seconds = 12;
  std::optional<std::int64_t> from{};    ///< unix seconds; the first asset's first by default
  std::optional<std::int64_t> to{};      ///< the first asset's last by default
  std::optional<double> native_price{};  ///< base currency per native token; absent: the first asset is the native one
};

namespace detail {

inline parsed<asset_tape> make_asset(const asset_source& source, const price_path& path, const block_clock& clock,
                                     const tape_rules& rules) {
  const std::int64_t end = clock.time(clock.blocks - 1);
  if (auto fault = coverage_fault(path, clock.first_time, end, rules.path)) return std::move(*fault);
  asset_tape tape{.market = prices_at_blocks(path, clock), .oracle = {}};
  if (!source.oracle) {
    tape.oracle = make_feed(tape.market, clock, rules.feed);
    return tape;
  }
  if (source.oracle->kind == series_kind::samples) {
    auto feed = replay_feed(*source.oracle, clock, rules.path);
    if (!feed) return feed.error();
    tape.oracle = *std::move(feed);
    return tape;
  }
  const auto watched = make_path(*source.oracle, rules.path);
  if (!watched) return watched.error();
  if (auto fault = coverage_fault(*watched, clock.first_time, end, rules.path)) return std::move(*fault);
  tape.oracle = make_feed(prices_at_blocks(*watched, clock), clock, rules.feed);
  return tape;
}

}  // namespace detail

/// @brief Records what happens to everybody.
///
/// @param assets at least one
/// @return       the tape, or the first file that cannot serve it: a hole, or a span it does not cover
/// @cost         O(blocks × assets)
inline parsed<market_tape> make_tape(std::span<const asset_source> assets, const gas_series& gas,
                                     const tape_rules& rules = {}) {
  market_tape tape;
  for (const asset_source& source : assets) {
    const auto path = make_path(source.prices, rules.path);
    if (!path) return path.error();
    if (tape.assets.empty()) {
      tape.clock =
          clock_over(rules.from.value_or(path->first_time), rules.to.value_or(path->last_time), rules.block_seconds);
      tape.bar_seconds = path->step_seconds;
      if (tape.clock.blocks < 2) return file_error{source.prices.name, 0, "spans fewer than two blocks"};
    }
    auto asset = detail::make_asset(source, *path, tape.clock, rules);
    if (!asset) return asset.error();
    tape.assets.push_back(*std::move(asset));
  }
  tape.gas_gwei = gas_at_blocks(gas, tape.clock);
  tape.native =
      rules.native_price ? std::vector<double>(tape.clock.blocks, *rules.native_price) : tape.assets[0].market;
  return tape;
}

}  // namespace trimtab::simulate
