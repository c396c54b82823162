// SPDX-License-Identifier: MIT
#pragma once

/// health: how safe, and when is it liquidated.
#include <trimtab/health/aave_v3.hpp>
#include <trimtab/health/change.hpp>
#include <trimtab/health/concept.hpp>
#include <trimtab/health/critical_amounts.hpp>
#include <trimtab/health/form.hpp>
#include <trimtab/health/gmx_v2.hpp>
#include <trimtab/health/health_factor.hpp>
#include <trimtab/health/hyperliquid.hpp>
#include <trimtab/health/hyperliquid_market.hpp>
#include <trimtab/health/liquidation.hpp>
#include <trimtab/health/liquidation_along.hpp>
#include <trimtab/health/liquidation_price.hpp>
#include <trimtab/health/morpho_blue.hpp>
#include <trimtab/health/perp_position.hpp>
#include <trimtab/market.hpp>
