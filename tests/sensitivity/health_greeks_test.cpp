// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/sensitivity/health_greeks.hpp>

#include "support/books.hpp"
#include "support/tolerance.hpp"
#include <array>
#include <cmath>
#include <limits>

namespace trimtab {
namespace {

using sensitivity::health_greeks;
using T = test::tolerance<double>;

// 8 · ½ · 1000 against 2000 · 1: H = 2, ∂H/∂p₀ = 4 / 2000, ∂H/∂p₁ = −2 · 2000 / 2000.
using test::position;
constexpr double quoted[] = {1000.0, 1.0};
constexpr oracle_prices<double> prices{quoted};
constexpr auto g = health_greeks(position(), prices);
static_assert(g.size == 2 && g.value == 2.0);
static_assert(g.delta[0] == 0.002 && g.delta[1] == -2.0);
static_assert(g.gamma(0, 0) == 0.0 && g.gamma(0, 1) == -0.002 && g.gamma(1, 0) == -0.002 && g.gamma(1, 1) == 4.0);

using test::random_book;

TEST(HealthGreeks, DebtInConstantsHasNoGammaInTheCollateral) {
  form<> f;
  ASSERT_EQ(f.collateral.add({8.0, 0.5, {0}, {1}}), errc::ok);
  ASSERT_EQ(f.collateral.add({3.0, 0.7, {1}, {2}}), errc::ok);
  ASSERT_EQ(f.debt.add({2000.0, 1.0, {2}, {3}}), errc::ok);
  const double three[] = {1000.0, 50.0, 1.0};
  const auto s = health_greeks(f, oracle_prices<double>(three));
  for (std::size_t i = 0; i < 2; ++i)
    for (std::size_t j = 0; j < 2; ++j) EXPECT_EQ(s.gamma(i, j), 0.0);
}

TEST(HealthGreeks, AreTheSlopesAndCurvaturesOfHealth) {
  test::random_numbers random(20220509);
  for (int n = 0; n < 300; ++n) {
    const random_book book(random);
    const auto s = health_greeks(book.f, book.prices());
    EXPECT_EQ(s.value, health_factor(book.f, book.prices()));
    for (std::size_t i = 0; i < 4; ++i) {
      random_book up = book, down = book;
      const double h = T::bump_step * book.p[i];
      up.p[i] += h;
      down.p[i] -= h;
      const auto above = health_greeks(up.f, up.prices()), below = health_greeks(down.f, down.prices());
      const double scale = s.value / book.p[i];  // of one per cent of price, per cent of health
      EXPECT_LE(std::fabs((above.value - below.value) / (2.0 * h) - s.delta[i]), T::bump * scale) << n;
      for (std::size_t j = 0; j < 4; ++j) {
        const double curve = (above.delta[j] - below.delta[j]) / (2.0 * h);
        EXPECT_LE(std::fabs(curve - s.gamma(i, j)), T::bump * scale / book.p[j]) << n;
      }
    }
  }
}

TEST(HealthGreeks, ScalingAllPricesMovesNothing) {  // Euler: H is homogeneous of degree 0, its gradient of degree −1
  test::random_numbers random(20230310);
  for (int n = 0; n < 1000; ++n) {
    const random_book book(random);
    const auto s = health_greeks(book.f, book.prices());
    double along = 0.0, terms = 0.0;
    for (std::size_t i = 0; i < 4; ++i) {
      along += s.delta[i] * book.p[i];
      terms += std::fabs(s.delta[i] * book.p[i]);
      double row = s.delta[i], row_terms = std::fabs(s.delta[i]);
      for (std::size_t j = 0; j < 4; ++j) {
        row += s.gamma(i, j) * book.p[j];
        row_terms += std::fabs(s.gamma(i, j) * book.p[j]);
      }
      EXPECT_LE(std::fabs(row), T::sum * (row_terms + s.value * s.cofactor[i])) << n;
    }
    EXPECT_LE(std::fabs(along), T::sum * (terms + s.value)) << n;
  }
}

TEST(HealthGreeks, TheHessianIsSymmetricAndItsDenseFormIsTheSame) {
  test::random_numbers random(20240805);
  const random_book book(random);
  const auto s = health_greeks(book.f, book.prices());
  std::array<double, 16> dense{};
  ASSERT_EQ(s.dense(dense), errc::ok);
  for (std::size_t i = 0; i < 4; ++i)
    for (std::size_t j = 0; j < 4; ++j) {
      EXPECT_EQ(dense[4 * i + j], s.gamma(i, j));
      EXPECT_EQ(dense[4 * i + j], dense[4 * j + i]);
    }
}

TEST(HealthGreeks, WithoutDebtEverythingIsZero) {
  form<> f = position();
  f.debt = {};
  const auto s = health_greeks(f, prices);
  EXPECT_EQ(s.value, infinity);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(s.delta[i], 0.0);
    EXPECT_EQ(s.cofactor[i], 0.0);
    for (std::size_t j = 0; j < 2; ++j) EXPECT_EQ(s.gamma(i, j), 0.0);
  }
  const auto empty = health_greeks(form<>{}, prices);
  EXPECT_EQ(empty.value, infinity);
  EXPECT_EQ(empty.delta[0], 0.0);
}

TEST(HealthGreeks, ASlotNobodyReadsHasNoDelta) {
  const double three[] = {1000.0, 1.0, 77.0};
  const auto s = health_greeks(position(), oracle_prices<double>(three));
  EXPECT_EQ(s.size, 3U);
  EXPECT_EQ(s.delta[2], 0.0);
  EXPECT_EQ(s.gamma(2, 1), 0.0);
}

TEST(HealthGreeks, MoreSlotsThanRoomReportTheFirstOnes) {
  const auto s = health_greeks<1>(position(), prices);
  EXPECT_EQ(s.size, 1U);
  EXPECT_EQ(s.value, 2.0);
  EXPECT_EQ(s.delta[0], 0.002);
}

TEST(HealthGreeks, ADenseFormOfTheWrongSizeIsRefused) {
  std::array<double, 3> wrong{};
  EXPECT_EQ(g.dense(wrong), errc::size_mismatch);
}

TEST(HealthGreeks, ANaNPriceIsANaNDelta) {
  const double bad[] = {1000.0, std::numeric_limits<double>::quiet_NaN()};
  const auto s = health_greeks(position(), oracle_prices<double>(bad));
  EXPECT_TRUE(std::isnan(s.value));
  EXPECT_TRUE(std::isnan(s.delta[1])) << "no delta must not read as no risk";
}

}  // namespace
}  // namespace trimtab
