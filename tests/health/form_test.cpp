// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/health/form.hpp>

#include <cmath>
#include <limits>
#include <type_traits>

namespace trimtab {
namespace {

constexpr form<> sample() {
  form<> f;
  static_cast<void>(f.collateral.add({10.0, 0.5, {0}, {1}}));
  static_cast<void>(f.collateral.add({2.0, 0.25, {1}, {2}}));
  static_cast<void>(f.debt.add({1000.0, 1.0, {2}, {3}}));
  return f;
}
constexpr double quoted[] = {2000.0, 40'000.0, 1.0};
constexpr oracle_prices<double> prices{quoted};
static_assert(weighted_value(sample().collateral, prices) == 10'000.0 + 20'000.0);
static_assert(weighted_value(sample().debt, prices) == 1000.0);
static_assert(weighted_value(terms<double, 4>{}, prices) == 0.0);
static_assert(sample().collateral.size() == 2 && sample().collateral[1].asset == asset_id{2});
static_assert(sample().collateral.find({2})->amount == 2.0 && sample().debt.find({2}) == nullptr);
static_assert(validate(sample(), prices) == errc::ok);
static_assert(std::is_trivially_copyable_v<form<>>);

TEST(Form, TwoAssetsMayShareASlot) {
  form<> f;
  ASSERT_EQ(f.collateral.add({1.0, 0.5, {0}, {1}}), errc::ok);
  ASSERT_EQ(f.collateral.add({3.0, 0.5, {0}, {2}}), errc::ok);
  EXPECT_EQ(weighted_value(f.collateral, prices), 4000.0);
}

TEST(Form, IteratesOverItsTermsInOrder) {
  const form<> f = sample();
  std::uint32_t expected = 1;
  for (const term<>& t : f.collateral) EXPECT_EQ(t.asset.value, expected++);
  EXPECT_EQ(expected, 3U);
}

TEST(Form, WeightedValueIsLinearInEveryAmount) {
  const double before = weighted_value(sample().collateral, prices);
  form<> f = sample();
  f.collateral.find({1})->amount += 4.0;
  EXPECT_EQ(weighted_value(f.collateral, prices), before + 4.0 * 0.5 * 2000.0);
}

TEST(Form, MoreTermsThanTheCapacityAreRefused) {
  terms<double, 2> two;
  EXPECT_EQ(two.add({}), errc::ok);
  EXPECT_EQ(two.add({}), errc::ok);
  EXPECT_EQ(two.add({}), errc::capacity);
  EXPECT_EQ(two.size(), 2U);
}

TEST(Form, ASlotOutsideThePricesIsFoundByValidation) {
  EXPECT_EQ(validate(sample(), oracle_prices<double>(std::span(quoted, 2))), errc::size_mismatch);
  EXPECT_EQ(validate(sample(), oracle_prices<double>(std::span(quoted, 1))), errc::size_mismatch);
  EXPECT_EQ(validate(form<>{}, oracle_prices<double>{}), errc::ok);
}

TEST(Form, ANaNPriceIsANaNValue) {
  const double bad[] = {std::numeric_limits<double>::quiet_NaN(), 1.0, 1.0};
  EXPECT_TRUE(std::isnan(weighted_value(sample().collateral, oracle_prices<double>(bad))));
}

}  // namespace
}  // namespace trimtab
