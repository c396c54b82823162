// SPDX-License-Identifier: MIT
// Rate curves against executed calls of the real contracts.
#include <gtest/gtest.h>

#include <trimtab/health/rate_curve.hpp>

#include "support/vectors.hpp"
#include <algorithm>
#include <cmath>
#include <string>

namespace trimtab {
namespace {

using test::relative_error;
using test::row;
using test::vector_file;

constexpr long double bar = 1e-14L;

/// Relative, or nothing where the two are within `units` of the contract's integer scale.
long double error_of(double ours, long double contract, long double unit, long double units) {
  return std::fabs(ours - contract) <= units * unit ? 0.0L : relative_error(ours, contract);
}
double rays(const row& r, const char* column) {
  return static_cast<double>(r.integer(column) / 1e27L);
}
double whole(const row& r, const char* column) {
  return static_cast<double>(r.integer(column));
}

TEST(RateCurveVectors, AaveUntilV31) {
  vector_file rows("lending/aave_rates_v3.csv");
  int few_units = 0;
  for (const row& r : rows.rows()) {
    ASSERT_EQ(r.text("status"), "ok");
    const health::aave_rate_strategy strategy{.variable = {.optimal_usage = rays(r, "optimal_usage"),
                                                           .base = rays(r, "base_variable"),
                                                           .slope1 = rays(r, "variable_slope1"),
                                                           .slope2 = rays(r, "variable_slope2")},
                                              .stable_slope1 = rays(r, "stable_slope1"),
                                              .stable_slope2 = rays(r, "stable_slope2"),
                                              .base_stable_offset = rays(r, "base_stable_offset"),
                                              .stable_excess_offset = rays(r, "stable_excess_offset"),
                                              .optimal_stable_share = rays(r, "optimal_stable_to_total")};
    const auto rates = strategy.rates({.available = whole(r, "available"),
                                       .unbacked = whole(r, "unbacked"),
                                       .stable_debt = whole(r, "total_stable_debt"),
                                       .variable_debt = whole(r, "total_variable_debt"),
                                       .average_stable_rate = rays(r, "average_stable_rate"),
                                       .reserve_factor = {whole(r, "reserve_factor_bps")}});
    ASSERT_TRUE(rates.has_value()) << name(rates.error());
    // The header's second bound of the liquidity rate: interest in whole 10⁻⁹ smallest units, over all supply.
    const long double supplied = r.integer("available") + r.integer("unbacked") + r.integer("total_stable_debt") +
                                 r.integer("total_variable_debt");
    const long double grain = supplied > 0.0L ? 1e18L / supplied : 0.0L;
    const auto off = [&](double ours, const char* column, long double units = 3.0L) {
      return error_of(ours, r.integer(column) / 1e27L, 1e-27L, units);
    };
    few_units += off(rates->liquidity, "liquidity_rate") > bar;
    const long double error = std::max({off(rates->liquidity, "liquidity_rate", 3.0L + grain),
                                        off(rates->variable_borrow, "variable_borrow_rate"),
                                        off(rates->stable_borrow, "stable_borrow_rate")});
    EXPECT_LE(error, bar) << r.text("optimal_usage") << " " << r.text("available");
    rows.count(error);
  }
  rows.report();
  std::printf("  %d rows by the grain of interest in a reserve of few smallest units\n", few_units);
  EXPECT_EQ(rows.checked(), rows.rows().size());
}

TEST(RateCurveVectors, AaveFromV31On) {
  vector_file rows("lending/aave_rates_v36.csv");
  for (const row& r : rows.rows()) {
    ASSERT_EQ(r.text("status"), "ok");
    const health::aave_rate_strategy_v2 strategy{.optimal_usage = {whole(r, "optimal_bps")},
                                                 .base = {whole(r, "base_bps")},
                                                 .slope1 = {whole(r, "slope1_bps")},
                                                 .slope2 = {whole(r, "slope2_bps")}};
    const auto rates = strategy.rates({.available = whole(r, "available"),
                                       .variable_debt = whole(r, "total_debt"),
                                       .reserve_factor = {whole(r, "reserve_factor_bps")}});
    ASSERT_TRUE(rates.has_value()) << name(rates.error());
    const long double error =
        std::max(error_of(rates->liquidity, r.integer("liquidity_rate") / 1e27L, 1e-27L, 3.0L),
                 error_of(rates->variable_borrow, r.integer("variable_borrow_rate") / 1e27L, 1e-27L, 3.0L));
    EXPECT_LE(error, bar) << r.text("optimal_bps") << " " << r.text("available");
    rows.count(error);
  }
  rows.report();
  EXPECT_EQ(rows.checked(), rows.rows().size());
}

// The contract keeps its yearly settings per second, floored; utilisation and present values are floored as well.
TEST(RateCurveVectors, CometAndItsIndices) {
  vector_file rows("lending/comet_rates.csv");
  int exact = 0, by_a_unit = 0;
  for (const row& r : rows.rows()) {
    ASSERT_EQ(r.text("status"), "ok");
    const auto curve = [&](const std::string& side) {
      const auto setting = [&](const std::string& field) {
        return std::floor(r.integer(side + field) / 31'536'000.0L) / 1e18L;
      };
      return health::comet_rate_curve{.kink = static_cast<double>(r.integer(side + "_kink") / 1e18L),
                                      .base = static_cast<double>(setting("_base_year")),
                                      .slope_low = static_cast<double>(setting("_slope_low_year")),
                                      .slope_high = static_cast<double>(setting("_slope_high_year"))};
    };
    const long double supply_index = r.integer("base_supply_index"), borrow_index = r.integer("base_borrow_index");
    const long double supplied = std::floor(r.integer("total_supply_base") * supply_index / 1e15L);
    const long double borrowed = std::floor(r.integer("total_borrow_base") * borrow_index / 1e15L);
    const double used = health::comet_utilisation(static_cast<double>(supplied), static_cast<double>(borrowed));
    long double worst = error_of(used, r.integer("utilization") / 1e18L, 1e-18L, 1.0L);
    EXPECT_LE(worst, bar) << r.text("id");

    const seconds dt{static_cast<long long>(r.integer("dt_seconds"))};
    for (const std::string side : {"supply", "borrow"}) {
      const auto rate = curve(side).at(used);
      ASSERT_TRUE(rate.has_value()) << name(rate.error());
      const long double contract = r.integer(side + "_rate") / 1e18L;
      const bool to_the_unit = relative_error(*rate, contract) <= bar;
      ++(to_the_unit ? exact : by_a_unit);
      const long double error = error_of(*rate, contract, 1e-18L, 1.000001L);
      EXPECT_LE(error, bar) << r.text("id") << " " << side << " " << *rate * 1e18;
      // The new index from the contract's own rate, then from ours: one unit of the index, and what a unit of the rate
      // becomes.
      const health::interest_index index{.index = static_cast<double>(r.integer("base_" + side + "_index") / 1e15L),
                                         .rate = *rate,
                                         .updated = at_unix(0),
                                         .law = health::growth_law::linear};
      const auto after = index.at(at_unix(0) + dt);
      ASSERT_TRUE(after.has_value()) << name(after.error());
      const long double units = 1.0L + (to_the_unit ? 0.0L : index.index * r.integer("dt_seconds") * 1e-3L);
      const long double index_error = error_of(*after, r.integer(side + "_index_after") / 1e15L, 1e-15L, units);
      EXPECT_LE(index_error, bar) << r.text("id") << " " << side;
      worst = std::max({worst, error, index_error});
    }
    rows.count(worst);
  }
  rows.report();
  std::printf("  rates: %d within 1e-14 of the contract's integer, %d by a unit of 1e-18\n", exact, by_a_unit);
  EXPECT_EQ(rows.checked(), rows.rows().size());
}

}  // namespace
}  // namespace trimtab
