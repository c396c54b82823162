// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/health/crvusd.hpp>
#include <trimtab/health/gearbox_v3.hpp>
#include <trimtab/health/gmx_v2.hpp>
#include <trimtab/health/hyperliquid.hpp>
#include <trimtab/health/liquidation_effect.hpp>
#include <trimtab/health/liquity_v2.hpp>
#include <trimtab/health/morpho_blue.hpp>

#include "support/random.hpp"
#include "support/tolerance.hpp"
#include <limits>

namespace trimtab {
namespace {

constexpr asset_id weth{1}, usdc{2};
constexpr health::morpho_blue market{
    .collateral = weth, .loan = usdc, .collateral_slot = {0}, .loan_slot = {1}, .lltv = {8600.0}};

account<> position(double collateral, double debt) {
  account<> a;
  static_cast<void>(a.add({.asset = weth, .collateral = collateral}));
  static_cast<void>(a.add({.asset = usdc, .debt = debt}));
  return a;
}

TEST(LiquidationEffect, SaysWhatExecutingItShows) {
  test::random_numbers random(20221201);
  int improved = 0, worsened = 0, bad = 0, whole = 0;
  for (int i = 0; i < 2000; ++i) {
    const auto a = position(random.log_uniform(0.1, 100.0), random.log_uniform(100.0, 1e5));
    const double debt = a.find(usdc)->debt;
    const double quoted[] = {debt / a.find(weth)->collateral * random.uniform(0.8, 1.16), 1.0};
    const oracle_prices<double> prices(quoted);
    const double before = health_factor(market.liquidation_form<double>(a), prices);
    if (before >= 0.9999) continue;
    const liquidation_request little{.debt = usdc, .collateral = weth, .repay = debt * 0.01};
    const auto outcome = market.liquidate(a, prices, little);
    ASSERT_TRUE(outcome.has_value());
    const double after = health_factor(market.liquidation_form<double>(after_liquidation(a, little, *outcome)), prices);
    if (test::close(after, before, 1e-9)) continue;
    const auto says = liquidation_improves_health(market, a, prices, usdc, weth);
    ASSERT_TRUE(says.has_value());
    EXPECT_EQ(*says, after > before) << before << " → " << after;
    ++(*says ? improved : worsened);

    const auto everything = market.liquidate(a, prices, {.debt = usdc, .collateral = weth});
    ASSERT_TRUE(everything.has_value());
    const auto leaves = liquidation_leaves_bad_debt(market, a, prices);
    ASSERT_TRUE(leaves.has_value());
    EXPECT_EQ(*leaves, everything->bad_debt > 0.0);
    ++(*leaves ? bad : whole);
  }
  EXPECT_GT(improved, 50);
  EXPECT_GT(worsened, 50);
  EXPECT_GT(bad, 50);
  EXPECT_GT(whole, 50);
}

// What a form lists besides holdings is neither collateral nor debt.
TEST(LiquidationEffect, BadDebtIsOfWhatIsHeldAndOwedNotOfTheConstantsOfAForm) {
  using namespace literals;
  constexpr asset_id index{3};
  static constexpr health::hyperliquid_tier tiers[] = {{0.0, 100_bps}, {1000.0, 500_bps}};
  static constexpr health::hyperliquid_market markets[] = {{index, {0}, tiers, 1000_bps}};
  const double marks[] = {100.0, 1.0};
  const oracle_prices<double> at(marks);
  for (const double entry : {100.3, 99.7}) {  // 10,000 held; 40 of deductions would cover the loss of 30
    account<> a;
    ASSERT_EQ(health::open_long(a, {index, usdc, 100.0, entry}), errc::ok);
    const auto m = health::hyperliquid{.quote = usdc, .quote_slot = {1}, .markets = markets}.at(a, at);
    const auto leaves = liquidation_leaves_bad_debt(m, a, at);
    ASSERT_TRUE(leaves.has_value());
    EXPECT_EQ(*leaves, entry > 100.0);
  }
  {
    // The margin of 40 is whole, though 50 are asked of it.
    account<> a;
    ASSERT_EQ(a.add({.asset = weth, .collateral = 40.0}), errc::ok);
    ASSERT_EQ(health::open_long(a, {index, usdc, 1.0, 100.0}), errc::ok);
    const double quotes[] = {1.0, 100.0, 1.0};
    const oracle_prices<double> prices(quotes);
    const auto m = health::gmx_v2{.margin = weth,
                                  .index = index,
                                  .usd = usdc,
                                  .margin_min_slot = {0},
                                  .index_min_slot = {1},
                                  .index_max_slot = {1},
                                  .usd_slot = {2},
                                  .liquidation_factor = 100_bps,
                                  .opening_factor = 100_bps,
                                  .minimum_collateral = 50.0}
                       .at(a, prices);
    ASSERT_TRUE(liquidation_leaves_bad_debt(m, a, prices).has_value());
    EXPECT_FALSE(*liquidation_leaves_bad_debt(m, a, prices));
  }
  {
    // 2200 above its bands against 2100; in them, what the bands hold is not in the account.
    auto m =
        health::crvusd{
            .collateral = weth, .stablecoin = usdc, .collateral_slot = {0}, .debt_slot = {1}, .bands_slot = {2}}
            .untouched(1.0, 2000.0);
    const double quotes[] = {2200.0, 1.0, 1.0};
    const oracle_prices<double> prices(quotes);
    EXPECT_FALSE(*liquidation_leaves_bad_debt(m, position(1.0, 2100.0), prices));
    m.in_bands = true;
    m.read_at = 2200.0;
    EXPECT_EQ(liquidation_leaves_bad_debt(m, position(1.0, 2100.0), prices).error(), errc::asset_mismatch);
  }
}

TEST(LiquidationEffect, ABonusOfAllThatIsThereLeavesNoDebtByRounding) {
  test::random_numbers random(20221202);
  const health::liquity_v2 trove{
      .collateral = weth, .bold = usdc, .collateral_slot = {0}, .bold_slot = {1}, .stability_pool = 1e9};
  for (int i = 0; i < 1000; ++i) {
    const double debt = random.log_uniform(2e3, 1e6), price = random.log_uniform(10.0, 1e4);
    const double quotes[] = {price, 1.0};
    const auto leaves = liquidation_leaves_bad_debt(trove, position(debt * random.uniform(0.9, 1.09) / price, debt),
                                                    oracle_prices<double>(quotes));
    ASSERT_TRUE(leaves.has_value());
    EXPECT_FALSE(*leaves) << i;
  }
}

TEST(LiquidationEffect, RefusesWhatTheDoorRefuses) {
  const double fine[] = {2000.0, 1.0}, zero[] = {0.0, 1.0}, nan[] = {std::numeric_limits<double>::quiet_NaN(), 1.0};
  const auto a = position(10.0, 15'000.0);
  EXPECT_EQ(liquidation_improves_health(market, a, oracle_prices<double>(zero), usdc, weth).error(),
            errc::non_positive_price);
  EXPECT_EQ(liquidation_leaves_bad_debt(market, a, oracle_prices<double>(nan)).error(), errc::not_finite);
  EXPECT_EQ(liquidation_improves_health(market, a, oracle_prices<double>(fine), weth, usdc).error(),
            errc::asset_mismatch);
  EXPECT_EQ(liquidation_leaves_bad_debt(market, position(-1.0, 1.0), oracle_prices<double>(fine)).error(),
            errc::negative_amount);
}

TEST(LiquidationEffect, DoesNotTakeAQuotaForWhatATokenIsWorth) {
  // 10,000 of a token against 1500 of debt, counted as a quota of 1000: what it is worth stands nowhere in the form.
  const health::gearbox_v3_token tokens[] = {
      {.asset = weth, .slot = {1}, .safe_slot = {1}, .threshold = {9000.0}, .quota = 1000.0}};
  const health::gearbox_v3 manager{.underlying = usdc, .underlying_threshold = {9500.0}, .tokens = tokens};
  const double quoted[] = {1.0, 10.0};
  const oracle_prices<double> prices(quoted);
  const auto a = position(1000.0, 1500.0);
  const auto piece = manager.at(a, prices);
  ASSERT_EQ(validate(piece, a, prices), errc::ok);
  EXPECT_EQ(liquidation_leaves_bad_debt(piece, a, prices).error(), errc::asset_mismatch);
  const auto few = position(100.0, 1500.0);
  const auto leaves = liquidation_leaves_bad_debt(manager.at(few, prices), few, prices);
  ASSERT_TRUE(leaves.has_value());
  EXPECT_TRUE(*leaves);
}

}  // namespace
}  // namespace trimtab
