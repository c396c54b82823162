// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/units.hpp>
#include <trimtab/health/concept.hpp>
#include <trimtab/health/health_factor.hpp>
#include <trimtab/health/one_pair.hpp>

#include <cmath>

namespace trimtab::health {

/// @brief A Fluid vault of type 1: one collateral, one debt, positions kept by the tick of their ratio.
///
/// Class linear, up to one tick. The contract compares integer ticks of debt per collateral in raw amounts, 0.15 %
/// apart, and puts a position on the tick above its ratio. So it liquidates, strictly, at some health between 1
/// and 1.0015 (at 1 and below for certain), and refuses a borrow or a withdrawal whose form here is between 1
/// and 1.0015. The tick itself depends on the vault's exchange prices: `rounding_bound` states the tolerance, and who
/// borrows keeps a tick away. The two oracle rates are slots of their own: operate for a borrow, liquidate for a
/// liquidation. Where the first were so much higher that a borrow would pass what the second liquidates, the model
/// refuses: no sound oracle of Fluid's quotes that.
///
/// Liquidation is of the whole vault, from the riskiest tick down to the threshold, never of one user. `liquidate` is
/// this position's part when the vault is liquidated all the way, or as far as the request: it ends at the threshold,
/// at health 1. No protocol fee. Above the maximum limit the vault absorbs the position whole before any liquidator
/// comes: `liquidate` refuses, `absorb` tells. Amounts below 10,000 smallest units are refused, also when operating.
/// @source fluid-contracts-public, vaultT1/coreModule/main.sol operate and liquidate, libraries/tickMath.sol, commit
/// a9949b4
struct fluid_t1 {
  static constexpr form_class kind = form_class::linear;
  static constexpr whole_repayment whole_debt = whole_repayment::by_max_value;  ///< vaultT1 main.sol operate
  static constexpr double tick_step = 0.0015;                                   ///< of the ratio
  static constexpr double smallest_units = 1e4;                                 ///< of an amount, smallest units

  asset_id collateral{};
  asset_id debt{};
  price_slot operate_slot{};    ///< collateral as the oracle's getExchangeRateOperate has it
  price_slot liquidate_slot{};  ///< collateral as getExchangeRateLiquidate has it
  price_slot debt_slot{};       ///< a constant 1 when prices are quoted in the debt asset
  basis_points collateral_factor{};
  basis_points threshold{};      ///< liquidation threshold
  basis_points maximum_limit{};  ///< liquidation max limit: above it positions are absorbed
  basis_points penalty{};        ///< what a liquidator is paid on top
  int collateral_decimals = 18;
  int debt_decimals = 18;

  /// @brief The tick of a ratio of raw debt to raw collateral, as a real number; the contract's is the integer below,
  /// and a position's the one above that. Formula   ln ratio / ln 1.0015
  /// @source   fluid-contracts-public, tickMath.sol getTickAtRatio
  [[nodiscard]] static double tick_of(double ratio) noexcept { return std::log(ratio) / std::log1p(tick_step); }

  /// @errors threshold_range, bad_configuration (a penalty that the maximum limit leaves no room for, one asset twice),
  /// asset_mismatch
  template <std::size_t N>
  constexpr errc validate(const account<N>& a) const noexcept {
    if (!(collateral_factor.count > 0.0 && collateral_factor.count <= threshold.count &&
          threshold.count <= maximum_limit.count && maximum_limit.count <= 1e4))
      return errc::threshold_range;
    if (!(penalty.count >= 0.0 && maximum_limit.fraction() * (1.0 + penalty.fraction()) < 1.0))
      return errc::bad_configuration;
    if (!(units::smallest(collateral_decimals) > 0.0 && units::smallest(debt_decimals) > 0.0))
      return errc::bad_configuration;
    if (collateral == debt) return errc::bad_configuration;
    return validate_pair(a, collateral, debt);
  }

  template <Scalar S, std::size_t N>
  constexpr form<S, N> liquidation_form(const account<N>& a) const noexcept(std::floating_point<S>) {
    return weighted_form<S>(a, threshold, liquidate_slot);
  }
  template <Scalar S, std::size_t N>
  constexpr form<S, N> borrow_form(const account<N>& a) const noexcept(std::floating_point<S>) {
    return weighted_form<S>(a, collateral_factor, operate_slot);
  }

  template <std::size_t N>
  constexpr bool may_withdraw(const account<N>&, asset_id) const noexcept {
    return true;
  }
  template <std::size_t N>
  constexpr bool may_borrow(const account<N>&, asset_id asset) const noexcept {
    return asset == debt;
  }
  [[nodiscard]] constexpr double minimum_debt(oracle_prices<double>) const noexcept { return 0.0; }
  [[nodiscard]] constexpr withdrawal_check withdrawal_checked_by() const noexcept {
    return withdrawal_check::borrow_form;
  }
  [[nodiscard]] constexpr boundary liquidation_boundary() const noexcept { return boundary::below_one; }

  /// Whether the borrow form is the stricter one: operate rate·CF ≤ liquidate rate·LT. @errors outside_validity
  template <std::size_t N>
  constexpr errc holds_at(const account<N>& a, oracle_prices<double> prices) const noexcept {
    if (a.find(collateral) == nullptr) return errc::ok;  // no form reads either rate
    const double operate = prices[operate_slot].value, liquidate_rate = prices[liquidate_slot].value;
    return operate * collateral_factor.count > liquidate_rate * threshold.count ? errc::outside_validity : errc::ok;
  }

  /// @brief Where the contract's threshold may be against the form's, relative: one tick.
  ///
  /// Besides, operating adds 10⁻⁹ of the debt and a unit, and stores collateral and dust debt in 56 bits, rounded down.
  template <std::size_t N>
  constexpr double rounding_bound(const account<N>& a, oracle_prices<double>) const noexcept {
    const holding *held = a.find(collateral), *owed = a.find(debt);
    if (held == nullptr || owed == nullptr || !(held->collateral > 0.0 && owed->debt > 0.0)) return 0.0;
    constexpr double uplift = 1e-9, stored = 2.0 * 0x1p-56;
    return tick_step + uplift + stored + 2.0 * units::smallest(debt_decimals) / owed->debt +
           2.0 * units::smallest(collateral_decimals) / held->collateral + 0x1p-50;
  }
  template <std::size_t N>
  constexpr basis_points bonus(const account<N>&, oracle_prices<double>, asset_id) const noexcept {
    return penalty;
  }

  /// @brief The position's part of a liquidation of the vault.
  /// Formula   at most (D − LT·C) / (1 − LT·(1 + penalty)) of debt value, which leaves it at the threshold
  /// @errors   asset_mismatch, negative_amount, outside_validity, not_liquidatable (above the maximum limit too),
  ///           not_finite, dust
  template <std::size_t N>
  constexpr result<liquidation_outcome> liquidate(const account<N>& a, oracle_prices<double> prices,
                                                  const liquidation_request& request) const noexcept {
    if (!(request.collateral == collateral) || !(request.debt == debt)) return errc::asset_mismatch;
    if (!(request.repay > 0.0)) return errc::negative_amount;
    if (const errc e = holds_at(a, prices); e != errc::ok) return e;
    const auto f = liquidation_form<double>(a);
    const double health = health_factor(f, prices);
    if (!liquidatable_at(liquidation_boundary(), health)) return errc::not_liquidatable;
    if (!(health < infinity)) return errc::not_finite;  // a NaN
    if (above_maximum(health)) return errc::not_liquidatable;
    if (request.repay < smallest_units * units::smallest(debt_decimals)) return errc::dust;
    const double held = a.find(collateral)->collateral, owed = a.find(debt)->debt;
    const double price = prices[debt_slot].value, paid = 1.0 + penalty.fraction();
    const double to_threshold = -headroom(f, prices) / (1.0 - threshold.fraction() * paid) / price;
    if (!(to_threshold > 0.0)) return errc::not_liquidatable;  // below it by nothing but the rounding of the quotient
    liquidation_outcome out;
    out.repaid = smaller(smaller(request.repay, owed), to_threshold);
    out.seized = smaller(held, out.repaid * (paid * price / prices[liquidate_slot].value));
    out.debt_left = owed - out.repaid;
    out.collateral_left = held - out.seized;
    return out;
  }

  /// @brief What the vault takes over from a position above its maximum limit: all of it. `repaid` is what the
  /// collateral is worth of the debt, `bad_debt` the rest; liquidators buy both from the vault later.
  /// @errors not_liquidatable (not above the limit), not_finite
  template <std::size_t N>
  constexpr result<liquidation_outcome> absorb(const account<N>& a, oracle_prices<double> prices) const noexcept {
    const double health = health_factor(liquidation_form<double>(a), prices);
    if (!liquidatable_at(liquidation_boundary(), health)) return errc::not_liquidatable;
    if (!(health < infinity)) return errc::not_finite;  // a NaN
    if (!above_maximum(health)) return errc::not_liquidatable;
    const holding* held = a.find(collateral);
    const double owed = a.find(debt)->debt;
    liquidation_outcome out;
    out.whole_account = true;
    out.seized = held == nullptr ? 0.0 : held->collateral;
    out.repaid = smaller(owed, out.seized * prices[liquidate_slot].value / prices[debt_slot].value);
    out.bad_debt = owed - out.repaid;
    return out;
  }

private:
  // Debt above maximum·value, with health = threshold·value / debt.
  [[nodiscard]] constexpr bool above_maximum(double health) const noexcept {
    return health * maximum_limit.count < threshold.count;
  }
  template <Scalar S, std::size_t N>
  constexpr form<S, N> weighted_form(const account<N>& a, basis_points weight, price_slot slot) const
      noexcept(std::floating_point<S>) {
    return pair_form<S>(a, {collateral, weight.fraction(), slot}, {debt, 1.0, debt_slot});
  }
};

}  // namespace trimtab::health
