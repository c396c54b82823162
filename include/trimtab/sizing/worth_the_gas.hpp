// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/math.hpp>
#include <trimtab/sizing/concept.hpp>

namespace trimtab::sizing {

/// @brief Makes a trade that is small for its gas larger, up to a further target. Itself a sizer.
///
/// A band that recentres by steps trades little and often. That is cheapest while gas is, and dear when it is not: here
/// a step is as large as makes a unit sold cheapest, gas and impact together, or as brings health to `up_to`.
/// A flat reward of the sender's counts as gas: it, too, is paid once a transaction.
/// Formula   gas/x + spread + a·x is least at x = √(gas/a); a = impact/x² of the inner trade
/// Deleveraging only; pieces (`limit::chunk`) and emergencies are left as they are.
/// @source   derived here. That the best step lies between the edge and the middle of the band, and moves inward with
///           the fixed cost: Altarovici, Muhle-Karbe, Soner 2015, "Asymptotics for fixed transaction costs"
template <Sizer Z>
struct worth_the_gas {
  Z inner;
  double up_to = 1.25;  ///< health; where the inner trade already goes beyond, nothing is added

  constexpr explicit worth_the_gas(const Z& sizer, double farthest = 1.25) noexcept : inner(sizer), up_to(farthest) {}

  /// @errors bad_configuration, those of the inner sizer
  [[nodiscard]] constexpr errc validate() const noexcept {
    return up_to > 1.0 && is_finite(up_to) ? inner.validate() : errc::bad_configuration;
  }
  [[nodiscard]] constexpr bool can(direction d) const noexcept { return inner.can(d); }

  /// @errors those of the inner sizer
  /// @cost   that of the inner sizer, twice where gas is dear
  template <class V, std::size_t N>
  constexpr sized size(const problem<V, N>& p) const noexcept {
    sized s = inner.size(p);
    const double gas = s.trade.cost.gas + p.reward.flat, impact = s.trade.cost.impact;
    const bool small = s.has_value() && s.binding == limit::none && s.trade.towards == direction::deleverage &&
                       !p.urgent && gas > impact;
    const double farthest = smaller(up_to, p.band_high);
    if (!small || !(farthest > p.target)) return s;
    problem<V, N> farther = p;
    farther.target = farthest;
    const double cheapest = impact > 0.0 ? s.trade.sold * square_root(gas / impact) : infinity;
    if (is_finite(cheapest)) {
      const double there = inner.at_size(p, cheapest).health_after;
      if (there > p.target && there < farthest) farther.target = there;
    }
    // Sized once more, and not just made larger: limits that did not bind the small trade may bind this one.
    const sized more = inner.size(farther);
    if (more.has_value() && more.trade.sold > s.trade.sold && more.trade.health_after <= p.band_high) return more;
    return s;
  }
  template <class V, std::size_t N>
  constexpr trade at_size(const problem<V, N>& p, double x) const noexcept {
    return inner.at_size(p, x);
  }
  template <class V, std::size_t N>
  constexpr objection objection_to(const problem<V, N>& p, const trade& t) const noexcept {
    return inner.objection_to(p, t);
  }
};

}  // namespace trimtab::sizing
