// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/liquidity/any_venue.hpp>
#include <trimtab/liquidity/constant_price.hpp>
#include <trimtab/liquidity/constant_product.hpp>
#include <trimtab/sizing/basket_dual.hpp>

#include "support/random.hpp"
#include <cmath>

namespace {

using namespace trimtab;
using liquidity::constant_price;
using liquidity::constant_product;
using venue = liquidity::any_venue<constant_product, constant_price>;
using dual = sizing::basket_dual<venue, 4>;
using point = sizing::basket_point<4>;

struct book {
  std::array<venue, 8> venues{};
  dual d{};
};

void fill(book& b, test::random_numbers& r) {
  dual& d = b.d;
  d.sell_count = 1 + r.below(4);
  d.buy_count = 1 + r.below(3);
  d.kept = 1.0 / (1.0 + r.uniform(0.0, 0.002));
  d.gas = r.below(2) == 0 ? 0.0 : r.uniform(0.0, 20.0);
  d.collateral_value = d.debt_value = 0.0;
  const auto pool = [&](double rate, double depth) -> venue {
    if (r.below(3) == 0) return constant_price{.price = rate, .cap = depth};
    return constant_product{.reserve_in = depth, .reserve_out = rate * depth, .fee = {5.0}};
  };
  for (std::size_t i = 0; i < d.sell_count; ++i) {
    const double price = r.log_uniform(0.1, 1e4), held = 1e6 / price * r.uniform(0.1, 1.0);
    b.venues[i] = pool(price * r.uniform(0.98, 1.001), held * r.uniform(1.0, 30.0));
    d.sells[i] = {.venue = &b.venues[i], .value = price, .weight = r.uniform(0.5, 0.9), .high = held};
    d.collateral_value += price * held * d.sells[i].weight;
  }
  const double debt = d.collateral_value / r.uniform(1.0, 1.3);
  for (std::size_t j = 0; j < d.buy_count; ++j) {
    const double price = j == 0 ? 1.0 : r.log_uniform(0.1, 1e3);
    const double owed = debt / price / static_cast<double>(d.buy_count), v = r.uniform(1.0, 1.2);
    d.buys[j] = {.value = price, .weight = v, .high = owed, .most = owed, .most_in = owed};
    d.debt_value += price * owed * v;
    if (j == 0) continue;
    b.venues[4 + j] = pool(1.0 / price * r.uniform(0.99, 1.0), owed * price * r.uniform(2.0, 30.0));
    d.buys[j].venue = &b.venues[4 + j];
    d.buys[j].most_in = b.venues[4 + j].amount_in(owed);
    d.buys[j].high = smaller(d.buys[j].most_in, b.venues[4 + j].capacity());
  }
  d.target = d.collateral_value / d.debt_value * r.uniform(1.01, 1.2);
  d.margin = 1e-15 * d.collateral_value;
}

// Weak duality, by throwing dice on both sides: whatever t and m, whatever basket that pays its way and is healthy.
TEST(BasketDual, NoBasketThatWillDoCostsLessThanABoundOfAnyMultipliers) {
  test::random_numbers r(19510401);
  int baskets = 0;
  for (int i = 0; i < 1000; ++i) {
    book b;
    fill(b, r);
    dual& d = b.d;
    const point best = d.solve();
    if (!(best.above >= 0.0)) continue;
    const double cost = d.cost(best), scale = d.debt_value;
    EXPECT_NEAR(d.bound(best.t, best.m), cost, 1e-11 * scale) << i << ": the best reaches its own";
    for (int k = 0; k < 30; ++k) {
      const double t = r.uniform(0.0, 0.9), m = r.uniform(0.9, 1.1);
      EXPECT_LE(d.bound(t, m), cost + 1e-10 * scale);
      point other = best;
      for (std::size_t s = 0; s < d.sell_count; ++s)
        other.sold[s] =
            smaller(d.sells[s].high, best.sold[s] * r.uniform(0.5, 2.0) + d.sells[s].high * r.uniform(0.0, 0.02));
      other.proceeds = d.proceeds_of(other.sold);
      other.outlay = 0.0;
      double shares = 0.0;
      for (std::size_t j = 0; j < d.buy_count; ++j) shares += other.spent[j] = r.uniform(0.0, 1.0);
      for (std::size_t j = 0; j < d.buy_count; ++j) {
        other.spent[j] = smaller(d.buys[j].high, other.spent[j] / shares * other.proceeds);
        other.outlay += other.spent[j];
      }
      d.measure(other);
      if (other.above < 0.0 || other.left() < 0.0) continue;
      ++baskets;
      EXPECT_GE(d.cost(other), d.bound(best.t, best.m) - 1e-10 * scale);
    }
  }
  EXPECT_GT(baskets, 1000);
}

TEST(BasketDual, HealthRisesWithUrgencyAndTheBudgetIsBalanced) {
  test::random_numbers r(20140314);
  for (int i = 0; i < 500; ++i) {
    book b;
    fill(b, r);
    double before = -infinity;
    for (double t = 0.0; t <= 1.0; t += 0.0625) {
      const point p = b.d.balanced(t);
      if (p.above == -infinity) continue;
      EXPECT_LE(std::fabs(p.left()), 1e-12 * (std::fabs(p.proceeds) + b.d.gas)) << i << " " << t;
      EXPECT_GE(p.above, before - 1e-10 * b.d.collateral_value) << i << " " << t;
      before = p.above;
    }
  }
}

// Quotes of one price each: nothing but which of them, and how much, so that all is a knapsack with a known answer.
TEST(BasketDual, OnFlatPiecesTheAmountFollowsFromHealth) {
  const std::array<venue, 2> quotes{constant_price{.price = 0.99, .cap = 300.0},
                                    constant_price{.price = 0.98, .cap = 1e9}};
  dual d;
  d.sell_count = 2;
  d.buy_count = 1;
  for (std::size_t i = 0; i < 2; ++i)
    d.sells[i] = {.venue = &quotes[i], .value = 1.0, .weight = 0.8, .high = smaller(1000.0, quotes[i].capacity())};
  d.buys[0] = {.value = 1.0, .weight = 1.0, .high = 1500.0, .most = 1500.0, .most_in = 1500.0};
  d.collateral_value = 1600.0;
  d.debt_value = 1500.0;
  for (const double target : {1.07, 1.1, 1.2, 1.25, 1.3}) {
    d.target = target;
    const point p = d.solve();
    // 1600 − 0.8·x = target·(1500 − 0.99·min(x, 300) − 0.98·(x − 300)⁺)
    const double missing = target * 1500.0 - 1600.0, first = missing / (target * 0.99 - 0.8);
    const double x = first <= 300.0 ? first : 300.0 + (missing - 300.0 * (target * 0.99 - 0.8)) / (target * 0.98 - 0.8);
    EXPECT_NEAR(p.sold[0] + p.sold[1], x, 1e-11 * x) << target;
    EXPECT_EQ(p.sold[0], first <= 300.0 ? p.sold[0] : 300.0);
    EXPECT_EQ(p.sold[1] > 0.0, first > 300.0);
    EXPECT_LE(std::fabs(p.above), 1e-11);
  }
}

// Two collaterals and two debts alike in everything: any way to share is best, and the sums are what they have to be.
TEST(BasketDual, TiesAreSharedSomehowAndAddUp) {
  const venue sale = constant_price{.price = 0.99, .cap = 1e9}, purchase = constant_price{.price = 0.999, .cap = 1e9};
  dual d;
  d.sell_count = 2;
  d.buy_count = 2;
  for (std::size_t i = 0; i < 2; ++i) {
    d.sells[i] = {.venue = &sale, .value = 1.0, .weight = 0.8, .high = 1000.0};
    d.buys[i] = {.venue = &purchase,
                 .value = 1.0,
                 .weight = 1.0,
                 .high = 750.0 / 0.999,
                 .most = 750.0,
                 .most_in = 750.0 / 0.999};
  }
  d.collateral_value = 1600.0;
  d.debt_value = 1500.0;
  d.target = 1.25;
  d.gas = 2.0;
  const point p = d.solve();
  const double each = 0.99 * 0.999, x = (1.25 * (1500.0 + 2.0 * 0.999) - 1600.0) / (1.25 * each - 0.8);
  EXPECT_NEAR(p.sold[0] + p.sold[1], x, 1e-11 * x);
  EXPECT_NEAR(p.spent[0] + p.spent[1], 0.99 * x - 2.0, 1e-11 * x);
  EXPECT_LE(std::fabs(p.left()), 1e-12 * x);
  EXPECT_NEAR(d.bound(p.t, p.m), d.cost(p), 1e-10);
}

}  // namespace
