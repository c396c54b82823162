// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/sizing/at_oracle_price.hpp>
#include <trimtab/sizing/leverage_up.hpp>
#include <trimtab/sizing/restore_target.hpp>

namespace trimtab::preset {

/// @brief The size that a system finds off-chain: at the oracle's price as if the venue took nothing, or asked of the
/// venue, with its fee, its impact and the loan's premium inside. Itself a sizer.
///
/// Where the venue cannot take the account to its target, an executor that asks it sends what comes closest, and
/// `infeasible` carries that trade; one that does not ask sends nothing.
struct off_chain_size {
  basis_points max_slippage{200.0};  ///< of the swap, in the call data
  bool asks_venue = true;

  /// @errors bad_configuration
  [[nodiscard]] constexpr errc validate() const noexcept { return blind().validate(); }
  [[nodiscard]] constexpr bool can(direction d) const noexcept { return d != direction::none; }
  /// @errors those of `sizing::at_oracle_price`, `sizing::restore_target` and `sizing::leverage_up`
  template <class V, std::size_t N>
  constexpr sizing::sized size(const sizing::problem<V, N>& p) const noexcept {
    return !asks_venue ? blind().size(p) : sells(p) ? down().size(p) : up().size(p);
  }
  template <class V, std::size_t N>
  constexpr sizing::trade at_size(const sizing::problem<V, N>& p, double x) const noexcept {
    return !asks_venue ? blind().at_size(p, x) : sells(p) ? down().at_size(p, x) : up().at_size(p, x);
  }
  template <class V, std::size_t N>
  constexpr sizing::objection objection_to(const sizing::problem<V, N>& p, const sizing::trade& t) const noexcept {
    if (!asks_venue) return blind().objection_to(p, t);
    return t.towards == direction::deleverage ? down().objection_to(p, t) : up().objection_to(p, t);
  }

private:
  [[nodiscard]] constexpr sizing::at_oracle_price blind() const noexcept { return {.max_slippage = max_slippage}; }
  [[nodiscard]] constexpr sizing::restore_target down() const noexcept { return {.max_slippage = max_slippage}; }
  [[nodiscard]] constexpr sizing::leverage_up up() const noexcept { return {.max_slippage = max_slippage}; }
  template <class V, std::size_t N>
  static constexpr bool sells(const sizing::problem<V, N>& p) noexcept {
    return health_factor(p.liquidation, p.prices) < p.target;
  }
};

}  // namespace trimtab::preset
