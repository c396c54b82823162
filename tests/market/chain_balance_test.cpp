// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/market/chain_balance.hpp>

#include "support/random.hpp"
#include <cmath>
#include <limits>
#include <string>
#include <type_traits>

namespace trimtab {
namespace {

constexpr asset_id weth{1}, usdc{2};
constexpr const char* top = "115792089237316195423570985008687907853269984665640564039457584007913129639935";

// 1.5 WETH and 2500 USDC, unscaled; 1.25 times as much at an index of 1.25.
static_assert(*whole_tokens("1500000000000000000", 18, rounding::down) == 1.5);
static_assert(*whole_tokens("0x9502f900", 6, rounding::up) == 2500.0);
static_assert(*whole_tokens("2000000000", 6, rounding::up, *chain_index::parse("1250000000000000000000000000", 27)) ==
              2500.0);
// 0.1 is no double: the two neighbours.
static_assert(*whole_tokens("1", 1, rounding::down) == 0x1.9999999999999p-4 &&
              *whole_tokens("1", 1, rounding::up) == 0x1.999999999999ap-4);
static_assert(*whole_tokens("7", 0, rounding::down) == 7.0 && *whole_tokens("0", 77, rounding::up) == 0.0);

static_assert(whole_tokens("1", 78, rounding::up).error() == errc::bad_configuration);
static_assert(whole_tokens("1", -1, rounding::up).error() == errc::bad_configuration);
static_assert(whole_tokens("1,5", 18, rounding::up).error() == errc::malformed_number);
static_assert(whole_tokens("1", 18, rounding::up, chain_index{}).error() == errc::bad_configuration);
static_assert(whole_tokens("1", 18, rounding::up, {uint256{1}, uint256{}}).error() == errc::bad_configuration);
static_assert(whole_tokens("1", 18, rounding::up, *chain_index::parse("", 27)).error() == errc::bad_configuration,
              "a refusal that nobody looked at is no index");
static_assert(chain_index::parse("", 27).error() == errc::malformed_number);
static_assert(chain_index::parse("0", 27).error() == errc::bad_configuration);
static_assert(chain_index::parse("1", 78).error() == errc::bad_configuration);
static_assert(chain_index::of_shares("1", "x").error() == errc::malformed_number);
static_assert(chain_index::of_shares(top, "0").error() == errc::overflow);
static_assert(chain_index::of_shares("0", top).error() == errc::overflow);

// The reference's boundary market: 10¹³ assets, 10¹⁹ shares; 2686172838000000 shares owe 2686172838 smallest units up.
constexpr chain_index pool = *chain_index::of_shares("10000000000000", "10000000000000000000");
static_assert(std::is_trivially_copyable_v<chain_index> && std::is_trivially_copyable_v<chain_holding>);

TEST(ChainBalance, MorphoSharesOfTheReferenceMarket) {
  const double owed = *whole_tokens("2686172838000000", 0, rounding::up, pool);
  EXPECT_EQ(std::ceil(owed), 2686172838.0);
  EXPECT_EQ(std::ceil(*whole_tokens("2686172838540000", 0, rounding::up, pool)), 2686172839.0);
  EXPECT_LE(*whole_tokens("2686172838000000", 0, rounding::down, pool), owed);
}

TEST(ChainBalance, AHoldingIsRoundedAgainstTheBorrower) {
  const auto index = chain_index::parse("1123456789012345678901234567", 27);
  ASSERT_TRUE(index.has_value());
  const auto h = to_holding({.asset = weth,
                             .collateral = "1234567890123456789",
                             .debt = "0x112210f47de98115",
                             .decimals = 18,
                             .collateral_index = *index,
                             .debt_index = *index,
                             .used_as_collateral = false});
  ASSERT_TRUE(h.has_value());
  EXPECT_EQ(h->asset, weth);
  EXPECT_FALSE(h->used_as_collateral);
  // The same amount on both sides, so the two doubles enclose it.
  const long double exact = 1.234567890123456789L * 1.123456789012345678901234567L;
  EXPECT_LT(static_cast<long double>(h->collateral), exact);
  EXPECT_GT(static_cast<long double>(h->debt), exact);
  EXPECT_EQ(h->debt, std::nextafter(h->collateral, 2.0));
}

TEST(ChainBalance, EveryBadTextOfAHoldingIsNamed) {
  const chain_holding good{.asset = usdc, .collateral = "5", .debt = "6", .decimals = 6};
  EXPECT_TRUE(to_holding(good).has_value());
  const auto refused = [&](auto change) {
    chain_holding h = good;
    change(h);
    return to_holding(h).error();
  };
  EXPECT_EQ(refused([](chain_holding& h) { h.collateral = ""; }), errc::malformed_number);
  EXPECT_EQ(refused([](chain_holding& h) { h.debt = "-6"; }), errc::malformed_number);
  EXPECT_EQ(refused([](chain_holding& h) { h.collateral = "nan"; }), errc::malformed_number);
  EXPECT_EQ(refused([](chain_holding& h) { h.decimals = 78; }), errc::bad_configuration);
  EXPECT_EQ(refused([](chain_holding& h) { h.collateral_index = {}; }), errc::bad_configuration);
  EXPECT_EQ(refused([](chain_holding& h) { h.debt_index.scale = {}; }), errc::bad_configuration);
  const std::string too_large = std::string(top) + "0";
  EXPECT_EQ(refused([&](chain_holding& h) { h.debt = too_large; }), errc::overflow);
  EXPECT_EQ(to_holding({.asset = usdc, .collateral = "5"}).error(), errc::bad_configuration) << "decimals not stated";
}

TEST(ChainBalance, AccountsListWhatIsReadAndNothingElse) {
  account<1> a;
  const chain_holding h{.asset = usdc, .debt = "2500000001", .decimals = 6};
  EXPECT_EQ(add(a, {.asset = usdc, .debt = "?", .decimals = 6}), errc::malformed_number);
  EXPECT_EQ(a.size(), 0U);
  EXPECT_EQ(add(a, h), errc::ok);
  EXPECT_EQ(add(a, h), errc::asset_mismatch);
  EXPECT_EQ(add(a, {.asset = weth, .decimals = 18}), errc::capacity);
  ASSERT_EQ(a.size(), 1U);
  EXPECT_GE(a[0].debt, 2500.000001);
  EXPECT_EQ(validate(a), errc::ok);
}

TEST(ChainBalance, TheLargestNumbersAreFinite) {
  const double most = *whole_tokens(top, 0, rounding::up, {*uint256::parse(top), uint256{1}});
  EXPECT_EQ(most, 0x1p512);
  const double least = *whole_tokens("1", 77, rounding::down, {uint256{1}, *uint256::parse(top)});
  EXPECT_GT(least, 0.0);
}

TEST(ChainBalance, MoreIsNeverWorthLess) {
  test::random_numbers random(20200810);
  for (int i = 0; i < 20'000; ++i) {
    const uint256 less = uint256::from_words(0, 0, random.bits() >> random.below(64), random.bits());
    const uint256 more = *less.add(uint256{1});
    const chain_index index{uint256{1 + random.bits() / 2}, uint256{1 + random.bits() / 2}};
    const auto decimals = static_cast<int>(random.below(78));
    for (const rounding direction : {rounding::down, rounding::up})
      ASSERT_LE(*whole_tokens(less, decimals, direction, index), *whole_tokens(more, decimals, direction, index));
    ASSERT_LE(*whole_tokens(less, decimals, rounding::down, index), *whole_tokens(less, decimals, rounding::up, index));
  }
}

}  // namespace
}  // namespace trimtab
