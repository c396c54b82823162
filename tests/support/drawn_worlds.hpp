// SPDX-License-Identifier: MIT
#pragma once

/// Accounts, prices and venues at random, for policies that are asked for whole decisions: the same draws everywhere.

#include <trimtab/health/aave_v3.hpp>
#include <trimtab/health/compound_v3.hpp>
#include <trimtab/health/euler_v2.hpp>
#include <trimtab/health/morpho_blue.hpp>
#include <trimtab/liquidity/build_supply_curve.hpp>
#include <trimtab/liquidity/concentrated.hpp>
#include <trimtab/liquidity/constant_price.hpp>
#include <trimtab/liquidity/constant_product.hpp>
#include <trimtab/liquidity/order_book.hpp>
#include <trimtab/liquidity/stable_swap.hpp>
#include <trimtab/liquidity/weighted.hpp>
#include <trimtab/market/snapshot.hpp>
#include <trimtab/policy/policy.hpp>
#include <trimtab/sizing/leverage_up.hpp>
#include <trimtab/sizing/restore_target.hpp>
#include <trimtab/trigger/drift_band.hpp>

#include "support/cases.hpp"
#include "support/random.hpp"
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

namespace cases {

using trimtab::test::random_numbers;

inline bool chance(random_numbers& d, double p) {
  return d.uniform(0.0, 1.0) < p;
}

inline constexpr trimtab::price_slot native_slot{8};
inline constexpr auto drawn_at = trimtab::at_unix(1'700'000'000);

/// A reserve as drawn, before a protocol's own table is made of it.
struct drawn_reserve {
  trimtab::asset_id asset{};
  trimtab::price_slot slot{};
  double threshold = 0.0, ltv = 0.0, factor = 1.0;
  int decimals = 18;
};

/// An account outside its band, whatever the protocol; the first collateral and the first debt are what is traded.
struct drawn_world {
  bool down = true;
  std::array<drawn_reserve, 8> collateral{}, debt{};
  std::size_t collaterals = 0, debts = 0;
  trimtab::account<> before{};
  std::array<double, 9> price{};
  std::array<trimtab::feed, 8> feeds{};
  std::array<trimtab::reserve_limits, 2> limits{};
  trimtab::gas_market gas{};
  trimtab::execution execution{};
  trimtab::trigger::drift_band band{};
  trimtab::sizing::restore_target restore{};
  trimtab::sizing::leverage_up lever{};
  double least_debt = 0.0, fair_rate = 0.0;  ///< fair: debt per collateral

  [[nodiscard]] const drawn_reserve& traded_collateral() const { return collateral[0]; }
  [[nodiscard]] const drawn_reserve& traded_debt() const { return debt[0]; }
  [[nodiscard]] double held() const { return before.find(collateral[0].asset)->collateral; }
  [[nodiscard]] double owed() const { return before.find(debt[0].asset)->debt; }
  /// What goes into the venue, at most or about, and its fair price in what comes out.
  [[nodiscard]] double about() const { return down ? held() : held() * fair_rate; }
  [[nodiscard]] double fair() const { return down ? fair_rate : 1.0 / fair_rate; }
};

/// What a protocol lets vary.
struct protocol_traits {
  std::size_t most_collaterals = 3, most_debts = 2;
  bool borrow_factors = false, one_ltv = false, minimum_debt = false;
};

/// Decimals with prices that go with them: so that a unit is worth little.
inline double price_for(random_numbers& d, int decimals) {
  return decimals == 6 ? d.uniform(0.8, 1.2) : decimals == 8 ? d.log_uniform(1e3, 1e5) : d.log_uniform(1e-2, 1e4);
}

inline drawn_world draw_world(random_numbers& d, bool down, const protocol_traits& can, bool coarse) {
  using namespace trimtab;
  drawn_world w;
  w.down = down;
  w.collaterals = 1 + d.below(can.most_collaterals);
  w.debts = 1 + d.below(can.most_debts);
  const double base = d.log_uniform(1e3, 1e9);
  const auto decimals = [&] {
    constexpr std::array some{6, 8, 18};
    return coarse ? some[d.below(3)] : 18;
  };
  double weighted = 0.0, backed = 0.0;
  w.price.fill(1.0);
  for (std::size_t i = 0; i < w.collaterals; ++i) {
    drawn_reserve& r = w.collateral[i];
    const double threshold = d.uniform(0.4, 0.95), value = base * d.uniform(0.05, 1.0);
    r = {asset_id{static_cast<std::uint32_t>(1 + i)},
         price_slot{static_cast<std::uint16_t>(i)},
         threshold,
         can.one_ltv ? threshold : threshold * d.uniform(0.85, 0.99),
         1.0,
         decimals()};
    const double price = w.price[i] = price_for(d, r.decimals);
    // Balances are whole units, and doubles on the side that `to_holding` rounds to.
    const auto whole = units::floor(value / price, r.decimals);
    w.before.add({.asset = r.asset, .collateral = whole->to_tokens_down(r.decimals)});
    weighted += value * threshold;
    backed += value * r.ltv;
  }
  // Where it may be levered to, and the band around the target.
  const double lowest = std::max(w.collateral[0].threshold / w.collateral[0].ltv, weighted / backed) * (1.0 + 1e-9);
  const double health_floor = 1.0 + 1e-3;
  w.band.target = std::max(lowest, health_floor) + d.log_uniform(1e-3, 0.8);
  w.band.lower = std::max(1.0 + 1e-4, w.band.target - (w.band.target - 1.0) * d.uniform(0.05, 0.9));
  w.band.rearm = 0.5 * (w.band.lower + w.band.target);
  w.band.upper = w.band.target + (w.band.target - 1.0) * d.uniform(0.05, 0.9);
  w.band.rearm_above = 0.5 * (w.band.upper + w.band.target);
  w.band.emergency = 1.0 + (w.band.lower - 1.0) * d.uniform(0.0, 0.9);
  const double health =
      down ? d.uniform(std::min(0.97, w.band.lower), w.band.lower) : w.band.upper * d.uniform(1.0, 1.6);
  double shares[2] = {d.uniform(0.2, 1.0), d.uniform(0.0, 1.0)}, total = 0.0;
  for (std::size_t i = 0; i < w.debts; ++i) total += shares[i];
  for (std::size_t i = 0; i < w.debts; ++i) {
    drawn_reserve& r = w.debt[i];
    const std::size_t slot = w.collaterals + i;
    r = {asset_id{static_cast<std::uint32_t>(11 + i)},
         price_slot{static_cast<std::uint16_t>(slot)},
         0.0,
         0.0,
         can.borrow_factors && chance(d, 0.3) ? d.uniform(1.0, 1.4) : 1.0,
         decimals()};
    const double price = w.price[slot] = price_for(d, r.decimals);
    const auto whole = units::ceil(weighted / health * shares[i] / total / r.factor / price, r.decimals);
    w.before.add({.asset = r.asset, .debt = whole->to_tokens_up(r.decimals)});
  }
  const std::size_t slots = w.collaterals + w.debts;
  for (std::size_t i = 0; i < slots; ++i)
    w.feeds[i] = {.protocol_at = drawn_at - seconds{600},
                  .reference = {.price = w.price[i] * d.uniform(0.997, 1.003), .at = drawn_at - seconds{5}}};
  w.fair_rate = w.feeds[0].reference.price / w.feeds[w.collaterals].reference.price;
  w.execution.wait = seconds{120};
  // Without a loan a leverage is cut to what is backed already: now and then.
  w.execution.funding.mode = static_cast<sizing::funding_mode>(down || chance(d, 0.2) ? d.below(3) : 1 + d.below(2));
  w.execution.funding.premium = {chance(d, 0.3) ? 0.0 : d.uniform(0.0, 30.0)};
  w.restore.max_slippage = w.lever.max_slippage = {d.log_uniform(30.0, 2000.0)};
  if (chance(d, 0.1)) w.restore.max_cost = w.lever.max_cost = {d.log_uniform(5.0, 500.0)};
  if (chance(d, 0.2)) w.restore.health_floor = d.uniform(1.0, 1.0 + 0.5 * (w.band.target - 1.0));
  w.price[native_slot.index] = d.log_uniform(100.0, 5000.0);
  w.gas = {.transaction_gas = 4e5,
           .price_native = base * d.log_uniform(1e-9, 1e-3) / 4e5 / w.price[native_slot.index],
           .paid_from = chance(d, 0.5) ? gas_payer::tank : gas_payer::proceeds,
           .native = native_slot};
  if (chance(d, 0.01)) w.gas.tank_native = 0.5 * w.gas.fee_native(0.0);
  if (can.minimum_debt && chance(d, 0.3)) w.least_debt = weighted / health * d.log_uniform(1e-3, 1.0);
  w.limits[0].asset = w.collateral[0].asset;
  w.limits[1].asset = w.debt[0].asset;
  if (chance(d, 0.1)) w.limits[0].withdrawable = w.held() * d.uniform(0.0, 1.5);
  if (chance(d, 0.1)) w.limits[0].flash_loan_available = w.held() * d.uniform(0.0, 1.0);
  if (chance(d, 0.1)) w.limits[1].flash_loan_available = w.owed() * d.uniform(0.0, 1.0);
  if (chance(d, 0.1)) w.limits[1].borrow_room = w.owed() * d.uniform(0.0, 1.0);
  if (chance(d, 0.1)) w.limits[1].withdrawable = w.owed() * d.uniform(0.0, 1.0);
  if (chance(d, 0.1)) w.limits[0].supply_room = w.held() * d.uniform(0.0, 0.5);
  if (chance(d, 0.003)) w.limits[d.below(2)].paused = true;
  return w;
}

// --- protocols: each is made of a drawn world and keeps its own tables

struct in_lending {
  static constexpr protocol_traits can{.borrow_factors = true, .minimum_debt = true};
  protocol model{};
  explicit in_lending(const drawn_world& w) {
    for (std::size_t i = 0; i < w.collaterals; ++i) list(w.collateral[i]);
    for (std::size_t i = 0; i < w.debts; ++i) list(w.debt[i]);
    model.least_debt = w.least_debt;
    // One world in three checks withdrawals with the borrow form: by a number of the world that has no other part in
    // it.
    if (w.collaterals + w.debts == 3) model.check = trimtab::withdrawal_check::borrow_form;
  }

private:
  void list(const drawn_reserve& r) { model.table[model.count++] = {r.asset, r.slot, r.threshold, r.ltv, r.factor}; }
};

struct on_aave {
  static constexpr protocol_traits can{};
  std::array<trimtab::health::aave_v3_reserve, 8> table{};
  trimtab::health::aave_v3 model{};
  explicit on_aave(const drawn_world& w) {
    std::size_t n = 0;
    const auto list = [&](const drawn_reserve& r) {
      table[n++] = {.asset = r.asset,
                    .collateral_slot = r.slot,
                    .debt_slot = r.slot,
                    .ltv = trimtab::to_basis_points(r.ltv),
                    .threshold = trimtab::to_basis_points(r.threshold),
                    .decimals = r.decimals};
    };
    for (std::size_t i = 0; i < w.collaterals; ++i) list(w.collateral[i]);
    for (std::size_t i = 0; i < w.debts; ++i) list(w.debt[i]);
    model.reserves = std::span(table).first(n);
  }
  on_aave(const on_aave&) = delete;
  on_aave& operator=(const on_aave&) = delete;
};

struct on_morpho {
  static constexpr protocol_traits can{.most_collaterals = 1, .most_debts = 1, .one_ltv = true};
  trimtab::health::morpho_blue model{};
  explicit on_morpho(const drawn_world& w)
      : model{.collateral = w.collateral[0].asset,
              .loan = w.debt[0].asset,
              .collateral_slot = w.collateral[0].slot,
              .loan_slot = w.debt[0].slot,
              .lltv = trimtab::to_basis_points(w.collateral[0].threshold),
              .loan_decimals = w.debt[0].decimals} {}
};

struct on_compound {
  static constexpr protocol_traits can{.most_debts = 1, .minimum_debt = true};
  std::array<trimtab::health::compound_v3_asset, 8> table{};
  trimtab::health::compound_v3 model{};
  explicit on_compound(const drawn_world& w) {
    for (std::size_t i = 0; i < w.collaterals; ++i) {
      const drawn_reserve& r = w.collateral[i];
      table[i] = {r.asset, r.slot, trimtab::to_basis_points(r.ltv), trimtab::to_basis_points(r.threshold),
                  trimtab::basis_points{9300.0}};
    }
    model.base = w.debt[0].asset;
    model.base_slot = w.debt[0].slot;
    model.assets = std::span(table).first(w.collaterals);
    model.minimum_borrow = w.least_debt / w.price[w.debt[0].slot.index];
    model.base_decimals = w.debt[0].decimals;
  }
  on_compound(const on_compound&) = delete;
  on_compound& operator=(const on_compound&) = delete;
};

struct on_euler {
  static constexpr protocol_traits can{.most_debts = 1};
  std::array<trimtab::health::euler_v2_collateral, 8> table{};
  trimtab::health::euler_v2 model{};
  explicit on_euler(const drawn_world& w) {
    for (std::size_t i = 0; i < w.collaterals; ++i) {
      const drawn_reserve& r = w.collateral[i];
      table[i] = {
          r.asset, r.slot, r.slot, trimtab::to_basis_points(r.ltv), {.target = trimtab::to_basis_points(r.threshold)}};
    }
    model.collaterals = std::span(table).first(w.collaterals);
    model.liability = w.debt[0].asset;
    model.liability_mid_slot = model.liability_ask_slot = w.debt[0].slot;
    model.liability_decimals = w.debt[0].decimals;
    model.now = drawn_at;
  }
  on_euler(const on_euler&) = delete;
  on_euler& operator=(const on_euler&) = delete;
};

// --- venues: in the direction of the trade, from a thousandth of what may go in to much more

inline double depth_for(const drawn_world& w, random_numbers& d) {
  return w.about() * d.log_uniform(0.05, 1e4);
}
inline double opening_for(const drawn_world& w, random_numbers& d) {
  return w.fair() * d.uniform(0.98, 1.01);
}

struct by_product {
  trimtab::liquidity::constant_product venue{};
  by_product(const drawn_world& w, random_numbers& d) {
    const double depth = depth_for(w, d);
    venue = {.reserve_in = depth, .reserve_out = depth * opening_for(w, d), .fee = {d.uniform(0.0, 100.0)}};
  }
};

struct by_level {
  trimtab::liquidity::constant_price venue{};
  by_level(const drawn_world& w, random_numbers& d)
      : venue{.price = w.fair() * (chance(d, 0.15) ? d.uniform(0.5, 0.9) : d.uniform(0.95, 1.005)),
              .cap = w.about() * d.log_uniform(0.05, 5.0),
              .fee = {d.uniform(0.0, 30.0)}} {}
};

struct by_weights {
  trimtab::liquidity::weighted venue{};
  by_weights(const drawn_world& w, random_numbers& d) {
    const double depth = depth_for(w, d), weight = d.uniform(0.1, 0.9);
    venue = {.balance_in = depth,
             .balance_out = depth * opening_for(w, d) * (1.0 - weight) / weight,
             .weight_in = weight,
             .weight_out = 1.0 - weight,
             .fee = {d.uniform(0.0, 100.0)}};
  }
};

/// Two or three positions around the price, and one farther on.
struct by_ticks {
  std::array<trimtab::liquidity::initialised_tick, 6> ticks{};
  std::array<trimtab::liquidity::tick_node, 6> nodes{};
  trimtab::liquidity::concentrated venue{};
  by_ticks(const drawn_world& w, random_numbers& d) {
    const double opening = opening_for(w, d), root = std::sqrt(opening);
    const auto at = static_cast<std::int32_t>(std::floor(std::log(opening) / std::log(1.0001)));
    const auto whole = [&](double low, double high) { return static_cast<std::int32_t>(d.uniform(low, high)); };
    const double deep = depth_for(w, d) * root, thin = deep * d.log_uniform(0.01, 1.0),
                 far = deep * d.uniform(0.1, 3.0);
    ticks = {{{at - whole(3000, 6000), {far}},
              {at - whole(500, 2900), {thin}},
              {at - whole(1, 400), {deep}},
              {at + whole(2, 400), {-deep}},
              {at + whole(500, 2900), {-thin}},
              {at + whole(3000, 6000), {-far}}}};
    venue = {.ticks = *trimtab::liquidity::build_tick_table(ticks, nodes), .sqrt_price = root, .fee = {5.0}};
  }
  by_ticks(const by_ticks&) = delete;
  by_ticks& operator=(const by_ticks&) = delete;
};

struct by_stable {
  trimtab::liquidity::stable_swap venue{};
  by_stable(const drawn_world& w, random_numbers& d) {
    const double depth = depth_for(w, d), fair = w.fair();
    const trimtab::liquidity::stable_pool pool{.coins = 2,
                                               .balances = {depth * fair, depth * fair * d.log_uniform(0.3, 3.0)},
                                               .rates = {fair, 1.0},
                                               .amplification = d.log_uniform(10.0, 2000.0),
                                               .fee = {d.uniform(0.0, 10.0)}};
    venue = *trimtab::liquidity::stable_swap::of(pool, 0, 1);
  }
};

struct by_book {
  std::array<trimtab::liquidity::book_level, 16> levels{};
  std::array<trimtab::liquidity::book_node, 16> nodes{};
  trimtab::liquidity::order_book venue{};
  by_book(const drawn_world& w, random_numbers& d) {
    double price = opening_for(w, d);
    const double step = d.log_uniform(1e-5, 2e-2), size = w.about() * d.log_uniform(0.01, 3.0);
    for (auto& level : levels) {
      level = {price, size * d.uniform(0.1, 2.0)};
      price *= 1.0 - step * d.uniform(0.0, 1.0);
    }
    venue = *trimtab::liquidity::build_order_book(levels, nodes, {d.uniform(0.0, 10.0)});
  }
  by_book(const by_book&) = delete;
  by_book& operator=(const by_book&) = delete;
};

/// Four venues of different kinds as one curve.
struct by_curve {
  trimtab::liquidity::supply_room<96> room{};
  trimtab::liquidity::supply_curve venue{};
  by_curve(const drawn_world& w, random_numbers& d) {
    trimtab::liquidity::supply_builder builder(room.memory());
    const by_ticks ticks(w, d);
    const by_book book(w, d);
    bool sound = builder.add(by_product(w, d).venue) == trimtab::errc::ok;
    sound = sound && builder.add(ticks.venue) == trimtab::errc::ok;
    sound = sound && builder.add(by_stable(w, d).venue) == trimtab::errc::ok;
    sound = sound && builder.add(book.venue) == trimtab::errc::ok;
    const auto built = builder.build();
    if (sound && built.has_value()) venue = *built;
  }
  by_curve(const by_curve&) = delete;
  by_curve& operator=(const by_curve&) = delete;
};

/// What a policy is shown of a world, with this venue either way.
template <class V>
trimtab::snapshot<V> look_at(const drawn_world& w, const V& venue) {
  trimtab::snapshot<V> s;
  s.now = drawn_at;
  s.account = w.before;
  s.prices = trimtab::oracle_prices<double>{w.price};
  s.feeds = std::span(w.feeds).first(w.collaterals + w.debts);
  s.reserves = w.limits;
  const auto &c = w.collateral[0], &d = w.debt[0];
  s.sell = {.in = c.asset, .out = d.asset, .venue = venue, .in_decimals = c.decimals, .out_decimals = d.decimals};
  s.buy = {.in = d.asset, .out = c.asset, .venue = venue, .in_decimals = d.decimals, .out_decimals = c.decimals};
  s.gas = w.gas;
  return s;
}

}  // namespace cases
