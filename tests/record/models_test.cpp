// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/record/data.hpp>
#include <trimtab/record/models.hpp>

#include "record/recorded.hpp"
#include <array>
#include <string>
#include <vector>

namespace {

using namespace trimtab;
using namespace trimtab::record;
using recorded::lost;
using recorded::text_of;

TEST(RecordModels, EveryModelReadsBack) {
  EXPECT_EQ(lost(health::aave_v3{}, 1, 200), 0U);
  EXPECT_EQ(lost(health::aave_v4{}, 2, 200), 0U);
  EXPECT_EQ(lost(health::compound_v3{}, 3, 200), 0U);
  EXPECT_EQ(lost(health::crvusd{}, 4, 200), 0U);
  EXPECT_EQ(lost(health::euler_v2{}, 5, 200), 0U);
  EXPECT_EQ(lost(health::fluid_t1{}, 6, 200), 0U);
  EXPECT_EQ(lost(health::gearbox_v3{}, 7, 200), 0U);
  EXPECT_EQ(lost(health::gmx_v2{}, 8, 200), 0U);
  EXPECT_EQ(lost(health::hyperliquid{}, 9, 200), 0U);
  EXPECT_EQ(lost(health::kamino{}, 10, 200), 0U);
  EXPECT_EQ(lost(health::liquity_v1{}, 11, 200), 0U);
  EXPECT_EQ(lost(health::liquity_v2{}, 12, 200), 0U);
  EXPECT_EQ(lost(health::maker{}, 13, 200), 0U);
  EXPECT_EQ(lost(health::morpho_blue{}, 14, 200), 0U);
  EXPECT_EQ(lost(health::morpho_pre_liquidation{}, 15, 200), 0U);
  EXPECT_EQ(lost(health::scheduled<health::maker>{}, 16, 200), 0U);
  for (const std::size_t rows :
       {lost(health::aave_v3_reserve{}, 17, 200), lost(health::aave_v3_emode{}, 18, 200),
        lost(health::aave_v4_reserve{}, 19, 200), lost(health::aave_v4_config{}, 20, 200),
        lost(health::compound_v3_asset{}, 21, 200), lost(health::euler_v2_collateral{}, 22, 200),
        lost(health::gearbox_v3_token{}, 23, 200), lost(health::hyperliquid_market{}, 24, 200),
        lost(health::kamino_reserve{}, 25, 200)})
    EXPECT_EQ(rows, 0U);
}

TEST(RecordModels, AScheduleWithoutAChangeReadsBack) {
  const health::scheduled<health::maker> written{};
  health::scheduled<health::maker> read{.from = at_unix(7)};
  ASSERT_TRUE(from_text(text_of("s", written), "s", read).ok());
  EXPECT_EQ(read.from, written.from);
}

// The tables a model looks into are the caller's; read back, they are in the caller's other memory.
TEST(RecordModels, TablesAreWrittenWithTheModel) {
  const std::array<health::aave_v3_reserve, 2> reserves{
      {{.asset = asset_id{1}, .ltv = basis_points{8000}, .threshold = basis_points{8300}},
       {.asset = asset_id{2}, .borrowable = false}}};
  const std::array<health::aave_v3_emode, 1> emodes{{{.id = 3, .collateral_bitmap = 0xffff'ffff'ffff'ffffU}}};
  const health::aave_v3 model{
      .reserves = reserves, .emodes = emodes, .emode = 3, .release = health::aave_v3_release::v3_3};
  const auto text = text_of("model", model);
  EXPECT_NE(text.find("model.reserves = 2\nmodel.reserves.0.asset = 1\n"), std::string::npos);
  EXPECT_NE(text.find("model.release = v3_3\n"), std::string::npos);
  EXPECT_NE(text.find("model.emodes.0.collateral_bitmap = 18446744073709551615\n"), std::string::npos);
  std::vector<std::byte> memory(text.size());
  health::aave_v3 read{};
  ASSERT_TRUE(from_text(text, "model", read, memory).ok());
  ASSERT_EQ(read.reserves.size(), 2U);
  EXPECT_NE(read.reserves.data(), reserves.data());
  EXPECT_EQ(read.reserves[0].threshold, basis_points{8300});
  EXPECT_FALSE(read.reserves[1].borrowable);
  EXPECT_EQ(read.emodes[0].id, 3);
  EXPECT_EQ(text_of("model", read), text);
  const std::array<health::hyperliquid_tier, 2> tiers{{{0.0, basis_points{100}}, {1e6, basis_points{200}}}};
  const std::array<health::hyperliquid_market, 1> markets{{{.tiers = tiers}}};
  const health::hyperliquid perps{.markets = markets};
  health::hyperliquid same{};
  const auto nested = text_of("perps", perps);
  std::vector<std::byte> more(nested.size());
  ASSERT_TRUE(from_text(nested, "perps", same, more).ok());
  EXPECT_EQ(same.markets[0].tiers[1].from_notional, 1e6);
  EXPECT_EQ(text_of("perps", same), nested);
}

}  // namespace
