// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/health/health_factor.hpp>
#include <trimtab/health/liquidation.hpp>

#include <cstdint>
#include <limits>

namespace trimtab {

enum class critical_status : std::uint8_t {
  reached,      ///< there is such an amount
  unreachable,  ///< no amount of this asset gets there
  already,      ///< liquidatable now
  unknown,      ///< a NaN, an overflow, a bad price, or an asset that this side of the form does not list
};

/// By how much one amount may change until health is 1. What nobody could compute is `unknown`, never safe.
struct critical_amount {
  critical_status status = critical_status::unknown;
  double amount = std::numeric_limits<double>::quiet_NaN();  ///< whole tokens, ≥ 0; NaN unless reached
};

namespace health::detail {

// The amount of one term that is worth the headroom, and what can be said before anybody looks at the amount.
template <std::floating_point S>
constexpr critical_amount worth_of_headroom(const form_view<S>& f, std::span<const term<S>> side,
                                            oracle_prices<S> prices, asset_id asset, boundary edge, S& held) noexcept {
  critical_amount out;
  if (validate(f, prices) != errc::ok) return out;
  const S gap = headroom(f, prices);
  if (!is_finite(gap)) return out;
  for (const term<S>& t : side) {
    if (!(t.asset == asset)) continue;
    if (liquidatable_at(edge, static_cast<double>(health_factor(f, prices))))
      return {.status = critical_status::already};
    held = t.amount;
    const S per_token = t.weight * prices[t.slot].value;
    const S amount = larger(S(0), gap) / (per_token > S(0) ? per_token : S(1));
    if (!(per_token > S(0)) || !is_finite(amount)) return {.status = critical_status::unreachable};
    return {.status = critical_status::reached, .amount = static_cast<double>(amount)};
  }
  return out;
}

}  // namespace health::detail

/// @brief How much more of one asset may be owed until health is 1, whole tokens.
///
/// Formula   x = (C − D) / (v·p), with compensated headroom
/// @param    asset  one that the debt side lists; a model lists what the account holds nothing of so that it can be
///                  opened
/// @return   the amount: one that borrowed it would be at health 1, which `edge` says to be healthy or not
/// @errors   none (total): see `critical_status`
/// @source   math: C = D + v·p·x
template <std::floating_point S>
constexpr critical_amount critical_debt(const form_view<S>& f, oracle_prices<S> prices, asset_id asset,
                                        boundary edge = boundary::below_one) noexcept {
  S owed{};
  return health::detail::worth_of_headroom(f, f.debt, prices, asset, edge, owed);
}
template <std::floating_point S, std::size_t N>
constexpr critical_amount critical_debt(const form<S, N>& f, oracle_prices<S> prices, asset_id asset,
                                        boundary edge = boundary::below_one) noexcept {
  return critical_debt(f.view(), prices, asset, edge);
}

/// @brief How much of one collateral may leave until health is 1, whole tokens.
///
/// Formula   x = (C − D) / (w·p), with compensated headroom
/// @return   the amount; unreachable when even without all of it health is above 1, when it weighs nothing, and
///           without debt
/// @errors   none (total): see `critical_status`
/// @source   math: C − w·p·x = D
template <std::floating_point S>
constexpr critical_amount critical_collateral(const form_view<S>& f, oracle_prices<S> prices, asset_id asset,
                                              boundary edge = boundary::below_one) noexcept {
  S held{};
  const critical_amount out = health::detail::worth_of_headroom(f, f.collateral, prices, asset, edge, held);
  if (out.status != critical_status::reached) return out;
  // Without debt the amount would be all there is, by rounding on one side or the other of it.
  const bool owes = weighted_value<S>(f.debt, prices) > S(0);
  if (!owes || out.amount > static_cast<double>(held)) return {.status = critical_status::unreachable};
  return out;
}
template <std::floating_point S, std::size_t N>
constexpr critical_amount critical_collateral(const form<S, N>& f, oracle_prices<S> prices, asset_id asset,
                                              boundary edge = boundary::below_one) noexcept {
  return critical_collateral(f.view(), prices, asset, edge);
}

}  // namespace trimtab
