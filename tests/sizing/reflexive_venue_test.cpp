// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/liquidity/any_venue.hpp>
#include <trimtab/liquidity/constant_price.hpp>
#include <trimtab/sizing/reflexive_venue.hpp>

#include "support/random.hpp"
#include <cmath>

namespace trimtab {
namespace {

using liquidity::constant_price;
using liquidity::constant_product;
using sizing::reflexive_terms;

reflexive_terms drawn(test::random_numbers& random, constant_product& pool) {
  reflexive_terms t;
  const double price = random.log_uniform(1e-2, 1e4);
  t.held = random.log_uniform(1.0, 1e5);
  t.weighted_price = 0.8 * price;
  t.target = random.uniform(1.05, 1.6);
  t.debt = t.held * t.weighted_price / (t.target * random.uniform(0.6, 0.99));
  t.pass_through = random.uniform(0.0, 1.0);
  t.repaid_per_out = 1.0;
  pool.reserve_in = t.held * random.log_uniform(0.3, 50.0);
  pool.reserve_out = pool.reserve_in * price;
  pool.fee = {random.uniform(0.0, 50.0)};
  return t;
}

TEST(ReflexiveVenue, AgreesWithTheCubicOnAConstantProduct) {
  test::random_numbers random(20221212);
  int reached = 0, short_of_it = 0;
  for (int i = 0; i < 20'000; ++i) {
    constant_product pool;
    const reflexive_terms t = drawn(random, pool);
    const auto exact = sizing::reflexive_size(t, pool);
    const auto stepped = sizing::reflexive_size<constant_product>(t, pool);
    ASSERT_EQ(stepped.status, exact.status) << i;
    if (exact.status == errc::ok) {
      ++reached;
      EXPECT_GE(stepped.health_after, t.target);
      EXPECT_LE(stepped.health_after, t.target * (1.0 + 1e-11)) << i;
      EXPECT_LE(stepped.no_root_below, exact.size * (1.0 + 1e-12)) << i;
      if (exact.loop_gain < 0.99) {
        EXPECT_NEAR(stepped.size / exact.size, 1.0, 1e-10) << i;
        EXPECT_NEAR(stepped.loop_gain, exact.loop_gain, 1e-3 * exact.loop_gain) << i;
      }
    } else {
      ++short_of_it;
      EXPECT_LE(stepped.best_health, exact.best_health * (1.0 + 1e-12)) << i;
      EXPECT_GE(stepped.best_health, exact.best_health * (1.0 - 1e-2)) << i;
    }
  }
  EXPECT_GT(reached, 2'000);
  EXPECT_GT(short_of_it, 2'000);
}

TEST(ReflexiveVenue, AQuoteMovesNoOracle) {
  const reflexive_terms t{
      .held = 100.0, .weighted_price = 80.0, .debt = 7000.0, .repaid_per_out = 1.0, .pass_through = 1.0, .target = 1.2};
  const auto sale = sizing::reflexive_size(t, constant_price{.price = 99.0, .cap = 1e3});
  ASSERT_EQ(sale.status, errc::ok);
  EXPECT_NEAR(sale.size, (1.2 * 7000.0 - 8000.0) / (1.2 * 99.0 - 80.0), 1e-10);
  EXPECT_EQ(sale.loop_gain, 0.0);
  const auto capped = sizing::reflexive_size(t, constant_price{.price = 99.0, .cap = 1.0});
  EXPECT_EQ(capped.status, errc::infeasible);
  EXPECT_EQ(capped.binding, sizing::limit::capacity);
  EXPECT_EQ(capped.size, 1.0);
}

// A quote that may pay more for more.
struct odd : constant_price {
  static constexpr bool always_concave = false;
  [[nodiscard]] constexpr odd after(double x) const noexcept { return {constant_price::after(x)}; }
};

TEST(ReflexiveVenue, RefusesWhatItCannotJudge) {
  const reflexive_terms t{
      .held = 100.0, .weighted_price = 80.0, .debt = 7000.0, .repaid_per_out = 1.0, .pass_through = 1.0, .target = 1.2};
  EXPECT_EQ(sizing::reflexive_size(t, odd{constant_price{.price = 99.0, .cap = 1e3}}).status, errc::bad_configuration);
  EXPECT_EQ(sizing::reflexive_size(t, constant_price{}).status, errc::infeasible) << "no capacity, no sale";
  reflexive_terms broken = t;
  broken.held = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(sizing::reflexive_size(broken, constant_price{.cap = 1.0}).status, errc::not_finite);
  using any = liquidity::any_venue<constant_product, constant_price>;
  EXPECT_EQ(sizing::reflexive_size(t, any(constant_product{})).status, errc::negative_amount);
}

TEST(ReflexiveVenue, WhatIsOnlyJustInReachIsNeverProvenToBeOut) {
  // The target is 3e-10 below the best health there is: steps that pass no root come to no end before it.
  const constant_product pool{.reserve_in = 97956.362179401898, .reserve_out = 62233.322038434068, .fee = {5.0}};
  const reflexive_terms t{.other_collateral = 137.99928308388601,
                          .held = 46398.64423762518,
                          .weighted_price = 0.55815524141485096,
                          .debt = 21272.53121439373,
                          .repaid_per_out = 1.0,
                          .pass_through = 0.41449760784972306,
                          .target = 1.2239165686934987};
  const auto exact = sizing::reflexive_size(t, pool);
  ASSERT_EQ(exact.status, errc::ok);
  const auto stepped = sizing::reflexive_size<constant_product>(t, pool);
  EXPECT_EQ(stepped.status, errc::no_convergence);
  EXPECT_LE(stepped.no_root_below, exact.size);
}

}  // namespace
}  // namespace trimtab
