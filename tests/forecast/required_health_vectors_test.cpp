// SPDX-License-Identifier: MIT
// math/hf_required.csv: health and its logarithm for a wanted probability, every row.
#include <gtest/gtest.h>

#include <trimtab/forecast/required_health.hpp>

#include "support/vectors.hpp"
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>

namespace trimtab::forecast {
namespace {

constexpr long double unit = std::numeric_limits<double>::epsilon();

TEST(RequiredHealthVectors, EveryRow) {
  test::vector_file file("math/hf_required.csv");
  long double worst_health = 0.0L, worst_round_trip = 0.0L;
  for (const test::row& row : file.rows()) {
    const double probability = test::double_of(row.text("p")), growth = test::double_of(row.text("mu")),
                 volatility = test::double_of(row.text("sigma")), years = test::double_of(row.text("T"));
    const motion m{.drift = growth - 0.5 * volatility * volatility, .volatility = volatility};
    const result<double> x = required_log_health(m, probability, years);
    const result<double> health = required_health(m, probability, years);
    ASSERT_TRUE(x && health) << row.text("p") << ' ' << name(x.error());

    const double elasticity = std::fabs(*x * first_passage_slopes_of(m, *x, years).of_log_hit.by_log_health);
    const long double bar = 16.0L * unit * (1.0L + 1.0L / elasticity), wanted = test::number_of(row.text("x"));
    const long double error = test::relative_error(*x, wanted);
    EXPECT_LE(error, bar) << row.text("p");
    file.count(error / bar);
    const long double of_health = test::relative_error(*health, test::number_of(row.text("hf")));
    EXPECT_LE(of_health, wanted * bar + unit) << row.text("p");
    worst_health = std::max(worst_health, of_health);

    const long double round_trip = test::relative_error(liquidation_probability(m, *x, years), probability);
    EXPECT_LE(round_trip, 1e-12L) << row.text("p");
    worst_round_trip = std::max(worst_round_trip, round_trip);
  }
  EXPECT_EQ(file.checked(), file.rows().size());
  file.report();
  std::printf("required health: worst in the bar of ln HF above; HF %.2Lg, round trip %.2Lg\n", worst_health,
              worst_round_trip);
}

}  // namespace
}  // namespace trimtab::forecast
