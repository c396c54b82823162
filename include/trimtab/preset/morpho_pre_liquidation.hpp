// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/health/morpho_pre_liquidation.hpp>
#include <trimtab/oracle/all_of.hpp>
#include <trimtab/policy/policy.hpp>
#include <trimtab/preset/paid_in_collateral.hpp>
#include <trimtab/preset/threshold.hpp>

namespace trimtab::preset {

/// @brief The window of a pre-liquidation: health, weighted with its threshold, strictly below 1, and not below
/// threshold/LLTV, where Morpho's own liquidation begins.
/// @source morpho-org/pre-liquidation, commit 9e8b7f4: PreLiquidation.sol `preLiquidate`
struct pre_liquidation_window {
  double lowest_health = 0.0;  ///< threshold / LLTV

  enum class place : unsigned char { healthy, window, beyond, unknown };
  struct state_type {
    place where = place::healthy;
    friend constexpr bool operator==(const state_type&, const state_type&) = default;
  };

  /// @errors bad_configuration
  [[nodiscard]] constexpr errc validate() const noexcept {
    return lowest_health > 0.0 && lowest_health < 1.0 ? errc::ok : errc::bad_configuration;
  }
  [[nodiscard]] constexpr state_type step(state_type, const signal& s) const noexcept {
    if (!(s.health == s.health)) return {place::unknown};
    if (!below(s.health, 1.0)) return {place::healthy};
    return {below(s.health, lowest_health) ? place::beyond : place::window};
  }
  /// Why it does not fire: inside_band, not_liquidatable (Morpho's liquidation comes first), not_finite.
  [[nodiscard]] constexpr firing fired(state_type s) const noexcept {
    switch (s.where) {
      case place::healthy:
        break;
      case place::window:
        return {.fired = true, .towards = direction::deleverage, .target = 1.0};
      case place::beyond:
        return {.why = errc::not_liquidatable};
      case place::unknown:
        return {.why = errc::not_finite};
    }
    return {};
  }
  [[nodiscard]] constexpr calm quiet(state_type s) const noexcept {
    return s.where == place::healthy ? calm{.low = 1.0} : calm{.low = 0.0, .high = 0.0};
  }
};

/// @brief One call of the contract, as large as its close factor allows.
///
///     q = (LTV − threshold)/(LLTV − threshold);  repaid = min(1, LCF₁ + q·(LCF₂ − LCF₁))·debt
///     seized = repaid·(LIF₁ + q·(LIF₂ − LIF₁))·debt price/collateral price
///
/// It asks for no target: the window says how much, and the debt may stay inside it.
/// @source PreLiquidation.sol; `health::morpho_pre_liquidation` says what a liquidator of any size may do
struct pre_liquidation_rule {
  health::morpho_pre_liquidation model{};

  /// @errors those of the model
  [[nodiscard]] constexpr errc validate() const noexcept { return model.validate(account<>{}); }
  /// @errors asset_mismatch (another pair than the market's), not_liquidatable, not_finite
  /// @pre both assets are listed
  template <class V, std::size_t N>
  constexpr offer of(const sizing::problem<V, N>& p) const noexcept {
    if (!(p.collateral == model.market.collateral) || !(p.debt == model.market.loan)) return {errc::asset_mismatch};
    const term<double>&held = *p.liquidation.collateral.find(p.collateral), &owed = *p.liquidation.debt.find(p.debt);
    const double threshold = model.threshold.fraction(), lltv = model.market.lltv.fraction();
    const double health = health_factor(p.liquidation, p.prices);
    if (!(health == health)) return {errc::not_finite};
    // With room for an ulp, so that both edges are on the side where the contract's integers put them.
    if (!below(health, 1.0) || below(health, threshold / lltv)) return {errc::not_liquidatable};
    const double place = smaller(1.0, larger(0.0, (threshold / health - threshold) / (lltv - threshold)));
    const auto ramp = [place](basis_points from, basis_points to) {
      return from.fraction() + place * (to.fraction() - from.fraction());
    };
    invitation i{.repaid = owed.amount * smaller(1.0, ramp(model.close_factor_start, model.close_factor_end))};
    i.seized = smaller(held.amount, i.repaid * (1.0 + ramp(model.bonus_start, model.bonus_end)) *
                                        (p.prices[owed.slot].value / p.prices[held.slot].value));
    return {errc::ok, i};
  }
};

/// @brief A borrower's pre-liquidation settings on a Morpho market and the keeper that anybody can be, as one policy.
///
/// The contract takes the collateral before it asks for the debt (its callback), so the keeper needs no flash loan:
/// `pays.funding` is set to none. What it lacks: any look at the soundness of its one oracle; a target (health may stay
/// inside the window, or leave it far behind: the close factor is of the debt, whatever is needed); a remedy beyond
/// LLTV, where a price that jumps the window finds no pre-liquidation; a limit on calls. The close factor binds one
/// call only: a keeper who comes again in the same block, each time at a smaller loan-to-value and so with less
/// incentive, takes more in total than the one call the borrower may have had in mind, until the window is left.
///
/// The plan settles against Morpho's own rule, `model.market`: what stays inside the window is legal there, and below 1
/// in this form.
constexpr auto morpho_pre_liquidation(const health::morpho_pre_liquidation& model, const stranger& sender = {},
                                      execution pays = {}) noexcept {
  pays.funding = {.mode = sizing::funding_mode::none, .premium = {0.0}};
  return policy{model, oracle::all_of<>{},
                pre_liquidation_window{model.threshold.fraction() / model.market.lltv.fraction()},
                taken_up<pre_liquidation_rule>{{model}, sender}, pays};
}

}  // namespace trimtab::preset
