// SPDX-License-Identifier: MIT
#pragma once

/// instrument: what is what I hold worth, as a function of prices.
#include <trimtab/core.hpp>
#include <trimtab/instrument/concept.hpp>
#include <trimtab/instrument/leg.hpp>
#include <trimtab/instrument/option.hpp>
#include <trimtab/instrument/token.hpp>
