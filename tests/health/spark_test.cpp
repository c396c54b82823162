// SPDX-License-Identifier: MIT
#include <trimtab/health/spark.hpp>

#include "laws/health_model_laws.hpp"
#include "laws/health_scalar_laws.hpp"
#include "laws/liquidation_laws.hpp"

namespace trimtab {
namespace {

using health::aave_v3_release;
using health::aave_v3_reserve;
using health::spark;
using health::spark_average;

constexpr asset_id weth{0}, wbtc{1}, usdc{2};
constexpr aave_v3_reserve reserves[] = {
    {weth, {0}, {1}, {8050.0}, {8300.0}, {500.0}, {1000.0}},
    {wbtc, {2}, {3}, {7300.0}, {7800.0}, {500.0}, {1000.0}},
    {usdc, {4}, {5}, {7500.0}, {7800.0}, {450.0}, {1000.0}},
};
constexpr double quoted[] = {3123.45678901, 3123.45678901, 97654.32109876, 97654.32109876, 0.99987654, 0.99987654};
constexpr oracle_prices<double> prices{quoted};
account<> holder(double debt) {
  account<> a;
  EXPECT_EQ(a.add({.asset = weth, .collateral = 1.500000000000000001}), errc::ok);
  EXPECT_EQ(a.add({.asset = wbtc, .collateral = 0.02345678}), errc::ok);
  EXPECT_EQ(a.add({.asset = usdc, .debt = debt}), errc::ok);
  return a;
}

static_assert(spark(reserves, spark_average::exact).release == aave_v3_release::v3_0);
static_assert(spark(reserves, spark_average::exact).exact_threshold &&
              !spark(reserves, spark_average::floored).exact_threshold);

TEST(Spark, TheAverageIsFlooredOrExactAndDecidesWhoIsLiquidated) {
  // Aave's worked account of the two arithmetics: 0.999999885249777693 and 1.000100078603120937.
  EXPECT_NEAR(spark(reserves, spark_average::floored).contract_health(holder(5675.548097), prices),
              0.999999885249777693, 1e-11);
  EXPECT_NEAR(spark(reserves, spark_average::exact).contract_health(holder(5675.548097), prices), 1.000100078603120937,
              1e-11);
  const liquidation_request request{.debt = usdc, .collateral = weth};
  EXPECT_EQ(spark(reserves, spark_average::exact).liquidate(holder(5675.548097), prices, request).error(),
            errc::not_liquidatable);
  const auto outcome = spark(reserves, spark_average::floored).liquidate(holder(5675.548097), prices, request);
  ASSERT_TRUE(outcome.has_value());
  EXPECT_EQ(outcome->repaid, 5675.548097 / 2.0) << "half of the reserve's debt, as in v3.0";
}

}  // namespace

namespace laws {
namespace {

template <spark_average Average>
struct spark_case {
  static constexpr bool keeps_bad_debt = true;
  static long double direct(const auto& c) {
    const auto value = [&](long double amount, std::size_t slot) { return amount * c.prices[slot]; };
    return (value(c.account[0].collateral, 0) * 0.83L + value(c.account[1].collateral, 2) * 0.78L) /
           value(c.account[2].debt, 5);
  }
  static auto make() {
    return health_case<health::aave_v3, 6>{
        spark(reserves, Average), holder(5000.0), {3123.0, 3123.0, 97654.0, 97654.0, 1.0, 1.0}, weth, usdc, {0}, {5}};
  }
};
using sparks = testing::Types<spark_case<spark_average::floored>, spark_case<spark_average::exact>>;
INSTANTIATE_TYPED_TEST_SUITE_P(Spark, HealthModelLaws, sparks);
INSTANTIATE_TYPED_TEST_SUITE_P(Spark, LiquidationLaws, sparks);
INSTANTIATE_TYPED_TEST_SUITE_P(Spark, HealthScalarLaws, sparks);

}  // namespace
}  // namespace laws
}  // namespace trimtab
