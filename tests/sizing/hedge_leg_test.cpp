// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/sizing/hedge.hpp>
#include <trimtab/sizing/hedge_leg.hpp>

#include "support/random.hpp"
#include <array>
#include <cmath>
#include <limits>

namespace {

using namespace trimtab;
using sizing::after;
using sizing::hedge_leg;
using sizing::leg_event;
using sizing::leg_receipt;
using sizing::leg_status;
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

constexpr hedge_leg path(hedge_leg leg, std::initializer_list<leg_receipt> receipts) {
  for (const leg_receipt& r : receipts) leg = *after(leg, r);
  return leg;
}
constexpr hedge_leg wanted{.wanted = -10.0};
static_assert(wanted.status() == leg_status::open && wanted.orderable() == -10.0);
static_assert(path(wanted, {{leg_event::fill, -4.0}}).status() == leg_status::partial);
static_assert(path(wanted, {{leg_event::fill, -4.0}}).orderable() == -6.0);
static_assert(path(wanted, {{leg_event::fill, -4.0}, {leg_event::fill, -6.0}}).status() == leg_status::full);

TEST(HedgeLeg, ThirdsAddUpToTheWhole) {
  hedge_leg leg{.wanted = -1.0};
  for (int i = 0; i < 10; ++i) leg = *after(leg, {leg_event::fill, -0.1});
  EXPECT_EQ(leg.status(), leg_status::full);
  EXPECT_EQ(leg.filled, -1.0);
}

TEST(HedgeLeg, DeleveragedItIsExposedAndSaysSoUntilRepaired) {
  hedge_leg leg = path(wanted, {{leg_event::fill, -10.0}, {leg_event::deleverage, 6.0}});
  EXPECT_EQ(leg.status(), leg_status::deleveraged);
  EXPECT_EQ(leg.filled, -4.0);
  EXPECT_EQ(leg.taken, 6.0);
  EXPECT_EQ(leg.orderable(), -6.0);
  leg = *after(leg, {leg_event::fill, -5.0});
  EXPECT_EQ(leg.status(), leg_status::deleveraged);
  leg = *after(leg, {leg_event::fill, -1.0});
  EXPECT_EQ(leg.status(), leg_status::full);
  EXPECT_EQ(leg.taken, 0.0);
}

TEST(HedgeLeg, HaltedItKeepsWhatItHoldsAndTakesNothing) {
  hedge_leg leg = path(wanted, {{leg_event::fill, -4.0}, {leg_event::halt, 0.0}});
  EXPECT_EQ(leg.status(), leg_status::blocked);
  EXPECT_EQ(leg.filled, -4.0);
  EXPECT_EQ(leg.orderable(), 0.0);
  EXPECT_EQ(after(leg, {leg_event::fill, -1.0}).error(), errc::reserve_closed);
  leg = *after(leg, {leg_event::deleverage, 4.0});
  EXPECT_EQ(leg.filled, 0.0) << "a venue that takes no orders can still close the position";
  EXPECT_EQ(leg.status(), leg_status::blocked);
  leg = *after(leg, {leg_event::resume, 7.0});
  EXPECT_EQ(leg.status(), leg_status::deleveraged) << "the halt has not made it good";
  EXPECT_EQ(leg.orderable(), -7.0) << "up to the capacity that it has now";
}

TEST(HedgeLeg, ARejectedOrderMeansThatThisIsAllThatMayBeHeld) {
  const hedge_leg leg = path(wanted, {{leg_event::fill, -4.0}, {leg_event::reject, 0.0}});
  EXPECT_EQ(leg.capacity, 4.0);
  EXPECT_EQ(leg.orderable(), 0.0);
  EXPECT_EQ(leg.status(), leg_status::blocked);
  EXPECT_EQ(path(leg, {{leg_event::resume, infinity}}).status(), leg_status::partial);
}

TEST(HedgeLeg, WantingLessIsAnOrderTheOtherWay) {
  hedge_leg leg = path(wanted, {{leg_event::fill, -10.0}});
  leg.wanted = -7.0;
  EXPECT_EQ(leg.orderable(), 3.0);
  leg.capacity = 5.0;
  EXPECT_EQ(leg.orderable(), 3.0) << "a cap that fell below the position forces nothing";
  leg.wanted = -12.0;
  EXPECT_EQ(leg.orderable(), 0.0);
  leg.wanted = 8.0;
  EXPECT_EQ(leg.orderable(), 15.0) << "across zero, up to the cap";
  leg.wanted = -7.0;
  EXPECT_EQ(path(leg, {{leg_event::fill, 3.0}}).status(), leg_status::full);
}

TEST(HedgeLeg, ImpossibleReceiptsAreRefusedByName) {
  EXPECT_EQ(after(wanted, {leg_event::fill, -10.1}).error(), errc::capacity);
  EXPECT_EQ(after(wanted, {leg_event::fill, 0.1}).error(), errc::capacity) << "away from what is wanted";
  EXPECT_EQ(after(wanted, {leg_event::deleverage, 0.1}).error(), errc::insufficient_balance);
  EXPECT_EQ(after(wanted, {leg_event::deleverage, -0.1}).error(), errc::negative_amount);
  EXPECT_EQ(after(wanted, {leg_event::resume, -1.0}).error(), errc::negative_amount);
  EXPECT_EQ(after({.wanted = 1e6}, {leg_event::fill, 1e6 + 1e-3}).error(), errc::capacity);
  EXPECT_EQ(after({.wanted = 1e-6}, {leg_event::fill, 1.1e-6}).error(), errc::capacity);
  EXPECT_EQ(after(wanted, {leg_event::resume, nan}).error(), errc::not_finite);
  EXPECT_EQ(after(wanted, {leg_event::halt, infinity}).error(), errc::not_finite);
  EXPECT_EQ(after(wanted, {leg_event::fill, nan}).error(), errc::not_finite);
  EXPECT_EQ(after(wanted, {leg_event::fill, -infinity}).error(), errc::not_finite);
  EXPECT_EQ(after(wanted, {leg_event(99), 0.0}).error(), errc::bad_configuration);
  EXPECT_EQ(after({.wanted = nan}, {}).error(), errc::not_finite);
  EXPECT_EQ(after({.filled = nan}, {}).error(), errc::not_finite);
  EXPECT_EQ(after({.capacity = nan}, {}).error(), errc::not_finite);
  EXPECT_EQ(after({.capacity = -1.0}, {}).error(), errc::negative_amount);
  EXPECT_EQ(after({.taken = -1.0}, {}).error(), errc::negative_amount);
}

TEST(HedgeLeg, StatesHaveNames) {
  EXPECT_STREQ(name(leg_status::open), "open");
  EXPECT_STREQ(name(leg_status::deleveraged), "deleveraged");
}

// Whatever a venue reports, in any order: the leg holds what the accepted receipts sum to, never more than was wanted.
TEST(HedgeLeg, AnyHistoryAddsUp) {
  test::random_numbers random(7);
  int accepted = 0, refused = 0, whole = 0;
  for (int i = 0; i < 2000; ++i) {
    const double sign = random.below(2) == 0 ? -1.0 : 1.0;
    hedge_leg leg{.wanted = sign * random.uniform(1.0, 100.0)};
    double sum = 0.0;
    for (int k = 0; k < 40; ++k) {
      const leg_receipt r{leg_event(random.below(5)), random.uniform(0.0, 60.0)};
      const leg_receipt signed_fill{r.what, r.what == leg_event::fill ? sign * r.amount : r.amount};
      const auto next = after(leg, signed_fill);
      if (!next) {
        ++refused;
        continue;
      }
      ++accepted;
      if (r.what == leg_event::fill) sum += sign * r.amount;
      if (r.what == leg_event::deleverage) sum -= sign * r.amount;
      leg = *next;
      ASSERT_NEAR(leg.filled, sum, 1e-9);
      ASSERT_LE(std::abs(leg.filled), std::abs(leg.wanted));
      ASSERT_GE(leg.orderable() * sign, 0.0);
      ASSERT_LE(std::abs(leg.orderable()), std::abs(leg.wanted - leg.filled) + 1e-12);
    }
    whole += leg.filled == leg.wanted ? 1 : 0;
  }
  std::cout << accepted << " receipts taken, " << refused << " refused\n";
  EXPECT_GT(accepted, 20000);
  EXPECT_GT(refused, 5000);
  EXPECT_EQ(whole, 0) << "random fills never hit the whole, and never pass it";
}

// A short over two venues: one closes most of its leg while it takes no orders, and what reappears goes elsewhere.
TEST(HedgeLeg, WhatOneVenueTookAwayIsHedgedElsewhere) {
  constexpr double book = 100.0;
  std::array<hedge_leg, 2> legs{path({.wanted = -60.0}, {{leg_event::fill, -60.0}}),
                                path({.wanted = -40.0}, {{leg_event::fill, -40.0}})};
  EXPECT_EQ(residual_delta(book, legs), 0.0);
  legs[0] = path(legs[0], {{leg_event::deleverage, 45.0}, {leg_event::halt, 0.0}});
  EXPECT_EQ(residual_delta(book, legs), 45.0);
  EXPECT_EQ(legs[0].orderable() + legs[1].orderable(), 0.0) << "nothing is wanted of anybody who would take it";
  const sizing::perp_venue second{.mark = 2000.0, .capacity = 30.0};
  const auto more = sizing::delta_neutral(residual_delta(book, legs), second);
  ASSERT_TRUE(more);
  EXPECT_EQ(more->binding, sizing::hedge_limit::capacity);
  legs[1].wanted += more->delta;
  legs[1] = *after(legs[1], {leg_event::fill, more->delta});
  EXPECT_EQ(residual_delta(book, legs), 15.0);
}

}  // namespace
