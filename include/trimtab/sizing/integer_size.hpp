// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/units.hpp>
#include <trimtab/health/change.hpp>
#include <trimtab/sizing/problem.hpp>

namespace trimtab::sizing {

/// A deleverage in smallest units, as the contracts would settle it.
struct integer_size {
  units sold{};       ///< into the venue
  units out{};        ///< what the venue's integer rule pays for it
  units withdrawn{};  ///< of the collateral: what is sold, and a premium on a collateral loan
  units repaid{};     ///< of the debt: what comes out less gas and a premium on a debt loan
  double health = 0.0;
  int corrections = 0;  ///< how often the size was raised after the first rounding
};

/// @brief Rounds the size of a trade up to smallest units so that health is at the target after the venue's own
/// rounding too.
///
/// The size is rounded up, the integer output asked for, health read again from the integer amounts; what then lacks is
/// made up at once:
///
///     Δx = ⌈(h·D' − C' + h·v·π·u) / φ'(x + Δx)⌉,  φ' = h·v·π·(y'(x) − q) − w·p·κ
///
/// with u one smallest unit of the debt, which the next rounding of the output may take. φ is concave: with the slope
/// where the step ends one correction is enough, unless the curve is not the contract's or a unit is coarse.
/// @param t      a deleverage of `p`, as a sizer made it
/// @param quote  units in → units out, or a `result` of them: the venue's integer rule, rounding down
/// @return       health in [target, target·(1 + a unit or two of the debt)]
/// @errors   those of `check` and of `units`; bad_configuration (not a deleverage); dust (gas and premium take all);
/// would_worsen (selling more no longer helps); infeasible (beyond the band's upper edge: the units are too coarse; or
/// beyond what is held, may be withdrawn, is lent or fits into the venue); no_convergence (still below the target after
/// four corrections)
template <class V, std::size_t N, class Quote>
constexpr result<integer_size> size_in_units(const problem<V, N>& p, const trade& t, int collateral_decimals,
                                             int debt_decimals, Quote&& quote) noexcept {
  if (const errc bad = check(p); bad != errc::ok) return bad;
  if (t.towards != direction::deleverage || !(t.sold > 0.0)) return errc::bad_configuration;
  const term<double>&held = *p.liquidation.collateral.find(p.collateral), &owed = *p.liquidation.debt.find(p.debt);
  const double gain = p.target * owed.weight * p.prices[owed.slot].value;
  const bool lent_debt = t.mode == funding_mode::flash_debt, lent_collateral = t.mode == funding_mode::flash_collateral;
  const double lost = lent_debt ? t.flash_premium / t.sold : 0.0;
  const double kept = held.weight * p.prices[held.slot].value * (lent_collateral ? 1.0 + t.flash_rate.fraction() : 1.0);
  const auto slope_at = [&](double x) { return gain * (p.venue->marginal_price(x).value - lost) - kept; };
  const double slope = slope_at(t.sold);
  if (!(slope > 0.0)) return errc::would_worsen;
  // What the next rounding may take: a unit of the output, and of the premium on a collateral loan.
  const double again =
      gain * units::smallest(debt_decimals) + (lent_collateral ? kept * units::smallest(collateral_decimals) : 0.0);

  const auto gas = units::ceil(t.gas_in_kind, debt_decimals),
             loan = units::floor(lent_debt ? t.flash : 0.0, debt_decimals);
  if (!gas.has_value()) return gas.error();
  if (!loan.has_value()) return loan.error();
  const auto costs = loan->share_up(t.flash_rate).and_then([&](units premium) { return premium.add(*gas); });
  if (!costs.has_value()) return costs.error();

  auto sold = units::ceil(t.sold, collateral_decimals);
  for (int corrections = 0; corrections <= 4; ++corrections) {
    if (!sold.has_value()) return sold.error();
    const result<units> out = quote(*sold);
    if (!out.has_value()) return out.error();
    const auto repaid = out->subtract(*costs);
    if (!repaid.has_value()) return errc::dust;
    const auto premium = sold->share_up(lent_collateral ? t.flash_rate : basis_points{});
    if (!premium.has_value()) return premium.error();
    const auto withdrawn = sold->add(*premium);
    if (!withdrawn.has_value()) return withdrawn.error();
    // The rounding and the corrections end at the limits; a whole balance may be rounded up to units.
    const double taken = withdrawn->to_tokens_down(collateral_decimals),
                 into = sold->to_tokens_down(collateral_decimals);
    if (taken > held.amount || taken > p.collateral_limits.withdrawable || into > p.venue->capacity() ||
        (lent_collateral && into > p.collateral_limits.flash_loan_room()))
      return errc::infeasible;
    const double left = weighted_value_after(p.liquidation.collateral, p.prices, p.collateral,
                                             -withdrawn->to_tokens_up(collateral_decimals));
    const double debt =
        weighted_value_after(p.liquidation.debt, p.prices, p.debt, -repaid->to_tokens_down(debt_decimals));
    const double health = health_factor(left, debt);
    if (health > p.band_high) return errc::infeasible;
    if (health >= p.target) return integer_size{*sold, *out, *withdrawn, *repaid, health, corrections};
    // φ is concave: the slope further on, where the step ends at the latest, makes it long enough.
    const double lacking = p.target * debt - left + again, first = lacking / slope;
    const double further = slope_at(t.sold + 2.0 * first);
    const double step = further > 0.5 * slope ? lacking / further : 2.0 * first;
    const auto more = units::ceil(larger(step, units::smallest(collateral_decimals)), collateral_decimals);
    if (!more.has_value()) return more.error();
    sold = sold->add(*more);
  }
  return errc::no_convergence;
}

}  // namespace trimtab::sizing
