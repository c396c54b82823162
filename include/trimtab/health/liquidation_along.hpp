// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/health/liquidation_price.hpp>

#include <span>
#include <type_traits>

namespace trimtab {

/// Where a joint move of prices makes health equal to 1. The default is "unknown", as for a `liquidation_point`.
struct liquidation_move {
  liquidation_side side = liquidation_side::unknown;       ///< of the move: below it, or above it
  double move = std::numeric_limits<double>::quiet_NaN();  ///< λ*: −0.2 where β = 1 is a fall of 20 %; NaN without one
  bool already = true;                                     ///< liquidatable now, whatever the move says
};

/// @brief How far prices may move together, each by its own share, until health is 1.
///
/// Formula   pₖ(λ) = pₖ·(1 + λ·βₖ);  λ* = −(C − D) / (Σ w·c·p·β − Σ v·d·p·β)
/// @param    beta  one per slot: 1 for every volatile asset and 0 for cash is "the market falls"; 1 for one slot alone
///                 is its liquidation price
/// @return   the move, "unreachable" where none reaches 1 with every price of the form still positive (also when all
///           move alike, which moves no ratio); "unknown" also for a β that is missing or no number
/// @errors   none (total)
/// @source   math: headroom is linear in λ; both sums are compensated
template <std::floating_point S>
constexpr liquidation_move liquidation_along(const form_view<S>& f, oracle_prices<S> prices,
                                             std::type_identity_t<std::span<const S>> beta,
                                             boundary edge = boundary::below_one) noexcept {
  liquidation_move out;
  if (validate(f, prices) != errc::ok) return out;
  health::detail::exact_sum<S> slope;
  for (const bool owed : {false, true})
    for (const term<S>& t : owed ? f.debt : f.collateral) {
      if (t.slot.index >= beta.size()) return out;
      const S price = prices[t.slot].value, share = beta[t.slot.index];
      const S moved = price * share, lost = t.weight * t.amount * product_error(price, share, moved);
      slope.add(t, moved, owed);
      slope.low += owed ? -lost : lost;
    }
  const S gap = headroom(f, prices), per_move = slope.value();
  if (!is_finite(gap) || !is_finite(per_move)) return out;
  out.side = liquidation_side::unreachable;
  out.already = liquidatable_at(edge, static_cast<double>(health_factor(f, prices)));
  if (per_move == S(0) || !(weighted_value<S>(f.debt, prices) > S(0))) return out;
  const S move = -gap / per_move;
  if (!is_finite(move)) return out;
  // A price that would be left with nothing but the roundings of the move is no price.
  constexpr S nothing = S(-1) + S(8) * std::numeric_limits<S>::epsilon();
  for (const std::span<const term<S>> side : {f.collateral, f.debt})
    for (const term<S>& t : side)
      if (!(move * beta[t.slot.index] > nothing)) return out;
  out.side = per_move > S(0) ? liquidation_side::danger_below : liquidation_side::danger_above;
  out.move = static_cast<double>(move);
  return out;
}
template <std::floating_point S, std::size_t N>
constexpr liquidation_move liquidation_along(const form<S, N>& f, oracle_prices<S> prices,
                                             std::type_identity_t<std::span<const S>> beta,
                                             boundary edge = boundary::below_one) noexcept {
  return liquidation_along(f.view(), prices, beta, edge);
}

}  // namespace trimtab
