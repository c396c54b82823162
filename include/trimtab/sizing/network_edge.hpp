// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/liquidity/concept.hpp>

#include <cstddef>
#include <limits>
#include <span>

namespace trimtab::sizing {

/// One direction of a market: a venue that takes token `in` and pays token `out`. A pool that trades both ways is two
/// edges; between their first prices lies the fee's no-trade cone, so at most one of them trades.
template <Venue V>
struct network_edge {
  std::size_t in = 0;
  std::size_t out = 0;
  V venue{};
};

/// @brief What to do with which tokens: get the most worth·Ψ, where Ψ is what the trades change, out of no more than
/// the supply.
///
/// - sell one token for another: worth 1 for the token wanted, 0 elsewhere; supply of the token sold
/// - turn a basket into one token: the same, supply of several
/// - arbitrage: worth of every token at fair prices, no supply (an empty span)
/// A token whose worth is 0 and that no edges lead from to one of worth is never bought, and its supply is kept.
struct network_goal {
  std::span<const double> worth{};   ///< per token, ≥ 0, at least one above
  std::span<const double> supply{};  ///< per token, whole tokens; empty: none
};

/// What goes through one edge, whole tokens.
struct network_flow {
  double in = 0.0;
  double out = 0.0;
};

/// @brief A route and its certificate. The spans point into the workspace and live until its next use.
///
/// `ok` is said only when kkt, balance and gap are within `network_limits`; otherwise the flows are what the solver had
/// last, and the certificate says how far off they are.
struct network_route {
  errc status = errc::bad_configuration;
  std::size_t culprit = std::numeric_limits<std::size_t>::max();  ///< the edge or token that is wrong, where one is
  std::span<const network_flow> flows{};                          ///< per edge
  std::span<const double> price{};  ///< per token: what one more unit of it would be worth; 0: nothing
  std::span<const double> net{};    ///< per token: Ψ, received less spent
  double value = 0.0;               ///< worth·Ψ
  double kkt = infinity;  ///< worst of: a token's surplus that has a price, of the gross flow; an edge's marginal price
                          ///< against its tokens', relative
  double balance = infinity;  ///< the most spent beyond what came in and the supply, of what went through that token
  double gap = infinity;      ///< bound on what is missing to the best value, of the gross flow
  double gross = 0.0;         ///< value of all that comes out of edges
  int iterations = 0;         ///< Newton steps
};

/// What a certificate must reach.
struct network_limits {
  double kkt = 1e-11;
  double balance = 1e-12;
  double gap = 1e-11;
  int iterations = 400;
};

}  // namespace trimtab::sizing
