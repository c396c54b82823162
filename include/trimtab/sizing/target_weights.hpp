// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/health/health_factor.hpp>
#include <trimtab/sizing/basket_dual.hpp>
#include <trimtab/sizing/weights_problem.hpp>

namespace trimtab::sizing {

/// @brief Brings a basket of collaterals to wanted weights within caps per asset and per feed, at least cost.
///
/// The weights are those of `cap_weights`, each with its band, which the caps cut. For a value V' of the basket after
/// the trades, bands are amounts, and the least-cost trades are a convex program with one multiplier m, the value of
/// the numeraire: sell until U'(x) = p/(m·ρ), buy until q'(z) = m/p, within the amounts (`basket_dual` at t = 0). V'
/// itself is V less what that costs: one root. Where a feed's cap cuts the bands of its assets, it cuts each in
/// proportion, which is enough but not always cheapest.
/// @source derived here
struct target_weights {
  basis_points max_cost{infinity};  ///< of the value sold

  /// @errors bad_configuration
  [[nodiscard]] constexpr errc validate() const noexcept {
    return max_cost.count > 0.0 ? errc::ok : errc::bad_configuration;
  }

  /// @errors those of `check` and `cap_weights`, already_there (every weight is in its band), infeasible (depth or
  ///         capacity: the venues cannot take or give that much; health_floor), gas_tank, cost_exceeds_limit,
  ///         no_convergence (a weight could not be brought into its band)
  /// @cost   a root around a root, some hundred passes over the legs; no allocation
  template <class V, std::size_t N>
  constexpr weights_sized<N> size(const weights_problem<V, N>& p) const noexcept;

private:
  template <class V, std::size_t N>
  struct work;
};

template <class V, std::size_t N>
struct target_weights::work {
  const weights_problem<V, N>& p;
  weights_sized<N>& out;
  basket_dual<V, N> program{};
  std::array<double, N> price{}, held{}, low{}, high{};  // low, high: the band, weights
  basket_point<N> best{};

  constexpr work(const weights_problem<V, N>& of, weights_sized<N>& to) noexcept : p(of), out(to) {
    program.sell_count = program.buy_count = p.legs.size();
    program.start = p.numeraire_price;
    if (p.funding.mode == funding_mode::flash_debt) program.kept = 1.0 / (1.0 + p.funding.premium.fraction());
    for (std::size_t i = 0; i < p.legs.size(); ++i) {
      const term<double>& t = *p.liquidation.collateral.find(p.legs[i].asset);
      price[i] = p.prices[t.slot].value;
      held[i] = t.amount;
      out.value_before += price[i] * held[i];
      program.sells[i] = {.venue = p.legs[i].sell, .value = price[i]};
      program.buys[i] = {.venue = p.legs[i].buy, .value = price[i], .weight = 1.0};
    }
  }

  constexpr errc wish() noexcept;
  constexpr bool set_ranges(double value) noexcept;
  constexpr void fill() noexcept;
  /// V − cost − V' at the least-cost trades for V'; its sign also where there are none.
  constexpr double too_little(double value) noexcept {
    if (!set_ranges(value)) return -value;
    best = program.balanced(0.0);
    if (best.above == -infinity) return -value;
    const double unspent = best.left();
    if (unspent > 1e-13 * best.proceeds) return unspent * p.numeraire_price;
    return out.value_before - program.cost(best) - value;
  }
};

// The weights within the caps, and their bands.
template <class V, std::size_t N>
constexpr errc target_weights::work<V, N>::wish() noexcept {
  const std::size_t n = p.legs.size();
  std::array<wanted_weight, N> wanted{};
  for (std::size_t i = 0; i < n; ++i)
    wanted[i] = {p.legs[i].weight, p.legs[i].cap, p.liquidation.collateral.find(p.legs[i].asset)->slot};
  if (const errc e = cap_weights(std::span(wanted).first(n), p.feeds, out.wanted); e != errc::ok) return e;
  for (std::size_t i = 0; i < n; ++i) {
    out.before[i] = out.value_before > 0.0 ? price[i] * held[i] / out.value_before : 0.0;
    low[i] = larger(0.0, out.wanted[i] - p.legs[i].band);
    high[i] = smaller(out.wanted[i] + p.legs[i].band, larger(p.legs[i].cap, out.wanted[i]));
  }
  for (const feed_cap& f : p.feeds) {
    double in_all = 0.0, at_most = 0.0;
    for (std::size_t i = 0; i < n; ++i)
      if (wanted[i].feed == f.feed) in_all += out.wanted[i], at_most += high[i];
    if (!(at_most > f.cap)) continue;
    const double share = larger(0.0, f.cap - in_all) / (at_most - in_all);
    for (std::size_t i = 0; i < n; ++i)
      if (wanted[i].feed == f.feed && at_most > in_all) high[i] = out.wanted[i] + share * (high[i] - out.wanted[i]);
  }
  return errc::ok;
}

// What each leg may trade when the basket is worth `value` afterwards. False when one would have to and cannot.
template <class V, std::size_t N>
constexpr bool target_weights::work<V, N>::set_ranges(double value) noexcept {
  bool possible = true;
  for (std::size_t i = 0; i < p.legs.size(); ++i) {
    const weight_leg<V>& leg = p.legs[i];
    const double now = price[i] * held[i], least = (p.to_the_edge ? low[i] : out.wanted[i]) * value;
    const double most = (p.to_the_edge ? high[i] : out.wanted[i]) * value;
    basket_line<V>&sell = program.sells[i], &buy = program.buys[i];
    sell.low = larger(0.0, (now - most) / price[i]);
    sell.high = larger(sell.low, smaller(held[i], larger(0.0, (now - least) / price[i])));
    const double take = leg.numeraire ? infinity : leg.sell != nullptr ? leg.sell->capacity() : 0.0;
    possible = possible && sell.low <= take;
    sell.high = larger(sell.low, smaller(sell.high, take));
    // A purchase of no tokens needs no numeraire, also where there is no venue.
    const auto pays_for = [&](double tokens) {
      if (!(tokens > 0.0)) return 0.0;
      return leg.numeraire ? tokens : leg.buy != nullptr ? leg.buy->amount_in(tokens) : infinity;
    };
    const double room = leg.numeraire ? infinity : leg.buy != nullptr ? leg.buy->capacity() : 0.0;
    const double wants = larger(0.0, (least - now) / price[i]), allows = larger(0.0, (most - now) / price[i]);
    buy.low = pays_for(wants);
    possible = possible && buy.low <= room;
    buy.most = allows;
    buy.most_in = pays_for(allows);
    buy.high = larger(buy.low, smaller(buy.most_in, room));
  }
  return possible;
}

template <class V, std::size_t N>
constexpr void target_weights::work<V, N>::fill() noexcept {
  const double n = p.numeraire_price, f = 1.0 / program.kept - 1.0;
  form<double, N> after = p.liquidation, between = p.liquidation;
  double gas_units = 0.0, spent = 0.0;
  out.numeraire_value = best.m;
  out.kkt = 0.0;
  for (std::size_t i = 0; i < p.legs.size(); ++i) {
    const weight_leg<V>& leg = p.legs[i];
    const auto &sell = program.sells[i], &buy = program.buys[i];
    basket_trade &s = out.sells[i], &b = out.buys[i];
    s = {.asset = leg.asset, .in = best.sold[i], .price_limit = program.sell_price(sell, 0.0, best.m)};
    b = {.asset = leg.asset, .in = best.spent[i], .price_limit = program.buy_price(buy, 0.0, best.m)};
    for (const bool selling : {true, false}) {
      const auto& line = selling ? sell : buy;
      basket_trade& t = selling ? s : b;
      if (!leg.numeraire && line.venue == nullptr) continue;
      t.price_before = line.marginal(0.0);
      t.price_after = line.marginal(t.in);
      t.binding = t.in < line.high ? limit::depth : limit::collateral;
      if (line.low < line.high) out.kkt = larger(out.kkt, line.misplaced(t.in, t.price_limit));
      if (!(t.in > 0.0)) continue;
      t.out = line.out(t.in);
      t.change = selling ? -t.in : t.out;
      t.cost = selling ? price[i] * t.in - n * t.out : n * t.in - price[i] * t.out;
      const double impact = line.venue == nullptr ? 0.0 : (selling ? n : price[i]) * line.venue->loss(t.in);
      out.cost.impact += impact;
      out.cost.spread += t.cost - impact;
      if (line.venue != nullptr) gas_units += line.venue->gas(t.in);
    }
    spent += b.in;
    between.collateral.find(leg.asset)->amount = larger(0.0, held[i] + s.change);
    const double amount = after.collateral.find(leg.asset)->amount = larger(0.0, held[i] + s.change + b.change);
    out.value_after += price[i] * amount;
  }
  for (std::size_t i = 0; i < p.legs.size(); ++i) {
    out.after[i] = price[i] * after.collateral.find(p.legs[i].asset)->amount / out.value_after;
    const double least = p.to_the_edge ? low[i] : out.wanted[i], most = p.to_the_edge ? high[i] : out.wanted[i];
    out.outside = larger(out.outside, larger(least - out.after[i], out.after[i] - most));
  }
  out.unspent = larger(0.0, best.left()) / program.kept;
  out.cost.premium = f * spent * n;
  out.cost.gas = p.gas.fee_base(gas_units, p.prices);
  if (p.funding.mode == funding_mode::flash_debt) out.flash = spent;
  out.bound = program.bound(0.0, best.m) + out.cost.gas;
  out.health_between = health_factor(between, p.prices);
  out.health_after = health_factor(after, p.prices);
}

template <class V, std::size_t N>
constexpr weights_sized<N> target_weights::size(const weights_problem<V, N>& p) const noexcept {
  weights_sized<N> out;
  const auto refused = [&](errc why, limit binding = limit::none) {
    weights_sized<N> none;
    none.status = why;
    none.binding = binding;
    none.wanted = out.wanted;
    none.before = none.after = out.before;
    none.value_before = none.value_after = out.value_before;
    none.health_before = none.health_between = none.health_after = out.health_before;
    return none;
  };
  if (const errc e = validate(); e != errc::ok) return refused(e);
  if (const errc e = check(p); e != errc::ok) return refused(e);
  work<V, N> w(p, out);
  out.health_before = health_factor(p.liquidation, p.prices);
  if (!is_finite(out.value_before)) return refused(errc::not_finite);
  if (!(out.value_before > 0.0)) return refused(errc::dust);
  if (const errc e = w.wish(); e != errc::ok) return refused(e);
  constexpr double near = 1e-12;
  bool there = true;
  for (std::size_t i = 0; i < p.legs.size(); ++i)
    there = there && w.low[i] - near <= out.before[i] && out.before[i] <= w.high[i] + near;
  if (there) return refused(errc::already_there);

  const double v = out.value_before;
  const auto found = find_root([&](double value) { return w.too_little(value); }, 1e-3 * v, 2.0 * v);
  if (!found) return refused(errc::infeasible, w.set_ranges(v) ? limit::depth : limit::capacity);
  // At a jump only the lower end has trades.
  w.too_little(found->low);
  if (w.best.above == -infinity || !w.set_ranges(found->low)) return refused(errc::infeasible, limit::capacity);
  w.fill();
  if (!(out.outside <= 1e-11)) return refused(errc::infeasible, limit::depth);
  if (!(out.unspent * p.numeraire_price <= 1e-11 * v)) return refused(errc::infeasible, limit::depth);
  if (p.gas.paid_from == gas_payer::tank && p.gas.price_native > 0.0 &&
      out.cost.gas > p.gas.tank_native * p.prices[p.gas.native].value)
    return refused(errc::gas_tank);
  const bool sold_first = p.funding.mode == funding_mode::none;
  if (!(out.health_after >= p.health_floor) || (sold_first && !(out.health_between >= p.health_floor)))
    return refused(errc::infeasible, limit::health_floor);
  double sold = 0.0;
  for (std::size_t i = 0; i < p.legs.size(); ++i) sold += w.price[i] * out.sells[i].in;
  if (max_cost.count < infinity && out.cost.total() > max_cost.fraction() * sold)
    return refused(errc::cost_exceeds_limit, limit::cost);
  out.status = errc::ok;
  return out;
}

}  // namespace trimtab::sizing
