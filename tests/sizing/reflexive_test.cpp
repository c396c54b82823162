// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/sizing/reflexive.hpp>

#include "support/random.hpp"
#include <cmath>

namespace trimtab {
namespace {

using liquidity::constant_product;
using sizing::reflexive_size;
using sizing::reflexive_terms;

// 1000 tokens at 2000 with threshold 0.8 against 1.45 M of debt, in a pool of 5000 tokens and 10 M.
constexpr reflexive_terms vault{.held = 1000.0,
                                .weighted_price = 1600.0,
                                .debt = 1.45e6,
                                .repaid_per_out = 1.0,
                                .pass_through = 0.5,
                                .target = 1.25};
constexpr constant_product pool{.reserve_in = 5000.0, .reserve_out = 1e7, .fee = {30.0}};
static_assert(reflexive_size(vault, pool).status == errc::ok, "usable in constant expressions");

// R(x), in 80 bits and from the pool's own states: the spot price is the ratio of the reserves after the trade.
long double residual(const reflexive_terms& t, const constant_product& v, long double x) {
  const long double kept = 1.0L - static_cast<long double>(v.fee.count) / 1e4L, r1 = v.reserve_in, r2 = v.reserve_out;
  const long double y = r2 * x * kept / (r1 + x * kept);
  const long double spot = (r2 - y) / (r1 + x) / (r2 / r1);
  const long double oracle = 1.0L - static_cast<long double>(t.pass_through) * (1.0L - spot);
  return t.other_collateral + static_cast<long double>(t.weighted_price) * oracle * (t.held - x) -
         static_cast<long double>(t.target) * (t.debt - static_cast<long double>(t.repaid_per_out) * y);
}
long double slope_of_proceeds(const reflexive_terms& t, const constant_product& v, long double x) {
  const long double a = static_cast<long double>(v.reserve_in) / (1.0L - static_cast<long double>(v.fee.count) / 1e4L);
  return static_cast<long double>(t.target) * t.repaid_per_out * v.reserve_out * a / ((a + x) * (a + x));
}
// What rounding of its terms may do to R.
double scale_of(const reflexive_terms& t) {
  return t.other_collateral + t.weighted_price * t.held + t.target * t.debt;
}

struct situation {
  reflexive_terms terms;
  constant_product venue;
};
situation drawn(test::random_numbers& random) {
  situation s;
  const double price = random.log_uniform(1e-3, 1e5), weight = random.uniform(0.5, 0.95);
  s.terms.held = random.log_uniform(1e-3, 1e6);
  s.terms.weighted_price = weight * price;
  s.terms.other_collateral = random.uniform(0.0, 1.0) < 0.5 ? 0.0 : s.terms.held * price * random.uniform(0.0, 2.0);
  s.terms.target = random.uniform(1.05, 2.0);
  const double value = s.terms.other_collateral + s.terms.held * s.terms.weighted_price;
  s.terms.debt = value / (s.terms.target * random.uniform(0.5, 0.999));
  s.terms.pass_through = random.uniform(0.0, 1.0) < 0.1 ? 1.0 : random.uniform(0.0, 1.0);
  s.terms.repaid_per_out = random.uniform(0.99, 1.0);
  s.venue.reserve_in = s.terms.held * random.log_uniform(0.05, 100.0);
  s.venue.reserve_out = s.venue.reserve_in * price * random.uniform(0.95, 1.05);
  s.venue.fee = {random.uniform(0.0, 100.0)};
  return s;
}

TEST(Reflexive, HoldsAWorkedSale) {
  const auto sale = reflexive_size(vault, pool);
  ASSERT_EQ(sale.status, errc::ok);
  EXPECT_GE(sale.health_after, 1.25);
  EXPECT_LE(sale.health_after, 1.25 * (1.0 + 1e-12));
  reflexive_terms deaf = vault;
  deaf.pass_through = 0.0;
  const auto without = reflexive_size(deaf, pool);
  EXPECT_GT(sale.size, 1.4 * without.size) << "the oracle that follows makes the sale larger";
  EXPECT_LT(sale.oracle_ratio, 1.0);
  EXPECT_EQ(without.oracle_ratio, 1.0);
  EXPECT_EQ(without.loop_gain, 0.0);
}

// 1e5 cases: the verdict against a scan, the root against a proof that none is smaller.
TEST(Reflexive, RootsAndVerdictsStandAScan) {
  test::random_numbers random(20221211);
  int reached = 0, out_of_reach = 0, proven = 0;
  for (int i = 0; i < 100'000; ++i) {
    const auto [t, v] = drawn(random);
    const auto sale = reflexive_size(t, v);
    const double rounding = 64.0 * std::numeric_limits<double>::epsilon() * scale_of(t);
    long double best = -1e300L, worst_before = -1e300L;
    for (int k = 1; k <= 48; ++k) {
      const long double x = t.held * std::pow(static_cast<long double>(k) / 48.0L, 2.0L);
      best = std::max(best, residual(t, v, x));
      if (sale.status == errc::ok && x < sale.no_root_below) worst_before = std::max(worst_before, residual(t, v, x));
    }
    if (sale.status == errc::ok) {
      ++reached;
      EXPECT_GE(sale.health_after, t.target);
      EXPECT_GE(residual(t, v, sale.size), -rounding) << i;
      EXPECT_LE(worst_before, rounding) << i;
      // For z ≥ x, R(z) ≤ R(x) + (the slope of the proceeds at x)·(z − x): no root within such a step.
      long double x = 0.0L;
      int steps = 0;
      for (; steps < 60 && x < sale.no_root_below * (1.0 - 1e-6); ++steps)
        x += -residual(t, v, x) / slope_of_proceeds(t, v, x);
      EXPECT_LE(x, sale.size + rounding) << i;
      proven += steps < 60;
    } else {
      ASSERT_EQ(sale.status, errc::infeasible) << i;
      ++out_of_reach;
      EXPECT_LE(best, rounding) << i;
      EXPECT_LT(sale.best_health, t.target);
    }
  }
  EXPECT_GT(reached, 20'000);
  EXPECT_GT(out_of_reach, 20'000);
  EXPECT_GT(proven, reached * 8 / 10);
  std::printf("reflexive: %d reached, %d of them with a proof that no smaller size does; %d out of reach\n", reached,
              proven, out_of_reach);
}

TEST(Reflexive, TheBestHealthIsTheBoundaryOfTheVerdict) {
  test::random_numbers random(20220613);
  int tried = 0;
  while (tried < 2'000) {
    auto [t, v] = drawn(random);
    const auto sale = reflexive_size(t, v);
    if (sale.status != errc::infeasible || sale.binding == sizing::limit::pole) continue;
    if (!(sale.best_health > sale.health_before * (1.0 + 1e-6)) || sale.best_health < 1.0 + 1e-6) continue;
    ++tried;
    t.target = sale.best_health * (1.0 + 1e-12);
    EXPECT_EQ(reflexive_size(t, v).status, errc::infeasible) << tried;
    t.target = sale.best_health * (1.0 - 1e-12);
    EXPECT_EQ(reflexive_size(t, v).status, errc::ok) << tried;
  }
}

TEST(Reflexive, TheFirstUnitHelpsUpToTheCriticalPassThrough) {
  test::random_numbers random(20200312);
  for (int i = 0; i < 5'000; ++i) {
    auto [t, v] = drawn(random);
    const double critical = critical_pass_through(t, v);
    if (!(critical > 1e-3 && critical < 0.99)) continue;
    for (const double share : {0.99, 1.01}) {
      t.pass_through = critical * share;
      const long double step = 1e-7L * t.held;
      EXPECT_EQ(first_unit_helps(t, v), share < 1.0);
      EXPECT_EQ(residual(t, v, step) > residual(t, v, 0.0L), share < 1.0) << i;
    }
  }
}

// Re-sizing at every new price: what a keeper does that does not solve for the price it makes.
struct iterated {
  bool settled;
  double size;
};
iterated by_prices(const reflexive_terms& t, const constant_product& v, double start) {
  double x = start;
  for (int i = 0; i < 20'000; ++i) {
    const double a = v.depth(), spot = a * v.reserve_in / ((a + x) * (v.reserve_in + x));
    const double price = t.weighted_price * (1.0 - t.pass_through + t.pass_through * spot);
    const double lacking = t.target * t.debt - t.other_collateral - price * t.held;
    const double b = t.target * t.repaid_per_out * v.reserve_out - lacking - price * a;
    const double disc = b * b - 4.0 * price * lacking * a;
    if (!(disc >= 0.0) || !(b > 0.0)) return {false, x};
    const double next = 2.0 * lacking * a / (b + std::sqrt(disc));
    if (std::fabs(next - x) <= 1e-12 * x) return {true, next};
    x = next;
  }
  return {false, x};
}

TEST(Reflexive, IteratingPricesSettlesBelowALoopGainOfOneAndNotAbove) {
  test::random_numbers random(20231101);
  int settled = 0, above = 0;
  for (int i = 0; i < 20'000; ++i) {
    auto [t, v] = drawn(random);
    const auto sale = reflexive_size(t, v);
    if (sale.status != errc::ok) continue;
    // At the smallest root the gain is below one (R rises there): the iteration settles from below, and on the root.
    EXPECT_LE(sale.loop_gain, 1.0 + 1e-6) << i;
    if (sale.loop_gain < 0.95) {
      const auto iterations = by_prices(t, v, 0.0);
      EXPECT_TRUE(iterations.settled) << i;
      EXPECT_NEAR(iterations.size / sale.size, 1.0, 1e-8) << i;
      ++settled;
    }
    // The other root, where R falls again, has a gain above one: started next to it, the iteration runs away from it.
    const sizing::reflexive_cubic cubic(t, v, t.target);
    const double peak = cubic.peak();
    if (!(peak < infinity)) continue;
    const auto second = find_root<double>([&](double z) { return cubic(z); }, peak, 1e6 * (1.0 + peak));
    if (!second.has_value()) continue;
    const double beyond = second->at * v.depth();
    if (beyond < 1.01 * sale.size || beyond > 0.9 * t.held) continue;
    const auto away = by_prices(t, v, beyond * 1.001), back = by_prices(t, v, beyond * 0.999);
    EXPECT_FALSE(away.settled && std::fabs(away.size / beyond - 1.0) < 1e-4) << i;
    EXPECT_FALSE(back.settled && std::fabs(back.size / beyond - 1.0) < 1e-4) << i;
    ++above;
  }
  EXPECT_GT(settled, 1'000);
  EXPECT_GT(above, 50);
}

TEST(Reflexive, DoesNotDependOnTheUnitOfTheToken) {
  test::random_numbers random(20210519);
  for (int i = 0; i < 500; ++i) {
    const auto [t, v] = drawn(random);
    const auto plain = reflexive_size(t, v);
    for (const double unit : {0x1p60, 0x1p-60}) {
      auto u = t;
      auto w = v;
      u.held *= unit;
      u.weighted_price /= unit;
      w.reserve_in *= unit;
      const auto scaled = reflexive_size(u, w);
      EXPECT_EQ(scaled.status, plain.status);
      EXPECT_NEAR(scaled.size / unit, plain.size, 1e-9 * plain.size);
      EXPECT_NEAR(scaled.health_after, plain.health_after, 1e-12 * plain.health_after);
    }
  }
}

TEST(Reflexive, SaysWhyThereIsNoSale) {
  using sizing::limit;
  auto healthy = vault;
  healthy.debt = 1e6;
  EXPECT_EQ(reflexive_size(healthy, pool).status, errc::already_there);
  auto shallow = pool;
  shallow.reserve_in = 50.0, shallow.reserve_out = 1e5;
  const auto hurts = reflexive_size(vault, shallow);
  EXPECT_EQ(hurts.status, errc::infeasible);
  EXPECT_EQ(hurts.binding, limit::pole) << "1000 tokens whose price follows a pool of 50: selling only hurts";
  EXPECT_EQ(hurts.size, 0.0);
  EXPECT_EQ(hurts.best_health, hurts.health_before);
  EXPECT_FALSE(first_unit_helps(vault, shallow));
  auto drowned = vault;
  drowned.pass_through = 0.0, drowned.debt = 5e6;
  EXPECT_EQ(reflexive_size(drowned, pool).status, errc::infeasible);

  for (double reflexive_terms::*number :
       {&reflexive_terms::held, &reflexive_terms::weighted_price, &reflexive_terms::debt,
        &reflexive_terms::repaid_per_out, &reflexive_terms::pass_through, &reflexive_terms::target}) {
    for (const double bad : {std::numeric_limits<double>::quiet_NaN(), infinity, -1.0}) {
      auto broken = vault;
      broken.*number = bad;
      const auto sale = reflexive_size(broken, pool);
      EXPECT_TRUE(sale.status == errc::not_finite || sale.status == errc::negative_amount ||
                  sale.status == errc::non_positive_price || sale.status == errc::bad_configuration);
      EXPECT_EQ(sale.size, 0.0);
    }
  }
  EXPECT_EQ(reflexive_size(vault, constant_product{}).status, errc::negative_amount);
}

}  // namespace
}  // namespace trimtab
