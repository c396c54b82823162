// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/math.hpp>
#include <trimtab/core/pack.hpp>
#include <trimtab/core/units.hpp>
#include <trimtab/market/snapshot.hpp>
#include <trimtab/oracle/concept.hpp>
#include <trimtab/plan/plan_of_trade.hpp>
#include <trimtab/policy/decision.hpp>
#include <trimtab/policy/execution.hpp>
#include <trimtab/policy/judge.hpp>
#include <trimtab/policy/order.hpp>
#include <trimtab/policy/signal_of.hpp>
#include <trimtab/sensitivity/health_greeks.hpp>
#include <trimtab/sizing/concept.hpp>
#include <trimtab/sizing/leverage_up.hpp>
#include <trimtab/trigger/concept.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <span>

namespace trimtab {

/// Where, and until when, a policy is sure to hold: ln HF between the two, before `until`, all exclusive. Empty when
/// low ≥ high.
struct quiet_region {
  double log_low = 0.0;
  double log_high = 0.0;
  timestamp until = forever;

  [[nodiscard]] constexpr bool contains(double log_health, timestamp now) const noexcept {
    return log_low < log_health && log_health < log_high && now < until;
  }
};

/// @brief The whole decision as one value: a health model, an oracle guard, a trigger, a sizer, in this order.
///
/// `policy(state, snapshot)` looks, judges and sizes; it never assumes that anything it proposes happens. What happened
/// comes back through `on_receipt`. Configuration never changes; what does is in `state_type`, which the caller keeps.
template <HealthModel H, OracleGuard G, Trigger T, class Z>
struct policy {
  H model;
  G guard;
  T trigger;
  Z sizer;
  trimtab::execution execution{};

  static constexpr std::size_t max_feeds = 8;

  struct state_type {
    std::array<typename G::state_type, max_feeds> guards{};
    typename T::state_type trigger{};
    trimtab::order order{};
    timestamp last_fill = never;
    /// A look dated in the future refuses every look until then as time_backwards; set this back to `never`, and the
    /// rest of the state is good.
    timestamp last_look = never;
  };
  using decision_type = decision<state_type>;

  constexpr policy(const H& h, const G& g, const T& t, const Z& z, const trimtab::execution& e = {}) noexcept
      : model(h), guard(g), trigger(t), sizer(z), execution(e) {}

  /// @brief Is this policy sound for this account? Ask once, when either changes.
  ///
  /// Only the listing of a direction that the trigger can call for is looked at. What a trade may open, the account
  /// lists, with nothing.
  /// @errors those of the parts; bad_configuration when the trigger levers up to a health the borrow form does not
  /// allow, or in a direction the sizer cannot trade; asset_mismatch when a listing names assets that are not a
  /// collateral and a debt of the account's; size_mismatch when a form reads a slot without a price
  template <class V, std::size_t N>
  constexpr errc validate(const snapshot<V, N>& s) const noexcept;

  /// @brief Hold, rebalance with this trade, or refuse for this reason.
  /// @cost no allocation; two passes over the holdings on hold, and what the trigger reads
  template <class V, std::size_t N>
  constexpr decision_type operator()(const state_type& state, const snapshot<V, N>& s) const noexcept;

  /// @brief The state after something happened to the order. The cooldown starts at a fill that ends an episode, or a
  /// partial one.
  [[nodiscard]] constexpr state_type on_receipt(state_type state, const receipt& r) const noexcept {
    const order before = state.order;
    state.order = after_receipt(before, r, execution.wait);
    if (fills(before, r) && r.at > state.last_fill) state.last_fill = r.at;
    return state;
  }

  /// @brief Where, from this state, the answer is `hold` as long as the guards pass, and looking changes no later
  /// answer.
  ///
  /// Empty while an order or an episode lives and until the look after its fill, for a trigger that reads what may move
  /// while health does not, with a guard that remembers prices, and for a model whose form ends somewhere: beyond its
  /// edge the answer is a refusal, and health is another. So it is for an account that the model refuses.
  template <std::size_t N>
  [[nodiscard]] quiet_region quiet(const state_type& state, const account<N>& a) const noexcept {
    if constexpr (H::kind != form_class::linear) return {};
    const order& o = state.order;
    if (o.episode_open || (o.status != order_status::idle && o.status != order_status::filled)) return {};
    if (state.last_fill > state.last_look) return {};      // of a clock ahead of ours, maybe: the next look will tell
    if (!is_stateless<typename G::state_type>) return {};  // a look skipped is a price the guard never saw
    if (trimtab::validate(a) != errc::ok || model.validate(a) != errc::ok) return {};
    const calm c = trigger.quiet(state.trigger);
    if (c.until <= state.last_look) return {};
    if (c.permits_only) return {-infinity, infinity, c.until};
    return c.low < c.high ? quiet_region{std::log(c.low), std::log(c.high), c.until} : quiet_region{};
  }

  /// @brief The steps of a decision's trade in exact integers. @errors those of `make_plan`
  template <class V, std::size_t N>
  constexpr result<plan<>> plan_for(const decision_type& d, const snapshot<V, N>& s) const noexcept {
    const bool down = d.trade.towards == direction::deleverage;
    return make_plan(d.trade, down ? s.sell.in_decimals : s.buy.out_decimals,
                     down ? s.sell.out_decimals : s.buy.in_decimals, d.deadline);
  }

  /// @brief The same, tried on the account as it will be when the block comes: debts grown until then, a whole debt in
  /// the protocol's own words, minimum outputs raised until health with them is at the floor.
  /// @param growth of debts until inclusion; @param health_floor at the minimum output
  /// @errors those of the rehearsal: whatever the protocol would refuse
  template <class V, std::size_t N>
  constexpr result<plan<>> rehearsed_plan(const decision_type& d, const snapshot<V, N>& s,
                                          std::span<const growth> growth = {},
                                          double health_floor = 1.0) const noexcept {
    const bool down = d.trade.towards == direction::deleverage;
    const token tokens[] = {{d.trade.collateral, down ? s.sell.in_decimals : s.buy.out_decimals},
                            {d.trade.debt, down ? s.sell.out_decimals : s.buy.in_decimals}};
    const plan_terms terms{.tokens = tokens,
                           .deadline = d.deadline,
                           .funding = {d.trade.mode, d.trade.flash_rate},
                           .growth = growth,
                           .reserves = s.reserves,
                           .health_floor = health_floor};
    return make_plan(model, s.account, s.prices, d.trade, {}, terms);
  }

  /// @brief Delta and gamma of this account's health, on demand.
  template <class V, std::size_t N>
  constexpr sensitivity::factored_greeks<> sensitivities(const snapshot<V, N>& s) const noexcept {
    return sensitivity::health_greeks(model.template liquidation_form<double>(s.account), s.prices);
  }

private:
  static constexpr void refuse(decision_type& d, errc why, sizing::limit binding = sizing::limit::none) noexcept {
    d.verdict = verdict::refuse;
    d.reason = why;
    d.binding = binding;
    d.replaces = false;
    d.alarms.in_danger = d.alarms.in_danger || d.emergency;
  }

  using judged = judgement<max_feeds>;
  /// What is weighed between a look and a trade: the protocol's form of the account, the health that is acted on, which
  /// is that at real prices where the protocol is left for overvaluing it, and what the guards say.
  template <std::size_t N>
  struct view {
    form<double, N> liquidation{};
    double health = infinity;
    bool leaves = false;
    judged words{};
  };
  /// Can a listing be traded in this direction, given the forms of the account?
  template <class V, class F>
  static constexpr errc validate(const listing<V>& market, direction towards, const F& liquidation) noexcept {
    const bool down = towards == direction::deleverage;
    if (const errc e = market.venue.validate(); e != errc::ok) return e;
    if (liquidation.collateral.find(down ? market.in : market.out) == nullptr) return errc::asset_mismatch;
    if (liquidation.debt.find(down ? market.out : market.in) == nullptr) return errc::asset_mismatch;
    for (const int decimals : {market.in_decimals, market.out_decimals})
      if (decimals < 0 || decimals > units::max_decimals) return errc::bad_configuration;
    return errc::ok;
  }
  template <class V, std::size_t N>
  static constexpr double fair(const snapshot<V, N>& s, const judged& j, price_slot slot, leg side) noexcept {
    return slot.index < s.feeds.size() ? fair_price(quote_of(s, slot), j[slot], side) : s.prices[slot].value;
  }
  /// The signal of an account, with the health that the policy acts on.
  template <class V, std::size_t N>
  constexpr signal signal_now(const decision_type& d, const snapshot<V, N>& s, const form<double, N>& liquidation,
                              double health, const change& by = {}) const noexcept {
    signal out = signal_of<T>(model, s, liquidation, health, by);
    out.last_fill = d.state.last_fill;
    return out;
  }
  /// At the boundary equality is as good as liquidated: a second of interest decides.
  static constexpr bool at_the_edge(double health) noexcept {
    return liquidatable_at(boundary::at_or_below_one, health);
  }
  /// What the trigger says of a signal that it has not been waiting for.
  [[nodiscard, gnu::cold]] constexpr firing afresh(const signal& s) const noexcept {
    return trigger.fired(trigger.step({}, s));
  }
  template <class V, std::size_t N>
  constexpr errc admit(const state_type& state, const snapshot<V, N>& s) const noexcept;
  // Inlined for the sake of a hold: what they write stays in registers. That is a fifth of its time with GCC 12.
  template <class V, std::size_t N>
  [[gnu::always_inline]] constexpr void look(decision_type& d, const snapshot<V, N>& s, view<N>& v) const noexcept;
  constexpr void keep_time(state_type& state, timestamp now) const noexcept;
  template <class V, std::size_t N>
  [[gnu::always_inline]] constexpr firing ask_trigger(decision_type& d, const snapshot<V, N>& s,
                                                      const view<N>& v) const noexcept;
  template <class V, std::size_t N>
  constexpr bool replaces(decision_type& d, const snapshot<V, N>& s, const view<N>& v, firing& f) const noexcept;
  template <class V, std::size_t N>
  [[gnu::always_inline]] constexpr void act(decision_type& d, const snapshot<V, N>& s, const view<N>& v) const noexcept;
  template <class V, std::size_t N>
  [[gnu::always_inline]] constexpr errc pose(sizing::problem<V, N>& p, const decision_type& d, const snapshot<V, N>& s,
                                             const view<N>& v, const firing& f,
                                             const listing<V>& market) const noexcept;
  template <class V, std::size_t N>
  [[gnu::always_inline]] constexpr void propose(decision_type& d, const snapshot<V, N>& s, const view<N>& v,
                                                const firing& f) const noexcept;
};

template <class H, class G, class T, class Z>
policy(H, G, T, Z) -> policy<H, G, T, Z>;
template <class H, class G, class T, class Z>
policy(H, G, T, Z, execution) -> policy<H, G, T, Z>;

}  // namespace trimtab

#include <trimtab/policy/decide.hpp>
#include <trimtab/policy/propose.hpp>
