// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/basis_points.hpp>
#include <trimtab/preset/threshold.hpp>
#include <trimtab/trigger/concept.hpp>

namespace trimtab::preset {

/// @brief One order of Oasis (Summer.fi) automation on a Maker vault: basic sell below a collateral ratio, or basic buy
/// above one. Ratios are collateral over debt, in whole basis points as the contract stores them.
/// @source OasisDEX/automation-smartcontracts, commit 421cf5a: MakerBasicSellCommandV2.sol, MakerBasicBuyCommandV2.sol
struct oasis_order {
  basis_points execution{};       ///< collateral ratio at the next price, below (sell) or from which on (buy) it acts
  basis_points target{};          ///< collateral ratio to come to
  basis_points deviation{100.0};  ///< of the target: how far from it the vault may end, at least 50
  double least_price = 0.0;       ///< a sell only with the next price above it
  double most_price = infinity;   ///< a buy only with the next price up to it
  double most_base_fee_gwei = infinity;  ///< no execution above it
  double most_coverage = infinity;       ///< DAI that may be drawn from the vault to pay for the transaction
  basis_points max_slippage{200.0};  ///< of the swap, in the call data: the contracts ask for nothing but the deviation
  bool asks_venue = true;            ///< whoever executes sizes by a quote, and not by the oracle alone

  static constexpr double least_deviation = 50.0;

  [[nodiscard]] constexpr double offset() const noexcept { return whole_part(target.count * deviation.count / 1e4); }
  /// The ends of where the vault may be afterwards. Formula   target ∓ ⌊target·deviation⌋
  [[nodiscard]] constexpr basis_points lower() const noexcept { return {target.count - offset()}; }
  [[nodiscard]] constexpr basis_points upper() const noexcept { return {target.count + offset()}; }
};

/// @brief Does the contract register this order?
///
/// Sell: execution ≤ lower. Buy: execution > upper, and lower above the liquidation ratio; a sell is not asked for
/// that. Both: deviation ≥ 50 basis points.
/// @errors not_finite, bad_configuration
constexpr errc validate(const oasis_order& o, direction towards, double liquidation_ratio) noexcept {
  if (!is_finite(o.execution.count) || !is_finite(o.target.count) || !is_finite(o.deviation.count) ||
      !is_finite(liquidation_ratio))
    return errc::not_finite;
  if (o.least_price != o.least_price || o.most_price != o.most_price || o.most_base_fee_gwei != o.most_base_fee_gwei)
    return errc::not_finite;
  if (!(o.execution.count >= 0.0 && o.execution.count < 1e9 && o.target.count >= 0.0 && o.target.count < 1e9) ||
      !(o.deviation.count >= oasis_order::least_deviation && o.deviation.count <= 1e4) || !(o.most_coverage >= 0.0))
    return errc::bad_configuration;
  const bool sound = towards == direction::deleverage
                         ? o.execution.count <= o.lower().count
                         : o.execution.count > o.upper().count && above(o.lower().fraction(), liquidation_ratio);
  return sound ? errc::ok : errc::bad_configuration;
}

/// @brief Does the validator take a buy and a sell as one group (constant multiple)? Both must share coverage, fee cap,
/// deviation and target. @errors bad_configuration
/// @source ConstantMultipleValidator.sol
constexpr errc validate_pair(const oasis_order& buy, const oasis_order& sell) noexcept {
  const bool same = buy.most_coverage == sell.most_coverage && buy.most_base_fee_gwei == sell.most_base_fee_gwei &&
                    buy.deviation == sell.deviation && buy.target == sell.target;
  return same ? errc::ok : errc::bad_configuration;
}

/// @brief What `isExecutionLegal` says of a vault, the base fee apart. Ratio and price are those of the next price.
/// @errors (in this order) overflow (a sell with the ratio below 1: the contract subtracts below zero and reverts);
/// bad_configuration (a sell whose upper end is not above 1); inside_band (the ratio is not beyond the execution
/// ratio); cost_exceeds_limit (the price limit); dust (a sell whose debt afterwards would not exceed the least debt);
/// unhealthy_step (a buy whose target at the next price is at or below the liquidation ratio at the current one)
struct oasis_vault {
  double ratio = 0.0;  ///< collateral over debt at the next price; 0 without debt
  double next_price = 0.0;
  double price = 0.0;
  double debt = 0.0;  ///< DAI
  double dust = 0.0;  ///< least debt, DAI
  double liquidation_ratio = 1.5;

  [[nodiscard]] constexpr errc may(const oasis_order& o, direction towards) const noexcept {
    if (!(ratio == ratio)) return errc::not_finite;
    if (towards == direction::deleverage) {
      const double upper = o.upper().fraction();
      if (below(ratio, 1.0) && debt > 0.0) return errc::overflow;
      if (!(upper > 1.0)) return errc::bad_configuration;
      if (!below(ratio, o.execution.fraction())) return errc::inside_band;
      if (!above(next_price, o.least_price)) return errc::cost_exceeds_limit;
      // debt·(ratio − 1)/(upper − 1) > dust, without the cancellation near a ratio of 1
      return above(ratio, 1.0 + dust * (upper - 1.0) / debt) ? errc::ok : errc::dust;
    }
    if (below(ratio, o.execution.fraction())) return errc::inside_band;
    if (above(next_price, o.most_price)) return errc::cost_exceeds_limit;
    return above(o.target.fraction() * price / next_price, liquidation_ratio) ? errc::ok : errc::unhealthy_step;
  }
};

}  // namespace trimtab::preset
