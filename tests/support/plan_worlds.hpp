// SPDX-License-Identifier: MIT
#pragma once

/// Random accounts of several assets with venues between them, and plans made of whatever can be done about them.

#include <trimtab/liquidity/constant_product.hpp>
#include <trimtab/plan/plan_of_basket.hpp>
#include <trimtab/plan/plan_of_remedy.hpp>
#include <trimtab/plan/settle.hpp>
#include <trimtab/sizing/basket.hpp>
#include <trimtab/sizing/borrow_out.hpp>
#include <trimtab/sizing/close_position.hpp>
#include <trimtab/sizing/repay_from_wallet.hpp>
#include <trimtab/sizing/restore_target.hpp>
#include <trimtab/sizing/swap_collateral.hpp>
#include <trimtab/sizing/swap_debt.hpp>
#include <trimtab/sizing/top_up.hpp>
#include <trimtab/sizing/withdraw_surplus.hpp>

#include "support/cases.hpp"
#include "support/random.hpp"
#include <array>
#include <cmath>
#include <span>
#include <vector>

namespace cases {

using pool = trimtab::liquidity::constant_product;

/// A protocol that takes a whole debt in words of its own.
template <trimtab::whole_repayment W>
struct protocol_with_words : protocol {
  static constexpr trimtab::whole_repayment whole_debt = W;
};
using protocol_by_max = protocol_with_words<trimtab::whole_repayment::by_max_value>;
using protocol_by_shares = protocol_with_words<trimtab::whole_repayment::by_shares>;

/// A plan of the first two tokens without steps, 6 decimals each.
inline trimtab::plan<> empty_plan_of_two() {
  trimtab::plan<> p{.deadline = trimtab::at_unix(1120)};
  (void)p.list(collateral_asset, 6);
  (void)p.list(debt_asset, 6);
  return p;
}

/// Collaterals 1 and 3, debts 2 and 4, native token 5; slot = number − 1. All pairs that a remedy needs have a pool.
template <class Model = protocol_by_max>
struct plan_world {
  Model model{};
  std::array<double, 5> price{};
  std::array<int, 4> decimals{};
  trimtab::account<> account{};
  std::array<trimtab::token, 4> tokens{};
  std::vector<trimtab::listing<pool>> venues{};
  trimtab::sizing::funding funding{};
  double target = 1.25;
  bool pays_in_kind = false;

  [[nodiscard]] trimtab::oracle_prices<double> prices() const { return trimtab::oracle_prices<double>(price); }
  [[nodiscard]] double price_of(trimtab::asset_id a) const { return price[a.value - 1]; }
  [[nodiscard]] int decimals_of(trimtab::asset_id a) const { return decimals[a.value - 1]; }
  [[nodiscard]] double unit_value(trimtab::asset_id a) const {
    return trimtab::units::smallest(decimals_of(a)) * price_of(a);
  }
  [[nodiscard]] double health(const trimtab::account<>& a) const {
    return health_factor(model.template liquidation_form<double>(a), prices());
  }
  /// What health may lose to rounding: some units of every asset against the debt.
  [[nodiscard]] double rounding(const trimtab::account<>& a) const {
    double units_of_value = 0.0;
    for (const auto& t : tokens) units_of_value += 8.0 * unit_value(t.asset);
    const double owed = trimtab::weighted_value(model.template liquidation_form<double>(a).debt, prices());
    return owed > 0.0 ? units_of_value * (1.0 + health(a)) / owed + 1e-12 * health(a) : 0.0;
  }
  [[nodiscard]] std::uint16_t venue(trimtab::asset_id in, trimtab::asset_id out) const {
    for (std::size_t k = 0; k < venues.size(); ++k)
      if (venues[k].in == in && venues[k].out == out) return static_cast<std::uint16_t>(k);
    return 0xffff;
  }
  [[nodiscard]] trimtab::plan_terms terms() const {
    return {.tokens = tokens, .deadline = trimtab::at_unix(1120), .funding = funding};
  }
  [[nodiscard]] auto settle(const trimtab::plan<>& p, const trimtab::account<>& at,
                            trimtab::timestamp now = trimtab::at_unix(1000)) const {
    return trimtab::settle(model, at, p, std::span<const trimtab::listing<pool>>(venues), prices(), {}, now,
                           funding.premium);
  }
  [[nodiscard]] trimtab::sizing::problem<pool> problem(trimtab::asset_id in, trimtab::asset_id out) const {
    trimtab::sizing::problem<pool> p;
    p.liquidation = model.template liquidation_form<double>(account);
    p.borrow = model.template borrow_form<double>(account);
    p.prices = prices();
    p.collateral = collateral_asset, p.debt = debt_asset;
    p.venue = &venues[venue(in, out)].venue;
    p.funding = funding;
    p.gas.native = trimtab::price_slot{4};
    if (pays_in_kind)
      p.gas = {.transaction_gas = 3e5,
               .price_native = 1e-9,
               .paid_from = trimtab::gas_payer::proceeds,
               .native = trimtab::price_slot{4}};
    p.fair_rate = price_of(in) / price_of(out);
    p.collateral_unit = trimtab::units::smallest(decimals_of(collateral_asset));
    p.debt_unit = trimtab::units::smallest(decimals_of(debt_asset));
    p.minimum_debt = model.minimum_debt(prices());
    p.withdrawal = model.withdrawal_checked_by();
    p.target = target;
    return p;
  }
  /// Every remedy of this account, those that move nothing too; the venue each one needs.
  struct offered {
    trimtab::sizing::remedy remedy;
    std::uint16_t venue = 0;
  };
  [[nodiscard]] std::vector<offered> remedies() const {
    using namespace trimtab::sizing;
    std::vector<offered> out;
    const auto c = collateral_asset, d = debt_asset, c2 = other_collateral, d2 = other_debt;
    const auto sale = problem(c, d);
    const auto add = [&](const remedy& r, std::uint16_t k = 0) { out.push_back({r, k}); };
    add(as_remedy(restore_target{.max_slippage = {200.0}}.size(sale), sale.borrow, prices()), venue(c, d));
    add(trimtab::sizing::repay_from_wallet{.available = trimtab::infinity}.size(sale));
    add(trimtab::sizing::top_up{.available = trimtab::infinity}.size(sale));
    add(withdraw_surplus{}.size(sale));
    add(borrow_out{}.size(sale));
    const swap_collateral into{.into = c2, .fair_rate = price_of(c) / price_of(c2), .max_slippage = {300.0}};
    add(into.size(problem(c, c2)), venue(c, c2));
    const swap_debt over{.into = d2, .fair_rate = price_of(d2) / price_of(d), .max_slippage = {300.0}};
    add(over.size(problem(d2, d)), venue(d2, d));
    add(over.everything(problem(d2, d)), venue(d2, d));
    add(close_position{.from_wallet = account.find(d)->debt * 0.1}.size(sale), venue(c, d));
    add(close_position{}.size(sale), venue(c, d));
    return out;
  }

  static plan_world random(trimtab::test::random_numbers& draw) {
    using trimtab::asset_id;
    plan_world w;
    const double size = draw.log_uniform(1e4, 1e8);
    constexpr int kinds[] = {6, 8, 18};
    for (std::size_t i = 0; i < 4; ++i) {
      w.price[i] = i % 2 == 0 ? draw.log_uniform(1.0, 6e4) : draw.uniform(0.9, 1.1);
      w.decimals[i] = kinds[draw.below(3)];
      const asset_id a{static_cast<std::uint32_t>(i + 1)};
      w.tokens[i] = {a, w.decimals[i]};
      const double threshold = draw.uniform(0.6, 0.95);
      w.model.table[i] = {a,
                          {static_cast<std::uint16_t>(i)},
                          threshold,
                          threshold * draw.uniform(0.9, 1.0),
                          i % 2 == 0 || draw.below(2) == 0 ? 1.0 : draw.uniform(1.0, 1.4)};
    }
    w.price[4] = 2000.0;
    w.model.count = 4;
    w.model.check =
        draw.below(3) == 0 ? trimtab::withdrawal_check::borrow_form : trimtab::withdrawal_check::liquidation_form;
    const double second = draw.below(3) == 0 ? 0.0 : draw.uniform(0.0, 1.5);
    const double held[] = {size / w.price[0], second * size / w.price[2]};
    double backing = w.model.table[0].threshold * size + w.model.table[2].threshold * second * size;
    const double health = draw.uniform(1.01, 1.9), share = draw.below(2) == 0 ? 1.0 : draw.uniform(0.3, 1.0);
    backing /= health;
    w.account.add({.asset = collateral_asset, .collateral = held[0]});
    w.account.add({.asset = debt_asset, .debt = backing * share / w.model.table[1].borrow_factor / w.price[1]});
    w.account.add({.asset = other_collateral, .collateral = held[1]});
    w.account.add({.asset = other_debt, .debt = backing * (1.0 - share) / w.model.table[3].borrow_factor / w.price[3]});
    for (const auto& [in, out] : {std::pair{1U, 2U}, {2U, 1U}, {1U, 3U}, {4U, 2U}, {3U, 2U}, {2U, 4U}, {1U, 2U}}) {
      const double depth = size * draw.log_uniform(3.0, 1e3) / w.price[in - 1];
      w.venues.push_back({{in},
                          {out},
                          {.reserve_in = depth,
                           .reserve_out = depth * w.price[in - 1] / w.price[out - 1] * draw.uniform(0.995, 1.005),
                           .fee = {draw.uniform(0.0, 30.0)}},
                          w.decimals[in - 1],
                          w.decimals[out - 1]});
    }
    w.funding = {static_cast<trimtab::sizing::funding_mode>(draw.below(3)), {draw.uniform(0.0, 10.0)}};
    w.target = health * draw.uniform(0.8, 1.4);
    if (w.target <= 1.02) w.target = 1.05;
    w.pays_in_kind = draw.below(3) == 0;
    return w;
  }
};

}  // namespace cases
