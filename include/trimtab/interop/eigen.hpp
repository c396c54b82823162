// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>

#include <trimtab/sensitivity/factored_greeks.hpp>

#include <array>
#include <span>
#include <type_traits>

namespace trimtab::interop {

template <class S>
using vector_of = Eigen::Matrix<S, Eigen::Dynamic, 1>;
template <class S>
using row_major_of = Eigen::Matrix<S, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

namespace detail {

template <class S, std::size_t M>
Eigen::Map<const vector_of<S>> mapped(const std::array<S, M>& values, std::size_t size) {
  return {values.data(), static_cast<Eigen::Index>(size)};
}

}  // namespace detail

/// Delta as an Eigen vector, by reference to the greeks: nothing is copied.
/// @param g  greeks of any shape
/// @pre      the greeks outlive the map
template <class G>
auto delta_vector(const G& g) {
  return detail::mapped(g.delta, g.size);
}

/// @brief The Hessian written into the caller's span and mapped, shape size × size.
/// @return   an empty map where the span has another size; the span outlives the map
template <class G, class S>
Eigen::Map<row_major_of<S>> gamma_map(const G& g, std::span<S> out) {
  const Eigen::Index n = g.dense(out) == errc::ok ? static_cast<Eigen::Index>(g.size) : 0;
  return {out.data(), n, n};
}

/// @brief The Hessian applied to a move without ever being formed: H·u = −(g·(b·u) + b·(g·u)), in log prices + g∘u.
/// @param move   shape size × 1, in the greeks' own coordinate; @param out the same shape, overwritten
template <class S, std::size_t M, sensitivity::per X>
void apply_gamma(const sensitivity::factored_greeks<S, M, X>& g,
                 const Eigen::Ref<const vector_of<std::type_identity_t<S>>>& move,
                 Eigen::Ref<vector_of<std::type_identity_t<S>>> out) {
  const auto delta = delta_vector(g), cofactor = detail::mapped(g.cofactor, g.size);
  const S along_cofactor = cofactor.dot(move), along_delta = delta.dot(move);
  if constexpr (X == sensitivity::per::log_price) {
    out = delta.cwiseProduct(move) - (delta * along_cofactor + cofactor * along_delta);
  } else {
    out = -(delta * along_cofactor + cofactor * along_delta);
  }
}
/// The same for a logarithm: H·u = l·(l·u) − u·(u·u), in log prices + g∘u.
template <class S, std::size_t M, sensitivity::per X>
void apply_gamma(const sensitivity::log_ratio_greeks<S, M, X>& g,
                 const Eigen::Ref<const vector_of<std::type_identity_t<S>>>& move,
                 Eigen::Ref<vector_of<std::type_identity_t<S>>> out) {
  const auto upper = detail::mapped(g.upper, g.size), lower = detail::mapped(g.lower, g.size);
  const S along_upper = upper.dot(move), along_lower = lower.dot(move);
  if constexpr (X == sensitivity::per::log_price) {
    out = delta_vector(g).cwiseProduct(move) + (lower * along_lower - upper * along_upper);
  } else {
    out = lower * along_lower - upper * along_upper;
  }
}

}  // namespace trimtab::interop
