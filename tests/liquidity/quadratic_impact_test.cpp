// SPDX-License-Identifier: MIT
#include <trimtab/liquidity/quadratic_impact.hpp>

#include "laws/venue_laws.hpp"

namespace trimtab {
namespace {

using liquidity::quadratic_impact;
using T = test::tolerance<double>;
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

// 2000 at first; 1000 in would bring it to nothing, 100 in take a tenth off.
constexpr quadratic_impact plain{.price = 2000.0, .depth = 1000.0, .gas_units = 9e4};
static_assert(plain.amount_out(100.0) == 190'000.0);
static_assert(plain.marginal_price(100.0).value == 1800.0);
static_assert(plain.amount_out(1000.0) == 1e6 && plain.amount_out(5000.0) == 1e6);
static_assert(plain.amount_in(1e6) == 1000.0 && plain.amount_in(1e6 + 1.0) == infinity);
static_assert(plain.marginal_price(1000.0).value == 0.0);
static_assert(plain.amount_at(executable_price<double>{1800.0}) == 100.0);
static_assert(plain.best_value(executable_price<double>{1800.0}) == 10'000.0);
static_assert(plain.best_value(executable_price<double>{-5.0}) == 1e6);
static_assert(plain.loss(100.0) == 10'000.0 && plain.loss(2000.0) == 3e6);
static_assert(plain.after(100.0).price == 1800.0 && plain.after(100.0).depth == 900.0);
static_assert(plain.gas(1.0) == 9e4 && plain.gas(0.0) == 0.0);

TEST(QuadraticImpact, NothingIsLeftOfWhatIsUsedUp) {
  constexpr quadratic_impact left = plain.after(2000.0);
  EXPECT_EQ(left.amount_out(1.0), 0.0);
  EXPECT_EQ(left.amount_in(0.0), 0.0);
  EXPECT_EQ(left.amount_in(1.0), infinity);
  EXPECT_EQ(left.marginal_price(1.0).value, 0.0);
  EXPECT_EQ(left.amount_at(executable_price<double>{1.0}), 0.0);
  EXPECT_EQ(left.best_value(executable_price<double>{0.0}), 0.0);
  EXPECT_EQ(left.segment_count(), 0U);
}

TEST(QuadraticImpact, TwoTradesPayWhatOnePays) {
  for (const double x : {1e-3, 250.0, 600.0})
    EXPECT_TRUE(
        test::close(plain.amount_out(x) + plain.after(x).amount_out(333.0), plain.amount_out(x + 333.0), T::formula))
        << x;
}

TEST(QuadraticImpact, ValidationNamesWhatIsWrong) {
  const auto with = [](double price, double depth, double fee, double gas) {
    return quadratic_impact{.price = price, .depth = depth, .fee = {fee}, .gas_units = gas}.validate();
  };
  EXPECT_EQ(with(1.0, 1.0, 0.0, 0.0), errc::ok);
  EXPECT_EQ(with(nan, 1.0, 0.0, 0.0), errc::not_finite);
  EXPECT_EQ(with(1.0, infinity, 0.0, 0.0), errc::not_finite);
  EXPECT_EQ(with(0.0, 1.0, 0.0, 0.0), errc::non_positive_price);
  EXPECT_EQ(with(1.0, -1.0, 0.0, 0.0), errc::negative_amount);
  EXPECT_EQ(with(1.0, 0.0, 0.0, 0.0), errc::ok) << "what a trade of all of it leaves";
  EXPECT_EQ(with(1.0, 1.0, 0.0, -1.0), errc::negative_amount);
  EXPECT_EQ(with(1.0, 1.0, 1e4, 0.0), errc::bad_configuration);
  EXPECT_EQ(with(1.0, 1.0, nan, 0.0), errc::bad_configuration);
}

TEST(QuadraticImpact, WhatATradeOfAllOfItLeavesIsAVenueThatTakesNothing) {
  const quadratic_impact left = plain.after(plain.capacity());
  EXPECT_EQ(left.validate(), errc::ok) << "one that is used up must not stop those beside it";
  EXPECT_EQ(left.capacity(), 0.0);
  EXPECT_EQ(left.amount_out(5.0), 0.0);
  EXPECT_EQ(left.marginal_price(0.0).value, 0.0);
  test::random_numbers random(20200901);
  for (int i = 0; i < 2000; ++i)
    laws::last_amounts_have_a_cost(
        quadratic_impact{.price = random.log_uniform(1e-9, 1e9), .depth = random.log_uniform(1e-9, 1e9)});
}

TEST(QuadraticImpact, AMarketThatPaysNoNumberIsRefused) {
  EXPECT_EQ((quadratic_impact{.price = 1e300, .depth = 1e300}.validate()), errc::outside_validity);
  EXPECT_EQ((quadratic_impact{.price = 1e-300, .depth = 1e-300}.validate()), errc::outside_validity);
}

}  // namespace

namespace laws {
namespace {

template <int Price, int Depth, int FeeBps>
struct market_case {
  static constexpr quadratic_impact market{
      .price = Price, .depth = Depth, .fee = {static_cast<double>(FeeBps)}, .gas_units = 1e5};
  static constexpr double scale = Depth, most_out = market.most_out();
  static quadratic_impact venue() { return market; }
  static venue_reference reference(long double x) {
    const long double p = Price * (1.0L - FeeBps / 1e4L), in = std::min<long double>(x, Depth);
    return {p * in * (1.0L - in / (2.0L * Depth)), x > Depth ? 0.0L : p * (1.0L - in / Depth),
            p * in * in / (2.0L * Depth) + p * (x - in)};
  }
};
using markets = testing::Types<market_case<2000, 1000, 0>, market_case<3, 1'000'003, 30>, market_case<77, 31, 9999>>;
INSTANTIATE_TYPED_TEST_SUITE_P(QuadraticImpact, VenueLaws, markets);

}  // namespace
}  // namespace laws
}  // namespace trimtab
