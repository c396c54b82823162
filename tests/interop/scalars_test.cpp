// SPDX-License-Identifier: MIT
// One suite over every number type: each formula of the rooms gives, lane by lane, what it gives for the plain scalar.
#include <gtest/gtest.h>

#include <trimtab/interop/autodiff.hpp>
#include <trimtab/interop/xsimd.hpp>

#include "support/formulas.hpp"
#include "support/random.hpp"
#include "support/tolerance.hpp"
#include <cmath>
#include <string>
#include <type_traits>
#include <vector>

namespace trimtab {

using fvar2 = boost::math::differentiation::autodiff_fvar<double, 2>;

namespace test {

/// How a scalar is filled from, and looked at as, plain numbers. The plain numbers themselves are one lane wide.
template <class S>
struct lanes {
  using real = S;
  static constexpr std::size_t count = 1;
  static S from(const std::vector<real>& v) { return v[0]; }
  static real get(const S& s, std::size_t) { return s; }
};
template <class T, class Arch>
struct lanes<xsimd::batch<T, Arch>> {
  using real = T;
  static constexpr std::size_t count = xsimd::batch<T, Arch>::size;
  static xsimd::batch<T, Arch> from(const std::vector<real>& v) {
    return xsimd::batch<T, Arch>::load_unaligned(v.data());
  }
  static real get(const xsimd::batch<T, Arch>& s, std::size_t lane) { return s.get(lane); }
};
template <>
struct lanes<fvar2> {
  using real = double;
  static constexpr std::size_t count = 1;
  static fvar2 from(const std::vector<real>& v) { return boost::math::differentiation::make_fvar<double, 2>(v[0]); }
  static real get(const fvar2& s, std::size_t) { return s.derivative(0); }
};

}  // namespace test

namespace {

template <class S>
class Scalars : public testing::Test {};
using scalars = testing::Types<double, float, xsimd::batch<double>, xsimd::batch<float>, fvar2>;
TYPED_TEST_SUITE(Scalars, scalars);

TYPED_TEST(Scalars, EveryFormulaIsThePlainOneLaneByLane) {
  using S = TypeParam;
  using L = test::lanes<S>;
  using real = typename L::real;
  static_assert(Scalar<S>);
  static_assert(Smooth<liquidity::constant_product, S> && HealthModel<health::aave_v3, S>);
  test::random_numbers random(20200312);
  for (int n = 0; n < 200; ++n) {
    std::vector<std::vector<real>> p(3, std::vector<real>(L::count));
    std::vector<real> x(L::count);
    for (std::size_t lane = 0; lane < L::count; ++lane) {
      p[0][lane] = static_cast<real>(random.uniform(1000.0, 3000.0));
      p[1][lane] = static_cast<real>(random.uniform(20'000.0, 60'000.0));
      p[2][lane] = static_cast<real>(random.uniform(0.95, 1.05));
      x[lane] = static_cast<real>(random.uniform(0.1, 60.0));
    }
    test::formula_inputs<S> in{{L::from(p[0]), L::from(p[1]), L::from(p[2])}, L::from(x)};
    std::vector<std::string> names;
    std::vector<S> values;
    test::for_each_formula(in, [&](const std::string& name, const S& value) {
      names.push_back(name);
      values.push_back(value);
    });
    for (std::size_t lane = 0; lane < L::count; ++lane) {
      test::formula_inputs<real> plain{{p[0][lane], p[1][lane], p[2][lane]}, x[lane]};
      std::size_t i = 0;
      test::for_each_formula(plain, [&](const std::string& name, real expected) {
        ASSERT_EQ(names.at(i), name);
        const real got = L::get(values.at(i++), lane);
        if (name.find("log health") != std::string::npos) {  // lanes have a logarithm of their own
          EXPECT_TRUE(test::within(got, expected, test::tolerance<real>::formula * (real(1) + std::fabs(expected))))
              << name;
        } else {
          EXPECT_EQ(got, expected) << name << " lane " << lane;
        }
      });
      EXPECT_EQ(i, values.size());
    }
  }
}

TYPED_TEST(Scalars, EveryFormulaIsCloseToTheOneInDouble) {
  using L = test::lanes<TypeParam>;
  using real = typename L::real;
  const test::formula_inputs<double> wide{{2048.0, 40'000.0, 1.0}, 3.0};
  const auto all = [](double v) { return L::from(std::vector<real>(L::count, static_cast<real>(v))); };
  test::formula_inputs<TypeParam> in{{all(2048.0), all(40'000.0), all(1.0)}, all(3.0)};
  std::vector<double> expected;
  test::for_each_formula(wide, [&](const std::string&, double value) { expected.push_back(value); });
  std::size_t i = 0;
  test::for_each_formula(in, [&](const std::string& name, const TypeParam& value) {
    const double reference = expected.at(i++);
    if (name == "product error" || name == "sum error") return;  // what another type's rounding took
    for (std::size_t lane = 0; lane < L::count; ++lane)
      EXPECT_TRUE(
          test::close(L::get(value, lane), static_cast<real>(reference), test::tolerance<real>::route * real(8)))
          << name;
  });
}

TYPED_TEST(Scalars, WithoutDebtHealthIsInfiniteInEveryLaneAndNothingIsNaN) {
  using L = test::lanes<TypeParam>;
  using real = typename L::real;
  const auto all = [](double v) { return L::from(std::vector<real>(L::count, static_cast<real>(v))); };
  const std::array<TypeParam, 3> values{all(2000.0), all(40'000.0), all(1.0)};
  const auto f = test::sample_market.liquidation_form<TypeParam>(test::sample_position(0.0));
  const oracle_prices<TypeParam> prices(values);
  const auto g = sensitivity::health_greeks(f, prices);
  for (std::size_t lane = 0; lane < L::count; ++lane) {
    EXPECT_EQ(L::get(health_factor(f, prices), lane), static_cast<real>(infinity));
    EXPECT_EQ(L::get(log_health(f, prices), lane), static_cast<real>(infinity));
    EXPECT_EQ(L::get(health_factor(form<TypeParam>{}, prices), lane), static_cast<real>(infinity));
    for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(L::get(g.delta[i], lane), real(0));
  }
}

}  // namespace
}  // namespace trimtab
