// SPDX-License-Identifier: MIT
#include <trimtab/liquidity/constant_product.hpp>
#include <trimtab/liquidity/weighted.hpp>

#include "laws/venue_laws.hpp"

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
  const double in = eighty_twenty.largest_swap();  // it drains the output side first: the input weighs four times
  EXPECT_TRUE(test::close(eighty_twenty.amount_out(in), 0.3 * 2e6, T::formula));
  EXPECT_TRUE(test::close(eighty_twenty.reversed().largest_swap(), 0.3 * 2e6 / 0.999, T::formula));
  weighted capped = eighty_twenty;
  capped.cap = in;
  EXPECT_EQ(capped.amount_out(2.0 * in), capped.amount_out(in));
  EXPECT_EQ(capped.marginal_price(2.0 * in).value, 0.0);
  EXPECT_EQ(capped.amount_in(0.31 * 2e6), infinity);
  EXPECT_EQ(capped.amount_at(executable_price<double>{1e-9}), in);
  EXPECT_EQ(capped.after(0.25 * in).capacity(), 0.75 * in);
  EXPECT_EQ(capped.after(in).amount_out(1.0), 0.0);
  EXPECT_TRUE(test::close(capped.best_value(executable_price<double>{0.0}), 0.3 * 2e6, T::formula));
}

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
