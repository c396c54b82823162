// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/instrument/concept.hpp>

namespace trimtab::instrument {

/// @brief A plain token: worth its own price.
///
/// Formula   V = u    ∂V/∂u = 1    ∂²V/∂u² = 0
struct token {
  static constexpr std::size_t capacity = 1;

  [[nodiscard]] constexpr std::size_t size() const noexcept { return 1; }
  [[nodiscard]] constexpr errc validate() const noexcept { return errc::ok; }

  template <Scalar S>
  [[nodiscard]] constexpr S value(std::span<const S> u) const noexcept(std::floating_point<S>) {
    return u[0];
  }
  template <Scalar S>
  [[nodiscard]] constexpr jet<S, capacity> at(std::span<const S> u) const noexcept(std::floating_point<S>) {
    return {.value = u[0], .gradient = {literal<S>(1.0)}, .hessian = {literal<S>(0.0)}, .size = 1};
  }
  [[nodiscard]] constexpr double cubic_bound(std::span<const double> /*u*/, const price_box& /*box*/) const noexcept {
    return 0.0;
  }
};
static_assert(Instrument<token>);

}  // namespace trimtab::instrument
