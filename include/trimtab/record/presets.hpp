// SPDX-License-Identifier: MIT
#pragma once

// The fields of the parts of known systems (names.hpp).
#include <trimtab/preset/defi_saver.hpp>
#include <trimtab/preset/index_coop.hpp>
#include <trimtab/preset/kamino.hpp>
#include <trimtab/preset/morpho_pre_liquidation.hpp>
#include <trimtab/preset/oasis.hpp>
#include <trimtab/preset/paid_in_collateral.hpp>
#include <trimtab/preset/rage_trade.hpp>
#include <trimtab/preset/yearn.hpp>
#include <trimtab/record/models.hpp>
#include <trimtab/record/names.hpp>

namespace trimtab::record {

// DeFi Saver. The model is the one it looks through.
template <class M>
inline constexpr std::string_view names<preset::as_defi_saver_sees<M>> = names<M>;
template <>
inline constexpr std::string_view names<preset::ratio_check> = "improved improved_and_there within_five_points";
template <>
inline constexpr std::string_view names<preset::defi_saver_settings> =
    "repay_below repay_to boost_above boost_to check fee_divider max_slippage asks_venue";
template <>
inline constexpr std::string_view names<preset::safety_ratio_trigger> = "safety_ratio_trigger: settings";
template <>
inline constexpr std::string_view names<preset::safety_ratio_trigger::state_type> = "towards target why";
template <>
inline constexpr std::string_view names<preset::defi_saver_sizer> = "defi_saver_sizer: settings";

// Index Coop.
template <>
inline constexpr std::string_view names<preset::index_coop_call> = "none rebalance iterate ripcord";
template <>
inline constexpr std::string_view names<preset::index_coop_rules> =
    "target least most recentring_speed interval unutilised margin_on_repay slippage twap_cooldown largest_trade "
    "ripcord ripcord_reward ripcord_slippage ripcord_cooldown ripcord_largest_trade";
template <>
inline constexpr std::string_view names<preset::index_coop_trigger> = "index_coop_trigger: rules";
template <>
inline constexpr std::string_view names<preset::index_coop_trigger::state_type> = "call why leverage target";
template <>
inline constexpr std::string_view names<preset::index_coop_sizer> = "index_coop_sizer: rules";

// Kamino, and whoever takes up what it or Morpho offers.
template <>
inline constexpr std::string_view names<preset::kamino_condition> =
    "never ltv_above ltv_below ratio_above ratio_below always liquidation_closer_than";
template <>
inline constexpr std::string_view names<preset::kamino_order> = "when threshold amount least_bonus largest_bonus";
template <>
inline constexpr std::string_view names<preset::kamino_orders> = "orders execution_enabled price_triggers_disabled";
template <>
inline constexpr std::string_view names<preset::as_kamino_executes> = names<health::kamino>;
template <>
inline constexpr std::string_view names<preset::kamino_trigger> = "kamino_trigger: orders borrow_factor";
template <>
inline constexpr std::string_view names<preset::kamino_trigger::state_type> = "why";
template <>
inline constexpr std::string_view names<preset::kamino_rule> = "kamino_rule: orders protocol_fee";
template <>
inline constexpr std::string_view names<preset::stranger> = "least_profit gives_up_to";
template <class Rule>
inline constexpr std::string_view names<preset::taken_up<Rule>> = "taken_up: rule sender";

// Morpho's pre-liquidation.
template <>
inline constexpr std::string_view names<preset::pre_liquidation_window> = "pre_liquidation_window: upper";
template <>
inline constexpr std::string_view names<preset::pre_liquidation_window::place> = "healthy window beyond unknown";
template <>
inline constexpr std::string_view names<preset::pre_liquidation_window::state_type> = "where";
template <>
inline constexpr std::string_view names<preset::pre_liquidation_rule> = "pre_liquidation_rule: model";

// Oasis.
template <>
inline constexpr std::string_view names<preset::oasis_order> =
    "execution target deviation least_price most_price most_base_fee_gwei most_coverage max_slippage asks_venue";
template <>
inline constexpr std::string_view names<preset::oasis_trigger> = "oasis_trigger: towards order liquidation_ratio dust";
template <>
inline constexpr std::string_view names<preset::oasis_trigger::state_type> = "why target";
template <>
inline constexpr std::string_view names<preset::oasis_sizer> = "oasis_sizer: towards order liquidation_ratio dust";

// RageTrade and Yearn.
template <>
inline constexpr std::string_view names<preset::rage_trade_rules> =
    "rage_trade_rules: interval deviation health_floor target_health least_hedge partial_above slippage";
template <>
inline constexpr std::string_view names<preset::yearn_rules> = "yearn_rules: minimum_wait max_base_fee";

}  // namespace trimtab::record
