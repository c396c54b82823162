// SPDX-License-Identifier: MIT
#pragma once

/// health: how safe, and when is it liquidated.
#include <trimtab/health/aave_rounding.hpp>
#include <trimtab/health/aave_v3.hpp>
#include <trimtab/health/aave_v3_config.hpp>
#include <trimtab/health/aave_v3_liquidation.hpp>
#include <trimtab/health/aave_v4.hpp>
#include <trimtab/health/aave_v4_config.hpp>
#include <trimtab/health/accrual.hpp>
#include <trimtab/health/change.hpp>
#include <trimtab/health/compound_v3.hpp>
#include <trimtab/health/concept.hpp>
#include <trimtab/health/crvusd.hpp>
#include <trimtab/health/euler_v2.hpp>
#include <trimtab/health/fluid_t1.hpp>
#include <trimtab/health/form.hpp>
#include <trimtab/health/gearbox_v3.hpp>
#include <trimtab/health/gearbox_v3_closing.hpp>
#include <trimtab/health/health_factor.hpp>
#include <trimtab/health/kamino.hpp>
#include <trimtab/health/liquidation.hpp>
#include <trimtab/health/liquidation_effect.hpp>
#include <trimtab/health/liquidation_price.hpp>
#include <trimtab/health/liquity_trove.hpp>
#include <trimtab/health/liquity_v1.hpp>
#include <trimtab/health/liquity_v2.hpp>
#include <trimtab/health/maker.hpp>
#include <trimtab/health/maker_auction.hpp>
#include <trimtab/health/morpho_blue.hpp>
#include <trimtab/health/morpho_pre_liquidation.hpp>
#include <trimtab/health/rate_curve.hpp>
#include <trimtab/health/schedule.hpp>
#include <trimtab/health/spark.hpp>
#include <trimtab/health/table.hpp>
#include <trimtab/market.hpp>
