// SPDX-License-Identifier: MIT
#pragma once

/// core: what is a number, an amount, an error, a result.
#include <trimtab/core/basis_points.hpp>
#include <trimtab/core/by_name.hpp>
#include <trimtab/core/doubled.hpp>
#include <trimtab/core/erfcx.hpp>
#include <trimtab/core/erfcx_difference.hpp>
#include <trimtab/core/errc.hpp>
#include <trimtab/core/math.hpp>
#include <trimtab/core/merge_sort.hpp>
#include <trimtab/core/normal.hpp>
#include <trimtab/core/pack.hpp>
#include <trimtab/core/result.hpp>
#include <trimtab/core/root.hpp>
#include <trimtab/core/scalar.hpp>
#include <trimtab/core/time.hpp>
#include <trimtab/core/uint256.hpp>
#include <trimtab/core/units.hpp>
#include <trimtab/core/wide.hpp>
