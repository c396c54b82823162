// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/simulate/pool.hpp>

#include <cmath>
#include <limits>

namespace {

using namespace trimtab::simulate;

constexpr pool_rules rules{};
constexpr double ulps = 16 * std::numeric_limits<double>::epsilon();

static_assert(pool_at(2000.0, 1e6).base == 500.0);
static_assert(pool_at(2000.0, 1e6).mid() == 2000.0);
static_assert(restored_mid(100.0, 100.2, rules) == 100.0);  // inside the band: nobody acts
static_assert(restored_mid(90.0, 100.0, rules) == 99.7);

TEST(Pool, GivesTheV2AmountsAndKeepsTheFee) {
  const pool p{.base = 1000.0, .quote = 2e6};
  const double x = 10.0;
  const double expected = 997.0 * x * p.quote / (1000.0 * p.base + 997.0 * x);
  EXPECT_NEAR(selling(p, rules).amount_out(x), expected, expected * ulps);
  const pool after = after_sale(p, rules, x);
  EXPECT_EQ(after.base, 1010.0);  // x, not γx
  EXPECT_GT(after.base * after.quote, p.base * p.quote);
}

TEST(Pool, RoundTripsLose) {
  const pool p{.base = 1000.0, .quote = 2e6};
  const double out = selling(p, rules).amount_out(5.0);
  EXPECT_LT(buying(after_sale(p, rules, 5.0), rules).amount_out(out), 5.0);
  const pool bought = after_purchase(p, rules, 1e4);
  EXPECT_GT(bought.base * bought.quote, p.base * p.quote);
}

TEST(Pool, ArbitrageStopsAtTheEdgeOfTheFeeBandAndKeepsK) {
  const pool p = pool_at(100.0, 1e6);
  const double k = p.base * p.quote;
  for (const double market : {50.0, 99.0, 101.0, 300.0}) {
    const pool q = after_arbitrage(p, rules, market, 0);
    const double edge = market < 100.0 ? market / 0.997 : market * 0.997;
    EXPECT_NEAR(q.mid(), edge, edge * ulps);
    EXPECT_NEAR(q.base * q.quote, k, k * ulps);
  }
  const pool inside = after_arbitrage(p, rules, 100.2, 0);
  EXPECT_EQ(inside.base, p.base);
}

TEST(Pool, DepthFallsAsTheRootOfThePrice) {
  const pool p = pool_at(100.0, 1e6);
  const pool q = after_arbitrage(p, {.fee = {}}, 25.0, 0);
  EXPECT_NEAR(q.quote, 0.5e6, 0.5e6 * ulps);
}

TEST(Pool, ASaleIsRefilledOnlyToTheEdge) {
  pool p = after_sale(pool_at(100.0, 1e6), rules, 50.0);
  p = after_arbitrage(p, rules, 100.0, 12);
  EXPECT_NEAR(p.mid(), 99.7, 99.7 * ulps);
  pool small = after_sale(pool_at(100.0, 1e6), rules, 1.0);
  EXPECT_EQ(after_arbitrage(small, rules, 100.0, 12).mid(), small.mid());  // less than the fee: it stays
}

TEST(Pool, ArbitrageWaitsForTheRefillDelay) {
  const pool_rules slow{.refill_delay_seconds = 24};
  pool p = after_sale(pool_at(100.0, 1e6), slow, 500.0);
  const double sold = p.mid();
  p = after_arbitrage(p, slow, 100.0, 0);
  p = after_arbitrage(p, slow, 100.0, 12);
  EXPECT_EQ(p.mid(), sold);
  p = after_arbitrage(p, slow, 100.0, 24);
  EXPECT_NEAR(p.mid(), 99.7, 99.7 * ulps);
  EXPECT_EQ(after_arbitrage(p, slow, 100.0, 36).outside_since, -1);  // at the edge is inside
}

TEST(Pool, LiquidityLeavesWithTheFallAndDoesNotComeBack) {
  const pool_rules flight{.depth_factor = 0.4};
  const pool p = pool_at(100.0, 1e6);
  const pool half = after_withdrawals(p, flight, 50.0, 100.0);
  EXPECT_NEAR(half.quote, 0.4e6, 1e6 * ulps);
  EXPECT_EQ(half.mid(), p.mid());
  EXPECT_EQ(after_withdrawals(half, flight, 100.0, 100.0).quote, half.quote);
  EXPECT_NEAR(after_withdrawals(p, flight, 75.0, 100.0).liquidity_left, 0.7, ulps);
  EXPECT_EQ(after_withdrawals(p, rules, 10.0, 100.0).quote, p.quote);  // default: all stay
}

}  // namespace
