// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/sizing/network_recovery.hpp>

namespace trimtab::sizing {

/// @brief What `route` computes in, and where its answer lives. Keep one and pass it on: after the first call nothing is
/// allocated for problems of that size with up to `dense_limit` tokens, and `reroute` starts from the last prices.
class network_workspace {
public:
  /// See `route`. @param warm start from the last prices, where they fit
  template <Venue V>
  routed run(std::span<const network_edge<V>> edges, const network_goal& goal, bool warm,
             const network_limits& limits = {});

private:
  template <Venue V>
  routed load(std::span<const network_edge<V>> edges, const network_goal& goal, bool warm);
  void find_worthless();
  void first_prices();
  void reach_out(std::size_t from);
  void reference_flows();
  template <class Ask>
  void solve(const Ask& asking, bool warm, int limit);
  template <Venue V>
  void certify(std::span<const network_edge<V>> edges, const network_limits& limits, routed& r);

  detail::network_dual dual_{};
  detail::network_recovery recovery_{};
  std::vector<network_flow> flows_{};
  std::vector<double> net_{}, last_{}, reference_{};
  std::vector<std::size_t> best_{};
  std::vector<double> best_depth_{};
};

/// @brief The trades through a network of venues that make the most of what there is.
///
/// Formula   max worth·Ψ,  Ψ = Σ over edges of (y(x) at `out`) − (x at `in`),  Ψ ≥ −supply
/// By Newton's method on the dual in log prices: its curvature there is the Laplacian of the tokens, each arc weighing
/// ν·λ/|y''(x)|, so no token's unit matters. Flat pieces (a fixed price, an order book's level) have no curvature; each
/// gets a proximal term centred on its own flow, which vanishes as the flows settle, so that the answer is of the
/// problem as given. Flows are then corrected themselves (see `network_recovery`) and certified on the venues.
/// Fixed costs are not in it: see `network_activation`.
/// @param edges  token indices below goal.worth.size()
/// @return status, the flows, ν, and the certificate
/// @errors size_mismatch (supply), asset_mismatch (an edge's token), not_finite, negative_amount, non_positive_price
///         (nothing of worth), what a venue's `validate` says (culprit: the edge), no_convergence (the certificate is not
///         reached: also a cycle that gains without limit)
/// @cost some 10 sweeps over the edges and solves of the tokens' Laplacian; with flat pieces some 30
/// @source Diamandis, Resnick, Chitra, Angeris 2023 (the dual); Newton in log prices, the proximal flat pieces and the
///         recovery: derived here
template <Venue V>
routed route(std::span<const network_edge<V>> edges, const network_goal& goal, network_workspace& workspace,
             const network_limits& limits = {}) {
  return workspace.run(edges, goal, false, limits);
}
/// The same from the prices of the workspace's last answer, where the tokens are as many: for the next block. The
/// answer agrees with `route`'s to the certificate, not to the last bit.
template <Venue V>
routed reroute(std::span<const network_edge<V>> edges, const network_goal& goal, network_workspace& workspace,
               const network_limits& limits = {}) {
  return workspace.run(edges, goal, true, limits);
}

template <Venue V>
routed network_workspace::run(std::span<const network_edge<V>> edges, const network_goal& goal, bool warm,
                              const network_limits& limits) {
  warm = warm && last_.size() == goal.worth.size();
  routed r = load(edges, goal, warm);
  if (r.status != errc::ok) {
    last_.clear();
    return r;
  }
  const auto asking = [edges](std::size_t edge, double at, double most) {
    return detail::ask(edges[edge].venue, at, most);
  };
  const auto paid = [edges](const detail::arc_columns& c, std::size_t i, double x) {
    // Curved pieces have a finite depth, flat ones none that counts, and asked curves are asked.
    return edges[c.edge[i]].venue.amount_out(x);
  };
  (void)paid;
  for (bool hot = warm;; hot = false) {
    if (!hot) first_prices();
    dual_.steps = 0;
    solve(asking, hot, limits.iterations);
    recovery_.run(dual_, [&](const detail::arc_columns& c, std::size_t i, double x) {
      if (&c == &dual_.all.flat) return c.price[i] * x;
      if (&c == &dual_.all.curved) return c.price[i] * c.depth[i] * (x / (c.depth[i] + x));
      return edges[c.edge[i]].venue.amount_out(x);
    });
    certify(edges, limits, r);
    if (r.status == errc::ok || !hot) break;
  }
  last_ = dual_.price;
  return r;
}

}  // namespace trimtab::sizing

#include <trimtab/sizing/network_stages.hpp>
