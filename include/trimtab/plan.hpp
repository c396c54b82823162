// SPDX-License-Identifier: MIT
#pragma once

/// plan: in which legal order of steps, within which limits.
#include <trimtab/plan/carry_out.hpp>
#include <trimtab/plan/draft.hpp>
#include <trimtab/plan/flows.hpp>
#include <trimtab/plan/make_plan.hpp>
#include <trimtab/plan/plan_of_basket.hpp>
#include <trimtab/plan/plan_of_remedy.hpp>
#include <trimtab/plan/plan_of_trade.hpp>
#include <trimtab/plan/rehearse.hpp>
#include <trimtab/plan/settle.hpp>
#include <trimtab/plan/step.hpp>
#include <trimtab/plan/to_raw.hpp>
#include <trimtab/sizing.hpp>
