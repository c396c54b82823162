// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/liquidity/concept.hpp>

namespace trimtab::liquidity {

/// @brief A venue that pays later: the same curve, and a wait for the proceeds.
///
/// A withdrawal queue that redeems a share at its rate is `delayed<constant_price>`, its cap what the queue takes until
/// then; a bridge is the venue at its far end with a delay. Waits add up: a delayed venue may be delayed again.
/// It has everything else the venue has: `delayed<constant_price>{{.price = 1.16, .cap = 500.0}, seconds{86'400}}`.
template <Venue V>
struct delayed : V {
  seconds wait{};  ///< from the trade to the proceeds

  /// @errors those of the venue, bad_configuration (proceeds before the trade)
  [[nodiscard]] constexpr errc validate() const noexcept {
    if (const errc e = V::validate(); e != errc::ok) return e;
    return wait < seconds::zero() ? errc::bad_configuration : errc::ok;
  }
  [[nodiscard]] constexpr delayed after(double x) const noexcept { return {V::after(x), wait}; }
  [[nodiscard]] constexpr seconds delay() const noexcept { return wait + delay_of(static_cast<const V&>(*this)); }
};

}  // namespace trimtab::liquidity
