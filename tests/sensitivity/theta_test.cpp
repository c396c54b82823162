// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/sensitivity/health_greeks.hpp>
#include <trimtab/sensitivity/theta.hpp>

#include "support/books.hpp"
#include "support/tolerance.hpp"
#include <cmath>
#include <vector>

namespace trimtab {
namespace {

using sensitivity::accrual_rates;
using T = test::tolerance<double>;

// 8 · ½ · 1000 against 2000: H = 2. At 3 % earned and 5 % paid it falls by 2 % of itself a year.
using test::position;
constexpr double quoted[] = {1000.0, 1.0};
constexpr oracle_prices<double> prices{quoted};
constexpr double earned[] = {0.03}, paid[] = {0.05};

TEST(Theta, OneCollateralAndOneDebt) {
  const auto t = sensitivity::theta(position(), prices, {.supply = earned, .borrow = paid});
  ASSERT_TRUE(t.has_value());
  EXPECT_NEAR(t->theta, -0.04, 1e-17);
  EXPECT_NEAR(t->log_theta, -0.02, 1e-17);
  EXPECT_NEAR(t->bend, 2.0 * 0.02 * 0.02, 1e-16) << "H(t) = 2·exp(−0.02·t)";
  EXPECT_NEAR(t->delta_theta[0], -0.02 * 0.002, 1e-19) << "delta decays at the same rate";
}

TEST(Theta, IsTheSlopeInTimeOfHealthAndOfDelta) {
  test::random_numbers random(8);
  for (int n = 0; n < 300; ++n) {
    const test::random_book book(random);
    std::vector<double> supply, borrow;
    for (const term<>& t : book.f.collateral) static_cast<void>(t), supply.push_back(random.uniform(0.0, 0.1));
    for (const term<>& t : book.f.debt) static_cast<void>(t), borrow.push_back(random.uniform(0.0, 0.2));
    const auto at = [&](double years) {
      form<> f = book.f;
      for (std::size_t k = 0; k < supply.size(); ++k) f.collateral[k].amount *= std::exp(supply[k] * years);
      for (std::size_t k = 0; k < borrow.size(); ++k) f.debt[k].amount *= std::exp(borrow[k] * years);
      return f;
    };
    const auto t = sensitivity::theta(book.f, book.prices(), {.supply = supply, .borrow = borrow});
    ASSERT_TRUE(t.has_value());
    constexpr double step = 1e-3;
    const auto later = sensitivity::health_greeks(at(step), book.prices());
    const auto earlier = sensitivity::health_greeks(at(-step), book.prices());
    const auto now = sensitivity::health_greeks(book.f, book.prices());
    const double h = now.value;
    EXPECT_LE(std::fabs((later.value - earlier.value) / (2.0 * step) - t->theta), 1e-8 * h) << n;
    EXPECT_LE(std::fabs((later.value - 2.0 * h + earlier.value) / (step * step) - t->bend), 1e-7 * h) << n;
    EXPECT_LE(std::fabs(t->log_theta * h - t->theta), T::route * h) << n;
    for (std::size_t i = 0; i < 4; ++i)
      EXPECT_LE(std::fabs((later.delta[i] - earlier.delta[i]) / (2.0 * step) - t->delta_theta[i]) * book.p[i], 1e-8 * h)
          << n;
  }
}

TEST(Theta, WithoutDebtAndWithoutCollateralNothingMoves) {
  form<> free = position(), bare = position();
  free.debt = {};
  bare.collateral = {};
  const auto f = sensitivity::theta(free, prices, {.supply = earned});
  const auto b = sensitivity::theta(bare, prices, {.borrow = paid});
  ASSERT_TRUE(f.has_value() && b.has_value());
  EXPECT_EQ(f->theta, 0.0);
  EXPECT_EQ(f->log_theta, 0.0);
  EXPECT_EQ(f->bend, 0.0);
  EXPECT_EQ(b->theta, 0.0);
  EXPECT_EQ(b->log_theta, 0.0);
}

TEST(Theta, OneRateATermOrNone) {
  EXPECT_EQ(sensitivity::theta(position(), prices, {.supply = earned}).error(), errc::size_mismatch);
  EXPECT_EQ(sensitivity::theta(position(), prices, {.borrow = paid}).error(), errc::size_mismatch);
}

TEST(Theta, ANaNIsNotZero) {
  const double bad[] = {1000.0, std::nan("")};
  const auto t = sensitivity::theta(position(), oracle_prices<double>(bad), {.supply = earned, .borrow = paid});
  ASSERT_TRUE(t.has_value());
  EXPECT_TRUE(std::isnan(t->theta));
  EXPECT_TRUE(std::isnan(t->log_theta));
}

}  // namespace
}  // namespace trimtab
