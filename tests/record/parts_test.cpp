// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/record/data.hpp>
#include <trimtab/record/parts.hpp>

#include "record/recorded.hpp"
#include <array>
#include <string>
#include <vector>

namespace {

using namespace trimtab;
using namespace trimtab::record;
using recorded::lost;
using recorded::part;
using recorded::text_of;

// Every part of the umbrellas oracle.hpp, trigger.hpp and sizing.hpp that a policy takes: who adds one adds it here.
TEST(RecordParts, EveryGuardReadsBack) {
  part(oracle::all_of{oracle::max_age{}, oracle::max_rate_of_change{}}, "all_of");
  part(oracle::bounds{}, "bounds");
  part(oracle::contractual_rate{}, "contractual_rate");
  part(oracle::executable_divergence{}, "executable_divergence");
  part(oracle::max_age{}, "max_age");
  part(oracle::max_deviation{}, "max_deviation");
  part(oracle::max_rate_of_change{}, "max_rate_of_change");
  part(oracle::median_of_sources{}, "median_of_sources");
  part(oracle::moving_average{}, "moving_average");
  part(oracle::next_price{}, "next_price");
  part(oracle::sequencer_grace{}, "sequencer_grace");
  part(oracle::twap_tolerance{}, "twap_tolerance");
}

TEST(RecordParts, EveryTriggerReadsBack) {
  part(trigger::all_of{trigger::cooldown{}, trigger::drift_band{}}, "all_of");
  part(trigger::any_of{trigger::cooldown{}, trigger::drift_band{}}, "any_of");
  part(trigger::carry{}, "carry");
  part(trigger::cooldown{}, "cooldown");
  part(trigger::debounce{trigger::drift_band{}, seconds{60}}, "debounce");
  part(trigger::drift_band{}, "drift_band");
  part(trigger::emergency{}, "emergency");
  part(trigger::forecast_health{}, "forecast_health");
  part(trigger::hedge_drift{}, "hedge_drift");
  part(trigger::interval{}, "interval");
  part(trigger::liquidation_risk{}, "liquidation_risk");
  part(trigger::look_ahead{trigger::drift_band{}}, "look_ahead");
  part(trigger::not_before{}, "not_before");
  part(trigger::price_move{}, "price_move");
}

TEST(RecordParts, EverySizerReadsBack) {
  part(sizing::restore_target{}, "restore_target");
  part(sizing::leverage_up{}, "leverage_up");
  part(sizing::both_ways{sizing::restore_target{}, sizing::leverage_up{}}, "both_ways");
  part(sizing::in_chunks{sizing::restore_target{}}, "in_chunks");
  part(sizing::at_oracle_price{}, "at_oracle_price");
  part(sizing::own_funds_first{sizing::restore_target{}}, "own_funds_first");
  part(sizing::with_margin{sizing::restore_target{}}, "with_margin");
  part(sizing::worth_the_gas{sizing::restore_target{}}, "worth_the_gas");
  part(sizing::withdraw_above{}, "withdraw_above");
  part(sizing::worth_it{sizing::restore_target{}, sizing::saved_loss{}}, "worth_it");
}

TEST(RecordParts, VenuesReadBack) {
  part(liquidity::frictionless{}, "frictionless");
  part(liquidity::constant_price{}, "constant_price");
  part(liquidity::constant_product{}, "constant_product");
  part(liquidity::weighted{}, "weighted");
  part(liquidity::supply_curve{}, "supply_curve");
  EXPECT_EQ(lost(liquidity::any_venue<liquidity::constant_price, liquidity::weighted>{liquidity::weighted{}}, 1, 200),
            0U);
  const std::array<liquidity::placed_segment, 2> pieces{
      {{.piece = {1.0, 2.0, 3.0}}, {.piece = {0.5, 1.0, infinity}, .before_in = 3.0, .drop = 0.1}}};
  const liquidity::supply_curve curve{.pieces = pieces, .taken = 0.5};
  const auto text = text_of("venue", curve);
  EXPECT_NE(text.find("venue.pieces = 2\nvenue.pieces.0.piece.price = 1\n"), std::string::npos);
  std::vector<std::byte> memory(text.size());
  liquidity::supply_curve read{};
  ASSERT_TRUE(from_text(text, "venue", read, memory).ok());
  EXPECT_EQ(read.pieces[1].before_in, 3.0);
  EXPECT_EQ(read.amount_out(2.0), curve.amount_out(2.0));
}

TEST(RecordParts, OneGuardIsNotReadAsAnother) {
  const oracle::max_deviation written{};
  oracle::max_rate_of_change read{};
  const auto e = from_text(text_of("guard", written), "guard", read);
  EXPECT_EQ(e.why, fault::kind);
  EXPECT_EQ(e.line, 2U);
}

}  // namespace
