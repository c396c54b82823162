// SPDX-License-Identifier: MIT
#pragma once

// The fields of what a policy is given, keeps and answers (names.hpp).
#include <trimtab/market/snapshot.hpp>
#include <trimtab/oracle/concept.hpp>
#include <trimtab/plan/step.hpp>
#include <trimtab/policy/decision.hpp>
#include <trimtab/policy/execution.hpp>
#include <trimtab/policy/order.hpp>
#include <trimtab/policy/policy.hpp>
#include <trimtab/record/names.hpp>
#include <trimtab/sizing/problem.hpp>
#include <trimtab/trigger/concept.hpp>

#include <concepts>

namespace trimtab::record {

// Numbers with a unit, and what is chosen by name.
template <>
inline constexpr std::string_view names<asset_id> = "=";
template <>
inline constexpr std::string_view names<price_slot> = "=";
template <>
inline constexpr std::string_view names<basis_points> = "=";
template <class S>
inline constexpr std::string_view names<oracle_price<S>> = "=";
template <class S>
inline constexpr std::string_view names<executable_price<S>> = "=";
template <>
inline constexpr std::string_view names<errc> =
    "ok not_finite negative_amount non_positive_price size_mismatch asset_mismatch capacity overflow malformed_number "
    "duplicate_asset threshold_range unknown_emode outside_validity bad_configuration time_backwards oracle_ours "
    "oracle_protocol oracle_unknown infeasible would_worsen already_there dust cost_exceeds_limit cost_exceeds_benefit "
    "gas_ceiling gas_tank no_convergence not_liquidatable inside_band cooldown pending not_yet unconfirmed pace "
    "slippage insufficient_balance unpaid_flash_loan unhealthy_step reserve_closed expired corrupted";
template <>
inline constexpr std::string_view names<trust> = "ok ours_bad protocol_bad unknown both_bad";
template <>
inline constexpr std::string_view names<doubt> =
    "none no_price age deviation jump bounds sources average moving_average sequencer execution contractual next_price";
template <>
inline constexpr std::string_view names<direction> = "none deleverage leverage";
template <>
inline constexpr std::string_view names<gas_payer> = "tank proceeds";
template <>
inline constexpr std::string_view names<sizing::funding_mode> = "none flash_debt flash_collateral";
template <>
inline constexpr std::string_view names<sizing::limit> =
    "none pole depth capacity collateral debt withdrawable supply_room borrow_room flash_loan slippage health_floor "
    "borrow_form reserve minimum_debt cost chunk band wallet category";
template <>
inline constexpr std::string_view names<action> =
    "flash_borrow flash_repay withdraw supply borrow repay swap pay transfer_in transfer_out";
template <>
inline constexpr std::string_view names<quantity> = "exact all_held share_held whole_debt_by_max whole_debt_by_shares";
template <>
inline constexpr std::string_view names<verdict> = "hold rebalance refuse";
template <>
inline constexpr std::string_view names<order_status> = "idle proposed pending partial filled reverted expired";
template <>
inline constexpr std::string_view names<receipt_kind> =
    "sent partially_filled filled reverted replaced expired liquidated";

// What is looked at.
template <>
inline constexpr std::string_view names<holding> = "fields asset collateral debt used_as_collateral";
template <>
inline constexpr std::string_view names<observation> = "price at";
template <>
inline constexpr std::string_view names<executable_observation> = "price at";
template <>
inline constexpr std::string_view names<feed> = "protocol_at reference others average contractual executable next";
template <>
inline constexpr std::string_view names<sequencer> = "up since";
template <>
inline constexpr std::string_view names<reserve_limits> =
    "asset active paused frozen borrow_room supply_room withdrawable flash_loan_enabled flash_loan_available";
template <>
inline constexpr std::string_view names<gas_market> = "transaction_gas price_native tank_native paid_from native";
template <class V>
inline constexpr std::string_view names<listing<V>> = "in out venue in_decimals out_decimals";
template <class V, std::size_t N>
inline constexpr std::string_view names<snapshot<V, N>> =
    "now account prices feeds reserves sell buy gas sequencer carry";

// How it acts, and what it has asked for.
template <>
inline constexpr std::string_view names<sizing::funding> = "mode premium";
template <>
inline constexpr std::string_view names<sizing::reward> = "flat share";
template <>
inline constexpr std::string_view names<execution> =
    "funding wait gas_ceiling least_gain pace resend_after fee_raise tank_transactions leave_overvalued reward "
    "urgent_reward";
template <class H, class G, class T, class Z>
inline constexpr std::string_view names<policy<H, G, T, Z>> = "model guard trigger sizer execution";
/// A policy's state, by what it has: the type is a member of the policy's, and nothing says of which.
template <class S>
concept PolicyState = requires(const S& s) {
  { s.order } -> std::convertible_to<order>;
  { s.last_fill } -> std::convertible_to<timestamp>;
  { s.last_look } -> std::convertible_to<timestamp>;
  s.guards, s.trigger;
};
template <PolicyState S>
inline constexpr std::string_view names<S> = "guards trigger order last_fill last_look";
template <>
inline constexpr std::string_view names<change> = "collateral collateral_by debt debt_by";
template <>
inline constexpr std::string_view names<intent> = "towards more_to_come target expected";
template <>
inline constexpr std::string_view names<order> =
    "status episode_open gave_up gave_up_a_piece nonce episode sent_at fee bid deadline current replacement";
template <>
inline constexpr std::string_view names<receipt> = "kind nonce at fee";

// What it answers.
template <>
inline constexpr std::string_view names<sizing::cost> = "spread impact premium gas fee reward";
template <>
inline constexpr std::string_view names<sizing::trade> =
    "towards mode collateral debt sold expected_out min_out flash flash_rate flash_premium gas_in_kind paid_out "
    "collateral_change debt_change health_before health_after health_at_min_out cost";
template <>
inline constexpr std::string_view names<alarms> = "gas_tank_low overvalued undervalued own_reference in_danger";
template <class State>
inline constexpr std::string_view names<decision<State>> =
    "verdict reason binding trust doubt doubted emergency replaces alarms health fair_health health_with_fill "
    "next_health best_health target urgency cost benefit gas_price gas_limit nonce deadline trade state";
template <>
inline constexpr std::string_view names<step> = "what meant venue asset asset_out amount min_out";
template <>
inline constexpr std::string_view names<token> = "asset decimals";
template <std::size_t N>
inline constexpr std::string_view names<plan<N>> = "steps count token_count tokens deadline seal";

}  // namespace trimtab::record
