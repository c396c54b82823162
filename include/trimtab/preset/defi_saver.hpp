// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/oracle/all_of.hpp>
#include <trimtab/policy/policy.hpp>
#include <trimtab/preset/defi_saver_rules.hpp>
#include <trimtab/preset/off_chain_size.hpp>
#include <trimtab/trigger/in_health.hpp>

namespace trimtab::preset {

/// @brief Fires strictly below one safety ratio and strictly above another; never without debt. No hysteresis: what
/// keeps it from firing again is where the trade has to end.
///
/// The target it names is a liquidation health. Formula   target ratio · health / borrow health: exact for one
/// collateral, where the two are in the proportion of threshold to LTV.
struct safety_ratio_trigger {
  defi_saver_settings settings{};

  static constexpr unsigned reads = reading::borrow_form | reading::values;

  struct state_type {
    direction towards = direction::none;
    double target = 0.0;
    errc why = errc::inside_band;
    friend constexpr bool operator==(const state_type&, const state_type&) = default;
  };

  [[nodiscard]] constexpr errc validate() const noexcept { return settings.validate(); }
  [[nodiscard]] constexpr state_type step(state_type, const signal& s) const noexcept {
    const double ratio = safety_ratio(s.borrow_health, s.collateral_value, s.debt_value);
    if (!(ratio == ratio) || !(s.health == s.health)) return {.why = errc::not_finite};
    if (ratio == 0.0) return {};
    const auto health_at = [&s](double r) {  // at no borrowing power, no health is that ratio's
      return s.borrow_health > 0.0 ? trigger::health_at_borrow_health(s, r) : infinity;
    };
    if (below(ratio, settings.repay_below)) return {direction::deleverage, health_at(settings.repay_to), errc::ok};
    if (above(ratio, settings.boost_above)) return {direction::leverage, health_at(settings.boost_to), errc::ok};
    return {};
  }
  [[nodiscard]] constexpr firing fired(const state_type& s) const noexcept {
    if (s.towards == direction::none) return {.why = s.why};
    return {.fired = true, .towards = s.towards, .target = s.target};
  }
  /// No silence to promise: two accounts of one health may have different ratios.
  [[nodiscard]] constexpr calm quiet(const state_type&) const noexcept { return restless(); }
};

/// @brief Sizes as a bot does, off-chain and without the fee, takes the fee out of what the swap brings in, and refuses
/// what the check after the trade would revert. Where the venue does not reach the target, less is repaid, if the check
/// lets it.
///
/// The bot sends and pays; the fee is what it is owed, so no tank is asked. In a boost the strategies take it from the
/// collateral bought; here the same share of what is borrowed is kept back from the swap, the same thing on a venue of
/// one price.
struct defi_saver_sizer {
  defi_saver_settings settings{};

  [[nodiscard]] constexpr errc validate() const noexcept {
    const errc e = settings.validate();
    return e == errc::ok ? inner().validate() : e;
  }
  [[nodiscard]] constexpr bool can(direction d) const noexcept {
    return (d == direction::deleverage && settings.repay_below > 0.0) ||
           (d == direction::leverage && settings.boost_above < infinity);
  }
  /// @errors infeasible (pole: no borrowing power, so no ratio to come to; band: the check after the trade),
  /// would_worsen, those of `off_chain_size`
  template <class V, std::size_t N>
  constexpr sizing::sized size(const sizing::problem<V, N>& p) const noexcept {
    sizing::sized out;
    const double before = health_factor(p.liquidation, p.prices);
    out.best_health = out.trade.health_before = before;
    if (p.target == infinity) return out.status = errc::infeasible, out.binding = sizing::limit::pole, out;
    out = inner().size(paying(p, 0.0));
    if (!out.has_value() && !(out.status == errc::infeasible && out.trade.sold > 0.0)) return out;
    out.status = errc::ok;
    const double x = out.trade.sold;
    const sizing::trade t = before < p.target ? at_size(p, x) : selling(p, x * (1.0 - share(p, x)), x * share(p, x));
    if (const sizing::objection no = objection_to(p, t); no.why != errc::ok)
      return {.status = no.why, .binding = no.binding, .best_health = before, .trade = {.health_before = before}};
    out.trade = t;
    out.best_health = t.health_after;
    return out;
  }
  /// With the fee of that size.
  template <class V, std::size_t N>
  constexpr sizing::trade at_size(const sizing::problem<V, N>& p, double x) const noexcept {
    if (health_factor(p.liquidation, p.prices) < p.target) return selling(p, x, share(p, x) * p.venue->amount_out(x));
    const double kept = 1.0 - share(p, x);
    return selling(p, x, x / kept - x);
  }
  template <class V, std::size_t N>
  constexpr sizing::objection objection_to(const sizing::problem<V, N>& p, const sizing::trade& t) const noexcept {
    if (const sizing::objection no = inner().objection_to(paying(p, t.gas_in_kind), t); no.why != errc::ok) return no;
    const double target = t.towards == direction::deleverage ? settings.repay_to : settings.boost_to;
    const errc no = after_trade(settings.check, t.towards, ratio_after(p, {}),
                                ratio_after(p, {t.collateral, t.collateral_change, t.debt, t.debt_change}), target);
    return {no, no == errc::ok ? sizing::limit::none : sizing::limit::band};
  }

private:
  [[nodiscard]] constexpr off_chain_size inner() const noexcept {
    return {.max_slippage = settings.max_slippage, .asks_venue = settings.asks_venue};
  }
  /// The problem of somebody who pays this fee, debt tokens, and no gas.
  template <class V, std::size_t N>
  static constexpr sizing::problem<V, N> paying(const sizing::problem<V, N>& p, double fee) noexcept {
    sizing::problem<V, N> q = p;
    q.gas.price_native = 0.0;
    q.reward = {.flat = fee * p.prices[p.liquidation.debt.find(p.debt)->slot].value};
    return q;
  }
  template <class V, std::size_t N>
  constexpr sizing::trade selling(const sizing::problem<V, N>& p, double x, double fee) const noexcept {
    return inner().at_size(paying(p, fee), x);
  }
  /// The fee of a swap of x as a share of what it brings in.
  template <class V, std::size_t N>
  constexpr double share(const sizing::problem<V, N>& p, double x) const noexcept {
    const bool sells = health_factor(p.liquidation, p.prices) < p.target;
    const price_slot bought =
        sells ? p.liquidation.debt.find(p.debt)->slot : p.liquidation.collateral.find(p.collateral)->slot;
    const double price = p.prices[bought].value, amount = p.venue->amount_out(x);
    gas_market charged = p.gas;
    charged.price_native = smaller(charged.price_native, defi_saver_settings::sane_gas_price);
    return defi_saver_fee(amount, charged.fee_base(p.venue->gas(x), p.prices) / price, settings.fee_divider) / amount;
  }
  template <class V, std::size_t N>
  static constexpr double ratio_after(const sizing::problem<V, N>& p, const change& by) noexcept {
    const form<double, N> f = after(p.borrow, by);
    double held = 0.0;
    for (const term<double>& t : f.collateral) held += t.amount * p.prices[t.slot].value;
    return safety_ratio(health_factor(f, p.prices), held, sizing::owed_value(f.debt, p.prices));
  }
};

/// @brief DeFi Saver's repay and boost on a market of Aave's kind, as one policy.
///
/// What it lacks: any look at the price's soundness; a size on chain (closed bots find it; here they ask the venue);
/// under `ratio_check::improved` a lower bound on a repay, which passes if it helps at all, and
/// one trade may do next to nothing; hysteresis; a ceiling on the price of gas (only the fee is capped, at a fifth of
/// the amount); an emergency. It acts on borrowing power and not on health: where governance lowers an LTV it sells,
/// though nothing is nearer to liquidation.
/// @source defisaver/defisaver-v3-contracts, commit ef03f10: AaveV3RatioTrigger.sol, AaveV3RatioCheck.sol,
/// AaveV3OpenRatioCheck.sol, AaveV3RatioHelper.sol, GasFeeTaker.sol
template <HealthModel M>
constexpr auto defi_saver(const M& model, const defi_saver_settings& settings, const execution& pays = {}) noexcept {
  return policy{as_defi_saver_sees<M>{model}, oracle::all_of<>{}, safety_ratio_trigger{settings},
                defi_saver_sizer{settings}, pays};
}

}  // namespace trimtab::preset
