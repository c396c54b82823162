// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/sizing/network_costed.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace trimtab::sizing::detail {

/// The search for the best choice of edges that cost something, and the bound it is measured against.
template <Venue V>
struct costed_search {
  std::span<const network_edge<V>> edges;
  const network_goal& goal;
  std::span<const double> costs;
  network_costs_workspace<V>& w;
  const network_limits& limits;
  int most_looks = 0;
  costed_route found{};
  double margin = 0.0;  // of rounding
  long steps = 100000;  // along single paths, at most
  bool unproven = false;

  [[nodiscard]] double supply(std::size_t j) const noexcept { return goal.supply.empty() ? 0.0 : goal.supply[j]; }
  [[nodiscard]] double best() const noexcept { return found.net_value(); }

  /// Σ (ν − worth)·supply + Σ max(0, the most an edge is worth at ν less its cost): no choice nets more, at any ν ≥
  /// worth. Into `spare` that of each edge before the 0, into `slope` the derivatives.
  double look(const std::vector<double>& price) {
    double sum = 0.0;
    for (std::size_t j = 0; j < price.size(); ++j) {
      w.slope[j] = supply(j);
      sum += (price[j] - goal.worth[j]) * supply(j);
    }
    for (std::size_t e = 0; e < edges.size(); ++e) {
      const auto& [in, out, venue] = edges[e];
      const double u = price[in], v = price[out];
      w.spare[e] = -costs[e];
      if (!(v > 0.0)) continue;
      const double most = venue.capacity(), at = venue.amount_at(executable_price<double>{u / v});
      const double x = at < most ? at : most, y = x > 0.0 ? venue.amount_out(x) : 0.0;
      double rent = x < infinity ? v * y - u * x + 0x1p-50 * v * y : infinity;
      if constexpr (!is_concave<V>()) rent = larger(rent, v * venue.best_value(executable_price<double>{u / v}));
      w.spare[e] = rent - costs[e];
      if (w.spare[e] <= 0.0) continue;
      sum += w.spare[e];
      w.slope[in] -= x;
      w.slope[out] += y;
    }
    return sum;
  }
  /// `look`, and the bound where it is lower. @return what `look` says
  double lower(const std::vector<double>& price) {
    const double sum = look(price);
    if (sum < found.bound) {
      found.bound = sum;
      w.proof = price;
    }
    return sum;
  }
  /// The bound's prices are moved against its slope, each in its own unit, towards where the best choice would meet it.
  void lower_more() {
    w.trial = w.proof;
    double aim = 1.0;
    for (int round = 0, idle = 0; round < 200 && found.bound > best() + margin && aim > 1e-3; ++round) {
      const double before = found.bound, sum = lower(w.trial);
      idle = found.bound < before ? 0 : idle + 1;
      if (idle > 10) {
        w.trial = w.proof;
        aim *= 0.5;
        idle = 0;
        continue;
      }
      double norm = 0.0;
      for (std::size_t j = 0; j < w.trial.size(); ++j) {
        const double s = w.slope[j] * w.trial[j];
        if (s > 0.0 && w.trial[j] <= goal.worth[j])
          w.slope[j] = 0.0;
        else
          norm += s * s;
      }
      const double step = (sum - found.bound + aim * (found.bound - best())) / norm;
      if (!is_finite(step)) return;
      for (std::size_t j = 0; j < w.trial.size(); ++j) {
        const double z = 1.0 - step * w.slope[j] * w.trial[j];
        w.trial[j] = larger(goal.worth[j], w.trial[j] * larger(0.5, smaller(z, 2.0)));
      }
    }
  }
  /// No flows; edges that cost nothing are in every choice.
  void take_nothing() {
    for (std::size_t e = 0; e < edges.size(); ++e) {
      w.flows[e] = {};
      w.best[e] = costs[e] == 0.0 ? 1 : 0;
    }
  }
  /// Takes what the solver made of the present choice if it nets more.
  bool take(const network_route& r) {
    ++found.looks;
    if (r.status != errc::ok) {
      unproven = true;
      return false;
    }
    double cost = 0.0;
    for (std::size_t i = 0; i < w.place.size(); ++i) cost += r.flows[i].in > 0.0 ? costs[w.place[i]] : 0.0;
    if (!(r.value - cost > best() + margin)) return false;
    found.value = r.value;
    found.cost = cost;
    take_nothing();
    for (std::size_t i = 0; i < w.place.size(); ++i) {
      w.flows[w.place[i]] = r.flows[i];
      if (r.flows[i].in > 0.0) w.best[w.place[i]] = 1;
    }
    std::copy(r.net.begin(), r.net.end(), w.net.begin());
    // A token that this choice cannot make anything of has the price that all edges give it.
    for (std::size_t j = 0; j < w.own.size(); ++j) w.own[j] = r.price[j] > 0.0 ? r.price[j] : w.proof[j];
    return true;
  }
  bool consider() {
    w.allowed.clear();
    w.place.clear();
    for (std::size_t e = 0; e < edges.size(); ++e) {
      if (w.in[e] == 0 && costs[e] > 0.0) continue;
      w.allowed.push_back(edges[e]);
      w.place.push_back(e);
    }
    return take(reroute<V>(w.allowed, goal, w.route, limits));
  }
  bool worth_their_cost() {
    for (std::size_t e = 0; e < edges.size(); ++e) w.in[e] = w.spare[e] > 0.0 ? 1 : 0;
    return consider();
  }
  /// One dropped, exchanged or added, while that helps: first those that bring least for their cost. What the choice's
  /// own prices say it could bring at most refuses nearly all unseen.
  void improve() {
    while (improve_once()) {
    }
  }
  bool improve_once() {
    w.in = w.best;
    lower(w.own);
    double slack = -best();
    w.order.clear();
    for (std::size_t j = 0; j < w.own.size(); ++j) slack += (w.own[j] - goal.worth[j]) * supply(j);
    for (std::size_t e = 0; e < edges.size(); ++e) {
      if (w.in[e] == 0) continue;
      slack += larger(0.0, w.spare[e]);
      if (costs[e] > 0.0) w.order.push_back(e);
    }
    std::sort(w.order.begin(), w.order.end(),
              [&](std::size_t a, std::size_t b) { return w.spare[a] / costs[a] < w.spare[b] / costs[b]; });
    for (const std::size_t e : w.order) {
      w.in[e] = 0;
      if (slack - larger(0.0, w.spare[e]) > margin && try_now()) return true;
      w.in[e] = 1;
    }
    for (std::size_t i = 0; i <= w.order.size(); ++i) {
      const bool drops = i < w.order.size();
      const double room = slack - (drops ? larger(0.0, w.spare[w.order[i]]) : 0.0);
      if (drops) w.in[w.order[i]] = 0;
      for (std::size_t f = 0; f < edges.size(); ++f) {
        if (w.best[f] != 0 || !(room + w.spare[f] > margin)) continue;
        w.in[f] = 1;
        if (try_now()) return true;
        w.in[f] = 0;
      }
      if (drops) w.in[w.order[i]] = 1;
    }
    return false;
  }
  bool try_now() { return found.looks < most_looks && consider(); }
  /// All of a token's supply along single paths: what a path loses against the bound's prices ends most of them early.
  void along(std::size_t at, double amount, double spent, double room) {
    w.passed[at] = 1;
    if (goal.worth[at] * amount - spent > best() + margin) consider();
    for (std::size_t e = 0; e < edges.size() && steps > 0; ++e) {
      const auto& [in, out, venue] = edges[e];
      if (in != at || w.passed[out] != 0) continue;
      --steps;
      const double x = smaller(amount, venue.capacity()), y = venue.amount_out(x);
      const double lost = larger(0.0, w.spare[e]) - (w.proof[out] * y - w.proof[in] * amount - costs[e]);
      if (!(room - lost > best() + margin)) continue;
      w.in[e] = 1;
      along(out, y, spent + costs[e], room - lost);
      w.in[e] = 0;
    }
    w.passed[at] = 0;
  }
  void single_paths() {
    look(w.proof);
    for (std::size_t j = 0; j < w.passed.size(); ++j) {
      if (!(supply(j) > 0.0)) continue;
      std::fill(w.in.begin(), w.in.end(), std::uint8_t{0});
      along(j, supply(j), goal.worth[j] * supply(j), found.bound);
    }
  }
  /// Every choice whose bound, that of the proof's prices less what its deviations cost there, is above the best.
  void branch(std::size_t k, double above) {
    if (!(above > best() + margin) || found.looks >= most_looks) return;
    if (k == w.unsettled.size()) {
      consider();
      return;
    }
    const std::size_t e = w.unsettled[k];
    const bool worth = w.spare[e] > 0.0;
    w.in[e] = worth ? 1 : 0;
    branch(k + 1, above);
    w.in[e] = worth ? 0 : 1;
    branch(k + 1, above - magnitude(w.spare[e]));
    w.in[e] = worth ? 1 : 0;
  }
  /// An edge whose deviation from its sign at the proof's prices costs more than the gap is settled; all choices of the
  /// others are looked at, where they are few.
  [[nodiscard]] bool settle() {
    if (!(found.bound > best() + margin)) return true;
    look(w.proof);
    w.unsettled.clear();
    for (std::size_t e = 0; e < edges.size(); ++e) {
      w.in[e] = w.spare[e] > 0.0 ? 1 : 0;
      if (costs[e] > 0.0 && magnitude(w.spare[e]) <= found.bound - best()) w.unsettled.push_back(e);
    }
    if (w.unsettled.size() > 24) return false;
    std::sort(w.unsettled.begin(), w.unsettled.end(),
              [&](std::size_t a, std::size_t b) { return magnitude(w.spare[a]) > magnitude(w.spare[b]); });
    branch(0, found.bound);
    return found.looks < most_looks && !unproven;
  }
};

}  // namespace trimtab::sizing::detail
