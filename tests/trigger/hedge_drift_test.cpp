// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/trigger/hedge_drift.hpp>

#include "support/random.hpp"
#include <cmath>
#include <limits>

namespace {

using namespace trimtab;
using trigger::hedge_drift;
using trigger::hedge_firing;
using trigger::hedge_reason;
using trigger::hedge_signal;
constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr timestamp start = at_unix(1'760'000'000);
constexpr seconds hour{3600};

constexpr hedge_drift rule;  // 5 %, one day, health 1.2
static_assert(rule.validate() == errc::ok);

constexpr hedge_firing after_path(const hedge_drift& trigger, std::initializer_list<double> held,
                                  double wanted = -100.0) {
  hedge_drift::state_type state;
  for (const double h : held)
    state = trigger.step(state, {.wanted = wanted, .held = h, .now = start + hour, .last_fill = start});
  return trigger.fired(state);
}
static_assert(!after_path(rule, {-100.0}));
static_assert(after_path(rule, {-94.0}) && after_path(rule, {-94.0}).reason == hedge_reason::drift);
static_assert(after_path(rule, {-94.0}).trade == -6.0, "short six more");
static_assert(after_path(rule, {-106.0}).trade == 6.0, "too much of it is a drift as well");

TEST(HedgeDrift, AtTheEdgeItWaitsAndBeyondItFires) {
  EXPECT_FALSE(after_path(rule, {-95.0}));
  EXPECT_TRUE(after_path(rule, {std::nextafter(-95.0, 0.0)}));
  EXPECT_FALSE(after_path(rule, {-105.0}));
  EXPECT_TRUE(after_path(rule, {std::nextafter(-105.0, -200.0)}));
  EXPECT_EQ(after_path(rule, {-95.0}).why, errc::inside_band);
}

TEST(HedgeDrift, AnEpisodeLastsUntilTheHedgeIsWithinTheRearmLevel) {
  EXPECT_TRUE(after_path(rule, {-94.0, -96.0})) << "half a repair is no repair";
  EXPECT_TRUE(after_path(rule, {-94.0, -97.4}));
  EXPECT_FALSE(after_path(rule, {-94.0, -97.5}));
  EXPECT_FALSE(after_path(rule, {-94.0, -97.5, -96.0})) << "inside again: 4 % is no reason";
  constexpr hedge_drift tight{.band = 0.05, .rearm = 0.01};
  EXPECT_TRUE(after_path(tight, {-94.0, -98.9}));
  EXPECT_FALSE(after_path(tight, {-94.0, -99.0}));
}

TEST(HedgeDrift, AHedgeOfNothingIsAnyDriftAtAll) {
  EXPECT_TRUE(after_path(rule, {-1e-9}, 0.0));
  EXPECT_FALSE(after_path(rule, {0.0}, 0.0));
  EXPECT_TRUE(after_path(rule, {0.0})) << "nothing held of what is wanted";
  EXPECT_TRUE(after_path(rule, {100.0})) << "the wrong way round";
}

TEST(HedgeDrift, AnOldHedgeIsRenewedIfThereIsAnythingToTrade) {
  const auto at = [](seconds age, double held) {
    return rule.fired(rule.step({}, {.wanted = -100.0, .held = held, .now = start + age, .last_fill = start}));
  };
  EXPECT_FALSE(at(24 * hour - seconds{1}, -99.0));
  EXPECT_TRUE(at(24 * hour, -99.0));
  EXPECT_EQ(at(24 * hour, -99.0).reason, hedge_reason::interval);
  EXPECT_FALSE(at(24 * hour, -100.0));
  EXPECT_EQ(at(24 * hour, -100.0).why, errc::dust);
  const hedge_firing first = rule.fired(rule.step({}, {.wanted = -100.0, .held = -99.0, .now = start}));
  EXPECT_EQ(first.reason, hedge_reason::interval) << "never filled is older than any age";
  constexpr hedge_drift ageless{.interval = seconds{0}};
  EXPECT_FALSE(ageless.fired(ageless.step({}, {.wanted = -100.0, .held = -99.0, .now = start})));
}

TEST(HedgeDrift, ATradeTooSmallWaitsAndSoDoesOneTooSoon) {
  constexpr hedge_drift coarse{.minimum_trade = 10.0};
  EXPECT_EQ(after_path(coarse, {-91.0}).why, errc::dust);
  EXPECT_TRUE(after_path(coarse, {-90.0}));
  constexpr hedge_drift patient{.wait = seconds{3601}};
  EXPECT_EQ(after_path(patient, {-80.0}).why, errc::cooldown);
  EXPECT_FALSE(after_path(patient, {-80.0}));
  EXPECT_TRUE(after_path({.wait = seconds{3600}}, {-80.0}));
}

TEST(HedgeDrift, DangerOverridesSizeAndWait) {
  constexpr hedge_drift careful{.minimum_trade = 50.0, .wait = seconds{7200}};
  const auto with = [&](double health) {
    return careful.fired(
        careful.step({}, {.wanted = -100.0, .held = -99.0, .health = health, .now = start + hour, .last_fill = start}));
  };
  EXPECT_FALSE(with(1.2));
  EXPECT_TRUE(with(std::nextafter(1.2, 0.0)));
  EXPECT_EQ(with(1.1).reason, hedge_reason::health);
  EXPECT_EQ(with(1.1).trade, -1.0);
  EXPECT_TRUE(with(nan));
  constexpr hedge_drift low{.health_floor = 0.05};
  EXPECT_TRUE(low.fired(low.step({}, {.wanted = 1.0, .held = 1.0, .health = 0.04})));
  constexpr hedge_drift blind{.health_floor = 0.0};
  static_assert(blind.validate() == errc::ok && hedge_drift{.health_floor = 0.05}.validate() == errc::ok);
  EXPECT_FALSE(blind.fired(blind.step({}, {.wanted = 1.0, .held = 1.0, .health = 0.1})));
}

TEST(HedgeDrift, ANaNHedgeIsADriftWithNoTrade) {
  for (const double held : {nan, infinity}) {
    const hedge_firing f = after_path(rule, {held});
    EXPECT_TRUE(f);
    EXPECT_EQ(f.reason, hedge_reason::drift);
    EXPECT_FALSE(is_finite(f.trade)) << "no number that a sizer would take";
  }
  EXPECT_TRUE(after_path(rule, {-100.0}, nan));
}

TEST(HedgeDrift, BadConfigurationIsRefusedByName) {
  for (double hedge_drift::*field :
       {&hedge_drift::band, &hedge_drift::rearm, &hedge_drift::minimum_trade, &hedge_drift::health_floor}) {
    hedge_drift bad;
    bad.*field = nan;
    EXPECT_EQ(bad.validate(), errc::not_finite);
  }
  EXPECT_EQ(hedge_drift{.band = 0.0}.validate(), errc::bad_configuration);
  EXPECT_EQ((hedge_drift{.band = 0.05, .rearm = 0.06}.validate()), errc::bad_configuration);
  EXPECT_EQ(hedge_drift{.rearm = -0.01}.validate(), errc::bad_configuration);
  EXPECT_EQ(hedge_drift{.minimum_trade = -1.0}.validate(), errc::negative_amount);
  EXPECT_EQ(hedge_drift{.interval = seconds{-1}}.validate(), errc::bad_configuration);
  EXPECT_EQ(hedge_drift{.wait = seconds{-1}}.validate(), errc::bad_configuration);
  EXPECT_EQ(hedge_drift{.health_floor = -1.0}.validate(), errc::negative_amount);
}

TEST(HedgeDrift, ReasonsHaveNames) {
  EXPECT_STREQ(name(hedge_reason::none), "none");
  EXPECT_STREQ(name(hedge_reason::health), "health");
}

// A delta that wanders and a hedge that follows every firing: never left further than the band from it, and hysteresis
// keeps the number of trades far below the number of steps.
TEST(HedgeDrift, FollowedItKeepsTheHedgeWithinTheBand) {
  test::random_numbers random(12);
  constexpr hedge_drift daily{.minimum_trade = 0.5};
  hedge_drift::state_type state;
  double wanted = -100.0, held = -100.0;
  timestamp last = start;
  int trades = 0, by_age = 0, steps = 20000;
  for (int i = 1; i <= steps; ++i) {
    wanted *= std::exp(random.uniform(-0.01, 0.01));
    const timestamp now = start + i * hour;
    state = daily.step(state, {.wanted = wanted, .held = held, .now = now, .last_fill = last});
    const hedge_firing f = daily.fired(state);
    ASSERT_TRUE(f || std::abs(held - wanted) <= std::max(0.05 * std::abs(wanted), 0.5));
    ASSERT_TRUE(f || now - last < seconds{86'400} || std::abs(held - wanted) < 0.5);
    if (!f) continue;
    held += f.trade, last = now, ++trades;
    by_age += f.reason == hedge_reason::interval ? 1 : 0;
  }
  std::cout << trades << " trades in " << steps << " hours, " << by_age << " for their age\n";
  EXPECT_LT(trades, steps / 10);
  EXPECT_GT(trades - by_age, 10);
  EXPECT_GT(by_age, 100);
}

}  // namespace
