// SPDX-License-Identifier: MIT
// Growth factors against executed calls of the real contracts, and against forty-digit references.
#include <gtest/gtest.h>

#include <trimtab/health/accrual.hpp>

#include "support/vectors.hpp"
#include <algorithm>
#include <cmath>
#include <string>

namespace trimtab {
namespace {

using test::relative_error;
using test::row;
using test::vector_file;

constexpr long double ray = 1e27L, a_year = 31'536'000.0L, bar = 1e-14L;

struct accrual_row {
  double rate;  ///< per second
  seconds dt;
  long double n;
};
accrual_row read(const row& r, const char* rate, const char* dt) {
  const long double n = r.integer(dt);
  return {static_cast<double>(r.integer(rate) / ray / a_year), seconds{static_cast<long long>(n)}, n};
}

/// By how much the floors of r² and r³ move the contract's binomial: what the header of `binomial_growth` states.
long double binomial_bound(const accrual_row& a) {
  const long double pairs = a.n * a.n / 2.0L, triples = pairs * a.n / 3.0L;
  return (pairs + triples * (1.0L + a.rate * a_year) + 3.0L) / ray;
}

TEST(AccrualVectors, AaveInterestOfBothReleases) {
  vector_file rows("lending/aave_interest.csv");
  int by_a_unit = 0;
  long double worst_real = 0.0L;
  for (const row& r : rows.rows()) {
    ASSERT_EQ(r.text("status"), "ok");
    const accrual_row a = read(r, "rate", "dt_seconds");
    const long double contract = r.integer("result") / ray;
    const bool linear = r.text("op") == "linear", early = r.text("library") == "v3.0";
    const double ours = health::growth(linear  ? health::growth_law::linear
                                       : early ? health::growth_law::binomial
                                               : health::growth_law::taylor,
                                       a.rate, a.dt);
    const long double error = relative_error(ours, contract);
    if (error > bar) {  // a floor fell on the other side
      EXPECT_TRUE(early && !linear) << r.text("rate") << " " << a.n;
      EXPECT_LE(std::fabs(ours - contract) * ray, 1.0L + a.n * a.n * a.n / 6.0L) << r.text("rate") << " " << a.n;
      ++by_a_unit;
    }
    if (early && !linear) {
      const double real = health::binomial_growth(a.rate, a.dt);
      EXPECT_LE(std::fabs(real - contract), binomial_bound(a) + bar * contract) << r.text("rate") << " " << a.n;
      worst_real = std::max(worst_real, relative_error(real, contract));
    }
    rows.count(error);
  }
  rows.report();
  std::printf("  %d rows on the other side of a floor; the binomial without floors is off by %.3Lg at most\n",
              by_a_unit, worst_real);
  EXPECT_EQ(rows.checked(), rows.rows().size());
  EXPECT_EQ(by_a_unit, 0) << "the header's claim of 1e-14";
}

TEST(AccrualVectors, FortyDigitReferences) {
  vector_file rows("math/aave_accrual.csv");
  for (const row& r : rows.rows()) {
    const accrual_row a = read(r, "rate_ray", "dt_s");
    const auto off = [&](double ours, const char* column) { return relative_error(ours, r.integer(column) / ray); };
    const long double linear = off(health::linear_growth(a.rate, a.dt), "linear_ray");
    const long double taylor = off(health::taylor_growth(a.rate, a.dt), "compound_taylor_ray");
    const long double binomial = off(health::binomial_growth_in_rays(a.rate, a.dt), "compound_binomial_ray");
    const long double per_second =
        relative_error(health::per_second_growth(a.rate, a.dt), test::number_of(r.text("per_second_exact")));
    const long double real =
        std::fabs(health::binomial_growth(a.rate, a.dt) - r.integer("compound_binomial_ray") / ray);
    EXPECT_LE(linear, bar);
    EXPECT_LE(taylor, bar);
    EXPECT_LE(binomial, bar) << r.text("rate_ray") << " " << a.n;
    EXPECT_LE(per_second, bar);
    EXPECT_LE(real, binomial_bound(a) + bar * 10.0L);
    rows.count(std::max({linear, taylor, binomial, per_second}));
  }
  rows.report();
  EXPECT_EQ(rows.checked(), rows.rows().size());
}

TEST(AccrualVectors, DecayOfLiquitysBaseRate) {
  vector_file rows("lending/liquity_decpow.csv");
  int vanished = 0, by_squarings = 0;
  for (const row& r : rows.rows()) {
    ASSERT_EQ(r.text("status"), "ok");
    const long double minutes = r.integer("minutes"), contract = r.integer("result") / 1e18L;
    const auto loss = static_cast<double>((1e18L - r.integer("base")) / 1e18L);
    const double ours = health::per_minute_decay(loss, std::chrono::minutes{static_cast<long long>(minutes)});
    const long double error = std::fabs(ours - contract);
    EXPECT_LE(error, (bar + minutes * 1e-18L) * contract + 1e-18L) << r.text("id");
    vanished += contract == 0.0L;
    by_squarings += error > bar * contract + 1e-18L;
    rows.count(error);
  }
  rows.report();
  std::printf("  absolute; %d rows decayed to nothing, %d by what the contract's squarings round\n", vanished,
              by_squarings);
  EXPECT_EQ(rows.checked(), rows.rows().size());
}

}  // namespace
}  // namespace trimtab
