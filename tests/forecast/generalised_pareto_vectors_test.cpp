// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/forecast/generalised_pareto.hpp>

#include "support/vectors.hpp"

namespace trimtab {
namespace {

using namespace forecast;

TEST(GeneralisedParetoVectors, EveryRowAndColumn) {
  test::vector_file file("math/gpd_tail.csv");
  std::size_t nearly_exponential = 0, past_the_end = 0;
  for (const test::row& row : file.rows()) {
    const auto in = [&](const char* column) { return test::double_of(row.text(column)); };
    const pareto_tail tail{
        .threshold = in("u"), .shape = in("xi"), .scale = in("beta"), .exceed_share = in("exceed_frac")};
    const double alpha = in("alpha"), y = in("y");
    long double worst = 0.0L;
    const auto compare = [&](const char* column, double ours) {
      const long double error = test::relative_error(ours, test::number_of(row.text(column)));
      EXPECT_LE(error, 1e-13L) << column << ", row " << file.checked();
      if (!(error <= worst)) worst = error;
    };
    compare("var", *pareto_value_at_risk(tail, alpha));
    compare("es", *pareto_expected_shortfall(tail, alpha));
    compare("tail_prob_u_plus_y", excess_probability(tail, y));
    compare("log_density_y", log_excess_density(tail, y));
    file.count(worst);
    nearly_exponential += std::fabs(tail.shape) <= 1e-10 ? 1 : 0;
    past_the_end += log_excess_density(tail, y) == -infinity ? 1 : 0;
  }
  EXPECT_EQ(file.checked(), file.rows().size());
  EXPECT_GT(nearly_exponential, 10U);
  EXPECT_GT(past_the_end, 0U);
  file.report();
}

}  // namespace
}  // namespace trimtab
