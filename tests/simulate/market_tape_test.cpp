// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/simulate/market_tape.hpp>

#include <vector>

namespace {

using namespace trimtab::simulate;

price_series flat(const char* name, std::int64_t from, std::int64_t minutes, double price) {
  price_series s{name, series_kind::bars, {}};
  for (std::int64_t k = 0; k < minutes; ++k) s.rows.push_back({from + 60 * k, price, price, price, price, 0.0, 2});
  return s;
}

TEST(MarketTape, HoldsEveryPriceAtEveryBlock) {
  const std::vector<asset_source> sources = {{flat("a", 0, 10, 100.0), {}}, {flat("b", 0, 10, 5.0), {}}};
  const auto tape = make_tape(sources, constant_gas(20.0), {.native_price = 3'000.0});
  ASSERT_TRUE(tape);
  EXPECT_EQ(tape->clock.blocks, 50U);
  EXPECT_EQ(tape->bar_seconds, 60);
  ASSERT_EQ(tape->assets.size(), 2U);
  EXPECT_EQ(tape->assets[1].market[49], 5.0);
  EXPECT_EQ(tape->assets[0].oracle.price[49], 100.0);
  EXPECT_EQ(tape->gas_gwei[7], 20.0);
  EXPECT_EQ(tape->native[7], 3'000.0);
}

TEST(MarketTape, TakesTheFirstAssetForTheNativeOneUnlessToldOtherwise) {
  const std::vector<asset_source> sources = {{flat("a", 0, 10, 100.0), {}}};
  EXPECT_EQ(make_tape(sources, constant_gas(20.0))->native[3], 100.0);
}

TEST(MarketTape, CutsToTheSpanAskedFor) {
  const std::vector<asset_source> sources = {{flat("a", 0, 10, 100.0), {}}};
  const auto tape = make_tape(sources, constant_gas(0.0), {.from = 120, .to = 240});
  EXPECT_EQ(tape->clock.first_time, 120);
  EXPECT_EQ(tape->clock.blocks, 10U);
  EXPECT_FALSE(make_tape(sources, constant_gas(0.0), {.from = -60}));
  EXPECT_FALSE(make_tape(sources, constant_gas(0.0), {.to = 600 + 7'260}));
  EXPECT_FALSE(make_tape(sources, constant_gas(0.0), {.from = 120, .to = 126}));
}

TEST(MarketTape, CarriesAnotherAssetsLastPriceUpToTheMaximumAge) {
  const std::vector<asset_source> sources = {{flat("a", 0, 60, 100.0), {}}, {flat("b", 0, 30, 5.0), {}}};
  const auto tape = make_tape(sources, constant_gas(0.0));
  ASSERT_TRUE(tape);
  EXPECT_EQ(tape->assets[1].market.back(), 5.0);
  const auto refused = make_tape(sources, constant_gas(0.0), {.path = {.max_age_seconds = 600}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().file, "b");
  const std::vector<asset_source> late = {{flat("a", 0, 60, 100.0), {}}, {flat("b", 60, 60, 5.0), {}}};
  EXPECT_FALSE(make_tape(late, constant_gas(0.0)));
}

TEST(MarketTape, LetsARecordedFeedReplaceTheOracleAndNothingElse) {
  price_series feed{"feed", series_kind::samples, {{-100, 99, 99, 99, 99, 0, 2}, {300, 98, 98, 98, 98, 0, 3}}};
  const std::vector<asset_source> sources = {{flat("a", 0, 10, 100.0), feed}};
  const auto tape = make_tape(sources, constant_gas(0.0));
  ASSERT_TRUE(tape);
  EXPECT_EQ(tape->assets[0].oracle.price[0], 99.0);
  EXPECT_EQ(tape->assets[0].oracle.price[49], 98.0);
  EXPECT_EQ(tape->assets[0].market[49], 100.0);
}

TEST(MarketTape, LetsTheFeedWatchAnotherMarket) {
  const std::vector<asset_source> sources = {{flat("a", 0, 10, 100.0), flat("other", 0, 10, 101.0)}};
  EXPECT_EQ(make_tape(sources, constant_gas(0.0))->assets[0].oracle.price[9], 101.0);
}

}  // namespace
