// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/health/maker.hpp>
#include <trimtab/oracle/all_of.hpp>
#include <trimtab/policy/policy.hpp>
#include <trimtab/preset/oasis_order.hpp>
#include <trimtab/preset/off_chain_size.hpp>
#include <trimtab/sizing/both_ways.hpp>
#include <trimtab/trigger/any_of.hpp>

namespace trimtab::preset {

/// @brief The trigger of one order: `oasis_vault::may`. The target it names is the liquidation health, at current
/// prices, of a vault whose ratio at the next price is the order's target. Formula   target / liquidation ratio ·
/// health / next health, exact for a vault: one collateral, DAI.
struct oasis_trigger {
  direction towards = direction::deleverage;
  oasis_order order{};
  double liquidation_ratio = 1.5;
  double dust = 0.0;

  static constexpr unsigned reads = reading::values | reading::price | reading::next_prices;

  struct state_type {
    errc why = errc::inside_band;  ///< ok: fires
    double target = 0.0;
    friend constexpr bool operator==(const state_type&, const state_type&) = default;
  };

  [[nodiscard]] constexpr errc validate() const noexcept {
    if (towards == direction::none || !(dust >= 0.0)) return errc::bad_configuration;
    return preset::validate(order, towards, liquidation_ratio);
  }
  [[nodiscard]] constexpr state_type step(state_type, const signal& s) const noexcept {
    if (!(s.health == s.health) || !(s.next_health == s.next_health)) return {.why = errc::not_finite};
    if (!(s.debt_value > 0.0) || !(s.health > 0.0) || !(s.next_health > 0.0) || !(s.next_health < infinity)) return {};
    const double moves = s.next_health / s.health;
    const oasis_vault vault{.ratio = liquidation_ratio * s.next_health,
                            .next_price = s.price * moves,
                            .price = s.price,
                            .debt = s.debt_value,
                            .dust = dust,
                            .liquidation_ratio = liquidation_ratio};
    return {.why = vault.may(order, towards), .target = order.target.fraction() / liquidation_ratio / moves};
  }
  [[nodiscard]] constexpr firing fired(const state_type& s) const noexcept {
    if (s.why != errc::ok) return {.why = s.why};
    return {.fired = true, .towards = towards, .target = s.target};
  }
  /// No silence to promise: it reads prices that health alone does not tell.
  [[nodiscard]] constexpr calm quiet(const state_type&) const noexcept { return restless(); }
};

/// @brief Sizes as whoever executes does, off-chain, and refuses what `isExecutionCorrect` would revert: a vault that
/// does not end within the deviation around its target, at the next price.
///
/// A sell whose ratio at the next price is at or below the liquidation ratio is not held back by the fee cap; a buy
/// always is. What the transaction costs, where its proceeds pay for it, is drawn from the vault first; the contract
/// then asks once more whether the execution is legal.
struct oasis_sizer {
  direction towards = direction::deleverage;
  oasis_order order{};
  double liquidation_ratio = 1.5;
  double dust = 0.0;  ///< DAI

  /// @errors bad_configuration
  [[nodiscard]] constexpr errc validate() const noexcept { return inner().validate(); }
  [[nodiscard]] constexpr bool can(direction d) const noexcept { return d == towards; }
  /// @errors gas_ceiling, cost_exceeds_limit (more coverage than allowed), infeasible (health_floor: the vault would be
  /// liquidatable at the current price; band: it would not end within the deviation), inside_band and dust (no longer
  /// legal once the coverage is drawn), those of `off_chain_size`
  template <class V, std::size_t N>
  constexpr sizing::sized size(const sizing::problem<V, N>& p) const noexcept {
    sizing::sized out;
    out.best_health = out.trade.health_before = health_factor(p.liquidation, p.prices);
    const double next_ratio = order.target.fraction() / p.target * out.best_health;
    const bool near_liquidation = towards == direction::deleverage && !above(next_ratio, liquidation_ratio);
    if (above(p.gas.price_native, order.most_base_fee_gwei * 1e-9) && !near_liquidation)
      return out.status = errc::gas_ceiling, out;
    // The Vat lets no collateral go, and lends nothing, where the vault is unsafe at the current price.
    if (!(p.target > 1.0) && is_finite(p.target))
      return out.status = errc::infeasible, out.binding = sizing::limit::health_floor, out;
    out = inner().size(p);
    if (out.trade.sold == 0.0) return out;
    const bool short_of_target = out.status == errc::infeasible;
    if (!out.has_value() && !short_of_target) return out;
    if (const sizing::objection no = correct(p, out.trade); no.why != errc::ok) {
      const double before = out.trade.health_before;
      if (!short_of_target) out.status = no.why, out.binding = no.binding;
      out = {.status = out.status, .binding = out.binding, .best_health = before, .trade = {.health_before = before}};
    } else if (short_of_target) {
      out.status = errc::ok;  // within the deviation
    }
    return out;
  }
  template <class V, std::size_t N>
  constexpr sizing::trade at_size(const sizing::problem<V, N>& p, double x) const noexcept {
    return inner().at_size(p, x);
  }
  template <class V, std::size_t N>
  constexpr sizing::objection objection_to(const sizing::problem<V, N>& p, const sizing::trade& t) const noexcept {
    const sizing::objection no = inner().objection_to(p, t);
    return no.why != errc::ok ? no : correct(p, t);
  }

private:
  [[nodiscard]] constexpr off_chain_size inner() const noexcept {
    return {.max_slippage = order.max_slippage, .asks_venue = order.asks_venue};
  }

  template <class V, std::size_t N>
  constexpr sizing::objection correct(const sizing::problem<V, N>& p, const sizing::trade& t) const noexcept {
    const double ratio_per_health = order.target.fraction() / p.target;  // at the next price
    if (const double coverage = t.gas_in_kind; coverage > 0.0) {
      if (coverage > order.most_coverage) return {errc::cost_exceeds_limit, sizing::limit::cost};
      const auto* owed = p.liquidation.debt.find(p.debt);
      const oasis_vault drawn{.ratio = ratio_per_health * health_factor_after(p.liquidation, p.prices,
                                                                              {.debt = p.debt, .debt_by = coverage}),
                              .next_price = infinity,
                              .debt = (owed->amount + coverage) * p.prices[owed->slot].value,
                              .dust = dust};
      const oasis_order anyhow{.execution = order.execution, .target = order.target, .deviation = order.deviation};
      if (towards == direction::deleverage) {
        if (const errc no = drawn.may(anyhow, towards); no != errc::ok) return {no, sizing::limit::minimum_debt};
      } else if (below(drawn.ratio, order.execution.fraction())) {
        return {errc::inside_band, sizing::limit::cost};
      }
    }
    const double ends = ratio_per_health * t.health_after;
    if (below(ends, order.lower().fraction()) || above(ends, order.upper().fraction()) || !(ends < infinity))
      return {errc::infeasible, sizing::limit::band};
    return {};
  }
};

/// @brief Oasis basic sell on a vault of this ilk, as a policy: bring the feed's `next` price, and the base fee as the
/// price of gas.
///
/// It acts on the next OSM price, an hour ahead. What it lacks: any look at the price's soundness (the guards are
/// empty), a size of its own (it is found off-chain, from the next price, a quote and the fees), a remedy where
/// the vault would fall to its least debt or already is worth less than it owes (it then never executes), a ceiling on
/// what the swap may cost other than the deviation, and retries: a trade that falls outside the deviation reverts.
/// @source  of the size: OasisDEX/automation-smartcontracts, scripts/common/utils.ts, `getMPAExecutionData`
constexpr auto oasis_basic_sell(const health::maker& model, const oasis_order& sell,
                                const execution& pays = {}) noexcept {
  return policy{model, oracle::all_of<>{}, oasis_trigger{direction::deleverage, sell, model.mat, model.dust},
                oasis_sizer{direction::deleverage, sell, model.mat, model.dust}, pays};
}

/// Basic buy, the same way up: `oasis_basic_sell` says what both lack. Near liquidation it has no duty, so its fee cap
/// binds always.
constexpr auto oasis_basic_buy(const health::maker& model, const oasis_order& buy,
                               const execution& pays = {}) noexcept {
  return policy{model, oracle::all_of<>{}, oasis_trigger{direction::leverage, buy, model.mat, model.dust},
                oasis_sizer{direction::leverage, buy, model.mat, model.dust}, pays};
}

/// Both as one group. @pre `validate_pair(buy, sell)` is ok
constexpr auto oasis_constant_multiple(const health::maker& model, const oasis_order& buy, const oasis_order& sell,
                                       const execution& pays = {}) noexcept {
  return policy{model, oracle::all_of<>{},
                trigger::any_of{oasis_trigger{direction::deleverage, sell, model.mat, model.dust},
                                oasis_trigger{direction::leverage, buy, model.mat, model.dust}},
                sizing::both_ways{oasis_sizer{direction::deleverage, sell, model.mat, model.dust},
                                  oasis_sizer{direction::leverage, buy, model.mat, model.dust}},
                pays};
}

}  // namespace trimtab::preset
