// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/sizing/concept.hpp>
#include <trimtab/sizing/deleverage.hpp>
#include <trimtab/sizing/leverage.hpp>

namespace trimtab::sizing {

/// @brief Sizes both ways as if the venue took no fee, moved no price and paid exactly the protocol's: what the systems
/// in production do. To compare with, not to copy.
///
/// Formula   value = |T·D − C| / (T·v − w), what is sold and what it pays alike, base currency; C and D weighted
/// The trade that comes back is what the venue really makes of that size: it misses the target by what fee, impact,
/// flash premium and gas take, and `ok` promises nothing about health. It only says that the transaction would not
/// revert as things stand. The minimum output is set by the protocol's price too.
/// @source derived here, from one linear equation: FLI, Aave and Morpho leverage extensions of Index Coop
/// (AaveLeverageStrategyExtension.sol, `_calculateChunkRebalanceNotional`) size so in terms of leverage
struct at_oracle_price {
  basis_points max_slippage{100.0};   ///< of the average price against the protocol's
  double most_collateral = infinity;  ///< whole tokens a trade may sell or buy
  double most_debt = infinity;        ///< whole tokens a trade may repay or borrow, at the protocol's price
  limit beyond = limit::chunk;        ///< what either of the two is called: of a chunk the next one follows

  /// @errors bad_configuration
  [[nodiscard]] constexpr errc validate() const noexcept {
    const bool sound = max_slippage.count > 0.0 && max_slippage.count < 1e4 && most_collateral > 0.0 && most_debt > 0.0;
    return sound ? errc::ok : errc::bad_configuration;
  }
  [[nodiscard]] constexpr bool can(direction d) const noexcept { return d != direction::none; }

  /// @errors those of `check`; already_there, infeasible (pole: a unit repaid is worth no more than the unit sold; or
  /// the limit at which the transaction would revert), gas_tank, dust
  /// @cost   a few passes over the holdings, the venue asked once or twice; no iteration
  template <class V, std::size_t N>
  constexpr sized size(const problem<V, N>& p) const noexcept;

  /// The trade that sells exactly `x`: collateral below the target, new debt above it. @pre `check(p)` is ok
  template <class V, std::size_t N>
  constexpr trade at_size(const problem<V, N>& p, double x) const noexcept {
    trade t;
    if (health_factor(p.liquidation, p.prices) < p.target) {
      down(p, x).fill(t, x);
    } else {
      t = up(p, x).at(x);
    }
    return t;
  }

  /// Why the transaction would revert. @pre `check(p)` is ok
  template <class V, std::size_t N>
  constexpr objection objection_to(const problem<V, N>& p, const trade& t) const noexcept;

private:
  template <class V, std::size_t N>
  static constexpr double protocol_rate(const problem<V, N>& p) noexcept {
    return p.prices[p.liquidation.collateral.find(p.collateral)->slot].value /
           p.prices[p.liquidation.debt.find(p.debt)->slot].value;
  }
  template <class V, std::size_t N>
  constexpr sizing::deleverage<V, N> down(const problem<V, N>& p, double x) const noexcept {
    sizing::deleverage<V, N> k(p, max_slippage, x);
    k.lost *= protocol_rate(p) / p.fair_rate;
    k.minimum_price = protocol_rate(p) * (1.0 - max_slippage.fraction());
    return k;
  }
  template <class V, std::size_t N>
  constexpr sizing::leverage<V, N> up(const problem<V, N>& p, double x) const noexcept {
    sizing::leverage<V, N> k(p, max_slippage, x);
    k.lost *= p.fair_rate / protocol_rate(p);
    k.minimum_price = (1.0 - max_slippage.fraction()) / protocol_rate(p);
    return k;
  }
};

template <class V, std::size_t N>
constexpr objection at_oracle_price::objection_to(const problem<V, N>& p, const trade& t) const noexcept {
  if (p.gas.short_of_gas(p.venue->gas(t.sold))) return {errc::gas_tank, limit::none};
  if (!(t.expected_out >= t.min_out)) return {errc::infeasible, limit::slippage};
  const bool sells = t.towards == direction::deleverage;
  if (sells ? !p.collateral_limits.can_reduce() || !p.debt_limits.can_reduce()
            : !p.collateral_limits.can_grow() || !p.debt_limits.can_grow())
    return {errc::infeasible, limit::reserve};
  const curve<V> venue(*p.venue);
  largest most;
  if (sells) {
    const auto k = down(p, t.sold);
    if (!k.fits(t, 1.0)) most = k.largest_size(venue, 1.0);
    if (!k.borrow_form_stands(t)) return {errc::infeasible, limit::borrow_form};
  } else {
    most = up(p, t.sold).largest_size(venue);
  }
  // That the average price is met has been seen; the limit found for it lies a few ulps inside.
  if (most.why != limit::slippage && most.x < t.sold) return {errc::infeasible, most.why};
  if (sells && t.min_out < t.gas_in_kind) return {errc::dust, limit::none};  // its own proceeds might not pay for it
  if (sells && !(t.health_at_min_out >= 1.0)) return {errc::infeasible, limit::health_floor};
  const double left = owed_value(p.liquidation.debt, p.prices, p.debt, t.debt_change);
  if (left > 0.0 && left < p.minimum_debt) return {errc::dust, limit::minimum_debt};
  return {};
}

template <class V, std::size_t N>
constexpr sized at_oracle_price::size(const problem<V, N>& p) const noexcept {
  sized out;
  const auto refused = [&](errc why, limit binding = limit::none) {
    out.status = why, out.binding = binding;
    return out;
  };
  if (const errc e = validate(); e != errc::ok) return refused(e);
  if (const errc e = check(p); e != errc::ok) return refused(e);
  const term<double>&held = *p.liquidation.collateral.find(p.collateral), &owed = *p.liquidation.debt.find(p.debt);
  const double price = p.prices[held.slot].value, debt_price = p.prices[owed.slot].value;
  const double collateral_value = weighted_value(p.liquidation.collateral, p.prices);
  const double debt_value = weighted_value(p.liquidation.debt, p.prices);
  if (!is_finite(collateral_value + debt_value)) return refused(errc::overflow);
  out.best_health = out.trade.health_before = health_factor(collateral_value, debt_value);
  const bool sells = out.best_health < p.target;
  const double missing = p.target * debt_value - collateral_value, gained = p.target * owed.weight - held.weight;
  if (out.best_health == p.target) return refused(errc::already_there);
  if (!(gained > 0.0)) return refused(errc::infeasible, limit::pole);

  largest value{magnitude(missing) / gained, limit::none};
  value.at_most(most_collateral * price, beyond);
  value.at_most(most_debt * debt_price, beyond);
  if (sells) {
    value.at_most(held.amount * price, limit::collateral);
    value.at_most(owed.amount * debt_price, limit::debt);
  }
  const double x = sells ? smaller(value.x / price, held.amount) : value.x / debt_price;
  if (!(x > 0.0) || !is_finite(x)) return refused(errc::dust, value.why);
  out.trade = at_size(p, x);
  out.binding = value.why;
  out.best_health = out.trade.health_after;
  out.status = errc::ok;
  if (const objection no = objection_to(p, out.trade); no.why != errc::ok) {
    out.trade = {.health_before = out.trade.health_before};
    refused(no.why, no.binding);
  }
  return out;
}

}  // namespace trimtab::sizing
