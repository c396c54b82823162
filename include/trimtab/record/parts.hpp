// SPDX-License-Identifier: MIT
#pragma once

// The fields of guards, triggers, sizers and venues (names.hpp).
#include <trimtab/liquidity/any_venue.hpp>
#include <trimtab/liquidity/constant_price.hpp>
#include <trimtab/liquidity/constant_product.hpp>
#include <trimtab/liquidity/frictionless.hpp>
#include <trimtab/liquidity/supply_curve.hpp>
#include <trimtab/liquidity/weighted.hpp>
#include <trimtab/oracle/all_of.hpp>
#include <trimtab/oracle/bounds.hpp>
#include <trimtab/oracle/contractual_rate.hpp>
#include <trimtab/oracle/executable_divergence.hpp>
#include <trimtab/oracle/max_age.hpp>
#include <trimtab/oracle/max_deviation.hpp>
#include <trimtab/oracle/max_rate_of_change.hpp>
#include <trimtab/oracle/median_of_sources.hpp>
#include <trimtab/oracle/moving_average.hpp>
#include <trimtab/oracle/next_price.hpp>
#include <trimtab/oracle/sequencer_grace.hpp>
#include <trimtab/oracle/twap_tolerance.hpp>
#include <trimtab/record/names.hpp>
#include <trimtab/sizing/at_oracle_price.hpp>
#include <trimtab/sizing/both_ways.hpp>
#include <trimtab/sizing/in_chunks.hpp>
#include <trimtab/sizing/leverage_up.hpp>
#include <trimtab/sizing/own_funds_first.hpp>
#include <trimtab/sizing/restore_target.hpp>
#include <trimtab/sizing/with_margin.hpp>
#include <trimtab/sizing/withdraw_above.hpp>
#include <trimtab/sizing/worth_it.hpp>
#include <trimtab/sizing/worth_the_gas.hpp>
#include <trimtab/trigger/all_of.hpp>
#include <trimtab/trigger/any_of.hpp>
#include <trimtab/trigger/carry.hpp>
#include <trimtab/trigger/cooldown.hpp>
#include <trimtab/trigger/debounce.hpp>
#include <trimtab/trigger/drift_band.hpp>
#include <trimtab/trigger/emergency.hpp>
#include <trimtab/trigger/forecast_health.hpp>
#include <trimtab/trigger/hedge_drift.hpp>
#include <trimtab/trigger/interval.hpp>
#include <trimtab/trigger/liquidation_risk.hpp>
#include <trimtab/trigger/look_ahead.hpp>
#include <trimtab/trigger/not_before.hpp>
#include <trimtab/trigger/price_move.hpp>

namespace trimtab::record {

// Guards.
template <class... G>
inline constexpr std::string_view names<oracle::all_of<G...>> = "all_of: guards";
template <>
inline constexpr std::string_view names<oracle::max_age> = "max_age: reference protocol";
template <>
inline constexpr std::string_view names<oracle::max_deviation> = "max_deviation: limit";
template <>
inline constexpr std::string_view names<oracle::max_rate_of_change> = "max_rate_of_change: limit window";
template <>
inline constexpr std::string_view names<oracle::max_rate_of_change::state_type> =
    "reference_anchor protocol_anchor next_reference next_protocol began";

template <>
inline constexpr std::string_view names<oracle::bounds> = "bounds: low high";
template <>
inline constexpr std::string_view names<oracle::contractual_rate> = "contractual_rate: discount premium promise";
template <>
inline constexpr std::string_view names<oracle::executable_divergence> = "executable_divergence: limit executable";
template <>
inline constexpr std::string_view names<oracle::median_of_sources> =
    "median_of_sources: limit quorum reference_age others_age";
template <>
inline constexpr std::string_view names<oracle::moving_average> = "moving_average: limit time_constant";
template <>
inline constexpr std::string_view names<oracle::next_price> = "next_price: limit overdue horizon only_where_given";
template <>
inline constexpr std::string_view names<oracle::sequencer_grace> = "sequencer_grace: grace";
template <>
inline constexpr std::string_view names<oracle::twap_tolerance> = "twap_tolerance: limit average";
template <>
inline constexpr std::string_view names<oracle::third_source> = "max_age only_where_given";
template <>
inline constexpr std::string_view names<oracle::exponential_average> = "last_spot average at";
template <>
inline constexpr std::string_view names<oracle::moving_average::state_type> = "reference protocol";

// Triggers.
template <class... T>
inline constexpr std::string_view names<trigger::all_of<T...>> = "all_of: parts";
template <class... T>
inline constexpr std::string_view names<trigger::any_of<T...>> = "any_of: parts";
template <>
inline constexpr std::string_view names<trigger::cooldown> = "cooldown: wait";
template <>
inline constexpr std::string_view names<trigger::cooldown::state_type> = "ready";
template <>
inline constexpr std::string_view names<trigger::drift_band> =
    "drift_band: lower target upper emergency rearm rearm_above speed";
template <>
inline constexpr std::string_view names<trigger::drift_band::side> = "inside below emergency above";
template <>
inline constexpr std::string_view names<trigger::drift_band::state_type> = "where health";
template <>
inline constexpr std::string_view names<trigger::liquidation_risk> =
    "liquidation_risk: health years probability rearm target_probability emergency";
template <>
inline constexpr std::string_view names<trigger::liquidation_risk::side> = "calm risky emergency";
template <>
inline constexpr std::string_view names<trigger::liquidation_risk::state_type> = "where risk";
template <>
inline constexpr std::string_view names<forecast::motion> = "drift volatility";

template <>
inline constexpr std::string_view names<trigger::carry> = "carry: enter leave target safe tolerance";
template <>
inline constexpr std::string_view names<trigger::carry::state_type> = "holds leans";
template <>
inline constexpr std::string_view names<trigger::emergency> = "emergency: level target rearm";
template <>
inline constexpr std::string_view names<trigger::emergency::state_type> = "where";
template <>
inline constexpr std::string_view names<trigger::forecast_health> =
    "forecast_health: volatility reaction deviations lower target rearm";
template <>
inline constexpr std::string_view names<trigger::forecast_health::state_type> = "low health forecast";
template <>
inline constexpr std::string_view names<trigger::interval> = "interval: every target tolerance speed may_leverage";
template <>
inline constexpr std::string_view names<trigger::interval::state_type> = "since due leans health";
template <>
inline constexpr std::string_view names<trigger::not_before> = "not_before: from";
template <>
inline constexpr std::string_view names<trigger::not_before::state_type> = "ready";
template <>
inline constexpr std::string_view names<trigger::price_move> =
    "price_move: down up trail_down trail_up target rearm may_leverage";
template <>
inline constexpr std::string_view names<trigger::price_move::state_type> = "anchor highest lowest fill moved leans";
template <>
inline constexpr std::string_view names<trigger::carry::stance> = "neither in out";
template <>
inline constexpr std::string_view names<trigger::emergency::side> = "calm urgent eased";
template <class T>
inline constexpr std::string_view names<trigger::debounce<T>> = "debounce: trigger time looks";
template <class T>
inline constexpr std::string_view names<trigger::look_ahead<T>> = "look_ahead: trigger horizon";
template <>
inline constexpr std::string_view names<trigger::hedge_drift> =
    "hedge_drift: band rearm minimum_trade interval wait health_floor";
template <>
inline constexpr std::string_view names<trigger::hedge_drift::state_type> =
    "drifting aged in_danger waiting small trade";
/// The states of triggers around a trigger, by what they have: their types are members, and nothing says of which.
template <class S>
requires requires(const S& s) {
  s.inner, s.towards, s.seen, s.confirmed, s.since, s.latest;
}
inline constexpr std::string_view names<S> = "inner towards seen confirmed since latest";
template <class S>
requires requires(const S& s) {
  s.inner, s.scale;
}
inline constexpr std::string_view names<S> = "inner scale";

// Sizers.
template <>
inline constexpr std::string_view names<sizing::restore_target> =
    "restore_target: max_slippage max_cost health_floor cheapest";
template <>
inline constexpr std::string_view names<sizing::leverage_up> = "leverage_up: max_slippage max_cost";
template <class Down, class Up>
inline constexpr std::string_view names<sizing::both_ways<Down, Up>> = "both_ways: deleverage leverage";
template <class Z>
inline constexpr std::string_view names<sizing::in_chunks<Z>> = "in_chunks: whole band at_most";
template <class Z, class Benefit>
inline constexpr std::string_view names<sizing::worth_it<Z, Benefit>> = "worth_it: inner worth";
template <>
inline constexpr std::string_view names<sizing::saved_loss> = "saved_loss: health terms years";
template <>
inline constexpr std::string_view names<forecast::liquidation_terms> =
    "threshold borrow_factor bonus close_factor debt";

template <>
inline constexpr std::string_view names<sizing::withdraw_above> = "withdraw_above: at_most at_least";

template <>
inline constexpr std::string_view names<sizing::at_oracle_price> =
    "at_oracle_price: max_slippage most_collateral most_debt beyond";
template <class Z>
inline constexpr std::string_view names<sizing::own_funds_first<Z>> = "own_funds_first: inner least_between";

template <class Z>
inline constexpr std::string_view names<sizing::with_margin<Z>> = "with_margin: inner margin";
template <class Z>
inline constexpr std::string_view names<sizing::worth_the_gas<Z>> = "worth_the_gas: inner up_to";

// Venues. Those that keep their numbers to themselves (stable pools, books and tick tables walked to a place) have
// none.
template <>
inline constexpr std::string_view names<liquidity::frictionless> = "frictionless: price";
template <>
inline constexpr std::string_view names<liquidity::constant_price> = "constant_price: price cap fee gas_units";
template <>
inline constexpr std::string_view names<liquidity::constant_product> =
    "constant_product: reserve_in reserve_out fee gas_units";
template <>
inline constexpr std::string_view names<liquidity::weighted> =
    "weighted: balance_in balance_out weight_in weight_out fee cap gas_units";
template <class S>
inline constexpr std::string_view names<liquidity::segment<S>> = "price curvature capacity";
template <>
inline constexpr std::string_view names<liquidity::placed_segment> =
    "piece before_in before_out before_loss drop gas_units";
template <>
inline constexpr std::string_view names<liquidity::supply_curve> = "supply_curve: pieces first taken error";
template <class... V>
inline constexpr std::string_view names<liquidity::any_venue<V...>> = "=";

}  // namespace trimtab::record
