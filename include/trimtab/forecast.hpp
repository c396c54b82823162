// SPDX-License-Identifier: MIT
#pragma once

/// forecast: where may health go.
#include <trimtab/sensitivity.hpp>

#include <trimtab/forecast/concept.hpp>
#include <trimtab/forecast/covariance.hpp>
#include <trimtab/forecast/generalised_pareto.hpp>
#include <trimtab/forecast/jump_test.hpp>
#include <trimtab/forecast/motion.hpp>
#include <trimtab/forecast/pareto_fit.hpp>
#include <trimtab/forecast/price_bar.hpp>
#include <trimtab/forecast/realised.hpp>
#include <trimtab/forecast/sample_tail.hpp>
