// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/health.hpp>
#include <trimtab/liquidity.hpp>
#include <trimtab/sensitivity.hpp>

#include <array>
#include <span>
#include <string>

namespace trimtab::test {

/// What the formulas are evaluated at: three prices of the sample account, and a trade size.
template <class S>
struct formula_inputs {
  std::array<S, 3> prices;
  S amount;
};

inline constexpr health::aave_v3_reserve sample_reserves[] = {
    {{1}, {0}, {0}, {8050.0}, {8300.0}, {500.0}, {1000.0}},
    {{2}, {1}, {1}, {7300.0}, {7800.0}, {500.0}, {1000.0}},
    {{3}, {2}, {2}, {7500.0}, {7800.0}, {450.0}, {1000.0}},
};
inline constexpr health::aave_v3 sample_pool{.reserves = sample_reserves};
inline constexpr health::morpho_blue sample_market{
    .collateral = {1}, .loan = {3}, .collateral_slot = {0}, .loan_slot = {2}, .lltv = {8600.0}};

/// Two collaterals, two debts, one asset on both sides.
inline account<> sample_account(double debt = 9000.0) {
  account<> a;
  static_cast<void>(a.add({.asset = {1}, .collateral = 7.0}));
  static_cast<void>(a.add({.asset = {2}, .collateral = 0.25, .debt = debt > 0.0 ? 0.0625 : 0.0}));
  static_cast<void>(a.add({.asset = {3}, .debt = debt}));
  return a;
}
inline account<> sample_position(double debt = 9000.0) {
  account<> a;
  static_cast<void>(a.add({.asset = {1}, .collateral = 7.0}));
  static_cast<void>(a.add({.asset = {3}, .debt = debt}));
  return a;
}

/// Calls `visit(name, value)` for every formula of core to sensitivity, always in the same order.
template <Scalar S, class F>
void for_each_formula(const formula_inputs<S>& in, F visit) {
  const oracle_prices<S> prices(in.prices);
  const auto form_of_both = [&](const std::string& model, const form<S>& liquidation, const form<S>& borrowing) {
    visit(model + " collateral", weighted_value(liquidation.collateral, prices));
    visit(model + " debt", weighted_value(liquidation.debt, prices));
    visit(model + " health", health_factor(liquidation, prices));
    visit(model + " borrow health", health_factor(borrowing, prices));
    visit(model + " headroom", headroom(liquidation, prices));
    visit(model + " log health", log_health(liquidation, prices));
    const change by{.collateral = {1}, .collateral_by = -1.5, .debt = {3}, .debt_by = -3000.0};
    visit(model + " health after", health_factor(after(liquidation, by), prices));
    const auto g = sensitivity::health_greeks(liquidation, prices);
    visit(model + " greeks' health", g.value);
    for (std::size_t i = 0; i < 3; ++i) {
      visit(model + " delta " + std::to_string(i), g.delta[i]);
      visit(model + " cofactor " + std::to_string(i), g.cofactor[i]);
      for (std::size_t j = 0; j < 3; ++j)
        visit(model + " gamma " + std::to_string(i) + std::to_string(j), g.gamma(i, j));
    }
  };
  const auto other_greeks = [&](const std::string& model, const form<S>& liquidation) {
    const auto log = sensitivity::in_log_prices(sensitivity::log_health_greeks(liquidation, prices), prices);
    const auto equity = sensitivity::per_cent(sensitivity::equity_greeks(liquidation, prices), prices);
    const auto leverage = sensitivity::leverage_greeks(liquidation, prices);
    const std::array<S, 3> rates{in.prices[2] * literal<S>(0.03), in.prices[2] * literal<S>(0.05),
                                 in.prices[2] * literal<S>(0.07)};
    const std::span<const S> all(rates);
    const auto theta = sensitivity::theta(
        liquidation, prices,
        {.supply = all.first(liquidation.collateral.size()), .borrow = all.last(liquidation.debt.size())});
    visit(model + " log health of the greeks", log.value);
    visit(model + " equity", equity.value);
    visit(model + " leverage", leverage.value);
    visit(model + " theta", theta->theta);
    visit(model + " log theta", theta->log_theta);
    visit(model + " bend", theta->bend);
    for (std::size_t i = 0; i < 3; ++i) {
      const std::string slot = std::to_string(i);
      visit(model + " elasticity " + slot, log.delta[i]);
      visit(model + " equity delta " + slot, equity.delta[i]);
      visit(model + " leverage delta " + slot, leverage.delta[i]);
      visit(model + " delta theta " + slot, theta->delta_theta[i]);
      for (std::size_t j = 0; j < 3; ++j) {
        visit(model + " log gamma " + slot + std::to_string(j), log.gamma(i, j));
        visit(model + " leverage gamma " + slot + std::to_string(j), leverage.gamma(i, j));
      }
    }
    visit(model + " second order", sensitivity::second_order(leverage, rates));
  };
  const account<> a = sample_account(), p = sample_position();
  other_greeks("aave_v3", sample_pool.liquidation_form<S>(a));
  other_greeks("morpho_blue", sample_market.liquidation_form<S>(p));
  form_of_both("aave_v3", sample_pool.liquidation_form<S>(a), sample_pool.borrow_form<S>(a));
  form_of_both("morpho_blue", sample_market.liquidation_form<S>(p), sample_market.borrow_form<S>(p));
  const account<> free = sample_position(0.0);
  visit("health without debt", health_factor(sample_market.liquidation_form<S>(free), prices));
  visit("log health without debt", log_health(sample_market.liquidation_form<S>(free), prices));
  visit("delta without debt", sensitivity::health_greeks(sample_market.liquidation_form<S>(free), prices).delta[0]);

  const S rate = in.prices[2] * literal<S>(3e-9), usage = in.amount / literal<S>(100.0);
  visit("linear growth", health::linear_growth(rate, year));
  visit("taylor growth", health::taylor_growth(rate, year));
  visit("binomial growth", health::binomial_growth(rate, year));
  visit("rate at a usage", health::kinked_rate{0.3, 0.01, 0.04, 0.75}.at(usage));
  visit("utilisation", health::comet_utilisation(in.prices[1], in.prices[0]));

  const auto curve_of = [&](const std::string& name, const auto& venue) {
    const S out = venue.amount_out(in.amount);
    visit(name + " amount out", out);
    visit(name + " amount in", venue.amount_in(out));
    visit(name + " marginal price", venue.marginal_price(in.amount).value);
    visit(name + " marginal slope", venue.marginal_slope(in.amount));
    visit(name + " amount at", venue.amount_at(venue.marginal_price(in.amount)));
    visit(name + " loss", venue.loss(in.amount));
  };
  curve_of("constant_product", liquidity::constant_product{.reserve_in = 500.0, .reserve_out = 1e6, .fee = {30.0}});
  curve_of("constant_price", liquidity::constant_price{.price = 2000.0, .cap = 40.0, .fee = {10.0}});
  curve_of("frictionless", liquidity::frictionless{.price = 2000.0});
  const liquidity::segment<S> piece{.price = literal<S>(2000.0), .curvature = literal<S>(0.002)};
  visit("segment amount out", piece.amount_out(in.amount));
  visit("segment marginal price", piece.marginal_price(in.amount));

  const S &u = in.prices[0], &v = in.prices[1];
  visit("square root", square_root<S>(u));
  visit("larger", larger<S>(u, v));
  visit("smaller", smaller<S>(u, v));
  visit("product error", product_error<S>(u, v, u * v));
  visit("sum error", sum_error<S>(u, v, u + v));
}

}  // namespace trimtab::test
