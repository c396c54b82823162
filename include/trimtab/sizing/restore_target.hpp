// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/sizing/concept.hpp>
#include <trimtab/sizing/deleverage.hpp>

#include <limits>

namespace trimtab::sizing {

/// @brief Sells just enough collateral through one venue to bring health back up to the target, fees, impact, flash
/// premium and gas inside the equation. The simplest sizer, and the one to copy.
///
/// The size is rounded up by a few ulps and the health it leaves is read back with the form's own arithmetic: a trade
/// is returned as `ok` only when that reads at or above the target.
///
/// Any venue: closed forms where its curve is pieces, a certified Newton iteration elsewhere. On one that is not
/// concave it looks at one size after another and says so (`proven`).
/// @source derived here; the numbers are those of `deleverage`
struct restore_target {
  basis_points max_slippage{300.0};  ///< of the average price against the fair one; sets the minimum output
  basis_points max_cost{infinity};   ///< of the fair value sold; does not bind in an emergency
  double health_floor = 1.0;         ///< health between the steps and at the minimum output; more is sold to be there
  bool cheapest = false;  ///< where the venue pays more than the fair price: sell on, up to where it no longer does

  /// @errors bad_configuration
  [[nodiscard]] constexpr errc validate() const noexcept {
    const bool sound =
        max_slippage.count > 0.0 && max_slippage.count < 1e4 && max_cost.count > 0.0 && health_floor >= 1.0;
    return sound ? errc::ok : errc::bad_configuration;
  }
  [[nodiscard]] constexpr bool can(direction d) const noexcept { return d == direction::deleverage; }

  /// @errors asset_mismatch, not_finite, non_positive_price, bad_configuration (the problem is unsound), already_there,
  /// infeasible (with its limit), no_convergence (out of reach as far as it looked, on a venue that is not concave),
  /// would_worsen, gas_tank, cost_exceeds_limit, dust
  /// @cost   a few passes over the holdings, one root a venue piece; no allocation
  template <class V, std::size_t N>
  constexpr sized size(const problem<V, N>& p) const noexcept;

  /// The root and its verdict as the curve alone has them, without limits, certificate or trade.
  /// @pre `check(p)` is ok
  template <class V, std::size_t N>
  constexpr size_root root(const problem<V, N>& p) const noexcept {
    deleverage<V, N> k(p, max_slippage, smallest_sale);
    return least(k, curve<V>(*p.venue), unbounded(k));
  }

  /// @brief The trade that brings health highest within the limits, whatever the target: its health over the target,
  /// less one, is the margin by which the target is in reach or out of it. +inf where the debt can be repaid whole.
  /// @pre `check(p)` is ok
  template <class V, std::size_t N>
  constexpr trade best(const problem<V, N>& p) const noexcept {
    const deleverage<V, N> k(p, max_slippage, smallest_sale);
    const curve<V> venue(*p.venue);
    return at_size(p, k.best_size(venue, k.largest_size(venue, health_floor).x));
  }

  /// The trade that sells exactly `x`, whatever health it leaves. @pre `check(p)` is ok
  template <class V, std::size_t N>
  constexpr trade at_size(const problem<V, N>& p, double x) const noexcept {
    trade t;
    deleverage<V, N>(p, max_slippage, x).fill(t, x);
    return t;
  }

  /// Why a trade of some size, made by `at_size`, may not be made. @pre `check(p)` is ok
  template <class V, std::size_t N>
  constexpr objection objection_to(const problem<V, N>& p, const trade& t) const noexcept {
    return object(deleverage<V, N>(p, max_slippage, t.sold), t);
  }

private:
  template <class V, std::size_t N>
  constexpr objection object(const deleverage<V, N>& k, const trade& t) const noexcept;
  // The cap that stands for none: a curve that is not concave is only looked at as far as there is something to sell.
  template <class V, std::size_t N>
  static constexpr double unbounded(const deleverage<V, N>& k) noexcept {
    return is_concave<V>() ? infinity : k.held;
  }
  template <class V, std::size_t N>
  static constexpr size_root least(deleverage<V, N>& k, const curve<V>& venue, double cap) noexcept;
  template <class V, std::size_t N>
  constexpr void sell_on(trade& t, const deleverage<V, N>& k, const curve<V>& venue) const noexcept;
  static constexpr void clear(trade& t) noexcept {
    const double before = t.health_before;
    t = {};
    t.health_before = before;
  }
  template <class V, std::size_t N>
  static constexpr bool certify(trade& t, const deleverage<V, N>& k, const size_root& found, double cap) noexcept;
  template <class V, std::size_t N>
  constexpr void fall_short(sized& out, const deleverage<V, N>& k, const curve<V>& venue, const size_root& found,
                            const largest& most) const noexcept;
};

// Fills in the trade at a root, a few ulps up, and reads back the health it leaves. False, and no trade, when that
// stays below the target.
template <class V, std::size_t N>
constexpr bool restore_target::certify(trade& t, const deleverage<V, N>& k, const size_root& found,
                                       double cap) noexcept {
  if (found.what != size_root::verdict::reached) return false;
  // Six ulps of both sides of the inequality, turned into size, so that rounding in the read-back never shows less than
  // the target.
  constexpr double margin = 6.0 * std::numeric_limits<double>::epsilon();
  double step = margin * (k.p.target * k.debt_value + k.collateral_value) / found.slope, x = found.x;
  for (int attempt = 0; attempt < 4; ++attempt) {
    x = smaller(x + step, cap);
    k.fill(t, x);
    if (t.health_after >= k.p.target) return true;
    step *= 2.0;
  }
  clear(t);
  return false;
}

// The least size that reaches the target with its own gas. Gas grows with the size, so each root with the gas of the
// root before is a bound from below of all sizes that do; the first one that needs no more is the least of them, and
// where one is out of reach, so is the target.
template <class V, std::size_t N>
constexpr size_root restore_target::least(deleverage<V, N>& k, const curve<V>& venue, double cap) noexcept {
  size_root found = solve(k.equation(k.p.target), venue, cap);
  for (int steps = 0; k.p.gas.price_native > 0.0 && found.what == size_root::verdict::reached; ++steps) {
    const double used = k.gas_base;
    k.use_gas_of(steps < 64 ? found.x : infinity);
    if (!(k.gas_base > used)) break;
    found = solve(k.equation(k.p.target), venue, cap);
  }
  return found;
}

// The target is out of reach: why, and the trade that comes closest.
template <class V, std::size_t N>
constexpr void restore_target::fall_short(sized& out, const deleverage<V, N>& k, const curve<V>& venue,
                                          const size_root& found, const largest& most) const noexcept {
  using enum size_root::verdict;
  // A root that could not be certified lies within rounding of whatever ends the feasible sizes.
  const bool at_cap = found.what == cap_reached || (found.what == reached && most.x <= found.x * (1.0 + 1e-9));
  out.binding = found.what == pole ? limit::pole : at_cap ? most.why : limit::depth;
  // Where the average price need not fall with the size, no size is proven to be the last that is above the floor.
  out.proven = found.proven && (is_concave<V>() || most.why != limit::slippage);
  const errc unreached = out.proven ? errc::infeasible : errc::no_convergence;
  out.status = most.x > 0.0 && out.proven ? errc::would_worsen : unreached;
  double best = k.best_size(venue, most.x);
  deleverage<V, N> at_best = k;
  at_best.use_gas_of(best);
  if (at_best.gas_debt != k.gas_debt)
    best = smaller(best, at_best.largest_size(venue, health_floor).x);  // gas has limits
  if (!(best > 0.0)) return;
  at_best.fill(out.trade, best);
  if (out.trade.health_after >= k.p.target) {
    // In reach after all: the root was within rounding of the best, or nothing is lent as gas takes the minimum output.
    out.status = errc::ok, out.binding = limit::none;
    const auto over = [&](double x) { return at_best.fill(out.trade, x), out.trade.health_after - k.p.target; };
    const auto root = find_root(over, smaller(found.x, best), best, detail::root_width);
    at_best.fill(out.trade, root ? root->high : best);
  } else if (out.trade.health_after > out.trade.health_before) {
    out.status = unreached;
  } else {
    clear(out.trade);
  }
}

template <class V, std::size_t N>
constexpr sized restore_target::size(const problem<V, N>& p) const noexcept {
  sized out;
  const auto refused = [&](errc why, limit binding = limit::none) {
    out.status = why, out.binding = binding;
    return out;
  };
  if (const errc e = validate(); e != errc::ok) return refused(e);
  if (const errc e = check(p); e != errc::ok) return refused(e);
  deleverage<V, N> k(p, max_slippage, smallest_sale);
  out.best_health = out.trade.health_before = health_factor(k.collateral_value, k.debt_value);
  if (out.best_health >= p.target) return refused(errc::already_there);
  if (!p.collateral_limits.can_reduce() || !p.debt_limits.can_reduce())
    return refused(errc::infeasible, limit::reserve);
  if (p.gas.short_of_gas(p.venue->gas(smallest_sale))) return refused(errc::gas_tank);

  out.status = errc::ok;
  const curve<V> venue(*p.venue);
  // The root as if nothing but the curve bound it; where a limit does, once more with all of them turned into sizes.
  size_root found = least(k, venue, unbounded(k));
  out.proven = found.proven;
  if (!certify(out.trade, k, found, infinity) || !k.fits(out.trade, health_floor)) {
    clear(out.trade);
    const largest most = k.largest_size(venue, health_floor);
    found = least(k, venue, most.x);
    out.proven = found.proven;
    if (k.raise(found, most.x, health_floor)) out.binding = limit::health_floor;
    if (!certify(out.trade, k, found, most.x)) fall_short(out, k, venue, found, most);
  }
  if (cheapest && out.status == errc::ok) sell_on(out.trade, k, venue);
  if (out.trade.sold == 0.0) return out;
  out.best_health = out.trade.health_after;

  if (const objection no = object(k, out.trade); no.why != errc::ok) {
    refused(no.why, no.binding);
    clear(out.trade);
  }
  return out;
}

// The cost p·x − y + premium is convex: of the sizes that reach the target the cheapest is the one nearest to where the
// venue pays no more than the fair price and the loan, within every limit and the band.
template <class V, std::size_t N>
constexpr void restore_target::sell_on(trade& t, const deleverage<V, N>& k, const curve<V>& venue) const noexcept {
  const double loan = k.lost + (t.mode == funding_mode::flash_collateral ? k.premium * k.p.fair_rate : 0.0);
  double x = smaller(k.p.venue->amount_at(executable_price<double>{k.p.fair_rate + loan}),
                     k.largest_size(venue, health_floor).x);
  if (k.p.band_high < infinity) {
    const size_root edge = solve(k.equation(k.p.band_high), venue, x);
    if (edge.what == size_root::verdict::reached) x = edge.x * almost_one;
  }
  if (!(x > t.sold) || !is_finite(x)) return;
  trade more;
  const auto over = [&](double size) { return k.fill(more, size), more.health_after - k.p.target; };
  if (!(over(x) >= 0.0)) {  // beyond the last size that reaches the target
    const auto last = find_root(over, t.sold, x, detail::root_width);
    if (!last) return;
    x = last->low;
  }
  deleverage<V, N> at_more = k;
  at_more.use_gas_of(x);
  at_more.fill(more, x);
  if (more.health_after >= k.p.target && more.health_after <= k.p.band_high && more.cost.total() < t.cost.total() &&
      object(k, more).why == errc::ok)
    t = more;
}

template <class V, std::size_t N>
constexpr objection restore_target::object(const deleverage<V, N>& k, const trade& t) const noexcept {
  if (k.p.gas.short_of_gas(k.p.venue->gas(t.sold))) return {errc::gas_tank, limit::none};
  // In an emergency the band's other edge is crossed only where nothing less comes above the floor (`raise`).
  if (t.health_after > k.p.band_high && !k.p.urgent) return {errc::infeasible, limit::band};
  // Of a curve that is not concave the average price may fall short at a size and not at a larger one.
  if (t.expected_out < t.min_out) return {is_concave<V>() ? errc::infeasible : errc::no_convergence, limit::slippage};
  if (t.health_at_min_out < health_floor) return {errc::infeasible, limit::health_floor};
  if (!k.borrow_form_stands(t)) return {errc::infeasible, limit::borrow_form};
  if (t.min_out < t.gas_in_kind) return {errc::dust, limit::none};  // its own proceeds might not pay for it
  if (k.p.minimum_debt > 0.0) {
    const double left = owed_value(k.p.liquidation.debt, k.p.prices, k.p.debt, t.debt_change);
    if (left > 0.0 && left < k.p.minimum_debt) return {errc::dust, limit::minimum_debt};
  }
  const bool dear = t.cost.total() > max_cost.fraction() * t.sold * k.p.fair_rate * k.debt_price;
  if (dear && !k.p.urgent && max_cost.count < infinity) return {errc::cost_exceeds_limit, limit::cost};
  return {};
}

}  // namespace trimtab::sizing
