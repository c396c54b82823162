// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/doubled.hpp>
#include <trimtab/core/result.hpp>
#include <trimtab/sensitivity/equity_greeks.hpp>
#include <trimtab/sensitivity/log_health_greeks.hpp>

namespace trimtab::sensitivity {

/// @brief Greeks with exact products: for slots where collateral and debt nearly cancel, such as a staked token against
/// its own, and Aᵢ − H·Bᵢ keeps none of the digits of its terms.
///
/// The same formula, evaluated in doubled precision and rounded once at its end.
/// @param    greeks  called with a form and prices of `doubled<S>`: `health_greeks` or any other
/// @return   every delta within an ulp, every gamma within 2 eps of the largest entry of its two rows
/// @errors   capacity: more than M slots
/// @cost     some 20 times the plain formula; no allocation
template <std::size_t M = 16, std::floating_point S, std::size_t N, class F>
constexpr result<factored_greeks<S, M>> compensated(const form<S, N>& f, oracle_prices<S> prices, F greeks) noexcept {
  using wide = doubled<S>;
  if (prices.size() > M) return errc::capacity;
  const auto widened = [](const term<S>& t) { return term<wide>{t.amount, t.weight, t.slot, t.asset}; };
  form<wide, N> form_in_full;
  for (const term<S>& t : f.collateral) static_cast<void>(form_in_full.collateral.add(widened(t)));
  for (const term<S>& t : f.debt) static_cast<void>(form_in_full.debt.add(widened(t)));
  std::array<wide, M> quoted{};
  for (std::size_t i = 0; i < prices.size(); ++i) quoted[i] = prices[{static_cast<std::uint16_t>(i)}].value;

  const factored_greeks<wide, M> full =
      greeks(form_in_full, oracle_prices<wide>(std::span<const wide>(quoted.data(), prices.size())));
  factored_greeks<S, M> out;
  out.value = static_cast<S>(full.value);
  out.size = full.size;
  for (std::size_t i = 0; i < full.size; ++i) {
    out.delta[i] = static_cast<S>(full.delta[i]);
    out.cofactor[i] = static_cast<S>(full.cofactor[i]);
  }
  return out;
}

/// @brief Compensated `health_greeks`. @source Ogita, Rump, Oishi 2005: sums of products in twice the digits
template <std::floating_point S, std::size_t N>
constexpr result<factored_greeks<S>> compensated_health_greeks(const form<S, N>& f, oracle_prices<S> prices) noexcept {
  return compensated(f, prices, [](const auto& form, const auto& p) { return health_greeks(form, p); });
}
/// Compensated `log_health_greeks`.
template <std::floating_point S, std::size_t N>
result<factored_greeks<S>> compensated_log_health_greeks(const form<S, N>& f, oracle_prices<S> prices) noexcept {
  return compensated(f, prices, [](const auto& form, const auto& p) { return log_health_greeks(form, p); });
}
/// Compensated `leverage_greeks`.
template <std::floating_point S, std::size_t N>
constexpr result<factored_greeks<S>> compensated_leverage_greeks(const form<S, N>& f,
                                                                 oracle_prices<S> prices) noexcept {
  return compensated(f, prices, [](const auto& form, const auto& p) { return leverage_greeks(form, p); });
}

}  // namespace trimtab::sensitivity
