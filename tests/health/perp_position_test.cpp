// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/health/perp_position.hpp>

#include <cmath>
#include <limits>

namespace trimtab::health {
namespace {

constexpr asset_id eth{1}, usdc{2};
constexpr perp_entry three{.index = eth, .quote = usdc, .tokens = 3.0, .price = 2000.0};

constexpr account<> after_long() {
  account<> a;
  static_cast<void>(a.add({.asset = usdc, .collateral = 500.0}));
  static_cast<void>(open_long(a, three));
  static_cast<void>(open_long(a, {.index = eth, .quote = usdc, .tokens = 1.0, .price = 2500.0}));
  return a;
}
static_assert(after_long()[0].collateral == 500.0 && after_long()[0].debt == 8500.0);
static_assert(after_long()[1].collateral == 4.0 && after_long()[1].debt == 0.0);

TEST(PerpPosition, EquityIsCashAndWhatThePriceMovedSinceEntry) {
  account<> a;
  ASSERT_EQ(a.add({.asset = usdc, .collateral = 500.0}), errc::ok);
  account<> longs = a, shorts = a;
  ASSERT_EQ(open_long(longs, three), errc::ok);
  ASSERT_EQ(open_short(shorts, three), errc::ok);
  const auto equity = [](const account<>& of, double price) {
    return of.find(usdc)->collateral - of.find(usdc)->debt + (of.find(eth)->collateral - of.find(eth)->debt) * price;
  };
  EXPECT_EQ(equity(longs, 2100.0), 500.0 + 3.0 * 100.0);
  EXPECT_EQ(equity(shorts, 2100.0), 500.0 - 3.0 * 100.0);
  EXPECT_EQ(equity(longs, 2000.0), 500.0);
}

TEST(PerpPosition, TheOtherWayRoundMustBeClosedFirst) {
  account<> longs, shorts;
  ASSERT_EQ(open_long(longs, three), errc::ok);
  ASSERT_EQ(open_short(shorts, three), errc::ok);
  EXPECT_EQ(open_short(longs, three), errc::asset_mismatch);
  EXPECT_EQ(open_long(shorts, three), errc::asset_mismatch);
  EXPECT_EQ(longs.find(eth)->collateral, 3.0);
  EXPECT_EQ(longs.find(usdc)->debt, 6000.0);
}

TEST(PerpPosition, NonsenseIsRefusedAndTheAccountIsAsItWas) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const struct {
    perp_entry entry;
    errc expected;
  } table[] = {{{eth, usdc, nan, 1.0}, errc::not_finite},       {{eth, usdc, 1.0, nan}, errc::not_finite},
               {{eth, usdc, 1e200, 1e200}, errc::not_finite},   {{eth, usdc, 0.0, 1.0}, errc::negative_amount},
               {{eth, usdc, -1.0, 1.0}, errc::negative_amount}, {{eth, usdc, 1.0, 0.0}, errc::non_positive_price},
               {{eth, eth, 1.0, 1.0}, errc::asset_mismatch}};
  for (const auto& [entry, expected] : table) {
    account<> a;
    EXPECT_EQ(open_long(a, entry), expected);
    EXPECT_EQ(open_short(a, entry), expected);
    EXPECT_EQ(a.size(), 0U);
  }
  account<1> small;
  EXPECT_EQ(open_long(small, three), errc::capacity);
  EXPECT_EQ(small.size(), 0U);
  account<> owes_nan;
  ASSERT_EQ(owes_nan.add({.asset = eth, .debt = nan}), errc::ok);
  EXPECT_EQ(open_long(owes_nan, three), errc::asset_mismatch);
}

}  // namespace
}  // namespace trimtab::health
