// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/health/morpho_pre_liquidation.hpp>
#include <trimtab/oracle/all_of.hpp>
#include <trimtab/policy/policy.hpp>
#include <trimtab/preset/paid_in_collateral.hpp>
#include <trimtab/preset/threshold.hpp>

namespace trimtab::preset {

/// @brief The window of a pre-liquidation: loan-to-value above its threshold and not above LLTV. In health weighted
/// with LLTV at the contract's own oracle, at least 1 and strictly below LLTV/threshold.
/// @source morpho-org/pre-liquidation, commit 9e8b7f4: PreLiquidation.sol `preLiquidate`
struct pre_liquidation_window {
  double upper = 1.0;  ///< LLTV / threshold

  enum class place : unsigned char { healthy, window, beyond, unknown };
  struct state_type {
    place where = place::healthy;
    friend constexpr bool operator==(const state_type&, const state_type&) = default;
  };

  /// @errors bad_configuration
  [[nodiscard]] constexpr errc validate() const noexcept {
    return upper > 1.0 && upper < infinity ? errc::ok : errc::bad_configuration;
  }
  [[nodiscard]] constexpr state_type step(state_type, const signal& s) const noexcept {
    if (!(s.health == s.health)) return {place::unknown};
    if (!below(s.health, upper)) return {place::healthy};
    return {below(s.health, 1.0) ? place::beyond : place::window};
  }
  /// Why it does not fire: inside_band, not_liquidatable (Morpho's liquidation comes first), not_finite.
  [[nodiscard]] constexpr firing fired(state_type s) const noexcept {
    switch (s.where) {
      case place::healthy:
        break;
      case place::window:
        return {.fired = true, .towards = direction::deleverage, .target = upper};
      case place::beyond:
        return {.why = errc::not_liquidatable};
      case place::unknown:
        return {.why = errc::not_finite};
    }
    return {};
  }
  [[nodiscard]] constexpr calm quiet(state_type s) const noexcept {
    return s.where == place::healthy ? calm{.low = upper} : calm{.low = 0.0, .high = 0.0};
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
  /// @errors asset_mismatch (another pair than the market's), not_liquidatable, not_finite, unhealthy_step (at the
  /// market's own oracle the collateral could not leave), size_mismatch (no price of that oracle)
  /// @pre both assets are listed
  template <class V, std::size_t N>
  constexpr offer of(const sizing::problem<V, N>& p) const noexcept {
    const health::morpho_blue& market = model.market;
    if (!(p.collateral == market.collateral) || !(p.debt == market.loan)) return {errc::asset_mismatch};
    if (!p.prices.has({market.collateral_slot})) return {errc::size_mismatch};
    const term<double>&held = *p.liquidation.collateral.find(p.collateral), &owed = *p.liquidation.debt.find(p.debt);
    const double threshold = model.threshold.fraction(), lltv = market.lltv.fraction();
    const double price = p.prices[held.slot].value, debt_price = p.prices[owed.slot].value;
    const double ltv = owed.amount * debt_price / (held.amount * price);
    if (!(ltv == ltv)) return {errc::not_finite};
    // With room for an ulp, so that both edges are on the side where the contract's integers put them.
    if (!above(ltv, threshold) || above(ltv, lltv)) return {errc::not_liquidatable};
    const double place = smaller(1.0, (ltv - threshold) / (lltv - threshold));
    const auto ramp = [place](basis_points from, basis_points to) {
      return from.fraction() + place * (to.fraction() - from.fraction());
    };
    invitation i{.repaid = owed.amount * smaller(1.0, ramp(model.close_factor_start, model.close_factor_end))};
    i.seized = smaller(held.amount, i.repaid * (1.0 + ramp(model.bonus_start, model.bonus_end)) * (debt_price / price));
    const double backed = (held.amount - i.seized) * p.prices[market.collateral_slot].value * lltv;
    if (below(backed, (owed.amount - i.repaid) * debt_price)) return {errc::unhealthy_step};
    return {errc::ok, i};
  }
};

/// @brief A borrower's pre-liquidation settings on a Morpho market and the keeper that anybody can be, as one policy.
/// Its health is that of the market at the contract's own oracle.
///
/// The contract takes the collateral before it asks for the debt (its callback), so the keeper needs no flash loan:
/// `pays.funding` is none unless another is given, as a replay needs whose lender charges. What it lacks: any look at
/// the soundness of its one oracle; a target (health may stay inside the window, or leave it far behind: the close
/// factor is of the debt, whatever is needed); a remedy beyond LLTV, where a price that jumps the window finds no
/// pre-liquidation; a limit on calls. The close factor binds one call only: a keeper who comes again in the same block,
/// each time at a smaller loan-to-value and so with less incentive, takes more in total than the one call the borrower
/// may have had in mind, until the window is left.
/// @source morpho-org/pre-liquidation, commit 9e8b7f4: PreLiquidation.sol
constexpr auto morpho_pre_liquidation(const health::morpho_pre_liquidation& model, const stranger& sender = {},
                                      const execution& pays = {
                                          .funding = {.mode = sizing::funding_mode::none, .premium = {0.0}}}) noexcept {
  health::morpho_blue seen = model.market;
  seen.collateral_slot = model.oracle_slot;
  return policy{seen, oracle::all_of<>{}, pre_liquidation_window{model.market.lltv.count / model.threshold.count},
                taken_up<pre_liquidation_rule>{{model}, sender}, pays};
}

}  // namespace trimtab::preset
