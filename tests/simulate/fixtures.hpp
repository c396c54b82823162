// SPDX-License-Identifier: MIT
#pragma once

// A tape from a list of prices, one a block, and the accounts and policies that the tests of this room share.
#include <trimtab/health/aave_v3.hpp>
#include <trimtab/oracle.hpp>
#include <trimtab/simulate/market_tape.hpp>
#include <trimtab/simulate/opening.hpp>
#include <trimtab/simulate/world.hpp>
#include <trimtab/sizing.hpp>
#include <trimtab/trigger.hpp>

#include <array>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace fixtures {

using namespace trimtab;
using namespace trimtab::simulate;

inline market_tape tape_of(std::vector<double> market, double gwei = 0.0) {
  market_tape tape;
  tape.clock = {.first_time = 1'600'000'000, .seconds = 12, .blocks = market.size()};
  tape.bar_seconds = 12;
  tape.gas_gwei.assign(market.size(), gwei);
  tape.native.assign(market.size(), 2'000.0);
  tape.assets.resize(1);
  tape.assets[0].oracle = make_feed(market, tape.clock);
  tape.assets[0].market = std::move(market);
  return tape;
}

inline constexpr std::array<health::aave_v3_reserve, 2> reserves = {{
    {.asset = {0},
     .collateral_slot = {0},
     .debt_slot = {0},
     .ltv = {8000.0},
     .threshold = {8250.0},
     .bonus = {500.0},
     .protocol_fee = {1000.0}},
    {.asset = {1},
     .collateral_slot = {1},
     .debt_slot = {1},
     .ltv = {7500.0},
     .threshold = {7800.0},
     .bonus = {450.0},
     .protocol_fee = {1000.0}},
}};

inline health::aave_v3 aave() {
  return {.reserves = reserves};
}

inline account<> opened(const market_tape& tape, double debt, double health) {
  const std::array<double, 3> prices = {tape.assets[0].oracle.price[0], 1.0, tape.native[0]};
  const std::array<double, 1> shares = {1.0};
  return open_account(aave(), shares, oracle_prices<double>(prices), debt, health);
}

inline auto guard() {
  return oracle::all_of{oracle::max_age{}, oracle::max_deviation{}};
}
inline constexpr trigger::drift_band band{.lower = 1.15, .target = 1.25, .emergency = 1.05};
inline constexpr sizing::restore_target sizer{.max_slippage = {1000.0}};

inline auto one_shot() {
  return policy{aave(), guard(), band, sizer};
}
inline auto chunks() {
  return policy{aave(), guard(), band, sizing::in_chunks{sizer}};
}

/// Rules in which nothing costs anything but what a test turns on.
inline world_rules plain(double pool_depth) {
  world_rules rules;
  rules.borrow_rate = rules.supply_rate = 0.0;
  rules.pool_depth = pool_depth;
  return rules;
}

}  // namespace fixtures
