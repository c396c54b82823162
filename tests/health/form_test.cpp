// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/health/form.hpp>
#include <trimtab/health/health_factor.hpp>

#include <cmath>
#include <limits>
#include <type_traits>
#include <vector>

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

TEST(Form, AnyNumberOfTermsMayLieInTheCallersMemory) {
  const form<> f = sample();
  const std::vector<term<>> collateral(f.collateral.begin(), f.collateral.end()), debt(f.debt.begin(), f.debt.end());
  const form_view<> view{collateral, debt};
  EXPECT_EQ(weighted_value<double>(view.collateral, prices), weighted_value(f.collateral, prices));
  EXPECT_EQ(health_factor(view, prices), health_factor(f, prices));
  EXPECT_EQ(headroom(view, prices), headroom(f, prices));
  EXPECT_EQ(log_health(view, prices), log_health(f, prices));
  EXPECT_EQ(validate(view, prices), errc::ok);
  EXPECT_EQ(health_factor(form_view<>{}, prices), infinity) << "an empty account";
  std::vector<term<>> many(1000, term<>{1.0, 0.5, {0}, {1}});
  EXPECT_EQ(health_factor(form_view<>{many, debt}, prices), 1000.0);
}

TEST(Form, APriceThatIsNoneIsFoundByValidation) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const auto with = [](double collateral, double debt) {
    const double values[] = {collateral, 40'000.0, debt};
    return validate(sample(), oracle_prices<double>(values));
  };
  EXPECT_EQ(with(nan, 1.0), errc::not_finite);
  EXPECT_EQ(with(2000.0, infinity), errc::not_finite);
  EXPECT_EQ(with(0.0, 1.0), errc::non_positive_price);
  EXPECT_EQ(with(2000.0, -1.0), errc::non_positive_price);
}

TEST(Form, ANaNPriceIsANaNValue) {
  const double bad[] = {std::numeric_limits<double>::quiet_NaN(), 1.0, 1.0};
  EXPECT_TRUE(std::isnan(weighted_value(sample().collateral, oracle_prices<double>(bad))));
}

}  // namespace
}  // namespace trimtab
