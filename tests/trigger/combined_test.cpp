// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/trigger/all_of.hpp>
#include <trimtab/trigger/any_of.hpp>
#include <trimtab/trigger/combined.hpp>
#include <trimtab/trigger/cooldown.hpp>
#include <trimtab/trigger/drift_band.hpp>
#include <trimtab/trigger/interval.hpp>
#include <trimtab/trigger/price_move.hpp>

namespace trimtab {
namespace {

using trigger::combined;
using trigger::cooldown;
using trigger::drift_band;

constexpr drift_band wide{.lower = 1.15, .target = 1.25, .upper = 1.70},
    narrow{.lower = 1.20, .target = 1.30, .upper = 1.60};
constexpr combined<drift_band, drift_band, cooldown> three{wide, narrow, cooldown{}};
static_assert(three.validate() == errc::ok);
static_assert(three.quiet({}).low == 1.20 && three.quiet({}).high == 1.60, "the common band");
static_assert(!three.quiet({}).permits_only);
static_assert(combined<cooldown>{cooldown{}}.quiet({}).permits_only);

TEST(Combined, EveryPartSeesEverySignal) {
  const auto state = three.step({}, {.health = 1.18, .now = at_unix(100), .last_fill = at_unix(0)});
  EXPECT_EQ(get<0>(state).where, drift_band::side::inside);
  EXPECT_EQ(get<1>(state).where, drift_band::side::below);
  EXPECT_FALSE(get<2>(state).ready);
}

TEST(Combined, TheCalmEndsWithTheFirstOfTheParts) {
  constexpr timestamp now = at_unix(1'700'000'000);
  constexpr trigger::interval soon{.every = seconds{60}}, late{.every = seconds{90}};
  constexpr combined<trigger::interval, drift_band, trigger::interval> both{soon, wide, late};
  EXPECT_EQ(both.quiet({}).until, never);
  const auto s = both.step({}, {.health = 1.5, .now = now});
  EXPECT_EQ(both.quiet(s).until, now + seconds{60});
  EXPECT_EQ(both.quiet(s).low, 1.15);
  EXPECT_EQ(three.quiet({}).until, forever);
}

TEST(Combined, WhatReadsAPricePromisesNoSilenceAndHidesNoEdge) {
  constexpr combined<drift_band, trigger::price_move> both{wide, trigger::price_move{}};
  static_assert(decltype(both)::reads == reading::price);
  const auto s = both.step({}, {.health = 1.5, .now = at_unix(1'700'000'000), .price = 2000.0});
  EXPECT_EQ(both.quiet(s).until, never);
  EXPECT_EQ(both.quiet(s).low, 1.15);
  EXPECT_EQ(both.quiet(s).high, 1.70);
}

TEST(Combined, ReportsTheFirstComplaint) {
  constexpr combined<drift_band, cooldown> bad{drift_band{.lower = infinity}, cooldown{.wait = seconds{-1}}};
  EXPECT_EQ(bad.validate(), errc::not_finite);
  constexpr combined<drift_band, cooldown> late{drift_band{}, cooldown{.wait = seconds{-1}}};
  EXPECT_EQ(late.validate(), errc::bad_configuration);
}

TEST(Combined, APartThatHasFiredLeavesNoQuietRegion) {
  const auto state = three.step({}, {.health = 1.18});
  const calm region = three.quiet(state);
  EXPECT_GE(region.low, region.high);
}

TEST(Combined, DisjointBandsLeaveNoQuietRegion) {
  constexpr combined<drift_band, drift_band> disjoint{drift_band{.lower = 1.1, .target = 1.15, .upper = 1.2},
                                                      drift_band{.lower = 1.3, .target = 1.4, .upper = 1.5}};
  EXPECT_GE(disjoint.quiet({}).low, disjoint.quiet({}).high);
}

}  // namespace
}  // namespace trimtab
