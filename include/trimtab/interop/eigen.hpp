// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>

#include <trimtab/sensitivity/health_greeks.hpp>

#include <type_traits>

namespace trimtab::interop {

/// Delta as an Eigen vector, by reference to the greeks: nothing is copied. @pre the greeks outlive the map
template <class S, std::size_t M>
Eigen::Map<const Eigen::Matrix<S, Eigen::Dynamic, 1>> delta_vector(const sensitivity::factored_greeks<S, M>& g) {
  return {g.delta.data(), static_cast<Eigen::Index>(g.size)};
}

/// The Hessian of health applied to a price move without ever being formed: H·u = −(g·(b·u) + b·(g·u)).
/// @param move   shape size × 1, base currency; @param out the same shape, overwritten
template <class S, std::size_t M>
void apply_gamma(const sensitivity::factored_greeks<S, M>& g,
                 const Eigen::Ref<const Eigen::Matrix<std::type_identity_t<S>, Eigen::Dynamic, 1>>& move,
                 Eigen::Ref<Eigen::Matrix<std::type_identity_t<S>, Eigen::Dynamic, 1>> out) {
  using vector = Eigen::Matrix<S, Eigen::Dynamic, 1>;
  const Eigen::Map<const vector> delta(g.delta.data(), static_cast<Eigen::Index>(g.size));
  const Eigen::Map<const vector> share(g.cofactor.data(), static_cast<Eigen::Index>(g.size));
  const S along_share = share.dot(move), along_delta = delta.dot(move);
  out.noalias() = -(delta * along_share + share * along_delta);
}

}  // namespace trimtab::interop
