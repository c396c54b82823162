// SPDX-License-Identifier: MIT
// Three roads to every derivative: the closed form, the dual number, and the bump.
#include <gtest/gtest.h>

#include <trimtab/interop/autodiff.hpp>

#include "support/formulas.hpp"
#include "support/random.hpp"
#include "support/tolerance.hpp"
#include <cmath>

namespace trimtab {
namespace {

using boost::math::differentiation::make_fvar;
using dual = boost::math::differentiation::autodiff_fvar<double, 2>;
using T = test::tolerance<double>;

static_assert(Scalar<dual> && Ordered<dual>);
static_assert(Scalar<boost::math::differentiation::autodiff_fvar<float, 1>>);

using point = std::array<double, 3>;

/// Health along p + t·u as a dual in t, at t = 0.
dual health_along(const account<>& a, const point& p, const point& u) {
  const dual t = make_fvar<double, 2>(0.0);
  std::array<dual, 3> along;
  for (std::size_t i = 0; i < 3; ++i) along[i] = dual(p[i]) + t * u[i];
  return health_factor(test::sample_pool.liquidation_form<dual>(a), oracle_prices<dual>(along));
}
double health_at(const account<>& a, const point& p) {
  return health_factor(test::sample_pool.liquidation_form<double>(a), oracle_prices<double>(p));
}
point unit(std::size_t i) {
  point u{};
  u[i] = 1.0;
  return u;
}

TEST(Autodiff, DeltaAndGammaAreTheDerivativesOfHealth) {
  test::random_numbers random(20220509);
  const account<> a = test::sample_account();
  for (int n = 0; n < 300; ++n) {
    const point p{random.uniform(1000.0, 3000.0), random.uniform(20'000.0, 60'000.0), random.uniform(0.9, 1.1)};
    const auto g = sensitivity::health_greeks(test::sample_pool.liquidation_form<double>(a), oracle_prices<double>(p));
    for (std::size_t i = 0; i < 3; ++i) {
      const dual h = health_along(a, p, unit(i));
      const double scale = g.value / p[i];
      EXPECT_EQ(h.derivative(0), g.value);
      EXPECT_TRUE(test::within(h.derivative(1), g.delta[i], T::route * scale)) << n;
      EXPECT_TRUE(test::within(h.derivative(2), g.gamma(i, i), T::route * scale / p[i])) << n;
      point up = p, down = p;
      const double step = T::bump_step * p[i];
      up[i] += step;
      down[i] -= step;
      EXPECT_TRUE(test::within((health_at(a, up) - health_at(a, down)) / (2.0 * step), g.delta[i], T::bump * scale))
          << n;
      for (std::size_t j = 0; j < i; ++j) {
        point both = unit(i);  // ∂²/∂t² along eᵢ + r·eⱼ holds 2r times the mixed derivative; r makes the terms alike
        const double r = both[j] = p[j] / p[i];
        const double mixed =
            (health_along(a, p, both).derivative(2) - g.gamma(i, i) - r * r * g.gamma(j, j)) / (2.0 * r);
        EXPECT_TRUE(test::within(mixed, g.gamma(i, j), T::route * scale / p[j])) << n;
      }
    }
  }
}

TEST(Autodiff, WithoutDebtEveryDerivativeIsZero) {
  const account<> free = test::sample_account(0.0);
  for (const account<>& a : {free, account<>{}}) {
    for (std::size_t i = 0; i < 3; ++i) {
      const dual h = health_along(a, {2000.0, 40'000.0, 1.0}, unit(i));
      EXPECT_EQ(h.derivative(0), infinity);
      EXPECT_EQ(h.derivative(1), 0.0);
      EXPECT_EQ(h.derivative(2), 0.0);
    }
  }
}

TEST(Autodiff, LogHealthHasTheLogarithmicDerivativesOfHealth) {
  test::random_numbers random(20230310);
  const account<> a = test::sample_account();
  for (int n = 0; n < 300; ++n) {
    // From healthy to far under water: both branches of the formula.
    const point p{random.uniform(1000.0, 3000.0) * (n % 2 == 0 ? 1.0 : 0.05), 40'000.0 * (n % 2 == 0 ? 1.0 : 0.05),
                  1.0};
    std::array<dual, 3> q{make_fvar<double, 2>(p[0]), dual(p[1]), dual(p[2])};
    const auto f = test::sample_pool.liquidation_form<dual>(a);
    const dual log = log_health(f, oracle_prices<dual>(q)), health = health_factor(f, oracle_prices<dual>(q));
    const double h = health.derivative(0), slope = health.derivative(1) / h;
    EXPECT_TRUE(test::within(log.derivative(0), std::log(h), T::formula * (1.0 + std::fabs(std::log(h))))) << n;
    EXPECT_TRUE(test::within(log.derivative(1), slope, T::route / p[0])) << n;
    EXPECT_TRUE(test::within(log.derivative(2), health.derivative(2) / h - slope * slope, T::route / (p[0] * p[0])))
        << n;
  }
}

TEST(Autodiff, LogHealthWithoutCollateralOrDebtIsAnInfinityWithoutDerivatives) {
  for (const bool held : {false, true}) {
    form<dual> f;
    ASSERT_EQ(f.collateral.add({dual(held ? 5.0 : 0.0), dual(0.8), {0}, {1}}), errc::ok);
    ASSERT_EQ(f.debt.add({dual(held ? 0.0 : 7.0), dual(1.0), {1}, {2}}), errc::ok);
    const std::array<dual, 2> q{make_fvar<double, 2>(2000.0), dual(1.0)};
    const dual log = log_health(f, oracle_prices<dual>(q));
    EXPECT_EQ(log.derivative(0), held ? infinity : -infinity);
    EXPECT_EQ(log.derivative(1), 0.0);
    EXPECT_EQ(log.derivative(2), 0.0);
  }
}

TEST(Autodiff, HeadroomIsLinearInEveryPrice) {
  const auto f = test::sample_pool.liquidation_form<dual>(test::sample_account());
  std::array<dual, 3> q{make_fvar<double, 2>(2000.0), dual(40'000.0), dual(1.0)};
  const dual m = headroom(f, oracle_prices<dual>(q));
  EXPECT_TRUE(test::close(m.derivative(1), 0.83 * 7.0, T::formula)) << "the weight times the amount";
  EXPECT_LE(std::fabs(m.derivative(2)), T::formula);
}

template <class V>
void check_curve(const V& venue, double low, double high) {
  test::random_numbers random(20240805);
  for (int n = 0; n < 300; ++n) {
    const double x = random.log_uniform(low, high);
    const dual d = make_fvar<double, 2>(x);
    const double slope = venue.marginal_price(x).value, curvature = venue.marginal_slope(x);
    const dual y = venue.amount_out(d);
    EXPECT_TRUE(test::close(y.derivative(0), venue.amount_out(x), T::formula));
    EXPECT_TRUE(test::close(y.derivative(1), slope, T::route)) << x;
    EXPECT_TRUE(test::within(y.derivative(2), curvature, T::route * (std::fabs(curvature) + slope / high))) << x;
    EXPECT_TRUE(test::close(venue.marginal_price(d).value.derivative(1), curvature, T::route)) << x;
    EXPECT_TRUE(test::within(venue.loss(d).derivative(1), venue.marginal_price(0.0).value - slope,
                             T::route * venue.marginal_price(0.0).value));
    EXPECT_TRUE(test::close(venue.amount_in(make_fvar<double, 2>(venue.amount_out(x))).derivative(1), 1.0 / slope,
                            T::route * 8.0))
        << x;
    const double step = T::bump_step * x;
    EXPECT_TRUE(test::close((venue.amount_out(x + step) - venue.amount_out(x - step)) / (2.0 * step), slope, T::bump))
        << x;
  }
}

TEST(Autodiff, AVenuesMarginalPriceIsTheDerivativeOfWhatItPays) {
  check_curve(liquidity::constant_product{.reserve_in = 500.0, .reserve_out = 1e6}, 1e-3, 5e3);
  check_curve(liquidity::constant_price{.price = 2000.0, .cap = 40.0}, 1e-3, 39.0);
  check_curve(liquidity::frictionless{.price = 2000.0}, 1e-3, 1e3);
}

TEST(Autodiff, TheAmountAtAPriceHasTheInverseOfTheSlope) {
  constexpr liquidity::constant_product pool{.reserve_in = 500.0, .reserve_out = 1e6};
  for (const double x : {1.0, 20.0, 700.0}) {
    const dual price = make_fvar<double, 2>(pool.marginal_price(x).value);
    const dual amount = pool.amount_at(executable_price<dual>{price});
    EXPECT_TRUE(test::close(amount.derivative(1), 1.0 / pool.marginal_slope(x), T::route)) << x;
  }
  const dual above = make_fvar<double, 2>(3000.0);
  EXPECT_EQ(pool.amount_at(executable_price<dual>{above}).derivative(0), 0.0);
  EXPECT_EQ(pool.amount_at(executable_price<dual>{above}).derivative(1), 0.0);
}

TEST(Autodiff, AtTheCapTheDerivativeIsTheOneFromTheLeft) {
  constexpr liquidity::constant_price quote{.price = 2000.0, .cap = 40.0, .fee = {0.0}};
  const dual at = make_fvar<double, 2>(40.0), beyond = make_fvar<double, 2>(41.0);
  EXPECT_EQ(quote.amount_out(at).derivative(1), 2000.0);
  EXPECT_EQ(quote.loss(at).derivative(1), 0.0);
  EXPECT_EQ(quote.amount_out(beyond).derivative(1), 0.0);
  EXPECT_EQ(quote.loss(beyond).derivative(1), 2000.0);
}

TEST(Autodiff, LogOnePlusXKeepsItsDigits) {
  const dual tiny = make_fvar<double, 2>(1e-20);
  const dual log = scalar_traits<dual>::log1p(tiny);
  EXPECT_EQ(log.derivative(0), 1e-20);
  EXPECT_EQ(log.derivative(1), 1.0);
  EXPECT_EQ(log.derivative(2), -1.0);
}

}  // namespace
}  // namespace trimtab
