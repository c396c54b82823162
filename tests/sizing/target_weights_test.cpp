// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/liquidity/any_venue.hpp>
#include <trimtab/liquidity/constant_price.hpp>
#include <trimtab/liquidity/constant_product.hpp>
#include <trimtab/sizing/target_weights.hpp>

#include "support/random.hpp"
#include <array>
#include <cmath>
#include <limits>

namespace {

using namespace trimtab;
using liquidity::constant_price;
using liquidity::constant_product;
using sizing::funding_mode;
using sizing::limit;
using sizing::target_weights;
using venue = liquidity::any_venue<constant_product, constant_price>;
using problem = sizing::weights_problem<venue>;
using answer = sizing::weights_sized<8>;

struct book {
  std::array<double, 10> prices{};
  std::array<venue, 16> venues{};
  std::array<sizing::weight_leg<venue>, 8> legs{};
  std::array<sizing::feed_cap, 2> feeds{};
  problem p{};
};

void fill(book& b, test::random_numbers& r) {
  const std::size_t n = 2 + r.below(5);
  const bool cash = r.below(2) == 0;
  double weighted = 0.0;
  b.p.numeraire_price = r.log_uniform(0.1, 10.0);
  for (std::size_t i = 0; i < n; ++i) {
    const auto slot = static_cast<std::uint16_t>(i);
    const bool numeraire = cash && i == 0;
    const double price = b.prices[i] = numeraire ? b.p.numeraire_price : r.log_uniform(1e-4, 1e5);
    const double value = 1e6 * r.uniform(0.1, 1.0), threshold = r.uniform(0.6, 0.9);
    (void)b.p.liquidation.collateral.add({value / price, threshold, {slot}, {slot}});
    weighted += value * threshold;
    b.legs[i] = {.asset = {slot},
                 .numeraire = numeraire,
                 .weight = r.uniform(0.05, 1.0),
                 .band = r.below(2) == 0 ? 0.0 : r.uniform(0.0, 0.1)};
    if (numeraire) continue;
    const double rate = price / b.p.numeraire_price, depth = 1e6 / b.p.numeraire_price * r.log_uniform(1.0, 100.0);
    if (r.below(4) == 0) {
      b.venues[2 * i] = constant_price{.price = rate * 0.998, .cap = 2e6 / price};
      b.venues[2 * i + 1] = constant_price{.price = 0.998 / rate, .cap = 2e6 / b.p.numeraire_price};
    } else {
      const constant_product pool{
          .reserve_in = depth / rate, .reserve_out = depth * r.uniform(0.999, 1.001), .fee = {30.0}};
      b.venues[2 * i] = pool;
      b.venues[2 * i + 1] = pool.reversed();
    }
    b.legs[i].sell = &b.venues[2 * i];
    b.legs[i].buy = &b.venues[2 * i + 1];
  }
  (void)b.p.liquidation.debt.add({weighted / 2.5, 1.0, {9}, {9}});
  b.prices[9] = 1.0;
  b.feeds = {sizing::feed_cap{{0}, r.uniform(0.2, 0.9)}, sizing::feed_cap{{1}, r.uniform(0.2, 0.9)}};
  b.p.prices = oracle_prices<double>(b.prices);
  b.p.legs = std::span(b.legs).first(n);
  b.p.funding = {.mode = r.below(2) == 0 ? funding_mode::none : funding_mode::flash_debt,
                 .premium = {r.uniform(0.0, 9.0)}};
  b.p.to_the_edge = r.below(4) != 0;
}

// Account for the trades in 80 bits: amounts, weights, the numeraire's way, what is lost.
void expect_proved(const book& b, const answer& a) {
  const auto& p = b.p;
  const std::size_t n = p.legs.size();
  const long double f = p.funding.mode == funding_mode::flash_debt ? p.funding.premium.fraction() : 0.0L;
  long double value = 0.0L, proceeds = 0.0L, spent = 0.0L, before = 0.0L;
  std::array<long double, 8> worth{};
  for (std::size_t i = 0; i < n; ++i) {
    const auto& leg = p.legs[i];
    const double x = a.sells[i].in, z = a.buys[i].in;
    const long double held = p.liquidation.collateral[i].amount;
    EXPECT_LE(x, held);
    const double got = x > 0.0 ? (leg.numeraire ? x : leg.sell->amount_out(x)) : 0.0;
    const double bought = z > 0.0 ? (leg.numeraire ? z : leg.buy->amount_out(z)) : 0.0;
    EXPECT_NEAR(bought, a.buys[i].out, 1e-14 * bought);
    proceeds += got;
    spent += z;
    before += held * b.prices[i];
    worth[i] = (held - x + static_cast<long double>(a.buys[i].out)) * b.prices[i];
    value += worth[i];
  }
  const double scale = static_cast<double>(value);
  EXPECT_NEAR(static_cast<double>(proceeds - spent * (1.0L + f) - a.unspent) * p.numeraire_price, 0.0, 1e-12 * scale);
  EXPECT_NEAR(static_cast<double>(value), a.value_after, 1e-13 * scale);
  EXPECT_NEAR(static_cast<double>(before - value), a.cost.total() + a.unspent * p.numeraire_price, 1e-11 * scale);
  for (std::size_t i = 0; i < n; ++i) {
    const double weight = static_cast<double>(worth[i] / value), band = p.to_the_edge ? p.legs[i].band : 0.0;
    EXPECT_NEAR(weight, a.after[i], 1e-13);
    EXPECT_LE(std::fabs(weight - a.wanted[i]), band + 1e-11) << i;
    EXPECT_LE(weight, std::max(p.legs[i].cap, a.wanted[i]) + 1e-11);
  }
  for (const auto& feed : p.feeds) EXPECT_LE(static_cast<double>(worth[feed.feed.index] / value), feed.cap + 1e-11);
  EXPECT_LE(a.kkt, 1e-9);
  EXPECT_NEAR(a.gap(), 0.0, 1e-11 * scale);
}

TEST(TargetWeights, ProvesItselfOnRandomBaskets) {
  test::random_numbers r(20160720);
  int done = 0, there = 0, capped = 0;
  for (int i = 0; i < 2000; ++i) {
    book b;
    fill(b, r);
    if (r.below(3) == 0) b.p.feeds = b.feeds;
    for (auto& leg : b.legs)
      if (r.below(4) == 0) leg.cap = r.uniform(0.1, 0.5);
    const answer a = target_weights{}.size(b.p);
    SCOPED_TRACE(i);
    there += a.status == errc::already_there ? 1 : 0;
    if (a.status == errc::infeasible) {  // the caps, the health in between
      ++capped;
      continue;
    }
    if (a.status != errc::ok) {
      EXPECT_EQ(a.status, errc::already_there) << name(a.status);
      continue;
    }
    ++done;
    expect_proved(b, a);
    if (testing::Test::HasFailure()) break;
  }
  EXPECT_GT(done, 1000);
  std::cout << done << " done, " << there << " in their band, " << capped << " infeasible\n";
}

// Two assets: one is sold for the other, and one root in 80 bits says how much.
TEST(TargetWeights, OfTwoAssetsIsOneSwap) {
  for (const double wanted : {0.1, 0.3, 0.45, 0.55, 0.8}) {
    const constant_product first{.reserve_in = 1e4, .reserve_out = 1e7, .fee = {30.0}},
        second{.reserve_in = 1e6, .reserve_out = 1e7, .fee = {5.0}};
    book b;
    b.prices = {1000.0, 10.0};
    b.venues = {first, first.reversed(), second, second.reversed()};
    (void)b.p.liquidation.collateral.add({500.0, 0.8, {0}, {0}});
    (void)b.p.liquidation.collateral.add({5e4, 0.7, {1}, {1}});
    b.legs[0] = {.asset = {0}, .sell = &b.venues[0], .buy = &b.venues[1], .weight = wanted};
    b.legs[1] = {.asset = {1}, .sell = &b.venues[2], .buy = &b.venues[3], .weight = 1.0 - wanted};
    b.p.prices = oracle_prices<double>(b.prices);
    b.p.legs = std::span(b.legs).first(2);
    b.p.funding.mode = funding_mode::none;
    const answer a = target_weights{}.size(b.p);
    ASSERT_EQ(a.status, errc::ok) << wanted << name(a.status);
    expect_proved(b, a);
    const bool sells_first = wanted < 0.5;
    const auto out = [](const constant_product& pool, long double x) {
      const long double in = pool.reserve_in / (1.0L - pool.fee.count / 1e4L);
      return pool.reserve_out * x / (in + x);
    };
    long double low = 0.0L, high = sells_first ? 500.0L : 5e4L;
    for (int k = 0; k < 120; ++k) {
      const long double x = (low + high) / 2;
      const long double got =
          sells_first ? out(second.reversed(), out(first, x)) : out(first.reversed(), out(second, x));
      const long double v0 = 1000.0L * (500.0L + (sells_first ? -x : got)),
                        v1 = 10.0L * (5e4L + (sells_first ? got : -x));
      const bool more = sells_first ? v0 > wanted * (v0 + v1) : v0 < wanted * (v0 + v1);
      (more ? low : high) = x;
    }
    const double sold = sells_first ? a.sells[0].in : a.sells[1].in;
    EXPECT_NEAR(sold, static_cast<double>(low), 1e-9 * sold) << wanted;
  }
}

// Three assets with bands: no trade on a grid that ends in the bands loses less.
TEST(TargetWeights, NoTradeOfAFineGridLosesLess) {
  book b;
  b.prices = {1000.0, 10.0, 1.0};
  const constant_product pools[] = {{.reserve_in = 3e3, .reserve_out = 3e6, .fee = {30.0}},
                                    {.reserve_in = 2e5, .reserve_out = 2e6, .fee = {5.0}},
                                    {.reserve_in = 5e6, .reserve_out = 5e6, .fee = {1.0}}};
  for (std::size_t i = 0; i < 3; ++i) {
    b.venues[2 * i] = pools[i];
    b.venues[2 * i + 1] = pools[i].reversed();
    (void)b.p.liquidation.collateral.add({1e6 / b.prices[i] * (i == 0 ? 0.7 : 0.15),
                                          0.8,
                                          {static_cast<std::uint16_t>(i)},
                                          {static_cast<std::uint32_t>(i)}});
    b.legs[i] = {.asset = {static_cast<std::uint32_t>(i)},
                 .sell = &b.venues[2 * i],
                 .buy = &b.venues[2 * i + 1],
                 .weight = 1.0 / 3.0,
                 .band = 0.08};
  }
  b.p.prices = oracle_prices<double>(b.prices);
  b.p.legs = std::span(b.legs).first(3);
  b.p.funding.mode = funding_mode::none;
  const answer a = target_weights{}.size(b.p);
  ASSERT_EQ(a.status, errc::ok);
  expect_proved(b, a);
  EXPECT_NEAR(a.after[0], 1.0 / 3.0 + 0.08, 1e-11) << "to the edge and no further";
  double least = infinity;
  for (int i = 0; i <= 1500; ++i)
    for (int k = 0; k <= 1500; ++k) {
      const double x = 700.0 * i / 1500.0, got = pools[0].amount_out(x), share = k / 1500.0;
      const double v0 = 1000.0 * (700.0 - x), v1 = 10.0 * (1.5e4 + pools[1].reversed().amount_out(share * got));
      const double v2 = 1.5e5 + pools[2].reversed().amount_out((1.0 - share) * got), v = v0 + v1 + v2;
      const auto inside = [&](double u) { return std::fabs(u / v - 1.0 / 3.0) <= 0.08; };
      if (inside(v0) && inside(v1) && inside(v2)) least = std::min(least, 1e6 - v);
    }
  EXPECT_LE(a.cost.total(), least);
  EXPECT_GE(a.cost.total(), least * (1.0 - 5e-3));
  b.p.to_the_edge = false;
  const answer whole = target_weights{}.size(b.p);
  ASSERT_EQ(whole.status, errc::ok);
  expect_proved(b, whole);
  EXPECT_GT(whole.cost.total(), a.cost.total());
}

TEST(TargetWeights, SaysWhyNot) {
  const auto why = [](auto&& change) {
    test::random_numbers r(7);
    book b;
    do {
      b = {};
      fill(b, r);
    } while (b.p.legs.size() < 3 || b.legs[0].numeraire || target_weights{}.size(b.p).status != errc::ok);
    b.p.prices = oracle_prices<double>(b.prices);
    change(b);
    const answer a = target_weights{.max_cost = {9000.0}}.size(b.p);
    EXPECT_NE(a.status, errc::ok);
    for (const auto* legs : {&a.sells, &a.buys})
      for (const auto& t : *legs) EXPECT_EQ(t.in, 0.0);
    return a;
  };
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(why([](book& b) { b.p.legs = {}; }).status, errc::asset_mismatch);
  EXPECT_EQ(why([](book& b) { b.legs[1].asset = b.legs[0].asset; }).status, errc::duplicate_asset);
  EXPECT_EQ(why([](book& b) { b.legs[0].asset = {77}; }).status, errc::asset_mismatch);
  EXPECT_EQ(why([&](book& b) { b.legs[0].weight = nan; }).status, errc::not_finite);
  EXPECT_EQ(why([&](book& b) { b.legs[0].band = nan; }).status, errc::negative_amount);
  EXPECT_EQ(why([](book& b) { b.p.numeraire_price = 0.0; }).status, errc::non_positive_price);
  EXPECT_EQ(why([](book& b) { b.p.gas.paid_from = gas_payer::proceeds; }).status, errc::bad_configuration);
  EXPECT_EQ(why([](book& b) { b.legs[0].numeraire = true; }).status, errc::bad_configuration);
  EXPECT_EQ(why([](book& b) {
              for (auto& leg : b.legs) leg.cap = 0.1;
            }).status,
            errc::infeasible);
  EXPECT_EQ(why([](book& b) {
              for (auto& leg : b.legs) leg.band = 1.0;
            }).status,
            errc::already_there);
  EXPECT_EQ(why([](book& b) {
              for (auto& leg : b.legs) leg.sell = leg.buy = nullptr, leg.numeraire = false, leg.band = 0.0;
            }).binding,
            limit::capacity);
  EXPECT_EQ(why([](book& b) {
              b.p.liquidation.debt.items[0].amount *= 2.4;
              b.p.health_floor = 1.2;
            }).binding,
            limit::health_floor);
  EXPECT_EQ(why([](book& b) {
              b.p.gas = {.transaction_gas = 1e6, .price_native = 1.0, .tank_native = 1.0, .native = {9}};
            }).status,
            errc::gas_tank);
  EXPECT_EQ(why([](book& b) { b.p.gas = {.transaction_gas = 1e9, .price_native = 1.0, .native = {9}}; }).status,
            errc::cost_exceeds_limit);
}

}  // namespace
