// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/root.hpp>
#include <trimtab/liquidity/constant_product.hpp>
#include <trimtab/sizing/problem.hpp>

namespace trimtab::sizing {

/// @brief An account that sells into the pool its own oracle looks at: the trade lowers the price of all the collateral
/// that is left.
///
/// Formula   oracle after x sold   p̃(x) = p·(1 − κ + κ·s(x)/s(0)), s the pool's spot price
///           R(x) = W₀ + w·p̃(x)·(c − x) − h·(d − ρ·y(x)), wanted: the least x with R(x) ≥ 0
/// @source   derived here; the condition for the first unit to help has the form of arXiv 2212.07306, "Toxic
///           liquidation spirals"
struct reflexive_terms {
  double other_collateral = 0.0;  ///< W₀, weighted value of what this price does not touch, base currency
  double held = 0.0;              ///< c, tokens of the collateral sold
  double weighted_price = 0.0;    ///< w·p, threshold times oracle price before the trade
  double debt = 0.0;              ///< d, weighted value of the debt and of gas paid out of the proceeds
  double repaid_per_out = 0.0;    ///< ρ, weighted value of debt that one token out of the venue repays
  double pass_through = 0.0;      ///< κ in [0, 1]: the share of the oracle that follows this pool
  double target = 1.25;           ///< h

  /// @errors not_finite, negative_amount, non_positive_price, bad_configuration (κ outside [0, 1], a target not above
  /// 1)
  [[nodiscard]] constexpr errc validate() const noexcept {
    for (const double number : {other_collateral, held, weighted_price, debt, repaid_per_out, pass_through, target})
      if (!is_finite(number)) return errc::not_finite;
    if (!(other_collateral >= 0.0) || !(held >= 0.0) || !(debt >= 0.0)) return errc::negative_amount;
    if (!(weighted_price > 0.0) || !(repaid_per_out > 0.0)) return errc::non_positive_price;
    return pass_through >= 0.0 && pass_through <= 1.0 && target > 1.0 ? errc::ok : errc::bad_configuration;
  }
  /// R(0): what the target lacks, negative, or has to spare.
  [[nodiscard]] constexpr double balance(double at_target) const noexcept {
    return other_collateral + weighted_price * held - at_target * debt;
  }
};

/// A reflexive sale, or why there is none.
struct reflexive_sale {
  errc status = errc::bad_configuration;
  limit binding = limit::none;
  double size = 0.0;           ///< tokens to sell; when the target is out of reach, those of the best health
  double no_root_below = 0.0;  ///< proven: no smaller size reaches the target
  double oracle_ratio = 1.0;   ///< p̃/p after the sale
  double health_before = infinity;
  double health_after = infinity;  ///< at the oracle price that the sale leaves
  double best_health = 0.0;        ///< the highest within reach, where the target is not
  double loop_gain = 0.0;  ///< of re-sizing at each new price: below 1 that settles, above it runs away; here at `size`
};

/// @brief Does selling the first unit bring health nearer to the target, or does the fall of the oracle take more than
/// it repays?
///
/// Formula   h·ρ·p₀ > w·p·(1 + κ·c·(1/a + 1/R₁)): constant product, R₁ the reserve and a = R₁/(1 − fee). The spot price
///           moves with the reserves, in which the fee stays: nearly 2/a.
constexpr bool first_unit_helps(const reflexive_terms& t, const liquidity::constant_product& pool) noexcept {
  const double a = pool.depth();
  return t.target * t.repaid_per_out * (pool.reserve_out / a) >
         t.weighted_price * (1.0 + t.pass_through * t.held * (1.0 / a + 1.0 / pool.reserve_in));
}

/// The largest pass-through at which the first unit still helps: below 0, not even a deaf oracle would do.
constexpr double critical_pass_through(const reflexive_terms& t, const liquidity::constant_product& pool) noexcept {
  const double a = pool.depth();
  const double gain = t.target * t.repaid_per_out * (pool.reserve_out / a) / t.weighted_price;
  return (gain - 1.0) / (t.held * (1.0 / a + 1.0 / pool.reserve_in));
}

/// @brief R on a constant-product pool, cleared of its denominators: a cubic in z = x/a.
///
/// Formula   R·(1 + z)·(1 + g·z), g = 1/(1 − fee), since s(x)/s(0) = 1/((1 + z)·(1 + g·z))
/// Its constant is R(0) and its leading coefficient is not positive: below the target it has no positive root or two,
/// with everything that is enough between them.
struct reflexive_cubic {
  double c3 = 0.0, c2 = 0.0, c1 = 0.0, c0 = 0.0;

  constexpr reflexive_cubic(const reflexive_terms& t, const liquidity::constant_product& pool, double target) noexcept {
    const double g = 1.0 / pool.fee.complement(), a = pool.depth();
    const double stays = t.weighted_price * (1.0 - t.pass_through), follows = t.weighted_price * t.pass_through;
    const double fixed = t.other_collateral + stays * t.held - target * t.debt;
    const double proceeds = target * t.repaid_per_out * pool.reserve_out;
    c3 = -stays * a * g;
    c2 = (fixed + proceeds) * g - stays * a * (1.0 + g);
    c1 = fixed * (1.0 + g) - t.weighted_price * a + proceeds;
    c0 = fixed + follows * t.held;
  }
  [[nodiscard]] constexpr double operator()(double z) const noexcept { return ((c3 * z + c2) * z + c1) * z + c0; }
  [[nodiscard]] constexpr double slope(double z) const noexcept { return (3.0 * c3 * z + 2.0 * c2) * z + c1; }
  /// Where it turns down for good: 0 when it does so before, +inf when it never does.
  [[nodiscard]] constexpr double peak() const noexcept {
    if (!(c3 < 0.0)) return c2 < 0.0 ? larger(0.0, c1 / (-2.0 * c2)) : c1 > 0.0 || c2 > 0.0 ? infinity : 0.0;
    const double disc = c2 * c2 - 3.0 * c3 * c1;
    if (!(disc > 0.0)) return 0.0;
    const double root = square_root(disc);
    return larger(0.0, c2 >= 0.0 ? (c2 + root) / (-3.0 * c3) : c1 / (root - c2));
  }
  /// The least root in (0, end]. @pre negative at 0, not negative at end, end ≤ peak()
  ///
  /// Newton from the point of inflection, or from 0 where that lies before it: on the convex side from above, on the
  /// concave side from below, so that it never passes the root and ends when rounding turns it back.
  [[nodiscard]] constexpr double root_before(double end) const noexcept {
    const double inflection = c3 < 0.0 ? c2 / (-3.0 * c3) : c2 > 0.0 ? end : 0.0;
    double z = smaller(larger(inflection, 0.0), end);
    const bool from_above = (*this)(z) >= 0.0;
    for (int i = 0; i < 100; ++i) {
      const double value = (*this)(z), s = slope(z);
      if (value == 0.0 || !(s > 0.0)) break;
      const double next = z - value / s;
      if (from_above ? !(next < z) : !(next > z)) break;
      z = smaller(larger(next, 0.0), end);
    }
    return z;
  }
};

namespace detail {

// Everything a reflexive sale of size x leaves, the pool being a constant product.
constexpr void fill(reflexive_sale& s, const reflexive_terms& t, const liquidity::constant_product& pool,
                    double x) noexcept {
  const double a = pool.depth(), z = x / a, z_spot = x / pool.reserve_in;
  const double spot = 1.0 / ((1.0 + z) * (1.0 + z_spot));
  const double spot_slope = spot * (1.0 / (a + x) + 1.0 / (pool.reserve_in + x));
  s.size = x;
  s.oracle_ratio = 1.0 - t.pass_through * (z + z_spot + z * z_spot) * spot;  // 1 − κ + κ·s/s₀ without cancellation
  const double left = larger(t.held - x, 0.0);
  const double owed = t.debt - t.repaid_per_out * pool.amount_out(x);
  s.health_after = health_factor(t.other_collateral + t.weighted_price * s.oracle_ratio * left, larger(owed, 0.0));
  const double repays = t.target * t.repaid_per_out * pool.marginal_price(x).value;
  const double drags = t.weighted_price * left * t.pass_through * spot_slope;
  const double net = repays - t.weighted_price * s.oracle_ratio;
  s.loop_gain = drags == 0.0 ? 0.0 : net > 0.0 ? drags / net : infinity;
}

}  // namespace detail

/// @brief How much to sell into the pool that the oracle follows, by roots and never by iterating prices.
///
/// @return   ok: the least size that reaches the target, certified by reading health back; infeasible: the size and the
///           health of the best that can be had (0 and the present one where the first unit already hurts)
/// @errors   those of the terms and of the pool; already_there; infeasible with limit::pole (no size helps), depth, or
///           collateral (all of it is not enough); no_convergence (health read back falls short, by rounding)
/// @cost     one cubic, 6 to 10 Newton steps; a root over health where the target is out of reach; no allocation
constexpr reflexive_sale reflexive_size(const reflexive_terms& t, const liquidity::constant_product& pool) noexcept {
  reflexive_sale sale;
  sale.status = t.validate();
  if (sale.status == errc::ok) sale.status = pool.validate();
  if (sale.status != errc::ok) return sale;
  sale.health_before = sale.health_after = health_factor(t.other_collateral + t.weighted_price * t.held, t.debt);
  if (t.balance(t.target) >= 0.0) return sale.status = errc::already_there, sale;

  const double a = pool.depth(), cap = t.held / a;
  const auto best_at = [&](double target) { return smaller(reflexive_cubic(t, pool, target).peak(), cap); };
  const reflexive_cubic cubic(t, pool, t.target);
  const double end = best_at(t.target);
  if (end > 0.0 && cubic(end) >= 0.0) {
    const double z = cubic.root_before(end);
    sale.no_root_below = z * a * (1.0 - 1e-12);
    // Up by what rounding may hide, as long as health reads below the target.
    double step = 8.0 * std::numeric_limits<double>::epsilon() * z * a, x = z * a;
    for (int i = 0; i < 40; ++i, x = smaller(x + step, end * a), step *= 2.0) {
      detail::fill(sale, t, pool, x);
      if (sale.health_after >= t.target) {
        sale.status = errc::ok;
        sale.best_health = sale.health_after;
        return sale;
      }
    }
    sale.status = errc::no_convergence;
    return sale;
  }
  // Out of reach: the highest target that is not, the one whose cubic just touches zero.
  sale.status = errc::infeasible;
  sale.no_root_below = t.held;
  double best = 0.0;
  const auto room = [&](double target) {
    const reflexive_cubic f(t, pool, target);
    return f(best_at(target));
  };
  if (const auto top = find_root<double>(room, sale.health_before, t.target, 1e-15); top.has_value())
    best = best_at(top->low) * a;
  sale.binding = best <= 0.0 ? limit::pole : best >= t.held ? limit::collateral : limit::depth;
  detail::fill(sale, t, pool, best);
  sale.best_health = sale.health_after;
  return sale;
}

}  // namespace trimtab::sizing
