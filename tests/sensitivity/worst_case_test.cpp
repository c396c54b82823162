// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/sensitivity/worst_case.hpp>

#include "support/books.hpp"
#include <cmath>
#include <limits>

namespace trimtab {
namespace {

using sensitivity::worst_health;

struct around {
  std::array<double, 4> low{}, high{};
  around(const std::array<double, 4>& p, test::random_numbers& random) {
    for (std::size_t i = 0; i < 4; ++i)
      low[i] = p[i] * random.uniform(0.5, 1.0), high[i] = p[i] * random.uniform(1.0, 2.0);
  }
  [[nodiscard]] sensitivity::slot_box<double> box() const {
    return {oracle_prices<double>(std::span<const double>(low)), oracle_prices<double>(std::span<const double>(high))};
  }
};

TEST(WorstCase, IsTheLowestOfAllCornersAndOfAllPointsBetween) {
  test::random_numbers random(1967);
  for (int n = 0; n < 2000; ++n) {
    const test::random_book book(random);
    const around edges(book.p, random);
    const auto worst = worst_health(book.f, edges.box());
    ASSERT_TRUE(worst.has_value());
    double lowest = infinity;
    for (unsigned corner = 0; corner < 16; ++corner) {
      std::array<double, 4> p{};
      for (std::size_t i = 0; i < 4; ++i) p[i] = (corner >> i) & 1U ? edges.high[i] : edges.low[i];
      lowest = std::min(lowest, health_factor(book.f, oracle_prices<double>{std::span<const double>(p)}));
    }
    EXPECT_EQ(worst->health, lowest) << n;
    EXPECT_EQ(health_factor(book.f, oracle_prices<double>{std::span<const double>(worst->prices.data(), 4)}), lowest);
    for (int inside = 0; inside < 10; ++inside) {
      std::array<double, 4> p{};
      for (std::size_t i = 0; i < 4; ++i) p[i] = random.uniform(edges.low[i], edges.high[i]);
      EXPECT_GE(health_factor(book.f, oracle_prices<double>{std::span<const double>(p)}), lowest * (1.0 - 1e-15));
    }
  }
}

TEST(WorstCase, OneAssetOnBothSidesGoesWhereItsBalanceSays) {
  form<> f;  // 10 · 0.8 held of it against 5 owed: H = 8p / (5p + 1000) rises with p
  static_cast<void>(f.collateral.add({10.0, 0.8, {0}, {1}}));
  static_cast<void>(f.debt.add({5.0, 1.0, {0}, {1}}));
  static_cast<void>(f.debt.add({1000.0, 1.0, {1}, {2}}));
  const double low[] = {500.0, 1.0}, high[] = {2000.0, 1.0};
  const auto worst = worst_health(f, {oracle_prices<double>(low), oracle_prices<double>(high)});
  ASSERT_TRUE(worst.has_value());
  EXPECT_EQ(worst->prices[0], 500.0);
  EXPECT_EQ(worst->health, 4000.0 / 3500.0);
}

TEST(WorstCase, WithoutDebtNothingIsBad) {
  form<> f;
  static_cast<void>(f.collateral.add({10.0, 0.8, {0}, {1}}));
  const double low[] = {500.0}, high[] = {2000.0};
  const auto worst = worst_health(f, {oracle_prices<double>(low), oracle_prices<double>(high)});
  ASSERT_TRUE(worst.has_value());
  EXPECT_EQ(worst->health, infinity);
}

TEST(WorstCase, CollateralThatIsNoDoubleIsNotSafe) {
  form<> f;  // 1e310 against 1e307
  static_cast<void>(f.collateral.add({1e300, 1.0, {0}, {1}}));
  static_cast<void>(f.debt.add({1e300, 1.0, {1}, {2}}));
  const double edge[] = {1e10, 1e7};
  EXPECT_EQ(worst_health(f, {oracle_prices<double>(edge), oracle_prices<double>(edge)}).error(), errc::not_finite);
}

TEST(WorstCase, BadBoxesAreNamed) {
  form<> f;
  static_cast<void>(f.collateral.add({10.0, 0.8, {0}, {1}}));
  static_cast<void>(f.debt.add({10.0, 1.0, {1}, {2}}));
  const double two[] = {1.0, 2.0}, one[] = {1.0}, crossed[] = {2.0, 1.0}, zero[] = {0.0, 1.0};
  const double nan[] = {std::numeric_limits<double>::quiet_NaN(), 1.0};
  const std::array<double, 17> many{};
  const auto error = [&](std::span<const double> low, std::span<const double> high) {
    return worst_health(f, {oracle_prices<double>(low), oracle_prices<double>(high)}).error();
  };
  EXPECT_EQ(error(one, two), errc::size_mismatch);
  EXPECT_EQ(error(one, one), errc::size_mismatch) << "the debt's slot is not there";
  EXPECT_EQ(error(two, crossed), errc::bad_configuration);
  EXPECT_EQ(error(zero, two), errc::non_positive_price);
  EXPECT_EQ(error(two, nan), errc::not_finite);
  EXPECT_EQ(error(many, many), errc::capacity);
}

}  // namespace
}  // namespace trimtab
