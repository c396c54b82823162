// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/sizing/problem.hpp>

#include <cstdint>
#include <span>

namespace trimtab::sizing {

/// What a lender has of one asset, whole tokens.
struct flash_balance {
  asset_id asset{};
  double available = 0.0;
};

/// A contract that the trade may touch, by whatever number the caller lists it under; 0 is none.
using place = std::uint32_t;

/// Where the trade goes, for the lenders that may not be used twice.
struct touched_places {
  std::span<const place> venues{};  ///< the pools, or vaults of pools, that are traded with
  place protocol = 0;               ///< where the position is
};

/// @brief A contract that lends within one transaction: what it has, what it asks, and what it refuses meanwhile.
struct flash_source {
  place where = 0;
  basis_points premium{};  ///< of the loan
  std::span<const flash_balance> balances{};
  bool locked = false;     ///< while the loan is out it refuses all else: no trade with it, no step in it
  double gas_units = 0.0;  ///< on top of the transaction's

  /// @errors negative_amount, bad_configuration (a premium outside [0, 100 %]); a NaN of either too
  [[nodiscard]] constexpr errc validate() const noexcept {
    for (const flash_balance& b : balances)
      if (!(b.available >= 0.0)) return errc::negative_amount;
    if (!(gas_units >= 0.0 && gas_units < infinity)) return errc::negative_amount;
    return is_share(premium) ? errc::ok : errc::bad_configuration;
  }
  /// What it has of an asset; nothing of one it does not list.
  [[nodiscard]] constexpr double available(asset_id asset) const noexcept {
    for (const flash_balance& b : balances)
      if (b.asset == asset) return b.available;
    return 0.0;
  }
  /// Whether it may lend to a transaction that goes to these places: the reuse rule.
  [[nodiscard]] constexpr bool may_serve(const touched_places& touched) const noexcept {
    if (!locked || where == 0) return true;
    for (const place venue : touched.venues)
      if (venue == where) return false;
    return where != touched.protocol;
  }
};

/// Aave v3: 5 basis points as its markets are set up, and not locked. Where governance has changed it, set `premium`.
/// @source aave-v3-origin, MarketInput flashLoanPremiumTotal; Pool.sol flashLoan
constexpr flash_source aave_v3_flash(place pool, std::span<const flash_balance> balances) noexcept {
  return {.where = pool, .premium = {5.0}, .balances = balances};
}
/// Aave v2: 9 basis points. @source aave/protocol-v2, LendingPool.sol initialize
constexpr flash_source aave_v2_flash(place pool, std::span<const flash_balance> balances) noexcept {
  return {.where = pool, .premium = {9.0}, .balances = balances};
}
/// Balancer v2: no fee, but the vault of all its pools is locked: none of them can be traded with meanwhile.
/// @source balancer-v2-monorepo, FlashLoans.sol (nonReentrant), ProtocolFeesCollector.sol
constexpr flash_source balancer_v2_flash(place vault, std::span<const flash_balance> balances) noexcept {
  return {.where = vault, .balances = balances, .locked = true};
}
/// Morpho Blue: no fee, not locked; lends what it holds of all markets. @source morpho-blue, Morpho.sol flashLoan
constexpr flash_source morpho_flash(place morpho, std::span<const flash_balance> balances) noexcept {
  return {.where = morpho, .balances = balances};
}
/// A Uniswap v3 pool: its own swap fee, and locked. @source v3-core, UniswapV3Pool.sol flash
constexpr flash_source uniswap_v3_flash(place pool, basis_points pool_fee,
                                        std::span<const flash_balance> balances) noexcept {
  return {.where = pool, .premium = pool_fee, .balances = balances, .locked = true};
}
/// A Uniswap v2 pair, returned in the same token: the fee is on what comes in, so 3/997 of the loan; locked.
/// @source v2-core, UniswapV2Pair.sol swap
constexpr flash_source uniswap_v2_flash(place pair, std::span<const flash_balance> balances) noexcept {
  return {.where = pair, .premium = to_basis_points(3.0 / 997.0), .balances = balances, .locked = true};
}
/// Maker's flash mint: no fee, DAI only, up to its ceiling; not locked against its own vaults.
/// @source makerdao/dss-flash, flash.sol (toll, line)
constexpr flash_source maker_flash_mint(place flash, std::span<const flash_balance> dai_ceiling) noexcept {
  return {.where = flash, .balances = dai_ceiling};
}

/// @brief A problem as it is with a loan from this source.
///
/// The loan comes out of what the source has, not out of what the problem's reserves say. Collateral lent by the very
/// reserve that the position is withdrawn from is missing there until it is returned: x lent and x·(1 + f) withdrawn
/// must both be there, so that its liquidity counts for (1 + f)/(2 + f).
template <class V, std::size_t N>
constexpr problem<V, N> funded(problem<V, N> p, const flash_source& by, funding_mode mode,
                               const touched_places& touched) noexcept {
  p.funding = {mode, by.premium};
  p.gas.transaction_gas += by.gas_units;
  reserve_limits& lent = mode == funding_mode::flash_debt ? p.debt_limits : p.collateral_limits;
  lent.flash_loan_enabled = by.may_serve(touched);
  lent.flash_loan_available = by.available(mode == funding_mode::flash_debt ? p.debt : p.collateral);
  if (mode == funding_mode::flash_collateral && by.where != 0 && by.where == touched.protocol) {
    const double f = by.premium.fraction();
    lent.withdrawable *= (1.0 + f) / (2.0 + f);
  }
  return p;
}

}  // namespace trimtab::sizing
