// SPDX-License-Identifier: MIT
#pragma once

/// The decision path: everything a keeper needs to evaluate a policy. Standard library only.
#include <trimtab/core.hpp>
#include <trimtab/health.hpp>
#include <trimtab/liquidity.hpp>
#include <trimtab/market.hpp>
#include <trimtab/oracle.hpp>
#include <trimtab/plan.hpp>
#include <trimtab/policy.hpp>
#include <trimtab/sensitivity.hpp>
#include <trimtab/sizing.hpp>
#include <trimtab/trigger.hpp>
#include <trimtab/version.hpp>
