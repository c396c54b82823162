// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/sizing/protective_put.hpp>

#include "support/random.hpp"
#include <algorithm>
#include <cmath>
#include <limits>

namespace {

using namespace trimtab;
using sizing::cheapest_put;
using sizing::health_with_puts;
using sizing::put_request;
using sizing::put_settlement;
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

// 10 units at 100, threshold 80 %, 560 of debt; at 60 the collateral carries 480, and 1.05 asks 560 − 480/1.05 back.
constexpr put_request worked{.lending = {.collateral_moving = 800.0, .debt_still = 560.0},
                             .spot = 100.0,
                             .stress_price = 60.0,
                             .floor = 1.05,
                             .floor_on_the_way = 0.0,
                             .low_strike = 50.0,
                             .high_strike = 100.0,
                             .settlement = put_settlement::repays_debt};
// (K − 50)²/(1000·(K − 60)) is least at K = 70: 0.04.
constexpr auto square = [](double k) { return k > 50.0 ? (k - 50.0) * (k - 50.0) / 1000.0 : 0.0; };
static_assert(cheapest_put(worked, square).has_value());

TEST(ProtectivePut, WorkedByHand) {
  const auto p = cheapest_put(worked, square);
  ASSERT_TRUE(p);
  const double wanted = 560.0 - 480.0 / 1.05;
  EXPECT_NEAR(p->strike, 70.0, 1e-4);
  EXPECT_NEAR(p->units, wanted / 10.0, 1e-4);
  EXPECT_NEAR(p->premium, 0.04 * wanted, 1e-12);
  EXPECT_LE(p->least_premium, 0.04 * wanted * (1.0 + 1e-15));
  EXPECT_NEAR(p->least_premium, p->premium, 1e-9 * p->premium);
  EXPECT_NEAR(p->health_at_stress, 1.05, 1e-12);
  EXPECT_NEAR(p->health_at_strike, 8.0 * 70.0 / 560.0, 1e-5) << "1.00: where nothing is paid yet it is thinner";
  EXPECT_NEAR(health_with_puts(worked, p->strike, p->units, 60.0), 480.0 / (560.0 - p->units * 10.0 * 1.0), 1e-4);
}

TEST(ProtectivePut, AStrikeBelowWhereTheAccountDiesIsNone) {
  put_request r = worked;
  r.floor_on_the_way = 1.08;  // 8·K = 1.08·560
  const auto p = cheapest_put(r, square);
  ASSERT_TRUE(p);
  EXPECT_NEAR(p->strike, 75.6, 1e-5);
  EXPECT_GE(p->health_at_strike, 1.08);
  for (double price = 60.0; price <= 150.0; price += 0.01)
    ASSERT_GE(health_with_puts(r, p->strike, p->units, price), 1.05) << price;
  r.high_strike = 75.5;
  EXPECT_EQ(cheapest_put(r, square).error(), errc::infeasible);
  // With a debt of one coin beside: 8·K − 1.08·K = 1.08·460.
  r.high_strike = 100.0, r.lending.debt_still = 460.0, r.lending.debt_moving = 100.0;
  EXPECT_NEAR(r.least_strike(), 1.08 * 460.0 / (8.0 - 1.08), 1e-9);
  r.lending.debt_moving = 800.0;
  EXPECT_EQ(r.least_strike(), infinity) << "a debt that moves faster than the collateral";
  EXPECT_EQ(cheapest_put(r, square).error(), errc::infeasible);
  EXPECT_EQ(put_request{}.floor_on_the_way, 1.0);
  // A short: at 60 it wants a little repaid, and at any higher price it is worse.
  r.lending = {.collateral_still = 800.0, .debt_moving = 1200.0, .debt_still = 100.0};
  r.floor = 1.0;
  EXPECT_EQ(cheapest_put(r, square).error(), errc::infeasible);
}

TEST(ProtectivePut, AMillionthOfTheAccountIsAMillionthOfTheAnswer) {
  put_request r = worked;
  r.floor_on_the_way = 1.08;
  const auto whole = cheapest_put(r, square);
  r.lending.collateral_moving *= 1e-6, r.lending.debt_still *= 1e-6;
  const auto part = cheapest_put(r, [](double k) { return 1e-6 * square(k); });
  ASSERT_TRUE(whole && part);
  EXPECT_NEAR(part->strike, whole->strike, 1e-9);
  EXPECT_NEAR(part->units, 1e-6 * whole->units, 1e-16);
  EXPECT_NEAR(part->premium, 1e-12 * whole->premium, 1e-21);
}

TEST(ProtectivePut, CashThatDoesNotRepayDebtIsNoHealth) {
  put_request r = worked;
  r.settlement = put_settlement::elsewhere;
  EXPECT_EQ(cheapest_put(r, square).error(), errc::infeasible);
  EXPECT_EQ(health_with_puts(r, 70.0, 1e6, 60.0), 480.0 / 560.0);
  EXPECT_EQ(put_request{}.settlement, put_settlement::elsewhere) << "to be said, never assumed";
}

TEST(ProtectivePut, AtAnEdgeOfTheStrikesTheEdgeIsTheAnswer) {
  put_request r = worked;
  r.high_strike = 68.0;
  EXPECT_NEAR(cheapest_put(r, square)->strike, 68.0, 1e-5);
  r.high_strike = 100.0, r.low_strike = 75.0;
  EXPECT_NEAR(cheapest_put(r, square)->strike, 75.0, 1e-5);
  r.low_strike = r.high_strike = 80.0;
  EXPECT_EQ(cheapest_put(r, square)->strike, 80.0) << "one strike alone";
  EXPECT_NEAR(cheapest_put(r, square)->premium, 900.0 / 20000.0 * r.repayment(), 1e-12);
  EXPECT_EQ(cheapest_put(r, square)->least_premium, cheapest_put(r, square)->premium);
}

double put_price(double spot, double k, double s) {  // no rates
  if (k <= 0.0) return 0.0;
  const double d1 = std::log(spot / k) / s + 0.5 * s, d2 = d1 - s;
  const auto cdf = [](double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); };
  return k * cdf(-d2) - spot * cdf(-d1);
}

// Black–Scholes premiums: against a scan of strikes, and against the condition P'(K)·(K − p_s) = P(K), P' = Φ(−d₂).
TEST(ProtectivePut, NoOtherStrikeIsCheaper) {
  test::random_numbers random(13);
  double worst_scan = 0.0, worst_gap = 0.0, worst_condition = 0.0;
  int edges = 0, inner = 0, refused = 0;
  for (int i = 0; i < 3000; ++i) {
    put_request r = worked;
    r.spot = random.log_uniform(1e-2, 1e5);
    const double worth = random.log_uniform(1e2, 1e8), weight = random.uniform(0.5, 0.95);
    r.lending = {.collateral_moving = weight * worth, .debt_still = weight * worth / random.uniform(1.1, 1.8)};
    r.stress_price = r.spot * random.uniform(0.3, 0.55), r.floor = random.uniform(1.0, 1.2);
    r.debt_weight = random.uniform(1.0, 1.2);
    r.low_strike = r.spot * random.uniform(0.2, 0.6), r.high_strike = r.spot * random.uniform(0.6, 2.0);
    const double s = random.uniform(0.05, 1.0);
    const auto premium = [&](double k) { return put_price(r.spot, k, s); };
    if (r.repayment() <= 0.0) continue;
    r.floor_on_the_way = i % 2 == 0 ? 0.0 : random.uniform(1.0, 1.05);
    if (r.least_strike() > r.high_strike) {
      ++refused;
      ASSERT_EQ(cheapest_put(r, premium).error(), errc::infeasible);
      continue;
    }
    const auto p = cheapest_put(r, premium);
    ASSERT_TRUE(p) << name(p.error()) << " s " << s;
    ASSERT_NEAR(p->units * (p->strike - r.stress_price), r.repayment(), 1e-9 * r.repayment());
    ASSERT_NEAR(p->premium, p->units * premium(p->strike), 1e-12 * p->premium);
    ASSERT_NEAR(p->health_at_stress, r.floor, 1e-10);
    ASSERT_GE(p->health_at_stress, r.floor);
    ASSERT_GE(p->health_at_strike, r.floor_on_the_way);
    const double low = std::max({r.low_strike, r.stress_price,
                                 r.floor_on_the_way * r.lending.debt_still / r.lending.collateral_moving * r.spot});
    double best = infinity;
    for (int k = 1; k <= 4000; ++k) {
      const double strike = low + (r.high_strike - low) * k / 4000.0;
      best = std::min(best, premium(strike) / (strike - r.stress_price) * r.repayment());
    }
    worst_scan = std::max(worst_scan, p->premium / best - 1.0);
    worst_gap = std::max(worst_gap, 1.0 - p->least_premium / p->premium);
    ASSERT_LE(p->least_premium, best * (1.0 + 1e-12));
    if (p->strike > low * 1.001 && p->strike < r.high_strike * 0.999) {
      ++inner;
      const double d2 = std::log(r.spot / p->strike) / s - 0.5 * s;
      const double condition =
          0.5 * std::erfc(d2 / std::sqrt(2.0)) * (p->strike - r.stress_price) / premium(p->strike) - 1.0;
      worst_condition = std::max(worst_condition, std::abs(condition));
    } else {
      ++edges;
    }
  }
  std::cout << inner << " inside, " << edges << " at an edge, " << refused
            << " without a strike; premium over the best of the scan " << worst_scan << ", over the bound " << worst_gap
            << "; first-order condition off by " << worst_condition << '\n';
  EXPECT_LE(worst_scan, 1e-12);
  EXPECT_LE(worst_gap, 1e-8);
  EXPECT_LE(worst_condition, 1e-4) << "the least is flat: its place is known to half the digits of its value";
  EXPECT_GT(inner, 300);
  EXPECT_GT(edges, 300);
  EXPECT_GT(refused, 50);
}

// Health between the stress price and far above, price by price: never below the lower of the two ends reported.
TEST(ProtectivePut, FromTheStressPriceUpTheTwoEndsAreTheLeast) {
  const auto p = cheapest_put(worked, square);
  ASSERT_TRUE(p);
  const double least = std::min(p->health_at_stress, p->health_at_strike);
  for (double price = 60.0; price <= 150.0; price += 0.01)
    ASSERT_GE(health_with_puts(worked, p->strike, p->units, price), least * (1.0 - 1e-12)) << price;
  EXPECT_EQ(health_with_puts(worked, 70.0, 60.0, 60.0), infinity) << "600 paid on 560 of debt";
}

TEST(ProtectivePut, WhatCannotBeIsRefusedByName) {
  const auto with = [](auto change) {
    put_request r = worked;
    change(r);
    return cheapest_put(r, square).error();
  };
  EXPECT_EQ(with([](put_request& r) { r.lending.debt_still = 400.0; }), errc::already_there);
  EXPECT_EQ(with([](put_request& r) { r.high_strike = 60.0; }), errc::infeasible);
  EXPECT_EQ(with([](put_request& r) { r.lending = {.collateral_still = 800.0, .debt_moving = 2000.0}; }),
            errc::infeasible)
      << "the debt that moves is not repaid";
  // 11 of weighted debt too many, of which 10 can be repaid.
  EXPECT_EQ(with([](put_request& r) {
              r.lending = {.collateral_still = 800.0, .debt_moving = (800.0 / 1.05 + 1.0) / 0.6, .debt_still = 10.0};
              r.debt_weight = 1.2;
            }),
            errc::infeasible);
  EXPECT_EQ(with([](put_request& r) { r.floor = 0.9; }), errc::bad_configuration);
  EXPECT_EQ(with([](put_request& r) { r.floor_on_the_way = -0.1; }), errc::bad_configuration);
  EXPECT_EQ(with([](put_request& r) { r.debt_weight = 0.9; }), errc::bad_configuration);
  EXPECT_EQ(with([](put_request& r) { r.low_strike = 101.0; }), errc::bad_configuration);
  EXPECT_EQ(with([](put_request& r) { r.stress_price = 101.0; }), errc::bad_configuration);
  EXPECT_EQ(with([](put_request& r) { r.spot = 0.0; }), errc::non_positive_price);
  EXPECT_EQ(with([](put_request& r) { r.stress_price = 0.0; }), errc::non_positive_price);
  EXPECT_EQ(with([](put_request& r) { r.lending.debt_still = -1.0; }), errc::negative_amount);
  for (double put_request::*field : {&put_request::spot, &put_request::stress_price, &put_request::floor,
                                     &put_request::debt_weight, &put_request::low_strike, &put_request::high_strike})
    EXPECT_EQ(with([field](put_request& r) { r.*field = nan; }), errc::not_finite);
}

TEST(ProtectivePut, PremiumsThatCannotBeAreRefusedByName) {
  EXPECT_EQ(cheapest_put(worked, [](double) { return nan; }).error(), errc::not_finite);
  EXPECT_EQ(cheapest_put(worked, [](double k) { return k < 80.0 ? 1.0 : infinity; }).error(), errc::not_finite);
  EXPECT_EQ(cheapest_put(worked, [](double) { return -1.0; }).error(), errc::negative_amount);
  EXPECT_EQ(cheapest_put(worked, [](double k) { return std::sqrt(k); }).error(), errc::outside_validity) << "concave";
  EXPECT_EQ(cheapest_put(worked, [](double k) { return 1e-6 * std::sqrt(k); }).error(), errc::outside_validity);
  const auto free = cheapest_put(worked, [](double) { return 0.0; });
  ASSERT_TRUE(free);
  EXPECT_EQ(free->premium, 0.0);
}

}  // namespace
