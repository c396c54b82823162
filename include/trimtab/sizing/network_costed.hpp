// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/sizing/network.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace trimtab::sizing {

/// @brief A route where each edge used costs a fixed amount, and how sure it is. Spans live as long as the workspace.
struct costed_route {
  errc status = errc::bad_configuration;
  std::size_t culprit = network_route{}.culprit;  ///< the edge or token that is wrong, where one is
  std::span<const network_flow> flows{};          ///< per edge
  std::span<const double> net{};                  ///< per token: Ψ, received less spent
  std::span<const double> price{};                ///< per token: the prices ν at which `bound` was found
  double value = 0.0;                             ///< worth·Ψ
  double cost = 0.0;                              ///< of the edges used
  double bound = infinity;                        ///< no choice of edges has a larger value less costs
  std::size_t used = 0;
  int looks = 0;           ///< choices of edges looked at
  bool exhausted = false;  ///< every choice that could be better was looked at: none is, whatever the bound says

  [[nodiscard]] constexpr double net_value() const noexcept { return value - cost; }
  /// No choice has more than net_value + gap.
  [[nodiscard]] constexpr double gap() const noexcept { return exhausted ? 0.0 : larger(0.0, bound - net_value()); }
};

/// What `route_with_costs` computes in, and where its answer lives. After the first call nothing is allocated where
/// `route` allocates nothing.
template <Venue V>
struct network_costs_workspace {
  network_workspace route{};
  std::vector<network_edge<V>> allowed{};
  std::vector<std::size_t> place{}, order{}, unsettled{};
  std::vector<std::uint8_t> in{}, best{}, passed{};
  std::vector<network_flow> flows{};
  std::vector<double> net{}, own{}, start{}, proof{}, trial{}, slope{}, spare{};
};

}  // namespace trimtab::sizing
