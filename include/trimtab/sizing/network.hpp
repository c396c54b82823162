// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/sizing/network_recovery.hpp>
#include <trimtab/sizing/network_start.hpp>

namespace trimtab::sizing {

/// @brief What `route` computes in, and where its answer lives. Keep one and pass it on: after the first call nothing
/// is allocated for problems of that size where the Laplacian is dense (see `detail::laplacian`), and `reroute` starts
/// from the last prices.
struct network_workspace {
  detail::network_dual dual{};
  detail::network_start start{};
  detail::network_recovery recovery{};
  std::vector<network_flow> flows{};
  std::vector<double> net{};
};

namespace detail {

/// Reads the problem. @return errc::ok, or what is wrong and with which edge or token
template <Venue V>
errc load(std::span<const network_edge<V>> edges, const network_goal& goal, network_workspace& w, std::size_t& at) {
  network_dual& d = w.dual;
  const std::size_t n = goal.worth.size();
  if (!goal.supply.empty() && goal.supply.size() != n) return errc::size_mismatch;
  if (d.tokens() != n) d.resize(n);
  double most = 0.0;
  for (at = 0; at < n; ++at) {
    const double worth = goal.worth[at], supply = goal.supply.empty() ? 0.0 : goal.supply[at];
    if (!is_finite(worth) || !is_finite(supply)) return errc::not_finite;
    if (worth < 0.0 || supply < 0.0) return errc::negative_amount;
    d.worth[at] = worth;
    d.supply[at] = d.given[at] = supply;
    most = larger(most, worth);
  }
  d.all.clear();
  for (at = 0; at < edges.size(); ++at) {
    const auto& [in, out, venue] = edges[at];
    if (in >= n || out >= n || in == out) return errc::asset_mismatch;
    if (const errc bad = venue.validate(); bad != errc::ok) return bad;
    d.all.push(in, out, at, venue);
  }
  at = network_route{}.culprit;
  d.matrix.shape(n, edges.size());
  w.flows.resize(edges.size());
  w.net.resize(n);
  w.start.find_worth(d);
  return most > 0.0 ? errc::ok : errc::non_positive_price;
}

/// Newton, and where there are flat pieces Newton again as their bands narrow and their anchors settle.
template <class Ask>
void solve(network_dual& d, const Ask& asking, double tolerance, double mu, int limit) {
  constexpr double narrowest = 1e-6;
  double width = 0.1;
  network_start::measure_flat(d);
  for (flat_arc& a : d.all.flat) a.set_width(width, d.price[a.in]);
  if (d.raise_dust()) {
    d.newton(asking, 1e-2, mu, limit);
    d.supply = d.given;
    mu = 1e-6;
  }
  if (d.all.flat.empty()) {
    d.newton(asking, tolerance, mu, limit);
    return;
  }
  for (int round = 0; round < 40 && d.steps < limit; ++round, width = larger(0.1 * width, narrowest)) {
    for (flat_arc& a : d.all.flat) a.set_width(width, d.price[a.in]);
    const bool done = d.newton(asking, width > narrowest ? 1e-6 : 1e-2 * tolerance, mu, limit);
    double apart = 0.0;  // of the prices at a piece's ends from its own, relative: what its proximal term still does
    for (flat_arc& a : d.all.flat) {
      const double unit = d.price[a.in], x = unit > 0.0 ? a.taken / unit : 0.0;
      apart = larger(apart, width * magnitude(x - a.anchor) / a.depth);
      a.anchor = x;
    }
    mu = 1e-6;
    if (width <= narrowest && (apart <= 1e-14 || !done)) return;
  }
}

/// The most that trading a venue is worth at these prices. Not by its `best_value` alone, which may subtract what all
/// but cancels. A curve without end has no bound at a price above its last, and then `otherwise` is the answer.
template <Venue V>
double best_of(const V& venue, double in, double out, double otherwise) noexcept {
  const double x = venue.amount_at(executable_price<double>{in / out});
  double best = x < infinity ? out * venue.amount_out(x) - in * x : otherwise;
  if constexpr (!is_concave<V>()) best = larger(best, out * venue.best_value(executable_price<double>{in / out}));
  return best;
}

/// Flows of the edges from those of their arcs, measured on the venues themselves.
template <Venue V>
void certify(std::span<const network_edge<V>> edges, const network_limits& limits, network_workspace& w,
             network_route& r) {
  const auto& price = w.dual.price;
  auto& through = w.recovery.through;
  for (network_flow& f : w.flows) f = {};
  w.dual.all.each([&](const arc& a) { w.flows[a.edge].in += a.taken; });
  for (std::size_t j = 0; j < w.net.size(); ++j) {
    w.net[j] = 0.0;
    through[j] = w.dual.supply[j];
  }
  constexpr double beside = 1e-12;    // just before and after an amount
  constexpr double rounding = 1e-13;  // of a price: an edge is asked what it misses at a price this much worse
  double gross = 0.0, missing = 0.0, apart = 0.0, held = 0.0;
  bool sound = true;  // no NaN anywhere: comparisons would pass over it
  for (std::size_t e = 0; e < edges.size(); ++e) {
    const auto& [in, out, venue] = edges[e];
    const double u = price[in], v = price[out];
    if (!(v > 0.0)) continue;
    network_flow& f = w.flows[e];
    double off = 0.0, most = 0.0;
    if (f.in > 0.0) {
      // The marginal prices before and after the amount enclose that of its tokens.
      most = venue.capacity();
      f.in = smaller(f.in, most);
      f.out = venue.amount_out(f.in);
      w.net[in] -= f.in;
      w.net[out] += f.out;
      through[out] += f.out;
      gross += v * f.out;
      off = larger(0.0, 1.0 - venue.marginal_price(f.in * (1.0 - beside)).value * v / u);
      if (f.in < most) off = larger(off, venue.marginal_price(f.in * (1.0 + beside)).value * v / u - 1.0);
    } else {
      const double first = venue.marginal_price(0.0).value;
      sound = sound && is_finite(first) && f.in == 0.0;
      if (!(u > 0.0)) {  // nothing leads from `in` to anything of worth: the venue must be shut
        sound = sound && !(first > 0.0 && venue.capacity() > 0.0);
        continue;
      }
      off = first * v / u - 1.0;
      if (!(off > 0.0) || !((most = venue.capacity()) > 0.0)) continue;
    }
    sound = sound && is_finite(off) && is_finite(f.out);
    apart = larger(apart, off);
    missing += larger(0.0, best_of(venue, u * (1.0 + rounding), v, off * u * f.in) - (v * f.out - u * f.in));
  }
  r.value = r.balance = 0.0;
  for (std::size_t j = 0; j < w.net.size(); ++j) {
    const double worth = w.dual.worth[j], surplus = w.dual.supply[j] + w.net[j];
    r.value += worth * w.net[j];
    sound = sound && is_finite(surplus) && price[j] >= worth;
    if (surplus < 0.0) r.balance = larger(r.balance, -surplus / through[j]);
    if (!(price[j] > worth)) continue;
    held = larger(held, price[j] * magnitude(surplus));
    missing += (price[j] - worth) * larger(0.0, surplus);
  }
  const auto of_gross = [gross](double part) { return part > 0.0 ? part / gross : part; };
  r.gross = gross;
  r.kkt = larger(apart, of_gross(held));
  r.gap = of_gross(missing);
  const bool proven =
      sound && is_finite(missing) && r.kkt <= limits.kkt && r.balance <= limits.balance && r.gap <= limits.gap;
  r.status = proven ? errc::ok : errc::no_convergence;
}

template <Venue V>
network_route route(std::span<const network_edge<V>> edges, const network_goal& goal, network_workspace& w,
                    const network_limits& limits, bool warm) {
  network_dual& d = w.dual;
  network_route r;
  r.status = load(edges, goal, w, r.culprit);
  if (r.status != errc::ok) return r;
  const auto trades = [edges](std::size_t e, double at, double most) { return ask(edges[e].venue, at, most); };
  const auto pays = [edges](std::size_t e, double x) { return edges[e].venue.amount_out(x); };
  warm = warm && w.start.fits(d);
  d.steps = 0;
  // Loosely first: the recovery is a Newton step of its own. Where that is not enough, tightly and from the venues'
  // prices.
  for (double tolerance = 1e-7; tolerance > 1e-15; tolerance *= 1e-7, warm = false) {
    if (warm) {
      network_start::keep_all(d);
    } else {
      w.start.price_all(d);
    }
    solve(d, trades, tolerance, warm ? 1e-6 : 0.1, d.steps + limits.iterations);
    w.recovery.run(d, pays);
    certify(edges, limits, w, r);
    if (r.status == errc::ok) break;
    w.start.find_worth(d);
  }
  r.flows = w.flows;
  r.price = d.price;
  r.net = w.net;
  r.iterations = d.steps;
  return r;
}

}  // namespace detail

/// @brief The trades through a network of venues that make the most of what there is.
///
/// Formula   max worth·Ψ,  Ψ = Σ over edges of (y(x) at `out`) − (x at `in`),  Ψ ≥ −supply
/// By Newton's method on the dual in log prices: its curvature there is the Laplacian of the tokens, each arc weighing
/// ν·λ/|y''(x)|, so no token's unit matters. Flat pieces (a fixed price, an order book's level) have no curvature; each
/// gets a proximal term centred on its own flow, which vanishes as the flows settle, so that the answer is of the
/// problem as given. Flows are then corrected themselves (see `network_recovery`) and certified on the venues.
/// Fixed costs are not in it.
/// @param edges  token indices below goal.worth.size()
/// @return status, the flows, ν, and the certificate
/// @errors size_mismatch (supply), asset_mismatch (an edge's token), not_finite, negative_amount, non_positive_price
///         (nothing of worth), what a venue's `validate` says (culprit: the edge), no_convergence (the certificate is
///         not reached: also a cycle that gains without limit)
/// @cost some 10 sweeps over the edges and solves of the tokens' Laplacian; with flat pieces some 30
/// @source Diamandis, Resnick, Chitra, Angeris 2023 (the dual); Newton in log prices, the proximal flat pieces and the
///         recovery: derived here
template <Venue V>
network_route route(std::span<const network_edge<V>> edges, const network_goal& goal, network_workspace& workspace,
                    const network_limits& limits = {}) {
  return detail::route(edges, goal, workspace, limits, false);
}
/// The same from the prices of the workspace's last answer, where they fit: for the next block. The answer agrees with
/// `route`'s to the certificate, not to the last bit.
template <Venue V>
network_route reroute(std::span<const network_edge<V>> edges, const network_goal& goal, network_workspace& workspace,
                      const network_limits& limits = {}) {
  return detail::route(edges, goal, workspace, limits, true);
}

}  // namespace trimtab::sizing
