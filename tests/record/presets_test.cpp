// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/health/aave_v3.hpp>
#include <trimtab/record/data.hpp>
#include <trimtab/record/parts.hpp>
#include <trimtab/record/presets.hpp>

#include "record/recorded.hpp"

namespace {

using namespace trimtab;
using recorded::part;

TEST(RecordPresets, EveryPartOfAKnownSystemReadsBack) {
  part(preset::safety_ratio_trigger{}, "safety_ratio_trigger");
  part(preset::defi_saver_sizer{}, "defi_saver_sizer");
  part(preset::as_defi_saver_sees<health::aave_v3>{}, "aave_v3");
  part(preset::index_coop_trigger{}, "index_coop_trigger");
  part(preset::index_coop_sizer{}, "index_coop_sizer");
  part(preset::kamino_trigger{}, "kamino_trigger");
  part(preset::taken_up<preset::kamino_rule>{}, "taken_up");
  part(preset::pre_liquidation_window{}, "pre_liquidation_window");
  part(preset::taken_up<preset::pre_liquidation_rule>{}, "taken_up");
  part(preset::oasis_trigger{}, "oasis_trigger");
  part(preset::oasis_sizer{}, "oasis_sizer");
  part(preset::rage_trade_rules{}, "rage_trade_rules");
  part(preset::yearn_rules{}, "yearn_rules");
}

}  // namespace
