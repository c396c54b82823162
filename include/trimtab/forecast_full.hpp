// SPDX-License-Identifier: MIT
#pragma once

/// forecast, with what needs Eigen, Boost.Math or xsimd.
#include <trimtab/forecast.hpp>
#include <trimtab/forecast/first_passage_lanes.hpp>
#include <trimtab/forecast/garch_fit.hpp>
#include <trimtab/forecast/reduced_motion.hpp>
#include <trimtab/forecast/shrinkage.hpp>
