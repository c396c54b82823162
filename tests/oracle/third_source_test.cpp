// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/oracle/third_source.hpp>

#include "support/random.hpp"
#include <cmath>
#include <limits>

namespace trimtab {
namespace {

using oracle::third_source;
using oracle::within;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr timestamp now = at_unix(1'700'000'000);

static_assert(within(100.0, 125.0, {2500.0}) && within(125.0, 100.0, {2500.0}));
static_assert(!within(100.0, 125.1, {2500.0}) && !within(125.1, 100.0, {2500.0}));

TEST(ThirdSource, WithinIsTheDistanceOfLogarithms) {
  test::random_numbers random(41);
  int inside = 0, outside = 0;
  for (int i = 0; i < 200'000; ++i) {
    const double a = random.log_uniform(1e-9, 1e9), b = a * random.uniform(0.9, 1.1), bps = random.uniform(1.0, 1000.0);
    const long double gap = std::fabs(std::log(static_cast<long double>(a)) - std::log(static_cast<long double>(b)));
    const long double limit = std::log1p(static_cast<long double>(bps) / 10'000.0L);
    if (std::fabs(gap - limit) < 1e-14L) continue;
    ASSERT_EQ(within(a, b, {bps}), gap < limit) << a << ' ' << b << ' ' << bps;
    ASSERT_EQ(within(a, b, {bps}), within(b, a, {bps}));
    ++(gap < limit ? inside : outside);
  }
  EXPECT_GT(inside, 10'000);
  EXPECT_GT(outside, 10'000);
}

TEST(ThirdSource, NothingIsNearANaN) {
  for (const double p : {1.0, nan, infinity}) {
    EXPECT_FALSE(within(nan, p, {100.0}));
    EXPECT_FALSE(within(p, nan, {100.0}));
  }
  EXPECT_FALSE(within(1.0, 1.0, {nan}));
}

TEST(ThirdSource, OnlyWhatWasNeverGivenIsPassedOver) {
  constexpr third_source may_be_absent{.max_age = seconds{60}, .only_where_given = true}, asked_for{};
  EXPECT_TRUE(may_be_absent.passes_over(0.0, never));
  EXPECT_FALSE(may_be_absent.passes_over(0.0, now)) << "somebody said zero";
  EXPECT_FALSE(may_be_absent.passes_over(1.0, never));
  EXPECT_FALSE(may_be_absent.passes_over(nan, never));
  EXPECT_FALSE(asked_for.passes_over(0.0, never));
}

TEST(ThirdSource, NamesItsOwnFault) {
  constexpr third_source rule{.max_age = seconds{60}};
  EXPECT_EQ(rule.fault(1.0, now - seconds{60}, now), doubt::none);
  EXPECT_EQ(rule.fault(1.0, now - seconds{61}, now), doubt::age);
  EXPECT_EQ(rule.fault(1.0, now + seconds{1}, now), doubt::age);
  EXPECT_EQ(rule.fault(1.0, never, now), doubt::age);
  EXPECT_EQ(rule.fault(1.0, timestamp::min(), now), doubt::age) << "no overflow either";
  for (const double bad : {nan, 0.0, -1.0, infinity}) EXPECT_EQ(rule.fault(bad, now, now), doubt::no_price);
  EXPECT_EQ((third_source{.max_age = seconds{-1}}.validate()), errc::bad_configuration);
  EXPECT_EQ(rule.validate(), errc::ok);
}

TEST(ThirdSource, TheOneThatIsAloneIsTheBadOne) {
  EXPECT_EQ(oracle::seen_from_third(true, true), trust::ok);
  EXPECT_EQ(oracle::seen_from_third(false, true), trust::ours_bad);
  EXPECT_EQ(oracle::seen_from_third(true, false), trust::protocol_bad);
  EXPECT_EQ(oracle::seen_from_third(false, false), trust::unknown);
  EXPECT_EQ(oracle::judge_by_third({{100.0, now}, {110.0, now}}, 101.0, {200.0}), trust::ours_bad);
}

}  // namespace
}  // namespace trimtab
