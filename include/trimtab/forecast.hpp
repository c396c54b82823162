// SPDX-License-Identifier: MIT
#pragma once

/// forecast: where may health go.
#include <trimtab/sensitivity.hpp>

#include <trimtab/forecast/band_cost.hpp>
#include <trimtab/forecast/band_economics.hpp>
#include <trimtab/forecast/band_exit.hpp>
#include <trimtab/forecast/band_occupation.hpp>
#include <trimtab/forecast/concept.hpp>
#include <trimtab/forecast/first_passage.hpp>
#include <trimtab/forecast/motion.hpp>
