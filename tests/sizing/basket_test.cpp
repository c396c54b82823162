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
  for (int i = 0; i < 6000; ++i) {
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
  EXPECT_GT(reached, 3000);
  EXPECT_GT(at_zero, 0);
  EXPECT_GT(short_of, 1000);
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
  for (int i = 0; i < 900; ++i) {
    const basket_book b = test::random_basket(r);
    basket_book scaled = b;
    std::array<double, 20> units{};
    units.fill(1.0);
    const double numeraire = r.below(2) == 0 ? 1e18 : 1e-18;
    scaled.problem.numeraire_price /= numeraire;
    bool stable = false;
    const auto rescale = [&](const basket_venue* v, double in, double out) {
      auto& kind = scaled.venues[static_cast<std::size_t>(v - b.venues.data())].kind;
      if (auto* pool = std::get_if<constant_product>(&kind)) pool->reserve_in *= in, pool->reserve_out *= out;
      if (auto* quote = std::get_if<constant_price>(&kind)) quote->cap *= in, quote->price *= out / in;
      if (auto* pool = std::get_if<liquidity::weighted>(&kind)) pool->balance_in *= in, pool->balance_out *= out;
      stable = stable || std::holds_alternative<liquidity::stable_swap>(kind);  // cannot be scaled after it is made
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
    if (stable) continue;
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

TEST(Basket, BestHealthIsTheEdgeOfWhatIsReachable) {
  test::random_numbers r(20210519);
  int edges = 0;
  for (int i = 0; i < 1500; ++i) {
    basket_book b = test::random_basket(r);
    if (b.problem.funding.mode == funding_mode::none) b.problem.funding.mode = funding_mode::flash_debt;
    const basket_answer a = basket{}.size(b.problem);
    if (a.status != errc::infeasible) continue;
    b.problem.target = a.best_health * (1.0 - 1e-12);
    if (!(b.problem.target > a.health_before) || !(b.problem.target > 1.0)) continue;
    ++edges;
    const basket_answer inside = basket{}.size(b.problem);
    ASSERT_EQ(inside.status, errc::ok) << i << name(inside.status);
    EXPECT_TRUE(basket_check(b.problem, inside).within);
    EXPECT_GE(inside.health_after, b.problem.target);
    b.problem.target = a.best_health * (1.0 + 1e-12);
    const basket_answer outside = basket{}.size(b.problem);
    EXPECT_EQ(outside.status, errc::infeasible) << i;
    EXPECT_GT(outside.shortfall, 0.0);
    EXPECT_NEAR(outside.best_health / a.best_health, 1.0, 1e-13);
  }
  EXPECT_GT(edges, 200);
}

TEST(Basket, BestHealthIsThatOfAFineGrid) {
  basket_book b = two_pools();
  b.problem.target = 50.0;
  std::get<constant_product>(b.venues[0].kind) = {.reserve_in = 500.0, .reserve_out = 1e6, .fee = {30.0}};
  std::get<constant_product>(b.venues[1].kind) = {.reserve_in = 5.0, .reserve_out = 3e5, .fee = {5.0}};
  const basket_answer a = basket{}.size(b.problem);
  ASSERT_EQ(a.status, errc::infeasible);
  EXPECT_EQ(a.binding, limit::depth);
  double best = 0.0;
  for (int i = 0; i <= 1000; ++i)
    for (int k = 0; k <= 1000; ++k) {
      const double x = i * 1.0, y = k * 0.02;
      const double repaid = (b.venues[0].amount_out(x) + b.venues[1].amount_out(y)) / 1.0005;
      best = std::max(best, (1660.0 * (1000.0 - x) + 45000.0 * (20.0 - y)) / (2.2e6 - repaid));
    }
  EXPECT_GE(a.best_health, best);
  EXPECT_LE(a.best_health, best * (1.0 + 1e-5));
}

TEST(Basket, NamesTheBindingLimit) {
  const auto why = [](auto&& change, double target = 50.0) {
    basket_book b = two_pools();
    b.problem.target = target;
    change(b);
    const basket_answer a = basket{}.size(b.problem);
    EXPECT_NE(a.status, errc::ok);
    return a.binding;
  };
  const auto deep = [](basket_book& b) {
    b.venues[0] = constant_price{.price = 1990.0, .cap = 1e9};
    b.venues[1] = constant_price{.price = 59900.0, .cap = 1e9};
    (void)b.problem.liquidation.collateral.add({500.0, 0.9, {3}, {9}});  // kept, so that all else can be sold
    b.problem.liquidation.debt.items[0].amount = 3.7e6;
  };
  EXPECT_EQ(why([](basket_book& b) { b.problem.liquidation.debt.items[0].amount = 2.8e6; }), limit::depth);
  EXPECT_EQ(why(deep), limit::collateral);
  EXPECT_EQ(why([&](basket_book& b) {
              deep(b);
              b.sells[0].most = b.sells[1].most = 1.0;
            }),
            limit::collateral);
  EXPECT_EQ(why([&](basket_book& b) {
              deep(b);
              b.sells[0].limits.withdrawable = b.sells[1].limits.withdrawable = 1.0;
            }),
            limit::withdrawable);
  EXPECT_EQ(why([&](basket_book& b) {
              b.venues[0] = constant_price{.price = 1990.0, .cap = 1.0};
              b.venues[1] = constant_price{.price = 59900.0, .cap = 1.0};
            }),
            limit::capacity);
  EXPECT_EQ(why([&](basket_book& b) {
              deep(b);
              b.problem.funding.mode = funding_mode::flash_collateral;
              b.sells[0].limits.flash_loan_available = b.sells[1].limits.flash_loan_available = 1.0;
            }),
            limit::flash_loan);
  EXPECT_EQ(why([](basket_book& b) { b.problem.numeraire_limits.flash_loan_available = 1.0; }, 1.3), limit::flash_loan);
  EXPECT_EQ(why([](basket_book& b) { b.sells[0].limits.paused = b.sells[1].limits.paused = true; }), limit::reserve);
  EXPECT_EQ(why([](basket_book& b) { b.buys[0].limits.active = false; }), limit::reserve);
  EXPECT_EQ(why([](basket_book& b) { b.buys[0].most = 1e4; }), limit::debt);
  EXPECT_EQ(why([](basket_book& b) {
              b.venues[0] = constant_price{.price = 500.0, .cap = 1e9};
              b.venues[1] = constant_price{.price = 9000.0, .cap = 1e9};
            }),
            limit::pole);
  EXPECT_EQ(why([](basket_book& b) { b.problem.funding.mode = funding_mode::none; }, 1.5), limit::health_floor);
  EXPECT_EQ(why(
                [](basket_book& b) {
                  b.problem.withdrawal = withdrawal_check::borrow_form;
                  b.problem.borrow = b.problem.liquidation;
                  for (auto& t : b.problem.borrow.collateral.items) t.weight *= 0.5;
                },
                1.2),
            limit::borrow_form);
  EXPECT_EQ(why([](basket_book& b) { b.problem.minimum_debt = 2.1e6; }, 1.5), limit::minimum_debt);
  EXPECT_EQ(why([](basket_book& b) {
              b.problem.gas = {
                  .transaction_gas = 1e6, .price_native = 1.0, .paid_from = gas_payer::proceeds, .native = {3}};
            }),
            limit::cost);
}

TEST(Basket, SaysWhatIsWrongWithItsInput) {
  const auto answer = [](auto&& change) {
    basket_book b = two_pools();
    b.problem.target = 1.3;
    change(b);
    const basket_answer a = basket{.max_cost = {1000.0}}.size(b.problem);
    for (const auto* legs : {&a.sells, &a.buys})
      for (const auto& t : *legs) EXPECT_EQ(t.in, 0.0);
    return a.status;
  };
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(answer([](basket_book& b) { b.problem.target = 1.05; }), errc::already_there);
  EXPECT_EQ(answer([](basket_book& b) { b.problem.target = 1.0; }), errc::bad_configuration);
  EXPECT_EQ(answer([&](basket_book& b) { b.problem.target = nan; }), errc::not_finite);
  EXPECT_EQ(answer([&](basket_book& b) { b.prices[0] = nan; }), errc::not_finite);
  EXPECT_EQ(answer([](basket_book& b) { b.prices[0] = 0.0; }), errc::non_positive_price);
  EXPECT_EQ(answer([](basket_book& b) { b.problem.numeraire_price = 0.0; }), errc::non_positive_price);
  EXPECT_EQ(answer([&](basket_book& b) { b.problem.liquidation.collateral.items[1].amount = nan; }), errc::not_finite);
  EXPECT_EQ(answer([](basket_book& b) { b.problem.liquidation.debt.items[0].amount = -1.0; }), errc::negative_amount);
  EXPECT_EQ(answer([&](basket_book& b) { b.sells[0].most = nan; }), errc::negative_amount);
  EXPECT_EQ(answer([&](basket_book& b) { b.sells[0].limits.withdrawable = nan; }), errc::negative_amount);
  EXPECT_EQ(answer([](basket_book& b) { b.sells[0].asset = {7}; }), errc::asset_mismatch);
  EXPECT_EQ(answer([](basket_book& b) { b.problem.buys = {}; }), errc::asset_mismatch);
  EXPECT_EQ(answer([](basket_book& b) { b.sells[1].asset = {0}; }), errc::duplicate_asset);
  EXPECT_EQ(answer([](basket_book& b) { b.problem.funding.premium = {-1.0}; }), errc::bad_configuration);
  EXPECT_EQ(answer([](basket_book& b) { b.venues[0] = constant_product{.reserve_in = 1.0, .reserve_out = 0.0}; }),
            errc::negative_amount);
  EXPECT_EQ(answer([](basket_book& b) { b.problem.gas = {.transaction_gas = -1.0}; }), errc::negative_amount);
  EXPECT_EQ(answer([](basket_book& b) {
              b.problem.gas = {.transaction_gas = 1e6, .price_native = 1e-9, .tank_native = 1e-6, .native = {3}};
            }),
            errc::gas_tank);
  EXPECT_EQ(answer([](basket_book& b) {
              b.venues[0] = constant_price{.price = 500.0, .cap = 1e9};
              b.venues[1] = constant_price{.price = 9000.0, .cap = 1e9};
              b.problem.gas = {
                  .transaction_gas = 1e6, .price_native = 1e-9, .paid_from = gas_payer::proceeds, .native = {3}};
            }),
            errc::would_worsen);
  EXPECT_EQ(answer([](basket_book& b) {
              b.venues[0] = constant_price{.price = 1850.0, .cap = 1e9};
              b.sells[1].most = 0.0;
              b.problem.funding.premium = {1500.0};
            }),
            errc::cost_exceeds_limit);
}

// Nothing to trade with, reserves of one side, dust, and depth beyond all reason.
TEST(Basket, OddVenuesAreJustVenues) {
  basket_book b = two_pools();
  b.problem.target = 1.3;
  const basket_answer whole = basket{}.size(b.problem);
  ASSERT_EQ(whole.status, errc::ok);
  b.venues[1] = constant_price{.price = 60000.0, .cap = 0.0};  // takes nothing
  const basket_answer one = basket{}.size(b.problem);
  EXPECT_EQ(one.status, errc::ok);
  EXPECT_EQ(one.sells[1].in, 0.0);
  EXPECT_GT(one.cost.total(), whole.cost.total());
  for (const double dust : {1e-18, 1e-300}) {
    b.venues[1] = constant_product{.reserve_in = dust, .reserve_out = 6e4 * dust};
    const basket_answer a = basket{}.size(b.problem);
    ASSERT_EQ(a.status, errc::ok) << dust;
    EXPECT_NEAR(a.cost.total(), one.cost.total(), 1e-9);
    expect_proved(b.problem, a);
  }
  b.venues[1] = constant_product{.reserve_in = 1e250, .reserve_out = 5.99e254, .fee = {0.0}};
  const basket_answer deep = basket{}.size(b.problem);
  ASSERT_EQ(deep.status, errc::ok);
  expect_proved(b.problem, deep);
  b.venues[1] = constant_product{.reserve_in = 1e250, .reserve_out = 1e-30};  // pays nothing
  const basket_answer empty = basket{}.size(b.problem);
  ASSERT_EQ(empty.status, errc::ok);
  EXPECT_EQ(empty.sells[1].in, 0.0);
  b.problem.liquidation.debt.items[0].amount = 1e-18;  // no debt to speak of
  EXPECT_EQ(basket{}.size(b.problem).status, errc::already_there);
}

TEST(Basket, SellsForNothingWhereThePoolPaysAboveTheOracle) {
  basket_book b = two_pools();
  b.venues[1] = constant_product{.reserve_in = 500.0, .reserve_out = 3.06e7, .fee = {5.0}};  // 61 200 against 60 000
  b.problem.funding.premium = {0.0};
  b.problem.target = 1.17;
  const basket_answer a = basket{}.size(b.problem);
  ASSERT_EQ(a.status, errc::ok);
  EXPECT_EQ(a.urgency, 0.0);
  EXPECT_LT(a.cost.total(), 0.0);
  EXPECT_GT(a.health_after, 1.17) << "more than asked for, because it pays";
  EXPECT_NEAR(a.sells[1].price_after, 60000.0, 1e-7);
  EXPECT_EQ(a.sells[0].in, 0.0);
  expect_proved(b.problem, a);
}

#ifdef TRIMTAB_TESTS_WITH_NLOPT
// Sequential quadratic programming on the amounts, in units of the account: smooth venues only, which is all it can do.
struct programme {
  const basket_book& b;
  double kept, unit;

  double net(const std::vector<double>& x, std::size_t k) const {
    const auto& p = b.problem;
    return k < p.sells.size() ? x[k] * p.liquidation.collateral[k].amount
                              : x[k] * unit / p.numeraire_price;  // numeraire spent
  }
  static double evaluate(const std::vector<double>& x, std::vector<double>& gradient, const programme& q, int what) {
    const auto& p = q.b.problem;
    const std::size_t n = p.sells.size();
    double value = what == 1 ? p.target * weighted_value(p.liquidation.debt, p.prices) -
                                   weighted_value(p.liquidation.collateral, p.prices)
                             : 0.0;
    gradient.resize(x.size());
    for (std::size_t k = 0; k < x.size(); ++k) {
      const bool sell = k < n;
      const auto& leg = sell ? p.sells[k] : p.buys[k - n];
      const auto& t = sell ? p.liquidation.collateral[k] : p.liquidation.debt[k - n];
      const double in = q.net(x, k), each = sell ? t.amount : q.unit / p.numeraire_price,
                   price = p.prices[t.slot].value;
      const double out = leg.venue == nullptr ? in : leg.venue->amount_out(in);
      const double slope = leg.venue == nullptr ? 1.0 : leg.venue->marginal_price(in).value;
      if (what == 0) {
        value += sell ? price * in : -price * out;
        gradient[k] = (sell ? price : -price * slope) * each / q.unit;
      } else if (what == 1) {
        value += sell ? t.weight * price * in : -p.target * t.weight * price * out;
        gradient[k] = (sell ? t.weight * price : -p.target * t.weight * price * slope) * each / q.unit;
      } else {
        value += (sell ? -q.kept * out : in) * p.numeraire_price;
        gradient[k] = (sell ? -q.kept * slope : 1.0) * p.numeraire_price * each / q.unit;
      }
    }
    return value / q.unit;
  }
  template <int what>
  static double function(const std::vector<double>& x, std::vector<double>& gradient, void* of) {
    std::vector<double> own;
    return evaluate(x, gradient.empty() ? own : gradient, *static_cast<const programme*>(of), what);
  }
};

TEST(Basket, CostsWhatSequentialQuadraticProgrammingFinds) {
  test::random_numbers r(19880615);
  int converged = 0, solved = 0;
  double worst = 0.0;
  for (int i = 0; i < 8000; ++i) {
    basket_book b = test::random_basket(r);
    auto& p = b.problem;
    p.funding.mode = funding_mode::flash_debt;
    bool smooth = true;
    for (const auto legs : {p.sells, p.buys})
      for (const auto& leg : legs)
        smooth = smooth && (leg.venue == nullptr || std::holds_alternative<constant_product>(leg.venue->kind)) &&
                 leg.most == infinity && leg.limits.withdrawable == infinity;
    if (!smooth) continue;
    const basket_answer a = basket{}.size(p);
    if (a.status != errc::ok) continue;
    ++solved;
    programme q{b, 1.0 / (1.0 + p.funding.premium.fraction()), weighted_value(p.liquidation.debt, p.prices)};
    const auto n = static_cast<unsigned>(p.sells.size() + p.buys.size());
    nlopt::opt solver(nlopt::LD_SLSQP, n);
    std::vector<double> low(n, 0.0), high(n, 1.0), x(n, 0.01);
    for (std::size_t j = 0; j < p.buys.size(); ++j) {
      const auto& t = p.liquidation.debt[j];
      const double in = p.buys[j].venue == nullptr ? t.amount : p.buys[j].venue->amount_in(t.amount);
      high[p.sells.size() + j] = std::min(1e3, in * p.numeraire_price / q.unit);
      x[p.sells.size() + j] = std::min(0.01, high[p.sells.size() + j]);
    }
    solver.set_lower_bounds(low);
    solver.set_upper_bounds(high);
    solver.set_min_objective(programme::function<0>, &q);
    solver.add_inequality_constraint(programme::function<1>, &q, 1e-14);
    solver.add_equality_constraint(programme::function<2>, &q, 1e-14);
    solver.set_xtol_rel(1e-14);
    solver.set_ftol_rel(1e-15);
    solver.set_maxeval(2000);
    double cost = 0.0;
    try {
      if (solver.optimize(x, cost) < 0) continue;
    } catch (const std::exception&) {
      continue;
    }
    std::vector<double> gradient;
    const double short_of = programme::evaluate(x, gradient, q, 1), unpaid = programme::evaluate(x, gradient, q, 2);
    if (short_of > 1e-13 || std::fabs(unpaid) > 1e-13) continue;
    // Premium is not in its objective as such: what is sold and not spent on debt is, and that is all of it.
    const double ours = a.cost.total() / q.unit;
    EXPECT_LE(ours, cost + 1e-10) << i;
    if (std::fabs(ours - cost) > 1e-10) continue;  // it stopped early, and says it did not
    ++converged;
    worst = std::max(worst, std::fabs(ours - cost));
  }
  EXPECT_GT(converged, solved / 2);
  std::cout << solved << " baskets, " << converged << " where SLSQP converges, cost apart by at most " << worst
            << " of the debt\n";
}
#endif

}  // namespace
