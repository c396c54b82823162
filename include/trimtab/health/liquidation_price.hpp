// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/health/form.hpp>

#include <cstdint>
#include <limits>

namespace trimtab {

/// Where the price of one slot makes health equal to 1, and which side of it is dangerous.
enum class liquidation_side : std::uint8_t {
  unreachable,   ///< no positive price of this slot alone gets there
  danger_below,  ///< liquidatable when the price falls below
  danger_above,  ///< liquidatable when the price rises above (the slot is owed)
};

struct liquidation_point {
  liquidation_side side = liquidation_side::unreachable;
  double price = std::numeric_limits<double>::quiet_NaN();  ///< base currency per token; NaN when unreachable
  bool already = false;                                     ///< health is below 1 now, whatever the point says
};

/// @brief Liquidation price of one slot with all others fixed.
///
/// Formula   p* = (D₋ − C₋) / (A − B), A = Σ w·c and B = Σ v·d on the slot, C₋ and D₋ the values of the other slots
/// @return   the point, with "unreachable" (also when A = B), "danger above" and "already" as distinct answers
/// @source   math: setting C(p) = D(p) and solving for one price; the rest sums are formed without the slot, not by
/// subtraction
template <std::floating_point S, std::size_t N>
constexpr liquidation_point liquidation_price(const form<S, N>& f, oracle_prices<S> prices, price_slot slot) noexcept {
  S on_slot_collateral{}, on_slot_debt{}, other_collateral{}, other_debt{};
  for (const term<S>& t : f.collateral) {
    if (t.slot == slot) {
      on_slot_collateral += t.weight * t.amount;
    } else {
      other_collateral += t.weight * t.amount * prices[t.slot].value;
    }
  }
  for (const term<S>& t : f.debt) {
    if (t.slot == slot) {
      on_slot_debt += t.weight * t.amount;
    } else {
      other_debt += t.weight * t.amount * prices[t.slot].value;
    }
  }
  const S price_now = prices.has(slot) ? prices[slot].value : S(0);
  liquidation_point point;
  point.already = on_slot_collateral * price_now + other_collateral < on_slot_debt * price_now + other_debt;
  const S net = on_slot_collateral - on_slot_debt;
  const S price = (other_debt - other_collateral) / (net == S(0) ? S(1) : net);
  if (net == S(0) || !(price > S(0)) || !(price <= std::numeric_limits<S>::max())) return point;
  point.side = net > S(0) ? liquidation_side::danger_below : liquidation_side::danger_above;
  point.price = static_cast<double>(price);
  return point;
}

}  // namespace trimtab
