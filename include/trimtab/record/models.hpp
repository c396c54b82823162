// SPDX-License-Identifier: MIT
#pragma once

// The fields of the health models and the tables they read (names.hpp).
#include <trimtab/health/aave_v3.hpp>
#include <trimtab/health/aave_v4.hpp>
#include <trimtab/health/compound_v3.hpp>
#include <trimtab/health/crvusd.hpp>
#include <trimtab/health/euler_v2.hpp>
#include <trimtab/health/fluid_t1.hpp>
#include <trimtab/health/gearbox_v3.hpp>
#include <trimtab/health/gmx_v2.hpp>
#include <trimtab/health/hyperliquid.hpp>
#include <trimtab/health/kamino.hpp>
#include <trimtab/health/liquity_v1.hpp>
#include <trimtab/health/liquity_v2.hpp>
#include <trimtab/health/maker.hpp>
#include <trimtab/health/morpho_blue.hpp>
#include <trimtab/health/morpho_pre_liquidation.hpp>
#include <trimtab/health/schedule.hpp>
#include <trimtab/record/names.hpp>

namespace trimtab::record {

template <>
inline constexpr std::string_view names<health::aave_v3_release> = "v3_0 v3_2 v3_3 v3_5 v3_6 v3_7";
template <>
inline constexpr std::string_view names<health::aave_v3_reserve> =
    "asset collateral_slot debt_slot ltv threshold bonus protocol_fee decimals borrowable in_grace_period "
    "emode_collateral_slot emode_debt_slot debt_ceiling isolated_debt borrowable_in_isolation siloed";
template <>
inline constexpr std::string_view names<health::aave_v3_emode> =
    "id ltv threshold bonus collateral_bitmap borrowable_bitmap ltv_zero_bitmap price_source isolated";
template <>
inline constexpr std::string_view names<health::aave_v3_close_factor> =
    "partial full_at_or_below full_below_base minimum_leftover_base";
template <>
inline constexpr std::string_view names<health::aave_v3> =
    "aave_v3: reserves emodes emode release close_factor sentinel_refuses exact_threshold";
template <>
inline constexpr std::string_view names<health::aave_v4_reserve> =
    "asset collateral_slot debt_slot latest_key decimals borrowable";
template <>
inline constexpr std::string_view names<health::aave_v4_config> = "asset key collateral_factor max_bonus protocol_fee";
template <>
inline constexpr std::string_view names<health::aave_v4_key> = "asset key";
template <>
inline constexpr std::string_view names<health::aave_v4_liquidation_config> =
    "target_health health_for_max_bonus bonus_factor dust_base";
template <>
inline constexpr std::string_view names<health::aave_v4> = "aave_v4: reserves configs keys liquidation";
template <>
inline constexpr std::string_view names<health::compound_v3_asset> =
    "asset slot borrow_factor liquidate_factor liquidation_factor";
template <>
inline constexpr std::string_view names<health::compound_v3> =
    "compound_v3: base base_slot assets minimum_borrow storefront_factor base_decimals";
template <>
inline constexpr std::string_view names<health::crvusd> =
    "crvusd: collateral stablecoin collateral_slot debt_slot bands_slot liquidation_discount loan_discount "
    "amplification bands held x_down p_up in_bands read_at traded";
template <>
inline constexpr std::string_view names<health::ltv_ramp> = "initial target until duration";
template <>
inline constexpr std::string_view names<health::euler_v2_collateral> =
    "asset bid_slot mid_slot borrow_ltv liquidation_ltv";
template <>
inline constexpr std::string_view names<health::euler_v2> =
    "euler_v2: collaterals liability liability_mid_slot liability_ask_slot maximum_discount now cooling_off "
    "socialises_debt liability_decimals unit_of_account_decimals";
template <>
inline constexpr std::string_view names<health::fluid_t1> =
    "fluid_t1: collateral debt operate_slot liquidate_slot debt_slot collateral_factor threshold maximum_limit penalty "
    "collateral_decimals debt_decimals";
template <>
inline constexpr std::string_view names<health::gearbox_v3_token> = "asset slot safe_slot has_reserve threshold quota";
template <>
inline constexpr std::string_view names<health::gearbox_v3> =
    "gearbox_v3: underlying underlying_slot underlying_safe_slot debt_slot underlying_threshold tokens minimum_health "
    "minimum_borrow liquidation_discount liquidation_fee underlying_decimals capped capped_safe";
template <>
inline constexpr std::string_view names<health::gmx_v2_piece> = "at_floor opening_asked capped_profit size tokens";
template <>
inline constexpr std::string_view names<health::gmx_v2> =
    "gmx_v2: margin index usd margin_min_slot index_min_slot index_max_slot usd_slot liquidation_factor opening_factor "
    "minimum_collateral costs liquidation_fee profit_share piece";
template <>
inline constexpr std::string_view names<health::hyperliquid_tier> = "from_notional maintenance";
template <>
inline constexpr std::string_view names<health::hyperliquid_market> = "index slot tiers initial_margin";
template <>
inline constexpr std::string_view names<health::hyperliquid> = "hyperliquid: quote quote_slot markets tier";
template <>
inline constexpr std::string_view names<health::kamino_reserve> =
    "asset slot loan_to_value threshold borrow_factor minimum_bonus maximum_bonus bad_debt_bonus protocol_fee decimals";
template <>
inline constexpr std::string_view names<health::kamino> =
    "kamino: reserves close_factor insolvency_risk_ltv maximum_at_once whole_below group_maximum_bonus";
template <>
inline constexpr std::string_view names<health::liquity_v1> =
    "liquity_v1: collateral lusd collateral_slot lusd_slot system_collateral system_debt stability_pool last_trove mcr "
    "ccr min_net_debt gas_compensation collateral_gas recovery_mode threshold";
template <>
inline constexpr std::string_view names<health::liquity_v2> =
    "liquity_v2: collateral bold collateral_slot bold_slot mcr ccr scr bcr min_debt gas_deposit collateral_gas "
    "collateral_gas_cap pool_penalty redistribution_penalty in_batch shut_down last_trove branch_collateral "
    "branch_debt stability_pool";
template <>
inline constexpr std::string_view names<health::maker_liquidator> = "dog cat";
template <>
inline constexpr std::string_view names<health::maker> =
    "maker: collateral dai price next_price par mat penalty dust line_room room liquidator dunk";
template <>
inline constexpr std::string_view names<health::morpho_blue> =
    "morpho_blue: collateral loan collateral_slot loan_slot lltv loan_decimals";
template <>
inline constexpr std::string_view names<health::morpho_pre_liquidation> =
    "morpho_pre_liquidation: market oracle_slot threshold close_factor_start close_factor_end bonus_start bonus_end";
template <class T>
inline constexpr std::string_view names<health::scheduled<T>> = "now next from";

}  // namespace trimtab::record
