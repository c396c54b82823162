// SPDX-License-Identifier: MIT
#pragma once

/// What a competent engineer writes first, and the worlds both sides are measured on: 1024 different accounts, cycled.

#include <boost/math/tools/toms748_solve.hpp>

#include <trimtab/trimtab.hpp>

#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <random>
#include <string>
#include <unordered_map>
#include <vector>

namespace bench {

using namespace trimtab;
using namespace trimtab::literals;
using pool = liquidity::constant_product;

inline constexpr std::size_t how_many = 1024;
inline constexpr auto start = at_unix(1'700'000'000);

inline constexpr std::array<health::aave_v3_reserve, 4> reserve_table{{
    {.asset = {1}, .collateral_slot = {0}, .debt_slot = {0}, .ltv = 8050_bps, .threshold = 8300_bps},
    {.asset = {2}, .collateral_slot = {1}, .debt_slot = {1}, .ltv = 7300_bps, .threshold = 7800_bps},
    {.asset = {3}, .collateral_slot = {2}, .debt_slot = {2}, .ltv = 7500_bps, .threshold = 7800_bps},
    {.asset = {4}, .collateral_slot = {3}, .debt_slot = {3}, .ltv = 6300_bps, .threshold = 6800_bps},
}};
inline constexpr double bonus_free_target = 1.25;

inline constexpr policy keeper{
    health::aave_v3{.reserves = reserve_table},
    oracle::all_of{oracle::max_age{}, oracle::max_deviation{.limit = 50_bps}},
    trigger::all_of{trigger::drift_band{.lower = 1.15, .target = bonus_free_target, .emergency = 1.05},
                    trigger::cooldown{}},
    sizing::restore_target{.max_slippage = 1000_bps}};
using keeper_state = decltype(keeper)::state_type;

/// One account: sells asset 1, owes assets 3 and (a little) 4, holds 1 and 2; health as asked for.
struct world {
  std::array<double, 4> price{};
  std::array<feed, 4> feeds{};
  account<> holdings{};
  pool venue{};
  [[nodiscard]] snapshot<pool> look() const {
    snapshot<pool> s;
    s.now = start;
    s.account = holdings;
    s.prices = oracle_prices<double>{price};
    s.feeds = feeds;
    s.sell = {.in = {1}, .out = {3}, .venue = venue};
    s.buy = {.in = {3}, .out = {1}, .venue = venue.reversed()};
    return s;
  }
};

inline std::vector<world> worlds(double lowest_health, double highest_health) {
  std::mt19937_64 engine(20200312);
  const auto between = [&](double low, double high) { return std::uniform_real_distribution<>(low, high)(engine); };
  std::vector<world> out(how_many);
  for (world& w : out) {
    w.price = {between(1000.0, 4000.0), between(20000.0, 70000.0), between(0.99, 1.01), between(5.0, 30.0)};
    for (std::size_t i = 0; i < 4; ++i)
      w.feeds[i] = {.protocol_at = start - seconds{static_cast<long>(between(0.0, 3000.0))},
                    .reference = {.price = w.price[i] * between(0.998, 1.002),
                                  .at = start - seconds{static_cast<long>(between(0.0, 25.0))}}};
    const double first = between(10.0, 1000.0), second = first * w.price[0] * between(0.02, 0.3) / w.price[1];
    const double weighted = 0.83 * first * w.price[0] + 0.78 * second * w.price[1];
    const double debt = weighted / between(lowest_health, highest_health), little = between(0.0, 0.05);
    w.holdings.add({.asset = {1}, .collateral = first});
    w.holdings.add({.asset = {2}, .collateral = second});
    w.holdings.add({.asset = {3}, .debt = debt * (1.0 - little) / w.price[2]});
    w.holdings.add({.asset = {4}, .debt = debt * little / w.price[3]});
    const double depth = first * between(20.0, 1000.0);
    w.venue = {.reserve_in = depth, .reserve_out = depth * w.price[0] / w.price[2]};
  }
  return out;
}

// --- the plain implementation

struct plain_position {
  std::string symbol;
  double collateral = 0.0, debt = 0.0;
};
struct plain_quote {
  double price = 0.0, reference = 0.0;
  long price_time = 0, reference_time = 0;
};
struct plain_world {
  std::vector<plain_position> positions;
  std::unordered_map<std::string, plain_quote> quotes;
  double reserve_in = 0.0, reserve_out = 0.0;
  long now = 0, last_fill = 0;
};
struct plain_answer {
  bool trade = false;
  double health = 0.0, sold = 0.0;
};

inline const std::unordered_map<std::string, double>& plain_thresholds() {
  static const std::unordered_map<std::string, double> table{
      {"WETH", 0.83}, {"WBTC", 0.78}, {"USDC", 0.78}, {"LINK", 0.68}};
  return table;
}

inline std::vector<plain_world> plain_worlds(const std::vector<world>& from) {
  static const std::array<std::string, 4> names{"WETH", "WBTC", "USDC", "LINK"};
  std::vector<plain_world> out;
  for (const world& w : from) {
    plain_world p;
    for (std::size_t i = 0; i < 4; ++i) {
      p.positions.push_back({names[i], w.holdings[i].collateral, w.holdings[i].debt});
      p.quotes[names[i]] = {w.price[i], w.feeds[i].reference.price,
                            static_cast<long>(unix_seconds(w.feeds[i].protocol_at)),
                            static_cast<long>(unix_seconds(w.feeds[i].reference.at))};
    }
    p.reserve_in = w.venue.reserve_in;
    p.reserve_out = w.venue.reserve_out;
    p.now = static_cast<long>(unix_seconds(start));
    out.push_back(std::move(p));
  }
  return out;
}

struct plain_sides {
  double collateral = 0.0, debt = 0.0;
};

/// Checks every quote and adds up both sides; nothing when a number or a quote is bad.
inline std::optional<plain_sides> plain_values(const plain_world& w) {
  plain_sides out;
  for (const plain_position& p : w.positions) {
    const auto quote = w.quotes.find(p.symbol);
    if (quote == w.quotes.end() || !(p.collateral >= 0.0) || !(p.debt >= 0.0)) return std::nullopt;
    const plain_quote& q = quote->second;
    if (!std::isfinite(q.price) || q.price <= 0.0) return std::nullopt;
    if (w.now - q.price_time > 3900 || w.now - q.reference_time > 30) return std::nullopt;
    if (std::fabs(q.reference - q.price) > 0.005 * q.price) return std::nullopt;
    out.collateral += p.collateral * plain_thresholds().at(p.symbol) * q.price;
    out.debt += p.debt * q.price;
  }
  return out;
}

/// The size that brings health to the target through a constant-product pool: a bracketing root finder on the health
/// equation, up to the size of the highest value of its left side.
inline double plain_size(double collateral, double debt, double weighted_price, double debt_price, double reserve_in,
                         double reserve_out, double target, double premium_kept) {
  const double a = reserve_in / 0.997;
  const auto lacking = [&](double x) {
    return collateral - weighted_price * x -
           target * (debt - debt_price * (reserve_out * x / (a + x) - premium_kept * x));
  };
  const double gain = target * debt_price, give = weighted_price + gain * premium_kept;
  const double top = std::sqrt(gain * reserve_out * a / give) - a;
  if (!(top > 0.0) || lacking(top) < 0.0) return 0.0;
  std::uintmax_t iterations = 100;
  const auto bracket =
      boost::math::tools::toms748_solve(lacking, 0.0, top, boost::math::tools::eps_tolerance<double>(50), iterations);
  return 0.5 * (bracket.first + bracket.second);
}

}  // namespace bench
