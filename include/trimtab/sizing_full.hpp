// SPDX-License-Identifier: MIT
#pragma once

/// sizing, with what needs a third party.
#include <trimtab/sizing.hpp>
#include <trimtab/sizing/bounded_least_squares.hpp>
#include <trimtab/sizing/delta_gamma_hedge.hpp>
