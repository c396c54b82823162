// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/health/health_factor.hpp>
#include <trimtab/sizing/basket_dual.hpp>
#include <trimtab/sizing/basket_problem.hpp>
#include <trimtab/sizing/deleverage.hpp>

#include <cstdint>

namespace trimtab::sizing {

/// @brief Branch and bound over what makes a basket more than a convex program: rules, minimum debts, gas per venue.
///
/// A node is the convex program with some legs' ranges narrowed; what it leaves out only adds cost, so its optimum is a
/// bound for all below it. A node whose optimum breaks no rule is a candidate; any other is split in two or more.
template <class V, std::size_t N>
struct basket_search {
  static_assert(2 * N <= 64, "a leg is a bit");
  using dual = basket_dual<V, N>;
  using point = basket_point<N>;

  enum class aim : std::uint8_t { least_cost, best_health };
  struct node {
    dual program;
    std::uint64_t paid = 0;  // legs whose venue's gas is counted; buys after sells
    bool sells_chosen = false, buys_chosen = false;
    double floor = -infinity;  // a bound from above it in the tree
  };

  const basket_problem<V, N>& p;
  std::array<double, 2 * N> venue_gas{};  // numeraire; at the largest size
  std::array<double, N> owed{};           // by buy leg
  aim wanted = aim::least_cost;
  std::size_t node_limit = 4096;

  bool found = false;
  node best_node{};
  point best{};
  double best_score = infinity, bound = infinity, least_short = infinity;
  std::size_t searched = 0;
  bool exhaustive = true;

  [[nodiscard]] constexpr bool in_kind() const noexcept { return p.gas.paid_from == gas_payer::proceeds; }

  // Health is a ratio: at its maximum h, the highest C − h·D is 0, and each basket that is highest for some h has a
  // higher ratio than that h (Dinkelbach 1967).
  constexpr point highest(const dual& program) const noexcept {
    dual at = program;
    at.margin = 0.0;
    at.target = health_factor(at.collateral_value, at.debt_value);
    point top = at.balanced(1.0);
    if (top.above == -infinity) return top;
    double reached = health_after(at, top);
    for (int i = 0; i < 50 && reached > at.target; ++i) {
      at.target = reached;
      const point next = at.balanced(1.0);
      const double then = health_after(at, next);
      if (!(then > reached)) break;
      top = next;
      reached = then;
    }
    return top;
  }
  static constexpr double health_after(const dual& d, const point& at) noexcept {
    double collateral = d.collateral_value, debt = d.debt_value;
    for (std::size_t i = 0; i < d.sell_count; ++i) collateral -= d.sells[i].weight * d.sells[i].value * at.sold[i];
    for (std::size_t j = 0; j < d.buy_count; ++j)
      if (at.spent[j] > 0.0) debt -= d.buys[j].weight * d.buys[j].value * d.buys[j].out(at.spent[j]);
    return health_factor(larger(collateral, 0.0), larger(debt, 0.0));
  }

  constexpr void explore(const node& n) noexcept {
    if (searched == node_limit) {
      exhaustive = false;
      bound = smaller(bound, n.floor);
      return;
    }
    ++searched;
    point at{};
    double score = 0.0, below = -infinity;
    if (wanted == aim::least_cost) {
      at = n.program.solve();
      if (!(at.above >= 0.0)) {
        least_short = smaller(least_short, -at.above);
        return;
      }
      double gas_beside = 0.0;  // what the tank pays for the venues of this node
      for (std::size_t k = 0; k < 2 * N; ++k)
        if (!in_kind() && (n.paid >> k & 1U) != 0) gas_beside += venue_gas[k] * p.numeraire_price;
      score = n.program.cost(at) - at.left() * p.numeraire_price + gas_beside;
      below = smaller(n.program.bound(at.t, at.m) - larger(at.left(), 0.0) * p.numeraire_price + gas_beside, score);
    } else {
      at = highest(n.program);
      if (at.above == -infinity) return;
      score = -health_after(n.program, at);
    }
    if (found && score >= best_score) {
      bound = smaller(bound, below);
      return;
    }
    node parent = n;
    parent.floor = below;
    if (split(parent, at)) return;
    found = true;
    best_node = n;
    best = at;
    best_score = score;
    bound = smaller(bound, below);
  }

private:
  static constexpr void close(basket_line<V>& l) noexcept { l.low = l.high = 0.0; }

  // The first rule that the node's optimum breaks makes its children. False when it breaks none.
  constexpr bool split(const node& n, const point& at) noexcept {
    return split_choice(n, at, true) || split_choice(n, at, false) || split_minimum_debt(n, at) || split_gas(n, at);
  }

  constexpr bool split_choice(const node& n, const point& at, bool selling) noexcept {
    const bool one = selling ? p.rules.one_collateral : p.rules.one_debt;
    const bool ordered = selling ? p.rules.collaterals_in_order : p.rules.debts_in_order;
    if (!(one || ordered) || (selling ? n.sells_chosen : n.buys_chosen)) return false;
    const std::size_t count = selling ? n.program.sell_count : n.program.buy_count;
    const auto& amounts = selling ? at.sold : at.spent;
    const auto& lines = selling ? n.program.sells : n.program.buys;
    std::size_t used = 0;
    bool orderly = true, open = false;  // open: one before is not yet used up
    for (std::size_t k = 0; k < count; ++k) {
      if (amounts[k] > 0.0) ++used, orderly = orderly && !open;
      if (amounts[k] < lines[k].high) open = true;
    }
    if ((!one || used <= 1) && (!ordered || orderly)) return false;
    for (std::size_t k = 0; k < count; ++k) {
      node child = n;
      (selling ? child.sells_chosen : child.buys_chosen) = true;
      auto& legs = selling ? child.program.sells : child.program.buys;
      for (std::size_t i = 0; i < count; ++i) {
        if (i == k) continue;
        if (ordered && i < k) {
          legs[i].low = legs[i].high;
        } else {
          close(legs[i]);
        }
      }
      if (one && ordered && k > 0) break;  // the first, alone
      bool payable = true;
      for (std::size_t i = 0; i < count; ++i) payable = payable && is_finite(legs[i].low);
      if (payable) explore(child);
    }
    return true;
  }

  constexpr bool split_minimum_debt(const node& n, const point& at) noexcept {
    for (std::size_t j = 0; j < n.program.buy_count; ++j) {
      const basket_line<V>& line = n.program.buys[j];
      const double least = p.buys[j].minimum_left, left = owed[j] - (at.spent[j] > 0.0 ? line.out(at.spent[j]) : 0.0);
      if (!(at.spent[j] > 0.0) || !(left > 0.0) || left >= least) continue;
      node enough = n, whole = n;
      basket_line<V>& part = enough.program.buys[j];
      const double allowed = larger(owed[j] - least, 0.0) * almost_one;
      part.high = line.venue == nullptr ? allowed : smaller(line.high, line.venue->amount_in(allowed));
      if (!(owed[j] > least)) close(part);
      if (part.high >= line.low) {
        part.most = smaller(line.most, allowed);
        explore(enough);
      }
      if (line.most == owed[j] && is_finite(line.most_in) && line.high >= line.most_in) {
        whole.program.buys[j].low = whole.program.buys[j].high;
        explore(whole);
      }
      return true;
    }
    return false;
  }

  constexpr bool split_gas(const node& n, const point& at) noexcept {
    for (std::size_t k = 0; k < 2 * N; ++k) {
      const bool sell = k < N;
      const std::size_t i = sell ? k : k - N;
      if (!(venue_gas[k] > 0.0) || (n.paid >> k & 1U) != 0) continue;
      if (i >= (sell ? n.program.sell_count : n.program.buy_count)) continue;
      if (!((sell ? at.sold[i] : at.spent[i]) > 0.0)) continue;
      node with = n, without = n;
      with.paid |= std::uint64_t{1} << k;
      if (in_kind()) with.program.gas += venue_gas[k];
      explore(with);
      basket_line<V>& line = sell ? without.program.sells[i] : without.program.buys[i];
      if (line.low == 0.0) {
        close(line);
        explore(without);
      }
      return true;
    }
    return false;
  }
};

}  // namespace trimtab::sizing
