// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/sensitivity.hpp>
#ifdef TRIMTAB_TESTS_WITH_THIRD_PARTIES
#include <trimtab/interop/autodiff.hpp>
#endif

#include "support/instrument_books.hpp"
#include "support/tolerance.hpp"
#include <cmath>
#include <limits>

namespace trimtab {
namespace {

using sensitivity::chain_rule;
using T = test::tolerance<double>;

template <class F>
void for_books(F visit) {
  test::random_numbers random(20201026);
  for (int n = 0; n < 300; ++n) {
    const test::instrument_book book(random);
    const std::vector<double> p = book.prices<double>(book.world);
    visit(book, oracle_prices<double>(std::span<const double>(p)));
  }
}

TEST(ChainRule, ThroughTokensItIsTheGreeksThemselves) {
  test::random_numbers random(1);
  const test::instrument_book book(random);
  form<> f;
  static_cast<void>(f.collateral.add({2.0, 0.8, {0}, {0}}));
  static_cast<void>(f.debt.add({1.0, 1.0, {1}, {1}}));
  const auto prices = oracle_prices<double>(std::span<const double>(book.world));
  const auto g = sensitivity::health_greeks(f, prices);
  const auto through = chain_rule(g, book.view().first(3), book.world);
  ASSERT_EQ(through.size, 3U);
  std::vector<double> dense(9), gradient(3), wrong(4);
  ASSERT_EQ(through.dense(dense), errc::ok);
  ASSERT_EQ(through.gradient(gradient), errc::ok);
  EXPECT_EQ(through.dense(wrong), errc::size_mismatch);
  EXPECT_EQ(through.gradient(wrong), errc::size_mismatch);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(gradient[i], g.delta[i]);
    for (std::size_t j = 0; j < 3; ++j) EXPECT_EQ(dense[3 * i + j], g.gamma(i, j));
  }
}

TEST(ChainRule, IsTheSlopeAndCurvatureOfRevaluedHealth) {
  for_books([](const test::instrument_book& book, oracle_prices<double> prices) {
    const auto at = [&](const std::array<double, 3>& u) {
      const std::vector<double> p = book.prices<double>(u);
      return chain_rule(sensitivity::health_greeks(book.f, oracle_prices<double>(std::span<const double>(p))),
                        book.view(), u);
    };
    const auto here = at(book.world);
    const auto log = chain_rule(sensitivity::log_health_greeks(book.f, prices), book.view(), book.world);
    EXPECT_EQ(here.value, book.health(book.world));
    for (std::size_t i = 0; i < 3; ++i) {
      auto up = book.world, down = book.world;
      const double h = T::bump_step * book.world[i];
      up[i] += h, down[i] -= h;
      const auto above = at(up), below = at(down);
      EXPECT_NEAR((above.value - below.value) / (2.0 * h), here.delta[i], 1e-8 * here.value / book.world[i]);
      EXPECT_NEAR(log.delta[i], here.delta[i] / here.value, 1e-14 / book.world[i]);
      for (std::size_t j = 0; j < 3; ++j) {
        EXPECT_EQ(here.gamma(i, j), here.gamma(j, i));
        // ∂²ln H = ∂²H/H − ∂H·∂H/H²: the other shape of greeks, through the same rule
        const double of_log = here.gamma(i, j) / here.value - here.delta[i] * here.delta[j] / (here.value * here.value);
        EXPECT_NEAR(log.gamma(i, j), of_log, 1e-12);
      }
    }
  });
}

#ifdef TRIMTAB_TESTS_WITH_THIRD_PARTIES
TEST(ChainRule, AgreesWithAutomaticDifferentiationThroughTheInstruments) {
  using dual = decltype(boost::math::differentiation::make_fvar<double, 2>(1.0));
  double worst = 0.0;
  for_books([&](const test::instrument_book& book, oracle_prices<double> prices) {
    const auto here = chain_rule(sensitivity::health_greeks(book.f, prices), book.view(), book.world);
    const auto equity = chain_rule(sensitivity::equity_greeks(book.f, prices), book.view(), book.world);
    const auto f = book.form_of<dual>();
    for (std::size_t i = 0; i < 3; ++i)
      for (std::size_t j = 0; j <= i; ++j) {
        const dual t = boost::math::differentiation::make_fvar<double, 2>(0.0);
        std::array<dual, 3> u{book.world[0], book.world[1], book.world[2]};
        u[i] = u[i] + t;
        if (j != i) u[j] = u[j] + t;
        const std::vector<dual> p = book.prices<dual>(u);
        const oracle_prices<dual> quoted{std::span<const dual>(p)};
        const dual health = health_factor(f, quoted);
        dual owned(0.0);
        for (const auto& held : f.collateral) owned += held.amount * quoted[held.slot].value;
        for (const auto& owed : f.debt) owned -= owed.amount * quoted[owed.slot].value;
        const auto check = [&](const dual& value, const auto& g, double scale) {
          const double first = j == i ? g.delta[i] : g.delta[i] + g.delta[j];
          const double second = j == i ? g.gamma(i, i) : g.gamma(i, i) + g.gamma(j, j) + 2.0 * g.gamma(i, j);
          worst = std::max(
              {worst, std::fabs(value.derivative(1) - first) / scale, std::fabs(value.derivative(2) - second) / scale});
        };
        check(health, here, 1.0 + here.value);
        check(owned, equity, 1.0 + std::fabs(equity.value) + 10.0);
      }
  });
  EXPECT_LE(worst, 1e-13);
}
#endif

TEST(PortfolioGreeks, AreTheSumsOverItsLegs) {
  for_books([](const test::instrument_book& book, oracle_prices<double> prices) {
    // An account's equity is the portfolio that holds what it holds and owes what it owes.
    std::array<double, 6> quantities{};
    for (const term<>& t : book.f.collateral) quantities[t.slot.index] += t.amount;
    for (const term<>& t : book.f.debt) quantities[t.slot.index] -= t.amount;
    const auto sum = sensitivity::portfolio_greeks(quantities, book.view(), book.world);
    ASSERT_TRUE(sum.has_value());
    const auto equity = chain_rule(sensitivity::equity_greeks(book.f, prices), book.view(), book.world);
    EXPECT_NEAR(sum->value, equity.value, 1e-12);
    for (std::size_t i = 0; i < 3; ++i) {
      EXPECT_NEAR(sum->delta[i], equity.delta[i], 1e-13);
      for (std::size_t j = 0; j < 3; ++j) EXPECT_NEAR(sum->gamma(i, j), equity.gamma(i, j), 1e-13);
    }
  });
}

TEST(PortfolioGreeks, BadBooksAreNamed) {
  test::random_numbers random(1);
  const test::instrument_book book(random);
  std::array<double, 6> quantities{};
  const auto error = [&](std::span<const double> q, std::span<const double> world) {
    return sensitivity::portfolio_greeks(q, book.view(), world).error();
  };
  EXPECT_EQ(error(std::span<const double>(quantities).first(5), book.world), errc::size_mismatch);
  EXPECT_EQ(error(quantities, std::span<const double>(book.world).first(2)), errc::size_mismatch);
  quantities[2] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(error(quantities, book.world), errc::not_finite);
  quantities[2] = 0.0;
  const double bad[] = {1.0, 0.0, 1.0};
  EXPECT_EQ(error(quantities, bad), errc::non_positive_price);
}

}  // namespace
}  // namespace trimtab
