// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/basis_points.hpp>
#include <trimtab/oracle/concept.hpp>

namespace trimtab::oracle {

/// @brief Two sources must agree. When they do not, two alone cannot tell which one is wrong: `unknown`.
///
/// The one exception is what is no price at all (NaN, zero, negative): that is its source's own fault.
/// Formula   |reference / protocol − 1| ≤ limit
struct max_deviation {
  basis_points limit{200.0};

  struct state_type {};

  [[nodiscard]] constexpr errc validate() const noexcept {
    return limit.count > 0.0 ? errc::ok : errc::bad_configuration;
  }
  [[nodiscard]] constexpr guarded<state_type> step(state_type, const quote& q, timestamp) const noexcept {
    if (const trust t = priceless(q); t != trust::ok) return {t, {}, doubt::no_price};
    const double gap = q.reference.price - q.protocol.price;
    const double allowed = limit.fraction() * q.protocol.price;
    if (is_finite(allowed) && gap <= allowed && -gap <= allowed) return {trust::ok, {}};
    return {trust::unknown, {}, doubt::deviation};
  }
};

}  // namespace trimtab::oracle
