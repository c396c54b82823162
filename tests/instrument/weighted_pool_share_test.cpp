// SPDX-License-Identifier: MIT
#include <trimtab/instrument/constant_product_share.hpp>
#include <trimtab/instrument/weighted_pool_share.hpp>

#include "laws/instrument_laws.hpp"

namespace trimtab {
namespace {

using instrument::weighted_pool_share;

const weighted_pool_share eighty_twenty{
    .reference_value = 1000.0, .weights = {0.8, 0.2}, .reference_prices = {2000.0, 1.0}, .assets = 2};
const weighted_pool_share halves{
    .reference_value = 800.0, .weights = {0.5, 0.5}, .reference_prices = {4.0, 1.0}, .assets = 2};
const weighted_pool_share eight{.reference_value = 1e6,
                                .weights = {0.3, 0.2, 0.1, 0.1, 0.1, 0.1, 0.05, 0.05},
                                .reference_prices = {1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0},
                                .assets = 8};

struct weighted_case {
  static constexpr bool homogeneous = true;
  static constexpr double scale_of_rounding = 4.0;
  static std::vector<weighted_pool_share> instruments() { return {eighty_twenty, halves, eight}; }
  static std::vector<double> underlyings(const weighted_pool_share& pool, test::random_numbers& random) {
    std::vector<double> u;
    for (std::size_t i = 0; i < pool.assets; ++i) u.push_back(pool.reference_prices[i] * random.log_uniform(0.2, 5.0));
    return u;
  }
};
TEST(WeightedPoolShare, AtItsReferenceItHoldsItsWeights) {
  const double now[] = {2000.0, 1.0};
  const auto here = eighty_twenty.at<double>(now);
  EXPECT_EQ(here.value, 1000.0);
  EXPECT_DOUBLE_EQ(here.gradient[0], 0.4);
  EXPECT_DOUBLE_EQ(here.gradient[1], 200.0);
}

TEST(WeightedPoolShare, WithHalvesItIsAConstantProduct) {
  const instrument::constant_product_share product{.liquidity = 200.0};
  test::random_numbers random(2);
  for (int n = 0; n < 1000; ++n) {
    const auto u = weighted_case::underlyings(halves, random);
    const auto a = halves.at<double>(u);
    const auto b = product.at<double>(u);
    EXPECT_NEAR(a.value / b.value, 1.0, 2e-15);
    for (std::size_t i = 0; i < 2; ++i)
      for (std::size_t j = 0; j < 2; ++j) EXPECT_NEAR(a.gamma(i, j) / b.gamma(i, j), 1.0, 4e-15);
  }
}

TEST(WeightedPoolShare, ItsLossIsNeverAGain) {
  test::random_numbers random(3);
  for (int n = 0; n < 1000; ++n) {
    const auto u = weighted_case::underlyings(eight, random);
    const double loss = eight.impermanent_loss(u);
    double held = 0.0;
    for (std::size_t i = 0; i < 8; ++i) held += eight.weights[i] * u[i] / eight.reference_prices[i];
    EXPECT_LE(loss, 0.0);
    EXPECT_NEAR(loss, eight.value<double>(u) / (eight.reference_value * held) - 1.0, 1e-14);
  }
  const double tiny[] = {2000.0 * (1.0 + 1e-7), 1.0};
  EXPECT_NEAR(eighty_twenty.impermanent_loss(tiny) / (-0.5 * 0.8 * 0.2 * 1e-14), 1.0, 1e-1)
      << "to second order ½·w·(1 − w)·x², next to the roundings of prices";
}

TEST(WeightedPoolShare, BadTermsAreNamed) {
  const auto with = [](auto change) {
    weighted_pool_share pool = eighty_twenty;
    change(pool);
    return pool.validate();
  };
  EXPECT_EQ(with([](auto& p) { p.assets = 9; }), errc::capacity);
  EXPECT_EQ(with([](auto& p) { p.assets = 1; }), errc::bad_configuration);
  EXPECT_EQ(with([](auto& p) { p.weights[0] = 0.7; }), errc::bad_configuration);
  EXPECT_EQ(with([](auto& p) { p.weights = {1.2, -0.2}; }), errc::bad_configuration);
  EXPECT_EQ(with([](auto& p) { p.weights[1] = std::nan(""); }), errc::not_finite);
  EXPECT_EQ(with([](auto& p) { p.reference_prices[1] = 0.0; }), errc::non_positive_price);
  EXPECT_EQ(with([](auto& p) { p.reference_value = -1.0; }), errc::negative_amount);
  EXPECT_EQ(with([](auto& p) { p.reference_value = infinity; }), errc::not_finite);
}

}  // namespace
}  // namespace trimtab

namespace trimtab::laws {
namespace {

INSTANTIATE_TYPED_TEST_SUITE_P(WeightedPoolShare, InstrumentLaws, weighted_case);

}  // namespace
}  // namespace trimtab::laws
