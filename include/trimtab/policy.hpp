// SPDX-License-Identifier: MIT
#pragma once

/// policy: all of it, as one value.
#include <trimtab/oracle.hpp>
#include <trimtab/plan.hpp>
#include <trimtab/policy/decide.hpp>
#include <trimtab/policy/decision.hpp>
#include <trimtab/policy/execution.hpp>
#include <trimtab/policy/explain.hpp>
#include <trimtab/policy/judge.hpp>
#include <trimtab/policy/order.hpp>
#include <trimtab/policy/policy.hpp>
#include <trimtab/policy/propose.hpp>
#include <trimtab/policy/signal_of.hpp>
#include <trimtab/sensitivity.hpp>
