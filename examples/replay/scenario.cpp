// SPDX-License-Identifier: MIT
#include "scenario.hpp"

#include <trimtab/simulate/generated.hpp>
#include <trimtab/simulate/wick_screen.hpp>

#include "files.hpp"
#include <utility>

namespace replay {

using namespace trimtab;
using namespace trimtab::simulate;

namespace {

constexpr double default_gwei = 30.0;

template <class T>
T must(parsed<T> p) {
  if (!p) throw user_error(p.error().text());
  return *std::move(p);
}

}  // namespace

scenario make_scenario(const arguments& a) {
  scenario s;
  const auto add = [&](const std::string& name, price_series prices) {
    s.names.push_back(name);
    if (s.sources.empty()) s.rows = prices.rows.size();
    if (a.keep_wicks) {
      s.sources.push_back({std::move(prices), std::nullopt});
      return;
    }
    auto screened = screen_wicks(std::move(prices));
    s.wicks.insert(s.wicks.end(), screened.wicks.begin(), screened.wicks.end());
    s.sources.push_back({std::move(screened.series), std::nullopt});
  };
  s.gas = constant_gas(a.gas.value_or(default_gwei));
  if (a.assets.empty()) {
    auto market = generate_crash({.seed = a.seed});
    add("generated", std::move(market.prices));
    if (!a.gas) s.gas = std::move(market.gas);
  }
  for (const asset_file& f : a.assets) add(f.name, must(parse_prices(f.path, read_file(f.path))));
  if (!a.oracle.empty()) s.sources[0].oracle = must(parse_prices(a.oracle, read_file(a.oracle)));
  if (!a.gas_file.empty()) s.gas = must(parse_gas(a.gas_file, read_file(a.gas_file)));
  s.rules.path.max_age_seconds = a.max_age;
  s.rules.path.holes = a.allow_gaps ? hole_rule::carry : hole_rule::refuse;
  s.rules.from = a.from;
  s.rules.to = a.to;
  s.rules.native_price = a.native_price;
  return s;
}

market_tape tape_of(const scenario& s, bar_order order) {
  tape_rules rules = s.rules;
  rules.path.order = order;
  return must(make_tape(s.sources, s.gas, rules));
}

std::vector<health::aave_v3_reserve> reserves_of(const arguments& a, std::size_t collaterals) {
  std::vector<health::aave_v3_reserve> table;
  for (std::size_t k = 0; k <= collaterals; ++k) {
    const auto id = static_cast<std::uint32_t>(k);
    const price_slot slot{static_cast<std::uint16_t>(k)};
    health::aave_v3_reserve r{.asset = {id}, .collateral_slot = slot, .debt_slot = slot};
    if (k < collaterals) {
      r.ltv = to_basis_points(a.ltv);
      r.threshold = to_basis_points(a.lt);
      r.bonus = to_basis_points(a.bonus);
    }
    table.push_back(r);
  }
  return table;
}

world_rules world_rules_of(const arguments& a) {
  world_rules r;
  r.delay_seconds = a.delay;
  r.failure_probability = a.failure;
  r.seed = a.seed;
  r.borrow_rate = a.borrow_rate;
  r.supply_rate = a.supply_rate;
  r.tank_native = a.tank;
  r.flash_premium = to_basis_points(a.premium);
  r.pool_depth = a.debt / a.debt_share;
  r.pool.fee = to_basis_points(a.fee);
  r.pool.refill_delay_seconds = a.refill_delay;
  r.pool.depth_factor = a.depth_factor;
  return r;
}

}  // namespace replay
