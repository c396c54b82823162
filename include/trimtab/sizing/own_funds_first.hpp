// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/sizing/concept.hpp>

namespace trimtab::sizing {

/// @brief Trades without a loan where health stands it between the steps, and with the loan elsewhere: a premium is
/// paid only by the trades that need it. Itself a sizer.
///
/// Around `in_chunks` most trades of an account that is not in danger do not need it: the whole may, and its pieces do
/// not. In an emergency the loan is taken: there the whole way has to be gone at once.
template <Sizer Z>
struct own_funds_first {
  Z inner;

  constexpr explicit own_funds_first(const Z& sizer) noexcept : inner(sizer) {}

  /// @errors those of the inner sizer
  [[nodiscard]] constexpr errc validate() const noexcept { return inner.validate(); }
  [[nodiscard]] constexpr bool can(direction d) const noexcept { return inner.can(d); }

  /// @errors those of the inner sizer, with the loan
  /// @cost   that of the inner sizer, twice where the loan is needed
  template <class V, std::size_t N>
  constexpr sized size(const problem<V, N>& p) const noexcept {
    if (p.urgent || p.funding.mode == funding_mode::none || check(p) != errc::ok) return inner.size(p);
    const problem<V, N> own = without_loan(p);
    const sized alone = inner.size(own);
    if (alone.has_value()) return alone;
    sized s = inner.size(p);
    if (!s.has_value() || s.binding != limit::chunk) return s;
    // The whole needs the loan; a piece of it may not.
    const trade piece = inner.at_size(own, s.trade.sold);
    if (inner.objection_to(own, piece).why == errc::ok) s.trade = piece, s.best_health = piece.health_after;
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
  template <class V, std::size_t N>
  static constexpr problem<V, N> without_loan(problem<V, N> p) noexcept {
    p.funding = {funding_mode::none, basis_points{0.0}};
    return p;
  }
};

}  // namespace trimtab::sizing
