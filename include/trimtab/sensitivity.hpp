// SPDX-License-Identifier: MIT
#pragma once

/// sensitivity: how fast does health move.
#include <trimtab/health.hpp>
#include <trimtab/sensitivity/greeks.hpp>
