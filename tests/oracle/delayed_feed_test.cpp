// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/oracle/delayed_feed.hpp>

#include "support/random.hpp"
#include <cmath>
#include <vector>

namespace trimtab {
namespace {

using oracle::delayed_feed;

constexpr timestamp start = at_unix(1'699'999'200);  // on the grid of hours
constexpr timestamp at(long long seconds_later) {
  return start + seconds{seconds_later};
}

TEST(DelayedFeed, APriceIsSeenAHopBeforeItIsUsed) {
  delayed_feed feed{.began = start};
  EXPECT_EQ(feed.poke(10.0, at(3599)), errc::not_yet);
  EXPECT_EQ(feed.poke(10.0, at(3600)), errc::ok);
  EXPECT_EQ(feed.current, 0.0);
  EXPECT_EQ(feed.next, 10.0);
  EXPECT_EQ(feed.next_observation().price, 10.0);
  EXPECT_EQ(feed.next_observation().at, at(7200));
  EXPECT_EQ(feed.poke(11.0, at(7199)), errc::not_yet);
  EXPECT_EQ(feed.poke(11.0, at(7200)), errc::ok);
  EXPECT_EQ(feed.current, 10.0);
  EXPECT_EQ(feed.next, 11.0);
}

TEST(DelayedFeed, HopsStandOnAGrid) {
  delayed_feed feed{.current = 1.0, .next = 2.0, .began = start};
  ASSERT_EQ(feed.poke(3.0, at(3600 + 1234)), errc::ok);
  EXPECT_EQ(feed.due(), at(7200)) << "the delay is not passed on";
  ASSERT_EQ(feed.poke(4.0, at(7200)), errc::ok);
  delayed_feed old{.began = at_unix(-10'800)};
  ASSERT_EQ(old.poke(1.0, at_unix(-1)), errc::ok);
  EXPECT_EQ(old.began, at_unix(-3600)) << "before 1970 rounded down, too";
}

TEST(DelayedFeed, ASourceWithoutAPriceLeavesAllAsItIs) {
  delayed_feed feed{.current = 1.0, .next = 2.0, .began = start};
  EXPECT_EQ(feed.poke(std::nan(""), at(3600)), errc::not_finite);
  EXPECT_EQ(feed.poke(infinity, at(3600)), errc::not_finite);
  EXPECT_EQ(feed.poke(0.0, at(3600)), errc::non_positive_price);
  EXPECT_EQ(feed.poke(-1.0, at(3600)), errc::non_positive_price);
  EXPECT_EQ(feed.current, 1.0);
  EXPECT_EQ(feed.next, 2.0);
  EXPECT_EQ(feed.began, start);
}

TEST(DelayedFeed, StoppedItHasNoPriceUntilTwoPokesLater) {
  delayed_feed feed{.current = 1.0, .next = 2.0, .began = start};
  feed.stop();
  EXPECT_EQ(feed.next_observation().at, never);
  ASSERT_EQ(feed.poke(5.0, at(3600)), errc::ok);
  EXPECT_EQ(feed.current, 0.0);
  ASSERT_EQ(feed.poke(6.0, at(7200)), errc::ok);
  EXPECT_EQ(feed.current, 5.0);
}

TEST(DelayedFeed, WhatNoFeedHasIsRefused) {
  EXPECT_EQ(delayed_feed{}.validate(), errc::ok);
  EXPECT_EQ((delayed_feed{.hop = seconds{0}}.validate()), errc::bad_configuration);
  EXPECT_EQ((delayed_feed{.current = -1.0}.validate()), errc::non_positive_price);
  EXPECT_EQ((delayed_feed{.next = std::nan("")}.validate()), errc::not_finite);
  delayed_feed bad{.hop = seconds{-1}};
  EXPECT_EQ(bad.poke(1.0, at(10'000)), errc::bad_configuration);
}

/// Against a plain reading of the rule: in force is always the source's price at the poke before the last.
TEST(DelayedFeed, InForceIsTheReadingOfThePokeBefore) {
  test::random_numbers random(91);
  delayed_feed feed{.began = start};
  std::vector<double> readings{0.0, 0.0};
  long long time = 0, last_hour = 0;
  for (int i = 0; i < 20'000; ++i) {
    time += static_cast<long long>(random.below(2000));
    const double source = random.log_uniform(0.1, 10.0);
    const bool due = time / 3600 > last_hour;
    ASSERT_EQ(feed.poke(source, at(time)), due ? errc::ok : errc::not_yet);
    if (due) readings.push_back(source), last_hour = time / 3600;
    ASSERT_EQ(feed.next, readings.back());
    ASSERT_EQ(feed.current, readings[readings.size() - 2]);
    ASSERT_EQ(feed.due(), at((last_hour + 1) * 3600));
  }
  EXPECT_GT(readings.size(), 3000U);
}

}  // namespace
}  // namespace trimtab
