// SPDX-License-Identifier: MIT
#pragma once

/// simulate: what would have happened.
#include <trimtab/policy.hpp>
#include <trimtab/simulate/block.hpp>
#include <trimtab/simulate/counter_random.hpp>
#include <trimtab/simulate/daily_observations.hpp>
#include <trimtab/simulate/gas_series.hpp>
#include <trimtab/simulate/generated.hpp>
#include <trimtab/simulate/keeper.hpp>
#include <trimtab/simulate/ledger.hpp>
#include <trimtab/simulate/market_tape.hpp>
#include <trimtab/simulate/opening.hpp>
#include <trimtab/simulate/oracle_feed.hpp>
#include <trimtab/simulate/pool.hpp>
#include <trimtab/simulate/price_file.hpp>
#include <trimtab/simulate/price_path.hpp>
#include <trimtab/simulate/run.hpp>
#include <trimtab/simulate/tended.hpp>
#include <trimtab/simulate/text_table.hpp>
#include <trimtab/simulate/wick_screen.hpp>
#include <trimtab/simulate/world.hpp>
#include <trimtab/simulate/worst_fall.hpp>
