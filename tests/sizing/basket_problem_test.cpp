// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/sizing/basket_problem.hpp>

#include "support/baskets.hpp"
#include <limits>

namespace {

using namespace trimtab;
using liquidity::constant_price;
using test::basket_book;

static_assert(std::is_trivially_copyable_v<test::basket_case> && std::is_trivially_copyable_v<test::basket_answer>);

/// Redeems a share after a day.
struct queue : constant_price {
  [[nodiscard]] static constexpr seconds delay() noexcept { return seconds{86'400}; }
  [[nodiscard]] constexpr queue after(double x) const noexcept { return {constant_price::after(x)}; }
};

TEST(BasketProblem, RandomBooksAreSoundAndEachFaultIsNamed) {
  test::random_numbers r(20180101);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (int i = 0; i < 50; ++i) {
    const basket_book sound = test::random_basket(r);
    EXPECT_EQ(check(sound.problem), errc::ok);
    const auto fault = [&](auto&& change) {
      basket_book b = sound;
      change(b);
      return check(b.problem);
    };
    EXPECT_EQ(fault([](basket_book& b) { b.problem.sells = {}; }), errc::asset_mismatch);
    EXPECT_EQ(fault([](basket_book& b) { b.buys[0].asset = {99}; }), errc::asset_mismatch);
    EXPECT_EQ(fault([&](basket_book& b) { b.problem.liquidation.collateral.items[0].weight = nan; }), errc::not_finite);
    EXPECT_EQ(fault([&](basket_book& b) { b.problem.liquidation.debt.items[0].weight = -1.0; }), errc::negative_amount);
    EXPECT_EQ(fault([&](basket_book& b) { b.problem.numeraire_price = nan; }), errc::not_finite);
    EXPECT_EQ(fault([&](basket_book& b) { b.problem.funding.premium = {nan}; }), errc::bad_configuration);
    EXPECT_EQ(fault([&](basket_book& b) { b.problem.minimum_debt = nan; }), errc::negative_amount);
    EXPECT_EQ(fault([&](basket_book& b) { b.buys[0].minimum_left = -1.0; }), errc::negative_amount);
    EXPECT_EQ(fault([&](basket_book& b) { b.problem.liquidation.debt.items[0].slot = {200}; }), errc::size_mismatch);
    EXPECT_EQ(fault([&](basket_book& b) { b.problem.gas = {.price_native = 1.0, .native = {200}}; }),
              errc::size_mismatch);
    EXPECT_EQ(fault([](basket_book& b) {
                b.problem.withdrawal = withdrawal_check::borrow_form;
                b.problem.borrow = b.problem.liquidation;
                b.problem.borrow.debt.items[0].slot = {200};
              }),
              errc::size_mismatch);
  }
}

TEST(BasketProblem, TakesNoMoreLegsThanItHasRoomForAndNoVenueThatPaysLater) {
  const std::array prices{1.0, 1.0};
  std::array<sizing::basket_leg<queue>, 3> sells{};
  const std::array buys{sizing::basket_leg<queue>{.asset = {1}}};
  sizing::basket_problem<queue, 2> p{.prices = oracle_prices<double>(prices), .sells = sells, .buys = buys};
  EXPECT_EQ(check(p), errc::capacity);
  (void)p.liquidation.collateral.add({1.0, 0.8, {0}, {0}});
  (void)p.liquidation.debt.add({0.7, 1.0, {1}, {1}});
  p.sells = std::span(sells).first(1);
  EXPECT_EQ(check(p), errc::ok);
  const queue slow{{.price = 1.0, .cap = 1.0}};
  sells[0].venue = &slow;
  EXPECT_EQ(check(p), errc::bad_configuration) << "it would not be there when the loan is due";
}

}  // namespace
