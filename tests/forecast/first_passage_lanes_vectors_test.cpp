// SPDX-License-Identifier: MIT
// math/first_passage_gbm.csv in lanes: the probability, every row.
#include <gtest/gtest.h>

#include <trimtab/forecast/first_passage_lanes.hpp>

#include "support/vectors.hpp"
#include <cmath>
#include <limits>
#include <vector>

namespace trimtab::forecast {
namespace {

TEST(FirstPassageLanesVectors, EveryRow) {
  test::vector_file file("math/first_passage_gbm.csv");
  std::vector<double> drift, volatility, log_health, years;
  for (const test::row& row : file.rows()) {
    const double health = test::double_of(row.text("hf0")), sigma = test::double_of(row.text("sigma"));
    drift.push_back(test::double_of(row.text("mu")) - 0.5 * sigma * sigma);
    volatility.push_back(sigma);
    log_health.push_back(health < 2.0 ? std::log1p(health - 1.0) : std::log(health));
    years.push_back(test::double_of(row.text("T")));
  }
  std::vector<double> got(drift.size(), -1.0);
  ASSERT_EQ(liquidation_probabilities(drift, volatility, log_health, years, got), errc::ok);
  for (std::size_t i = 0; i < got.size(); ++i) {
    const test::row& row = file.rows()[i];
    const long double expected = test::number_of(row.text("p_hit"));
    const long double bar = std::numeric_limits<double>::epsilon() * (1.0L + test::number_of(row.text("cond_p_hit")));
    if (expected < std::numeric_limits<double>::min()) {
      EXPECT_TRUE(got[i] >= 0.0 && got[i] <= std::numeric_limits<double>::min()) << got[i];
      file.count();
      continue;
    }
    const long double error = test::relative_error(got[i], expected);
    EXPECT_LE(error, 8.0L * bar) << row.text("hf0") << ' ' << row.text("sigma");
    file.count(error / bar);
  }
  EXPECT_EQ(file.checked(), file.rows().size());
  file.report();
}

}  // namespace
}  // namespace trimtab::forecast
