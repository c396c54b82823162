// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace replay {

/// One collateral: what to call it and the file of its prices.
struct asset_file {
  std::string name;
  std::string path;
};

/// What the command line says. Percentages are fractions here.
struct arguments {
  std::vector<asset_file> assets;  ///< empty: the built-in market
  std::vector<double> shares;      ///< of the opening collateral's value, by asset; empty: equal
  std::string oracle;              ///< empty: built from the first asset's prices
  std::string gas_file;
  std::string csv;
  std::string grid;
  bool systems = false;  ///< known systems as columns, instead of people
  bool json = false;
  bool quiet = false;
  bool keep_wicks = false;
  bool allow_gaps = false;
  std::optional<std::int64_t> from;
  std::optional<std::int64_t> to;
  std::int64_t max_age = 7'200;

  double health = 1.35;
  double debt = 1e6;
  double debt_share = 0.10;
  double lower = 1.15;
  double target = 1.25;
  double emergency = 1.05;
  std::int64_t delay = 24;
  int chunks = 12;
  double max_slippage = 0.10;

  double lt = 0.825;
  double ltv = 0.80;
  double bonus = 0.05;
  double premium = 0.0005;
  double borrow_rate = 0.04;
  double supply_rate = 0.01;

  double fee = 0.003;
  std::int64_t refill_delay = 0;
  double depth_factor = 1.0;

  std::optional<double> gas;           ///< gwei; absent: 30, or the built-in market's own
  std::optional<double> native_price;  ///< base currency; absent: the first asset is the native one
  double tank = std::numeric_limits<double>::infinity();
  double failure = 0.0;
  std::uint64_t seed = 20'200'312;
};

/// Reads the command line; nothing when all that was asked for is the help text, which is then printed. Throws
/// user_error.
std::optional<arguments> parse(int argc, char** argv);

}  // namespace replay
