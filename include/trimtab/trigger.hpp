// SPDX-License-Identifier: MIT
#pragma once

/// trigger: act now?
#include <trimtab/core.hpp>
#include <trimtab/trigger/all_of.hpp>
#include <trimtab/trigger/any_of.hpp>
#include <trimtab/trigger/carry.hpp>
#include <trimtab/trigger/combined.hpp>
#include <trimtab/trigger/concept.hpp>
#include <trimtab/trigger/cooldown.hpp>
#include <trimtab/trigger/debounce.hpp>
#include <trimtab/trigger/drift_band.hpp>
#include <trimtab/trigger/emergency.hpp>
#include <trimtab/trigger/forecast_health.hpp>
#include <trimtab/trigger/hedge_drift.hpp>
#include <trimtab/trigger/in_health.hpp>
#include <trimtab/trigger/interval.hpp>
#include <trimtab/trigger/liquidation_risk.hpp>
#include <trimtab/trigger/look_ahead.hpp>
#include <trimtab/trigger/not_before.hpp>
#include <trimtab/trigger/price_move.hpp>
#include <trimtab/trigger/response.hpp>
