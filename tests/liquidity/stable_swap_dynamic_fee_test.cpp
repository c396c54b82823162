// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/liquidity/any_venue.hpp>
#include <trimtab/liquidity/constant_product.hpp>
#include <trimtab/liquidity/power_impact.hpp>
#include <trimtab/liquidity/quadratic_impact.hpp>
#include <trimtab/liquidity/stable_swap_dynamic_fee.hpp>
#include <trimtab/liquidity/weighted.hpp>

#include "support/random.hpp"
#include "support/stable_reference.hpp"
#include "support/tolerance.hpp"
#include <array>
#include <limits>
#include <vector>

namespace trimtab {
namespace {

using liquidity::stable_pool;
using liquidity::stable_swap;
using liquidity::stable_swap_dynamic_fee;
using T = test::tolerance<double>;
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

static_assert(Venue<stable_swap_dynamic_fee>);
static_assert(!is_concave<stable_swap_dynamic_fee>() && is_concave<stable_swap>());
static_assert(!Smooth<stable_swap_dynamic_fee>);
static_assert(std::is_trivially_copyable_v<stable_swap_dynamic_fee>);

stable_pool pool_of(double in, double out, double amplification, double fee_bps) {
  return {.coins = 2, .balances = {in, out}, .amplification = amplification, .fee = {fee_bps}, .gas_units = 3e5};
}
/// Away from the peg, from it, across it, and with a fee so large that it matters.
std::vector<stable_swap_dynamic_fee> venues() {
  std::vector<stable_swap_dynamic_fee> all;
  for (const auto& [in, out, amplification, fee, multiplier] :
       {std::array{1e6, 1e6, 200.0, 4.0, 2.0}, std::array{2e6, 1e6, 200.0, 4.0, 5.0},
        std::array{3e5, 2e6, 500.0, 4.0, 10.0}, std::array{1e3, 1e6, 100.0, 30.0, 20.0},
        std::array{1e6, 3e6, 1000.0, 100.0, 15.0}})
    all.push_back(*stable_swap_dynamic_fee::of(pool_of(in, out, amplification, fee), 0, 1, multiplier));
  return all;
}

TEST(StableSwapDynamicFee, TheFeeIsTheContractsAtTheAverageBalances) {
  // CurveStableSwapNG._dynamic_fee by its own terms, over balances that the reference finds.
  const stable_pool pool = pool_of(3e5, 2e6, 500.0, 4.0);
  const auto venue = *stable_swap_dynamic_fee::of(pool, 0, 1, 10.0);
  stable_pool free = pool;
  free.fee = {};
  const test::stable_reference curve(free, 0, 1);
  for (const double x : {1e-3, 1e4, 8e5, 1.5e6}) {
    const double out = static_cast<double>(static_cast<long double>(curve.at(test::widened(x)).out));
    const double xpi = 3e5 + 0.5 * x, xpj = 2e6 - 0.5 * out, sum = xpi + xpj;
    const double fee = 10.0 * 4e-4 / ((10.0 - 1.0) * 4.0 * xpi * xpj / (sum * sum) + 1.0);
    EXPECT_TRUE(test::close(venue.fee(x), fee, T::route)) << x;
    EXPECT_TRUE(test::close(venue.amount_out(x), (1.0 - fee) * out, T::route)) << x;
  }
}

TEST(StableSwapDynamicFee, AMultiplierOfOneIsTheConstantFee) {
  const stable_pool pool = pool_of(3e5, 2e6, 500.0, 4.0);
  const auto venue = *stable_swap_dynamic_fee::of(pool, 0, 1, 0.0);
  const auto same = *stable_swap::of(pool, 0, 1);
  for (const double x : {1e-3, 1e4, 8e5, 1.5e6}) {
    EXPECT_TRUE(test::close(venue.amount_out(x), same.amount_out(x), T::formula)) << x;
    EXPECT_TRUE(test::close(venue.marginal_price(x).value, same.marginal_price(x).value, T::formula)) << x;
    EXPECT_TRUE(test::close(venue.loss(x), same.loss(x), T::route)) << x;
    EXPECT_TRUE(test::close(venue.amount_in(same.amount_out(x)), x, 1e-12)) << x;
  }
  for (const double price : {3.0, 0.9999, 0.5})
    EXPECT_TRUE(test::close(venue.best_value({price}), same.best_value({price}), 1e-10)) << price;
}

TEST(StableSwapDynamicFee, MoreOfItPaysMoreThoughNotAlwaysLessPerUnit) {
  bool bends_up = false;
  for (const auto& venue : venues()) {
    double before = 0.0, price = infinity;
    for (double x = 1e-6 * venue.capacity(); x < 5.0 * venue.capacity(); x *= 1.02) {
      EXPECT_GE(venue.amount_out(x), before) << x;
      bends_up = bends_up || venue.marginal_price(x).value > price;
      before = venue.amount_out(x), price = venue.marginal_price(x).value;
    }
    EXPECT_EQ(venue.amount_out(2.0 * venue.capacity()), venue.amount_out(venue.capacity()));
    EXPECT_EQ(venue.marginal_price(2.0 * venue.capacity()).value, 0.0);
    EXPECT_TRUE(test::within(venue.marginal_price(venue.capacity()).value, 0.0, 1e-9));
  }
  EXPECT_TRUE(bends_up) << "otherwise nothing here is tested that a concave venue would not do";
}

TEST(StableSwapDynamicFee, MarginalPricesAreTheDifferences) {
  for (const auto& venue : venues()) {
    for (double x = 1e-3 * venue.capacity(); x < 0.9 * venue.capacity(); x *= 1.3) {
      const double h = 1e-4 * x, slope = (venue.amount_out(x + h) - venue.amount_out(x - h)) / (2.0 * h);
      EXPECT_NEAR(venue.marginal_price(x).value, slope, 1e-6 * venue.amount_out(x) / x) << x;
    }
  }
}

TEST(StableSwapDynamicFee, LossIsTheDifferenceWhereThatCanBeSeen) {
  for (const auto& venue : venues()) {
    const double first = venue.marginal_price(0.0).value;
    for (double x = 1e-12 * venue.capacity(); x < 4.0 * venue.capacity(); x *= 3.0)
      EXPECT_NEAR(venue.loss(x), first * x - venue.amount_out(x), T::route * first * x) << x;
    // Twice the amount loses four times as much, down to amounts of which the difference would show nothing.
    const double tiny = 1e-11 * venue.capacity();
    EXPECT_NEAR(venue.loss(2.0 * tiny) / venue.loss(tiny), 4.0, 1e-3);
  }
}

TEST(StableSwapDynamicFee, WhatItPaysForAnAmountCostsThatAmount) {
  test::random_numbers random(20230906);
  for (const auto& venue : venues()) {
    for (int i = 0; i < 300; ++i) {
      const double x = venue.capacity() * random.log_uniform(1e-12, 1.0), price = venue.marginal_price(x).value;
      EXPECT_NEAR(venue.amount_in(venue.amount_out(x)), x, 1e-14 * (x + venue.amount_out(x) / price)) << x;
    }
    EXPECT_EQ(venue.amount_in(1.001 * venue.amount_out(venue.capacity())), infinity);
    EXPECT_EQ(venue.amount_in(0.0), 0.0);
    EXPECT_FALSE(std::isfinite(venue.amount_in(nan)));
  }
}

TEST(StableSwapDynamicFee, NoAmountBeatsTheAmountAtAPriceThoughThereMayBeManyPeaks) {
  test::random_numbers random(20240101);
  for (const auto& venue : venues()) {
    const double first = venue.marginal_price(0.0).value;
    for (int i = 0; i < 40; ++i) {
      // Prices around the plateau are where two peaks vie.
      const executable_price<double> at{i % 2 == 0 ? first * random.uniform(0.05, 1.1) : random.uniform(0.95, 1.01)};
      const double best = venue.amount_at(at), gain = venue.amount_out(best) - at.value * best;
      double most = 0.0;
      for (double x = 1e-9 * venue.capacity(); x <= venue.capacity(); x *= 1.01)
        most = larger(most, venue.amount_out(x) - at.value * x);
      EXPECT_GE(gain, most - T::route * (venue.amount_out(best) + most)) << at.value;
      EXPECT_NEAR(venue.best_value(at), gain, T::route * venue.amount_out(best)) << at.value;
    }
    EXPECT_EQ(venue.amount_at(executable_price<double>{1e9}), 0.0);
    EXPECT_EQ(venue.best_value(executable_price<double>{1e9}), 0.0);
    EXPECT_EQ(venue.amount_at(executable_price<double>{0.0}), venue.capacity());
    EXPECT_EQ(venue.amount_at(executable_price<double>{nan}), 0.0);
  }
}

TEST(StableSwapDynamicFee, PiecesAreBelowItByNoMoreThanItSays) {
  for (const auto& venue : venues()) {
    for (const std::size_t n : {std::size_t{1}, std::size_t{4}, venue.segment_count(), std::size_t{100}}) {
      std::vector<liquidity::segment<>> pieces(n);
      const std::size_t count = venue.segments(pieces);
      ASSERT_GT(count, 0U);
      double room = 0.0;
      for (std::size_t i = 0; i < count; ++i) room += pieces[i].capacity;
      EXPECT_LE(room, venue.capacity() * (1.0 + T::formula));
      for (double x = 1e-6 * venue.capacity(); x < 3.0 * venue.capacity(); x *= 1.1) {
        double left = x, paid = 0.0;
        for (std::size_t i = 0; i < count && left > 0.0; ++i) {
          paid += pieces[i].amount_out(smaller(left, pieces[i].capacity));
          left -= pieces[i].capacity;
        }
        EXPECT_LE(paid, venue.amount_out(x) * (1.0 + T::route)) << x;
        EXPECT_GE(paid, venue.amount_out(x) - venue.segment_error(n)) << x;
      }
    }
  }
}

TEST(StableSwapDynamicFee, AfterATradeTheFeeStartsWhereTheBalancesAre) {
  const auto venue = venues()[0];
  const auto left = venue.after(3e5);
  EXPECT_GT(left.fee(0.0), venue.fee(0.0));
  EXPECT_GT(left.fee(0.0), venue.fee(3e5)) << "the trade itself paid by the average";
  EXPECT_EQ(venue.after(0.0).amount_out(5.0), venue.amount_out(5.0));
}

TEST(StableSwapDynamicFee, AMixtureWithItIsNoLongerConcaveNorSmooth) {
  using smooth = liquidity::any_venue<liquidity::constant_product, liquidity::weighted, stable_swap,
                                      liquidity::quadratic_impact, liquidity::power_impact>;
  using mixed = liquidity::any_venue<liquidity::weighted, stable_swap_dynamic_fee>;
  static_assert(Smooth<smooth> && is_concave<smooth>());
  static_assert(Venue<mixed> && !Smooth<mixed> && !is_concave<mixed>());
  const mixed pool = venues()[0];
  EXPECT_EQ(pool.amount_out(77.0), venues()[0].amount_out(77.0));
  const smooth impact = liquidity::power_impact{.price = 2.0, .volume = 10.0, .strength = 0.1};
  EXPECT_GT(impact.segment_error(4), impact.segment_error(16));
}

TEST(StableSwapDynamicFee, WhatIsNoPoolIsRefusedByName) {
  const stable_pool pool = pool_of(1e6, 1e6, 200.0, 400.0);
  EXPECT_EQ(stable_swap_dynamic_fee::of(pool, 0, 1, nan).error(), errc::bad_configuration);
  EXPECT_EQ(stable_swap_dynamic_fee::of(pool, 0, 1, -1.0).error(), errc::bad_configuration);
  EXPECT_EQ(stable_swap_dynamic_fee::of(pool, 0, 1, 25.0).error(), errc::bad_configuration) << "all of it";
  EXPECT_EQ(stable_swap_dynamic_fee::of(pool, 0, 0, 2.0).error(), errc::asset_mismatch);
  EXPECT_EQ(stable_swap_dynamic_fee::of(pool_of(0.0, 1.0, 1.0, 1.0), 0, 1, 2.0).error(), errc::negative_amount);
  EXPECT_EQ(stable_swap_dynamic_fee{}.validate(), errc::negative_amount);
  EXPECT_EQ(stable_swap_dynamic_fee::of(pool, 0, 1, 2.0)->validate(), errc::ok);
}

}  // namespace
}  // namespace trimtab
