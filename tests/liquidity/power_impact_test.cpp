// SPDX-License-Identifier: MIT
#include <trimtab/liquidity/power_impact.hpp>
#include <trimtab/liquidity/quadratic_impact.hpp>

#include "laws/venue_laws.hpp"

namespace trimtab {
namespace {

using liquidity::power_impact;
using T = test::tolerance<double>;
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

constexpr power_impact root{.price = 2000.0, .volume = 1e4, .strength = 0.03, .gas_units = 9e4};

TEST(PowerImpact, AQuarterOfTheVolumeCostsHalfOfWhatAllOfItDoes) {
  EXPECT_TRUE(test::close(root.amount_out(2500.0), 2500.0 * 2000.0 * (1.0 - 0.015), T::formula));
  EXPECT_TRUE(test::close(root.amount_out(1e4), 1e4 * 2000.0 * (1.0 - 0.03), T::formula));
  EXPECT_TRUE(test::close(root.marginal_price(2500.0).value, 2000.0 * (1.0 - 1.5 * 0.015), T::formula));
}

TEST(PowerImpact, WithExponentOneItIsTheQuadratic) {
  power_impact market = root;
  market.exponent = 1.0;
  const liquidity::quadratic_impact same{.price = 2000.0, .depth = 1e4 / 0.06};
  for (const double x : {1e-6, 10.0, 5e4, 1e6}) {
    EXPECT_TRUE(test::close(market.amount_out(x), same.amount_out(x), 1e-14)) << x;
    EXPECT_TRUE(
        test::close(market.amount_in(0.7 * same.amount_out(x)), same.amount_in(0.7 * same.amount_out(x)), 1e-14))
        << x;
  }
}

TEST(PowerImpact, TheCurveGoesOnFromWhatWasTraded) {
  for (const double before : {1e-6, 3.0, 1e4, 3e6}) {
    const power_impact left = root.after(before);
    for (const double x : {1e-3, 1.0, 500.0, 1e5}) {
      const long double whole = root.amount_out(before + x);
      EXPECT_NEAR(static_cast<double>(whole - root.amount_out(before)), left.amount_out(x),
                  1e-15 * root.amount_out(before + x))
          << before << " " << x;
      EXPECT_TRUE(test::close(left.marginal_price(x).value, root.marginal_price(before + x).value, T::formula));
    }
    EXPECT_TRUE(test::close(left.capacity(), root.capacity() - before, T::formula));
  }
}

TEST(PowerImpact, ItsPriceEndsAtTheDepth) {
  const double depth = root.depth();  // 10⁴/(0.045)²
  EXPECT_TRUE(test::close(depth, 1e4 / (0.045 * 0.045), T::formula));
  EXPECT_TRUE(test::within(root.marginal_price(depth).value, 0.0, 2000.0 * T::formula));
  EXPECT_EQ(root.marginal_price(1.01 * depth).value, 0.0);
  EXPECT_EQ(root.amount_out(3.0 * depth), root.most_out());
  EXPECT_TRUE(test::close(root.most_out(), 2000.0 * depth / 3.0, T::formula));
  EXPECT_EQ(root.amount_in(root.most_out()), depth);
  EXPECT_EQ(root.amount_in(1.01 * root.most_out()), infinity);
  EXPECT_EQ(root.amount_at(executable_price<double>{0.0}), depth);
  EXPECT_EQ(root.after(2.0 * depth).amount_out(5.0), 0.0);
  EXPECT_EQ(root.after(2.0 * depth).segment_count(), 0U);
  EXPECT_EQ(root.marginal_slope(0.0), -infinity);
}

TEST(PowerImpact, ValidationNamesWhatIsWrong) {
  const auto with = [](auto change) {
    power_impact market = root;
    change(market);
    return market.validate();
  };
  EXPECT_EQ(root.validate(), errc::ok);
  EXPECT_EQ(with([](power_impact& m) { m.price = 0.0; }), errc::non_positive_price);
  EXPECT_EQ(with([](power_impact& m) { m.volume = 0.0; }), errc::negative_amount);
  EXPECT_EQ(with([](power_impact& m) { m.strength = -1.0; }), errc::negative_amount);
  EXPECT_EQ(with([](power_impact& m) { m.traded = -1.0; }), errc::negative_amount);
  EXPECT_EQ(with([](power_impact& m) { m.gas_units = nan; }), errc::negative_amount);
  EXPECT_EQ(with([](power_impact& m) { m.exponent = 0.0; }), errc::bad_configuration);
  EXPECT_EQ(with([](power_impact& m) { m.exponent = nan; }), errc::not_finite);
  EXPECT_EQ(with([](power_impact& m) { m.fee = {1e4}; }), errc::bad_configuration);
  EXPECT_EQ(with([](power_impact& m) { m.exponent = 1e-3; }), errc::outside_validity);
}

TEST(PowerImpact, TheLastOfWhatIsLeftHasACost) {
  test::random_numbers random(20200902);
  for (int i = 0; i < 2000; ++i) {
    power_impact market{.price = random.log_uniform(1e-9, 1e9),
                        .volume = random.log_uniform(1e-9, 1e9),
                        .strength = random.log_uniform(1e-3, 1.0),
                        .exponent = i % 2 == 0 ? 0.5 : random.uniform(0.3, 2.0)};
    if (i % 3 != 0) market.traded = market.depth() * random.log_uniform(1e-6, 0.99);
    laws::last_amounts_have_a_cost(market);
  }
}

}  // namespace

namespace laws {
namespace {

template <int StrengthPercent, int ExponentPercent, int FeeBps, int TradedPercent = 0>
struct market_case {
  static constexpr power_impact market{.price = 2000.0,
                                       .volume = 1e4,
                                       .strength = StrengthPercent / 100.0,
                                       .exponent = ExponentPercent / 100.0,
                                       .traded = TradedPercent * 100.0,
                                       .fee = {static_cast<double>(FeeBps)},
                                       .gas_units = 1e5};
  static constexpr double scale = 1e4, tolerance = 1e-14;
  static inline const double most_out = market.most_out();
  static power_impact venue() { return market; }
  static venue_reference reference(long double x) {
    const long double p = 2000.0L * (1.0L - FeeBps / 1e4L), b = market.exponent, s = market.strength, v = market.volume;
    const long double depth = v * std::pow(1.0L / ((1.0L + b) * s), 1.0L / b), x0 = market.traded;
    const long double in = std::min(x, depth - x0), w = (1.0L + b) * s * std::pow((x0 + in) / v, b);
    if (TradedPercent == 0)
      return {p * in * (1.0L - w / (1.0L + b)), x > in ? 0.0L : p * (1.0L - w), p * in * w / (1.0L + b) + p * (x - in)};
    const long double w0 = (1.0L + b) * s * std::pow(x0 / v, b), u = in / x0, e = 1.0L + b;
    long double bend = 1.0L;
    for (int k = 60; k >= 2; --k) bend = 1.0L + (e - k) / (k + 1) * u * bend;
    bend *= 0.5L * e * b * u * u;
    if (u > 0.1L) bend = std::expm1(e * std::log1p(u)) - e * u;
    const long double lost = p * x0 * w0 / e * bend, first = p * (1.0L - w0);
    return {first * in - lost, x > in ? 0.0L : p * (1.0L - w), lost + first * (x - in)};
  }
};
using markets = testing::Types<market_case<3, 50, 0>, market_case<10, 60, 30>, market_case<200, 100, 5>,
                               market_case<1, 150, 9999>, market_case<3, 50, 10, 25>>;
INSTANTIATE_TYPED_TEST_SUITE_P(PowerImpact, VenueLaws, markets);

}  // namespace
}  // namespace laws
}  // namespace trimtab
