// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/sizing/concept.hpp>

namespace trimtab::sizing {

/// @brief One sizer for each direction: below the target the first, above it the second. Itself a sizer.
template <Sizer Down, Sizer Up>
struct both_ways {
  Down deleverage;
  Up leverage;

  static constexpr bool borrows = borrows_to_lever<Up>();

  constexpr both_ways(const Down& down, const Up& up) noexcept : deleverage(down), leverage(up) {}

  [[nodiscard]] constexpr errc validate() const noexcept {
    if (!deleverage.can(direction::deleverage) || !leverage.can(direction::leverage)) return errc::bad_configuration;
    const errc e = deleverage.validate();
    return e == errc::ok ? leverage.validate() : e;
  }
  [[nodiscard]] constexpr bool can(direction d) const noexcept { return d != direction::none; }
  template <class V, std::size_t N>
  constexpr sized size(const problem<V, N>& p) const noexcept {
    return health_factor(p.liquidation, p.prices) < p.target ? deleverage.size(p) : leverage.size(p);
  }
  template <class V, std::size_t N>
  constexpr trade at_size(const problem<V, N>& p, double x) const noexcept {
    return health_factor(p.liquidation, p.prices) < p.target ? deleverage.at_size(p, x) : leverage.at_size(p, x);
  }
  template <class V, std::size_t N>
  constexpr objection objection_to(const problem<V, N>& p, const trade& t) const noexcept {
    return t.towards == direction::deleverage ? deleverage.objection_to(p, t) : leverage.objection_to(p, t);
  }
};

template <class Down, class Up>
both_ways(Down, Up) -> both_ways<Down, Up>;

}  // namespace trimtab::sizing
