// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/sizing/basket_search.hpp>

namespace trimtab::sizing {

/// @brief Between a basket problem in assets and the search in numbers: its lines and their limits, and back, the
/// trades with costs and certificate.
template <class V, std::size_t N>
struct basket_trades {
  using search = basket_search<V, N>;
  using point = basket_point<N>;

  const basket_problem<V, N>& p;
  search tree;
  typename search::node root{};
  std::array<limit, N> sell_limit{}, buy_limit{};
  std::array<double, N> price{};  // of each collateral, without premium
  double withdrawn = 1.0, premium = 0.0, gas_base = 0.0;

  constexpr explicit basket_trades(const basket_problem<V, N>& of) noexcept : p(of), tree{.p = of} {
    auto& d = root.program;
    premium = p.funding.mode == funding_mode::none ? 0.0 : p.funding.premium.fraction();
    if (p.funding.mode == funding_mode::flash_collateral) withdrawn = 1.0 + premium;
    if (p.funding.mode == funding_mode::flash_debt) d.kept = 1.0 / (1.0 + premium);
    d.collateral_value = weighted_value(p.liquidation.collateral, p.prices);
    d.debt_value = weighted_value(p.liquidation.debt, p.prices);
    d.target = p.target;
    d.start = p.numeraire_price;
    d.margin = 6.0 * std::numeric_limits<double>::epsilon() * (d.collateral_value + d.target * d.debt_value);
    gas_base = p.gas.fee_base(0.0, p.prices);
    if (tree.in_kind()) d.gas = gas_base / p.numeraire_price;
    for (const basket_leg<V>& leg : p.sells) {
      const term<double>& t = *p.liquidation.collateral.find(leg.asset);
      const std::size_t i = d.sell_count++;
      price[i] = p.prices[t.slot].value;
      largest most;
      if (!leg.limits.can_reduce()) most.at_most(0.0, limit::reserve);
      most.at_most(t.amount / withdrawn * (withdrawn > 1.0 ? almost_one : 1.0), limit::collateral);
      most.at_most(leg.most, limit::collateral);
      most.at_most(leg.limits.withdrawable / withdrawn, limit::withdrawable);
      if (leg.venue != nullptr) most.at_most(leg.venue->capacity(), limit::capacity);
      if (p.funding.mode == funding_mode::flash_collateral)
        most.at_most(leg.limits.flash_loan_room(), limit::flash_loan);
      d.sells[i] = {.venue = leg.venue, .value = price[i] * withdrawn, .weight = t.weight, .high = most.x};
      sell_limit[i] = most.why;
      if (leg.venue != nullptr && most.x > 0.0) tree.venue_gas[i] = gas_of(*leg.venue, most.x);
    }
    for (const basket_leg<V>& leg : p.buys) {
      const term<double>& t = *p.liquidation.debt.find(leg.asset);
      const std::size_t j = d.buy_count++;
      const double repaid = leg.limits.can_reduce() ? smaller(leg.most, t.amount) : 0.0;
      const double in = leg.venue == nullptr ? repaid : leg.venue->amount_in(repaid);
      largest most;
      most.at_most(in, leg.limits.can_reduce() ? limit::debt : limit::reserve);
      if (leg.venue != nullptr) most.at_most(leg.venue->capacity(), limit::capacity);
      d.buys[j] = {.venue = leg.venue,
                   .value = p.prices[t.slot].value,
                   .weight = t.weight,
                   .high = most.x,
                   .most = repaid,
                   .most_in = in};
      buy_limit[j] = most.why;
      tree.owed[j] = t.amount;
      if (leg.venue != nullptr && most.x > 0.0) tree.venue_gas[N + j] = gas_of(*leg.venue, most.x);
    }
  }
  constexpr double gas_of(const V& venue, double most) const noexcept {
    return p.gas.price_native > 0.0
               ? venue.gas(most) * p.gas.price_native * p.prices[p.gas.native].value / p.numeraire_price
               : 0.0;
  }

  constexpr void fill(basket_sized<N>& out) const noexcept;
  constexpr limit why_not(const point& at) const noexcept;
  constexpr errc object(basket_sized<N>& out, basis_points max_cost, double health_floor) const noexcept;
  constexpr form<double, N> settled(form<double, N> f, const basket_sized<N>& out, bool repaid) const noexcept;
};

template <class V, std::size_t N>
constexpr form<double, N> basket_trades<V, N>::settled(form<double, N> f, const basket_sized<N>& out,
                                                       bool repaid) const noexcept {
  for (std::size_t i = 0; i < p.sells.size(); ++i)
    if (term<double>* t = f.collateral.find(p.sells[i].asset); t != nullptr)
      t->amount = larger(t->amount + out.sells[i].change, 0.0);
  for (std::size_t j = 0; repaid && j < p.buys.size(); ++j)
    if (term<double>* t = f.debt.find(p.buys[j].asset); t != nullptr)
      t->amount = larger(t->amount + out.buys[j].change, 0.0);
  return f;
}

// The trades of the best point found, their cost and their certificate.
template <class V, std::size_t N>
constexpr void basket_trades<V, N>::fill(basket_sized<N>& out) const noexcept {
  const auto& d = tree.best_node.program;
  const point& at = tree.best;
  out.urgency = at.t;
  out.numeraire_value = at.m;
  out.kkt = 0.0;
  out.cost = {};
  out.proceeds = out.spent = 0.0;
  double gas_used = gas_base;
  const double n = p.numeraire_price;
  for (std::size_t i = 0; i < d.sell_count; ++i) {
    const auto& line = d.sells[i];
    basket_trade& t = out.sells[i] = {.asset = p.sells[i].asset, .in = at.sold[i]};
    t.price_before = line.marginal(0.0);
    t.price_after = line.marginal(t.in);
    t.price_limit = d.sell_price(line, at.t, at.m);
    t.binding = t.in < line.high ? limit::depth : sell_limit[i];
    out.kkt = larger(out.kkt, line.misplaced(t.in, t.price_limit));
    if (!(t.in > 0.0)) continue;
    t.out = line.out(t.in);
    t.change = -t.in * withdrawn;
    t.cost = price[i] * t.in - n * t.out;
    out.proceeds += t.out;
    gas_used += tree.venue_gas[i] * n;
    const double impact = line.venue == nullptr ? 0.0 : n * line.venue->loss(t.in);
    out.cost.impact += impact;
    out.cost.spread += t.cost - impact;
    out.cost.premium += (withdrawn - 1.0) * price[i] * t.in;
  }
  for (std::size_t j = 0; j < d.buy_count; ++j) {
    const auto& line = d.buys[j];
    basket_trade& t = out.buys[j] = {.asset = p.buys[j].asset, .in = at.spent[j]};
    t.price_before = line.marginal(0.0);
    t.price_after = line.marginal(t.in);
    t.price_limit = d.buy_price(line, at.t, at.m);
    t.binding = t.in < line.high ? limit::depth : buy_limit[j];
    out.kkt = larger(out.kkt, line.misplaced(t.in, t.price_limit));
    if (!(t.in > 0.0)) continue;
    t.out = line.out(t.in);
    t.change = -t.out;
    t.cost = n * t.in - line.value * t.out;
    out.spent += t.in;
    gas_used += tree.venue_gas[N + j] * n;
    const double impact = line.venue == nullptr ? 0.0 : line.value * line.venue->loss(t.in);
    out.cost.impact += impact;
    out.cost.spread += t.cost - impact;
  }
  out.cost.gas = gas_used;
  out.gas_in_kind = tree.in_kind() ? gas_used / n : 0.0;
  if (p.funding.mode == funding_mode::flash_debt) {
    out.flash = out.spent;
    out.cost.premium = out.spent * premium * n;
  }
  out.flash_premium = out.cost.premium;
  out.left = larger(at.left(), 0.0) / d.kept;
  out.cost.spread -= out.left * n;
  out.bound = tree.bound + (tree.in_kind() ? 0.0 : gas_base);
  out.health_after = health_factor(settled(p.liquidation, out, true), p.prices);
}

// What keeps the best basket from more health.
template <class V, std::size_t N>
constexpr limit basket_trades<V, N>::why_not(const point& at) const noexcept {
  const auto& d = tree.best_node.program;
  bool sold = false, room = false, bought_all = true;
  limit full = limit::none, empty = limit::none;
  for (std::size_t i = 0; i < d.sell_count; ++i) {
    sold = sold || at.sold[i] > 0.0;
    room = room || at.sold[i] < d.sells[i].high;
    if (d.sells[i].high > 0.0 && full == limit::none) full = sell_limit[i];
    if (empty == limit::none) empty = sell_limit[i];
  }
  limit debts = limit::none;
  for (std::size_t j = 0; j < d.buy_count; ++j) {
    bought_all = bought_all && at.spent[j] >= d.buys[j].high;
    if (debts == limit::none) debts = buy_limit[j];
  }
  if (bought_all) return debts;
  if (room) return sold ? limit::depth : limit::pole;
  return sold ? full : empty;
}

// Why the trades may not be made.
template <class V, std::size_t N>
constexpr errc basket_trades<V, N>::object(basket_sized<N>& out, basis_points max_cost,
                                           double health_floor) const noexcept {
  const auto no = [&out](errc why, limit binding) {
    out.binding = binding;
    return why;
  };
  if (!tree.in_kind() && p.gas.price_native > 0.0 && out.cost.gas > p.gas.tank_native * p.prices[p.gas.native].value)
    return no(errc::gas_tank, limit::none);
  if (out.flash > p.numeraire_limits.flash_loan_room()) return no(errc::infeasible, limit::flash_loan);
  if (p.funding.mode == funding_mode::none &&
      !(health_factor(settled(p.liquidation, out, false), p.prices) >= health_floor))
    return no(errc::infeasible, limit::health_floor);
  if (p.withdrawal == withdrawal_check::borrow_form && !(health_factor(settled(p.borrow, out, true), p.prices) >= 1.0))
    return no(errc::infeasible, limit::borrow_form);
  const double owes = weighted_value(settled(p.liquidation, out, true).debt, p.prices);
  if (owes > 0.0 && owes < p.minimum_debt) return no(errc::dust, limit::minimum_debt);
  double value = 0.0;
  for (std::size_t i = 0; i < p.sells.size(); ++i) value += price[i] * out.sells[i].in;
  if (!p.urgent && max_cost.count < infinity && out.cost.total() > max_cost.fraction() * value)
    return no(errc::cost_exceeds_limit, limit::cost);
  return errc::ok;
}

}  // namespace trimtab::sizing
