// SPDX-License-Identifier: MIT
#pragma once

/// forecast: where may health go.
#include <trimtab/sensitivity.hpp>

#include <trimtab/forecast/band_cost.hpp>
#include <trimtab/forecast/band_economics.hpp>
#include <trimtab/forecast/band_exit.hpp>
#include <trimtab/forecast/band_occupation.hpp>
#include <trimtab/forecast/band_rules.hpp>
#include <trimtab/forecast/best_band.hpp>
#include <trimtab/forecast/concept.hpp>
#include <trimtab/forecast/explain_band.hpp>
#include <trimtab/forecast/first_passage.hpp>
#include <trimtab/forecast/motion.hpp>
#include <trimtab/forecast/reflecting_band.hpp>
#include <trimtab/forecast/two_target_band.hpp>
