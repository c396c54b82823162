// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/health/maker_auction.hpp>

#include "support/random.hpp"
#include "support/tolerance.hpp"
#include <cmath>
#include <limits>

namespace trimtab {
namespace {

using namespace std::chrono_literals;
using health::exponential_decrease;
using health::linear_decrease;
using health::maker_auction;
using health::maker_sale;
using health::stairstep_exponential_decrease;
using T = test::tolerance<double>;

static_assert(linear_decrease{.tau = 1000s}.price(2000.0, 250s) == 1500.0);
static_assert(linear_decrease{.tau = 1000s}.price(2000.0, 1000s) == 0.0);
static_assert(stairstep_exponential_decrease{.step = 90s, .lost = 5000_bps}.price(1600.0, 359s) == 200.0);
static_assert(exponential_decrease{.lost = 2500_bps}.price(256.0, 2s) == 144.0);

TEST(MakerAuction, AStairOfOneHundredthLosesTenPercentInElevenSteps) {
  const stairstep_exponential_decrease curve{.step = 90s, .lost = 100_bps};
  EXPECT_EQ(curve.price(1000.0, 0s), 1000.0);
  EXPECT_EQ(curve.price(1000.0, 89s), 1000.0);
  EXPECT_TRUE(test::close(curve.price(1000.0, 90s), 990.0, T::formula));
  EXPECT_TRUE(test::close(curve.price(1000.0, 990s), 895.3382542587164451099, T::formula)) << "0.99^11";
}

TEST(MakerAuction, PowersKeepTheirDigitsHoweverManyStepsThereAre) {
  test::random_numbers random(4);
  for (int i = 0; i < 2000; ++i) {
    const double lost = random.log_uniform(1e-9, 0.9);
    const auto steps = static_cast<long long>(random.log_uniform(1.0, 100.0 / lost));
    const exponential_decrease curve{.lost = to_basis_points(lost)};
    const long double exponent = static_cast<long double>(steps) * std::log1p(-static_cast<long double>(lost));
    // The share itself is a rounded number: its last digit counts once per unit of the exponent.
    const double digits = 2.0 + 2.0 * static_cast<double>(-exponent) / (1.0 - lost);
    EXPECT_TRUE(
        test::close(curve.price(1.0, seconds{steps}), static_cast<double>(std::exp(exponent)), digits * T::epsilon))
        << lost << " " << steps;
  }
}

TEST(MakerAuction, EveryCurveFallsAndStartsAtTheTop) {
  test::random_numbers random(5);
  for (int i = 0; i < 500; ++i) {
    const double top = random.log_uniform(1e-6, 1e6);
    const seconds early{random.below(10'000)}, late = early + seconds{random.below(10'000)};
    const auto check = [&](const auto& curve) {
      EXPECT_EQ(curve.price(top, 0s), top);
      EXPECT_GE(curve.price(top, early), curve.price(top, late));
      EXPECT_GE(curve.price(top, late), 0.0);
    };
    check(linear_decrease{.tau = seconds{1 + random.below(20'000)}});
    check(stairstep_exponential_decrease{.step = seconds{1 + random.below(300)},
                                         .lost = {random.log_uniform(1e-4, 5e3)}});
    check(exponential_decrease{.lost = {random.log_uniform(1e-6, 1e2)}});
  }
}

TEST(MakerAuction, NoCurveNoPrice) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_TRUE(std::isnan(linear_decrease{}.price(1.0, 1s)));
  EXPECT_TRUE(std::isnan(linear_decrease{.tau = 10s}.price(1.0, -1s)));
  EXPECT_TRUE(std::isnan(linear_decrease{.tau = 10s}.price(nan, 10s)));
  EXPECT_TRUE(std::isnan(stairstep_exponential_decrease{.step = 0s}.price(1.0, 1s)));
  EXPECT_TRUE(std::isnan(stairstep_exponential_decrease{}.price(1.0, -1s)));
  for (const double bad : {-1.0, 1e4, nan}) EXPECT_TRUE(std::isnan(exponential_decrease{.lost = {bad}}.price(1.0, 1s)));
  EXPECT_EQ(maker_auction{}.take({.tab = 1.0, .lot = 1.0, .top = 1.0}, nan, 1s, 1.0).error(), errc::not_finite);
}

// 11,300 DAI to raise with 10 ETH, from 2000·1.2 = 2400 DAI down.
constexpr maker_auction house{.buf = 1.2, .tail = 8400s, .cusp = 0.4, .chost = 5650.0, .tip = 300.0, .chip = {10.0}};
constexpr maker_sale sale = house.start(11'300.0, 10.0, 2000.0);
static_assert(sale.top == 2400.0);
static_assert(house.incentive(sale.tab) == 300.0 + 0.001 * 11'300.0);

TEST(MakerAuction, WhoBuysEnoughPaysTheTabAndTheRestGoesBack) {
  const auto all = house.take(sale, 2000.0, 1800s, infinity);
  ASSERT_TRUE(all.has_value());
  EXPECT_EQ(all->paid, 11'300.0);
  EXPECT_TRUE(test::close(all->bought, 5.65, T::formula));
  EXPECT_TRUE(test::close(all->returned_to_owner, 4.35, T::formula));
  EXPECT_EQ(all->tab_left, 0.0);
  EXPECT_EQ(all->lot_left, 0.0);
}

TEST(MakerAuction, APurchaseInPartLeavesADustFreeTab) {
  const auto part = house.take(sale, 2000.0, 1800s, 2.0);
  ASSERT_TRUE(part.has_value());
  EXPECT_EQ(part->paid, 4000.0);
  EXPECT_EQ(part->bought, 2.0);
  EXPECT_EQ(part->tab_left, 7300.0);
  EXPECT_EQ(part->lot_left, 8.0);
  EXPECT_EQ(part->returned_to_owner, 0.0);
  const auto cut = house.take(sale, 2000.0, 1800s, 4.0);  // 3300 DAI would be left
  ASSERT_TRUE(cut.has_value());
  EXPECT_EQ(cut->paid, 5650.0);
  EXPECT_TRUE(test::close(cut->bought, 2.825, T::formula));
  EXPECT_EQ(cut->tab_left, 5650.0);
  const maker_sale small{.tab = 5650.0, .lot = 10.0, .top = 2400.0};
  EXPECT_EQ(house.take(small, 2000.0, 1800s, 1.0).error(), errc::dust) << "all or nothing";
  EXPECT_TRUE(house.take(small, 2000.0, 1800s, 10.0).has_value());
}

TEST(MakerAuction, ALotThatDoesNotRaiseTheTabIsTheSystemsLoss) {
  const auto out = house.take({.tab = 11'300.0, .lot = 5.0, .top = 2400.0}, 1000.0, 7000s, infinity);
  ASSERT_TRUE(out.has_value());
  EXPECT_EQ(out->paid, 5000.0);
  EXPECT_EQ(out->tab_left, 6300.0);
  EXPECT_EQ(out->lot_left, 0.0);
  EXPECT_EQ(out->returned_to_owner, 0.0);
}

TEST(MakerAuction, AStaleOrFallenAuctionMustBeRestarted) {
  EXPECT_FALSE(house.needs_redo(sale, 960.0, 8400s)) << "0.4 of the top, and not older than the tail";
  EXPECT_TRUE(house.needs_redo(sale, 960.0, 8401s));
  EXPECT_TRUE(house.needs_redo(sale, 959.99, 10s));
  EXPECT_EQ(house.take(sale, 959.99, 10s, 1.0).error(), errc::expired);
  EXPECT_EQ(house.redo_incentive(sale, 2000.0), house.incentive(11'300.0));
  EXPECT_EQ(house.redo_incentive(sale, 500.0), 0.0) << "a lot worth 5000 DAI is dust";
  EXPECT_EQ(house.redo_incentive({.tab = 5000.0, .lot = 10.0, .top = 2400.0}, 2000.0), 0.0);
}

TEST(MakerAuction, WhatCannotBeBoughtHasItsName) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(house.take(sale, 2000.0, 10s, 1.0, 1999.0).error(), errc::slippage);
  EXPECT_EQ(house.take(sale, 2000.0, 10s, 1.0, nan).error(), errc::slippage);
  for (const double bad : {0.0, -1.0, nan})
    EXPECT_EQ(house.take(sale, 2000.0, 10s, bad).error(), errc::negative_amount) << bad;
  EXPECT_EQ(house.take({.tab = nan, .lot = 1.0, .top = 2400.0}, 2000.0, 10s, 1.0).error(), errc::not_finite);
  EXPECT_EQ(house.take({.tab = 1.0, .lot = 0.0, .top = 2400.0}, 2000.0, 10s, 1.0).error(), errc::negative_amount);
  EXPECT_EQ(house.take(sale, 2000.0, -1s, 1.0).error(), errc::time_backwards);
  maker_auction to_zero = house;
  to_zero.cusp = 0.0;
  EXPECT_EQ(to_zero.take(sale, 0.0, 10s, 1.0).error(), errc::non_positive_price);
}

TEST(MakerAuction, NothingIsLostInASale) {
  test::random_numbers random(6);
  for (int i = 0; i < 2000; ++i) {
    const double tab = random.log_uniform(1.0, 1e7), lot = random.log_uniform(1e-3, 1e4);
    const maker_sale s{.tab = tab, .lot = lot, .top = random.log_uniform(0.1, 10.0) * tab / lot};
    const double price = s.top * random.uniform(0.41, 1.0);
    const maker_auction h{.chost = random.log_uniform(1e-3, 1.0) * tab};
    const auto out = h.take(s, price, 10s, lot * random.uniform(0.01, 1.5));
    if (!out.has_value()) {
      EXPECT_EQ(out.error(), errc::dust);
      continue;
    }
    EXPECT_TRUE(test::close(out->paid + out->tab_left, tab, T::formula));
    EXPECT_TRUE(test::close(out->bought + out->lot_left + out->returned_to_owner, lot, T::formula));
    EXPECT_TRUE(test::close(out->bought * price, out->paid, T::formula));
    const bool over = out->tab_left == 0.0 || out->lot_left == 0.0;
    EXPECT_TRUE(over || out->tab_left >= h.chost * (1.0 - T::formula)) << "a sale goes on only above chost";
  }
}

}  // namespace
}  // namespace trimtab
