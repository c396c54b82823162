// SPDX-License-Identifier: MIT
#pragma once

/// policy: all of it, as one value.
#include <trimtab/oracle.hpp>
#include <trimtab/plan.hpp>
#include <trimtab/policy/decide.hpp>
#include <trimtab/policy/decision.hpp>
#include <trimtab/policy/execution.hpp>
#include <trimtab/policy/explain.hpp>
#include <trimtab/policy/incident.hpp>
#include <trimtab/policy/judge.hpp>
#include <trimtab/policy/order.hpp>
#include <trimtab/policy/policy.hpp>
#include <trimtab/policy/propose.hpp>
#include <trimtab/policy/signal_of.hpp>
#include <trimtab/policy/text_data.hpp>
#include <trimtab/policy/text_form.hpp>
#include <trimtab/policy/text_models.hpp>
#include <trimtab/policy/text_names.hpp>
#include <trimtab/policy/text_parts.hpp>
#include <trimtab/policy/text_reader.hpp>
#include <trimtab/policy/text_scalars.hpp>
#include <trimtab/sensitivity.hpp>
