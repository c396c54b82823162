// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/market/asset.hpp>

#include <type_traits>

namespace trimtab {
namespace {

static_assert(asset_id{7} == asset_id{7} && !(asset_id{7} == asset_id{8}));
static_assert(price_slot{7} == price_slot{7} && !(price_slot{7} == price_slot{8}));
static_assert(!std::is_convertible_v<asset_id, price_slot> && !std::is_convertible_v<price_slot, asset_id>);
static_assert(!std::is_convertible_v<int, asset_id> && !std::is_convertible_v<int, price_slot>);
static_assert(!std::is_constructible_v<price_slot, asset_id> && !std::is_constructible_v<asset_id, price_slot>);

TEST(AssetId, IsComparedByItsNumberAndIsZeroByDefault) {
  EXPECT_TRUE(asset_id{} == asset_id{0});
  EXPECT_TRUE(price_slot{} == price_slot{0});
}

}  // namespace
}  // namespace trimtab
