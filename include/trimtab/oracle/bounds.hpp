// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/oracle/concept.hpp>

namespace trimtab::oracle {

/// @brief What the price may be at all, whatever else is known: whoever leaves the corridor is the bad one.
///
/// Against a feed that lacks a factor (a token's rate without the price it multiplies), has the wrong decimals, or is
/// clamped: a feed with a floor of its own never reports less than the floor, so `low` belongs above that.
/// Formula   low ≤ price ≤ high, each source by itself; base currency per whole token
struct bounds {
  double low = 0.0;
  double high = infinity;

  struct state_type {};

  /// @errors bad_configuration (a lower bound below zero or above the upper one, a NaN)
  [[nodiscard]] constexpr errc validate() const noexcept {
    return low >= 0.0 && low <= high ? errc::ok : errc::bad_configuration;
  }
  [[nodiscard]] constexpr guarded<state_type> step(state_type, const quote& q, timestamp) const noexcept {
    if (const trust t = priceless(q); t != trust::ok) return {t, {}, doubt::no_price};
    return said<state_type>(accuse(!holds(q.reference.price), !holds(q.protocol.price)), doubt::bounds);
  }

private:
  [[nodiscard]] constexpr bool holds(double price) const noexcept { return price >= low && price <= high; }
};

}  // namespace trimtab::oracle
