// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/basis_points.hpp>
#include <trimtab/core/errc.hpp>
#include <trimtab/core/scalar.hpp>
#include <trimtab/core/units.hpp>
#include <trimtab/market/asset.hpp>

#include <cstddef>
#include <cstdint>

namespace trimtab::health {

/// @brief Which rules a pool runs, each named after the first release that has them.
/// @source aave-v3-origin, tags v3.1.0–v3.6.0 and commit fd1fbd9 (v3.7); @aave/core-v3 1.19.3 (v3.0)
enum class aave_v3_release : std::uint8_t {
  v3_0,  ///< half of one reserve's debt, or all of it at HF ≤ 0.95; categories may price their assets; threshold
         ///< floored
  v3_2,  ///< categories are bitmaps and price nothing any more
  v3_3,  ///< half of the whole position, all of small ones, no dust; bad debt is written off
  v3_5,  ///< the threshold is averaged without a floor; values rounded against the borrower
  v3_6,  ///< a category's LTV is its own, whatever the reserve's
  v3_7,  ///< isolated categories; no isolated collateral, no siloed borrowing, no sequencer sentinel
};

/// @brief One reserve of an Aave V3 pool, as its configuration word has it. The last block ends with v3.6.
struct aave_v3_reserve {
  asset_id asset{};
  price_slot collateral_slot{};
  price_slot debt_slot{};  ///< the same slot, unless each side's index is part of its price
  basis_points ltv{};
  basis_points threshold{};      ///< liquidation threshold
  basis_points bonus{};          ///< liquidation bonus beyond the repaid value: 500_bps where the contract stores 10500
  basis_points protocol_fee{};   ///< share of the bonus
  int decimals = 18;             ///< for `rounding_bound` only
  bool borrowable = true;        ///< from v3.6 on asked outside categories only
  bool in_grace_period = false;  ///< (since v3.1) its `liquidationGracePeriodUntil` is not over: no liquidation

  /// (v3.0, v3.1) Where the category's price is, times this reserve's index if balances are scaled; no slot by default.
  price_slot emode_collateral_slot{0xffff};
  price_slot emode_debt_slot{0xffff};

  double debt_ceiling = 0.0;   ///< > 0: isolated collateral. What all accounts may borrow against it, debt tokens
  double isolated_debt = 0.0;  ///< what they have borrowed against it, debt tokens: the contract asks no price here
  bool borrowable_in_isolation = false;
  bool siloed = false;  ///< may only be the sole debt
};

/// @brief An efficiency-mode category. Bit i of a bitmap is reserve i of the model's table.
///
/// v3.0 and v3.1 have no bitmaps: set the first two to the category's assets.
struct aave_v3_emode {
  std::uint8_t id = 0;  ///< not 0, which is "no category"
  basis_points ltv{};
  basis_points threshold{};
  basis_points bonus{};
  std::uint64_t collateral_bitmap = 0;
  std::uint64_t borrowable_bitmap = 0;
  std::uint64_t ltv_zero_bitmap = 0;  ///< since v3.6
  bool price_source = false;          ///< v3.0, v3.1: its assets are priced at their `emode_…_slot`
  bool isolated = false;              ///< since v3.7: what is not in its collateral bitmap has LTV 0
};

/// @brief The numbers of the close factor: how much of a debt one call may repay. The release says of what, and whether
/// the two floors exist.
struct aave_v3_close_factor {
  basis_points partial{5000};
  double full_at_or_below = 0.95;         ///< health factor at which everything may be repaid
  double full_below_base = 2000.0;        ///< (since v3.3) a side smaller than this may be closed whole, base currency
  double minimum_leftover_base = 1000.0;  ///< (since v3.3) of either side, unless nothing is left of one
};

/// A reserve as an account of one category sees it.
struct aave_v3_terms {
  basis_points ltv{};
  basis_points threshold{};
  basis_points bonus{};
  price_slot collateral_slot{};
  price_slot debt_slot{};
};

/// Whether a bitmap has reserve i; none has one beyond its 64 bits.
constexpr bool has_reserve(std::uint64_t bitmap, std::size_t i) noexcept {
  return i < 64 && ((bitmap >> i) & 1U) != 0;
}

/// Whether the category prices its assets itself.
constexpr bool prices_its_assets(const aave_v3_emode& c, aave_v3_release release) noexcept {
  return c.price_source && release < aave_v3_release::v3_2;
}

/// @brief What counts of reserve i, its own numbers or the category's.
///
/// Up to v3.5 a reserve whose own threshold is 0 is no collateral, and one whose own LTV is 0 stays at LTV 0, whatever
/// the category says; since v3.6 the category's second bitmap says so.
/// @param c the account's category, one without bits where it is in none
/// @source aave-v3-origin, GenericLogic.sol calculateUserAccountData; ValidationLogic.sol getUserReserveLtv (since
/// v3.6)
constexpr aave_v3_terms terms_of(const aave_v3_reserve& r, std::size_t i, const aave_v3_emode& c,
                                 aave_v3_release release) noexcept {
  aave_v3_terms t{r.ltv, r.threshold, r.bonus, r.collateral_slot, r.debt_slot};
  const bool by_its_own = release < aave_v3_release::v3_6, priced = prices_its_assets(c, release);
  if (priced && has_reserve(c.borrowable_bitmap, i)) t.debt_slot = r.emode_debt_slot;
  if (!has_reserve(c.collateral_bitmap, i)) {
    if (c.isolated && release >= aave_v3_release::v3_7) t.ltv = {};
    return t;
  }
  if (priced) t.collateral_slot = r.emode_collateral_slot;
  t.bonus = c.bonus;
  if (!by_its_own || r.threshold.count > 0.0) t.threshold = c.threshold;
  t.ltv = (by_its_own ? !(r.ltv.count > 0.0) : has_reserve(c.ltv_zero_bitmap, i)) ? basis_points{} : c.ltv;
  return t;
}

/// @errors threshold_range (not 0 ≤ LTV ≤ threshold ≤ 100 %), bad_configuration
constexpr errc validate(const aave_v3_reserve& r) noexcept {
  if (!(0.0 <= r.ltv.count && r.ltv.count <= r.threshold.count && r.threshold.count <= 1e4))
    return errc::threshold_range;
  const bool sound =
      r.bonus.count >= 0.0 && r.bonus.count < infinity && is_share(r.protocol_fee) &&
      static_cast<unsigned>(r.decimals) <= static_cast<unsigned>(units::max_decimals) &&
      (r.debt_ceiling == 0.0 || (r.debt_ceiling > 0.0 && r.isolated_debt >= 0.0 && r.isolated_debt < infinity));
  return sound ? errc::ok : errc::bad_configuration;
}
/// @errors threshold_range, bad_configuration (an id of 0 too)
constexpr errc validate(const aave_v3_emode& c) noexcept {
  if (!(0.0 <= c.ltv.count && c.ltv.count <= c.threshold.count && c.threshold.count <= 1e4))
    return errc::threshold_range;
  return c.bonus.count >= 0.0 && c.bonus.count < infinity && c.id != 0 ? errc::ok : errc::bad_configuration;
}
/// @errors bad_configuration
constexpr errc validate(const aave_v3_close_factor& f) noexcept {
  const bool sound =
      is_share(f.partial) && f.full_at_or_below >= 0.0 && f.full_below_base >= 0.0 && f.minimum_leftover_base >= 0.0;
  return sound ? errc::ok : errc::bad_configuration;
}

}  // namespace trimtab::health
