// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/health.hpp>
#include <trimtab/interop/xsimd.hpp>
#include <trimtab/liquidity.hpp>

#include "support/random.hpp"
#include "support/tolerance.hpp"
#include <cmath>
#include <limits>
#include <type_traits>

namespace trimtab {
namespace {

template <class B>
class XsimdLanes : public testing::Test {};
using batches = testing::Types<xsimd::batch<double>, xsimd::batch<float>>;
TYPED_TEST_SUITE(XsimdLanes, batches);

template <class B, class F>
B each(F value) {
  typename B::value_type v[B::size];
  for (std::size_t i = 0; i < B::size; ++i) v[i] = static_cast<typename B::value_type>(value(i));
  return B::load_unaligned(v);
}

TYPED_TEST(XsimdLanes, ABatchIsAScalarWhoseMaskIsNoBool) {
  static_assert(Scalar<TypeParam> && !Ordered<TypeParam>);
  static_assert(std::is_same_v<mask_t<TypeParam>, typename TypeParam::batch_bool_type>);
  const TypeParam two = literal<TypeParam>(2.0);
  for (std::size_t i = 0; i < TypeParam::size; ++i) EXPECT_EQ(two.get(i), 2);
}

TYPED_TEST(XsimdLanes, BlendChoosesLaneByLane) {
  using real = typename TypeParam::value_type;
  const TypeParam x = each<TypeParam>([](std::size_t i) { return i; });
  const TypeParam low = blend<TypeParam>(x < literal<TypeParam>(1.0), literal<TypeParam>(-5.0), x);
  for (std::size_t i = 0; i < TypeParam::size; ++i) EXPECT_EQ(low.get(i), i == 0 ? real(-5) : static_cast<real>(i));
}

TYPED_TEST(XsimdLanes, LanesWithAndWithoutDebtDoNotDisturbEachOther) {
  using real = typename TypeParam::value_type;
  const real nan = std::numeric_limits<real>::quiet_NaN();
  const TypeParam collateral = literal<TypeParam>(10.0);
  const TypeParam debt = each<TypeParam>([&](std::size_t i) { return i % 2 == 0 ? real(0) : real(4); });
  const TypeParam health = health_factor<TypeParam>(collateral, debt);
  for (std::size_t i = 0; i < TypeParam::size; ++i)
    EXPECT_EQ(health.get(i), i % 2 == 0 ? std::numeric_limits<real>::infinity() : real(2.5));
  const TypeParam poisoned =
      health_factor<TypeParam>(collateral, each<TypeParam>([&](std::size_t i) { return i == 0 ? nan : real(4); }));
  EXPECT_TRUE(std::isnan(poisoned.get(0)));
  EXPECT_EQ(poisoned.get(1), real(2.5));
}

TYPED_TEST(XsimdLanes, RootAndLogarithmAreThoseOfTheScalar) {
  using real = typename TypeParam::value_type;
  using T = test::tolerance<real>;
  test::random_numbers random(5);
  for (int n = 0; n < 1000; ++n) {
    const TypeParam x = each<TypeParam>([&](std::size_t) { return random.log_uniform(1e-8, 1e8); });
    const TypeParam near = each<TypeParam>([&](std::size_t) { return random.uniform(-0.5, 2.0); });
    for (std::size_t i = 0; i < TypeParam::size; ++i) {
      EXPECT_EQ(square_root<TypeParam>(x).get(i), std::sqrt(x.get(i)));
      EXPECT_TRUE(test::close(scalar_traits<TypeParam>::log1p(near).get(i), std::log1p(near.get(i)), T::formula))
          << near.get(i);
    }
  }
}

TYPED_TEST(XsimdLanes, WhatRoundingTookIsExactInEveryLane) {
  using real = typename TypeParam::value_type;
  test::random_numbers random(6);
  for (int n = 0; n < 1000; ++n) {
    const TypeParam a = each<TypeParam>([&](std::size_t) { return random.log_uniform(1e-3, 1e3); });
    const TypeParam b = each<TypeParam>([&](std::size_t) { return random.log_uniform(1e-3, 1e3); });
    const TypeParam product = a * b, error = product_error<TypeParam>(a, b, product);
    for (std::size_t i = 0; i < TypeParam::size; ++i) {
      EXPECT_EQ(error.get(i), std::fma(a.get(i), b.get(i), -product.get(i)));
      EXPECT_EQ(error.get(i), product_error<real>(a.get(i), b.get(i), product.get(i)));
    }
  }
}

TYPED_TEST(XsimdLanes, WithoutCollateralLogHealthIsMinusInfinity) {
  using real = typename TypeParam::value_type;
  form<TypeParam> f;
  ASSERT_EQ(f.debt.add({literal<TypeParam>(3.0), literal<TypeParam>(1.1), {0}, {}}), errc::ok);
  const TypeParam price[] = {each<TypeParam>([](std::size_t i) { return 0.1 * static_cast<double>(i + 1); })};
  const TypeParam value = log_health(f, oracle_prices<TypeParam>(price));
  for (std::size_t i = 0; i < TypeParam::size; ++i) EXPECT_EQ(value.get(i), -std::numeric_limits<real>::infinity());
}

}  // namespace
}  // namespace trimtab
