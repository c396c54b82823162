// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/health/form.hpp>
#include <trimtab/sensitivity/factored_greeks.hpp>

namespace trimtab::sensitivity {

namespace detail {

// Net amounts per slot into `net`, amounts held into `held`; the value of both sides is returned.
template <Scalar S>
struct both_sides {
  S assets = literal<S>(0.0), debts = literal<S>(0.0);
};
template <Scalar S>
constexpr both_sides<S> amounts_by_slot(const form_view<S>& f, oracle_prices<S> prices, std::span<S> held,
                                        std::span<S> net) noexcept(std::floating_point<S>) {
  both_sides<S> value;
  for (const term<S>& t : f.collateral) {
    value.assets = value.assets + t.amount * prices[t.slot].value;
    if (t.slot.index >= net.size()) continue;
    held[t.slot.index] = held[t.slot.index] + t.amount;
    net[t.slot.index] = net[t.slot.index] + t.amount;
  }
  for (const term<S>& t : f.debt) {
    value.debts = value.debts + t.amount * prices[t.slot].value;
    if (t.slot.index < net.size()) net[t.slot.index] = net[t.slot.index] - t.amount;
  }
  return value;
}

}  // namespace detail

/// @brief Equity and its delta: what the account owns, whatever the protocol thinks of it.
///
/// Formula   E = Σ c·p − Σ d·p    ∂E/∂pᵢ = cᵢ − dᵢ, tokens    gamma 0
/// In log prices: currency deltas, and gamma is their diagonal.
/// @pre      the form's terms are holdings: amounts in tokens, prices what they are worth. As `health_factor`
template <std::size_t M = 16, Scalar S>
constexpr factored_greeks<S, M> equity_greeks(const form_view<S>& f,
                                              oracle_prices<S> prices) noexcept(std::floating_point<S>) {
  factored_greeks<S, M> g;
  g.size = prices.size() < M ? prices.size() : M;
  std::array<S, M> held{};
  const auto value =
      detail::amounts_by_slot<S>(f, prices, std::span<S>(held.data(), g.size), std::span<S>(g.delta.data(), g.size));
  g.value = value.assets - value.debts;
  return g;
}
template <std::size_t M = 16, Scalar S, std::size_t N>
constexpr factored_greeks<S, M> equity_greeks(const form<S, N>& f,
                                              oracle_prices<S> prices) noexcept(std::floating_point<S>) {
  return equity_greeks<M>(f.view(), prices);
}

/// @brief Leverage, what is held over what is owned, and its derivatives.
///
/// Formula   L = Σ c·p / E    gᵢ = (cᵢ − L·eᵢ) / E    eᵢ = cᵢ − dᵢ    cofactorᵢ = eᵢ / E
///           ∂²L/∂pᵢ∂pⱼ = −(gᵢ·cofactorⱼ + gⱼ·cofactorᵢ)
/// @return   negative where equity is; ±inf and NaN derivatives where equity is 0, NaN for an empty account
/// @pre      as `equity_greeks`
/// @source   quotient rule; with one collateral and one debt L = H / (H − w)
template <std::size_t M = 16, Scalar S>
constexpr factored_greeks<S, M> leverage_greeks(const form_view<S>& f,
                                                oracle_prices<S> prices) noexcept(std::floating_point<S>) {
  factored_greeks<S, M> g;
  g.size = prices.size() < M ? prices.size() : M;
  const auto value = detail::amounts_by_slot<S>(f, prices, std::span<S>(g.delta.data(), g.size),
                                                std::span<S>(g.cofactor.data(), g.size));
  // What is owed is a difference of the two, and E a difference of sums: neither is taken apart again.
  const S equity = value.assets - value.debts;
  g.value = value.assets / equity;
  for (std::size_t i = 0; i < g.size; ++i) {
    g.delta[i] = (g.delta[i] - g.value * g.cofactor[i]) / equity;
    g.cofactor[i] = g.cofactor[i] / equity;
  }
  return g;
}
template <std::size_t M = 16, Scalar S, std::size_t N>
constexpr factored_greeks<S, M> leverage_greeks(const form<S, N>& f,
                                                oracle_prices<S> prices) noexcept(std::floating_point<S>) {
  return leverage_greeks<M>(f.view(), prices);
}

}  // namespace trimtab::sensitivity
