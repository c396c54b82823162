// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/sizing/basket.hpp>
#include <trimtab/sizing/restore_target.hpp>

#include "support/baskets.hpp"

#ifdef TRIMTAB_TESTS_WITH_NLOPT
#include <nlopt.hpp>
#endif

namespace {

using namespace trimtab;
using liquidity::constant_price;
using liquidity::constant_product;
using sizing::basket;
using sizing::funding_mode;
using sizing::limit;
using test::basket_answer;
using test::basket_book;
using test::basket_case;
using test::basket_check;
using test::basket_venue;

static_assert(basket{}.validate() == errc::ok);
static_assert(basket{.max_cost = {0.0}}.validate() == errc::bad_configuration);
static_assert(basket{.health_floor = 0.5}.validate() == errc::bad_configuration);
static_assert(basket{.node_limit = 0}.validate() == errc::bad_configuration);

// Everything an answer claims, by other arithmetic than its own. Convex problems have no gap but rounding.
void expect_proved(const basket_case& p, const basket_answer& a, bool convex = true) {
  const basket_check c(p, a);
  const double scale = static_cast<double>(c.scale);
  EXPECT_TRUE(c.within);
  EXPECT_LE(std::fabs(static_cast<double>(c.budget)) * p.numeraire_price, 1e-13 * scale);
  EXPECT_LE(std::fabs(static_cast<double>(c.cost) - a.cost.total()), 1e-13 * scale);
  const double off = static_cast<double>(c.health / static_cast<long double>(p.target) - 1.0L);
  EXPECT_GE(off, -1e-15);
  EXPECT_GE(a.health_after, p.target);
  if (a.urgency > 0.0 && convex) {
    EXPECT_LE(off, 1e-12) << "no more than asked for";
  }
  if (convex) {
    EXPECT_LE(a.kkt, 1e-9);
    // What a rounding of health costs is λ = t/h/(1 − t) per unit of it.
    const double worth = scale * (1.0 + a.urgency / (1.0 - a.urgency));
    EXPECT_LE(std::fabs(a.gap()), 1e-11 * worth);
  }
  EXPECT_EQ(a.best_health, a.health_after);
}

TEST(Basket, ProvesItselfOnRandomBaskets) {
  test::random_numbers r(20231114);
  int reached = 0, at_zero = 0, short_of = 0, worse = 0;
  for (int i = 0; i < 4000; ++i) {
    const basket_book b = test::random_basket(r);
    const basket_answer a = basket{}.size(b.problem);
    SCOPED_TRACE(i);
    if (a.status == errc::ok) {
      ++reached;
      at_zero += a.urgency == 0.0 ? 1 : 0;
      expect_proved(b.problem, a);
    } else if (a.status == errc::infeasible && a.binding == limit::health_floor) {
      EXPECT_EQ(b.problem.funding.mode, funding_mode::none);
    } else if (a.status == errc::infeasible) {
      ++short_of;
      EXPECT_LT(a.best_health, b.problem.target);
      EXPECT_GT(a.best_health, a.health_before);
      EXPECT_GE(a.shortfall, 0.0);
      EXPECT_NE(a.binding, limit::none);
      const basket_check c(b.problem, a);
      EXPECT_TRUE(c.within);
      EXPECT_NEAR(static_cast<double>(c.health) / a.best_health, 1.0, 1e-13);
    } else {
      EXPECT_EQ(a.status, errc::would_worsen) << name(a.status);
      ++worse;
    }
    if (testing::Test::HasFailure()) break;
  }
  EXPECT_GT(reached, 1500);
  EXPECT_GT(at_zero, 0);
  EXPECT_GT(short_of, 300);
  std::cout << reached << " reached, " << at_zero << " of them for nothing, " << short_of << " out of reach, " << worse
            << " worse\n";
}

}  // namespace
