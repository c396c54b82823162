// SPDX-License-Identifier: MIT
#pragma once

/// sensitivity: how fast does health move.
#include <trimtab/health.hpp>
#include <trimtab/sensitivity/chain_rule.hpp>
#include <trimtab/sensitivity/compensated.hpp>
#include <trimtab/sensitivity/coordinates.hpp>
#include <trimtab/sensitivity/cornish_fisher.hpp>
#include <trimtab/sensitivity/delta_gamma.hpp>
#include <trimtab/sensitivity/equity_greeks.hpp>
#include <trimtab/sensitivity/factored_greeks.hpp>
#include <trimtab/sensitivity/health_greeks.hpp>
#include <trimtab/sensitivity/liquidation_distance_greeks.hpp>
#include <trimtab/sensitivity/log_health_greeks.hpp>
#include <trimtab/sensitivity/one_factor.hpp>
#include <trimtab/sensitivity/safe_range.hpp>
#include <trimtab/sensitivity/theta.hpp>
#include <trimtab/sensitivity/worst_case.hpp>
