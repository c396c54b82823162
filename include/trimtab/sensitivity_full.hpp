// SPDX-License-Identifier: MIT
#pragma once

/// sensitivity, with what needs Eigen and Boost.Math: the distribution of health over a horizon.
#include <trimtab/sensitivity.hpp>
#include <trimtab/sensitivity/cornish_fisher.hpp>
#include <trimtab/sensitivity/horizon_health.hpp>
#include <trimtab/sensitivity/imhof.hpp>
#include <trimtab/sensitivity/one_factor.hpp>
#include <trimtab/sensitivity/quadratic_form.hpp>
#include <trimtab/sensitivity/saddlepoint.hpp>
#include <trimtab/sensitivity/standard_normal.hpp>
