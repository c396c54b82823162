// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/sizing/basket.hpp>

#include "support/baskets.hpp"

namespace {

using namespace trimtab;
using sizing::basket;
using sizing::funding_mode;
using sizing::limit;
using test::basket_answer;
using test::basket_book;

// The account, its loan and its gas as flows of money: what the items of the answer have to add up to.
TEST(BasketTrades, ItemsAddUpToWhatTheAccountLoses) {
  test::random_numbers r(20170808);
  int in_kind = 0, lent = 0;
  for (int i = 0; i < 700; ++i) {
    basket_book b = test::random_basket(r);
    auto& p = b.problem;
    const double size = p.numeraire_price * basket{}.size(p).proceeds;
    p.gas = {.transaction_gas = 2e5,
             .price_native = 1e-9 * size,
             .paid_from = r.below(2) == 0 ? gas_payer::tank : gas_payer::proceeds,
             .native = p.gas.native};
    const basket_answer a = basket{}.size(p);
    if (a.status != errc::ok) continue;
    SCOPED_TRACE(i);
    const double n = p.numeraire_price, scale = (a.proceeds + a.spent) * n;
    double units = p.gas.transaction_gas, legs = 0.0, lost = 0.0, proceeds = 0.0, spent = 0.0;
    for (std::size_t k = 0; k < p.sells.size(); ++k) {
      const auto& t = a.sells[k];
      const double price = p.prices[p.liquidation.collateral.find(t.asset)->slot].value;
      EXPECT_EQ(t.asset, p.sells[k].asset);
      EXPECT_NEAR(t.cost, price * t.in - n * t.out, 1e-12 * scale);
      legs += t.cost;
      lost -= price * t.change;
      proceeds += t.out;
      if (t.in > 0.0 && p.sells[k].venue != nullptr) units += p.sells[k].venue->gas(t.in);
      if (t.in > 0.0 && t.binding == limit::depth) {
        EXPECT_GE(t.price_before, t.price_after);
        EXPECT_GE(t.price_before, t.price_limit * (1.0 - 1e-12));
      }
    }
    for (std::size_t k = 0; k < p.buys.size(); ++k) {
      const auto& t = a.buys[k];
      const double price = p.prices[p.liquidation.debt.find(t.asset)->slot].value;
      legs += t.cost;
      lost += price * t.change;
      spent += t.in;
      EXPECT_EQ(t.change, -t.out);
      if (t.in > 0.0 && p.buys[k].venue != nullptr) units += p.buys[k].venue->gas(t.in);
    }
    const double gas = units * p.gas.price_native * p.prices[p.gas.native].value;
    EXPECT_NEAR(a.cost.gas, gas, 1e-12 * gas);
    EXPECT_NEAR(a.cost.spread + a.cost.impact, legs - a.left * n, 1e-12 * scale);
    EXPECT_NEAR(a.cost.total(), lost - a.left * n + (p.gas.paid_from == gas_payer::tank ? gas : 0.0), 1e-12 * scale);
    EXPECT_NEAR(a.proceeds, proceeds, 1e-14 * proceeds);
    EXPECT_NEAR(a.spent, spent, 1e-14 * spent);
    EXPECT_EQ(a.flash_premium, a.cost.premium);
    EXPECT_GE(a.cost.impact, -1e-14 * scale);
    if (p.gas.paid_from == gas_payer::proceeds) {
      ++in_kind;
      EXPECT_NEAR(a.gas_in_kind * n, gas, 1e-12 * gas);
    } else {
      EXPECT_EQ(a.gas_in_kind, 0.0);
    }
    const double f = p.funding.premium.fraction();
    if (p.funding.mode == funding_mode::flash_debt) {
      ++lent;
      EXPECT_EQ(a.flash, a.spent);
      EXPECT_NEAR(a.cost.premium, f * spent * n, 1e-12 * scale);
      EXPECT_NEAR(proceeds, a.spent * (1.0 + f) + a.gas_in_kind + a.left, 1e-12 * proceeds);
    } else {
      EXPECT_EQ(a.flash, 0.0);
      EXPECT_NEAR(proceeds, a.spent + a.gas_in_kind + a.left, 1e-12 * proceeds);
    }
    if (p.funding.mode == funding_mode::none) {
      EXPECT_EQ(a.cost.premium, 0.0);
    }
    if (testing::Test::HasFailure()) break;
  }
  EXPECT_GT(in_kind, 50);
  EXPECT_GT(lent, 50);
}

TEST(BasketTrades, EachLegSaysWhatKeepsItFromBeingLarger) {
  test::random_numbers r(20190909);
  std::array<int, 20> seen{};
  for (int i = 0; i < 2000; ++i) {
    basket_book b = test::random_basket(r);
    b.sells[0].limits.frozen = r.below(4) == 0;  // a frozen reserve still lets its collateral out
    if (r.below(10) == 0) b.sells[0].limits.paused = true;
    const basket_answer a = basket{}.size(b.problem);
    if (a.status != errc::ok) continue;
    for (std::size_t k = 0; k < b.problem.sells.size(); ++k) {
      const auto& leg = b.sells[k];
      const auto& t = a.sells[k];
      const double held = b.problem.liquidation.collateral.find(leg.asset)->amount, taken = -t.change;
      ++seen[static_cast<std::size_t>(t.binding)];
      switch (t.binding) {
        case limit::depth:
          EXPECT_LT(taken, held);
          if (t.in > 0.0) {
            EXPECT_LE(leg.venue->marginal_price(t.in * (1.0 + 1e-12)).value, t.price_limit * (1.0 + 1e-9))
                << "a kink may be between";
          }
          break;
        case limit::collateral:
          EXPECT_TRUE(taken >= held * (1.0 - 1e-14) || t.in >= leg.most);
          break;
        case limit::withdrawable:
          EXPECT_GE(taken, leg.limits.withdrawable * (1.0 - 1e-14));
          break;
        case limit::capacity:
          EXPECT_EQ(t.in, leg.venue->capacity());
          break;
        case limit::reserve:
          EXPECT_TRUE(leg.limits.paused);
          EXPECT_EQ(t.in, 0.0);
          break;
        default:
          ADD_FAILURE() << name(t.binding);
      }
    }
  }
  for (const limit l : {limit::depth, limit::collateral, limit::withdrawable, limit::capacity, limit::reserve})
    EXPECT_GT(seen[static_cast<std::size_t>(l)], 5) << name(l);
}

}  // namespace
