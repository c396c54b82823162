// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/sizing/refilled_schedule.hpp>

#include "support/random.hpp"
#include <cmath>
#include <vector>

namespace trimtab {
namespace {

using liquidity::constant_product;
using sizing::cheapest_refilled;
using sizing::refilled_terms;

constexpr constant_product pool{.reserve_in = 5000.0, .reserve_out = 1e7, .fee = {30.0}};

TEST(RefilledSchedule, ArbitrageStopsAtTheEdgeOfTheFeeBand) {
  test::random_numbers random(20230310);
  for (int i = 0; i < 2'000; ++i) {
    const constant_product p{.reserve_in = random.log_uniform(1.0, 1e9),
                             .reserve_out = random.log_uniform(1.0, 1e9),
                             .fee = {random.uniform(0.0, 100.0)}};
    const double mid = p.reserve_out / p.reserve_in, kept = p.fee.complement();
    const double market = mid * random.log_uniform(0.2, 5.0);
    const auto after = sizing::after_arbitrage(p, market);
    // Nothing is left to gain either way. The fee that stays takes the mid past the edge by a share of the move.
    EXPECT_LE(after.marginal_price(0.0).value, market * (1.0 + 1e-12)) << i;
    EXPECT_LE(after.reversed().marginal_price(0.0).value, 1.0 / market * (1.0 + 1e-12)) << i;
    const double now = after.reserve_out / after.reserve_in;
    const double expected = mid < market * kept ? market * kept : mid > market / kept ? market / kept : mid;
    EXPECT_NEAR(now / expected, 1.0, p.fee.fraction() * std::fabs(std::log(expected / mid)) + 1e-12) << i;
    EXPECT_GE(after.reserve_in * after.reserve_out, p.reserve_in * p.reserve_out * (1.0 - 1e-12)) << "fees stay";
    const auto untouched = sizing::after_arbitrage(p, market, 0.0);
    EXPECT_NEAR(untouched.reserve_in, p.reserve_in, 1e-12 * p.reserve_in);
    const double half = [&] {
      const auto part = sizing::after_arbitrage(p, market, 0.5);
      return part.reserve_out / part.reserve_in;
    }();
    EXPECT_GE((half - mid) * (now - half), -1e-12 * mid * mid) << "half of the trade goes half-way";
  }
}

TEST(RefilledSchedule, CostsWhatTheTradesCost) {
  // Two chunks by hand, in 80 bits.
  const refilled_terms t{.size = 500.0, .market = 2000.0, .gas = 30.0};
  const auto best = cheapest_refilled(t, pool);
  const auto y = [](long double r1, long double r2, long double x) { return r2 * 0.997L * x / (r1 + 0.997L * x); };
  long double cheapest = 1e30L;
  int at = 0;
  for (int n = 1; n <= t.at_most; ++n) {
    long double r1 = 5000.0L, r2 = 1e7L, cost = 30.0L * n;
    for (int k = 0; k < n; ++k) {
      const long double x = 500.0L / n, out = y(r1, r2, x);
      cost += 2000.0L * x - out;
      r1 += x, r2 -= out;
      // Arbitrage brings in z of the asset out until the last of it buys no more than it costs: by bisection.
      long double low = 0.0L, high = r2;
      for (int b = 0; b < 200; ++b) {
        const long double z = (low + high) / 2.0L, step = 1e-6L * r2;
        ((y(r2, r1, z + step) - y(r2, r1, z - step)) / (2.0L * step) > 1.0L / 2000.0L ? low : high) = z;
      }
      const long double bought = y(r2, r1, low);
      r1 -= bought, r2 += low;
    }
    if (n == 1) {
      EXPECT_NEAR(best.cost_at_once, static_cast<double>(cost), 1e-6);
    }
    if (cost < cheapest) cheapest = cost, at = n;
  }
  EXPECT_EQ(best.chunks, at);
  EXPECT_NEAR(best.cost / static_cast<double>(cheapest), 1.0, 1e-7);
  EXPECT_GT(best.chunks, 1);
  EXPECT_LT(best.cost, best.cost_at_once);
}

TEST(RefilledSchedule, LargeChunksComeInTheNumberTheFormulaSays) {
  // No fee: full refill. N* = X·√(p₀/(a·G)) and the cost of N chunks is p₀X²/(aN) + G·N.
  constexpr constant_product free{.reserve_in = 1e6, .reserve_out = 2e9, .fee = {0.0}};
  for (const double size : {2000.0, 5000.0, 9000.0}) {
    const refilled_terms t{.size = size, .market = 2000.0, .gas = 200.0, .at_most = 64};
    const double ideal = size * std::sqrt(2000.0 / (1e6 * 200.0));
    EXPECT_NEAR(cheapest_refilled(t, free).chunks, ideal, 1.0) << size;
  }
}

TEST(RefilledSchedule, AChunkThatMovesThePriceByLessThanTheFeeFindsNoRefill) {
  constexpr constant_product deep{.reserve_in = 1e6, .reserve_out = 2e9, .fee = {100.0}};
  const refilled_terms t{.size = 1000.0, .market = 2000.0, .gas = 0.0};
  const auto best = cheapest_refilled(t, deep);  // 0.2 % of impact inside a band of 1 %
  EXPECT_NEAR(best.cost / best.cost_at_once, 1.0, 1e-4);
  const refilled_terms with_gas{.size = 1000.0, .market = 2000.0, .gas = 30.0};
  EXPECT_EQ(cheapest_refilled(with_gas, deep).chunks, 1);
}

TEST(RefilledSchedule, LessRefillMeansDearerChunks) {
  double before = 0.0;
  for (const double refill : {1.0, 0.75, 0.5, 0.25, 0.0}) {
    const refilled_terms t{.size = 500.0, .market = 2000.0, .gas = 30.0, .refill = refill};
    const auto best = cheapest_refilled(t, pool);
    EXPECT_GE(best.cost, before) << refill;
    before = best.cost;
    if (refill == 0.0) {
      EXPECT_EQ(best.chunks, 1);
    }
  }
}

TEST(RefilledSchedule, EqualChunksAreNearlyTheBestOfAll) {
  // All ways to cut 20 units of 25 tokens into three chunks; the first finds the pool at the market, the others at the
  // edge of its band, so that a larger first one is a little cheaper.
  const refilled_terms t{.size = 500.0, .market = 2000.0, .gas = 30.0, .at_most = 3};
  const auto equal = cheapest_refilled(t, pool);
  double least = infinity;
  for (int a = 1; a < 19; ++a)
    for (int b = 1; a + b < 20; ++b) {
      auto p = pool;
      double cost = 90.0;
      for (const int part : {a, b, 20 - a - b}) {
        const double x = 25.0 * part;
        cost += 2000.0 * x - p.amount_out(x);
        p = sizing::after_arbitrage(p.after(x), 2000.0);
      }
      least = smaller(least, cost);
    }
  EXPECT_EQ(equal.chunks, 3);
  EXPECT_LE(equal.cost, least * 1.01);
}

TEST(RefilledSchedule, WaitsOnlyAsLongAsHealthAllows) {
  refilled_terms t{.size = 500.0, .market = 2000.0, .gas = 30.0};
  t.held = 1000.0, t.weighted_price = 1600.0, t.debt = 1.45e6, t.repaid_per_out = 1.0;
  t.health = {.drift = 0.0, .volatility = 0.9};
  t.years_between = 1.0 / 365.0;
  const auto carefree = cheapest_refilled(t, pool);
  EXPECT_GT(carefree.chunks, 2);
  EXPECT_GT(carefree.risk, 0.0);
  int before = carefree.chunks;
  for (const double allowed : {0.2, 0.05, 0.01, 1e-4, 1e-9}) {
    t.allowed_risk = allowed;
    const auto careful = cheapest_refilled(t, pool);
    EXPECT_LE(careful.risk, allowed);
    EXPECT_LE(careful.chunks, before) << allowed;
    before = careful.chunks;
  }
  EXPECT_EQ(before, 1) << "so little risk allows no wait at all";
  t.allowed_risk = 1.0;
  t.emergency = 1.2;  // health is 1.103
  EXPECT_TRUE(cheapest_refilled(t, pool).urgent);
  EXPECT_EQ(cheapest_refilled(t, pool).chunks, 1) << "in an emergency, one restore";
}

TEST(RefilledSchedule, RefusesWhatItCannotRead) {
  const refilled_terms sound{.size = 1.0, .market = 2000.0};
  auto bad = sound;
  bad.market = 0.0;
  EXPECT_EQ(cheapest_refilled(bad, pool).status, errc::non_positive_price);
  bad = sound, bad.size = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(cheapest_refilled(bad, pool).status, errc::not_finite);
  bad = sound, bad.refill = 1.5;
  EXPECT_EQ(cheapest_refilled(bad, pool).status, errc::bad_configuration);
  bad = sound, bad.gas = -1.0;
  EXPECT_EQ(cheapest_refilled(bad, pool).status, errc::negative_amount);
  EXPECT_EQ(cheapest_refilled(sound, constant_product{}).status, errc::negative_amount);
  bad = sound, bad.size = 0.0;
  EXPECT_EQ(cheapest_refilled(bad, pool).chunks, 1);
}

}  // namespace
}  // namespace trimtab
