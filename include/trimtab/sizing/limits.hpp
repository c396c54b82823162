// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/result.hpp>
#include <trimtab/health/change.hpp>
#include <trimtab/sizing/problem.hpp>

#include <span>

namespace trimtab::sizing {

/// @brief The least that a trade must bring in, from health and the oracle and never from the venue's own quote, which
/// whoever moves the venue also moves.
struct minimum_out {
  double of_health = 0.0;  ///< the least with which health is at the wanted value
  double of_oracle = 0.0;  ///< the fair value less the tolerance
  double needed = 0.0;     ///< the larger of the two
  double health = 0.0;     ///< at exactly `needed`
};

/// The health that a trade leaves when the venue pays `out` for what it sells.
template <class V, std::size_t N>
constexpr double health_at_out(const problem<V, N>& p, const trade& t, double out) noexcept {
  const bool down = t.towards == direction::deleverage;
  const double loan = t.flash_premium;
  change by{p.collateral, t.collateral_change, p.debt, t.debt_change};
  if (down) {
    by.debt_by = -(out - t.gas_in_kind - (t.mode == funding_mode::flash_debt ? loan : 0.0));
  } else {
    by.collateral_by = out - (t.mode == funding_mode::flash_collateral ? loan : 0.0);
  }
  return health_factor_after(p.liquidation, p.prices, by);
}

/// @brief The minimum output of a trade: the larger of what health `floor` needs and of the fair value less
/// `tolerance`.
///
/// Formula   down  v·π·(y − G − premium) ≥ D − C'/floor;   up  w·p·(y − premium) ≥ floor·D' − C
/// Rounded up by a few ulps, so that `health_at_out(p, t, needed)` reads at or above the floor.
/// @errors   those of `check`; bad_configuration (a floor below 1, a tolerance outside [0, 100 %), no trade),
/// not_finite, negative_amount (the trade); slippage: the venue as seen does not pay even that, so the trade should not
/// be sent; infeasible: no output reads at the floor
/// @source   derived here
template <class V, std::size_t N>
constexpr result<minimum_out> minimum_output(const problem<V, N>& p, const trade& t, double floor,
                                             basis_points tolerance) noexcept {
  if (const errc bad = check(p); bad != errc::ok) return bad;
  if (!(floor >= 1.0) || !(tolerance.count >= 0.0) || !(tolerance.count < 1e4)) return errc::bad_configuration;
  if (t.towards == direction::none) return errc::bad_configuration;
  if (t.sold < 0.0) return errc::negative_amount;
  if (!is_finite(t.sold) || !is_finite(t.collateral_change) || !is_finite(t.debt_change)) return errc::not_finite;
  const bool down = t.towards == direction::deleverage;
  const term<double>&bought = *p.liquidation.collateral.find(p.collateral), &owed = *p.liquidation.debt.find(p.debt);
  const double per_debt = owed.weight * p.prices[owed.slot].value,
               per_collateral = bought.weight * p.prices[bought.slot].value;
  minimum_out m;
  m.of_oracle = t.sold * (down ? p.fair_rate : 1.0 / p.fair_rate) * tolerance.complement();
  double each = 0.0, scale = 0.0;  // health's worth of one unit out, and of all that is compared
  if (down) {
    const double left = weighted_value_after(p.liquidation.collateral, p.prices, p.collateral, t.collateral_change);
    const double debt = weighted_value(p.liquidation.debt, p.prices);
    each = per_debt, scale = debt;
    m.of_health =
        (debt - left / floor) / per_debt + t.gas_in_kind + (t.mode == funding_mode::flash_debt ? t.flash_premium : 0.0);
  } else {
    const double debt = weighted_value_after(p.liquidation.debt, p.prices, p.debt, t.debt_change);
    each = per_collateral, scale = floor * debt;
    m.of_health = (floor * debt - weighted_value(p.liquidation.collateral, p.prices)) / per_collateral +
                  (t.mode == funding_mode::flash_collateral ? t.flash_premium : 0.0);
  }
  if (!(each > 0.0) || !is_finite(m.of_health)) return errc::not_finite;
  m.of_health = larger(0.0, m.of_health);
  // Once more in the form's own arithmetic: a few ulps of what is compared.
  for (double step = 0x1p-50 * scale / each; m.of_health > 0.0 && !(health_at_out(p, t, m.of_health) >= floor);
       step *= 2.0) {
    if (step > 0x1p-40 * scale / each) return errc::infeasible;
    m.of_health += step;
  }
  m.needed = larger(m.of_health, m.of_oracle);
  m.health = health_at_out(p, t, m.needed);
  if (!(m.needed <= t.expected_out)) return errc::slippage;
  return m;
}

/// One leg of a trade that goes through several venues at once.
struct sale_leg {
  double sold = 0.0;
  double fair_rate = 0.0;  ///< asset out per asset in
  double min_out = 0.0;    ///< written
};

/// @brief The same, leg by leg: each leg must bring the oracle value less the tolerance, and all of them together what
/// health needs, which is shared in proportion to their oracle values.
///
/// So every leg is bound by itself, and legs that all keep to their bounds keep health.
/// @param of_health what the legs together must bring, `minimum_out::of_health`
/// @return the sum of the minimums, not below `of_health`
/// @errors not_finite, negative_amount (a sale), non_positive_price, bad_configuration (the tolerance), size_mismatch
/// (no legs)
constexpr result<double> share_minimum(double of_health, std::span<sale_leg> legs, basis_points tolerance) noexcept {
  if (legs.empty()) return errc::size_mismatch;
  if (!is_finite(of_health)) return errc::not_finite;
  if (!(tolerance.count >= 0.0) || !(tolerance.count < 1e4)) return errc::bad_configuration;
  double fair = 0.0;
  for (const sale_leg& leg : legs) {
    if (!is_finite(leg.sold) || !is_finite(leg.fair_rate)) return errc::not_finite;
    if (leg.sold < 0.0) return errc::negative_amount;
    if (!(leg.fair_rate > 0.0)) return errc::non_positive_price;
    fair += leg.sold * leg.fair_rate;
  }
  if (!(fair > 0.0)) return errc::negative_amount;
  // A few ulps more, so that the rounded shares never add up to less.
  const double share =
      larger(tolerance.complement(), of_health / fair * (1.0 + 0x1p-50 * static_cast<double>(legs.size())));
  double sum = 0.0;
  for (sale_leg& leg : legs) sum += leg.min_out = leg.sold * leg.fair_rate * share;
  return sum;
}

}  // namespace trimtab::sizing
