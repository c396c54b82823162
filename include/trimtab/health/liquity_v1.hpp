// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/health/concept.hpp>
#include <trimtab/health/health_factor.hpp>
#include <trimtab/health/liquity_trove.hpp>
#include <trimtab/health/one_pair.hpp>

namespace trimtab::health {

/// @brief Liquity v1: one trove, judged by the state of the whole system.
///
///     ICR = collateral·price / debt      TCR = the same of all troves      recovery mode where TCR < CCR
///
/// Class global input: build it with `at(account, prices)` from the system's collateral, debt and stability pool.
/// Normal mode: liquidated where ICR < MCR. Recovery mode: also where MCR ≤ ICR < TCR and the pool holds the whole
/// debt. Both strict: equality is safe. So health = ICR / `liquidated_below`, which is TCR in the last case. ICR and
/// TCR move together, so ICR < TCR does not depend on the price, while that health does: it stands for the one price it
/// was built at, and the others for the prices of their mode (`valid_prices`). `holds_at` refuses everywhere else.
///
/// New debt and withdrawals. Normal mode: ICR ≥ MCR, the form, and TCR ≥ CCR afterwards, a limit of the whole system:
/// `borrow_room`, which a policy asks, and `collateral_room`. Recovery mode: no withdrawal, and new debt needs
/// ICR ≥ CCR and no lower than it was, so that nothing can be drawn against what is there. Net debt at least 1800.
/// The whole trove or nothing; the last one is never liquidated. Debt is composite, gas compensation and fees in it.
/// @source liquity/dev, TroveManager.sol _liquidateNormalMode, _liquidateRecoveryMode, _getCappedOffsetVals,
/// BorrowerOperations.sol _requireValidAdjustmentInCurrentMode, commit 39f1f7f
struct liquity_v1 {
  static constexpr form_class kind = form_class::global_input;

  asset_id collateral{};
  asset_id lusd{};
  price_slot collateral_slot{};
  price_slot lusd_slot{};  ///< a constant 1: the system counts a LUSD as a dollar

  double system_collateral = 0.0;  ///< entire, pending rewards in it
  double system_debt = 0.0;
  double stability_pool = 0.0;  ///< LUSD deposits
  bool last_trove = false;

  double mcr = 1.1;                   ///< minimum collateral ratio
  double ccr = 1.5;                   ///< critical collateral ratio of the system
  double min_net_debt = 1800.0;       ///< LUSD
  double gas_compensation = 200.0;    ///< LUSD in every debt, given to who liquidates
  basis_points collateral_gas{50.0};  ///< share of the liquidated collateral given to who liquidates

  // The piece: set by `at`.
  bool recovery_mode = false;
  double threshold = 1.1;  ///< the ICR below which this trove is liquidated

  /// @brief TCR. @return dimensionless; infinity without any debt
  [[nodiscard]] constexpr double system_ratio(oracle_prices<double> prices) const noexcept {
    return health_factor(system_collateral * prices[collateral_slot].value, system_debt * prices[lusd_slot].value);
  }
  /// A TCR that nobody can read is one of a system in trouble.
  [[nodiscard]] constexpr bool in_recovery(oracle_prices<double> prices) const noexcept {
    return !(system_ratio(prices) >= ccr);
  }
  /// The ICR below which this trove is liquidated at these prices.
  template <std::size_t N>
  constexpr double liquidated_below(const account<N>& a, oracle_prices<double> prices) const noexcept {
    const bool covered = debt_of(a) <= stability_pool;
    return in_recovery(prices) && covered ? larger(mcr, system_ratio(prices)) : mcr;
  }
  /// The model of this state of the system. The same again after every change of prices, system or trove.
  template <std::size_t N>
  constexpr liquity_v1 at(const account<N>& a, oracle_prices<double> prices) const noexcept {
    liquity_v1 piece = *this;
    if (!prices.has({collateral_slot, lusd_slot})) return piece;  // which the door refuses
    piece.recovery_mode = in_recovery(prices);
    piece.threshold = liquidated_below(a, prices);
    return piece;
  }
  /// @errors size_mismatch (a slot that only the system's ratio reads), outside_validity
  template <std::size_t N>
  constexpr errc holds_at(const account<N>& a, oracle_prices<double> prices) const noexcept {
    if (!prices.has({collateral_slot, lusd_slot})) return errc::size_mismatch;
    return recovery_mode == in_recovery(prices) && threshold == liquidated_below(a, prices) ? errc::ok
                                                                                            : errc::outside_validity;
  }
  /// @brief The prices of one slot at which the model that `at` gives here stays the system's, all else fixed; one
  /// price alone where TCR is the threshold. Ends are drawn in by 2⁻⁵⁰, so that the form holds at them too.
  template <std::size_t N>
  constexpr price_range valid_prices(const account<N>& a, oracle_prices<double> prices,
                                     price_slot slot) const noexcept {
    const double now = prices[collateral_slot].value, unit = prices[lusd_slot].value;
    const double at_one = system_debt * unit / system_collateral;  // TCR is 1 there
    price_range of_collateral{.low = now, .high = now};
    if (!in_recovery(prices)) {
      of_collateral = {.low = system_debt > 0.0 ? ccr * at_one * (1.0 + 0x1p-50) : 0.0};
    } else if (!(debt_of(a) <= stability_pool)) {
      of_collateral = {.high = ccr * at_one * (1.0 - 0x1p-50)};
    } else if (system_ratio(prices) <= mcr) {
      of_collateral = {.high = mcr * at_one * (1.0 - 0x1p-50)};
    }
    if (slot == collateral_slot) return of_collateral;
    if (!(slot == lusd_slot)) return {};
    return {.low = unit * (now / of_collateral.high),
            .high = of_collateral.low > 0.0 ? unit * (now / of_collateral.low) : infinity};
  }

  /// @brief LUSD that can be drawn before TCR falls to CCR, fee included; none in recovery mode.
  template <std::size_t N>
  constexpr double borrow_room(const account<N>&, oracle_prices<double> prices, asset_id) const noexcept {
    if (in_recovery(prices)) return 0.0;
    const double backed = system_collateral * prices[collateral_slot].value / (ccr * prices[lusd_slot].value);
    return larger(backed - system_debt, 0.0);
  }
  /// @brief Collateral that can be withdrawn before TCR falls to CCR; none in recovery mode.
  [[nodiscard]] constexpr double collateral_room(oracle_prices<double> prices) const noexcept {
    if (in_recovery(prices)) return 0.0;
    const double needed = ccr * system_debt * prices[lusd_slot].value / prices[collateral_slot].value;
    return larger(system_collateral - needed, 0.0);
  }

  /// @errors threshold_range (not 1 < MCR < CCR), bad_configuration (also a system smaller than its trove),
  /// asset_mismatch
  template <std::size_t N>
  constexpr errc validate(const account<N>& a) const noexcept {
    if (!(mcr > 1.0 && mcr < ccr && ccr < infinity)) return errc::threshold_range;
    if (!(threshold >= mcr && threshold <= ccr)) return errc::threshold_range;
    for (const double amount : {system_collateral, system_debt, min_net_debt, gas_compensation, collateral_gas.count})
      if (!(amount >= 0.0 && amount < infinity)) return errc::bad_configuration;
    if (!(stability_pool >= 0.0) || collateral_gas.count > 1e4 || collateral == lusd) return errc::bad_configuration;
    if (const errc e = validate_pair(a, collateral, lusd); e != errc::ok) return e;
    // A system that was never read would be one in normal mode.
    return system_collateral >= collateral_of(a) && system_debt >= debt_of(a) ? errc::ok : errc::bad_configuration;
  }

  template <Scalar S, std::size_t N>
  constexpr form<S, N> liquidation_form(const account<N>& a) const noexcept(std::floating_point<S>) {
    return over<S>(a, threshold);
  }
  /// In normal mode the limits of the whole system come on top: `borrow_room`, `collateral_room`.
  template <Scalar S, std::size_t N>
  constexpr form<S, N> borrow_form(const account<N>& a) const noexcept(std::floating_point<S>) {
    return over<S>(a, recovery_mode ? ccr : mcr);
  }
  /// Nothing leaves a trove in recovery mode.
  template <std::size_t N>
  constexpr bool may_withdraw(const account<N>& a, asset_id) const noexcept {
    return !recovery_mode || debt_of(a) <= 0.0;
  }
  /// In recovery mode a trove may be opened, but not drawn on.
  template <std::size_t N>
  constexpr bool may_borrow(const account<N>& a, asset_id asset) const noexcept {
    return asset == lusd && (!recovery_mode || debt_of(a) <= 0.0);
  }
  [[nodiscard]] constexpr double minimum_debt(oracle_prices<double> prices) const noexcept {
    return (min_net_debt + gas_compensation) * prices[lusd_slot].value;
  }
  [[nodiscard]] constexpr withdrawal_check withdrawal_checked_by() const noexcept {
    return withdrawal_check::borrow_form;
  }
  [[nodiscard]] constexpr boundary liquidation_boundary() const noexcept { return boundary::below_one; }

  /// What those who take the debt gain: the seized value over the debt. Negative where the trove is worth less.
  template <std::size_t N>
  constexpr basis_points bonus(const account<N>& a, oracle_prices<double> prices, asset_id) const noexcept {
    const double ratio = collateral_ratio(a, prices);
    return to_basis_points((ratio >= mcr ? mcr : ratio) - 1.0);
  }
  /// @brief The contract's ICR / threshold against the form, relative: ICR, and TCR where that is the threshold, are
  /// rounded down to 10⁻¹⁸, and sixteen roundings of 2⁻⁵³ are ours.
  template <std::size_t N>
  constexpr double rounding_bound(const account<N>& a, oracle_prices<double> prices) const noexcept {
    const double ratio = collateral_ratio(a, prices);
    return ratio > 0.0 && ratio < infinity ? 1e-18 / ratio + 1e-18 / threshold + 16.0 * 0x1p-53 : 0.0;
  }

  /// @brief Against `pool` LUSD: that much of the debt is offset, with its share of the collateral, and the rest
  /// redistributed.
  [[nodiscard]] constexpr liquity_split offset(double held, double owed, double pool) const noexcept {
    liquity_split out;
    out.gas_compensation = held * collateral_gas.fraction();
    const double rest = held - out.gas_compensation;
    out.debt_offset = smaller(owed, pool);
    out.collateral_to_pool = rest * (out.debt_offset / owed);
    out.debt_redistributed = owed - out.debt_offset;
    out.collateral_redistributed = rest - out.collateral_to_pool;
    return out;
  }
  /// @brief All debt offset for MCR times its worth of collateral; what is beyond stays the owner's. @pre ICR ≥ MCR
  /// @param price   LUSD per collateral
  [[nodiscard]] constexpr liquity_split capped(double held, double owed, double price) const noexcept {
    liquity_split out;
    const double taken = smaller(owed * mcr / price, held);
    out.gas_compensation = taken * collateral_gas.fraction();
    out.debt_offset = owed;
    out.collateral_to_pool = taken - out.gas_compensation;
    out.surplus = held - taken;
    return out;
  }
  /// What a liquidation now would do. @pre the trove is liquidatable at these prices
  template <std::size_t N>
  constexpr liquity_split split(const account<N>& a, oracle_prices<double> prices) const noexcept {
    const double held = collateral_of(a), owed = debt_of(a), ratio = collateral_ratio(a, prices);
    if (recovery_mode && ratio <= 1.0) return offset(held, owed, 0.0);
    if (ratio < mcr) return offset(held, owed, stability_pool);
    return capped(held, owed, prices[collateral_slot].value / prices[lusd_slot].value);
  }

  /// @brief The whole trove: `repaid` is its debt, `seized` what pool, other troves and caller get (see `split`),
  /// `collateral_left` the surplus that its owner may claim.
  /// @errors asset_mismatch, negative_amount, not_finite (a NaN), outside_validity, not_liquidatable (also the last
  /// trove), dust (a request for less than all)
  template <std::size_t N>
  constexpr result<liquidation_outcome> liquidate(const account<N>& a, oracle_prices<double> prices,
                                                  const liquidation_request& request) const noexcept {
    if (!(request.collateral == collateral) || !(request.debt == lusd)) return errc::asset_mismatch;
    if (!(request.repay > 0.0)) return errc::negative_amount;
    const double health = health_factor(liquidation_form<double>(a), prices);
    if (health != health || !is_finite(debt_of(a))) return errc::not_finite;  // before the mode, which is unread then
    if (const errc e = holds_at(a, prices); e != errc::ok) return e;
    if (last_trove || !liquidatable_at(liquidation_boundary(), health)) return errc::not_liquidatable;
    if (a.find(collateral) == nullptr) return errc::asset_mismatch;
    if (request.repay < debt_of(a)) return errc::dust;
    const liquity_split parts = split(a, prices);
    return liquidation_outcome{
        .repaid = debt_of(a), .seized = collateral_of(a) - parts.surplus, .collateral_left = parts.surplus};
  }

private:
  template <std::size_t N>
  constexpr double debt_of(const account<N>& a) const noexcept {
    const holding* h = a.find(lusd);
    return h == nullptr ? 0.0 : h->debt;
  }
  template <std::size_t N>
  constexpr double collateral_of(const account<N>& a) const noexcept {
    const holding* h = a.find(collateral);
    return h == nullptr ? 0.0 : h->collateral;
  }
  template <std::size_t N>
  constexpr double collateral_ratio(const account<N>& a, oracle_prices<double> prices) const noexcept {
    return health_factor(collateral_of(a) * prices[collateral_slot].value, debt_of(a) * prices[lusd_slot].value);
  }
  template <Scalar S, std::size_t N>
  constexpr form<S, N> over(const account<N>& a, double ratio) const noexcept(std::floating_point<S>) {
    return pair_form<S>(a, {collateral, 1.0 / ratio, collateral_slot}, {lusd, 1.0, lusd_slot});
  }
};

}  // namespace trimtab::health
