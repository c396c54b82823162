// SPDX-License-Identifier: MIT
#include <trimtab/liquidity/constant_product.hpp>
#include <trimtab/liquidity/weighted.hpp>

#include "laws/venue_laws.hpp"

#ifdef TRIMTAB_TESTS_WITH_THIRD_PARTIES
#include <trimtab/interop/xsimd.hpp>
#endif

namespace trimtab {
namespace {

using liquidity::weighted;
using T = test::tolerance<double>;
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

constexpr weighted eighty_twenty{
    .balance_in = 4000.0, .balance_out = 2e6, .weight_in = 0.8, .weight_out = 0.2, .fee = {10.0}, .gas_units = 1e5};

TEST(Weighted, EqualWeightsAreTheConstantProduct) {
  constexpr weighted pool{.balance_in = 1e3, .balance_out = 2e6, .fee = {30.0}};
  constexpr liquidity::constant_product same{.reserve_in = 1e3, .reserve_out = 2e6, .fee = {30.0}};
  for (const double x : {1e-12, 1e-3, 1.0, 500.0, 1e6}) {
    EXPECT_TRUE(test::close(pool.amount_out(x), same.amount_out(x), T::formula)) << x;
    EXPECT_TRUE(test::close(pool.marginal_price(x).value, same.marginal_price(x).value, T::formula)) << x;
    EXPECT_TRUE(test::close(pool.marginal_slope(x), same.marginal_slope(x), T::formula)) << x;
    EXPECT_TRUE(test::close(pool.loss(x), same.loss(x), 1e-14)) << x;
  }
  for (const double share : {0.9999999, 0.5, 1e-6}) {
    const executable_price<double> at{share * same.marginal_price(0.0).value};
    EXPECT_TRUE(test::close(pool.amount_at(at), same.amount_at(at), 1e-8)) << share;
    EXPECT_TRUE(test::close(pool.best_value(at), same.best_value(at), 1e-8)) << share;
  }
}

TEST(Weighted, WeightsMatterByTheirRatioOnly) {
  weighted other = eighty_twenty;
  other.weight_in *= 0.25, other.weight_out *= 0.25;  // beside a third asset
  EXPECT_EQ(other.amount_out(17.0), eighty_twenty.amount_out(17.0));
}

TEST(Weighted, TheInvariantOfBalancesStaysWithoutAFee) {
  weighted pool = eighty_twenty;
  pool.fee = {};
  const auto invariant = [](const weighted& p) {
    return std::pow(p.balance_in, p.weight_in) * std::pow(p.balance_out, p.weight_out);
  };
  for (const double x : {1e-6, 30.0, 1e4})
    EXPECT_TRUE(test::close(invariant(pool.after(x)), invariant(pool), T::formula)) << x;
  EXPECT_GT(invariant(eighty_twenty.after(30.0)), invariant(eighty_twenty)) << "the fee is kept";
}

TEST(Weighted, TheContractTakesThirtyPerCent) {
  EXPECT_TRUE(test::close(eighty_twenty.largest_input(), 0.3 * 4000.0 / 0.999, T::formula));
  EXPECT_TRUE(test::close(eighty_twenty.largest_output(), 0.3 * 2e6, T::formula));
  const double in = eighty_twenty.largest_input();
  weighted capped = eighty_twenty;
  capped.cap = in;
  EXPECT_EQ(capped.amount_out(2.0 * in), capped.amount_out(in));
  EXPECT_EQ(capped.marginal_price(2.0 * in).value, 0.0);
  EXPECT_EQ(capped.amount_in(1.0001 * capped.amount_out(in)), infinity);
  EXPECT_EQ(capped.amount_at(executable_price<double>{1e-9}), in);
  EXPECT_EQ(capped.after(0.25 * in).capacity(), 0.75 * in);
  EXPECT_EQ(capped.after(in).amount_out(1.0), 0.0);
  EXPECT_EQ(capped.best_value(executable_price<double>{0.0}), capped.amount_out(in));
}

#ifdef TRIMTAB_TESTS_WITH_THIRD_PARTIES

TEST(Weighted, LanesAreTheScalarsOneByOne) {
  using batch = xsimd::batch<double>;
  test::random_numbers random(20230517);
  weighted capped = eighty_twenty;
  capped.cap = capped.largest_input();
  for (const weighted& pool : {eighty_twenty, eighty_twenty.reversed(), capped}) {
    for (int i = 0; i < 500; ++i) {
      alignas(64) double x[batch::size], y[batch::size], price[batch::size];
      for (std::size_t lane = 0; lane < batch::size; ++lane) {
        x[lane] = pool.balance_in * random.log_uniform(1e-12, 10.0);
        y[lane] = pool.amount_out(x[lane]), price[lane] = pool.marginal_price(x[lane]).value;
      }
      const batch xs = batch::load_unaligned(x), ys = batch::load_unaligned(y), prices = batch::load_unaligned(price);
      const auto expect = [&](const batch& lanes, auto scalar, double relative) {
        for (std::size_t lane = 0; lane < batch::size; ++lane)
          EXPECT_TRUE(test::close(lanes.get(lane), scalar(lane), relative)) << pool.weight_in << " " << x[lane];
      };
      expect(
          pool.amount_out(xs), [&](std::size_t k) { return pool.amount_out(x[k]); }, T::formula);
      expect(
          pool.amount_in(ys), [&](std::size_t k) { return pool.amount_in(y[k]); }, 1e-14);
      expect(
          pool.marginal_price(xs).value, [&](std::size_t k) { return price[k]; }, 1e-14);
      expect(
          pool.marginal_slope(xs), [&](std::size_t k) { return pool.marginal_slope(x[k]); }, 1e-14);
      expect(
          pool.amount_at(executable_price<batch>{prices}),
          [&](std::size_t k) { return pool.amount_at(executable_price<double>{price[k]}); }, 1e-14);
      expect(
          pool.best_value(executable_price<batch>{prices}),
          [&](std::size_t k) { return pool.best_value(executable_price<double>{price[k]}); }, 1e-13);
      expect(
          pool.loss(xs), [&](std::size_t k) { return pool.loss(x[k]); }, 1e-13);
    }
  }
}

#endif

TEST(Weighted, NoInputBuysTheWholeBalance) {
  EXPECT_EQ(eighty_twenty.amount_in(2e6), infinity);
  EXPECT_EQ(eighty_twenty.amount_in(infinity), infinity);
  EXPECT_EQ(eighty_twenty.amount_out(infinity), 2e6);
  EXPECT_EQ(eighty_twenty.amount_at(executable_price<double>{0.0}), infinity);
  EXPECT_EQ(eighty_twenty.best_value(executable_price<double>{-1.0}), 2e6);
  EXPECT_TRUE(std::isnan(eighty_twenty.amount_in(nan)));
}

TEST(Weighted, ValidationNamesWhatIsWrong) {
  const auto with = [](auto change) {
    weighted pool = eighty_twenty;
    change(pool);
    return pool.validate();
  };
  EXPECT_EQ(eighty_twenty.validate(), errc::ok);
  EXPECT_EQ(weighted{}.validate(), errc::negative_amount);
  EXPECT_EQ(with([](weighted& p) { p.balance_in = nan; }), errc::not_finite);
  EXPECT_EQ(with([](weighted& p) { p.weight_out = infinity; }), errc::not_finite);
  EXPECT_EQ(with([](weighted& p) { p.balance_out = 0.0; }), errc::negative_amount);
  EXPECT_EQ(with([](weighted& p) { p.cap = -1.0; }), errc::negative_amount);
  EXPECT_EQ(with([](weighted& p) { p.cap = nan; }), errc::negative_amount);
  EXPECT_EQ(with([](weighted& p) { p.gas_units = -1.0; }), errc::negative_amount);
  EXPECT_EQ(with([](weighted& p) { p.weight_in = 0.0; }), errc::bad_configuration);
  EXPECT_EQ(with([](weighted& p) { p.fee = {1e4}; }), errc::bad_configuration);
  EXPECT_EQ(with([](weighted& p) { p.fee = {nan}; }), errc::bad_configuration);
}

TEST(Weighted, ACapThatBuysAllThereIsIsWhatAllThereIsCosts) {
  // 99 to 1: at three times the balance the rest of the coin out is below its last digit.
  const weighted lopsided{
      .balance_in = 1e3, .balance_out = 5e4, .weight_in = 0.99, .weight_out = 0.01, .fee = {30.0}, .cap = 3e3};
  ASSERT_EQ(lopsided.amount_out(3e3), 5e4);
  EXPECT_LE(lopsided.amount_in(5e4), 3e3);
  EXPECT_EQ(lopsided.amount_in(5e4 * (1.0 + 1e-12)), infinity);
  laws::last_amounts_have_a_cost(lopsided);
}

TEST(Weighted, WhatNoDoublePaysForCostsInfinity) {
  const weighted lopsided{.balance_in = 1.0, .balance_out = 1.0, .weight_in = 0.01, .weight_out = 0.99};
  for (const double y : {0.9999, 0.99999, 1.0 - 1e-10, 1.0 - 1e-15}) EXPECT_EQ(lopsided.amount_in(y), infinity) << y;
  EXPECT_LT(lopsided.amount_in(0.99), infinity);
}

TEST(Weighted, BalancesAndWeightsThatLeaveNoPriceAreRefused) {
  weighted pool = eighty_twenty;
  pool.balance_in = 5e-324;
  EXPECT_EQ(pool.validate(), errc::outside_validity);
  pool = eighty_twenty;
  pool.weight_in = 1e-320, pool.weight_out = 1e300;
  EXPECT_EQ(pool.validate(), errc::outside_validity);
}

}  // namespace

namespace laws {
namespace {

template <int In, int Out, int WeightIn, int WeightOut, int FeeBps, int Cap = 0>
struct pool_case {
  // What rounds to the whole balance has no finite input: steep pools are asked for less.
  static constexpr double scale = WeightIn > 5 * WeightOut ? In / 2000.0 : In, tolerance = 1e-14;
  static constexpr weighted pool{.balance_in = In,
                                 .balance_out = Out,
                                 .weight_in = WeightIn,
                                 .weight_out = WeightOut,
                                 .fee = {static_cast<double>(FeeBps)},
                                 .cap = Cap > 0 ? static_cast<double>(Cap) : infinity,
                                 .gas_units = 1e5};
  static inline const double most_out = Cap > 0 ? pool.amount_out(1.0 * Cap) : Out;
  static weighted venue() { return pool; }
  static venue_reference reference(long double x) {
    const long double a = In / (1.0L - FeeBps / 1e4L), eta = static_cast<long double>(WeightIn) / WeightOut;
    const long double limit = Cap > 0 ? std::min<long double>(x, Cap) : x, u = limit / a, p = eta * Out / a;
    const long double log = std::log1p(u);
    const long double paid = -Out * std::expm1(-eta * log);
    long double bend = 1.0L;
    for (int k = 60; k >= 2; --k) bend = 1.0L + (-eta - k) / (k + 1) * u * bend;
    bend *= 0.5L * eta * (eta + 1.0L) * u * u;
    const long double lost = (2.0L + eta) * u < 0.4L ? Out * bend : p * limit - paid;
    return {paid, limit < x ? 0.0L : p * std::exp(-(1.0L + eta) * log), lost + p * (x - limit)};
  }
};
using pools = testing::Types<pool_case<1000, 2'000'000, 1, 1, 30>, pool_case<4000, 27, 4, 1, 5>,
                             pool_case<7, 2'000'000'000, 1, 4, 0>, pool_case<1'000'003, 999'983, 2, 3, 9999>,
                             pool_case<5000, 3000, 49, 1, 100>, pool_case<4000, 2'000'000, 4, 1, 10, 300>>;
INSTANTIATE_TYPED_TEST_SUITE_P(Weighted, VenueLaws, pools);

}  // namespace
}  // namespace laws
}  // namespace trimtab
