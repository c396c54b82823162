// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/sensitivity/coordinates.hpp>
#include <trimtab/sensitivity/log_health_greeks.hpp>

#include "support/books.hpp"
#include "support/tolerance.hpp"
#include <cmath>
#include <limits>

namespace trimtab {
namespace {

using sensitivity::in_log_prices;
using sensitivity::log_health_greeks;
using T = test::tolerance<double>;

TEST(LogHealthGreeks, ElasticitiesSumToZero) {
  test::random_numbers random(20230310);
  for (int n = 0; n < 1000; ++n) {
    const test::random_book book(random);
    const auto g = in_log_prices(log_health_greeks(book.f, book.prices()), book.prices());
    double sum = 0.0;
    for (std::size_t i = 0; i < g.size; ++i) {
      sum += g.delta[i];
      double row = 0.0, terms = 0.0;  // and each row of the Hessian: the elasticities do not move when all prices do
      for (std::size_t j = 0; j < g.size; ++j) row += g.gamma(i, j), terms += std::fabs(g.gamma(i, j));
      EXPECT_LE(std::fabs(row), T::sum * (terms + 1.0)) << n;
    }
    EXPECT_LE(std::fabs(sum), T::sum * 2.0) << n;
  }
}

TEST(LogHealthGreeks, AreSharesOfCollateralLessSharesOfDebt) {
  test::random_numbers random(20220509);
  for (int n = 0; n < 300; ++n) {
    const test::random_book book(random);
    const auto g = in_log_prices(log_health_greeks(book.f, book.prices()), book.prices());
    const double collateral = weighted_value(book.f.collateral, book.prices());
    const double debt = weighted_value(book.f.debt, book.prices());
    std::array<double, 4> held{}, owed{};
    for (const term<>& t : book.f.collateral)
      held[t.slot.index] += t.weight * t.amount * book.p[t.slot.index] / collateral;
    for (const term<>& t : book.f.debt) owed[t.slot.index] += t.weight * t.amount * book.p[t.slot.index] / debt;
    for (std::size_t i = 0; i < 4; ++i) {
      EXPECT_LE(std::fabs(g.delta[i] - (held[i] - owed[i])), T::sum) << n;
      for (std::size_t j = 0; j < 4; ++j) {
        const double expected = (i == j ? held[i] - owed[i] : 0.0) - held[i] * held[j] + owed[i] * owed[j];
        EXPECT_LE(std::fabs(g.gamma(i, j) - expected), T::sum * 2.0) << n;
      }
    }
  }
}

TEST(LogHealthGreeks, AreTheSlopesAndCurvaturesOfTheLogarithm) {
  test::random_numbers random(4);
  for (int n = 0; n < 300; ++n) {
    const test::random_book book(random);
    const auto g = log_health_greeks(book.f, book.prices());
    EXPECT_EQ(g.value, log_health(book.f, book.prices()));
    for (std::size_t i = 0; i < 4; ++i) {
      const double h = T::bump_step * book.p[i];
      const auto above = log_health_greeks(book.f, book.moved(i, h).prices());
      const auto below = log_health_greeks(book.f, book.moved(i, -h).prices());
      EXPECT_LE(std::fabs((above.value - below.value) / (2.0 * h) - g.delta[i]) * book.p[i], T::bump) << n;
      for (std::size_t j = 0; j < 4; ++j)
        EXPECT_LE(std::fabs((above.delta[j] - below.delta[j]) / (2.0 * h) - g.gamma(i, j)) * book.p[i] * book.p[j],
                  T::bump)
            << n;
    }
  }
}

TEST(LogHealthGreeks, AtTheEndsNothingMoves) {
  const double quoted[] = {1000.0, 1.0};
  const oracle_prices<double> prices(quoted);
  form<> free, bare;
  static_cast<void>(free.collateral.add({8.0, 0.5, {0}, {1}}));
  static_cast<void>(bare.debt.add({2000.0, 1.0, {1}, {2}}));
  for (const auto& [f, value] : {std::pair{free, infinity}, std::pair{bare, -infinity}}) {
    const auto g = log_health_greeks(f, prices);
    EXPECT_EQ(g.value, value);
    for (std::size_t i = 0; i < 2; ++i) {
      EXPECT_EQ(g.delta[i], 0.0);
      for (std::size_t j = 0; j < 2; ++j) EXPECT_EQ(g.gamma(i, j), 0.0);
    }
  }
  const double bad[] = {1000.0, std::numeric_limits<double>::quiet_NaN()};
  bare.collateral = free.collateral;
  const auto g = log_health_greeks(bare, oracle_prices<double>(bad));
  EXPECT_TRUE(std::isnan(g.value));
  EXPECT_TRUE(std::isnan(g.delta[0])) << "no delta must not read as no risk";
}

}  // namespace
}  // namespace trimtab
