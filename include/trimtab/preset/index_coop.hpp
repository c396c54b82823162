// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/oracle/all_of.hpp>
#include <trimtab/policy/policy.hpp>
#include <trimtab/preset/index_coop_rules.hpp>
#include <trimtab/sizing/at_oracle_price.hpp>
#include <trimtab/trigger/in_health.hpp>

namespace trimtab::preset {

/// @brief When the extension acts, and to which leverage, as the health that stands for it.
///
/// A ripcord is the emergency. That a rebalance was cut is not remembered here but by the policy, as an episode whose
/// pieces keep its pace; an episode ends where the price has done the rest, like the extension's own.
struct index_coop_trigger {
  index_coop_rules rules{};

  static constexpr unsigned reads = reading::values;

  struct state_type {
    index_coop_call call = index_coop_call::none;
    errc why = errc::inside_band;
    double leverage = 0.0;
    double target = 0.0;  ///< health
    friend constexpr bool operator==(const state_type&, const state_type&) = default;
  };

  /// @errors those of the rules
  [[nodiscard]] constexpr errc validate() const noexcept { return rules.validate(); }
  [[nodiscard]] constexpr state_type step(const state_type&, const signal& s) const noexcept {
    state_type next;
    if (!(s.collateral_value > s.debt_value) || !(s.debt_value > 0.0)) return next.why = errc::infeasible, next;
    next.leverage = trigger::leverage_of(s);
    next.call = rules.call_for(next.leverage, s.now, s.last_fill, false);
    if (next.call == index_coop_call::none) {
      next.why = below(next.leverage, rules.ripcord) ? errc::inside_band : errc::cooldown;
      return next;
    }
    const double wanted = pulled(next) ? rules.most : rules.recentred(next.leverage);
    next.target = trigger::health_at_leverage(s, wanted);
    next.why = errc::ok;
    if (wanted == next.leverage) next.call = index_coop_call::none, next.why = errc::already_there;
    return next;
  }
  [[nodiscard]] constexpr firing fired(const state_type& s) const noexcept {
    if (s.call == index_coop_call::none) return {.why = s.why};
    const bool down = pulled(s) || below(rules.recentred(s.leverage), s.leverage);
    return {.fired = true,
            .emergency = pulled(s),
            .towards = down ? direction::deleverage : direction::leverage,
            .target = s.target,
            .why = errc::ok,
            .urgency = pulled(s) ? 1.0 : 0.0};
  }
  /// Never: the interval ends by itself.
  [[nodiscard]] constexpr calm quiet(const state_type&) const noexcept { return restless({.low = 0.0, .high = 0.0}); }

private:
  static constexpr bool pulled(const state_type& s) noexcept { return s.call == index_coop_call::ripcord; }
};

/// @brief How much the extension trades: `index_coop_rules::amounts_to`, of one collateral against one debt.
///
/// A trade that is cut is a chunk, of which the next one follows; one of a ripcord is not, since the extension forgets
/// what it was about.
struct index_coop_sizer {
  index_coop_rules rules{};

  /// @errors those of the rules
  [[nodiscard]] constexpr errc validate() const noexcept { return rules.validate(); }
  [[nodiscard]] constexpr bool can(direction d) const noexcept { return d != direction::none; }

  /// @errors those of `check`; asset_mismatch (a second collateral or debt), infeasible (health_floor: the cap on
  /// repaying reverts; borrow_form: the one on borrowing; whatever else would revert), already_there, dust (a cap of
  /// nothing), those of `sizing::at_oracle_price::objection_to`
  template <class V, std::size_t N>
  constexpr sizing::sized size(const sizing::problem<V, N>& p) const noexcept;
  template <class V, std::size_t N>
  constexpr sizing::trade at_size(const sizing::problem<V, N>& p, double x) const noexcept {
    return inner(p).at_size(p, x);
  }
  template <class V, std::size_t N>
  constexpr sizing::objection objection_to(const sizing::problem<V, N>& p, const sizing::trade& t) const noexcept {
    return inner(p).objection_to(p, t);
  }

private:
  template <class V, std::size_t N>
  constexpr sizing::at_oracle_price inner(const sizing::problem<V, N>& p) const noexcept {
    return {.max_slippage = p.urgent ? rules.ripcord_slippage : rules.slippage};
  }
  template <class V, std::size_t N>
  constexpr double within_form(const sizing::problem<V, N>& p, double x, bool up) const noexcept {
    const basis_points at_most = inner(p).max_slippage;
    if (!up) return sizing::deleverage<V, N>(p, at_most, x).stands(p.liquidation, 1.0).to;
    const auto most = sizing::leverage<V, N>(p, at_most, x).largest_size(sizing::curve<V>(*p.venue));
    return most.why == sizing::limit::borrow_form ? most.x : x;
  }
  template <std::size_t N>
  static constexpr bool alone(const terms<double, N>& side, asset_id asset) noexcept {
    for (const auto& t : side)
      if (!(t.asset == asset) && t.amount != 0.0) return false;
    return true;
  }
};

template <class V, std::size_t N>
constexpr sizing::sized index_coop_sizer::size(const sizing::problem<V, N>& p) const noexcept {
  sizing::sized out;
  const auto refused = [&](errc why, sizing::limit binding = sizing::limit::none) {
    return out.status = why, out.binding = binding, out;
  };
  if (const errc e = validate(); e != errc::ok) return refused(e);
  if (const errc e = check(p); e != errc::ok) return refused(e);
  if (!alone(p.liquidation.collateral, p.collateral) || !alone(p.liquidation.debt, p.debt))
    return refused(errc::asset_mismatch);
  const auto &held = *p.liquidation.collateral.find(p.collateral), &owed = *p.liquidation.debt.find(p.debt);
  const auto *ltv = p.borrow.collateral.find(p.collateral), *factor = p.borrow.debt.find(p.debt);
  const index_coop_look look{.collateral = held.amount,
                             .debt = owed.amount,
                             .collateral_price = p.prices[held.slot].value,
                             .debt_price = p.prices[owed.slot].value,
                             .threshold = held.weight / owed.weight,
                             .ltv = ltv == nullptr ? 0.0 : ltv->weight / (factor == nullptr ? 1.0 : factor->weight)};
  const double value = look.collateral * look.collateral_price, debts = look.debt * look.debt_price;
  out.best_health = out.trade.health_before = health_factor(p.liquidation, p.prices);
  if (!(value > debts) || !(debts > 0.0)) return refused(errc::infeasible);
  if (out.best_health == p.target) return refused(errc::already_there);
  const direction towards = out.best_health < p.target ? direction::deleverage : direction::leverage;
  const bool up = towards == direction::leverage;
  const auto size = rules.amounts_to(look, value / (value - debts), p.target / (p.target - look.threshold), towards,
                                     p.urgent ? rules.ripcord_largest_trade : rules.largest_trade);
  const sizing::limit cap = up ? sizing::limit::borrow_form : sizing::limit::health_floor;
  if (size.reverts) return refused(errc::infeasible, cap);
  double x = up ? size.chunk * (look.collateral_price / look.debt_price) : size.chunk;
  // Without a margin the cap ends where the protocol does: a few units inside, the transaction still goes through.
  if (size.capped) x = smaller(x, within_form(p, x, up));
  if (!(x > 0.0)) return refused(errc::dust, size.capped ? cap : sizing::limit::capacity);
  out.trade = at_size(p, x);
  out.best_health = out.trade.health_after;
  out.status = errc::ok;
  if (size.chunk < size.total)
    out.binding = !p.urgent ? sizing::limit::chunk : size.capped ? cap : sizing::limit::capacity;
  if (const sizing::objection no = objection_to(p, out.trade); no.why != errc::ok) {
    out.trade = {.health_before = out.trade.health_before};
    return refused(no.why, no.binding);
  }
  return out;
}

/// @brief An Index Coop leverage token as a policy: no guard, its own trigger and sizer, no flash loan, and pieces of a
/// rebalance that keep its cooldown.
///
/// `index_coop_rules` says what it lacks. Two things are the policy's: a trade that would revert as things stand is
/// refused and not sent, and the first look at which the price has done the rest ends a rebalance that was cut (the
/// extension spends a transaction on finding out, once the cooldown is over, and starts its interval anew).
template <HealthModel H>
constexpr auto index_coop(const H& model, const index_coop_rules& rules, execution pays = {}) noexcept {
  pays.funding = {sizing::funding_mode::none, basis_points{0.0}};
  pays.pace = rules.twap_cooldown + seconds{1};  // strictly longer
  return policy{model, oracle::all_of<>{}, index_coop_trigger{rules}, index_coop_sizer{rules}, pays};
}

}  // namespace trimtab::preset
