// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/health/concept.hpp>
#include <trimtab/health/liquidation_price.hpp>

namespace trimtab {

/// @brief Liquidation price of one slot under a protocol's model, with all other prices fixed: that of its form, with
/// the protocol's own strictness, where the form is the protocol's all the way to it.
///
/// @errors those of the door (`validate`); outside_validity where the point lies beyond the edge of the form, and where
/// the form has an edge and reaches no point before it: build the model again at the edge (`valid_prices`), and ask
/// that
template <HealthModel M, std::size_t N>
constexpr result<liquidation_point> liquidation_price(const M& model, const account<N>& a, oracle_prices<double> prices,
                                                      price_slot slot) noexcept {
  if (const errc e = validate(model, a, prices); e != errc::ok) return e;
  if (!prices.has(slot)) return errc::size_mismatch;
  const liquidation_point point =
      liquidation_price(model.template liquidation_form<double>(a), prices, slot, model.liquidation_boundary());
  if constexpr (M::kind != form_class::linear) {
    const price_range range = model.valid_prices(a, prices, slot);
    const bool reached = point.side == liquidation_side::danger_below || point.side == liquidation_side::danger_above;
    if (reached ? !range.contains(point.price) : !(range == price_range{})) return errc::outside_validity;
  }
  return point;
}

}  // namespace trimtab
