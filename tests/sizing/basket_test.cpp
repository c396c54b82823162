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
  for (int i = 0; i < 20000; ++i) {
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
  EXPECT_GT(reached, 8000);
  EXPECT_GT(at_zero, 0);
  EXPECT_GT(short_of, 2000);
  std::cout << reached << " reached, " << at_zero << " of them for nothing, " << short_of << " out of reach, " << worse
            << " worse\n";
}

/// Two collaterals, one debt in the numeraire: the book most tests begin with.
basket_book two_pools() {
  basket_book b;
  b.prices = {2000.0, 60000.0, 1.0, 3000.0};
  b.venues[0] = constant_product{.reserve_in = 5e3, .reserve_out = 1e7, .fee = {30.0}, .gas_units = 1e5};
  b.venues[1] = constant_product{.reserve_in = 50.0, .reserve_out = 3e6, .fee = {5.0}, .gas_units = 1.2e5};
  b.sells[0] = {.asset = {0}, .venue = &b.venues[0]};
  b.sells[1] = {.asset = {1}, .venue = &b.venues[1]};
  b.buys[0] = {.asset = {2}};
  (void)b.problem.liquidation.collateral.add({1000.0, 0.83, {0}, {0}});
  (void)b.problem.liquidation.collateral.add({20.0, 0.75, {1}, {1}});
  (void)b.problem.liquidation.debt.add({2.2e6, 1.0, {2}, {2}});
  b.problem.prices = oracle_prices<double>(b.prices);
  b.problem.sells = std::span(b.sells).first(2);
  b.problem.buys = std::span(b.buys).first(1);
  b.problem.gas.native = {3};
  return b;
}

TEST(Basket, NoPointOfAFineGridIsCheaper) {
  for (const double target : {1.17, 1.2, 1.3, 1.5, 1.8}) {
    basket_book b = two_pools();
    b.problem.target = target;
    b.problem.funding.premium = {9.0};
    const basket_answer a = basket{}.size(b.problem);
    ASSERT_EQ(a.status, errc::ok);
    expect_proved(b.problem, a);
    const long double f = 0.0009L, c0 = 1000 * 2000 * 0.83L + 20 * 60000 * 0.75L, d0 = 2.2e6L;
    const auto out = [](long double depth, long double reserve, long double x) { return reserve * x / (depth + x); };
    const long double a0 = 5e3L / 0.997L, a1 = 50.0L / 0.9995L;
    long double cheapest = 1e300L;
    constexpr int points = 4000;
    for (int i = 0; i <= points; ++i) {
      const long double x0 = 1000.0L * i / points;
      const auto above = [&](long double x1) {
        const long double repaid = (out(a0, 1e7L, x0) + out(a1, 3e6L, x1)) / (1 + f);
        return c0 - 1660 * x0 - 45000 * x1 - target * (d0 - repaid);
      };
      // Health first rises, then falls with x1: its top by ternary search, then the first root below it.
      long double low = 0, high = 20;
      for (int k = 0; k < 80; ++k) {
        const long double u = low + (high - low) / 3, v = high - (high - low) / 3;
        (above(u) < above(v) ? low : high) = above(u) < above(v) ? u : v;
      }
      if (above(low) < 0 && above(0.0L) < 0) continue;
      long double enough = above(0.0L) >= 0 ? 0.0L : low, less = 0;
      for (int k = 0; k < 70 && enough > 0; ++k) {
        const long double mid = (less + enough) / 2;
        (above(mid) < 0 ? less : enough) = mid;
      }
      const long double repaid = (out(a0, 1e7L, x0) + out(a1, 3e6L, enough)) / (1 + f);
      cheapest = std::min(cheapest, 2000 * x0 + 60000 * enough - repaid);
    }
    const double ours = a.cost.total();
    EXPECT_LE(ours, static_cast<double>(cheapest) * (1.0 + 1e-12)) << target;
    EXPECT_GE(ours, static_cast<double>(cheapest) * (1.0 - 1e-3)) << target << ": the grid comes near";
  }
}

TEST(Basket, OfOneCollateralIsRestoreTarget) {
  test::random_numbers r(20200102);
  int compared = 0;
  for (int i = 0; i < 3000; ++i) {
    const double price = r.log_uniform(1e-3, 1e5), held = r.log_uniform(1.0, 1e6), weight = r.uniform(0.5, 0.95);
    const std::array prices{price, 1.0};
    const constant_product pool{
        .reserve_in = held * r.log_uniform(0.5, 100.0), .reserve_out = 0.0, .fee = {r.uniform(0.0, 30.0)}};
    constant_product priced = pool;
    priced.reserve_out = pool.reserve_in * price * r.uniform(0.97, 1.0);
    const double health = r.uniform(1.0, 1.5);
    sizing::problem<constant_product> one;
    (void)one.liquidation.collateral.add({held, weight, {0}, {0}});
    (void)one.liquidation.debt.add({held * price * weight / health, 1.0, {1}, {1}});
    one.prices = oracle_prices<double>(prices);
    one.collateral = {0};
    one.debt = {1};
    one.venue = &priced;
    one.fair_rate = price;
    one.target = health * r.uniform(1.01, 1.3);
    one.funding = {.mode = r.below(2) == 0 ? funding_mode::none : funding_mode::flash_collateral, .premium = {9.0}};
    one.gas = {.transaction_gas = 1e5,
               .price_native = held * price * 1e-10,
               .paid_from = r.below(2) == 0 ? gas_payer::tank : gas_payer::proceeds,
               .native = {1}};
    sizing::basket_problem<constant_product> p{.liquidation = one.liquidation, .prices = one.prices};
    const std::array sells{sizing::basket_leg<constant_product>{.asset = {0}, .venue = &priced}};
    const std::array buys{sizing::basket_leg<constant_product>{.asset = {1}}};
    p.sells = sells;
    p.buys = buys;
    p.funding = one.funding;
    p.gas = one.gas;
    p.target = one.target;
    const sizing::sized s = sizing::restore_target{.max_slippage = {9900.0}}.size(one);
    const auto a = basket{}.size(p);
    if (s.status != errc::ok || a.status != errc::ok) {
      if (s.binding != limit::health_floor && s.status != errc::dust && one.funding.mode != funding_mode::none) {
        EXPECT_EQ(s.status, a.status) << i << name(s.binding) << name(a.binding);
      }
      if (s.status == errc::infeasible && a.status == errc::infeasible && s.binding == a.binding &&
          s.binding != limit::health_floor) {
        EXPECT_NEAR(s.best_health / a.best_health, 1.0, 1e-11) << name(s.binding);
      }
      continue;
    }
    ++compared;
    EXPECT_NEAR(a.sells[0].in / s.trade.sold, 1.0, 1e-11) << i;
    EXPECT_NEAR(a.buys[0].change / s.trade.debt_change, 1.0, 1e-11) << i;
    EXPECT_NEAR(a.cost.total() / s.trade.cost.total(), 1.0, 1e-9) << i;
    EXPECT_NEAR(a.cost.premium, s.trade.cost.premium, 1e-11 * a.cost.premium);
    EXPECT_NEAR(a.cost.impact, s.trade.cost.impact, 1e-9 * a.cost.impact);
    EXPECT_NEAR(a.cost.gas, s.trade.cost.gas, 1e-12 * a.cost.gas);
  }
  EXPECT_GT(compared, 1000);
}

// Any token counted in other units: nothing but its own numbers changes.
TEST(Basket, DoesNotCareForDecimals) {
  test::random_numbers r(20240229);
  for (int i = 0; i < 300; ++i) {
    const basket_book b = test::random_basket(r);
    basket_book scaled = b;
    std::array<double, 20> units{};
    units.fill(1.0);
    const double numeraire = r.below(2) == 0 ? 1e18 : 1e-18;
    scaled.problem.numeraire_price /= numeraire;
    const auto rescale = [&](const basket_venue* v, double in, double out) {
      auto& kind = scaled.venues[static_cast<std::size_t>(v - b.venues.data())].kind;
      if (auto* pool = std::get_if<constant_product>(&kind)) pool->reserve_in *= in, pool->reserve_out *= out;
      if (auto* quote = std::get_if<constant_price>(&kind)) quote->cap *= in, quote->price *= out / in;
      if (auto* steps = std::get_if<test::ladder>(&kind))
        for (auto& s : steps->steps) s = {s.price * (out / in), s.curvature / in, s.capacity * in};
    };
    for (std::size_t k = 0; k < b.problem.sells.size() + b.problem.buys.size(); ++k) {
      const bool sell = k < b.problem.sells.size();
      auto& leg = sell ? scaled.sells[k] : scaled.buys[k - b.problem.sells.size()];
      auto& side = sell ? scaled.problem.liquidation.collateral : scaled.problem.liquidation.debt;
      const auto& from = sell ? b.sells[k] : b.buys[k - b.problem.sells.size()];
      const double unit = from.venue == nullptr ? numeraire : r.below(2) == 0 ? 1e18 : 1e-18;
      units[leg.asset.value] = unit;
      leg.most *= unit;
      leg.limits.withdrawable *= unit;
      auto* t = side.find(leg.asset);
      t->amount *= unit;
      scaled.prices[t->slot.index] /= unit;
      if (from.venue != nullptr) rescale(from.venue, sell ? unit : numeraire, sell ? numeraire : unit);
    }
    const basket_answer plain = basket{}.size(b.problem), other = basket{}.size(scaled.problem);
    ASSERT_EQ(plain.status, other.status) << i;
    EXPECT_EQ(plain.binding, other.binding) << i;
    EXPECT_NEAR(plain.health_after / other.health_after, 1.0, 1e-12);
    if (plain.status != errc::ok) continue;  // at the best health amounts are flat to half the digits
    const double moved = plain.proceeds * b.problem.numeraire_price + 1e-300;
    EXPECT_NEAR(plain.cost.total(), other.cost.total(), 1e-11 * moved) << i;
    expect_proved(scaled.problem, other);
    for (std::size_t k = 0; k < b.problem.sells.size(); ++k) {
      const double price = b.problem.prices[b.problem.liquidation.collateral.find(b.sells[k].asset)->slot].value;
      EXPECT_NEAR(other.sells[k].in / units[b.sells[k].asset.value] * price, plain.sells[k].in * price, 1e-9 * moved);
    }
  }
}

}  // namespace
