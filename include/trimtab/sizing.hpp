// SPDX-License-Identifier: MIT
#pragma once

/// sizing: how much, where, paid how, is it worth it.
#include <trimtab/health.hpp>
#include <trimtab/liquidity.hpp>
#include <trimtab/sizing/borrow_out.hpp>
#include <trimtab/sizing/both_ways.hpp>
#include <trimtab/sizing/cheapest_remedy.hpp>
#include <trimtab/sizing/choose_funding.hpp>
#include <trimtab/sizing/close_position.hpp>
#include <trimtab/sizing/concept.hpp>
#include <trimtab/sizing/deleverage.hpp>
#include <trimtab/sizing/execution_route.hpp>
#include <trimtab/sizing/flash_source.hpp>
#include <trimtab/sizing/hedge.hpp>
#include <trimtab/sizing/hedge_book.hpp>
#include <trimtab/sizing/hedge_leg.hpp>
#include <trimtab/sizing/hedge_split.hpp>
#include <trimtab/sizing/in_chunks.hpp>
#include <trimtab/sizing/inclusion_delay.hpp>
#include <trimtab/sizing/least_root.hpp>
#include <trimtab/sizing/leverage_up.hpp>
#include <trimtab/sizing/loop_schedule.hpp>
#include <trimtab/sizing/problem.hpp>
#include <trimtab/sizing/protective_put.hpp>
#include <trimtab/sizing/remedy.hpp>
#include <trimtab/sizing/repay_from_wallet.hpp>
#include <trimtab/sizing/restore_target.hpp>
#include <trimtab/sizing/size_equation.hpp>
#include <trimtab/sizing/swap_collateral.hpp>
#include <trimtab/sizing/swap_debt.hpp>
#include <trimtab/sizing/switch_emode.hpp>
#include <trimtab/sizing/top_up.hpp>
#include <trimtab/sizing/withdraw_surplus.hpp>
#include <trimtab/sizing/worth_it.hpp>
#include <trimtab/trigger.hpp>
