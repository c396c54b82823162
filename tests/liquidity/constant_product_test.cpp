// SPDX-License-Identifier: MIT
#include <trimtab/liquidity/constant_product.hpp>

#include "laws/venue_laws.hpp"

namespace trimtab {
namespace {

using liquidity::constant_product;
using T = test::tolerance<double>;
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

// A pool of 1000 and 2,000,000 without a fee: 1000 in pays half of what is there, at a quarter of the first price.
constexpr constant_product plain{
    .reserve_in = 1000.0, .reserve_out = 2'000'000.0, .fee = {0.0}, .gas_units = 120'000.0};
static_assert(plain.amount_out(1000.0) == 1'000'000.0);
static_assert(plain.amount_in(1'000'000.0) == 1000.0);
static_assert(plain.marginal_price(0.0).value == 2000.0);
static_assert(plain.marginal_price(1000.0).value == 500.0);
static_assert(plain.marginal_slope(0.0) == -4.0);
static_assert(plain.loss(1000.0) == 1'000'000.0);
static_assert(plain.gas(1.0) == 120'000.0 && plain.gas(0.0) == 0.0);
static_assert(plain.after(1000.0).reserve_in == 2000.0 && plain.after(1000.0).reserve_out == 1'000'000.0);
static_assert(plain.reversed().reserve_in == 2'000'000.0 && plain.reversed().reserve_out == 1000.0);
static_assert(constant_product{.reserve_in = 1.0, .reserve_out = 1.0}.fee == basis_points{30.0});

TEST(ConstantProduct, TheAmountAtAQuarterOfThePriceDoublesTheInputReserve) {
  EXPECT_TRUE(test::close(plain.amount_at(executable_price<double>{500.0}), 1000.0, T::formula));
}

TEST(ConstantProduct, ThreePerMilleAreTakenFromTheInput) {
  // The pair's integers: 1000·997·R₂ / (R₁·1000 + 1000·997) with R₁ = 10⁶ and R₂ = 2·10⁶.
  constexpr constant_product pool{.reserve_in = 1e6, .reserve_out = 2e6};
  EXPECT_TRUE(test::close(pool.amount_out(1000.0), 997e3 * 2e6 / (1e9 + 997e3), T::formula));
  EXPECT_TRUE(test::close(pool.marginal_price(0.0).value, 2.0 * 0.997, T::formula));
}

TEST(ConstantProduct, TheFeeStaysInTheReservesSoTwoHalvesPayLessThanOneWhole) {
  constexpr constant_product pool{.reserve_in = 1e6, .reserve_out = 2e6, .fee = {100.0}};
  const auto left = pool.after(5e4);
  EXPECT_EQ(left.reserve_in, 1e6 + 5e4);
  EXPECT_GT(left.reserve_in * left.reserve_out, pool.reserve_in * pool.reserve_out);
  EXPECT_LT(pool.amount_out(5e4) + left.amount_out(5e4), pool.amount_out(1e5));
}

TEST(ConstantProduct, WithoutAFeeTwoHalvesPayWhatOneWholePays) {
  const double halves = plain.amount_out(300.0) + plain.after(300.0).amount_out(300.0);
  EXPECT_TRUE(test::close(halves, plain.amount_out(600.0), T::formula));
}

TEST(ConstantProduct, WhatIsPaidLeavesTheReserves) {
  constexpr constant_product pool{.reserve_in = 123.0, .reserve_out = 456'789.0, .fee = {30.0}};
  for (const double x : {1e-9, 1.0, 77.0, 1e4})
    EXPECT_TRUE(test::close(pool.after(x).reserve_out + pool.amount_out(x), pool.reserve_out, T::formula)) << x;
}

TEST(ConstantProduct, ReservesWhoseRatioIsNoNumberAreRefused) {
  constexpr double least = std::numeric_limits<double>::denorm_min();
  const auto of = [](double in, double out) {
    return constant_product{.reserve_in = in, .reserve_out = out}.validate();
  };
  EXPECT_EQ(of(least, 10.0), errc::outside_validity);
  EXPECT_EQ(of(10.0, least), errc::outside_validity);
  EXPECT_EQ(of(1e300, 1e-2), errc::outside_validity);
  EXPECT_EQ(of(1e-2, 1e300), errc::outside_validity);
  EXPECT_EQ(of(1e27, 1e-27), errc::ok) << "smallest units on one side, whole tokens on the other";
}

}  // namespace

namespace laws {
namespace {

template <int ReserveIn, int ReserveOut, int FeeBps>
struct pool_case {
  static constexpr double scale = ReserveIn, most_out = ReserveOut;
  static constexpr constant_product venue() {
    return {.reserve_in = ReserveIn, .reserve_out = ReserveOut, .fee = {static_cast<double>(FeeBps)}, .gas_units = 1e5};
  }
  static venue_reference reference(long double x) {
    const long double a = ReserveIn / (1.0L - FeeBps / 1e4L), r = ReserveOut;
    return {r * x / (a + x), r * a / ((a + x) * (a + x)), r / a * x * x / (a + x)};
  }
};
using pools = testing::Types<pool_case<1000, 2'000'000, 30>, pool_case<31'415, 27, 5>, pool_case<7, 2'000'000'000, 0>,
                             pool_case<1'000'003, 999'983, 9999>>;
INSTANTIATE_TYPED_TEST_SUITE_P(ConstantProduct, VenueLaws, pools);

}  // namespace
}  // namespace laws

namespace {

TEST(ConstantProduct, NothingInPaysNothing) {
  EXPECT_EQ(plain.amount_out(0.0), 0.0);
  EXPECT_EQ(plain.loss(0.0), 0.0);
}

TEST(ConstantProduct, NoInputBuysTheWholeReserve) {
  EXPECT_EQ(plain.amount_in(plain.reserve_out), infinity);
  EXPECT_EQ(plain.amount_in(3e6), infinity);
  EXPECT_EQ(plain.amount_in(infinity), infinity);
  EXPECT_LE(plain.amount_out(1e300), plain.reserve_out);
}

TEST(ConstantProduct, NoFiniteInputBringsThePriceToZero) {
  EXPECT_EQ(plain.amount_at(executable_price<double>{0.0}), infinity);
  EXPECT_EQ(plain.amount_at(executable_price<double>{-1.0}), infinity);
}

TEST(ConstantProduct, ANaNOutputHasNoInput) {
  EXPECT_TRUE(std::isnan(plain.amount_in(nan)));
}

TEST(ConstantProduct, TinyTradesKeepTheirDigits) {
  constexpr constant_product pool{.reserve_in = 1e9, .reserve_out = 1e9, .fee = {0.0}};
  EXPECT_TRUE(test::close(pool.loss(1e-6), 1e-21, T::formula)) << "p₀·x − y would read zero";
  const double half_ulp_below = 1.0 - 0x1p-53;
  EXPECT_TRUE(test::close(pool.amount_at(executable_price<double>{half_ulp_below}), 1e9 * 0x1p-54, T::formula));
}

TEST(ConstantProduct, ValidationNamesWhatIsWrong) {
  const auto with = [](double in, double out, double fee, double gas) {
    return constant_product{.reserve_in = in, .reserve_out = out, .fee = {fee}, .gas_units = gas}.validate();
  };
  EXPECT_EQ(with(1.0, 1.0, 30.0, 0.0), errc::ok);
  EXPECT_EQ(with(0.0, 1.0, 30.0, 0.0), errc::negative_amount);
  EXPECT_EQ(with(1.0, 0.0, 30.0, 0.0), errc::negative_amount);
  EXPECT_EQ(with(1.0, 1.0, 30.0, -1.0), errc::negative_amount);
  EXPECT_EQ(with(1.0, 1.0, 1e4, 0.0), errc::bad_configuration);
  EXPECT_EQ(with(1.0, 1.0, -1.0, 0.0), errc::bad_configuration);
  EXPECT_EQ(with(1.0, 1.0, nan, 0.0), errc::bad_configuration);
  EXPECT_EQ(with(nan, 1.0, 30.0, 0.0), errc::not_finite);
  EXPECT_EQ(with(1.0, infinity, 30.0, 0.0), errc::not_finite);
}

}  // namespace
}  // namespace trimtab
