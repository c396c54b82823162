// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/health/concept.hpp>
#include <trimtab/oracle/all_of.hpp>
#include <trimtab/policy/policy.hpp>
#include <trimtab/preset/threshold.hpp>
#include <trimtab/sizing/at_oracle_price.hpp>
#include <trimtab/trigger/in_health.hpp>

#include <cstdint>

namespace trimtab::preset {

/// @brief DeFi Saver's safety ratio: what could be owed over what is owed, with borrowing powers (LTV) and not with
/// liquidation thresholds.
///
/// Formula   (D + A)/D, A = max(0, C·⌊average LTV, basis points⌋ − D), the average weighted with value
/// @param borrow_health Σ LTV·value / D, of a form that `as_defi_saver_sees` has made; @param collateral_value C;
/// @param debt_value D, both unweighted, base currency
/// @return at least 1; 0 without debt, which to the contracts is no ratio at all
/// @source defisaver/defisaver-v3-contracts, commit ef03f10: AaveV3RatioHelper.sol
constexpr double safety_ratio(double borrow_health, double collateral_value, double debt_value) noexcept {
  if (debt_value == 0.0) return 0.0;
  if (collateral_value == 0.0) return 1.0;
  const double ltv = borrow_health * (debt_value / collateral_value);
  if (!(ltv >= 0.0 && ltv <= 1e6)) return ltv - ltv;  // NaN
  const double ratio = whole_part(ltv * 1e4) / 1e4 * (collateral_value / debt_value);
  return ratio < 1.0 ? 1.0 : ratio;
}

/// @brief A model of Aave's kind as DeFi Saver looks at it: a collateral whose LTV has been set to 0 counts with its
/// liquidation threshold less 5 %.
///
/// Only the borrow form differs, and it is no licence to borrow: where it promises more than the protocol lends, a
/// boost is proposed that the protocol reverts. That is so in production too.
/// @source AaveV3RatioHelper.sol, LTV_ZERO_OFFSET
template <HealthModel M>
struct as_defi_saver_sees : M {
  static constexpr basis_points below_threshold{500.0};

  template <Scalar S, std::size_t N>
  constexpr form<S, N> borrow_form(const account<N>& a) const noexcept(std::floating_point<S>) {
    form<S, N> f = M::template borrow_form<S>(a);
    const form<S, N> liquidation = M::template liquidation_form<S>(a);
    const S offset = literal<S>(below_threshold.fraction()), zero = literal<S>(0.0);
    for (const term<S>& threshold : liquidation.collateral)
      if (auto* t = f.collateral.find(threshold.asset))
        t->weight = blend<S>(t->weight == zero, larger<S>(zero, threshold.weight - offset), t->weight);
    return f;
  }
};

/// What a strategy asks of the ratio when it has traded.
enum class ratio_check : std::uint8_t {
  improved,            ///< `AaveV3RatioCheck`: the right way, and no further than 0.05 beyond the target
  improved_and_there,  ///< the same, and a repay must come to within 0.05 of its target, which that contract forgets
  within_five_points,  ///< `AaveV3OpenRatioCheck`: within 0.05 of the target, from whichever side
};

/// @brief Safety ratios at which the two strategies act, and to which they go.
struct defi_saver_settings {
  double repay_below = 0.0;  ///< 0: never repays
  double repay_to = 0.0;
  double boost_above = infinity;  ///< infinity: never boosts
  double boost_to = 0.0;
  ratio_check check = ratio_check::improved;
  double fee_divider = 2000.0;  ///< the service takes 1/divider of the amount; below 2000 counts as 2000, 0 is none
  basis_points max_slippage{200.0};

  static constexpr double ratio_offset = 0.05;
  static constexpr double unchecked_from = 9.99;  ///< targets at which `within_five_points` checks nothing
  static constexpr double sane_gas_price = 1e-6;  ///< native per gas unit: 1000 gwei, more is not charged
  static constexpr double least_fee_divider = 2000.0;

  /// The contracts check nothing of this; what is refused could never pass their own checks after a trade.
  /// @errors bad_configuration
  [[nodiscard]] constexpr errc validate() const noexcept {
    const bool repays = repay_below == 0.0 || (repay_below > 1.0 && repay_to >= repay_below && repay_to < infinity);
    const bool boosts = boost_above == infinity || (boost_above > 1.0 && boost_to > 1.0 && boost_to <= boost_above);
    const bool pays = fee_divider >= 0.0 && fee_divider < infinity;
    return repays && boosts && pays && repay_below <= boost_above ? errc::ok : errc::bad_configuration;
  }
};

/// @brief What is taken out of an amount for gas and service. Formula   min(gas, amount/5) + amount/max(divider, 2000)
/// @param gas the transaction's price, in the same tokens
/// @source GasFeeTaker.sol `_takeFee`, GasFeeHelper.sol
constexpr double defi_saver_fee(double amount, double gas, double fee_divider) noexcept {
  const double service =
      fee_divider != 0.0 ? amount / larger(fee_divider, defi_saver_settings::least_fee_divider) : 0.0;
  return smaller(gas, amount / 5.0) + service;
}

/// @brief Would the check after a trade pass?
/// @errors would_worsen (not the right way), infeasible (too far beyond the target, or short of it where that is asked)
/// @source AaveV3RatioCheck.sol, AaveV3OpenRatioCheck.sol
constexpr errc after_trade(ratio_check check, direction towards, double start, double now, double target) noexcept {
  constexpr double offset = defi_saver_settings::ratio_offset;
  if (!(now == now) || !(start == start)) return errc::not_finite;
  const bool over = above(now, target + offset), under = below(now, target - offset);
  if (check == ratio_check::within_five_points) {
    if (!below(target, defi_saver_settings::unchecked_from)) return errc::ok;
    const bool there = target == 0.0 ? now == 0.0 : !over && !under;
    return there ? errc::ok : errc::infeasible;
  }
  if (towards == direction::deleverage) {
    if (!above(now, start)) return errc::would_worsen;
    return over || (under && check == ratio_check::improved_and_there) ? errc::infeasible : errc::ok;
  }
  if (!below(now, start)) return errc::would_worsen;
  return under ? errc::infeasible : errc::ok;
}

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

/// @brief Sizes at the oracle price, takes the fee out of what the trade brings in, and refuses what the check after
/// the trade would revert.
///
/// The bot sends and pays; the fee is what it is owed, so no tank is asked. In a boost the fee is borrowed on top,
/// where the strategies take it from the collateral bought: the same value, at the protocol's prices.
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
  /// would_worsen, those of `sizing::at_oracle_price`
  template <class V, std::size_t N>
  constexpr sizing::sized size(const sizing::problem<V, N>& p) const noexcept {
    sizing::sized out;
    out.best_health = out.trade.health_before = health_factor(p.liquidation, p.prices);
    if (p.target == infinity) return out.status = errc::infeasible, out.binding = sizing::limit::pole, out;
    sizing::problem<V, N> q = p;
    q.gas.price_native = 0.0;
    out = inner().size(q);
    if (!out.has_value()) return out;
    const sizing::trade t = at_size(p, out.trade.sold);
    if (const sizing::objection no = objection_to(p, t); no.why != errc::ok) {
      const double before = t.health_before;
      return {.status = no.why, .binding = no.binding, .best_health = before, .trade = {.health_before = before}};
    }
    out.trade = t;
    out.best_health = t.health_after;
    return out;
  }
  /// With the fee of that size.
  template <class V, std::size_t N>
  constexpr sizing::trade at_size(const sizing::problem<V, N>& p, double x) const noexcept {
    return inner().at_size(with_fee(p, x), x);
  }
  template <class V, std::size_t N>
  constexpr sizing::objection objection_to(const sizing::problem<V, N>& p, const sizing::trade& t) const noexcept {
    if (const sizing::objection no = inner().objection_to(with_fee(p, t.sold), t); no.why != errc::ok) return no;
    const double target = t.towards == direction::deleverage ? settings.repay_to : settings.boost_to;
    const errc no = after_trade(settings.check, t.towards, ratio_after(p, {}),
                                ratio_after(p, {t.collateral, t.collateral_change, t.debt, t.debt_change}), target);
    return {no, no == errc::ok ? sizing::limit::none : sizing::limit::band};
  }

private:
  [[nodiscard]] constexpr sizing::at_oracle_price inner() const noexcept {
    return {.max_slippage = settings.max_slippage};
  }
  template <class V, std::size_t N>
  constexpr sizing::problem<V, N> with_fee(const sizing::problem<V, N>& p, double x) const noexcept {
    sizing::problem<V, N> q = p;
    const double debt_price = p.prices[p.liquidation.debt.find(p.debt)->slot].value;
    q.gas.price_native = smaller(p.gas.price_native, defi_saver_settings::sane_gas_price);
    const double gas = q.gas.fee_base(p.venue->gas(x), p.prices) / debt_price;
    const double amount = health_factor(p.liquidation, p.prices) < p.target ? p.venue->amount_out(x) : x;
    q.reward = {.flat = defi_saver_fee(amount, gas, settings.fee_divider) * debt_price};
    q.gas.price_native = 0.0;
    return q;
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
/// What it lacks: any look at the price's soundness; a size on chain (bots find it off-chain; here at the oracle price,
/// without fee or impact); under `ratio_check::improved` a lower bound on a repay, which passes if it helps at all, and
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
