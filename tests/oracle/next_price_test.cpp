// SPDX-License-Identifier: MIT
#include <trimtab/oracle/delayed_feed.hpp>
#include <trimtab/oracle/next_price.hpp>

#include "laws/oracle_guard_laws.hpp"
#include <cmath>

namespace trimtab {
namespace {

using oracle::next_price;

constexpr timestamp now = at_unix(1'700'000'000);
constexpr next_price guard{.limit = {500.0}, .overdue = seconds{900}, .horizon = seconds{7200}};
constexpr guarded<next_price::state_type> judge(double reference, double protocol, observation next) {
  return guard.step({}, {.protocol = {protocol, now}, .reference = {reference, now}, .next = next}, now);
}
constexpr timestamp soon = now + seconds{1800};
static_assert(judge(100.0, 100.0, {101.0, soon}).verdict == trust::ok);
static_assert(judge(100.0, 100.0, {70.0, soon}).verdict == trust::protocol_bad, "it is going to be wrong");
static_assert(judge(80.0, 100.0, {80.5, soon}).verdict == trust::ok, "it is about to follow");
static_assert(judge(80.0, 100.0, {99.0, soon}).verdict == trust::unknown);
static_assert(judge(80.0, 100.0, {99.0, soon}).why == doubt::next_price);
static_assert(next_price{.horizon = seconds::max()}
                      .step({}, {.protocol = {1.0, now}, .reference = {1.0, now}, .next = {1.0, soon}}, now)
                      .verdict == trust::ok,
              "no horizon at all");
static_assert(next_price{.overdue = seconds::max()}
                  .step({}, {.protocol = {1.0, now}, .reference = {1.0, now}, .next = {1.0, never}}, now)
                  .why == doubt::age);

TEST(NextPrice, ItsMomentIsAheadButNotTooFarAndNotLongPast) {
  const auto at = [](seconds ahead) { return judge(100.0, 100.0, {100.0, now + ahead}); };
  EXPECT_EQ(at(seconds{7200}).verdict, trust::ok);
  EXPECT_EQ(at(seconds{7201}).verdict, trust::unknown);
  EXPECT_EQ(at(seconds{-900}).verdict, trust::ok) << "nobody has called yet";
  EXPECT_EQ(at(seconds{-901}).verdict, trust::protocol_bad) << "nobody calls any more";
  EXPECT_EQ(at(seconds{-901}).why, doubt::age);
}

TEST(NextPrice, TheEdgeIsTheLimitOfARatio) {
  EXPECT_EQ(judge(100.0, 100.0, {105.0 * (1 - 1e-12), soon}).verdict, trust::ok);
  EXPECT_EQ(judge(100.0, 100.0, {105.0 * (1 + 1e-12), soon}).verdict, trust::protocol_bad);
  EXPECT_EQ(judge(100.0, 100.0, {100.0 / 1.05 * (1 + 1e-12), soon}).verdict, trust::ok);
  EXPECT_EQ(judge(100.0, 100.0, {100.0 / 1.05 * (1 - 1e-12), soon}).verdict, trust::protocol_bad);
}

TEST(NextPrice, SilenceIsDoubtedUnlessAllowed) {
  EXPECT_EQ(judge(100.0, 100.0, {}).why, doubt::no_price);
  constexpr next_price lenient{.only_where_given = true};
  EXPECT_EQ(lenient.step({}, {{100.0, now}, {100.0, now}}, now).verdict, trust::ok);
}

/// A delayed feed whose source is wrong for one hop: the guard says so an hour before the price liquidates.
TEST(NextPrice, SeesAnHourAhead) {
  oracle::delayed_feed feed{.current = 100.0, .next = 100.0, .began = at_unix(1'699'999'200)};
  timestamp moment = feed.due();
  ASSERT_EQ(feed.poke(130.0, moment), errc::ok);
  const auto look = [&](timestamp t) {
    return guard.step({}, {.protocol = {feed.current, t}, .reference = {100.0, t}, .next = feed.next_observation()}, t)
        .verdict;
  };
  EXPECT_EQ(feed.current, 100.0);
  for (const seconds later : {seconds{0}, seconds{1799}, seconds{3599}}) {
    EXPECT_EQ(look(moment + later), trust::protocol_bad);
  }
  moment = feed.due();
  ASSERT_EQ(feed.poke(100.0, moment), errc::ok);
  EXPECT_EQ(feed.current, 130.0) << "now it is wrong";
  EXPECT_EQ(look(moment), trust::ok) << "and this guard knows that it will be right again; others doubt it now";
}

TEST(NextPrice, LimitsThatAreNoneAreRefused) {
  EXPECT_EQ(guard.validate(), errc::ok);
  for (const double bad : {0.0, -1.0, infinity, std::nan("")})
    EXPECT_EQ((next_price{.limit = {bad}}.validate()), errc::bad_configuration);
  EXPECT_EQ((next_price{.overdue = seconds{-1}}.validate()), errc::bad_configuration);
  EXPECT_EQ((next_price{.horizon = seconds{-1}}.validate()), errc::bad_configuration);
}

}  // namespace

namespace laws {
namespace {

struct next_case {
  static constexpr bool protocol_may_be_anywhere = true;
  static constexpr unsigned reads = reads_prices | reads_next;
  static constexpr oracle::next_price guard() { return {}; }
};
INSTANTIATE_TYPED_TEST_SUITE_P(NextPrice, OracleGuardLaws, next_case);

}  // namespace
}  // namespace laws
}  // namespace trimtab
