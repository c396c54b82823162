// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/sizing/basket.hpp>

#include "support/baskets.hpp"

namespace {

using namespace trimtab;
using liquidity::constant_product;
using sizing::basket;
using sizing::limit;
using test::basket_answer;
using test::basket_book;
using test::basket_check;

// What `p` answers when only the legs in the set may be used.
basket_answer only(const basket_book& book, unsigned sells, unsigned buys) {
  basket_book b = book;
  for (unsigned i = 0; i < b.problem.sells.size(); ++i)
    if ((sells >> i & 1U) == 0) b.sells[i].most = 0.0;
  for (unsigned j = 0; j < b.problem.buys.size(); ++j)
    if ((buys >> j & 1U) == 0) b.buys[j].most = 0.0;
  return basket{}.size(b.problem);
}

struct tally {
  int reached = 0, changed = 0;
};

// Equal to the best of `others` in cost, or all are out of reach and the best health is equal.
void expect_best_of(const std::vector<basket_answer>& others, const basket_answer& a, double scale) {
  double cost = infinity, health = 0.0;
  for (const basket_answer& o : others) {
    if (o.status == errc::ok) cost = std::min(cost, o.cost.total());
    if (o.status == errc::ok || o.status == errc::infeasible) health = std::max(health, o.best_health);
  }
  EXPECT_EQ(a.status == errc::ok, cost < infinity);
  if (a.status == errc::ok) {
    EXPECT_NEAR(a.cost.total(), cost, 1e-11 * scale);
    EXPECT_LE(a.bound, cost + 1e-11 * scale);
  }
  if (a.status == errc::infeasible) {
    EXPECT_NEAR(a.best_health, health, 1e-12 * health);
  }
}

TEST(BasketSearch, OneCollateralOrOneDebtIsTheBestOfThem) {
  test::random_numbers r(20220511);
  tally seen;
  for (int i = 0; i < 600; ++i) {
    basket_book b = test::random_basket(r);
    b.problem.funding.mode = sizing::funding_mode::flash_debt;
    const basket_answer free = basket{}.size(b.problem);
    const bool sell = r.below(2) == 0, buy = !sell || r.below(2) == 0;
    std::vector<basket_answer> each;
    for (unsigned k = 0; k < (sell ? b.problem.sells.size() : 1); ++k)
      for (unsigned j = 0; j < (buy ? b.problem.buys.size() : 1); ++j)
        each.push_back(only(b, sell ? 1U << k : ~0U, buy ? 1U << j : ~0U));
    b.problem.rules = {.one_collateral = sell, .one_debt = buy};
    const basket_answer a = basket{}.size(b.problem);
    SCOPED_TRACE(i);
    const double scale = b.problem.numeraire_price * (a.proceeds + free.proceeds);
    expect_best_of(each, a, scale);
    if (a.status != errc::ok) continue;
    ++seen.reached;
    seen.changed += a.cost.total() > free.cost.total() + 1e-9 * scale ? 1 : 0;
    int sold = 0, repaid = 0;
    for (std::size_t k = 0; k < 8; ++k) sold += a.sells[k].in > 0.0, repaid += a.buys[k].in > 0.0;
    EXPECT_TRUE((!sell || sold <= 1) && (!buy || repaid <= 1));
    if (testing::Test::HasFailure()) break;
  }
  EXPECT_GT(seen.reached, 120);
  EXPECT_GT(seen.changed, 40);
}

TEST(BasketSearch, GasPerVenueIsTheBestOfAllSetsOfVenues) {
  test::random_numbers r(20230214);
  tally seen;
  for (int i = 0; i < 150; ++i) {
    basket_book b = test::random_basket(r);
    b.problem.funding.mode = sizing::funding_mode::flash_debt;
    const basket_answer free = basket{}.size(b.problem);
    if (free.status != errc::ok) continue;
    auto& gas = b.problem.gas;
    gas.paid_from = r.below(2) == 0 ? gas_payer::tank : gas_payer::proceeds;
    const double value = free.proceeds * b.problem.numeraire_price;
    gas.price_native = value * r.log_uniform(1e-10, 1e-7);
    const unsigned sells = static_cast<unsigned>(b.problem.sells.size()),
                   buys = static_cast<unsigned>(b.problem.buys.size());
    std::vector<basket_answer> each;
    for (unsigned s = 1; s < 1U << sells; ++s)
      for (unsigned u = 1; u < 1U << buys; ++u) {
        basket_book set = b;  // all gas of the set, asked of the transaction instead of the venues
        const auto all_of = [&](std::span<const sizing::basket_leg<test::basket_venue>> legs, unsigned which) {
          double units = 0.0;
          for (unsigned k = 0; k < legs.size(); ++k)
            if ((which >> k & 1U) != 0 && legs[k].venue != nullptr) units += legs[k].venue->gas(1.0);
          return units;
        };
        set.problem.gas.transaction_gas = all_of(b.problem.sells, s) + all_of(b.problem.buys, u);
        for (auto& v : set.venues) test::without_gas(v);
        each.push_back(only(set, s, u));
      }
    const basket_answer a = basket{}.size(b.problem);
    SCOPED_TRACE(i);
    EXPECT_TRUE(a.exhaustive);
    expect_best_of(each, a, value);
    if (a.status == errc::ok) {
      ++seen.reached;
      const basket_check c(b.problem, a);
      EXPECT_NEAR(static_cast<double>(c.cost), a.cost.total(), 1e-12 * value);
      EXPECT_GE(a.health_after, b.problem.target);
      for (std::size_t k = 0; k < 8; ++k) seen.changed += (a.sells[k].in > 0.0) != (free.sells[k].in > 0.0) ? 1 : 0;
    }
    if (testing::Test::HasFailure()) break;
  }
  EXPECT_GT(seen.reached, 40);
  EXPECT_GT(seen.changed, 20);
}

// A debt repaid whole is a sum that has to be paid in any case: gas, to the rest of the basket.
TEST(BasketSearch, NoDebtIsLeftBelowItsMinimum) {
  test::random_numbers r(20230607);
  tally seen;
  for (int i = 0; i < 600; ++i) {
    basket_book b = test::random_basket(r);
    auto& p = b.problem;
    p.funding = {.mode = sizing::funding_mode::flash_collateral, .premium = {5.0}};
    for (auto& leg : b.buys) leg.most = infinity;
    const basket_answer free = basket{}.size(p);
    const std::size_t debts = p.buys.size();
    for (std::size_t j = 0; j < debts; ++j)
      b.buys[j].minimum_left = p.liquidation.debt.find(b.buys[j].asset)->amount * r.uniform(0.0, 1.1);
    const basket_answer a = basket{}.size(p);
    double cost = infinity;
    unsigned combinations = 1;
    for (std::size_t j = 0; j < debts; ++j) combinations *= 2;
    for (unsigned whole = 0; whole < combinations; ++whole) {
      basket_book set = b;
      for (auto& v : set.venues) test::without_gas(v);
      double extra = 0.0, bought = 0.0;
      for (unsigned j = 0; j < debts; ++j) {
        auto& t = *set.problem.liquidation.debt.find(set.buys[j].asset);
        set.buys[j].minimum_left = 0.0;
        if ((whole >> j & 1U) != 0) {
          extra += b.buys[j].venue == nullptr ? t.amount : b.buys[j].venue->amount_in(t.amount);
          bought += t.amount * set.prices[t.slot.index];
          t.amount = 0.0;
        } else {
          set.buys[j].most = std::max(0.0, t.amount - b.buys[j].minimum_left);
        }
      }
      if (!is_finite(extra)) continue;
      set.problem.gas = {.transaction_gas = 1.0,
                         .price_native = extra * set.problem.numeraire_price,
                         .paid_from = gas_payer::proceeds,
                         .native = p.gas.native};
      const basket_answer o = basket{}.size(set.problem);
      if (o.status == errc::ok) cost = std::min(cost, o.cost.total() - bought);
      if (o.status == errc::already_there) cost = -infinity;  // not comparable this way
    }
    SCOPED_TRACE(i);
    const double scale = p.numeraire_price * (a.proceeds + free.proceeds);
    if (a.status == errc::ok) {
      ++seen.reached;
      EXPECT_TRUE(basket_check(p, a).within);
      EXPECT_GE(a.cost.total(), free.cost.total() - 1e-11 * scale);
      if (cost > -infinity) {
        EXPECT_NEAR(a.cost.total(), cost, 1e-10 * scale);
      }
      seen.changed += a.cost.total() > free.cost.total() + 1e-9 * scale ? 1 : 0;
    } else if (cost > -infinity) {
      EXPECT_EQ(cost, infinity);
    }
    if (testing::Test::HasFailure()) break;
  }
  EXPECT_GT(seen.reached, 150);
  EXPECT_GT(seen.changed, 40);
  std::cout << seen.reached << " reached, " << seen.changed << " changed by a minimum\n";
}

TEST(BasketSearch, InOrderTheNextWaitsForThoseBefore) {
  test::random_numbers r(20240101);
  tally seen;
  for (int i = 0; i < 600; ++i) {
    basket_book b = test::random_basket(r);
    b.problem.funding.mode = sizing::funding_mode::flash_debt;
    const basket_answer free = basket{}.size(b.problem);
    b.problem.rules = {.collaterals_in_order = r.below(2) == 0, .debts_in_order = r.below(3) == 0};
    const basket_answer a = basket{}.size(b.problem);
    if (a.status != errc::ok) continue;
    SCOPED_TRACE(i);
    const double scale = b.problem.numeraire_price * (a.proceeds + free.proceeds);
    ++seen.reached;
    EXPECT_EQ(free.status, errc::ok);
    EXPECT_GE(a.cost.total(), free.cost.total() - 1e-11 * scale);
    seen.changed += a.cost.total() > free.cost.total() + 1e-9 * scale ? 1 : 0;
    const auto orderly = [](const std::array<sizing::basket_trade, 8>& legs, std::size_t count) {
      bool open = false;
      for (std::size_t k = 0; k < count; ++k) {
        if (legs[k].in > 0.0 && open) return false;
        open = open || legs[k].binding == limit::depth;
      }
      return true;
    };
    EXPECT_TRUE(!b.problem.rules.collaterals_in_order || orderly(a.sells, b.problem.sells.size()));
    EXPECT_TRUE(!b.problem.rules.debts_in_order || orderly(a.buys, b.problem.buys.size()));
    if (testing::Test::HasFailure()) break;
  }
  EXPECT_GT(seen.reached, 120);
  EXPECT_GT(seen.changed, 20);
  std::cout << seen.reached << " reached, " << seen.changed << " changed by the order\n";
}

TEST(BasketSearch, AnEarlyEndIsSaid) {
  test::random_numbers r(20240202);
  int cut = 0, answered = 0;
  for (int i = 0; i < 150; ++i) {
    basket_book b = test::random_basket(r);
    b.problem.funding.mode = sizing::funding_mode::flash_debt;
    const double free = basket{}.size(b.problem).proceeds * b.problem.numeraire_price;
    b.problem.gas.price_native = 1e-9 * free;
    const basket_answer a = basket{.node_limit = 4}.size(b.problem), whole = basket{}.size(b.problem);
    EXPECT_TRUE(whole.exhaustive);
    if (a.exhaustive) continue;
    ++cut;
    EXPECT_LE(a.searched, 8U);
    if (a.status == errc::ok) {
      ++answered;
      EXPECT_GE(a.cost.total(), whole.cost.total() - 1e-11 * free);
      EXPECT_LE(a.bound, whole.cost.total() + 1e-11 * free);
      EXPECT_GE(a.bound, whole.cost.total() - 0.01 * free) << "what is left out is bounded by where it was left";
    } else if (a.status == errc::infeasible) {
      EXPECT_EQ(whole.status, errc::infeasible);
      EXPECT_LE(a.best_health, whole.best_health * (1.0 + 1e-12));
    } else {
      EXPECT_EQ(a.status, errc::no_convergence);
    }
  }
  EXPECT_GT(cut, 20);
  EXPECT_GT(answered, 8);
}

}  // namespace
