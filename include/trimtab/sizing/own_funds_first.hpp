// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/math.hpp>
#include <trimtab/health/change.hpp>
#include <trimtab/sizing/concept.hpp>

namespace trimtab::sizing {

/// @brief Trades without a loan where health stands it between the steps, and with the loan elsewhere: a premium is
/// paid only by the trades that need it. Itself a sizer.
///
/// Around `in_chunks` most trades of an account that is not in danger do not need it: the whole may, and its pieces do
/// not. In an emergency the loan is taken: there the whole way has to be gone at once. So it is where health between
/// the steps would come closer to liquidation than `least_between`: the price may fall before the block does come.
template <Sizer Z>
struct own_funds_first {
  Z inner;
  double least_between = 1.05;  ///< health between the steps of a trade without a loan, as things stand

  constexpr explicit own_funds_first(const Z& sizer, double least = 1.05) noexcept
      : inner(sizer), least_between(least) {}

  /// @errors bad_configuration, those of the inner sizer
  [[nodiscard]] constexpr errc validate() const noexcept {
    return least_between >= 1.0 && is_finite(least_between) ? inner.validate() : errc::bad_configuration;
  }
  [[nodiscard]] constexpr bool can(direction d) const noexcept { return inner.can(d); }

  /// @errors those of the inner sizer, with the loan
  /// @cost   that of the inner sizer, twice where the loan is needed
  template <class V, std::size_t N>
  constexpr sized size(const problem<V, N>& p) const noexcept {
    if (p.urgent || p.funding.mode == funding_mode::none || check(p) != errc::ok) return inner.size(p);
    const problem<V, N> own = without_loan(p);
    const sized alone = inner.size(own);
    if (alone.has_value() && stands(own, alone.trade)) return alone;
    sized s = inner.size(p);
    if (!s.has_value() || s.binding != limit::chunk) return s;
    // The whole needs the loan; a piece of it may not.
    const trade piece = inner.at_size(own, s.trade.sold);
    if (stands(own, piece) && inner.objection_to(own, piece).why == errc::ok)
      s.trade = piece, s.best_health = piece.health_after;
    return s;
  }
  /// With the problem's loan, whatever `size` would do.
  template <class V, std::size_t N>
  constexpr trade at_size(const problem<V, N>& p, double x) const noexcept {
    return inner.at_size(p, x);
  }
  template <class V, std::size_t N>
  constexpr objection objection_to(const problem<V, N>& p, const trade& t) const noexcept {
    return t.mode == funding_mode::none ? inner.objection_to(without_loan(p), t) : inner.objection_to(p, t);
  }

private:
  /// Deleveraging takes the collateral away first, levering up borrows first.
  template <class V, std::size_t N>
  constexpr bool stands(const problem<V, N>& p, const trade& t) const noexcept {
    const bool down = t.towards == direction::deleverage;
    const change first{.collateral = t.collateral,
                       .collateral_by = down ? t.collateral_change : 0.0,
                       .debt = t.debt,
                       .debt_by = down ? 0.0 : t.debt_change};
    return health_factor_after(p.liquidation, p.prices, first) >= least_between;
  }
  template <class V, std::size_t N>
  static constexpr problem<V, N> without_loan(problem<V, N> p) noexcept {
    p.funding = {funding_mode::none, basis_points{0.0}};
    return p;
  }
};

}  // namespace trimtab::sizing
