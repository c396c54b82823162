// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/health/morpho_blue.hpp>
#include <trimtab/health/schedule.hpp>

#include <limits>
#include <type_traits>

namespace trimtab {
namespace {

using health::ltv_ramp;
using health::scheduled;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr timestamp vote = at_unix(1'700'000'000);
constexpr asset_id collateral{1}, loan{2};

constexpr health::morpho_blue market(basis_points lltv) {
  return {.collateral = collateral, .loan = loan, .collateral_slot = {0}, .loan_slot = {1}, .lltv = lltv};
}
constexpr account<> borrower() {
  account<> a;
  static_cast<void>(a.add({.asset = collateral, .collateral = 10.0}));
  static_cast<void>(a.add({.asset = loan, .debt = 1000.0}));
  return a;
}
constexpr double quoted[] = {200.0, 1.0}, fallen[] = {100.0, 1.0};

constexpr scheduled<double> price{.now = 200.0, .next = 100.0, .from = vote};
static_assert(price.at(vote - seconds{1}) == 200.0 && price.at(vote) == 100.0 && price.at(vote + year) == 100.0);
constexpr scheduled<double> no_change{.now = 200.0};
static_assert(no_change.at(vote + year) == 200.0, "nothing scheduled, nothing comes");
template <class S>
concept lends_from_a_temporary = requires(S s) {
  static_cast<S&&>(s).at(vote);
};
static_assert(!lends_from_a_temporary<const scheduled<double>> && lends_from_a_temporary<const scheduled<double>&>);

TEST(Schedule, HealthUnderThePendingConfiguration) {
  const scheduled<health::morpho_blue> change{.now = market(8000_bps), .next = market(4000_bps), .from = vote};
  const auto h = health_of(change, borrower(), oracle_prices<double>(quoted));
  ASSERT_TRUE(h.has_value());
  EXPECT_EQ(h->now, 1.6);
  EXPECT_EQ(h->next, 0.8) << "liquidatable from the vote on";
  EXPECT_EQ(change.at(vote - seconds{1}).lltv, 8000_bps);
  EXPECT_EQ(change.at(vote).lltv, 4000_bps);
}

TEST(Schedule, HealthUnderTheNextPrices) {
  const scheduled<oracle_prices<double>> prices{
      .now = oracle_prices<double>(quoted), .next = oracle_prices<double>(fallen), .from = vote};
  const auto h = health_of(market(8000_bps), borrower(), prices);
  ASSERT_TRUE(h.has_value());
  EXPECT_EQ(h->now, 1.6);
  EXPECT_EQ(h->next, 0.8);
}

TEST(Schedule, WhatEitherSideRefusesIsNamed) {
  const oracle_prices<double> prices(quoted), one(std::span<const double>(quoted, 1));
  const auto good = market(8000_bps), bad = market({nan});
  EXPECT_EQ(health_of(scheduled<health::morpho_blue>{bad, good, vote}, borrower(), prices).error(),
            errc::threshold_range);
  EXPECT_EQ(health_of(scheduled<health::morpho_blue>{good, bad, vote}, borrower(), prices).error(),
            errc::threshold_range);
  EXPECT_EQ(health_of(good, borrower(), scheduled<oracle_prices<double>>{prices, one, vote}).error(),
            errc::size_mismatch);
  EXPECT_EQ(health_of(good, borrower(), scheduled<oracle_prices<double>>{one, prices, vote}).error(),
            errc::size_mismatch);
  account<> stranger = borrower();
  ASSERT_EQ(stranger.add({.asset = {9}, .collateral = 1.0}), errc::ok);
  EXPECT_EQ(health_of(scheduled<health::morpho_blue>{good, good, vote}, stranger, prices).error(),
            errc::asset_mismatch);
}

// From 90 % to 80 % within a thousand seconds: a basis point a second.
constexpr ltv_ramp ramp{
    .initial = 9000_bps, .target = 8000_bps, .until = vote + seconds{1000}, .duration = seconds{1000}};
static_assert(ramp.validate() == errc::ok);
static_assert(ramp.at(vote) == 9000_bps && ramp.at(vote - year) == 9000_bps);
static_assert(ramp.at(vote + seconds{1}) == 8999_bps && ramp.at(vote + seconds{500}) == 8500_bps);
static_assert(ramp.at(vote + seconds{999}) == 8001_bps && ramp.at(vote + seconds{1000}) == 8000_bps);
static_assert(ramp.at(vote + year) == 8000_bps);
// Whole basis points, floored: 1000 · 2/3 = 666.67.
constexpr ltv_ramp short_ramp{
    .initial = 9000_bps, .target = 8000_bps, .until = vote + seconds{3}, .duration = seconds{3}};
static_assert(short_ramp.at(vote + seconds{1}) == 8666_bps && short_ramp.at(vote + seconds{2}) == 8333_bps);
// A raised LTV holds at once.
static_assert(ltv_ramp{8000_bps, 9000_bps, vote + year, year}.at(vote) == 9000_bps);
static_assert(ltv_ramp{9000_bps, 8000_bps, vote, seconds{0}}.at(vote - year) == 8000_bps, "no ramp, no delay");
static_assert(ramp.at(timestamp::min()) == 9000_bps && ramp.at(timestamp::max()) == 8000_bps);
static_assert(ltv_ramp{.initial = {nan}}.validate() == errc::not_finite);
static_assert(ltv_ramp{.target = {infinity}}.validate() == errc::not_finite);
static_assert(ltv_ramp{.initial = 10'001_bps}.validate() == errc::bad_configuration);
static_assert(ltv_ramp{.target = {-1.0}}.validate() == errc::bad_configuration);
static_assert(ltv_ramp{.duration = seconds{-1}}.validate() == errc::bad_configuration);

// Every second of a ramp against integer arithmetic, as the contract has it.
TEST(LtvRamp, IsTheContractsIntegerAtEverySecond) {
  for (const long long duration : {1LL, 7LL, 3600LL, 86'400LL}) {
    const ltv_ramp r{
        .initial = 9137_bps, .target = 4242_bps, .until = vote + seconds{duration}, .duration = seconds{duration}};
    basis_points before = r.initial;
    for (long long t = 0; t <= duration; ++t) {
      const long long exact = 4242 + (9137 - 4242) * (duration - t) / duration;
      const basis_points now = r.at(vote + seconds{t});
      ASSERT_EQ(now.count, static_cast<double>(exact)) << duration << " " << t;
      ASSERT_LE(now.count, before.count) << "a ramp never rises";
      before = now;
    }
  }
}

}  // namespace
}  // namespace trimtab
