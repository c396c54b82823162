// SPDX-License-Identifier: MIT
#pragma once

/// forecast: where may health go.
#include <trimtab/sensitivity.hpp>

#include <trimtab/forecast/concept.hpp>
#include <trimtab/forecast/ewma.hpp>
#include <trimtab/forecast/forecast_score.hpp>
#include <trimtab/forecast/garch.hpp>
#include <trimtab/forecast/har.hpp>
#include <trimtab/forecast/mixture.hpp>
#include <trimtab/forecast/motion.hpp>
#include <trimtab/forecast/qlike.hpp>
#include <trimtab/forecast/recursive_least_squares.hpp>
