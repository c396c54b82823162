// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/liquidity/any_venue.hpp>
#include <trimtab/liquidity/constant_price.hpp>
#include <trimtab/liquidity/constant_product.hpp>
#include <trimtab/liquidity/frictionless.hpp>
#include <trimtab/liquidity/water_level.hpp>

#include <array>

namespace trimtab {
namespace {

using liquidity::amount_at_level;
using liquidity::constant_price;
using liquidity::constant_product;
using liquidity::find_level;
using liquidity::frictionless;
using mixed = liquidity::any_venue<constant_product, constant_price, frictionless>;
constexpr auto goes_in = [](const mixed&, double x) { return x; };
constexpr auto comes_out = [](const mixed& v, double x) { return v.amount_out(x); };

TEST(WaterLevel, TwoPoolsMeetAtOnePrice) {
  // Spot prices 4 and 1: the first takes √400/√λ·10 − 100, the second 100/√λ − 100; together 200 at λ = (300/400)²…
  const std::array<mixed, 2> pools{constant_product{.reserve_in = 100.0, .reserve_out = 400.0, .fee = {0.0}},
                                   constant_product{.reserve_in = 100.0, .reserve_out = 100.0, .fee = {0.0}}};
  const auto level = find_level(std::span<const mixed>(pools), 200.0, goes_in);
  const double price = (300.0 / 400.0) * (300.0 / 400.0);
  EXPECT_NEAR(level.above, price, 1e-14);
  EXPECT_NEAR(amount_at_level(pools[0], 0, level), 200.0 / 0.75 - 100.0, 1e-11);
  EXPECT_NEAR(amount_at_level(pools[0], 0, level) + amount_at_level(pools[1], 1, level), 200.0, 1e-12);
  // As long as the second pays less than the first, it takes nothing.
  EXPECT_EQ(amount_at_level(pools[1], 1, find_level(std::span<const mixed>(pools), 99.0, goes_in)), 0.0);
  // What they pay together measures as well as what they take.
  const double paid = pools[0].amount_out(200.0 / 0.75 - 100.0) + pools[1].amount_out(100.0 / 0.75 - 100.0);
  EXPECT_NEAR(find_level(std::span<const mixed>(pools), paid, comes_out).above, price, 1e-13);
}

TEST(WaterLevel, APriceThatSeveralHoldIsShared) {
  const std::array<mixed, 3> quotes{constant_price{.price = 2.0, .cap = 3.0}, constant_price{.price = 2.0, .cap = 1.0},
                                    constant_price{.price = 1.0, .cap = 8.0}};
  const auto level = find_level(std::span<const mixed>(quotes), 2.0, goes_in);
  EXPECT_DOUBLE_EQ(amount_at_level(quotes[0], 0, level), 1.5) << "half of each";
  EXPECT_DOUBLE_EQ(amount_at_level(quotes[1], 1, level), 0.5);
  EXPECT_EQ(amount_at_level(quotes[2], 2, level), 0.0);
  const auto all = find_level(std::span<const mixed>(quotes), 13.0, goes_in);
  EXPECT_TRUE(all.full);
  EXPECT_EQ(amount_at_level(quotes[2], 2, all), 8.0);
}

TEST(WaterLevel, AVenueWithoutEndTakesTheRest) {
  const std::array<mixed, 2> venues{constant_price{.price = 2.0, .cap = 3.0}, frictionless{.price = 1.5}};
  const auto level = find_level(std::span<const mixed>(venues), 1e6, goes_in);
  EXPECT_EQ(level.sink, 1U);
  EXPECT_EQ(amount_at_level(venues[0], 0, level), 3.0);
  EXPECT_NEAR(amount_at_level(venues[1], 1, level), 1e6 - 3.0, 1e-6);
}

TEST(WaterLevel, NothingToTradeWithIsFull) {
  EXPECT_TRUE(find_level(std::span<const mixed>{}, 1.0, goes_in).full);
  const std::array<mixed, 1> empty{constant_price{.price = 2.0, .cap = 0.0}};
  EXPECT_TRUE(find_level(std::span<const mixed>(empty), 1.0, goes_in).full);
}

}  // namespace
}  // namespace trimtab
