// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/health/table.hpp>

#include <array>

namespace trimtab {
namespace {

struct row {
  asset_id asset{};
  int what = 0;
};
using rows = std::span<const row>;

TEST(Table, FindsARowWhereverItStands) {
  const std::array<row, 3> by_number{{{{0}, 10}, {{1}, 11}, {{2}, 12}}}, shuffled{{{{7}, 17}, {{0}, 10}, {{1}, 11}}};
  for (std::uint32_t k = 0; k < 3; ++k) EXPECT_EQ(health::row_of(rows(by_number), {k}), &by_number[k]);
  EXPECT_EQ(health::row_of(rows(shuffled), {7}), &shuffled[0]);
  EXPECT_EQ(health::row_of(rows(shuffled), {0}), &shuffled[1]);
  EXPECT_EQ(health::row_of(rows(shuffled), {1}), &shuffled[2]);
  EXPECT_EQ(health::row_of(rows(shuffled), {2}), nullptr);
  EXPECT_EQ(health::row_of(rows(), {0}), nullptr);
  EXPECT_EQ(health::index_of(rows(shuffled), {1}), 2U);
  EXPECT_EQ(health::index_of(rows(shuffled), {2}), 3U) << "nowhere: the size";
  EXPECT_EQ(health::index_of(rows(), {0}), 0U);
}

TEST(Table, SeesAnAssetListedTwice) {
  const std::array<row, 3> once{{{{0}, 1}, {{1}, 1}, {{2}, 1}}}, twice{{{{0}, 1}, {{1}, 2}, {{0}, 3}}};
  EXPECT_FALSE(health::lists_an_asset_twice(rows(once)));
  EXPECT_TRUE(health::lists_an_asset_twice(rows(twice)));
  EXPECT_FALSE(health::lists_an_asset_twice(rows()));
}

}  // namespace
}  // namespace trimtab
