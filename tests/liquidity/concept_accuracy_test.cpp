// SPDX-License-Identifier: MIT
// Accuracy of the smooth curves against fifty digits, for amounts from 1e-15 to 1e3 of the balance.
#include <gtest/gtest.h>

#include <trimtab/liquidity/constant_product.hpp>
#include <trimtab/liquidity/power_impact.hpp>
#include <trimtab/liquidity/quadratic_impact.hpp>
#include <trimtab/liquidity/stable_swap.hpp>
#include <trimtab/liquidity/weighted.hpp>

#ifdef TRIMTAB_TESTS_WITH_THIRD_PARTIES

#include "support/random.hpp"
#include "support/stable_reference.hpp"
#include <cmath>
#include <cstdio>

namespace trimtab {
namespace {

using test::wide;

/// A curve by its definition, with nothing done about cancellation.
struct point {
  wide out, price, loss;
};

double ulp(double x) {
  x = magnitude(x);
  return std::nextafter(x, infinity) - x;
}
double error(const wide& exact, double ours) {
  return static_cast<double>(abs(wide(ours) - exact));
}

/// The largest errors, in units in the last place; of a function of a number that is itself rounded, in those of the
/// result and of what that rounding alone makes of it, together.
struct worst {
  double out = 0.0, price = 0.0, at_price = 0.0, in = 0.0, value = 0.0;
  double loss = 0.0;  ///< relative
};

template <class V, class F>
worst measure(const V& venue, double scale, double most_out, F exact, double least = 1e-15, double most = 1e3) {
  test::random_numbers random(20260606);
  worst found;
  const auto keep = [](double& so_far, double now) {
    if (!(now <= so_far)) so_far = now;
  };
  for (int i = 0; i < 400; ++i) {
    const double x = scale * random.log_uniform(least, most);
    if (x >= venue.capacity()) continue;
    const point there = exact(wide(x));
    const double y = venue.amount_out(x), price = venue.marginal_price(x).value, slope = -venue.marginal_slope(x);
    keep(found.out, error(there.out, y) / ulp(y));
    keep(found.price, error(there.price, price) / ulp(price));
    keep(found.loss, error(there.loss, venue.loss(x)) / static_cast<double>(there.loss));

    // The inverses by putting what they say into the exact curve.
    const executable_price<double> at{price};
    const double back = venue.amount_at(at);
    keep(found.at_price, error(exact(wide(back)).price, price) / (ulp(price) + slope * ulp(back)));
    if (y < most_out) {
      const double in = venue.amount_in(y);
      keep(found.in, error(exact(wide(in)).out, y) / (ulp(y) + price * ulp(in)));
    }
    // Within a few ulps of the first price, what is best is a matter of their rounding, and worth next to nothing.
    if (venue.marginal_price(0.0).value - price < 64.0 * ulp(price)) continue;
    wide best = back;
    for (int step = 0; step < 4; ++step) best += (exact(best).price - wide(price)) / wide(slope);
    const double value = venue.best_value(at), size = static_cast<double>(best);
    keep(found.value, error(exact(best).out - wide(price) * best, value) / (ulp(value) + size * ulp(price)));
  }
  return found;
}

void expect(const char* what, const worst& found, double ulps) {
  std::printf("N1 accuracy %-24s y %.2f  y' %.2f  x(price) %.2f  x(y) %.2f  f* %.2f ulp, loss %.1e relative\n", what,
              found.out, found.price, found.at_price, found.in, found.value, found.loss);
  EXPECT_LE(found.out, ulps) << what;
  EXPECT_LE(found.price, ulps) << what;
  EXPECT_LE(found.at_price, ulps) << what;
  EXPECT_LE(found.in, ulps) << what;
  EXPECT_LE(found.value, ulps) << what;
  EXPECT_LE(found.loss, 1e-12) << what;
}
constexpr double few = 4.0, of_powers = 1e-14 / 0x1p-52;

wide kept(basis_points fee) {
  return 1 - wide(fee.count) / 10000;
}

TEST(VenueAccuracy, ConstantProduct) {
  using liquidity::constant_product;
  for (const constant_product& pool : {constant_product{.reserve_in = 1234.5678, .reserve_out = 2.3e6, .fee = {30.0}},
                                       constant_product{.reserve_in = 0.1, .reserve_out = 1e-9, .fee = {5.0}},
                                       constant_product{.reserve_in = 3.3e24, .reserve_out = 7.7e13, .fee = {0.0}},
                                       constant_product{.reserve_in = 77.0, .reserve_out = 9.1, .fee = {123.4}}}) {
    const wide a = wide(pool.reserve_in) / kept(pool.fee), r = pool.reserve_out;
    expect("constant product",
           measure(pool, pool.reserve_in, pool.reserve_out,
                   [&](const wide& x) {
                     return point{r * x / (a + x), r * a / ((a + x) * (a + x)), r / a * x - r * x / (a + x)};
                   }),
           few);
  }
}

TEST(VenueAccuracy, Weighted) {
  using liquidity::weighted;
  for (const auto& [in, out, fee] : {std::array{0.5, 0.5, 30.0}, std::array{0.8, 0.2, 10.0}, std::array{0.2, 0.8, 0.0},
                                     std::array{0.6, 0.3, 100.0}, std::array{0.33, 0.67, 7.0}}) {
    const weighted pool{
        .balance_in = 1234.5678, .balance_out = 2.3e6, .weight_in = in, .weight_out = out, .fee = {fee}};
    const wide a = wide(pool.balance_in) / kept(pool.fee), r = pool.balance_out, eta = wide(in) / wide(out);
    char what[64];
    std::snprintf(what, sizeof what, "weighted %g to %g", in, out);
    expect(what,
           measure(pool, pool.balance_in, pool.balance_out,
                   [&](const wide& x) {
                     const wide left = pow(wide(1 + x / a), wide(-eta));
                     return point{r * (1 - left), eta * r / a * left / (1 + x / a), eta * r / a * x - r * (1 - left)};
                   }),
           few);
  }
}

TEST(VenueAccuracy, StableSwap) {
  using liquidity::stable_pool;
  using liquidity::stable_swap;
  for (const stable_pool& pool :
       {stable_pool{.coins = 3, .balances = {1.1e6, 2.3e6, 1.7e6}, .amplification = 2000.0},
        stable_pool{.coins = 2, .balances = {3.1e5, 2.7e5}, .amplification = 100.0, .fee = {1.0}},
        stable_pool{.coins = 4, .balances = {1.0, 9e5, 3e5, 7e5}, .amplification = 85.0},
        stable_pool{.coins = 2, .balances = {9e5, 1.0}, .amplification = 500.0, .fee = {0.0}},
        stable_pool{.coins = 2, .balances = {3e5, 4e5}, .rates = {1.1234, 0.987}, .amplification = 1e5}}) {
    const auto venue = *stable_swap::of(pool, 0, 1);
    const test::stable_reference curve(pool, 0, 1);
    char what[64];
    std::snprintf(what, sizeof what, "stable %zu, %g to %g", pool.coins, pool.balances[0], pool.balances[1]);
    expect(what,
           measure(venue, pool.balances[0], venue.most_out(),
                   [&](const wide& x) {
                     const auto at = curve.at(x);
                     return point{at.out, at.price, at.loss};
                   }),
           of_powers);
  }
}

TEST(VenueAccuracy, QuadraticImpact) {
  const liquidity::quadratic_impact market{.price = 1987.6, .depth = 123.4, .fee = {7.0}};
  const wide p = wide(market.price) * kept(market.fee), d = market.depth;
  expect("quadratic impact",
         measure(market, market.depth, market.most_out(),
                 [&](const wide& x) {
                   return point{p * x * (1 - x / (2 * d)), p * (1 - x / d), p * x * x / (2 * d)};
                 }),
         few);
}

TEST(VenueAccuracy, PowerImpact) {
  using liquidity::power_impact;
  for (const double exponent : {0.5, 0.6, 1.5}) {
    const power_impact market{
        .price = 1987.6, .volume = 1234.5, .strength = 0.0321, .exponent = exponent, .fee = {7.0}};
    const wide p = wide(market.price) * kept(market.fee), v = market.volume, s = market.strength, b = exponent;
    // Up to 95 % of the depth: beyond, the price is what is left of 1, and a power's rounding is more than 1e-14 of it.
    expect("power impact",
           measure(
               market, market.volume, market.most_out(),
               [&](const wide& x) {
                 const wide w = x > 0 ? wide(s * pow(wide(x / v), b)) : wide(0);
                 return point{p * x * (1 - w), p * (1 - (1 + b) * w), p * x * w};
               },
               1e-15, 0.95 * market.depth() / market.volume),
           of_powers);
  }
}

}  // namespace
}  // namespace trimtab

#else

TEST(VenueAccuracy, NeedsMoreDigits) {
  GTEST_SKIP() << "fifty digits come from Boost.Multiprecision";
}

#endif
