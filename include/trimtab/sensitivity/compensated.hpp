// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/doubled.hpp>
#include <trimtab/core/result.hpp>
#include <trimtab/sensitivity/equity_greeks.hpp>
#include <trimtab/sensitivity/health_greeks.hpp>
#include <trimtab/sensitivity/log_health_greeks.hpp>

namespace trimtab::sensitivity {

namespace detail {

// The greeks of a form in doubled precision.
template <std::size_t M, std::floating_point S, std::size_t N, class F>
constexpr auto in_full(const form<S, N>& f, oracle_prices<S> prices, F greeks) noexcept {
  using wide = doubled<S>;
  const auto widened = [](const term<S>& t) { return term<wide>{t.amount, t.weight, t.slot, t.asset}; };
  form<wide, N> form_in_full;
  for (const term<S>& t : f.collateral) static_cast<void>(form_in_full.collateral.add(widened(t)));
  for (const term<S>& t : f.debt) static_cast<void>(form_in_full.debt.add(widened(t)));
  std::array<wide, M> quoted{};
  for (std::size_t i = 0; i < prices.size(); ++i) quoted[i] = prices[{static_cast<std::uint16_t>(i)}].value;
  return greeks(form_in_full, oracle_prices<wide>(std::span<const wide>(quoted.data(), prices.size())));
}
template <std::floating_point S, std::size_t M>
constexpr std::array<S, M> rounded(const std::array<doubled<S>, M>& full) noexcept {
  std::array<S, M> out{};
  for (std::size_t i = 0; i < M; ++i) out[i] = full[i].high;
  return out;
}
template <std::floating_point S, std::size_t M>
constexpr factored_greeks<S, M> rounded(const factored_greeks<doubled<S>, M>& g) noexcept {
  return {g.value.high, rounded(g.delta), rounded(g.cofactor), g.size};
}
template <std::floating_point S, std::size_t M>
constexpr log_ratio_greeks<S, M> rounded(const log_ratio_greeks<doubled<S>, M>& g) noexcept {
  return {g.value.high, rounded(g.delta), rounded(g.upper), rounded(g.lower), g.size};
}

}  // namespace detail

/// @brief `health_greeks` with exact products: for slots where collateral and debt nearly cancel, such as a staked
/// token against its own, and Aᵢ − H·Bᵢ keeps none of the digits of its terms.
///
/// The same formula, evaluated in doubled precision and rounded once at its end.
/// @return   every delta within an ulp and 2⁻¹⁰⁰ of its terms (where all of them cancel that is left, not 0), every
///           gamma within 2 eps of the largest of its two rows' entries
/// @errors   capacity: more than M slots
/// @cost     some 20 times the plain formula; no allocation
/// @source   Ogita, Rump, Oishi 2005: sums of products in twice the digits
template <std::size_t M = 16, std::floating_point S, std::size_t N>
constexpr result<factored_greeks<S, M>> compensated_health_greeks(const form<S, N>& f,
                                                                  oracle_prices<S> prices) noexcept {
  if (prices.size() > M) return errc::capacity;
  return detail::rounded(
      detail::in_full<M>(f, prices, [](const auto& form, const auto& p) { return health_greeks<M>(form, p); }));
}
/// `log_health_greeks`, likewise; but its gammas are made of rounded shares, each within 2 eps of the two squares or
/// products that it is the difference of.
template <std::size_t M = 16, std::floating_point S, std::size_t N>
result<log_ratio_greeks<S, M>> compensated_log_health_greeks(const form<S, N>& f, oracle_prices<S> prices) noexcept {
  if (prices.size() > M) return errc::capacity;
  return detail::rounded(
      detail::in_full<M>(f, prices, [](const auto& form, const auto& p) { return log_health_greeks<M>(form, p); }));
}
/// `leverage_greeks`, likewise.
template <std::size_t M = 16, std::floating_point S, std::size_t N>
constexpr result<factored_greeks<S, M>> compensated_leverage_greeks(const form<S, N>& f,
                                                                    oracle_prices<S> prices) noexcept {
  if (prices.size() > M) return errc::capacity;
  return detail::rounded(
      detail::in_full<M>(f, prices, [](const auto& form, const auto& p) { return leverage_greeks<M>(form, p); }));
}

}  // namespace trimtab::sensitivity
