// SPDX-License-Identifier: MIT
#pragma once

namespace trimtab::health {

/// @brief A trove as stored, and what the redistributions since have added to it.
/// Formula   pending = stake·(L − L at the last update)
/// @source liquity/dev, TroveManager.sol getPendingETHReward, getEntireDebtAndColl; each product rounded down to 10⁻¹⁸.
/// The differences of the accumulators are taken here: give them as doubles that still tell the two apart.
struct liquity_trove {
  double collateral = 0.0;
  double debt = 0.0;  ///< composite: with the gas compensation
  double stake = 0.0;
  double collateral_snapshot = 0.0;  ///< L_ETH at the last update
  double debt_snapshot = 0.0;        ///< L_LUSDDebt at the last update

  [[nodiscard]] constexpr double entire_collateral(double accumulated) const noexcept {
    return collateral + stake * (accumulated - collateral_snapshot);
  }
  [[nodiscard]] constexpr double entire_debt(double accumulated) const noexcept {
    return debt + stake * (accumulated - debt_snapshot);
  }
};

/// Who takes what of a liquidated trove, v1 or v2, whole tokens.
struct liquity_split {
  double gas_compensation = 0.0;  ///< collateral, to the caller
  double debt_offset = 0.0;       ///< by the stability pool
  double collateral_to_pool = 0.0;
  double debt_redistributed = 0.0;  ///< to all other troves
  double collateral_redistributed = 0.0;
  double surplus = 0.0;  ///< collateral that the owner may claim
};

}  // namespace trimtab::health
