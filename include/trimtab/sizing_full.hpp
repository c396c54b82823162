// SPDX-License-Identifier: MIT
#pragma once

/// sizing, with what needs a third party.
#include <trimtab/sizing.hpp>
#include <trimtab/sizing/bounded_least_squares.hpp>
#include <trimtab/sizing/delta_gamma_hedge.hpp>
#include <trimtab/sizing/network.hpp>
#include <trimtab/sizing/network_arcs.hpp>
#include <trimtab/sizing/network_costed.hpp>
#include <trimtab/sizing/network_costs.hpp>
#include <trimtab/sizing/network_costs_search.hpp>
#include <trimtab/sizing/network_dual.hpp>
#include <trimtab/sizing/network_edge.hpp>
#include <trimtab/sizing/network_laplacian.hpp>
#include <trimtab/sizing/network_recovery.hpp>
#include <trimtab/sizing/network_start.hpp>
#include <trimtab/sizing/network_sweep.hpp>
