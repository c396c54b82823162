// SPDX-License-Identifier: MIT
#pragma once

/// Random accounts whose collaterals are sold through several venues for several debts.

#include <trimtab/liquidity/constant_product.hpp>
#include <trimtab/plan/plan_of_basket.hpp>
#include <trimtab/plan/settle.hpp>
#include <trimtab/sizing/basket.hpp>

#include "support/cases.hpp"
#include "support/random.hpp"
#include <array>
#include <cmath>
#include <span>
#include <vector>

namespace cases {

/// Collaterals 0 … 2, debts 3 … 4, the numeraire 5 or one of the debts.
struct basket_world {
  using pool = trimtab::liquidity::constant_product;
  protocol model{};
  std::array<double, 7> price{};
  std::array<int, 6> decimals{};
  trimtab::account<> account{};
  std::vector<trimtab::token> tokens{};
  std::vector<trimtab::listing<pool>> venues{};
  std::vector<trimtab::sizing::basket_leg<pool>> sells{}, buys{};
  std::vector<std::uint16_t> sell_venues{}, buy_venues{};
  trimtab::asset_id numeraire{5};
  trimtab::sizing::funding funding{};
  double target = 1.25;
  trimtab::gas_market gas{};

  [[nodiscard]] trimtab::oracle_prices<double> prices() const { return trimtab::oracle_prices<double>(price); }
  [[nodiscard]] int decimals_of(trimtab::asset_id a) const { return decimals[a.value]; }
  [[nodiscard]] double health(const trimtab::account<>& a) const {
    return health_factor(model.liquidation_form<double>(a), prices());
  }
  [[nodiscard]] trimtab::plan_terms terms() const {
    return {.tokens = tokens, .deadline = trimtab::at_unix(1120), .funding = funding};
  }
  [[nodiscard]] trimtab::basket_routes routes() const { return {numeraire, sell_venues, buy_venues}; }
  [[nodiscard]] auto sized() const {
    trimtab::sizing::basket_problem<pool> p;
    p.liquidation = model.liquidation_form<double>(account);
    p.borrow = model.borrow_form<double>(account);
    p.prices = prices();
    auto s = sells;
    auto b = buys;
    for (std::size_t i = 0; i < s.size(); ++i)
      if (sell_venues[i] != 0xffff) s[i].venue = &venues[sell_venues[i]].venue;
    for (std::size_t j = 0; j < b.size(); ++j)
      if (buy_venues[j] != 0xffff) b[j].venue = &venues[buy_venues[j]].venue;
    p.sells = s, p.buys = b;
    p.numeraire_price = price[numeraire.value];
    p.funding = funding;
    p.gas = gas;
    p.gas.native = trimtab::price_slot{6};
    p.target = target;
    p.withdrawal = model.withdrawal_checked_by();
    return trimtab::sizing::basket{}.size(p);
  }
  template <std::size_t M>
  [[nodiscard]] auto settle(const trimtab::plan<M>& p, const trimtab::account<>& at) const {
    return trimtab::settle(model, at, p, std::span<const trimtab::listing<pool>>(venues), prices(), {},
                           trimtab::at_unix(1000), funding.premium);
  }
  /// What health may lose to rounding.
  [[nodiscard]] double rounding(const trimtab::account<>& a) const {
    double value = 0.0;
    for (const auto& t : tokens) value += 8.0 * trimtab::units::smallest(t.decimals) * price[t.asset.value];
    const double owed = trimtab::weighted_value(model.liquidation_form<double>(a).debt, prices());
    return owed > 0.0 ? value * (1.0 + health(a)) / owed + 1e-12 * health(a) : 0.0;
  }

  static basket_world random(trimtab::test::random_numbers& draw) {
    using trimtab::asset_id;
    basket_world w;
    const std::size_t sell_count = 1 + draw.below(3), buy_count = 1 + draw.below(2);
    const double size = draw.log_uniform(1e5, 1e8);
    constexpr int kinds[] = {6, 8, 18};
    const bool direct = draw.below(2) == 0;
    w.price[5] = w.price[3] = 1.0, w.price[6] = 2000.0;
    w.decimals[5] = 6;
    if (direct) w.numeraire = {3};
    double power = 0.0;
    for (std::uint32_t i = 0; i < sell_count; ++i) {
      w.price[i] = draw.log_uniform(1.0, 6e4);
      w.decimals[i] = kinds[draw.below(3)];
      const double held = size * draw.uniform(0.3, 1.5) / w.price[i], threshold = draw.uniform(0.6, 0.95);
      power += held * w.price[i] * threshold;
      w.model.table[w.model.count++] = {asset_id{i}, {static_cast<std::uint16_t>(i)}, threshold, threshold * 0.97, 1.0};
      w.account.add({.asset = {i}, .collateral = held});
      w.tokens.push_back({{i}, w.decimals[i]});
      w.sells.push_back({.asset = {i}});
      w.sell_venues.push_back(static_cast<std::uint16_t>(w.venues.size()));
      const double depth = held * draw.log_uniform(2.0, 100.0);
      w.venues.push_back({{i},
                          w.numeraire,
                          {.reserve_in = depth,
                           .reserve_out = depth * w.price[i] * draw.uniform(0.997, 1.001),
                           .fee = {draw.uniform(0.0, 30.0)}},
                          w.decimals[i],
                          0});
    }
    double left = power / draw.uniform(1.02, 1.5);
    for (std::uint32_t j = 3; j < 3 + buy_count; ++j) {
      if (j > 3) w.price[j] = draw.log_uniform(0.5, 3e3);
      w.decimals[j] = kinds[draw.below(3)];
      const double share = j + 1 == 3 + buy_count ? left : left * draw.uniform(0.2, 0.8);
      left -= share;
      const double factor = draw.below(2) == 0 ? 1.0 : draw.uniform(1.0, 1.2), owed = share / factor / w.price[j];
      w.model.table[w.model.count++] = {asset_id{j}, {static_cast<std::uint16_t>(j)}, 0.8, 0.8, factor};
      w.account.add({.asset = {j}, .debt = owed});
      w.tokens.push_back({{j}, w.decimals[j]});
      w.buys.push_back({.asset = {j}});
      const bool needs_none = direct && j == 3;
      w.buy_venues.push_back(needs_none ? std::uint16_t{0xffff} : static_cast<std::uint16_t>(w.venues.size()));
      if (needs_none) continue;
      const double depth = size * draw.log_uniform(2.0, 100.0);
      w.venues.push_back({w.numeraire,
                          {j},
                          {.reserve_in = depth,
                           .reserve_out = depth / w.price[j] * draw.uniform(0.997, 1.001),
                           .fee = {draw.uniform(0.0, 30.0)}},
                          0,
                          w.decimals[j]});
    }
    if (!direct) w.tokens.push_back({w.numeraire, w.decimals[5]});
    for (auto& v : w.venues) v.in_decimals = w.decimals_of(v.in), v.out_decimals = w.decimals_of(v.out);
    w.funding = {static_cast<trimtab::sizing::funding_mode>(draw.below(3)), {draw.uniform(0.0, 10.0)}};
    if (draw.below(3) == 0)
      w.gas = {.transaction_gas = 8e5, .price_native = 1e-9, .paid_from = trimtab::gas_payer::proceeds};
    w.target = w.health(w.account) * draw.uniform(1.01, 1.4);
    if (w.target < 1.05) w.target = 1.05;
    return w;
  }
};

}  // namespace cases
