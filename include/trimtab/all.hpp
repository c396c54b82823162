// SPDX-License-Identifier: MIT
#pragma once

/// Everything: the decision path, the rooms that need more, and every bridge to a third party.
#include <trimtab/forecast_full.hpp>
#include <trimtab/instrument.hpp>
#include <trimtab/interop/autodiff.hpp>
#include <trimtab/interop/eigen.hpp>
#include <trimtab/interop/xsimd.hpp>
#include <trimtab/preset.hpp>
#include <trimtab/record.hpp>
#include <trimtab/sensitivity_full.hpp>
#include <trimtab/simulate.hpp>
#include <trimtab/sizing_full.hpp>
#include <trimtab/trimtab.hpp>
