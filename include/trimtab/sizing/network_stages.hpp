// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/sizing/network.hpp>

namespace trimtab::sizing {

template <Venue V>
routed network_workspace::load(std::span<const network_edge<V>> edges, const network_goal& goal, bool warm) {
  routed r;
  const std::size_t n = goal.worth.size();
  const auto refuse = [&r](errc why, std::size_t culprit = std::numeric_limits<std::size_t>::max()) {
    r.status = why;
    r.culprit = culprit;
    return r;
  };
  if (!goal.supply.empty() && goal.supply.size() != n) return refuse(errc::size_mismatch);
  double most = 0.0;
  for (std::size_t j = 0; j < n; ++j) {
    const double worth = goal.worth[j], supply = goal.supply.empty() ? 0.0 : goal.supply[j];
    if (!is_finite(worth) || !is_finite(supply)) return refuse(errc::not_finite, j);
    if (worth < 0.0 || supply < 0.0) return refuse(errc::negative_amount, j);
    most = larger(most, worth);
  }
  if (!(most > 0.0)) return refuse(errc::non_positive_price);
  if (dual_.tokens() != n) {
    dual_.resize(n);
    net_.resize(n);
    reference_.resize(n);
    best_.resize(n);
    best_depth_.resize(n);
    warm = false;
  }
  dual_.matrix.shape(n, detail::laplacian::wants_sparse(n, edges.size()));
  dual_.all.clear();
  for (std::size_t e = 0; e < edges.size(); ++e) {
    const auto& [in, out, venue] = edges[e];
    if (in >= n || out >= n || in == out) return refuse(errc::asset_mismatch, e);
    if (const errc bad = venue.validate(); bad != errc::ok) return refuse(bad, e);
    dual_.all.push(in, out, e, venue);
  }
  for (std::size_t j = 0; j < n; ++j) {
    dual_.worth[j] = goal.worth[j];
    dual_.supply[j] = goal.supply.empty() ? 0.0 : goal.supply[j];
  }
  flows_.resize(edges.size());
  find_worthless();
  r.status = errc::ok;
  return r;
}

/// known[j] = 1 where arcs lead from j to something of worth. What has none is kept: its price is 0.
inline void network_workspace::find_worthless() {
  for (std::size_t j = 0; j < dual_.tokens(); ++j) dual_.known[j] = dual_.worth[j] > 0.0 ? 1 : 0;
  for (bool changed = true; changed;) {
    changed = false;
    for (const auto* c : {&dual_.all.curved, &dual_.all.flat, &dual_.all.asked})
      for (std::size_t i = 0; i < c->size(); ++i)
        if (dual_.known[c->out[i]] != 0 && dual_.known[c->in[i]] == 0) {
          dual_.known[c->in[i]] = 1;
          changed = true;
        }
  }
  for (std::size_t j = 0; j < dual_.tokens(); ++j) dual_.free[j] = dual_.known[j];
}

/// Prices by the deepest arc from what is priced already, breadth first; then one scale for all that is connected, the
/// least that puts every price at or above its worth.
inline void network_workspace::first_prices() {
  constexpr double least = 1e-60;
  auto& price = dual_.price;
  for (std::size_t j = 0; j < dual_.tokens(); ++j) {
    price[j] = 0.0;
    dual_.known[j] = 0;
  }
  for (;;) {
    std::size_t seed = dual_.tokens();
    for (std::size_t j = 0; j < dual_.tokens(); ++j)
      if (dual_.known[j] == 0 && dual_.worth[j] > 0.0 && (seed == dual_.tokens() || dual_.worth[j] > dual_.worth[seed]))
        seed = j;
    if (seed == dual_.tokens()) break;
    reach_out(seed);
    double scale = 0.0;
    for (std::size_t j = 0; j < dual_.tokens(); ++j)
      if (dual_.known[j] == 1) scale = larger(scale, dual_.worth[j] / price[j]);
    for (std::size_t j = 0; j < dual_.tokens(); ++j)
      if (dual_.known[j] == 1) {
        dual_.known[j] = 2;
        price[j] *= scale;
        dual_.floor[j] = dual_.worth[j] > 0.0 ? dual_.worth[j] : least * price[j];
        price[j] = larger(price[j], dual_.floor[j]);
      }
  }
}

/// known: 0 not yet, 1 of this component, 2 of an earlier one.
inline void network_workspace::reach_out(std::size_t from) {
  auto& [all, worth, supply, floor, price, root, residual, noise, next, next_residual, step, free, known, matrix, gross,
         steps] = dual_;
  known[from] = 1;
  price[from] = 1.0;
  for (bool grown = true; grown;) {
    grown = false;
    for (std::size_t j = 0; j < price.size(); ++j) best_depth_[j] = -1.0;
    for (const auto* c : {&all.curved, &all.flat, &all.asked})
      for (std::size_t i = 0; i < c->size(); ++i) {
        const std::size_t j = c->in[i], k = c->out[i];
        if (free[j] == 0 || free[k] == 0 || (known[j] == 1) == (known[k] == 1)) continue;
        const std::size_t unknown = known[j] == 1 ? k : j;
        const double reach = known[j] == 1 ? c->depth[i] * price[j] : c->depth[i] * c->price[i] * price[k];
        if (reach <= best_depth_[unknown]) continue;
        best_depth_[unknown] = reach;
        next[unknown] = known[j] == 1 ? price[j] / c->price[i] : c->price[i] * price[k];
      }
    for (std::size_t j = 0; j < price.size(); ++j)
      if (best_depth_[j] >= 0.0) {
        known[j] = 1;
        price[j] = next[j];
        grown = true;
      }
  }
}

/// Of each flat piece, the flow in whose terms its band is measured: its cap, or less where all there is to trade is
/// less.
inline void network_workspace::reference_flows() {
  double value = 0.0, deepest = 0.0;
  for (std::size_t j = 0; j < dual_.tokens(); ++j) value += dual_.price[j] * dual_.supply[j];
  for (const auto* c : {&dual_.all.curved, &dual_.all.asked, &dual_.all.flat})
    for (std::size_t i = 0; i < c->size(); ++i) {
      const double depth = c->depth[i] * dual_.price[c->in[i]];
      if (depth < infinity) deepest = larger(deepest, depth);
    }
  value = larger(value, deepest);
  if (!(value > 0.0)) value = 1.0;
  auto& flat = dual_.all.flat;
  for (std::size_t i = 0; i < flat.size(); ++i) {
    const double unit = dual_.price[flat.in[i]];
    const double most = unit > 0.0 ? value / unit : 1.0;
    flat.depth[i] = smaller(flat.cap[i], most);
    flat.geometric[i] = flat.depth[i] * std::sqrt(flat.price[i]);
  }
}

template <class Ask>
void network_workspace::solve(const Ask& asking, bool warm, int limit) {
  auto& flat = dual_.all.flat;
  if (flat.size() == 0) {
    dual_.newton(asking, 1e-13, warm ? 1e-6 : 0.1, limit);
    return;
  }
  constexpr double narrowest = 1e-6;
  reference_flows();
  dual_.all.anchor.assign(flat.size(), 0.0);
  dual_.all.stiffness.assign(flat.size(), 1.0);
  for (double width = 0.1; dual_.steps < limit; width = larger(0.1 * width, narrowest)) {
    for (std::size_t i = 0; i < flat.size(); ++i) {
      const double unit = dual_.price[flat.in[i]];
      dual_.all.stiffness[i] = unit > 0.0 ? width * unit / flat.depth[i] : 1.0;
    }
    const bool done = dual_.newton(asking, width > narrowest ? 1e-6 : 1e-13, width > 0.05 ? 0.1 : 1e-6, limit);
    // The ties of this round: how far the price of a piece that trades within its cap is from its tokens'.
    double apart = 0.0;
    for (std::size_t i = 0; i < flat.size(); ++i) {
      const double unit = dual_.price[flat.in[i]];
      if (!(unit > 0.0)) continue;
      const double x = flat.amount[i] / unit;
      apart = larger(apart, width * magnitude(x - dual_.all.anchor[i]) / flat.depth[i]);
      dual_.all.anchor[i] = x;
    }
    if (width <= narrowest && (apart <= 1e-14 || !done)) return;
  }
}

template <Venue V>
void network_workspace::certify(std::span<const network_edge<V>> edges, const network_limits& limits, routed& r) {
  const auto& price = dual_.price;
  auto& through = recovery_.through;
  for (network_flow& f : flows_) f = {};
  for (const auto* c : {&dual_.all.curved, &dual_.all.asked, &dual_.all.flat})
    for (std::size_t i = 0; i < c->size(); ++i) flows_[c->edge[i]].in += c->amount[i];
  for (std::size_t j = 0; j < net_.size(); ++j) {
    net_[j] = 0.0;
    through[j] = dual_.supply[j];
  }
  double gross = 0.0, missing = 0.0, apart = 0.0;
  for (std::size_t e = 0; e < edges.size(); ++e) {
    const auto& [in, out, venue] = edges[e];
    const double most = venue.capacity(), u = price[in], v = price[out];
    network_flow& f = flows_[e];
    if (f.in > most) f.in = most;
    if (f.in > 0.0) {
      f.out = venue.amount_out(f.in);
      net_[in] -= f.in;
      net_[out] += f.out;
      through[out] += f.out;
      gross += u * f.in;
    }
    if (!(v > 0.0)) continue;
    // Where the marginal price before and after this amount should enclose the price of `in` in terms of `out`.
    constexpr double beside = 1e-12;
    double off = 0.0;
    if (f.in > 0.0) off = larger(0.0, 1.0 - venue.marginal_price(f.in * (1.0 - beside)).value * v / u);
    if (f.in < most) off = larger(off, venue.marginal_price(f.in * (1.0 + beside)).value * v / u - 1.0);
    apart = larger(apart, off);
    const double best = v * venue.best_value(executable_price<double>{u / v});
    missing += is_finite(best) ? larger(0.0, best - (v * f.out - u * f.in)) : off * u * f.in;
  }
  r.value = 0.0;
  r.balance = 0.0;
  double left = 0.0;
  for (std::size_t j = 0; j < net_.size(); ++j) {
    const double surplus = dual_.supply[j] + net_[j];
    r.value += dual_.worth[j] * net_[j];
    if (surplus < 0.0) r.balance = larger(r.balance, -surplus / through[j]);
    if (price[j] > dual_.worth[j]) {
      left = larger(left, price[j] * magnitude(surplus));
      missing += (price[j] - dual_.worth[j]) * larger(0.0, surplus);
    }
  }
  const auto ratio = [gross](double part) { return part > 0.0 ? part / gross : part; };
  r.gross = gross;
  r.kkt = larger(apart, ratio(left));
  r.gap = ratio(missing);
  r.flows = flows_;
  r.price = price;
  r.net = net_;
  r.iterations = dual_.steps;
  const bool proven = r.kkt <= limits.kkt && r.balance <= limits.balance && r.gap <= limits.gap;
  r.status = proven ? errc::ok : errc::no_convergence;
}

}  // namespace trimtab::sizing
