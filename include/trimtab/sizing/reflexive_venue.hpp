// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/sizing/reflexive.hpp>

namespace trimtab::sizing {

namespace detail {

template <Venue V>
constexpr double spot_ratio(const V& venue, double x) noexcept {
  return venue.after(x).marginal_price(0.0).value / venue.marginal_price(0.0).value;
}

// R(x), and health, with the spot price that the venue itself shows after the trade.
template <Venue V>
constexpr void fill(reflexive_sale& s, const reflexive_terms& t, const V& venue, double x) noexcept {
  s.size = x;
  s.oracle_ratio = 1.0 - t.pass_through * (1.0 - (x > 0.0 ? spot_ratio(venue, x) : 1.0));
  const double owed = t.debt - t.repaid_per_out * venue.amount_out(x);
  s.health_after = health_factor(t.other_collateral + t.weighted_price * s.oracle_ratio * larger(t.held - x, 0.0),
                                 larger(owed, 0.0));
}

}  // namespace detail

/// @brief The same through any concave venue, by steps that cannot pass the least root.
///
/// Collateral only falls as x grows, and proceeds are concave, so R(z) ≤ R(x) + h·ρ·y'(x)·(z − x): a step of
/// −R(x)/(h·ρ·y'(x)) passes no root. When a tangent's overshoot lands where R ≥ 0 the root is bracketed and bisected.
/// @return   as for a constant product; `no_root_below` is where the last step ended. Out of reach is proven, the best
///           size then the best of 64 looks. `loop_gain` is by differences
/// @errors   those of the terms and the venue; already_there; infeasible; bad_configuration (a venue that is not
///           concave); no_convergence (4096 steps prove nothing: the target is within a millionth or so of the best
///           health)
/// @cost     a handful of looks at the venue before and after a trade where the target is in reach; no allocation
template <Venue V>
constexpr reflexive_sale reflexive_size(const reflexive_terms& t, const V& venue) noexcept {
  reflexive_sale sale;
  sale.status = t.validate();
  if (sale.status == errc::ok) sale.status = venue.validate();
  if (sale.status == errc::ok && !is_concave<V>()) sale.status = errc::bad_configuration;
  if (sale.status != errc::ok) return sale;
  sale.health_before = sale.health_after = health_factor(t.other_collateral + t.weighted_price * t.held, t.debt);
  if (t.balance(t.target) >= 0.0) return sale.status = errc::already_there, sale;

  const auto balance = [&](double x) {
    const double ratio = x > 0.0 ? detail::spot_ratio(venue, x) : 1.0;
    const double oracle = t.weighted_price * (1.0 - t.pass_through * (1.0 - ratio));
    return t.other_collateral + oracle * (t.held - x) - t.target * (t.debt - t.repaid_per_out * venue.amount_out(x));
  };
  const double cap = smaller(t.held, venue.capacity());
  double x = 0.0, here = balance(0.0);
  for (int steps = 0;; ++steps) {
    if (steps == 4096) return sale.status = errc::no_convergence, sale;
    const double repays = t.target * t.repaid_per_out * venue.marginal_price(x).value;
    const double next = repays > 0.0 ? x - here / repays : infinity;
    if (!(next < cap)) break;  // proven: nothing up to the cap
    if (!(next > x)) return sale.status = errc::no_convergence, sale;
    const double there = balance(next), rise = (there - here) / (next - x);
    sale.no_root_below = x;
    const double beyond = rise > 0.0 ? smaller(cap, next - 2.0 * there / rise) : next;
    if (there >= 0.0 || (beyond > next && balance(beyond) >= 0.0)) {
      const auto found = find_root<double>(balance, there >= 0.0 ? x : next, there >= 0.0 ? next : beyond);
      if (!found.has_value()) return sale.status = errc::no_convergence, sale;
      double size = found->high, nudge = 8.0 * std::numeric_limits<double>::epsilon() * size;
      for (int i = 0; i < 40; ++i, size = smaller(size + nudge, cap), nudge *= 2.0) {
        detail::fill(sale, t, venue, size);
        if (sale.health_after < t.target) continue;
        const double width = 1e-4 * size,
                     drop = detail::spot_ratio(venue, size - width) - detail::spot_ratio(venue, size);
        const double drags = t.weighted_price * (t.held - size) * t.pass_through * drop / width;
        const double net =
            t.target * t.repaid_per_out * venue.marginal_price(size).value - t.weighted_price * sale.oracle_ratio;
        sale.loop_gain = !(drags > 0.0) ? 0.0 : net > 0.0 ? drags / net : infinity;
        sale.best_health = sale.health_after;
        return sale.status = errc::ok, sale;
      }
      return sale.status = errc::no_convergence, sale;
    }
    x = next;
    here = there;
  }
  if (balance(cap) >= 0.0) return sale.status = errc::no_convergence, sale;
  sale.status = errc::infeasible;
  sale.no_root_below = cap;
  double best = 0.0, highest = sale.health_before;
  for (int i = 1; i <= 64; ++i) {
    const double share = static_cast<double>(i) / 64.0;
    detail::fill(sale, t, venue, cap * share * share);
    if (sale.health_after > highest) best = sale.size, highest = sale.health_after;
  }
  detail::fill(sale, t, venue, best);
  sale.best_health = highest;
  sale.binding = best <= 0.0    ? limit::pole
                 : best < cap   ? limit::depth
                 : cap < t.held ? limit::capacity
                                : limit::collateral;
  return sale;
}

}  // namespace trimtab::sizing
