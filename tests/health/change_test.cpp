// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/health/change.hpp>

#include "support/random.hpp"

namespace trimtab {
namespace {

constexpr asset_id weth{1}, usdc{2}, wbtc{3};
constexpr form<> position() {
  form<> f;
  static_cast<void>(f.collateral.add({10.0, 0.5, {0}, weth}));
  static_cast<void>(f.collateral.add({0.5, 0.25, {2}, wbtc}));
  static_cast<void>(f.debt.add({8000.0, 1.0, {1}, usdc}));
  return f;
}
constexpr double quoted[] = {2000.0, 1.0, 40'000.0};
constexpr oracle_prices<double> prices{quoted};
constexpr change sell_two{.collateral = weth, .collateral_by = -2.0, .debt = usdc, .debt_by = -4000.0};
// (10·½·2000 + ½·¼·40000) / 8000, and with two sold at par (8·½·2000 + 5000) / 4000.
static_assert(health_factor(position(), prices) == 15'000.0 / 8000.0);
static_assert(health_factor(after(position(), sell_two), prices) == 13'000.0 / 4000.0);
static_assert(health_factor_after(position(), prices, sell_two) == 13'000.0 / 4000.0);

TEST(Change, OnlyTheNamedAssetsMove) {
  const form<> f = after(position(), sell_two);
  EXPECT_EQ(f.collateral.find(weth)->amount, 8.0);
  EXPECT_EQ(f.collateral.find(wbtc)->amount, 0.5);
  EXPECT_EQ(f.debt.find(usdc)->amount, 4000.0);
}

TEST(Change, HealthAfterAChangeIsTheSameBitsWithAndWithoutTheCopy) {
  test::random_numbers random(20230817);
  for (int i = 0; i < 10'000; ++i) {
    const change by{.collateral = random.below(2) == 0 ? weth : wbtc,
                    .collateral_by = random.uniform(-12.0, 12.0),
                    .debt = usdc,
                    .debt_by = random.uniform(-9000.0, 9000.0)};
    EXPECT_EQ(health_factor_after(position(), prices, by), health_factor(after(position(), by), prices));
  }
}

// 10,000 of collateral at 83 % against 7800 of debt, both priced 1, target 1.25: sold at par, x = (1.25·7800 − 8300) /
// (1.25 − 0.83) would do. Sold at par less slippage, the same x lands short; x is the answer that ignores the venue.
TEST(Change, SellingBlindToSlippageLandsShort) {
  form<> f;
  ASSERT_EQ(f.collateral.add({10'000.0, 0.83, {0}, weth}), errc::ok);
  ASSERT_EQ(f.debt.add({7800.0, 1.0, {1}, usdc}), errc::ok);
  const double ones[] = {1.0, 1.0};
  const double x = (1.25 * 7800.0 - 8300.0) / (1.25 - 0.83);
  EXPECT_NEAR(x, 3452.38, 5e-3);
  const auto lands_at = [&](double slippage) {
    return health_factor_after(
        f, oracle_prices<double>(ones),
        {.collateral = weth, .collateral_by = -x, .debt = usdc, .debt_by = -x * (1.0 - slippage)});
  };
  EXPECT_NEAR(lands_at(0.0), 1.25, 1e-12);
  EXPECT_NEAR(lands_at(0.003), 1.2470, 5e-5);
  EXPECT_NEAR(lands_at(0.01), 1.2402, 5e-5);
  EXPECT_NEAR(lands_at(0.05), 1.2023, 5e-5);
  EXPECT_NEAR(lands_at(0.10), 1.158, 5e-4);
}

TEST(Change, NothingChangesNothing) {
  EXPECT_EQ(health_factor_after(position(), prices, {.collateral = weth, .debt = usdc}),
            health_factor(position(), prices));
}

TEST(Change, AnAmountNeverFallsBelowZero) {
  const form<> f = after(position(), {.collateral = weth, .collateral_by = -11.0, .debt = usdc, .debt_by = -1e9});
  EXPECT_EQ(f.collateral.find(weth)->amount, 0.0);
  EXPECT_EQ(f.debt.find(usdc)->amount, 0.0);
  EXPECT_EQ(health_factor(f, prices), infinity);
}

TEST(Change, ASideThatDoesNotListTheAssetStaysAsItIs) {
  const form<> f = after(position(), {.collateral = usdc, .collateral_by = 5.0, .debt = weth, .debt_by = 5.0});
  EXPECT_EQ(health_factor(f, prices), health_factor(position(), prices));
}

TEST(Change, ANaNChangeIsANaNAmount) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const change by{.collateral = weth, .collateral_by = nan, .debt = usdc, .debt_by = nan};
  EXPECT_TRUE(std::isnan(after(position(), by).collateral.find(weth)->amount));
  EXPECT_TRUE(std::isnan(health_factor_after(position(), prices, by)));
}

}  // namespace
}  // namespace trimtab
