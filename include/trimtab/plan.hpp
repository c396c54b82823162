// SPDX-License-Identifier: MIT
#pragma once

/// plan: in which legal order of steps, within which limits.
#include <trimtab/plan/make_plan.hpp>
#include <trimtab/plan/settle.hpp>
#include <trimtab/plan/step.hpp>
#include <trimtab/sizing.hpp>
