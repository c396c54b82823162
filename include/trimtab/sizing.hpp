// SPDX-License-Identifier: MIT
#pragma once

/// sizing: how much, where, paid how, is it worth it.
#include <trimtab/health.hpp>
#include <trimtab/liquidity.hpp>
#include <trimtab/sizing/basket.hpp>
#include <trimtab/sizing/basket_dual.hpp>
#include <trimtab/sizing/basket_line.hpp>
#include <trimtab/sizing/basket_problem.hpp>
#include <trimtab/sizing/basket_search.hpp>
#include <trimtab/sizing/basket_trades.hpp>
#include <trimtab/sizing/both_ways.hpp>
#include <trimtab/sizing/concept.hpp>
#include <trimtab/sizing/deleverage.hpp>
#include <trimtab/sizing/hedge.hpp>
#include <trimtab/sizing/hedge_book.hpp>
#include <trimtab/sizing/hedge_leg.hpp>
#include <trimtab/sizing/hedge_split.hpp>
#include <trimtab/sizing/in_chunks.hpp>
#include <trimtab/sizing/leverage_up.hpp>
#include <trimtab/sizing/problem.hpp>
#include <trimtab/sizing/protective_put.hpp>
#include <trimtab/sizing/restore_target.hpp>
#include <trimtab/sizing/size_equation.hpp>
#include <trimtab/sizing/split.hpp>
#include <trimtab/sizing/split_venues.hpp>
#include <trimtab/sizing/worth_it.hpp>
#include <trimtab/trigger.hpp>
