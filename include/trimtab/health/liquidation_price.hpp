// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/health/health_factor.hpp>
#include <trimtab/health/liquidation.hpp>

#include <cmath>
#include <cstdint>
#include <limits>

namespace trimtab {

/// Where a move of prices makes health equal to 1, and which side of it is dangerous.
enum class liquidation_side : std::uint8_t {
  unreachable,   ///< no positive prices on this way get there
  danger_below,  ///< liquidatable when the price falls below
  danger_above,  ///< liquidatable when the price rises above (more is owed than held)
  unknown,       ///< a NaN, an overflow or a price that is none: nothing can be said, and nothing is safe
};

/// What nobody could compute is in danger; so is a point that nobody has filled in.
struct liquidation_point {
  liquidation_side side = liquidation_side::unknown;
  double price = std::numeric_limits<double>::quiet_NaN();  ///< base currency per token; NaN unless there is a point
  double move = std::numeric_limits<double>::quiet_NaN();   ///< (price − now) / now, with its digits near the point
  bool already = true;                                      ///< liquidatable now, whatever the point says
};

namespace health::detail {

/// A running sum and what its rounding lost.
template <std::floating_point S>
struct exact_sum {
  S high{}, low{};
  constexpr void add(const term<S>& t, S price, bool negated) noexcept { add_exactly(high, low, t, price, negated); }
  [[nodiscard]] constexpr S value() const noexcept { return high + low; }
};

}  // namespace health::detail

/// @brief Liquidation price of one slot with all others fixed.
///
/// Formula   p* = (D₋ − C₋) / (A − B), A = Σ w·c and B = Σ v·d on the slot, C₋ and D₋ the values of the other slots;
///           the move is −(C − D) / ((A − B)·p)
/// @param    edge  the protocol's own: whether "already" includes health of exactly 1, as its liquidation does
/// @return   the point, with "unreachable" (also when A = B), "danger above", "already" and "unknown" as distinct
///           answers. "Already" and "unreachable" together: liquidatable, and no price of this slot cures it
/// @errors   none (total): bad prices and NaN are `unknown`
/// @source   math: setting C(p) = D(p) and solving for one price. Every difference is compensated and none is formed by
///           taking the slot out of a sum: a few ulps, unless the sums cancel beyond eps²
template <std::floating_point S>
constexpr liquidation_point liquidation_price(const form_view<S>& f, oracle_prices<S> prices, price_slot slot,
                                              boundary edge = boundary::below_one) noexcept {
  liquidation_point point;
  if (validate(f, prices) != errc::ok) return point;
  health::detail::exact_sum<S> on_slot, elsewhere;
  const auto sort = [&](const term<S>& t, bool owed) {
    if (t.slot == slot) {
      on_slot.add(t, S(1), owed);
    } else {
      elsewhere.add(t, prices[t.slot].value, owed);
    }
  };
  for (const term<S>& t : f.collateral) sort(t, false);
  for (const term<S>& t : f.debt) sort(t, true);
  const S gap = headroom(f, prices), net = on_slot.value(), others = elsewhere.value();
  if (!is_finite(gap) || !is_finite(net) || !is_finite(others)) return point;
  point.side = liquidation_side::unreachable;
  point.already = liquidatable_at(edge, static_cast<double>(health_factor(f, prices)));
  if (net == S(0)) return point;
  const S price = -others / net;
  if (!(price > S(0)) || !is_finite(price)) return point;
  point.side = net > S(0) ? liquidation_side::danger_below : liquidation_side::danger_above;
  point.price = static_cast<double>(price);
  point.move = static_cast<double>(-gap / (net * prices[slot].value));
  return point;
}
template <std::floating_point S, std::size_t N>
constexpr liquidation_point liquidation_price(const form<S, N>& f, oracle_prices<S> prices, price_slot slot,
                                              boundary edge = boundary::below_one) noexcept {
  return liquidation_price(f.view(), prices, slot, edge);
}

/// @brief Distance to liquidation in the log price of one slot, ln(p*/p): negative where the danger is below.
/// @param    now  the price of the slot that the point was computed at
/// @return   log1p of the move near the point, where the ratio of the prices would lose its digits; NaN without a point
inline double log_distance(const liquidation_point& point, oracle_price<double> now) noexcept {
  return -0.5 < point.move && point.move < 1.0 ? std::log1p(point.move) : std::log(point.price / now.value);
}

}  // namespace trimtab
