// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/sensitivity/compensated.hpp>

#include "support/books.hpp"
#include <cmath>
#include <limits>

namespace trimtab {
namespace {

using namespace sensitivity;

// In 64 bits, as a formula that does not cancel: gᵢ = Σⱼ (AᵢBⱼ − BᵢAⱼ)·pⱼ / D².
long double slope(const form<>& f, const std::array<double, 4>& p, std::size_t i) {
  std::array<long double, 4> a{}, b{};
  for (const term<>& t : f.collateral) a[t.slot.index] += static_cast<long double>(t.weight) * t.amount;
  for (const term<>& t : f.debt) b[t.slot.index] += static_cast<long double>(t.weight) * t.amount;
  long double sum = 0.0L, debt = 0.0L;
  for (std::size_t j = 0; j < 4; ++j) sum += (a[i] * b[j] - b[i] * a[j]) * p[j], debt += b[j] * p[j];
  return sum / (debt * debt);
}

TEST(Compensated, AgreesWithPlainWhereNothingCancels) {
  test::random_numbers random(2005);
  for (int n = 0; n < 1000; ++n) {
    const test::random_book book(random);
    const auto plain = health_greeks(book.f, book.prices());
    const auto full = compensated_health_greeks(book.f, book.prices());
    ASSERT_TRUE(full.has_value());
    EXPECT_NEAR(full->value / plain.value, 1.0, 1e-14);
    for (std::size_t i = 0; i < 4; ++i) {
      const long double expected = slope(book.f, book.p, i);
      const double scale = plain.value / book.p[i];
      EXPECT_NEAR(full->delta[i], plain.delta[i], 1e-13 * scale) << n;
      EXPECT_LE(std::fabs(full->delta[i] - expected), 2.3e-16L * std::fabs(expected) + 1e-18L * scale) << n;
    }
  }
}

TEST(Compensated, KeepsTheDigitsWhereAStakedTokenStandsAgainstItsOwn) {
  // The second slot carries all but 1e-9 of both sides: its delta is a difference of terms 1e9 times its size.
  form<> f;
  static_cast<void>(f.collateral.add({1e6, 0.93, {0}, {1}}));
  static_cast<void>(f.collateral.add({1e-3, 0.8, {1}, {2}}));
  static_cast<void>(f.debt.add({0.9e6, 1.0, {0}, {1}}));
  static_cast<void>(f.debt.add({2e-3, 1.0, {2}, {3}}));
  const std::array<double, 4> p{3000.0, 1.0, 1.0, 1.0};
  const oracle_prices<double> prices{std::span<const double>(p)};
  const auto plain = health_greeks(f, prices);
  const auto full = compensated_health_greeks(f, prices);
  ASSERT_TRUE(full.has_value());
  const long double expected = slope(f, p, 0);
  EXPECT_LE(std::fabs(full->delta[0] / expected - 1.0L), 4e-16L);
  EXPECT_GT(std::fabs(plain.delta[0] / expected - 1.0L), 1e-9L) << "then there was no need of it";
  const auto log = compensated_log_health_greeks(f, prices);
  ASSERT_TRUE(log.has_value());
  EXPECT_LE(std::fabs(log->delta[0] * health_factor(f, prices) / expected - 1.0L), 1e-15L);
}

TEST(Compensated, GammaOfTheLogarithmIsWithinTwoEpsOfItsTerms) {
  // Shares of collateral and of debt that are nearly the same: what is left of them is good to that, and deltas to an
  // ulp.
  constexpr long double eps = std::numeric_limits<double>::epsilon();
  test::random_numbers random(20);
  for (int n = 0; n < 1000; ++n) {
    form<> f;
    const double a = random.uniform(1.0, 10.0), b = random.uniform(1.0, 10.0), off = random.log_uniform(1e-4, 1e-1);
    static_cast<void>(f.collateral.add({a, 0.9, {0}, {1}}));
    static_cast<void>(f.collateral.add({b, 0.8, {1}, {2}}));
    static_cast<void>(f.debt.add({a * (0.9 + off), 1.0, {0}, {1}}));
    static_cast<void>(f.debt.add({b * 0.8, 1.0, {1}, {2}}));
    const double p[] = {random.uniform(0.5, 2.0), random.uniform(0.5, 2.0)};
    const auto g = compensated_log_health_greeks(f, oracle_prices<double>(p));
    ASSERT_TRUE(g.has_value());
    std::array<long double, 2> upper{}, lower{};
    long double collateral = 0.0L, debt = 0.0L;
    for (std::size_t i = 0; i < 2; ++i) {
      upper[i] = static_cast<long double>(f.collateral[i].amount) * f.collateral[i].weight;
      lower[i] = static_cast<long double>(f.debt[i].amount) * f.debt[i].weight;
      collateral += upper[i] * p[i], debt += lower[i] * p[i];
    }
    for (std::size_t i = 0; i < 2; ++i) upper[i] /= collateral, lower[i] /= debt;
    for (std::size_t i = 0; i < 2; ++i)
      for (std::size_t j = 0; j < 2; ++j) {
        const long double held = upper[i] * upper[j], owed = lower[i] * lower[j];
        EXPECT_LE(std::fabs(g->gamma(i, j) - (owed - held)), 2.0L * eps * (owed + held)) << n;
      }
  }
}

TEST(Compensated, ASlotThatCancelsWhollyIsLeftWithTheRoundingOfItsTerms) {
  test::random_numbers random(21);
  for (int n = 0; n < 10'000; ++n) {  // one slot on both sides: health does not see its price
    form<> f;
    static_cast<void>(f.collateral.add({random.log_uniform(1e-3, 1e6), random.uniform(0.1, 1.0), {0}, {1}}));
    static_cast<void>(f.debt.add({random.log_uniform(1e-3, 1e6), random.uniform(1.0, 2.0), {0}, {1}}));
    const double p[] = {random.log_uniform(1e-6, 1e6)};
    const auto g = compensated_health_greeks(f, oracle_prices<double>(p));
    ASSERT_TRUE(g.has_value());
    EXPECT_LE(std::fabs(g->delta[0]), 0x1p-100 * 2.0 * g->value / p[0]) << n;
  }
}

TEST(Compensated, LeverageToo) {
  test::random_numbers random(9);
  for (int n = 0; n < 200; ++n) {
    const test::random_book book(random);
    const auto plain = leverage_greeks(book.f, book.prices());
    const auto full = compensated_leverage_greeks(book.f, book.prices());
    ASSERT_TRUE(full.has_value());
    const double condition = 1.0 + std::fabs(plain.value);
    EXPECT_LE(std::fabs(full->value - plain.value), 1e-14 * condition * condition) << n;
  }
}

TEST(Compensated, MoreSlotsThanThereIsRoomForAreRefused) {
  const std::array<double, 17> p{};
  EXPECT_EQ(compensated_health_greeks(form<>{}, oracle_prices<double>{std::span<const double>(p)}).error(),
            errc::capacity);
}

TEST(Compensated, WithoutDebtEverythingIsZero) {
  form<> f;
  static_cast<void>(f.collateral.add({8.0, 0.5, {0}, {1}}));
  const double quoted[] = {1000.0};
  const auto g = compensated_health_greeks(f, oracle_prices<double>(quoted));
  ASSERT_TRUE(g.has_value());
  EXPECT_EQ(g->value, infinity);
  EXPECT_EQ(g->delta[0], 0.0);
}

}  // namespace
}  // namespace trimtab
