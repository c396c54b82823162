// SPDX-License-Identifier: MIT
#pragma once

/// preset: known systems as policies, to compare with like for like. Not on the decision path.
#include <trimtab/policy.hpp>
#include <trimtab/preset/defi_saver.hpp>
#include <trimtab/preset/defi_saver_rules.hpp>
#include <trimtab/preset/index_coop.hpp>
#include <trimtab/preset/index_coop_rules.hpp>
#include <trimtab/preset/kamino.hpp>
#include <trimtab/preset/kamino_orders.hpp>
#include <trimtab/preset/morpho_pre_liquidation.hpp>
#include <trimtab/preset/oasis.hpp>
#include <trimtab/preset/oasis_order.hpp>
#include <trimtab/preset/off_chain_size.hpp>
#include <trimtab/preset/paid_in_collateral.hpp>
#include <trimtab/preset/rage_trade.hpp>
#include <trimtab/preset/threshold.hpp>
#include <trimtab/preset/yearn.hpp>
