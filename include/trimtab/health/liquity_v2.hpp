// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/time.hpp>
#include <trimtab/health/concept.hpp>
#include <trimtab/health/health_factor.hpp>
#include <trimtab/health/liquity_trove.hpp>
#include <trimtab/health/one_pair.hpp>

namespace trimtab::health {

/// @brief Liquity v2 (BOLD): one trove of one collateral branch. The defaults are the WETH branch; wstETH and rETH have
/// MCR 1.2, CCR 1.6, SCR 1.2 and a redistribution penalty of 20 %.
///
/// Class linear: liquidated where ICR < MCR, strict, whatever the state of the branch; there is no recovery mode. New
/// debt and withdrawals: ICR ≥ MCR, in a batch MCR + BCR, which is the borrow form; and afterwards TCR ≥ CCR, a limit
/// of the whole branch: `borrow_room`, which a policy asks, and `collateral_room`. Below CCR nothing is lent
/// that does not lift TCR to CCR again, and collateral leaves only against as much repaid debt. Below SCR anybody may
/// shut the branch down for good: then a trove can only be closed, and interest stops. The whole trove or nothing,
/// never the last one. Who takes the debt gets it plus a penalty in collateral, the rest is the owner's to claim. Debt
/// at least 2000 BOLD; the gas deposit is WETH kept apart and in no ratio.
///
/// @warning Liquidation is the smaller risk for many troves. A holder of BOLD may redeem it at face value against the
/// troves that pay the lowest interest, at any ICR of 100 % or more: collateral and debt leave together, the trove
/// loses its exposure and no health factor says so. What protects is the debt in front of it, of troves with lower
/// rates.
/// @source liquity/bold, TroveManager.sol _getOffsetAndRedistributionVals, BorrowerOperations.sol
/// _requireValidAdjustmentInCurrentMode, Dependencies/Constants.sol, commit 405f912
struct liquity_v2 {
  static constexpr form_class kind = form_class::linear;

  asset_id collateral{};
  asset_id bold{};
  price_slot collateral_slot{};
  price_slot bold_slot{};  ///< a constant 1: the system counts a BOLD as a dollar

  double mcr = 1.1;  ///< minimum collateral ratio
  double ccr = 1.5;  ///< critical ratio of the branch
  double scr = 1.1;  ///< shutdown ratio of the branch
  double bcr = 0.1;  ///< on top of MCR for new debt in a batch
  double min_debt = 2000.0;
  double gas_deposit = 0.0375;        ///< WETH, returned at closing, given to who liquidates
  basis_points collateral_gas{50.0};  ///< of the collateral that the pool takes, given to who liquidates ...
  double collateral_gas_cap = 2.0;    ///< ... and no more than this
  basis_points pool_penalty{500.0};
  basis_points redistribution_penalty{1000.0};

  bool in_batch = false;   ///< a batch manager sets this trove's rate
  bool shut_down = false;  ///< the branch has been
  bool last_trove = false;
  double branch_collateral = 0.0;
  double branch_debt = 0.0;
  double stability_pool = 0.0;  ///< BOLD for offsets: the deposits less the 1 BOLD that stays

  /// @brief Debt with the simple interest since its last update, batch management fee in the rate where there is one.
  /// Formula   recorded·(1 + rate·t/year); NaN before the update
  /// @source TroveManager.sol _getLatestTroveData, LiquityBase.sol _calcInterest; rounded down to 10⁻¹⁸
  static constexpr double debt_after(double recorded, basis_points annual_rate, seconds elapsed) noexcept {
    if (elapsed.count() < 0) return std::numeric_limits<double>::quiet_NaN();
    const double years = static_cast<double>(elapsed.count()) / static_cast<double>(year.count());
    return recorded + recorded * (annual_rate.fraction() * years);
  }

  /// TCR of the branch; infinity without any debt.
  [[nodiscard]] constexpr double branch_ratio(oracle_prices<double> prices) const noexcept {
    return health_factor(branch_collateral * prices[collateral_slot].value, branch_debt * prices[bold_slot].value);
  }
  /// Anybody may shut the branch down at these prices.
  [[nodiscard]] constexpr bool may_be_shut_down(oracle_prices<double> prices) const noexcept {
    return !(branch_ratio(prices) >= scr);
  }
  /// @brief BOLD that can be drawn before TCR falls to CCR, upfront fee included.
  template <std::size_t N>
  constexpr double borrow_room(const account<N>&, oracle_prices<double> prices, asset_id) const noexcept {
    const double backed = branch_collateral * prices[collateral_slot].value / (ccr * prices[bold_slot].value);
    return shut_down ? 0.0 : larger(backed - branch_debt, 0.0);
  }
  /// @brief Collateral that can be withdrawn before TCR falls to CCR, without repaying.
  [[nodiscard]] constexpr double collateral_room(oracle_prices<double> prices) const noexcept {
    const double needed = ccr * branch_debt * prices[bold_slot].value / prices[collateral_slot].value;
    return shut_down ? 0.0 : larger(branch_collateral - needed, 0.0);
  }

  /// @errors threshold_range (not 1 < MCR < CCR, SCR outside [1, CCR)), bad_configuration, asset_mismatch
  template <std::size_t N>
  constexpr errc validate(const account<N>& a) const noexcept {
    if (!(mcr > 1.0 && mcr < ccr && ccr < infinity && scr >= 1.0 && scr < ccr)) return errc::threshold_range;
    for (const double amount : {bcr, min_debt, gas_deposit, collateral_gas.count, collateral_gas_cap,
                                pool_penalty.count, redistribution_penalty.count, branch_collateral, branch_debt})
      if (!(amount >= 0.0 && amount < infinity)) return errc::bad_configuration;
    if (!(stability_pool >= 0.0) || collateral_gas.count > 1e4 || collateral == bold) return errc::bad_configuration;
    return validate_pair(a, collateral, bold);
  }

  template <Scalar S, std::size_t N>
  constexpr form<S, N> liquidation_form(const account<N>& a) const noexcept(std::floating_point<S>) {
    return over<S>(a, mcr);
  }
  /// The limits of the whole branch come on top: `borrow_room`, `collateral_room`.
  template <Scalar S, std::size_t N>
  constexpr form<S, N> borrow_form(const account<N>& a) const noexcept(std::floating_point<S>) {
    return over<S>(a, in_batch ? mcr + bcr : mcr);
  }
  template <std::size_t N>
  constexpr bool may_withdraw(const account<N>& a, asset_id) const noexcept {
    const holding* owed = a.find(bold);
    return !shut_down || owed == nullptr || owed->debt <= 0.0;
  }
  template <std::size_t N>
  constexpr bool may_borrow(const account<N>&, asset_id asset) const noexcept {
    return asset == bold && !shut_down;
  }
  /// At every price that there is. @errors size_mismatch (a slot that an account without a holding does not read)
  template <std::size_t N>
  constexpr errc holds_at(const account<N>&, oracle_prices<double> prices) const noexcept {
    return prices.has({collateral_slot, bold_slot}) ? errc::ok : errc::size_mismatch;
  }
  [[nodiscard]] constexpr double minimum_debt(oracle_prices<double> prices) const noexcept {
    return min_debt * prices[bold_slot].value;
  }
  [[nodiscard]] constexpr withdrawal_check withdrawal_checked_by() const noexcept {
    return withdrawal_check::borrow_form;
  }
  [[nodiscard]] constexpr boundary liquidation_boundary() const noexcept { return boundary::below_one; }

  /// What those who take the debt gain, gas compensation in it: seized value over the debt. Negative where the trove is
  /// worth less; NaN without debt.
  template <std::size_t N>
  constexpr basis_points bonus(const account<N>& a, oracle_prices<double> prices, asset_id) const noexcept {
    const holding *held = a.find(collateral), *owed = a.find(bold);
    if (held == nullptr || owed == nullptr) return {std::numeric_limits<double>::quiet_NaN()};
    const double price = prices[collateral_slot].value / prices[bold_slot].value;
    const double seized = held->collateral - split(held->collateral, owed->debt, price).surplus;
    return to_basis_points(seized * price / owed->debt - 1.0);
  }
  /// @brief The contract's ICR / MCR against the form, relative: ICR is rounded down to 10⁻¹⁸, and eleven roundings of
  /// 2⁻⁵³ are ours. Accrued interest is rounded down too, by less than 10⁻¹⁸ BOLD.
  template <std::size_t N>
  constexpr double rounding_bound(const account<N>& a, oracle_prices<double> prices) const noexcept {
    const auto f = liquidation_form<double>(a);
    const double ratio = mcr * health_factor(f, prices);
    if (!(ratio > 0.0 && ratio < infinity)) return 0.0;
    return 1e-18 / ratio + 1e-18 / a.find(bold)->debt + 11.0 * 0x1p-53;
  }

  /// @brief Who takes what of a liquidated trove: the pool its part with the pool's penalty, other troves the rest with
  /// theirs, out of the surplus of the first too.
  /// @param price   BOLD per collateral
  [[nodiscard]] constexpr liquity_split split(double held, double owed, double price) const noexcept {
    liquity_split out;
    const auto seizes = [&](double& taken, double available, double debt, basis_points penalty) {
      taken = smaller(available, debt * (1.0 + penalty.fraction()) / price);
      out.surplus = available - taken;
    };
    out.debt_offset = smaller(owed, stability_pool);
    const double portion = out.debt_offset > 0.0 ? held * (out.debt_offset / owed) : 0.0;
    out.gas_compensation = smaller(portion * collateral_gas.fraction(), collateral_gas_cap);
    seizes(out.collateral_to_pool, portion - out.gas_compensation, out.debt_offset, pool_penalty);
    out.debt_redistributed = owed - out.debt_offset;
    if (out.debt_redistributed > 0.0)
      seizes(out.collateral_redistributed, held - portion + out.surplus, out.debt_redistributed,
             redistribution_penalty);
    return out;
  }

  /// @brief The whole trove: `repaid` is its debt, `seized` what pool, other troves and caller get (see `split`),
  /// `collateral_left` the surplus that its owner may claim.
  /// @errors asset_mismatch, negative_amount, not_liquidatable (also the last trove), not_finite, dust (a request for
  /// less than all)
  template <std::size_t N>
  constexpr result<liquidation_outcome> liquidate(const account<N>& a, oracle_prices<double> prices,
                                                  const liquidation_request& request) const noexcept {
    if (!(request.collateral == collateral) || !(request.debt == bold)) return errc::asset_mismatch;
    if (!(request.repay > 0.0)) return errc::negative_amount;
    const double health = health_factor(liquidation_form<double>(a), prices);
    if (last_trove || !liquidatable_at(liquidation_boundary(), health)) return errc::not_liquidatable;
    if (!(health < infinity)) return errc::not_finite;               // a NaN
    if (a.find(collateral) == nullptr) return errc::asset_mismatch;  // its price may not be there
    const double held = a.find(collateral)->collateral, owed = a.find(bold)->debt;
    if (!is_finite(owed)) return errc::not_finite;
    if (request.repay < owed) return errc::dust;
    const liquity_split parts = split(held, owed, prices[collateral_slot].value / prices[bold_slot].value);
    return liquidation_outcome{.repaid = owed, .seized = held - parts.surplus, .collateral_left = parts.surplus};
  }

private:
  template <Scalar S, std::size_t N>
  constexpr form<S, N> over(const account<N>& a, double ratio) const noexcept(std::floating_point<S>) {
    return pair_form<S>(a, {collateral, 1.0 / ratio, collateral_slot}, {bold, 1.0, bold_slot});
  }
};

}  // namespace trimtab::health
