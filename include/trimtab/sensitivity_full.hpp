// SPDX-License-Identifier: MIT
#pragma once

/// sensitivity, with the distribution of health over a horizon: needs Eigen and Boost.Math.
#include <trimtab/sensitivity.hpp>
#include <trimtab/sensitivity/cornish_fisher.hpp>
#include <trimtab/sensitivity/horizon_health.hpp>
#include <trimtab/sensitivity/imhof.hpp>
#include <trimtab/sensitivity/one_factor.hpp>
#include <trimtab/sensitivity/quadratic_form.hpp>
#include <trimtab/sensitivity/saddlepoint.hpp>
