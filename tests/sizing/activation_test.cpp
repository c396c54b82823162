// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/liquidity/any_venue.hpp>
#include <trimtab/liquidity/constant_price.hpp>
#include <trimtab/liquidity/frictionless.hpp>
#include <trimtab/sizing/activation.hpp>
#include <trimtab/sizing/activation_venues.hpp>

#include "support/random.hpp"
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

namespace trimtab {
namespace {

using liquidity::constant_price;
using liquidity::constant_product;
using liquidity::frictionless;
using mixed = liquidity::any_venue<constant_product, constant_price, frictionless>;
using pool = constant_product;
using std::span;

struct instance {
  std::vector<pool> pools;
  std::vector<double> costs;
  double amount = 0.0;
};

/// Depths over e^4, prices 2 % apart; a gas of `unit` for a trade of `amount`, or of different gas for every pool.
instance random_instance(test::random_numbers& random, std::size_t count) {
  instance made;
  const double unit = random.log_uniform(1.0, 50.0);
  const bool alike = random.below(2) == 0;
  // One in eight is of pools that differ little or not at all: where every choice is as good as many others.
  const bool twins = random.below(8) == 0;
  const double apart = twins ? (alike ? 0.0 : 1e-5) : 0.02, twin = random.uniform(0.0, 4.0);
  for (std::size_t i = 0; i < count; ++i) {
    const double depth =
        1e5 * std::exp(twins ? twin + 100.0 * apart * random.uniform(0.0, 1.0) : random.uniform(0.0, 4.0));
    const double price = 1.0 + apart * random.uniform(-1.0, 1.0);
    made.pools.push_back({.reserve_in = depth, .reserve_out = depth * price});
    made.costs.push_back(alike ? unit : unit * random.log_uniform(0.2, 5.0));
  }
  made.amount = random.log_uniform(1e3, 1e6);
  return made;
}

/// What a set pays, by another road: sorted by price, prefix by prefix, output Y − B²/(X + A).
double pays(const instance& of, unsigned set) {
  std::vector<std::array<long double, 3>> some;
  for (std::size_t i = 0; i < of.pools.size(); ++i) {
    if ((set >> i & 1U) == 0U) continue;
    const long double a = of.pools[i].reserve_in / (1.0L - of.pools[i].fee.count / 10000.0L),
                      r = of.pools[i].reserve_out;
    some.push_back({a / r, a, r});
  }
  std::sort(some.begin(), some.end());
  long double a = 0.0L, b = 0.0L, y = 0.0L;
  for (std::size_t i = 0; i < some.size(); ++i) {
    a += some[i][1];
    b += std::sqrt(some[i][1] * some[i][2]);
    y += some[i][2];
    const long double root = (of.amount + a) / b;
    if (i + 1 == some.size() || root * root <= some[i + 1][0]) break;
  }
  return static_cast<double>(y - b * b / (of.amount + a));
}
double costs_of(const instance& of, unsigned set) {
  double cost = 0.0;
  for (std::size_t i = 0; i < of.costs.size(); ++i) cost += (set >> i & 1U) != 0U ? of.costs[i] : 0.0;
  return cost;
}
double nets(const instance& of, unsigned set) {
  return pays(of, set) - costs_of(of, set);
}
double exhaustive(const instance& of) {
  double best = -infinity;
  for (unsigned set = 1; set < 1U << of.pools.size(); ++set) best = std::max(best, nets(of, set));
  return best;
}
/// What routers do: the best spot prices first, or one more pool while that pays.
double spot_prefix(const instance& of) {
  std::vector<std::size_t> order(of.pools.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(), [&](std::size_t i, std::size_t j) {
    return of.pools[i].marginal_price(0.0).value > of.pools[j].marginal_price(0.0).value;
  });
  double best = -infinity;
  unsigned set = 0;
  for (const std::size_t i : order) best = std::max(best, nets(of, set |= 1U << i));
  return best;
}
double greedy_add(const instance& of) {
  double best = -infinity;
  unsigned set = 0;
  for (bool better = true; better;) {
    better = false;
    unsigned next = set;
    for (std::size_t i = 0; i < of.pools.size(); ++i) {
      if ((set >> i & 1U) != 0U) continue;
      if (const double net = nets(of, set | 1U << i); net > best) best = net, next = set | 1U << i, better = true;
    }
    set = next;
  }
  return best;
}

struct memory {
  std::vector<double> into;
  std::vector<sizing::activation_row> rows;
  explicit memory(std::size_t count) : into(count), rows(2 * count) {}
};
result<sizing::activation> choose(const instance& of, memory& m) {
  return sizing::activate(span<const pool>(of.pools), of.amount, span<const double>(of.costs), m.into, m.rows);
}

TEST(Activation, IsTheExhaustiveOptimumInTenThousandCases) {
  test::random_numbers random(20250711);
  int cases = 0, wrong = 0, prefix_wrong = 0, greedy_wrong = 0, open = 0;
  double largest_gap = 0.0, prefix_lost = 0.0;
  const auto compare = [&](std::size_t count) {
    const instance of = random_instance(random, count);
    memory m(count);
    const auto found = choose(of, m);
    ASSERT_TRUE(found.has_value());
    const double best = exhaustive(of), tolerance = 1e-13 * found->out;
    ++cases;
    wrong += found->net() < best - tolerance ? 1 : 0;
    prefix_wrong += spot_prefix(of) < best - 1e-9 * found->out ? 1 : 0;
    greedy_wrong += greedy_add(of) < best - 1e-9 * found->out ? 1 : 0;
    EXPECT_NEAR(found->net(), best, tolerance);
    EXPECT_TRUE(found->exhausted);
    EXPECT_GE(found->bound, best - tolerance) << "the bound is true";
    const double unit = *std::max_element(of.costs.begin(), of.costs.end());
    prefix_lost = std::max(prefix_lost, (best - spot_prefix(of)) / unit);
    largest_gap = std::max(largest_gap, (found->bound - found->net()) / unit);
    EXPECT_LE(found->bound - found->net(), unit + tolerance);
    open += found->bound - found->net() > tolerance ? 1 : 0;
    // The parts are what was said of them.
    double out = 0.0, in = 0.0;
    std::size_t used = 0;
    for (std::size_t i = 0; i < count; ++i) {
      out += of.pools[i].amount_out(m.into[i]);
      in += m.into[i];
      used += m.into[i] > 0.0 ? 1 : 0;
      EXPECT_GE(found->net(), of.pools[i].amount_out(of.amount) - of.costs[i] - tolerance);
    }
    EXPECT_NEAR(out, found->out, tolerance);
    EXPECT_NEAR(in, of.amount, 1e-14 * of.amount);
    EXPECT_EQ(used, found->used);
    EXPECT_EQ(found->unplaced, 0.0);
  };
  for (int i = 0; i < 7'000; ++i) compare(1 + random.below(7));
  for (int i = 0; i < 2'466; ++i) compare(8);
  for (int i = 0; i < 500; ++i) compare(10);
  for (int i = 0; i < 30; ++i) compare(13);
  for (int i = 0; i < 4; ++i) compare(16);
  EXPECT_EQ(cases, 10'000);
  EXPECT_EQ(wrong, 0);
  EXPECT_GT(prefix_wrong, 0) << "an easy family proves nothing";
  EXPECT_GT(greedy_wrong, 0);
  std::printf(
      "activation: %d cases, %d wrong; spot prefix wrong in %d, by up to %.2f costs, greedy add in %d; bound open "
      "in %d, by up to %.2f of the largest cost\n",
      cases, wrong, prefix_wrong, prefix_lost, greedy_wrong, open, largest_gap);
}

TEST(Activation, TheBoundHoldsWhereNobodyCanTryAll) {
  test::random_numbers random(20250712);
  double largest = 0.0;
  int exhausted = 0;
  const int cases = 200;
  for (int i = 0; i < cases; ++i) {
    const instance of = random_instance(random, 100);
    memory m(100);
    const auto found = choose(of, m);
    ASSERT_TRUE(found.has_value());
    exhausted += found->exhausted ? 1 : 0;
    const double unit = *std::max_element(of.costs.begin(), of.costs.end());
    largest = std::max(largest, (found->bound - found->net()) / unit);
    EXPECT_LE(found->bound - found->net(), unit * (1.0 + 1e-9));
    // No single change helps.
    const auto net = [&](std::size_t skip, std::size_t add) {
      instance part;
      part.amount = of.amount;
      for (std::size_t k = 0; k < 100; ++k) {
        if ((m.into[k] > 0.0 && k != skip) || k == add)
          part.pools.push_back(of.pools[k]), part.costs.push_back(of.costs[k]);
      }
      std::vector<double> into(part.pools.size());
      if (into.empty()) return -infinity;
      return sizing::split(span<const pool>(part.pools), of.amount, into)->out -
             std::accumulate(part.costs.begin(), part.costs.end(), 0.0);
    };
    for (std::size_t k = 0; k < 100; ++k) {
      EXPECT_LE(net(m.into[k] > 0.0 ? k : 100, m.into[k] > 0.0 ? 100 : k), found->net() + 1e-12 * found->out);
    }
  }
  std::printf("activation of 100: %d of %d searched to the end, gap up to %.2f of the largest cost\n", exhausted, cases,
              largest);
}

TEST(Activation, WithoutCostsItIsTheSplit) {
  test::random_numbers random(20250713);
  for (int i = 0; i < 200; ++i) {
    instance of = random_instance(random, 12);
    std::fill(of.costs.begin(), of.costs.end(), 0.0);
    memory m(12);
    std::vector<double> into(12);
    const auto found = choose(of, m);
    const auto plain = sizing::split(span<const pool>(of.pools), of.amount, into);
    EXPECT_NEAR(found->net(), plain->out, 1e-14 * plain->out);
    EXPECT_LE(found->gap(), 1e-14 * plain->out);
    for (std::size_t k = 0; k < 12; ++k) EXPECT_NEAR(m.into[k], into[k], 1e-14 * of.amount);
  }
}

TEST(Activation, WhereGasIsWorthMoreThanTheTradeTheBestPoolAloneIsUsed) {
  const std::array<pool, 3> pools{pool{1e6, 1e6}, pool{1e6, 1.001e6}, pool{2e6, 2e6}};
  const std::array<double, 3> costs{2.0, 5.0, 2.0};
  std::array<double, 3> into{};
  std::array<sizing::activation_row, 6> rows{};
  const auto found = sizing::activate(span<const pool>(pools), 1.0, span<const double>(costs), into, rows);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->used, 1U);
  EXPECT_EQ(into[2], 1.0);
  EXPECT_LT(found->net(), 0.0) << "and says that it is not worth it";
  EXPECT_GE(found->bound, found->net());
}

TEST(Activation, BadNumbersAreNamed) {
  const std::array<pool, 2> pools{pool{1e6, 1e6}, pool{1e6, 1e6}};
  const std::array<mixed, 2> any{pools[0], pools[1]};
  std::array<double, 2> costs{1.0, 1.0}, into{};
  std::array<sizing::activation_row, 4> rows{};
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const auto both = [&](double amount, span<const double> c, span<double> parts, span<sizing::activation_row> r) {
    const errc closed = sizing::activate(span<const pool>(pools), amount, c, parts, r).error();
    EXPECT_EQ(closed, sizing::activate(span<const mixed>(any), amount, c, parts, r).error());
    return closed;
  };
  EXPECT_EQ(both(1.0, costs, into, span(rows)), errc::ok);
  EXPECT_EQ(both(1.0, span(costs).first(1), into, rows), errc::size_mismatch);
  EXPECT_EQ(both(1.0, costs, span(into).first(1), rows), errc::size_mismatch);
  EXPECT_EQ(both(1.0, costs, into, span(rows).first(3)), errc::size_mismatch);
  EXPECT_EQ(both(nan, costs, into, rows), errc::not_finite);
  EXPECT_EQ(both(-1.0, costs, into, rows), errc::negative_amount);
  costs[1] = nan;
  EXPECT_EQ(both(1.0, costs, into, rows), errc::not_finite);
  costs[1] = -1.0;
  EXPECT_EQ(both(1.0, costs, into, rows), errc::negative_amount);
  const std::array<pool, 2> dry{pools[0], pool{1e6, 0.0}};
  costs[1] = 1.0;
  EXPECT_EQ(sizing::activate(span<const pool>(dry), 1.0, span<const double>(costs), into, rows).error(),
            errc::negative_amount);
  EXPECT_EQ(sizing::activate(span<const pool>{}, 1.0, span<const double>{}, into, rows)->unplaced, 1.0);
  EXPECT_EQ(sizing::activate(span<const pool>(pools), 0.0, span<const double>(costs), into, rows)->used, 0U);
}

TEST(Activation, TokensOfAnyDecimalsAreChosenTheSame) {
  test::random_numbers random(20250715);
  for (int i = 0; i < 50; ++i) {
    const instance of = random_instance(random, 10);
    memory m(10), other(10);
    const auto found = choose(of, m);
    instance scaled = of;
    for (auto& p : scaled.pools) p.reserve_in *= 1e18, p.reserve_out *= 1e-18;
    for (double& cost : scaled.costs) cost *= 1e-18;
    scaled.amount *= 1e18;
    const auto there = choose(scaled, other);
    EXPECT_NEAR(there->net() / (1e-18 * found->net()), 1.0, 1e-13);
    EXPECT_EQ(there->used, found->used);
  }
}

TEST(Activation, DustThatTheBestPoolIsTooDearForIsNotLostAgainstItsDepth) {
  const std::array<pool, 2> pools{{{.reserve_in = 1e3, .reserve_out = 1.01e3, .fee = {5.0}},
                                   {.reserve_in = 1e3, .reserve_out = 1e3, .fee = {5.0}}}};
  for (const double amount : {1.0, 1e-3, 1e-6, 1e-9, 1e-12, 1e-15}) {
    const std::array<double, 2> costs{2.0 * amount, 0.0};
    std::array<double, 2> into{};
    std::array<sizing::activation_row, 4> rows{};
    const auto found = sizing::activate(span<const pool>(pools), amount, costs, into, rows);
    ASSERT_TRUE(found);
    EXPECT_EQ(into[1], amount);
    EXPECT_NEAR(found->out, pools[1].amount_out(amount), 1e-14 * amount) << amount;
    EXPECT_NEAR(found->price.value / pools[1].marginal_price(amount).value, 1.0, 1e-14) << amount;
  }
}

TEST(Activation, TheLeastAmountThereIsGoesSomewhere) {
  const std::array<pool, 2> pools{{{.reserve_in = 10.0, .reserve_out = 10.0}, {.reserve_in = 1e3, .reserve_out = 1e3}}};
  const std::array<double, 2> costs{1.0, 0.0};
  std::array<double, 2> into{};
  std::array<sizing::activation_row, 4> rows{};
  const auto found = sizing::activate(span<const pool>(pools), 5e-324, costs, into, rows);
  ASSERT_TRUE(found);
  EXPECT_GE(found->out, 0.0);
  EXPECT_EQ(into[0] + into[1], 5e-324);
}

}  // namespace
}  // namespace trimtab
