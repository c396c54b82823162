// SPDX-License-Identifier: MIT
#pragma once

/// A route looked at from outside: flows, prices and venues only, in 80 bits.
#include <trimtab/sizing/network_edge.hpp>

#include <cmath>
#include <span>
#include <vector>

namespace trimtab::test {

struct network_audit {
  long double overspent = 0.0L;  ///< worst token: spent beyond what came in and the supply, of what passed it
  long double unsold = 0.0L;     ///< worst token: value kept that has a price above its worth, of the gross value
  long double mispriced = 0.0L;  ///< worst edge: marginal price just before and after its flow against ν, relative
  long double below = 0.0L;      ///< worst token: price below its worth, relative
  long double value = 0.0L;      ///< worth·Ψ
  long double gross = 0.0L;      ///< Σ ν·y
};

/// @param beside  how far to both sides of a flow its marginal price is asked, relative
template <Venue V>
network_audit audit(std::span<const sizing::network_edge<V>> edges, std::span<const double> worth,
                    std::span<const double> supply, const sizing::network_route& r, double beside = 1e-9) {
  const std::size_t n = worth.size();
  std::vector<long double> in(n, 0.0L), out(n, 0.0L);
  network_audit a;
  for (std::size_t e = 0; e < edges.size(); ++e) {
    const auto& [from, to, venue] = edges[e];
    const double x = r.flows[e].in, u = r.price[from], v = r.price[to];
    out[from] += x;
    in[to] += venue.amount_out(x);
    a.gross += static_cast<long double>(v) * venue.amount_out(x);
    if (!(v > 0.0)) continue;
    if (x > 0.0) {
      const double above = venue.marginal_price(x * (1.0 - beside)).value;
      a.mispriced = std::fmax(a.mispriced, 1.0L - static_cast<long double>(above) * v / u);
    }
    if (x * (1.0 + beside) < venue.capacity()) {
      const double under = venue.marginal_price(x * (1.0 + beside)).value;
      a.mispriced = std::fmax(a.mispriced, static_cast<long double>(under) * v / u - 1.0L);
    }
  }
  for (std::size_t j = 0; j < n; ++j) {
    const long double had = (supply.empty() ? 0.0L : supply[j]) + in[j], left = had - out[j];
    a.value += worth[j] * (in[j] - out[j]);
    if (left < 0.0L) a.overspent = std::fmax(a.overspent, -left / had);
    if (r.price[j] > worth[j]) a.unsold = std::fmax(a.unsold, r.price[j] * std::fabs(left));
    if (r.price[j] < worth[j]) a.below = std::fmax(a.below, 1.0L - static_cast<long double>(r.price[j]) / worth[j]);
  }
  if (a.unsold > 0.0L) a.unsold /= a.gross;
  return a;
}

}  // namespace trimtab::test
