// SPDX-License-Identifier: MIT
// The quiet region: who sleeps in it decides, whenever awake, as one that never sleeps.
#include <gtest/gtest.h>

#include <trimtab/oracle/max_rate_of_change.hpp>
#include <trimtab/policy/policy.hpp>
#include <trimtab/sizing/withdraw_above.hpp>
#include <trimtab/trigger/any_of.hpp>
#include <trimtab/trigger/carry.hpp>
#include <trimtab/trigger/debounce.hpp>
#include <trimtab/trigger/interval.hpp>
#include <trimtab/trigger/look_ahead.hpp>
#include <trimtab/trigger/price_move.hpp>

#include "support/keepers.hpp"
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <random>
#include <type_traits>

namespace {

using namespace trimtab;
using cases::keeper;
using cases::watched;
using cases::watching;

// The quiet law: a policy that skips its quiet looks decides all others as one that never sleeps.
template <class P>
struct twin {
  typename P::state_type awake{}, asleep{};
  long skipped = 0, looks = 0;

  void step(const P& p, double health, timestamp now) {
    const watched w = watching(health, now);
    const auto s = w.look();
    const auto region = p.quiet(asleep, w.world.account);
    const bool quiet = region.contains(std::log(health), now);
    const auto a = p(awake, s);
    ++looks;
    if (quiet) {
      ++skipped;
      ASSERT_EQ(a.verdict, verdict::hold) << "not quiet: " << name(a.reason) << " at " << health;
      ASSERT_EQ(a.state.order.status, awake.order.status);
      ASSERT_EQ(a.state.order.nonce, awake.order.nonce);
      awake = a.state;
      return;
    }
    const auto b = p(asleep, s);
    ASSERT_EQ(a.verdict, b.verdict) << health;
    ASSERT_EQ(a.reason, b.reason) << health;
    ASSERT_EQ(a.nonce, b.nonce);
    ASSERT_EQ(a.emergency, b.emergency);
    ASSERT_EQ(a.target, b.target);
    ASSERT_EQ(a.trade.sold, b.trade.sold);
    ASSERT_EQ(a.state.order.episode, b.state.order.episode);
    awake = a.state;
    asleep = b.state;
  }
  void tell(const P& p, receipt_kind kind, timestamp at) {
    const auto nonce = awake.order.nonce;
    awake = p.on_receipt(awake, {kind, nonce, at});
    asleep = p.on_receipt(asleep, {kind, nonce, at});
  }
};

constexpr std::array levels{1.03, 1.05, 1.12, 1.15, 1.18, 1.22, 1.3, 1.5, 1.68, 1.70, 1.8};

TEST(PolicyQuiet, SleepingThroughTheQuietRegionChangesNothingOnEveryShortPath) {
  long skipped = 0, looks = 0;
  constexpr std::size_t n = levels.size(), length = 4;
  for (std::size_t path = 0; path < n * n * n * n; ++path)
    for (const auto fate : {receipt_kind::sent, receipt_kind::filled, receipt_kind::reverted, receipt_kind::expired}) {
      twin<std::remove_const_t<decltype(keeper)>> t;
      std::size_t rest = path;
      for (std::size_t i = 0; i < length; ++i, rest /= n) {
        const auto now = cases::start + seconds{200} * static_cast<long>(i);
        t.step(keeper, levels[rest % n], now);
        if (HasFatalFailure()) return;
        if (t.awake.order.status == order_status::proposed) t.tell(keeper, fate, now + seconds{1});
      }
      skipped += t.skipped;
      looks += t.looks;
    }
  std::printf("quiet: %ld of %ld looks skipped\n", skipped, looks);
  EXPECT_GT(skipped, looks / 10);
}

template <class P>
void random_paths(const P& p, std::uint64_t seed) {
  std::mt19937_64 engine(seed);
  const auto uniform = [&](double low, double high) { return std::uniform_real_distribution<>(low, high)(engine); };
  long skipped = 0, looks = 0;
  for (int path = 0; path < 300; ++path) {
    twin<P> t;
    double health = 1.4;
    timestamp now = cases::start;
    for (int i = 0; i < 200; ++i) {
      health = std::min(2.2, std::max(0.95, health * std::exp(uniform(-0.05, 0.05))));
      now += seconds{static_cast<long>(uniform(1.0, 400.0))};
      t.step(p, health, now);
      if (testing::Test::HasFatalFailure()) return;
      // The sender's clock may be slow or fast.
      const auto at = now + seconds{static_cast<long>(uniform(-300.0, 900.0))};
      if (uniform(0.0, 1.0) < 0.5) t.tell(p, static_cast<receipt_kind>(static_cast<int>(uniform(0.0, 6.999))), at);
    }
    skipped += t.skipped;
    looks += t.looks;
  }
  std::printf("quiet: seed %llu, %ld of %ld looks skipped\n", static_cast<unsigned long long>(seed), skipped, looks);
  EXPECT_GT(skipped, looks / 20);
}

TEST(PolicyQuiet, SleepingThroughTheQuietRegionChangesNothingOnRandomPaths) {
  random_paths(keeper, 1);
  const policy either{cases::home.model, cases::guards,
                      trigger::any_of{cases::one_sided, trigger::drift_band{.lower = 1.2, .target = 1.3, .upper = 1.9}},
                      sizing::both_ways{sizing::in_chunks{sizing::restore_target{}}, sizing::leverage_up{}},
                      cases::plain_execution};
  random_paths(either, 2);
}

TEST(PolicyQuiet, TheQuietRegionIsTheBandAndEmptyWhileAnOrderLives) {
  const auto region = keeper.quiet({}, cases::home.account);
  EXPECT_DOUBLE_EQ(region.log_low, std::log(1.15));
  EXPECT_DOUBLE_EQ(region.log_high, std::log(1.70));
  for (const auto status : {order_status::proposed, order_status::pending, order_status::reverted,
                            order_status::expired, order_status::idle}) {
    cases::keeper_state s;
    s.order.status = status;
    s.order.episode_open = status == order_status::idle;
    EXPECT_GE(keeper.quiet(s, cases::home.account).log_low, keeper.quiet(s, cases::home.account).log_high);
  }
  cases::keeper_state below;
  get<0>(below.trigger).where = trigger::drift_band::side::below;
  EXPECT_GE(keeper.quiet(below, cases::home.account).log_low, keeper.quiet(below, cases::home.account).log_high)
      << "out of the band, every look counts";
}

TEST(PolicyQuiet, AGuardWithAMemoryKeepsThePolicyAwake) {
  const policy p{cases::home.model, oracle::max_rate_of_change{}, cases::one_sided, sizing::restore_target{},
                 cases::plain_execution};
  EXPECT_GE(p.quiet({}, cases::home.account).log_low, p.quiet({}, cases::home.account).log_high)
      << "a look it skips is a price the guard never saw";
}

TEST(PolicyQuiet, WithAnEndSleepingUntilThenChangesNothing) {
  const policy daily{cases::home.model, cases::guards,
                     trigger::any_of{cases::two_sided, trigger::interval{.every = seconds{7200}, .target = 1.3}},
                     sizing::both_ways{sizing::restore_target{}, sizing::leverage_up{}}, cases::plain_execution};
  random_paths(daily, 3);
  const auto first = daily({}, watching(1.31).look());
  const auto region = daily.quiet(first.state, cases::home.account);
  ASSERT_LT(region.log_low, region.log_high);
  EXPECT_LE(region.until, cases::start + seconds{7200});
  EXPECT_TRUE(region.contains(std::log(1.31), region.until - seconds{1}));
  EXPECT_FALSE(region.contains(std::log(1.31), region.until));
}

TEST(PolicyQuiet, OfATriggerThatWaitsForConfirmationAndOfOneThatHandsOut) {
  random_paths(policy{cases::home.model, cases::guards, trigger::debounce{cases::two_sided, seconds{300}, 2},
                      sizing::both_ways{sizing::restore_target{}, sizing::leverage_up{}}, cases::plain_execution},
               4);
  random_paths(policy{cases::home.model, cases::guards, cases::two_sided,
                      sizing::both_ways{sizing::restore_target{}, sizing::withdraw_above{}}, cases::plain_execution},
               5);
}

// A trigger of something that moves while health does not leaves no region to sleep in.
template <class Trigger>
void expect_awake(const Trigger& trigger) {
  const policy p{cases::home.model, cases::guards, trigger,
                 sizing::both_ways{sizing::restore_target{}, sizing::leverage_up{}}, cases::plain_execution};
  typename decltype(p)::state_type state;
  for (int i = 0; i < 3; ++i) {
    const auto region = p.quiet(state, cases::home.account);
    for (const double health : {0.9, 1.0, 1.2, 1.4, 3.0})
      EXPECT_FALSE(region.contains(std::log(health), cases::start + seconds{i}));
    state = p(state, watching(1.4, cases::start + seconds{i}).look()).state;
  }
}
TEST(PolicyQuiet, NoneForWhatReadsMoreThanHealthAndTime) {
  expect_awake(trigger::price_move{});
  expect_awake(trigger::any_of{cases::two_sided, trigger::price_move{}});
  expect_awake(trigger::carry{});
  expect_awake(trigger::look_ahead{cases::two_sided, seconds{3600}});
}

TEST(PolicyQuiet, NoneForAnAccountThatIsRefused) {
  auto unlisted = cases::home.account;
  unlisted.add({.asset = asset_id{9}});
  EXPECT_FALSE(keeper.quiet({}, unlisted).contains(std::log(1.4), cases::start));
  auto broken = cases::home.account;
  broken[0].collateral = -1.0;
  EXPECT_FALSE(keeper.quiet({}, broken).contains(std::log(1.4), cases::start));
  EXPECT_TRUE(keeper.quiet({}, cases::home.account).contains(std::log(1.4), cases::start));
}

// Whatever the guards that pass see, and whatever gas and carry do: inside, it holds.
TEST(PolicyQuiet, HoldsInsideOnAnyPathOfEverythingElse) {
  std::mt19937_64 engine(6);
  const auto uniform = [&](double low, double high) { return std::uniform_real_distribution<>(low, high)(engine); };
  cases::keeper_state state;
  timestamp now = cases::start;
  for (int i = 0; i < 20000; ++i) {
    now += seconds{static_cast<long>(uniform(0.0, 1e5))};
    const auto region = keeper.quiet(state, cases::home.account);
    const double health = std::exp(uniform(region.log_low, region.log_high));
    if (!region.contains(std::log(health), now)) continue;
    watched w = watching(health, now);
    w.gas.price_native = uniform(0.0, 1e-3);
    w.gas.tank_native = uniform(0.0, 1.0);
    w.reserves[0].paused = uniform(0.0, 1.0) < 0.5;
    w.venue.reserve_out = uniform(1.0, 1e7);
    auto s = w.look();
    s.carry = uniform(-1.0, 1.0);
    const auto d = keeper(state, s);
    ASSERT_EQ(d.verdict, verdict::hold) << health;
    ASSERT_EQ(d.state.order.nonce, state.order.nonce);
    state = d.state;
  }
}

}  // namespace
