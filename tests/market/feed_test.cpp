// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/market/feed.hpp>

#include <type_traits>

namespace trimtab {
namespace {

static_assert(observation{}.at == never && observation{}.price == 0.0);
static_assert(feed{}.protocol_at == never && feed{}.reference.at == never);
static_assert(feed{.protocol_at = at_unix(5), .reference = {2000.0, at_unix(6)}}.reference.price == 2000.0);
static_assert(std::is_trivially_copyable_v<feed>);

TEST(Feed, WhatWasNeverSeenIsNoPriceAndOlderThanEverything) {
  EXPECT_LT(feed{}.protocol_at, at_unix(0));
  EXPECT_FALSE(feed{}.reference.price > 0.0);
}

}  // namespace
}  // namespace trimtab
