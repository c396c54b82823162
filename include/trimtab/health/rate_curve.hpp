// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/basis_points.hpp>
#include <trimtab/core/math.hpp>
#include <trimtab/core/result.hpp>
#include <trimtab/health/accrual.hpp>

#include <concepts>
#include <initializer_list>

namespace trimtab::health {

/// @brief A borrow rate that climbs with usage to a kink, and steeper beyond: Aave's. The simplest curve, and the one
/// to copy.
///
/// Formula   base + slope1 · u/u*                        u ≤ u*
///           base + slope1 + slope2 · (u − u*)/(1 − u*)  u > u*
/// Rates are in whatever unit base and slopes are in; Aave's are per year (`per_second` for `interest_index`).
/// @source aave-v3-core DefaultReserveInterestRateStrategy.sol calculateInterestRates
struct kinked_rate {
  double optimal_usage = 1.0;  ///< u*, in [0, 1]
  double base = 0.0;           ///< at no usage
  double slope1 = 0.0;         ///< what the rate gains up to the kink
  double slope2 = 0.0;         ///< what it gains from there to full usage

  /// @errors not_finite, bad_configuration (u* outside [0, 1], a negative base or slope)
  [[nodiscard]] constexpr errc validate() const noexcept {
    if (!is_finite(optimal_usage) || !is_finite(base) || !is_finite(slope1) || !is_finite(slope2))
      return errc::not_finite;
    const bool in_range = optimal_usage >= 0.0 && optimal_usage <= 1.0 && base >= 0.0 && slope1 >= 0.0 && slope2 >= 0.0;
    return in_range ? errc::ok : errc::bad_configuration;
  }

  /// @param usage share of the reserve that is lent out, in [0, 1]
  /// @derivative at the kink that from below
  template <Scalar S>
  constexpr S at(const S& usage) const noexcept(std::floating_point<S>) {
    const double below = optimal_usage > 0.0 ? optimal_usage : 1.0;
    const double above = optimal_usage < 1.0 ? 1.0 - optimal_usage : 1.0;
    const S kink = literal<S>(optimal_usage), start = literal<S>(base);
    return blend<S>(kink < usage, start + literal<S>(slope1) + literal<S>(slope2) * (usage - kink) / literal<S>(above),
                    start + literal<S>(slope1) * usage / literal<S>(below));
  }
};

/// What an Aave reserve holds and is owed, all in one unit of the token.
struct aave_reserve_state {
  double available = 0.0;    ///< liquidity not lent out; from v3.1 on the virtual balance
  double unbacked = 0.0;     ///< minted through the portal without liquidity
  double stable_debt = 0.0;  ///< until v3.1
  double variable_debt = 0.0;
  double average_stable_rate = 0.0;  ///< per year
  basis_points reserve_factor{};     ///< the treasury's share of the interest

  /// @errors not_finite, negative_amount, bad_configuration (a reserve factor above 100 %)
  [[nodiscard]] constexpr errc validate() const noexcept {
    for (const double x :
         {available, unbacked, stable_debt, variable_debt, average_stable_rate, reserve_factor.count}) {
      if (!is_finite(x)) return errc::not_finite;
      if (x < 0.0) return errc::negative_amount;
    }
    return reserve_factor.count <= 1e4 ? errc::ok : errc::bad_configuration;
  }
};

/// Rates per year.
struct aave_rates {
  double liquidity = 0.0;  ///< what suppliers earn, for the linear supply index
  double variable_borrow = 0.0;
  double stable_borrow = 0.0;  ///< of a new stable loan; 0 where the strategy has none
};

namespace detail {

/// Interest of all debt, less the treasury's share, spread over all supply.
constexpr double liquidity_rate(const aave_reserve_state& s, double variable_rate) noexcept {
  const double supplied = s.available + s.stable_debt + s.variable_debt + s.unbacked;
  const double interest = s.variable_debt * variable_rate + s.stable_debt * s.average_stable_rate;
  return supplied > 0.0 ? interest / supplied * s.reserve_factor.complement() : 0.0;
}

}  // namespace detail

/// @brief The interest rate strategy of Aave until v3.1, with its stable rate.
///
/// Formula   stable = slope1 + offset, and the stable slopes up the same kink; above the optimal share of stable debt
///           + excess offset · (share − optimal share)/(1 − optimal share)
///           liquidity = (variable debt · variable + stable debt · its average) / (available + debt + unbacked)
///                       · (1 − reserve factor)
/// Within 10⁻¹⁴ relative or 3·10⁻²⁷ of the contract, which rounds some ten steps half up at 10⁻²⁷. Its liquidity rate
/// comes from interest in whole 10⁻⁹ of the token's smallest unit, two of them rounded half up: 10⁻⁹ / (supply in
/// smallest units) more, which shows for reserves of less than a cent.
/// @source aave-v3-core 1.19 DefaultReserveInterestRateStrategy.sol
struct aave_rate_strategy {
  kinked_rate variable{};  ///< per year
  double stable_slope1 = 0.0;
  double stable_slope2 = 0.0;
  double base_stable_offset = 0.0;
  double stable_excess_offset = 0.0;
  double optimal_stable_share = 1.0;  ///< of the debt that is stable, in [0, 1]

  /// @errors not_finite, negative_amount, bad_configuration; also bad_configuration for an optimal usage of 0 at no
  /// usage, where the contract divides by zero
  [[nodiscard]] constexpr result<aave_rates> rates(const aave_reserve_state& s) const noexcept {
    const kinked_rate stable{variable.optimal_usage, variable.slope1 + base_stable_offset, stable_slope1,
                             stable_slope2};
    const kinked_rate excess{optimal_stable_share, 0.0, 0.0, stable_excess_offset};
    if (const errc e = variable.validate(); e != errc::ok) return e;
    if (const errc e = stable.validate(); e != errc::ok) return e;
    if (const errc e = excess.validate(); e != errc::ok) return e;
    if (!(base_stable_offset >= 0.0)) return errc::bad_configuration;
    if (const errc e = s.validate(); e != errc::ok) return e;
    const double debt = s.stable_debt + s.variable_debt;
    const double usage = debt > 0.0 ? debt / (s.available + debt) : 0.0;
    const double stable_share = debt > 0.0 ? s.stable_debt / debt : 0.0;
    if (!(variable.optimal_usage > 0.0) && !(usage > 0.0)) return errc::bad_configuration;
    aave_rates r;
    r.variable_borrow = variable.at(usage);
    r.stable_borrow = stable.at(usage) + excess.at(stable_share);
    r.liquidity = detail::liquidity_rate(s, r.variable_borrow);
    return r;
  }
};

/// @brief The interest rate strategy of Aave from v3.1 on: one kink, configured in whole basis points.
///
/// Within 10⁻¹⁴ relative or 3·10⁻²⁷ of the contract.
/// @source aave-v3-origin 3.6 DefaultReserveInterestRateStrategyV2.sol
struct aave_rate_strategy_v2 {
  basis_points optimal_usage{};
  basis_points base{};  ///< per year, as the slopes
  basis_points slope1{};
  basis_points slope2{};

  [[nodiscard]] constexpr kinked_rate curve() const noexcept {
    return {optimal_usage.fraction(), base.fraction(), slope1.fraction(), slope2.fraction()};
  }

  /// @errors not_finite, negative_amount, bad_configuration (also for stable debt, which this strategy does not know)
  [[nodiscard]] constexpr result<aave_rates> rates(const aave_reserve_state& s) const noexcept {
    if (const errc e = curve().validate(); e != errc::ok) return e;
    if (const errc e = s.validate(); e != errc::ok) return e;
    if (s.stable_debt > 0.0) return errc::bad_configuration;
    const double debt = s.variable_debt;
    aave_rates r;
    r.variable_borrow = curve().at(debt > 0.0 ? debt / (s.available + debt) : 0.0);
    r.liquidity = detail::liquidity_rate(s, r.variable_borrow);
    return r;
  }
};

/// @brief How much of a Comet market is lent out; above 1 where debts have outgrown supply, 0 without supply.
/// Formula   present borrow / present supply
/// @return   the contract floors at 10⁻¹⁸: within one such unit, besides 10⁻¹⁴ relative
/// @source   comet Comet.sol getUtilization
template <Scalar S>
constexpr S comet_utilisation(const S& present_supply, const S& present_borrow) noexcept(std::floating_point<S>) {
  const S zero = literal<S>(0.0);
  const mask_t<S> supplied = zero < present_supply;
  return blend<S>(supplied, present_borrow / blend<S>(supplied, present_supply, literal<S>(1.0)), zero);
}

/// @brief One of Comet's two curves, supply or borrow, each with its own kink: rates per second.
///
/// Formula   base + ⌊low · min(u, kink)⌋ + ⌊high · max(0, u − kink)⌋, floors in units of 10⁻¹⁸ a second
/// A rate has nine or ten digits at that scale, so the floors are kept: within 10⁻¹⁴ relative of the contract, or one
/// unit of 10⁻¹⁸ where a term lies so close to a whole one that the doubles fall on its other side.
/// The fields are what the contract's own getters say, divided by 10¹⁸ (yearly settings were floored when it was
/// deployed).
/// @source comet Comet.sol getSupplyRate, getBorrowRate
struct comet_rate_curve {
  double kink = 1.0;
  double base = 0.0;
  double slope_low = 0.0;   ///< per unit of utilisation
  double slope_high = 0.0;  ///< per unit of utilisation beyond the kink

  /// @errors not_finite, negative_amount (a utilisation below 0), bad_configuration (a negative field)
  [[nodiscard]] result<double> at(double utilisation) const noexcept {
    for (const double x : {kink, base, slope_low, slope_high, utilisation})
      if (!is_finite(x)) return errc::not_finite;
    if (kink < 0.0 || base < 0.0 || slope_low < 0.0 || slope_high < 0.0) return errc::bad_configuration;
    if (utilisation < 0.0) return errc::negative_amount;
    constexpr double scale = 1e18;
    const double low = detail::whole_units(slope_low * smaller(utilisation, kink) * scale);
    const double high = detail::whole_units(slope_high * larger(utilisation - kink, 0.0) * scale);
    return base + (low + high) / scale;
  }
};

}  // namespace trimtab::health
