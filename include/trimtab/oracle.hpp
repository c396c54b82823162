// SPDX-License-Identifier: MIT
#pragma once

/// oracle: may I believe this price, and whose fault is it if not.
#include <trimtab/market.hpp>
#include <trimtab/oracle/all_of.hpp>
#include <trimtab/oracle/bounds.hpp>
#include <trimtab/oracle/concept.hpp>
#include <trimtab/oracle/contractual_rate.hpp>
#include <trimtab/oracle/delayed_feed.hpp>
#include <trimtab/oracle/executable_divergence.hpp>
#include <trimtab/oracle/lanes.hpp>
#include <trimtab/oracle/manipulation_cost.hpp>
#include <trimtab/oracle/max_age.hpp>
#include <trimtab/oracle/max_deviation.hpp>
#include <trimtab/oracle/max_rate_of_change.hpp>
#include <trimtab/oracle/median_of_sources.hpp>
#include <trimtab/oracle/moving_average.hpp>
#include <trimtab/oracle/next_price.hpp>
#include <trimtab/oracle/proposer_run.hpp>
#include <trimtab/oracle/sequencer_grace.hpp>
#include <trimtab/oracle/third_source.hpp>
#include <trimtab/oracle/tick_window.hpp>
#include <trimtab/oracle/time_weighted.hpp>
#include <trimtab/oracle/twap_tolerance.hpp>
