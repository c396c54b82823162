// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/result.hpp>
#include <trimtab/health/aave_v3_config.hpp>
#include <trimtab/health/liquidation.hpp>

namespace trimtab::health {

/// The two balances that a call of an Aave V3 liquidator is about, and what the rule asks of the rest of the account.
struct aave_v3_liquidation {
  aave_v3_release release = aave_v3_release::v3_7;
  aave_v3_close_factor close_factor{};
  double held = 0.0;  ///< collateral, whole tokens
  double owed = 0.0;  ///< debt, whole tokens
  double collateral_price = 0.0;
  double debt_price = 0.0;
  basis_points bonus{};
  basis_points protocol_fee{};
  double health = 0.0;
  double all_debt_value = 0.0;  ///< of every reserve, base currency
  bool only_collateral = true;  ///< nothing else of worth is enabled

  /// @brief The most that one call may repay, whole tokens.
  ///
  /// At a health of exactly 0.95 everything. Up to v3.2 the share is of this reserve's debt, and everything may be
  /// closed at 0.95 only; since v3.3 it is of the whole position, and a side below 2000 may be closed at any health.
  [[nodiscard]] constexpr double closable() const noexcept {
    const bool floors = release >= aave_v3_release::v3_3;
    const bool small =
        held * collateral_price < close_factor.full_below_base || owed * debt_price < close_factor.full_below_base;
    if (health <= close_factor.full_at_or_below || (floors && small)) return owed;
    const double share = close_factor.partial.fraction();
    return floors ? smaller(owed, all_debt_value * share / debt_price) : owed * share;
  }

  /// @brief What is repaid and taken, for at most `repay` tokens of debt.
  ///
  /// Formula   seized = repaid·(1 + b)·p_debt / p_collateral, at most what is held; fee = f·(seized − seized / (1 + b))
  /// @errors   dust (since v3.3: something is left of both sides, and of one of them less than 1000)
  /// @source   aave-v3-origin, LiquidationLogic.sol, tags v3.1.0 (core), v3.2.0–v3.6.0, commit fd1fbd9
  [[nodiscard]] constexpr result<liquidation_outcome> seize(double repay) const noexcept {
    const bool writes_off = release >= aave_v3_release::v3_3;
    const double seized_per_repaid = (1.0 + bonus.fraction()) * debt_price / collateral_price;
    liquidation_outcome out = exchange(smaller(repay, closable()), held, seized_per_repaid);
    out.protocol_fee = (out.seized - out.seized / (1.0 + bonus.fraction())) * protocol_fee.fraction();
    const double debt_left = owed - out.repaid;
    if (writes_off && out.collateral_left <= 0.0 && only_collateral) {
      out.bad_debt = debt_left;
      out.all_debt_written_off = true;
    }
    out.debt_left = debt_left - out.bad_debt;
    if (writes_off && debt_left > 0.0 && out.collateral_left > 0.0 &&
        (debt_left * debt_price < close_factor.minimum_leftover_base ||
         out.collateral_left * collateral_price < close_factor.minimum_leftover_base))
      return errc::dust;
    return out;
  }
};

}  // namespace trimtab::health
