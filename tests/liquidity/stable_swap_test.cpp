// SPDX-License-Identifier: MIT
#include <trimtab/liquidity/stable_swap.hpp>

#include "laws/venue_laws.hpp"
#include "support/stable_reference.hpp"

namespace trimtab {
namespace {

using liquidity::stable_pool;
using liquidity::stable_swap;
using T = test::tolerance<double>;
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

constexpr stable_pool pool_of(std::initializer_list<double> balances, double amplification, double fee_bps) {
  stable_pool pool{.coins = balances.size(), .amplification = amplification, .fee = {fee_bps}, .gas_units = 2e5};
  std::size_t i = 0;
  for (const double balance : balances) pool.balances[i++] = balance;
  return pool;
}
constexpr stable_pool three = pool_of({1e6, 2e6, 1.5e6}, 200.0, 4.0);

TEST(StablePool, ABalancedPoolHasItsSumAsInvariant) {
  for (std::size_t n = 2; n <= 8; ++n) {
    stable_pool pool{.coins = n, .amplification = 37.0};
    for (std::size_t i = 0; i < n; ++i) pool.balances[i] = 12.5;
    const auto d = pool.invariant();
    ASSERT_TRUE(d);
    EXPECT_EQ(d->high, 12.5 * static_cast<double>(n));
  }
}

TEST(StablePool, TheInvariantIsThatOfTheDefinitionFromPegToDust) {
  test::random_numbers random(20191110);
  double worst = 0.0;
  for (int i = 0; i < 400; ++i) {
    stable_pool pool{.coins = 2 + random.below(7), .amplification = random.log_uniform(0.3, 1e6)};
    const double spread = random.uniform(0.0, 12.0);
    for (std::size_t k = 0; k < pool.coins; ++k) pool.balances[k] = std::pow(10.0, random.uniform(-spread, spread));
    const auto d = pool.invariant();
    ASSERT_TRUE(d) << name(d.error());
    const long double exact = test::stable_invariant<long double>(pool);
    const double error = static_cast<double>(std::fabs(d->high - exact) / exact);
    worst = std::max(worst, error);
    EXPECT_LE(error, 2e-16);
  }
  std::printf("worst relative error of D %.2g\n", worst);
}

TEST(StablePool, WhatIsNoPoolIsRefusedByName) {
  const auto with = [](auto change) {
    stable_pool pool = three;
    change(pool);
    return stable_swap::of(pool, 0, 1).error();
  };
  EXPECT_EQ(with([](stable_pool&) {}), errc::ok);
  EXPECT_EQ(with([](stable_pool& p) { p.coins = 1; }), errc::bad_configuration);
  EXPECT_EQ(with([](stable_pool& p) { p.coins = 9; }), errc::capacity);
  EXPECT_EQ(with([](stable_pool& p) { p.balances[2] = 0.0; }), errc::negative_amount);
  EXPECT_EQ(with([](stable_pool& p) { p.balances[2] = nan; }), errc::not_finite);
  EXPECT_EQ(with([](stable_pool& p) { p.rates[1] = 0.0; }), errc::non_positive_price);
  EXPECT_EQ(with([](stable_pool& p) { p.amplification = 0.0; }), errc::bad_configuration);
  EXPECT_EQ(with([](stable_pool& p) { p.amplification = infinity; }), errc::not_finite);
  EXPECT_EQ(with([](stable_pool& p) { p.fee = {nan}; }), errc::bad_configuration);
  EXPECT_EQ(with([](stable_pool& p) { p.gas_units = -1.0; }), errc::negative_amount);
  EXPECT_EQ(stable_swap::of(three, 1, 1).error(), errc::asset_mismatch);
  EXPECT_EQ(stable_swap::of(three, 0, 3).error(), errc::asset_mismatch);
  EXPECT_EQ(stable_swap{}.validate(), errc::negative_amount);
}

TEST(StablePool, BalancesThatNoNumberHoldsAreRefusedNotGuessed) {
  stable_pool pool{.coins = 8};
  for (std::size_t i = 0; i < 8; ++i) pool.balances[i] = i == 0 ? 1e300 : 1e-300;
  EXPECT_EQ(stable_swap::of(pool, 0, 1).error(), errc::outside_validity);
}

TEST(StableSwap, WithoutAmplificationItIsNearlyTheConstantProduct) {
  const auto venue = *stable_swap::of(pool_of({1000.0, 2000.0}, 1e-9, 0.0), 0, 1);
  for (const double x : {1e-6, 1.0, 1e3, 1e5})
    EXPECT_TRUE(test::close(venue.amount_out(x), 2000.0 * x / (1000.0 + x), 1e-7)) << x;
}

TEST(StableSwap, WithGreatAmplificationItIsNearlyTheConstantSum) {
  const auto venue = *stable_swap::of(pool_of({1000.0, 2000.0}, 1e9, 0.0), 0, 1);
  for (const double x : {1e-6, 1.0, 1e3, 1.9e3}) EXPECT_TRUE(test::close(venue.amount_out(x), x, 1e-6)) << x;
  EXPECT_TRUE(test::close(venue.amount_out(1e6), 2000.0, 1e-6));
}

TEST(StableSwap, UnitsOfCoinsMayBeScaledByPowersOfTen) {
  for (const double scale : {1e-18, 1e18}) {
    stable_pool pool = three;  // the tokens of coin 0 are counted in other units, its rate says so
    pool.rates[0] = 1.0 / scale;
    const auto here = *stable_swap::of(three, 0, 1), there = *stable_swap::of(pool, 0, 1);
    EXPECT_TRUE(test::close(there.amount_out(1234.5 * scale), here.amount_out(1234.5), T::formula));
    EXPECT_TRUE(test::close(there.amount_in(777.0), scale * here.amount_in(777.0), T::formula));
    for (std::size_t i = 0; i < 3; ++i) pool.balances[i] = three.balances[i] * scale, pool.rates[i] = 1.0;
    EXPECT_TRUE(test::close(stable_swap::of(pool, 0, 1)->amount_out(1234.5 * scale), scale * here.amount_out(1234.5),
                            T::formula));
  }
}

TEST(StableSwap, AtMostItPaysTheBalanceLessTheFee) {
  const auto venue = *stable_swap::of(three, 0, 1);
  EXPECT_TRUE(test::close(venue.most_out(), 2e6 * 0.9996, T::formula));
  EXPECT_EQ(venue.amount_in(2e6), infinity);
  EXPECT_EQ(venue.amount_in(infinity), infinity);
  EXPECT_EQ(venue.amount_out(infinity), venue.most_out());
  EXPECT_EQ(venue.amount_at(executable_price<double>{0.0}), infinity);
  EXPECT_EQ(venue.best_value(executable_price<double>{-1.0}), venue.most_out());
}

TEST(StableSwap, AfterTradesTheInvariantIsWhatItWas) {
  const auto venue = *stable_swap::of(three, 0, 1);
  const double before = three.invariant()->high;
  for (const double x : {1e-3, 5e5, 4e6}) {
    const auto left = venue.after(x).curve();
    stable_pool pool = three;
    pool.balances[0] = left.balance_in(), pool.balances[1] = left.balance_out();
    EXPECT_TRUE(test::close(pool.invariant()->high, before, T::formula)) << x;
    EXPECT_TRUE(test::close(pool.between(0, 1)->pull(), left.pull(), 1e-13)) << x;
  }
}

TEST(StableSwap, TheAmountAtAPriceHasThatPriceAtEveryPriceOfEveryPool) {
  test::random_numbers random(20220222);
  double worst = 0.0;
  for (int i = 0; i < 3000; ++i) {
    const auto curve = *pool_of({random.log_uniform(1e-6, 1e6), random.log_uniform(1e-6, 1e6), 1.0},
                                random.log_uniform(1e-3, 1e6), 0.0)
                            .between(0, 1);
    const double first = curve.price(0.0);
    for (const double price : {first * random.uniform(0.0, 1.0), first * (1.0 - random.log_uniform(1e-16, 1e-3)),
                               first * random.log_uniform(1e-30, 1.0), 1.0, 1.0 - 0x1p-53, 1.0 + 0x1p-52,
                               1.0 + 1e-4 * random.uniform(-1.0, 1.0), std::nextafter(first, 0.0)}) {
      const double t = curve.amount_at(price);
      if (!(price < first)) {
        EXPECT_EQ(t, 0.0);
        continue;
      }
      ASSERT_TRUE(t >= 0.0 && is_finite(t)) << price;
      // Off by no more than rounding of price and amount makes of it.
      const double allowed = price - curve.slope(t) * (t + 1e-300), error = std::fabs(curve.price(t) - price) / allowed;
      worst = larger(worst, error);
      EXPECT_LE(error, 1e-15) << curve.balance_in() << " " << curve.balance_out() << " " << curve.pull() << " "
                              << price;
    }
  }
  std::printf("worst price at the amount %.2g of the price and of what the amount's rounding makes\n", worst);
}

}  // namespace

namespace laws {
namespace {

struct near_peg {
  static stable_pool pool() { return pool_of({1e6, 2e6, 1.5e6}, 200.0, 4.0); }
};
struct steep {
  static stable_pool pool() { return pool_of({3e5, 2.5e5}, 2000.0, 1.0); }
};
struct gentle {
  static stable_pool pool() { return pool_of({40.0, 90.0, 1.0, 7.0}, 0.5, 30.0); }
};
struct little_in {
  static stable_pool pool() { return pool_of({1.0, 1e6}, 100.0, 4.0); }
};
struct little_out {
  static stable_pool pool() { return pool_of({1e6, 1.0, 1e3}, 100.0, 4.0); }
};
struct eight {
  static stable_pool pool() { return pool_of({10.0, 12.0, 9.0, 8.0, 11.0, 10.5, 13.0, 7.0}, 50.0, 0.0); }
};
struct with_rates {
  static stable_pool pool() {
    stable_pool p = pool_of({1e6, 2e6}, 300.0, 4.0);
    p.rates[0] = 1.17, p.rates[1] = 1e-12;
    return p;
  }
};
template <class P>
struct pool_case {
  static constexpr double tolerance = 1e-14;
  static inline const double scale = P::pool().balances[0] / P::pool().rates[0],
                             most_out = stable_swap::of(P::pool(), 0, 1)->most_out();
  static stable_swap venue() { return *stable_swap::of(P::pool(), 0, 1); }
  static venue_reference reference(long double x) {
    static const test::stable_reference curve(P::pool(), 0, 1);
    const auto at = curve.at(test::widened(static_cast<double>(x)));
    return {static_cast<long double>(at.out), static_cast<long double>(at.price), static_cast<long double>(at.loss)};
  }
};
using pools = testing::Types<pool_case<near_peg>, pool_case<steep>, pool_case<gentle>, pool_case<little_in>,
                             pool_case<little_out>, pool_case<eight>, pool_case<with_rates>>;
INSTANTIATE_TYPED_TEST_SUITE_P(StableSwap, VenueLaws, pools);

}  // namespace
}  // namespace laws
}  // namespace trimtab
