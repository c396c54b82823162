// SPDX-License-Identifier: MIT
#pragma once

/// instrument: what is what I hold worth, as a function of prices.
#include <trimtab/core.hpp>
#include <trimtab/instrument/concept.hpp>
#include <trimtab/instrument/constant_product_share.hpp>
#include <trimtab/instrument/inverse_perp.hpp>
#include <trimtab/instrument/leg.hpp>
#include <trimtab/instrument/linear_perp.hpp>
#include <trimtab/instrument/liquid_staking_token.hpp>
#include <trimtab/instrument/option.hpp>
#include <trimtab/instrument/range_position.hpp>
#include <trimtab/instrument/stable_swap_share.hpp>
#include <trimtab/instrument/token.hpp>
#include <trimtab/instrument/vault_share.hpp>
#include <trimtab/instrument/weighted_pool_share.hpp>
