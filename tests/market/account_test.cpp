// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/market/account.hpp>

#include <limits>
#include <type_traits>

namespace trimtab {
namespace {

constexpr account<> two() {
  account<> a;
  static_cast<void>(a.add({.asset = {1}, .collateral = 10.0}));
  static_cast<void>(a.add({.asset = {2}, .debt = 12'000.0}));
  return a;
}
static_assert(two().size() == 2 && two()[1].debt == 12'000.0);
static_assert(two().find({1})->collateral == 10.0 && two().find({3}) == nullptr);
static_assert(two()[0].used_as_collateral);
static_assert(validate(two()) == errc::ok && validate(account<>{}) == errc::ok);
static_assert(account<>::max_holdings == 8);
static_assert(std::is_trivially_copyable_v<account<>> && std::is_trivially_copyable_v<account<64>>);

TEST(Account, IteratesOverItsHoldingsInOrder) {
  std::uint32_t expected = 1;
  for (const holding& h : two()) EXPECT_EQ(h.asset.value, expected++);
  EXPECT_EQ(expected, 3U);
}

TEST(Account, WhatIsFoundCanBeChanged) {
  account<> a = two();
  a.find({2})->debt = 5.0;
  EXPECT_EQ(a[1].debt, 5.0);
}

TEST(Account, AnAssetIsListedOnce) {
  account<> a = two();
  EXPECT_EQ(a.add({.asset = {1}}), errc::asset_mismatch);
  EXPECT_EQ(a.size(), 2U);
}

TEST(Account, TheCapacityIsTheCapacity) {
  account<2> a;
  EXPECT_EQ(a.add({.asset = {1}}), errc::ok);
  EXPECT_EQ(a.add({.asset = {2}}), errc::ok);
  EXPECT_EQ(a.add({.asset = {3}}), errc::capacity);
  EXPECT_EQ(a.add({.asset = {2}}), errc::asset_mismatch) << "listed already, full or not";
  EXPECT_EQ(a.size(), 2U);
}

TEST(Account, ValidationFindsWhatIsNoAmount) {
  const double nan = std::numeric_limits<double>::quiet_NaN(), inf = std::numeric_limits<double>::infinity();
  const auto with = [](double collateral, double debt) {
    account<> a = two();
    a[0].collateral = collateral;
    a[1].debt = debt;
    return validate(a);
  };
  EXPECT_EQ(with(0.0, 0.0), errc::ok);
  EXPECT_EQ(with(nan, 1.0), errc::not_finite);
  EXPECT_EQ(with(1.0, nan), errc::not_finite);
  EXPECT_EQ(with(inf, 1.0), errc::not_finite);
  EXPECT_EQ(with(-1.0, 1.0), errc::negative_amount);
  EXPECT_EQ(with(1.0, -1.0), errc::negative_amount);
}

}  // namespace
}  // namespace trimtab
