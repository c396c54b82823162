// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/result.hpp>
#include <trimtab/health/aave_rounding.hpp>
#include <trimtab/health/liquidation.hpp>
#include <trimtab/market/asset.hpp>

#include <cstdint>

namespace trimtab::health {

/// One reserve of an Aave V4 spoke.
struct aave_v4_reserve {
  asset_id asset{};
  price_slot collateral_slot{};
  price_slot debt_slot{};        ///< the same slot, unless each side's index is part of its price
  std::uint32_t latest_key = 0;  ///< of its configurations, what a borrow moves an account to
  int decimals = 18;             ///< for `rounding_bound` only
  bool borrowable = true;
};

/// One of the configurations that a collateral has had. An account keeps the one it was last moved to.
struct aave_v4_config {
  asset_id asset{};
  std::uint32_t key = 0;
  basis_points collateral_factor{};
  basis_points max_bonus{};     ///< beyond the repaid value: 600_bps where the contract stores 10600
  basis_points protocol_fee{};  ///< share of the bonus
};

/// Which configuration an account has for a collateral: its own `dynamicConfigKey`.
struct aave_v4_key {
  asset_id asset{};
  std::uint32_t key = 0;
};

/// How a spoke liquidates.
struct aave_v4_liquidation_config {
  double target_health = 1.0;
  double health_for_max_bonus = 0.9;
  basis_points bonus_factor{};  ///< share of the greatest bonus that is paid at a health of 1
  double dust_base = 1000.0;    ///< base currency; what may not be left of a side unless the other is gone

  /// @brief The bonus at a health factor below 1, whole basis points.
  /// Formula   b_max below h_max; above, b_min + ⌊(b_max − b_min)·(1 − HF) / (1 − h_max)⌋ with b_min = ⌊b_max·factor⌋
  [[nodiscard]] constexpr basis_points bonus_at(double health, basis_points max_bonus) const noexcept {
    if (!(health > health_for_max_bonus)) return max_bonus;
    const double least = whole_below(max_bonus.count * bonus_factor.fraction());
    const double below_one = larger(1.0 - health, 0.0) / (1.0 - health_for_max_bonus);
    return {least + whole_below((max_bonus.count - least) * below_one)};
  }
};

/// @errors threshold_range (factor outside [0, 1)), bad_configuration (factor·(1 + bonus) not below 1, bonus or fee)
constexpr errc validate(const aave_v4_config& c) noexcept {
  if (!(c.collateral_factor.count >= 0.0 && c.collateral_factor.count < 1e4)) return errc::threshold_range;
  const bool sound = c.max_bonus.count >= 0.0 &&
                     c.collateral_factor.fraction() * (1.0 + c.max_bonus.fraction()) < 1.0 &&
                     c.protocol_fee.count >= 0.0 && c.protocol_fee.count <= 1e4;
  return sound ? errc::ok : errc::bad_configuration;
}
/// @errors bad_configuration
constexpr errc validate(const aave_v4_liquidation_config& c) noexcept {
  const bool sound = c.target_health >= 1.0 && c.target_health < infinity && c.health_for_max_bonus >= 0.0 &&
                     c.health_for_max_bonus < 1.0 && c.bonus_factor.count >= 0.0 && c.bonus_factor.count <= 1e4 &&
                     c.dust_base >= 0.0;
  return sound ? errc::ok : errc::bad_configuration;
}

/// The two balances that a liquidator's call is about, and what the rule asks of the rest of the account.
struct aave_v4_liquidation {
  aave_v4_liquidation_config spoke{};
  aave_v4_config collateral{};  ///< the account's own
  double held = 0.0;            ///< collateral, whole tokens
  double owed = 0.0;            ///< debt with its premium, whole tokens
  double collateral_price = 0.0;
  double debt_price = 0.0;
  double health = 0.0;
  double all_debt_value = 0.0;  ///< of every reserve, base currency
  bool only_collateral = true;  ///< nothing else is enabled

  /// @brief Debt whose repayment brings health to the target, whole tokens; at or below a health of CF·(1 + b) none
  /// does, and this is at least all debt. Formula   D·(T − HF) / ((T − CF·(1 + b))·p)
  [[nodiscard]] constexpr double debt_to_target() const noexcept {
    const double lost = collateral.collateral_factor.fraction() * (1.0 + bonus().fraction());
    return all_debt_value * (spoke.target_health - health) / ((spoke.target_health - lost) * debt_price);
  }
  [[nodiscard]] constexpr basis_points bonus() const noexcept { return spoke.bonus_at(health, collateral.max_bonus); }

  /// @brief What is repaid and taken, for at most `repay` tokens of debt.
  ///
  /// Debt that would leave less than the dust is repaid whole, collateral that would is taken whole, both beyond the
  /// target. Fee = f·b / (1 + b) of what is seized.
  /// @errors   dust (that takes more than `repay`)
  /// @source   aave-v4, LiquidationLogic.sol _calculateLiquidationAmounts
  [[nodiscard]] constexpr result<liquidation_outcome> seize(double repay) const noexcept {
    const double b = bonus().fraction(), seized_per_repaid = (1.0 + b) * debt_price / collateral_price;
    liquidation_outcome out;
    out.repaid = smaller(smaller(owed, repay), debt_to_target());
    if (out.repaid < owed && (owed - out.repaid) * debt_price < spoke.dust_base) out.repaid = owed;
    out.seized = out.repaid * seized_per_repaid;
    const double left = held - out.seized;
    const bool leaves_dust = left > 0.0 && left * collateral_price < spoke.dust_base && out.repaid < owed;
    if (left < 0.0 || leaves_dust) {
      out.seized = held;
      out.repaid = smaller(owed, held / seized_per_repaid);
    }
    if (!(repay >= out.repaid)) return errc::dust;
    out.protocol_fee = out.seized * collateral.protocol_fee.fraction() * b / (1.0 + b);
    out.collateral_left = held - out.seized;
    out.debt_left = owed - out.repaid;
    if (out.collateral_left <= 0.0 && only_collateral) {
      out.bad_debt = out.debt_left;
      out.debt_left = 0.0;
      out.all_debt_written_off = true;
    }
    return out;
  }
};

}  // namespace trimtab::health
