// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/instrument/leg.hpp>
#include <trimtab/instrument/option.hpp>
#include <trimtab/instrument/token.hpp>

#include "support/random.hpp"
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#ifdef TRIMTAB_TESTS_WITH_THIRD_PARTIES
#include <boost/math/differentiation/autodiff.hpp>
#endif

namespace trimtab::instrument {
namespace {

constexpr double unit = std::numeric_limits<double>::epsilon();

option some_option(test::random_numbers& random, double& spot) {
  const option terms{.kind = random.below(2) == 0 ? option_kind::call : option_kind::put,
                     .strike = random.log_uniform(0.01, 1e5),
                     .volatility = random.uniform(0.05, 2.0),
                     .rate = random.uniform(-0.05, 0.2),
                     .carry = random.uniform(-0.05, 0.2),
                     .expiry = random.log_uniform(0.001, 3.0)};
  const double width = terms.volatility * std::sqrt(terms.expiry);
  spot = terms.strike * std::exp(width * random.uniform(-3.0, 3.0));
  return terms;
}
option with_kind(option terms, option_kind kind) {
  terms.kind = kind;
  return terms;
}

// The payoff against the density of z = (ln S_T − mean)/s, from the strike outward, the largest exponent taken out:
// ln V, Simpson's rule in long double. Out of the money only.
long double log_value_by_quadrature(const option& terms, double spot) {
  using real = long double;
  const real time = terms.expiry, s = terms.volatility * std::sqrt(time);
  const real edge =
      s / 2 -
      (std::log(static_cast<real>(spot) / terms.strike) + (static_cast<real>(terms.rate) - terms.carry) * time) / s;
  const bool call = terms.kind == option_kind::call;
  const real rate_of_fall = call ? edge - s : -edge, end = -rate_of_fall + std::sqrt(rate_of_fall * rate_of_fall + 120);
  const auto integrand = [&](real t) {
    return call ? std::expm1(s * t) * std::exp(-edge * t - t * t / 2)
                : -std::expm1(-s * t) * std::exp(edge * t - t * t / 2);
  };
  constexpr int steps = 20'000;
  real sum = integrand(0) + integrand(end);
  for (int i = 1; i < steps; ++i) sum += (i % 2 == 0 ? 2 : 4) * integrand(end * i / steps);
  const real root_two_pi = 2.50662827463100050242L;
  return std::log(sum * end / steps / 3 / root_two_pi) - edge * edge / 2 - terms.rate * time +
         std::log(static_cast<real>(terms.strike));
}

TEST(Option, IsThePayoffIntegratedOutOfTheMoney) {
  test::random_numbers random(46);
  for (int i = 0; i < 200; ++i) {
    double spot = 0.0;
    option terms = some_option(random, spot);
    const double forward = spot * std::exp((terms.rate - terms.carry) * terms.expiry);
    terms.kind = forward < terms.strike ? option_kind::call : option_kind::put;
    const long double expected = log_value_by_quadrature(terms, spot);
    const option_greeks ours = terms.greeks(spot);
    const double distance = std::log(forward / terms.strike) / (terms.volatility * std::sqrt(terms.expiry));
    const double sensitive = 1.0 + std::fabs(distance) / (terms.volatility * std::sqrt(terms.expiry)) +
                             1.0 / (terms.volatility * std::sqrt(terms.expiry));
    EXPECT_LE(std::fabs(static_cast<double>(std::exp(expected) / static_cast<long double>(ours.value) - 1.0L)),
              1e-12 + 16.0 * unit * sensitive);
    EXPECT_NEAR(ours.log_value, static_cast<double>(expected), 1e-12 + 16.0 * unit * sensitive);
  }
}

TEST(Option, LogValueOutlivesTheValue) {
  for (const double spot : {1.0, 1e3, 1e9, 1e12}) {
    const option terms{.kind = spot < 1e6 ? option_kind::call : option_kind::put,
                       .strike = 1e6,
                       .volatility = 0.1,
                       .rate = 0.01,
                       .carry = 0.02,
                       .expiry = 0.01};
    const option_greeks ours = terms.greeks(spot);
    const double expected = static_cast<double>(log_value_by_quadrature(terms, spot));
    EXPECT_EQ(ours.value, 0.0);
    EXPECT_LT(expected, -1e4);
    EXPECT_NEAR(ours.log_value / expected, 1.0, 1e-13);
  }
}

TEST(Option, PutCallParity) {
  test::random_numbers random(47);
  for (int i = 0; i < 100'000; ++i) {
    double spot = 0.0;
    const option terms = some_option(random, spot);
    const option_greeks call = with_kind(terms, option_kind::call).greeks(spot),
                        put = with_kind(terms, option_kind::put).greeks(spot);
    const double yield = std::exp(-terms.carry * terms.expiry), forward = spot * yield,
                 discounted = terms.strike * std::exp(-terms.rate * terms.expiry);
    EXPECT_LE(std::fabs(call.value - put.value - (forward - discounted)), 4.0 * unit * std::max(forward, discounted));
    EXPECT_LE(std::fabs(call.delta - put.delta - yield), 2.0 * unit * yield);
    EXPECT_EQ(call.gamma, put.gamma);
    EXPECT_EQ(call.vega, put.vega);
    EXPECT_GE(call.value, 0.0);
    EXPECT_GE(put.value, 0.0);
    const std::array<double, 1> u{spot};
    const auto jet = terms.at<double>(u);
    const option_greeks& same = terms.kind == option_kind::call ? call : put;
    EXPECT_EQ(jet.value, same.value);
    EXPECT_EQ(jet.gradient[0], same.delta);
    EXPECT_EQ(jet.hessian[0], same.gamma);
    EXPECT_EQ(terms.value<double>(u), same.value);
    const std::array<float, 1> rounded{static_cast<float>(spot)};
    EXPECT_EQ(terms.value<float>(rounded), static_cast<float>(terms.greeks(rounded[0]).value));
  }
}

TEST(Option, ThetaIsTheLossOfADay) {
  test::random_numbers random(48);
  for (int i = 0; i < 20'000; ++i) {
    double spot = 0.0;
    option terms = some_option(random, spot);
    terms.expiry = random.uniform(0.05, 3.0);
    const option_greeks now = terms.greeks(spot);
    const double expiry = terms.expiry, step = 1e-4 * expiry;
    terms.expiry = expiry - step;
    const double later = terms.greeks(spot).value;
    terms.expiry = expiry + step;
    const double earlier = terms.greeks(spot).value;
    // Rounding of the two values, and the third derivative of a function of √T at this step.
    EXPECT_NEAR(now.theta, (later - earlier) / (2.0 * step),
                2e-6 * (now.value + std::max(spot, terms.strike)) / expiry);
  }
}

TEST(Option, VegaIsWhatAPointOfVolatilityAdds) {
  test::random_numbers random(49);
  for (int i = 0; i < 20'000; ++i) {
    double spot = 0.0;
    option terms = some_option(random, spot);
    const option_greeks now = terms.greeks(spot);
    const double volatility = terms.volatility, step = 1e-4 * volatility;
    terms.volatility = volatility + step;
    const double more = terms.greeks(spot).value;
    terms.volatility = volatility - step;
    const double less = terms.greeks(spot).value;
    EXPECT_NEAR(now.vega, (more - less) / (2.0 * step),
                1e-6 * now.vega + 4.0 * unit * std::max(spot, terms.strike) / step);
  }
}

#ifdef TRIMTAB_TESTS_WITH_THIRD_PARTIES
// The textbook formula, on dual numbers of long double.
template <class X, class V, class T>
auto textbook(const option& terms, const X& spot, const V& volatility, const T& time) {
  using std::erfc, std::exp, std::log, std::sqrt;
  const long double sign = terms.kind == option_kind::call ? 1.0L : -1.0L, root_half = 0.707106781186547524401L;
  const auto width = volatility * sqrt(time);
  const auto d = (log(spot / static_cast<long double>(terms.strike)) +
                  (static_cast<long double>(terms.rate) - terms.carry) * time) /
                     width +
                 0.5L * width;
  const auto first = 0.5L * erfc(-sign * root_half * d), second = 0.5L * erfc(-sign * root_half * (d - width));
  return sign * (spot * exp(-static_cast<long double>(terms.carry) * time) * first -
                 static_cast<long double>(terms.strike) * exp(-static_cast<long double>(terms.rate) * time) * second);
}
TEST(Option, AutomaticDifferentiationAgrees) {
  using boost::math::differentiation::make_fvar;
  test::random_numbers random(50);
  for (int i = 0; i < 5'000; ++i) {
    double spot = 0.0;
    const option terms = some_option(random, spot);
    const long double x = spot, sigma = terms.volatility, time = terms.expiry;
    const auto by_spot = textbook(terms, make_fvar<long double, 2>(x), sigma, time);
    const auto by_volatility = textbook(terms, x, make_fvar<long double, 1>(sigma), time);
    const auto by_time = textbook(terms, x, sigma, make_fvar<long double, 1>(time));
    const option_greeks ours = terms.greeks(spot);
    const double width = terms.volatility * std::sqrt(terms.expiry), tolerance = 1e-14 * (3.0 + 1.0 / width);
    const auto near = [&](double a, long double b, double scale) {
      EXPECT_LE(std::fabs(a - static_cast<double>(b)), tolerance * (scale + std::fabs(a)))
          << spot << " " << terms.strike;
    };
    near(ours.value, by_spot.derivative(0), std::min(spot, terms.strike) * 1e-3);
    near(ours.delta, by_spot.derivative(1), 1e-3);
    near(ours.gamma, by_spot.derivative(2), 0.0);
    near(ours.vega, by_volatility.derivative(1), 0.0);
    near(ours.theta, -by_time.derivative(1), std::fabs(terms.rate) * terms.strike + std::fabs(terms.carry) * spot);
  }
}
#endif

TEST(Option, CubicBoundHoldsAndIsReached) {
  test::random_numbers random(51);
  for (int i = 0; i < 2'000; ++i) {
    double spot = 0.0;
    const option terms = some_option(random, spot);
    const std::array<double, 1> u{spot}, low{spot * random.uniform(0.3, 1.0)}, high{spot * random.uniform(1.0, 2.0)};
    const double bound = terms.cubic_bound(u, {low, high});
    double most = 0.0;
    constexpr int points = 400;
    for (int k = 0; k <= points; ++k) {
      const double at = low[0] * std::pow(high[0] / low[0], static_cast<double>(k) / points), step = 1e-5 * at;
      const double speed = (terms.greeks(at + step).gamma - terms.greeks(at - step).gamma) / (2.0 * step);
      most = std::max(most, std::fabs(speed) * spot * spot * spot);
    }
    EXPECT_LE(most, bound * (1.0 + 1e-3) + 1e-280);
    if (bound > 1e-200) {
      EXPECT_GE(most, 0.5 * bound) << spot << " " << terms.strike << " " << terms.volatility << " " << terms.expiry;
    }
  }
}

TEST(Option, LimitsWithoutVolatilityOrTime) {
  const auto greeks = [](option_kind kind, double spot, double volatility, double expiry) {
    return option{
        .kind = kind, .strike = 100.0, .volatility = volatility, .rate = 0.05, .carry = 0.05, .expiry = expiry}
        .greeks(spot);
  };
  const double discount = std::exp(-0.05 * 2.0);
  EXPECT_EQ(greeks(option_kind::call, 120.0, 0.5, 0.0).value, 20.0);
  EXPECT_EQ(greeks(option_kind::call, 80.0, 0.5, 0.0).value, 0.0);
  EXPECT_EQ(greeks(option_kind::call, 80.0, 0.5, 0.0).log_value, -infinity);
  EXPECT_EQ(greeks(option_kind::put, 80.0, 0.5, 0.0).value, 20.0);
  EXPECT_EQ(greeks(option_kind::put, 80.0, 0.5, 0.0).delta, -1.0);
  EXPECT_NEAR(greeks(option_kind::call, 120.0, 0.0, 2.0).value, 20.0 * discount, 1e-13);
  EXPECT_NEAR(greeks(option_kind::call, 120.0, 0.0, 2.0).theta, 0.05 * 20.0 * discount, 1e-13);
  for (const double volatility : {0.0, 0.5}) {  // at expiry and at the strike: the derivatives to the right
    const option_greeks call = greeks(option_kind::call, 100.0, volatility, 0.0),
                        put = greeks(option_kind::put, 100.0, volatility, 0.0);
    EXPECT_EQ(call.value, 0.0);
    EXPECT_EQ(call.delta, 1.0);
    EXPECT_EQ(call.gamma, 0.0);
    EXPECT_EQ(put.delta, 0.0);
    EXPECT_EQ(put.theta, volatility > 0.0 ? -infinity : 0.0);
  }
  EXPECT_NEAR(greeks(option_kind::call, 100.0, 0.0, 2.0).vega,
              100.0 * discount * std::sqrt(2.0 / (2.0 * 3.14159265358979)), 1e-11);
  // The limits are where the formula goes.
  for (const double spot : {80.0, 120.0}) {
    const option_greeks limit = greeks(option_kind::call, spot, 0.0, 2.0),
                        close = greeks(option_kind::call, spot, 1e-4, 2.0);
    EXPECT_NEAR(limit.value, close.value, 1e-12);
    EXPECT_NEAR(limit.delta, close.delta, 1e-12);
    EXPECT_NEAR(limit.theta, close.theta, 1e-12);
    EXPECT_EQ(close.gamma, 0.0);
  }
  // Very much volatility: a call is worth the underlying, a put its strike.
  EXPECT_NEAR(greeks(option_kind::call, 120.0, 200.0, 1.0).value, 120.0 * std::exp(-0.05), 1e-12);
  EXPECT_NEAR(greeks(option_kind::put, 120.0, 200.0, 1.0).value, 100.0 * std::exp(-0.05), 1e-12);
  EXPECT_NEAR(greeks(option_kind::put, 120.0, 200.0, 1.0).delta, 0.0, 1e-12);
  for (const double volatility : {1e-300, 1e-160, 1e-20, 1e-9, 1e-3, 5.0, 60.0, 1e4, 1e7}) {
    for (const double spot : {1e-300, 1e-3, 100.0 * (1.0 - 1e-15), 100.0, 101.0, 1e6, 1e300}) {
      for (const option_kind kind : {option_kind::call, option_kind::put}) {
        const option_greeks g = greeks(kind, spot, volatility, 1.0);
        for (const double x : {g.value, g.delta, g.vega, g.theta})
          EXPECT_TRUE(std::isfinite(x)) << spot << " " << volatility;
        EXPECT_TRUE(g.gamma >= 0.0 && g.value >= 0.0 && g.log_value == g.log_value) << spot << " " << volatility;
      }
    }
  }
  const std::array<double, 1> u{100.0}, low{90.0}, high{99.0}, beyond{110.0}, nothing{0.0};
  const option flat{.strike = 100.0};
  EXPECT_EQ(flat.cubic_bound(u, {low, high}), 0.0);
  EXPECT_EQ(flat.cubic_bound(u, {low, beyond}), infinity);
  EXPECT_EQ(flat.cubic_bound(u, {nothing, high}), infinity);
}

TEST(Option, BadTermsAreNamed) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const option good{.strike = 100.0, .volatility = 0.8, .rate = 0.04, .carry = 0.0, .expiry = 0.25};
  EXPECT_EQ(good.validate(), errc::ok);
  EXPECT_EQ(option{}.validate(), errc::ok);
  const auto with = [&](double option::*field, double value) {
    option terms = good;
    terms.*field = value;
    return terms.validate();
  };
  for (double option::*field : {&option::strike, &option::volatility, &option::rate, &option::carry, &option::expiry}) {
    EXPECT_EQ(with(field, nan), errc::not_finite);
    EXPECT_EQ(with(field, infinity), errc::not_finite);
  }
  EXPECT_EQ(with(&option::strike, 0.0), errc::non_positive_price);
  EXPECT_EQ(with(&option::volatility, -0.1), errc::bad_configuration);
  EXPECT_EQ((option{.kind = static_cast<option_kind>(7), .strike = 1.0}.validate()), errc::bad_configuration);
  EXPECT_EQ(with(&option::expiry, -1e-9), errc::expired);
  EXPECT_EQ(with(&option::rate, 1e5), errc::outside_validity);
  EXPECT_EQ(with(&option::carry, -1e5), errc::outside_validity);
  EXPECT_EQ(with(&option::volatility, 1e9), errc::outside_validity);
}

TEST(Option, NaNIsNeverAPrice) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const option_kind kind : {option_kind::call, option_kind::put})
    for (const double volatility : {0.0, 0.8}) {
      const option good{.kind = kind, .strike = 100.0, .volatility = volatility, .rate = 0.04, .expiry = 0.25};
      EXPECT_TRUE(std::isnan(good.greeks(nan).value) && std::isnan(good.greeks(nan).delta));
      for (double option::*const field :
           {&option::strike, &option::volatility, &option::rate, &option::carry, &option::expiry}) {
        option bad = good;
        bad.*field = nan;
        EXPECT_TRUE(std::isnan(bad.greeks(90.0).value) && std::isnan(bad.greeks(90.0).delta));
        EXPECT_TRUE(std::isnan(bad.greeks(110.0).value) && std::isnan(bad.greeks(110.0).delta));
      }
    }
}

TEST(Option, IsALegLikeAnyOther) {
  using any = one_of<token, option>;
  const std::array<leg<any>, 2> legs{
      {{.instrument = token{}, .reads = {0}},
       {.instrument = option{.kind = option_kind::put, .strike = 1800.0, .volatility = 0.7, .expiry = 0.1},
        .reads = {0}}}};
  const std::array<double, 1> world{2000.0};
  ASSERT_EQ(validate<any>(legs, world), errc::ok);
  std::array<double, 2> out{};
  ASSERT_EQ(
      slot_prices<double>(std::span<const leg<any>>(legs), std::span<const double>(world), std::span<double>(out)),
      errc::ok);
  EXPECT_EQ(out[0], 2000.0);
  EXPECT_GT(out[1], 0.0);
  EXPECT_LT(out[1], 200.0);
}

}  // namespace
}  // namespace trimtab::instrument
