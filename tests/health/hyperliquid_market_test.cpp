// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/health/hyperliquid_market.hpp>

#include "support/random.hpp"
#include "support/tolerance.hpp"
#include <array>
#include <limits>

namespace trimtab::health {
namespace {

using T = test::tolerance<double>;
using namespace trimtab::literals;

// Leverage 40 up to 150 million, 20 beyond, 10 beyond 500 million: half of 1/40, 1/20, 1/10.
constexpr std::array<hyperliquid_tier, 3> steps{{{0.0, 125_bps}, {150e6, 250_bps}, {500e6, 500_bps}}};
constexpr hyperliquid_market market{.index = {1}, .slot = {0}, .tiers = steps};
static_assert(market.validate() == errc::ok);
static_assert(market.tier_of(0.0) == 0 && market.tier_of(149e6) == 0 && market.tier_of(150e6) == 1);
static_assert(market.tier_of(1e12) == 2 && market.lower(1) == 150e6 && market.upper(1) == 500e6);
static_assert(market.upper(2) == infinity && market.deduction(0) == 0.0);
// 150 million at the difference of 1.25 %.
static_assert(market.deduction(1) == 1'875'000.0 && market.deduction(2) == 1'875'000.0 + 12'500'000.0);

TEST(HyperliquidMarket, ItsMarginIsWhatEachSliceOfTheNotionalPays) {
  test::random_numbers random(20240901);
  for (int i = 0; i < 1000; ++i) {
    const double notional = random.log_uniform(1e6, 1e10);
    const std::uint8_t t = market.tier_of(notional);
    double by_slices = 0.0;
    for (std::size_t k = 0; k < steps.size(); ++k) {
      const double end = notional < market.upper(k) ? notional : market.upper(k);
      if (end > market.lower(k)) by_slices += (end - market.lower(k)) * steps[k].maintenance.fraction();
    }
    EXPECT_TRUE(test::close(notional * steps[t].maintenance.fraction() - market.deduction(t), by_slices, T::route));
  }
}

TEST(HyperliquidMarket, ANaNIsInTheFirstTier) {
  EXPECT_EQ(market.tier_of(std::numeric_limits<double>::quiet_NaN()), 0);
}

TEST(HyperliquidMarket, AnImpossibleTableIsRefused) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(hyperliquid_market{}.validate(), errc::bad_configuration);
  const auto with = [](hyperliquid_tier first, hyperliquid_tier second) {
    const std::array<hyperliquid_tier, 2> table{first, second};
    return hyperliquid_market{.tiers = table}.validate();
  };
  EXPECT_EQ(with({0.0, 100_bps}, {10.0, 100_bps}), errc::ok);
  EXPECT_EQ(with({1.0, 100_bps}, {10.0, 200_bps}), errc::bad_configuration);
  EXPECT_EQ(with({0.0, 100_bps}, {0.0, 200_bps}), errc::bad_configuration);
  EXPECT_EQ(with({0.0, 100_bps}, {nan, 200_bps}), errc::bad_configuration);
  EXPECT_EQ(with({0.0, 100_bps}, {infinity, 200_bps}), errc::bad_configuration);
  EXPECT_EQ(with({0.0, 200_bps}, {10.0, 100_bps}), errc::bad_configuration) << "the margin would fall with the size";
  for (const double bad : {0.0, -1.0, 5001.0, nan}) {
    EXPECT_EQ(with({0.0, {bad}}, {10.0, 200_bps}), errc::threshold_range) << bad;
    EXPECT_EQ(with({0.0, 100_bps}, {10.0, {bad}}), errc::threshold_range) << bad;
  }
  for (const double bad : {-1.0, 10'001.0, nan})
    EXPECT_EQ((hyperliquid_market{.tiers = steps, .initial_margin = {bad}}.validate()), errc::threshold_range) << bad;
}

}  // namespace
}  // namespace trimtab::health
