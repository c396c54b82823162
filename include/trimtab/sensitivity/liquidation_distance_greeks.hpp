// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/doubled.hpp>
#include <trimtab/core/result.hpp>
#include <trimtab/health/liquidation_price.hpp>
#include <trimtab/sensitivity/factored_greeks.hpp>

#include <type_traits>

namespace trimtab::sensitivity {

/// @brief Distance to liquidation in the log price of one slot, and how fast every price moves it.
///
/// Formula   x = ln(p*ₛ / pₛ)    p*ₛ = Σ (Bⱼ − Aⱼ)·pⱼ / (Aₛ − Bₛ) over j ≠ s
///           ∂ln p*/∂pⱼ = (Bⱼ − Aⱼ) / ((Aₛ − Bₛ)·p*), upper; 0 on s    1/pₛ on s, lower; 0 elsewhere
///           ∂x/∂pⱼ = upperⱼ − lowerⱼ    ∂²x/∂pᵢ∂pⱼ = lowerᵢ·lowerⱼ − upperᵢ·upperⱼ
/// x is negative where danger is below, and 0 at liquidation; like every ratio of prices it has elasticities that sum
/// to 0.
/// @param    slot  the price that is thought to move until liquidation
/// @return   derivatives of x; that of the slot itself is −1/pₛ, the others say how the liquidation price
///           moves
/// @errors   those of `validate`; infeasible: no price of this slot gets there
/// @source   math: differentiating the liquidation price; differences compensated as in `liquidation_price`
template <std::size_t M = 16, std::floating_point S>
constexpr result<log_ratio_greeks<S, M>> liquidation_distance_greeks(const form_view<S>& f, oracle_prices<S> prices,
                                                                     price_slot slot) noexcept {
  if (const errc bad = validate(f, prices); bad != errc::ok) return bad;
  if (!prices.has(slot)) return errc::size_mismatch;
  const liquidation_point point = liquidation_price(f, prices, slot);
  if (point.side == liquidation_side::unknown) return errc::not_finite;
  if (point.side == liquidation_side::unreachable) return errc::infeasible;
  log_ratio_greeks<S, M> g;
  g.size = prices.size() < M ? prices.size() : M;
  std::array<doubled<S>, M> net{};  // exact: what cancels on a slot is all there is to say about it
  doubled<S> own{};
  for (const bool owed : {false, true})
    for (const term<S>& t : owed ? f.debt : f.collateral) {
      const doubled<S> balance = doubled<S>(owed ? -t.weight : t.weight) * doubled<S>(t.amount);
      if (t.slot == slot) own = own + balance;
      if (t.slot.index < g.size) net[t.slot.index] = net[t.slot.index] + balance;
    }
  g.value = static_cast<S>(log_distance(point, {static_cast<double>(prices[slot].value)}));
  for (std::size_t j = 0; j < g.size; ++j) {
    const S own_price = j == slot.index ? S(1) / prices[slot].value : S(0);
    const S of_the_point = j == slot.index ? S(0) : -net[j].high / (own.high * static_cast<S>(point.price));
    g.upper[j] = of_the_point;
    g.lower[j] = own_price;
    g.delta[j] = of_the_point - own_price;
  }
  return g;
}
template <std::size_t M = 16, std::floating_point S, std::size_t N>
constexpr result<log_ratio_greeks<S, M>> liquidation_distance_greeks(const form<S, N>& f, oracle_prices<S> prices,
                                                                     price_slot slot) noexcept {
  return liquidation_distance_greeks<M>(f.view(), prices, slot);
}

}  // namespace trimtab::sensitivity
