// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/basis_points.hpp>
#include <trimtab/core/math.hpp>
#include <trimtab/health/form.hpp>

#include <cstdint>

namespace trimtab {

/// Whether an account exactly at health factor 1 may be liquidated. Protocols differ, and their documents are wrong
/// about it at times.
enum class boundary : std::uint8_t {
  below_one,        ///< strict: equality is healthy (Aave, Morpho, Compound, Maker)
  at_or_below_one,  ///< equality is liquidatable (Euler, Kamino)
};

/// Is an account of this health liquidatable? A NaN is: what nobody can read must never pass for safe. Liquidation
/// itself refuses one as errc::not_finite.
constexpr bool liquidatable_at(boundary b, double health) noexcept {
  return b == boundary::below_one ? !(health >= 1.0) : !(health > 1.0);
}

/// Which form a protocol asks when collateral leaves: the one that liquidates (Aave, Morpho) or the stricter one
/// (Compound).
enum class withdrawal_check : std::uint8_t { liquidation_form, borrow_form };

/// A liquidator's call: which debt to repay, which collateral to seize, how much at most.
struct liquidation_request {
  asset_id debt{};
  asset_id collateral{};
  double repay = infinity;  ///< whole tokens of debt; infinity: as much as the protocol allows
};

/// What the protocol makes of it, whole tokens.
struct liquidation_outcome {
  double repaid = 0.0;           ///< debt paid off, by the liquidator or (Compound) by the protocol
  double seized = 0.0;           ///< collateral taken from the account, protocol fee included
  double protocol_fee = 0.0;     ///< collateral, the part of `seized` that goes to the protocol
  double bad_debt = 0.0;         ///< debt of this asset left with no collateral behind it, written off
  double debt_left = 0.0;        ///< debt of this asset that the account still owes
  double collateral_left = 0.0;  ///< collateral of this asset that the account still has, claimable surplus included
  bool whole_account = false;    ///< every collateral has been taken, not only the one asked for (Compound)
  bool all_debt_written_off = false;  ///< what is owed of other assets goes too: as bad debt (Aave), or taken over
  double credited = 0.0;  ///< what the account is given where the collateral was worth more than the debt…
  asset_id credited_asset{0xffff'ffff};  ///< …in this asset; in that of the debt where none is named
};

/// @brief Debt against collateral at a fixed rate: at most `repay` and at most what is held.
/// @return repaid, seized and collateral_left; the rest is the protocol's
constexpr liquidation_outcome exchange(double repay, double held, double seized_per_repaid) noexcept {
  liquidation_outcome out{.repaid = repay, .seized = repay * seized_per_repaid};
  if (out.seized >= held) {
    out.seized = held;
    out.repaid = held > 0.0 ? smaller(out.repaid, held / seized_per_repaid) : 0.0;  // also at a rate that underflowed
  }
  out.collateral_left = held - out.seized;
  return out;
}

/// @brief Does a liquidation at this bonus raise health? Below the limit each one makes the account sicker.
/// Formula   HF > LT·(1 + b)
/// @source   reference: Warmuz, Chaudhary, Pinna 2022, "Toxic liquidation spirals" (arXiv 2212.07306)
constexpr bool liquidation_improves_health(double health, double threshold, basis_points bonus) noexcept {
  return health > threshold * (1.0 + bonus.fraction());
}

/// @brief Does a full liquidation leave debt behind? Formula   C < (1 + b)·D with unweighted values, base currency
constexpr bool liquidation_leaves_bad_debt(double collateral_value, double debt_value, basis_points bonus) noexcept {
  return collateral_value < (1.0 + bonus.fraction()) * debt_value;
}

}  // namespace trimtab
