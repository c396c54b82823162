// SPDX-License-Identifier: MIT
#include <trimtab/oracle/max_rate_of_change.hpp>

#include "laws/oracle_guard_laws.hpp"
#include <limits>

namespace trimtab {
namespace {

using oracle::max_rate_of_change;
constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr timestamp start = at_unix(1'700'000'000);
constexpr max_rate_of_change guard{.limit = {1000.0}, .window = seconds{60}};

/// Looks at one pair of prices after another, 12 s apart, and keeps the last verdict.
struct watcher {
  max_rate_of_change::state_type state{};
  timestamp now = start;
  constexpr trust look(double reference, double protocol, seconds pause = seconds{12}) {
    now += pause;
    const auto said = guard.step(state, {{protocol, now}, {reference, now}}, now);
    state = said.state;
    return said.verdict;
  }
};

constexpr trust second_look(double reference, double protocol) {
  watcher w;
  w.look(100.0, 100.0);
  return w.look(reference, protocol);
}
static_assert(watcher{}.look(100.0, 50.0) == trust::ok, "the first look has nothing to compare with");
static_assert(second_look(109.0, 100.0) == trust::ok);
static_assert(second_look(120.0, 100.0) == trust::ours_bad);
static_assert(second_look(100.0, 80.0) == trust::protocol_bad);
static_assert(second_look(80.0, 80.0) == trust::ok, "both fell: that is the market");
static_assert(second_look(120.0, 80.0) == trust::both_bad);
constexpr trust against_the_first_look(double reference, double protocol) {
  constexpr max_rate_of_change ever{.limit = {1000.0}, .window = seconds::max()};
  const auto first = ever.step({}, {{100.0, start}, {100.0, start}}, start);
  const timestamp later = start + year;
  return ever.step(first.state, {{protocol, later}, {reference, later}}, later).verdict;
}
static_assert(against_the_first_look(120.0, 100.0) == trust::ours_bad &&
                  against_the_first_look(105.0, 95.0) == trust::ok,
              "a window without end");

TEST(MaxRateOfChange, AJumpIsRememberedForAWindow) {
  watcher w;
  w.look(100.0, 100.0);
  for (int block = 0; block < 5; ++block) EXPECT_EQ(w.look(120.0, 100.0), trust::ours_bad) << block;
}

TEST(MaxRateOfChange, AJumpThatStaysBecomesTheNewLevelWithinThreeWindows) {
  watcher w;
  w.look(100.0, 100.0);
  trust last = trust::ok;
  for (int block = 0; block < 15; ++block) last = w.look(120.0, 100.0);
  EXPECT_EQ(last, trust::ok);
}

TEST(MaxRateOfChange, ASlowSlideIsNoJump) {
  watcher w;
  double price = 100.0;
  for (int block = 0; block < 500; ++block) {
    price *= 0.992;  // 8 % in the ten blocks that the older anchor can lie back
    EXPECT_EQ(w.look(price, 100.0), trust::ok) << block;
    if (price < 1.0) break;
  }
}

TEST(MaxRateOfChange, AfterALongSilenceOnlyWhatMovedAloneIsDoubted) {
  for (const long silence : {121L, 150L, 86'400L}) {
    watcher w;
    w.look(100.0, 100.0);
    EXPECT_EQ(w.look(150.0, 150.0, seconds{silence}), trust::ok) << "both moved: that is the market";
    EXPECT_EQ(w.look(150.0, 60.0, seconds{silence}), trust::protocol_bad);
    EXPECT_EQ(w.look(150.0, 60.0, seconds{silence}), trust::ok) << "it stayed";
    EXPECT_EQ(w.look(40.0, 60.0, seconds{silence}), trust::ours_bad);
    EXPECT_EQ(w.look(40.0, 60.0), trust::ours_bad) << "remembered for a window";
  }
}

TEST(MaxRateOfChange, LooksFarApartCompareWithTheLastOne) {
  watcher w;
  double price = 100.0;
  for (int look = 0; look < 50; ++look, price *= 1.09) EXPECT_EQ(w.look(price, 100.0, seconds{150}), trust::ok) << look;
}

TEST(MaxRateOfChange, AStateFromTheFutureStartsAnewWithinAWindow) {
  watcher w;
  w.look(100.0, 100.0, year);
  w.now = start;
  EXPECT_EQ(w.look(120.0, 100.0), trust::ours_bad);
  for (int block = 0; block < 15; ++block) w.look(120.0, 100.0);
  EXPECT_EQ(w.look(120.0, 100.0), trust::ok);
}

}  // namespace

namespace laws {
namespace {

struct rate_case {
  static constexpr unsigned reads = reads_prices;
  static constexpr oracle::max_rate_of_change guard() { return {.limit = {1000.0}, .window = seconds{60}}; }
};
INSTANTIATE_TYPED_TEST_SUITE_P(MaxRateOfChange, OracleGuardLaws, rate_case);

}  // namespace
}  // namespace laws

namespace {

TEST(MaxRateOfChange, ExactlyTheLimitIsNoJump) {
  constexpr max_rate_of_change quarter{.limit = {2500.0}, .window = seconds{60}};
  const auto seen = quarter.step({}, {{100.0, start}, {100.0, start}}, start);
  EXPECT_EQ(quarter.step(seen.state, {{100.0, start}, {125.0, start}}, start).verdict, trust::ok);
  EXPECT_EQ(quarter.step(seen.state, {{100.0, start}, {125.001, start}}, start).verdict, trust::ours_bad);
  EXPECT_EQ(quarter.step(seen.state, {{100.0, start}, {75.0, start}}, start).verdict, trust::ok);
}

TEST(MaxRateOfChange, ABadReferenceIsOursAndLeavesNoTrace) {
  watcher w;
  w.look(100.0, 100.0);
  for (const double bad : {nan, 0.0, -1.0, infinity}) {
    EXPECT_EQ(w.look(bad, 100.0), trust::ours_bad) << bad;
    EXPECT_EQ(w.look(101.0, 100.0, seconds{1}), trust::ok) << bad;
  }
}

TEST(MaxRateOfChange, ABadProtocolPriceIsTheProtocolsAndLeavesNoTrace) {
  watcher first;
  EXPECT_EQ(first.look(100.0, nan), trust::protocol_bad);
  EXPECT_EQ(first.look(100.0, 100.0), trust::ok);
  EXPECT_EQ(first.look(100.0, 80.0), trust::protocol_bad) << "a NaN must not become the anchor";
  watcher w;
  w.look(100.0, 100.0);
  for (const double bad : {nan, 0.0, -1.0, infinity}) EXPECT_NE(w.look(100.0, bad, seconds{1}), trust::ok) << bad;
}

TEST(MaxRateOfChange, NoLimitOrNoWindowIsRefused) {
  EXPECT_EQ((max_rate_of_change{.limit = {0.0}}.validate()), errc::bad_configuration);
  EXPECT_EQ((max_rate_of_change{.limit = {nan}}.validate()), errc::bad_configuration);
  EXPECT_EQ((max_rate_of_change{.window = seconds{0}}.validate()), errc::bad_configuration);
}

}  // namespace
}  // namespace trimtab
