// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/core/time.hpp>

namespace trimtab {
namespace {

static_assert(unix_seconds(at_unix(1'700'000'000)) == 1'700'000'000);
static_assert(at_unix(100) - at_unix(40) == seconds{60});
static_assert(at_unix(0) + std::chrono::hours{1} == at_unix(3600));
static_assert(year == std::chrono::days{365});
static_assert(12_blocks == blocks{12} && 2_blocks < 3_blocks && blocks{}.count == 0);
static_assert(never < at_unix(0) && never < at_unix(-(1LL << 59)));

TEST(Time, NeverIsOlderThanAnythingAndSubtractsWithoutOverflow) {
  constexpr timestamp now = at_unix(1LL << 40);
  EXPECT_GT(now - never, 1'000'000'000 * year);
  EXPECT_LT(never - now, seconds{0});
}

TEST(Time, TheEpochIsZero) {
  EXPECT_EQ(timestamp{}, at_unix(0));
}

}  // namespace
}  // namespace trimtab
