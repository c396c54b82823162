// SPDX-License-Identifier: MIT
#pragma once

/// market: what we look at. Data only.
#include <trimtab/core.hpp>
#include <trimtab/market/account.hpp>
#include <trimtab/market/asset.hpp>
#include <trimtab/market/chain_balance.hpp>
#include <trimtab/market/feed.hpp>
#include <trimtab/market/gas.hpp>
#include <trimtab/market/price.hpp>
#include <trimtab/market/reserve_limits.hpp>
#include <trimtab/market/snapshot.hpp>
