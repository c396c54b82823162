// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/health/aave_v3.hpp>
#include <trimtab/simulate/market_tape.hpp>
#include <trimtab/simulate/world.hpp>

#include "arguments.hpp"
#include <cstddef>
#include <string>
#include <vector>

namespace replay {

/// The market of a replay before it is laid out in blocks: files read, wicks screened.
struct scenario {
  std::vector<std::string> names;  ///< of the collaterals
  std::vector<trimtab::simulate::asset_source> sources;
  trimtab::simulate::gas_series gas;
  std::vector<trimtab::simulate::wick> wicks;  ///< of all collaterals
  trimtab::simulate::tape_rules rules{};       ///< but for the order of the bars
  std::size_t rows = 0;                        ///< of the first file
};

/// Reads the files. Throws user_error.
scenario make_scenario(const arguments& a);

/// The scenario in blocks. Throws user_error.
trimtab::simulate::market_tape tape_of(const scenario& s, trimtab::simulate::bar_order order);

/// The protocol's table for the account's assets; `aave_v3` looks at it, so keep it.
std::vector<trimtab::health::aave_v3_reserve> reserves_of(const arguments& a, std::size_t collaterals);

trimtab::simulate::world_rules world_rules_of(const arguments& a);

}  // namespace replay
