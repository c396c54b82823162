// SPDX-License-Identifier: MIT
#pragma once

/// sizing: how much, where, paid how, is it worth it.
#include <trimtab/health.hpp>
#include <trimtab/liquidity.hpp>
#include <trimtab/sizing/activation.hpp>
#include <trimtab/sizing/activation_search.hpp>
#include <trimtab/sizing/activation_venues.hpp>
#include <trimtab/sizing/both_ways.hpp>
#include <trimtab/sizing/concept.hpp>
#include <trimtab/sizing/deleverage.hpp>
#include <trimtab/sizing/hedge.hpp>
#include <trimtab/sizing/hedge_book.hpp>
#include <trimtab/sizing/hedge_leg.hpp>
#include <trimtab/sizing/hedge_split.hpp>
#include <trimtab/sizing/in_chunks.hpp>
#include <trimtab/sizing/integer_size.hpp>
#include <trimtab/sizing/leverage.hpp>
#include <trimtab/sizing/leverage_to.hpp>
#include <trimtab/sizing/leverage_up.hpp>
#include <trimtab/sizing/limits.hpp>
#include <trimtab/sizing/look_at_sizes.hpp>
#include <trimtab/sizing/problem.hpp>
#include <trimtab/sizing/protective_put.hpp>
#include <trimtab/sizing/restore_target.hpp>
#include <trimtab/sizing/sandwich.hpp>
#include <trimtab/sizing/size_equation.hpp>
#include <trimtab/sizing/size_on_any_venue.hpp>
#include <trimtab/sizing/size_on_pieces.hpp>
#include <trimtab/sizing/split.hpp>
#include <trimtab/sizing/split_venues.hpp>
#include <trimtab/sizing/trade_cost.hpp>
#include <trimtab/sizing/worth_it.hpp>
#include <trimtab/trigger.hpp>
