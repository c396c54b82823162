// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/basis_points.hpp>
#include <trimtab/health/concept.hpp>
#include <trimtab/preset/threshold.hpp>
#include <trimtab/trigger/concept.hpp>

#include <cstdint>
#include <limits>

namespace trimtab::preset {

/// @brief DeFi Saver's safety ratio: what could be owed over what is owed, with borrowing powers (LTV) and not with
/// liquidation thresholds.
///
/// Formula   (D + A)/D, A = max(0, C·⌊average LTV, basis points⌋ − D), the average weighted with value
/// @param borrow_health Σ LTV·value / D, of a form that `as_defi_saver_sees` has made; @param collateral_value C;
/// @param debt_value D, both unweighted, base currency
/// @return at least 1; 0 without debt, which to the contracts is no ratio at all; NaN of what is no such account
/// @source defisaver/defisaver-v3-contracts, commit ef03f10: AaveV3RatioHelper.sol
constexpr double safety_ratio(double borrow_health, double collateral_value, double debt_value) noexcept {
  if (debt_value == 0.0) return 0.0;
  if (collateral_value == 0.0) return 1.0;
  const double ltv = borrow_health * (debt_value / collateral_value);
  if (!(ltv >= 0.0 && ltv <= 1e6)) return std::numeric_limits<double>::quiet_NaN();
  const double ratio = whole_part(ltv * 1e4) / 1e4 * (collateral_value / debt_value);
  return ratio < 1.0 ? 1.0 : ratio;
}

/// @brief A model of Aave's kind as DeFi Saver looks at it: a collateral whose LTV has been set to 0 counts with its
/// liquidation threshold less 5 %.
///
/// Only the borrow form differs, and it is no licence to borrow: where it promises more than the protocol lends, a
/// boost is proposed that the protocol reverts. That is so in production too.
/// @source AaveV3RatioHelper.sol, LTV_ZERO_OFFSET
template <HealthModel M>
struct as_defi_saver_sees : M {
  static constexpr basis_points below_threshold{500.0};

  template <Scalar S, std::size_t N>
  constexpr form<S, N> borrow_form(const account<N>& a) const noexcept(std::floating_point<S>) {
    form<S, N> f = M::template borrow_form<S>(a);
    const form<S, N> liquidation = M::template liquidation_form<S>(a);
    const S offset = literal<S>(below_threshold.fraction()), zero = literal<S>(0.0);
    for (const term<S>& threshold : liquidation.collateral)
      if (auto* t = f.collateral.find(threshold.asset))
        t->weight = blend<S>(t->weight == zero, larger<S>(zero, threshold.weight - offset), t->weight);
    return f;
  }
};

/// What a strategy asks of the ratio when it has traded.
enum class ratio_check : std::uint8_t {
  improved,            ///< `AaveV3RatioCheck`: the right way, and no further than 0.05 beyond the target
  improved_and_there,  ///< the same, and a repay must come to within 0.05 of its target, which that contract forgets
  within_five_points,  ///< `AaveV3OpenRatioCheck`: within 0.05 of the target, from whichever side
};

/// @brief Safety ratios at which the two strategies act, and to which they go.
struct defi_saver_settings {
  double repay_below = 0.0;  ///< 0: never repays
  double repay_to = 0.0;
  double boost_above = infinity;  ///< infinity: never boosts
  double boost_to = 0.0;
  ratio_check check = ratio_check::improved;
  double fee_divider = 2000.0;  ///< the service takes 1/divider of the amount; below 2000 counts as 2000, 0 is none
  basis_points max_slippage{200.0};
  bool asks_venue = true;  ///< the bot sizes by a quote, and not by the oracle alone

  static constexpr double ratio_offset = 0.05;
  static constexpr double unchecked_from = 9.99;  ///< targets at which `within_five_points` checks nothing
  static constexpr double sane_gas_price = 1e-6;  ///< native per gas unit: 1000 gwei, more is not charged
  static constexpr double least_fee_divider = 2000.0;

  /// The contracts check nothing of this; what is refused could never pass their own checks after a trade.
  /// @errors bad_configuration
  [[nodiscard]] constexpr errc validate() const noexcept {
    const bool repays = repay_below == 0.0 || (repay_below > 1.0 && repay_to >= repay_below && repay_to < infinity);
    const bool boosts = boost_above == infinity || (boost_above > 1.0 && boost_to > 1.0 && boost_to <= boost_above);
    const bool pays = fee_divider >= 0.0 && fee_divider < infinity;
    return repays && boosts && pays && repay_below <= boost_above ? errc::ok : errc::bad_configuration;
  }
};

/// @brief What is taken out of an amount for gas and service. Formula   min(gas, amount/5) + amount/max(divider, 2000)
/// @param gas the transaction's price, in the same tokens
/// @source GasFeeTaker.sol `_takeFee`, GasFeeHelper.sol
constexpr double defi_saver_fee(double amount, double gas, double fee_divider) noexcept {
  const double service =
      fee_divider != 0.0 ? amount / larger(fee_divider, defi_saver_settings::least_fee_divider) : 0.0;
  return smaller(gas, amount / 5.0) + service;
}

/// @brief Would the check after a trade pass?
/// @errors would_worsen (not the right way), infeasible (too far beyond the target, or short of it where that is asked)
/// @source AaveV3RatioCheck.sol, AaveV3OpenRatioCheck.sol
constexpr errc after_trade(ratio_check check, direction towards, double start, double now, double target) noexcept {
  constexpr double offset = defi_saver_settings::ratio_offset;
  if (!(now == now) || !(start == start)) return errc::not_finite;
  const bool over = above(now, target + offset), under = below(now, target - offset);
  if (check == ratio_check::within_five_points) {
    if (!below(target, defi_saver_settings::unchecked_from)) return errc::ok;
    const bool there = target == 0.0 ? now == 0.0 : !over && !under;
    return there ? errc::ok : errc::infeasible;
  }
  if (towards == direction::deleverage) {
    if (!above(now, start)) return errc::would_worsen;
    return over || (under && check == ratio_check::improved_and_there) ? errc::infeasible : errc::ok;
  }
  if (!below(now, start)) return errc::would_worsen;
  return under ? errc::infeasible : errc::ok;
}

}  // namespace trimtab::preset
