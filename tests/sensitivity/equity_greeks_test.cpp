// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/sensitivity/coordinates.hpp>
#include <trimtab/sensitivity/equity_greeks.hpp>

#include "support/books.hpp"
#include "support/tolerance.hpp"
#include <cmath>

namespace trimtab {
namespace {

using sensitivity::equity_greeks;
using sensitivity::leverage_greeks;
using T = test::tolerance<double>;

// 8 at 1000 against 2000 at 1: equity 6000, leverage 4/3.
using test::position;
constexpr double quoted[] = {1000.0, 1.0};
constexpr oracle_prices<double> prices{quoted};
constexpr auto equity = equity_greeks(position(), prices);
static_assert(equity.value == 6000.0 && equity.delta[0] == 8.0 && equity.delta[1] == -2000.0);
static_assert(equity.gamma(0, 0) == 0.0 && equity.gamma(0, 1) == 0.0 && equity.gamma(1, 1) == 0.0);

TEST(EquityGreeks, InLogPricesAreCurrencyDeltas) {
  const auto log = sensitivity::in_log_prices(equity, prices);
  EXPECT_EQ(log.delta[0], 8000.0);
  EXPECT_EQ(log.gamma(0, 0), 8000.0) << "a per cent of a price that has risen by a per cent is more";
  EXPECT_EQ(log.gamma(0, 1), 0.0);
}

TEST(EquityGreeks, AnAssetOnBothSidesCountsNet) {
  form<> f = position();
  static_cast<void>(f.debt.add({3.0, 1.2, {0}, {1}}));
  const auto g = equity_greeks(f, prices);
  EXPECT_EQ(g.delta[0], 5.0);
  EXPECT_EQ(g.value, 3000.0);
}

TEST(LeverageGreeks, OneCollateralAndOneDebt) {  // L = H / (H − w)
  const auto g = leverage_greeks(position(), prices);
  const double h = health_factor(position(), prices);
  EXPECT_DOUBLE_EQ(g.value, h / (h - 0.5));
  EXPECT_DOUBLE_EQ(g.delta[0], -2000.0 * 8.0 / (6000.0 * 6000.0)) << "∂/∂p of 8p / (8p − 2000)";
  EXPECT_DOUBLE_EQ(g.gamma(0, 0), 2.0 * 2000.0 * 64.0 / (6000.0 * 6000.0 * 6000.0));
}

TEST(LeverageGreeks, AreItsSlopesAndCurvaturesAndScaleFree) {
  test::random_numbers random(20210519);
  int seen = 0;
  for (int n = 0; n < 400; ++n) {
    const test::random_book book(random);
    const auto g = leverage_greeks(book.f, book.prices());
    if (std::fabs(g.value) > 20.0) continue;  // differences need room
    ++seen;
    const double most = 1.0 + g.value * g.value * std::fabs(g.value);
    double along = 0.0;
    for (std::size_t i = 0; i < 4; ++i) {
      along += g.delta[i] * book.p[i];
      const double h = T::bump_step * book.p[i];
      const auto above = leverage_greeks(book.f, book.moved(i, h).prices());
      const auto below = leverage_greeks(book.f, book.moved(i, -h).prices());
      EXPECT_LE(std::fabs((above.value - below.value) / (2.0 * h) - g.delta[i]) * book.p[i], T::bump * most) << n;
      for (std::size_t j = 0; j < 4; ++j)
        EXPECT_LE(std::fabs((above.delta[j] - below.delta[j]) / (2.0 * h) - g.gamma(i, j)) * book.p[i] * book.p[j],
                  T::bump * most * most)
            << n;
    }
    EXPECT_LE(std::fabs(along), T::route * most) << n;
  }
  EXPECT_GT(seen, 200);
}

TEST(LeverageGreeks, WithoutEquityItHasNoEnd) {
  form<> f = position();
  f.debt[0].amount = 8000.0;
  EXPECT_EQ(leverage_greeks(f, prices).value, infinity);
  f.debt[0].amount = 9000.0;
  EXPECT_LT(leverage_greeks(f, prices).value, 0.0) << "under water";
  EXPECT_TRUE(std::isnan(leverage_greeks(form<>{}, prices).value)) << "nothing over nothing";
}

}  // namespace
}  // namespace trimtab
