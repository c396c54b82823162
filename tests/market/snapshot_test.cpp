// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/market/snapshot.hpp>

#include <limits>
#include <type_traits>
#include <vector>

namespace trimtab {
namespace {

struct no_venue {};  // a snapshot carries a venue and asks nothing of it
using shot = snapshot<no_venue>;

constexpr double quoted[] = {2000.0, 1.0};
constexpr shot sample() {
  shot s{};
  s.now = at_unix(1'700'000'000);
  s.prices = oracle_prices<double>(quoted);
  static_cast<void>(s.account.add({.asset = {1}, .collateral = 10.0}));
  return s;
}
static_assert(validate(sample()) == errc::ok);
static_assert(validate(shot{}) == errc::ok, "nothing is consistent");
static_assert(sample().sell.in_decimals == 18 && sample().buy.out_decimals == 18);
static_assert(std::is_trivially_copyable_v<shot>);

errc with_price(double price) {
  const double prices[] = {2000.0, price};
  shot s = sample();
  s.prices = oracle_prices<double>(prices);
  return validate(s);
}

TEST(Snapshot, EveryPriceIsFiniteAndPositive) {
  EXPECT_EQ(with_price(1.0), errc::ok);
  EXPECT_EQ(with_price(0.0), errc::non_positive_price);
  EXPECT_EQ(with_price(-1.0), errc::non_positive_price);
  EXPECT_EQ(with_price(std::numeric_limits<double>::quiet_NaN()), errc::not_finite);
  EXPECT_EQ(with_price(infinity), errc::not_finite);
}

TEST(Snapshot, FeedsBelongToTheFirstSlots) {
  const std::vector<feed> feeds(3);
  shot s = sample();
  s.feeds = std::span(feeds).first(2);
  EXPECT_EQ(validate(s), errc::ok);
  s.feeds = std::span(feeds).first(1);
  EXPECT_EQ(validate(s), errc::ok) << "the slot behind is a constant";
  s.feeds = feeds;
  EXPECT_EQ(validate(s), errc::size_mismatch);
}

TEST(Snapshot, ThePartsAreAskedToo) {
  shot bad_account = sample();
  bad_account.account[0].debt = -1.0;
  EXPECT_EQ(validate(bad_account), errc::negative_amount);
  shot bad_gas = sample();
  bad_gas.gas = {.transaction_gas = 1.0, .price_native = 1.0, .native = {7}};
  EXPECT_EQ(validate(bad_gas), errc::size_mismatch);
  const reserve_limits closed{.borrow_room = -1.0};
  shot bad_limits = sample();
  bad_limits.reserves = {&closed, 1};
  EXPECT_EQ(validate(bad_limits), errc::negative_amount);
}

TEST(Snapshot, ABadSlotBehindTheLastFeedIsFoundAllTheSame) {
  const double prices[] = {2000.0, 1.0, std::numeric_limits<double>::quiet_NaN()};
  const std::vector<feed> feeds(1);
  shot s = sample();
  s.prices = oracle_prices<double>(prices);
  s.feeds = feeds;
  EXPECT_EQ(validate(s), errc::not_finite);
}

}  // namespace
}  // namespace trimtab
