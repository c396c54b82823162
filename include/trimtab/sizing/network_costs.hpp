// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/sizing/network_costs_search.hpp>

#include <cstddef>
#include <span>

namespace trimtab::sizing {

namespace detail {

template <Venue V>
void run(costed_search<V>& s) {
  auto& w = s.w;
  const std::size_t n = s.goal.worth.size(), m = s.edges.size();
  const network_route all = sizing::route<V>(s.edges, s.goal, w.route, s.limits);
  s.found.status = all.status;
  s.found.culprit = all.culprit;
  if (all.status != errc::ok) return;
  s.margin = 1e-12 * all.gross;
  w.flows.assign(m, {});
  w.in.assign(m, 0);
  w.best.assign(m, 0);
  w.spare.assign(m, 0.0);
  w.place.resize(m);
  w.order.reserve(m);
  w.unsettled.reserve(m);
  w.allowed.reserve(m);
  for (std::size_t e = 0; e < m; ++e) w.place[e] = e;
  w.net.assign(n, 0.0);
  w.slope.assign(n, 0.0);
  w.passed.assign(n, 0);
  for (auto* v : {&w.own, &w.proof, &w.start, &w.trial}) v->assign(all.price.begin(), all.price.end());
  s.take_nothing();
  s.take(all);
  s.lower(w.start);
  s.worth_their_cost();
  s.improve();
  s.lower_more();
  s.look(w.proof);
  s.worth_their_cost();
  s.single_paths();
  s.improve();
  s.found.exhausted = s.settle();
  for (const network_flow& f : w.flows) s.found.used += f.in > 0.0 ? 1 : 0;
  s.found.flows = w.flows;
  s.found.net = w.net;
  s.found.price = w.proof;
}

}  // namespace detail

/// @brief The route with the largest value less the costs of the edges it uses.
///
/// Formula   bound(ν) = Σ (ν − worth)·supply + Σ over edges of max(0, max over x of (ν_out·y(x) − ν_in·x) − cost)
///
/// The bound holds at any prices ν ≥ worth, so of all prices met on the way the lowest is kept, and moved lower.
/// Choices of edges start from the route without costs, from what is worth its cost at the bound's prices, and from
/// single paths, and are improved by one dropped, exchanged or added. Where the bound is not met, an edge whose
/// deviation would cost more than the gap is settled, and all choices of the rest are looked at, where they are no more
/// than 24 edges and `most_looks` lasts; else the bound is the certificate. Never worse than no trade, than the route
/// without costs less what it costs, or than the whole supply of a token along one path (of 100 000 steps looked at).
/// @param costs  per edge, in the unit of worth·amount: gas units × gas price × what a unit of native token is worth.
///               A pool that trades both ways is two edges, each with its cost
/// @param most_looks  choices looked at, at most; those of the start aside. 0 searches nothing
/// @return status, the flows, and the certificate; where `route` fails without costs, no flows
/// @errors size_mismatch (costs), not_finite, negative_amount (culprit: the edge), those of `route`
/// @cost   a warm route for each choice looked at
/// @source derived here
template <Venue V>
costed_route route_with_costs(std::span<const network_edge<V>> edges, const network_goal& goal,
                              std::span<const double> costs, network_costs_workspace<V>& workspace,
                              const network_limits& limits = {}, int most_looks = 4096) {
  if (costs.size() != edges.size()) return {.status = errc::size_mismatch};
  for (std::size_t e = 0; e < costs.size(); ++e) {
    if (!is_finite(costs[e])) return {.status = errc::not_finite, .culprit = e};
    if (costs[e] < 0.0) return {.status = errc::negative_amount, .culprit = e};
  }
  detail::costed_search<V> search{
      .edges = edges, .goal = goal, .costs = costs, .w = workspace, .limits = limits, .most_looks = most_looks};
  detail::run(search);
  return search.found;
}

}  // namespace trimtab::sizing
