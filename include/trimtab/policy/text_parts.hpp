// SPDX-License-Identifier: MIT
#pragma once

// The fields of guards, triggers, sizers and venues (text_names.hpp).
#include <trimtab/liquidity/any_venue.hpp>
#include <trimtab/liquidity/constant_price.hpp>
#include <trimtab/liquidity/constant_product.hpp>
#include <trimtab/liquidity/frictionless.hpp>
#include <trimtab/liquidity/supply_curve.hpp>
#include <trimtab/liquidity/weighted.hpp>
#include <trimtab/oracle/all_of.hpp>
#include <trimtab/oracle/max_age.hpp>
#include <trimtab/oracle/max_deviation.hpp>
#include <trimtab/oracle/max_rate_of_change.hpp>
#include <trimtab/policy/text_names.hpp>
#include <trimtab/sizing/both_ways.hpp>
#include <trimtab/sizing/in_chunks.hpp>
#include <trimtab/sizing/inclusion_delay.hpp>
#include <trimtab/sizing/leverage_up.hpp>
#include <trimtab/sizing/restore_target.hpp>
#include <trimtab/sizing/worth_it.hpp>
#include <trimtab/trigger/all_of.hpp>
#include <trimtab/trigger/any_of.hpp>
#include <trimtab/trigger/cooldown.hpp>
#include <trimtab/trigger/drift_band.hpp>
#include <trimtab/trigger/hedge_drift.hpp>
#include <trimtab/trigger/liquidation_risk.hpp>

namespace trimtab {

// Guards.
template <class... G>
inline constexpr std::string_view text_names<oracle::all_of<G...>> = "all_of: guards";
template <>
inline constexpr std::string_view text_names<oracle::max_age> = "max_age: reference protocol";
template <>
inline constexpr std::string_view text_names<oracle::max_deviation> = "max_deviation: limit";
template <>
inline constexpr std::string_view text_names<oracle::max_rate_of_change> = "max_rate_of_change: limit window";
template <>
inline constexpr std::string_view text_names<oracle::max_rate_of_change::state_type> =
    "reference_anchor protocol_anchor next_reference next_protocol began";

// Triggers.
template <class... T>
inline constexpr std::string_view text_names<trigger::all_of<T...>> = "all_of: parts";
template <class... T>
inline constexpr std::string_view text_names<trigger::any_of<T...>> = "any_of: parts";
template <>
inline constexpr std::string_view text_names<trigger::cooldown> = "cooldown: wait";
template <>
inline constexpr std::string_view text_names<trigger::cooldown::state_type> = "ready";
template <>
inline constexpr std::string_view text_names<trigger::drift_band> =
    "drift_band: lower target upper emergency rearm rearm_above";
template <>
inline constexpr std::string_view text_names<trigger::drift_band::side> = "inside below emergency above";
template <>
inline constexpr std::string_view text_names<trigger::drift_band::state_type> = "where";
template <>
inline constexpr std::string_view text_names<trigger::liquidation_risk> =
    "liquidation_risk: health years probability rearm target_probability emergency";
template <>
inline constexpr std::string_view text_names<trigger::liquidation_risk::side> = "calm risky emergency";
template <>
inline constexpr std::string_view text_names<trigger::liquidation_risk::state_type> = "where";
template <>
inline constexpr std::string_view text_names<forecast::motion> = "drift volatility";

// Sizers.
template <>
inline constexpr std::string_view text_names<sizing::restore_target> =
    "restore_target: max_slippage max_cost health_floor cheapest";
template <>
inline constexpr std::string_view text_names<sizing::leverage_up> = "leverage_up: max_slippage max_cost";
template <class Down, class Up>
inline constexpr std::string_view text_names<sizing::both_ways<Down, Up>> = "both_ways: deleverage leverage";
template <class Z>
inline constexpr std::string_view text_names<sizing::in_chunks<Z>> = "in_chunks: whole band at_most";
template <class Z, class Benefit>
inline constexpr std::string_view text_names<sizing::worth_it<Z, Benefit>> = "worth_it: inner worth";
template <>
inline constexpr std::string_view text_names<sizing::saved_loss> = "saved_loss: health terms years";
template <>
inline constexpr std::string_view text_names<forecast::liquidation_terms> =
    "threshold borrow_factor bonus close_factor debt";

// Venues. Those that keep their numbers to themselves (stable pools, books and tick tables walked to a place) have
// none.
template <>
inline constexpr std::string_view text_names<liquidity::frictionless> = "frictionless: price";
template <>
inline constexpr std::string_view text_names<liquidity::constant_price> = "constant_price: price cap fee gas_units";
template <>
inline constexpr std::string_view text_names<liquidity::constant_product> =
    "constant_product: reserve_in reserve_out fee gas_units";
template <>
inline constexpr std::string_view text_names<liquidity::weighted> =
    "weighted: balance_in balance_out weight_in weight_out fee cap gas_units";
template <class S>
inline constexpr std::string_view text_names<liquidity::segment<S>> = "price curvature capacity";
template <>
inline constexpr std::string_view text_names<liquidity::placed_segment> =
    "piece before_in before_out before_loss drop gas_units";
template <>
inline constexpr std::string_view text_names<liquidity::supply_curve> = "supply_curve: pieces first taken error";
template <class... V>
inline constexpr std::string_view text_names<liquidity::any_venue<V...>> = "=";

}  // namespace trimtab
