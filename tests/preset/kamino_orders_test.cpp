// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/preset/kamino_orders.hpp>

#include "support/contract_integers.hpp"
#include "support/random.hpp"
#include <cstdio>
#include <limits>

namespace {

using namespace trimtab;
using preset::kamino_condition;
using test::u128;

// `validate_order` in the program's own fixed point (U68F60).
constexpr u128 one = u128{1} << 60;
constexpr u128 everything = ~u128{0};

struct order {
  kamino_condition when = kamino_condition::never;
  u128 threshold = 0;
  u128 amount = 0;
  u128 least = 0, most = 0;
};

bool valid(const order& w) {
  const u128 cent = one / 100;
  switch (w.when) {
    case kamino_condition::never:
      return w.threshold == 0 && w.amount == 0 && w.least == 0 && w.most == 0;
    case kamino_condition::ratio_above:
    case kamino_condition::ratio_below:
      if (w.threshold < one / 1'000'000'000'000'000ULL || w.threshold > one * 1'000'000'000'000'000ULL) return false;
      break;
    case kamino_condition::ltv_above:
    case kamino_condition::ltv_below:
    case kamino_condition::liquidation_closer_than:
      if (w.threshold < cent || w.threshold >= one) return false;
      break;
    case kamino_condition::always:
      if (w.threshold != 0 || w.least != w.most) return false;
      break;
  }
  return w.amount != 0 && w.least <= w.most && w.most <= 1'000;
}

preset::kamino_order settings(const order& w) {
  return {.when = w.when,
          .threshold = test::tokens(w.threshold, 0x1p60),
          .amount = w.amount == everything ? infinity : test::tokens(w.amount, 0x1p60),
          .least_bonus = {static_cast<double>(w.least)},
          .largest_bonus = {static_cast<double>(w.most)}};
}

TEST(KaminoOrders, TakesWhatTheProgramTakes) {
  test::random_numbers r(32);
  long good = 0, bad = 0;
  for (int i = 0; i < 1'000'000; ++i) {
    order w;
    w.when = static_cast<kamino_condition>(r.below(7));
    switch (r.below(8)) {
      case 0:
        w.threshold = 0;
        break;
      case 1:
        w.threshold = one - (r.below(2) == 0 ? 0U : one / 1'000'000'000);
        break;
      case 2:
        w.threshold = one / 100 + (r.below(2) == 0 ? one / 1'000'000'000 : 1U);
        break;
      case 3:
        w.threshold = one / 101;
        break;
      case 4:
        w.threshold = one * 1'000'000'000'000'000ULL;
        break;
      default:
        w.threshold = static_cast<u128>(r.log_uniform(1e-3, 1e3) * 0x1p60);
    }
    w.amount = r.below(8) == 0 ? 0 : r.below(2) == 0 ? everything : 1 + r.below(1'000'000'000'000);
    w.least = r.below(4) == 0 ? 0 : r.below(1'100);
    w.most = r.below(4) == 0 ? w.least : r.below(1'100);
    if (r.below(20) == 0) w = {.when = w.when};
    const errc said = validate(settings(w));
    ASSERT_EQ(said == errc::ok, valid(w)) << i << ' ' << static_cast<int>(w.when);
    ++(said == errc::ok ? good : bad);
  }
  std::printf("orders: %ld taken, %ld not\n", good, bad);
  EXPECT_GT(good, 100'000);
  EXPECT_GT(bad, 100'000);
}

TEST(KaminoOrders, AnOrderOfNothingFiniteIsNone) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  const preset::kamino_order good{.when = kamino_condition::ltv_above, .threshold = 0.7, .amount = 10.0};
  EXPECT_EQ(validate(good), errc::ok);
  const auto spoilt = [&](auto&& spoil) {
    preset::kamino_order o = good;
    spoil(o);
    return validate(o);
  };
  EXPECT_EQ(spoilt([&](auto& o) { o.threshold = nan; }), errc::not_finite);
  EXPECT_EQ(spoilt([&](auto& o) { o.threshold = infinity; }), errc::not_finite);
  EXPECT_EQ(spoilt([&](auto& o) { o.amount = nan; }), errc::not_finite);
  EXPECT_EQ(spoilt([&](auto& o) { o.least_bonus.count = nan; }), errc::not_finite);
  EXPECT_EQ(spoilt([&](auto& o) { o.largest_bonus.count = infinity; }), errc::not_finite);
  EXPECT_EQ(spoilt([&](auto& o) { o.amount = -1.0; }), errc::bad_configuration);
}

TEST(KaminoOrders, AnAmountIsUsedUp) {
  const preset::kamino_order amount{.when = kamino_condition::ltv_above, .threshold = 0.7, .amount = 10.0};
  EXPECT_EQ(after_execution(amount, 4.0).amount, 6.0);
  EXPECT_EQ(after_execution(amount, 10.0), preset::kamino_order{});
  EXPECT_EQ(after_execution(amount, 11.0), preset::kamino_order{}) << "rounded up to a unit";
  const preset::kamino_order all{.when = kamino_condition::ltv_above, .threshold = 0.7, .amount = infinity};
  EXPECT_EQ(after_execution(all, 1e9), all);
}

constexpr preset::kamino_obligation middling{.ltv = 0.7, .unhealthy_ltv = 0.8, .plain_ltv = 0.6, .ratio = 2.0};

TEST(KaminoOrders, TheBonusGrowsWithTheDistance) {
  using preset::kamino_hit;
  const auto bonus = [](kamino_condition when, double threshold) {
    return kamino_hit::of(
        {.when = when, .threshold = threshold, .amount = 1.0, .least_bonus = {100}, .largest_bonus = {500}}, middling);
  };
  EXPECT_DOUBLE_EQ(bonus(kamino_condition::ltv_above, 0.6).bonus, 0.01 + 0.5 * 0.04) << "half way to liquidation";
  EXPECT_DOUBLE_EQ(bonus(kamino_condition::ltv_below, 0.875).bonus, 0.01 + 0.2 * 0.04)
      << "a fifth of the way to nothing";
  EXPECT_NEAR(bonus(kamino_condition::liquidation_closer_than, 0.2).bonus, 0.01 + 0.5 * 0.04, 1e-15);
  EXPECT_NEAR(bonus(kamino_condition::ratio_above, 1.5).bonus, 0.01 + 0.5 / (2.0 * 0.8 / 0.7 - 1.5) * 0.04, 1e-15);
  EXPECT_DOUBLE_EQ(bonus(kamino_condition::ratio_below, 2.5).bonus, 0.01 + 0.2 * 0.04);
  EXPECT_FALSE(bonus(kamino_condition::ltv_above, 0.7).holds) << "strict";
  EXPECT_FALSE(bonus(kamino_condition::ltv_below, 0.7).holds);
  EXPECT_FALSE(bonus(kamino_condition::liquidation_closer_than, 0.1).holds);
  // Nobody is paid out of bad debt.
  preset::kamino_obligation deep = middling;
  deep.plain_ltv = 0.985;
  const preset::kamino_order dear{
      .when = kamino_condition::always, .amount = 1.0, .least_bonus = {500}, .largest_bonus = {500}};
  EXPECT_DOUBLE_EQ(kamino_hit::of(dear, deep).bonus, 1.0 - 0.985);
  deep.plain_ltv = 1.2;
  EXPECT_EQ(kamino_hit::of(dear, deep).bonus, 0.0);
}

TEST(KaminoOrders, TheFirstThatHoldsAndMayRunIsTaken) {
  preset::kamino_orders o{
      .orders = {preset::kamino_order{.when = kamino_condition::ltv_above, .threshold = 0.65, .amount = 1.0},
                 preset::kamino_order{.when = kamino_condition::always, .amount = 2.0}}};
  EXPECT_EQ(o.find(middling).order, 0U);
  o.price_triggers_disabled = true;
  EXPECT_EQ(o.find(middling).order, 1U) << "what the market switched off is passed over";
  o.orders[1] = {};
  EXPECT_EQ(o.find(middling).why, errc::reserve_closed);
  o.price_triggers_disabled = false;
  o.execution_enabled = false;
  EXPECT_EQ(o.find(middling).why, errc::reserve_closed);
  o.orders[0].threshold = 0.75;
  EXPECT_EQ(o.find(middling).why, errc::inside_band);
  o = {};
  EXPECT_EQ(o.find(middling).why, errc::inside_band);
  preset::kamino_obligation unhealthy = middling;
  unhealthy.ltv = unhealthy.unhealthy_ltv;
  EXPECT_EQ(o.find(unhealthy).why, errc::not_liquidatable) << "at equality the protocol liquidates";
}

}  // namespace
