// SPDX-License-Identifier: MIT
#pragma once

/// forecast: where may health go.
#include <trimtab/sensitivity.hpp>

#include <trimtab/forecast/concept.hpp>
#include <trimtab/forecast/discrete_monitoring.hpp>
#include <trimtab/forecast/first_passage.hpp>
#include <trimtab/forecast/first_passage_sensitivity.hpp>
#include <trimtab/forecast/motion.hpp>
#include <trimtab/forecast/required_health.hpp>
