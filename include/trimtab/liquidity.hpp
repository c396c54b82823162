// SPDX-License-Identifier: MIT
#pragma once

/// liquidity: what do I get for x.
#include <trimtab/liquidity/any_venue.hpp>
#include <trimtab/liquidity/build_supply_curve.hpp>
#include <trimtab/liquidity/concept.hpp>
#include <trimtab/liquidity/constant_price.hpp>
#include <trimtab/liquidity/constant_product.hpp>
#include <trimtab/liquidity/exact_swap_step.hpp>
#include <trimtab/liquidity/exact_tick.hpp>
#include <trimtab/liquidity/fit_segments.hpp>
#include <trimtab/liquidity/frictionless.hpp>
#include <trimtab/liquidity/parallel.hpp>
#include <trimtab/liquidity/power_curve.hpp>
#include <trimtab/liquidity/segment.hpp>
#include <trimtab/liquidity/supply_curve.hpp>
#include <trimtab/liquidity/uniswap_v2_exact.hpp>
#include <trimtab/liquidity/uniswap_v3_exact.hpp>
#include <trimtab/liquidity/weighted.hpp>
#include <trimtab/market.hpp>
